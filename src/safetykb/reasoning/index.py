"""Which claims reach which pair, as bit sets: a bit for each way in which a claim can be met, and one AND for a pair.

A compound's number has a bit for the side of each claim that it stands on (one as well for both sides of a claim that
holds either way round); a condition's has one for each side on which the rest of the claim (its states, and a treatment
on the other side) lets it apply to people with the condition. Both
are worked out by the functions that match one claim with one situation, and hold of a question in which nobody said
anything of a patient or of how the compound is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import compress
from operator import itemgetter
from typing import Any, Final

import attrs

from safetykb.knowledge.base import KnowledgeBase, MadeWhenAsked
from safetykb.model.choices import Kind, Origin
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Compound
from safetykb.reasoning.graph import Path
from safetykb.reasoning.matching import Role, candidates, claims_by_side, each_side, obstacle, side
from safetykb.reasoning.situation import ANYBODY, Situation


@attrs.frozen
class _Stand:
    """The claims whose sides a compound stands on, and what picks the flags of these sides out of a condition's."""

    claims: tuple[str, ...]
    flags: Callable[[bytes], tuple[int, ...]]


@attrs.frozen(eq=False, repr=False)
class ClaimIndex:
    """The claims of a knowledge base that reach each pair; made by ``claim_index``.

    ``compounds[id] & conditions[id]`` is the bit set of a pair, with one bit for each claim that reaches it; ``claims``
    and ``pair`` name them. It leaves out none that ``matches`` finds without a patient and an exposure. It holds one
    more where the only treatment that fills the other side of a joined claim is the compound itself or a class that it
    belongs to, or where the compound stands on both sides of a claim about one way of taking it. ``ways`` names the
    claim of each bit, the lowest first. A missing id raises NoSuchRecord.
    """

    ways: tuple[str, ...]
    compounds: Mapping[str, int]
    conditions: Mapping[str, int]
    _stands: Mapping[str, _Stand] = attrs.field(init=False)
    _flags: Mapping[str, bytes] = attrs.field(init=False)

    @_stands.default
    def _made_stands(self) -> Mapping[str, _Stand]:
        return MadeWhenAsked(self._stand)

    @_flags.default
    def _made_flags(self) -> Mapping[str, bytes]:
        return MadeWhenAsked(self._flags_of)

    def claims(self, bits: int) -> tuple[str, ...]:
        """Return the ids of the claims of a bit set, in order."""
        return tuple([self.ways[place] for place in _places(bits)])

    def pair(self, compound: str, condition: str) -> tuple[str, ...]:
        """Return what ``claims`` does for the bit set of the pair, without a look at the rest of the knowledge."""
        stand = self._stands[compound]
        return tuple(compress(stand.claims, stand.flags(self._flags[condition])))

    def _stand(self, compound: str) -> _Stand:
        places = [*_places(self.compounds[compound])]
        flags: Any = itemgetter(*places, -1, -1)  # of one place alone it would return no tuple
        return _Stand(tuple([self.ways[place] for place in places]), flags)

    def _flags_of(self, condition: str) -> bytes:
        held = f"{self.conditions[condition]:0{len(self.ways)}b}"
        return bytes([*map(int, reversed(held)), 0])


def _places(bits: int) -> Iterator[int]:
    """Yield the place of each bit that is set, the lowest first."""
    written = f"{bits:b}"[::-1]
    place = written.find("1")
    while place >= 0:
        yield place
        place = written.find("1", place + 1)


def claim_index(knowledge: KnowledgeBase) -> ClaimIndex:
    """Return the index of ``knowledge``, made once; what it holds of an entity is made when that is first asked for."""
    return knowledge.derived("claim index", lambda: _Maker(knowledge).index())


class _Maker:
    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        standing = {id for ids in claims_by_side(knowledge).values() for id in ids} - knowledge.silenced
        claims = [knowledge.considerations[id] for id in sorted(standing)]
        ways = [(claim, roles) for claim in claims for roles in _ways(claim)]
        self.ways = tuple(claim.id for claim, _ in ways)
        self.bits = {(claim.id, roles): 1 << place for place, (claim, roles) in enumerate(ways)}
        self.conditional = [way for way in ways if _is_conditional(way[0])]

    def index(self) -> ClaimIndex:
        return ClaimIndex(self.ways, MadeWhenAsked(self.compound), MadeWhenAsked(self.condition))

    def compound(self, id: str) -> int:
        """Return the bits of the sides that the compound stands on, whatever else a claim asks for."""
        situation = Situation(knowledge=self.knowledge, compound=self.knowledge.compounds[id], condition=ANYBODY)
        bits = 0
        for claim in map(self.knowledge.considerations.__getitem__, candidates(situation)):
            sides = [attrs.evolve(match, states=(), other=None) for match in each_side(situation, claim)]
            roles = frozenset(match.role for match in sides if obstacle(situation, match) is None)
            if roles:
                bits |= self.bits.get((claim.id, roles)) or self.bits[claim.id, _ONE]
        return bits

    def condition(self, id: str) -> int:
        """Return the bits of the sides that a compound must stand on for a claim to apply to people with it."""
        nobody = Compound(id="", name="")
        situation = Situation(knowledge=self.knowledge, compound=nobody, condition=self.knowledge.conditions[id])
        bits = (1 << len(self.ways)) - 1
        for claim, roles in self.conditional:
            sides = [attrs.evolve(side(situation, claim, role, Path()), exposures=()) for role in roles]
            if all(obstacle(situation, match) is not None for match in sides):
                bits ^= self.bits[claim.id, roles]
        return bits


_ONE: Final = frozenset({Role.SUBJECT})
_ANY: Final = (_ONE, frozenset({Role.TAKING}), frozenset(Role))


def _ways(claim: SafetyConsideration) -> tuple[frozenset[Role], ...]:
    """Return the sides of ``claim``, alone and together, that need another treatment of the condition each."""
    other = claim.context.taking
    return _ANY if claim.origin is Origin.JOINED and other not in (None, claim.subject) else (_ONE,)


def _is_conditional(claim: SafetyConsideration) -> bool:
    """Tell whether the condition decides if ``claim`` applies: any other is kept, and says what is open."""
    return claim.origin is Origin.JOINED or claim.kind is Kind.NO_INCREASE
