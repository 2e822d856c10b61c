"""The one rule of matching: the subject is the compound or what it has, and each part of the context is met or open.

A part is *met*, *open* (nobody said; only a broader state is known; the drug is one of the condition's treatments) or
*unmet*. An unmet claim does not apply. A joined claim needs every part met or brought by the condition; a stated claim
with an open part is kept, and says what is open.
"""

from __future__ import annotations

import enum
import operator
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import Comparison, Kind, Origin, Setting
from safetykb.model.considerations import Dose, Exposure, SafetyConsideration
from safetykb.model.entities import Compound
from safetykb.reasoning.graph import Filling, Path, roles_of
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
    PATIENT = "patient"
    UNKNOWN = "unknown"


class Role(enum.Enum):
    """Which side of a claim the compound asked about stands on."""

    SUBJECT = "subject"
    TAKING = "taking"


@attrs.frozen
class StatePart:
    """A state that the context asks for: whether it holds, how it bears on the condition, and by which path.

    ``facts``: what was stated of the patient that decides it.
    """

    state: str
    status: Status
    bearing: Bearing
    path: Path
    facts: tuple[str, ...] = attrs.field(default=(), repr=False)


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
    round than the rest of the match does. ``members``: the medicines that the patient takes and that fill it.
    """

    view: TreatmentView
    path: Path
    narrower: str | None = None
    unbanded: bool = False
    swapped: bool = False
    members: tuple[str, ...] = attrs.field(default=(), repr=False)

    @property
    def taken(self) -> bool:
        """Whether the patient takes what fills it."""
        return bool(self.members)


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

    @property
    def met(self) -> tuple[PartnerPart, ...]:
        """What the patient takes that fills it as it stands: by inference only where nothing fills it better."""
        return tuple(part for part in self.partners if part.taken and (self.unbanded or not part.unbanded))

    @property
    def is_if_taking(self) -> bool:
        """Whether it needs a medicine that nobody is known to take: it is open until somebody is."""
        return self.other is not None and not self.met

    @property
    def is_personal(self) -> bool:
        """Whether a fact of the patient (a state or a medicine) meets it."""
        states = any(part.bearing is Bearing.PATIENT for part in self.states)
        return states or any(part.taken for part in self.partners)


def matches(situation: Situation, *, silenced: bool = False) -> Iterator[Match]:
    """Yield the match of each consideration that applies, in the order of their ids.

    ``silenced``: those as well that a policy silences.
    """
    for id in sorted(candidates(situation, silenced=silenced)):
        match = match_of(situation, situation.knowledge.considerations[id])
        if match is not None:
            yield match


def candidates(situation: Situation, *, silenced: bool = False) -> set[str]:
    """Return the ids of the claims that name what the compound is or has on one of their sides.

    ``silenced``: those as well that a policy silences.
    """
    by_side = claims_by_side(situation.knowledge)
    found = {id for end in situation.own for id in by_side.get(end, ())}
    return found if silenced else found - situation.knowledge.silenced


def claims_by_side(knowledge: KnowledgeBase) -> Mapping[str, Sequence[str]]:
    """Return the claims that stand by the entities that a compound must be or have to stand on a side of them.

    A band of an enzyme or transporter is also reached from its broader role.
    """
    return knowledge.derived("claims by side", lambda: _by_side(knowledge))


def _by_side(knowledge: KnowledgeBase) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for claim in knowledge.considerations.values():
        if claim.withdrawn is None:
            sides = {side for side in (claim.subject, claim.context.taking, claim.signal_for) if side is not None}
            for end in sides.union(*(roles_of(knowledge, side) for side in sides)):
                found[end].append(claim.id)
    return dict(found)


def match_of(situation: Situation, consideration: SafetyConsideration) -> Match | None:
    """Return how ``consideration`` applies to ``situation``; None when it does not."""
    match = laid_out(situation, consideration)
    return None if match is None or obstacle(situation, match) else match


def laid_out(situation: Situation, consideration: SafetyConsideration) -> Match | None:
    """Return every part of ``consideration`` with its status; None when the compound is on neither side of it."""
    sides = [*each_side(situation, consideration)]
    if len(sides) > 1:
        return _merged(situation, sides)
    return sides[0] if sides else None


def obstacle(situation: Situation, match: Match) -> str | None:
    """Return why ``match`` does not apply, in words; None when nothing stands in the way."""
    for exposure in match.exposures:
        if exposure.status is Status.UNMET:
            return f"it speaks of the compound {exposure.text}, which is not what was asked"
    for state in match.states:
        if state.status is Status.UNMET:
            name = situation.knowledge.entity(state.state).name
            return f"it needs {name}, and of the patient it is known: {'; '.join(state.facts)}"
        if match.consideration.kind is Kind.NO_INCREASE and _flowed(situation, state):
            name = situation.knowledge.entity(state.state).name
            return f"it was studied in {name}, and what is no more frequent there says nothing of a narrower condition"
    if match.other is not None and not match.partners and situation.patient is not None and situation.patient.complete:
        name = situation.knowledge.entity(match.other).name
        return f"it needs {name}, and the medicines stated are complete without it"
    if match.consideration.origin is Origin.JOINED:
        return _unjoined(situation, match)
    return None


def _merged(situation: Situation, sides: list[Match]) -> Match:
    """Put the two sides that the compound stands on together.

    Where the claim holds both ways, the side that a treatment fills goes first (with its band before without, the
    very member before a signal of it), and treatments that fill only the other side are added as swapped.
    """
    first, *others = sorted(sides, key=_strength)
    swapped = [attrs.evolve(part, swapped=True) for side in others for part in side.partners]
    best: dict[str, PartnerPart] = {}
    for part in sorted((*first.partners, *swapped), key=lambda part: part.unbanded):
        best.setdefault(part.view.id, part)
    partners = tuple(best[view.id] for view in situation.treatments if view.id in best)
    return attrs.evolve(first, partners=partners)


def _strength(side: Match) -> tuple[bool, bool, bool]:
    """Return the order of sides, so that one medicine more makes no finding weaker."""
    return (not side.partners, side.unbanded, side.signal)


def _flowed(situation: Situation, part: StatePart) -> bool:
    """Tell whether a state holds only because the condition asked about, or what the patient has, lies under it."""
    if part.bearing is Bearing.PATIENT and situation.patient is not None:
        return not any(part.state in fact.states for fact in situation.patient.has[part.state])
    return part.status is Status.MET and part.state != situation.condition.id


def each_side(situation: Situation, consideration: SafetyConsideration) -> Iterator[Match]:
    """Yield the match from each side of ``consideration`` that the compound stands on."""
    for role, mine, other in _orientations(situation, consideration):
        path, unbanded = _own(situation, mine, banded=other is not None)
        if path is None or other == situation.compound.id:
            continue
        if consideration.kind is Kind.NO_INCREASE and path.links:  # it flows nowhere: it holds of the very two
            continue
        signal = role is Role.SUBJECT and mine != consideration.subject
        yield side(situation, consideration, role, path, signal=signal, unbanded=unbanded)


def side(
    situation: Situation,
    consideration: SafetyConsideration,
    role: Role,
    path: Path,
    *,
    signal: bool = False,
    unbanded: bool = False,
) -> Match:
    """Return the match of ``consideration`` whose side ``role`` the compound stands on, by ``path``.

    ``unbanded``: it stands there by the broader role of a band.
    """
    context = consideration.context
    other = context.taking if role is Role.SUBJECT else consideration.subject
    partners = _partners(situation, other, unbanded=unbanded) if other is not None else ()
    if consideration.kind is Kind.NO_INCREASE:
        partners = tuple(part for part in partners if not part.path.links)
    return Match(
        consideration=consideration,
        role=role,
        own_path=path,
        other=other,
        states=tuple([state_part(situation, state) for state in context.having]),
        exposures=tuple(exposures_of(situation, consideration, role)),
        partners=partners,
        signal=signal,
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
        path = situation.graph.without_band(situation.own, roles_of(situation.knowledge, mine))
        if path is not None:
            return path, True
    return None, False


def _partners(situation: Situation, other: str, *, unbanded: bool) -> tuple[PartnerPart, ...]:
    """Return the treatments that fill ``other``; ``unbanded``: the band of the compound itself is not known."""
    fillings = situation.graph.fillings(other)
    parts = [_part(situation, view, fillings[id], other) for id, view in situation.fillers.items() if fillings[id]]
    found = (part for part in parts if part is not None)
    if unbanded:
        return tuple(part if part.unbanded else attrs.evolve(part, unbanded=True) for part in found)
    return tuple(found)


def partner_of(situation: Situation, view: TreatmentView, other: str) -> PartnerPart | None:
    """Return how the treatment ``view`` fills ``other``, the other side of a claim; None when it does not."""
    return _part(situation, view, situation.graph.fillings(other)[view.id], other)


def _part(situation: Situation, view: TreatmentView, filling: Filling | None, other: str) -> PartnerPart | None:
    if filling is None:
        return None
    if not filling.narrower:
        return PartnerPart(view, filling.path, unbanded=filling.unbanded, members=view.members)
    members = tuple(id for id in view.members if other in situation.graph.reach(id))
    closed = situation.patient is not None and situation.patient.complete and not members
    return None if closed else PartnerPart(view, filling.path, narrower=other, members=members)


def state_part(situation: Situation, state: str) -> StatePart:
    """Return whether ``state`` holds for the people asked about, and how it bears on their condition."""
    patient = situation.patient
    if patient is not None and state not in situation.diagnoses:
        if state in patient.has:
            facts = tuple(fact.text for fact in patient.has[state])
            return StatePart(state, Status.MET, Bearing.PATIENT, Path(), facts)
        if state in patient.has_not:
            return StatePart(state, Status.UNMET, Bearing.PATIENT, Path(), (patient.has_not[state].text,))
    if state in situation.diagnoses:
        return StatePart(state, Status.MET, Bearing.DIAGNOSIS, situation.person[state])
    if state in situation.narrower:
        return StatePart(state, Status.OPEN, Bearing.NARROWER, Path())
    if state in situation.person:
        return StatePart(state, Status.OPEN, Bearing.VULNERABILITY, situation.person[state])
    return StatePart(state, Status.OPEN, Bearing.UNKNOWN, Path())


def _unjoined(situation: Situation, match: Match) -> str | None:
    """Return what a joined claim lacks: states that somebody brings, a partner, a known exposure; None for nothing."""
    if match.other is not None and not match.partners:
        return f"no treatment here, and nothing the patient takes, is {situation.knowledge.entity(match.other).name}"
    for exposure in match.open_exposures:
        return f"it is put together here for the compound {exposure.text}, which nobody stated"
    for part in match.states:
        name = situation.knowledge.entity(part.state).name
        if part.bearing in (Bearing.UNKNOWN, Bearing.NARROWER):
            return f"it is put together here for people with {name}, which nothing ties to these people"
        scarce = part.bearing is Bearing.VULNERABILITY and situation.scarce(part.state)
        if scarce and match.consideration.serious is None:
            return f"{name} is uncommon or rarer in these people, and the hazard is not known to be serious"
    return None


def exposures_of(situation: Situation, consideration: SafetyConsideration, role: Role) -> Iterator[ExposurePart]:
    """Yield each part of how the subject is taken that the claim asks for, where the compound stands as ``role``."""
    needed = consideration.context.exposure
    if needed is None:
        return
    if role is Role.TAKING:
        yield ExposurePart(exposure_text(needed), Status.OPEN)
        return
    asked = situation.exposure or Exposure()
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
