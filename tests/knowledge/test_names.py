"""Names in the one form in which they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.knowledge.names import MAX_NAME, normalise


@pytest.mark.parametrize(
    "spelling",
    [
        "S-ketamine",
        "s ketamine",
        "  S\u2013Ketamine\t",
        "S_KETAMINE",
        "S\u00a0ketamine",
        "S\u2011ketamine\u00ae",
        "\uff33\u2212ketamine\u2122",
        "S-keta\u200bmine",
        "S - - ketamine",
        "s\u00adketamine",
    ],
)
def test_spelling_makes_no_difference(spelling: str):
    """Case, spaces, dashes, compatibility forms, trademark signs and invisible marks make no difference."""
    assert normalise(spelling) == "s ketamine"


def test_quotation_marks_are_straight():
    """A curly quote is the straight one."""
    assert normalise("Devic\u2019s \u201cdisease\u201d") == 'devic\'s "disease"'


@pytest.mark.parametrize(("text", "form"), [("STRASSE", "strasse"), ("Straße", "strasse"), ("İ", "i\u0307"), ("®", "")])
def test_case_is_folded(text: str, form: str):
    """Case is folded as Unicode has it, and a name of signs alone is empty."""
    assert normalise(text) == form


def test_different_letters_stay_different():
    """A name is not changed into another: accents, digits and punctuation count."""
    assert len({normalise(name) for name in ("resume", "résumé", "vitamin b1", "vitamin b12", "a+b", "a/b")}) == 6


@given(st.text(max_size=MAX_NAME))
def test_normalising_twice_changes_nothing_more(text: str):
    """The form of a form is itself."""
    form = normalise(text)

    assert normalise(form[:MAX_NAME]) == form[:MAX_NAME].strip() if len(form) > MAX_NAME else normalise(form) == form


@given(st.text(max_size=60), st.sampled_from(["{}\u2122", " {}", "{} ", "\u200b{}", "-{}_"]))
def test_marks_around_a_name_make_no_difference(text: str, frame: str):
    """Signs, spaces and dashes at the ends change nothing."""
    assert normalise(frame.format(text)) == normalise(text)


def test_longest_name_is_looked_at_and_a_longer_one_refused():
    """A name of 200 characters is looked at; a longer one is refused with the limit named."""
    assert normalise("a" * MAX_NAME) == "a" * MAX_NAME
    with pytest.raises(ValueError, match="at most 200 characters, this one has 201"):
        normalise("a" * (MAX_NAME + 1))
