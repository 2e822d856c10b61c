"""Three questions that everybody asks, answered from the findings and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from safetykb import links
from safetykb.model.studies import Study
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Finding
from safetykb.reasoning.schedule import ScheduleRow
from safetykb.reasoning.situation import Situation
from safetykb.reasoning.treatments import TreatmentRow
from safetykb.rendering.characters import capital


@attrs.frozen(kw_only=True)
class Question:
    """A question with its answer, the keys of the sources that the answer stands on, and links to look further."""

    question: str
    answer: str
    sources: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


def questions_of(
    situation: Situation,
    findings: Sequence[Finding],
    rows: Sequence[TreatmentRow],
    schedule: Sequence[ScheduleRow],
    studies: Sequence[Study],
) -> tuple[Question, ...]:
    """Return the questions of a review with their answers."""
    return (
        _interference(situation, findings, rows),
        _monitoring(situation, findings, schedule),
        _current_data(situation, studies),
    )


def listed(names: Iterable[str]) -> str:
    """Return names as a list in a sentence."""
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _interference(situation: Situation, findings: Sequence[Finding], rows: Sequence[TreatmentRow]) -> Question:
    stated = [row for row in rows if row.concern is not None]
    inferred = [row for row in rows if row.concern is None and row.findings]
    parts = []
    if stated:
        named = listed(f"{row.name} ({row.concern})" for row in stated)
        parts.append(f"Sources state something about taking it with {named}.")
    if inferred:
        parts.append(f"By inference only, there is something to weigh with {listed(row.name for row in inferred)}.")
    for phrase in (Phrase.NO_INTERACTION_STUDY, Phrase.NO_RESULT, Phrase.NOT_VERIFIED):
        names = [row.name for row in rows if row.phrase is phrase]
        if names:
            parts.append(f"{phrase.value}: {listed(names)}.")
    if not rows:
        parts.append(f"No treatment of {situation.condition.name} has been entered, so nothing can be said.")
    shown = {id for row in stated for id in row.findings}
    return Question(
        question=f"Does {situation.compound.name} interfere with the treatments of {situation.condition.name}?",
        answer=" ".join(parts),
        sources=_sources(findings, shown),
    )


def _monitoring(situation: Situation, findings: Sequence[Finding], schedule: Sequence[ScheduleRow]) -> Question:
    texts = [schedule_text(row) for row in schedule]
    answer = " ".join(texts) if texts else "No source read here asks for a test; this is not the same as none needed."
    asked_by = {id for row in schedule for id in row.asked_by}
    return Question(
        question=f"What monitoring does {situation.compound.name} ask for in {situation.condition.name}?",
        answer=answer,
        sources=_sources(findings, asked_by),
    )


def schedule_text(row: ScheduleRow) -> str:
    """Return one row of the schedule as a sentence."""
    text = f"{capital(row.test)}: {'; '.join(row.when)}"
    if row.threshold:
        text += f"; act at {' or '.join(row.threshold)}"
    if row.then:
        text += f" ({'; '.join(row.then)})"
    return f"{text}."


def _current_data(situation: Situation, studies: Sequence[Study]) -> Question:
    compound, condition = situation.compound.name, situation.condition.name
    running = [study for study in studies if not study.has_result]
    parts = ["The searches below lead to the newest papers, trials and labels."]
    for study in running:
        name = study.registry_id or study.id
        parts.append(f"{name} ({study.topic}) stood as {study.status} on {study.as_of}, without a result.")
    where = [
        ("PubMed", links.pubmed_search(compound, condition)),
        ("ClinicalTrials.gov", links.clinical_trials_search(condition, compound)),
        ("DailyMed", links.dailymed_search(compound)),
    ]
    where += [(s.registry_id, links.clinical_trial(s.registry_id)) for s in running if s.registry_id]
    return Question(
        question=f"Where are current data on {compound} in {condition}?",
        answer=" ".join(parts),
        sources=tuple(dict.fromkeys(cite.key for study in running for cite in study.cites)),
        links=tuple(where),
    )


def _sources(findings: Sequence[Finding], ids: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for finding in findings if finding.id in ids for key in finding.sources))
