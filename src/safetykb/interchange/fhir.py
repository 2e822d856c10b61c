"""A review as FHIR R5: a Bundle of one Composition, a ClinicalUseDefinition a finding, and what these refer to.

The type of a ClinicalUseDefinition follows what the finding says, by the table in ``use_type``. What R5 has no element
for stands in the extensions of ``safetykb.interchange.extensions``. What is undetermined, not assessed or not found is
on the Composition: a receiver that reads the findings alone must read it too.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import safetykb
from safetykb.answer.assembly import SafetyReview
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, how_made
from safetykb.interchange.coding import LOINC, artifact, as_markdown, canonical, concept, uuid_of, visible, word
from safetykb.interchange.extensions import composed, extension
from safetykb.knowledge.base import Entity, KnowledgeBase
from safetykb.model.choices import Kind
from safetykb.model.considerations import Monitoring
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import Basis, Concern, Coverage, Frequency
from safetykb.model.studies import Study
from safetykb.reasoning.findings import Finding, Part, Partner
from safetykb.reasoning.gaps import told
from safetykb.reasoning.headline import Headline
from safetykb.reasoning.treatments import TreatmentRow

_HL7: Final = "http://hl7.org/fhir"
_XHTML: Final = "http://www.w3.org/1999/xhtml"

_FREQUENCIES: Final[Mapping[Frequency, str]] = {
    Frequency.VERY_COMMON: "Common",
    Frequency.COMMON: "Common",
    Frequency.UNCOMMON: "Uncommon",
    Frequency.RARE: "Rare",
    Frequency.VERY_RARE: "Rare",
}
"""The CIOMS bands in the words of FHIR, which are coarser; not known has none."""

_SECTIONS: Final[Mapping[Part, str]] = {
    Part.CONTRAINDICATIONS: "Contraindications and warnings",
    Part.TREATMENTS: "With the treatments of the condition",
    Part.CONDITION: "What the condition affects",
    Part.MONITORING: "Monitoring",
}


def bundle_of(review: SafetyReview) -> dict[str, Any]:
    """Return ``review`` as a FHIR R5 Bundle of type ``collection``, as JSON values.

    The same review gives the same bytes. ``Composition.date`` is the day that the review was asked for, and marked
    unknown without one: nothing reads the clock.
    """
    found: dict[str, Any] = visible(_Writer(review).bundle())
    return found


def use_type(finding: Finding) -> str | None:
    """Return the type of ClinicalUseDefinition of a finding; None for ``no-increase``, which R5 has none for.

    Contraindicated is a ``contraindication``; what happens with another medicine is an ``interaction``; what there is
    only to know is an ``undesirable-effect``; the rest is a ``warning``.
    """
    if finding.kind is Kind.NO_INCREASE:
        return None
    if finding.concern is Concern.CONTRAINDICATED:
        return "contraindication"
    if finding.other_name:
        return "interaction"
    return "undesirable-effect" if finding.concern is Concern.INFORM else "warning"


class _Writer:
    def __init__(self, review: SafetyReview) -> None:
        self.review = review
        self.knowledge: KnowledgeBase = review.situation.knowledge
        self.sources: Mapping[str, Source] = {source.id: source for source in review.sources}
        self.entries: dict[str, dict[str, Any]] = {}

    def bundle(self) -> dict[str, Any]:
        uses = {finding.id: self.use(finding) for finding in self.review.findings if use_type(finding)}
        composition = self.entry(self.composition(uses))
        first = self.entries.pop(composition["reference"])
        entries = [{"fullUrl": url, "resource": resource} for url, resource in self.entries.items()]
        head = {"fullUrl": composition["reference"], "resource": first}
        return {"resourceType": "Bundle", "type": "collection", "entry": [head, *entries]}

    def entry(self, resource: dict[str, Any], display: str | None = None) -> dict[str, Any]:
        """Put a resource into the bundle, once, under an id made of its content; return a reference to it."""
        id = uuid_of(json.dumps(resource, sort_keys=True))
        kind = resource.pop("resourceType")
        url = f"urn:uuid:{id}"
        self.entries.setdefault(url, {"resourceType": kind, "id": id, **resource})
        return {"reference": url, **({"display": display} if display else {})}

    # --- a finding ------------------------------------------------------------------------------------------------

    def use(self, finding: Finding) -> dict[str, Any]:
        sort = str(use_type(finding))
        states = self.states(finding)
        return self.entry(
            {
                "resourceType": "ClinicalUseDefinition",
                "text": _narrative(finding.statement),
                "extension": [*self.extensions(finding)],
                "identifier": [{"system": canonical("identifier", "finding"), "value": finding.id}],
                "type": sort,
                "category": [word("kind", finding.kind)],
                "subject": [self.medication(finding.compound)],
                "status": _coded("publication-status", "active"),
                **self.body(sort, finding, states),
                **({"population": [self.group(states)]} if states else {}),
            }
        )

    def body(self, sort: str, finding: Finding, states: Sequence[Entity]) -> dict[str, Any]:
        """Return the one element that a ClinicalUseDefinition of this type has."""
        hazard = concept(self.knowledge.entity(finding.hazard))
        if sort == "contraindication":
            needed = {**_contraindicated(states), **self.therapies(finding)}
            return {"contraindication": needed or {"applicability": _always()}}
        if sort == "interaction":
            return {"interaction": self.interaction(finding, hazard)}
        if sort == "warning":
            return {"warning": {"description": as_markdown(finding.statement), "code": hazard}}
        return {"undesirableEffect": {"symptomConditionEffect": {"concept": hazard}, **self.frequency(finding)}}

    def interaction(self, finding: Finding, hazard: dict[str, Any]) -> dict[str, Any]:
        known = finding.evidence.basis in (Basis.STUDY, Basis.REPORT)
        incidence = "Theoretical" if finding.inferred else "Observed" if known else None
        return {
            "interactant": [{"itemCodeableConcept": item, **more} for item, more in self.others(finding)],
            "type": _coded("interaction-type", "drug-drug"),
            "effect": {"concept": hazard},
            **({"incidence": _coded("interaction-incidence", incidence)} if incidence else {}),
            **({"management": [{"text": finding.action}]} if finding.action else {}),
        }

    def therapies(self, finding: Finding) -> dict[str, Any]:
        found = [
            {
                "relationshipType": _coded("therapy-relationship-type", "contraindicated-only-with"),
                "treatment": {"concept": item},
                **more,
            }
            for item, more in self.others(finding)
        ]
        return {"otherTherapy": found} if found else {}

    def others(self, finding: Finding) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield what the claim names on the other side, then each treatment that fills it, with how it stands."""
        other = self.other(finding)
        partners = {partner.treatment: partner for partner in finding.partners}
        if other is not None and other not in partners:
            yield concept(self.knowledge.entity(other)), {}
        for id, partner in partners.items():
            yield concept(self.knowledge.entity(id)), {"extension": [*_partner(partner)]}

    def other(self, finding: Finding) -> str | None:
        """Return the entity on the side of the claim that the compound does not stand on; None without one."""
        claim = self.knowledge.considerations[finding.id]
        taking = claim.context.taking
        if taking is None:
            return None
        end = finding.path[-1].end if finding.path else finding.compound
        term = self.knowledge.terms.get(taking)
        mine = {taking, *(term.broader if term is not None else ())}
        return claim.subject if end in mine and end not in (claim.subject, claim.signal_for) else taking

    def states(self, finding: Finding) -> tuple[Entity, ...]:
        claim = self.knowledge.considerations[finding.id]
        return tuple(self.knowledge.entity(state) for state in claim.context.having)

    def frequency(self, finding: Finding) -> dict[str, Any]:
        facts = (fact for fact in self.review.compound_facts if fact.term == finding.hazard and fact.frequency)
        band = next((_FREQUENCIES.get(fact.frequency) for fact in facts if fact.frequency), None)
        return {"frequencyOfOccurrence": _coded("undesirable-effect-frequency", band)} if band else {}

    def extensions(self, finding: Finding) -> Iterable[dict[str, Any]]:
        evidence = finding.evidence
        yield extension("concern", finding.concern)
        yield extension("kind", finding.kind)
        yield extension("origin", finding.origin)
        yield extension("block", finding.block)
        graded = _fields(evidence, "basis", "level", "design", "directness")
        yield composed("evidence", **graded, step=evidence.steps)
        yield extension("hazard", concept(self.knowledge.entity(finding.hazard)))
        if finding.serious is not None:
            yield extension("serious", finding.serious)
        for name in ("statement", "rationale", "action"):
            if text := getattr(finding, name):
                yield extension(name, text)
        if finding.is_open:
            yield composed("condition-of-use", **_fields(finding, "if_taking", "if_having", "if_form"))
        yield from (extension("patient-fact", fact) for fact in finding.facts)
        for step in (*finding.path, *finding.person_path):
            yield composed("path", from_=step.start, link=step.link, to=step.end)
        yield from self.cited((*finding.cites, *finding.premise_cites))
        yield from (extension("mark", mark) for mark in finding.marks)
        if finding.folded_under:
            yield extension("folded-under", finding.folded_under)
        yield from (_asked(row) for row in finding.monitoring)

    def cited(self, cites: Iterable[Citation]) -> Iterable[dict[str, Any]]:
        places: dict[str, list[str]] = {}
        for cite in dict.fromkeys(cites):
            places.setdefault(cite.key, []).append(cite.locator)
        for key, locators in places.items():
            yield self.source(self.sources[key], locators)

    def source(self, source: Source, locators: Iterable[str] = ()) -> dict[str, Any]:
        details = source.details
        read = composed(
            "source-read",
            **_fields(details, "read", "read_on"),
            in_copy=source.is_copy,
            **_fields(details, "design", "version_date", "jurisdiction", "retracted", "superseded_by"),
            stale=source.id in self.review.stale if self.review.today else None,
        )
        return extension("source", {"extension": [read], **artifact(source, locators)})

    # --- what findings refer to -----------------------------------------------------------------------------------

    def medication(self, id: str) -> dict[str, Any]:
        compound = self.knowledge.compounds[id]
        return self.entry({"resourceType": "Medication", "code": concept(compound)}, compound.name)

    def group(self, states: Sequence[Entity]) -> dict[str, Any]:
        """Return a reference to the people who have every one of ``states``."""
        name = f"People with {' and '.join(state.name for state in states)}"
        has = [{"code": {"text": "has"}, "valueCodeableConcept": concept(s), "exclude": False} for s in states]
        group = {"type": "person", "membership": "definitional", "name": name, "characteristic": has}
        return self.entry({"resourceType": "Group", **group}, name)

    # --- the answer as a whole ------------------------------------------------------------------------------------

    def composition(self, uses: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        review = self.review
        focus = {"system": "http://terminology.hl7.org/CodeSystem/usage-context-type", "code": "focus"}
        return {
            "resourceType": "Composition",
            "text": _narrative(review.headline.text, INTENDED_USE, DISCLAIMER),
            "extension": [*self.beside()],
            "status": "final",
            "type": word("answer", "safety-review"),
            "subject": [self.medication(review.compound.id)],
            **_dated(review.today),
            "useContext": [{"code": focus, "valueCodeableConcept": concept(review.condition)}],
            "author": [{"type": "Device", "display": f"safetykb {safetykb.__version__}"}],
            "title": f"Safety of {review.compound.name} in {review.condition.name}",
            "section": [*self.sections(uses)],
        }

    def beside(self) -> Iterable[dict[str, Any]]:
        """Yield what the answer says beside its findings: the headline, what is not known, and what it is for."""
        review = self.review
        yield from self.headline(review.headline)
        yield from (self.no_increase(f) for f in review.findings if use_type(f) is None)
        yield from (self.treatment(row) for row in review.treatments)
        for gap in review.gaps:
            urls = [url for _, url in gap.links]
            yield composed("gap", **_fields(gap, "topic", "phrase", "search"), link=urls)
        yield from (extension("patient-fact", line.text) for line in review.facts)
        if review.situation.patient is not None:
            yield from (composed("missing-fact", **_fields(m, "fact", "concern")) for m in review.missing())
        for row in review.monitoring:
            asked = _fields(row, "when", "threshold", "then", "asked_by")
            yield composed("monitoring", test={"text": row.test}, **asked)
        yield from (extension("policy", applied.text) for applied in review.policy)
        yield from (self.source(source) for source in review.sources)
        yield extension("intended-use", INTENDED_USE)
        yield extension("disclaimer", DISCLAIMER)
        note = review.knowledge
        yield composed(
            "knowledge",
            **_fields(note, "version", "digest", "records", "second_reading", "clinician_reviewed"),
            how_made=how_made(note, review.sources),
        )

    def headline(self, headline: Headline) -> Iterable[dict[str, Any]]:
        yield composed(
            "headline",
            concern=headline.concern or "undetermined",
            highest=headline.highest or "undetermined",
            **_fields(headline, "coverage", "text", "because", "not_checked"),
        )
        for entry in headline.if_taking:
            treatment = concept(self.knowledge.entity(entry.treatment))
            yield composed("if-taking", treatment=treatment, concern=entry.concern)
        for need in headline.depends_on:
            yield composed("depends-on", **_fields(need, "fact", "concern", "of", "taken"))
        for inferred in headline.inferred:
            yield composed("inferred", hazard=inferred.name, concern=inferred.concern)
        direct = headline.direct
        for name in ("controlled", "uncontrolled", "cases"):
            count = getattr(direct, name)
            yield composed("direct-evidence", sort=name, studies=count.studies, people=count.exposed)
        none = direct.no_result
        yield composed("direct-evidence", sort="no-result", studies=none.studies, people=none.planned)

    def treatment(self, row: TreatmentRow) -> dict[str, Any]:
        return composed(
            "treatment",
            treatment=concept(self.knowledge.entity(row.id)),
            **_fields(row, "purpose", "usual", "alternative", "taken"),
            concern=row.concern or "undetermined",
            phrase=row.phrase.value if row.phrase else None,
            search=told(row.absence),
            finding=row.findings,
        )

    def no_increase(self, finding: Finding) -> dict[str, Any]:
        sources = [cited["valueRelatedArtifact"] for cited in self.cited((*finding.cites, *finding.premise_cites))]
        return composed(
            "no-increase",
            finding=finding.id,
            statement=finding.statement,
            hazard=concept(self.knowledge.entity(finding.hazard)),
            **_fields(finding.evidence, "basis", "level", "directness"),
            source=sources,
        )

    def sections(self, uses: Mapping[str, dict[str, Any]]) -> Iterable[dict[str, Any]]:
        review = self.review
        yield {"title": "Headline", "text": _narrative(review.headline.text)}
        for part, title in _SECTIONS.items():
            coverage = review.coverage[part.value]
            entries = [uses[f.id] for f in review.findings if f.section is part and f.id in uses]
            yield {
                "extension": [extension("coverage", coverage)],
                "title": title,
                "code": word("section", part.value),
                "text": _narrative(_COVERED[coverage] if entries else f"No finding. {_COVERED[coverage]}"),
                **({"entry": entries} if entries else {"emptyReason": word("coverage", coverage)}),
            }
        studies = [*_studies("", review.studies), *_studies("In a broader condition: ", review.wider_studies)]
        studies += _studies("Of a relative: ", review.related_studies)
        yield {
            "extension": [extension("coverage", review.coverage["studies"])],
            "title": "Studies",
            "text": _narrative(_COVERED[review.coverage["studies"]], *studies),
        }
        gaps = [f"{gap.topic}: {gap.phrase}" for gap in review.gaps]
        yield {"title": "What is not known", "text": _narrative(*gaps or ["No gap was recorded."])}
        yield {"title": "Intended use", "text": _narrative(INTENDED_USE, DISCLAIMER)}


def _fields(value: object, *names: str) -> dict[str, Any]:
    """Return some fields of a value by name, as parts of an extension that go by the same names."""
    return {name: getattr(value, name) for name in names}


_COVERED: Final[Mapping[Coverage, str]] = {coverage: coverage.definition for coverage in Coverage}


def _studies(where: str, studies: Iterable[Study]) -> list[str]:
    return [f"{where}{study.topic} ({study.design}, {study.status} {study.as_of})" for study in studies]


def _narrative(*paragraphs: str) -> dict[str, Any]:
    inner = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    return {"status": "generated", "div": f'<div xmlns="{_XHTML}">{inner}</div>'}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_HL7}/{system}", "code": code}]}


def _always() -> dict[str, Any]:
    return {"description": "In everybody.", "language": "text/fhirpath", "expression": "true"}


def _contraindicated(states: Sequence[Entity]) -> dict[str, Any]:
    """Return the first state as the one that contraindicates, the rest as what must hold beside it."""
    found: dict[str, Any] = {}
    if states:
        found["diseaseSymptomProcedure"] = {"concept": concept(states[0])}
    if states[1:]:
        found["comorbidity"] = [{"concept": concept(state)} for state in states[1:]]
    return found


def _partner(partner: Partner) -> Iterable[dict[str, Any]]:
    yield composed("partner", **_fields(partner, "status", "usual", "alternative", "text"))
    yield extension("concern", partner.concern or "undetermined")


def _asked(row: Monitoring) -> dict[str, Any]:
    coded = {"coding": [{"system": LOINC, "code": row.loinc}]} if row.loinc else {}
    return composed("monitoring", test={**coded, "text": row.test}, **_fields(row, "when", "threshold", "then"))


def _dated(today: str | None) -> dict[str, Any]:
    if today is not None:
        return {"date": today}
    absent = {"url": f"{_HL7}/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    return {"_date": {"extension": [absent]}}
