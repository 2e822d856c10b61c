"""Scales are ordered, choices are not, and a level stays one object."""

from __future__ import annotations

import copy
import itertools
import operator
import pickle
from typing import Any

import attrs
import pytest

from safetykb.model import choices, scales
from safetykb.model.choices import Family, TermKind
from safetykb.model.scales import Choice, Concern, EvidenceLevel, Frequency, ReadDepth, Scale

SCALES = [
    kind for kind in vars(scales).values() if isinstance(kind, type) and issubclass(kind, Scale) and kind is not Scale
]
CHOICES = [
    kind
    for kind in vars(choices).values()
    if isinstance(kind, type) and issubclass(kind, Choice) and kind is not Choice
]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("kind", SCALES)
def test_scale_is_ordered_by_rank(kind: type[Scale]):
    """Each pair of members compares as their ranks do, and ranks are distinct."""
    for one, other in itertools.product(kind, repeat=2):
        for compare in COMPARISONS:
            assert compare(one, other) is compare(one.rank, other.rank)
    assert len({member.rank for member in kind}) == len(kind)


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("other", [None, 3, "caution", ReadDepth.FULL, EvidenceLevel.HIGH])
def test_member_is_compared_with_its_own_scale_alone(compare: Any, other: object):
    """A concern is not compared with None, a number, a word or another scale."""
    with pytest.raises(TypeError):
        compare(Concern.CAUTION, other)
    with pytest.raises(TypeError):
        compare(other, Concern.CAUTION)


@pytest.mark.parametrize("member", [member for kind in SCALES + CHOICES for member in kind], ids=repr)
def test_member_is_its_word_and_carries_its_definition(member: Any):
    """A member prints as its word, is found by it, defined in a sentence, and itself after pickle and copy."""
    assert str(member) == member.value
    assert type(member)(member.value) is member
    assert member.definition.endswith(".")
    assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301 - our own bytes
    assert copy.deepcopy(member) is member


def test_concerns_stand_in_the_order_of_the_design():
    """A concern is contraindicated > avoid > caution > monitor > inform."""
    assert [str(concern) for concern in sorted(Concern, reverse=True)] == [
        "contraindicated",
        "avoid",
        "caution",
        "monitor",
        "inform",
    ]
    assert Concern.AVOID.mapping["fhir-detected-issue"] == "high"


def test_bands_of_frequency_join_without_a_gap():
    """Each band begins where the rarer one ends."""
    bands = sorted(Frequency)[1:]

    for rarer, commoner in itertools.pairwise(bands):
        assert rarer.mapping["below"] == commoner.mapping["at-least"]


def test_family_of_a_kind():
    """A state is of the person's family, every other kind of the substance's."""
    assert [kind for kind in TermKind if kind.family is Family.PERSON] == [TermKind.STATE]


def test_levels_are_ordered():
    """A level is high > moderate > low > very-low."""
    assert EvidenceLevel.HIGH > EvidenceLevel.MODERATE > EvidenceLevel.LOW > EvidenceLevel.VERY_LOW
    assert [str(level) for level in EvidenceLevel.members()] == ["high", "moderate", "low", "very-low"]
    with pytest.raises(TypeError):
        assert EvidenceLevel.HIGH > 3  # type: ignore[operator]  # what is tested


@pytest.mark.parametrize("level", EvidenceLevel.members(), ids=str)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_level_stays_one_object(level: EvidenceLevel, protocol: int):
    """A level is itself after pickle, copy and a look by its word."""
    assert pickle.loads(pickle.dumps(level, protocol)) is level  # noqa: S301 - our own bytes
    assert copy.copy(level) is level
    assert copy.deepcopy(level) is level
    assert EvidenceLevel.of(level.value) is level


@pytest.mark.parametrize("word", ["High", "", "none", "very low"])
def test_word_that_is_no_level_is_refused(word: str):
    """An unknown word raises ValueError that lists the levels."""
    with pytest.raises(ValueError, match="the levels are high, moderate, low, very-low"):
        EvidenceLevel.of(word)


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [
        ("high", -1, "moderate"),
        ("low", 1, "moderate"),
        ("low", -5, "very-low"),
        ("moderate", 9, "high"),
        ("low", 0, "low"),
    ],
)
def test_level_moves_within_the_scale(start: str, steps: int, end: str):
    """A move ends at the ends of the scale."""
    assert EvidenceLevel.of(start).moved(steps) is EvidenceLevel.of(end)


def test_level_cannot_be_changed():
    """A level is frozen and hashable."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        EvidenceLevel.HIGH.rank = 0  # type: ignore[misc]  # what is tested
    assert len(set(EvidenceLevel.members())) == 4
