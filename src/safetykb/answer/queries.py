"""Questions that are no review: one record by name, records that mention a word, claims that fit a filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.lookup import Asked, Match, index_of
from safetykb.model.choices import Kind
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Compound, Condition
from safetykb.model.patient import Patient
from safetykb.model.scales import Concern
from safetykb.reasoning.building import finding_of
from safetykb.reasoning.findings import Finding
from safetykb.reasoning.graph import graph_of
from safetykb.reasoning.matching import matches
from safetykb.reasoning.person import person_of
from safetykb.reasoning.ranking import rank
from safetykb.reasoning.situation import ANYBODY, Situation


def compound(name: str, *, knowledge: KnowledgeBase | None = None) -> Compound:
    """Return the compound that ``name`` (any name, brand or code) names.

    Raises UnknownName with suggestions, AmbiguousName, and InvalidQuestion.
    """
    if knowledge is not None:
        return index_of(knowledge).compound(name).compound
    try:
        return _named[name]
    except (KeyError, TypeError):  # a TypeError: what cannot be a key is refused below
        found = index_of(knowledge_base()).compound(name).compound
    if len(_named) >= _KEPT:
        _named.clear()
    _named[name] = found
    return found


_named: dict[str, Compound] = {}
_KEPT: Final = 4096
"""How many names of packaged compounds are kept for asking again."""


def condition(name: str, *, knowledge: KnowledgeBase | None = None) -> Condition:
    """Return the condition that ``name`` names. Raises what ``compound`` raises."""
    return index_of(knowledge or knowledge_base()).condition(name)


def search(text: str, *, knowledge: KnowledgeBase | None = None) -> tuple[Match, ...]:
    """Return every record whose names, definition or statement mention ``text``, the nearest first.

    An empty tuple says that no record mentions it, and nothing about its safety.
    """
    return index_of(knowledge or knowledge_base()).search(text)


def considerations(
    *,
    compound: str | None = None,
    condition: str | None = None,
    kind: Kind | str | None = None,
    at_least: Concern | str | None = None,
    knowledge: KnowledgeBase | None = None,
) -> tuple[SafetyConsideration, ...]:
    """Return the claims, not withdrawn, that fit every filter given, in the order of their ids.

    ``compound``: the claim's subject or medicine taken is the compound or something that it is or has. ``condition``:
    a state of its context is the condition, broader, narrower, or a vulnerability of it. ``at_least``: its concern is
    that or higher. These are claims as they are recorded; a review tells which apply, and how.

    Raises UnknownName, AmbiguousName, and ValueError for a word that is no kind or concern.
    """
    knowledge = knowledge or knowledge_base()
    found = [claim for claim in knowledge.considerations.values() if claim.withdrawn is None]
    graph, names = graph_of(knowledge), index_of(knowledge)
    if compound is not None:
        own = graph.reach(names.compound(compound).compound.id)
        found = [claim for claim in found if {claim.subject, claim.signal_for, claim.context.taking} & own.keys()]
    if condition is not None:
        asked = names.condition(condition).id
        states = graph.reach(asked).keys() | graph.narrower(asked)
        found = [claim for claim in found if states & set(claim.context.having)]
    if kind is not None:
        found = [claim for claim in found if claim.kind is Kind.of(kind)]
    if at_least is not None:
        floor = Concern.of(at_least)
        found = [claim for claim in found if claim.concern is not None and claim.concern >= floor]
    return tuple(found)


def interactions(
    compound: str,
    others: Sequence[str],
    *,
    among: bool = False,
    knowledge: KnowledgeBase | None = None,
) -> tuple[Finding, ...]:
    """Return what is known of taking ``compound`` together with each of ``others``, in anybody.

    ``among``: each pair of the others as well. Symmetric: which name comes first, their order and repetition do not
    matter. Each finding is told from the side of the alphabetically first of the two (``finding.compound``); the other
    is its partner. An empty tuple says that nothing is recorded, and nothing about safety. What a policy silences is
    there, and its marks say so: nothing else here could.

    Raises UnknownName with suggestions, AmbiguousName, and InvalidQuestion.
    """
    knowledge = knowledge or knowledge_base()
    names = index_of(knowledge)
    asked = {found.compound.id: found for found in map(names.compound, (compound, *others))}
    first = names.compound(compound).compound.id
    pairs = [pair for pair in combinations(sorted(asked), 2) if among or first in pair]
    found = [finding for one, two in pairs for finding in _pair(knowledge, asked[one], asked[two])]
    order = {id: place for place, id in enumerate(sorted(asked))}
    ranked = sorted(found, key=lambda f: (rank(knowledge, f), order[f.compound], f.partners[0].treatment))
    return tuple(ranked)


def _pair(knowledge: KnowledgeBase, one: Asked, two: Asked) -> Iterator[Finding]:
    patient = Patient(medications=(two.compound.name,), medications_complete=True)
    situation = Situation(
        knowledge=knowledge,
        compound=one.compound,
        condition=ANYBODY,
        exposure=one.exposure,
        patient=person_of(knowledge, patient, one.compound.id),
    )
    for match in matches(situation, silenced=True):
        if match.other is not None:
            yield finding_of(situation, match)
