"""The strict converter between JSON values and the classes of the model: it coerces nothing and drops nothing."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Final, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from safetykb.knowledge.making import RENAMED, json_key
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import Choice, Scale

_MOST_KEYS_TOLD: Final = 5
_LONGEST_KEY: Final = 40


class Mismatch(ValueError):
    """A value is not what the field holds; the message says what it is and what it should be."""


def _named(value: Any) -> str:
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return words.get(type(value), "a number")


def _expect(kind: str, allowed: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) not in allowed:
            raise Mismatch(f"{_named(value)} stands where {kind} belongs")
        return value

    return hook


def _citation(value: Any, _: Any) -> Citation:
    if type(value) is not str:
        raise Mismatch(f"{_named(value)} stands where a citation 'key#place' belongs")
    try:
        return Citation.parse(value)
    except ValueError as error:
        raise Mismatch(str(error)) from None


def _word(value: Any, cls: Any) -> Any:
    try:
        return cls.of(value if type(value) is str else _named(value))
    except ValueError as error:
        raise Mismatch(str(error)) from None


def _is_word(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, (Choice, Scale))


def _is_optional(cls: Any) -> bool:
    return get_origin(cls) in (types.UnionType, typing.Union) and type(None) in get_args(cls)


def _is_value(cls: Any) -> bool:
    return get_origin(cls) in (types.UnionType, typing.Union) and set(get_args(cls)) == {float, bool, str}


def _is_many(cls: Any) -> bool:
    return get_origin(cls) is tuple


def _optional_factory(cls: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    (inner,) = (part for part in get_args(cls) if part is not type(None))

    def hook(value: Any, _: Any) -> Any:
        if value is None:
            raise Mismatch("null is never written; leave the key out")
        return converter.structure(value, inner)

    return hook


def _many_factory(cls: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    inner = get_args(cls)[0]

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list:
            raise Mismatch(f"{_named(value)} stands where a list belongs")
        return tuple(converter.structure(list(value), list[inner]))  # type: ignore[valid-type]

    return hook


def _record_factory(cls: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    structure = make_dict_structure_fn(
        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **_overrides(cls)
    )

    def hook(value: Any, kind: Any) -> Any:
        if type(value) is not dict:
            raise Mismatch(f"{_named(value)} stands where an object belongs")
        return structure(value, kind)

    return hook


def _overrides(cls: Any) -> dict[str, Any]:
    names = {field.name for field in attrs.fields(cls)}
    found = {name: override(rename=key) for name, key in RENAMED.items() if name in names and cls is Source}
    if cls is Source:
        found["issued"] = override(struct_hook=_read_issued, unstruct_hook=_write_issued)
    return found


def _read_issued(value: Any, _: Any) -> tuple[int, ...]:
    match value:
        case {"date-parts": [[_] | [_, _] | [_, _, _] as parts]} if len(value) == 1:
            if all(type(part) is int for part in parts):
                return tuple(parts)
    raise Mismatch("a date is written as {'date-parts': [[year, month, day]]}, month and day optional")


def _write_issued(value: tuple[int, ...]) -> dict[str, Any]:
    return {"date-parts": [list(value)]}


def make_converter() -> cattrs.Converter:
    """Return a new strict converter.

    Its ``structure`` raises errors that ``cattrs.transform_error`` can flatten; it never turns a value of one type
    into another. Its ``unstructure`` writes keys in field order and leaves out what is empty.
    """
    converter = cattrs.Converter(detailed_validation=True, forbid_extra_keys=True)
    converter.register_structure_hook(str, _expect("a text", (str,)))
    converter.register_structure_hook(int, _expect("a whole number", (int,)))
    converter.register_structure_hook(float, _expect("a number", (int, float)))
    converter.register_structure_hook(bool, _expect("true or false", (bool,)))
    converter.register_structure_hook_func(_is_word, _word)
    converter.register_structure_hook_factory(attrs.has, _record_factory)
    converter.register_unstructure_hook_factory(attrs.has, _unstructure_factory)
    converter.register_structure_hook(Citation, _citation)
    converter.register_unstructure_hook(Citation, str)
    converter.register_structure_hook_factory(_is_many, _many_factory)
    converter.register_structure_hook_factory(_is_optional, _optional_factory)
    converter.register_structure_hook_func(_is_value, _expect("a number, a text, or true or false", _SCALARS))
    converter.register_unstructure_hook_func(_is_many, lambda values: [converter.unstructure(v) for v in values])
    return converter


_SCALARS = (int, float, str, bool)


def _unstructure_factory(cls: Any, converter: cattrs.Converter) -> Callable[[Any], dict[str, Any]]:
    unstructure = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True, **_overrides(cls))
    order = [json_key(cls, field.name) for field in attrs.fields(cls)]

    def hook(value: Any) -> dict[str, Any]:
        found = unstructure(value)
        return {key: found[key] for key in order if key in found}

    return hook


def mismatches(error: BaseException, path: str = "$") -> Iterator[tuple[str, str]]:
    """Flatten what ``structure`` raised into pairs of JSON path and message."""
    if isinstance(error, cattrs.ClassValidationError):
        for inner, note in error.group_exceptions()[0]:
            yield from mismatches(inner, f"{path}.{RENAMED.get(note.name, note.name)}")
        for inner in error.group_exceptions()[1]:
            yield from mismatches(inner, path)
    elif isinstance(error, cattrs.IterableValidationError):
        for inner, place in error.group_exceptions()[0]:
            yield from mismatches(inner, f"{path}[{place.index}]")
    elif isinstance(error, cattrs.ForbiddenExtraKeysError):
        yield path, _unknown_keys(error)
    elif isinstance(error, KeyError):
        yield path, f"the key {error.args[0]!r} is missing"
    else:
        yield path, str(error)


def _unknown_keys(error: cattrs.ForbiddenExtraKeysError) -> str:
    import difflib

    known = [json_key(error.cl, field.name) for field in attrs.fields(error.cl)]
    told = []
    for key in sorted(error.extra_fields)[:_MOST_KEYS_TOLD]:
        close = difflib.get_close_matches(key[:_LONGEST_KEY], known, 1)
        told.append(f"the key {key!r} is not known here" + (f" (did you mean {close[0]!r}?)" if close else ""))
    return ", ".join(told)
