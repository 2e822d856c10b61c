"""What safetykb finds, in the words of the oracle, so that the two can be compared."""

from __future__ import annotations

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.considerations import Exposure
from safetykb.model.patient import Patient
from safetykb.reasoning.findings import Finding
from safetykb.reasoning.matching import Match, Role, match_of
from safetykb.reasoning.person import person_of
from safetykb.reasoning.ranking import findings_of
from safetykb.reasoning.situation import Situation

from .oracle import NOBODY, Answer, Oracle, Person

_KINDS = {
    "as": "form",
    "by": "route",
    "at": "dose",
    "for": "duration",
    "in": "setting",
    "under": "setting",
    "without": "setting",
}


def situation(
    knowledge: KnowledgeBase, compound: str, condition: str, form: str | None = None, whom: Person = NOBODY
) -> Situation:
    """Return the question of a compound in a condition, in one of its forms or in any, for somebody or for nobody."""
    exposure = None
    if form is not None:
        route = next(one.route for one in knowledge.compounds[compound].forms if one.id == form)
        exposure = Exposure(form=form, route=route)
    return Situation(
        knowledge=knowledge,
        compound=knowledge.compounds[compound],
        condition=knowledge.conditions[condition],
        exposure=exposure,
        patient=person_of(knowledge, patient_of(whom), compound) if whom != NOBODY else None,
    )


def patient_of(whom: Person) -> Patient:
    """Return somebody as safetykb is told of them."""
    return Patient(
        conditions=tuple(sorted(whom.says)),
        has_not=tuple(sorted(whom.says_not)),
        medications=tuple(sorted(whom.takes)),
        medications_complete=whom.complete,
    )


def found(
    knowledge: KnowledgeBase, compound: str, condition: str, form: str | None = None, whom: Person = NOBODY
) -> dict[str, Answer]:
    """Return every finding of safetykb as an answer of the oracle."""
    answers = {}
    asked: dict[str | None, Situation] = {None: situation(knowledge, compound, condition, form, whom)}
    for finding in findings_of(asked[None]):
        if finding.relative not in asked:
            asked[finding.relative] = situation(knowledge, finding.relative or compound, condition, None, whom)
        match = match_of(asked[finding.relative], knowledge.considerations[finding.id])
        assert match is not None
        answers[finding.id] = _answer(finding, match)
    return answers


def _answer(finding: Finding, match: Match) -> Answer:
    needs = [need.fact for need in finding.needs if need.of == "exposure"]
    exposures = tuple(_KINDS[fact.split()[0]] for fact in needs)
    parts = zip(match.partners, finding.partners, strict=True)
    return Answer(
        origin=str(finding.origin),
        concern=None if finding.concern is None else str(finding.concern),
        level=str(finding.evidence.level),
        basis=str(finding.evidence.basis),
        directness=str(finding.evidence.directness),
        block=finding.block.value,
        open_states=frozenset((need.of, need.id or "") for need in finding.needs if need.of != "exposure"),
        open_exposures=("of the other",) if match.role is Role.TAKING and needs else exposures,
        partners=frozenset(
            (
                partner.treatment,
                part.narrower,
                part.unbanded,
                None if partner.concern is None else str(partner.concern),
                partner.status == "met",
            )
            for part, partner in parts
        ),
        personal=finding.personal,
        other=match.other,
        path=tuple(step.end for step in finding.path),
    )


def disagreements(
    knowledge: KnowledgeBase, oracle: Oracle, compound: str, condition: str, whom: Person = NOBODY
) -> list[str]:
    """Return every finding on which the two differ, whatever form is asked about."""
    told = []
    for form in (None, *(one.id for one in knowledge.compounds[compound].forms)):
        ours, theirs = found(knowledge, compound, condition, form, whom), oracle.answer(compound, condition, form, whom)
        for id in sorted({*ours, *theirs}):
            if ours.get(id) != theirs.get(id):
                where = f"{id} for {compound} ({form}) in {condition} with {whom}"
                told.append(f"{where}:\n  safetykb {ours.get(id)}\n  oracle   {theirs.get(id)}")
    return told
