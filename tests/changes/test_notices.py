"""Notices: what was withdrawn, since when, and why."""

from __future__ import annotations

import attrs
import pytest

from safetykb import InvalidQuestion, KnowledgeBase
from safetykb.knowledge.base import Notice
from safetykb.model.evidence import Withdrawal
from tests.answer.helpers import changed, sample

OLD = Notice(id="examplamine/inhibizole-2021", date="2026-11-24", reason="a newer label gives another figure")


def with_more(date: str) -> KnowledgeBase:
    """The made-up knowledge with a study, a search and a fact withdrawn as well."""
    base, gone = sample(), Withdrawal(date=date, reason="it was wrong")
    study, search = next(iter(base.studies.values())), next(iter(base.searches.values()))
    fact = next(iter(base.assertions.values()))
    return changed(
        studies={study.id: attrs.evolve(study, withdrawn=gone)},
        searches={search.id: attrs.evolve(search, withdrawn=gone)},
        assertions={fact.id: attrs.evolve(fact, withdrawn=gone)},
    )


def test_every_withdrawn_record_has_a_notice():
    """A withdrawn claim has a notice with its day and its reason."""
    assert sample().notices() == (OLD,)


def test_records_of_every_kind():
    """Facts, studies and searches can be withdrawn like claims; notices stand in the order of their days."""
    found = with_more("2026-11-20").notices()
    assert len(found) == 4
    assert found[-1] == OLD
    assert [notice.date for notice in found] == sorted(notice.date for notice in found)


@pytest.mark.parametrize("since", ["", "2026-11-24", "2026-11-01", "2026-11", "2026.11", "2026", "2025-12-31"])
def test_since(since: str):
    """A day, a month, a year or a version of the knowledge bounds the notices, itself included."""
    assert sample().notices(since) == (OLD,)


@pytest.mark.parametrize("since", ["2026-11-25", "2026-12", "2026.12", "2027"])
def test_since_later(since: str):
    """What was withdrawn before is left out."""
    assert sample().notices(since) == ()


@pytest.mark.parametrize(("date", "since"), [("2026-10", "2026-10-31"), ("2026", "2026-12-31")])
def test_a_withdrawal_of_which_only_the_month_is_known(date: str, since: str):
    """A withdrawal whose day is not known is never left out: it may have been the last of its month or year."""
    assert [notice.date for notice in with_more(date).notices(since)].count(date) == 3


@pytest.mark.parametrize("since", ["yesterday", "2026-13", "2026-11-31", "26", "2026-11-24T00:00", "20261124"])
def test_since_nothing(since: str):
    """What is no day is an error, not an empty answer."""
    with pytest.raises(InvalidQuestion, match="since is no day, month or year"):
        sample().notices(since)
