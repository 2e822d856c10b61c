"""What must always hold of a patient, whoever it is and whatever is asked."""

from __future__ import annotations

import functools
import logging
import math
import traceback
from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import safetykb
from safetykb import Concern, Finding, KnowledgeBase, Patient, SafetyReview, UnknownName
from safetykb.answer.personal import fact_lines
from safetykb.knowledge.base import Entity
from safetykb.knowledge.lookup import names_of
from safetykb.model.choices import ChildPugh, Sex
from safetykb.model.patient import BloodPressure
from safetykb.model.scales import Coverage
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Place
from safetykb.reasoning.headline import Headline, headline_of
from safetykb.reasoning.matching import ExposurePart, StatePart, Status, laid_out
from safetykb.reasoning.person import person_of
from safetykb.reasoning.ranking import findings_of
from safetykb.reasoning.situation import Situation
from tests.reasoning.building_blocks import World
from tests.reasoning.worlds import COMPOUNDS, CONDITIONS, STATES, worlds

LAW = settings(max_examples=200, deadline=None, suppress_health_check=[*HealthCheck])

UNKNOWN = ("moonlight", "zzz", "Quixote", "", "  ", "x" * 300, "drug (a/b)", "ketamine (nasal / iv)")


# --- anybody ----------------------------------------------------------------------------------------------------------


@functools.cache
def packaged() -> KnowledgeBase:
    return safetykb.knowledge_base()


@functools.cache
def states() -> tuple[str, ...]:
    """Every state and condition by its own name."""
    knowledge = packaged()
    found: list[Entity] = [*knowledge.conditions.values()]
    found += (t for t in knowledge.terms.values() if knowledge.is_state(t.id))
    return tuple(sorted(entity.name for entity in found))


@functools.cache
def medicines() -> tuple[str, ...]:
    """Every compound by its own name."""
    return tuple(sorted(compound.name for compound in packaged().compounds.values()))


def some(names: Iterable[str], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(names)), max_size=most).map(tuple)


def number(least: float, most: float, *limits: float) -> st.SearchStrategy[float | None]:
    """Nothing, anything, or a number near a limit that a test asks about."""
    near = [value + step for value in limits for step in (-0.5, 0, 0.5)]
    return st.none() | st.sampled_from(near) | st.floats(least, most).map(lambda value: round(value, 1))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "age": number(0, 130, 18, 25, 65),
    "weight": number(1, 700, 40),
    "sex": maybe(st.sampled_from(list(Sex))),
    "pregnant": maybe(st.booleans()),
    "could_become_pregnant": maybe(st.booleans()),
    "breastfeeding": maybe(st.booleans()),
    "egfr": number(0, 250, 15, 30, 60),
    "crcl": number(0, 400, 30, 50),
    "dialysis": maybe(st.booleans()),
    "child_pugh": maybe(st.sampled_from(list(ChildPugh))),
    "alt": number(0, 1000, 2, 3, 5),
    "alp": number(0, 1000, 2),
    "bilirubin": number(0, 1000, 2),
    "qtc": number(200, 900, 450, 500),
    "bp": maybe(st.builds(BloodPressure, systolic=st.integers(80, 220), diastolic=st.integers(40, 130))),
}
NAMES: dict[str, st.SearchStrategy[Any]] = {
    "genotypes": maybe(some(("CYP2C9*3/*3", "CYP2D6*4/*4"))),
    "allergies": maybe(some((*medicines(), "soy", "dust"), 2)),
    "medications": maybe(some((*medicines(), "moonlight"))),
    "medications_complete": st.booleans(),
    "past": some(("stroke", "cryptococcal meningitis", "moonlight"), 2),
    "conditions": some((*states(), "moonlight")),
    "has_not": some((*states(), "moonlight")),
}


