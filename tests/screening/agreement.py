"""What a review of one patient finds, as the rows of a screen, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.patients import read_patient
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import index_of
from safetykb.model.scales import Concern
from safetykb.reasoning.findings import Finding
from safetykb.reasoning.headline import concern_set, sets_concern

Row = dict[str, Any]
KEY = ("patient", "asked", "condition", "claim")


def expected(
    knowledge: KnowledgeBase, patients: Iterable[Mapping[str, Any]], at_least: Concern | None = None
) -> list[Row]:
    """Return a row for each finding of each patient, by one review for each medicine in each condition."""
    found = []
    for told in patients:
        for asked, answer in reviews(knowledge, told):
            for finding in answer.findings:
                enough = at_least is None or (finding.concern is not None and finding.concern >= at_least)
                taken = any(partner.status == "met" for partner in finding.partners)
                if finding.relative is None and (taken or not finding.if_taking) and enough:
                    found.append(_row(told["id"], asked, answer, finding))
    return sorted(found, key=key)


def reviews(knowledge: KnowledgeBase, told: Mapping[str, Any]) -> Iterator[tuple[str, SafetyReview]]:
    """Yield the review of each medicine in each condition of a patient, once for each way of asking."""
    patient = read_patient(stated(told))
    index = index_of(knowledge)
    medicines, conditions = {}, {}
    for name in patient.medications or ():
        try:
            asked = index.compound(name)
        except (UnknownName, AmbiguousName, InvalidQuestion):
            continue
        how = asked.exposure
        parts = [asked.compound.id, how.form if how else None, str(how.route) if how and how.route else None]
        medicines["#".join(part for part in parts if part)] = name
    for name in patient.conditions:
        try:
            conditions[index.condition(name).id] = name
        except (UnknownName, AmbiguousName, InvalidQuestion):
            continue
    for asked_id, medicine in medicines.items():
        for condition in conditions.values():
            yield asked_id, review(medicine, condition, patient, knowledge=knowledge)


def stated(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a patient as the JSON of one."""
    found = {name: value for name, value in told.items() if name != "id" and value is not None}
    pressure = {name: found.pop(name, None) for name in ("systolic", "diastolic")}
    return found | ({"bp": pressure} if None not in pressure.values() else {})


def _row(patient: str, asked: str, answer: SafetyReview, finding: Finding) -> Row:
    taken = {member for partner in finding.partners if partner.status == "met" for member in partner.members}
    return {
        "patient": patient,
        "compound": finding.compound,
        "asked": asked,
        "condition": answer.condition.id,
        "claim": finding.id,
        "kind": str(finding.kind),
        "hazard": finding.hazard,
        "concern": str(finding.concern or finding.kind),
        "status": "open" if finding.is_open else "met",
        "block": finding.block.value,
        "basis": str(finding.evidence.basis),
        "level": str(finding.evidence.level),
        "directness": str(finding.evidence.directness),
        "inferred": finding.inferred,
        "personal": finding.personal,
        "partners": sorted(taken),
        "missing": [need.id for need in finding.needs if need.of != "exposure"],
        "exposure_open": bool(finding.if_form),
        "folded_under": finding.folded_under,
        "headline": _set(finding),
    }


def _set(finding: Finding) -> str | None:
    concern = concern_set(finding) if sets_concern(finding) else None
    return None if concern is None else str(concern)


def key(row: Row) -> tuple[str, ...]:
    """Return the order of rows."""
    return tuple(row[name] for name in KEY)


def differences(ours: list[Row], theirs: list[Row]) -> list[str]:
    """Return every row on which two lists differ."""
    mine, other = ({key(row): row for row in rows} for rows in (ours, theirs))
    assert (len(mine), len(other)) == (len(ours), len(theirs))
    told = []
    for place in sorted({*mine, *other}):
        one, two = mine.get(place), other.get(place)
        if one is None or two is None:
            told.append(f"{place}: {'not screened' if one is None else 'not in the review'} {one or two}")
            continue
        told += [f"{place} {name}: {one[name]} is {two[name]} in the review" for name in two if one[name] != two[name]]
    return told
