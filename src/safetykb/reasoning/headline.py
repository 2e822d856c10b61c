"""The headline: parts that are never folded into one another, and one text that says all of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Final

import attrs

from safetykb.model.choices import Design, Kind
from safetykb.model.scales import Basis, Concern, Coverage
from safetykb.model.studies import Study
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Finding


@attrs.frozen(kw_only=True)
class IfTaking:
    """A usual treatment, and the highest concern that a source states of taking it as well.

    ``within``: a class among the usual treatments that it belongs to and that weighs as much or more; the text then
    names it in its place.
    """

    treatment: str
    name: str
    concern: Concern
    within: str | None = None


@attrs.frozen(kw_only=True)
class DependsOn:
    """A fact that nobody stated, and the concern that would hold with it.

    ``of``: ``condition`` (its stage, severity or kind), ``patient`` or ``exposure``. ``taken``: how the compound would
    have to be taken as well, when nobody stated that either. ``medicines``: the ids of what would have to be taken,
    where nothing else is needed. ``within``: a treatment or class in the headline that covers all of them and weighs
    as much or more; the text then names them in its place.
    """

    fact: str
    concern: Concern
    of: str
    taken: str | None = None
    medicines: tuple[str, ...] = ()
    within: str | None = None


@attrs.frozen(kw_only=True)
class Inferred:
    """A hazard that stands by inference only; it sets no headline."""

    hazard: str
    name: str
    concern: Concern


@attrs.frozen(kw_only=True)
class Count:
    """How many studies, and how many people were given the compound in them (those whose number is known)."""

    studies: int
    exposed: int


@attrs.frozen(kw_only=True)
class NoResult:
    """How many studies have no result, and how many people they planned."""

    studies: int
    planned: int


@attrs.frozen(kw_only=True)
class DirectEvidence:
    """Studies of this compound in this condition or a narrower one; a relative's are never counted."""

    controlled: Count
    uncontrolled: Count
    cases: Count
    no_result: NoResult


@attrs.frozen(kw_only=True)
class Headline:
    """What must be known first.

    ``concern``: the highest that sources state of these people, or of everybody at avoid or above; None is
    undetermined, and refuses to be ordered. ``highest``: the maximum of it, of ``if_taking``, and of what depends on
    the condition itself; it sorts and filters.
    """

    concern: Concern | None
    highest: Concern | None
    if_taking: tuple[IfTaking, ...]
    depends_on: tuple[DependsOn, ...]
    inferred: tuple[Inferred, ...]
    not_checked: tuple[str, ...] = attrs.field(repr=False)
    because: tuple[str, ...]
    direct: DirectEvidence
    absence: Phrase
    coverage: Coverage
    text: str = attrs.field(repr=False)


def headline_of(
    findings: Sequence[Finding],
    studies: Iterable[Study],
    coverage: Coverage,
    absence: Phrase,
    not_checked: tuple[str, ...] = (),
    *,
    reach: Callable[[str], Container[str]] = lambda id: (id,),
) -> Headline:
    """Return the headline of ``findings`` (a relative's among them are left out).

    ``absence``: what may be said of studies of the pair where none is held. ``not_checked``: what was stated of the
    patient and nothing here knows. ``reach``: everything that a medicine is or has, itself included.
    """
    own = [finding for finding in findings if finding.relative is None]
    setting = [finding for finding in own if sets_concern(finding)]
    concern = max((c for finding in setting if (c := concern_set(finding)) is not None), default=None)
    because = tuple(finding.id for finding in setting if concern is not None and concern_set(finding) is concern)
    if_taking, inferred = _in_classes(_if_taking(own), reach), _inferred(own)
    depends_on = _covered(_depends_on(own), if_taking, reach)
    of_condition = [need.concern for need in depends_on if need.of == "condition"]
    everything = [*([concern] if concern else []), *(entry.concern for entry in if_taking), *of_condition]
    bare = Headline(
        concern=concern,
        highest=max(everything, default=None),
        if_taking=if_taking,
        depends_on=depends_on,
        inferred=inferred,
        not_checked=not_checked,
        because=because,
        direct=direct_evidence(studies),
        absence=absence,
        coverage=coverage,
        text="",
    )
    return attrs.evolve(bare, text=" ".join(headline_sentences(bare)))


