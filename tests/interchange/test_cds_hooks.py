"""CDS Hooks cards: short, never silent, never more urgent than what a source says of these people."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import pytest
from markdown_it import MarkdownIt

import safetykb
from safetykb import Concern, Patient
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.interchange.cds_hooks import LONGEST, cards_of
from safetykb.links import is_safe_link
from safetykb.reasoning.headline import headline_sentences
from tests.answer.helpers import ask, only, sample
from tests.interchange.cards import VALIDATOR, Card, detail
from tests.interchange.records import TODAY
from tests.policy.overlays import raised, written

PAIRS: Final = [*itertools.product(sample().compounds, sample().conditions)]
WHOM: Final = Patient(conditions=("severe demo pressure", "Unheard-of disease"), medications=("calmazepine",))

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
