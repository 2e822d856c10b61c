"""The knowledge base: every record of a tree, immutable, by identifier."""

from __future__ import annotations

import datetime
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import attrs

from safetykb.errors import InvalidQuestion, NoSuchRecord
from safetykb.ids import is_day
from safetykb.knowledge.layout import Edition
from safetykb.model.choices import PolicyAction
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Source
from safetykb.model.policy import AppliedPolicy
from safetykb.model.studies import SearchRecord, Study
from safetykb.rendering.showing import Shown

if TYPE_CHECKING:
    from safetykb.rendering.outline import Document
    from safetykb.tabular import Table as ArrowTable

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S", Assertion, SafetyConsideration, SearchRecord, Study)

Entity = Term | Compound | Condition


@attrs.frozen(eq=False, repr=False)
class Collection(Mapping[str, T_co], Generic[T_co]):
    """Records of one kind by identifier, in the order of their identifiers; a missing one raises NoSuchRecord.

    A record may be made when it is first asked for: then each is made once, and every thread has the same.
    """

    kind: str
    _ids: Mapping[str, object]
    _records: dict[str, T_co]
    _make: Callable[[str], T_co] | None = None

    @classmethod
    def of(cls, kind: str, records: Mapping[str, T_co]) -> Collection[T_co]:
        """Return ``records`` as a collection, sorted."""
        ordered = dict(sorted(records.items()))
        return cls(kind, ordered, ordered)

    @classmethod
    def made_when_asked(cls, kind: str, ids: Iterable[str], make: Callable[[str], T_co]) -> Collection[T_co]:
        """Return the records ``ids`` as a collection, sorted; ``make`` makes the one that is asked for."""
        return cls(kind, dict.fromkeys(sorted(ids)), {}, make)

    def __getitem__(self, key: str) -> T_co:
        """Return the record ``key``; raise NoSuchRecord with suggestions when there is none."""
        try:
            return self._records[key]
        except KeyError:
            if self._make is not None and key in self._ids:
                return self._records.setdefault(key, self._make(key))
        except TypeError:  # what cannot be a key is no identifier
            pass
        raise NoSuchRecord(self.kind, str(key), _close(str(key), self._ids)) from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the identifiers."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._ids)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a record ``key``."""
        return key in self._ids

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the records themselves, every one made."""
        return (type(self).of, (self.kind, dict(self)))

    @overload
    def get(self, key: str, /) -> T_co | None: ...
    @overload
    def get(self, key: str, default: D, /) -> T_co | D: ...
    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the record ``key``, else ``default``; no suggestions are sought, so a miss costs nothing."""
        return self[key] if key in self._ids else default

    def __repr__(self) -> str:
        """Return the kind and the number of records."""
        return f"<{len(self)} records: {self.kind}>"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._ids)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the records as a table, by the Arrow PyCapsule protocol.

        Raises ImportError without the extra ``arrow``, and TypeError when this holds no records of the knowledge.
        """
        from safetykb.knowledge.tables import table_of

        return table_of(self).__arrow_c_stream__(requested_schema)


class MadeWhenAsked(dict[str, T]):
    """A value for each identifier, made when it is first asked for; that two threads make the same one does no harm."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, id: str) -> T:
        """Return the value of ``id``, made now."""
        found = self[id] = self._make(id)
        return found


@attrs.frozen(kw_only=True)
class Notice:
    """That a record was withdrawn: since when, and why."""

    id: str
    date: str
    reason: str


