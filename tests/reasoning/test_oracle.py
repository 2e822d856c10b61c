"""Two answers to one question: the reasoning, and the slow and obvious oracle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.tree import directory_files, packaged_files

from .agreement import disagreements
from .building_blocks import World
from .oracle import Oracle
from .worlds import worlds

SAMPLE = Path(__file__).parents[1] / "sample" / "tree"


def _all(knowledge: KnowledgeBase) -> list[str]:
    oracle = Oracle(knowledge)
    pairs = [(compound, condition) for compound in knowledge.compounds for condition in knowledge.conditions]
    return [told for pair in pairs for told in disagreements(knowledge, oracle, *pair)]


@pytest.mark.every_pair
def test_oracle_agrees_on_every_packaged_pair():
    """A slow, obvious oracle of matching agrees on all packaged pairs, enumerated, not sampled."""
    knowledge = parse(packaged_files()).knowledge
    assert len(knowledge.compounds) * len(knowledge.conditions) >= 500
    assert _all(knowledge) == []


def test_oracle_agrees_on_the_sample():
    """The oracle agrees on every pair of the made-up tree of the checks."""
    knowledge = parse(directory_files(SAMPLE)[0]).knowledge
    assert len(knowledge.considerations) > 10
    assert _all(knowledge) == []


@given(worlds())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_oracle_agrees_on_made_up_knowledge(made: World):
    """The oracle agrees on every pair of small random knowledge."""
    assert _all(made.knowledge()) == []


@pytest.mark.parametrize("broken", ["origin", "concern", "level", "path"])
def test_comparison_sees_a_difference(broken: str, monkeypatch: pytest.MonkeyPatch):
    """The comparison is not blind: an answer with one field changed disagrees."""
    knowledge = World().compound("drug").condition("disease").claim("drug/a", having="disease").knowledge()
    oracle = Oracle(knowledge)
    assert disagreements(knowledge, oracle, "drug", "disease") == []
    right = oracle.answer("drug", "disease")
    another: dict[str, Any] = {broken: "another"}
    wrong = {id: answer._replace(**another) for id, answer in right.items()}
    monkeypatch.setattr(oracle, "answer", lambda *_: wrong)
    assert len(disagreements(knowledge, oracle, "drug", "disease")) == 1
