"""CDS Hooks cards: short, never silent, never more urgent than what a source says of these people."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt

import safetykb
from safetykb import Concern, InvalidQuestion, Patient
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.interchange.cds_hooks import LONGEST, cards_of, respond, service
from safetykb.interchange.fhir_patient import read_orders
from safetykb.links import is_safe_link
from safetykb.reasoning.headline import headline_sentences
from tests.answer.helpers import ask, only, plain, sample
from tests.interchange.records import (
    DEMO_DISEASE,
    EXAMPLAMINE,
    RXNORM,
    TODAY,
    Resource,
    bundle,
    concept,
    condition,
    person,
    request,
)
from tests.policy.overlays import raised, written

SCHEMA: Final = json.loads(Path(__file__).with_name("cds_response.schema.json").read_text("utf-8"))
VALIDATOR: Final = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
PAIRS: Final = [*itertools.product(sample().compounds, sample().conditions)]
WHOM: Final = Patient(conditions=("severe demo pressure", "Unheard-of disease"), medications=("calmazepine",))

Card = dict[str, Any]


def detail(card: Card) -> str:
    return plain("markdown", card["detail"])


def order(*medicines: Resource, selected: tuple[str, ...] = ("MedicationRequest/d0",), **prefetch: Any) -> Card:
    """A request of the hook; each medicine is a draft, the first one is selected."""
    drafts = [{**request(medicine, "draft"), "id": f"d{n}"} for n, medicine in enumerate(medicines)]
    context = {"userId": "Practitioner/1", "patientId": "1", "selections": [*selected], "draftOrders": bundle(*drafts)}
    hook = {"hook": "order-select", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"}
    return {**hook, "context": context, "prefetch": prefetch}


def answer(*medicines: Resource, **given: Any) -> list[Card]:
    response = respond(order(*medicines, **given), today=TODAY, knowledge=sample())
    VALIDATOR.validate(response)
    return response["cards"]


def whom(*resources: Resource) -> Resource:
    return bundle(person(), *resources)


# --- the cards of a review --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_every_card_is_valid(compound: str, condition: str):
    """The cards of every pair fit the schema, with a short summary, and each says what it is for."""
    for patient in (None, WHOM):
        cards = cards_of(ask(compound, condition, patient=patient))
        VALIDATOR.validate({"cards": cards})
        assert cards
        for card in cards:
            assert len(card["summary"]) <= LONGEST < 140
            assert INTENDED_USE in detail(card) and DISCLAIMER in detail(card)


@pytest.mark.parametrize("wrong", [{"summary": "x" * 140}, {"indicator": "hard-stop"}, {"source": {}}, {"more": 1}])
def test_the_schema_sees_what_is_wrong(wrong: Card):
    """A summary too long, an unknown indicator, a source without a label: each is a problem."""
    card = {**cards_of(ask())[0], **wrong}
    assert not VALIDATOR.is_valid({"cards": [card]})


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_the_indicator_follows_the_concern(compound: str, condition: str):
    """The card of the headline has the indicator of its concern; what is open is at most a warning, and names it."""
    review = ask(compound, condition)
    expected: dict[Concern | None, str] = {concern: concern.mapping["cds-hooks"] for concern in Concern}
    expected[None] = "info"
    main, *opened = sorted(cards_of(review), key=lambda card: "not stated of the patient" in card["summary"])
    assert main["indicator"] == expected[review.headline.concern]
    assert main["source"]["topic"]["code"] == str(review.headline.concern or "undetermined")
    assert main["summary"].startswith(review.compound.name.capitalize())
    assert str(review.headline.concern or "undetermined") in main["summary"]
    assert len(opened) == bool(review.headline.if_taking or review.headline.depends_on)
    for card in opened:
        assert card["indicator"] in ("info", "warning")
        for entry in review.headline.if_taking:
            assert f"{str(entry.concern).capitalize()}: taking {entry.name}" in detail(card)
        for need in review.headline.depends_on:
            assert need.fact in detail(card)


def test_a_contraindication_is_critical_when_it_is_met():
    """Contraindicated is critical for a person who has what it needs, and a warning for one of whom nobody said."""
    open_card = cards_of(ask("examplamine", exposure=safetykb.Exposure(form="injection")))
    met = cards_of(ask(patient=WHOM, exposure=safetykb.Exposure(form="injection")))
    assert open_card[0]["indicator"] == "warning"
    assert met[0]["indicator"] == "critical"
    assert "contraindicated" in met[0]["summary"]


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_nothing_is_silent(compound: str, condition: str):
    """What is undetermined and what is not known has a card and stands in it."""
    review = ask(compound, condition)
    main = next(card for card in cards_of(review) if "not stated of the patient" not in card["summary"])
    assert review.headline.text in detail(main)
    for gap in review.gaps[:8]:
        assert f"{gap.topic}: {gap.phrase}" in detail(main)
    assert "safe." not in main["summary"]


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_a_summary_leaves_nothing_heavier_out(compound: str, condition: str):
    """A summary holds the first sentences of the headline, as many as fit, and says when there is more."""
    review = ask(compound, condition)
    main = next(card for card in cards_of(review) if "not stated of the patient" not in card["summary"])
    said = headline_sentences(review.headline)[1:]
    told = [sentence in main["summary"] for sentence in said]
    assert told == sorted(told, reverse=True)
    assert main["summary"].endswith(" More in the detail.") is not all(told)


def test_what_was_not_checked_has_a_card():
    """A fact that nothing here knows has a card that names it."""
    cards = cards_of(ask(patient=WHOM))
    (card,) = (card for card in cards if "not checked" in card["summary"])
    assert card["indicator"] == "info"
    assert "Unheard-of disease" in detail(card)


def test_cards_lead_to_canonical_pages_alone():
    """Each address of a card is https and one of a source, and a source without one has none."""
    cards = [card for pair in PAIRS for card in cards_of(ask(*pair))]
    urls = [card["source"]["url"] for card in cards if "url" in card["source"]]
    urls += [link["url"] for card in cards for link in card.get("links", [])]
    assert urls and all(is_safe_link(url) for url in urls)
    assert any("url" not in card["source"] for card in cards)


def test_a_long_answer_is_counted_and_not_cut_short():
    """A packaged answer with many findings and gaps tells some and counts the rest; a long name is cut with dots."""
    review = safetykb.review("ketamine", "multiple sclerosis")
    main = next(card for card in cards_of(review) if "not stated of the patient" not in card["summary"])
    assert "more in the review" in detail(main)
    text = MarkdownIt().render(main["detail"])
    assert "<script" not in text and 'href="javascript' not in text


def test_a_policy_is_told(tmp_path: Path):
    """A policy of a hospital that touches the answer stands in the card."""
    knowledge = sample().with_overlay(written(tmp_path / "ward", {"raise-it": raised()}), today=TODAY)
    cards = cards_of(ask(knowledge=knowledge))
    assert any("two events on ward 9" in detail(card) for card in cards)


def test_the_most_urgent_comes_first():
    """Cards are in the order critical, warning, info."""
    order = ["critical", "warning", "info"]
    for pair in PAIRS:
        found = [order.index(card["indicator"]) for card in cards_of(ask(*pair, patient=WHOM))]
        assert found == sorted(found)


def test_an_answer_without_findings_has_one_card():
    """Where no claim is held the card says undetermined and stands on the knowledge alone."""
    (card,) = cards_of(ask(knowledge=only()))
    assert "undetermined" in card["summary"]
    assert card["source"]["label"].startswith("safetykb")
    assert "links" not in card


# --- a whole request --------------------------------------------------------------------------------------------------


def test_a_request_is_answered():
    """The medicine selected is asked about in the condition of the patient."""
    cards = answer(EXAMPLAMINE, patient=whom(condition(DEMO_DISEASE)))
    assert cards[0]["summary"].startswith("Examplamine in demo disease")


def test_each_condition_is_asked_about_once():
    """Each condition that has answers of its own gives cards; the same by two names gives them once."""
    has = [condition(DEMO_DISEASE), condition({"text": "DD"}), condition({"text": "low mood disorder"})]
    said = [card["summary"].partition(":")[0] for card in answer(EXAMPLAMINE, patient=whom(*has))]
    assert set(said) >= {"Examplamine in demo disease", "Examplamine in low mood disorder"}
    mains = [text for text in said if text == "Examplamine in demo disease"]
    assert len(mains) == 2  # the headline, and what is open


def test_other_drafts_count_as_taken():
    """Another order of the session, selected or not, counts as taken."""
    both = (EXAMPLAMINE, concept(RXNORM, "1", "calmazepine"))
    has = whom(condition(DEMO_DISEASE))
    alone, together = answer(EXAMPLAMINE, patient=has), answer(*both, patient=has)
    assert "taking calmazepine" in json.dumps(alone)
    assert "taking calmazepine" not in json.dumps(together)
    each = answer(*both, patient=has, selected=("MedicationRequest/d0", "MedicationRequest/d1"))
    assert {card["summary"].partition(" ")[0] for card in each} >= {"Examplamine", "Calmazepine"}


def test_an_order_shows_nothing_of_itself():
    """The repr of an order tells how much there is, and none of it."""
    (found,) = read_orders(bundle({**request(EXAMPLAMINE, "draft"), "id": "d"}), knowledge=sample())
    assert (found.address, found.names) == ("MedicationRequest/d", ("examplamine",))
    assert repr(found) == "<Order: 1 names>"


def test_an_unknown_medicine_is_undetermined():
    """A medicine that nothing here knows, and an order that names none, each have a card that says undetermined."""
    for medicine in (concept(RXNORM, "1", "unobtainium"), {}):
        cards = answer(medicine, patient=whom(condition(DEMO_DISEASE)))
        assert any("undetermined" in card["summary"] and card["indicator"] == "info" for card in cards)


def test_without_a_known_condition_it_is_undetermined():
    """Without a condition that is known here the card says so; what is known with the medicines taken is told."""
    (card, *_) = answer(EXAMPLAMINE, patient=whom(condition({"text": "Unheard-of disease"})))
    assert "undetermined" in card["summary"] and card["indicator"] == "info"
    takes = [request(concept(RXNORM, "1", name)) for name in ("calmazepine", "unobtainium", "pausamine")]
    cards = answer(EXAMPLAMINE, patient=whom(*takes))
    assert "with what the patient takes: caution" in cards[0]["summary"]
    assert cards[0]["indicator"] == "warning"
    only_joined = answer(concept(RXNORM, "1", "pausamine"), patient=whom(takes[0]))
    assert "with what the patient takes: undetermined" in only_joined[0]["summary"]


def test_what_the_prefetch_does_not_say_is_told():
    """A prefetch that was not given, a part of it that is null, an order that is no draft: each is told."""
    nothing = answer(EXAMPLAMINE)
    assert "Nothing was read of the patient" in " ".join(card["summary"] for card in nothing)
    partly = answer(EXAMPLAMINE, patient=whom(condition(DEMO_DISEASE)), Observation=None)
    assert any("it was not given" in detail(card) for card in partly)
    lost = answer(EXAMPLAMINE, patient=whom(), selected=("MedicationRequest/elsewhere", "ServiceRequest/1"))
    assert any("not among the drafts" in detail(card) for card in lost)


def test_other_orders_are_passed_over():
    """A draft that is no medicine gives no card of its own."""
    sent = order(EXAMPLAMINE, patient=whom(condition(DEMO_DISEASE)))
    more = copy.deepcopy(sent)
    more["context"]["draftOrders"]["entry"].append({"resource": {"resourceType": "ServiceRequest", "id": "s"}})
    assert respond(more, today=TODAY, knowledge=sample()) == respond(sent, today=TODAY, knowledge=sample())


@pytest.mark.parametrize(
    "wrong",
    [{"hook": "patient-view"}, {"context": None}, {"prefetch": []}, {"context": {"selections": []}}],
)
def test_another_request_is_refused(wrong: Card):
    """Another hook, no context, no drafts, a prefetch that is no object: refused."""
    with pytest.raises(InvalidQuestion):
        respond({**order(EXAMPLAMINE, patient=whom()), **wrong}, today=TODAY, knowledge=sample())


def test_the_packaged_knowledge_is_the_default():
    """Without other knowledge the packaged one answers."""
    has = whom(condition({"text": "multiple sclerosis"}))
    found = respond(order(concept(RXNORM, "6130"), patient=has), today=TODAY)
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
