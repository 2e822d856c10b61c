"""Persons, as a small world understands them, and ways to look for what must not be shown."""

from __future__ import annotations

from typing import Any

from safetykb import Patient, SafetyReview
from safetykb.reasoning.person import Person, person_of
from tests.reasoning.building_blocks import World, world


def limit(field: str, comparison: str, value: Any) -> dict[str, Any]:
    """A test of a term: which values of a patient mean it."""
    return {"field": field, "comparison": comparison, "value": value}


def patient(**facts: Any) -> Patient:
    """A patient with ``facts``."""
    return Patient(**facts)


def clinic(*, treatments: str = "") -> World:
    """A world with the limits that are asked for most: kidneys, pregnancy, age, allergy, a genotype, pressure."""
    made = world(treatments=treatments)
    made.term("kidneys", "state")
    made.term("weak-kidneys", "state", "kidneys", tests=[limit("egfr", "<", 60)])
    made.term("bad-kidneys", "state", "weak-kidneys", tests=[limit("egfr", "<", 30)])
    made.term("slow-kidneys", "state", "kidneys", tests=[limit("crcl", "<=", 50)])
    made.term("pregnancy", "state", tests=[limit("pregnant", "=", value=True)])
    made.term("second-half-of-pregnancy", "state", "pregnancy")
    made.term("older-age", "state", tests=[limit("age", ">=", 65)])
    made.term("weak-liver", "state", tests=[limit("child_pugh", "=", "B"), limit("child_pugh", "=", "C")])
    made.term("allergy-to-it", "state", tests=[limit("allergies", "=", "{subject}")])
    made.term("slow-gene", "state", label="slow gene", tests=[limit("genotypes", "=", "GENE1*3/*3")])
    made.term("high-pressure", "state", tests=[limit("systolic", ">", 160), limit("diastolic", ">", 100)])
    return made


def person(made: World | None = None, compound: str = "drug", **facts: Any) -> Person:
    """A patient with ``facts``, as the world understands them."""
    return person_of((made or clinic()).knowledge(), Patient(**facts), compound)


def ask(made: World, compound: str = "drug", condition: str = "disease", **facts: Any) -> SafetyReview:
    """The review for a patient with ``facts``."""
    return made.review(compound, condition, patient=Patient(**facts))


def told(of: Person) -> dict[str, tuple[str, ...]]:
    """Each fact in words with the states that it means."""
    return {fact.text: fact.states for fact in of.facts}
