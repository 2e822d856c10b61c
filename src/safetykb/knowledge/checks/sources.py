"""Sources: identifiers, addresses, and what may be cited for what."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.links import is_safe_link
from safetykb.model.choices import Design
from safetykb.model.entities import Treatment, Use
from safetykb.model.evidence import Source, SourceDetails
from safetykb.model.scales import ReadDepth

_FIELDS: Final = {
    "doi": (".DOI", re.compile(r"10\.[0-9]{4,9}/[!-~]{1,200}", re.ASCII)),
    "pmid": (".PMID", re.compile(r"[1-9][0-9]{0,8}", re.ASCII)),
    "pmcid": (".PMCID", re.compile(r"PMC[1-9][0-9]{0,8}", re.ASCII)),
}
_DETAILS: Final = {
    "nct": re.compile(r"NCT[0-9]{8}", re.ASCII),
    "setid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII),
}

CSL_TYPES: Final = frozenset(
    {
        *("article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast"),
        *("chapter", "classic", "collection", "dataset", "document", "entry", "entry-dictionary"),
        *("entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview", "legal_case", "legislation"),
        *("manuscript", "map", "motion_picture", "musical_score", "pamphlet", "paper-conference", "patent"),
        *("performance", "periodical", "personal_communication", "post", "post-weblog", "regulation", "report"),
        *("review", "review-book", "software", "song", "speech", "standard", "thesis", "treaty", "webpage"),
    }
)
"""The item types of CSL 1.0.2."""


def _identifiers(draft: Draft) -> Iterator[Fault]:
    for source in draft.nodes(Source):
        for field, (below, pattern) in _FIELDS.items():
            value = getattr(source.value, field)
            if value is not None and not pattern.fullmatch(value):
                yield source.fault(f"{shown(value)} does not have the form of this identifier", below)
    for node in draft.nodes(SourceDetails):
        for field, pattern in _DETAILS.items():
            value = getattr(node.value, field)
            if value is not None and not pattern.fullmatch(value):
                yield node.fault(f"{shown(value)} does not have the form of this identifier", f".{field}")


IDENTIFIER = Check(
    code="SRC:001",
    name="source-identifier",
    description="A DOI, PMID, PMCID, NCT number or set id has the form of one, without prefix or address.",
    scope="record",
    cure="copy the identifier from the page that was read; never complete one from memory",
    find=_identifiers,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label(PMID="99999995", DOI="10.5555/a(b)1")},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(PMID="PMID 99999995")},
)


def _types(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Source):
        if node.value.type not in CSL_TYPES:
            yield node.fault(f"{shown(node.value.type)} is no CSL type", ".type")


TYPE = Check(
    code="SRC:002",
    name="csl-type",
    description="The type of a source is an item type of CSL.",
    scope="record",
    cure="use a CSL item type: article-journal, regulation (a label), webpage, report, dataset (a registry) ...",
    find=_types,
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(type="label")},
)


def is_address(host: str) -> bool:
    """Tell whether ``host`` is a raw IP address, brackets or not."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}", host, re.ASCII | re.IGNORECASE))
    return True


_OFFICIAL: Final = (Design.LABEL, Design.REGULATOR, Design.GUIDELINE)


def _bad_url(source: Source) -> str | None:
    url = source.url or ""
    secure = f"https{url[4:]}" if url.startswith("http://") else url
    if not is_safe_link(secure):
        return "is no plain address of a named host"
    if is_address(urlsplit(secure).hostname or ""):
        return "names a machine by number"
    if secure != url and source.details.design not in _OFFICIAL:
        return "is not https, and no authority's page"
    return None


def _urls(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Source):
        wrong = _bad_url(node.value) if node.value.url is not None else None
        if wrong:
            yield node.fault(f"{shown(node.value.url or '')} {wrong}", ".URL")


URL = Check(
    code="SRC:003",
    name="canonical-address",
    description="The URL of a source is https (http for an authority's page), with a named host and no credentials.",
    scope="record",
    cure="give the canonical address, or leave the URL out: the source then shows as text",
    find=_urls,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label(URL="http://agency.example.org/label")},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(URL="https://192.0.2.1/label")},
)


def _implied(url: str) -> tuple[str, str | None] | None:
    """Return the identifier field that an address of a known host shows, and its value there."""
    parts = urlsplit(url)
    steps = [unquote(step) for step in parts.path.strip("/").split("/")]
    match (parts.hostname or "").removeprefix("www."):
        case "doi.org" | "dx.doi.org":
            return "doi", "/".join(steps)
        case "pubmed.ncbi.nlm.nih.gov":
            return "pmid", steps[0]
        case "pmc.ncbi.nlm.nih.gov":
            return "pmcid", steps[-1]
        case "dailymed.nlm.nih.gov" if "drugInfo" in parts.path:
            return "setid", parse_qs(parts.query).get("setid", [None])[0]
        case "clinicaltrials.gov":
            return "nct", steps[-1]
    return None


