import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Section,
    Strong,
    Table,
    Tone,
    items,
    paragraph,
    spans,
)
from safetykb.rendering.text import to_text
from safetykb.rendering.wrapping import display_width

from .documents import documents, everywhere, links_of
from .hostile import HOSTILE

CAUTION = Badge(text="Caution", tone=Tone.CAUTION)


def lines(*blocks: Block, width: int = 40) -> list[str]:
    """Return the lines after the title and its rule."""
    return to_text(Document(title="T", blocks=blocks), width).splitlines()[2:]


def entry(**fields) -> Entry:
    """Return an entry with only what is named."""
    return Entry(**{"number": "1", "title": spans("title"), "anchor": "a", **fields})


def test_title():
    """A document opens with its title over a rule, then its summary."""
    document = Document(title="A title", summary=(paragraph("first"),), blocks=(paragraph("second"),))
    assert to_text(document, 30) == "A title\n" + "─" * 30 + "\nfirst\n\nsecond\n"


def test_spans():
    """Words are plain, a badge is in capitals, an address stands behind its words once."""
    said = paragraph(CAUTION, " ", Strong(text="a"), Code(text=" b "), Link(text="c", url="https://a.example/"))
    assert lines(said) == ["CAUTION a b c <https://a.example/>"]
    assert lines(paragraph(Link(text="https://a.example/", url="https://a.example/"))) == ["https://a.example/"]
    assert lines(paragraph(Link(text="c", url="javascript:x"))) == ["c"]


def test_sections():
    """A section's title is in capitals, a section inside it is underlined, an empty title leaves no line."""
    inner = Section(anchor="i", title="Inner", blocks=(paragraph("b"),))
    assert lines(Section(anchor="o", title="Outer", blocks=(paragraph("a"), inner))) == [
        "OUTER", "a", "", "Inner", "─────", "b",
    ]  # fmt: skip
    assert lines(Section(anchor="o", title="", blocks=(Section(anchor="i", title=" ", blocks=(paragraph("b"),)),))) == [
        "b"
    ]


def test_entry():
    """The line about a finding stands at its right where there is room, else below."""
    assert lines(entry(badge=CAUTION, meta=spans("study"), body=(paragraph("body"),))) == [
        "1  CAUTION  title                  study",
        "   body",
    ]
    assert lines(entry(badge=CAUTION, title=spans("a title"), meta=spans("study, very low · direct"))) == [
        "1  CAUTION  a title",
        "   study, very low · direct",
    ]


def test_entry_parts():
    """What a finding lacks leaves no trace."""
    assert lines(entry()) == ["1  title"]
    assert lines(entry(number="", body=(paragraph("body"),)), width=24) == ["title", "body"]
    assert lines(entry(number="", title=())) == []


def test_long_entry():
    """A long title hangs under itself."""
    assert lines(entry(title=spans("word " * 10))) == ["1  word word word word word word word", "   word word word"]


def test_items():
    """Short entries of a list stand close, longer ones apart; numbers are aligned."""
    assert lines(items("a", "b")) == ["• a", "• b"]
    assert lines(items(*"abcdefghij", ordered=True))[-2:] == [" 9. i", "10. j"]
    assert lines(Items(entries=((paragraph("a"), paragraph("b")), ()))) == ["• a", "", "  b", "", "•"]


def test_narrow_items():
    """Where too little width is left for an indent the content stands under its marker."""
    deep: Block = paragraph("bottom")
    for _ in range(8):
        deep = Note(blocks=(Items(entries=((deep,),)),))
    shown = lines(deep, width=24)
    assert shown[-1].endswith("bottom")
    assert max(map(len, shown)) <= 24


def test_definitions():
    """Short names stand beside what is said of them, long ones above."""
    short = Definitions(pairs=((spans("a"), (paragraph("x"),)), (spans("bcd"), (paragraph("y"), paragraph("z")))))
    assert lines(short) == ["a    x", "", "bcd  y", "", "     z"]
    assert lines(Definitions(pairs=((spans("a longer name"), (paragraph("x"),)),))) == ["a longer name", "  x"]
    assert lines(Definitions(pairs=())) == []


def test_note():
    """A note has a bar at its side."""
    assert lines(Note(blocks=(paragraph("a"), paragraph("b")))) == ["│ a", "│", "│ b"]


def test_table():
    """A table is laid out in columns, its cells wrapped, and rows of several lines apart."""
    table = Table(caption="Caption", columns=("A", "B"), rows=((spans("a"), spans("b")), (spans("長い"), ())))
    assert lines(table) == ["Caption", "A     B", "────  ─", "a     b", "長い"]
    assert lines(Table(caption="", columns=("A", ""), rows=())) == ["A", "─"]
    long = Table(caption="", columns=("A", "B"), rows=((spans("a"), spans("word " * 12)), (spans("b"), spans("c"))))
    assert lines(long) == [
        "A  B",
        "─  " + "─" * 37,
        "a  word word word word word word word",
        "   word word word word word",
        "",
        "b  c",
    ]


def test_wide_table():
    """A table that does not fit is one block a row."""
    row = tuple(spans(f"{word} of a longer text") for word in ("first", "second", "third"))
    table = Table(caption="Caption", columns=("A", "B", "C"), rows=(row, row))
    assert lines(table)[:5] == [
        "Caption",
        "A: first of a longer text",
        "B: second of a longer text",
        "C: third of a longer text",
        "",
    ]


def test_address_in_table():
    """An address in a cell is never cut."""
    url = "https://a.example/" + "x" * 60
    table = Table(caption="", columns=("A", "B"), rows=((spans("a"), spans(Link(text=url, url=url))),))
    assert lines(table) == ["A: a", "B:", f"  {url}"]


def safe_in_terminal(document: Document, width: int) -> None:
    """Check what holds of any text."""
    text = to_text(document, width)
    assert not {c for c in text if unicodedata.category(c)[0] == "C"} - {"\n"}
    addresses = {link.url for link in links_of(document)}
    for line in text.splitlines():
        assert display_width(line) <= max(width, 24) or any(url in line for url in addresses)
        assert line == line.rstrip(" ")


@given(documents, st.integers(0, 120))
def test_any_text(document, width):
    """Whatever a document says, no line is too wide and no control character reaches the terminal."""
    safe_in_terminal(document, width)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(text):
    """A hostile text in every field changes neither terminal nor width."""
    for width in (24, 40, 80):
        safe_in_terminal(everywhere(text), width)


@given(documents)
def test_every_badge_speaks(document):
    """Every badge is read as its words."""
    said = Badge(text="Undetermined", tone=Tone.UNDETERMINED)
    blocks = (*document.blocks, paragraph(said))
    assert to_text(Document(title="", blocks=blocks)).endswith("UNDETERMINED\n")
