"""A slow, obvious oracle of matching: the rules as they are written, by plain loops over the records.

It shares no code with the reasoning. It reads records alone, lists every simple path, and answers in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from safetykb.knowledge.base import KnowledgeBase

# From the table of the curating guide: basis and level at which a design starts.
STARTS = {
    "label": ("authority", "moderate"),
    "regulator": ("authority", "moderate"),
    "guideline": ("authority", "moderate"),
    "monograph": ("authority", "low"),
    "systematic-review-of-trials": ("study", "high"),
    "systematic-review-of-cohorts": ("study", "low"),
    "randomised-trial": ("study", "high"),
    "pk-study": ("study", "low"),
    "cohort": ("study", "low"),
    "case-control": ("study", "low"),
    "uncontrolled-trial": ("report", "very-low"),
    "case-series": ("report", "very-low"),
    "case-report": ("report", "very-low"),
    "spontaneous-reports": ("report", "very-low"),
    "narrative-review": ("report", "very-low"),
    "preclinical": ("inference", "very-low"),
}
LEVELS = ("very-low", "low", "moderate", "high")
BASES = ("inference", "report", "study", "authority")
CONCERNS = ("inform", "monitor", "caution", "avoid", "contraindicated")


T = TypeVar("T")


def remembered(method: Callable[..., T]) -> Callable[..., T]:
    """Keep what a method of the oracle answered, so that nothing is worked out twice."""

    @wraps(method)
    def asked(oracle: Oracle, *args: Any) -> T:
        key = (method.__name__, *args)
        if key not in oracle.memory:
            oracle.memory[key] = method(oracle, *args)
        found: T = oracle.memory[key]
        return found

    return asked


class Way(NamedTuple):
    """A simple path: its ends in order, the levels of its memberships, and whether it is ``broader`` all along."""

    ends: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    broader_only: bool = True


class Part(NamedTuple):
    """A treatment on the other side."""

    treatment: str
    narrower: str | None
    unbanded: bool
    way: Way
    swapped: bool = False
    taken: bool = False


class Side(NamedTuple):
    """A side of a claim that the compound stands on."""

    role: str
    way: Way
    other: str | None
    parts: tuple[Part, ...]
    unbanded: bool
    signal: bool


class Person(NamedTuple):
    """What is known of one person: states said to hold, states said not to, medicines, and whether these are all."""

    says: frozenset[str] = frozenset()
    says_not: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    complete: bool = False


NOBODY = Person()


class Answer(NamedTuple):
    """A finding, in plain words."""

    origin: str
    concern: str | None
    level: str
    basis: str
    directness: str
    block: str
    open_states: frozenset[tuple[str, str]]
    open_exposures: tuple[str, ...]
    partners: frozenset[tuple[str, str | None, bool, str | None, bool]]
    personal: bool
    other: str | None
    path: tuple[str, ...]


class Oracle:
    """The oracle of one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.memory: dict[Any, Any] = {}
        self.steps: dict[str, list[tuple[str, str | None, tuple[str | None, ...]]]] = {}
        for entities in (knowledge.terms, knowledge.conditions):
            for id, entity in entities.items():
                for wider in entity.broader:
                    self.steps.setdefault(id, []).append((wider, None, ()))
        for assertion in knowledge.assertions.values():
            if assertion.withdrawn is None and self.counts(assertion):
                forms = tuple(statement.form for statement in assertion.statements)
                step = (assertion.term, self.level_of_assertion(assertion.id), forms)
                self.steps.setdefault(assertion.entity, []).append(step)

    # --- grades -------------------------------------------------------------------------------------------------

    def counts(self, assertion: Any) -> bool:
        """Through an effect only main assertions match."""
        term = self.knowledge.terms.get(assertion.term)
        is_effect = term is not None and str(term.kind) == "effect"
        return not is_effect or str(assertion.weight) == "main"

    def grade(self, record: Any, hazard: str | None = None) -> tuple[str, str]:
        """The highest level that one source reaches alone, then moved by hand."""
        best = None
        for cite in record.cites:
            design = str(self.knowledge.sources[cite.key].details.design)
            if design not in STARTS:  # a registry record or a news item: a status, never a risk
                continue
            basis, level = STARTS[design]
            if design == "label" and record.data is not None:
                design = str(record.data)
                level = STARTS[design][1]
            if design == "pk-study" and hazard is not None and str(self.knowledge.terms[hazard].kind) == "exposure":
                level = "moderate"
            if best is None or (LEVELS.index(level), BASES.index(basis)) > best:
                best = (LEVELS.index(level), BASES.index(basis))
        if best is None:
            best = (0, BASES.index("report"))
        steps = record.change.steps if record.change is not None else 0
        return BASES[best[1]], LEVELS[max(0, min(3, best[0] + steps))]

    @remembered
    def level_of_assertion(self, assertion: str) -> str:
        """That of its best statement."""
        statements = self.knowledge.assertions[assertion].statements
        return max((self.grade(statement)[1] for statement in statements), key=LEVELS.index)

    # --- what has what ------------------------------------------------------------------------------------------

    def every_way(self, start: str, form: str | None) -> Iterator[tuple[str, Way]]:
        """Every simple path from an entity, the empty one first; a form leaves out what is said of other forms."""
        waiting = [(start, Way())]
        while waiting:
            here, way = waiting.pop()
            yield here, way
            for end, level, forms in self.steps.get(here, ()):
                if end == start or end in way.ends:
                    continue
                if here == start and form is not None and forms and None not in forms and form not in forms:
                    continue
                levels = way.levels if level is None else (*way.levels, level)
                waiting.append((end, Way((*way.ends, end), levels, way.broader_only and level is None)))

    @remembered
    def ways(self, start: str, form: str | None = None) -> dict[str, Way]:
        """The best path to everything reached: the highest level, then the shortest, then ids in order."""
        best: dict[str, Way] = {}
        for end, way in self.every_way(start, form):
            if end not in best or self.worth(way) < self.worth(best[end]):
                best[end] = way
        return best

    @staticmethod
    def worth(way: Way) -> tuple[Any, ...]:
        lowest = min((LEVELS.index(level) for level in way.levels), default=4)
        return (-lowest, len(way.ends), way.ends)

    @remembered
    def by_name(self, entity: str) -> set[str]:
        """The entity and everything broader."""
        return {end for end, way in self.every_way(entity, None) if way.broader_only}

    @remembered
    def under(self, entity: str) -> set[str]:
        everything = [*self.knowledge.terms, *self.knowledge.conditions]
        return {one for one in everything if one != entity and entity in self.by_name(one)}

    # --- the condition ------------------------------------------------------------------------------------------

    @remembered
    def treatments(self, condition: str) -> dict[str, Any]:
        """Those of the condition and of everything broader; the nearest record of one wins."""
        found: dict[str, Any] = {}
        ways = {end: way for end, way in self.ways(condition).items() if end in self.by_name(condition)}
        for entity in sorted(ways, key=lambda end: (len(ways[end].ends), end)):
            if entity in self.knowledge.conditions:
                for record in self.knowledge.conditions[entity].treatments:
                    found.setdefault(record.treatment, record)
        return found

    @remembered
    def is_scarce(self, condition: str, state: str) -> bool:
        """Whether each figure for a vulnerability is uncommon or rarer."""
        figures = []
        for assertion in self.knowledge.assertions.values():
            of_condition = assertion.withdrawn is None and assertion.entity in self.by_name(condition)
            if of_condition and state in self.ways(assertion.term):
                figures.append(str(assertion.frequency))
        return all(figure in ("uncommon", "rare", "very-rare") for figure in figures)

    @remembered
    def states_of(self, whom: Person) -> tuple[set[str], set[str]]:
        """What a person has, with everything broader; and what they have not, with everything narrower."""
        has = {wider for state in whom.says for wider in self.by_name(state)}
        has_not = {one for state in whom.says_not for one in (state, *self.under(state))}
        return has, has_not - has

    # --- matching -----------------------------------------------------------------------------------------------

    def answer(
        self, compound: str, condition: str, form: str | None = None, whom: Person = NOBODY
    ) -> dict[str, Answer]:
        """Every finding of the compound itself, and then of its relatives."""
        found = {}
        forms = self.knowledge.compounds[compound].forms
        own = self.ways(compound, form or (forms[0].id if len(forms) == 1 else None))
        for claim in self.knowledge.considerations.values():
            if not self.has_a_side(claim, own):
                continue
            answer = self.of_claim(claim, compound, condition, form, whom, relative=False)
            if answer is not None:
                found[claim.id] = answer
        for relative in self.relatives(compound):
            for claim in self.knowledge.considerations.values():
                if claim.subject == relative and claim.id not in found:
                    answer = self.of_claim(claim, relative, condition, None, whom, relative=True)
                    if answer is not None:
                        found[claim.id] = answer
        return found

    def has_a_side(self, claim: Any, own: dict[str, Way]) -> bool:
        """Whether the compound can stand on any side of a claim at all: most claims speak of something else."""
        ends = [end for end in (claim.subject, claim.signal_for, claim.context.taking) if end is not None]
        return any(end in own or self.without_band(own, end) is not None for end in ends)

    @remembered
    def relatives(self, compound: str) -> set[str]:
        found = {relation.compound for relation in self.knowledge.compounds[compound].related}
        for other in self.knowledge.compounds.values():
            if any(relation.compound == compound for relation in other.related):
                found.add(other.id)
        return found

    def of_claim(  # noqa: C901, PLR0912, PLR0915 - the rules one after the other, as they are written
        self, claim: Any, compound: str, condition: str, asked: str | None, whom: Person, *, relative: bool
    ) -> Answer | None:
        if claim.withdrawn is not None:
            return None
        forms = self.knowledge.compounds[compound].forms
        form = asked or (forms[0].id if len(forms) == 1 else None)
        own = self.ways(compound, form)
        stated = str(claim.origin) == "stated"

        # The states: met, or open; a vulnerability is not a diagnosis.
        diagnoses, stages, person = self.by_name(condition), self.under(condition), self.ways(condition)
        has, has_not = self.states_of(whom)
        his = {state for state in claim.context.having if state in has and state not in diagnoses}
        others = [state for state in claim.context.having if state not in his]
        if any(state in has_not and state not in diagnoses for state in others):
            return None
        flowed = any(state in diagnoses and state != condition for state in others) or his - whom.says
        if str(claim.kind) == "no-increase" and flowed:
            return None
        if not stated:
            for state in others:
                if state not in person:
                    return None
                if state not in diagnoses and claim.serious is None and self.is_scarce(condition, state):
                    return None
        speaks = any(state in diagnoses or state in stages for state in others)
        open_states = frozenset(
            ("condition" if state in stages else "patient", state)
            for state in others
            if stated and state not in diagnoses
        )

        # The sides.
        sides = self.sides(claim, compound, condition, own, whom)
        if not sides:
            return None
        side = min(sides, key=lambda side: (not side.parts, side.unbanded, side.signal))
        parts = self.parts(side, sides)
        if side.other is not None and not parts and (not stated or whom.complete):
            return None
        personal = bool(his) or any(part.taken for part in parts)

        # How it is taken.
        exposures = self.exposures(claim, compound, form, side.role)
        if exposures is None or (exposures and not stated):
            return None

        # How sure.
        unbanded = all(part.unbanded for part in parts) if parts else side.unbanded
        joined = not stated or unbanded
        basis, level = self.grade(claim, claim.hazard) if stated else ("inference", "high")
        levels = [level, *side.way.levels]
        met = [part for part in parts if part.taken and (unbanded or not part.unbanded)]
        shown = [part for part in met if not part.swapped] or [part for part in parts if not part.swapped]
        if shown:
            levels += min(shown, key=lambda part: (part.unbanded, self.worth(part.way))).way.levels
        if not stated:
            for state in others:
                levels += person[state].levels
            levels += [self.level_of_premise(premise) for premise in claim.premises]
        rank = min(LEVELS.index(one) for one in levels) - side.signal - joined
        level = LEVELS[max(0, rank)]
        basis = "inference" if joined else basis

        # How much.
        is_treatment = self.is_treatment(compound, condition, own)
        concern = str(claim.concern) if claim.concern is not None else None
        if concern is not None and side.signal:
            concern = self.at_most(concern, "monitor" if is_treatment else "caution")
        if concern is not None and joined:
            concern = self.at_most(concern, "caution")
        partners = set()
        for part in parts:
            mine = self.at_most(concern, "caution") if part.unbanded and concern is not None else concern
            partners.add((part.treatment, part.narrower, part.unbanded, mine, part.taken))

        # How near, and where it stands.
        inferred = joined or basis == "inference"
        labels = [str(self.knowledge.sources[cite.key].details.design) == "label" for cite in claim.cites]
        own_label = is_treatment and claim.subject == compound and any(labels)
        if relative:
            directness = "related"
        elif inferred:
            directness = "inferred"
        elif side.way.ends or side.signal:
            directness = "class"
        elif speaks or parts or own_label or personal:
            directness = "direct"
        else:
            directness = "general"
        heavy = concern in ("avoid", "contraindicated")
        if_taking = side.other is not None and not met
        is_open = bool(open_states or exposures or if_taking)
        if relative:
            block = "related"
            if not (heavy or speaks or own_label):
                return None
        elif not inferred and not is_open and (speaks or own_label or heavy or personal):
            block = "known"
        elif not inferred and is_open and heavy:
            block = "not-if"
        elif any(part.taken for part in parts):
            block = "taken"
        elif str(claim.kind) == "monitoring":
            block = "monitoring"
        elif not stated and claim.context.having:
            block = "condition"
        elif side.other is not None:
            block = "treatments" if parts else "not-with"
        else:
            block = "everybody"
        return Answer(
            origin="joined" if joined else "stated",
            concern=concern,
            level=level,
            basis=basis,
            directness=directness,
            block=block,
            open_states=open_states,
            open_exposures=exposures,
            partners=frozenset(partners),
            personal=personal,
            other=side.other,
            path=side.way.ends,
        )

    @staticmethod
    def at_most(concern: str, limit: str) -> str:
        return min(concern, limit, key=CONCERNS.index)

    def level_of_premise(self, premise: str) -> str:
        if premise in self.knowledge.assertions:
            return self.level_of_assertion(premise)
        claim = self.knowledge.considerations[premise]
        return self.grade(claim, claim.hazard)[1] if str(claim.origin) == "stated" else "very-low"

    def is_treatment(self, compound: str, condition: str, own: dict[str, Way]) -> bool:
        if any(treatment in own for treatment in self.treatments(condition)):
            return True
        uses = self.knowledge.compounds[compound].uses
        return any(str(use.status) == "approved" and use.condition in self.by_name(condition) for use in uses)

    # --- sides --------------------------------------------------------------------------------------------------

    def sides(  # noqa: C901 - as above
        self, claim: Any, compound: str, condition: str, own: dict[str, Way], whom: Person
    ) -> list[Side]:
        taking = claim.context.taking
        signal = claim.subject not in own and claim.signal_for is not None
        places = [("subject", claim.signal_for if signal else claim.subject, taking)]
        if taking is not None:
            places.append(("taking", taking, claim.subject))
        found = []
        for role, mine, other in places:
            if other == compound:  # a compound is never its own partner
                continue
            way, unbanded = own.get(mine), False
            if way is None and taking is not None:
                way, unbanded = self.without_band(own, mine), True
            if way is None:
                continue
            rigid = str(claim.kind) == "no-increase"  # it flows nowhere
            if rigid and way.ends:
                continue
            parts = []
            if other is not None:
                for treatment in sorted({*self.treatments(condition), *whom.takes}):
                    if treatment != compound and treatment not in own:
                        part = self.part(treatment, other, whom.takes - {compound})
                        if part is not None and whom.complete and not part.taken:
                            part = None
                        if part is not None and not (rigid and part.way.ends):
                            parts.append(part._replace(unbanded=part.unbanded or unbanded))
            none_banded = all(part.unbanded for part in parts) if parts else unbanded
            found.append(Side(role, way, other, tuple(parts), none_banded, signal and role == "subject"))
        return found

    def part(self, treatment: str, other: str, takes: frozenset[str]) -> Part | None:
        """The treatment is what is taken, or lies under it; or what is taken lies under a class of treatments.

        It is taken when the person takes it or a member of it; what lies under a class, when a member is that.
        """
        reached = self.ways(treatment)
        taken = [medicine for medicine in takes if treatment in self.ways(medicine)]
        if other in reached:
            return Part(treatment, None, unbanded=False, way=reached[other], taken=bool(taken))
        if treatment in self.ways(other):
            very = any(other in self.ways(medicine) for medicine in taken)
            return Part(treatment, other, unbanded=False, way=Way(), taken=very)
        way = self.without_band(reached, other)
        return None if way is None else Part(treatment, None, unbanded=True, way=way, taken=bool(taken))

    def without_band(self, reached: dict[str, Way], band: str) -> Way | None:
        """The way to an inhibitor or inducer whose band nobody stated."""
        term = self.knowledge.terms.get(band)
        if term is None or str(term.kind) not in ("enzyme", "transporter"):
            return None
        for wider in term.broader:
            if wider in reached and not any(one in reached for one in self.under(wider)):
                return reached[wider]
        return None

    @staticmethod
    def parts(first: Side, sides: list[Side]) -> list[Part]:
        """Each treatment once: with its band before without, on the first side before on the other."""
        everything = list(first.parts)
        for side in sides:
            if side is not first:
                everything += [part._replace(swapped=True) for part in side.parts]
        found: dict[str, Part] = {}
        for part in everything:
            known = found.get(part.treatment)
            if known is None or (known.unbanded and not part.unbanded):
                found[part.treatment] = part
        return list(found.values())

    # --- how it is taken ----------------------------------------------------------------------------------------

    def exposures(  # noqa: C901 - as above
        self, claim: Any, compound: str, form: str | None, role: str
    ) -> tuple[str, ...] | None:
        """The parts of the exposure that nobody stated; None when one is known not to hold."""
        needed = claim.context.exposure
        if needed is None:
            return ()
        if role == "taking":
            return ("of the other",)  # how the other medicine is taken: nobody said
        forms = self.knowledge.compounds[compound].forms
        still_open = []
        if needed.form is not None:
            if forms and needed.form not in [one.id for one in forms]:
                return None
            if form is None:
                still_open.append("form")
            elif form != needed.form:
                return None
        if needed.route is not None:
            routes = {str(one.route) for one in forms if form in (None, one.id)}
            if not routes:
                still_open.append("route")
            elif str(needed.route) not in routes:
                return None
            elif len(routes) > 1:
                still_open.append("route")
        still_open += [name for name in ("dose", "duration", "setting") if getattr(needed, name) is not None]
        return tuple(still_open)
