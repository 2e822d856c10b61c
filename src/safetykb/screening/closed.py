"""The knowledge as closed tables: what every patient is joined with. Made once for the names of a run.

Nothing here decides what applies: each table is filled by the functions that answer for one patient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import Asked
from safetykb.model.choices import Comparison, Design, Kind, Origin
from safetykb.model.considerations import Exposure, SafetyConsideration
from safetykb.model.entities import Compound, Condition, StateTest, Term
from safetykb.model.patient import Patient
from safetykb.model.scales import Basis, EvidenceLevel
from safetykb.reasoning import grading
from safetykb.reasoning.graph import Graph, Path, graph_of
from safetykb.reasoning.matching import (
    Bearing,
    Match,
    PartnerPart,
    Role,
    Status,
    claims_by_side,
    each_side,
    partner_of,
    state_part,
)
from safetykb.reasoning.person import person_of
from safetykb.reasoning.situation import Situation
from safetykb.screening.needs import ArrowSchema, ArrowTable
from safetykb.screening.vocabulary import NOBODY, Vocabulary

NO_LEVEL: Final = len(EvidenceLevel.members())
"""The rank of a path without a level: above every level, so that it lowers nothing."""

BITS: Final = 62
"""How many states one number holds, each as a bit; with its sign it has 64."""

FREE, OPEN, SHUT = 0, 1, 2
"""How a way of taking stands: met or not asked for, not stated, or not the one."""

TRUTHS: Final = ("pregnant", "could_become_pregnant", "breastfeeding", "dialysis")
WORDS: Final = ("sex", "child_pugh")
_ROLES: Final = (Role.SUBJECT, Role.TAKING)

Row = tuple[object, ...]


@attrs.frozen(kw_only=True, repr=False)
class ClosedTables:
    """Arrow tables by name, the most states that one claim asks for, and how many numbers hold all states as bits."""

    tables: Mapping[str, ArrowTable]
    states: int
    numbers: int


class _Partner(NamedTuple):
    """A treatment or medicine that fills a side of claims, and the rank of its path."""

    view: str
    members: tuple[str, ...]
    narrower: str | None
    unbanded: bool
    is_it: bool
    rank: int


class _Link(NamedTuple):
    """A treatment or medicine that fills a side of a claim, as the other side of ``side``."""

    claim: str
    side: int
    partner: _Partner
    unbanded: bool
    kept: tuple[bool, bool]


def asked_id(asked: Asked) -> str:
    """Return one id for a compound and how its name says that it is taken."""
    exposure = asked.exposure or Exposure()
    how = [str(part) for part in (exposure.form, exposure.route) if part is not None]
    return "#".join([asked.compound.id, *how])


def closed_tables(knowledge: KnowledgeBase, vocabulary: Vocabulary) -> ClosedTables:
    """Return ``knowledge`` as tables, as far as the names of ``vocabulary`` reach."""
    return _Maker(knowledge, vocabulary).make()


class _Maker:
    def __init__(self, knowledge: KnowledgeBase, vocabulary: Vocabulary) -> None:
        self.knowledge, self.vocabulary = knowledge, vocabulary
        self.graph: Graph = graph_of(knowledge)
        self.asked = {asked_id(asked): asked for asked in vocabulary.medicines.values()}
        self.conditions = sorted(set(vocabulary.conditions.values()))
        self.taken = sorted({asked.compound.id for asked in vocabulary.medicines.values()})
        nobody = Compound(id=NOBODY, name=NOBODY)
        taking = person_of(knowledge, Patient(medications=tuple(self.taken)), NOBODY)
        anything = Condition(id=NOBODY, name=NOBODY)
        self.anybody = Situation(knowledge=knowledge, compound=nobody, condition=anything, patient=taking)
        self.all_views = {view.id: view for view in self.anybody.treatments}
        self.people: dict[str, Situation] = {}
        self.views: dict[str, tuple[str, ...]] = {}
        for condition in self.conditions:
            people = Situation(knowledge=knowledge, compound=nobody, condition=knowledge.conditions[condition])
            self.people[condition] = people
            self.views[condition] = tuple(view.id for view in people.treatments)
            for view in people.treatments:
                if view.id not in self.all_views:
                    self.all_views[view.id] = self.anybody.view_of(view.record)
        self.found: dict[str, tuple[_Partner, ...]] = {}
        self.asks: dict[str, set[str]] = {id: set() for id in self.asked}
        self.rows: dict[str, list[Row]] = {name: [] for name in _COLUMNS}

    def make(self) -> ClosedTables:
        self.names()
        self.claims: dict[str, SafetyConsideration] = {}
        for id, asked in self.asked.items():
            self.add_asked(id, asked)
        needed = sorted({state for claim in self.claims.values() for state in claim.context.having})
        self.places = {state: (place // BITS, 1 << place % BITS) for place, state in enumerate(needed)}
        self.numbers = len(needed) // BITS + 1
        self.states = max((len(claim.context.having) for claim in self.claims.values()), default=0) or 1
        self.add_places()
        self.add_claims()
        self.add_tests()
        return ClosedTables(tables=_tables(self.rows), states=self.states, numbers=self.numbers)

    def add(self, table: str, *values: object) -> None:
        self.rows[table].append(values)

    def names(self) -> None:
        for name, asked in self.vocabulary.medicines.items():
            self.add("medicines", name, asked_id(asked), asked.compound.id)
        for name, condition in self.vocabulary.conditions.items():
            self.add("conditions", name, condition)
        for told in self.vocabulary.states:
            self.add("named_states", told.field, told.name, told.state, told.has, told.direct)
        for allergic in self.vocabulary.allergic:
            self.add("allergic", allergic.name, allergic.compound, allergic.state, allergic.direct)
        for unknown in self.vocabulary.unknown:
            self.add("unknown", unknown.field, unknown.name, unknown.reason, [*unknown.suggestions])
        for state in person_of(self.knowledge, Patient(allergies=()), NOBODY).has_not:
            self.add("no_allergy", state)

    # --- a compound as it is asked for ----------------------------------------------------------------------------

    def add_asked(self, id: str, asked: Asked) -> None:
        nobody = Condition(id=NOBODY, name=NOBODY)
        knowledge = self.knowledge
        situation = Situation(knowledge=knowledge, compound=asked.compound, condition=nobody, exposure=asked.exposure)
        for condition in self.conditions:
            if attrs.evolve(situation, condition=knowledge.conditions[condition]).is_treatment:
                self.add("treats", id, condition)
        by_side = claims_by_side(knowledge)
        links: list[_Link] = []
        for claim in sorted({claim for end in situation.own for claim in by_side.get(end, ())} - knowledge.silenced):
            links += self.add_stand(id, situation, knowledge.considerations[claim])
        self.add_links(id, links)

    def add_stand(self, id: str, situation: Situation, claim: SafetyConsideration) -> Iterator[_Link]:
        sides: dict[int, Match] = {}
        for match in each_side(situation, claim):
            sides[_ROLES.index(match.role)] = match
        if not sides:
            return
        self.claims[claim.id] = claim
        told: list[object] = []
        for side in (0, 1):
            if side not in sides:
                told += [False, False, False, NO_LEVEL, False, SHUT]
                continue
            match = sides[side]
            linked = bool(match.own_path.links)
            told += [True, match.unbanded, match.signal, _rank(match.own_path), linked, _exposure(match)]
        other = claim.context.taking is not None
        concern = claim.concern.rank if claim.concern else 0
        self.add("stands", id, claim.id, other, claim.hazard, concern, *told)
        for state in claim.context.having:
            self.asks[id].add(state)
        yield from self.links(situation, claim, sides)

    def links(self, situation: Situation, claim: SafetyConsideration, sides: Mapping[int, Match]) -> Iterator[_Link]:
        filled: dict[int, dict[str, _Partner]] = {}
        for side, match in sides.items():
            found = self.partners(match.other) if match.other is not None else ()
            if claim.kind is Kind.NO_INCREASE:
                found = tuple(partner for partner in found if partner.is_it)
            out = {situation.compound.id, *situation.own}
            filled[side] = {partner.view: partner for partner in found if partner.view not in out}
        for side, partners in filled.items():
            there = filled.get(1 - side, {})
            for view, partner in partners.items():
                mine = partner.unbanded or sides[side].unbanded
                theirs = view in there and (there[view].unbanded or sides[1 - side].unbanded)
                beaten = mine and view in there and not theirs
                fallback = view not in there or (theirs and not mine)
                kept = (not beaten, fallback) if side == 0 else (fallback, not beaten)
                yield _Link(claim.id, side, partner, mine, kept)

    def partners(self, other: str) -> tuple[_Partner, ...]:
        if other not in self.found:
            parts = (partner_of(self.anybody, view, other) for view in self.all_views.values())
            self.found[other] = tuple(_partner(part) for part in parts if part is not None)
        return self.found[other]

    def add_links(self, id: str, links: Iterable[_Link]) -> None:
        by_view: dict[str, list[_Link]] = defaultdict(list)
        for link in links:
            by_view[link.partner.view].append(link)
        for view, held in by_view.items():
            if view in self.taken:
                self.rows["taken_links"] += [(id, view, *_told(link, met=True)) for link in held]
        of_members = {view: [*self.members(held)] for view, held in by_view.items()}
        for condition, views in self.views.items():
            by_claim: dict[str, list[_Link]] = defaultdict(list)
            for view in views:
                for link in by_view.get(view, ()):
                    by_claim[link.claim].append(link)
                self.rows["class_links"] += [(id, condition, *told) for told in of_members.get(view, ())]
            self.rows["usual_links"] += [(id, condition, claim, *_gathered(here)) for claim, here in by_claim.items()]

    def members(self, links: Iterable[_Link]) -> Iterator[Row]:
        """Tell of each medicine that belongs to a treatment, as to a class, and is not the treatment."""
        for link in links:
            narrower = link.partner.narrower
            for member in link.partner.members:
                if member != link.partner.view:
                    met = narrower is None or narrower in self.graph.reach(member)
                    yield member, *_told(link, met=met)

    # --- claims and states ----------------------------------------------------------------------------------------

    def add_places(self) -> None:
        """Give each state that a claim asks for a bit of a number, and each compound those that its claims ask for."""
        for state, (number, bit) in self.places.items():
            self.add("places", state, number, bit)
        for id, states in self.asks.items():
            bits = [0] * self.numbers
            for state in states:
                number, bit = self.places[state]
                bits[number] |= bit
            self.add("asks", id, bits)

    def padded(self, values: Iterable[int], otherwise: int) -> list[int]:
        """Return a list that is as long in every row: an index beyond its end is no null on Spark."""
        found = [*values]
        return found + [otherwise] * (self.states - len(found))

    def add_claims(self) -> None:
        for claim in self.claims.values():
            having = claim.context.having
            basis, level = self.grade(claim)
            label = any(self.knowledge.sources[c.key].details.design is Design.LABEL for c in claim.cites)
            concern = claim.concern.rank if claim.concern else 0
            serious = claim.serious.rank if claim.serious else 0
            joined = claim.origin is Origin.JOINED
            size = (1 << len(having)) - 1
            subject = claim.subject if label else ""
            inferable = joined or basis == Basis.INFERENCE.rank or claim.context.taking is not None
            places = [self.places[state] for state in having]
            bits = (self.padded((place[0] for place in places), 0), self.padded((place[1] for place in places), 0))
            told = (str(claim.kind), claim.hazard, serious, concern, joined, inferable, basis, level, subject, *bits)
            self.add("claims", claim.id, size, *told)
            for mask in range(size + 1) if having else ():
                states = [state for bit, state in enumerate(having) if mask >> bit & 1]
                self.add("open_states", claim.id, mask, states)
            for condition in self.conditions if having else ():
                self.add_bearing(condition, claim)

    def grade(self, claim: SafetyConsideration) -> tuple[int, int]:
        """Return the ranks of the own basis and level; of a joined claim, those of inference and its premises."""
        own = grading.of_consideration(self.knowledge, claim)
        if own is not None:
            return own.basis.rank, own.level.rank
        levels = [NO_LEVEL - 1]
        for premise in claim.premises:
            if premise in self.knowledge.assertions:
                found = grading.of_assertion(self.knowledge, self.knowledge.assertions[premise]).level
            else:
                grade = grading.of_consideration(self.knowledge, self.knowledge.considerations[premise])
                found = grade.level if grade else EvidenceLevel.members()[-1]
            levels.append(found.rank)
        return Basis.INFERENCE.rank, min(levels)

    def add_bearing(self, condition: str, claim: SafetyConsideration) -> None:
        """Say of each state that ``claim`` asks for how it bears on people with ``condition``."""
        situation = self.people[condition]
        parts = [state_part(situation, state) for state in claim.context.having]
        masks = dict.fromkeys(("diagnosis", "flowed", "narrower", "unknown", "scarce"), 0)
        levels = []
        for bit, part in enumerate(parts):
            names = [part.bearing.value]
            if part.status is Status.MET and part.state != condition:
                names.append("flowed")
            if part.bearing is Bearing.VULNERABILITY and situation.scarce(part.state):
                names.append("scarce")
            for name in names:
                if name in masks:
                    masks[name] |= 1 << bit
            levels.append(_rank(part.path))
        self.add("bearings", condition, claim.id, *masks.values(), self.padded(levels, NO_LEVEL))

    def add_tests(self) -> None:
        needed = {*self.places}
        tested: tuple[Term | Condition, ...] = (*self.knowledge.terms.values(), *self.knowledge.conditions.values())
        for state in tested:
            reached = self.graph.diagnoses(state.id) & needed
            refuted = {state.id, *self.graph.narrower(state.id)} & needed
            if not state.tests or not (reached or refuted):
                continue
            for test in state.tests:
                self.add("tests", state.id, test.field, len(state.tests), *_tested(test))
            for wider in sorted(reached):
                self.add("closure", *(state.id, True, wider, wider == state.id))
            for narrower in sorted(refuted):
                self.add("closure", *(state.id, False, narrower, False))


def _tested(test: StateTest) -> tuple[str, float | None, str | None]:
    """Return a test as comparison, number and text; a value of another kind than the field's is never met."""
    never = ("never", None, None)
    if test.field in WORDS:
        return ("text", None, test.value) if isinstance(test.value, str) else never
    if (test.field in TRUTHS) != isinstance(test.value, bool) or isinstance(test.value, str):
        return never
    comparison = Comparison.EQUAL if test.field in TRUTHS else test.comparison
    return str(comparison), float(test.value), None


