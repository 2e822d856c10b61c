"""What the codes and words of a FHIR record are read as: all that they name, and nothing that they do not say."""

from __future__ import annotations

from typing import Any

import pytest

import safetykb
from safetykb.interchange.fhir_patient import read_record
from tests.answer.helpers import ask
from tests.interchange.records import (
    DEMO_DISEASE,
    EXAMPLAMINE,
    ICD,
    RXNORM,
    SNOMED,
    TODAY,
    Resource,
    allergy,
    concept,
    condition,
    notes,
    patient,
    read,
    request,
    statement,
)

IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"


def coded(*codings: tuple[str, str, str | None], text: str | None = None) -> Resource:
    """A concept of several codings (a system, a code, a display), and a text."""
    made = [
        {"system": system, "code": code, **({"display": shown} if shown else {})} for system, code, shown in codings
    ]
    return {"coding": made, **({"text": text} if text else {})}


def told(*resources: Resource) -> str:
    return "".join(note.text for note in read(*resources).notes)


# --- states -----------------------------------------------------------------------------------------------------------

FOREIGN = (ICD, "I05.0", "Rheumatic mitral stenosis")


@pytest.mark.parametrize(
    ("code", "names", "doubt"),
    [
        ({"text": "DD"}, ("DD",), ""),
        ({"text": "®"}, ("®",), "not checked"),
        (coded(FOREIGN, text="DD"), ("Rheumatic mitral stenosis",), "an abbreviation"),
        (coded((*FOREIGN[:2], "DD")), ("ICD10CM I05.0",), "an abbreviation"),
        (
            coded((SNOMED, "79619009", "Mitral valve stenosis (disorder)"), text="DD"),
            ("Mitral valve stenosis",),
            "an abb",
        ),
        (coded((SNOMED, "1", "Demo disease (disorder)"), text="DD"), ("DD",), ""),
        (coded((ICD, "Z99.9", None), text="DD"), ("demo disease",), ""),
        (coded((ICD, "Z99.9", None), text="RDD"), ("demo disease",), "an abbreviation"),
        (coded((SNOMED, "1", None), text="DD"), ("DD",), "by an abbreviation alone"),
        (coded((ICD, "Z99.9", None), (ICD, "Z99.8", None)), ("demo disease", "low mood disorder"), "several things"),
        (coded((ICD, "Z99.9", None), text="drowsiness"), ("demo disease",), ""),
        (coded((ICD, "Z99.9", None), text="hepatic impairment"), ("hepatic impairment", "demo disease"), "several"),
        (
            coded((ICD, "Z99.91", None), text="Relapsing demo disease"),
            ("demo disease", "Relapsing demo disease"),
            "broader",
        ),
        (coded(FOREIGN, text="demo disease"), ("demo disease",), "its code and its other words are not known"),
        (
            concept(ICD, "F32.81", "Premenstrual dysphoric disorder"),
            ("Premenstrual dysphoric disorder",),
            "not checked",
        ),
    ],
)
def test_what_a_condition_means(code: Resource, names: tuple[str, ...], doubt: str):
    """A condition is all that its codes and words name; an abbreviation that fits nothing beside it does not decide."""
    found = patient(condition(code)).conditions
    assert set(found) == {*names} and len(found) == len(names)
    assert doubt in told(condition(code))
    assert doubt or not told(condition(code))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (DEMO_DISEASE, ("demo disease",)),
        (concept(SNOMED, "1", "Severe demo pressure (disorder)"), ("Severe demo pressure",)),
        (concept(SNOMED, "77386006"), ("pregnancy",)),
        (concept(SNOMED, "1", "Unheard-of disease"), ("Unheard-of disease",)),
        (concept(ICD, "Z99.91"), ()),
        (concept(ICD, "Z99.91", "demo disease"), ()),
        (concept(SNOMED, "72892002", "Normal pregnancy"), ()),
        (coded((SNOMED, "1", None), text="DD"), ()),
        (coded((ICD, "I05.0", None), text="demo disease"), ()),
        (coded((SNOMED, "1", "Demo disease in childhood"), text="demo disease"), ()),
        (coded((ICD, "Z99.9", None), (ICD, "Z99.8", None)), ()),
        (coded((ICD, "Z99.9", None), (ICD, "Z99.91", None)), ()),
        (coded((ICD, "Z99.9", None), text="hepatic impairment"), ()),
    ],
)
def test_what_is_refuted_is_no_broader_than_it_says(code: Resource, names: tuple[str, ...]):
    """Refuted is what is surely meant: a narrower thing that is known by a broader one only is left open, and told."""
    one = condition(code, verified="refuted")
    found = patient(one)
    assert (found.has_not, found.conditions) == (names, ())
    assert ("refuted, and known here only by something broader" in told(one)) is (not names)