def _agreements(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Source):
        if node.value.url is None or _bad_url(node.value):
            continue
        implied = _implied(node.value.url)
        if implied:
            name, shows = implied
            held = getattr(node.value, name, None) or getattr(node.value.details, name, None)
            if (held or "").lower() != (shows or "").lower():
                yield node.fault(
                    f"the address shows {name} {shown(shows or '')}, the record {shown(held or '')}", ".URL"
                )


AGREE = Check(
    code="SRC:004",
    name="address-agrees",
    description="An address at doi.org, PubMed, PMC, DailyMed or ClinicalTrials.gov shows the record's own identifier.",
    scope="record",
    cure="write the identifier that the page shows, and the address built from it",
    find=_agreements,
    passing=samples.DRAWN_ON
    | {samples.SOURCE: samples.label(DOI="10.5555/sample", URL="https://doi.org/10.5555/SAMPLE")},
    failing=samples.DRAWN_ON
    | {samples.SOURCE: samples.label(DOI="10.5555/sample", URL="https://doi.org/10.5555/other")},
)

_IN_TEXT = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])|\[[0-9a-f:]*:[0-9a-f:]+\]", re.IGNORECASE)


def _read_at(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SourceDetails):
        text = node.value.read_at or ""
        if "@" in text.split("/")[0] or any(is_address(found) for found in _IN_TEXT.findall(text)):
            yield node.fault(f"{shown(text)} names a machine by number or holds credentials", ".read_at")


READ_AT = Check(
    code="SRC:005",
    name="place-of-a-copy",
    description="The place where a copy was read names no machine by number and no user.",
    scope="record",
    cure="write `copy, host withheld`",
    find=_read_at,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(read_at="labels.example.org/a"))},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(read_at="192.0.2.7/copy"))},
)


def _labels(draft: Draft) -> Iterator[Node[SourceDetails]]:
    return (node for node in draft.nodes(SourceDetails) if node.value.design is Design.LABEL)


def _nameless(draft: Draft) -> Iterator[Fault]:
    for node in _labels(draft):
        if node.value.jurisdiction is None:
            yield node.fault("a label has a jurisdiction", ".jurisdiction")
        if not node.value.about and node.value.read is not ReadDepth.HEADER:
            yield node.fault("a label that was read is about some compound", ".about")


LABEL = Check(
    code="SRC:006",
    name="label-facts",
    description="A label names its jurisdiction, and the compounds it is about once more than its header was read.",
    scope="record",
    cure="write what the page shows",
    find=_nameless,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label()},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(jurisdiction=None))},
)


UNDATED: Final = "no version date visible"
"""The words with which a note says that no page showed the date of a version."""


def _undated(draft: Draft) -> Iterator[Fault]:
    for node in _labels(draft):
        noted = UNDATED in (node.owner.note or "")
        if node.value.version_date is None and not noted:
            yield node.fault("a label has the date of its version", ".version_date")


DATED = Check(
    code="SRC:009",
    name="label-date",
    description="A label names the date of its version, or its note says that none is visible.",
    scope="record",
    cure=f"write it as far as the page shows it (a year is enough), or say in the note: {UNDATED}",
    gate=False,
    find=_undated,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label()},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(version_date=None))},
)

_JURISDICTION = re.compile(r"[A-Z]{2,3}", re.ASCII)


def _jurisdictions(draft: Draft) -> Iterator[Fault]:
    holders = draft.nodes_of(SourceDetails, Use, Treatment)
    for node in holders:
        where = node.value.jurisdiction
        if where is not None and not _JURISDICTION.fullmatch(where):
            yield node.fault(f"{shown(where)} is no jurisdiction", ".jurisdiction")


JURISDICTION = Check(
    code="SRC:007",
    name="jurisdiction",
    description="A jurisdiction is written as its two or three capital letters (US, EU, UK, CH, WHO).",
    scope="record",
    cure="write its capital letters",
    gate=False,
    find=_jurisdictions,
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(jurisdiction="America"))},
)


def _shared(draft: Draft) -> Iterator[Fault]:
    owners: dict[tuple[str, str], list[Node[Source]]] = defaultdict(list)
    for node in draft.nodes(Source):
        for field in _FIELDS:
            if getattr(node.value, field) is not None and node.value.details.copy_of is None:
                owners[field, getattr(node.value, field)].append(node)
    for (field, value), some in owners.items():
        if len(some) > 1:
            keys = ", ".join(node.value.id for node in some)
            yield some[-1].fault(f"{shown(value)} stands in {keys}", _FIELDS[field][0])


SHARED = Check(
    code="SRC:008",
    name="source-stated-once",
    description="A DOI, PMID or PMCID belongs to one source, unless one is declared a copy of the other.",
    scope="tree",
    cure="keep one of the records and cite it",
    gate=False,
    find=_shared,
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(PMID="99999991")},
)

CHECKS = (IDENTIFIER, TYPE, URL, AGREE, READ_AT, LABEL, JURISDICTION, SHARED, DATED)
