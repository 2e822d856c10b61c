"""Requests of CDS Hooks about made-up people, and the cards that answer them, each checked against the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from safetykb import KnowledgeBase
from safetykb.interchange.cds_hooks import respond
from tests.answer.helpers import plain, sample
from tests.interchange.records import TODAY, Resource, bundle, person, request

SCHEMA: Final = json.loads(Path(__file__).with_name("cds_response.schema.json").read_text("utf-8"))
VALIDATOR: Final = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
KINDS: Final = ("Condition", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "Observation")
ONE: Final = {"reference": "Patient/1"}

Card = dict[str, Any]


def detail(card: Card) -> str:
    return plain("markdown", card["detail"])


def details(cards: list[Card]) -> str:
    return " ".join(map(detail, cards))


def summaries(cards: list[Card]) -> list[str]:
    return [card["summary"] for card in cards]


def draft(medicine: Resource, id: str = "d0", **more: Any) -> Resource:
    """A draft order for the patient of the request."""
    return {**request(medicine, "draft"), "subject": ONE, "id": id, **more}


def sent(*drafts: Resource, selected: Any = ("MedicationRequest/d0",), **prefetch: Any) -> Card:
    """A request of the hook about Patient/1 with these drafts; the first one is selected."""
    selections = [*selected] if isinstance(selected, tuple) else selected
    entries = [{"resource": one} for one in drafts]
    context = {
        "userId": "Practitioner/1",
        "patientId": "1",
        "selections": selections,
        "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": entries},
    }
    hook = {"hook": "order-select", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"}
    return {**hook, "context": context, "prefetch": prefetch}


def answered(asked: Card, knowledge: KnowledgeBase | None = None) -> list[Card]:
    """The cards that answer a request, of the made-up knowledge where no other is given."""
    response = respond(asked, today=TODAY, knowledge=knowledge or sample())
    VALIDATOR.validate(response)
    cards: list[Card] = response["cards"]
    assert cards
    return cards


def answer(*medicines: Resource, knowledge: KnowledgeBase | None = None, **given: Any) -> list[Card]:
    """The cards for drafts of these medicines."""
    drafts = [draft(medicine, f"d{number}") for number, medicine in enumerate(medicines)]
    return answered(sent(*drafts, **given), knowledge)


def whom(*resources: Resource, **more: Any) -> Resource:
    """The whole record of the patient of the request in one Bundle."""
    return bundle(person(id="1", **more), *resources)


def full(*resources: Resource, **more: Any) -> dict[str, Any]:
    """A prefetch with a key for each kind, most of them without a match."""
    apart = [{"id": f"r{number}", **one} for number, one in enumerate(resources)]
    of_kind = {kind: [one for one in apart if one["resourceType"] == kind] for kind in KINDS}
    found = {kind: bundle(*ones, type="searchset") for kind, ones in of_kind.items()}
    patient = bundle(person(id="1", **more), type="searchset")
    return {"Patient": patient, **found}
