"""The JSON form of a review: a public contract, described by a JSON Schema.

A concern that nobody knows is ``undetermined``; ``null`` stands only where something does not exist.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, how_made
from safetykb.knowledge.conversion import make_converter
from safetykb.model.evidence import NOT_EXPORTED
from safetykb.reasoning.gaps import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    import cattrs

    from safetykb.answer.assembly import SafetyReview
    from safetykb.answer.general import Fact
    from safetykb.model.entities import Compound, Condition
    from safetykb.model.evidence import Source
    from safetykb.model.scales import Concern
    from safetykb.model.studies import Study
    from safetykb.reasoning.findings import Finding, Partner, Step
    from safetykb.reasoning.headline import Headline
    from safetykb.reasoning.treatments import TreatmentRow

SCHEMA_VERSION: Final = "1.0"
"""The version of the contract: the first number changes when a reader must change."""


@functools.cache
def _converter() -> cattrs.Converter:
    """Make the converter once: a review writes hundreds of records with it."""
    return make_converter()


def review_dict(review: SafetyReview) -> dict[str, Any]:
    """Return ``review`` as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "question": _question(review),
        "compound": _entity(review.compound),
        "condition": _entity(review.condition),
        "patient": _patient(review),
        "policy": [
            {
                "consideration": applied.policy.consideration,
                "action": str(applied.policy.action),
                "concern": concern_word(applied.policy.concern),
                "base_concern": concern_word(applied.base_concern),
                "author": applied.policy.author,
                "reason": applied.policy.reason,
                "date": applied.policy.date,
                "expires": applied.policy.expires,
                "expired": not applied.works,
                "text": applied.text,
            }
            for applied in review.policy
        ],
        "headline": _headline(review.headline),
        "coverage": {section: str(coverage) for section, coverage in review.coverage.items()},
        "general": [_fact(fact) for fact in review.compound_facts],
        "vulnerabilities": [_fact(fact) for fact in review.condition_facts],
        "findings": [_finding(finding) for finding in review.findings],
        "treatments": [_row(row) for row in review.treatments],
        "studies": [
            *(_study(study, "compound") for study in review.studies),
            *(_study(study, "broader") for study in review.wider_studies),
            *(_study(study, "relative") for study in review.related_studies),
        ],
        "monitoring": [
            {
                "test": row.test,
                "when": [*row.when],
                "threshold": [*row.threshold],
                "then": [*row.then],
                "asked_by": [*row.asked_by],
            }
            for row in review.monitoring
        ],
        "gaps": [
            {"topic": gap.topic, "phrase": gap.phrase, "search": gap.search, "links": _links(gap.links)}
            for gap in review.gaps
        ],
        "questions": [
            {"question": q.question, "answer": q.answer, "sources": [*q.sources], "links": _links(q.links)}
            for q in review.questions
        ],
        "sources": [source_dict(source) for source in review.sources],
        "stale": {"today": review.today, "sources": [*review.stale]} if review.today else None,
        "intended_use": INTENDED_USE,
        "disclaimer": DISCLAIMER,
        "knowledge": {
            "version": review.knowledge.version,
            "digest": review.knowledge.digest,
            "records": review.knowledge.records,
            "second_reading": review.knowledge.second_reading,
            "clinician_reviewed": review.knowledge.clinician_reviewed,
            "how_made": how_made(review.knowledge, review.sources),
        },
    }


def concern_word(concern: Concern | None) -> str:
    """Return a concern as JSON has it; None is ``undetermined``."""
    return "undetermined" if concern is None else str(concern)


def _links(links: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "url": url} for name, url in links]


def _question(review: SafetyReview) -> dict[str, Any]:
    exposure = review.exposure
    return {
        "compound": review.compound.id,
        "condition": review.condition.id,
        "exposure": _converter().unstructure(exposure) if exposure is not None else None,
        "as_asked": [*review.as_asked],
        "jurisdiction": review.jurisdiction,
        "see_also": [{"id": other.id, "name": other.name, "how": other.how} for other in review.see_also],
    }


def _patient(review: SafetyReview) -> dict[str, Any] | None:
    """Each fact given, with what it means here and the findings that stand on it; no other trace of the person."""
    if review.situation.patient is None:
        return None
    facts = [
        {
            "field": line.field,
            "text": line.text,
            "known": line.known,
            "states": [*line.states],
            "findings": [*line.findings],
        }
        for line in review.facts
    ]
    missing = [
        {"fact": m.fact, "concern": concern_word(m.concern), "findings": [*m.findings]} for m in review.missing()
    ]
    return {"facts": facts, "missing": missing, "medications_complete": review.situation.patient.complete}


