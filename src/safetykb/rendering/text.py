"""A document as plain text for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterable

from safetykb.links import is_safe_link
from safetykb.rendering.characters import single_line
from safetykb.rendering.outline import (
    Badge,
    Block,
    Definitions,
    Document,
    Entry,
    Items,
    Link,
    Paragraph,
    Section,
    Span,
    Spans,
    Table,
)
from safetykb.rendering.wrapping import ADDRESS, display_width, longest_word, pad, plain, wrap

__all__ = ["to_text"]

_NARROWEST = 24
_LEAST_BODY = 16
_LEAST_COLUMN = 14
_GAP = "  "
_RULE = "─"
_BAR = "│ "


def to_text(document: Document, width: int = 80) -> str:
    """Return the document as lines of at most `width` columns, of which it takes 24 or more.

    Only a line that holds the address of a link may be longer, so that it can be opened and copied.
    """
    width = max(width, _NARROWEST)
    head = [*wrap(single_line(document.title), width), _RULE * width]
    blocks = _stacked((*document.summary, *document.blocks), width, 0)
    return "\n".join([*head, *blocks]) + "\n"


def _stacked(blocks: Iterable[Block], width: int, depth: int) -> list[str]:
    return _spaced(_block(block, width, depth) for block in blocks)


def _spaced(parts: Iterable[list[str]]) -> list[str]:
    lines: list[str] = []
    for part in filter(None, parts):
        lines += ["", *part] if lines else part
    return lines


def _block(block: Block, width: int, depth: int) -> list[str]:
    match block:
        case Paragraph():
            return wrap(_inline(block.spans), width)
        case Items():
            return _items(block, width, depth)
        case Entry():
            return _entry(block, width, depth)
        case Table():
            return _table(block, width)
        case Definitions():
            return _definitions(block, width, depth)
        case Section():
            return _section(block, width, depth)
        case _:
            return _inset(block.blocks, width, depth, _BAR)


def _inline(spans: Spans) -> str:
    return "".join(map(_span, spans)).strip(" ")


def _span(span: Span) -> str:
    match span:
        case Link():
            return _link(span)
        case Badge():
            return single_line(span.text).upper()
        case _:
            return single_line(span.text)


def _link(link: Link) -> str:
    text = single_line(link.text)
    if not is_safe_link(link.url):
        return text
    address = ADDRESS + link.url
    return f"{text} <{address}>" if text.strip() not in ("", link.url) else address


def _inset(blocks: Iterable[Block], width: int, depth: int, prefix: str) -> list[str]:
    """Set blocks behind a prefix on each line, or without it where too little width is left."""
    if width - len(prefix) < _LEAST_BODY:
        return _stacked(blocks, width, depth)
    lines = _stacked(blocks, width - len(prefix), depth)
    return _hung(prefix, lines, prefix)


def _hung(first: str, lines: list[str], rest: str) -> list[str]:
    """Put one prefix before the first line and another before the others."""
    prefixes = [first, *[rest] * (len(lines) - 1)]
    return [(prefix + line).rstrip(" ") for prefix, line in zip(prefixes, lines, strict=False)]


def _led(marker: str, blocks: Iterable[Block], width: int, depth: int) -> list[str]:
    """Set blocks beside a marker, or under it where too little width is left."""
    indent = display_width(marker)
    if width - indent < _LEAST_BODY:
        return [*wrap(marker, width), *_stacked(blocks, width, depth)]
    return _hung(marker, _stacked(blocks, width - indent, depth) or [""], " " * indent)


def _items(block: Items, width: int, depth: int) -> list[str]:
    size = len(str(len(block.entries)))
    markers = (f"{place:>{size}}. " if block.ordered else "• " for place, _ in enumerate(block.entries, 1))
    parts = [_led(marker, entry, width, depth) for marker, entry in zip(markers, block.entries, strict=True)]
    if all(len(entry) == 1 and isinstance(entry[0], Paragraph) for entry in block.entries):
        return [line for part in parts for line in part]
    return _spaced(parts)


def _entry(block: Entry, width: int, depth: int) -> list[str]:
    number, meta = single_line(block.number).strip(" "), _inline(block.meta)
    indent = min(display_width(number) + len(_GAP), 6) if number and width > 2 * _LEAST_BODY else 0
    head = _GAP.join(filter(None, (number, _span(block.badge) if block.badge else "", _inline(block.title))))
    lines = _titled(head, meta, width, indent)
    return lines + _indented(_stacked(block.body, width - indent, depth), indent)


def _titled(head: str, meta: str, width: int, indent: int) -> list[str]:
    """Set the meta line at the right of the head where both fit on one line, else below it."""
    room = width - display_width(plain(head)) - display_width(plain(meta))
    if meta and room >= 2 * len(_GAP):
        return [plain(head) + " " * room + plain(meta)]
    return wrap(head, width, indent) + _indented(wrap(meta, width - indent), indent)


def _indented(lines: Iterable[str], indent: int) -> list[str]:
    return [(" " * indent + line).rstrip(" ") for line in lines]


def _definitions(block: Definitions, width: int, depth: int) -> list[str]:
    names = [_inline(name) for name, _ in block.pairs]
    column = max((display_width(plain(name)) for name in names), default=0) + len(_GAP)
    pairs = zip(names, (body for _, body in block.pairs), strict=True)
    if column <= width // 3:
        return _spaced(_led(pad(plain(name), column), body, width, depth) for name, body in pairs)
    return _spaced([*wrap(name, width), *_inset(body, width, depth, _GAP)] for name, body in pairs)


def _section(block: Section, width: int, depth: int) -> list[str]:
    title = single_line(block.title).strip(" ")
    if depth == 0:
        head = wrap(title.upper(), width)
    else:
        head = wrap(title, width)
        head += [_RULE * max(map(display_width, head))] if head else []
    return [*head, *_stacked(block.blocks, width, depth + 1)]


def _table(block: Table, width: int) -> list[str]:
    columns = [single_line(column).strip(" ") for column in block.columns]
    rows = [[_inline(cell) for cell in row] for row in block.rows]
    caption = wrap(single_line(block.caption), width)
    widths = _column_widths([columns, *rows], width)
    return caption + (_laid_out(columns, rows, widths) if widths else _one_by_one(columns, rows, width))


def _column_widths(cells: list[list[str]], width: int) -> list[int]:
    """Return a width for each column, none where the table does not fit."""
    naturals = [max(display_width(plain(cell)) for cell in column) for column in zip(*cells, strict=True)]
    words = [max(map(longest_word, column)) for column in zip(*cells, strict=True)]
    least = [min(natural, max(word, _LEAST_COLUMN)) for natural, word in zip(naturals, words, strict=True)]
    spare = width - len(_GAP) * (len(least) - 1) - sum(least)
    if spare < 0:
        return []
    wanted = sum(naturals) - sum(least)
    share = min(1.0, spare / wanted) if wanted else 0.0
    return [low + int(share * (natural - low)) for low, natural in zip(least, naturals, strict=True)]


def _laid_out(columns: list[str], rows: list[list[str]], widths: list[int]) -> list[str]:
    parts = [_row(row, widths) for row in rows]
    head = [*_row(columns, widths), _GAP.join(_RULE * size for size in widths).rstrip(" ")]
    if all(len(part) <= 1 for part in parts):
        return head + [line for part in parts for line in part]
    return head + _spaced(parts)


def _row(cells: list[str], widths: list[int]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(map(len, wrapped))
    filled = [lines + [""] * (height - len(lines)) for lines in wrapped]
    sized = ([pad(line, size) for line, size in zip(line, widths, strict=True)] for line in zip(*filled, strict=True))
    return [_GAP.join(line).rstrip(" ") for line in sized]


def _one_by_one(columns: list[str], rows: list[list[str]], width: int) -> list[str]:
    return _spaced(
        [
            line
            for column, cell in zip(columns, row, strict=True)
            for line in wrap(f"{column}: {cell}", width, len(_GAP))
        ]
        for row in rows
    )
