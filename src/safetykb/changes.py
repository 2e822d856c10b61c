"""The clinical diff: what changed between two versions of the knowledge, or between two answers, in words."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from safetykb.answer.assembly import SafetyReview
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import Entity, KnowledgeBase
from safetykb.model.choices import SearchOutcome
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion
from safetykb.model.evidence import Source, Withdrawal
from safetykb.model.scales import Concern
from safetykb.model.studies import SearchRecord, Study
from safetykb.reasoning import grading
from safetykb.reasoning.findings import Finding
from safetykb.rendering.outline import Document, Note, Section, items, paragraph
from safetykb.rendering.showing import Shown

T = TypeVar("T")
Record = SafetyConsideration | Assertion | Study | SearchRecord


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

    def to_dict(self) -> dict[str, Any]:
        """Return the changes as JSON values."""
        changes = [{"turn": change.turn.value, "id": change.id, "text": change.text} for change in self.changes]
        told = {"intended_use": INTENDED_USE, "disclaimer": DISCLAIMER}
        return {"old": self.old, "new": self.new, "changes": changes, **told}

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
        note = Note(blocks=(paragraph(INTENDED_USE), paragraph(DISCLAIMER)))
        return Document(title=f"From {self.old} to {self.new}", blocks=(*blocks, note))

    def __str__(self) -> str:
        """Return the changes as text."""
        return self.to_text()


def diff(old: KnowledgeBase | SafetyReview, new: KnowledgeBase | SafetyReview) -> ClinicalDiff:
    """Return what changed from ``old`` to ``new``: two versions of the knowledge, or two reviews.

    Two reviews may be of one question in two versions, of two compounds in a condition, or of one question with two
    jurisdictions or patients. Raises InvalidQuestion when the two are not of one kind.
    """
    if isinstance(old, KnowledgeBase) and isinstance(new, KnowledgeBase):
        parts = (_claims, _silenced, _facts, _studies, _searches, _entities, _sources)
        found = [change for part in parts for change in part(old, new)]
        return _sorted(_told_apart(f"knowledge {old.version}", f"knowledge {new.version}"), found)
    if isinstance(old, SafetyReview) and isinstance(new, SafetyReview):
        return _sorted(_told_apart(_named(old), _named(new)), _reviews(old, new))
    raise InvalidQuestion("a knowledge base was compared with a review", "give two of one kind")


def _sorted(names: tuple[str, str], changes: Iterable[ClinicalChange]) -> ClinicalDiff:
    order = list(Turn)
    found = sorted(changes, key=lambda change: (order.index(change.turn), change.id))
    return ClinicalDiff(old=names[0], new=names[1], changes=tuple(found))


def _told_apart(old: str, new: str) -> tuple[str, str]:
    return (old, new) if old != new else (f"{old}, before", "after")


def _named(review: SafetyReview) -> str:
    place = f" ({review.jurisdiction})" if review.jurisdiction else ""
    return f"{review.compound.name} in {review.condition.name}{place}"


def _apart(
    old: Mapping[str, T], new: Mapping[str, T]
) -> tuple[list[tuple[str, T]], list[tuple[str, T]], list[tuple[str, T, T]]]:
    """Return what only ``old`` holds, what only ``new`` holds, and what stands in both, each in order."""
    gone = [(id, old[id]) for id in sorted({*old} - {*new})]
    came = [(id, new[id]) for id in sorted({*new} - {*old})]
    return gone, came, [(id, old[id], new[id]) for id in sorted({*old} & {*new})]


# --- two versions of the knowledge ------------------------------------------------------------------------------------


def _standing(
    old: Mapping[str, T], new: Mapping[str, T], text: Callable[[T], str], found: list[ClinicalChange]
) -> Iterator[tuple[str, T, T]]:
    """Yield each record that stands in both; add to ``found`` what came, went, was withdrawn or is back."""
    gone, came, both = _apart(old, new)
    found += [ClinicalChange(turn=Turn.REMOVED, id=id, text=text(record)) for id, record in gone]
    found += [ClinicalChange(turn=Turn.ADDED, id=id, text=text(record)) for id, record in came]
    for id, before, after in both:
        was, now = _withdrawn(before), _withdrawn(after)
        if now and not was:
            told = f"{text(before)} Withdrawn: {now.reason} ({now.date})"
            found.append(ClinicalChange(turn=Turn.WITHDRAWN, id=id, text=told))
        elif was and not now:
            found.append(ClinicalChange(turn=Turn.ADDED, id=id, text=f"no longer withdrawn: {text(after)}"))
        elif not now:
            yield id, before, after


def _withdrawn(record: object) -> Withdrawal | None:
    return record.withdrawn if isinstance(record, Record) else None


def _claims(old: KnowledgeBase, new: KnowledgeBase) -> list[ClinicalChange]:
    found: list[ClinicalChange] = []
    for id, before, after in _standing(old.considerations, new.considerations, lambda c: c.statement, found):
        found += _concern(id, before.concern, after.concern, after.statement, str(after.kind))
        found += _level(id, _grade(old, before), _grade(new, after), after.statement)
        found += _reworded(id, before.statement, after.statement)
        found += _other_fields(id, before, after, "concern", "statement", "cites", "data", "change", "stamps")
    return found


def _concern(
    id: str, before: Concern | None, after: Concern | None, text: str, otherwise: str
) -> Iterator[ClinicalChange]:
    """Yield the change of a concern; ``otherwise`` is what is there where none is."""
    if before != after:
        turn = Turn.RAISED if (after.rank if after else 0) > (before.rank if before else 0) else Turn.LOWERED
        told = f"from {before or otherwise} to {after or otherwise}: {text}"
        yield ClinicalChange(turn=turn, id=id, text=told)


def _grade(knowledge: KnowledgeBase, claim: SafetyConsideration) -> str:
    grade = grading.of_consideration(knowledge, claim)
    return f"{grade.basis}, {grade.level}" if grade else "joined"


def _level(id: str, before: str, after: str, text: str) -> Iterator[ClinicalChange]:
    if before != after:
        yield ClinicalChange(turn=Turn.EVIDENCE, id=id, text=f"from {before} to {after}: {text}")


def _reworded(id: str, before: str, after: str) -> Iterator[ClinicalChange]:
    if before != after:
        yield ClinicalChange(turn=Turn.REWORDED, id=id, text=f"was: {before} Now: {after}")


def _other_fields(id: str, before: Any, after: Any, *told: str) -> Iterator[ClinicalChange]:  # noqa: ANN401  any record
    """Yield that fields differ which nothing else told of: a context, an action, a test, a dose."""
    names = (field.name for field in attrs.fields(type(after)) if field.name not in told)
    differ = [name.replace("_", " ") for name in names if getattr(before, name) != getattr(after, name)]
    if differ:
        yield ClinicalChange(turn=Turn.REWORDED, id=id, text=f"changed: {', '.join(differ)}")


def _silenced(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for knowledge, other, turn, told in (
        (new, old, Turn.LOWERED, "silenced by a policy"),
        (old, new, Turn.RAISED, "no longer silenced"),
    ):
        for id in sorted(knowledge.silenced - other.silenced):
            text = knowledge.considerations[id].statement
            yield ClinicalChange(turn=turn, id=id, text=f"{told}: {text}")


def _facts(old: KnowledgeBase, new: KnowledgeBase) -> list[ClinicalChange]:
    found: list[ClinicalChange] = []
    for id, before, after in _standing(old.assertions, new.assertions, _said, found):
        found += _reworded(id, _said(before), _said(after))
        if before.frequency != after.frequency:
            text = f"frequency from {before.frequency or 'none'} to {after.frequency or 'none'}"
            found.append(ClinicalChange(turn=Turn.EVIDENCE, id=id, text=text))
        found += _other_fields(id, before, after, "statements", "frequency", "stamps")
    return found


def _said(assertion: Assertion) -> str:
    return " ".join(statement.text for statement in assertion.statements)


def _studies(old: KnowledgeBase, new: KnowledgeBase) -> list[ClinicalChange]:
    found: list[ClinicalChange] = []
    for id, before, after in _standing(old.studies, new.studies, _study, found):
        if after.has_result and not before.has_result:
            text = f"a result is known: {_study(after)}"
            found.append(ClinicalChange(turn=Turn.CLOSED_GAP, id=id, text=text))
            continue
        if (before.status, before.as_of) != (after.status, after.as_of):
            text = f"{after.topic}: {before.status} ({before.as_of}) to {after.status} ({after.as_of})"
            found.append(ClinicalChange(turn=Turn.EVIDENCE, id=id, text=text))
        found += _other_fields(id, before, after, "status", "as_of", "stamps")
    return found


def _study(study: Study) -> str:
    return f"{study.compound} in {study.condition}, {study.topic}: {study.status} ({study.as_of})"


def _searches(old: KnowledgeBase, new: KnowledgeBase) -> list[ClinicalChange]:
    found: list[ClinicalChange] = []
    for id, before, after in _standing(old.searches, new.searches, _search, found):
        if before.outcome is not after.outcome:
            text = f"{_search(before)} is now {after.outcome} ({after.date})"
            found.append(ClinicalChange(turn=_of_search(after), id=id, text=text))
    return [_looked(new.searches[c.id], c) if c.turn is Turn.ADDED else c for c in found]


def _looked(search: SearchRecord, added: ClinicalChange) -> ClinicalChange:
    return attrs.evolve(added, turn=_of_search(search), text=f"somebody looked: {added.text}")


def _of_search(search: SearchRecord) -> Turn:
    return Turn.EVIDENCE if search.outcome is SearchOutcome.NOT_REACHED else Turn.CLOSED_GAP


def _search(search: SearchRecord) -> str:
    about = search.having or search.taking or "the class"
    return f"{search.subject} and {about}, {search.topic}: {search.outcome} ({search.date})"


def _entities(old: KnowledgeBase, new: KnowledgeBase) -> list[ClinicalChange]:
    found: list[ClinicalChange] = []
    for id, before, after in _standing(_every_entity(old), _every_entity(new), _entity, found):
        if type(before) is type(after):
            found += _other_fields(id, before, after)
    return found


def _every_entity(knowledge: KnowledgeBase) -> dict[str, Entity]:
    return {**knowledge.terms, **knowledge.compounds, **knowledge.conditions}


def _entity(entity: Entity) -> str:
    return f"the {type(entity).__name__.lower()} {entity.name}"


def _sources(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[ClinicalChange]:
    for id, before, after in _apart(old.sources, new.sources)[2]:
        for text in _about_source(before, after):
            yield ClinicalChange(turn=Turn.EVIDENCE, id=id, text=text)


def _about_source(before: Source, after: Source) -> Iterator[str]:
    was, now = before.details, after.details
    if now.retracted and not was.retracted:
        yield f"retracted: {after.title} ({now.retracted})"
    if now.superseded_by and now.superseded_by != was.superseded_by:
        yield f"a newer version is known: {after.title} ({now.superseded_by})"


# --- two reviews ------------------------------------------------------------------------------------------------------


def _reviews(old: SafetyReview, new: SafetyReview) -> Iterator[ClinicalChange]:
    unknown = "undetermined (which is no reassurance)"
    yield from _concern("headline", old.headline.concern, new.headline.concern, "the headline", unknown)
    if old.headline.highest != old.headline.concern or new.headline.highest != new.headline.concern:
        highest = "the highest that a treatment or the condition itself can bring"
        yield from _concern("headline", old.headline.highest, new.headline.highest, highest, unknown)
    same = (old.compound.id, old.condition.id) == (new.compound.id, new.condition.id)
    gone, came, both = _apart({f.id: f for f in old.findings}, {f.id: f for f in new.findings})
    for id, finding in gone:
        yield _gone(finding, new) if same else ClinicalChange(turn=Turn.REMOVED, id=id, text=_finding(finding))
    for id, finding in came:
        yield ClinicalChange(turn=Turn.ADDED, id=id, text=_finding(finding))
    for id, was, now in both:
        yield from _concern(id, was.concern, now.concern, now.statement, str(now.kind))
        levels = [f"{f.evidence.basis}, {f.evidence.level}" for f in (was, now)]
        yield from _level(id, levels[0], levels[1], now.hazard_name)
        yield from _reworded(id, was.statement, now.statement)
    closed = {(gap.topic, gap.phrase) for gap in old.gaps} - {(gap.topic, gap.phrase) for gap in new.gaps}
    for topic, phrase in sorted(closed) if same else ():
        yield ClinicalChange(turn=Turn.CLOSED_GAP, id="gaps", text=f"{topic}: no longer '{phrase}'")


def _finding(finding: Finding) -> str:
    return f"{finding.concern or finding.kind}: {finding.statement}"


def _gone(was: Finding, new: SafetyReview) -> ClinicalChange:
    """Return why a finding is no longer among those of the same question."""
    claim = new.situation.knowledge.considerations.get(was.id)
    why = new.why_not(was.id) if claim else "its record is gone"
    turn = Turn.WITHDRAWN if claim and claim.withdrawn else Turn.REMOVED
    return ClinicalChange(turn=turn, id=was.id, text=f"{_finding(was)} ({why})")