def known(field: str) -> st.SearchStrategy[Any]:
    return FIELDS[field].filter(lambda value: value is not None)


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    """Draw anybody: a few values, a few names, or nothing."""
    known = draw(st.sets(st.sampled_from([*FIELDS]), max_size=4))
    facts = {field: draw(FIELDS[field]) for field in sorted(known)}
    facts |= {field: draw(strategy) for field, strategy in NAMES.items() if draw(st.booleans())}
    try:
        return Patient(**facts)
    except ValueError:  # male and pregnant
        return Patient(**{**facts, "sex": None})


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a compound and a condition of the packaged knowledge; half of them have much to say."""
    compound = draw(st.sampled_from(("ketamine", "siponimod", "baclofen", "diazepam")) | st.sampled_from(medicines()))
    conditions = [condition.name for condition in packaged().conditions.values()]
    return compound, draw(st.just("multiple sclerosis") | st.sampled_from(conditions))


def situation(pair: tuple[str, str], patient: Patient | None, knowledge: KnowledgeBase | None = None) -> Situation:
    knowledge = knowledge or packaged()
    compound = safetykb.compound(pair[0], knowledge=knowledge)
    return Situation(
        knowledge=knowledge,
        compound=compound,
        condition=safetykb.condition(pair[1], knowledge=knowledge),
        patient=person_of(knowledge, patient, compound.id) if patient is not None else None,
    )


def answer(
    pair: tuple[str, str], patient: Patient | None, knowledge: KnowledgeBase | None = None
) -> tuple[tuple[Finding, ...], Headline]:
    """The findings and the headline of a pair: what a review says first, without the rest of it."""
    asked = situation(pair, patient, knowledge)
    findings = findings_of(asked)
    not_checked = asked.patient.not_checked if asked.patient else ()
    return findings, headline_of(findings, (), Coverage.NOT_ASSESSED, Phrase.NOT_VERIFIED, not_checked)


def rank(concern: Concern | None) -> int:
    return concern.rank if concern else -1


def but(of: Patient, **facts: Any) -> Patient:
    """The patient with other facts."""
    return attrs.evolve(of, **facts)


def joined(of: Patient, field: str, name: str) -> Patient:
    """The patient with one name more."""
    return but(of, **{field: (*(getattr(of, field) or ()), name)})


# --- rule 10 ----------------------------------------------------------------------------------------------------------

MORE = st.one_of(
    st.tuples(st.just("medications"), st.sampled_from(medicines())),
    st.tuples(st.just("conditions"), st.sampled_from(states())),
    st.tuples(st.just("allergies"), st.sampled_from(medicines())),
    st.tuples(st.just("past"), st.sampled_from(("stroke", "intracerebral haemorrhage"))),
)


@given(pairs(), patients(), MORE)
@LAW
def test_one_more_never_lowers_the_highest(pair: tuple[str, str], patient: Patient, more: tuple[str, str]):
    """Adding a medicine, a condition or an allergy never lowers `highest`, nor the concern."""
    _, before = answer(pair, patient)
    _, after = answer(pair, joined(patient, *more))
    assert rank(after.highest) >= rank(before.highest)
    assert rank(after.concern) >= rank(before.concern)


@given(worlds(), st.data())
@LAW
def test_one_more_never_lowers_the_highest_of_anything(made: World, data: st.DataObject):
    """The same of small random knowledge, where interactions cross, flow and signal as they like."""
    knowledge = made.knowledge()
    patient = Patient(
        conditions=data.draw(some((*STATES, *CONDITIONS), 2)),
        has_not=data.draw(some((*STATES, *CONDITIONS), 1)),
        medications=data.draw(some(COMPOUNDS, 2)),
        medications_complete=data.draw(st.booleans()),
    )
    field, names = data.draw(st.sampled_from((("medications", COMPOUNDS), ("conditions", (*STATES, *CONDITIONS)))))
    more = joined(patient, field, data.draw(st.sampled_from(names)))
    for compound in COMPOUNDS:
        for condition in CONDITIONS:
            pair = compound, condition
            before, after = (answer(pair, one, knowledge)[1] for one in (patient, more))
            assert rank(after.highest) >= rank(before.highest), pair
            assert rank(after.concern) >= rank(before.concern), pair


@given(pairs(), patients(), st.sampled_from([*FIELDS]), st.data())
@LAW
def test_a_value_that_newly_meets_a_test_never_lowers_the_highest(
    pair: tuple[str, str], patient: Patient, field: str, data: st.DataObject
):
    """Stating a value that newly meets a test never lowers `highest`, unless it closes a stage that was open."""
    value = data.draw(known(field))
    try:
        stated = but(patient, **{field: value})
    except ValueError:  # male and pregnant
        assume(False)  # noqa: FBT003  hypothesis has no other name for it
        raise
    before, after = (person_of(packaged(), one, situation(pair, None).compound.id) for one in (patient, stated))
    assume(after.has.keys() > before.has.keys())
    assume(getattr(patient, field) is None)
    assume(not (after.has_not.keys() - before.has_not.keys()) & situation(pair, None).narrower)
    assert rank(answer(pair, stated)[1].highest) >= rank(answer(pair, patient)[1].highest)


@given(pairs(), patients(), st.data())
@LAW
def test_stating_an_unknown_lowers_only_by_closing_what_was_open(
    pair: tuple[str, str], patient: Patient, data: st.DataObject
):
    """Where stating something lowers `highest`, all that stood higher was an if, and no longer is."""
    more: dict[str, Any] = data.draw(
        st.sampled_from([*FIELDS]).flatmap(lambda field: st.fixed_dictionaries({field: known(field)}))
        | st.fixed_dictionaries({"has_not": some(states(), 2)})
        | st.just({"medications_complete": True})
    )
    assume(not {*more}.intersection(patient.stated))
    try:
        stated = but(patient, **more)
    except ValueError:  # male and pregnant
        return
    (findings, before), (left, after) = answer(pair, patient), answer(pair, stated)
    assert rank(after.concern) >= rank(before.concern)
    if rank(after.highest) < rank(before.highest):
        here = {finding.id for finding in left}
        for finding in findings:
            if rank(headline_of((finding,), (), Coverage.NOT_ASSESSED, Phrase.NOT_VERIFIED).highest) > rank(
                after.highest
            ):
                assert finding.is_open
                assert finding.id not in here or "medications_complete" in more


@given(pairs(), patients())
@LAW
def test_an_inference_stands_before_nothing_heavy(pair: tuple[str, str], patient: Patient):
    """For no patient does an inferred finding stand before a contraindicated or avoid one, or among the first."""
    findings = [finding for finding in answer(pair, patient)[0] if finding.relative is None]
    inferred = [place for place, finding in enumerate(findings) if finding.inferred]
    heavy = [p for p, f in enumerate(findings) if not f.inferred and (f.concern or Concern.INFORM) >= Concern.AVOID]
    assert max(heavy, default=-1) < min(inferred, default=math.inf)
    assert all(finding.block not in (Place.KNOWN, Place.NOT_IF) for finding in findings if finding.inferred)


# --- names and order --------------------------------------------------------------------------------------------------


def bare(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without the words in which the facts were given."""
    return [attrs.evolve(finding, facts=()) for finding in findings]


