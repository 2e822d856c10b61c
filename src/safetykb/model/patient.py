"""A patient: what is known of one person. None is unknown, and unknown is not normal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import attrs

from safetykb.model.choices import ChildPugh, Sex
from safetykb.model.scales import Choice

C = TypeVar("C", bound=Choice)


def _ranged(name: str, value: float | None, ranges: Mapping[str, tuple[float, float]]) -> None:
    least, most = ranges[name]
    if value is not None and not least <= value <= most:
        raise ValueError(f"patient.{name} is outside {least:g} to {most:g}; check the number and its unit")


@attrs.frozen(kw_only=True, repr=False)
class BloodPressure:
    """A blood pressure at rest, in mmHg. Raises ValueError for a number that no person can have."""

    systolic: float
    diastolic: float

    def __attrs_post_init__(self) -> None:
        """Hold both numbers within what a person can have."""
        _ranged("systolic", self.systolic, _PRESSURES)
        _ranged("diastolic", self.diastolic, _PRESSURES)

    def __repr__(self) -> str:
        """Return what it is, and no number."""
        return "<BloodPressure>"


_PRESSURES: Final = {"systolic": (20, 350), "diastolic": (0, 250)}


def _word(name: str, cls: type[C], value: C | str | None) -> C | None:
    """Return a member for itself or its word; the message names the field and never the word."""
    known = {member.value: member for member in cls}
    if value is None or isinstance(value, cls):
        return value
    if value not in known:
        raise ValueError(f"patient.{name} is no word of its own; write one of: {', '.join(known)}")
    return known[value]


def _sex(value: Sex | str | None) -> Sex | None:
    return _word("sex", Sex, value)


def _child_pugh(value: ChildPugh | str | None) -> ChildPugh | None:
    return _word("child_pugh", ChildPugh, value)


def _names(value: Iterable[str]) -> tuple[str, ...]:
    """Return names as a tuple; a single text is one name."""
    return (value,) if isinstance(value, str) else tuple(value)


def _some_names(value: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if value is None else _names(value)


@attrs.frozen(kw_only=True, repr=False)
class Patient:
    """What is known of one person; every part is optional, and None (or an empty list not given) is unknown.

    ``age`` in years, ``weight`` in kg, ``egfr`` in mL/min/1.73 m2, ``crcl`` (creatinine clearance) in mL/min,
    ``alt``, ``alp`` and ``bilirubin`` in multiples of the upper limit of normal, ``qtc`` in ms. ``medications``,
    ``conditions``, ``past``, ``has_not`` and ``allergies`` are names; ``medications_complete`` says that nothing
    else is taken. An empty ``allergies`` says that there is none.

    It is never logged, cached, or put into an exception, and its repr shows no value. Raises ValueError for a number
    that no person can have.
    """

    age: float | None = None
    weight: float | None = None
    sex: Sex | None = attrs.field(default=None, converter=_sex)
    pregnant: bool | None = None
    could_become_pregnant: bool | None = None
    breastfeeding: bool | None = None
    egfr: float | None = None
    crcl: float | None = None
    dialysis: bool | None = None
    child_pugh: ChildPugh | None = attrs.field(default=None, converter=_child_pugh)
    alt: float | None = None
    alp: float | None = None
    bilirubin: float | None = None
    qtc: float | None = None
    bp: BloodPressure | None = None
    genotypes: tuple[str, ...] | None = attrs.field(default=None, converter=_some_names)
    allergies: tuple[str, ...] | None = attrs.field(default=None, converter=_some_names)
    medications: tuple[str, ...] | None = attrs.field(default=None, converter=_some_names)
    medications_complete: bool = False
    past: tuple[str, ...] = attrs.field(default=(), converter=_names)
    conditions: tuple[str, ...] = attrs.field(default=(), converter=_names)
    has_not: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        """Hold every number within what a person can have; the message names the field and never its value."""
        for name in RANGES:
            _ranged(name, getattr(self, name), RANGES)
        if self.sex is Sex.MALE and (self.pregnant or self.breastfeeding or self.could_become_pregnant):
            raise ValueError("patient.sex says male and another field says pregnancy or breastfeeding; correct one")

    @property
    def stated(self) -> tuple[str, ...]:
        """The names of the fields that are stated, in the order of the class."""
        fields = attrs.fields(type(self))
        return tuple(field.name for field in fields if getattr(self, field.name) != field.default)

    def __repr__(self) -> str:
        """Return how many facts are stated, and none of them."""
        return f"<Patient: {len(self.stated)} facts>"


RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "age": (0, 130),
    "weight": (0.2, 700),
    "egfr": (0, 250),
    "crcl": (0, 400),
    "alt": (0, 1000),
    "alp": (0, 1000),
    "bilirubin": (0, 1000),
    "qtc": (200, 900),
}
"""The least and the most that a person can have, by field, in the units of ``Patient``."""
