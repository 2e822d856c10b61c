"""Dates and durations: ISO 8601, whole dates where somebody looked, a month or year where a page shows no more."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.model.considerations import Context, Exposure
from safetykb.model.entities import Use
from safetykb.model.evidence import Source, SourceDetails, Stamp, Withdrawal
from safetykb.model.studies import SearchRecord, Study

_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?=.)(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}W)?(?:[0-9]{1,4}D)?"
    r"(?:T(?=.)(?:[0-9]{1,4}H)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}S)?)?",
    re.ASCII,
)
_WHOLE_PARTS: Final = 3
_FIRST_YEAR: Final = 1000
WINDOWS: Final = ("first-dose", "ever")
"""The windows that are no duration."""


def is_real(parts: tuple[int, ...]) -> bool:
    """Tell whether a year, a month and a day, as far as they are given, are a date of the calendar."""
    try:
        dt.date(*(*parts, 1, 1)[:_WHOLE_PARTS])
    except (ValueError, OverflowError):
        return False
    return len(parts) <= _WHOLE_PARTS and parts[0] >= _FIRST_YEAR


def is_date(text: str, *, whole: bool) -> bool:
    """Tell whether ``text`` is an ISO date, or a month or year of one unless it must be ``whole``."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    parts = tuple(int(part) for part in match.groups() if part is not None)
    return is_real(parts) and (len(parts) == _WHOLE_PARTS or not whole)


def is_duration(text: str) -> bool:
    """Tell whether ``text`` is an ISO 8601 duration in whole units, such as ``P14D``."""
    return _DURATION.fullmatch(text) is not None


_WHOLE: Final = ((SourceDetails, "read_on"), (Stamp, "on"), (SearchRecord, "date"))
_PARTIAL: Final = ((SourceDetails, "version_date"), (Use, "date"), (Study, "as_of"), (Withdrawal, "date"))


def _dated(draft: Draft, fields: tuple[tuple[type, str], ...]) -> Iterator[tuple[Node[Any], str, str]]:
    for cls, field in fields:
        for node in draft.nodes_of(cls):
            if getattr(node.value, field) is not None:
                yield node, field, getattr(node.value, field)


def _looked(draft: Draft) -> Iterator[Fault]:
    for node, field, text in _dated(draft, _WHOLE):
        if not is_date(text, whole=True):
            yield node.fault(f"{shown(text)} is no whole date", f".{field}")


LOOKED = Check(
    code="DAT:001",
    name="whole-date",
    description="The day on which somebody read, looked or searched is a whole ISO date.",
    scope="record",
    cure="write year, month and day: 2026-11-23",
    find=_looked,
    passing={samples.SEARCH: samples.search(date="2024-02-29")},
    failing={samples.SEARCH: samples.search(date="2026-11")},
)


def _told(draft: Draft) -> Iterator[Fault]:
    for node, field, text in _dated(draft, _PARTIAL):
        if not is_date(text, whole=False):
            yield node.fault(f"{shown(text)} is no date, month or year", f".{field}")
    for source in draft.nodes(Source):
        if source.value.issued and not is_real(source.value.issued):
            yield source.fault(f"{list(source.value.issued)} is no date of the calendar", ".issued")


TOLD = Check(
    code="DAT:002",
    name="date-as-shown",
    description="A date that a page shows is an ISO date, month or year of the calendar.",
    scope="record",
    cure="write it as far as the page shows it (2025, 2025-01 or 2025-01-27); leave an unknown date out",
    find=_told,
    passing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(version_date="2024-12"))},
    failing=samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(version_date="2024-13"))},
)


def _spans(draft: Draft) -> Iterator[Fault]:
    for context in draft.nodes(Context):
        window = context.value.window
        if window is not None and window not in WINDOWS and not is_duration(window):
            yield context.fault(f"{shown(window)} is no window", ".window")
        if window is not None and context.value.taking is None:
            yield context.fault("a window counts from a dose of what is taken, and nothing is", ".window")
    for exposure in draft.nodes(Exposure):
        duration = exposure.value.duration
        if duration is not None and not is_duration(duration):
            yield exposure.fault(f"{shown(duration)} is no ISO 8601 duration", ".duration")


SPAN = Check(
    code="DAT:003",
    name="duration",
    description="A duration is ISO 8601 in whole units; a window is one, `first-dose` or `ever`, of what is taken.",
    scope="record",
    cure="write a duration such as P14D, P4W or PT12H",
    find=_spans,
    passing={samples.CLAIM: samples.claim(kind="interaction", context={"taking": "modulumab", "window": "P14D"})},
    failing={samples.CLAIM: samples.claim(kind="interaction", context={"taking": "modulumab", "window": "2 weeks"})},
)

CHECKS = (LOOKED, TOLD, SPAN)
