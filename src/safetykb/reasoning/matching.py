"""The one rule of matching: the subject is the compound or what it has, and each part of the context is met or open.

A part is *met*, *open* (nobody said; only a broader state is known; the drug is one of the condition's treatments) or
*unmet*. An unmet claim does not apply. A joined claim needs every part met or brought by the condition; a stated claim
with an open part is kept, and says what is open.
"""

from __future__ import annotations

import enum
import operator
import re
from collections.abc import Iterator, Mapping

import attrs

from safetykb.model.choices import Comparison, Kind, Origin, Setting, TermKind
from safetykb.model.considerations import Dose, Exposure, SafetyConsideration
from safetykb.model.entities import Compound
from safetykb.reasoning.graph import Path
from safetykb.reasoning.situation import Situation, TreatmentView


class Status(enum.Enum):
    """Whether a part of a context holds."""

    MET = "met"
    OPEN = "open"
    UNMET = "unmet"


class Bearing(enum.Enum):
    """How a state of the context bears on the condition asked about."""

    DIAGNOSIS = "diagnosis"
    NARROWER = "narrower"
    VULNERABILITY = "vulnerability"
    UNKNOWN = "unknown"


class Role(enum.Enum):
    """Which side of a claim the compound asked about stands on."""

    SUBJECT = "subject"
    TAKING = "taking"


@attrs.frozen
class StatePart:
    """A state that the context asks for: whether it holds, how it bears on the condition, and by which path."""

    state: str
    status: Status
    bearing: Bearing
    path: Path


@attrs.frozen
class ExposurePart:
    """A part of how the subject is taken, in words, and whether it holds."""

    text: str
    status: Status


@attrs.frozen
class PartnerPart:
    """A treatment that fills the other side of a claim.

    ``narrower``: the claim speaks of something under a class treatment, named here. ``unbanded``: the claim asks for
    a band (a strong inhibitor ...) that one of the two is known without. ``swapped``: the two stand the other way
    round than the rest of the match does.
    """

    view: TreatmentView
    path: Path
    narrower: str | None = None
    unbanded: bool = False
    swapped: bool = False


@attrs.frozen(kw_only=True)
class Match:
    """That a consideration applies to a situation, and how.

    ``signal``: the claim is about another member of a class. ``unbanded``: a band that the claim asks for is known of
    nothing that it meets.
    """

    consideration: SafetyConsideration
    role: Role
    own_path: Path
    other: str | None
    states: tuple[StatePart, ...] = ()
    exposures: tuple[ExposurePart, ...] = ()
    partners: tuple[PartnerPart, ...] = ()
    signal: bool = False
    unbanded: bool = False

    @property
    def speaks_of_condition(self) -> bool:
        """Whether the context names the condition, a broader or a narrower one."""
        return any(part.bearing in (Bearing.DIAGNOSIS, Bearing.NARROWER) for part in self.states)

    @property
    def open_states(self) -> tuple[StatePart, ...]:
        """The states that nobody stated."""
        return tuple(part for part in self.states if part.status is Status.OPEN)

    @property
    def open_exposures(self) -> tuple[ExposurePart, ...]:
        """The parts of the exposure that nobody stated."""
        return tuple(part for part in self.exposures if part.status is Status.OPEN)


def matches(situation: Situation) -> Iterator[Match]:
    """Yield the match of each consideration that applies, in the order of their ids."""
    for consideration in situation.knowledge.considerations.values():
        if consideration.withdrawn is None:
            match = match_of(situation, consideration)
            if match is not None:
                yield match


def match_of(situation: Situation, consideration: SafetyConsideration) -> Match | None:
    """Return how ``consideration`` applies to ``situation``; None when it does not."""
    match = _sides(situation, consideration)
    if match is None:
        return None
    states = tuple(_state(situation, state) for state in consideration.context.having)
    if consideration.kind is Kind.NO_INCREASE and any(_flowed(situation, part) for part in states):
        return None
    exposures = tuple(_exposures(situation, match))
    if any(part.status is Status.UNMET for part in exposures):
        return None
    if consideration.origin is Origin.JOINED and not _joins(situation, consideration, states, exposures, match):
        return None
    return attrs.evolve(match, states=states, exposures=exposures)


