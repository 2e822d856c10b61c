"""Matching for one person, and the slow and obvious oracle of it: two answers to one question."""

from __future__ import annotations

import functools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import safetykb
from safetykb import KnowledgeBase
from tests.reasoning.agreement import disagreements, found
from tests.reasoning.building_blocks import World
from tests.reasoning.oracle import Oracle, Person
from tests.reasoning.worlds import COMPOUNDS, CONDITIONS, STATES, worlds


@functools.cache
def vocabulary() -> tuple[KnowledgeBase, list[str], list[str]]:
    """The packaged knowledge, every state of it, and every compound."""
    knowledge = safetykb.knowledge_base()
    states = [*knowledge.conditions, *(id for id in knowledge.terms if knowledge.is_state(id))]
    return knowledge, sorted(states), sorted(knowledge.compounds)


def somebody(chance: random.Random, states: list[str], compounds: list[str]) -> Person:
    """Anybody: a few states that hold, a few that do not, a few medicines."""

    def some(choices: list[str], most: int) -> frozenset[str]:
        return frozenset(chance.sample(choices, chance.randint(0, min(most, len(choices)))))

    return Person(some(states, 4), some(states, 4), some(compounds, 5), complete=chance.random() < 0.3)


@pytest.mark.every_pair
def test_oracle_agrees_on_every_packaged_pair_with_a_patient():
    """The oracle agrees on every packaged pair, each asked about a random person; the people are the same each time."""
    knowledge, states, compounds = vocabulary()
    oracle, chance = Oracle(knowledge), random.Random(20261125)  # noqa: S311  a choice, not a secret
    for compound in compounds:
        for condition in knowledge.conditions:
            whom = somebody(chance, states, compounds)
            assert disagreements(knowledge, oracle, compound, condition, whom) == [], (compound, condition, whom)


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_oracle_agrees_on_made_up_knowledge_with_patients(made: World, chance: random.Random):
    """The oracle agrees on every pair of small random knowledge, for anybody."""
    knowledge = made.knowledge()
    oracle = Oracle(knowledge)
    for compound in COMPOUNDS:
        for condition in CONDITIONS:
            whom = somebody(chance, [*STATES, *CONDITIONS], [*COMPOUNDS])
            assert disagreements(knowledge, oracle, compound, condition, whom) == []


def test_the_comparison_sees_a_difference():
    """The comparison is not blind: a person of whom something else is known gives another answer."""
    made = World().compound("drug").condition("disease").claim("drug/a", having="state", taking="partner")
    knowledge = made.term("state", "state").knowledge()
    whole = Person(frozenset({"state"}), frozenset(), frozenset({"partner"}))
    ours = found(knowledge, "drug", "disease", None, whole)
    assert ours["drug/a"].block == "known"
    assert ours == Oracle(knowledge).answer("drug", "disease", None, whole)
    for other in (Person(), whole._replace(says=frozenset()), whole._replace(takes=frozenset())):
        assert Oracle(knowledge).answer("drug", "disease", None, other) != ours
