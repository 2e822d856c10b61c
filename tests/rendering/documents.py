"""Documents to render: of any text, and walks over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
from hypothesis import strategies as st

from safetykb.links import is_safe_link
from safetykb.rendering.outline import (
    Badge,
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
    Strong,
    Table,
    Text,
    Tone,
)

from .hostile import HOSTILE

ADDRESSES = (
    "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
    "https://pubmed.ncbi.nlm.nih.gov/?term=ketamine&lt;x$y$z*a*_b_[c]",
    "https://clinicaltrials.gov/study/NCT00000000",
)

_WORDS = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE)


@st.composite
def _words(draw: st.DrawFn) -> str:
    """Draw a text; a strategy of its own, since its name is shorter to show than a hundred hostile texts."""
    return draw(_WORDS)


words = _words()
span = st.one_of(
    st.builds(Text, text=words),
    st.builds(Strong, text=words),
    st.builds(Code, text=words | st.just("samplamine/demo-disease#4.3"), anchor=st.none() | words),
    st.builds(Link, text=words, url=words | st.sampled_from(ADDRESSES)),
    st.builds(Reference, text=words, to=words),
    st.builds(Badge, text=words, tone=st.sampled_from(Tone)),
)
line = st.lists(span, max_size=3).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table."""
    size = draw(st.integers(1, 4))
    row = st.lists(line, min_size=size, max_size=size).map(tuple)
    columns = draw(st.lists(words, min_size=size, max_size=size).map(tuple))
    return Table(caption=draw(words), columns=columns, rows=tuple(draw(st.lists(row, max_size=3))))


def _holding(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(blocks, max_size=3).map(tuple)
    pair = st.tuples(line, several)
    badge = st.none() | st.builds(Badge, text=words, tone=st.sampled_from(Tone))
    return st.one_of(
        st.builds(Items, entries=st.lists(several, max_size=3).map(tuple), ordered=st.booleans()),
        st.builds(Entry, number=words, badge=badge, title=line, meta=line, body=several, anchor=words),
        st.builds(Definitions, pairs=st.lists(pair, max_size=3).map(tuple)),
        st.builds(Section, anchor=words, title=words, blocks=several),
        st.builds(Note, blocks=several),
    )


block = st.recursive(st.builds(Paragraph, spans=line) | tables(), _holding, max_leaves=8)
documents = st.builds(
    Document,
    title=words,
    language=words | st.sampled_from(("en", "pt-BR")),
    summary=st.lists(block, max_size=2).map(tuple),
    blocks=st.lists(block, max_size=4).map(tuple),
)


def everywhere(text: str) -> Document:
    """Return a document with the text in each of its fields."""
    every: tuple[Span, ...] = (
        Text(text=text),
        Strong(text=text),
        Code(text=text, anchor=text),
        Reference(text=text, to=text),
        Reference(text=text, to=f"{text} is nowhere"),
        Link(text=text, url=text),
        Link(text=text, url=ADDRESSES[0]),
        *(Badge(text=text, tone=tone) for tone in Tone),
    )
    said = Paragraph(spans=every)
    entry = Entry(
        number=text, badge=Badge(text=text, tone=Tone.AVOID), title=every, meta=every, body=(said,), anchor=text
    )
    table = Table(caption=text, columns=(text, text, text), rows=((every, every, ()), (every, (), every)))
    lists = (Items(entries=((said,), (said, said)), ordered=True), Items(entries=((said,), (said,))))
    inner = Section(anchor=text, title=text, blocks=(said, entry, table))
    blocks = (said, *lists, table, Definitions(pairs=((every, (said,)),)), inner, Note(blocks=(said,)))
    return Document(
        title=text,
        language=text,
        summary=(said,),
        blocks=(*blocks, Section(anchor=text, title=text, blocks=blocks), Note(blocks=(said,))),
    )


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return an outline with each text changed that a reader would see; addresses stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(mapped(part, change) for part in value)
    if attrs.has(type(value)):
        return attrs.evolve(
            value,
            **{
                field.name: mapped(getattr(value, field.name), change)
                for field in attrs.fields(type(value))
                if field.name not in {"url", "anchor", "to", "language"}
            },
        )
    return value


def links_of(value: Any) -> Iterator[Link]:
    """Yield every link of an outline that may be shown as one."""
    if isinstance(value, Link) and is_safe_link(value.url):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from links_of(part)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from links_of(getattr(value, field.name))
