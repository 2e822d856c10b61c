"""What the names in a table of patients mean here: each name is read once, by the rules for one patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import Asked, index_of
from safetykb.model.patient import Patient
from safetykb.reasoning.graph import graph_of
from safetykb.reasoning.person import Person, is_kin, person_of, substance_named

NAMES: Final = ("medications", "conditions", "past", "has_not", "allergies", "genotypes")
"""The columns that hold lists of names."""

NOBODY: Final = "(no compound)"
"""An id that no compound has."""

NOT_KNOWN: Final = "nothing here has this name"
SEVERAL: Final = "more than one record has this name"
NO_NAME: Final = "this is no name"


@attrs.frozen
class NamedState:
    """That a name in a column says that a state holds (``has``) or does not; ``direct``: it names the very state."""

    field: str
    name: str
    state: str
    has: bool
    direct: bool


@attrs.frozen
class Allergic:
    """That an allergy by this name means a state in somebody who takes ``compound``."""

    name: str
    compound: str
    state: str
    direct: bool


@attrs.frozen
class NotKnown:
    """A name of a column that nothing here knows, why, and what may have been meant (never taken by itself)."""

    field: str
    name: str
    reason: str
    suggestions: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Vocabulary:
    """What names mean: medicines, conditions, states, allergies by compound, and the names that nothing knows."""

    medicines: Mapping[str, Asked]
    conditions: Mapping[str, str]
    states: tuple[NamedState, ...]
    allergic: tuple[Allergic, ...]
    unknown: tuple[NotKnown, ...]


def vocabulary_of(knowledge: KnowledgeBase, names: Iterable[tuple[str, str]]) -> Vocabulary:
    """Return what ``names`` (column and name, in any order) mean in ``knowledge``."""
    reader = _Reader(knowledge)
    for field, name in sorted(set(names)):
        reader.read(field, name)
    return reader.vocabulary()


class _Reader:
    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge, self.index = knowledge, index_of(knowledge)
        self.medicines: dict[str, Asked] = {}
        self.conditions: dict[str, str] = {}
        self.states: list[NamedState] = []
        self.allergies: list[str] = []
        self.unknown: list[NotKnown] = []

    def read(self, field: str, name: str) -> None:
        reason = ""
        suggestions: tuple[str, ...] = ()
        try:
            if field == "medications":
                self.medicines[name] = self.index.compound(name)
                return
            if field == "conditions":
                self.conditions[name] = self.index.condition(name).id
        except AmbiguousName:
            reason = SEVERAL
        except UnknownName as unknown:
            reason, suggestions = NOT_KNOWN, unknown.suggestions
        except InvalidQuestion:
            reason = NO_NAME
        if field == "medications" or not self.is_state(field, name):
            self.unknown.append(NotKnown(field, name, reason or NOT_KNOWN, suggestions))

    def is_state(self, field: str, name: str) -> bool:
        """Keep the states that a name means; tell whether it means anything here."""
        person = self.person(field, name)
        self.states += [NamedState(field, name, *told) for told in _states(person)]
        known = all(fact.known for fact in person.facts)
        if field == "allergies" and known:
            self.allergies.append(name)
        return known

    def person(self, field: str, name: str, compound: str = NOBODY) -> Person:
        facts: dict[str, tuple[str, ...]] = {field: (name,)}
        return person_of(self.knowledge, Patient(**facts), compound)  # type: ignore[arg-type]  # a column of names

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(
            medicines=self.medicines,
            conditions=self.conditions,
            states=tuple(self.states),
            allergic=tuple(self.allergic()),
            unknown=tuple(self.unknown),
        )

    def allergic(self) -> Iterator[Allergic]:
        """Yield what an allergy means for the compounds that are kin to it, and for no other."""
        compounds = sorted({asked.compound.id for asked in self.medicines.values()})
        graph = graph_of(self.knowledge)
        for name in self.allergies:
            entity = substance_named(self.knowledge, name)
            kin = [compound for compound in compounds if entity is not None and is_kin(graph, compound, entity)]
            for state, _, direct in _states(self.person("allergies", name, kin[0])) if kin else ():
                yield from (Allergic(name, compound, state, direct) for compound in kin)


def _states(person: Person) -> Iterator[tuple[str, bool, bool]]:
    for state, facts in person.has.items():
        yield state, True, any(state in fact.states for fact in facts)
    for state in person.has_not:
        yield state, False, False
