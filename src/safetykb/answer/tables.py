"""Parts of a review as tables; their columns are those of the JSON form, which its schema describes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import importlib_resources

from safetykb.answer.contract import review_dict
from safetykb.knowledge.base import Collection
from safetykb.tabular import Column, Table, columns_of_schema

if TYPE_CHECKING:
    from safetykb.answer.assembly import SafetyReview

PARTS: Final = ("findings", "treatments", "monitoring", "gaps", "questions")
"""The parts of the JSON form that are tables."""


def review_tables(review: SafetyReview) -> Collection[Table]:
    """Return the parts of ``review`` as tables, by name."""
    told = functools.cache(lambda: review_dict(review))
    tables = {
        part: _table(part, columns, len(getattr(review, part)), told) for part, columns in review_columns().items()
    }
    return Collection.of("table", tables)


def _table(part: str, columns: tuple[Column, ...], length: int, told: Callable[[], dict[str, Any]]) -> Table:
    return Table(name=part, columns=columns, length=length, rows=lambda: told()[part])


def review_columns() -> dict[str, tuple[Column, ...]]:
    """Return the columns of each part."""
    schema = json.loads((importlib_resources.files("safetykb") / "data/schema/review.schema.json").read_bytes())
    parts = schema["properties"]
    return {part: columns_of_schema(parts[part]["items"], schema["$defs"]) for part in PARTS}
