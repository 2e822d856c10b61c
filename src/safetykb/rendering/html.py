"""A document as a whole HTML page, or as a part of one for a notebook."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NewType, Self

from attrs import Factory, define, fields, has

from safetykb.links import is_safe_link
from safetykb.rendering.characters import printable
from safetykb.rendering.outline import (
    Block,
    Code,
    Definitions,
    Document,
    Entry,
    Items,
    Link,
    Note,
    Paragraph,
    Reference,
    Section,
    Span,
    Spans,
    Strong,
    Table,
    Text,
)
from safetykb.rendering.stylesheet import PAGE, PART

__all__ = ["to_html"]

_Markup = NewType("_Markup", str)

_FIRST, _DEEPEST = 2, 6
_MAIN = "safetykb-main"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'"


def to_html(document: Document, *, standalone: bool = True, data: Mapping[str, Any] | None = None) -> str:
    """Return the document as HTML with nothing in it that runs and no request to make.

    Standalone, a page with its own style for light, dark and paper; `data` is what it tells machines, as JSON-LD.
    Otherwise one `div` for a notebook: its style touches nothing outside it, it has neither an `h1` nor an `id` that
    could meet another, and no `data`.
    """
    return _page(document, data) if standalone else _part(document)


def _page(document: Document, data: Mapping[str, Any] | None) -> _Markup:
    writer = _Writer.of_page(document)
    blocks, closing = _without_closing_notes(document.blocks)
    head = _join([writer.heading(_escaped(document.title), 1, "title"), writer.summary(document)])
    main = _tag("main", writer.blocks(blocks, _FIRST), id=_MAIN)
    parts = [
        _tag("a", _escaped("Skip to content"), class_="skip", href=f"#{_MAIN}"),
        _tag("header", head),
        *_navigation(writer.contents),
        main,
        *([_tag("footer", writer.blocks(closing, _FIRST), class_="closing")] if closing else []),
    ]
    body = _tag("body", _join(parts), class_="safetykb")
    lang = document.language if _LANGUAGE.fullmatch(document.language) else "und"
    return _Markup(f"<!doctype html>\n{_tag('html', _join([_head(document.title, data), body]), lang=lang)}\n")


def _head(title: str, data: Mapping[str, Any] | None) -> _Markup:
    parts = [
        _void("meta", charset="utf-8"),
        _void("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        _void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _void("meta", name="referrer", content="no-referrer"),
        _void("meta", name="color-scheme", content="light dark"),
        _tag("title", _escaped(title)),
        _tag("style", _Markup(PAGE)),
        *([_tag("script", _json(data), type="application/ld+json")] if data is not None else []),
    ]
    return _tag("head", _join(parts))


def _json(value: Mapping[str, Any]) -> _Markup:
    """Return JSON that can stand in a script element: in ASCII, without a character that means anything to HTML."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # These three stand in strings only, where their escapes mean the same.
    return _Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _part(document: Document) -> _Markup:
    writer = _Writer(anchors=None)
    blocks, closing = _without_closing_notes(document.blocks)
    parts = [
        _tag("style", _Markup(PART)),
        writer.heading(_escaped(document.title), 2, "title"),
        writer.summary(document),
        _tag("div", writer.blocks(blocks, 3), class_="body"),
        *([_tag("div", writer.blocks(closing, 3), class_="closing")] if closing else []),
    ]
    return _tag("div", _join(parts), class_="safetykb")


