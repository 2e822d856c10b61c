"""Values out of FHIR R4 and R5 data types: texts, codes, days, and numbers in the unit that a patient is stated in."""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from safetykb.interchange.coding import LOINC, SNOMED, UCUM

_WHEN: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T.*)?)?)?", re.ASCII | re.DOTALL)

LOINC_FIELDS: Final[Mapping[str, str]] = {
    # Glomerular filtration rate per 1.73 m2, by whatever formula
    "33914-3": "egfr",
    "48642-3": "egfr",
    "48643-1": "egfr",
    "50044-7": "egfr",
    "50210-4": "egfr",
    "50384-7": "egfr",
    "62238-1": "egfr",
    "69405-9": "egfr",
    "70969-1": "egfr",
    "77147-7": "egfr",
    "88293-6": "egfr",
    "88294-4": "egfr",
    "98979-8": "egfr",
    "35591-7": "crcl",  # Cockcroft-Gault
    "1742-6": "alt",
    "1743-4": "alt",
    "6768-6": "alp",
    "1975-2": "bilirubin",
    "8636-3": "qtc",
    "76634-5": "qtc",  # Fridericia
    "76635-2": "qtc",  # Bazett
    "29463-7": "weight",
    "8480-6": "systolic",
    "8462-4": "diastolic",
    "82810-3": "pregnant",
}
"""The LOINC codes that are read, each with the field of ``Patient`` (or the part of its blood pressure) it is read as.

A table and no more: hand another to the reader for codes that are not here.
"""

UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "egfr": dict.fromkeys(
        (
            *("mL/min/{1.73_m2}", "mL/min/{1.73m2}", "mL/min/{1.73.m2}"),
            *(f"{ml}/min/1.73{blank}{m2}" for ml in ("mL", "ml") for blank in ("", " ") for m2 in ("m2", "m\u00b2")),
        ),
        1.0,
    ),
    "crcl": {"mL/min": 1.0, "mL/s": 60.0},
    "qtc": {"ms": 1.0, "s": 1000.0},
    "weight": {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237},
    "systolic": {"mm[Hg]": 1.0, "mmHg": 1.0, "kPa": 7.500617},
    "diastolic": {"mm[Hg]": 1.0, "mmHg": 1.0, "kPa": 7.500617},
}
"""The UCUM units (and common ways to write them wrongly) that are read, each with its factor to our unit."""

RELATIVE: Final = ("alt", "alp", "bilirubin")
"""The fields that are multiples of the upper limit of normal: read with the limit that the laboratory gives."""

PREGNANT: Final[Mapping[tuple[str, str], bool]] = {
    (SNOMED, "77386006"): True,
    (SNOMED, "60001007"): False,
    (LOINC, "LA15173-0"): True,
    (LOINC, "LA26683-5"): False,
}
"""What an answer to "pregnancy status" (LOINC 82810-3) means; any other answer is unknown."""

PREGNANCY: Final[Mapping[str, bool]] = {"77386006": True, "72892002": False}
"""SNOMED CT codes of a condition that is a pregnancy: whether they say no more than that (a normal one is narrower)."""

NONE_KNOWN: Final = frozenset({(SNOMED, "716186003"), (SNOMED, "409137002")})
"""Codes that say that no allergy, or no allergy to a medicine, is known."""

ABSENT_OR_UNKNOWN: Final = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
"""The codes of the International Patient Summary for what is absent or unknown, such as ``no-known-allergies``."""

LESS_IS_WORSE: Final = ("egfr", "crcl", "weight")
"""The fields of which the lower value asks for more care; of any other the higher one does."""

LONGEST: Final = 200


@attrs.frozen
class Unread(Exception):
    """Why a value is not read, in words that repeat nothing of it.

    ``worst``: the value that asks for most care of those that it may be; None where it may be any.
    """

    why: str
    worst: float | None = None


@attrs.frozen(kw_only=True, repr=False)
class Whom:
    """Of whom a result is, for the limits that come with it: the sex, and the age on the day of it; None is unknown."""

    sex: str | None = None
    age: float | None = None


