"""From what is known of a person to states and medicines: unknown stays unknown, and every fact has a line."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import safetykb
from safetykb import Patient
from safetykb.model.choices import ChildPugh, Comparison, Sex
from safetykb.model.patient import BloodPressure
from safetykb.reasoning.person import HOLDS

from .persons import clinic, limit, patient, person, told

NUMBERS = {
    "age": (0, 130),
    "weight": (0.2, 700),
    "egfr": (0, 250),
    "crcl": (0, 400),
    "alt": (0, 1000),
    "alp": (0, 1000),
    "bilirubin": (0, 1000),
    "qtc": (200, 900),
}


# --- the patient ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "least", "most"), [(name, *limits) for name, limits in NUMBERS.items()])
def test_a_number_that_nobody_can_have_is_refused(field: str, least: float, most: float):
    """A number outside what a person can have is refused by the name of its field, and the value is not repeated."""
    for value in (least, most):
        assert getattr(patient(**{field: value}), field) == value
    for value in (least - 0.123, most + 9876.5, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"^patient.{field} is outside {least:g} to {most:g}") as refused:
            patient(**{field: value})
        assert str(value) not in str(refused.value)


@pytest.mark.parametrize("field", ["systolic", "diastolic"])
def test_a_pressure_that_nobody_can_have_is_refused(field: str):
    """A blood pressure is held as every number is, and shows no number of itself."""
    usual: dict[str, Any] = {"systolic": 123.0, "diastolic": 81.0}
    assert "123" not in repr(BloodPressure(**usual))
    for value in (-1.0, 7654.0):
        with pytest.raises(ValueError, match=f"^patient.{field} is outside") as refused:
            BloodPressure(**{**usual, field: value})
        assert str(value) not in str(refused.value)


@pytest.mark.parametrize("field", ["pregnant", "could_become_pregnant", "breastfeeding"])
def test_sex_and_pregnancy_must_agree(field: str):
    """Male and pregnant, able to become so, or breastfeeding, contradict each other; a no does not."""
    with pytest.raises(ValueError, match=r"patient\.sex"):
        patient(sex=Sex.MALE, **{field: True})
    assert patient(sex=Sex.MALE, **{field: False}).sex is Sex.MALE
    assert patient(sex=Sex.FEMALE, **{field: True}).sex is Sex.FEMALE


def test_words_and_lists_are_taken_as_people_write_them():
    """A sex and a Child-Pugh class may be words, names may be a list, and a single text is one name."""
    of = Patient(sex="male", child_pugh="C", allergies=[], medications="one", past=["stroke"])
    assert (of.sex, of.child_pugh) == (Sex.MALE, ChildPugh.C)
    assert (of.allergies, of.medications, of.past) == ((), ("one",), ("stroke",))


@pytest.mark.parametrize("field", ["sex", "child_pugh"])
def test_another_word_is_refused_by_name(field: str):
    """A word that is none of the field's own is refused, and not repeated."""
    with pytest.raises(ValueError, match=rf"^patient\.{field} is no word of its own; write one of: ") as refused:
        patient(**{field: "Quixote"})
    assert "Quixote" not in str(refused.value)


def test_a_repr_shows_no_value():
    """The repr of a patient says how many facts there are."""
    assert repr(Patient()) == "<Patient: 0 facts>"
    assert repr(Patient(age=71, egfr=23.5, medications=("secretol",))) == "<Patient: 3 facts>"
    of = person(age=71, medications=("secretol",))
    assert repr(of) == "<Person: 2 facts>"
    assert not any(word in repr(fact) for fact in of.facts for word in ("71", "secretol", "older-age"))


def test_what_is_stated_stands_in_the_order_of_the_class():
    """Stated are the fields that were given, an empty list of allergies among them."""
    of = Patient(has_not=("x",), allergies=(), pregnant=False, age=0)
    assert of.stated == ("age", "pregnant", "allergies", "has_not")
    assert Patient().stated == ()


def test_a_patient_is_public():
    """The class stands on the public face."""
    assert safetykb.Patient is Patient


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("<", (True, False, False)),
        ("<=", (True, True, False)),
        ("=", (False, True, False)),
        (">=", (False, True, True)),
        (">", (False, False, True)),
    ],
)
def test_a_value_becomes_a_state_by_a_test_that_is_data(comparison: str, expected: tuple[bool, ...]):
    """Each comparison of a test decides: met is the state, not met is known not to be the state."""
    made = clinic()
    made.term("limit", "state", tests=[limit("qtc", comparison, 500)])
    for value, met in zip((499.0, 500.0, 501.0), expected, strict=True):
        of = person(made, qtc=value)
        assert ("limit" in of.has, "limit" in of.has_not) == (met, not met)


def test_every_comparison_is_known():
    """Each comparison that a test may use can be decided."""
    assert HOLDS.keys() == set(Comparison)


