"""What a check is: a named value with a sample that passes and a sample that fails."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import attrs

from safetykb.errors import Problem
from safetykb.ids import MAX_ID
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.layout import ENTITIES, path_fields
from safetykb.knowledge.making import json_key
from safetykb.model.evidence import Citation

T = TypeVar("T")

Sample = Mapping[str, Any]
"""Files by path: a JSON value, a text that is written as it stands, or None for no file. Laid over the base sample."""

_COLLECTIONS = ("terms", "compounds", "conditions", "assertions", "considerations", "studies", "searches", "sources")


@attrs.frozen
class Node(Generic[T]):
    """A value inside a record: the file, the JSON path, the value itself, and the record that owns it."""

    file: str
    path: str
    value: T
    owner: Any

    def fault(self, message: str, below: str = "") -> Fault:
        """Return the fault that ``message`` tells of this value, or of the part at ``below``."""
        return Fault(self.file, self.path + below, message)


@attrs.frozen
class Draft:
    """A tree as far as it could be read.

    ``files``: bytes by path. ``places``: the path of each record by ``Class:id``. ``problems``: what could not be
    read; ``knowledge`` holds the rest.
    """

    knowledge: KnowledgeBase
    files: Mapping[str, bytes]
    places: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    _nodes: dict[type, list[Node[Any]]] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    def file_of(self, record: Any) -> str:
        """Return the path of the file that holds ``record``."""
        return self.places[f"{type(record).__name__}:{record.id}"]

    def nodes(self, cls: type[T]) -> list[Node[T]]:
        """Return every value of exactly the type ``cls``, whole records included, in the order of the records."""
        if not self._nodes:
            found: dict[type, list[Node[Any]]] = defaultdict(list)
            for record in self.records():
                for node in _inside(record.file, "$", record.value, record.value):
                    found[type(node.value)].append(node)
            self._nodes.update(found)
        return self._nodes.get(cls, [])

    def nodes_of(self, *classes: type[Any]) -> list[Node[Any]]:
        """Return every value of exactly one of ``classes``, class by class."""
        return [node for cls in classes for node in self.nodes(cls)]

    def records(self) -> Iterator[Node[Any]]:
        """Yield every record, in the order of the layout."""
        if "Edition:" in self.places:
            yield Node(self.places["Edition:"], "$", self.knowledge.edition, self.knowledge.edition)
        for name in _COLLECTIONS:
            for record in getattr(self.knowledge, name).values():
                yield Node(self.file_of(record), "$", record, record)

    def lost(self, ending: str) -> bool:
        """Tell whether a file whose path ends with ``ending`` could not be read."""
        return any(problem.file.endswith(ending) for problem in self.problems)

    def is_unread(self, id: str) -> bool:
        """Tell whether ``id`` has a file as an entity that could not be read: nothing can be said of it."""
        if self.knowledge.has_entity(id):
            return False
        return any(f"{folder}/{id}/{name}" in self.files for folder, (name, _) in ENTITIES.items())

    def like(self, id: str) -> str:
        """Return a hint at the entity that ``id`` may have meant, or nothing."""
        base = self.knowledge
        names = [*base.terms, *base.compounds, *base.conditions] if len(id) <= MAX_ID else []
        close = difflib.get_close_matches(id, names, 1)
        return f" (did you mean {close[0]!r}?)" if close else ""


def _inside(file: str, path: str, value: Any, owner: Any) -> Iterator[Node[Any]]:
    yield Node(file, path, value, owner)
    if isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _inside(file, f"{path}[{place}]", item, owner)
    elif attrs.has(type(value)) and type(value) is not Citation:
        given = path_fields(type(value)) if value is owner else ()
        for name, key in _keys(type(value)):
            if name not in given:
                yield from _inside(file, f"{path}.{key}", getattr(value, name), owner)


def _keys(cls: type) -> Iterator[tuple[str, str]]:
    return ((field.name, json_key(cls, field.name)) for field in attrs.fields(cls))


@attrs.frozen
class Fault:
    """One place where a check fails: the file, the JSON path, and what is wrong."""

    file: str
    path: str
    message: str


@attrs.frozen(kw_only=True)
class Check:
    """A rule that every tree must hold.

    ``scope`` names what is looked at (file, record, tree). A ``gate`` check refuses the tree when it is loaded; the
    others speak in ``safetykb check``. ``advice`` fails nothing: it lists what to read again. ``find`` yields the
    faults. ``passing`` and ``failing`` are samples.
    """

    code: str
    name: str
    description: str
    scope: str
    cure: str
    gate: bool = True
    advice: bool = False
    find: Callable[[Draft], Iterable[Fault]] = attrs.field(repr=False)
    passing: Sample = attrs.field(repr=False, factory=dict)
    failing: Sample = attrs.field(repr=False)

    def problems(self, draft: Draft) -> list[Problem]:
        """Return what this check finds in ``draft``."""
        return [Problem(self.code, fault.file, fault.path, fault.message, self.cure) for fault in self.find(draft)]


def shown(text: str) -> str:
    """Return ``text`` quoted and no longer than a message can bear."""
    return repr(text if len(text) <= MAX_ID else text[: MAX_ID - 3] + "...")
