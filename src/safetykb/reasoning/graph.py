"""What reaches what: terms closed over assertions and ``broader``, each with its best path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import TermKind, Weight
from safetykb.model.entities import Assertion
from safetykb.model.scales import EvidenceLevel
from safetykb.reasoning import grading

HAS: Final = "has"
BROADER: Final = "broader"


@attrs.frozen
class Link:
    """One step of a path. ``how`` is ``has`` (then ``assertion`` is its id and ``level`` its level) or ``broader``."""

    start: str
    how: str
    end: str
    assertion: str | None = None
    level: EvidenceLevel | None = None


@attrs.frozen
class Path:
    """Steps from an entity to a term; empty when they are the same."""

    links: tuple[Link, ...] = ()

    @property
    def level(self) -> EvidenceLevel | None:
        """The lowest level on the path; None when no step has one."""
        return min((link.level for link in self.links if link.level is not None), default=None)

    @property
    def is_broader_only(self) -> bool:
        """Whether every step is ``broader``: the end is the start under a wider name."""
        return all(link.how == BROADER for link in self.links)

    @property
    def ends(self) -> tuple[str, ...]:
        """The identifiers that the path comes through, in order, its start apart."""
        return tuple(link.end for link in self.links)

    @property
    def order(self) -> tuple[int, int, tuple[str, ...]]:
        """The order of paths, best first: highest level, then shortest, then identifiers."""
        level = len(EvidenceLevel.members()) if self.level is None else self.level.rank
        return (-level, len(self.links), self.ends)


@attrs.frozen(eq=False)
class Graph:
    """The links of a knowledge base; made once for it."""

    knowledge: KnowledgeBase
    _broader: Mapping[str, Sequence[str]]
    _narrower: Mapping[str, frozenset[str]]
    _links: dict[str, tuple[Link, ...]] = attrs.field(factory=dict)
    _reach: dict[tuple[str, str | None], Mapping[str, Path]] = attrs.field(factory=dict)

    def reach(self, entity: str, form: str | None = None) -> Mapping[str, Path]:
        """Return everything that ``entity`` is or has, itself included, each with its best path.

        Through an effect only main assertions count. ``form``: leave out what is asserted of other forms only.
        """
        key = (entity, form)
        if key not in self._reach:
            self._reach[key] = MappingProxyType(self._search(entity, form))
        return self._reach[key]

    def _search(self, entity: str, form: str | None) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for floor in (None, *EvidenceLevel.members()):
            for end, path in self._shortest(entity, form, floor).items():
                found.setdefault(end, path)
        return found

    def _shortest(self, entity: str, form: str | None, floor: EvidenceLevel | None) -> dict[str, Path]:
        """Return the shortest path to each end over links whose level is at least ``floor`` (None: no level)."""
        found = {entity: Path()}
        edge = [entity]
        while edge:
            grown: dict[str, Path] = {}
            for start in edge:
                for link in self._usable(start, form if start == entity else None, floor):
                    path = Path((*found[start].links, link))
                    if link.end not in found and (link.end not in grown or path.ends < grown[link.end].ends):
                        grown[link.end] = path
            found |= grown
            edge = list(grown)
        return found

    def _usable(self, start: str, form: str | None, floor: EvidenceLevel | None) -> Iterable[Link]:
        for link in self._links_of(start):
            if link.level is not None and (floor is None or link.level < floor):
                continue
            if form is not None and link.assertion is not None and not self._holds_for(link.assertion, form):
                continue
            yield link

    def _links_of(self, start: str) -> tuple[Link, ...]:
        if start not in self._links:
            links = [Link(start, BROADER, end) for end in self._broader.get(start, ())]
            for assertion in self.knowledge.assertions_of(start):
                if _matches(self.knowledge, assertion):
                    level = EvidenceLevel.of(assertion_levels(self.knowledge)[assertion.id])
                    links.append(Link(start, HAS, assertion.term, assertion.id, level))
            self._links[start] = tuple(sorted(links, key=lambda link: (link.end, link.how)))
        return self._links[start]

    def _holds_for(self, assertion: str, form: str) -> bool:
        statements = self.knowledge.assertions[assertion].statements
        return any(statement.form in (None, form) for statement in statements)

    def diagnoses(self, condition: str) -> frozenset[str]:
        """Return ``condition`` and everything broader: what somebody who has it has by name."""
        return frozenset(end for end, path in self.reach(condition).items() if path.is_broader_only)

    def narrower(self, entity: str) -> frozenset[str]:
        """Return everything that lies under ``entity`` by ``broader``, without itself."""
        return self._narrower.get(entity, frozenset())

    def relatives(self, compound: str) -> tuple[tuple[str, str], ...]:
        """Return the relatives of ``compound`` with how each is related to it, in the order of their ids."""
        return tuple((other, how) for other, how in relations(self.knowledge).get(compound, ()))


def graph_of(knowledge: KnowledgeBase) -> Graph:
    """Return the graph of ``knowledge``, made once."""
    return knowledge.derived("graph", lambda: Graph(knowledge, broader_of(knowledge), _under(broader_of(knowledge))))


def broader_of(knowledge: KnowledgeBase) -> Mapping[str, Sequence[str]]:
    """Return what each term and condition of ``knowledge`` lies under; worked out once."""
    return knowledge.derived("broader", lambda: _broader(knowledge))


def _broader(knowledge: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    found = {term.id: term.broader for term in knowledge.terms.values() if term.broader}
    return found | {held.id: held.broader for held in knowledge.conditions.values() if held.broader}


def assertion_levels(knowledge: KnowledgeBase) -> Mapping[str, str]:
    """Return the level of evidence of each assertion of ``knowledge`` that stands, by its id; worked out once."""
    return knowledge.derived("assertion levels", lambda: _levels(knowledge))


def _levels(knowledge: KnowledgeBase) -> dict[str, str]:
    standing = (assertion for assertion in knowledge.assertions.values() if assertion.withdrawn is None)
    return {assertion.id: str(grading.of_assertion(knowledge, assertion).level) for assertion in standing}


def relations(knowledge: KnowledgeBase) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the relatives of each compound of ``knowledge`` that has any, with how, by their ids; worked out once."""
    return knowledge.derived("relations", lambda: _relations(knowledge))


def _relations(knowledge: KnowledgeBase) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for compound in knowledge.compounds.values():
        found[compound.id] |= {relation.compound: str(relation.how) for relation in compound.related}
    for compound in knowledge.compounds.values():
        for relation in compound.related:
            found[relation.compound].setdefault(compound.id, str(relation.how))
    return {compound: sorted(others.items()) for compound, others in found.items() if others}


def _matches(knowledge: KnowledgeBase, assertion: Assertion) -> bool:
    term = knowledge.terms.get(assertion.term)
    return term is None or term.kind is not TermKind.EFFECT or assertion.weight is Weight.MAIN


def _under(broader: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entity in broader:
        waiting = list(broader[entity])
        while waiting:
            wider = waiting.pop()
            if entity not in found[wider]:
                found[wider].add(entity)
                waiting += broader.get(wider, ())
    return {wider: frozenset(entities) for wider, entities in found.items()}
