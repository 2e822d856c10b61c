"""The alert load: what the answers ask of their readers, counted."""

from __future__ import annotations

from collections import Counter

import safetykb
from safetykb.answer.burden import alert_load
from safetykb.knowledge.base import KnowledgeBase

from .helpers import sample


def test_every_pair_is_counted_once():
    """The load covers every compound in every condition."""
    knowledge: KnowledgeBase = sample()
    load = alert_load(knowledge)
    assert load.pairs == len(knowledge.compounds) * len(knowledge.conditions)
    assert [found.compounds for found in load.headlines] == [len(knowledge.compounds)] * len(knowledge.conditions)


def test_the_shares_of_a_sort_make_a_whole():
    """The shares of each sort of finding add up to all findings, within rounding."""
    for spreads in alert_load(sample()).spreads.values():
        assert abs(sum(spread.share for spread in spreads) - 1) < 0.01


def test_headlines_are_told_apart():
    """The concerns of a condition's headlines count each compound once, undetermined among them."""
    for found in alert_load(sample()).headlines:
        assert sum(found.concerns.values()) == found.compounds
        assert sum(found.coverage.values()) == found.compounds
        assert 1 <= found.texts <= found.compounds


def test_packaged_headlines_differ():
    """In multiple sclerosis most compounds with claims of their own have a headline that no other has."""
    base = safetykb.knowledge_base()
    entered = [compound for compound in base.compounds if base.claims_of(compound)]
    texts = Counter(safetykb.review(compound, "multiple-sclerosis").headline.text for compound in entered)
    assert sum(count == 1 for count in texts.values()) > len(entered) / 2


def test_inference_is_the_lesser_part():
    """Of all findings shown in four conditions, less than a quarter are joined."""
    shown = Counter[str]()
    for condition in ("multiple-sclerosis", "epilepsy", "parkinson-disease", "pregnancy"):
        for compound in safetykb.knowledge_base().compounds:
            findings = safetykb.review(compound, condition).findings
            shown.update(str(f.origin) for f in findings if f.relative is None and f.folded_under is None)
    assert shown["joined"] < shown.total() / 4


def test_the_load_is_shown_as_tables():
    """The load shows itself as text, with each sort and each condition."""
    text = alert_load(sample()).to_text()
    assert "BY CONCERN" in text
    assert "HEADLINES" in text
    assert "Pairs by coverage" in text
    assert "Headlines by highest concern" in text
