"""Sources, citations, and the small records that say who looked and what was changed."""

from __future__ import annotations

from typing import Final, Self

import attrs

from safetykb.ids import split_citation
from safetykb.model.choices import Design, StampOutcome, StampRole
from safetykb.model.scales import ReadDepth


@attrs.frozen(order=True)
class Citation:
    """A place in a source, written ``"fitzgerald2021#abstract"``: the source's key and a locator.

    For a label the first word of the locator names the section (boxed, contraindications, warnings,
    interactions, adverse-reactions, indications, monitoring ...).
    """

    key: str
    locator: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``key#locator``; raise ValueError when either part is missing."""
        parts = split_citation(text)
        if parts is None:
            raise ValueError(f"{text!r} is no citation; write the source's key, '#', and the place in it")
        return cls(*parts)

    @property
    def section(self) -> str:
        """The first word of the locator, lower case."""
        return self.locator.split()[0].lower()

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.key}#{self.locator}"


@attrs.frozen(kw_only=True)
class Author:
    """An author as CSL-JSON has it: a person by ``family`` and ``given``, or a body by ``literal``."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None

    def __str__(self) -> str:
        """Return the name as it stands in a reference."""
        return self.literal or " ".join(part for part in (self.family, self.given) if part)


NOT_EXPORTED: Final = ("read_at", "copy_of")
"""Fields of ``SourceDetails`` that are kept and neither rendered nor exported."""


@attrs.frozen(kw_only=True)
class SourceDetails:
    """What CSL-JSON has no place for; written under its ``custom``.

    ``about``: the compounds of a label. ``version_date``: an ISO date, month or year. ``read_at``: where a copy was
    read; never rendered or exported. ``superseded_by``: the key of a newer version of the same source.
    """

    nct: str | None = None
    setid: str | None = None
    about: tuple[str, ...] = ()
    jurisdiction: str | None = None
    version_date: str | None = None
    design: Design
    read: ReadDepth
    read_on: str
    read_at: str | None = None
    copy_of: str | None = None
    retracted: str | None = None
    superseded_by: str | None = None


@attrs.frozen(kw_only=True)
class Source:
    """A page that statements stand on: a CSL-JSON item, with what it has no place for in ``details``.

    ``id`` is the citation key. ``issued`` is (year), (year, month) or (year, month, day).
    """

    id: str
    type: str
    title: str
    author: tuple[Author, ...] = ()
    issued: tuple[int, ...] = ()
    container_title: str | None = None
    publisher: str | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    number: str | None = None
    note: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    details: SourceDetails

    @property
    def year(self) -> str:
        """The year of the version that was read, or an empty string when none is known."""
        return self.date[:4]

    @property
    def date(self) -> str:
        """The date of the version as far as it is known (ISO, possibly only a year), or an empty string."""
        if self.details.version_date:
            return self.details.version_date
        return "-".join(f"{part:02d}" for part in self.issued)

    def is_stale(self, today: str) -> bool:
        """Tell whether the version read is, or may be, older than 24 months on ``today`` (ISO), or has no date."""
        return bool(age_on(self.date, today))

    @property
    def is_copy(self) -> bool:
        """Whether the text was read somewhere else than at the place where it was published."""
        return self.details.read_at is not None

    @property
    def short_name(self) -> str:
        """A few words that name the source inside a sentence: ``US label 2025``, ``Fitzgerald 2021``."""
        design = self.details.design
        if design is Design.LABEL:
            return " ".join(part for part in (self.details.jurisdiction, "label", self.year) if part)
        if self.author:
            return f"{self.author[0].literal or self.author[0].family} {self.year}".strip()
        return f"{self.publisher or self.container_title or self.title} {self.year}".strip()


def age_on(date: str, today: str) -> str:
    """Return in words that ``date`` is, or may be, older than 24 months on ``today`` (both ISO); else an empty text.

    A month or a year counts from its first day: what could be older is never taken to be newer.
    """
    limit = f"{int(today[:4]) - 2:04d}{today[4:]}"
    if not date:
        return "undated"
    if date < limit[: len(date)]:
        return f"older than 24 months on {today}"
    return f"may be older than 24 months on {today}" if f"{date}-01-01"[:10] < limit else ""


@attrs.frozen(kw_only=True)
class Change:
    """A hand-made move of the computed level: ``steps`` (negative is lower) and the reason for it."""

    steps: int
    reason: str


@attrs.frozen(kw_only=True)
class Stamp:
    """Who looked at a record, in which role, when (ISO date), and what the look found.

    ``by`` is ``automated`` or a person's name.
    """

    role: StampRole
    by: str
    on: str
    outcome: StampOutcome


@attrs.frozen(kw_only=True)
class Withdrawal:
    """That a record no longer holds: since ``date`` (ISO), because of ``reason``."""

    date: str
    reason: str


@attrs.frozen(kw_only=True)
class Statement:
    """One sentence with its figure, and the places that say it.

    ``population``: who was studied, when these are not the people asked about. ``form``: the form it holds for.
    ``during``: the state it holds in. ``data``: the design that a label's sentence cites.
    """

    text: str
    population: str | None = None
    form: str | None = None
    during: str | None = None
    cites: tuple[Citation, ...]
    data: Design | None = None
    change: Change | None = None