def _without_closing_notes(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Part the notes that end a document from the rest, and give their blocks."""
    closing: tuple[Block, ...] = ()
    while blocks and isinstance(note := blocks[-1], Note):
        blocks, closing = blocks[:-1], note.blocks + closing
    return blocks, closing


def _navigation(contents: Iterable[tuple[str, str]]) -> list[_Markup]:
    entries = [_tag("li", _tag("a", _escaped(title), href=f"#{anchor}")) for anchor, title in contents]
    return [_tag("nav", _tag("ol", _join(entries)), aria_label="Sections")] if entries else []


@define
class _Writer:
    """Writes blocks; gives each anchor once, or none at all where `anchors` is None.

    `places` is where references lead: to the first thing that wished for an anchor.
    """

    anchors: set[str] | None
    places: dict[str, str] = Factory(dict)
    contents: list[tuple[str, str]] = Factory(list)
    _free: dict[str, str] = Factory(dict)

    @classmethod
    def of_page(cls, document: Document) -> Self:
        """Return a writer that knows every anchor of the page beforehand: a reference may lead forward."""
        anchors = {_MAIN}
        places = {wish: _unique(_plain(wish), anchors) for wish in dict.fromkeys(_wishes(document))}
        return cls(anchors=anchors, places=places, free=dict(places))

    def anchor(self, wish: str | None) -> str | None:
        """Return an anchor that nothing else has."""
        if self.anchors is None or wish is None:
            return None
        return self._free.pop(wish, None) or _unique(_plain(wish), self.anchors)

    def spans(self, spans: Spans) -> _Markup:
        """Return words in a line."""
        return _join(map(self.span, spans), "")

    def span(self, span: Span) -> _Markup:
        """Return words of one kind."""
        match span:
            case Text():
                return _escaped(span.text)
            case Strong():
                return _tag("strong", _escaped(span.text))
            case Code():
                return _tag("code", _escaped(span.text), id=self.anchor(span.anchor))
            case Link():
                return _link(span)
            case Reference():
                return self.reference(span)
            case _:
                return _tag("span", _escaped(span.text), class_=f"badge tone-{span.tone.value}")

    def reference(self, reference: Reference) -> _Markup:
        """Return words as a link to a place of the page, where it has that place."""
        place = self.places.get(reference.to) if printable(reference.text).strip() else None
        if place is None:
            return _tag("span", _escaped(reference.text), class_="reference")
        return _tag("a", _escaped(reference.text), class_="reference", href=f"#{place}")

    def heading(self, content: _Markup, level: int, name: str = "heading") -> _Markup:
        """Return a heading."""
        return _tag(f"h{min(level, _DEEPEST)}", content, class_=name)

    def summary(self, document: Document) -> _Markup:
        """Return what stands first."""
        content = self.blocks(document.summary, _FIRST)
        return _tag("div", content, class_="summary") if content else _Markup("")

    def blocks(self, blocks: Iterable[Block], level: int) -> _Markup:
        """Return blocks in which the next heading has this level."""
        return _join(self.block(block, level) for block in blocks)

    def block(self, block: Block, level: int) -> _Markup:
        """Return one block."""
        match block:
            case Paragraph():
                return _tag("p", self.spans(block.spans))
            case Items():
                entries = _join(_tag("li", self.blocks(entry, level)) for entry in block.entries)
                return _tag("ol" if block.ordered else "ul", entries)
            case Entry():
                return self.entry(block, level)
            case Table():
                return self.table(block)
            case Definitions():
                return self.definitions(block, level)
            case Section():
                return self.section(block, level)
            case _:
                return _tag("div", self.blocks(block.blocks, level), class_="note", role="note")

    def entry(self, block: Entry, level: int) -> _Markup:
        """Return a finding."""
        badge = [self.span(block.badge), _Markup(" ")] if block.badge else []
        parts = [
            _tag("span", _escaped(block.number), class_="number"),
            self.heading(_join([*badge, self.spans(block.title)], ""), level),
            *([_tag("p", self.spans(block.meta), class_="meta")] if block.meta else []),
            *([_tag("div", self.blocks(block.body, level + 1), class_="body")] if block.body else []),
        ]
        return _tag("article", _join(parts), class_="entry", id=self.anchor(block.anchor))

    def section(self, block: Section, level: int) -> _Markup:
        """Return a section, and list it where it is one of the page's own."""
        anchor = self.anchor(block.anchor)
        if anchor and level == _FIRST and printable(block.title).strip():
            self.contents.append((anchor, block.title))
        content = [self.heading(_escaped(block.title), level), self.blocks(block.blocks, level + 1)]
        return _tag("section", _join(content), id=anchor)

    def definitions(self, block: Definitions, level: int) -> _Markup:
        """Return names with what is said of them."""
        pairs = (
            _tag("div", _join([_tag("dt", self.spans(name)), _tag("dd", self.blocks(body, level))]))
            for name, body in block.pairs
        )
        return _tag("dl", _join(pairs))

    def table(self, block: Table) -> _Markup:
        """Return a table that can be scrolled by keyboard.

        Its elements alone tell what they are, on a narrow screen that stacks the cells too: HTML forbids roles beside.
        """
        columns = _join(_tag("th", _escaped(column), scope="col") for column in block.columns)
        head = _tag("thead", _tag("tr", columns))
        body = _tag("tbody", _join(self.row(row, block.columns) for row in block.rows))
        caption = [_tag("caption", _escaped(block.caption))] if printable(block.caption).strip() else []
        table = _tag("table", _join([*caption, head, body]))
        return _tag(
            "div", table, class_="table", role="group", tabindex="0", aria_label=block.caption if caption else "Table"
        )

    def row(self, cells: tuple[Spans, ...], columns: tuple[str, ...]) -> _Markup:
        """Return a row, its first cell as its heading."""
        name, *others = cells
        parts = [_tag("th", self.spans(name), scope="row")]
        for column, cell in zip(columns[1:], others, strict=True):
            content = _tag("span", self.spans(cell)) if cell else _Markup("")
            parts.append(_tag("td", content, data_label=column))
        return _tag("tr", _join(parts))


def _wishes(value: object) -> Iterator[str]:
    """Yield every anchor that an outline asks for, in its order."""
    if isinstance(value, tuple):
        for part in value:
            yield from _wishes(part)
    elif has(type(value)):
        if isinstance(value, Section | Entry | Code) and value.anchor is not None:
            yield value.anchor
        cls: type[Any] = type(value)
        for field in fields(cls):
            yield from _wishes(getattr(value, field.name))


def _link(link: Link) -> _Markup:
    if not is_safe_link(link.url):
        return _escaped(link.text)
    text = link.text if printable(link.text).strip() else link.url
    name = "address" if text == link.url else None
    return _tag("a", _escaped(text), class_=name, href=link.url, rel="noopener noreferrer")


def _plain(anchor: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", anchor.lower()).strip("-") or "section"


def _unique(anchor: str, taken: set[str]) -> str:
    place, name = 1, anchor
    while name in taken:
        place += 1
        name = f"{anchor}-{place}"
    taken.add(name)
    return name


def _tag(name: str, content: _Markup, /, **attributes: str | None) -> _Markup:
    return _Markup(f"{_void(name, **attributes)}{content}</{name}>")


def _void(name: str, /, **attributes: str | None) -> _Markup:
    pairs = (_attribute(key, value) for key, value in attributes.items() if value is not None)
    return _Markup(f"<{name}{''.join(pairs)}>")


def _attribute(key: str, value: str) -> _Markup:
    return _Markup(f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"')


def _join(parts: Iterable[_Markup], between: str = "\n") -> _Markup:
    return _Markup(between.join(parts))


def _escaped(text: str) -> _Markup:
    return _Markup(html.escape(printable(text), quote=True))