def _rank(path: Path) -> int:
    return NO_LEVEL if path.level is None else path.level.rank


def _exposure(match: Match) -> int:
    found = [exposure.status for exposure in match.exposures]
    if Status.UNMET in found:
        return SHUT
    return OPEN if Status.OPEN in found else FREE


def _partner(part: PartnerPart) -> _Partner:
    view = part.view
    return _Partner(view.id, view.members, part.narrower, part.unbanded, not part.path.links, _rank(part.path))


def _told(link: _Link, *, met: bool) -> Row:
    partner = link.partner
    absent = partner.narrower is not None and not met
    return link.claim, link.side, link.unbanded, partner.rank, *link.kept, met, absent, partner.view


def _gathered(links: Iterable[_Link]) -> Row:
    """Return what the treatments of a condition bring to a claim, whoever takes them; -1 is none."""
    there, best = [False] * 4, [-1] * 4
    views = set()
    for _, side, partner, unbanded, kept in links:
        place = 2 * side + unbanded
        there[place] = True
        if kept[side] and partner.rank > best[place]:
            best[place] = partner.rank
        views.add(partner.view)
    return *(told for pair in zip(there, best, strict=True) for told in pair), sorted(views)


_SIDE: Final = ("exists", "unbanded", "signal", "level", "linked", "exposure")
_LINK: Final = ("claim", "side", "unbanded", "level", "kept0", "kept1", "met", "absent", "view")
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "medicines": ("name", "asked", "compound"),
    "conditions": ("name", "condition"),
    "named_states": ("field", "name", "state", "has", "direct"),
    "allergic": ("name", "compound", "state", "direct"),
    "unknown": ("field", "name", "reason", "suggestions"),
    "no_allergy": ("state",),
    "tests": ("state", "field", "total", "comparison", "bound", "text"),
    "closure": ("state", "has", "reached", "direct"),
    "treats": ("asked", "condition"),
    "stands": ("asked", "claim", "other", "hazard", "concern", *(f"{n}{side}" for side in (0, 1) for n in _SIDE)),
    "places": ("state", "number", "bit"),
    "asks": ("asked", "bits"),
    "taken_links": ("asked", "taken", *_LINK),
    "class_links": ("asked", "condition", "taken", *_LINK),
    "usual_links": (
        *("asked", "condition", "claim"),
        *(f"{n}{side}" for side in (0, 1) for n in ("banded", "best", "loose", "loosest")),
        "views",
    ),
    "claims": (
        *("claim", "size", "kind", "hazard", "serious", "concern", "joined", "inferable"),
        *("basis", "own_level", "label_of", "at_number", "at_bit"),
    ),
    "open_states": ("claim", "mask", "states"),
    "bearings": ("condition", "claim", "diagnosis", "flowed", "narrower", "unknown", "scarce", "levels"),
}
_TRUE: Final = frozenset(
    f"{name}{side}"
    for name in ("exists", "unbanded", "signal", "linked", "kept", "banded", "loose", "has", "direct", "other", "met")
    for side in ("", "0", "1")
) | {"joined", "absent", "inferable"}
_WHOLE: Final = frozenset(
    f"{name}{side}" for name in ("level", "exposure", "best", "loosest") for side in ("", "0", "1")
) | {
    *("total", "concern", "number", "bit", "side", "size", "serious", "basis", "own_level", "mask"),
    *("diagnosis", "flowed", "narrower", "unknown", "scarce"),
}


