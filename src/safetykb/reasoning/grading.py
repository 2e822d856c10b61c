"""How sure a statement is: its basis first, then a level, each step told.

The table is the one in the curating guide. Only ``study`` maps to GRADE; the start of an authority is a convention of
this project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from safetykb.knowledge.base import KnowledgeBase, MadeWhenAsked
from safetykb.model.choices import Design, Origin, TermKind
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion
from safetykb.model.evidence import Change, Citation, Statement
from safetykb.model.scales import Basis, EvidenceLevel

_HIGH, _MODERATE, _LOW, _VERY_LOW = EvidenceLevel.members()

STARTS: Final[dict[Design, tuple[Basis, EvidenceLevel | None]]] = {
    Design.LABEL: (Basis.AUTHORITY, _MODERATE),
    Design.REGULATOR: (Basis.AUTHORITY, _MODERATE),
    Design.GUIDELINE: (Basis.AUTHORITY, _MODERATE),
    Design.MONOGRAPH: (Basis.AUTHORITY, _LOW),
    Design.REVIEW_OF_TRIALS: (Basis.STUDY, _HIGH),
    Design.REVIEW_OF_COHORTS: (Basis.STUDY, _LOW),
    Design.RANDOMISED_TRIAL: (Basis.STUDY, _HIGH),
    Design.PK_STUDY: (Basis.STUDY, _LOW),
    Design.COHORT: (Basis.STUDY, _LOW),
    Design.CASE_CONTROL: (Basis.STUDY, _LOW),
    Design.UNCONTROLLED_TRIAL: (Basis.REPORT, _VERY_LOW),
    Design.CASE_SERIES: (Basis.REPORT, _VERY_LOW),
    Design.CASE_REPORT: (Basis.REPORT, _VERY_LOW),
    Design.SPONTANEOUS_REPORTS: (Basis.REPORT, _VERY_LOW),
    Design.NARRATIVE_REVIEW: (Basis.REPORT, _VERY_LOW),
    Design.PRECLINICAL: (Basis.INFERENCE, _VERY_LOW),
    Design.REGISTRY: (Basis.REPORT, None),
    Design.NEWS: (Basis.REPORT, None),
}
"""Where each design starts. A kinetic study starts at moderate where the hazard is exposure itself."""


@attrs.frozen(kw_only=True)
class Grade:
    """A basis, a level, the design that gave them, and the arithmetic in words.

    ``sources`` are the keys of the citations that reach the level; ``joined`` tells that it was put together here.
    """

    basis: Basis
    level: EvidenceLevel
    design: Design | None
    steps: tuple[str, ...]

    def lowered_to(self, level: EvidenceLevel, why: str) -> Grade:
        """Return this grade at ``level`` when that is lower, with the reason as a step."""
        if level >= self.level:
            return self
        return attrs.evolve(self, level=level, steps=(*self.steps, f"{why}: {self.level} -> {level}"))

    def stepped(self, steps: int, why: str) -> Grade:
        """Return this grade moved by ``steps``, kept within the scale, with the reason as a step."""
        level = self.level.moved(steps)
        return attrs.evolve(self, level=level, steps=(*self.steps, f"{why}: {self.level} -> {level}"))


def of_citations(
    knowledge: KnowledgeBase,
    cites: Iterable[Citation],
    *,
    data: Design | None = None,
    change: Change | None = None,
    exposure: bool = False,
) -> Grade:
    """Return the highest grade that one of ``cites`` reaches alone, then moved by ``change``.

    ``data``: the design that a label's sentence cites; it starts there. ``exposure``: the hazard is a change of
    exposure, which a kinetic study measures directly.
    """
    starts = [_start(knowledge, cite, data, exposure=exposure) for cite in cites]
    grades = [grade for grade, carries in starts if carries] or [grade for grade, _ in starts]
    best = max(grades, key=lambda grade: (grade.level, grade.basis))
    if change is None:
        return best
    return best.stepped(change.steps, f"changed by hand by {change.steps:+d} ({change.reason})")


def _start(knowledge: KnowledgeBase, cite: Citation, data: Design | None, *, exposure: bool) -> tuple[Grade, bool]:
    """Return where a citation starts, and whether its design carries a level at all."""
    design = knowledge.sources[cite.key].details.design
    basis, level = STARTS[design]
    told = f"{cite}: {design}"
    if data is not None and design is Design.LABEL:
        level = STARTS[data][1]
        design, told = data, f"{cite}: label that cites data ({data})"
    if design is Design.PK_STUDY and exposure:
        level = EvidenceLevel.MODERATE
    if level is None:
        return Grade(basis=basis, level=_VERY_LOW, design=design, steps=(f"{told} carries no level",)), False
    return Grade(basis=basis, level=level, design=design, steps=(f"{told} starts at {level} ({basis})",)), True


def of_statement(knowledge: KnowledgeBase, statement: Statement) -> Grade:
    """Return the grade of one statement of an assertion."""
    return of_citations(knowledge, statement.cites, data=statement.data, change=statement.change)


def of_assertion(knowledge: KnowledgeBase, assertion: Assertion) -> Grade:
    """Return the grade of an assertion: that of its best statement."""
    grades = [of_statement(knowledge, statement) for statement in assertion.statements]
    return max(grades, key=lambda grade: (grade.level, grade.basis))


def own_grades(knowledge: KnowledgeBase) -> Mapping[str, Grade | None]:
    """Return the own grade of each consideration of ``knowledge`` by its id, worked out when it is first asked for."""
    return knowledge.derived(
        "own grades", lambda: MadeWhenAsked(lambda id: of_consideration(knowledge, knowledge.considerations[id]))
    )


def assertion_grades(knowledge: KnowledgeBase) -> Mapping[str, Grade]:
    """Return the grade of each assertion of ``knowledge`` by its id, worked out when it is first asked for."""
    return knowledge.derived(
        "assertion grades", lambda: MadeWhenAsked(lambda id: of_assertion(knowledge, knowledge.assertions[id]))
    )


def of_consideration(knowledge: KnowledgeBase, consideration: SafetyConsideration) -> Grade | None:
    """Return the own grade of a stated claim; None for a joined one, which has no source of its own."""
    if consideration.origin is Origin.JOINED:
        return None
    hazard = knowledge.terms[consideration.hazard].kind is TermKind.EXPOSURE
    return of_citations(
        knowledge, consideration.cites, data=consideration.data, change=consideration.change, exposure=hazard
    )
