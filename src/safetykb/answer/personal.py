"""What changes when one person is known: added, dropped, raised, closed, and which facts are still missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs

from safetykb.model.scales import Concern
from safetykb.reasoning.findings import Finding
from safetykb.reasoning.matching import laid_out, obstacle
from safetykb.reasoning.person import Fact, Person
from safetykb.rendering.outline import Block, Document, Note, Section, items, paragraph
from safetykb.rendering.showing import Shown

if TYPE_CHECKING:
    from safetykb.answer.assembly import SafetyReview


@attrs.frozen(kw_only=True)
class FactLine:
    """A fact that was given of the patient, in words, and the findings that stand on it.

    ``against``: it denies the condition asked about, or a broader one; the answer is for people who have it.
    """

    text: str = attrs.field(repr=False)
    field: str
    known: bool
    states: tuple[str, ...] = attrs.field(repr=False)
    findings: tuple[str, ...]
    against: bool = False

    @property
    def told(self) -> str:
        """What the fact does here, in words."""
        if not self.known:
            return "not checked: nothing here knows it"
        if self.against:
            return "against the question, which asks about people who have it; the answer is for them"
        if self.findings:
            return f"stands behind {len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}"
        return "no record that applies here asks about it (this is not the same as no effect)"


def fact_lines(person: Person, diagnoses: frozenset[str], findings: Sequence[Finding]) -> tuple[FactLine, ...]:
    """Return one line for each fact given of the patient, whatever it does; ``diagnoses``: what is asked about."""
    denied = {person.has_not[state].text for state in diagnoses if state in person.has_not}
    return tuple(
        FactLine(
            text=fact.text,
            field=fact.field,
            known=fact.known,
            states=fact.states,
            findings=tuple(finding.id for finding in findings if _stands_on(finding, fact)),
            against=fact.text in denied,
        )
        for fact in person.facts
    )


def _stands_on(finding: Finding, fact: Fact) -> bool:
    if fact.compound is not None:
        return any(p.status == "met" and fact.compound in (p.treatment, *p.members) for p in finding.partners)
    return fact.text in finding.facts


@attrs.frozen(kw_only=True)
class Missing:
    """A fact that nobody stated: the highest concern that would hold with it, and how many findings wait for it."""

    fact: str
    concern: Concern | None
    findings: tuple[str, ...]


def missing_facts(findings: Sequence[Finding]) -> tuple[Missing, ...]:
    """Return what nobody stated, the fact that would change the answer most first."""
    waiting: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.relative is not None:
            continue
        for fact in (*(need.fact for need in finding.needs), *_medicines(finding)):
            waiting.setdefault(fact, []).append(finding)
    found = [_missing(fact, behind) for fact, behind in waiting.items()]
    return tuple(sorted(found, key=lambda m: (-(m.concern.rank if m.concern else 0), -len(m.findings), m.fact)))


def _medicines(finding: Finding) -> Iterable[str]:
    if finding.if_taking:
        names = [partner.name for partner in finding.partners if not partner.alternative]
        yield from (f"taking {name}" for name in dict.fromkeys(names or [finding.other_name]))


def _missing(fact: str, behind: Sequence[Finding]) -> Missing:
    highest = max((f.concern for f in behind if f.concern and not f.inferred), default=None)
    return Missing(fact=fact, concern=highest, findings=tuple(finding.id for finding in behind))


@attrs.frozen(kw_only=True)
class Change:
    """A finding whose concern differs: before and after (None: it was not there, or has no concern)."""

    id: str
    hazard: str
    before: Concern | None
    after: Concern | None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PersonalReport(Shown):
    """What the facts of a patient change in a review.

    ``added`` and ``dropped``: findings that appear and that no longer apply, with the reason for each that is
    dropped. ``raised`` and ``lowered``: findings whose concern differs. ``closed``: findings that were an if and are
    one no longer. ``missing``: what nobody stated, by how much it would change.
    """

    before: SafetyReview
    after: SafetyReview
    added: tuple[Finding, ...]
    dropped: tuple[tuple[Finding, str], ...]
    raised: tuple[Change, ...]
    lowered: tuple[Change, ...]
    closed: tuple[Finding, ...]
    missing: tuple[Missing, ...]

    def outline(self) -> Document:
        """Return the report as an outline."""
        parts: tuple[tuple[str, str, Iterable[str]], ...] = (
            ("facts", "What was stated", (f"{line.text}: {line.told}" for line in self.after.facts)),
            ("added", "New", map(_line, self.added)),
            ("raised", "Higher", (f"{c.hazard} ({c.id}): {c.before} to {c.after}" for c in self.raised)),
            ("lowered", "Lower", (f"{c.hazard} ({c.id}): {c.before} to {c.after}" for c in self.lowered)),
            ("closed", "No longer an if", map(_line, self.closed)),
            ("dropped", "No longer applies", (f"{_line(finding)}: {why}" for finding, why in self.dropped)),
            ("missing", "Not stated, most important first", (_missing_line(missing) for missing in self.missing)),
        )
        sections = [_section(anchor, title, list(lines)) for anchor, title, lines in parts]
        note = Note(blocks=(paragraph(self.after.notice),))
        return Document(
            title=f"{self.after.compound.name} in {self.after.condition.name}: this patient",
            summary=(paragraph(self.after.headline.text),),
            blocks=(*sections, note),
        )

    def __str__(self) -> str:
        """Return the report as text."""
        return self.to_text()

    def __repr__(self) -> str:
        """Return the numbers of changes, and no fact of the patient."""
        return f"<PersonalReport: {len(self.added)} added, {len(self.dropped)} dropped, {len(self.closed)} closed>"


def _section(anchor: str, title: str, lines: list[str]) -> Section:
    block: Block = items(*lines) if lines else paragraph("None.")
    return Section(anchor=anchor, title=title, blocks=(block,))


def _line(finding: Finding) -> str:
    facts = f" ({'; '.join(finding.facts)})" if finding.facts else ""
    return f"{finding.concern or finding.kind}: {finding.hazard_name}{facts} [{finding.id}]"


def _missing_line(missing: Missing) -> str:
    concern = f", up to {missing.concern}" if missing.concern else ", by inference only"
    return f"{missing.fact} ({len(missing.findings)} findings{concern})"


def report_of(before: SafetyReview, after: SafetyReview) -> PersonalReport:
    """Return what differs between ``before`` (everybody, or less known) and ``after`` (one patient)."""
    old = {finding.id: finding for finding in before.findings}
    new = {finding.id: finding for finding in after.findings}
    changes = [
        Change(id=id, hazard=new[id].hazard_name, before=old[id].concern, after=new[id].concern)
        for id in new
        if id in old and old[id].concern != new[id].concern
    ]
    higher = [c for c in changes if c.before is None or (c.after is not None and c.after > c.before)]
    return PersonalReport(
        before=before,
        after=after,
        added=tuple(finding for finding in after.findings if finding.id not in old),
        dropped=tuple((f, why_not(after, f.id) or "") for f in before.findings if f.id not in new),
        raised=tuple(higher),
        lowered=tuple(change for change in changes if change not in higher),
        closed=tuple(f for f in after.findings if f.id in old and old[f.id].is_open and not f.is_open),
        missing=missing_facts(after.findings),
    )


def why_not(review: SafetyReview, id: str) -> str | None:
    """Return why the consideration ``id`` is not among the findings of ``review``; None when it is.

    Raises NoSuchRecord when the knowledge base holds no such consideration.
    """
    situation = review.situation
    claim = situation.knowledge.considerations[id]
    if any(finding.id == id for finding in review.findings):
        return None
    if claim.withdrawn is not None:
        return f"it was withdrawn on {claim.withdrawn.date}: {claim.withdrawn.reason}"
    if id in situation.knowledge.silenced:
        return " ".join(a.text for a in situation.knowledge.policies if a.works and a.policy.consideration == id)
    match = laid_out(situation, claim)
    if match is None and claim.subject in dict(situation.graph.relatives(situation.compound.id)):
        relative = situation.knowledge.compounds[claim.subject]
        situation = attrs.evolve(situation, compound=relative, exposure=None)
        match = laid_out(situation, claim)
    if match is None:
        subject = situation.knowledge.entity(claim.subject).name
        return f"{situation.compound.name} is not, and does not have, {subject}, nor what the claim is taken with"
    return obstacle(situation, match) or "it is a relative's, and shown of the relative only"
