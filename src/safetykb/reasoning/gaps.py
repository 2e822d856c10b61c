"""What is not known: each phrase of absence, and each part that counts as covered and that nobody entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from safetykb import links
from safetykb.model.choices import Design, Kind, SearchOutcome, TermKind, Topic
from safetykb.model.scales import Coverage, ReadDepth
from safetykb.model.studies import Study
from safetykb.reasoning.absence import Absence, Phrase, direct_absence
from safetykb.reasoning.findings import Finding, Part
from safetykb.reasoning.situation import Situation
from safetykb.reasoning.treatments import TreatmentRow


@attrs.frozen(kw_only=True)
class Gap:
    """Something that is not known: the topic, the fixed phrase or what was not entered, and how to look for it.

    ``search`` tells what was searched, if anything; ``links`` are pairs of a name and an address that would close it.
    """

    topic: str
    phrase: str
    search: str | None
    links: tuple[tuple[str, str], ...]


def gaps_of(
    situation: Situation, findings: Sequence[Finding], rows: Sequence[TreatmentRow], studies: Sequence[Study]
) -> tuple[Gap, ...]:
    """Return every gap of a review, the question itself first."""
    return (
        *_direct(situation, studies),
        *_without_result(studies),
        *_other_searches(situation),
        *_unread_versions(situation, findings),
        *_uncovered(situation, findings),
        *(_treatment(situation, row) for row in rows if row.phrase is not None),
    )


def told(absence: Absence) -> str | None:
    """Return what was searched, where and when, in words; None when nobody searched."""
    texts = []
    for search in absence.searches:
        queries = "; ".join(f"'{query}'" for query in search.queries)
        left = f"; {search.left_out}" if search.left_out else ""
        texts.append(f"{search.date}: {queries} in {', '.join(search.where)}{left}")
    return " | ".join(texts) or None


def _study_links(situation: Situation) -> tuple[tuple[str, str], ...]:
    compound, condition = situation.compound.name, situation.condition.name
    return (
        ("PubMed", links.pubmed_search(compound, condition)),
        ("ClinicalTrials.gov", links.clinical_trials_search(condition, compound)),
    )


def _direct(situation: Situation, studies: Sequence[Study]) -> Iterable[Gap]:
    absence = direct_absence(situation)
    if _has_result(studies):
        for search in absence.searches if absence.phrase is not Phrase.NOT_VERIFIED else ():
            topic = search.id.rpartition("--")[2].replace("-", " ")
            one = told(Absence(absence.phrase, (search,)))
            yield Gap(topic=topic, phrase=absence.phrase.value, search=one, links=_study_links(situation))
        return
    topic = _of_pair(situation)
    phrase = Phrase.NO_RESULT if _in_people(studies) else absence.phrase
    yield Gap(topic=topic, phrase=phrase.value, search=told(absence), links=_study_links(situation))


def _without_result(studies: Sequence[Study]) -> Iterable[Gap]:
    for study in studies:
        if not study.has_result:
            name = study.registry_id or study.id
            where = (("ClinicalTrials.gov", links.clinical_trial(study.registry_id)),) if study.registry_id else ()
            yield Gap(
                topic=f"result of {name} ({study.topic})",
                phrase=Phrase.NO_RESULT.value,
                search=f"{study.status} on {study.as_of}",
                links=where,
            )


def _other_searches(situation: Situation) -> Iterable[Gap]:
    """Yield the searches for cases or for a signal of the class that found nothing: they earn no other phrase."""
    for search in situation.searches:
        looked_elsewhere = search.topic in (Topic.CASE_REPORT, Topic.CLASS_SIGNAL)
        here = search.having in (None, *situation.diagnoses)
        if looked_elsewhere and here and search.outcome is not SearchOutcome.FOUND:
            yield Gap(
                topic=f"{search.id.rpartition('--')[2].replace('-', ' ')} ({str(search.topic).replace('-', ' ')})",
                phrase=Phrase.NOT_VERIFIED.value,
                search=told(Absence(Phrase.NOT_VERIFIED, (search,))),
                links=_study_links(situation),
            )


def _unread_versions(situation: Situation, findings: Sequence[Finding]) -> Iterable[Gap]:
    sources = situation.knowledge.sources
    seen: set[str] = set()
    for finding in findings:
        for key in finding.sources:
            newer = sources[key].details.superseded_by
            if newer is None or newer in seen or sources[newer].details.read is not ReadDepth.HEADER:
                continue
            seen.add(newer)
            source = sources[newer]
            where = ((("source", source.url),) if source.url else ()) + (
                ("DailyMed", links.dailymed_search(situation.compound.name)),
            )
            yield Gap(
                topic=f"text of {source.title}, {source.date}",
                phrase=Phrase.NOT_VERIFIED.value,
                search="only its header was read; statements rest on an older version",
                links=where,
            )


def _of_pair(situation: Situation) -> str:
    return f"{situation.compound.name} in people with {situation.condition.name}"


def _treatments_part(situation: Situation) -> str:
    return f"treatments of {situation.condition.name}"


def _brought_part(situation: Situation) -> str:
    return f"what {situation.condition.name} brings"


def topics_of_condition(situation: Situation) -> frozenset[str]:
    """Return the topics of the gaps that are about the condition: where none was asked about, nothing of it misses."""
    parts = (_treatments_part(situation), _brought_part(situation))
    return frozenset({_of_pair(situation), *(f"{situation.compound.name}: {part}" for part in parts)})


def _uncovered(situation: Situation, findings: Sequence[Finding]) -> Iterable[Gap]:
    name = situation.compound.name
    where = (("DailyMed", links.dailymed_search(name)), ("PubMed", links.pubmed_search(name, "safety")))
    for part in missing_parts(situation, findings):
        yield Gap(topic=f"{name}: {part}", phrase="Not entered", search=None, links=where)


def missing_parts(situation: Situation, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the parts of a covered compound and condition that nobody entered, in words."""
    knowledge, compound = situation.knowledge, situation.compound
    kinds = {knowledge.terms[end].kind for end in situation.own if end in knowledge.terms}
    own = [finding for finding in findings if finding.relative is None]
    needed = {need.id for finding in own for need in finding.needs}
    needed |= {step.end for finding in own for step in finding.person_path}
    wider = {broader for state in needed if state for broader in situation.graph.reach(state)}
    parts = {
        "class": TermKind.DRUG_CLASS in kinds,
        "mechanism": bool(compound.mechanism),
        "hazards": TermKind.EFFECT in kinds,
        "enzymes and transporters": bool({TermKind.ENZYME, TermKind.TRANSPORTER} & kinds),
        "uses and regulatory status": bool(compound.uses),
        "contraindications": any(finding.kind is Kind.CONTRAINDICATION for finding in own),
        "monitoring": any(finding.kind is Kind.MONITORING for finding in own),
        **{knowledge.entity(state).name: state in wider for state in knowledge.edition.asked_of_compounds},
        _treatments_part(situation): bool(situation.treatments),
        _brought_part(situation): len(situation.person) > len(situation.diagnoses),
    }
    return tuple(part for part, entered in parts.items() if not entered)


