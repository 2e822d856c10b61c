import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from safetykb.rendering.characters import single_line
from safetykb.rendering.markdown import to_markdown
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

from .documents import ADDRESSES, documents, everywhere, links_of, mapped
from .hostile import HOSTILE

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def written(*blocks: Block) -> str:
    """Return the Markdown after the title."""
    return to_markdown(Document(title="T", blocks=blocks)).removeprefix("# T\n").removeprefix("\n")


def flat(markdown: str) -> list[Token]:
    """Return what a reader makes of it, block and inline."""
    return [inner for token in READER.parse(markdown) for inner in (token, *(token.children or ()))]


def text_of(markdown: str) -> str:
    """Return the words that a reader would see."""
    return "".join(token.content for token in flat(markdown) if token.type in {"text", "code_inline"})


def test_document():
    """Title, summary and sections are headings and paragraphs in order."""
    inner = Section(anchor="b", title="Inner", blocks=(paragraph("c"),))
    blocks = (Section(anchor="a", title="Outer", blocks=(inner,)),)
    document = Document(title="Title", summary=(paragraph("a"),), blocks=blocks)
    assert to_markdown(document) == "# Title\n\na\n\n## Outer\n\n### Inner\n\nc\n"


def test_deep_heading():
    """No heading is below the sixth level."""
    block: Block = paragraph("x")
    for _ in range(7):
        block = Section(anchor="a", title="S", blocks=(block,))
    assert "\n###### S\n\n###### S\n" in written(block)
    assert "####### " not in written(block)


def test_spans():
    """Strong words, badges, identifiers and links have their marks."""
    badge = Badge(text="Caution", tone=Tone.CAUTION)
    said = paragraph(badge, " a ", Strong(text=" b "), Code(text="x/y#z"), Link(text=" c ", url=ADDRESSES[2]))
    assert written(said) == f"**Caution** a  **b** `x/y#z`[c](<{ADDRESSES[2]}>)\n"


def test_code():
    """What a code span could not hold safely is text."""
    assert written(paragraph(Code(text="a`|b"))) == "a\\`\\|b\n"


def test_links():
    """An unsafe address leaves the words, an address without words is its own, entities in it stay as they are."""
    assert written(paragraph(Link(text="c", url="javascript:x"))) == "c\n"
    for address in ADDRESSES:
        (link,) = [token for token in flat(written(paragraph(Link(text="", url=address)))) if token.type == "link_open"]
        assert str(link.attrs["href"]).replace("%24", "$").replace("%5B", "[").replace("%5D", "]") == address


@pytest.mark.parametrize("text", ["- a", "+ a", "= a", ": a", "% a", "1. a", "12) a", " - a", "# a", "> a"])
def test_opening(text):
    """What would open another block at the start of a line opens a paragraph."""
    assert next(token.type for token in READER.parse(written(paragraph(text)))) == "paragraph_open"
    assert text_of(written(paragraph(text))) == text.strip()
    entry = Entry(number="", title=spans(text), anchor="a")
    assert text_of(written(entry)) == text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a.example", "http\\:/\\/a.example"),
        ("WWW.a.example", "WWW\\.a.example"),
        ("mail@a.example", "mail\\@a.example"),
        ("figure: 0.5 % at 12.5 mg (n = 3)", "figure: 0.5 % at 12.5 mg (n = 3)"),
    ],
)
def test_addresses(text, expected):
    """A bare address cannot become a link, and an ordinary sentence stays readable."""
    assert written(paragraph(text)) == expected + "\n"


def test_lists():
    """Two lists in a row stay two, and a blank one between them changes nothing."""
    one, two = items("a", "b", ordered=True), items("c", ordered=True)
    assert written(one, two) == "1) a\n2) b\n\n1. c\n"
    assert written(one, paragraph(" "), two) == "1) a\n2) b\n\n1. c\n"
    assert written(items("a"), items("b")) == "+ a\n\n* b\n"
    assert written(Items(entries=((paragraph("a"), paragraph("b")), ()))) == "+ a\n\n  b\n\n+\n"


def test_entry():
    """A finding is an item with number, badge and title, its line and its body."""
    badge = Badge(text="Caution", tone=Tone.CAUTION)
    full = Entry(
        number="1", badge=badge, title=spans("t"), meta=spans("m"), body=(paragraph("b"), items("c")), anchor="a"
    )
    assert written(full) == "- **1** **Caution** t\n\n  m\n\n  b\n\n  * c\n"
    assert written(Entry(number="1", title=spans("t"), anchor="a")) == "- **1** t\n"


def test_definitions():
    """A name stands out over what is said of it."""
    pairs = ((spans("a", Code(text="b")), (paragraph("x"),)),)
    assert written(Definitions(pairs=pairs)) == "+ **a**`b`\n\n  x\n"
    assert written(items("i"), Definitions(pairs=pairs)).endswith("* **a**`b`\n\n  x\n")


def test_note():
    """A note is a quotation."""
    assert written(Note(blocks=(paragraph("a"), paragraph("b")))) == "> a\n>\n> b\n"


def test_table():
    """A table has its caption above and a cell for each column."""
    table = Table(caption="C", columns=("A", "|"), rows=((spans("a|b"), ()),))
    assert written(table) == "**C**\n\n| A | \\| |\n| --- | --- |\n| a\\|b |  |\n"


def shape(markdown: str) -> list[tuple[str, str]]:
    """Return the blocks of a Markdown text without its words."""
    return [(token.type, token.tag) for token in READER.parse(markdown)]


def benign(text: str) -> str:
    """Return a harmless text that is blank where the text is."""
    return "x" if single_line(text).strip() else ""


def safe(document: Document) -> None:
    """Check that a reader finds the blocks and links of the outline and nothing else."""
    markdown = to_markdown(document)
    tokens = flat(markdown)
    assert not {token.type for token in tokens} & {"html_block", "html_inline", "image", "fence", "code_block", "hr"}
    assert sum(token.type == "link_open" for token in tokens) == sum(1 for _ in links_of(document))
    assert shape(markdown) == shape(to_markdown(mapped(document, benign)))


@given(documents)
def test_any_text(document):
    """Whatever a document says, it opens no HTML, link, image, cell, heading or other block."""
    safe(document)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(text):
    """A hostile text in every field opens nothing."""
    safe(everywhere(text))


@given(st.text(st.characters()) | st.sampled_from(HOSTILE))
def test_words_arrive(text):
    """A reader sees the words of a paragraph, a cell and a heading as they are."""
    words = single_line(text).strip()
    assert text_of(written(paragraph(text))) == words
    assert text_of(to_markdown(Document(title=text, blocks=()))) == words
    table = Table(caption="", columns=("A",), rows=((spans(text),),))
    assert text_of(written(table)) == "A" + words
