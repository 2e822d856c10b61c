"""The clinical diff: what changed between two versions of the knowledge, or between two answers, in words."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import attrs

from safetykb.answer.assembly import SafetyReview
from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion
from safetykb.model.scales import Concern
from safetykb.model.studies import SearchRecord, Study
from safetykb.reasoning import grading
from safetykb.rendering.outline import Document, Section, items, paragraph
from safetykb.rendering.showing import Shown

T = TypeVar("T")


class Turn(enum.Enum):
    """What a change means to a reader, the most urgent first."""

    RAISED = "raised"
    ADDED = "added"
    WITHDRAWN = "withdrawn"
    LOWERED = "lowered"
    REMOVED = "removed"
    EVIDENCE = "evidence"
    CLOSED_GAP = "closed gap"
    REWORDED = "reworded"


@attrs.frozen(kw_only=True)
class ClinicalChange:
    """One change: what it means, the record it is about, and the change in words."""

    turn: Turn
    id: str
    text: str


@attrs.frozen(kw_only=True)
class ClinicalDiff(Shown):
    """Every change between ``old`` and ``new`` (what they are, in words), the most urgent first."""

    old: str
    new: str
    changes: tuple[ClinicalChange, ...]

    def of(self, turn: Turn) -> tuple[ClinicalChange, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.changes if change.turn is turn)

    def outline(self) -> Document:
        """Return the changes as an outline, a section for each kind that occurs."""
        sections = tuple(
            Section(
                anchor=turn.value.replace(" ", "-"),
                title=turn.value.capitalize(),
                blocks=(items(*(f"{change.text} [{change.id}]" for change in self.of(turn))),),
            )
            for turn in Turn
            if self.of(turn)
        )
        blocks = sections or (paragraph("Nothing that a reader would notice changed."),)
        return Document(title=f"From {self.old} to {self.new}", blocks=blocks)

    def __str__(self) -> str:
        """Return the changes as text."""
        return self.to_text()


def diff(old: KnowledgeBase | SafetyReview, new: KnowledgeBase | SafetyReview) -> ClinicalDiff:
    """Return what changed from ``old`` to ``new``: two versions of the knowledge, or two reviews.

    Two reviews may be of one question in two versions, of two compounds in a condition, or of one question with two
    jurisdictions or patients. Raises InvalidQuestion when the two are not of one kind.
    """
    if isinstance(old, KnowledgeBase) and isinstance(new, KnowledgeBase):
        found = [*_claims(old, new), *_facts(old, new), *_studies(old, new), *_searches(old, new)]
        return _sorted(f"knowledge {old.version}", f"knowledge {new.version}", found)
    if isinstance(old, SafetyReview) and isinstance(new, SafetyReview):
        names = (_named(old), _named(new))
        return _sorted(*(names if names[0] != names[1] else (f"{names[0]}, before", "after")), [*_reviews(old, new)])
    raise InvalidQuestion("a knowledge base was compared with a review", "give two of one kind")


def _sorted(old: str, new: str, changes: Iterable[ClinicalChange]) -> ClinicalDiff:
    order = list(Turn)
    return ClinicalDiff(old=old, new=new, changes=tuple(sorted(changes, key=lambda c: (order.index(c.turn), c.id))))


def _named(review: SafetyReview) -> str:
    place = f" ({review.jurisdiction})" if review.jurisdiction else ""
    return f"{review.compound.name} in {review.condition.name}{place}"


def _pairs(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    for id in sorted({*old, *new}):
        yield id, old.get(id), new.get(id)


def _claims(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for id, before, after in _pairs(old.considerations, new.considerations):
        if after is None or before is None:
            yield from _came_or_went(id, before, after, lambda claim: claim.statement)
            continue
        if after.withdrawn and not before.withdrawn:
            why = f"{after.withdrawn.reason} ({after.withdrawn.date})"
            yield ClinicalChange(turn=Turn.WITHDRAWN, id=id, text=f"{before.statement} Withdrawn: {why}")
            continue
        yield from _concern(id, before.concern, after.concern, after.statement)
        yield from _level(id, _grade(old, before), _grade(new, after), after.statement)
        if before.statement != after.statement:
            yield ClinicalChange(turn=Turn.REWORDED, id=id, text=f"was: {before.statement} Now: {after.statement}")


def _came_or_went(id: str, before: T | None, after: T | None, text: Callable[[T], str]) -> Iterator[ClinicalChange]:
    if before is None and after is not None:
        yield ClinicalChange(turn=Turn.ADDED, id=id, text=text(after))
    if after is None and before is not None:
        yield ClinicalChange(turn=Turn.REMOVED, id=id, text=text(before))


def _concern(id: str, before: Concern | None, after: Concern | None, text: str) -> Iterator[ClinicalChange]:
    if before == after:
        return
    rank = (before.rank if before else 0, after.rank if after else 0)
    turn = Turn.RAISED if rank[1] > rank[0] else Turn.LOWERED
    yield ClinicalChange(turn=turn, id=id, text=f"from {before or 'no concern'} to {after or 'no concern'}: {text}")


def _grade(knowledge: KnowledgeBase, claim: SafetyConsideration) -> str:
    grade = grading.of_consideration(knowledge, claim)
    return f"{grade.basis}, {grade.level}" if grade else "joined"


def _level(id: str, before: str, after: str, text: str) -> Iterator[ClinicalChange]:
    if before != after:
        yield ClinicalChange(turn=Turn.EVIDENCE, id=id, text=f"from {before} to {after}: {text}")


def _facts(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for id, before, after in _pairs(old.assertions, new.assertions):
        yield from _came_or_went(id, before, after, _said)
        if before is None or after is None:
            continue
        if after.withdrawn and not before.withdrawn:
            yield ClinicalChange(turn=Turn.WITHDRAWN, id=id, text=f"{_said(before)} ({after.withdrawn.reason})")
        elif _said(before) != _said(after):
            yield ClinicalChange(turn=Turn.REWORDED, id=id, text=f"was: {_said(before)} Now: {_said(after)}")
        if before.frequency != after.frequency:
            text = f"frequency from {before.frequency or 'none'} to {after.frequency or 'none'}"
            yield ClinicalChange(turn=Turn.EVIDENCE, id=id, text=text)


def _said(assertion: Assertion) -> str:
    return " ".join(statement.text for statement in assertion.statements)


def _studies(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for id, before, after in _pairs(old.studies, new.studies):
        yield from _came_or_went(id, before, after, _study)
        if before is None or after is None:
            continue
        if after.has_result and not before.has_result:
            yield ClinicalChange(turn=Turn.CLOSED_GAP, id=id, text=f"a result is known: {_study(after)}")
        elif (before.status, before.as_of) != (after.status, after.as_of):
            text = f"{after.topic}: {before.status} ({before.as_of}) to {after.status} ({after.as_of})"
            yield ClinicalChange(turn=Turn.EVIDENCE, id=id, text=text)


def _study(study: Study) -> str:
    return f"{study.compound} in {study.condition}, {study.topic}: {study.status} ({study.as_of})"


def _searches(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for id, before, after in _pairs(old.searches, new.searches):
        if before is None and after is not None:
            yield ClinicalChange(turn=Turn.CLOSED_GAP, id=id, text=f"somebody looked: {_search(after)}")
        elif before is not None and after is None:
            yield ClinicalChange(turn=Turn.REMOVED, id=id, text=_search(before))
        elif before is not None and after is not None and before.outcome is not after.outcome:
            text = f"{_search(before)} is now {after.outcome} ({after.date})"
            yield ClinicalChange(turn=Turn.CLOSED_GAP, id=id, text=text)


def _search(search: SearchRecord) -> str:
    about = search.having or search.taking or "the class"
    return f"{search.subject} and {about}, {search.topic}: {search.outcome} ({search.date})"


def _reviews(old: SafetyReview, new: SafetyReview) -> Iterator[ClinicalChange]:
    yield from _concern("headline", old.headline.concern, new.headline.concern, "the headline")
    before = {finding.id: finding for finding in old.findings}
    after = {finding.id: finding for finding in new.findings}
    for id, was, now in _pairs(before, after):
        yield from _came_or_went(
            id, was, now, lambda finding: f"{finding.concern or finding.kind}: {finding.statement}"
        )
        if was is not None and now is not None:
            yield from _concern(id, was.concern, now.concern, now.statement)
            levels = [f"{f.evidence.basis}, {f.evidence.level}" for f in (was, now)]
            yield from _level(id, levels[0], levels[1], now.hazard_name)
    gone = {(gap.topic, gap.phrase) for gap in old.gaps} - {(gap.topic, gap.phrase) for gap in new.gaps}
    for topic, phrase in sorted(gone) if old.compound == new.compound else ():
        yield ClinicalChange(turn=Turn.CLOSED_GAP, id="gaps", text=f"{topic}: no longer '{phrase}'")
