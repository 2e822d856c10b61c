import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.rendering.characters import printable, single_line

anything = st.text(st.characters())


@pytest.mark.parametrize("text", ["", "plain", "é Ω 長い קטמין 👩", "tab\tand\nnewline", "30\u00a0mg"])
def test_kept(text):
    """What can be seen, spaces, tabs and newlines stay as they are."""
    assert printable(text) == text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_line_ends(end):
    """Every kind of line end is a newline."""
    assert printable(f"a{end}b") == "a\nb"


@pytest.mark.parametrize("character", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"])
def test_removed(character):
    """What typesetting leaves between letters is removed."""
    assert printable(f"a{character}b") == "ab"


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800", "\ue000", "\uffff"]
)
def test_replaced(character):
    """A control, a direction override, a lone surrogate, a private or unassigned character is shown to be there."""
    assert printable(f"a{character}b") == "a\ufffdb"


@given(anything)
def test_only_visible(text):
    """Nothing but newline and tab is left of what cannot be seen."""
    assert not {c for c in printable(text) if unicodedata.category(c)[0] == "C"} - {"\n", "\t"}


@given(anything)
def test_settled(text):
    """A printable text is its own printable text, and can be encoded."""
    assert printable(printable(text)) == printable(text)
    assert printable(text).encode().decode() == printable(text)


@given(anything)
def test_single_line(text):
    """A single line holds no line end, no tab and no two spaces together."""
    assert not any(part in single_line(text) for part in ("\n", "\t", "  "))