def test_unknown_stays_unknown():
    """A value that nobody stated neither means a state nor refutes it."""
    of = person()
    assert (of.has, of.has_not, of.takes, of.facts, of.not_checked) == ({}, {}, {}, (), ())
    assert not of.complete
    assert not person(weight=70).has
    assert not person(weight=70).has_not


def test_any_of_several_tests_means_the_state():
    """One of the tests is enough; only when each is known not to be met is the state refuted."""
    assert "weak-liver" in person(child_pugh=ChildPugh.B).has
    assert "weak-liver" in person(child_pugh=ChildPugh.C).has
    assert "weak-liver" in person(child_pugh=ChildPugh.A).has_not
    made = clinic()
    made.term("frail", "state", tests=[limit("age", ">=", 80), limit("weight", "<", 45)])
    assert "frail" in person(made, age=85).has
    assert "frail" in person(made, age=85, weight=90).has
    one = person(made, age=50)
    assert "frail" not in one.has
    assert "frail" not in one.has_not
    assert "frail" in person(made, age=50, weight=90).has_not


def test_a_state_brings_what_is_broader():
    """Who has a state has everything broader, by the same fact."""
    of = person(egfr=20)
    assert {"bad-kidneys", "weak-kidneys", "kidneys"} <= of.has.keys()
    assert [fact.text for fact in of.has["kidneys"]][:1] == ["eGFR 20 mL/min/1.73 m2"]
    assert told(of) == {"eGFR 20 mL/min/1.73 m2": ("bad-kidneys", "slow-kidneys", "weak-kidneys")}


def test_a_value_that_fails_refutes_the_state_and_what_is_narrower():
    """What a value refutes is refuted with everything narrower, and nothing broader is."""
    made = clinic()
    made.term("very-bad-kidneys", "state", "bad-kidneys")
    of = person(made, egfr=80)
    assert of.has_not.keys() >= {"weak-kidneys", "bad-kidneys", "very-bad-kidneys"}
    assert "kidneys" not in of.has_not
    assert of.has_not["very-bad-kidneys"].text == "eGFR 80 mL/min/1.73 m2"
    between = person(made, egfr=45)
    assert ("weak-kidneys" in between.has, "bad-kidneys" in between.has_not) == (True, True)


def test_a_state_that_holds_is_never_refuted():
    """Where one fact says a state and another refutes it, the state holds."""
    of = person(egfr=80, conditions=("bad kidneys",))
    assert "bad-kidneys" in of.has
    assert "bad-kidneys" not in of.has_not
    assert "weak-kidneys" not in of.has_not


@pytest.mark.parametrize(("facts", "by"), [({"sex": Sex.MALE}, "sex male"), ({"pregnant": False}, "not pregnant")])
def test_male_refutes_pregnancy(facts: dict[str, Any], by: str):
    """Somebody male is known not to be pregnant; the reason is what was stated."""
    of = person(**facts)
    assert {state: fact.text for state, fact in of.has_not.items()} == {
        "pregnancy": by,
        "second-half-of-pregnancy": by,
    }
    assert not person(sex=Sex.FEMALE).has_not


def test_a_kidney_limit_of_one_measure_applies_to_the_other():
    """With only the other measure known, a limit whose number it meets applies and says so; else it is open."""
    of = person(crcl=25)
    assert {"bad-kidneys", "weak-kidneys", "slow-kidneys"} <= of.has.keys()
    assert of.notes["bad-kidneys"] == "the limit is of eGFR; creatinine clearance was stated and meets it"
    assert "slow-kidneys" not in of.notes
    assert person(egfr=40).notes["slow-kidneys"] == "the limit is of creatinine clearance; eGFR was stated and meets it"
    high = person(crcl=200)
    assert {"bad-kidneys", "weak-kidneys"}.isdisjoint({*high.has, *high.has_not})
    assert "slow-kidneys" in high.has_not


def test_a_limit_is_judged_by_its_own_measure_where_that_is_known():
    """With both measures known each limit is judged by its own."""
    of = person(egfr=80, crcl=20)
    assert "slow-kidneys" in of.has
    assert "bad-kidneys" in of.has_not
    assert not of.notes


def test_a_note_of_the_measure_reaches_the_answer():
    """The finding says that the limit is of the other measure."""
    made = clinic().claim("drug/kidneys", "avoid", having="bad-kidneys")
    found = made.found("drug/kidneys", patient=Patient(crcl=20))
    assert "the limit is of eGFR; creatinine clearance was stated and meets it" in found.marks
    assert made.found("drug/kidneys", patient=Patient(egfr=20)).marks == ()
    assert made.found("drug/kidneys", patient=Patient(age=20)).marks == ()


