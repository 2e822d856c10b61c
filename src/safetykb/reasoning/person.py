"""From what is known of a person to states and medicines, by tests that are data. Unknown stays unknown."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import Asked, NameIndex, index_of
from safetykb.knowledge.names import MAX_NAME, normalise
from safetykb.model.choices import Comparison, Sex
from safetykb.model.entities import Condition, StateTest, Term
from safetykb.model.patient import Patient
from safetykb.reasoning.graph import Graph, graph_of

HOLDS: Final[Mapping[Comparison, Callable[[float, float], bool]]] = {
    Comparison.BELOW: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
}

_PREGNANCY: Final = ("pregnant", "could_become_pregnant", "breastfeeding")
_OTHER_MEASURE: Final = {"crcl": "egfr", "egfr": "crcl"}
_MEASURES: Final = {"egfr": "eGFR", "crcl": "creatinine clearance"}
_PART_OF: Final = {"systolic": "bp", "diastolic": "bp"}


class Answer(enum.Enum):
    """What is known of a test or a state."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Fact:
    """Something stated of the person: its ``field``, in words, and the states and medicines that it means here.

    ``known`` tells whether anything here knows it: a name that nothing knows is reported as not checked.
    """

    field: str
    text: str = attrs.field(repr=False)
    states: tuple[str, ...] = attrs.field(default=(), repr=False)
    compound: str | None = attrs.field(default=None, repr=False)
    known: bool = True


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Person:
    """A patient as the knowledge base understands them.

    ``has``: the states that hold, each with every fact that says so. ``has_not``: states known not to hold. ``takes``:
    the medicines known here, by compound. ``complete``: nothing else is taken.
    """

    patient: Patient
    facts: tuple[Fact, ...]
    has: Mapping[str, tuple[Fact, ...]]
    has_not: Mapping[str, Fact]
    takes: Mapping[str, Asked]
    notes: Mapping[str, str]

    @property
    def complete(self) -> bool:
        """Whether the medicines stated are all that are taken."""
        return self.patient.medications_complete

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What was stated and nothing here knows, in words, each once."""
        return tuple(dict.fromkeys(fact.text for fact in self.facts if not fact.known))

    def __repr__(self) -> str:
        """Return how many facts are stated, and none of them."""
        return f"<Person: {len(self.facts)} facts>"


def person_of(knowledge: KnowledgeBase, patient: Patient, compound: str) -> Person:
    """Return ``patient`` as ``knowledge`` understands them, asked about ``compound``."""
    return _Reader(knowledge, patient, compound).read()


def is_kin(graph: Graph, compound: str, entity: str) -> bool:
    """Tell whether an allergy to ``entity`` is one to ``compound``: itself, its class, a relative."""
    return entity in graph.reach(compound) or entity in {relative for relative, _ in graph.relatives(compound)}


def substance_named(knowledge: KnowledgeBase, name: str) -> str | None:
    """Return the one compound or term of substances that ``name`` names; None when none, or several, do."""
    return _Reader(knowledge, Patient(), "").substance_of(name)


class _Reader:
    def __init__(self, knowledge: KnowledgeBase, patient: Patient, compound: str) -> None:
        self.knowledge, self.patient, self.compound = knowledge, patient, compound
        self.graph: Graph = graph_of(knowledge)
        self.names: NameIndex = index_of(knowledge)
        states: tuple[Term | Condition, ...] = (*knowledge.terms.values(), *knowledge.conditions.values())
        self.tests = tuple(state for state in states if state.tests)
        self.has: dict[str, tuple[Fact, ...]] = {}
        self.has_not: dict[str, Fact] = {}
        self.takes: dict[str, Asked] = {}
        self.notes: dict[str, str] = {}

    def read(self) -> Person:
        facts = [
            *self.values(),
            *self.genotypes(),
            *self.stated_states("conditions", self.patient.conditions),
            *self.past(),
            *self.allergies(),
            *self.absent(),
            *self.medicines(),
        ]
        return Person(
            patient=self.patient,
            facts=tuple(facts),
            has=self.has,
            has_not={state: fact for state, fact in self.has_not.items() if state not in self.has},
            takes=dict(sorted(self.takes.items())),
            notes=self.notes,
        )

    # --- values ---------------------------------------------------------------------------------------------------

    def values(self) -> Iterable[Fact]:
        tested = {state: self.tested(state) for state in self.tests}
        for field in self.patient.stated:
            if field not in _LISTS:
                means = [state.id for state, (answer, by) in tested.items() if answer is Answer.YES and field in by]
                fact = Fact(field=field, text=value_text(self.patient, field), states=tuple(means))
                for state in means:
                    self.holds(state, fact)
                yield fact
        self.refuted(tested)

    def tested(self, state: Term | Condition) -> tuple[Answer, tuple[str, ...]]:
        """Return whether any test of ``state`` is met, and the fields that say so."""
        results = [(self.test(state, test), test) for test in state.tests]
        met = tuple(self.field_used(test) for answer, test in results if answer is Answer.YES)
        if met:
            return Answer.YES, met
        unknown = any(answer is Answer.UNKNOWN for answer, _ in results)
        by = tuple(_PART_OF.get(test.field, test.field) for _, test in results)
        return (Answer.UNKNOWN if unknown else Answer.NO), by

    def test(self, state: Term | Condition, test: StateTest) -> Answer:
        if test.field in _NAMED:
            return Answer.UNKNOWN
        value = self.value(test.field)
        if value is None and test.field in _OTHER_MEASURE:
            return self.by_other_measure(state, test)
        if value is None:
            return Answer.UNKNOWN
        return _compared(value, test)

    def by_other_measure(self, state: Term | Condition, test: StateTest) -> Answer:
        """A limit of one measure of the kidney applies to the other when its number meets it, and says so."""
        other = _OTHER_MEASURE[test.field]
        value = self.value(other)
        if value is None or _compared(value, test) is not Answer.YES:
            return Answer.UNKNOWN
        self.notes[state.id] = f"the limit is of {_MEASURES[test.field]}; {_MEASURES[other]} was stated and meets it"
        return Answer.YES

    def field_used(self, test: StateTest) -> str:
        field = _OTHER_MEASURE[test.field] if self.value(test.field) is None else test.field
        return _PART_OF.get(field, field)

    def value(self, field: str) -> object:
        if field in _PART_OF:
            return getattr(self.patient.bp, field) if self.patient.bp else None
        stated = getattr(self.patient, field)
        if stated is None and field in _PREGNANCY and self.patient.sex is Sex.MALE:
            return False
        return stated

    def refuted(self, tested: Mapping[Term | Condition, tuple[Answer, tuple[str, ...]]]) -> None:
        for refuted, (answer, by) in tested.items():
            if answer is Answer.NO:
                field = by[0] if getattr(self.patient, by[0]) is not None else "sex"
                fact = Fact(field=field, text=value_text(self.patient, field))
                for state in (refuted.id, *self.graph.narrower(refuted.id)):
                    self.has_not.setdefault(state, fact)

    def holds(self, state: str, fact: Fact) -> None:
        for wider in self.graph.diagnoses(state):
            self.has[wider] = (*self.has.get(wider, ()), fact)

    # --- names ----------------------------------------------------------------------------------------------------

    def genotypes(self) -> Iterable[Fact]:
        for name in self.patient.genotypes or ():
            tested = [state.id for state in self.tests if any(_is_genotype(test, name) for test in state.tests)]
            named = self.state_of(name)
            states = tuple(dict.fromkeys([*tested, *([named] if named else [])]))
            fact = Fact(field="genotypes", text=f"genotype {name}", states=states, known=bool(states))
            for state in states:
                self.holds(state, fact)
            yield fact

    def state_of(self, name: str) -> str | None:
        """Return the condition or state that ``name`` names; None when nothing here knows it."""
        return self.only_one(name, ("condition", "term"), of_person=True)

    def only_one(self, name: str, kinds: tuple[str, ...], *, of_person: bool) -> str | None:
        """Return the one entity of its family that ``name`` names: a hazard and a state may share a name."""
        for kind in kinds:
            found = [id for id in self.named(kind, name) if self.knowledge.is_state(id) is of_person]
            if len(found) == 1:
                return found[0]
        return None

    def named(self, kind: str, name: str) -> tuple[str, ...]:
        try:
            return self.names.ids_of(kind, name)
        except InvalidQuestion:
            return ()

    def stated_states(self, field: str, names: Iterable[str]) -> Iterable[Fact]:
        for name in names:
            state = self.state_of(name)
            fact = Fact(field=field, text=name, states=(state,) if state else (), known=state is not None)
            if state:
                self.holds(state, fact)
            yield fact

    def past(self) -> Iterable[Fact]:
        for name in self.patient.past:
            state = self.state_of(f"past {name}") or self.past_state(name)
            text = f"in the past: {name}"
            fact = Fact(field="past", text=text, states=(state,) if state else (), known=state is not None)
            if state:
                self.holds(state, fact)
            yield fact

    def past_state(self, name: str) -> str | None:
        """Return a state that by its own label holds for the past as well."""
        state = self.state_of(name)
        return state if state and "past" in normalise(self.knowledge.entity(state).name).split() else None

    def absent(self) -> Iterable[Fact]:
        for name in self.patient.has_not:
            state = self.state_of(name)
            text = f"does not have {name}"
            fact = Fact(field="has_not", text=text, known=state is not None)
            for narrower in (state, *self.graph.narrower(state)) if state else ():
                self.has_not.setdefault(narrower, fact)
            yield fact

    def allergies(self) -> Iterable[Fact]:
        allergic = [tested.id for tested in self.tests if any(_is_allergy(test) for test in tested.tests)]
        if self.patient.allergies == ():
            fact = Fact(field="allergies", text="no allergy")
            for state in allergic:
                self.has_not.setdefault(state, fact)
            yield fact
        for name in self.patient.allergies or ():
            entity = self.substance_of(name)
            to_it = allergic if entity is not None and self.is_kin(entity) else []
            named = self.state_of(f"{name} allergy") or self.state_of(f"allergy to {name}")
            means = (*to_it, *([named] if named else []))
            known = entity is not None or named is not None
            fact = Fact(field="allergies", text=f"allergy to {name}", states=means, known=known)
            for state in means:
                self.holds(state, fact)
            yield fact

    def is_kin(self, entity: str) -> bool:
        return is_kin(self.graph, self.compound, entity)

    def substance_of(self, name: str) -> str | None:
        return self.only_one(name, ("compound", "term"), of_person=False)

    def medicine(self, name: str) -> Asked | None:
        try:
            return self.names.compound(name) if self.names.knows_compound(name) else None
        except (UnknownName, AmbiguousName, InvalidQuestion):
            return None

    def medicines(self) -> Iterable[Fact]:
        for name in self.patient.medications or ():
            asked = self.medicine(name)
            if asked is None:
                yield Fact(field="medications", text=f"takes {name}", known=False)
                continue
            known = self.takes.setdefault(asked.compound.id, asked)
            if known.exposure != asked.exposure:  # two names, two forms: how it is taken is not known
                self.takes[asked.compound.id] = attrs.evolve(asked, exposure=None)
            yield Fact(field="medications", text=f"takes {name}", compound=asked.compound.id)
        if self.patient.medications_complete:
            yield Fact(field="medications_complete", text="takes no other medicine")


_LISTS: Final = ("genotypes", "allergies", "medications", "medications_complete", "past", "conditions", "has_not")
_NAMED: Final = ("genotypes", "allergies")
"""The fields whose tests ask for a name, which may be written in many ways."""


def _is_allergy(test: StateTest) -> bool:
    return test.field == "allergies"


def _is_genotype(test: StateTest, name: str) -> bool:
    short = len(name) <= MAX_NAME
    return test.field == "genotypes" and short and normalise(name) == normalise(str(test.value))


def _compared(value: object, test: StateTest) -> Answer:
    if isinstance(test.value, bool) or isinstance(value, bool):
        met = value is test.value
    elif isinstance(test.value, str):
        met = str(value) == test.value
    else:
        met = isinstance(value, (int, float)) and HOLDS[test.comparison](value, test.value)
    return Answer.YES if met else Answer.NO


_UNITS: Final = {
    "age": "years",
    "weight": "kg",
    "egfr": "mL/min/1.73 m2",
    "crcl": "mL/min",
    "alt": "x the upper limit",
    "alp": "x the upper limit",
    "bilirubin": "x the upper limit",
    "qtc": "ms",
}
_LABELS: Final = {
    "egfr": "eGFR",
    "crcl": "creatinine clearance",
    "child_pugh": "Child-Pugh class",
    "alt": "ALT",
    "alp": "alkaline phosphatase",
    "qtc": "QTc",
    "bp": "blood pressure",
    "could_become_pregnant": "could become pregnant",
}


def value_text(patient: Patient, field: str) -> str:
    """Return one stated value in words, with its unit."""
    value = getattr(patient, field)
    label = _LABELS.get(field, field.replace("_", " "))
    if field == "bp":
        return f"{label} {value.systolic:g}/{value.diastolic:g} mmHg"
    if isinstance(value, bool):
        return label if value else f"not {label}"
    if isinstance(value, (int, float)):
        return f"{label} {value:g} {_UNITS[field]}"
    return f"{label} {value}"
