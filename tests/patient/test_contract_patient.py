"""A patient in the JSON form: each fact, what is missing, what is taken, and nothing else of the person."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

import safetykb
from safetykb import Patient
from safetykb.answer.contract import review_dict
from safetykb.model.choices import Sex
from safetykb.model.patient import BloodPressure
from tests.reasoning.building_blocks import World
from tests.schemas.generate import review_schema

from .persons import ask, clinic

REVIEW = jsonschema_rs.Draft202012Validator(review_schema())


def told() -> dict[str, Any]:
    """A review of a patient who meets, lacks and leaves open something."""
    made = clinic(treatments="first:pain second:pain").compound("stranger")
    made.claim("drug/kidneys", "avoid", having="bad-kidneys").claim("drug/pregnancy", "avoid", having="pregnancy")
    made.claim("drug/first", "caution", taking="first").claim("drug/stranger", "caution", taking="stranger")
    medications = ("first", "stranger", "moonlight")
    return ask(made, egfr=20, medications=medications).to_dict()


def test_facts_are_told():
    """Each fact with its field, its words, the states that it means and the findings that stand on it."""
    assert told()["patient"]["facts"] == [
        {
            "field": "egfr",
            "text": "eGFR 20 mL/min/1.73 m2",
            "known": True,
            "states": ["bad-kidneys", "slow-kidneys", "weak-kidneys"],
            "findings": ["drug/kidneys"],
        },
        {
            "field": "medications",
            "text": "takes first",
            "known": True,
            "states": [],
            "findings": ["drug/first"],
        },
        {
            "field": "medications",
            "text": "takes stranger",
            "known": True,
            "states": [],
            "findings": ["drug/stranger"],
        },
        {"field": "medications", "text": "takes moonlight", "known": False, "states": [], "findings": []},
    ]


def test_what_is_missing_is_told():
    """What nobody stated, with the concern that would hold and the findings that wait for it."""
    assert told()["patient"]["missing"] == [{"fact": "pregnancy", "concern": "avoid", "findings": ["drug/pregnancy"]}]
    assert told()["patient"]["medications_complete"] is False


def test_what_only_inference_waits_for_is_undetermined():
    """A missing fact without a concern of a source is undetermined, never null."""
    made = World().compound("drug").condition("disease", treatments="other:pain").term("sleepy", "effect")
    made.has("drug", "sleepy").has("other", "sleepy").claim("sleepy/sleepy", taking="sleepy", joined=True)
    (missing,) = ask(made).to_dict()["patient"]["missing"]
    assert missing["concern"] == "undetermined"


def test_what_is_taken_is_told():
    """Rows say what is taken, partners what is met, findings which facts meet them, the headline what nothing knows."""
    review = told()
    rows = {row["id"]: row["taken"] for row in review["treatments"]}
    assert rows == {"first": True, "stranger": True, "second": False}
    findings = {finding["id"]: finding for finding in review["findings"]}
    assert findings["drug/first"]["facts"] == ["takes first"]
    assert findings["drug/kidneys"]["facts"] == ["eGFR 20 mL/min/1.73 m2"]
    assert findings["drug/pregnancy"]["facts"] == []
    assert [partner["status"] for partner in findings["drug/first"]["partners"]] == ["met"]
    assert review["headline"]["not_checked"] == ["takes moonlight"]


def test_nobody_in_particular_is_null():
    """Without a patient there is none; with one of whom nothing is known there is one without facts."""
    made = clinic()
    assert made.review().to_dict()["patient"] is None
    assert ask(made).to_dict()["patient"] == {"facts": [], "missing": [], "medications_complete": False}


def test_the_age_of_sources_is_told():
    """With a day the answer tells which sources are old; without one it is null."""
    made = clinic().source("label3", issued={"date-parts": [[2019]]}).claim("drug/a", cites="label3")
    assert made.review().to_dict()["stale"] is None
    assert made.review(today="2026-01-02").to_dict()["stale"] == {"today": "2026-01-02", "sources": ["label3"]}


PATIENTS = (
    Patient(),
    Patient(age=70, sex=Sex.FEMALE, egfr=24, pregnant=False, bp=BloodPressure(systolic=190, diastolic=101)),
    Patient(
        age=24,
        crcl=20,
        child_pugh="C",
        conditions=("stroke", "moonlight"),
        past=("stroke",),
        allergies=("esketamine", "soy", "dust"),
        genotypes=("CYP2C9*3/*3",),
        medications=("baclofen", "midazolam", "clarithromycin", "moonlight"),
        medications_complete=True,
    ),
    Patient(allergies=(), has_not=("pregnancy", "stroke"), medications=("morphine",)),
)


@pytest.mark.parametrize("patient", PATIENTS, ids=["nobody", "values", "names", "has-not"])
def test_every_review_of_a_patient_validates(patient: Patient):
    """The JSON form of a review of a patient fits the schema, whatever was asked."""
    for compound in safetykb.knowledge_base().compounds:
        review = safetykb.review(compound, "multiple sclerosis", patient, today="2026-01-02")
        wrong = [str(error) for error in REVIEW.iter_errors(json.loads(json.dumps(review_dict(review))))]
        assert wrong == [], compound


@pytest.mark.parametrize("patient", PATIENTS, ids=["nobody", "values", "names", "has-not"])
def test_whatever_is_cited_is_a_source(patient: Patient):
    """Every source of a finding is among the sources, and every page leads to what it has."""
    review = safetykb.review("ketamine", "multiple sclerosis", patient)
    keys = {source.id for source in review.sources}
    assert {key for finding in review.findings for key in finding.sources} <= keys
    page = review.to_html()
    anchors = {part.partition('"')[0] for part in page.split('id="')[1:]}
    targets = {part.partition('"')[0] for part in page.split('href="#')[1:]}
    assert targets <= anchors


@pytest.mark.parametrize("patient", PATIENTS[1:], ids=["values", "names", "has-not"])
def test_every_fact_is_shown(patient: Patient):
    """Each fact given stands in the text, and what nothing knows stands at the top."""
    review = safetykb.review("ketamine", "multiple sclerosis", patient)
    shown = " ".join(review.to_text(10_000).split())
    for line in review.facts:
        assert f"{line.text}: {line.told}" in shown
    if review.headline.not_checked:
        assert 0 < shown.index("NOT CHECKED, nothing here knows it") < shown.index("This patient".upper())