@pytest.mark.parametrize(("code", "is_open"), [("G40.A09", True), ("G40", False)])
def test_a_review_keeps_open_what_a_narrower_refuted_code_leaves_open(code: str, is_open: Any):
    """What is contraindicated in epilepsy still depends on it where absence epilepsy alone is refuted."""
    record = read_record(condition(concept(ICD, code), verified="refuted"), today=TODAY)
    headline = safetykb.review("metoclopramide", "multiple sclerosis", record.patient, today=TODAY).headline
    assert ("epilepsy" in {need.fact for need in headline.depends_on}) is is_open


@pytest.mark.parametrize(
    "category",
    [
        concept(SNOMED, "57177007", "Family history with explicit context"),
        {"text": "Family History"},
        {"coding": [{"code": "family-history"}]},
    ],
)
def test_what_the_family_has_is_not_of_the_person(category: Resource):
    """A condition whose category is the family's history is told, and the person does not have it."""
    of_them = condition(DEMO_DISEASE, category=[category])
    assert patient(of_them).conditions == ()
    assert "of the family" in told(of_them)
    assert patient(condition(DEMO_DISEASE, category=[{"text": "problem-list-item"}])).conditions == ("demo disease",)


@pytest.mark.parametrize(
    "code",
    [
        {"text": "NKDA"},
        {"text": "None"},
        {"text": "Not on File"},
        {"text": "No known drug allergies"},
        {"text": "No current medications"},
        concept(SNOMED, "716186003"),
        concept(SNOMED, "409137002"),
        concept(IPS, "no-known-allergies"),
        concept(IPS, "no-medication-info"),
    ],
)
def test_that_nothing_is_known_is_no_name(code: Resource):
    """Words and codes that say that none is known make no condition, medicine or allergy; that is told."""
    made = [condition(code), request(code), allergy(code)]
    found = patient(*made)
    assert (found.conditions, found.medications, found.allergies) == ((), None, None)
    assert told(*made).count("not the same as none") == 3


# --- medicines --------------------------------------------------------------------------------------------------------

SEVERAL = "name several medicines; each is counted"