@pytest.mark.parametrize(
    ("pressure", "met"), [((170, 80), True), ((150, 110), True), ((150, 80), False), ((160, 100), False)]
)
def test_a_blood_pressure_is_tested_by_its_parts(pressure: tuple[float, float], met: bool):  # noqa: FBT001
    """Each number of a blood pressure is tested, and the line of the pressure names the state."""
    of = person(bp=BloodPressure(systolic=pressure[0], diastolic=pressure[1]))
    text = f"blood pressure {pressure[0]}/{pressure[1]} mmHg"
    assert told(of) == {text: ("high-pressure",) if met else ()}
    assert ("high-pressure" in of.has) == met
    assert [fact.text for state, fact in of.has_not.items() if state == "high-pressure"] == ([] if met else [text])


def test_every_value_has_a_line_in_words():
    """Every value that is given has its line, with its unit, whether or not anything asks about it."""
    facts: dict[str, Any] = {
        "age": 70,
        "weight": 61.5,
        "sex": Sex.FEMALE,
        "pregnant": False,
        "could_become_pregnant": True,
        "breastfeeding": False,
        "egfr": 44,
        "crcl": 41,
        "dialysis": True,
        "child_pugh": ChildPugh.A,
        "alt": 2.5,
        "alp": 1,
        "bilirubin": 1.25,
        "qtc": 431,
        "bp": BloodPressure(systolic=120, diastolic=80),
    }
    assert [fact.text for fact in person(**facts).facts] == [
        "age 70 years",
        "weight 61.5 kg",
        "sex female",
        "not pregnant",
        "could become pregnant",
        "not breastfeeding",
        "eGFR 44 mL/min/1.73 m2",
        "creatinine clearance 41 mL/min",
        "dialysis",
        "Child-Pugh class A",
        "ALT 2.5 x the upper limit",
        "alkaline phosphatase 1 x the upper limit",
        "bilirubin 1.25 x the upper limit",
        "QTc 431 ms",
        "blood pressure 120/80 mmHg",
    ]


# --- names ------------------------------------------------------------------------------------------------------------


def test_conditions_are_states_by_any_name():
    """A condition or a state, by any of its names; each brings what is broader."""
    made = clinic().condition("stage", "disease", synonyms=[{"text": "STG", "type": "abbreviation"}])
    of = person(made, conditions=("stg", "Bad Kidneys"))
    assert {"stage", "disease", "bad-kidneys", "weak-kidneys", "kidneys"} == set(of.has)
    assert told(of) == {"stg": ("stage",), "Bad Kidneys": ("bad-kidneys",)}


def test_what_is_no_state_is_not_checked():
    """The name of a hazard or of a class is no state that a person has: it is not checked."""
    made = clinic().term("some-class")
    assert person(made, conditions=("harm", "some class")).not_checked == ("harm", "some class")


def test_a_name_that_a_hazard_has_too_is_the_state():
    """Where a hazard and a state share a name, what a patient has is the state, and an allergy is to the substance."""
    made = clinic().term("retention", "state").term("hazard-of-it", "effect", label="retention")
    made.term("cream", "drug-class").term("cream-trouble", "state", label="cream")
    assert person(made, conditions=("Retention",)).has.keys() == {"retention"}
    assert person(made, has_not=("retention",)).has_not.keys() == {"retention"}
    assert person(made.has("drug", "cream"), allergies=("cream",)).has.keys() == {"allergy-to-it"}


def test_the_past_is_another_state():
    """What is past means the state that says past, not the state of today."""
    made = clinic().term("stroke", "state").term("past-stroke", "state").term("clot", "state")
    made.term("clot-now-or-past", "state", label="clot, now or in the past")
    of = person(made, past=("stroke", "clot", "past stroke", "clot now or past"))
    assert of.has.keys() == {"past-stroke", "clot-now-or-past"}
    assert of.not_checked == ("in the past: clot",)
    assert person(made, conditions=("stroke",)).has.keys() == {"stroke"}


def test_who_has_not_a_state_has_nothing_narrower():
    """What a patient has not is refuted with everything narrower, whether or not anything is narrower."""
    of = person(has_not=("weak kidneys", "older age", "moonlight"))
    assert of.has_not.keys() == {"weak-kidneys", "bad-kidneys", "older-age"}
    assert of.has_not["bad-kidneys"].text == "does not have weak kidneys"
    assert of.not_checked == ("does not have moonlight",)


def test_no_allergy_refutes_an_allergy_to_it():
    """An empty list of allergies says that there is none; no list says nothing."""
    of = person(allergies=())
    assert [fact.text for fact in of.facts] == ["no allergy"]
    assert of.has_not.keys() == {"allergy-to-it"}
    assert not person(allergies=None).has_not


