"""What was looked for and not found: the four fixed phrases, computed from search records and from nothing else."""

from __future__ import annotations

import enum
from collections.abc import Callable

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import Design, SearchOutcome, Topic
from safetykb.model.evidence import Citation
from safetykb.model.studies import SearchRecord
from safetykb.reasoning.situation import Situation


class Phrase(enum.Enum):
    """The only four ways to say that something is not known. None of them means safe."""

    NO_DIRECT_EVIDENCE = "No direct evidence"
    NO_INTERACTION_STUDY = "No interaction study found"
    NO_RESULT = "Studied, no result available"
    NOT_VERIFIED = "Not verified"


_DIFFERENT_QUERIES = 3

_Earns = Callable[[SearchRecord], bool]


@attrs.frozen
class Absence:
    """A phrase, and the search records that earn it (for ``Not verified``: those that fall short)."""

    phrase: Phrase
    searches: tuple[SearchRecord, ...]

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates of the searches, newest first."""
        return tuple(sorted({search.date for search in self.searches}, reverse=True))


def direct_absence(situation: Situation) -> Absence:
    """Return what may be said of studies of the compound in the condition when no result is held."""
    about = [search for search in _searches(situation, Topic.DIRECT) if search.having in situation.diagnoses]
    return _phrase(about, Phrase.NO_DIRECT_EVIDENCE, lambda search: len(set(search.queries)) >= _DIFFERENT_QUERIES)


def interaction_absence(situation: Situation, treatment: str) -> Absence:
    """Return what may be said of an interaction study of the compound with ``treatment`` when none is held."""
    reach = situation.graph.reach(treatment)
    about = [search for search in _searches(situation, Topic.INTERACTION) if search.taking in reach]
    knowledge, compound = situation.knowledge, situation.compound.id

    def both_sections_read(search: SearchRecord) -> bool:
        opened = [cite for cite in search.opened if _is_interaction_section(knowledge, cite)]
        read = [knowledge.sources[cite.key].details.about for cite in opened]
        return bool(search.queries) and all(any(id in about for about in read) for id in (compound, treatment))

    return _phrase(about, Phrase.NO_INTERACTION_STUDY, both_sections_read)


def _is_interaction_section(knowledge: KnowledgeBase, cite: Citation) -> bool:
    return cite.section == "interactions" and knowledge.sources[cite.key].details.design is Design.LABEL


def _searches(situation: Situation, topic: Topic) -> list[SearchRecord]:
    """Return the standing search records on ``topic`` about the compound, or about a term that covers it."""
    return [search for search in situation.searches if search.topic is topic]


def _phrase(searches: list[SearchRecord], none_found: Phrase, earns: _Earns) -> Absence:
    registered = [search for search in searches if search.outcome is SearchOutcome.REGISTERED_ONLY]
    if registered:
        return Absence(Phrase.NO_RESULT, tuple(registered))
    earned = [search for search in searches if search.outcome is SearchOutcome.NONE_FOUND and earns(search)]
    if earned:
        return Absence(none_found, tuple(earned))
    return Absence(Phrase.NOT_VERIFIED, tuple(searches))