def sets_concern(finding: Finding) -> bool:
    """Tell whether a finding counts for the concern: met, and of these people or heavy for everybody.

    An inferred one counts only where a fact of the patient meets it, and it is at most caution.
    """
    if finding.is_open or (finding.inferred and not finding.personal):
        return finding.met_by_inference is not None
    if finding.speaks or finding.personal or (finding.concern or Concern.INFORM) >= Concern.AVOID:
        return True
    return finding.kind is Kind.MONITORING and finding.evidence.basis is Basis.AUTHORITY


def concern_set(finding: Finding) -> Concern | None:
    """Return the concern that a finding gives to the headline; monitoring asked of everybody gives ``monitor``."""
    if finding.met_by_inference is not None:
        return finding.met_by_inference
    if finding.speaks or finding.personal or (finding.concern or Concern.INFORM) >= Concern.AVOID:
        return finding.concern
    return Concern.MONITOR


def _if_taking(findings: Iterable[Finding]) -> tuple[IfTaking, ...]:
    found: dict[str, IfTaking] = {}
    for finding in findings:
        if finding.inferred or finding.needs or (finding.concern or Concern.INFORM) < Concern.CAUTION:
            continue
        for partner in finding.partners:
            known_not = partner.alternative or partner.narrower or partner.inferred or partner.status == "met"
            if not partner.usual or known_not or partner.concern is None:
                continue
            known = found.get(partner.treatment)
            if known is None or known.concern < partner.concern:
                entry = IfTaking(treatment=partner.treatment, name=partner.name, concern=partner.concern)
                found[partner.treatment] = entry
    return tuple(sorted(found.values(), key=lambda entry: (-entry.concern.rank, entry.name.casefold())))


@attrs.frozen
class _Weighed:
    """A medicine or class of the headline, and how much it weighs there."""

    id: str
    concern: Concern

    def covers(self, other: _Weighed, reach: Callable[[str], Container[str]]) -> bool:
        """Tell whether ``other`` belongs to this, which weighs as much or more.

        Of two that belong to each other the heavier covers, then the first id, so that one of them stays to be named.
        """
        if self.concern < other.concern or self.id not in reach(other.id):
            return False
        return other.id not in reach(self.id) or self.concern > other.concern or self.id < other.id


def _over(
    covered: Sequence[_Weighed], candidates: Iterable[_Weighed], reach: Callable[[str], Container[str]]
) -> str | None:
    """Return the widest candidate that covers all of ``covered`` and that nothing else covers, so that it is named."""
    found = [wide for wide in candidates if all(wide.covers(one, reach) for one in covered)]
    named = [wide.id for wide in found if not any(other.covers(wide, reach) for other in found)]
    widest = [id for id in named if not any(other in reach(id) for other in named if other != id)]
    return next(iter((*widest, *named)), None)


def _in_classes(entries: tuple[IfTaking, ...], reach: Callable[[str], Container[str]]) -> tuple[IfTaking, ...]:
    """Say of each usual treatment which other one is a class that it belongs to and weighs as much."""
    weighed = [_Weighed(entry.treatment, entry.concern) for entry in entries]
    pairs = zip(entries, weighed, strict=True)
    return tuple(attrs.evolve(entry, within=_over((one,), weighed, reach)) for entry, one in pairs)


def _depends_on(findings: Iterable[Finding]) -> tuple[DependsOn, ...]:
    found: dict[tuple[str, str | None], DependsOn] = {}
    for finding in findings:
        concern = finding.concern or Concern.INFORM
        if finding.inferred or not finding.is_open or concern < Concern.AVOID:
            continue
        entry = _need(finding, concern)
        known = found.get((entry.fact, entry.taken)) if entry else None
        if entry and (known is None or known.concern < entry.concern):
            found[entry.fact, entry.taken] = entry
    return tuple(sorted(found.values(), key=lambda e: (-e.concern.rank, e.of, e.taken or "", e.fact)))


