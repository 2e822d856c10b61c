"""What a page is made of: plain values, before anybody chooses text, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

from attrs import frozen

from safetykb.rendering.characters import capital

__all__ = [
    "Badge",
    "Block",
    "Code",
    "Definitions",
    "Document",
    "Entry",
    "Items",
    "Link",
    "Note",
    "Paragraph",
    "Reference",
    "Section",
    "Span",
    "Spans",
    "Strong",
    "Table",
    "Text",
    "Tone",
    "between",
    "capital",
    "items",
    "paragraph",
    "spans",
]


class Tone(Enum):
    """How a badge looks; what it says is always its text."""

    CONTRAINDICATED = "contraindicated"
    AVOID = "avoid"
    CAUTION = "caution"
    MONITOR = "monitor"
    INFORM = "inform"
    UNDETERMINED = "undetermined"
    NEUTRAL = "neutral"


@frozen(kw_only=True)
class Text:
    """Words as they are."""

    text: str


@frozen(kw_only=True)
class Strong:
    """Words that stand out."""

    text: str


@frozen(kw_only=True)
class Code:
    """An identifier; with an anchor, references lead to it."""

    text: str
    anchor: str | None = None


@frozen(kw_only=True)
class Link:
    """Words that lead to an address; only the words, where `links.is_safe_link` refuses the address."""

    text: str
    url: str


@frozen(kw_only=True)
class Reference:
    """Words that lead to another place on the page: a citation to its source, a number to its finding."""

    text: str
    to: str


@frozen(kw_only=True)
class Badge:
    """A short mark such as a concern, shown by words, colour and border."""

    text: str
    tone: Tone


Span: TypeAlias = Text | Strong | Code | Link | Reference | Badge
Spans: TypeAlias = tuple[Span, ...]


@frozen(kw_only=True)
class Paragraph:
    """A paragraph."""

    spans: Spans


@frozen(kw_only=True)
class Items:
    """A list, each entry of one or more blocks."""

    entries: tuple[tuple[Block, ...], ...]
    ordered: bool = False


@frozen(kw_only=True)
class Entry:
    """A numbered finding: number, badge and title, one line about it, then its body."""

    number: str
    badge: Badge | None = None
    title: Spans
    meta: Spans = ()
    body: tuple[Block, ...] = ()
    anchor: str


@frozen(kw_only=True)
class Table:
    """A table whose first column names the row; every row has one cell for each column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]

    def __attrs_post_init__(self) -> None:
        """Refuse a table that cannot be laid out."""
        if not self.columns or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a table needs a column, and in every row one cell for each column")


@frozen(kw_only=True)
class Definitions:
    """Names, each with what is said of it."""

    pairs: tuple[tuple[Spans, tuple[Block, ...]], ...]


@frozen(kw_only=True)
class Section:
    """A titled part of a page; a section inside a section has the next lower heading."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@frozen(kw_only=True)
class Note:
    """Words set apart: a call-out, or at the end of a document its disclaimer."""

    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Items | Entry | Table | Definitions | Section | Note


@frozen(kw_only=True)
class Document:
    """A whole page: title, summary, and what follows; `language` is a BCP 47 tag."""

    title: str
    language: str = "en"
    summary: tuple[Block, ...] = ()
    blocks: tuple[Block, ...]


def spans(*parts: str | Span) -> Spans:
    """Return the parts as spans, each string as plain text."""
    return tuple(Text(text=part) if isinstance(part, str) else part for part in parts)


def between(separator: str, parts: Iterable[str | Span]) -> Spans:
    """Return the parts as spans with a separator between each two."""
    return spans(*(piece for part in parts for piece in (separator, part)))[1:]


def paragraph(*parts: str | Span) -> Paragraph:
    """Return the parts as one paragraph."""
    return Paragraph(spans=spans(*parts))


def items(*entries: str | Spans, ordered: bool = False) -> Items:
    """Return a list with one paragraph for each entry."""
    lines = (paragraph(entry) if isinstance(entry, str) else Paragraph(spans=entry) for entry in entries)
    return Items(entries=tuple((line,) for line in lines), ordered=ordered)
