"""Assertions and states: what is written of which term, and the tests that turn a value into a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.citing import AUTHORITY, sources_of
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.model.choices import Design, TermKind, Weight
from safetykb.model.entities import Assertion, StateTest, Term
from safetykb.model.scales import Frequency


def _is_effect(draft: Draft, term: str) -> bool:
    return term in draft.knowledge.terms and draft.knowledge.terms[term].kind is TermKind.EFFECT


def _known(draft: Draft) -> Iterator[Node[Assertion]]:
    """Yield the assertions of terms that could be read."""
    return (node for node in draft.nodes(Assertion) if draft.knowledge.has_entity(node.value.term))


def _weights(draft: Draft) -> Iterator[Fault]:
    for node in _known(draft):
        effect = _is_effect(draft, node.value.term)
        if effect and node.value.weight is None:
            yield node.fault("an effect is had with a weight", ".weight")
        if not effect and node.value.weight is not None:
            yield node.fault("only an effect has a weight", ".weight")


WEIGHT = Check(
    code="AST:001",
    name="weight",
    description="An effect is had with a weight (main or minor); nothing else has one.",
    scope="record",
    cure="write `weight` for an effect, leave it out for the rest",
    find=_weights,
    passing={samples.HAS: samples.has()},
    failing={samples.HAS: samples.has(weight=None)},
)


def _frequencies(draft: Draft) -> Iterator[Fault]:
    for node in _known(draft):
        asked = _is_effect(draft, node.value.term) or draft.knowledge.is_state(node.value.term)
        if asked and node.value.frequency is None:
            yield node.fault("an effect or a vulnerability has a frequency", ".frequency")
        if not asked and node.value.frequency is not None:
            yield node.fault("only an effect or a vulnerability has a frequency", ".frequency")


FREQUENCY = Check(
    code="AST:002",
    name="frequency",
    description="An effect or a vulnerability is had with a frequency (`not-known` when none is stated).",
    scope="record",
    cure="write `frequency` for effects and vulnerabilities, leave it out for the rest",
    find=_frequencies,
    passing={samples.HAS: samples.has()},
    failing={samples.HAS: samples.has(frequency=None)},
)


def _statements(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Assertion):
        if not node.value.statements:
            yield node.fault("nothing states this", ".statements")


STATED = Check(
    code="AST:003",
    name="stated",
    description="An assertion has at least one statement.",
    scope="record",
    cure="write the sentence that says it, with its place",
    find=_statements,
    failing={samples.HAS: samples.has(statements=[])},
)

_MAIN_SECTIONS: Final = frozenset({"boxed", "contraindications", "warnings", "precautions"})
_REVIEWS: Final = (Design.REVIEW_OF_TRIALS, Design.REVIEW_OF_COHORTS)


def _is_main(draft: Draft, assertion: Assertion) -> bool:
    """Tell whether what ``assertion`` cites makes the effect a main one, as far as the records show."""
    cites = [cite for statement in assertion.statements for cite in statement.cites]
    for source in sources_of(draft, cites):
        if source.details.design in _REVIEWS or source.details.design in AUTHORITY[1:]:
            return True
    return any(cite.section in _MAIN_SECTIONS for cite in cites)


def _main(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Assertion):
        weight, frequency = node.value.weight, node.value.frequency
        often = frequency is not None and frequency >= Frequency.COMMON
        if weight is Weight.MINOR and often:
            yield node.fault(f"{frequency} makes an effect main", ".weight")
        if weight is Weight.MAIN and not often and not _is_main(draft, node.value):
            yield node.fault("nothing cited shows that this effect is main", ".weight")


MAIN = Check(
    code="AST:004",
    name="main-or-minor",
    description=(
        "A main effect is common or above, stands in a boxed, contraindications or warnings section, is an authority's "
        "communication, or is the subject of a systematic review; the rest are minor."
    ),
    scope="record",
    cure="correct the weight, or cite the place that makes it main",
    gate=False,
    find=_main,
    passing={samples.HAS: samples.has(weight="minor", frequency="rare")},
    failing={samples.HAS: samples.has(weight="minor", frequency="common")},
)

NUMBERS: Final = frozenset({"age", "weight", "egfr", "crcl", "alt", "alp", "bilirubin", "qtc"})
"""The fields of a patient that hold a number, and so need a unit."""

FLAGS: Final = frozenset({"pregnant", "could_become_pregnant", "breastfeeding", "dialysis"})
"""The fields of a patient that are true or false."""

NUMBERS_OF_BP: Final = frozenset({"systolic", "diastolic"})
"""The two numbers of a blood pressure."""

WORDS: Final = frozenset({"sex", "child_pugh", "genotypes", "allergies"})
"""The fields of a patient that hold words; an allergy is compared with the compound asked about, ``{subject}``."""


def _wrong_test(test: StateTest) -> str | None:
    if test.field in NUMBERS | NUMBERS_OF_BP:
        if type(test.value) not in (int, float):
            return f"{test.field} is compared with a number"
        return None if test.unit else f"{test.field} is compared in a unit"
    if test.field in FLAGS:
        return None if type(test.value) is bool else f"{test.field} is true or false"
    return None if test.field in WORDS else f"{shown(test.field)} is no field of a patient"


def _tests(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(StateTest):
        wrong = _wrong_test(node.value)
        if wrong:
            yield node.fault(wrong)
    for term in draft.nodes(Term):
        if term.value.tests and term.value.kind is not TermKind.STATE:
            yield term.fault("only a state is tested for", ".tests")


def _tested(**test: object) -> dict[str, object]:
    return {"terms/demo-falls/term.json": samples.term("state", label="demo falls", tests=[test])}


TESTS = Check(
    code="AST:005",
    name="test-of-a-state",
    description="A test compares a field of the patient with a value of its sort, a number in a UCUM unit.",
    scope="record",
    cure="name a field of `Patient`, and the unit of a number",
    find=_tests,
    passing=_tested(field="qtc", comparison=">=", value=500, unit="ms"),
    failing=_tested(field="egfr", comparison="<", value=30),
)

CHECKS = (WEIGHT, FREQUENCY, STATED, MAIN, TESTS)