@attrs.frozen(eq=False, repr=False, kw_only=True)
class KnowledgeBase(Shown):
    """Every record of one tree. Immutable; equal only to itself.

    ``digest`` is the sha256 over the tree's sorted paths and bytes, ``files``. ``policies``: what an overlay changes.
    """

    edition: Edition
    digest: str
    terms: Collection[Term]
    compounds: Collection[Compound]
    conditions: Collection[Condition]
    assertions: Collection[Assertion]
    considerations: Collection[SafetyConsideration]
    studies: Collection[Study]
    searches: Collection[SearchRecord]
    sources: Collection[Source]
    files: Mapping[str, bytes]
    policies: tuple[AppliedPolicy, ...] = ()
    _derived: dict[str, Any] = attrs.field(factory=dict, init=False)
    _lock: Any = attrs.field(factory=threading.RLock, init=False)

    @property
    def version(self) -> str:
        """The version of the knowledge."""
        return self.edition.version

    @classmethod
    def load(cls, directory: str | os.PathLike[str]) -> KnowledgeBase:
        """Return the knowledge in ``directory``, read and checked whole.

        Raises DataError with every problem found, and NotADirectoryError.
        """
        from safetykb.knowledge.loading import load

        return load(directory)

    def with_overlay(self, directory: str | os.PathLike[str], *, today: datetime.date | str) -> KnowledgeBase:
        """Return this knowledge with the records and policies of ``directory`` laid over it.

        An overlay adds records and may raise, lower or silence claims by its ``policy.json``; it is checked against the
        base. ``today`` (a date, or YYYY-MM-DD) decides which policies have expired. Raises DataError with every problem
        found, InvalidQuestion for a day that is none, and NotADirectoryError.
        """
        from safetykb.knowledge.overlay import with_overlay

        return with_overlay(self, directory, today=str(today))

    def notices(self, since: str = "") -> tuple[Notice, ...]:
        """Return every record withdrawn on or after ``since`` (ISO date, month or year; a version is its month).

        Without ``since`` it is every one. Raises InvalidQuestion for what is none of these.
        """
        first = since.replace(".", "-")
        if since and not is_day(first + "-01-01"[max(0, len(first) - 4) :]):
            raise InvalidQuestion("since is no day, month or year", "give it as YYYY-MM-DD, YYYY-MM or YYYY")
        # A withdrawal of which only the month is known counts with the end of it: none is left out.
        return tuple(notice for notice in self.derived("notices", self._withdrawn) if f"{notice.date}~" >= first)

    def _withdrawn(self) -> tuple[Notice, ...]:
        kinds = (self.considerations, self.assertions, self.studies, self.searches)
        found = [
            Notice(id=record.id, date=record.withdrawn.date, reason=record.withdrawn.reason)
            for records in kinds
            for record in records.values()
            if record.withdrawn is not None
        ]
        return tuple(sorted(found, key=lambda notice: (notice.date, notice.id)))

    @property
    def silenced(self) -> frozenset[str]:
        """The considerations that a policy in force silences."""
        return self.derived("silenced", self._silenced)

    def _silenced(self) -> frozenset[str]:
        applied = (a for a in self.policies if a.works and a.policy.action is PolicyAction.SILENCE)
        return frozenset(a.policy.consideration for a in applied)

    def entity(self, id: str) -> Entity:
        """Return the compound, condition or term ``id``; raise NoSuchRecord when there is none."""
        for collection in (self.compounds, self.conditions, self.terms):
            if id in collection:
                return collection[id]
        everything = (*self.compounds, *self.conditions, *self.terms)
        raise NoSuchRecord("entity", id, _close(id, everything))

    def has_entity(self, id: str) -> bool:
        """Tell whether ``id`` is a compound, a condition or a term."""
        return id in self.compounds or id in self.conditions or id in self.terms

    def is_state(self, id: str) -> bool:
        """Tell whether ``id`` belongs to the family of what a person has."""
        return id in self.conditions or (id in self.terms and self.terms[id].kind.family.value == "person")

    def assertions_of(self, entity: str) -> tuple[Assertion, ...]:
        """Return what is asserted of ``entity`` and stands, in the order of the identifiers."""
        return self._standing(self.assertions, entity)

    def claims_of(self, subject: str) -> tuple[SafetyConsideration, ...]:
        """Return the considerations whose subject is ``subject`` and that stand, in the order of the identifiers."""
        return self._standing(self.considerations, subject)

    def searches_of(self, subject: str) -> tuple[SearchRecord, ...]:
        """Return the search records about ``subject`` that stand, in the order of the identifiers."""
        return self._standing(self.searches, subject)

    def studies_of(self, compound: str) -> tuple[Study, ...]:
        """Return the studies of ``compound`` that stand, in the order of the identifiers."""
        return self._standing(self.studies, compound)

    def _standing(self, records: Collection[S], owner: str) -> tuple[S, ...]:
        """Return the records of ``owner``, whose id each of theirs begins with, that were not withdrawn."""
        known: dict[str, tuple[S, ...]] = self.derived(f"{records.kind}: standing", dict)
        if owner not in known:
            ids = self.derived(f"{records.kind}: by owner", lambda: _by_owner(records)).get(owner, ())
            known[owner] = tuple(record for record in map(records.__getitem__, ids) if record.withdrawn is None)
        return known[owner]

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """Return what ``make`` returns, made once for this knowledge base and kept under ``name``."""
        if name not in self._derived:
            with self._lock:
                if name not in self._derived:
                    self._derived[name] = make()
        found: T = self._derived[name]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the records alone; what is derived from them is made anew."""
        kept = {a.name: getattr(self, a.name) for a in attrs.fields(type(self)) if a.init}
        return (partial(type(self), **kept), ())

    def tables(self) -> Collection[ArrowTable]:
        """Return each kind of record as a table: compounds, conditions, terms, assertions and so on, by name.

        A table speaks the Arrow PyCapsule protocol, which pandas, polars, pyarrow and DuckDB read. Reading one raises
        ImportError without the extra ``arrow``.
        """
        from safetykb.knowledge.tables import table_of

        return self.derived(
            "tables",
            lambda: Collection.of("table", {name: table_of(getattr(self, name)) for name in self._counts()}),
        )

    def outline(self) -> Document:
        """Return the version, the digest and the number of records of each kind, as an outline."""
        from safetykb.rendering.outline import Document, Table, paragraph, spans

        rows = tuple((spans(kind), spans(str(number))) for kind, number in self._counts().items())
        return Document(
            title=f"Knowledge {self.version}",
            summary=(paragraph(f"sha256 {self.digest}"),),
            blocks=(Table(caption="Records", columns=("kind", "records"), rows=rows),),
        )

    def _counts(self) -> dict[str, int]:
        kinds = ("compounds", "conditions", "terms", "assertions", "considerations", "studies", "searches", "sources")
        return {kind: len(getattr(self, kind)) for kind in kinds}

    def __repr__(self) -> str:
        """Return the version and the number of records of each kind."""
        counts = ", ".join(f"{number} {kind}" for kind, number in self._counts().items())
        return f"<KnowledgeBase {self.version}: {counts}>"


def _close(id: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the few of ``known`` that are written most like ``id``."""
    import difflib

    return tuple(difflib.get_close_matches(id, known, 3))


def _by_owner(ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for id in ids:
        found[id.partition("/")[0]].append(id)
    return dict(found)