def _sides(situation: Situation, consideration: SafetyConsideration) -> Match | None:
    """Find the side that the compound stands on, and the treatments on the other side.

    Where the claim holds both ways, the side that a treatment fills goes first, and treatments that fill only the
    other side are added as swapped.
    """
    sides = sorted(_each_side(situation, consideration), key=lambda side: (not side.partners, side.unbanded))
    if not sides:
        return None
    first, *others = sides
    swapped = [attrs.evolve(part, swapped=True) for side in others for part in side.partners]
    best: dict[str, PartnerPart] = {}
    for part in sorted((*first.partners, *swapped), key=lambda part: part.unbanded):
        best.setdefault(part.view.id, part)
    partners = tuple(best[view.id] for view in situation.treatments if view.id in best)
    return attrs.evolve(first, partners=partners)


def _flowed(situation: Situation, part: StatePart) -> bool:
    """Tell whether a state holds only because the condition asked about lies under it."""
    return part.status is Status.MET and part.state != situation.condition.id


def _each_side(situation: Situation, consideration: SafetyConsideration) -> Iterator[Match]:
    for role, mine, other in _orientations(situation, consideration):
        path, unbanded = _own(situation, mine, banded=other is not None)
        if path is None or other == situation.compound.id:
            continue
        found = _partners(situation, other) if other is not None else ()
        if consideration.kind is Kind.NO_INCREASE:  # it flows nowhere: it holds of the very two, or not at all
            if path.links:
                continue
            found = tuple(part for part in found if not part.path.links)
        partners = tuple(attrs.evolve(part, unbanded=part.unbanded or unbanded) for part in found)
        yield Match(
            consideration=consideration,
            role=role,
            own_path=path,
            other=other,
            partners=partners,
            signal=role is Role.SUBJECT and mine != consideration.subject,
            unbanded=all(part.unbanded for part in partners) if partners else unbanded,
        )


def _orientations(situation: Situation, consideration: SafetyConsideration) -> Iterator[tuple[Role, str, str | None]]:
    taking = consideration.context.taking
    if consideration.subject in situation.own or consideration.signal_for is None:
        yield Role.SUBJECT, consideration.subject, taking
    else:
        yield Role.SUBJECT, consideration.signal_for, taking
    if taking is not None:
        yield Role.TAKING, taking, consideration.subject


def _own(situation: Situation, mine: str, *, banded: bool) -> tuple[Path | None, bool]:
    """Return the path from the compound to its side, and whether its band is unknown there."""
    if mine in situation.own:
        return situation.own[mine], False
    if banded:
        path = _without_band(situation, situation.own, mine)
        if path is not None:
            return path, True
    return None, False


def _partners(situation: Situation, other: str) -> tuple[PartnerPart, ...]:
    parts = (_partner(situation, view, other) for view in situation.treatments if not view.holds_asked)
    return tuple(part for part in parts if part is not None)


def _partner(situation: Situation, view: TreatmentView, other: str) -> PartnerPart | None:
    if other in view.reach:
        return PartnerPart(view, view.reach[other])
    if other != situation.compound.id and view.id in situation.graph.reach(other):
        return PartnerPart(view, Path(), narrower=other)
    path = _without_band(situation, view.reach, other)
    return PartnerPart(view, path, unbanded=True) if path is not None else None


def _without_band(situation: Situation, reach: Mapping[str, Path], banded: str) -> Path | None:
    """Return the path to the broader role of ``banded`` when it is known directly, and no band of it is."""
    term = situation.knowledge.terms.get(banded)
    if term is None or term.kind not in (TermKind.ENZYME, TermKind.TRANSPORTER):
        return None
    for broader in term.broader:
        if broader in reach and not any(band in reach for band in situation.graph.narrower(broader)):
            return reach[broader]
    return None


def _state(situation: Situation, state: str) -> StatePart:
    if state in situation.diagnoses:
        return StatePart(state, Status.MET, Bearing.DIAGNOSIS, situation.person[state])
    if state in situation.narrower:
        return StatePart(state, Status.OPEN, Bearing.NARROWER, Path())
    if state in situation.person:
        return StatePart(state, Status.OPEN, Bearing.VULNERABILITY, situation.person[state])
    return StatePart(state, Status.OPEN, Bearing.UNKNOWN, Path())


def _joins(
    situation: Situation,
    consideration: SafetyConsideration,
    states: tuple[StatePart, ...],
    exposures: tuple[ExposurePart, ...],
    match: Match,
) -> bool:
    """Tell whether a joined claim has what it joins: states that the condition brings, a partner, a known exposure."""
    if match.other is not None and not match.partners:
        return False
    if any(part.status is Status.OPEN for part in exposures):
        return False
    for part in states:
        if part.bearing not in (Bearing.DIAGNOSIS, Bearing.VULNERABILITY):
            return False
        if part.bearing is Bearing.VULNERABILITY and consideration.serious is None and situation.scarce(part.state):
            return False
    return True


