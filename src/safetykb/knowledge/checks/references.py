"""References: every identifier named anywhere stands in the tree, and is of the right sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.knowledge.layout import Edition
from safetykb.model.choices import TermKind
from safetykb.model.considerations import Context, SafetyConsideration
from safetykb.model.entities import Assertion, Condition, Relation, Term, Treatment, Use
from safetykb.model.evidence import Citation, SourceDetails, Statement
from safetykb.model.studies import SearchRecord, Study

Want = Callable[[Draft, str], bool]


def _missing(draft: Draft, id: str, want: Want, sort: str) -> str | None:
    """Return what is wrong with ``id``, which should be of ``sort``; None when nothing is."""
    if draft.is_unread(id) or want(draft, id):
        return None
    if draft.knowledge.has_entity(id):
        return f"{shown(id)} is no {sort}"
    return f"there is no {sort} {shown(id)}{draft.like(id)}"


def _state(draft: Draft, id: str) -> bool:
    return draft.knowledge.is_state(id)


def _substance(draft: Draft, id: str) -> bool:
    return draft.knowledge.has_entity(id) and not draft.knowledge.is_state(id)


def _compound(draft: Draft, id: str) -> bool:
    return id in draft.knowledge.compounds


def is_drug_class(draft: Draft, id: str) -> bool:
    """Tell whether ``id`` is a term that names a group of substances."""
    return id in draft.knowledge.terms and draft.knowledge.terms[id].kind is TermKind.DRUG_CLASS


def _substance_term(draft: Draft, id: str) -> bool:
    return _substance(draft, id) and not _compound(draft, id)


def _medicine(draft: Draft, id: str) -> bool:
    return _compound(draft, id) or is_drug_class(draft, id)


STATE = (_state, "state of a person (a condition or a term)")
SUBSTANCE = (_substance, "substance (a compound or a term of substances)")
TERM = (_substance_term, "term of substances")
COMPOUND = (_compound, "compound")
MEDICINE = (_medicine, "compound or drug class")


def _wrong(draft: Draft, node: Node[Any], ids: Any, want: tuple[Want, str], below: str) -> Iterator[Fault]:
    """Yield a fault for each of ``ids`` (one, several or None) that is not what it should be."""
    many = isinstance(ids, tuple)
    for place, id in enumerate(ids if many else (ids,)):
        if id is not None:
            message = _missing(draft, id, *want)
            if message:
                yield node.fault(message, f"{below}[{place}]" if many else below)


def _subjects(draft: Draft) -> Iterator[Fault]:
    for claim in draft.nodes(SafetyConsideration):
        yield from _wrong(draft, claim, claim.value.subject, SUBSTANCE, "")
    for search in draft.nodes(SearchRecord):
        yield from _wrong(draft, search, search.value.subject, SUBSTANCE, "")
    for study in draft.nodes(Study):
        yield from _wrong(draft, study, study.value.compound, COMPOUND, "")
        yield from _wrong(draft, study, study.value.condition, STATE, "")


SUBJECT = Check(
    code="REF:001",
    name="subject",
    description="The subject that a path names is a substance; a study's are a compound and a state.",
    scope="record",
    cure="correct the folder or the file's name, or write the record that it names",
    find=_subjects,
    passing={samples.CLAIM: samples.claim()},
    failing={"considerations/renal-impairment/sample.json": samples.claim()},
)


def _terms_had(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Assertion):
        if not draft.is_unread(node.value.entity):
            want = STATE if _state(draft, node.value.entity) else TERM
            yield from _wrong(draft, node, node.value.term, want, "")


HAD = Check(
    code="REF:002",
    name="has",
    description="What an entity has is a term of its own family: a condition has states, a compound has no state.",
    scope="record",
    cure="name the file after a term of the entity's family",
    find=_terms_had,
    passing={samples.HAS: samples.has()},
    failing={"compounds/examplamine/has/demo-falls.json": samples.has(weight=None)},
)


def _broader(draft: Draft) -> Iterator[Fault]:
    for term in draft.nodes(Term):
        want = STATE if _state(draft, term.value.id) else TERM
        yield from _wrong(draft, term, term.value.broader, want, ".broader")
    for condition in draft.nodes(Condition):
        yield from _wrong(draft, condition, condition.value.broader, STATE, ".broader")


BROADER = Check(
    code="REF:003",
    name="broader",
    description="What is broader stands in the tree and is of the same family.",
    scope="record",
    cure="name a term of the same family",
    find=_broader,
    failing={"terms/demo-falls/term.json": samples.term("state", label="demo falls", broader=["drowsiness"])},
)


def parents(draft: Draft, id: str) -> tuple[str, ...]:
    """Return what is directly broader than ``id``."""
    base = draft.knowledge
    if id in base.terms:
        return base.terms[id].broader
    return base.conditions[id].broader if id in base.conditions else ()


def closure(draft: Draft, id: str) -> set[str]:
    """Return everything broader than ``id``, which is itself in it only when it lies on a cycle."""
    found: set[str] = set()
    waiting = list(parents(draft, id))
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found.add(parent)
            waiting += parents(draft, parent)
    return found


def _cycles(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes_of(Term, Condition):
        if node.value.id in closure(draft, node.value.id):
            yield node.fault(f"{shown(node.value.id)} is broader than itself", ".broader")


CYCLE = Check(
    code="REF:004",
    name="no-cycle",
    description="Nothing is broader than itself, directly or by way of others.",
    scope="tree",
    cure="take out the link that closes the circle",
    find=_cycles,
    failing={"terms/demo-falls/term.json": samples.term("state", label="demo falls", broader=["demo-falls"])},
)


def _contexts(draft: Draft) -> Iterator[Fault]:
    for context in draft.nodes(Context):
        yield from _wrong(draft, context, context.value.having, STATE, ".having")
        yield from _wrong(draft, context, context.value.taking, SUBSTANCE, ".taking")
    for search in draft.nodes(SearchRecord):
        yield from _wrong(draft, search, search.value.having, STATE, ".having")
        yield from _wrong(draft, search, search.value.taking, SUBSTANCE, ".taking")


CONTEXT = Check(
    code="REF:005",
    name="context",
    description="What a person has is a state; what is taken is a compound or a term of substances.",
    scope="record",
    cure="name a condition or state under `having`, a compound or a term of substances under `taking`",
    find=_contexts,
    passing={samples.CLAIM: samples.claim(context={"having": ["demo-disease"]}, kind="condition-risk")},
    failing={samples.CLAIM: samples.claim(context={"having": ["drowsiness"]})},
)


def _hazards(draft: Draft) -> Iterator[Fault]:
    for claim in draft.nodes(SafetyConsideration):
        yield from _wrong(draft, claim, claim.value.hazard, TERM, ".hazard")


HAZARD = Check(
    code="REF:006",
    name="hazard",
    description="A hazard is a term of substances: what may happen.",
    scope="record",
    cure="name the effect that may happen, never the state that it may lead to",
    find=_hazards,
    passing={samples.CLAIM: samples.claim(hazard="drowsiness")},
    failing={samples.CLAIM: samples.claim(hazard="demo-falls")},
)


def _treatments(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Treatment):
        yield from _wrong(draft, node, node.value.treatment, MEDICINE, ".treatment")


_TREATED = {"treatment": "unheard-of", "purpose": "relapse", "usual": True, "cites": ["exampler2021#abstract"]}

TREATMENT = Check(
    code="REF:007",
    name="treatment",
    description="A treatment is a compound or a drug class.",
    scope="record",
    cure="write the record of the treatment, or correct its identifier",
    find=_treatments,
    failing={"conditions/sample/condition.json": samples.condition(treatments=[_TREATED])},
)


def _uses(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Use):
        yield from _wrong(draft, node, node.value.condition, STATE, ".condition")


_USE = {"condition": "drowsiness", "status": "approved", "cites": ["examplamine-us-2025#indications"]}

USE = Check(
    code="REF:008",
    name="use",
    description="What a compound is used for is a condition or a state.",
    scope="record",
    cure="name a condition or a state",
    find=_uses,
    failing={"compounds/inhibizole/compound.json": samples.compound(name="inhibizole", uses=[_USE])},
)


def _relations(draft: Draft) -> Iterator[Fault]:
    told = {(node.owner.id, node.value.compound) for node in draft.nodes(Relation)}
    for node in draft.nodes(Relation):
        yield from _wrong(draft, node, node.value.compound, COMPOUND, ".compound")
        if (node.value.compound, node.owner.id) in told:
            yield node.fault(f"{shown(node.value.compound)} tells of this relation as well", ".compound")


_RELATED = {"compound": "esexamplamine", "how": "racemate-of"}

RELATED = Check(
    code="REF:009",
    name="related",
    description="A related compound stands in the tree, and the relation is written on one side only.",
    scope="record",
    cure="write the relation once, and never to the compound itself",
    find=_relations,
    failing={
        "compounds/inhibizole/compound.json": samples.compound(
            name="inhibizole", related=[_RELATED | {"compound": "inhibizole"}]
        )
    },
)


def _durings(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Statement):
        yield from _wrong(draft, node, node.value.during, STATE, ".during")


DURING = Check(
    code="REF:010",
    name="during",
    description="What a statement holds during is a state.",
    scope="record",
    cure="name a condition or a state",
    find=_durings,
    passing={samples.HAS: samples.has(statements=[samples.says(during="pregnancy")])},
    failing={samples.HAS: samples.has(statements=[samples.says(during="second-half")])},
)


def _abouts(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SourceDetails):
        yield from _wrong(draft, node, node.value.about, COMPOUND, ".about")


ABOUT = Check(
    code="REF:011",
    name="about",
    description="What a label is about are compounds of the tree.",
    scope="record",
    cure="write the compound's record, or correct its identifier",
    find=_abouts,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label()},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(about=["examplamin"]))},
)


def _asked(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Edition):
        yield from _wrong(draft, node, node.value.asked_of_compounds, STATE, ".asked_of_compounds")


ASKED = Check(
    code="REF:012",
    name="asked-of-compounds",
    description="What is asked of every compound are states.",
    scope="tree",
    cure="name states",
    find=_asked,
    failing={"knowledge.json": {"version": "1", "asked_of_compounds": ["drowsiness"]}},
)


def _citations(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Citation):
        key = node.value.key
        if key not in draft.knowledge.sources and f"sources/{key}.json" not in draft.files:
            yield node.fault(f"there is no source {shown(key)}")


CITED = Check(
    code="REF:013",
    name="citation",
    description="Every citation key is a source of the tree.",
    scope="record",
    cure="write the source's record, or correct the key",
    find=_citations,
    passing={samples.CLAIM: samples.claim(cites=["exampler2021#abstract"])},
    failing={samples.CLAIM: samples.claim(cites=["nobody1999#abstract", "exampler2021#abstract"])},
)

CHECKS = (SUBJECT, HAD, BROADER, CYCLE, CONTEXT, HAZARD, TREATMENT, USE, RELATED, DURING, ABOUT, ASKED, CITED)
