"""What characters of a text may reach a reader."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["capital", "printable", "single_line"]

_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANK = re.compile("[ \t\n]+")
# What copying from a typeset page leaves behind: soft hyphen, zero-width space and joiners, byte order mark.
_REMOVED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_KEPT = frozenset("\n\t")
_REPLACEMENT = "\ufffd"


def capital(text: str) -> str:
    """Return ``text`` with a capital at its start and the rest as it is."""
    return text[:1].upper() + text[1:]


def printable(text: str) -> str:
    """Return the text with every character visible.

    Every kind of line end becomes a newline; newline and tab stay. Soft hyphens, zero-width spaces and joiners and
    byte order marks are removed. Each other control or format character (escapes, direction overrides and
    isolates), lone surrogate, private or unassigned code point becomes U+FFFD.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, _LINE_END.sub("\n", text)))


def single_line(text: str) -> str:
    """Return the printable text with each run of spaces, tabs and line ends as one space."""
    return _BLANK.sub(" ", printable(text))


def _shown(character: str) -> str:
    if character in _REMOVED:
        return ""
    if character in _KEPT or not unicodedata.category(character).startswith("C"):
        return character
    return _REPLACEMENT