def plain(texts: Iterable[str]) -> set[str]:
    """Texts without case and spacing."""
    return {" ".join(text.casefold().split()) for text in texts}


def same(one: SafetyReview, other: SafetyReview) -> None:
    """Two reviews say the same, save in the words of the facts."""
    assert bare(one.findings) == bare(other.findings)
    assert one.treatments == other.treatments
    assert one.monitoring == other.monitoring
    assert attrs.evolve(one.headline, not_checked=(), text="") == attrs.evolve(other.headline, not_checked=(), text="")
    assert plain(one.headline.not_checked) == plain(other.headline.not_checked)


LISTS = ("genotypes", "allergies", "medications", "past", "conditions", "has_not")


@given(pairs(), patients(), st.randoms(use_true_random=False))
@LAW
def test_order_and_repetition_do_not_matter(pair: tuple[str, str], patient: Patient, chance: Any):
    """The names of a patient in another order, and some of them twice, give the same answer."""
    changed = {}
    for field in LISTS:
        names = getattr(patient, field)
        if names:
            more = [*names, *chance.sample(names, min(2, len(names)))]
            chance.shuffle(more)
            changed[field] = tuple(more)
    same(safetykb.review(*pair, patient), safetykb.review(*pair, but(patient, **changed)))


@functools.cache
def other_names() -> dict[str, tuple[str, ...]]:
    """The names of each compound, condition and state that lead to it alone, without a form."""
    knowledge = packaged()
    entities: list[Entity] = [*knowledge.compounds.values(), *knowledge.conditions.values(), *knowledge.terms.values()]
    known: dict[str, set[str]] = {}
    for entity in entities:
        for name, _ in names_of(entity):
            known.setdefault(name.casefold(), set()).add(entity.id)
    return {
        entity.name: tuple(
            name for name, form in names_of(entity) if form is None and known[name.casefold()] == {entity.id}
        )
        for entity in entities
        if known[entity.name.casefold()] == {entity.id}
    }


