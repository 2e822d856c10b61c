"""Staleness: what is older than 24 months says so, and nothing reads a clock."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import attrs
import pytest

import safetykb
from safetykb import InvalidQuestion, Patient, Source
from safetykb.model.evidence import age_on
from tests.answer.helpers import SHOWN, ask, changed, forms, plain, sample

PACKAGE = Path(safetykb.__file__).parent
TODAY = "2026-11-25"


def dated(date: str | None) -> Source:
    """A source of the sample whose version has this date."""
    source = next(iter(sample().sources.values()))
    return attrs.evolve(source, issued=(), details=attrs.evolve(source.details, version_date=date))


@pytest.mark.parametrize(
    ("date", "age"),
    [
        ("2024-11-25", ""),
        ("2024-11-24", "older than 24 months on 2026-11-25"),
        ("2026-11-25", ""),
        ("2024-12", ""),
        ("2024-11", "may be older than 24 months on 2026-11-25"),
        ("2024-10", "older than 24 months on 2026-11-25"),
        ("2025", ""),
        ("2024", "may be older than 24 months on 2026-11-25"),
        ("2023", "older than 24 months on 2026-11-25"),
        ("", "undated"),
    ],
)
def test_age(date: str, age: str):
    """Nothing older than 24 months passes: a month or year counts from its first day, and no date counts as old."""
    assert age_on(date, TODAY) == age
    assert dated(date).is_stale(TODAY) is bool(age)


def test_age_on_the_first_day_of_a_year():
    """On the first of January a source of the year before last is not older than 24 months."""
    assert age_on("2024", "2026-01-01") == ""
    assert age_on("2024", "2026-01-02") == "may be older than 24 months on 2026-01-02"


def test_age_on_a_leap_day():
    """On the 29th of February two years before is the day after the 28th."""
    assert age_on("2026-02-28", "2028-02-29")
    assert not age_on("2026-03-01", "2028-02-29")


def test_age_of_what_was_issued():
    """Without a date of its version, a source is as old as it was issued."""
    source = attrs.evolve(dated(None), issued=(2024, 11))
    assert source.is_stale(TODAY)
    assert not attrs.evolve(source, issued=(2024, 11, 25)).is_stale(TODAY)


def test_nothing_older_is_unmarked():
    """Every source of an answer that could be older than 24 months on its day is among the stale ones."""
    review = ask(today=TODAY)
    young = {source.id for source in review.sources if source.date and f"{source.date}-01-01"[:10] >= "2024-11-25"}
    assert {*review.stale} == {source.id for source in review.sources} - young
    assert review.stale
    assert young


@pytest.mark.parametrize("form", SHOWN)
def test_each_stale_source_is_marked_where_it_stands(form: str):
    """In every form for people each stale source has its mark, and the number of them is told."""
    review = ask(today=TODAY)
    told = plain(form, forms(review)[form])
    count = sum(bool(source.date) for source in review.sources if source.id in review.stale)
    assert len(re.findall(r"; (?:may be )?older than 24 months on 2026-11-25[);]", told)) >= count
    assert f"{len(review.stale)} of {len(review.sources)} sources are older than 24 months on 2026-11-25" in told


def test_an_undated_source_says_so():
    """A source without any date is undated, which is no younger."""
    id = "examplamine-us-2025"
    source = sample().sources[id]
    undated = attrs.evolve(source, issued=(), details=attrs.evolve(source.details, version_date=None))
    review = ask(today=TODAY, knowledge=changed(sources={id: undated}))
    assert id in review.stale
    assert "; undated" in review.to_text(20_000)


def test_stale_in_json():
    """In JSON the day and the keys stand together, and nothing stands there without a day."""
    review = ask(today=TODAY)
    assert review.to_dict()["stale"] == {"today": TODAY, "sources": [*review.stale]}
    assert ask().to_dict()["stale"] is None


def test_searches_and_open_studies_grow_old_as_well():
    """A search, and the status of a study without a result, is marked once it is older than 24 months."""
    now, later = ask(today=TODAY), ask(today="2030-01-01")
    assert now.stale_looks == ()
    assert {*later.stale_looks} == {
        "examplamine/modulumab--interaction",
        "examplamine/relapsing-demo-disease--phase-2",
    }
    told = " ".join(later.to_text(20_000).split())
    assert "recruiting (2026-02; older than 24 months on 2030-01-01)" in told
    assert "(2026-11-23; older than 24 months on 2030-01-01)" in told
    assert "'examplamine modulumab interaction' in PubMed; older than 24 months on 2030-01-01)" in told
    assert "2 searches, or studies without a result, were last looked at as long ago" in told


def test_a_published_result_does_not_grow_old():
    """What a study found stays found: only its source is marked."""
    told = " ".join(ask(today="2040-01-01").to_text(20_000).split())
    assert "Status: published (2021)." in told


def test_without_a_day_nothing_is_marked():
    """Without a day nothing is called old, in any form."""
    review = ask()
    assert (review.today, review.stale, review.stale_looks) == (None, (), ())
    for form, rendering in forms(review).items():
        assert "24 months" not in plain(form, rendering)


def test_a_day_may_be_a_date():
    """A date and its text give the same answer; given() keeps the day."""
    review = ask(today=datetime.date(2026, 11, 25))
    assert review.today == TODAY
    assert review.to_dict() == ask(today=TODAY).to_dict()
    assert review.given(Patient(age=70)).after.today == TODAY


@pytest.mark.parametrize("day", ["", "today", "2026", "2026-13-01", "20261125", "2026-W48-3"])
def test_a_day_that_is_none(day: str):
    """Anything but a day is an error, for old would then mean nothing."""
    with pytest.raises(InvalidQuestion, match="today is no day"):
        ask(today=day)


def test_only_the_command_line_reads_a_clock():
    """The day is read in one place, the command line; every other module is told it."""
    clock = re.compile(r"\b(?:today|now|utcnow|time|localtime|gmtime|monotonic|perf_counter)\(\)|\bimport time\b")
    readers = {
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if clock.search(path.read_text("utf-8"))
    }
    assert readers == {"cli.py"}
    assert len(clock.findall((PACKAGE / "cli.py").read_text("utf-8"))) == 1
