"""A review in the words of schema.org, as JSON-LD: the page, the drug, the condition, questions and answers.

It tells machines what the page is about; what is known stands in the headline, as text, and in the answers. No single
claim is taken out of its context. https://schema.org/MedicalWebPage, /Drug, /MedicalCondition and /FAQPage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from safetykb import links
from safetykb.answer.general import of_kinds
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, how_made
from safetykb.errors import InvalidQuestion
from safetykb.model.choices import TermKind
from safetykb.rendering.characters import printable

if TYPE_CHECKING:
    from safetykb.answer.assembly import SafetyReview
    from safetykb.model.entities import Compound, Condition
    from safetykb.model.evidence import Author, Source, Statement

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
"""The licence of the knowledge."""

_TYPES: Final[Mapping[str, str]] = {
    "article-journal": "ScholarlyArticle",
    "article-magazine": "Article",
    "article-newspaper": "NewsArticle",
    "book": "Book",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
}
"""For a type of CSL that of schema.org; every other is a CreativeWork."""


def linked_data(review: SafetyReview) -> dict[str, Any]:
    """Return ``review`` as JSON-LD in the vocabulary of schema.org.

    Raises InvalidQuestion for a review of one patient: this form is made to be published.
    """
    if review.situation.patient is not None:
        raise InvalidQuestion("a review of one patient has no form for publication", "ask without the patient")
    compound, condition = review.compound.id, review.condition.id
    ids = {
        "page": f"urn:safetykb:review:{compound}:{condition}",
        "questions": f"urn:safetykb:questions:{compound}:{condition}",
        "drug": f"urn:safetykb:compound:{compound}",
        "condition": f"urn:safetykb:condition:{condition}",
    }
    graph = [_page(review, ids), _drug(review, ids), _condition(review.condition, ids), _questions(review, ids)]
    found: dict[str, Any] = _plain({"@context": "https://schema.org", "@graph": graph})
    return found


def _page(review: SafetyReview, ids: Mapping[str, str]) -> dict[str, Any]:
    note = review.knowledge
    return {
        "@type": "MedicalWebPage",
        "@id": ids["page"],
        "name": f"{review.compound.name} in {review.condition.name}",
        "abstract": review.headline.text,
        "description": how_made(note, review.sources),
        "about": [{"@id": ids["drug"]}, {"@id": ids["condition"]}],
        "mainEntity": {"@id": ids["drug"]},
        "hasPart": {"@id": ids["questions"]},
        "inLanguage": "en",
        "audience": {"@type": "MedicalAudience", "audienceType": "health professionals, researchers, developers"},
        "usageInfo": {"@type": "CreativeWork", "text": f"{INTENDED_USE} {DISCLAIMER}"},
        "license": LICENCE,
        "version": note.version,
        "identifier": _identifier("sha256 of the knowledge", note.digest),
        "citation": [_source(source) for source in review.sources],
    }


def _drug(review: SafetyReview, ids: Mapping[str, str]) -> dict[str, Any]:
    compound = review.compound
    classes = dict.fromkeys(fact.term_name for fact in of_kinds(review.compound_facts, TermKind.DRUG_CLASS))
    return {
        "@type": "Drug",
        "@id": ids["drug"],
        **_named(compound),
        "description": _said(compound.description),
        "mechanismOfAction": _said(compound.mechanism),
        "administrationRoute": sorted({str(form.route) for form in compound.forms}),
        "drugClass": [{"@type": "DrugClass", "name": name} for name in classes],
    }


def _condition(condition: Condition, ids: Mapping[str, str]) -> dict[str, Any]:
    return {"@type": "MedicalCondition", "@id": ids["condition"], **_named(condition)}


def _named(entity: Compound | Condition) -> dict[str, Any]:
    codes = [xref.partition(":") for xref in entity.xrefs]
    return {
        "name": entity.name,
        "alternateName": [*dict.fromkeys(synonym.text for synonym in entity.synonyms)],
        "code": [{"@type": "MedicalCode", "codingSystem": system, "codeValue": code} for system, _, code in codes],
    }


def _said(statements: Iterable[Statement]) -> str:
    return " ".join(statement.text for statement in statements)


def _questions(review: SafetyReview, ids: Mapping[str, str]) -> dict[str, Any]:
    sources = {source.id: source.title for source in review.sources}
    return {
        "@type": "FAQPage",
        "@id": ids["questions"],
        "name": f"Questions about {review.compound.name} in {review.condition.name}",
        "mainEntity": [
            {
                "@type": "Question",
                "name": asked.question,
                "acceptedAnswer": {
                    "@type": "Answer",
                    "text": asked.answer,
                    "citation": [sources[key] for key in asked.sources],
                },
            }
            for asked in review.questions
        ],
    }


def _source(source: Source) -> dict[str, Any]:
    details = source.details
    marks = [f"Read here: {details.read}, on {details.read_on}."]
    if details.retracted:
        marks.insert(0, f"Retracted: {details.retracted}.")
    if details.superseded_by:
        marks.append(f"A newer version is {details.superseded_by}.")
    codes = {"DOI": source.doi, "PMID": source.pmid, "PMCID": source.pmcid}
    return {
        "@type": _TYPES.get(source.type, "CreativeWork"),
        "name": source.title,
        "author": [_author(author) for author in source.author],
        "datePublished": source.date,
        "publisher": _body(source.publisher),
        "isPartOf": {"@type": "CreativeWork", "name": source.container_title} if source.container_title else None,
        "identifier": [_identifier(name, code) for name, code in codes.items() if code],
        "url": source.url if source.url and links.is_safe_link(source.url) else None,
        "description": " ".join(marks),
    }


def _author(author: Author) -> dict[str, Any] | None:
    if author.literal is not None:
        return _body(author.literal)
    return {"@type": "Person", "familyName": author.family, "givenName": author.given}


def _body(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": name} if name else None


def _identifier(name: str, value: str) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}


def _plain(value: Any) -> Any:
    """Return ``value`` without what is empty, and with no character that does not print."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_plain(part) for part in value if part]
    return {name: _plain(part) for name, part in value.items() if part}
