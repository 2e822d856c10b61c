"""The canonical bytes of a record: one form, so that a difference between two files is a difference of facts."""

from __future__ import annotations

import functools
from typing import Any

import cattrs

from safetykb.knowledge.conversion import make_converter
from safetykb.knowledge.layout import Edition, without_path_fields
from safetykb.knowledge.strict_json import encode


@functools.cache
def _converter() -> cattrs.Converter:
    return make_converter()


def canonical(record: Any) -> bytes:
    """Return the bytes that the file of ``record`` has."""
    value = _converter().unstructure(record)
    cls = type(record)
    return encode(value if cls is Edition else without_path_fields(cls, value))
