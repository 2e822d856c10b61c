"""Identifiers: lower-case words joined by single hyphens, never reused; and days."""

from __future__ import annotations

import datetime
import re

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_STUDY = re.compile(rf"({_ID.pattern})--({_ID.pattern})", re.ASCII)
_CITATION = re.compile(rf"({_ID.pattern})#(\S(?:.*\S)?)")

MAX_ID = 100
"""The longest identifier, in characters."""


def is_id(text: str) -> bool:
    """Tell whether ``text`` is a well-formed identifier such as ``some-disease``."""
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def split_study(text: str) -> tuple[str, str] | None:
    """Split ``condition--slug`` into its two parts; None when ``text`` is not of that form."""
    match = _STUDY.fullmatch(text)
    return (match[1], match[2]) if match and len(text) <= MAX_ID else None


def split_citation(text: str) -> tuple[str, str] | None:
    """Split ``key#locator`` into its two parts; None when ``text`` is not of that form."""
    match = _CITATION.fullmatch(text)
    return (match[1], match[2]) if match else None


def is_day(text: str) -> bool:
    """Tell whether ``text`` is a day written ``YYYY-MM-DD``, so that the order of texts is the order of days."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