@pytest.mark.parametrize(
    ("medicine", "names", "doubt"),
    [
        (coded((RXNORM, "1", "examplamine"), (RXNORM, "2", "calmazepine")), ("examplamine", "calmazepine"), SEVERAL),
        (coded((RXNORM, "99999901", None), text="calmazepine"), ("examplamine", "calmazepine"), SEVERAL),
        (
            coded((RXNORM, "99999901", None), text="Examplamine 5 mg/calmazepine 2 mg"),
            ("examplamine", "calmazepine"),
            SEVERAL,
        ),
        (coded((RXNORM, "99999901", None), text="some words 5 MG"), ("examplamine",), ""),
        (
            coded((RXNORM, "99999901", None), text="examplamine 5 MG / unobtainium 5 MG"),
            ("examplamine", "unobtainium"),
            "nothing here knows an ingredient",
        ),
        (coded((RXNORM, "1", "calmazepine 10 MG Oral Tablet"), text="Calmax Extra (10 mg) pack"), ("calmazepine",), ""),
        ({"text": "calmazepine 10 mg / oldamine"}, ("calmazepine", "calmazepine 10 mg / oldamine"), "not checked"),
        ({"text": "calmazepine-oldamine 10-5 mg"}, ("calmazepine", "oldamine"), ""),
        ({"text": "calmazepine/oldamine 10 mg/5 mg"}, ("calmazepine", "oldamine"), ""),
        ({"text": "calmazepine and oldamine"}, ("calmazepine", "oldamine"), ""),
        ({"text": "calmazepine with unobtainium"}, ("calmazepine", "calmazepine with unobtainium"), "not checked"),
        ({"text": "calmazepine-unobtainium 5 mg"}, ("calmazepine-unobtainium",), "not checked"),
        ({"text": "calmazepine tablet"}, ("calmazepine",), ""),
        ({"text": "calmazepine (OLDAMINE) injection 50 mg/mL"}, ("calmazepine (OLDAMINE)", "oldamine"), ""),
        ({"text": "examplamine (Exemplix) 10 mg spray"}, ("examplamine (Exemplix)",), ""),
        ({"text": "calmazepine (stopped)"}, ("calmazepine (stopped)",), "not checked"),
        ({"text": "EXA"}, ("EXA",), "not checked"),
        ({"text": "-"}, ("-",), "not checked"),
        ({"text": "tablet"}, ("tablet",), "not checked"),
        ({"text": "®"}, ("®",), "not checked"),
    ],
)
def test_what_a_medicine_means(medicine: Resource, names: tuple[str, ...], doubt: str):
    """A medicine is all that its codes, texts and their ingredients name; what is not known is handed on, and told."""
    assert patient(request(medicine)).medications == names
    assert doubt in told(request(medicine))
    assert doubt or not told(request(medicine))


@pytest.mark.parametrize("text", ["calmazepine (OLDAMINE) 10 mg tablet", "Moduva 10 mg tablet", "calmazepine tablet"])
def test_what_a_review_checks_is_not_called_unchecked(text: str):
    """What the review knows has no note that it was not checked, and the review lists none as such."""
    found = read(request({"text": text}))
    assert not [note for note in found.notes if "not checked" in note.text]
    assert ask(patient=found.patient).headline.not_checked == ()


@pytest.mark.parametrize(
    ("medicine", "form"),
    [
        ({"text": "Exemplix"}, "nasal-spray"),
        ({"text": "Exemplix 10 MG"}, "nasal-spray"),
        ({"text": "Exemplix 10 MG Nasal Spray"}, "nasal-spray"),
        (coded((RXNORM, "99999901", None), text="Exemplix"), "nasal-spray"),
        ({"text": "Exemplix 10 mg tablet"}, None),
        ({"text": "examplamine 10 MG Nasal Spray"}, None),
        (coded((RXNORM, "1", "Exemplix"), text="examplamine (injection)"), None),
    ],
)
def test_a_form_is_that_of_a_name_that_nothing_contradicts(medicine: Resource, form: str | None):
    """The form that a brand tells counts, unless words beside it tell another: then how it is taken is not known."""
    person = ask(patient=patient(request(medicine))).situation.patient
    assert person is not None
    exposure = person.takes["examplamine"].exposure
    assert (exposure.form if exposure is not None else None) == form


# --- medicines that are referred to -----------------------------------------------------------------------------------


def pointing(**more: Any) -> Resource:
    return request(None, medicationReference={"reference": "Medication/m9", **more})


def product(**more: Any) -> Resource:
    return {"resourceType": "Medication", "id": "m9", **more}


CALMAZEPINE = {"text": "calmazepine"}


