"""The records of each kind as a table, its columns made from the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from safetykb.knowledge.base import Collection
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import NOT_EXPORTED, Source
from safetykb.model.studies import SearchRecord, Study
from safetykb.tabular import Table, columns_of, row_of

SHAPES: Final[Mapping[str, tuple[type, tuple[str, ...]]]] = {
    "term": (Term, ()),
    "compound": (Compound, ()),
    "condition": (Condition, ()),
    "assertion": (Assertion, ("id",)),
    "consideration": (SafetyConsideration, ()),
    "study": (Study, ("has_result",)),
    "search record": (SearchRecord, ()),
    "source": (Source, ("date", "is_copy")),
}
"""For each kind of collection its class, and which of its properties are columns as well."""


def table_of(records: Collection[Any]) -> Table:
    """Return ``records`` as a table, a row each, in the order of the identifiers; without records it has its columns.

    Raises TypeError when they are no records of the knowledge.
    """
    if records.kind not in SHAPES:
        raise TypeError(f"no table is made of a collection of the kind {records.kind!r}")
    cls, more = SHAPES[records.kind]
    columns = columns_of(cls, more=more, hidden=NOT_EXPORTED)
    return Table(
        name=records.kind,
        columns=columns,
        length=len(records),
        rows=lambda: (row_of(columns, record) for record in records.values()),
    )
