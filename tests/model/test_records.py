"""Records: identifiers, citations, sources in words, and what a study with a result is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.ids import MAX_ID, is_id, split_citation, split_study
from safetykb.model.choices import Design, Kind, OutcomeRole, Reading, StudyStatus, TermKind
from safetykb.model.considerations import Context, SafetyConsideration
from safetykb.model.entities import Assertion, Term
from safetykb.model.evidence import Author, Citation, Source, SourceDetails
from safetykb.model.scales import Concern, ReadDepth
from safetykb.model.studies import Harm, Outcome, Study

WORDS = st.text("abcxyz0189", min_size=1, max_size=8)
IDS = st.lists(WORDS, min_size=1, max_size=4).map("-".join)


@given(IDS)
def test_words_joined_by_hyphens_are_an_identifier(text: str):
    """Lower-case words and digits joined by single hyphens are an identifier."""
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "-", "a-", "-a", "a--b", "A", "a_b", "a b", "a/b", "ä", "a\n", "\u0661", "..", "a" * 101]
)
def test_anything_else_is_no_identifier(text: str):
    """Case, other signs, doubled hyphens, other digits and more than 100 characters make no identifier."""
    assert not is_id(text)


def test_longest_identifier():
    """An identifier has at most 100 characters."""
    assert is_id("a" * MAX_ID)


@given(IDS, IDS)
def test_two_identifiers_joined_are_split_again(one: str, other: str):
    """The file of a study joins two identifiers, and splitting gives them back."""
    assert split_study(f"{one}--{other}") == (one, other)


@pytest.mark.parametrize("text", ["", "a", "a-b", "a--", "--b", "a---b", "a--b--c", "A--b", "a" * 60 + "--" + "b" * 60])
def test_what_joins_no_two_identifiers_is_not_split(text: str):
    """Anything but two identifiers with two hyphens between them is not split."""
    assert split_study(text) is None


@given(IDS, st.text(min_size=1, max_size=30).filter(lambda text: text.strip() == text and not set(text) & set("\r\n")))
def test_citation_reads_as_it_is_written(key: str, locator: str):
    """A citation is written as key, '#' and place, and reads back equal."""
    if any(character in locator for character in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"):
        return
    citation = Citation.parse(f"{key}#{locator}")

    assert (citation.key, citation.locator) == (key, locator)
    assert str(citation) == f"{key}#{locator}"


@pytest.mark.parametrize("text", ["", "a", "a#", "#b", "a# b", "a#b ", "A#b", "a b#c", "a#b\nc"])
def test_text_without_key_or_place_is_no_citation(text: str):
    """A citation needs a key and a place in one line."""
    assert split_citation(text) is None
    with pytest.raises(ValueError, match="is no citation; write the source's key"):
        Citation.parse(text)


def test_section_is_the_first_word_of_the_place():
    """The section of a label is the first word of the locator, in lower case."""
    assert Citation("a", "Warnings 5.1").section == "warnings"


def test_citations_are_sorted_by_key_and_place():
    """Citations have an order, so that lists of them can be stable."""
    assert sorted([Citation("b", "a"), Citation("a", "b")]) == [Citation("a", "b"), Citation("b", "a")]


def source(
    *, design: Design = Design.COHORT, version: str | None = None, read_at: str | None = None, **fields: object
) -> Source:
    """A source with what a test speaks of."""
    details = SourceDetails(
        design=design,
        read=ReadDepth.FULL,
        read_on="2026-11-23",
        version_date=version,
        read_at=read_at,
        jurisdiction="US",
    )
    return Source(id="k", type="article-journal", title="A title", details=details, **fields)  # type: ignore[arg-type]  # the fields are the test's


@pytest.mark.parametrize(
    ("given_source", "year", "date", "name"),
    [
        (source(issued=(2021, 3)), "2021", "2021-03", "A title 2021"),
        (source(issued=(2021, 3, 9), publisher="P"), "2021", "2021-03-09", "P 2021"),
        (source(issued=(2021,), container_title="J"), "2021", "2021", "J 2021"),
        (source(), "", "", "A title"),
        (source(version="2025-01", issued=(2021,)), "2025", "2025-01", "A title 2025"),
        (source(design=Design.LABEL, version="2025-01-27"), "2025", "2025-01-27", "US label 2025"),
        (source(design=Design.LABEL), "", "", "US label"),
        (source(author=(Author(family="F", given="G"),), issued=(2021,)), "2021", "2021", "F 2021"),
        (source(author=(Author(literal="Group"),)), "", "", "Group"),
    ],
)
def test_source_is_named_in_a_few_words(given_source: Source, year: str, date: str, name: str):
    """The year and date are those of the version that was read; the short name tells a label by its jurisdiction."""
    assert (given_source.year, given_source.date, given_source.short_name) == (year, date, name)


def test_copy_is_what_was_read_elsewhere():
    """A source with a place of reading is a copy."""
    assert source(read_at="labels.example.org").is_copy
    assert not source().is_copy


@pytest.mark.parametrize(
    ("author", "text"),
    [
        (Author(family="F", given="GK"), "F GK"),
        (Author(family="F"), "F"),
        (Author(literal="Group"), "Group"),
        (Author(), ""),
    ],
)
def test_author_reads_as_in_a_reference(author: Author, text: str):
    """A person is family name and initials, a body its own words."""
    assert str(author) == text


def test_term_has_a_name_and_an_assertion_an_identifier():
    """A term's name is its label; an assertion is named by its two sides."""
    assert Term(id="a", kind=TermKind.EFFECT, label="the label").name == "the label"
    assert Assertion(entity="a", term="b", statements=()).id == "a/has/b"


@pytest.mark.parametrize(("kind", "concern"), [(Kind.WARNING, None), (Kind.NO_INCREASE, Concern.INFORM)])
def test_every_kind_but_no_increase_has_a_concern(kind: Kind, concern: Concern | None):
    """A claim without a concern, or a no-increase with one, cannot be made."""
    fields = {"id": "a/b", "subject": "a", "context": Context(), "hazard": "h", "statement": "S."}
    with pytest.raises(ValueError, match="every kind but 'no-increase' has a concern"):
        SafetyConsideration(kind=kind, concern=concern, origin="stated", **fields)  # type: ignore[arg-type]  # the fields are the test's


@pytest.mark.parametrize(
    ("status", "outcomes", "harms", "result"),
    [
        (StudyStatus.PUBLISHED, True, False, True),
        (StudyStatus.STOPPED, False, True, True),
        (StudyStatus.PUBLISHED, False, False, False),
        (StudyStatus.COMPLETED, True, True, False),
        (StudyStatus.RECRUITING, False, True, False),
    ],
)
def test_status_or_date_is_no_result(status: StudyStatus, outcomes: bool, harms: bool, result: bool):  # noqa: FBT001 - expectations
    """A study has a result when it is published or stopped and reports an outcome or a harm."""
    study = Study(
        id="a/b--c",
        compound="a",
        condition="b",
        topic="t",
        design=Design.COHORT,
        status=status,
        as_of="2021",
        cites=(),
        outcomes=(Outcome(role=OutcomeRole.PRIMARY, name="o", reading=Reading.NEGATIVE),) if outcomes else (),
        harms=(Harm(text="h"),) if harms else (),
    )
    assert study.has_result is result
