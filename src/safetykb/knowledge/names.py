"""Names as people write them, brought to one form so that two spellings of one name meet."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_NAME: Final = 200
"""The longest name that is looked at, in characters."""

_DASHES: Final = "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`"
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_DROPPED: Final = "\u2122\u00ae\u2120\u00a9\u200b\u200c\u200d\u2060\ufeff"
_BEFORE: Final = {ord(mark): "" for mark in _DROPPED} | {ord(mark): "'" for mark in _SINGLE}
_AFTER: Final = {ord(mark): " " for mark in _DASHES} | _BEFORE | {ord(mark): '"' for mark in _DOUBLE}


def normalise(text: str) -> str:
    """Return ``text`` in the one form in which names are compared.

    Compatibility forms, case, runs of spaces, dashes and underscores, curly quotes, trademark signs and invisible
    marks make no difference. Normalising twice changes nothing more. Raises ValueError for a text over MAX_NAME
    characters.
    """
    if len(text) > MAX_NAME:
        raise ValueError(f"a name has at most {MAX_NAME} characters, this one has {len(text)}; give the name alone")
    before = text
    while (after := _once(before)) != before:
        before = after
    return after


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_BEFORE)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).translate(_AFTER).split())
