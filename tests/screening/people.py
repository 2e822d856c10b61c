"""Random patients: of the packaged knowledge, and of made-up worlds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from safetykb.knowledge.base import KnowledgeBase
from tests.reasoning.building_blocks import World
from tests.reasoning.worlds import COMPOUNDS, CONDITIONS, STATES, worlds

LISTS = ("medications", "conditions", "past", "has_not", "allergies", "genotypes")
VALUES: Mapping[str, Sequence[Any]] = {
    "age": (0.3, 8.0, 30.0, 65.0, 71.0, 90.0),
    "weight": (70.0,),
    "sex": ("female", "male"),
    "pregnant": (True, False),
    "could_become_pregnant": (True, False),
    "breastfeeding": (True, False),
    "egfr": (8.0, 20.0, 45.0, 90.0),
    "crcl": (8.0, 25.0, 50.0, 90.0),
    "dialysis": (True, False),
    "child_pugh": ("A", "B", "C"),
    "alt": (1.0, 2.5, 6.0),
    "qtc": (400.0, 500.0),
    "systolic": (150.0,),
    "diastolic": (95.0,),
    "medications_complete": (True, False),
}


def table_of(people: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return patients as an Arrow table."""
    kinds = {name: pa.list_(pa.string()) for name in LISTS}
    kinds |= {name: pa.from_numpy_dtype("float64") for name, values in VALUES.items() if isinstance(values[0], float)}
    kinds |= {name: pa.string() for name in ("id", "sex", "child_pugh")}
    schema = pa.schema([(name, kinds.get(name, pa.bool_())) for name in ("id", *LISTS, *VALUES)])
    return pa.Table.from_pylist([dict(person) for person in people], schema=schema)


def drawn(knowledge: KnowledgeBase, number: int, seed: int) -> list[dict[str, Any]]:
    """Return patients drawn from the names that ``knowledge`` has, and a few that it has not."""
    chance = random.Random(seed)  # noqa: S311  the same patients in every run
    states = [term.id for term in knowledge.terms.values() if knowledge.is_state(term.id)]
    had = [state for claim in knowledge.considerations.values() for state in claim.context.having]
    names: dict[str, list[str]] = {
        "medications": [*knowledge.compounds, "ketamine (IV)", "Spravato", "no such medicine"],
        "conditions": [*knowledge.conditions, *knowledge.conditions, *had, "no such condition"],
        "past": [*states, *had],
        "has_not": [*states, *had],
        "allergies": [*knowledge.compounds, *(t for t in knowledge.terms if not knowledge.is_state(t)), "peanut"],
        "genotypes": [*(str(test.value) for t in knowledge.terms.values() for test in t.tests), "*1/*1"],
    }
    people = []
    for place in range(number):
        person: dict[str, Any] = {"id": f"person {place}"}
        person |= {field: chance.sample(known, chance.choice((1, 2, 3))) for field, known in names.items()}
        for field in LISTS[2:]:
            person[field] = chance.choice((None, None, [], person[field]))
        person |= {field: chance.choice((None, None, *values)) for field, values in VALUES.items()}
        people.append(consistent(person))
    return people


def consistent(person: dict[str, Any]) -> dict[str, Any]:
    """Return a patient whom nobody would refuse."""
    if person.get("sex") == "male":
        person |= dict.fromkeys(name for name in ("pregnant", "could_become_pregnant", "breastfeeding") if person[name])
    return person


TESTS = (
    {"field": "egfr", "comparison": "<", "value": 30},
    {"field": "crcl", "comparison": "<=", "value": 50},
    {"field": "age", "comparison": ">=", "value": 65},
    {"field": "pregnant", "comparison": "=", "value": True},
    {"field": "pregnant", "comparison": "=", "value": False},
    {"field": "child_pugh", "comparison": "=", "value": "B"},
    {"field": "systolic", "comparison": ">", "value": 140},
    {"field": "allergies", "comparison": "=", "value": "{subject}"},
    {"field": "genotypes", "comparison": "=", "value": "*2/*2"},
)


@st.composite
def populations(draw: st.DrawFn, size: int = 12) -> tuple[World, list[dict[str, Any]]]:
    """Draw a made-up world, with tests of its states, and people in it."""
    made = draw(worlds())
    for state in STATES:
        tests = draw(st.lists(st.sampled_from(TESTS), max_size=2))
        if tests:
            made.files[f"terms/{state}/term.json"]["tests"] = tests
    names = {
        "medications": (*COMPOUNDS, *COMPOUNDS, "nothing known"),
        "conditions": (*CONDITIONS, *CONDITIONS, *STATES, "nothing known"),
        "past": (*STATES, *CONDITIONS),
        "has_not": (*STATES, *CONDITIONS, "nothing known"),
        "allergies": (*COMPOUNDS, "class-a", "peanut"),
        "genotypes": ("*2/*2", "*1/*1"),
    }
    chance = draw(st.randoms(use_true_random=False))
    people = []
    for place in range(size):
        person: dict[str, Any] = {"id": f"person {place}"}
        for field, known in names.items():
            least = 1 if field in ("medications", "conditions") else 0
            some = [chance.choice(known) for _ in range(chance.choice((least, 1, 2, 3)))]
            person[field] = some if some or field == "allergies" else None
            if field not in ("medications", "conditions") and chance.random() < 0.5:
                person[field] = None
        person |= {field: chance.choice((None, None, *values)) for field, values in VALUES.items()}
        people.append(consistent(person))
    return made, people