def _exposures(situation: Situation, match: Match) -> Iterator[ExposurePart]:
    needed = match.consideration.context.exposure
    asked = situation.exposure or Exposure()
    if needed is None:
        return
    if match.role is Role.TAKING:
        yield ExposurePart(exposure_text(needed), Status.OPEN)
        return
    if needed.form is not None:
        yield _form(situation.compound, needed.form, situation.form)
    if needed.route is not None:
        yield _route(situation, needed)
    if needed.dose is not None:
        yield ExposurePart(exposure_text(Exposure(dose=needed.dose)), _dose(needed.dose, asked.dose))
    if needed.duration is not None:
        text = exposure_text(Exposure(duration=needed.duration))
        yield ExposurePart(text, _same(needed.duration, asked.duration))
    if needed.setting is not None:
        yield ExposurePart(exposure_text(Exposure(setting=needed.setting)), _same(needed.setting, asked.setting))


def _same(needed: object, asked: object) -> Status:
    if asked is None:
        return Status.OPEN
    return Status.MET if asked == needed else Status.UNMET


def _dose(needed: Dose, asked: Dose | None) -> Status:
    """Compare a dose asked about (taken as it stands) with the limit; other units leave it open."""
    if asked is None or (asked.unit, asked.per) != (needed.unit, needed.per):
        return Status.OPEN
    return Status.MET if _HOLDS[needed.comparison](asked.value, needed.value) else Status.UNMET


_HOLDS = {
    Comparison.BELOW: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
}


def _form(compound: Compound, needed: str, asked: str | None) -> ExposurePart:
    text = f"as {form_name(compound, needed)}"
    if compound.forms and needed not in {form.id for form in compound.forms}:
        return ExposurePart(text, Status.UNMET)
    if asked is None:
        return ExposurePart(text, Status.OPEN)
    return ExposurePart(text, Status.MET if asked == needed else Status.UNMET)


def _route(situation: Situation, needed: Exposure) -> ExposurePart:
    text = exposure_text(Exposure(route=needed.route))
    routes = {form.route for form in situation.compound.forms if situation.form in (None, form.id)}
    if situation.exposure is not None and situation.exposure.route is not None:
        routes = {situation.exposure.route}
    if not routes:
        return ExposurePart(text, Status.OPEN)
    if needed.route not in routes:
        return ExposurePart(text, Status.UNMET)
    return ExposurePart(text, Status.MET if len(routes) == 1 else Status.OPEN)


def form_name(compound: Compound, form: str) -> str:
    """Return a form in words: its formulation, or its id with spaces."""
    for known in compound.forms:
        if known.id == form and known.formulation:
            return known.formulation
    return form.replace("-", " ")


def exposure_text(exposure: Exposure, compound: Compound | None = None) -> str:
    """Return an exposure in words; ``compound`` names its own forms."""
    parts = []
    if exposure.form is not None:
        name = form_name(compound, exposure.form) if compound else exposure.form.replace("-", " ")
        parts.append(f"as {name}")
    if exposure.route is not None:
        parts.append(f"by the {exposure.route} route")
    if exposure.dose is not None:
        dose = exposure.dose
        per = f" per {dose.per}" if dose.per else ""
        parts.append(f"at a dose {_LIMITS[dose.comparison]} {dose.value:g} {dose.unit}{per}")
    if exposure.duration is not None:
        parts.append(f"for {duration_text(exposure.duration)} or longer")
    if exposure.setting is not None:
        parts.append(_SETTINGS[exposure.setting])
    return ", ".join(parts)


_SETTINGS = {
    Setting.ANAESTHESIA: "in anaesthesia",
    Setting.CLINIC: "under observation",
    Setting.UNSUPERVISED: "without observation",
}

_LIMITS = {
    Comparison.BELOW: "below",
    Comparison.AT_MOST: "of at most",
    Comparison.EQUAL: "of",
    Comparison.AT_LEAST: "of at least",
    Comparison.ABOVE: "above",
}


def duration_text(duration: str) -> str:
    """Return an ISO 8601 duration of one part (``P14D``, ``PT6H``) in words; any other as it stands."""
    match = re.fullmatch(r"P(T?)([0-9]{1,4})([HMDWY])", duration)
    if match is None:
        return duration
    units = {"TH": "hour", "TM": "minute", "D": "day", "W": "week", "M": "month", "Y": "year"}
    unit = units.get(match[1] + match[3], match[3])
    return f"{match[2]} {unit}{'' if match[2] == '1' else 's'}"
