"""Studies of a compound in a condition, and the record that somebody searched."""

from __future__ import annotations

import attrs

from safetykb.model.choices import Design, Masking, OutcomeRole, Reading, SearchOutcome, StudyStatus, Topic
from safetykb.model.evidence import Citation, Stamp, Withdrawal


@attrs.frozen(kw_only=True)
class Arm:
    """A group of a study; ``n`` is the number of people where it is known."""

    label: str
    n: int | None = None


@attrs.frozen(kw_only=True)
class Outcome:
    """An outcome, what it was meant to be, its result with interval, and how the result reads."""

    role: OutcomeRole
    name: str
    result: str | None = None
    reading: Reading


@attrs.frozen(kw_only=True)
class Harm:
    """A harm that was seen: in ``n`` people ``of`` those exposed, where the counts are known."""

    text: str
    n: int | None = None
    of: int | None = None


@attrs.frozen(kw_only=True)
class Study:
    """A study of ``compound`` in people with ``condition``; both are the path's.

    ``planned``, ``allocated`` and ``exposed`` are numbers of people: intended, randomised or enrolled, and given the
    compound. ``as_of`` is the date of the status.
    """

    id: str
    compound: str
    condition: str
    form: str | None = None
    topic: str
    design: Design
    masking: Masking | None = None
    phase: str | None = None
    registry_id: str | None = None
    status: StudyStatus
    as_of: str
    planned: int | None = None
    allocated: int | None = None
    exposed: int | None = None
    arms: tuple[Arm, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    harms: tuple[Harm, ...] = ()
    excluded: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    cites: tuple[Citation, ...]
    stamps: tuple[Stamp, ...] = ()
    supersedes: str | None = None
    withdrawn: Withdrawal | None = None

    @property
    def has_result(self) -> bool:
        """Whether anything was reported: a status or a date is no result."""
        return self.status in (StudyStatus.PUBLISHED, StudyStatus.STOPPED) and bool(self.outcomes or self.harms)


@attrs.frozen(kw_only=True)
class SearchRecord:
    """That somebody looked for ``topic`` about ``subject``, in a state (``having``) or with a medicine (``taking``).

    A term covers its members. ``opened``: the label sections that were read. ``date`` is ISO. The phrase of absence
    that it earns is computed.
    """

    id: str
    subject: str
    having: str | None = None
    taking: str | None = None
    topic: Topic
    queries: tuple[str, ...]
    where: tuple[str, ...]
    opened: tuple[Citation, ...] = ()
    date: str
    outcome: SearchOutcome
    left_out: str | None = None
    stamps: tuple[Stamp, ...] = ()
    supersedes: str | None = None
    withdrawn: Withdrawal | None = None
