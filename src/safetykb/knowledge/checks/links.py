"""References between records: forms, premises, earlier versions; and what nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, shown
from safetykb.model.considerations import Context, Exposure, SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Synonym, Term, Treatment, Use
from safetykb.model.evidence import Citation, Source, SourceDetails, Statement
from safetykb.model.studies import SearchRecord, Study


def _owner_compound(draft: Draft, owner: Any) -> str | None:
    """Return the compound that ``owner`` is about, when it is about one that could be read."""
    for name in ("subject", "entity", "compound", "id"):
        found = getattr(owner, name, None)
        if found is not None:
            return found if found in draft.knowledge.compounds else None
    raise AssertionError("every record is about something")  # pragma: no cover - each class has one of the fields


def _forms(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes_of(Statement, Synonym, Use, Exposure, Study):
        compound = _owner_compound(draft, node.owner)
        if node.value.form is not None and compound is not None:
            forms = [form.id for form in draft.knowledge.compounds[compound].forms]
            if node.value.form not in forms:
                known = f"it has {', '.join(forms)}" if forms else "it has none"
                yield node.fault(f"{compound} has no form {shown(node.value.form)}; {known}", ".form")


FORM = Check(
    code="REF:014",
    name="form",
    description="A form that is named is one of the compound's forms.",
    scope="record",
    cure="name a form of the compound, or add the form to its record",
    find=_forms,
    passing={samples.CLAIM: samples.claim(context={"exposure": {"form": "injection"}})},
    failing={samples.CLAIM: samples.claim(context={"exposure": {"form": "tablet"}})},
)


def _premises(draft: Draft) -> Iterator[Fault]:
    for claim in draft.nodes(SafetyConsideration):
        for place, premise in enumerate(claim.value.premises):
            held = premise in draft.knowledge.assertions or premise in draft.knowledge.considerations
            if premise == claim.value.id:
                yield claim.fault("a claim is no premise of its own", f".premises[{place}]")
            elif not held and not draft.lost(f"/{premise}.json"):
                yield claim.fault(f"there is no assertion or claim {shown(premise)}", f".premises[{place}]")


PREMISE = Check(
    code="REF:015",
    name="premise",
    description="A premise is an assertion (`entity/has/term`) or a claim (`subject/slug`) of the tree.",
    scope="record",
    cure="name the assertion or the claim by its identifier",
    find=_premises,
    passing={samples.TERM_CLAIM: samples.joined(premises=["drowsiness/demo-falls"])},
    failing={samples.TERM_CLAIM: samples.joined(premises=["drowsiness/has/nothing"])},
)

_COLLECTION = {
    SafetyConsideration: "considerations",
    Assertion: "assertions",
    Study: "studies",
    SearchRecord: "searches",
}


def _supersedes(draft: Draft) -> Iterator[Fault]:
    for cls, name in _COLLECTION.items():
        records = getattr(draft.knowledge, name)
        for node in draft.nodes_of(cls):
            older = node.value.supersedes
            if older is not None and older not in records and not draft.lost(f"/{older}.json"):
                yield node.fault(f"there is no record {shown(older)} of this kind", ".supersedes")
            elif older in records and _returns(records, node.owner.id):
                yield node.fault(f"{shown(older)} leads back to this record", ".supersedes")


def _returns(records: Any, start: str) -> bool:
    """Tell whether following ``supersedes`` from ``start`` comes back to it."""
    seen = set[str]()
    here = records[start].supersedes
    while here in records and here not in seen and here != start:
        seen.add(here)
        here = records[here].supersedes
    return bool(here == start)


SUPERSEDES = Check(
    code="REF:016",
    name="supersedes",
    description="A superseded record stands in the tree, is of the same kind, and does not supersede its successor.",
    scope="tree",
    cure="name the earlier record by its identifier, and keep its file",
    find=_supersedes,
    passing={samples.CLAIM: samples.claim(supersedes="examplamine/inhibizole-2021")},
    failing={samples.CLAIM: samples.claim(supersedes="examplamine/sample")},
)


def _other_sources(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SourceDetails):
        for field in ("copy_of", "superseded_by"):
            key = getattr(node.value, field)
            if key == node.owner.id:
                yield node.fault("a source does not point to itself", f".{field}")
            elif key is not None and key not in draft.knowledge.sources and f"sources/{key}.json" not in draft.files:
                yield node.fault(f"there is no source {shown(key)}", f".{field}")


OTHER_SOURCE = Check(
    code="REF:017",
    name="other-source",
    description="A source that another is a copy of, or is superseded by, stands in the tree.",
    scope="record",
    cure="write the other source's record, or correct the key",
    find=_other_sources,
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(superseded_by="sample2030"))},
)


def _orphans(draft: Draft) -> Iterator[Fault]:
    cited: set[str | None] = set()
    waiting: list[str | None] = [node.value.key for node in draft.nodes(Citation)]
    while waiting:
        key = waiting.pop()
        if key not in cited and key is not None and key in draft.knowledge.sources:
            details = draft.knowledge.sources[key].details
            waiting += (details.superseded_by, details.copy_of)
        cited.add(key)
    for node in draft.nodes(Source):
        if node.value.id not in cited and not draft.problems:
            yield node.fault("nothing cites this source")


ORPHAN = Check(
    code="REF:018",
    name="orphan-source",
    description="A source is cited or opened by a record, or is the newer version or the original of one that is.",
    scope="tree",
    cure="cite it, or remove it",
    find=_orphans,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label()},
    failing={samples.SOURCE: samples.label()},
)


def _named(draft: Draft) -> set[str | None]:
    """Return every term that some record other than the term itself names."""
    named: set[str | None] = set(draft.knowledge.edition.asked_of_compounds)
    for entity in draft.nodes_of(Term, Condition):
        named.update(entity.value.broader)
    for context in draft.nodes(Context):
        named.update((*context.value.having, context.value.taking))
    for claim in draft.nodes(SafetyConsideration):
        named.update((claim.value.subject, claim.value.hazard, claim.value.signal_for))
    for search in draft.nodes(SearchRecord):
        named.update((search.value.subject, search.value.having, search.value.taking))
    named.update(node.value.term for node in draft.nodes(Assertion))
    named.update(node.value.treatment for node in draft.nodes(Treatment))
    named.update(node.value.condition for node in draft.nodes(Use))
    named.update(node.value.during for node in draft.nodes(Statement))
    named.update(node.value.condition for node in draft.nodes(Study))
    return named


def _unused(draft: Draft) -> Iterator[Fault]:
    named = _named(draft)
    for node in draft.nodes(Term):
        if node.value.id not in named and not draft.problems:
            yield node.fault("no record uses this term")


UNUSED = Check(
    code="REF:019",
    name="unused-term",
    description="A term is used by some record.",
    scope="tree",
    cure="use it, or remove it",
    gate=False,
    find=_unused,
    failing={"terms/sample/term.json": samples.term("effect")},
)


def _silent(draft: Draft) -> Iterator[Fault]:
    spoken: set[str | None] = {node.value.entity for node in draft.nodes(Assertion)}
    for claim in draft.nodes(SafetyConsideration):
        spoken |= {claim.value.subject, claim.value.context.taking}
    for node in draft.nodes(Compound):
        if node.value.id not in spoken and not draft.problems:
            yield node.fault("no assertion and no claim is about this compound")


SILENT = Check(
    code="REF:020",
    name="silent-compound",
    description="Something is said of each compound: an assertion, or a claim on either side of which it stands.",
    scope="tree",
    cure="write what its label says, at least its class and its main warnings",
    gate=False,
    find=_silent,
    failing={"compounds/sample/compound.json": samples.compound()},
)

CHECKS = (FORM, PREMISE, SUPERSEDES, OTHER_SOURCE, ORPHAN, UNUSED, SILENT)
