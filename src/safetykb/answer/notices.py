"""What every rendering says of itself: what it is for, what it is not, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import StampRole
from safetykb.model.evidence import Source
from safetykb.model.scales import ReadDepth

INTENDED_USE: Final = (
    "Reference for health professionals, researchers and developers. Not for emergencies, not a dose calculator, "
    "not a medical device; assessed by no regulator."
)
DISCLAIMER: Final = (
    "No finding is not safety. Do not start, stop or change a treatment because of this text; speak with the "
    "clinician who knows the person."
)


@attrs.frozen(kw_only=True)
class KnowledgeNote:
    """Which knowledge an answer came from: version, digest, and how many of its records somebody looked at again."""

    version: str
    digest: str
    records: int
    second_reading: int
    clinician_reviewed: int


def note_of(knowledge: KnowledgeBase) -> KnowledgeNote:
    """Return the note of ``knowledge``, made once."""
    return knowledge.derived("note", lambda: _noted(knowledge))


def _noted(knowledge: KnowledgeBase) -> KnowledgeNote:
    return KnowledgeNote(version=knowledge.version, digest=knowledge.digest, **readings(knowledge))


def readings(knowledge: KnowledgeBase) -> dict[str, int]:
    """Return how many records can be read again, and how many were, by whom; counted once."""
    return knowledge.derived("readings", lambda: _count(knowledge))


def _count(knowledge: KnowledgeBase) -> dict[str, int]:
    kinds = (knowledge.assertions, knowledge.considerations, knowledge.studies, knowledge.searches)
    stamps = [{stamp.role for stamp in record.stamps} for records in kinds for record in records.values()]
    return {
        "records": len(stamps),
        "second_reading": sum(StampRole.SECOND_READER in roles for roles in stamps),
        "clinician_reviewed": sum(StampRole.CLINICIAN in roles for roles in stamps),
    }


def how_made(note: KnowledgeNote, sources: Iterable[Source]) -> str:
    """Return how an answer that cites ``sources`` was made, in a sentence or two."""
    depths = [source.details.read for source in sources]
    partly = sum(depth is not ReadDepth.FULL for depth in depths)
    headers = sum(depth is ReadDepth.HEADER for depth in depths)
    unread = f" ({headers} of them by their header alone)" if headers else ""
    return (
        f"Compiled by software from the cited pages, {partly} of {len(depths)} not read in full{unread}. "
        f"Of the {note.records} records of this knowledge, {note.second_reading} were read a second time; "
        f"{note.clinician_reviewed} were reviewed by a clinician."
    )
