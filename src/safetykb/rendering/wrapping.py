"""Breaking text into lines by the columns that it takes on a terminal.

`textwrap` counts code points, so it would overrun with wide characters and break too early with combining ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["ADDRESS", "display_width", "longest_word", "pad", "plain", "wrap"]

# A private character, which no printable text holds, in front of an address that must stay in one piece.
ADDRESS = "\ue000"
_CHUNKS = re.compile("( +)")


def display_width(text: str) -> int:
    """Return how many columns a text takes: none for a combining mark, two for a wide character."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def pad(text: str, width: int) -> str:
    """Return the text with spaces up to the width."""
    return text + " " * (width - display_width(text))


def plain(text: str) -> str:
    """Return the text without the marks of its addresses."""
    return text.replace(ADDRESS, "")


def longest_word(text: str) -> int:
    """Return the columns of the widest word."""
    return max((display_width(plain(word)) for word in text.split(" ")), default=0)


def wrap(text: str, width: int, hanging: int = 0) -> list[str]:
    """Return the lines of a text, all but the first indented by `hanging`.

    A word wider than a line is cut, unless it holds an address.
    """
    lines: list[str] = []
    line = ""
    for chunk in _chunks(text.strip(" "), width - hanging):
        if display_width(line + chunk) > width and line:
            lines.append(line.rstrip(" "))
            line = " " * hanging
        line += chunk if line.strip(" ") or chunk.strip(" ") else ""
    return [*lines, line] if line.strip(" ") else lines


def _chunks(text: str, width: int) -> Iterator[str]:
    for chunk in _CHUNKS.split(text):
        if ADDRESS in chunk:
            yield plain(chunk)
        elif display_width(chunk) <= width:
            yield chunk
        else:
            yield from _cut(chunk, width)


def _cut(word: str, width: int) -> Iterator[str]:
    piece, used = "", 0
    for character in word:
        columns = _columns(character)
        if used + columns > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + columns
    yield piece


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
