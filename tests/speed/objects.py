"""The plain loop over objects that the bit sets are measured against: the same answers, claim by claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import Kind, Origin
from safetykb.model.entities import Compound
from safetykb.reasoning.graph import Graph, graph_of
from safetykb.reasoning.matching import Bearing, candidates, each_side, obstacle, state_part
from safetykb.reasoning.situation import ANYBODY, Situation


@attrs.frozen(kw_only=True)
class Side:
    """A claim on which a compound stands, and what it asks for beside: any of ``others``, where one is taken."""

    claim: str
    having: tuple[str, ...]
    others: tuple[str, ...]
    joined: bool
    serious: bool
    still: bool
    """Whether it flows nowhere, as what is no more frequent does."""


@attrs.frozen(kw_only=True)
class People:
    """What people with a condition bring: states for any joined claim, those for serious ones, medicines' sides."""

    states: frozenset[str]
    scarce: frozenset[str]
    broader: frozenset[str]
    filled: frozenset[str]


@attrs.frozen
class Objects:
    """The sides of each compound, and what people with each condition bring."""

    sides: Mapping[str, tuple[Side, ...]]
    people: Mapping[str, People]

    def reached(self, compound: str, condition: str) -> list[str]:
        """Return the claims that reach a pair, found by looking at each claim of the compound."""
        people = self.people[condition]
        return [side.claim for side in self.sides[compound] if _holds(side, people)]


def _holds(side: Side, people: People) -> bool:
    if side.still:
        return not any(state in people.broader for state in side.having)
    if not side.joined:
        return True
    if side.others and not any(other in people.filled for other in side.others):
        return False
    known = people.scarce if side.serious else people.states
    return all(state in known for state in side.having)


def objects_of(base: KnowledgeBase) -> Objects:
    """Return the objects of ``base``, everything that the loop looks up made."""
    asked = {claim.context.taking for claim in base.considerations.values()}
    asked |= {claim.subject for claim in base.considerations.values()}
    sides = {id: tuple(_sides(base, compound)) for id, compound in base.compounds.items()}
    others = frozenset(id for id in asked if id is not None)
    return Objects(sides, {id: _people(base, id, others) for id in base.conditions})


def _sides(base: KnowledgeBase, compound: Compound) -> Iterator[Side]:
    situation = Situation(knowledge=base, compound=compound, condition=ANYBODY)
    for id in sorted(candidates(situation)):
        claim = base.considerations[id]
        matches = [
            match
            for match in each_side(situation, claim)
            if obstacle(situation, attrs.evolve(match, states=(), other=None)) is None
        ]
        if matches:
            yield Side(
                claim=id,
                having=claim.context.having,
                others=tuple(match.other for match in matches if match.other is not None),
                joined=claim.origin is Origin.JOINED,
                serious=claim.serious is not None,
                still=claim.kind is Kind.NO_INCREASE,
            )


def _people(base: KnowledgeBase, condition: str, others: frozenset[str]) -> People:
    nobody = Compound(id="", name="")
    situation = Situation(knowledge=base, compound=nobody, condition=base.conditions[condition])
    brought = {
        state: part.bearing
        for state in situation.person
        if (part := state_part(situation, state)).bearing in (Bearing.DIAGNOSIS, Bearing.VULNERABILITY)
    }
    often = {state for state, bearing in brought.items() if bearing is Bearing.DIAGNOSIS or not situation.scarce(state)}
    graph, treatments = graph_of(base), [view.id for view in situation.treatments]
    return People(
        states=frozenset(often),
        scarce=frozenset(brought),
        broader=situation.diagnoses - {condition},
        filled=frozenset(other for other in others if _fills(graph, treatments, other)),
    )


def _fills(graph: Graph, treatments: list[str], other: str) -> bool:
    return any(graph.fillings(other)[treatment] is not None for treatment in treatments)
