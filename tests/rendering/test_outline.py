import attrs
import pytest

from safetykb.rendering.outline import Items, Paragraph, Strong, Table, Text, between, items, paragraph, spans


def test_spans():
    """A string among spans is plain text."""
    assert spans("a", Strong(text="b")) == (Text(text="a"), Strong(text="b"))


def test_between():
    """A separator stands between each two parts, and nowhere else."""
    assert between(", ", ("a", Strong(text="b"))) == spans("a", ", ", Strong(text="b"))
    assert between(", ", ()) == ()


def test_paragraph():
    """A paragraph is made of strings and spans."""
    assert paragraph("a", Strong(text="b")) == Paragraph(spans=(Text(text="a"), Strong(text="b")))


def test_items():
    """A list is made of lines."""
    assert items("a", spans("b"), ordered=True) == Items(entries=((paragraph("a"),), (paragraph("b"),)), ordered=True)


@pytest.mark.parametrize(
    ("columns", "row"), [((), ()), (("a", "b"), (spans("x"),)), (("a",), (spans("x"), spans("y")))]
)
def test_ragged_table(columns, row):
    """A table without columns, or with a row that does not fit them, is refused."""
    with pytest.raises(ValueError, match="one cell for each column"):
        Table(caption="", columns=columns, rows=(row,))


def test_frozen():
    """An outline cannot be changed, and is a value."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Text(text="a").text = "b"  # type: ignore[misc]
    assert hash(paragraph("a")) == hash(paragraph("a"))
