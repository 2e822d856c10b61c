"""Entities and sources as FHIR data types: codings, references to a page, addresses that are ours."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from safetykb import links
from safetykb.knowledge.base import Entity
from safetykb.model.evidence import Source
from safetykb.rendering.characters import printable
from safetykb.rendering.markdown import to_markdown
from safetykb.rendering.outline import Document, paragraph

BASE: Final = "urn:safetykb:fhir"
"""The beginning of every canonical address of our own: extensions, code systems, value sets, identifiers."""

UCUM: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"

SYSTEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "RXCUI": ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
    "UNII": ("http://fdasis.nlm.nih.gov", "urn:oid:2.16.840.1.113883.4.9"),
    "ATC": ("http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"),
    "ICD10CM": ("http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"),
    "MESH": ("http://id.nlm.nih.gov/mesh", "https://www.nlm.nih.gov/mesh", "urn:oid:2.16.840.1.113883.6.177"),
    "MONDO": ("http://purl.obolibrary.org/obo/mondo.owl",),
    "DOID": ("http://purl.obolibrary.org/obo/doid.owl",),
}
"""The code systems of our identifiers: the address that is written, then others that are read as the same."""

PREFIX_OF: Final[Mapping[str, str]] = {url: prefix for prefix, urls in SYSTEMS.items() for url in urls}
"""The prefix of our identifiers by the address of a code system."""


def canonical(kind: str, name: str) -> str:
    """Return the canonical address of our own ``kind`` (such as StructureDefinition) of that name."""
    return f"{BASE}:{kind}:{name}"


def uuid_of(*parts: str) -> str:
    """Return a UUID that depends on ``parts`` alone, so that the same answer gives the same bytes."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((BASE, *parts))))


def concept(entity: Entity) -> dict[str, Any]:
    """Return an entity as a CodeableConcept: each identifier from elsewhere, then our own, and the name as text."""
    codings = [_coding(xref, entity.name) for xref in entity.xrefs]
    own = {"system": canonical("CodeSystem", "entity"), "code": entity.id, "display": entity.name}
    return {"coding": [*codings, own], "text": entity.name}


def _coding(xref: str, display: str) -> dict[str, Any]:
    prefix, _, code = xref.partition(":")
    # The sets word their own displays; ATC's may not be repeated with a name of ours.
    shown = {} if prefix == "ATC" else {"display": display}
    return {"system": SYSTEMS[prefix][0], "code": code, **shown}


def word(system: str, code: object) -> dict[str, Any]:
    """Return a word of one of our own closed sets as a CodeableConcept."""
    return {"coding": [{"system": canonical("CodeSystem", system), "code": str(code)}], "text": str(code)}


def source_url(source: Source) -> str | None:
    """Return the address of a source: its own, or the one that an identifier of it leads to; None without either."""
    if source.url is not None and links.is_safe_link(source.url):
        return source.url
    made = (
        (source.doi, links.doi),
        (source.pmid, links.pubmed),
        (source.pmcid, links.pmc),
        (source.details.nct, links.clinical_trial),
        (source.details.setid, links.dailymed),
    )
    return next((make(value) for value, make in made if value), None)


def as_markdown(text: str) -> str:
    """Return words as Markdown in which none of them is markup."""
    return to_markdown(Document(title="", blocks=(paragraph(text),))).strip()


def visible(value: Any) -> Any:
    """Return JSON values in which every character of every text can be seen: no escape, no override."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [visible(one) for one in value]
    return {key: visible(one) for key, one in value.items()} if isinstance(value, dict) else value


def artifact(source: Source, locators: Iterable[str] = ()) -> dict[str, Any]:
    """Return a source as a RelatedArtifact of type ``citation``; ``locators`` are the places in it."""
    url = source_url(source)
    where = "; ".join(locators)
    found: dict[str, Any] = {"type": "citation", "label": source.id, "display": source.short_name}
    found["citation"] = as_markdown(source.title + (f" ({where})" if where else ""))
    if url is not None:
        found["document"] = {"url": url, "title": source.title}
    return found
