"""Rows of nested values as an Arrow stream, which pandas, polars, pyarrow and DuckDB read. It knows no record.

The stream is handed over by the Arrow PyCapsule protocol, ``__arrow_c_stream__``; nanoarrow, of the extra ``arrow``,
makes it.
"""

from __future__ import annotations

import enum
import typing
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

__all__ = ["Column", "Form", "Table", "columns_of", "columns_of_schema", "row_of"]


class Form(enum.Enum):
    """What a column holds, by its name in Arrow."""

    TEXT = "string"
    WHOLE = "int64"
    NUMBER = "double"
    TRUTH = "bool"
    LIST = "list"
    STRUCT = "struct"


@attrs.frozen(kw_only=True)
class Column:
    """A column, or a part of one: its name, what it holds, and whether it is always there.

    ``parts``: the fields of a struct; of a list the one that describes each entry. A list is empty, never null. A field
    that is always there is null only where the struct is.
    """

    name: str
    form: Form
    always: bool = False
    parts: tuple[Column, ...] = ()


@attrs.frozen(eq=False, repr=False, kw_only=True)
class Table:
    """A table that speaks the Arrow PyCapsule protocol. Its rows are made when they are first read, and kept.

    Reading it raises ImportError without the extra ``arrow``.
    """

    name: str
    columns: tuple[Column, ...]
    _length: int
    _rows: Callable[[], Iterable[Mapping[str, Any]]]
    _made: list[Any] = attrs.field(factory=list, init=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    def __repr__(self) -> str:
        """Return the name and the size."""
        return f"<Table {self.name}: {len(self)} rows, {len(self.columns)} columns>"

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as an Arrow C stream in a capsule; the schema requested is a wish and is not followed."""
        try:
            import nanoarrow
        except ImportError:
            raise ImportError("a table needs nanoarrow: pip install safetykb[arrow]") from None
        if not self._made:
            whole = Column(name="", form=Form.STRUCT, always=True, parts=self.columns)
            schema = nanoarrow.c_schema(_schema(nanoarrow, whole))
            self._made.append(_array(nanoarrow, whole, [*self._rows()], schema))
        capsule: object = nanoarrow.c_array_stream(self._made[0]).__arrow_c_stream__(requested_schema=None)
        return capsule


# --- making it ----------------------------------------------------------------------------------------------------


def _schema(na: Any, column: Column, depth: int = 0) -> Any:
    """Return the type of a column.

    Only a column of the table is marked as never null: within a struct that is null its fields are null as well.
    """
    nullable = depth > 1 or not column.always
    match column.form:
        case Form.LIST:
            return na.list_(_schema(na, column.parts[0], depth + 1), nullable=nullable)
        case Form.STRUCT:
            inner = {part.name: _schema(na, part, depth + 1) for part in column.parts}
            return na.struct(inner, nullable=nullable)
        case _:
            return na.Schema(na.Type[_PLAIN[column.form]], nullable=nullable)


_PLAIN: Final = {Form.TEXT: "STRING", Form.WHOLE: "INT64", Form.NUMBER: "DOUBLE", Form.TRUTH: "BOOL"}


def _array(na: Any, column: Column, values: Sequence[Any], schema: Any) -> Any:
    """Return ``values`` as an array; nanoarrow itself makes none of lists or structs, so these are put together."""
    match column.form:
        case Form.LIST:
            entries: list[Any] = []
            ends = array("i", [0])
            for value in values:
                entries += value or ()
                ends.append(len(entries))
            child = _array(na, column.parts[0], entries, schema.child(0))
            return na.c_array_from_buffers(schema, len(values), [None, ends], children=[child])
        case Form.STRUCT:
            children = [
                _array(na, part, [None if value is None else value.get(part.name) for value in values], inner)
                for part, inner in zip(column.parts, schema.children, strict=True)
            ]
            return na.c_array_from_buffers(schema, len(values), [_present(na, values)], children=children)
        case _:
            return na.c_array(values, schema)


def _present(na: Any, values: Sequence[Any]) -> Any:
    """Return the bits that say which values are there; None when all are."""
    present = [value is not None for value in values]
    return None if all(present) else na.c_buffer(present, na.bool_())


# --- from a class -------------------------------------------------------------------------------------------------


def columns_of(cls: type, *, more: Sequence[str] = (), hidden: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of an attrs class: its fields and the properties ``more``, what is called ``id`` first.

    Fields named in ``hidden`` are left out, in this class and in any that it holds.
    """
    hints = typing.get_type_hints(cls)
    told = {field.name: hints[field.name] for field in attrs.fields(cls) if field.name not in hidden}
    told |= {name: typing.get_type_hints(getattr(cls, name).fget)["return"] for name in more}
    return tuple(_column(name, told[name], hidden) for name in sorted(told, key=lambda name: name != "id"))


def _column(name: str, hint: Any, hidden: Sequence[str]) -> Column:
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    if typing.get_origin(hint) is tuple:
        entry = _column(_ENTRY, kinds[0], hidden)
        return Column(name=name, form=Form.LIST, always=True, parts=(entry,))
    if len(kinds) > 1:
        return Column(name=name, form=Form.STRUCT, always=True, parts=_ANY)
    kind, always = (kinds[0], False) if kinds else (hint, True)
    if attrs.has(kind):
        return Column(name=name, form=Form.STRUCT, always=always, parts=columns_of(kind, hidden=hidden))
    return Column(name=name, form=_FORMS.get(kind, Form.TEXT), always=always)


_ENTRY: Final = "item"
_FORMS: Final = {int: Form.WHOLE, float: Form.NUMBER, bool: Form.TRUTH}
_ANY: Final = (
    Column(name="number", form=Form.NUMBER),
    Column(name="truth", form=Form.TRUTH),
    Column(name="text", form=Form.TEXT),
)
"""What may be a number, a truth or a text has a column for each."""


def row_of(columns: Iterable[Column], record: Any) -> dict[str, Any]:
    """Return an attrs object as a row; a word of a closed set as its text."""
    return {column.name: _value(column, getattr(record, column.name)) for column in columns}


def _value(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.parts == _ANY:
        return {{bool: "truth", str: "text"}.get(type(value), "number"): value}
    match column.form:
        case Form.LIST:
            return [_value(column.parts[0], entry) for entry in value]
        case Form.STRUCT:
            return row_of(column.parts, value)
        case Form.TEXT:
            return str(value)
        case _:
            return value


# --- from a JSON Schema -------------------------------------------------------------------------------------------


def columns_of_schema(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of the JSON objects that ``schema`` describes; ``definitions`` are its ``$defs``."""
    needed = schema.get("required", ())
    return tuple(
        _described(name, part, definitions, needed=name in needed) for name, part in schema["properties"].items()
    )


def _described(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], *, needed: bool = True) -> Column:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    told = schema.get("type", "string")
    kinds = [told] if isinstance(told, str) else told
    always = needed and "null" not in kinds and None not in schema.get("enum", ())
    if "items" in schema:
        entry = _described(_ENTRY, schema["items"], definitions)
        return Column(name=name, form=Form.LIST, always=True, parts=(entry,))
    if "properties" in schema:
        return Column(name=name, form=Form.STRUCT, always=always, parts=columns_of_schema(schema, definitions))
    return Column(name=name, form=_NAMED[kinds[0]], always=always)


_NAMED: Final = {"string": Form.TEXT, "integer": Form.WHOLE, "number": Form.NUMBER, "boolean": Form.TRUTH}