def _treatment(situation: Situation, row: TreatmentRow) -> Gap:
    compound = situation.compound.name
    return Gap(
        topic=f"interaction of {compound} with {row.name}",
        phrase=row.absence.phrase.value,
        search=told(row.absence),
        links=(
            ("PubMed", links.pubmed_search(compound, row.name, "drug interaction")),
            ("DailyMed", links.dailymed_search(row.name)),
        ),
    )


def section_coverage(
    situation: Situation, findings: Sequence[Finding], rows: Sequence[TreatmentRow], studies: Sequence[Study]
) -> dict[str, Coverage]:
    """Return the coverage of each section: the best that it holds."""
    found = {section.value: _held(findings, section) for section in Part}
    searched = any(row.absence.phrase is not Phrase.NOT_VERIFIED for row in rows)
    if searched:
        found["treatments"] = max(found["treatments"], Coverage.SEARCHED_NONE_FOUND)
    general = Coverage.DOCUMENTED if len(situation.own) > 1 or situation.compound.uses else Coverage.NOT_ASSESSED
    return {
        "general": general,
        **{name: found[name] for name in ("contraindications", "treatments", "condition", "monitoring")},
        "studies": _studied(situation, studies),
    }


def _held(findings: Sequence[Finding], section: Part) -> Coverage:
    own = [finding for finding in findings if finding.section is section and finding.relative is None]
    if any(not finding.inferred for finding in own):
        return Coverage.DOCUMENTED
    return Coverage.INFERRED_ONLY if own else Coverage.NOT_ASSESSED


def _in_people(studies: Iterable[Study]) -> list[Study]:
    """Return the studies of people: animals are no direct evidence, and close no gap."""
    return [study for study in studies if study.design is not Design.PRECLINICAL]


def _has_result(studies: Iterable[Study]) -> bool:
    return any(study.has_result for study in _in_people(studies))


def _studied(situation: Situation, studies: Sequence[Study]) -> Coverage:
    if _has_result(studies):
        return Coverage.DOCUMENTED
    if _in_people(studies) or direct_absence(situation).phrase is not Phrase.NOT_VERIFIED:
        return Coverage.SEARCHED_NONE_FOUND
    return Coverage.NOT_ASSESSED


def answer_coverage(situation: Situation, findings: Sequence[Finding], studies: Sequence[Study]) -> Coverage:
    """Return the coverage of the whole answer.

    Documented when a study has a result, or a stated claim has the compound as its subject and the condition in its
    context; searched when only a direct search or a registered study is held.
    """
    stated = any(
        not finding.inferred and finding.relative is None and _of_this_pair(situation, finding.id)
        for finding in findings
    )
    return Coverage.DOCUMENTED if stated else _studied(situation, studies)


def _of_this_pair(situation: Situation, id: str) -> bool:
    claim = situation.knowledge.considerations[id]
    states = {situation.condition.id, *situation.narrower}
    return claim.subject == situation.compound.id and bool(states & set(claim.context.having))