@pytest.mark.parametrize(
    ("made", "display", "names"),
    [
        (product(), "calmazepine", ("calmazepine",)),
        (product(code={"coding": [{"system": "urn:x", "code": "1"}]}), "calmazepine", ("calmazepine",)),
        (product(code=EXAMPLAMINE), "calmazepine", ("examplamine", "calmazepine")),
        (
            product(code=CALMAZEPINE, ingredient=[{"itemCodeableConcept": EXAMPLAMINE}]),
            None,
            ("calmazepine", "examplamine"),
        ),
        (
            product(
                code=CALMAZEPINE,
                ingredient=[{"itemCodeableConcept": CALMAZEPINE}, {"itemCodeableConcept": EXAMPLAMINE}],
            ),
            None,
            ("calmazepine", "examplamine"),
        ),
        (
            product(code=CALMAZEPINE, ingredient=[{"itemCodeableConcept": {"text": "talc"}}]),
            None,
            ("calmazepine", "talc"),
        ),
        (
            product(code=CALMAZEPINE, ingredient=[{"itemCodeableConcept": {"text": "talc"}, "isActive": False}]),
            None,
            ("calmazepine",),
        ),
        (product(ingredient=[{"itemReference": {"reference": "Substance/s"}}]), None, ("oldamine",)),
        (product(ingredient=[{"item": {"reference": {"reference": "Substance/s5"}}}]), None, ("inhibizole",)),
        (product(ingredient=[{"itemReference": {"display": "oldamine"}}]), None, ("oldamine",)),
        (
            product(
                ingredient=[{"itemReference": {"reference": "#s"}}],
                contained=[{"resourceType": "Substance", "id": "s", "code": CALMAZEPINE}],
            ),
            None,
            ("calmazepine",),
        ),
        (
            product(code={"text": "Mixture"}, ingredient=[{"itemReference": {"reference": "Medication/m9"}}]),
            None,
            ("Mixture",),
        ),
    ],
)
def test_a_product_is_all_that_is_told_of_it(made: Resource, display: str | None, names: tuple[str, ...]):
    """A Medication is what its code, its active ingredients and the display of the reference to it name."""
    substance = {"resourceType": "Substance", "id": "s", "code": {"text": "oldamine"}}
    substance_of_r5 = {"resourceType": "Substance", "id": "s5", "code": {"concept": {"text": "inhibizole"}}}
    asked = pointing(**({"display": display} if display else {}))
    found = read(made, substance, substance_of_r5, asked)
    assert found.patient.medications == names
    assert not [note for note in found.notes if note.place == "Substance"]


def test_products_that_refer_to_one_another_are_read_once():
    """Medications whose ingredients refer to one another, however often, are each read once for a request."""
    made = [
        product(id=f"m{n}", ingredient=[{"itemReference": {"reference": f"Medication/m{n % 3 + 1}"}}] * 400)
        for n in (1, 2, 3)
    ]
    leaf = product(code=CALMAZEPINE, ingredient=[{"itemReference": {"reference": "Medication/m1"}}] * 400)
    found = read(*made, leaf, pointing())
    assert found.patient.medications == ("calmazepine",)
    assert len(found.notes) < 2000


def test_substances_inside_the_request_are_found():
    """An ingredient of a Medication inside a request refers to a Substance beside it there."""
    inside = [
        {"resourceType": "Medication", "id": "a", "ingredient": [{"itemReference": {"reference": "#s"}}]},
        {"resourceType": "Substance", "id": "s", "code": CALMAZEPINE},
    ]
    asked = request(None, medicationReference={"reference": "#a"}, contained=inside)
    assert patient(asked).medications == ("calmazepine",)


@pytest.mark.parametrize(
    "more", [{"status": "entered-in-error"}, {"modifierExtension": [{"url": "https://example.org"}]}]
)
def test_a_product_in_doubt_counts_as_taken(more: dict[str, Any]):
    """A Medication that is an error, or has a modifier, counts as taken where a request refers to it; that is told."""
    made = product(code=CALMAZEPINE, **more)
    assert patient(made, pointing()).medications == ("calmazepine",)
    assert "counted as taken" in told(made, pointing())


