import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.links import is_safe_link
from safetykb.rendering.characters import printable
from safetykb.rendering.html import to_html
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
    Reference,
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

VOID = {"meta"}
ATTRIBUTES = {
    "aria-label", "charset", "class", "content", "data-label", "href", "http-equiv", "id", "lang", "name", "rel",
    "role", "scope", "tabindex",
}  # fmt: skip
TAGS = {
    "a", "article", "body", "caption", "code", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "html", "li", "main", "meta", "nav", "ol", "p", "section", "span", "strong", "style", "table",
    "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip


class Reader(HTMLParser):
    """Reads a page and holds that every element closes in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.others: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)

    def handle_comment(self, data):
        self.others.append(data)

    def handle_pi(self, data):
        self.others.append(data)

    def unknown_decl(self, data):
        self.others.append(data)

    def values(self, name: str) -> list[str]:
        """Return every value of an attribute."""
        return [str(attributes[name]) for _, attributes in self.tags if name in attributes]

    def named(self, *tags: str) -> list[str]:
        """Return which of these tags come, in order."""
        return [tag for tag, _ in self.tags if tag in tags]


def inside(*blocks: Block) -> str:
    """Return the markup of blocks in a page."""
    page = to_html(Document(title="T", blocks=blocks))
    return page.partition('id="safetykb-main">')[2].partition("</main>")[0]


def test_page():
    """A page has a language, an encoding, a policy that allows nothing from outside, landmarks and a way past them."""
    section = Section(anchor="One thing", title="One", blocks=(paragraph("x"),))
    page = to_html(Document(title="T", language="pt-BR", summary=(paragraph("s"),), blocks=(section, Note(blocks=()))))
    reader = Reader(page)
    assert page.startswith('<!doctype html>\n<html lang="pt-BR"><head><meta charset="utf-8">\n<meta http-equiv=')
    assert "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;; img-src &#x27;none&#x27;" in page
    assert reader.named("header", "nav", "main", "footer") == ["header", "nav", "main"]
    assert reader.values("href") == ["#safetykb-main", "#one-thing"]
    assert reader.values("id") == ["safetykb-main", "one-thing"]


def test_untitled_section():
    """A section without a title is not listed: nothing could be read of its link."""
    assert "<nav" not in to_html(Document(title="T", blocks=(Section(anchor="a", title=" ", blocks=()),)))


def test_footer():
    """The notes that end a document are its footer."""
    blocks = (
        Note(blocks=(paragraph("a"),)),
        paragraph("b"),
        Note(blocks=(paragraph("c"),)),
        Note(blocks=(items("d"),)),
    )
    page = to_html(Document(title="T", blocks=blocks))
    assert '<footer class="closing"><p>c</p>\n<ul><li><p>d</p></li></ul></footer>' in page
    assert '<div class="note" role="note"><p>a</p></div>\n<p>b</p></main>' in page


@pytest.mark.parametrize("language", ["", "en us", '"><script>', "x" * 40])
def test_language(language):
    """What is no language tag is an undetermined language."""
    assert '<html lang="und">' in to_html(Document(title="T", language=language, blocks=()))


def test_part():
    """A part for a notebook is one element without h1, id, landmarks or links into itself."""
    section = Section(anchor="a", title="S", blocks=(Entry(number="1", title=spans("t"), anchor="b"),))
    part = to_html(
        Document(title="T", summary=(paragraph("s"),), blocks=(section, Note(blocks=(paragraph("n"),)))),
        standalone=False,
    )
    reader = Reader(part)
    assert reader.tags[0] == ("div", {"class": "safetykb"})
    assert not reader.named("h1", "html", "body", "main", "nav", "header", "footer", "a")
    assert not reader.values("id")
    assert reader.named("h2", "h3", "h4") == ["h2", "h3", "h4"]
    assert '<div class="closing"><p>n</p></div></div>' in part


def test_part_style_is_scoped():
    """The style of a part touches nothing outside it."""
    style = to_html(Document(title="T", blocks=()), standalone=False).partition("<style>")[2].partition("</style>")[0]
    for selectors in re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{", "", style)):
        for selector in re.sub(r"\([^)]*\)", "", selectors).split(","):
            assert ".safetykb" in selector


def test_spans():
    """Each kind of words has its element; a badge shows its text and a tone of its own."""
    said = paragraph("a", Strong(text="b"), Code(text="c"), Badge(text="Not known", tone=Tone.UNDETERMINED))
    assert inside(said) == (
        '<p>a<strong>b</strong><code>c</code><span class="badge tone-undetermined">Not known</span></p>'
    )


def test_links():
    """A safe address is a link that tells nobody where it was followed from; an unsafe one leaves the words."""
    rel = 'rel="noopener noreferrer"'
    assert inside(paragraph(Link(text="a", url=ADDRESSES[2]))) == f'<p><a href="{ADDRESSES[2]}" {rel}>a</a></p>'
    bare = f'<p><a class="address" href="{ADDRESSES[2]}" {rel}>{ADDRESSES[2]}</a></p>'
    assert inside(paragraph(Link(text=" ", url=ADDRESSES[2]))) == bare
    assert inside(paragraph(Link(text="a", url="javascript:alert(1)"))) == "<p>a</p>"


def test_references():
    """A reference leads, forward or back, to the first thing on the page with its anchor, else it is only words."""
    entry = Entry(number="1", title=spans("t"), anchor="f/1")
    blocks = (
        paragraph(Reference(text="see 1", to="f/1"), Reference(text=" ", to="f/1"), Reference(text="x", to="X")),
        entry,
        paragraph(Code(text="k", anchor="f 1"), Code(text="l", anchor="f/1"), Reference(text="k", to="f 1")),
    )
    markup = inside(*blocks)
    assert markup.startswith(
        '<p><a class="reference" href="#f-1">see 1</a><span class="reference"> </span>'
        '<span class="reference">x</span></p>'
    )
    assert '<article class="entry" id="f-1">' in markup
    assert markup.endswith(
        '<code id="f-1-2">k</code><code id="f-1-3">l</code><a class="reference" href="#f-1-2">k</a></p>'
    )
    part = to_html(Document(title="T", blocks=blocks), standalone=False)
    assert '<span class="reference">see 1</span>' in part
    assert "<code>k</code>" in part


def test_lists():
    """Lists are lists, numbered or not."""
    assert inside(Items(entries=((paragraph("a"), paragraph("b")),), ordered=True)) == (
        "<ol><li><p>a</p>\n<p>b</p></li></ol>"
    )


def test_entry():
    """A finding is an article with number, a heading of badge and title, its line and its body."""
    badge = Badge(text="Avoid", tone=Tone.AVOID)
    full = Entry(number="1", badge=badge, title=spans("t"), meta=spans("m"), body=(paragraph("b"),), anchor="A b")
    assert inside(full) == (
        '<article class="entry" id="a-b"><span class="number">1</span>\n'
        '<h2 class="heading"><span class="badge tone-avoid">Avoid</span> t</h2>\n'
        '<p class="meta">m</p>\n<div class="body"><p>b</p></div></article>'
    )
    assert inside(Entry(number="1", title=spans("t"), anchor="")) == (
        '<article class="entry" id="section"><span class="number">1</span>\n<h2 class="heading">t</h2></article>'
    )


def test_definitions():
    """Names and what is said of them are a description list."""
    pairs = ((spans("a"), (paragraph("b"),)),)
    assert inside(Definitions(pairs=pairs)) == "<dl><div><dt>a</dt>\n<dd><p>b</p></dd></div></dl>"


def test_table():
    """A table has its caption, scoped headings, and a place that a keyboard can scroll."""
    reader = Reader(inside(Table(caption="C", columns=("A", "B"), rows=((spans("a"), spans("b")), (spans("c"), ())))))
    assert reader.tags[0] == ("div", {"class": "table", "role": "group", "tabindex": "0", "aria-label": "C"})
    assert reader.named("caption", "th", "td") == ["caption", "th", "th", "th", "td", "th", "td"]
    assert reader.values("scope") == ["col", "col", "row", "row"]
    assert reader.values("data-label") == ["B", "B"]
    assert 'aria-label="Table"' in inside(Table(caption=" ", columns=("A",), rows=()))


def test_headings():
    """Headings go down one level at a time and not below the sixth."""
    block: Block = paragraph("x")
    for _ in range(7):
        block = Section(anchor="a", title="S", blocks=(block,))
    reader = Reader(to_html(Document(title="T", blocks=(block,))))
    headings = reader.named(*(f"h{level}" for level in range(1, 9)))
    assert headings == ["h1", "h2", "h3", "h4", "h5", "h6", "h6", "h6"]
    assert reader.values("id") == ["safetykb-main", "a", *(f"a-{place}" for place in range(2, 8))]


def shape(reader: Reader) -> list[tuple[str, list[str], str | None]]:
    """Return the elements of a page without its words."""
    return [(tag, sorted(attributes), attributes.get("class")) for tag, attributes in reader.tags]


def benign(text: str) -> str:
    """Return a harmless text that is blank where the text is."""
    return "x" if printable(text).strip() else ""


def safe(document: Document, *, standalone: bool) -> None:
    """Check that a page has the elements of the outline and nothing else."""
    reader = Reader(to_html(document, standalone=standalone))
    assert not reader.others
    assert {tag for tag, _ in reader.tags} <= TAGS
    assert {name for _, attributes in reader.tags for name in attributes} <= ATTRIBUTES
    outward = [url for url in reader.values("href") if not url.startswith("#")]
    assert outward == [link.url for link in links_of(document)]
    assert all(map(is_safe_link, outward))
    anchors = reader.values("id")
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch("[a-z0-9-]+", anchor) for anchor in anchors)
    assert {url[1:] for url in reader.values("href") if url.startswith("#")} <= set(anchors)
    assert shape(reader) == shape(Reader(to_html(mapped(document, benign), standalone=standalone)))


@given(documents, st.booleans())
def test_any_text(document, standalone):
    """Whatever a document says, its page has no element, attribute or address that is not of the outline."""
    safe(document, standalone=standalone)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(text):
    """A hostile text in every field is only words."""
    safe(everywhere(text), standalone=True)
    safe(everywhere(text), standalone=False)


@given(st.text(st.characters()) | st.sampled_from(HOSTILE))
def test_words_arrive(text):
    """A reader sees the words as they are."""
    assert "".join(Reader(inside(paragraph(text))).words) == printable(text)


@given(documents)
def test_can_be_written(document):
    """A page can be written to a file and asks for nothing from outside."""
    page = to_html(document)
    assert page.encode().decode() == page
    assert "url(" not in page.partition("<style>")[2].partition("</style>")[0]
