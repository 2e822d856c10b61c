"""A patient out of a FHIR record: what is known is read, what is not is told, and nothing is taken for normal."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from fhir.resources import get_fhir_model_class
from fhir.resources.R4B import get_fhir_model_class as get_r4_model_class
from hypothesis import given
from hypothesis import strategies as st

from safetykb import InvalidQuestion, Patient
from safetykb.interchange.fhir_names import ingredients, unallergic, untagged
from safetykb.interchange.fhir_patient import counted, load_record, read_record
from safetykb.interchange.fhir_values import LOINC_FIELDS, UNITS, Unread, age_on, days
from safetykb.knowledge.checks.identifiers import PREFIXES
from tests.answer.helpers import ask, sample
from tests.interchange.records import (
    DEMO_DISEASE,
    EGFR,
    EXAMPLAMINE,
    ICD,
    LOINC,
    PER_BODY,
    R5,
    RXNORM,
    SNOMED,
    SYNTHEA,
    TODAY,
    WHO,
    Resource,
    allergy,
    bundle,
    concept,
    condition,
    notes,
    observation,
    patient,
    person,
    quantity,
    read,
    request,
    statement,
)

# --- whole records ----------------------------------------------------------------------------------------------------


def test_the_records_are_fhir():
    """The records that are read here are valid R4B and R5."""
    get_r4_model_class("Bundle").model_validate(SYNTHEA)
    get_fhir_model_class("Bundle").model_validate(R5)


def test_a_record_of_r4_is_read():
    """Of a record in the shape of Synthea each part is read, by code, by ingredient, by reference, by words."""
    found = patient(SYNTHEA)
    assert found == Patient(
        age=69,
        sex="female",
        egfr=24.5,
        medications=("examplamine", "calmazepine", "Moduva"),
        conditions=("demo disease",),
        past=("Viral sinusitis",),
        has_not=("Severe demo pressure",),
        allergies=("oldamine",),
    )


def test_a_record_of_r5_is_read():
    """The shapes that R5 changed are read: medication, adherence, ingredients."""
    found = patient(R5)
    assert found.medications == ("examplamine", "inhibizole", "unobtainium")
    assert found.bp is not None and (found.bp.systolic, found.bp.diastolic) == (150, 90)
    assert found.conditions == ("demo disease",)
    assert (found.age, found.sex) == (None, None)


def test_what_is_not_read_is_told():
    """Each thing that is not in the patient has a note: what kind, where, and why."""
    told = notes(SYNTHEA)
    assert "Encounter: nothing is read from it" in told
    assert "Observation: its code is none that a field is read from" in told
    assert "entry 4, Condition: nothing here knows it" in told
    assert "entry 8, MedicationRequest: stopped; not counted as taken" in told


def test_a_review_of_a_record_lists_what_nothing_here_knows():
    """What the knowledge does not have is handed on by its own name, and the review lists it as not checked."""
    review = ask(patient=patient(R5))
    assert review.headline.not_checked == ("takes unobtainium",)


def test_nothing_is_taken_for_complete_or_normal():
    """A record never says that the medicines are all, that there is no allergy, or that a value is normal."""
    found = patient(person())
    assert (found.medications_complete, found.allergies, found.medications, found.egfr) == (False, None, None, None)
    assert patient(request(EXAMPLAMINE, "stopped")).medications is None


def test_a_note_repeats_no_value():
    """No note and no repr has a word or a number of the record in it."""
    private = "Zanzibar syndrome"
    record = read(
        condition(concept(SNOMED, "777", private)),
        request(concept(RXNORM, "777", private)),
        allergy(concept(RXNORM, "777", private)),
        observation(EGFR, quantity(777, PER_BODY)),
        observation(EGFR, quantity(777, private)),
    )
    told = repr(record) + "".join(map(str, record.notes)) + "".join(counted(record.notes))
    assert private not in told and "777" not in told


def test_a_record_is_of_one_person():
    """Two people in a record are refused; what names somebody else is left out."""
    with pytest.raises(InvalidQuestion, match="more than one Patient"):
        read(bundle({**person(), "id": "a"}), {**person(), "id": "b"}, bundle())
    other = condition(DEMO_DISEASE, subject={"reference": "Patient/other"})
    assert patient(other).conditions == ()
    assert "of another person" in notes(other)


@pytest.mark.parametrize("reference", [WHO, "Patient/made-up-0", "https://example.org/fhir/Patient/made-up-0", None])
def test_a_person_is_known_by_each_address(reference: str | None):
    """A resource is of the person by their address, their id, a whole URL, or when it names nobody."""
    found = condition(DEMO_DISEASE)
    found["subject"] = {"reference": reference} if reference else {}
    assert patient(found).conditions == ("demo disease",)


def test_without_a_person_there_is_one_subject_at_most():
    """Resources without a Patient are read when they speak of one person; those of a second are left out."""
    one, two = condition(DEMO_DISEASE), request(EXAMPLAMINE, subject={"reference": "Patient/other"})
    record = read_record(one, two, today=TODAY, knowledge=sample())
    assert (record.patient.conditions, record.patient.medications) == (("demo disease",), None)
    told = "\n".join(map(str, record.notes))
    assert "age and sex are not known" in told and "of another person" in told


def test_each_resource_counts_once():
    """A resource that two Bundles hold is read once."""
    one = bundle(person(), condition(concept(SNOMED, "9", "Some disease")))
    assert len([note for note in read(one, copy.deepcopy(one)).notes if "Condition" in note.place]) == 1


def test_pages_and_holes_are_told():
    """A Bundle that is one page of several says so, and an entry without a resource; one inside another is read."""
    page = {**bundle(person()), "link": [{"relation": "next", "url": "https://example.org/2"}]}
    page["entry"] += [{}, {"resource": bundle({**condition(DEMO_DISEASE), "id": "inner"})}]
    record = read(page)
    told = "\n".join(map(str, record.notes))
    assert "one page of several" in told and "holds no resource" in told
    assert record.patient.conditions == ("demo disease",)


@pytest.mark.parametrize("wrong", [{}, [], None, "x", {"resourceType": 3}])
def test_what_is_no_resource_is_refused(wrong: Any):
    """What is no FHIR resource is refused."""
    with pytest.raises(InvalidQuestion, match="no FHIR resource"):
        read_record(wrong, today=TODAY, knowledge=sample())


def test_a_day_is_asked_for():
    """A day that is none is refused: nothing reads the clock."""
    with pytest.raises(InvalidQuestion, match="no day"):
        read_record(SYNTHEA, today="today", knowledge=sample())


def test_the_packaged_knowledge_is_the_default():
    """Without other knowledge the packaged one is asked."""
    known = concept(RXNORM, "6130", "words of somebody")
    found = read_record(bundle(person(), request(known)), today=TODAY).patient
    assert found.medications == ("ketamine",)


def test_a_record_can_be_sent():
    """A record goes through pickle and comes back equal."""
    record = read(SYNTHEA)
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301  its own


# --- the person -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("1956-11-25", 70),
        ("1956-11-26", 69),
        ("1956", None),
        ("1956-10", 70),
        ("1956-11", None),
        ("2026-05-25", 0.5),
        ("2026-05-26", 5 / 12),
        ("2025-01-01", 22 / 12),
        ("2024-11-25", 2),
        ("2027-01-01", None),
        ("1956-13-40", None),
        ("soon", None),
        (None, None),
    ],
)
def test_age_is_exact_or_not_known(birth: str | None, age: float | None):
    """The age is in completed years, under two in months; a date of birth that leaves it open leaves it unknown."""
    record = read(bundle(person(birthDate=birth)))
    assert record.patient.age == age
    assert (age is None) == any("birth" in note.text for note in record.notes)


@pytest.mark.parametrize(
    ("gender", "born", "sex", "told"),
    [
        ("female", "F", "female", ""),
        ("male", None, "male", "administrative gender"),
        ("male", "F", None, "left open"),
        ("other", None, None, "left open"),
        (None, "M", "male", ""),
        (None, "UNK", None, "left open"),
    ],
)
def test_sex_is_that_of_birth_or_told(gender: str | None, born: str | None, sex: str | None, told: str):
    """Sex at birth and gender must agree; gender alone is taken and told; anything else leaves sex open."""
    given = person(gender=gender)
    given["extension"] = [{**given["extension"][0], "valueCode": born}] if born else []
    record = read(bundle(given))
    assert (str(record.patient.sex) if record.patient.sex else None) == sex
    text = "".join(note.text for note in record.notes)
    assert told in text and (bool(told) or "sex" not in text)


def test_a_death_is_told():
    """That the person has died is told."""
    assert "has died" in notes(bundle(person(deceasedDateTime="2020-01-01")))
    assert "has died" not in notes(bundle(person(deceasedBoolean=False)))


def test_a_contradiction_leaves_sex_open():
    """A man who is pregnant is a contradiction: the pregnancy stays, sex is left open."""
    status = observation("82810-3", concept(SNOMED, "77386006"))
    record = read(bundle(person(gender="male", extension=[]), status))
    assert (record.patient.pregnant, record.patient.sex) == (True, None)
    assert "sex is left open" in "".join(note.text for note in record.notes)


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clinical", "verified", "more", "where", "told"),
    [
        ("active", "confirmed", {}, "conditions", ""),
        ("recurrence", "confirmed", {}, "conditions", ""),
        ("remission", "confirmed", {"abatementDateTime": "2020"}, "conditions", "in remission"),
        ("resolved", "confirmed", {}, "past", ""),
        ("inactive", "confirmed", {}, "past", ""),
        ("active", "refuted", {}, "has_not", ""),
        ("active", "entered-in-error", {}, None, "entered in error"),
        ("active", "provisional", {}, None, "not confirmed"),
        ("active", "differential", {}, None, "not confirmed"),
        ("active", "unconfirmed", {}, None, "not confirmed"),
        ("active", "of-another-system", {}, None, "not confirmed"),
        ("active", None, {}, "conditions", ""),
        (None, "confirmed", {}, "conditions", "not stated; counted as present"),
        ("unknown", "confirmed", {}, "conditions", "not known; counted as present"),
        (None, "confirmed", {"abatementDateTime": "2020-03"}, "past", ""),
        (None, "confirmed", {"abatementPeriod": {"end": "2020"}}, "past", ""),
        (None, "confirmed", {"abatementString": "ongoing"}, "conditions", "told in words alone"),
        (None, "confirmed", {"abatementAge": {"value": 60}}, "past", ""),
        (None, "confirmed", {"abatementRange": {"high": {"value": 90}}}, "conditions", "counted as present"),
        (None, "confirmed", {"abatementAge": {"value": "60"}}, "conditions", "counted as present"),
        (None, "confirmed", {"abatementBoolean": True}, "past", ""),
        (None, "confirmed", {"abatementDateTime": "2027"}, "conditions", "counted as present"),
        (None, "confirmed", {"abatementDateTime": "2026-11"}, "conditions", "not exact enough"),
        (None, "confirmed", {"abatementDateTime": "no day"}, "conditions", "counted as present"),
        ("active", "confirmed", {"abatementDateTime": "2020"}, "conditions", "called active and has ended"),
    ],
)
def test_a_condition_by_its_status(
    clinical: str | None, verified: str | None, more: dict[str, Any], where: str | None, told: str
):
    """Refuted is not had, resolved or ended is past, not confirmed is neither; a doubt counts as present.

    An end in words is not read, and one at an age that the person has not reached is none.
    """
    record = read(condition(DEMO_DISEASE, clinical, verified, **more))
    found = {name: getattr(record.patient, name) for name in ("conditions", "past", "has_not")}
    assert found == {**dict.fromkeys(found, ()), **({where: ("demo disease",)} if where else {})}
    assert told in "".join(note.text for note in record.notes)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (concept(ICD, "Z99.9"), "demo disease"),
        (concept("http://id.nlm.nih.gov/mesh", "D999002"), "demo disease"),
        (concept("http://purl.obolibrary.org/obo/mondo.owl", "9999999"), "demo disease"),
        (concept(ICD, "Z99.91"), "demo disease"),
        (concept(SNOMED, "1", "Relapsing demo disease (disorder)"), "Relapsing demo disease"),
        ({"text": "DD"}, "DD"),
        (concept(SNOMED, "1", "older-age"), "older-age"),
        (concept(SNOMED, "72892002", "Normal pregnancy"), "pregnancy"),
        (concept(SNOMED, "77386006"), "pregnancy"),
        (concept(SNOMED, "1", "Unheard-of disease (finding)"), "Unheard-of disease"),
        (concept("x", "1", "drowsiness"), "drowsiness"),
        (concept(ICD, "A00.0"), "ICD10CM A00.0"),
        (concept("https://example.org/x", "A1"), "code A1"),
    ],
)
def test_a_condition_by_its_names(code: Resource, name: str):
    """A condition is known by code, by the category above an ICD-10-CM code, or by words; else it keeps its own."""
    assert patient(condition(code)).conditions == (name,)


def test_a_broader_category_is_told():
    """That a code was read by the category above it is told."""
    assert "broader category" in notes(condition(concept(ICD, "Z99.91")))
    assert "broader category" not in notes(condition(concept(ICD, "Z99.9")))


def test_a_name_that_leads_elsewhere_is_not_used():
    """Where the name of a record would lead to several, its id stands in its place."""
    reviewed = ask(patient=patient(condition(concept(ICD, "Z99.8"))))
    assert reviewed.headline.not_checked == ()


@pytest.mark.parametrize("code", [{}, None, {"coding": [{"code": "1"}]}, {"text": "x" * 201}, {"text": 3}])
def test_a_condition_without_a_name_is_told(code: Any):
    """A condition that has neither a code nor words is told, and nothing is made of it."""
    record = read(condition(code))
    assert record.patient.conditions == ()
    assert "neither a code nor a text" in "".join(note.text for note in record.notes)


def test_none_known_is_not_none():
    """That no problem and no allergy is known is left open and told: it is not that there is none."""
    record = read(condition({"text": "No known problems"}), allergy({"text": "No known allergy (situation)"}))
    assert (record.patient.conditions, record.patient.allergies) == ((), None)
    assert sum("not the same as none" in note.text for note in record.notes) == 2


def test_a_status_counts_without_its_system():
    """A status whose code names no system is read; one that has no code is told, and counts as present."""
    bare = {"coding": [{"code": "refuted"}]}
    assert patient(condition(DEMO_DISEASE, verificationStatus=bare)).has_not == ("demo disease",)
    worded = read(condition(DEMO_DISEASE, verificationStatus={"text": "Refuted"}))
    assert worded.patient.conditions == ("demo disease",)
    assert "could not be read" in "".join(note.text for note in worded.notes)


def test_a_state_denied_and_affirmed_is_had():
    """What one entry refutes and another affirms counts as had in the review."""
    both = patient(condition(DEMO_DISEASE, verified="refuted"), condition(DEMO_DISEASE))
    assert both.conditions == both.has_not == ("demo disease",)


# --- medicines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "more", "taken", "told"),
    [
        ("active", {}, True, ""),
        ("on-hold", {}, True, "counted as taken"),
        ("unknown", {}, True, "counted as taken"),
        (None, {}, True, "counted as taken"),
        ("stopped", {}, False, "stopped"),
        ("completed", {}, False, "completed"),
        ("cancelled", {}, False, "cancelled"),
        ("ended", {}, False, "ended"),
        ("entered-in-error", {}, False, "in error"),
        ("draft", {}, False, "draft"),
        ("active", {"intent": "proposal"}, False, "a proposal"),
        ("active", {"doNotPerform": True}, False, "not to give"),
    ],
)
def test_a_request_by_its_status(status: str | None, more: dict[str, Any], taken: Any, told: str):
    """Stopped, finished and never ordered medicines are not taken; a doubt counts as taken; both are told."""
    record = read(request(EXAMPLAMINE, status, **more))
    assert record.patient.medications == (("examplamine",) if taken else None)
    assert told in "".join(note.text for note in record.notes)


@pytest.mark.parametrize(
    ("status", "more", "taken", "told"),
    [
        ("active", {}, True, ""),
        ("recorded", {}, True, ""),
        ("recorded", {"adherence": {"code": concept("x", "stopped")}}, False, "stopped"),
        ("not-taken", {}, False, "not taken"),
        ("completed", {}, False, "not counted as taken"),
        ("intended", {}, False, "not counted as taken"),
        ("unknown", {}, True, "not known; counted as taken"),
        ("recorded", {"effectivePeriod": {"end": "2020"}}, False, "period is over"),
        ("active", {"effectivePeriod": {"end": "2020"}}, True, "called active"),
        ("active", {"effectivePeriod": {"start": "2027-01-01"}}, False, "begins after"),
        ("active", {"effectivePeriod": {"start": "2020", "end": "2026-11-25"}}, True, ""),
    ],
)
def test_a_statement_by_its_status(status: str, more: dict[str, Any], taken: Any, told: str):
    """What is stopped, over, not yet begun or not taken is not taken; a doubt counts as taken; both are told."""
    record = read(statement(EXAMPLAMINE, status, **more))
    assert record.patient.medications == (("examplamine",) if taken else None)
    assert told in "".join(note.text for note in record.notes)


@pytest.mark.parametrize(
    ("medicine", "names"),
    [
        (concept(RXNORM, "99999901"), ("examplamine",)),
        (concept("http://www.whocc.no/atc", "Z99AA01"), ("examplamine",)),
        (concept("http://fdasis.nlm.nih.gov", "0EXAMPLE01"), ("examplamine",)),
        (concept(RXNORM, "1", "Exemplix"), ("Exemplix",)),
        (
            concept(RXNORM, "1", "Examplamine 5 MG/ML / Calmazepine 10 MG Oral Tablet [X]"),
            ("Examplamine", "Calmazepine"),
        ),
        (concept(RXNORM, "1", "unobtainium 5 MG Oral Tablet"), ("unobtainium",)),
        (concept(RXNORM, "1", "unobtainium tablets"), ("unobtainium tablets",)),
        (concept(RXNORM, "777"), ("RXCUI 777",)),
        ({"text": "sedative"}, ("sedative",)),
    ],
)
def test_a_medicine_by_its_names(medicine: Resource, names: tuple[str, ...]):
    """A medicine is known by code, by a name, or by the ingredients of an RxNorm name; else it keeps its own words."""
    assert patient(request(medicine)).medications == names


def test_a_brand_keeps_the_form_that_it_tells():
    """A brand is handed on as it is, so that the form that it names is known."""
    person = ask(patient=patient(request(concept(RXNORM, "1", "Exemplix")))).situation.patient
    assert person is not None
    assert person.takes["examplamine"].exposure is not None


@pytest.mark.parametrize(
    "pointing",
    [
        {"medicationReference": {"reference": "#inside"}, "contained": [{"id": "inside", "code": EXAMPLAMINE}]},
        {"medicationReference": {"reference": "Medication/m9"}},
        {"medicationReference": {"reference": "https://example.org/fhir/Medication/m9"}},
        {"medication": {"reference": {"reference": "urn:uuid:m9"}}},
        {"medicationReference": {"reference": "Medication/elsewhere", "display": "examplamine"}},
        {"medication": {"reference": {"display": "examplamine"}}},
    ],
)
def test_a_medicine_by_reference(pointing: dict[str, Any]):
    """A medicine that is referred to is found inside, by address, by id, by a whole URL, else by its display."""
    medication = {"resourceType": "Medication", "id": "m9", "code": EXAMPLAMINE}
    assert patient(medication, request(None, **pointing)).medications == ("examplamine",)


def test_a_medicine_that_cannot_be_found_is_told():
    """A reference to nothing, without a display, is told, and so is a request that names no medicine at all."""
    for lost in (request(None, medicationReference={"reference": "Medication/elsewhere"}), request(None)):
        assert "neither a code nor a text" in notes(lost)


def test_a_mixture_is_read_by_its_ingredients():
    """A Medication that is not known as a whole is read by its ingredients; one that cannot be found is not lost."""
    mixture: Resource = {"resourceType": "Medication", "id": "m9", "code": {"text": "Mixture"}}
    mixture["ingredient"] = [{"itemCodeableConcept": EXAMPLAMINE}]
    asked = request(None, medicationReference={"reference": "Medication/m9"})
    assert patient(mixture, asked).medications == ("examplamine",)
    mixture["ingredient"].append({"itemReference": {"reference": "x"}})
    assert patient(mixture, asked).medications == ("Mixture", "examplamine")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet", ["metformin hydrochloride"]),
        ("Abuse-Deterrent 12 HR Oxycodone 10 MG Extended Release Oral Tablet", ["Oxycodone"]),
        ("donepezil 10 mg/memantine 28 mg capsule", ["donepezil", "memantine"]),
        ("donepezil 10 MG + memantine 28 MG capsule", ["donepezil", "memantine"]),
        ("donepezil 10 mg and memantine 28 mg", ["donepezil", "memantine"]),
        ("carbidopa 25 mg-levodopa 100 mg tablet", ["carbidopa", "levodopa"]),
        ("carbidopa-levodopa 25-100 mg per tablet", ["carbidopa-levodopa"]),
        ("carbidopa-levodopa 25 mg-100 mg per tablet", ["carbidopa-levodopa"]),
        ("ketamine 50 MG/ML with baclofen 5 MG/ML topical cream", ["ketamine", "baclofen"]),
        ("ketamine 50 MG/ML Injectable Solution 10 ML vial", ["ketamine"]),
        ("baclofen 10 mg/5 mL oral solution", ["baclofen"]),
        ("fentanyl 25 mcg/hr patch", ["fentanyl"]),
        (
            "{24 (drospirenone 3 MG / estradiol 2 MG Tablet) / 4 (inert ingredients 1 MG Tablet) } Pack [Yaz]",
            ["drospirenone", "estradiol"],
        ),
        ("1 ML medroxyPROGESTERone acetate 150 MG/ML Injection", ["medroxyPROGESTERone acetate"]),
        ("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", ["Epinephrine"]),
        (
            "Acetaminophen 325 MG / HYDROcodone Bitartrate 7.5 MG Oral Tablet",
            ["Acetaminophen", "HYDROcodone Bitartrate"],
        ),
        ("insulin human, rDNA origin 100 UNT/ML Injectable Suspension", ["insulin human, rDNA origin"]),
        ("aspirin", []),
        ("Vitamin B 12", []),
        ("5 MG", []),
        ("5 MG / 6 MG", []),
        ("Hydrocortisone 10 / Neomycin 5 MG Cream", ["Hydrocortisone 10 / Neomycin"]),
        ("", []),
    ],
)
def test_ingredients_of_a_name(text: str, found: list[str]):
    """The ingredients of the name of a drug are what stands before each strength; any other text has none."""
    assert ingredients(text) == (found, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("donepezil 10 mg / memantine", ["donepezil"]),
        ("donepezil 10 mg-memantine capsule", ["donepezil"]),
        ("donepezil 10 mg Oral Tablet memantine 28 mg", ["donepezil"]),
        ("{24 (drospirenone 3 MG Oral Tablet) and another } Pack", ["drospirenone"]),
        ("{24 (drospirenone Oral Tablet) } Pack", []),
    ],
)
def test_a_name_that_may_name_more_is_told_apart(text: str, found: list[str]):
    """Where something follows that may be one more ingredient, the ingredients found are not all."""
    assert ingredients(text) == (found, False)


def test_tags_are_taken_off():
    """The tag of SNOMED CT is taken off a name, and nothing else that stands in brackets."""
    assert untagged("Asthma (disorder)") == "Asthma"
    assert untagged("Asthma (mild)") == "Asthma (mild)"
    assert untagged("(disorder)") == "(disorder)"
    assert unallergic("Allergy to penicillin (finding)") == "penicillin"
    assert unallergic("penicillin allergy") == unallergic("Hypersensitivity to penicillin") == "penicillin"
    assert unallergic("") == ""


# --- allergies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clinical", "verified", "more", "counts", "told"),
    [
        ("active", "confirmed", {}, True, ""),
        ("active", "unconfirmed", {}, True, "not confirmed; counted"),
        ("active", "confirmed", {"type": "intolerance"}, True, "intolerance"),
        ("active", "confirmed", {"type": concept("x", "allergy")}, True, ""),
        ("active", "refuted", {}, False, "not counted"),
        ("active", "entered-in-error", {}, False, "not counted"),
        ("resolved", "confirmed", {}, False, "no longer active"),
    ],
)
def test_an_allergy_by_its_status(clinical: str, verified: str, more: dict[str, Any], counts: Any, told: str):
    """An allergy counts unless it is refuted, an error or over; a doubt counts; both are told."""
    record = read(allergy(EXAMPLAMINE, clinical, verified, **more))
    assert record.patient.allergies == (("examplamine",) if counts else None)
    text = "".join(note.text for note in record.notes)
    assert told in text and (bool(told) or "allergy" not in text)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ({"text": "Allergy to examplamine"}, "examplamine"),
        ({"text": "sedative"}, "sedative"),
        ({"text": "Allergy to bee venom (finding)"}, "Allergy to bee venom"),
        ({}, None),
    ],
)
def test_an_allergy_by_its_names(code: Resource, name: str | None):
    """An allergy is known by the substance or class that it names; else it keeps its own words, or is told."""
    assert patient(allergy(code)).allergies == ((name,) if name else None)


# --- measurements -----------------------------------------------------------------------------------------------------

HIGH = [{"high": quantity(40, "U/L")}]


@pytest.mark.parametrize(
    ("code", "value", "more", "field", "expected"),
    [
        (EGFR, quantity(24, PER_BODY), {}, "egfr", 24),
        ("98979-8", {"value": 24, "unit": "mL/min/1.73m2"}, {}, "egfr", 24),
        ("98979-8", {"value": 24, "unit": "ml/min/1.73 m²"}, {}, "egfr", 24),
        ("35591-7", quantity(0.5, "mL/s"), {}, "crcl", 30),
        ("1742-6", quantity(120, "U/L"), {"referenceRange": HIGH}, "alt", 3),
        ("6768-6", quantity(120, "U/L"), {"referenceRange": [{"high": {"value": 60}}]}, "alp", 2),
        (
            "1975-2",
            quantity(3, "mg/dL"),
            {"referenceRange": [{"high": quantity(1, "mg/dL")}, {"type": concept("x", "therapeutic"), "high": {}}]},
            "bilirubin",
            3,
        ),
        ("8636-3", quantity(0.45, "s"), {}, "qtc", 450),
        ("29463-7", quantity(70000, "g"), {}, "weight", 70),
        ("82810-3", concept(SNOMED, "77386006"), {}, "pregnant", True),
        ("82810-3", concept(LOINC, "LA26683-5"), {"effectiveDateTime": "2026-11-01"}, "pregnant", False),
    ],
)
def test_a_measurement_in_our_unit(code: str, value: Resource, more: dict[str, Any], field: str, expected: Any):
    """Each value is read in its unit and turned into ours; a multiple of the limit by the limit that comes with it."""
    assert getattr(patient(observation(code, value, **more)), field) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "value", "more", "told"),
    [
        (EGFR, quantity(24, "mL/min"), {}, "unit"),
        (EGFR, {"value": 24}, {}, "unit"),
        (EGFR, {**quantity(60, PER_BODY), "comparator": ">"}, {}, "a bound"),
        (EGFR, quantity("24", PER_BODY), {}, "no number"),
        (EGFR, quantity(float("inf"), PER_BODY), {}, "no number"),
        (EGFR, None, {}, "no number"),
        (EGFR, quantity(900, PER_BODY), {}, "outside what a person can have"),
        (EGFR, quantity(24, PER_BODY), {"status": "preliminary"}, "not final"),
        (EGFR, quantity(24, PER_BODY), {"effectiveDateTime": None}, "no day"),
        (EGFR, quantity(24, PER_BODY), {"effectiveDateTime": "2027-01-01"}, "after the day"),
        (EGFR, quantity(24, PER_BODY), {"effectiveDateTime": "2025-11-24"}, "older than 365"),
        (EGFR, quantity(24, PER_BODY), {"effectiveDateTime": "2025"}, "may be, older"),
        ("1742-6", quantity(120, "U/L"), {}, "upper limit of normal is missing"),
        ("1742-6", quantity(120, "U/L"), {"referenceRange": [*HIGH, {"high": quantity(50, "U/L")}]}, "several"),
        ("1742-6", quantity(120, "U/L"), {"referenceRange": [{"high": quantity(1, "ukat/L")}]}, "another unit"),
        ("1742-6", quantity(120, "U/L"), {"referenceRange": [{"high": quantity(0, "U/L")}]}, "not above zero"),
        ("82810-3", concept(SNOMED, "146799005"), {}, "neither yes nor no"),
        ("82810-3", concept(SNOMED, "60001007"), {"effectiveDateTime": "2026-10-01"}, "older than 28"),
        ("82810-3", concept(SNOMED, "77386006"), {"effectiveDateTime": "2026-01-01"}, "older than 300"),
        ("8480-6", quantity(150, "mm[Hg]"), {}, "one of the two"),
    ],
)
def test_a_measurement_that_cannot_be_read_is_told(code: str, value: Resource | None, more: dict[str, Any], told: str):
    """Another unit, a bound, no limit, not final, no day, too old: the field stays unknown, and a note says why."""
    record = read(observation(code, value, **more))
    assert {record.patient.egfr, record.patient.alt, record.patient.pregnant, record.patient.bp} == {None}
    assert told in "".join(note.text for note in record.notes)


def test_loinc_by_its_other_address():
    """The code system may be written as an OID."""
    found = {**observation(EGFR, quantity(24, PER_BODY)), "code": concept("urn:oid:2.16.840.1.113883.6.1", EGFR)}
    assert patient(found).egfr == 24


def test_the_newest_counts():
    """Of several measurements the newest counts, whatever their order."""
    old, new = (
        observation(EGFR, quantity(value, PER_BODY), day) for value, day in ((80, "2026-01-01"), (24, "2026-06-01"))
    )
    assert patient(old, new).egfr == patient(new, old).egfr == 24


@pytest.mark.parametrize(
    ("code", "unit", "field", "expected"), [(EGFR, PER_BODY, "egfr", 400), ("8636-3", "ms", "qtc", 450)]
)
def test_of_several_on_a_day_care_decides(code: str, unit: str, field: str, expected: float):
    """Of several on one day the one that asks for more care counts, and that is told."""
    values = (200, 220) if field == "egfr" else (400, 450)
    both = [observation(code, quantity(value, unit), "2026-06-01") for value in values]
    assert getattr(patient(*both), field) == (200 if field == "egfr" else expected)
    assert "several on one day" in notes(*both)


def pressure(systolic: float, diastolic: float) -> Resource:
    parts = [("8480-6", systolic), ("8462-4", diastolic)]
    made = [{"code": concept(LOINC, code), "valueQuantity": quantity(value, "mm[Hg]")} for code, value in parts]
    return observation("85354-9", None, component=made)


def test_a_blood_pressure_has_two_numbers():
    """The two numbers of one observation are one blood pressure; of two on a day the higher of each number counts."""
    found = patient(pressure(150, 90), pressure(140, 95)).bp
    assert found is not None and (found.systolic, found.diastolic) == (150, 95)
    assert "several on one day" in notes(pressure(150, 90), pressure(140, 95))
    assert "outside what a person can have" in notes(pressure(1500, 90))


def test_a_panel_is_read_by_its_components():
    """An observation whose value stands in its components is read there, and not missed at the top."""
    part = {"code": concept(LOINC, "76634-5"), "valueQuantity": quantity(431, "ms")}
    record = read(observation("8636-3", None, component=[part]))
    assert record.patient.qtc == 431
    assert not any("qtc" in note.text for note in record.notes)


def test_other_codes_can_be_given():
    """The table of LOINC codes is a parameter."""
    found = bundle(person(), observation("2164-2", quantity(40, "mL/min")))
    assert read_record(found, today=TODAY, knowledge=sample(), fields={"2164-2": "crcl"}).patient.crcl == 40
    assert read_record(found, today=TODAY, knowledge=sample()).patient.crcl is None


def test_the_table_of_codes_is_of_fields_that_are_read():
    """Each code has the form of LOINC, and each field a unit or a rule."""
    assert all(PREFIXES["LOINC"].fullmatch(code) for code in LOINC_FIELDS)
    assert set(LOINC_FIELDS.values()) - set(UNITS) == {"alt", "alp", "bilirubin", "pregnant"}


@pytest.mark.parametrize("value", ["2026-02-30", "0000", "26-01-01", 2026, None, "2026-1-1", "x" * 300])
def test_what_is_no_day_is_none(value: Any):
    """What is no FHIR date is none."""
    assert days(value) is None
    with pytest.raises(Unread):
        age_on(value, TODAY)


# --- files and hostile records ----------------------------------------------------------------------------------------


def test_a_file_is_read(tmp_path: Path):
    """A record in a file is read, with an attachment longer than any text of ours."""
    file = tmp_path / "bundle.json"
    file.write_text(
        json.dumps(bundle(person(), {"resourceType": "Binary", "data": "A" * 30_000}, request(EXAMPLAMINE)))
    )
    record = load_record(file, today=TODAY, knowledge=sample())
    assert record.patient.medications == ("examplamine",)


@pytest.mark.parametrize("data", [b"\xff", b'{"resourceType": "Bundle", "resourceType": "Bundle"}', b"{", b"null"])
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, data: bytes):
    """A file that is no plain JSON, or no record, is refused, and no error repeats what is in it."""
    file = tmp_path / "bundle.json"
    file.write_bytes(data)
    with pytest.raises(InvalidQuestion):
        load_record(file, today=TODAY, knowledge=sample())


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.sampled_from(["active", "#x", "2026-01-01", "", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*"abc"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_no_shape_breaks_the_reading(data: st.DataObject):
    """Whatever stands in the place of a part of a record, nothing but InvalidQuestion is raised."""
    record = copy.deepcopy(data.draw(st.sampled_from([SYNTHEA, R5])))
    resource = data.draw(st.sampled_from(record["entry"]))["resource"]
    place: Any = resource
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [
            value for value in (place.values() if isinstance(place, dict) else place) if isinstance(value, (dict, list))
        ]
        if not inner:
            break
        place = data.draw(st.sampled_from(inner))
    if place:
        key = data.draw(st.sampled_from([*place] if isinstance(place, dict) else [*range(len(place))]))
        place[key] = data.draw(JSON)
    try:
        found = read_record(record, today=TODAY, knowledge=sample())
    except InvalidQuestion:
        return
    assert isinstance(found.patient, Patient)
