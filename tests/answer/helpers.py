"""The made-up knowledge, ways to change it, and a review in every form."""

from __future__ import annotations

import functools
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

import safetykb
from safetykb import KnowledgeBase, SafetyReview
from safetykb.knowledge.base import Collection
from safetykb.knowledge.loading import load
from safetykb.model.evidence import Citation
from safetykb.rendering.html import to_html
from safetykb.rendering.markdown import to_markdown
from safetykb.rendering.outline import (
    Block,
    Definitions,
    Document,
    Entry,
    Items,
    Link,
    Note,
    Paragraph,
    Section,
    Span,
    Table,
)
from safetykb.rendering.text import to_text

SAMPLE: Final = Path(__file__).parents[1] / "sample" / "tree"

FORMATS: Final = ("text", "markdown", "html", "json")
SHOWN: Final = ("text", "markdown", "html")
"""The forms for people; the JSON form is for programs."""

WIDE: Final = 20_000
"""A width that no line reaches, so that no cell of a table is broken."""


@functools.cache
def sample() -> KnowledgeBase:
    return load(SAMPLE)


def ask(compound: str = "examplamine", condition: str = "demo disease", **asked: Any) -> SafetyReview:
    """A review of the made-up knowledge, or of the one given."""
    return safetykb.review(compound, condition, **{"knowledge": sample(), **asked})


def changed(**records: Mapping[str, Any]) -> KnowledgeBase:
    """The made-up knowledge with records laid over it by kind and id; None takes one away."""
    base = sample()
    found: dict[str, Any] = {}
    for kind, new in records.items():
        known: Collection[Any] = getattr(base, kind)
        laid = {**known, **new}
        found[kind] = Collection.of(known.kind, {id: record for id, record in laid.items() if record is not None})
    return attrs.evolve(base, **found)


def only(*ids: str) -> KnowledgeBase:
    """The made-up knowledge with no claim but these."""
    return changed(considerations={id: None for id in sample().considerations if id not in ids})


def cites(*texts: str) -> tuple[Citation, ...]:
    return tuple(Citation.parse(text) for text in texts)


def forms(review: SafetyReview) -> dict[str, str]:
    """The review in every form, from one outline."""
    outline = review.outline()
    return {
        "text": to_text(outline, WIDE),
        "markdown": to_markdown(outline),
        "html": to_html(outline),
        "json": json.dumps(review.to_dict(), ensure_ascii=False, allow_nan=False),
    }


def plain(form: str, rendering: str) -> str:
    """What a reader of a rendering reads: no markup, no escapes, each run of blanks as one space."""
    if form == "html":
        rendering = re.sub(r"<style>.*?</style>", "", rendering, flags=re.DOTALL)
        rendering = html.unescape(re.sub(r"<[^>]+>", "", rendering))
    if form == "markdown":
        rendering = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", rendering).replace("**", "")
    return " ".join(rendering.split())


def blocks(of: Document | Block) -> Iterator[Block]:
    """Every block of an outline, however deep."""
    inner: Iterable[Block]
    match of:
        case Document():
            inner = (*of.summary, *of.blocks)
        case Section() | Note():
            inner = of.blocks
        case Entry():
            inner = of.body
        case Items():
            inner = (block for entry in of.entries for block in entry)
        case Definitions():
            inner = (block for _, body in of.pairs for block in body)
        case _:
            inner = ()
    for block in inner:
        yield block
        yield from blocks(block)


def spans_of(document: Document) -> Iterator[Span]:
    """Every span of an outline."""
    for block in blocks(document):
        match block:
            case Paragraph():
                yield from block.spans
            case Entry():
                yield from (*block.title, *block.meta)
            case Table():
                yield from (span for row in block.rows for cell in row for span in cell)
            case Definitions():
                yield from (span for name, _ in block.pairs for span in name)


def entries(review: SafetyReview) -> dict[str, Entry]:
    """The findings that stand alone in the outline, by their number."""
    found = [block for block in blocks(review.outline()) if isinstance(block, Entry) and block.number != "-"]
    return {entry.number: entry for entry in found}


def words(review: SafetyReview) -> str:
    """The text of a review, each run of blanks as one space."""
    return plain("text", review.to_text(WIDE))


def links_of(review: SafetyReview) -> set[str]:
    return {span.url for span in spans_of(review.outline()) if isinstance(span, Link)}