_WORDS: Final = frozenset(
    {
        *("asked", "compound", "condition", "claim", "kind", "hazard", "label_of", "state", "reached", "taken", "view"),
        *("states", "views"),
    }
)


def words_of(table: ArrowTable) -> tuple[dict[str, bool], set[str]]:
    """Return which columns of a closed table hold words of the model (true: lists of them), and these words.

    Ids and kinds are words, of which there are few; an engine may keep them as numbers.
    """
    import pyarrow as pa

    columns = {field.name: pa.types.is_list(field.type) for field in table.schema if field.name in _WORDS}
    found: set[str] = set()
    for name, is_list in columns.items():
        column = table[name].combine_chunks()
        found |= {*(column.flatten() if is_list else column).unique().to_pylist()}
    return columns, found


def schemas() -> dict[str, ArrowSchema]:
    """Return the columns of each closed table."""
    import pyarrow as pa

    texts, numbers = ("views", "states", "suggestions"), ("levels", "bits", "at_number", "at_bit")
    special = dict.fromkeys(texts, pa.list_(pa.string())) | dict.fromkeys(numbers, pa.list_(pa.int64()))
    special["bound"] = pa.float64()

    def kind(column: str) -> object:
        plain = pa.bool_() if column in _TRUE else pa.int64() if column in _WHOLE else pa.string()
        return special.get(column, plain)

    return {name: pa.schema([(column, kind(column)) for column in columns]) for name, columns in _COLUMNS.items()}


def _tables(rows: Mapping[str, Sequence[Row]]) -> dict[str, ArrowTable]:
    import pyarrow as pa

    found = {}
    for name, schema in schemas().items():
        columns = zip(*rows[name], strict=True) if rows[name] else [()] * len(schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        found[name] = pa.Table.from_arrays(arrays, schema=schema)
    return found
