"""Citing: which place of which source may stand under which statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.model.choices import Design
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Treatment, Use
from safetykb.model.evidence import Citation, Source, Statement
from safetykb.model.scales import ReadDepth
from safetykb.model.studies import SearchRecord, Study

SECTIONS: Final = frozenset(
    {
        *("boxed", "contraindications", "warnings", "precautions", "interactions", "adverse-reactions", "indications"),
        *("use", "dosage", "monitoring", "pregnancy", "lactation", "fertility", "paediatric", "geriatric", "hepatic"),
        *("renal", "driving", "pharmacology", "clinical-studies", "nonclinical", "misuse", "overdose", "description"),
        *("excipients", "highlights", "header", "patient", "storage"),
    }
)
"""The words with which a locator in a label begins."""

AUTHORITY: Final = (Design.LABEL, Design.REGULATOR, Design.GUIDELINE, Design.MONOGRAPH)
"""The designs whose word is an authority's."""


def sources_of(draft: Draft, cites: Iterable[Citation]) -> list[Source]:
    """Return the sources that ``cites`` name, each once, as far as they could be read."""
    keys = dict.fromkeys(cite.key for cite in cites)
    return [draft.knowledge.sources[key] for key in keys if key in draft.knowledge.sources]


def all_read(draft: Draft, cites: Iterable[Citation]) -> bool:
    """Tell whether each of ``cites`` names a source that could be read; else nothing can be said of their sum."""
    return all(cite.key in draft.knowledge.sources for cite in cites)


def _locators(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Citation):
        label = any(source.details.design is Design.LABEL for source in sources_of(draft, [node.value]))
        if label and node.value.section not in SECTIONS:
            yield node.fault(f"{shown(node.value.section)} is no section of a label")


LOCATOR = Check(
    code="CIT:001",
    name="label-section",
    description="A locator in a label begins with the word of its section: " + ", ".join(sorted(SECTIONS)) + ".",
    scope="record",
    cure="begin with the section's word, then its number: `warnings 5.1`",
    find=_locators,
    passing={samples.CLAIM: samples.claim(cites=["examplamine-us-2025#boxed"])},
    failing={samples.CLAIM: samples.claim(cites=["examplamine-us-2025#page 3"])},
)


def _retracted(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Citation):
        if any(source.details.retracted is not None for source in sources_of(draft, [node.value])):
            yield node.fault(f"{shown(node.value.key)} is retracted")


RETRACTED = Check(
    code="CIT:002",
    name="no-retracted-source",
    description="No record cites a retracted source.",
    scope="tree",
    cure="withdraw what stands on it, with the reason, and cite what remains",
    find=_retracted,
    failing=samples.DRAWN_ON
    | {samples.SOURCE: samples.label(custom=samples.details(retracted="2025: data could not be verified"))},
)


def _of_existence(node: Node[Citation]) -> bool:
    """Tell whether ``node`` stands under a status or a description: it may say that a page exists."""
    allowed = (".uses", ".description", ".treatments")
    return isinstance(node.owner, Study) or any(node.path.startswith(f"${part}[") for part in allowed)


def _unread(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Citation):
        depths = [source.details.read for source in sources_of(draft, [node.value])]
        if ReadDepth.HEADER in depths and not _of_existence(node):
            yield node.fault(f"only the header of {shown(node.value.key)} was read")


UNREAD = Check(
    code="CIT:003",
    name="no-unread-source",
    description=(
        "A source of which only the header was read supports no claim, assertion or search: it is pointed to by "
        "`superseded_by`, or cited for a status or for its own existence."
    ),
    scope="record",
    cure="cite the version that was read; the newer one marks it through `superseded_by`",
    find=_unread,
    failing={samples.CLAIM: samples.claim(cites=["examplamine-us-2026#warnings"])},
)

_STATUS_ONLY = (Design.REGISTRY, Design.NEWS)


def _only_status(draft: Draft, cites: tuple[Citation, ...]) -> bool:
    found = sources_of(draft, cites)
    return bool(found) and all_read(draft, cites) and all(s.details.design in _STATUS_ONLY for s in found)