def test_a_request_names_by_concept_and_by_reference():
    """A request that has both a concept and a reference is about what either names."""
    assert patient(product(code=CALMAZEPINE), {**pointing(), "medicationCodeableConcept": EXAMPLAMINE}).medications == (
        "examplamine",
        "calmazepine",
    )


# --- whether it is taken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", ["plan", "proposal", "option"])
@pytest.mark.parametrize(
    ("more", "taken"),
    [
        ({"reportedBoolean": True}, True),
        ({"reported": True}, True),
        ({"reportedReference": {"reference": "Patient/p"}}, True),
        ({"reportedBoolean": False}, False),
        ({}, False),
    ],
)
def test_what_is_reported_to_be_taken_counts(intent: str, more: dict[str, Any], taken: Any):
    """A request that records what somebody says is taken, a plan by its intent as in US Core, counts as taken."""
    reported = request(EXAMPLAMINE, intent=intent, **more)
    assert patient(reported).medications == (("examplamine",) if taken else None)
    assert ("reported to be taken; counted as taken" if taken else "not counted as taken") in told(reported)
    stopped = request(EXAMPLAMINE, "stopped", intent=intent, **more)
    assert patient(stopped).medications is None


@pytest.mark.parametrize(
    ("more", "taken", "doubt"),
    [
        ({"adherence": {"code": {"text": "not taking"}}}, True, "in words alone"),
        ({"taken": "n"}, False, "not taken"),
        ({"wasNotTaken": True}, False, "not taken"),
        ({"taken": "y"}, True, ""),
        ({"wasNotTaken": False}, True, ""),
    ],
)
def test_a_statement_that_it_is_not_taken(more: dict[str, Any], taken: Any, doubt: str):
    """What STU3 and DSTU2 say of whether it is taken is read; words alone are not, and are told."""
    said = statement(EXAMPLAMINE, **more)
    assert patient(said).medications == (("examplamine",) if taken else None)
    assert doubt in told(said) and (doubt or not told(said))


# --- allergies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "substances", "names"),
    [
        (coded((RXNORM, "1", "examplamine"), (RXNORM, "2", "calmazepine")), [], ("examplamine", "calmazepine")),
        ({"text": "examplamine 50 MG/ML Injectable Solution"}, [], ("examplamine",)),
        ({"text": "calmazepine 10 MG / examplamine 28 MG"}, [], ("calmazepine", "examplamine")),
        ({"text": "calmazepine (OLDAMINE) injection 5 mg"}, [], ("calmazepine", "oldamine")),
        ({"text": "examplamine allergy"}, [], ("examplamine",)),
        ({"text": "sedative allergy"}, [], ("sedative",)),
        (coded((RXNORM, "99999901", None), text="sedative"), [], ("examplamine", "sedative")),
        (None, ["calmazepine"], ("calmazepine",)),
        ({"text": "Drug allergy"}, ["calmazepine"], ("Drug allergy", "calmazepine")),
        (EXAMPLAMINE, ["examplamine", "unobtainium"], ("examplamine", "unobtainium")),
    ],
)
def test_what_an_allergy_is_to(code: Resource | None, substances: list[str], names: tuple[str, ...]):
    """An allergy is to all that its codes, words and reactions name: substances, their ingredients, and classes."""
    reactions = [{"substance": {"text": text}} for text in substances]
    made = allergy(EXAMPLAMINE, reaction=[*reactions, {"manifestation": []}])
    made["code"] = code
    assert patient(made).allergies == names


def test_several_substances_of_an_allergy_are_told():
    """That the codes of an allergy name different substances is told."""
    assert SEVERAL in notes(allergy(coded((RXNORM, "1", "examplamine"), (RXNORM, "2", "calmazepine"))))
