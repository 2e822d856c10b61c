"""The classes of the model again, as other libraries make records of the same bytes."""

from __future__ import annotations

import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import cattrs
import msgspec
from cattrs.gen import make_dict_structure_fn, override
from cattrs.preconf.json import make_converter

from safetykb.knowledge.making import RENAMED
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import Choice, EvidenceLevel, Scale

Fields = list[tuple[str, Any, Any]]
"""Of each field its name, its type and its default; without one ``attrs.NOTHING``."""

Maker = Callable[[str, Fields, Mapping[str, str]], Any]
Reader = Callable[[bytes], Any]


def structs(name: str, fields: Fields, renamed: Mapping[str, str]) -> Any:
    """Return a struct of msgspec."""
    told = [(field, kind, *(() if default is attrs.NOTHING else (default,))) for field, kind, default in fields]
    return msgspec.defstruct(name, told, frozen=True, kw_only=True, rename=renamed or None)


def models(name: str, fields: Fields, renamed: Mapping[str, str]) -> Any:
    """Return a model of pydantic."""
    import pydantic

    told: dict[str, Any] = {
        field: (kind, pydantic.Field(... if default is attrs.NOTHING else default, alias=renamed.get(field)))
        for field, kind, default in fields
    }
    return pydantic.create_model(name, __config__=pydantic.ConfigDict(frozen=True, extra="forbid"), **told)


def plain(name: str, fields: Fields, renamed: Mapping[str, str]) -> Any:
    """Return a frozen class of attrs, for a converter of cattrs as it comes."""
    told = {field: attrs.field(default=default, type=kind) for field, kind, default in fields}
    made = attrs.make_class(name, told, frozen=True, kw_only=True)
    if renamed:
        _RENAMED[made] = renamed
    return made


_RENAMED: Final[dict[type, Mapping[str, str]]] = {}


class Shapes:
    """Classes that hold what the classes of the model hold, made by ``maker`` from their annotations."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._made: dict[Any, Any] = {}

    def made(self, cls: type, told: frozenset[str] = frozenset()) -> Any:
        """Return the class for ``cls`` without the fields that are ``told`` by the path."""
        key = (cls, told)
        if key not in self._made:
            hints = typing.get_type_hints(cls)
            fields = [
                (field.name, self._of(hints[field.name], field.name), _default(field))
                for field in attrs.fields(cls)
                if field.init and field.name not in told
            ]
            self._made[key] = self._maker(cls.__name__, fields, RENAMED if cls is Source else {})
        return self._made[key]

    def _of(self, kind: Any, name: str = "") -> Any:
        """Return the type that stands for ``kind``: texts for words and citations, the new classes for records."""
        if name == "issued":
            return dict[str, list[list[int]]]
        arguments = typing.get_args(kind)
        if typing.get_origin(kind) is tuple:
            return tuple[self._of(arguments[0]), ...]  # type: ignore[misc]
        if typing.get_origin(kind) in (types.UnionType, typing.Union):
            return typing.Union[tuple(map(self._of, arguments))]  # noqa: UP007  made while it runs
        if kind is Citation or (isinstance(kind, type) and issubclass(kind, (Choice, Scale, EvidenceLevel))):
            return str
        return self.made(kind) if attrs.has(kind) else kind


def _default(field: attrs.Attribute[Any]) -> Any:
    """Return the default of a field; that of a part of a claim is no part at all."""
    return None if attrs.has(type(field.default)) else field.default


class Readers:
    """For each place of a tree what reads the bytes of a record there."""

    def __init__(self, maker: Maker, reader: Callable[[Any], Reader]) -> None:
        self._shapes, self._reader = Shapes(maker), reader
        self._known: dict[Any, Reader] = {}

    def of(self, place: Any) -> Reader:
        """Return what reads a record at ``place``; what the path tells does not stand in the bytes."""
        told = frozenset(place.fields)
        if (place.cls, told) not in self._known:
            self._known[place.cls, told] = self._reader(self._shapes.made(place.cls, told))
        return self._known[place.cls, told]


def by_msgspec() -> Readers:
    """Return readers that decode to structs of msgspec."""
    return Readers(structs, lambda cls: msgspec.json.Decoder(cls).decode)


def by_pydantic() -> Readers:
    """Return readers that validate to models of pydantic."""
    return Readers(models, lambda cls: cls.model_validate_json)


def by_cattrs() -> Readers:
    """Return readers that structure with a converter of cattrs as it comes, after ``json.loads``."""
    converter = make_converter()
    converter.register_structure_hook_factory(_RENAMED.__contains__, functools.partial(_renaming, converter))
    return Readers(plain, lambda cls: lambda data: converter.structure(json.loads(data), cls))


def _renaming(converter: cattrs.Converter, cls: Any) -> Any:
    names = {name: override(rename=key) for name, key in _RENAMED[cls].items()}
    return make_dict_structure_fn(cls, converter, **names)  # type: ignore[arg-type]