@pytest.mark.parametrize("name", ["drug", "some class", "Wide class", "mirror drug"])
def test_an_allergy_to_it_its_class_or_a_relative(name: str):
    """An allergy to the compound asked about, to what it is, or to a relative of it is one to it."""
    made = clinic().term("some-class", broader="wide-class").has("drug", "some-class")
    made.compound("mirror-drug", related=[{"compound": "drug", "how": "enantiomer-of"}])
    of = person(made, allergies=(name,))
    assert of.has.keys() == {"allergy-to-it"}
    assert not of.not_checked


def test_an_allergy_to_something_else():
    """An allergy to another medicine says nothing of this one; one that nothing knows is not checked."""
    made = clinic().compound("stranger").term("milk-allergy", "state").term("allergy-to-nuts", "state")
    made.term("allergy-to-nuts", "state", "reactions", label="allergy to nuts")
    of = person(made, allergies=("stranger", "milk", "nuts", "dust"))
    assert of.has.keys() == {"milk-allergy", "allergy-to-nuts", "reactions"}
    assert not of.has_not
    assert of.not_checked == ("allergy to dust",)
    assert told(of)["allergy to stranger"] == ()


@pytest.mark.parametrize("written", ["GENE1*3/*3", "gene1*3/*3", " Gene1*3/*3 ", "slow gene"])
def test_a_genotype_is_a_state(written: str):
    """A genotype as its test or its name writes it, in any case."""
    assert told(person(genotypes=(written,))) == {f"genotype {written}": ("slow-gene",)}


def test_another_genotype_says_nothing():
    """A genotype that nothing knows is not checked, and refutes no other."""
    of = person(genotypes=("GENE1*1/*1", "slow gene"))
    assert of.not_checked == ("genotype GENE1*1/*1",)
    assert of.has.keys() == {"slow-gene"}
    assert not person(genotypes=("GENE1*1/*1",)).has_not
    assert not person(genotypes=("x" * 300,)).has


def test_medicines_by_any_name():
    """Medicines are compounds by any name; one that nothing knows is not checked, and each has its line."""
    made = clinic().compound("partner", synonyms=[{"text": "Brandex", "type": "brand"}])
    of = person(made, medications=("BRANDEX", "partner", "moonlight"), medications_complete=True)
    assert of.takes.keys() == {"partner"}
    assert of.complete
    assert of.not_checked == ("takes moonlight",)
    assert [fact.text for fact in of.facts] == [
        "takes BRANDEX",
        "takes partner",
        "takes moonlight",
        "takes no other medicine",
    ]


def test_two_names_of_two_forms_leave_the_form_open():
    """Two names of one medicine that speak of two forms leave open how it is taken, in any order."""
    brands = [{"text": f"Brand-{form}", "type": "brand", "form": form} for form in ("tablet", "drip")]
    made = clinic().compound("partner", "tablet:oral", "drip:intravenous", synonyms=brands)
    one = person(made, medications=("Brand tablet",)).takes["partner"].exposure
    assert one is not None
    assert one.form == "tablet"
    for names in (("Brand tablet", "Brand drip"), ("Brand drip", "Brand tablet"), ("partner", "Brand tablet")):
        assert person(made, medications=(*names, names[0])).takes["partner"].exposure is None


HOSTILE = ("", "   ", "x" * 5000, "twin", "drug (iv / oral)", "drug (tablet / injection)", "drug ()", "\x00", "\u202e")


@pytest.mark.parametrize("field", ["conditions", "past", "has_not", "allergies", "medications", "genotypes"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_never_raises(field: str, name: str):
    """An empty, endless, ambiguous or contradicting name is not checked; it is no error."""
    made = clinic().compound("drug", "tablet:oral", "injection:intravenous")
    for id, kind in (("twin-a", "state"), ("twin-b", "state")):
        made.term(id, kind, synonyms=[{"text": "twin", "type": "other", "ambiguous": True}])
    for id in ("one", "two"):
        made.compound(id, synonyms=[{"text": "twin", "type": "other", "ambiguous": True}])
    facts: dict[str, Any] = {field: (name,)}
    of = person(made, **facts)
    assert len(of.facts) == 1
    if not name.startswith("drug ()"):
        assert len(of.not_checked) == 1
        assert not of.has
    assert made.review(patient=patient(**facts)).facts


def test_each_fact_is_one_line():
    """Every fact given of a patient gets a line, those of lists one for each name."""
    fields = [field.name for field in attrs.fields(Patient)]
    of = person(
        age=70,
        genotypes=("a", "b"),
        allergies=("c", "d"),
        medications=("e", "f"),
        medications_complete=True,
        past=("g", "h"),
        conditions=("i", "j"),
        has_not=("k", "l"),
    )
    assert len(of.facts) == 14
    assert {fact.field for fact in of.facts} <= set(fields)
    assert [fact.text[-1] for fact in of.facts if not fact.known] == list("abijghcdklef")
