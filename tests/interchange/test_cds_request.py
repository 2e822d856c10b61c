"""A whole CDS Hooks request: whose it is, what it selects, what was read of it, and that no answer is silent."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import safetykb
from safetykb import InvalidQuestion, Patient
from safetykb.answer.assembly import review_in_anybody
from safetykb.interchange.cds_hooks import LONGEST, respond, service
from safetykb.interchange.cds_request import read_request
from safetykb.interchange.fhir_patient import read_orders
from tests.answer.helpers import ask, sample
from tests.interchange.cards import ONE, Card, answer, answered, detail, details, draft, full, sent, summaries, whom
from tests.interchange.records import (
    DEMO_DISEASE,
    EGFR,
    EXAMPLAMINE,
    PER_BODY,
    RXNORM,
    SNOMED,
    TODAY,
    Resource,
    allergy,
    bundle,
    concept,
    condition,
    observation,
    person,
    quantity,
    request,
)

DD: Final = condition(DEMO_DISEASE)
PREGNANT: Final = observation("82810-3", concept(SNOMED, "77386006", "Pregnant"))
KIDNEY: Final = observation(EGFR, quantity(12, PER_BODY))
OTHER: Final = {"reference": "Patient/2"}


def named(text: str) -> Resource:
    return {"text": text}


# --- one answer -------------------------------------------------------------------------------------------------------


def test_a_request_is_answered():
    """The medicine selected is asked about in the condition of the patient."""
    cards = answer(EXAMPLAMINE, patient=whom(DD))
    assert cards[0]["summary"].startswith("Examplamine in demo disease")


def test_each_condition_is_asked_about_once():
    """Each condition that has answers of its own gives cards; the same by two names gives them once."""
    has = [DD, condition({"text": "DD"}), condition({"text": "low mood disorder"})]
    said = [text.partition(":")[0] for text in summaries(answer(EXAMPLAMINE, patient=whom(*has)))]
    assert set(said) >= {"Examplamine in demo disease", "Examplamine in low mood disorder"}
    mains = [text for text in said if text == "Examplamine in demo disease"]
    assert len(mains) == 2  # the headline, and what is open


def test_other_drafts_count_as_taken():
    """Another order of the session, selected or not, counts as taken."""
    both = (EXAMPLAMINE, concept(RXNORM, "1", "calmazepine"))
    alone, together = answer(EXAMPLAMINE, patient=whom(DD)), answer(*both, patient=whom(DD))
    assert "taking calmazepine" in json.dumps(alone)
    assert "taking calmazepine" not in json.dumps(together)
    each = answer(*both, patient=whom(DD), selected=("MedicationRequest/d0", "MedicationRequest/d1"))
    assert {text.partition(" ")[0] for text in summaries(each)} >= {"Examplamine", "Calmazepine"}


def test_an_order_shows_nothing_of_itself():
    """Orders are those of medicines alone; the repr of one, of a draft and of a request tells none of it."""
    (found,) = read_orders(bundle(draft(EXAMPLAMINE), {"resourceType": "ServiceRequest"}), knowledge=sample())
    assert (found.address, found.names) == ("MedicationRequest/d0", ("examplamine",))
    assert repr(found) == "<Order: 1 names>"
    read = read_request(sent(draft(EXAMPLAMINE), **full(DD)), today=TODAY, knowledge=sample())
    assert repr(read.drafts[0]) == "<Draft: <Order: 1 names>>"
    assert repr(read).startswith("<Request: 1 drafts, <Record: ")


def test_an_unknown_medicine_is_undetermined():
    """A medicine that nothing here knows, and an order that names none, each have a card that says undetermined."""
    for medicine in (concept(RXNORM, "1", "unobtainium"), {}):
        cards = answer(medicine, patient=whom(DD))
        assert any("undetermined" in card["summary"] and card["indicator"] == "info" for card in cards)


@pytest.mark.parametrize("name", ["u" * 180, "u\u202e" * 90, "u\n " * 66, "<" * 199])
def test_a_long_name_hides_no_answer(name: str):
    """The name of an unknown medicine is cut in the summary, and never what is said of it; the detail has it whole."""
    (card,) = (card for card in answer(named(name), **full(DD)) if "nothing here knows it" in card["summary"])
    assert len(card["summary"]) <= LONGEST
    assert card["summary"].endswith(
        ": undetermined, because nothing here knows it. This says nothing about its safety."
    )


def test_other_orders_are_passed_over():
    """A draft that is no medicine and is not selected gives no card of its own."""
    asked = sent(draft(EXAMPLAMINE), patient=whom(DD))
    more = copy.deepcopy(asked)
    more["context"]["draftOrders"]["entry"].append({"resource": {"resourceType": "ServiceRequest", "id": "s"}})
    assert answered(more) == answered(asked)


# --- a patient without a condition that is known here -----------------------------------------------------------------


def test_without_a_known_condition_the_patient_is_answered():
    """Without a condition that is known here the card says so, and tells what sources state of everybody."""
    cards = answer(EXAMPLAMINE, patient=whom(condition({"text": "Unheard-of disease"})))
    (card,) = (card for card in cards if "No condition of theirs is known here." in card["summary"])
    assert card["summary"].startswith("Examplamine in this patient: ")
    assert "What sources say of people with a condition was not asked." in detail(card)
    assert "anybody" not in json.dumps(cards)
    assert any("Unheard-of disease" in detail(card) for card in cards if "not checked" in card["summary"])


@pytest.mark.parametrize(
    ("fact", "concern", "words"),
    [
        (PREGNANT, "avoid", "pregnant"),
        (KIDNEY, "avoid", "eGFR 12 mL/min/1.73 m2"),
        (request(named("inhibizole")), "caution", "takes inhibizole"),
        (condition(named("hepatic impairment")), "monitor", "hepatic impairment"),
    ],
)
def test_a_fact_counts_without_a_condition(fact: Resource, concern: str, words: str):
    """A pregnancy, a measurement, a medicine, a state: what sources state of it is told without a condition too."""
    first, *_ = (card for card in answer(EXAMPLAMINE, **full(fact)) if "No condition of theirs" in card["summary"])
    assert first["source"]["topic"]["code"] == concern
    assert f"Examplamine in this patient: {concern}." in first["summary"]
    stands = detail(first).partition("Stands behind")[2]
    assert words in stands


def test_an_allergy_counts_without_a_condition():
    """A draft of what the patient is allergic to is critical where a source contraindicates it, condition or none."""
    allergic = full(allergy(named("carbamazepine")))
    first, *_ = answer(named("carbamazepine"), knowledge=safetykb.knowledge_base(), **allergic)
    assert (first["indicator"], first["source"]["topic"]["code"]) == ("critical", "contraindicated")
    assert first["summary"].startswith("Carbamazepine in this patient: contraindicated.")


@pytest.mark.parametrize(
    ("medicine", "fact", "asked"),
    [
        ("teriflunomide", PREGNANT, "Teriflunomide in pregnancy: contraindicated."),
        ("dalfampridine", KIDNEY, "Dalfampridine in renal impairment: contraindicated."),
    ],
)
def test_what_a_fact_means_is_asked_as_a_condition(medicine: str, fact: Resource, asked: str):
    """A fact that meets the test of a condition, or of a kind of it, has that condition asked about."""
    for more in ((), (condition(named("multiple sclerosis")),)):
        cards = answer(named(medicine), knowledge=safetykb.knowledge_base(), **full(fact, *more))
        assert any(card["indicator"] == "critical" and card["summary"].startswith(asked) for card in cards)
        assert any("in multiple sclerosis" in text for text in summaries(cards)) is bool(more)


def test_the_narrowest_condition_is_asked():
    """A state that is a kind of a condition and of a broader one has the narrower alone asked about."""
    has = condition(named("hemiplegic or basilar migraine"))
    said = {
        text.partition(":")[0]
        for text in summaries(answer(named("ketamine"), knowledge=safetykb.knowledge_base(), **full(has)))
    }
    assert "Ketamine in migraine with aura" in said
    assert "Ketamine in migraine" not in said


FACTS: Final = (
    Patient(pregnant=True, egfr=12, age=70, sex="female"),
    Patient(conditions=("severe demo pressure", "demo falls"), medications=("inhibizole", "calmazepine", "pausamine")),
    Patient(breastfeeding=True, child_pugh="C", medications=("modulumab", "esexamplamine"), allergies=("oldamine",)),
)


@pytest.mark.parametrize(("compound", "patient"), [*itertools.product(sample().compounds, FACTS)])
def test_nothing_that_a_person_meets_hangs_on_a_condition(compound: str, patient: Patient):
    """What facts of a person meet in a condition, and sources do not state of it, stands without a condition too."""
    alone = review_in_anybody(compound, patient, today=TODAY, knowledge=sample())
    stand = {finding.id for finding in alone.findings if not finding.is_open}
    for asked in sample().conditions:
        found = ask(compound, asked, patient=patient, today=TODAY).findings
        met = {f.id for f in found if f.personal and not (f.is_open or f.inferred or f.speaks or f.relative)}
        assert met <= stand


def test_facts_that_do_nothing_are_named():
    """A fact that was read and on which nothing stands is named in the card, with or without a condition."""
    for has in ((), (DD,)):
        cards = answer(EXAMPLAMINE, **full(observation("29463-7", quantity(61, "kg")), *has))
        told = " ".join(detail(card) for card in cards if "What is not known" in detail(card))
        idle = told.partition("No record that applies here asks about it")[2].partition(". ")[0]
        assert "weight 61 kg" in idle
        assert "demo disease" not in idle  # it is what the question is about


# --- whose request it is ----------------------------------------------------------------------------------------------


def strangers(cards: list[Card]) -> list[Card]:
    return [card for card in cards if "not of its patient" in card["summary"]]


def test_a_record_of_another_person_answers_nothing():
    """A Patient and a Condition of another person than patientId names are told in a card, and not used."""
    of_another = full({**DD, "subject": OTHER}, birthDate="1999-01-01")
    of_another["Patient"]["entry"][0]["resource"]["id"] = "2"
    cards = answer(EXAMPLAMINE, **of_another)
    (card,) = strangers(cards)
    assert (card["indicator"], card["summary"][:11]) == ("warning", "2 resources")
    assert not any("demo disease" in text for text in summaries(cards))
    assert "Nothing was read of the patient" in " ".join(summaries(cards))


def test_a_patient_alone_may_be_of_another_person():
    """The same holds for a Patient that is no Bundle, and for one without an id, of which nobody knows whose it is."""
    for wrong in (person(id="2"), person()):
        cards = answer(EXAMPLAMINE, **{**full(), "Patient": wrong})
        assert strangers(cards)[0]["summary"].startswith("1 resource of this request is not of its patient")
    assert not strangers(answer(EXAMPLAMINE, **{**full(), "Patient": person(id="1")}))


def test_the_first_resource_does_not_say_whose_record_it_is():
    """Without a Patient the patientId still is the address of the person: what names another one is left out."""
    of_both = [{**condition(named("low mood disorder")), "subject": OTHER}, {**DD, "subject": ONE}]
    cards = answer(EXAMPLAMINE, Condition=bundle(*of_both))
    assert len(strangers(cards)) == 1
    said = " ".join(summaries(cards))
    assert "in demo disease" in said
    assert "low mood" not in said
    assert "Patient was not given" in details(cards)


@pytest.mark.parametrize("whose", ["Patient/1", "https://hospital.example/fhir/Patient/1", "Patient/1/_history/3"])
def test_an_address_of_the_patient_may_be_whole_or_of_a_version(whose: str):
    """A reference is to the person by its last two segments, whatever server or version it names."""
    cards = answered(sent(draft(EXAMPLAMINE, subject={"reference": whose}), **full(DD)))
    assert cards[0]["summary"].startswith("Examplamine in demo disease")
    assert not strangers(answer(EXAMPLAMINE, **full({**DD, "subject": {"reference": whose}})))


def test_a_patient_id_with_its_kind_is_the_same():
    """A patientId that is written as a reference names the same person."""
    asked = sent(draft(EXAMPLAMINE), **full(DD))
    asked["context"]["patientId"] = "Patient/1"
    assert answered(asked) == answered(sent(draft(EXAMPLAMINE), **full(DD)))


def test_an_order_for_another_person_is_not_answered():
    """A selected draft for another person has a card that says so and no answer; it is not taken by the patient."""
    wrong = draft(named("calmazepine"), subject={"reference": "Patient/99"})
    cards = answered(sent(wrong, **full(DD)))
    assert [text for text in summaries(cards) if "another person" in text]
    assert cards[0]["indicator"] == "warning"
    assert not any("Calmazepine" in text for text in summaries(cards))
    beside = answered(sent(draft(EXAMPLAMINE), {**wrong, "id": "d1"}, **full(DD)))
    assert len(strangers(beside)) == 1
    assert "taking calmazepine" in json.dumps(beside)


def test_an_order_that_names_nobody_is_for_the_patient():
    """A draft without a subject is for the patient of the hook; one that names somebody without a reference is told."""
    nobody = draft(EXAMPLAMINE)
    del nobody["subject"]
    assert answered(sent(nobody, **full(DD))) == answered(sent(draft(EXAMPLAMINE), **full(DD)))
    shown = answered(sent(draft(EXAMPLAMINE, subject={"display": "Somebody"}), **full(DD)))
    assert "an order says whom it is for, and not by a reference" in details(shown)
    assert "Somebody" not in json.dumps(shown)


def test_without_a_patient_id_nothing_is_checked_and_that_is_told():
    """Without patientId the record is answered as it stands, and a card says that nobody checked whose it is."""
    asked = sent(draft(EXAMPLAMINE, subject=OTHER), **full({**DD, "subject": ONE}))
    del asked["context"]["patientId"]
    cards = answered(asked)
    assert cards[0]["summary"].startswith("Examplamine in demo disease")
    assert "whose record this is was not checked" in details(cards)


# --- what was selected ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selected", "why"),
    [
        ([], "no order is selected"),
        (None, "no order is selected"),
        ({"reference": "MedicationRequest/d0"}, "no order is selected"),
        ([7], "a selection is no address"),
        (["ServiceRequest/s"], "of another kind than a medicine"),
        (["ServiceRequest/elsewhere"], "not among the drafts"),
        (["urn:uuid:1"], "not among the drafts"),
        (["d0"], "not among the drafts"),
        (["medicationrequest/d0"], "not among the drafts"),
        (["MedicationRequest/None"], "not among the drafts"),
    ],
)
def test_a_selection_that_leads_nowhere_is_told(selected: Any, why: str):
    """Whatever stands in selections there is a card; it says that no medicine was checked, and a note says why."""
    other = {"resourceType": "ServiceRequest", "id": "s"}
    bare = draft(named("calmazepine"))
    del bare["id"]
    cards = answered(sent(draft(EXAMPLAMINE), other, bare, selected=selected, **full(DD)))
    assert any(text.endswith("no medicine was checked.") for text in summaries(cards))
    assert why in details(cards)
    beside = [*(selected if isinstance(selected, list) else []), "MedicationRequest/d0"]
    both = answered(sent(draft(EXAMPLAMINE), other, bare, selected=beside, **full(DD)))
    assert both[0]["summary"].startswith("Examplamine in demo disease")
    assert not selected or not isinstance(selected, list) or why in details(both)


def test_a_selection_that_is_missing_is_told():
    """The same holds where there are no selections at all."""
    asked = sent(draft(EXAMPLAMINE), **full(DD))
    del asked["context"]["selections"]
    assert any("no medicine was checked" in text for text in summaries(answered(asked)))


@pytest.mark.parametrize(
    "selected",
    [
        ["https://hospital.example/fhir/MedicationRequest/d0"],
        ["MedicationRequest/d0/_history/2"],
        ["urn:uuid:the-first"],
        "MedicationRequest/d0",
    ],
)
def test_a_selection_is_matched_by_its_last_two_segments(selected: Any):
    """A whole address, one of a version, the fullUrl of the draft, or one text in place of a list: all are matched."""
    asked = sent(draft(EXAMPLAMINE), selected=selected, **full(DD))
    asked["context"]["draftOrders"]["entry"][0]["fullUrl"] = "urn:uuid:the-first"
    assert answered(asked)[0]["summary"].startswith("Examplamine in demo disease")


def test_two_drafts_of_one_id_are_both_answered():
    """Two drafts with the address that is selected are both answered, and a note says so."""
    cards = answered(sent(draft(EXAMPLAMINE), draft(named("calmazepine")), **full(DD)))
    assert {text.partition(" ")[0] for text in summaries(cards)} >= {"Examplamine", "Calmazepine"}
    assert "several drafts have the address" in details(cards)


def test_an_entry_that_holds_no_order_is_told():
    """An entry of the drafts without a resource, or with a Bundle, is told."""
    asked = sent(draft(EXAMPLAMINE), **full(DD))
    asked["context"]["draftOrders"]["entry"] += [{"resource": None}, {"resource": bundle(draft(EXAMPLAMINE, "d2"))}]
    assert "2 x an entry of the draft orders holds no order" in details(answered(asked))


def test_one_draft_without_a_bundle_is_read():
    """A draft that stands alone in place of a Bundle is the one draft there is."""
    asked = sent(**full(DD))
    asked["context"]["draftOrders"] = draft(EXAMPLAMINE)
    assert answered(asked)[0]["summary"].startswith("Examplamine in demo disease")


# --- what the prefetch says -------------------------------------------------------------------------------------------


def test_what_the_prefetch_does_not_say_is_told():
    """A prefetch that was not given, a key that is null or missing, an order that is no draft: each is told."""
    nothing = answer(EXAMPLAMINE)
    assert "Nothing was read of the patient" in " ".join(summaries(nothing))
    partly = answer(EXAMPLAMINE, patient=whom(DD), Observation=None)
    assert "Observation was not given" in details(partly)
    assert "AllergyIntolerance was not given" in details(partly)
    lost = answer(EXAMPLAMINE, patient=whom(), selected=("MedicationRequest/elsewhere", "ServiceRequest/1"))
    assert "not among the drafts" in details(lost)


def test_everything_given_leaves_nothing_to_tell():
    """A kind whose search found nothing was given: no card says that something is missing."""
    cards = answer(EXAMPLAMINE, **full(DD))
    assert "was not given" not in details(cards)
    assert not any("Not everything" in text for text in summaries(cards))


@pytest.mark.parametrize("missing", [{}, {"Condition": None}, {"Condition": {"resourceType": "OperationOutcome"}}])
def test_conditions_that_nobody_gave_are_not_absent(missing: Card):
    """Where no condition was given the card does not say that none is known: it says that they were not given."""
    given = {key: value for key, value in full().items() if key != "Condition"}
    cards = answer(EXAMPLAMINE, **given, **missing)
    said = " ".join(summaries(cards))
    assert "Their conditions were not given." in said
    assert "No condition of theirs" not in said
    assert "Condition was not given" in details(cards) or "it was not given" in details(cards)
    assert "No condition of theirs" in " ".join(summaries(answer(EXAMPLAMINE, **full())))


@pytest.mark.parametrize("bad", [{}, [], 7, "text", {"resourceType": 7}, {"resourceType": "Bundle", "entry": {"a": 1}}])
def test_a_bad_part_of_the_prefetch_spares_the_rest(bad: Any):
    """A key of the prefetch that is no FHIR is told, and the rest is answered."""
    cards = answer(EXAMPLAMINE, **{**full(DD, PREGNANT), "Condition": bad})
    assert any("Examplamine in this patient: avoid." in text for text in summaries(cards))


def test_a_part_that_does_not_fit_the_rest_is_left_out():
    """A Bundle whose inside brings a second Patient is left out whole and told, and the rest is answered."""
    deep = {"resourceType": "Bundle", "entry": [{"resource": person(id="2")}]}
    inside = {"resourceType": "Bundle", "entry": [{"resource": deep}]}
    cards = answer(EXAMPLAMINE, **{**full(DD), "Observation": inside})
    assert "Observation could not be read as FHIR of one person; left out" in details(cards)
    assert cards[0]["summary"].startswith("Examplamine in demo disease")


@pytest.mark.parametrize(
    "wrong",
    [
        {"hook": "patient-view"},
        {"context": None},
        {"prefetch": []},
        {"context": {"selections": []}},
        {"context": {"draftOrders": []}},
    ],
)
def test_another_request_is_refused(wrong: Card):
    """Another hook, no context, no drafts, a prefetch that is no object: refused."""
    with pytest.raises(InvalidQuestion):
        respond({**sent(draft(EXAMPLAMINE), patient=whom()), **wrong}, today=TODAY, knowledge=sample())


def test_a_day_that_is_none_is_refused():
    """A day that is none is refused before anything is read."""
    with pytest.raises(InvalidQuestion, match="today is no day"):
        respond(sent(draft(EXAMPLAMINE), **full()), today="soon", knowledge=sample())


def test_a_prefetch_may_be_missing():
    """A request without a prefetch is answered, of a patient of whom nothing is known."""
    asked = sent(draft(EXAMPLAMINE))
    del asked["prefetch"]
    assert answered(asked) == answered(sent(draft(EXAMPLAMINE)))


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "Patient", "Bundle", "1", "Patient/2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["resourceType", "id", "entry", "resource", "subject", "reference"]), inner)
    ),
    max_leaves=12,
)


@given(selected=JSON, one=JSON, more=JSON)
def test_no_request_is_silent(selected: Any, one: Any, more: Any):
    """Whatever stands in selections, in a key of the prefetch and among the drafts, there is a valid card."""
    asked = sent(draft(EXAMPLAMINE), Condition=one)
    asked["context"]["selections"] = selected
    asked["context"]["draftOrders"]["entry"].append({"resource": more})
    assert answered(asked)


# --- the service ------------------------------------------------------------------------------------------------------


def test_the_packaged_knowledge_is_the_default():
    """Without other knowledge the packaged one answers."""
    has = whom(condition({"text": "multiple sclerosis"}))
    found = respond(sent(draft(concept(RXNORM, "6130")), patient=has), today=TODAY)
    assert found["cards"][0]["summary"].startswith("Ketamine in multiple sclerosis")


def test_the_service_says_what_it_reads():
    """The discovery names the hook and a prefetch for each kind of resource that is read."""
    found = service()
    assert found["hook"] == "order-select"
    assert set(found["prefetch"]) == {
        "Patient",
        "Condition",
        "MedicationRequest",
        "MedicationStatement",
        "AllergyIntolerance",
        "Observation",
    }
    assert found["prefetch"]["Condition"] == "Condition?patient={{context.patientId}}"
    assert found["prefetch"]["Patient"] == "Patient/{{context.patientId}}"
