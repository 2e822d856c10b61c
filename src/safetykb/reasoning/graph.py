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

_NO_LEVEL: Final = 1 + max(level.rank for level in EvidenceLevel.members())

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


@attrs.frozen
class Filling:
    """How a treatment fills a side of a claim: by which path.

    ``narrower``: what the claim asks for lies under the treatment, a class. ``unbanded``: the claim asks for a band
    (a strong inhibitor ...) that the treatment is known without.
    """

    path: Path
    narrower: bool = False
    unbanded: bool = False


class _Fillings(dict[str, "Filling | None"]):
    """How each treatment fills ``asked``, one side of a claim, worked out when it is first asked for."""

    def __init__(self, graph: Graph, asked: str) -> None:
        super().__init__()
        self._graph, self._asked = graph, asked
        self._under, self._roles = graph.reach(asked), roles_of(graph.knowledge, asked)

    def __missing__(self, treatment: str) -> Filling | None:
        found = self[treatment] = self._filling(treatment)
        return found

    def _filling(self, treatment: str) -> Filling | None:
        reach = self._graph.reach(treatment)
        if self._asked in reach:
            return Filling(reach[self._asked])
        if treatment in self._under:
            return Filling(Path(), narrower=True)
        path = self._graph.without_band(reach, self._roles)
        return None if path is None else Filling(path, unbanded=True)


@attrs.frozen(eq=False)
class Graph:
    """The links of a knowledge base; made once for it."""

    knowledge: KnowledgeBase
    _broader: Mapping[str, Sequence[str]]
    _narrower: Mapping[str, frozenset[str]]
    _links: dict[str, tuple[Link, ...]] = attrs.field(factory=dict)
    _forms: dict[str, Sequence[str]] = attrs.field(factory=dict)
    _reach: dict[tuple[str, str | None], Mapping[str, Path]] = attrs.field(factory=dict)
    _fillings: dict[str, _Fillings] = attrs.field(factory=dict)

    def reach(self, entity: str, form: str | None = None) -> Mapping[str, Path]:
        """Return everything that ``entity`` is or has, itself included, each with its best path.

        Through an effect only main assertions count. ``form``: leave out what is asserted of other forms only.
        """
        key = (entity, form)
        if key not in self._reach:
            self._reach[key] = MappingProxyType(self._search(entity, form))
        return self._reach[key]

    def _search(self, entity: str, form: str | None) -> dict[str, Path]:
        """Return the best paths: those over the surest links first, then what less sure ones reach as well."""
        found = self._shortest(entity, form, _NO_LEVEL)
        everything = self._shortest(entity, form, 0)
        usable = (link for start in everything for link in self._usable(start, form if start == entity else None, 0))
        ranks = {link.level.rank for link in usable if link.level is not None}
        for floor in sorted(ranks, reverse=True)[:-1]:
            for end, path in self._shortest(entity, form, floor).items():
                found.setdefault(end, path)
        for end, path in everything.items():
            found.setdefault(end, path)
        return found

    def _shortest(self, entity: str, form: str | None, floor: int) -> dict[str, Path]:
        """Return the shortest path to each end over links whose level ranks at least ``floor``, if they have one."""
        found = {entity: Path()}
        edge = [entity]
        while edge:
            grown: dict[str, Path] = {}
            for start in edge:
                for link in self._usable(start, form if start == entity else None, floor):
                    if link.end in found:
                        continue
                    path = Path((*found[start].links, link))
                    if link.end not in grown or path.ends < grown[link.end].ends:
                        grown[link.end] = path
            found |= grown
            edge = list(grown)
        return found

    def _usable(self, start: str, form: str | None, floor: int) -> Iterable[Link]:
        for link in self._links_of(start):
            if link.level is not None and link.level.rank < floor:
                continue
            if form is not None and link.assertion in self._forms and form not in self._forms[link.assertion]:
                continue
            yield link

    def _links_of(self, start: str) -> tuple[Link, ...]:
        if start not in self._links:
            links = [Link(start, BROADER, end) for end in self._broader.get(start, ())]
            for term, level, forms in asserted(self.knowledge).get(start, ()):
                assertion = f"{start}/has/{term}"
                links.append(Link(start, HAS, term, assertion, EvidenceLevel.of(level)))
                if forms is not None:
                    self._forms[assertion] = forms
            self._links[start] = tuple(sorted(links, key=lambda link: (link.end, link.how)))
        return self._links[start]

    def diagnoses(self, condition: str) -> frozenset[str]:
        """Return ``condition`` and everything broader: what somebody who has it has by name."""
        return frozenset(end for end, path in self.reach(condition).items() if path.is_broader_only)

    def narrower(self, entity: str) -> frozenset[str]:
        """Return everything that lies under ``entity`` by ``broader``, without itself."""
        return self._narrower.get(entity, frozenset())

    def fillings(self, asked: str) -> Mapping[str, Filling | None]:
        """Return how any treatment fills ``asked``, the side of a claim: None for one that does not."""
        if asked not in self._fillings:
            self._fillings[asked] = _Fillings(self, asked)
        return self._fillings[asked]

    def without_band(self, reach: Mapping[str, Path], roles: Sequence[str]) -> Path | None:
        """Return the path to one of ``roles``, the broader ones of a band, when it is known and no band of it is."""
        for broader in roles:
            if broader in reach and not any(band in reach for band in self.narrower(broader)):
                return reach[broader]
        return None

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


def asserted(knowledge: KnowledgeBase) -> Mapping[str, Sequence[tuple[str, str, Sequence[str] | None]]]:
    """Return the terms that each entity of ``knowledge`` has, as far as claims match through them; worked out once.

    With each: its level of evidence, and the forms that it is asserted of (None: of any form).
    """
    return knowledge.derived("asserted", lambda: _asserted(knowledge))


def _asserted(knowledge: KnowledgeBase) -> dict[str, list[tuple[str, str, Sequence[str] | None]]]:
    found: dict[str, list[tuple[str, str, Sequence[str] | None]]] = defaultdict(list)
    for assertion in knowledge.assertions.values():
        if assertion.withdrawn is None and _matches(knowledge, assertion):
            level = grading.of_assertion(knowledge, assertion).level
            forms = [statement.form for statement in assertion.statements if statement.form is not None]
            limited = forms if len(forms) == len(assertion.statements) else None
            found[assertion.entity].append((assertion.term, str(level), limited))
    return dict(found)


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


def roles_of(knowledge: KnowledgeBase, banded: str) -> tuple[str, ...]:
    """Return the broader roles of a band of an enzyme or transporter; none of anything else."""
    term = knowledge.terms.get(banded)
    return term.broader if term is not None and term.kind in (TermKind.ENZYME, TermKind.TRANSPORTER) else ()


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