def _entity(entity: Compound | Condition) -> dict[str, Any]:
    found: dict[str, Any] = _converter().unstructure(entity)
    return found


def _headline(headline: Headline) -> dict[str, Any]:
    direct = headline.direct
    counts = {name: getattr(direct, name) for name in ("controlled", "uncontrolled", "cases")}
    return {
        "concern": concern_word(headline.concern),
        "highest": concern_word(headline.highest),
        "if_taking": [
            {"treatment": entry.treatment, "name": entry.name, "concern": str(entry.concern)}
            for entry in headline.if_taking
        ],
        "depends_on": [
            {"fact": need.fact, "concern": str(need.concern), "of": need.of, "taken": need.taken}
            for need in headline.depends_on
        ],
        "inferred": [
            {"hazard": entry.hazard, "name": entry.name, "concern": str(entry.concern)} for entry in headline.inferred
        ],
        "not_checked": [*headline.not_checked],
        "because": [*headline.because],
        "direct": {
            **{name: {"studies": count.studies, "exposed": count.exposed} for name, count in counts.items()},
            "no_result": {"studies": direct.no_result.studies, "planned": direct.no_result.planned},
        },
        "coverage": str(headline.coverage),
        "text": headline.text,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "of": fact.entity,
        "term": fact.term,
        "name": fact.term_name,
        "weight": str(fact.weight) if fact.weight else None,
        "frequency": str(fact.frequency) if fact.frequency else None,
        "level": str(fact.level),
        "statements": [{"text": text, "cites": [str(cite) for cite in cites]} for text, cites in fact.sentences],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    evidence = finding.evidence
    return {
        "id": finding.id,
        "block": finding.block.value,
        "section": finding.section.value,
        "kind": str(finding.kind),
        "origin": str(finding.origin),
        "hazard": finding.hazard,
        "hazard_name": finding.hazard_name,
        "concern": concern_word(finding.concern) if finding.concern else _no_concern(finding),
        "serious": str(finding.serious) if finding.serious else None,
        "statement": finding.statement,
        "rationale": finding.rationale,
        "action": finding.action,
        "if_taking": [*finding.if_taking],
        "if_having": [*finding.if_having],
        "if_form": [*finding.if_form],
        "partners": [_partner(partner) for partner in finding.partners],
        "folded_under": finding.folded_under,
        "relative": finding.relative,
        "facts": [*finding.facts],
        "evidence": {
            "basis": str(evidence.basis),
            "level": str(evidence.level),
            "design": str(evidence.design) if evidence.design else None,
            "directness": str(evidence.directness),
            "steps": [*evidence.steps],
        },
        "marks": [*finding.marks],
        "path": [_step(step) for step in (*finding.path, *finding.person_path)],
        "cites": [str(cite) for cite in finding.cites],
        "sources": [*finding.sources],
    }


def _no_concern(finding: Finding) -> str:
    """A claim of no increase has no concern of its own; its kind says what it is."""
    return str(finding.kind)


def _step(step: Step) -> dict[str, Any]:
    return {"from": step.start, "link": step.link, "to": step.end, "sources": [*step.sources]}


def _partner(partner: Partner) -> dict[str, Any]:
    return {
        "treatment": partner.treatment,
        "name": partner.name,
        "status": partner.status,
        "concern": concern_word(partner.concern),
        "usual": partner.usual,
        "alternative": partner.alternative,
        "narrower": partner.narrower,
        "path": [_step(step) for step in partner.path],
        "text": partner.text,
    }


def _row(row: TreatmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "purpose": row.purpose,
        "usual": row.usual,
        "alternative": row.alternative,
        "taken": row.taken,
        "concern": concern_word(row.concern),
        "findings": [*row.findings],
        "interaction_study": [*row.interaction_study],
        "phrase": row.phrase.value if row.phrase else None,
        "search": told(row.absence),
    }


def _study(study: Study, of: str) -> dict[str, Any]:
    found: dict[str, Any] = _converter().unstructure(study)
    found.pop("stamps", None)
    return {**found, "has_result": study.has_result, "of": of}


def source_dict(source: Source) -> dict[str, Any]:
    """Return a source as a CSL-JSON item; where a copy was read is kept and never exported."""
    found: dict[str, Any] = _converter().unstructure(source)
    custom = {key: value for key, value in found["custom"].items() if key not in NOT_EXPORTED}
    return {**found, "custom": {**custom, "read_in_copy": source.is_copy}}
