"""A patient: what is known of one person. None is unknown, and unknown is not normal."""

from __future__ import annotations

import attrs

from safetykb.model.choices import ChildPugh, Sex


@attrs.frozen(kw_only=True)
class BloodPressure:
    """A blood pressure at rest, in mmHg."""

    systolic: float
    diastolic: float


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
    sex: Sex | None = None
    pregnant: bool | None = None
    could_become_pregnant: bool | None = None
    breastfeeding: bool | None = None
    egfr: float | None = None
    crcl: float | None = None
    dialysis: bool | None = None
    child_pugh: ChildPugh | None = None
    alt: float | None = None
    alp: float | None = None
    bilirubin: float | None = None
    qtc: float | None = None
    bp: BloodPressure | None = None
    genotypes: tuple[str, ...] | None = None
    allergies: tuple[str, ...] | None = None
    medications: tuple[str, ...] | None = None
    medications_complete: bool = False
    past: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Hold every number within what a person can have; the message names the field and never its value."""
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"patient.{name} is outside {least:g} to {most:g}; check the number and its unit")
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


_RANGES = {
    "age": (0, 130),
    "weight": (0.2, 700),
    "egfr": (0, 250),
    "crcl": (0, 400),
    "alt": (0, 1000),
    "alp": (0, 1000),
    "bilirubin": (0, 1000),
    "qtc": (200, 900),
}