@given(pairs(), patients(), st.randoms(use_true_random=False))
@LAW
def test_another_name_or_case_gives_the_same_answer(pair: tuple[str, str], patient: Patient, chance: Any):
    """A synonym, other case or spacing of what a patient has, has not or takes gives the same answer."""

    def rewritten(field: str, name: str) -> str:
        by_record = field in ("medications", "conditions", "has_not")
        name = chance.choice(other_names().get(name) or (name,)) if by_record else name
        return chance.choice((name, name.upper(), f"  {name} ", name.replace(" ", "\u00a0 ")))  # type: ignore[no-any-return]

    changed = {
        field: tuple(rewritten(field, name) for name in names) for field in LISTS if (names := getattr(patient, field))
    }
    same(safetykb.review(*pair, patient), safetykb.review(*pair, but(patient, **changed)))


@given(st.sampled_from(medicines()), st.sampled_from(medicines()))
@LAW
def test_interactions_are_symmetric(one: str, other: str):
    """interactions(a, [b]) and interactions(b, [a]) are the same, over the packaged compounds."""
    found = safetykb.interactions(one, [other])
    assert found == safetykb.interactions(other, [one])
    assert found == safetykb.interactions(one.upper(), [other, one, other])
    assert all(not finding.if_taking for finding in found)


# --- each fact, and no more -------------------------------------------------------------------------------------------


@given(pairs(), patients())
@LAW
def test_nothing_with_an_unmet_part_applies(pair: tuple[str, str], patient: Patient):
    """No finding has a part that is known not to hold."""
    asked = situation(pair, patient)
    for finding in findings_of(asked):
        if finding.relative is None:
            match = laid_out(asked, packaged().considerations[finding.id])
            assert match is not None
            parts: list[StatePart | ExposurePart] = [*match.states, *match.exposures]
            assert all(part.status is not Status.UNMET for part in parts)
            assert all(partner.status == "met" for partner in finding.partners) or not patient.medications_complete


@given(pairs(), patients())
@LAW
def test_every_fact_has_a_line(pair: tuple[str, str], patient: Patient):
    """Every fact given gets a line of its own, and each name of a list one."""
    asked = situation(pair, patient)
    assert asked.patient is not None
    lines = fact_lines(asked.patient, asked.diagnoses, findings_of(asked))
    expected: list[str] = []
    for field in patient.stated:
        value = getattr(patient, field)
        expected += [field] * (max(len(value), field == "allergies") if isinstance(value, tuple) else 1)
    assert sorted(line.field for line in lines) == sorted(expected)
    assert all(line.text and line.told for line in lines)