def at(value: Any, *path: str) -> Any:
    """Return what stands under ``path`` in JSON; None where anything on the way is missing or of another kind."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def listed(value: Any) -> list[Any]:
    """Return a list as it is, an object that stands in its place as its only part, anything else as empty."""
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """Return a text that may be a name, without its outer spaces; None for anything else."""
    short = isinstance(value, str) and len(value) <= LONGEST
    return (value.strip() or None) if short else None


def codings(concept: Any) -> Iterable[tuple[str, str, str | None]]:
    """Yield the system, the code and the display of each coding of a CodeableConcept."""
    for coding in listed(at(concept, "coding")):
        system, code = text_of(at(coding, "system")), text_of(at(coding, "code"))
        if system is not None and code is not None:
            yield system, code, text_of(at(coding, "display"))


def codes(concept: Any) -> frozenset[str]:
    """Return the codes of a CodeableConcept, whatever their systems, or a plain code."""
    if isinstance(concept, str):
        return frozenset({concept})
    found = (text_of(at(coding, "code")) for coding in listed(at(concept, "coding")))
    return frozenset(code for code in found if code is not None)


def texts(concept: Any) -> tuple[str, ...]:
    """Return the text of a CodeableConcept and the displays of its codings, each once."""
    found = [text_of(at(concept, "text"))]
    found += [text_of(at(coding, "display")) for coding in listed(at(concept, "coding"))]
    return tuple(dict.fromkeys(text for text in found if text is not None))


def days(value: Any) -> tuple[str, str] | None:
    """Return the first and the last day that a FHIR date or dateTime may mean, ISO; None when it is none."""
    found = _WHEN.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = datetime.date(year or 0, month or 1, day or 1)
        last_month = month or 12
        last = datetime.date(year or 0, last_month, day or calendar.monthrange(year or 0, last_month)[1])
    except ValueError:
        return None
    return first.isoformat(), last.isoformat()


def age_on(birth: Any, today: str) -> float:
    """Return the age in completed years (under two years: in completed months, as a part of a year).

    Raises Unread when the date of birth is missing, or not exact enough to tell.
    """
    span = days(birth)
    if span is None:
        raise Unread("the date of birth is missing, or no date")
    ages = {_years(datetime.date.fromisoformat(day), datetime.date.fromisoformat(today)) for day in span}
    if len(ages) > 1:
        raise Unread("the date of birth is not exact enough to tell the age")
    age = ages.pop()
    if age < 0:
        raise Unread("the date of birth lies after the day of the question")
    return age


def _years(birth: datetime.date, today: datetime.date) -> float:
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    return months / 12 if months < 24 else float(months // 12)  # noqa: PLR2004  under two years months count


def quantity(field: str, value: Any, limits: Any, whom: Whom) -> float:
    """Return a Quantity in the unit of ``field``; ``limits`` is the referenceRange beside it, for ``whom``.

    Raises Unread for a bound in place of a number, a unit that is not known, and a multiple without its limit.
    """
    number, unit = _measured(value)
    if field in RELATIVE:
        number /= _upper(limits, unit, whom)
    elif unit is None or unit not in UNITS[field]:
        raise Unread("its unit is missing, or is none that this value is read in")
    else:
        number *= UNITS[field][unit]
    comparator = at(value, "comparator")
    if comparator is not None:
        is_worst = comparator in ((">", ">=") if field in LESS_IS_WORSE else ("<", "<="))
        raise Unread("it is a bound and not a number", number if is_worst else None)
    return number


def _measured(value: Any) -> tuple[float, str | None]:
    number = at(value, "value")
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise Unread("it has no number")
    ucum = at(value, "system") in (None, UCUM)
    return float(number), text_of(at(value, "code") if ucum else None) or text_of(at(value, "unit"))


def _upper(limits: Any, unit: str | None, whom: Whom) -> float:
    """Return the one upper limit of normal that a result comes with, in the unit of the result."""
    fitting = [(limit, _fits(limit, whom)) for limit in listed(limits) if at(limit, "high") is not None]
    if any(fits is None for _, fits in fitting):
        raise Unread("its upper limit of normal is for certain people, and nothing tells that this is one of them")
    highs = [at(limit, "high") for limit, fits in fitting if fits]
    if any(at(high, "comparator") is not None for high in highs):
        raise Unread("its upper limit of normal is a bound and not a number")
    found = {_measured(high) for high in highs}
    if len(found) != 1:
        raise Unread("its upper limit of normal is missing, or there are several")
    upper, of = found.pop()
    if of not in (unit, None) or upper <= 0:
        raise Unread("its upper limit of normal is in another unit, or not above zero")
    return upper


def _fits(limit: Any, whom: Whom) -> bool | None:
    """Tell whether a referenceRange is the normal one of these people; None where that is not known."""
    if not words(at(limit, "type")) <= {"normal", "normal range"}:
        return False
    told = [_is_of_sex(words(one), whom.sex) for one in listed(at(limit, "appliesTo"))]
    if at(limit, "age") is not None:
        told.append(_is_of_age(at(limit, "age"), whom.age))
    return False if False in told else None if None in told else True


_SEXES: Final[Mapping[str, str]] = {"female": "female", "f": "female", "male": "male", "m": "male"}


def _is_of_sex(told: frozenset[str], sex: str | None) -> bool | None:
    meant = {_SEXES.get(word) for word in told}
    return None if len(meant) != 1 or None in meant or sex is None else sex in meant


_YEARS: Final = ("a", "year", "years", "yr")


def _is_of_age(limits: Any, age: float | None) -> bool | None:
    ends = [at(limits, end) for end in ("low", "high") if at(limits, end) is not None]
    try:
        read = [_measured(end) for end in ends]
    except Unread:
        return None
    if age is None or not read or any(unit not in _YEARS for _, unit in read):
        return None
    low, high = at(limits, "low", "value"), at(limits, "high", "value")
    return (low is None or low <= age) and (high is None or age <= high)


def words(concept: Any) -> frozenset[str]:
    """Return the codes, the displays and the text of a CodeableConcept, in small letters."""
    return frozenset(word.casefold() for word in (*codes(concept), *texts(concept)))


def pregnant(concept: Any) -> bool:
    """Return what an answer to "pregnancy status" means. Raises Unread for any but yes and no."""
    meant = {PREGNANT[system, code] for system, code, _ in codings(concept) if (system, code) in PREGNANT}
    if len(meant) != 1:
        raise Unread("its answer is neither yes nor no", worst=True)
    return meant.pop()
