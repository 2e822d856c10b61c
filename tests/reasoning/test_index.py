"""The bit sets of claims: what they leave out, what they hold too much, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from safetykb.errors import NoSuchRecord
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base, load
from safetykb.model.choices import Origin
from safetykb.reasoning.index import claim_index
from safetykb.reasoning.matching import each_side, matches
from safetykb.reasoning.situation import Situation
from tests.knowledge.trees import SAMPLE
from tests.laws.test_threads import at_once
from tests.policy.overlays import CAUTION, laid, silenced

from .agreement import situation
from .building_blocks import World
from .worlds import worlds


def differences(knowledge: KnowledgeBase) -> Iterator[tuple[Situation, set[str], set[str]]]:
    """Each pair with the claims that the index leaves out and those that it holds too much."""
    index = claim_index(knowledge)
    for compound in knowledge.compounds:
        for condition in knowledge.conditions:
            asked = situation(knowledge, compound, condition)
            applies = {match.consideration.id for match in matches(asked)}
            found = index.pair(compound, condition)
            bits = index.compounds[compound] & index.conditions[condition]
            assert found == index.claims(bits) == tuple(sorted(set(found)))
            assert bits.bit_count() == len(found)
            yield asked, applies - {*found}, {*found} - applies


def explained(asked: Situation, id: str) -> bool:
    """Whether a claim is held too much for one of the two reasons that the index gives."""
    claim = asked.knowledge.considerations[id]
    itself = bool(asked.treats) and claim.origin is Origin.JOINED and claim.context.taking is not None
    return itself or (claim.context.exposure is not None and len([*each_side(asked, claim)]) > 1)


def wrong(found: Iterable[tuple[Situation, set[str], set[str]]]) -> list[tuple[str, str, str]]:
    """What is left out, or held too much without a reason."""
    return [
        (asked.compound.id, asked.condition.id, id)
        for asked, missing, more in found
        for id in (*missing, *(id for id in more if not explained(asked, id)))
    ]


@pytest.mark.every_pair
def test_index_holds_what_matches_every_packaged_pair():
    """In every packaged pair the bit set holds each claim that applies, and one too many for a known reason alone."""
    knowledge = knowledge_base()
    found = [*differences(knowledge)]
    assert wrong(found) == []
    index = claim_index(knowledge)
    held = sum(len(index.pair(asked.compound.id, asked.condition.id)) for asked, _, _ in found)
    assert 0 < sum(len(more) for _, _, more in found) < held / 200


def test_index_holds_what_matches_every_pair_of_the_sample():
    """The same of every pair of the made-up tree of the checks."""
    assert wrong(differences(load(SAMPLE))) == []


@given(worlds())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_index_holds_what_matches_made_up_knowledge(made: World):
    """The same of every pair of small random knowledge."""
    assert wrong(differences(made.knowledge())) == []


def test_index_tells_the_sides_of_a_joined_claim_apart():
    """A joined claim is held for the side that the compound stands on: the other one must be a treatment's."""
    made = World().compound("drug").compound("partner").has("drug", "one").has("partner", "two")
    made.condition("disease", treatments="partner:pain").condition("other-disease", treatments="drug:pain")
    knowledge = made.claim("one/together", taking="two", joined=True).knowledge()
    index = claim_index(knowledge)
    assert index.ways == ("one/together",) * 3
    assert index.pair("drug", "disease") == ("one/together",)
    assert index.pair("partner", "other-disease") == ("one/together",)
    assert index.pair("partner", "disease") == ()
    assert index.pair("drug", "other-disease") == ()


def test_index_leaves_out_what_a_policy_silences(tmp_path: Path):
    """Knowledge with an overlay has an index of its own: a silenced claim is in no bit set of it."""
    base = load(SAMPLE)
    over = laid(base, tmp_path / "overlay", {"quiet": silenced()})
    assert CAUTION in claim_index(base).ways
    assert CAUTION not in claim_index(over).ways
    assert wrong(differences(over)) == []


def test_index_does_not_know_an_unknown_id():
    """An id that is no compound's, or no condition's, is an error, never an empty bit set."""
    index = claim_index(load(SAMPLE))
    with pytest.raises(NoSuchRecord):
        index.compounds["demo-disease"]
    with pytest.raises(NoSuchRecord):
        index.pair("examplamine", "examplamine")


def test_index_is_one_for_all_threads():
    """Sixteen threads that ask at once get one index, and the same bits from it."""
    shared = load(SAMPLE)
    found = at_once(lambda _: (id(claim_index(shared)), claim_index(shared).pair("examplamine", "demo-disease")))
    assert len({*found}) == 1
    assert found[0][1]
