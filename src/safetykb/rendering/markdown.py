"""A document as CommonMark with pipe tables, with no raw HTML in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from safetykb.links import is_safe_link
from safetykb.rendering.characters import single_line
from safetykb.rendering.outline import (
    Block,
    Code,
    Definitions,
    Document,
    Entry,
    Items,
    Link,
    Paragraph,
    Reference,
    Section,
    Span,
    Spans,
    Strong,
    Table,
    Text,
)

__all__ = ["to_markdown"]

_DEEPEST = 6
# Beside CommonMark's own: strikethrough, mathematics, templates, mentions, and the parts of a bare address.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|#!&~${}@^]|:(?=\S)|(?<=/)/|(?<=www)\.", re.IGNORECASE)
_OPENING = re.compile(r"[-+=:%]|\d+[.)]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/#+-]+( [A-Za-z0-9._:/#+-]+)*")


def to_markdown(document: Document) -> str:
    """Return the document as Markdown in which no text of it can open HTML, a link, an image, a cell or a heading."""
    lines = _heading(document.title, 1)
    return "\n".join(_spaced([lines, _stacked((*document.summary, *document.blocks), 2)])) + "\n"


def _stacked(blocks: Iterable[Block], level: int) -> list[str]:
    parts: list[list[str]] = []
    for block in blocks:
        if part := _block(block, len(parts), level):
            parts.append(part)
    return _spaced(parts)


def _spaced(parts: Iterable[list[str]]) -> list[str]:
    lines: list[str] = []
    for part in filter(None, parts):
        lines += ["", *part] if lines else part
    return lines


def _block(block: Block, place: int, level: int) -> list[str]:
    match block:
        case Paragraph():
            return _line(block.spans)
        case Items():
            return _items(block, place, level)
        case Entry():
            return _entry(block, level)
        case Table():
            return _table(block)
        case Definitions():
            return _definitions(block, place, level)
        case Section():
            return _spaced([_heading(block.title, level), _stacked(block.blocks, level + 1)])
        case _:
            return [f"> {line}".rstrip(" ") for line in _stacked(block.blocks, level)]


def _heading(title: str, level: int) -> list[str]:
    text = _escaped(title).strip()
    return [f"{'#' * min(level, _DEEPEST)} {text}"] if text else []


def _line(spans: Spans) -> list[str]:
    return _opened(_inline(spans))


def _opened(text: str) -> list[str]:
    """Return the text as a line that opens a paragraph and nothing else."""
    if opening := _OPENING.match(text):
        text = f"{text[: opening.end() - 1]}\\{text[opening.end() - 1 :]}"
    return [text] if text else []


def _inline(spans: Spans) -> str:
    return "".join(map(_span, spans)).strip()


def _span(span: Span) -> str:
    match span:
        case Text() | Reference():
            return _escaped(span.text)
        case Code():
            return _code(span.text)
        case Link():
            return _link(span)
        case _:
            return _strong(span.text)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", single_line(text))


def _strong(text: str) -> str:
    """Return the text between asterisks, which count as such only next to a letter."""
    escaped = _escaped(text)
    inner = escaped.strip()
    return escaped.replace(inner, f"**{inner}**", 1) if inner else escaped


def _code(text: str) -> str:
    """Return a code span for what looks like an identifier: nothing can be escaped inside one."""
    return f"`{text}`" if _IDENTIFIER.fullmatch(text) else _escaped(text)


def _link(link: Link) -> str:
    if not is_safe_link(link.url):
        return _escaped(link.text)
    text = _escaped(link.text).strip() or _escaped(link.url)
    address = link.url.replace("&", "&amp;").replace("$", "%24")
    return f"[{text}](<{address}>)"


def _led(marker: str, lines: list[str]) -> list[str]:
    """Make lines the content of a list item."""
    first, *others = lines or [""]
    indent = " " * len(marker)
    return [(marker + first).rstrip(" "), *((indent + line).rstrip(" ") for line in others)]


def _items(block: Items, place: int, level: int) -> list[str]:
    # Neighbouring lists with the same marker would be read as one.
    bullet, stop = ("*", ".") if place % 2 else ("+", ")")
    markers = (f"{number}{stop} " if block.ordered else f"{bullet} " for number, _ in enumerate(block.entries, 1))
    parts = [_led(marker, _stacked(entry, level)) for marker, entry in zip(markers, block.entries, strict=True)]
    if all(len(entry) == 1 and isinstance(entry[0], Paragraph) for entry in block.entries):
        return [line for part in parts for line in part]
    return _spaced(parts)


def _entry(block: Entry, level: int) -> list[str]:
    marks = (_strong(block.number), _span(block.badge) if block.badge else "", _inline(block.title))
    head = " ".join(filter(None, map(str.strip, marks)))
    body = _spaced([_opened(head), _line(block.meta), _stacked(block.body, level)])
    return _led("- ", body)


def _definitions(block: Definitions, place: int, level: int) -> list[str]:
    bullet = "* " if place % 2 else "+ "
    parts = (_spaced([_line(_standing_out(name)), _stacked(body, level)]) for name, body in block.pairs)
    return _spaced(_led(bullet, part) for part in parts)


def _standing_out(spans: Spans) -> Spans:
    return tuple(Strong(text=span.text) if isinstance(span, Text) else span for span in spans)


def _table(block: Table) -> list[str]:
    caption = _line((Strong(text=block.caption),))
    columns = [_escaped(column).strip() for column in block.columns]
    rows = [[_inline(cell) for cell in row] for row in block.rows]
    return _spaced([caption, [_row(columns), _row(["---"] * len(columns)), *map(_row, rows)]])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