@given(pairs(), st.dictionaries(st.sampled_from(LISTS), st.lists(st.sampled_from(UNKNOWN) | st.text(), max_size=3)))
@LAW
def test_unknown_names_never_raise(pair: tuple[str, str], names: dict[str, list[str]]):
    """Any text in the lists of a patient is taken: what nothing knows is not checked, and changes no finding."""
    patient = Patient(**{field: tuple(texts) for field, texts in names.items() if texts})  # type: ignore[arg-type]
    asked = situation(pair, patient)
    assert asked.patient is not None
    if not any(fact.known for fact in asked.patient.facts):
        assert findings_of(asked) == findings_of(situation(pair, None))
        assert set(asked.patient.not_checked) == {fact.text for fact in asked.patient.facts}


@given(pairs())
@settings(LAW, max_examples=50)
def test_nothing_given_changes_nothing(pair: tuple[str, str]):
    """A patient of whom nothing is stated changes nothing in a review."""
    review = safetykb.review(*pair)
    report = review.given(Patient())
    assert (report.added, report.dropped, report.raised, report.lowered, report.closed) == ((), (), (), (), ())
    after, before = report.after.to_dict(), review.to_dict()
    assert {**after, "patient": None} == before


def secrets(patient: Patient) -> Patient:
    """The patient with values that can be looked for."""
    return attrs.evolve(
        patient,
        sex=None,
        age=71.0625,
        egfr=23.0625,
        bp=BloodPressure(systolic=171.0625, diastolic=97.0625),
        conditions=(*patient.conditions, "Quixotitis", "RRMS"),
        past=("quixotic fever",),
        has_not=("Quixote",),
        allergies=("quixotamine",),
        genotypes=("QUIXOTE1*1",),
        medications=(*(patient.medications or ()), "Quixotamab", "LIORESAL"),
    )


@given(patients())
@settings(LAW, max_examples=40)
def test_no_repr_and_no_error_contains_a_value(patient: Patient):
    """No repr of anything that a patient goes through, and no error, contains a value of the patient."""
    secret = secrets(patient)
    review = safetykb.review("ketamine", "MS", secret)
    report = safetykb.review("ketamine", "MS").given(secret)
    asked = review.situation
    shown: list[object] = [
        secret,
        secret.bp,
        asked.patient,
        report,
        review,
        review.headline,
        *review.facts,
        *review.findings,
    ]
    shown += [*review.treatments, *review.missing(), *report.closed, *report.raised, *review.gaps, *review.monitoring]
    shown += [*(asked.patient.facts if asked.patient else ()), *asked.treatments]
    shown += [laid_out(asked, packaged().considerations[finding.id]) for finding in review.findings]
    told = [repr(each) for each in shown]
    with pytest.raises(UnknownName) as unknown:
        safetykb.review("moonlight", "MS", secret)
    told.append("".join(traceback.TracebackException.from_exception(unknown.value).format()))
    for text in told:
        for value in ("71.06", "23.06", "97.06", "uixot", "UIXOT", "LIORESAL"):
            assert value not in text


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]):
    """Asking about a patient logs and prints nothing."""
    with caplog.at_level(logging.DEBUG):
        review = safetykb.review("ketamine", "MS", secrets(Patient()))
        review.given(secrets(Patient(age=70))).to_text()
        review.to_html()
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_nothing_of_a_patient_is_kept():
    """What is derived and kept for a knowledge base is the same before and after a patient."""
    knowledge = packaged()
    safetykb.review("ketamine", "MS").to_dict()
    before = sorted(knowledge._derived)
    safetykb.review("ketamine", "MS", secrets(Patient())).to_dict()
    assert sorted(knowledge._derived) == before
    assert "uixot" not in str([*knowledge._derived.values()])
