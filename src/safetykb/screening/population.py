"""A table of patients as it is given, with every column of its own type, and the names in it."""

from __future__ import annotations

from typing import Any, Final

from safetykb.model.patient import RANGES
from safetykb.screening.closed import TRUTHS, WORDS
from safetykb.screening.needs import Column, Expression
from safetykb.screening.vocabulary import NAMES

ID: Final = "patient"
GIVEN_ID: Final = "id"
"""The column of a table of patients that tells one from the other."""
PRESSURES: Final = ("systolic", "diastolic")
NUMBERS: Final = (*RANGES, *PRESSURES)
PLAIN: Final = (*NUMBERS, *TRUTHS, *WORDS, "medications_complete")
PREGNANCY: Final = ("pregnant", "could_become_pregnant", "breastfeeding")
OUTSIDE: Final = "this is outside what a person can have, or no such value"
AGAINST_SEX: Final = "sex says male and this says otherwise"
HALF: Final = "of a blood pressure both numbers are needed"
_NO: Final = False
_NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""What a text must look like to be read as a number: engines differ in what else they take."""


def plain_patients(table: Expression) -> Expression:
    """Return ``table`` with every column that a patient may have, each of its own type, and no other."""
    import ibis

    columns: dict[str, Any] = {ID: table[GIVEN_ID].cast("string")}
    for name in PLAIN:
        kind = "float64" if name in NUMBERS else "string" if name in WORDS else "boolean"
        columns[name] = _plain(table[name], kind) if name in table.columns else ibis.null().cast(kind)
    for name in NAMES:
        columns[name] = _names(table, name)
    for name in PLAIN:
        columns[f"{name}?"] = _stated(table, name) if name in table.columns else ibis.literal(value=False)
    return _checked(table.select(**columns))


def _plain(column: Column, kind: str) -> Column:
    """Return a column as one of ``kind``, null where it is no such value; a truth in numbers is 0 or 1."""
    import ibis

    given = column.type()
    if given.is_string():
        column = column.strip()
        if kind == "float64":
            column = ibis.ifelse(column.re_search(_NUMBER), column, ibis.null().cast("string"))
    elif kind == "boolean" and not given.is_boolean():
        return ibis.cases((column.try_cast("float64") == 1, True), (column.try_cast("float64") == 0, False))
    return column.try_cast(kind)


def _stated(table: Expression, name: str) -> Column:
    """Tell whether there is a value: an empty text is none, and neither is what is not a number."""
    column = table[name]
    if column.type().is_string():
        return column.notnull() & (column.strip() != "")
    return column.notnull() & ~column.isnan() if column.type().is_floating() else column.notnull()


def _names(table: Expression, name: str) -> Column:
    """Return a list of names; in a text they stand apart by semicolons, and ``none`` is an empty list.

    A text of semicolons alone states nothing.
    """
    import ibis

    if name not in table.columns:
        return ibis.null().cast("array<string>")
    column = table[name]
    if column.type().is_array():
        return column.cast("array<string>")
    text = column.cast("string").strip()
    empty = nothing()
    several = text.split(";").map(lambda part: part.strip()).filter(lambda part: part != "")
    return ibis.cases(
        (text.isnull() | (several.length() == 0), ibis.null().cast("array<string>")),
        (text == "none", empty),
        else_=several,
    )


def _checked(table: Expression) -> Expression:
    """Leave out each value that no person can have; ``?`` then tells why one that was stated is not used."""
    import ibis

    changed: dict[str, Any] = {}
    nothing_said = ibis.null().cast("string")
    both = table["systolic"].notnull() & table["diastolic"].notnull()
    ranges = {**RANGES, "systolic": (20, 350), "diastolic": (0, 250)}
    for name in PLAIN:
        column = table[name]
        if name in NUMBERS:
            low, high = ranges[name]
            good = column.between(low, high)
        elif name in WORDS:
            good = column.isin(["female", "male"] if name == "sex" else ["A", "B", "C"])
        else:
            good = column.notnull()
        stated, good = table[f"{name}?"], good.fill_null(_NO)
        used, wrong = good, [(stated & ~good, OUTSIDE)]
        if name in PREGNANCY:
            against = (column & (table["sex"] == "male")).fill_null(_NO)
            used, wrong = good & ~against, [(against, AGAINST_SEX), *wrong]
        if name in PRESSURES:
            used, wrong = good & both, [*wrong, (stated & ~both, HALF)]
        changed[name] = ibis.ifelse(used, column, ibis.null().cast(column.type()))
        changed[f"{name}?"] = ibis.cases(*wrong, else_=nothing_said)
    changed["medications_complete"] = changed["medications_complete"].fill_null(_NO)
    return table.mutate(**changed)


def names_in(patients: Expression) -> Expression:
    """Return each name in the list columns of ``plain_patients`` once, with its column."""
    import ibis

    return ibis.union(*(long_names(patients, field).select("field", "name").distinct() for field in NAMES)).distinct()


def long_names(patients: Expression, field: str) -> Expression:
    """Return one row for each name in a list column."""
    import ibis

    rows = patients.filter(patients[field].length() > 0).select(ID, name=patients[field].unnest())
    return rows.filter(rows.name.notnull()).select(ID, field=ibis.literal(field), name=rows.name)


def nothing() -> Column:
    """Return a list of names that is empty."""
    import ibis

    return ibis.literal([], type="array<string>")
