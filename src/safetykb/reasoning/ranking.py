"""All findings of a situation, each in its place: matched, related, folded, and in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.policy import AppliedPolicy
from safetykb.reasoning.building import finding_of, related_finding
from safetykb.reasoning.findings import Finding, Place
from safetykb.reasoning.matching import match_of, matches
from safetykb.reasoning.situation import Situation

_BLOCKS = tuple(Place)


def findings_of(situation: Situation, jurisdiction: str | None = None) -> tuple[Finding, ...]:
    """Return every finding of ``situation`` in the order of the answer.

    ``jurisdiction`` puts what its sources say first among equals; it hides nothing.
    """
    own = [finding_of(situation, match) for match in matches(situation)]
    found = [*own, *related_findings(situation, frozenset(finding.id for finding in own))]
    ordered = sorted(found, key=lambda finding: rank(situation.knowledge, finding, jurisdiction))
    return fold(tuple(ordered))


def related_findings(situation: Situation, known: frozenset[str]) -> list[Finding]:
    """Return what relatives of the compound have of their own, at avoid or above or speaking of the condition."""
    knowledge = situation.knowledge
    found = []
    for relative, _ in situation.graph.relatives(situation.compound.id):
        other = attrs.evolve(situation, compound=knowledge.compounds[relative], exposure=None)
        for consideration in knowledge.claims_of(relative):
            if consideration.id in known or consideration.id in knowledge.silenced:
                continue
            match = match_of(other, consideration)
            finding = related_finding(other, match) if match else None
            if finding is not None:
                found.append(finding)
    return found


def policies_of(situation: Situation) -> tuple[AppliedPolicy, ...]:
    """Return the policies on claims that apply to ``situation``, silenced ones and expired ones among them.

    What is shown of a relative, and what a medicine that is taken asks to monitor, counts as well.
    """
    policies = situation.knowledge.policies
    touched = {id: situation.knowledge.considerations[id] for id in {a.policy.consideration for a in policies}}
    applies = {id for id, claim in touched.items() if claim.withdrawn is None and _shown(situation, claim)}
    return tuple(a for a in policies if a.policy.consideration in applies)


def _shown(situation: Situation, claim: SafetyConsideration) -> bool:
    """Tell whether ``claim`` stands in the answer, or would if no policy touched it."""
    compounds = situation.knowledge.compounds
    asked = [situation]
    if claim.subject in dict(situation.graph.relatives(situation.compound.id)):
        asked.append(attrs.evolve(situation, compound=compounds[claim.subject], exposure=None))
    if claim.monitoring:
        asked += _of_medicines(situation)
    return any(match_of(each, claim) is not None for each in asked)


def _of_medicines(situation: Situation) -> list[Situation]:
    """Return the situation of each other medicine that the patient takes."""
    taken = situation.patient.takes if situation.patient else {}
    others = (asked for id, asked in taken.items() if id != situation.compound.id)
    return [attrs.evolve(situation, compound=asked.compound, exposure=asked.exposure) for asked in others]


def medicine_monitoring(situation: Situation) -> list[Finding]:
    """Return what the medicines that the patient takes ask to monitor in everybody, or in this patient."""
    found: list[Finding] = []
    for other in _of_medicines(situation):
        own = (finding_of(other, match) for match in matches(other) if match.consideration.monitoring)
        found += [finding for finding in own if not finding.inferred and not finding.is_open]
    return found


def rank(knowledge: KnowledgeBase, finding: Finding, jurisdiction: str | None = None) -> tuple[object, ...]:
    """Return the place of a finding.

    Block, concern, not inferred, basis, level, of these people, serious, directness, id: among what speaks of the
    condition, of a treatment of it or of a fact of the patient the more serious stands first, of whichever class it
    is said.
    """
    concern = finding.concern.rank if finding.concern else 0
    serious = finding.serious.rank if finding.serious else 0
    foreign = jurisdiction is not None and all(
        knowledge.sources[key].details.jurisdiction != jurisdiction for key in finding.sources
    )
    of_these_people = finding.speaks or finding.personal or bool(finding.partners)
    evidence = finding.evidence
    return (
        _BLOCKS.index(finding.block),
        -concern,
        finding.inferred,
        -evidence.basis.rank,
        -evidence.level.rank,
        not of_these_people,
        -serious,
        -evidence.directness.rank,
        foreign,
        finding.id,
    )


def fold(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Fold each inferred finding under the first not inferred one of its hazard that holds all of its partners.

    Without partners it folds only under one that speaks of these people: what is said of everybody does not hide it.
    """
    stated: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if not finding.inferred and finding.relative is None:
            stated[finding.hazard].append(finding)
    return tuple(
        attrs.evolve(finding, folded_under=_over(finding, stated[finding.hazard])) if finding.inferred else finding
        for finding in findings
    )


def _over(finding: Finding, stated: Sequence[Finding]) -> str | None:
    """Return which of ``stated``, the findings of the same hazard that are not inferred, ``finding`` folds under."""
    if finding.relative is not None:
        return None
    mine = {partner.treatment for partner in finding.partners}
    for other in stated:
        theirs = {partner.treatment for partner in other.partners}
        if mine and mine <= theirs:
            return other.id
        if not mine and not theirs and other.speaks and not other.is_open:
            return other.id
    return None