def _covered(
    needs: tuple[DependsOn, ...], if_taking: Iterable[IfTaking], reach: Callable[[str], Container[str]]
) -> tuple[DependsOn, ...]:
    """Say of each medicine that would have to be taken what else in the headline covers it and weighs as much."""
    usual = [_Weighed(entry.treatment, entry.concern) for entry in if_taking]
    weighed = [[_Weighed(id, need.concern) for id in need.medicines] for need in needs]
    wide = [*usual, *(found[0] for found in weighed if len(found) == 1)]

    def over(covered: Sequence[_Weighed]) -> str | None:
        named = [one.id for one in usual if [one.id] == [o.id for o in covered] and one.concern >= covered[0].concern]
        return next(iter(named), None) or _over(covered, wide, reach)

    pairs = zip(needs, weighed, strict=True)
    return tuple(attrs.evolve(need, within=over(covered)) if covered else need for need, covered in pairs)


def _need(finding: Finding, concern: Concern) -> DependsOn | None:
    """Return everything that a finding needs as one entry; None where ``if_taking`` says it already."""
    medicines: tuple[str, ...] = ()
    facts = [need.fact for need in finding.needs if need.of != "exposure"]
    if finding.if_taking:
        combined = [partner for partner in finding.partners if not (partner.alternative or partner.inferred)]
        alone = not finding.needs
        rest = [partner for partner in combined if not partner.usual or partner.narrower] if alone else combined
        if finding.partners and not rest and not finding.is_of_a_class:
            return None
        named = {} if finding.is_of_a_class else {partner.substance: partner.name for partner in rest}
        named = named or {finding.other_class or finding.if_taking[0]: finding.other_name}
        medicines = tuple(named) if alone else ()
        facts.append(f"taking {' or '.join(dict.fromkeys(named.values()))}")
    taken = " and ".join(finding.if_form) or None
    if not facts and taken:
        return DependsOn(fact=taken, concern=concern, of="exposure")
    kinds = {"patient"} if finding.if_taking else {need.of for need in finding.needs}
    return DependsOn(
        fact=" and ".join(facts),
        concern=concern,
        of=kinds.pop() if len(kinds) == 1 else "patient",
        taken=taken,
        medicines=medicines,
    )


def _inferred(findings: Iterable[Finding]) -> tuple[Inferred, ...]:
    """Return the hazards that nothing but inference ties to these people; what it ties to a medicine is in its row.

    A hazard that a source states of everybody who takes the compound is not told as inference.
    """
    stated = {
        finding.hazard for finding in findings if not finding.inferred and (finding.speaks or not finding.is_open)
    }
    found: dict[str, Inferred] = {}
    for finding in findings:
        tied = finding.inferred and (not finding.partners or finding.personal)
        concern = finding.met_by_inference or (finding.concern if tied else None)
        if concern is not None and finding.hazard not in stated:
            known = found.get(finding.hazard)
            if known is None or known.concern < concern:
                found[finding.hazard] = Inferred(hazard=finding.hazard, name=finding.hazard_name, concern=concern)
    return tuple(found.values())


_CASES = (Design.CASE_REPORT, Design.CASE_SERIES, Design.SPONTANEOUS_REPORTS)
_CONTROLLED = (Design.RANDOMISED_TRIAL, Design.CASE_CONTROL)


def direct_evidence(studies: Iterable[Study]) -> DirectEvidence:
    """Count ``studies`` by what kind they are and whether anything was reported; animals are no direct evidence."""
    studies = [study for study in studies if study.design is not Design.PRECLINICAL]
    with_result = [study for study in studies if study.has_result]
    without = [study for study in studies if not study.has_result]
    controlled = [study for study in with_result if study.design in _CONTROLLED]
    cases = [study for study in with_result if study.design in _CASES]
    rest = [study for study in with_result if study.design not in (*_CONTROLLED, *_CASES)]
    planned = sum(study.planned or 0 for study in without)
    return DirectEvidence(
        controlled=_count(controlled),
        uncontrolled=_count(rest),
        cases=_count(cases),
        no_result=NoResult(studies=len(without), planned=planned),
    )


def _count(studies: Sequence[Study]) -> Count:
    return Count(studies=len(studies), exposed=sum(study.exposed or 0 for study in studies))


