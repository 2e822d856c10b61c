import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.rendering.characters import single_line
from safetykb.rendering.wrapping import ADDRESS, display_width, longest_word, pad, plain, wrap


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("長い", 4), ("e\u0301", 1), ("é", 1), ("ｱ", 1)])
def test_display_width(text, width):
    """A combining mark takes no column and a wide character two."""
    assert display_width(text) == width


def test_wrap():
    """Lines break at spaces, and what follows the first may hang."""
    assert wrap(" aa bb  cc ", 5) == ["aa bb", "cc"]
    assert wrap("aa bb cc", 5, 2) == ["aa bb", "  cc"]
    assert wrap("aa  bb", 6) == ["aa  bb"]
    assert wrap(" ", 5) == []


def test_no_break_space():
    """A figure stays with its unit."""
    assert wrap("up to 30\u00a0mg", 8) == ["up to", "30\u00a0mg"]


def test_long_word():
    """A word wider than the line is cut by columns."""
    assert wrap("長長長長", 5) == ["長長", "長長"]
    assert wrap("a bbbbbbb", 4, 2) == ["a bb", "  bb", "  bb", "  b"]


def test_address():
    """An address stays in one piece and loses its mark."""
    assert wrap(f"see <{ADDRESS}https://a.example/b>.", 10) == ["see", "<https://a.example/b>."]


def test_measures():
    """The mark of an address takes no column."""
    assert plain(f"{ADDRESS}a") == "a"
    assert longest_word(f"aa {ADDRESS}bbb c") == 3
    assert pad("長", 4) == "長  "


@given(st.text(st.characters()).map(single_line), st.integers(12, 60), st.integers(0, 4))
def test_nothing_lost(text, width, hanging):
    """Wrapping fits every line and changes nothing but spaces."""
    lines = wrap(text, width, hanging)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
