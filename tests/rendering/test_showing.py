from attrs import frozen

from safetykb.rendering.html import to_html
from safetykb.rendering.markdown import to_markdown
from safetykb.rendering.outline import Document, paragraph
from safetykb.rendering.showing import Shown
from safetykb.rendering.text import to_text

DOCUMENT = Document(title="A title", blocks=(paragraph("some words that fill a line"),))


@frozen
class Sample(Shown):
    """Something with an outline."""

    def outline(self) -> Document:
        """Return its outline."""
        return DOCUMENT


def test_shown():
    """What has an outline is shown by each renderer."""
    assert Sample().to_text() == to_text(DOCUMENT)
    assert Sample().to_text(24) == to_text(DOCUMENT, 24)
    assert Sample().to_markdown() == to_markdown(DOCUMENT)
    assert Sample().to_html() == to_html(DOCUMENT)
    assert Sample().to_html(standalone=False) == to_html(DOCUMENT, standalone=False)


def test_notebook():
    """A notebook gets text, and the part of a page that fits into it."""
    bundle = Sample()._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/plain": to_text(DOCUMENT), "text/html": to_html(DOCUMENT, standalone=False)}
