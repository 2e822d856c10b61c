"""Which measurement of a FHIR record stands as current: none that a newer one, read or not, may have overtaken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interchange.records import (
    EGFR,
    LOINC,
    PER_BODY,
    SNOMED,
    Resource,
    bundle,
    concept,
    notes,
    observation,
    patient,
    person,
    quantity,
    read,
)

NEW, OLD = "2026-11-20", "2026-03-01"
NEWER = "a result that may be newer was not used"


def egfr(value: Any, when: str | None = NEW, unit: str = PER_BODY, **more: Any) -> Resource:
    comparator = {"comparator": more.pop("comparator")} if "comparator" in more else {}
    return observation(EGFR, {**quantity(value, unit), **comparator}, when, **more)


def pregnant(code: str, when: str) -> Resource:
    return observation("82810-3", concept(SNOMED, code), when)


YES, NO, POSSIBLY = "77386006", "60001007", "152231000119106"

# --- the newest -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newer", "older", "known"),
    [
        (egfr(15, comparator="<"), 92, None),
        (egfr(15, comparator="<"), 12, None),
        (egfr(60, comparator=">"), 92, None),
        (egfr(60, comparator=">"), 25, 25),
        (egfr(60, comparator=">="), 60, 60),
        (egfr(12, status="preliminary"), 65, None),
        (egfr(80, status="preliminary"), 25, 25),
        (egfr(12, unit="mL/min"), 65, None),
        (egfr("12"), 65, None),
        (observation(EGFR, None, NEW, dataAbsentReason={"text": "haemolysed"}), 65, None),
        (observation(EGFR, None, NEW, valueString="under 15"), 65, None),
        (egfr(12, "2026-12-20"), 65, None),
        (egfr(80, "2026-12-20"), 25, 25),
        (egfr(12, None), 65, None),
        (egfr(80, None), 25, 25),
        (egfr(12, status="registered"), 65, None),
        (egfr(12, modifierExtension=[{"url": "https://example.org/not"}]), 65, None),
        (egfr(80, modifierExtension=[{"url": "https://example.org/not"}]), 65, None),
    ],
)
def test_a_newer_result_that_is_not_used_leaves_it_open(newer: Resource, older: float, known: float | None):
    """A result that may be newer and cannot be used leaves the value unknown, unless it cannot be worse than that."""
    found = read(newer, egfr(older, OLD))
    assert found.patient.egfr == known
    assert NEWER in "\n".join(note.text for note in found.notes if note.place == "egfr")


@pytest.mark.parametrize(
    "other",
    [
        egfr(12, status="entered-in-error"),
        egfr(12, status="cancelled"),
        observation(EGFR, None, NEW, status="registered"),
        egfr(12, "2026-02-01", unit="mL/min"),
        egfr(12, "2025-10"),
    ],
)
def test_what_is_no_newer_result_changes_nothing(other: Resource):
    """A result that was withdrawn, never made, not yet there, or older leaves the newest that is known."""
    found = read(other, egfr(65, OLD))
    assert found.patient.egfr == 65
    assert NEWER not in "\n".join(note.text for note in found.notes)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        (("2026-11", 20), ("2026-11-05", 65), 20),
        (("2026-11", 65), ("2026-11-05", 20), 20),
        (("2026-11", 65), ("2026-10-31", 20), 65),
        (("2026", 20), ("2026-11-05", 65), 20),
    ],
)
def test_days_that_are_not_told_apart(one: tuple[str, float], other: tuple[str, float], known: float):
    """A month or a year alone may be any day of it: of those that may be the newest, the one to care for counts."""
    both = [egfr(value, when) for when, value in (one, other)]
    assert patient(*both).egfr == patient(*reversed(both)).egfr == known
    assert ("on days not told apart" in notes(*both)) is (known == 20)


def test_an_undated_result_may_be_the_newest():
    """A result of an inexact and too old day is no newer than one whose day comes after all that it may be."""
    assert patient(egfr(12, "2025"), egfr(65, "2026-01-01")).egfr == 65
    assert patient(egfr(12, "2025"), egfr(65, "2025-12-01")).egfr is None


# --- pregnancy --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "known"),
    [
        ([(NO, "2026-11-01")], False),
        ([(NO, "2026-10-28")], False),
        ([(NO, "2026-10-27")], None),
        ([(NO, "2026-02-01")], None),
        ([(YES, "2026-02-01")], True),
        ([(YES, "2026-01-01")], None),
        ([(POSSIBLY, NEW), (NO, "2026-11-01")], None),
        ([(POSSIBLY, NEW), (YES, OLD)], True),
        ([(NO, "2026-11-01"), (YES, OLD)], False),
        ([(NO, "2026-06-01"), (YES, OLD)], None),
        ([(NO, NEW), (YES, NEW)], True),
    ],
)
def test_a_pregnancy_status_lasts_as_long_as_it_can(results: list[tuple[str, str]], known: bool | None):  # noqa: FBT001
    """A yes counts for as long as a pregnancy lasts, a no for four weeks; an old no still ends an older yes."""
    assert patient(*(pregnant(code, when) for code, when in results)).pregnant is known


# --- limits of normal -------------------------------------------------------------------------------------------------

GENERAL = {"high": quantity(40, "U/L")}
ADULT = {"low": quantity(18, "a"), "high": quantity(150, "a")}


@pytest.mark.parametrize(
    ("limits", "times"),
    [
        ([GENERAL], 5),
        ([{**GENERAL, "type": concept("x", "normal")}], 5),
        ([{**GENERAL, "type": {"text": "Normal Range"}}], 5),
        ([{**GENERAL, "appliesTo": [{"text": "Female"}], "age": ADULT}], 5),
        ([{**GENERAL, "age": {"low": quantity(18, "a")}}], 5),
        ([{**GENERAL, "age": {"high": quantity(17, "a")}}, {"high": quantity(50, "U/L"), "age": ADULT}], 4),
        ([{**GENERAL, "appliesTo": [{"text": "male"}]}, {"high": quantity(50, "U/L")}], 4),
        ([{**GENERAL, "type": {"text": "critical"}}], None),
        ([{**GENERAL, "type": concept("x", "treatment")}], None),
        ([{**GENERAL, "appliesTo": [{"text": "pregnant"}]}], None),
        ([{**GENERAL, "appliesTo": [{"text": "male"}]}], None),
        ([{**GENERAL, "appliesTo": [{"text": "female"}, {"text": "pregnant"}]}], None),
        ([{**GENERAL, "age": {"high": quantity(1, "a")}}], None),
        ([{**GENERAL, "age": {"low": quantity(216, "mo")}}], None),
        ([{**GENERAL, "age": {"low": {"value": "x"}}}], None),
        ([{**GENERAL, "age": {}}], None),
        ([{"high": {**quantity(40, "U/L"), "comparator": "<"}}], None),
    ],
)
def test_the_limit_of_normal_is_that_of_the_person(limits: list[Resource], times: float | None):
    """A multiple is of the limit that is normal for this person: not a critical one, nor one for other people."""
    found = read(observation("1742-6", quantity(200, "U/L"), NEW, referenceRange=limits))
    assert found.patient.alt == times
    assert times is not None or "upper limit of normal" in "".join(note.text for note in found.notes)


@pytest.mark.parametrize("birth", [None, "1956-10", "2008-10"])
def test_without_an_age_a_limit_for_an_age_is_not_used(birth: str | None):
    """A limit for an age is not used where the age on the day of the result is not known."""
    result = observation("1742-6", quantity(200, "U/L"), "2026-10", referenceRange=[{**GENERAL, "age": ADULT}])
    assert patient(bundle(person(birthDate=birth), result)).alt is None
    unknown = observation(
        "1742-6", quantity(200, "U/L"), NEW, referenceRange=[{**GENERAL, "appliesTo": [{"text": "f"}]}]
    )
    assert patient(bundle(person(gender=None, extension=[]), unknown)).alt is None


@pytest.mark.parametrize(("value", "known"), [("<", 5), (">", None)])
def test_a_bound_of_a_multiple(value: str, known: float | None):
    """A newer bound below an older value, where the higher asks for more care, leaves that one standing."""
    limits = {"referenceRange": [GENERAL]}
    bound = observation("1742-6", {**quantity(120, "U/L"), "comparator": value}, NEW, **limits)
    assert patient(bound, observation("1742-6", quantity(200, "U/L"), OLD, **limits)).alt == known


# --- blood pressure ---------------------------------------------------------------------------------------------------


def pressure(*parts: tuple[str, Any], when: str = NEW) -> Resource:
    made = [{"code": concept(LOINC, code), "valueQuantity": quantity(value, "mm[Hg]")} for code, value in parts]
    return observation("85354-9", None, when, component=made)


SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


def both(*resources: Resource) -> tuple[float, float] | None:
    found = patient(*resources).bp
    return (found.systolic, found.diastolic) if found is not None else None


def test_several_blood_pressures_in_one_result():
    """Of several blood pressures in one Observation the higher of each number counts, whatever their order."""
    parts = [(SYSTOLIC, 190), (DIASTOLIC, 110), (SYSTOLIC, 120), (DIASTOLIC, 70)]
    assert both(pressure(*parts)) == both(pressure(*reversed(parts))) == (190, 110)
    assert "several blood pressures" in notes(pressure(*parts))
    assert "several blood pressures" not in notes(pressure(*parts[:2]))


@pytest.mark.parametrize(
    "newer",
    [
        pressure((SYSTOLIC, 190)),
        pressure((SYSTOLIC, 190), (DIASTOLIC, "x")),
        pressure((SYSTOLIC, 1900), (DIASTOLIC, 100)),
        {**pressure((SYSTOLIC, 190), (DIASTOLIC, 100)), "status": "preliminary"},
        {**pressure((SYSTOLIC, 110), (DIASTOLIC, 90)), "status": "preliminary"},
    ],
)
def test_a_newer_blood_pressure_that_is_not_used(newer: Resource):
    """A blood pressure that may be newer and cannot be used leaves it unknown."""
    assert both(newer, pressure((SYSTOLIC, 120), (DIASTOLIC, 80), when=OLD)) is None


def test_an_older_blood_pressure_that_is_as_grave():
    """An older blood pressure that is as high in both numbers as one that is not final stands."""
    newer = {**pressure((SYSTOLIC, 110), (DIASTOLIC, 70)), "status": "preliminary"}
    assert both(newer, pressure((SYSTOLIC, 120), (DIASTOLIC, 80), when=OLD)) == (120, 80)