def _risks(draft: Draft) -> Iterator[Node[Any]]:
    yield from draft.nodes(SafetyConsideration)
    yield from (node for node in draft.nodes(Statement) if isinstance(node.owner, Assertion))


def _unsupported(draft: Draft) -> Iterator[Fault]:
    for node in _risks(draft):
        if _only_status(draft, node.value.cites):
            yield node.fault("only a registry or news item supports this", ".cites")


SUPPORT = Check(
    code="CIT:004",
    name="status-is-no-risk",
    description="A registry or a news item gives a status or a date: it never is the only support of a risk.",
    scope="record",
    cure="cite what the claim was read in, or record the status as a study or a use",
    find=_unsupported,
    failing={samples.CLAIM: samples.claim(cites=["nct99999999#status"])},
)


def _cited(draft: Draft) -> Iterator[Node[Any]]:
    """Yield everything that holds citations."""
    yield from draft.nodes_of(Statement, Use, Treatment, SafetyConsideration, Study)


def _repeated(draft: Draft) -> Iterator[Fault]:
    for node in _cited(draft):
        for place, cite in enumerate(node.value.cites):
            if cite in node.value.cites[:place]:
                yield node.fault(f"{shown(str(cite))} is cited twice", f".cites[{place}]")


ONCE = Check(
    code="CIT:005",
    name="cited-once",
    description="A statement cites one place of a source once.",
    scope="record",
    cure="leave the repetition out",
    gate=False,
    find=_repeated,
    failing={samples.CLAIM: samples.claim(cites=["exampler2021#abstract", "exampler2021#abstract"])},
)


def _uncited(draft: Draft) -> Iterator[Fault]:
    for node in _cited(draft):
        if not node.value.cites and not isinstance(node.value, SafetyConsideration):
            yield node.fault("nothing is cited", ".cites")


CITES = Check(
    code="CIT:006",
    name="cites",
    description="Every statement, use, treatment and study cites a source.",
    scope="record",
    cure="cite the page and the place where it was read",
    find=_uncited,
    passing={samples.HAS: samples.has()},
    failing={samples.HAS: samples.has(statements=[samples.says(cites=[])])},
)


def _data(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes_of(SafetyConsideration, Statement):
        designs = [source.details.design for source in sources_of(draft, node.value.cites)]
        if node.value.data is None:
            continue
        if all_read(draft, node.value.cites) and not {Design.LABEL, Design.REGULATOR} & set(designs):
            yield node.fault("`data` is the design that a label or regulator cites, and neither is cited", ".data")
        elif node.value.data in (*AUTHORITY, *_STATUS_ONLY):
            yield node.fault(f"{node.value.data} is no design of a study", ".data")


DATA = Check(
    code="CIT:007",
    name="data-of-a-label",
    description="`data` names the design of the study that a cited label or regulator reports.",
    scope="record",
    cure="take `data` out: other sources have their design in their own record",
    find=_data,
    passing={samples.CLAIM: samples.claim(data="randomised-trial")},
    failing={samples.CLAIM: samples.claim(cites=["exampler2021#abstract"], data="cohort")},
)


def _opened(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SearchRecord):
        for place, cite in enumerate(node.value.opened):
            if any(source.details.design is not Design.LABEL for source in sources_of(draft, [cite])):
                yield node.fault(f"{shown(cite.key)} is no label", f".opened[{place}]")


OPENED = Check(
    code="CIT:008",
    name="opened-labels",
    description="What a search opened are sections of labels.",
    scope="record",
    cure="name the section of the label; pages of other sorts belong to `where`",
    find=_opened,
    passing={samples.SEARCH: samples.search(opened=["examplamine-us-2025#interactions 7"])},
    failing={samples.SEARCH: samples.search(opened=["exampler2021#abstract"])},
)

CHECKS = (LOCATOR, RETRACTED, UNREAD, SUPPORT, ONCE, CITES, DATA, OPENED)