def headline_sentences(headline: Headline) -> tuple[str, ...]:
    """Return the headline in words: avoid and above by name, the rest counted, inference named as such."""
    parts = [f"{_word(headline.concern)}." if headline.concern else UNDETERMINED]
    for concern in (Concern.CONTRAINDICATED, Concern.AVOID):
        taking = [entry for entry in headline.if_taking if entry.concern is concern and entry.within is None]
        names = [entry.name + _members(headline, entry.treatment) for entry in taking]
        if names:
            parts.append(f"{_word(concern)} if taking {' or '.join(names)}.")
    for concern in (Concern.CONTRAINDICATED, Concern.AVOID):
        needs = [need for need in headline.depends_on if need.concern is concern and need.within is None]
        for taken in dict.fromkeys(need.taken for need in needs):
            told = [need for need in needs if need.taken == taken]
            facts = _listed([need.fact + _members(headline, *need.medicines) for need in told])
            how = f", {taken}," if taken else ""
            parts.append(f"{_word(concern)}{how} if any of these holds (nobody has said): {facts}.")
    cautions = sum(1 for entry in headline.if_taking if entry.concern is Concern.CAUTION)
    if cautions:
        parts.append(f"Caution with {cautions} usual treatment{'' if cautions == 1 else 's'}.")
    if headline.not_checked:
        parts.insert(1, f"{NOT_CHECKED}: {'; '.join(headline.not_checked)}.")
    if headline.inferred:
        parts.append(f"By inference only: {', '.join(entry.name for entry in headline.inferred)}.")
    parts.append(f"Direct evidence: {direct_text(headline)}.")
    return tuple(parts)


_TAKING: Final = "taking "


def _members(headline: Headline, *wide: str) -> str:
    """Return the medicines that sources name and that an entry of the headline covers, in brackets."""
    covered = [need for need in headline.depends_on if need.within in wide and need.within not in need.medicines]
    names = {need.fact.removeprefix(_TAKING) for need in covered}
    names |= {entry.name for entry in headline.if_taking if entry.within in wide}
    return f" (among them {', '.join(sorted(names, key=str.casefold))})" if names else ""


def _listed(facts: Sequence[str]) -> str:
    """Return facts in a line; medicines that each are enough by themselves stand together, after the rest."""
    medicines = [fact for fact in facts if fact.startswith(_TAKING) and " and " not in fact]
    rest = [fact for fact in facts if fact not in medicines]
    if len(medicines) > 1:
        medicines = [f"{_TAKING}any of {', '.join(fact.removeprefix(_TAKING) for fact in medicines)}"]
    return "; ".join([*rest, *medicines])


def direct_text(headline: Headline) -> str:
    """Return the direct evidence in words, or the fixed phrase of its absence."""
    return evidence_text(headline.direct) or f"{headline.absence.value} (this is not reassurance)"


NOT_CHECKED: Final = "Not checked, because nothing here knows it"
"""How the sentence begins that names what was stated of a patient and is not known here."""

UNDETERMINED: Final = "Undetermined: no statement that was read holds for these people as the question stands."
"""The first sentence of a headline without a concern."""


def _word(concern: Concern) -> str:
    return str(concern).capitalize()


def evidence_text(direct: DirectEvidence) -> str:
    """Return the direct evidence in words."""
    parts = [
        _studies(direct.controlled, "controlled study", "controlled studies"),
        _studies(direct.uncontrolled, "uncontrolled study", "uncontrolled studies"),
        _studies(direct.cases, "case report or series", "case reports or series"),
    ]
    told = [part for part in parts if part]
    if direct.no_result.studies:
        planned = f", {direct.no_result.planned} people planned" if direct.no_result.planned else ""
        one = direct.no_result.studies == 1
        told.append(f"{direct.no_result.studies} {'study' if one else 'studies'} without a result{planned}")
    return "; ".join(told)


def _studies(count: Count, one: str, many: str) -> str:
    if not count.studies:
        return ""
    exposed = f"{count.exposed} exposed" if count.exposed else "number exposed not visible"
    return f"{count.studies} {one if count.studies == 1 else many} ({exposed})"
