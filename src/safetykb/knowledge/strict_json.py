"""JSON read so that nothing is lost and nothing is guessed, and written in one canonical way."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_BYTES = 8 * 1024 * 1024
"""The largest record file, in bytes."""

WIDTH = 120
"""A list or object stands on one line when that line, indentation included, is at most this many columns."""

MAX_VALUES = 10_000
"""The most values in a record file, counted by the commas and brackets in its bytes."""

MAX_TEXT = 20_000
"""The longest text in a record file, in characters."""

_MAX_DEPTH = 40
_MAX_DIGITS = 15


class BadJSON(ValueError):
    """The bytes are not the JSON that a record may be; the message says why."""


def decode(data: bytes, *, values: int = MAX_VALUES, text: int = MAX_TEXT) -> Any:
    """Return the value in ``data``.

    Raises BadJSON for anything but UTF-8 without a byte order mark, and for duplicate keys, NaN, infinite numbers,
    lone surrogates, deep nesting, files over MAX_BYTES or of more than ``values`` values, and texts over ``text``.
    """
    if len(data) > MAX_BYTES:
        raise BadJSON(f"the file is larger than {MAX_BYTES} bytes")
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > values:
        raise BadJSON(f"the file holds more than {values} values")
    try:
        written = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJSON(f"not UTF-8 at byte {error.start}") from None
    if written.startswith("\ufeff"):
        raise BadJSON("starts with a byte order mark")
    try:
        value = json.loads(
            written, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except BadJSON:
        raise
    except json.JSONDecodeError as error:
        raise BadJSON(f"not JSON at line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise BadJSON("nested too deeply") from None
    _inspect(value, 0, text)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadJSON(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise BadJSON(f"{text} is no number")


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > _MAX_DIGITS:
        raise BadJSON(f"the number {text[:20]} is too large")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadJSON(f"the number {text[:20]} is too large")
    return value


def _inspect(value: Any, depth: int, longest: int) -> None:
    if depth > _MAX_DEPTH:
        raise BadJSON("nested too deeply")
    if isinstance(value, str):
        _plain(value, longest)
    elif isinstance(value, list):
        for item in value:
            _inspect(item, depth + 1, longest)
    elif isinstance(value, dict):
        for key, item in value.items():
            _plain(key, longest)
            _inspect(item, depth + 1, longest)


def _plain(text: str, longest: int) -> None:
    if len(text) > longest:
        raise BadJSON(f"holds a text of more than {longest} characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadJSON("holds half of a surrogate pair") from None


def encode(value: Any) -> bytes:
    """Return the canonical bytes of ``value``: UTF-8, keys as given, short lists and objects on one line."""
    return (_pretty(value, 0, 0) + "\n").encode()


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _pretty(value: Any, indent: int, before: int) -> str:
    """Write ``value``, which starts in column ``before`` and leaves room for one comma."""
    flat = _flat(value)
    if not isinstance(value, (list, dict)) or not value or before + len(flat) + 1 <= WIDTH:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, list):
        lines = [inner + _pretty(item, indent + 2, indent + 2) for item in value]
    else:
        lines = [inner + _pair(key, item, indent + 2) for key, item in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return "\n".join([opening, ",\n".join(lines), " " * indent + closing])


def _pair(key: str, value: Any, indent: int) -> str:
    head = f"{_flat(key)}: "
    return head + _pretty(value, indent, indent + len(head))
