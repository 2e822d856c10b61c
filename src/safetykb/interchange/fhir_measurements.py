"""What the Observations of a FHIR record say of a person's measurements: the newest, where it can be read."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import attrs

from safetykb.interchange.coding import LOINC
from safetykb.interchange.fhir_resources import Entry, Tell
from safetykb.interchange.fhir_values import (
    LESS_IS_WORSE,
    Unread,
    Whom,
    age_on,
    at,
    codings,
    days,
    listed,
    pregnant,
    quantity,
    text_of,
)
from safetykb.model.patient import BloodPressure

OLDEST: Final = 365
"""The age in days after which a measurement no longer counts: it would close a question that is open again."""

OLDEST_PREGNANCY: Final = 300
"""The same for a pregnancy: a little more than one lasts."""

OLDEST_NO_PREGNANCY: Final = 28
"""The same for "not pregnant", which says nothing of what began since: four weeks, a choice of ours."""

Value = float | bool | BloodPressure


@attrs.frozen(repr=False)
class _Result:
    """A result of a field, of a day between ``first`` and ``last``; ``value`` is None where it is not used.

    ``worst``: of one that is not used, the value that asks for most care of those that it may be; None for any.
    """

    first: str
    last: str
    value: Value | None
    worst: Value | None = None


class Measurements:
    """The results of one person, by field."""

    def __init__(self, today: str, fields: Mapping[str, str], oldest: int, tell: Tell) -> None:
        """Read the LOINC codes of ``fields``, of at most ``oldest`` days before ``today``."""
        self._today, self._fields, self._oldest, self._tell = today, fields, oldest, tell
        self._results: dict[str, list[_Result]] = defaultdict(list)

    def read(self, entry: Entry, birth: Any, sex: str | None) -> bool:
        """Read an Observation of a person born on ``birth``; return whether its code is one that is read."""
        resource = entry.resource
        parts = [(field, part) for part in _parts(resource) for field in self._fields_of(part)]
        status = text_of(at(resource, "status"))
        if not parts:
            return False
        if status in _VOID or (status == "registered" and all(_is_empty(part) for _, part in parts)):
            self._tell(entry.place, "not final; left out")
            return True
        span = self._span(resource)
        why = self._unusable(entry, status, span)
        if why is not None:
            self._tell(entry.place, why)
        whom = Whom(sex=sex, age=_age(birth, span))
        pressure: dict[str, list[float | None]] = defaultdict(list)
        for field, part in parts:
            if part is resource and listed(at(part, "component")) and _is_empty(part):
                continue  # a panel: its values are in its components
            try:
                value, worst = _value(field, part, whom), None
            except Unread as unread:
                self._tell(entry.place, f"{field}: {unread.why}")
                value, worst = None, unread.worst
            if field in _PRESSURES:
                pressure[field].append(None if value is None else float(value))
            else:
                self._add(entry, field, _Result(*span, value, worst), why)
        if pressure:
            self._add(entry, "bp", _Result(*span, self._pressure(entry, pressure)), why)
        return True

    def _fields_of(self, part: Any) -> list[str]:
        coded = [code for system, code, _ in codings(at(part, "code")) if system in _LOINC and code in self._fields]
        return [self._fields[code] for code in coded[:1]]

    def _span(self, resource: Any) -> tuple[str, str]:
        """Return the first and the last day that a result may be of; any day where none is told."""
        given = (
            at(resource, "effectiveDateTime"),
            at(resource, "effectiveInstant"),
            at(resource, "effectivePeriod", "end"),
            at(resource, "issued"),
        )
        return next((span for span in map(days, given) if span is not None), _ANY_DAY)

    def _unusable(self, entry: Entry, status: str | None, span: tuple[str, str]) -> str | None:
        if entry.is_modified:
            return "it has a modifier that is not known here; not read"
        if status not in _FINAL:
            return "not final; left out"
        if span == _ANY_DAY:
            return "it has no day; not used"
        return "it lies after the day of the question; not used" if span[0] > self._today else None

    def _add(self, entry: Entry, field: str, result: _Result, why: str | None) -> None:
        """Add a result; one that is not used stays as what may be newer than another."""
        oldest = self._oldest
        if field == "pregnant":
            oldest = OLDEST_NO_PREGNANCY if result.value is False else OLDEST_PREGNANCY
        limit = datetime.date.fromisoformat(self._today) - datetime.timedelta(days=oldest)
        is_old = result.first < limit.isoformat()
        if is_old and why is None:
            self._tell(entry.place, f"it is, or may be, older than {oldest} days; not used")
        if result.value is not None and (is_old or why is not None):
            # An old "not pregnant" tells that an older pregnancy is over.
            worst = None if entry.is_modified or (is_old and result.value is False) else result.value
            result = attrs.evolve(result, value=None, worst=worst)
        self._results[field].append(result)

    def _pressure(self, entry: Entry, found: Mapping[str, list[float | None]]) -> BloodPressure | None:
        systolic, diastolic = ([value for value in found.get(key, ()) if value is not None] for key in _PRESSURES)
        if not systolic or not diastolic:
            self._tell(entry.place, "one of the two numbers of a blood pressure; not used")
            return None
        if len(systolic) > 1 or len(diastolic) > 1:
            self._tell(entry.place, "it holds several blood pressures; the higher of each number is used")
        try:
            return BloodPressure(systolic=max(systolic), diastolic=max(diastolic))
        except ValueError:
            self._tell(entry.place, "bp: it is outside what a person can have; check the number and its unit")
            return None

    def values(self) -> dict[str, Value]:
        """Return the value of each field that is known."""
        found = {field: self._current(field, results) for field, results in self._results.items()}
        return {field: value for field, value in found.items() if value is not None}

    def _current(self, field: str, results: list[_Result]) -> Value | None:
        """Return the newest value; of several that may be it the one that asks for more care.

        A result that could not be used and may be newer leaves the field unknown, unless whatever it may be asks for
        no more care than the value that is known.
        """
        usable = [result for result in results if result.value is not None]
        if not usable:
            return None
        latest = max(result.first for result in usable)
        newest = [result for result in usable if result.last >= latest]
        values = [result.value for result in newest if result.value is not None]
        if any(value != values[0] for value in values):
            self._tell(field, "several on one day, or on days not told apart; the one that asks for more care is used")
        value = _worst(field, values)
        since = min(result.first for result in newest)
        doubts = [result.worst for result in results if result.value is None and result.last >= since]
        if any(worst is None or not _is_as_grave(field, value, worst) for worst in doubts):
            self._tell(field, "a result that may be newer was not used; the value is not known")
            return None
        if doubts:
            self._tell(
                field, "a result that may be newer was not used; the older one asks for no less care and is used"
            )
        return value


def _parts(resource: Any) -> list[Any]:
    return [resource, *listed(at(resource, "component"))]


def _value(field: str, part: Any, whom: Whom) -> float | bool:
    if field == "pregnant":
        return pregnant(at(part, "valueCodeableConcept"))
    return quantity(field, at(part, "valueQuantity"), at(part, "referenceRange"), whom)


def _age(birth: Any, span: tuple[str, str]) -> float | None:
    """Return the age on the day of a result; None where it is not known."""
    try:
        ages = {age_on(birth, day) for day in span}
    except Unread:
        return None
    return ages.pop() if len(ages) == 1 else None


def _worst(field: str, values: list[Value]) -> Value:
    if field == "bp":
        both = [value for value in values if isinstance(value, BloodPressure)]
        return BloodPressure(systolic=max(bp.systolic for bp in both), diastolic=max(bp.diastolic for bp in both))
    numbers = [value for value in values if not isinstance(value, BloodPressure)]
    return min(numbers) if field in LESS_IS_WORSE else max(numbers)


def _is_as_grave(field: str, value: Value, other: Value) -> bool:
    """Tell whether ``value`` asks for no less care than ``other``."""
    return _worst(field, [value, other]) == value


def _is_empty(part: Any) -> bool:
    return not any(key.startswith("value") for key in part)


_ANY_DAY: Final = ("0001-01-01", "9999-12-31")
_LOINC: Final = (LOINC, "urn:oid:2.16.840.1.113883.6.1")
_PRESSURES: Final = ("systolic", "diastolic")
_FINAL: Final = ("final", "amended", "corrected")
_VOID: Final = ("entered-in-error", "cancelled")
"""The states of a result that is withdrawn, or was never made."""
