"""A screen on DuckDB finds, row by row, what reviews of the same patients find; nobody and no name is lost."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.tree import packaged_files
from safetykb.model.patient import RANGES
from safetykb.model.scales import Concern
from safetykb.screening import screen_table
from safetykb.screening.closed import BITS
from safetykb.screening.needs import needed
from safetykb.screening.vocabulary import vocabulary_of
from tests.policy.overlays import TODAY, silenced, written
from tests.reasoning.building_blocks import World, world

from .agreement import differences, expected, reviews
from .people import drawn, populations, table_of


@pytest.fixture(scope="module")
def packaged() -> KnowledgeBase:
    return parse(packaged_files()).knowledge


def found(knowledge: KnowledgeBase, people: list[dict[str, Any]], at_least: str | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = screen_table(
        table_of(people), at_least=at_least, knowledge=knowledge
    ).findings.to_pylist()
    return rows


@pytest.mark.parametrize("at_least", [None, "caution", "contraindicated"])
def test_screen_is_the_reviews_of_packaged_knowledge(at_least: str | None, packaged: KnowledgeBase):
    """Row by row the same findings as review(..., patient) in process, for patients of the packaged knowledge."""
    people = drawn(packaged, 100, seed=len(at_least or ""))
    rows = found(packaged, people, at_least)
    assert len(rows) > 100
    assert differences(rows, expected(packaged, people, Concern.of(at_least) if at_least else None)) == []


@given(populations())
@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
def test_screen_is_the_reviews_of_made_up_worlds(drawn_world: tuple[World, list[dict[str, Any]]]):
    """Row by row the same findings as review(..., patient) in process, for random patients in small random worlds."""
    made, people = drawn_world
    knowledge = made.knowledge()
    assert differences(found(knowledge, people), expected(knowledge, people)) == []


def test_comparison_sees_a_difference():
    """The comparison is not blind: a row that is missing, one too many, and one with another value are told."""
    rows = found(world().claim("drug/a").claim("drug/b").knowledge(), [person()])
    assert len(rows) == 2
    assert len(differences(rows[1:], rows)) == len(differences(rows, rows[1:])) == 1
    assert len(differences(rows, [{**rows[0], "level": "high"}, rows[1]])) == 1


def person(**more: Any) -> dict[str, Any]:
    return {"id": "one", "medications": ["drug"], "conditions": ["disease"], **more}


def test_form_in_a_name_is_asked():
    """A name that tells a form is asked as that form; two names of one compound are two questions."""
    made = World().compound(
        "drug", "tablet:oral", "injection:intravenous", synonyms=[{"text": "Brand", "type": "brand", "form": "tablet"}]
    )
    made.condition("disease").claim("drug/a", exposure={"form": "injection"}).claim("drug/b")
    knowledge, people = made.knowledge(), [person(medications=["Brand", "drug", "drug (IV)"])]
    rows = found(knowledge, people)
    assert differences(rows, expected(knowledge, people)) == []
    assert [row["asked"] for row in rows if row["claim"] == "drug/a"] == ["drug", "drug#injection#intravenous"]


def test_value_of_another_kind_is_never_met():
    """A test whose value is of another kind than its field is never met, and rules the state out."""
    odd = ({"field": "egfr", "value": True}, {"field": "sex", "value": 1}, {"field": "dialysis", "value": "yes"})
    for test in odd:
        made = world().term("state-a", "state", tests=[{"comparison": "=", **test}]).claim("drug/a", having="state-a")
        people = [person(egfr=1.0, sex="female", dialysis=True), person(id="two")]
        knowledge = made.knowledge()
        rows = found(knowledge, people)
        assert [row["patient"] for row in rows] == ["two"]
        assert differences(rows, expected(knowledge, people)) == []


@pytest.mark.parametrize(
    ("statements", "taken"),
    [
        (["class-a/a:class-b"], ["member"]),
        (["class-a/a:class-a", "drug/b:member"], ["member"]),
        (["drug/a:class-b", "class-a/b:class-b"], ["member", "partner"]),
    ],
)
@pytest.mark.parametrize("complete", [True, False])
def test_class_treatment_stands_for_its_members(statements: list[str], taken: list[str], complete: bool):  # noqa: FBT001
    """A treatment that is a class is filled by the members that the patient takes, complete list or not."""
    made = World().term("class-a").term("class-b", broader="class-a").compound("drug").compound("member")
    made.compound("partner").has("drug", "class-a").has("member", "class-b", cites="case-report1").has(
        "partner", "class-a"
    )
    made.condition("disease", treatments="class-a:pain partner:relapse")
    for statement in statements:
        id, _, taking = statement.partition(":")
        made.claim(id, taking=taking)
        made.claim(f"{id}-joined", taking=taking, joined=True)
    people = [person(medications=["drug", *taken], medications_complete=complete)]
    knowledge = made.knowledge()
    rows = found(knowledge, people)
    assert rows
    assert differences(rows, expected(knowledge, people)) == []


@pytest.mark.parametrize("taken", [["unknown"], ["strong"], ["unknown", "strong"]])
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("having", ["", "state-a"])
def test_medicine_of_unknown_strength_is_not_the_strong_one(taken: list[str], complete: bool, having: str):  # noqa: FBT001
    """What is taken lends a finding its own level and strength, whatever is known of the other treatments."""
    made = World().compound("drug").compound("unknown").compound("strong").term("inhibitor", "enzyme")
    made.term("strong-inhibitor", "enzyme", "inhibitor").term("state-a", "state").term("sleepy", "effect")
    made.condition("disease", treatments="strong:pain").has("unknown", "inhibitor", cites="case-report1")
    made.has("strong", "strong-inhibitor").has("strong", "sleepy").has("drug", "sleepy")
    made.has("unknown", "sleepy", cites="case-report1")
    made.claim("drug/a", "contraindicated", taking="strong-inhibitor", having=having)
    made.claim("drug/b", "monitor", taking="strong-inhibitor").claim("sleepy/c", taking="sleepy", joined=True)
    people = [person(medications=["drug", *taken], medications_complete=complete)]
    knowledge = made.knowledge()
    rows = found(knowledge, people)
    assert {row["claim"] for row in rows} >= {"drug/a", "drug/b", "sleepy/c"}
    assert differences(rows, expected(knowledge, people)) == []


@pytest.mark.parametrize("medicine", ["drug (tablet)", "drug (injection)", "drug"])
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("family", [World.term, World.compound])
def test_compound_is_not_taken_beside_itself(family: Callable[..., World], complete: bool, medicine: str):  # noqa: FBT001
    """A treatment that the compound belongs to in one form only is not filled by the compound itself."""
    made = family(World(), "class-a").compound("drug", "tablet:oral", "injection:intravenous").compound("member")
    made.condition("disease", treatments="class-a:pain")
    made.has("drug", "class-a", {"text": "Injection.", "form": "injection"}).has("member", "class-a")
    made.claim("drug/a", taking="class-a").claim("drug/b", taking="class-a", joined=True).claim("drug/c")
    knowledge = made.knowledge()
    alone = [person(medications=[medicine], medications_complete=complete)]
    both = [person(medications=[medicine, "member"], medications_complete=complete)]
    assert [row["claim"] for row in found(knowledge, alone)] == ["drug/c"]
    assert differences(found(knowledge, alone), expected(knowledge, alone)) == []
    rows = found(knowledge, both)
    assert differences(rows, expected(knowledge, both)) == []
    assert {row["claim"]: row["partners"] for row in rows if row["compound"] == "drug"}["drug/a"] == ["member"]


def test_more_states_than_a_number_has_bits():
    """A screen has as many states as it needs, and none is taken for another."""
    made, names = world(), [f"state-{place:03d}" for place in range(BITS + 8)]
    for name in names:
        made.claim(f"drug/{name}", having=name)
    had = [names[0], names[7], names[BITS - 1], names[BITS], names[-1]]
    people = [
        person(conditions=["disease", *had[1:4]]),
        person(id="two", conditions=["disease", *had], has_not=names[1:3]),
    ]
    knowledge = made.knowledge()
    rows = found(knowledge, people)
    assert [row["claim"] for row in rows if row["patient"] == "one" and row["status"] == "met"] == [
        f"drug/{name}" for name in had[1:4]
    ]
    assert differences(rows, expected(knowledge, people)) == []


def test_joined_claim_may_stand_on_another_claim():
    """A joined claim that stands on a claim is no surer than that claim, joined or stated."""
    made = world().claim("drug/stated", cites="case-report1").claim("drug/joined", joined=True)
    made.claim("drug/second", joined=True, premises=["drug/stated"]).has("drug", "class-a")
    made.claim("drug/third", joined=True, premises=["drug/joined"])
    made.claim("drug/fourth", joined=True, premises=["drug/has/class-a"])
    knowledge, people = made.knowledge(), [person()]
    rows = found(knowledge, people)
    assert len(rows) == 5
    assert differences(rows, expected(knowledge, people)) == []


def test_summary_is_the_headline_of_every_review(packaged: KnowledgeBase):
    """The concern of a patient is the highest of the headlines of the reviews; none known is undetermined."""
    people = drawn(packaged, 40, seed=5)
    table = screen_table(table_of(people), at_least=None, knowledge=packaged).summary
    assert {str(table.schema.field(name).type) for name in ("pairs", "findings", "met", "open", "not_checked")} == {
        "int64"
    }
    summary = table.to_pylist()
    assert [row["patient"] for row in summary] == sorted(one["id"] for one in people)
    told = {row["patient"]: row for row in summary}
    for one in people:
        answers = [answer for _, answer in reviews(packaged, one)]
        concerns = [answer.headline.concern for answer in answers if answer.headline.concern is not None]
        assert told[one["id"]]["concern"] == str(max(concerns, default="undetermined"))
        assert told[one["id"]]["pairs"] == len(answers)


def test_no_patient_disappears():
    """Each patient has a row in the summary, also without a finding, a known name, or any name; no word reassures."""
    people = [
        person(id="a"),
        person(id="b", medications=["other"]),
        person(id="c", medications=["nonsense"], conditions=["more nonsense"], genotypes=["x"], past=["y"]),
        {"id": "d"},
        person(id="e", medications=["drug", "x" * 201, "Same"], conditions=["disease", ""]),
    ]
    same = [{"text": "Same", "type": "brand", "ambiguous": True}]
    made = world().claim("drug/a", having="disease").compound("other", synonyms=same).compound("third", synonyms=same)
    screened = screen_table(table_of(people), knowledge=made.knowledge())
    summary = {row["patient"]: row for row in screened.summary.to_pylist()}
    assert {name: (row["outcome"], row["concern"]) for name, row in summary.items()} == {
        "a": ("findings", "caution"),
        "b": ("no finding at caution or above (this is not reassurance)", "undetermined"),
        "c": ("not assessed: no medicine in a condition that is known here", "undetermined"),
        "d": ("not assessed: no medicine in a condition that is asked about here was stated", "undetermined"),
        "e": ("findings", "caution"),
    }
    assert {name: row["not_checked"] for name, row in summary.items()} == {"a": 0, "b": 0, "c": 4, "d": 0, "e": 3}
    told = {(row["patient"], row["field"], row["reason"]) for row in screened.not_checked.to_pylist()}
    assert told == {
        *(("c", field, "nothing here has this name") for field in ("medications", "conditions", "genotypes", "past")),
        ("e", "medications", "this is no name"),
        ("e", "medications", "more than one record has this name"),
        ("e", "conditions", "this is no name"),
    }


def test_suggestion_is_told_and_not_taken():
    """What may have been meant by an unknown name stands beside it, and is not asked."""
    made = World().compound("examplamine").condition("disease").claim("examplamine/a")
    screened = screen_table(table_of([person(medications=["examplamin"])]), knowledge=made.knowledge())
    assert screened.not_checked.to_pylist()[0]["suggestions"] == ["examplamine"]
    assert screened.findings.num_rows == 0


def test_value_that_nobody_can_have_is_unknown():
    """A value that Patient refuses counts as unknown and is told of, without the value."""
    made = world().term("state-a", "state", tests=[{"field": "egfr", "comparison": "<", "value": 30}])
    made.claim("drug/a", having="state-a").claim("drug/b", having="state-a", joined=True)
    wrong: dict[str, Any] = {"egfr": -1.0, "sex": "male", "pregnant": True, "child_pugh": "D", "age": 200.0}
    screened = screen_table(table_of([person(**wrong)]), knowledge=made.knowledge())
    assert [(row["claim"], row["status"]) for row in screened.findings.to_pylist()] == [("drug/a", "open")]
    told = {row["field"]: row for row in screened.not_checked.to_pylist()}
    assert set(told) == {"egfr", "pregnant", "child_pugh", "age"}
    assert "-1" not in str(told)
    assert told["pregnant"]["reason"] == "sex says male and this says otherwise"


def told_of(column: pa.Array, field: str, **more: pa.Array) -> tuple[list[str], dict[str, str]]:
    """What is found with ``field`` stated in a column, and why a value of a patient is not used."""
    made = world().term("state-a", "state", tests=[{"field": "egfr", "comparison": "<", "value": 30}])
    made.condition("pregnancy", tests=[{"field": "pregnant", "comparison": "=", "value": True}])
    made.claim("drug/a", having="state-a").claim("drug/b", having="pregnancy")
    ids = [str(number) for number in range(len(column))]
    names = {"medications": [["drug"]] * len(ids), "conditions": [["disease"]] * len(ids)}
    screened = screen_table(pa.table({"id": ids, field: column, **more, **names}), knowledge=made.knowledge())
    met = [row["patient"] for row in screened.findings.to_pylist() if row["status"] == "met"]
    return met, {row["patient"]: row["reason"] for row in screened.not_checked.to_pylist()}


def test_a_truth_in_numbers_is_one_or_nought():
    """One is yes and nought is no; every other number is a code of somebody's, told of and not used."""
    outside = "this is outside what a person can have, or no such value"
    assert told_of(pa.array([1, 0, 2, 9, -1, None]), "pregnant") == (["0"], dict.fromkeys("234", outside))
    given = pa.array([1.0, 0.0, 0.5, float("nan")], pa.float64())
    assert told_of(given, "pregnant") == (["0"], {"2": outside})


def test_what_is_not_a_number_states_nothing():
    """NaN, as data frames write what is missing, is nothing said: no value, and none that is not used."""
    assert told_of(pa.array([24.0, float("nan"), None], pa.float64()), "egfr") == (["0"], {})


def test_a_number_in_a_text_is_read_alike_everywhere():
    """A text is a number if it is written as one, blanks apart; what one engine alone would take is not used."""
    texts = pa.array([" 24 ", "2.4e1", "24d", "2_4", "24 ml", "", "+24.", ".5"])
    met, reasons = told_of(texts, "egfr")
    assert (met, sorted(reasons)) == (["0", "1", "6", "7"], ["2", "3", "4"])


def test_a_truth_that_is_none_is_not_laid_to_the_sex():
    """A text that is no truth is told of as such; only a pregnancy of a man is told of as against the sex."""
    sexes = pa.array(["female", None, "male", "male"])
    met, reasons = told_of(pa.array(["unknown", " true ", "true", "maybe"]), "pregnant", sex=sexes)
    assert met == ["1"]
    assert reasons == {
        "0": "this is outside what a person can have, or no such value",
        "2": "sex says male and this says otherwise",
        "3": "this is outside what a person can have, or no such value",
    }


def test_half_a_blood_pressure_is_told_of():
    """One number of a blood pressure without the other is not used, and not passed over in silence."""
    systolic, diastolic = pa.array([190.0, 120.0, 900.0]), pa.array([None, 80.0, 80.0], pa.float64())
    made = world().knowledge()
    table = pa.table({"id": ["a", "b", "c"], "systolic": systolic, "diastolic": diastolic})
    rows = [
        (row["patient"], row["field"], row["reason"])
        for row in screen_table(table, knowledge=made).not_checked.to_pylist()
    ]
    assert rows == [
        ("a", "systolic", "of a blood pressure both numbers are needed"),
        ("c", "systolic", "this is outside what a person can have, or no such value"),
    ]


def test_semicolons_alone_state_nothing():
    """A text of nothing but semicolons is not taken for ``none``: what it leaves open stays open."""
    made = world().term("allergy", "state", tests=[{"field": "allergies", "comparison": "=", "value": "{subject}"}])
    table = pa.table(
        {"id": ["a", "b"], "medications": ["drug", "drug"], "conditions": ["disease"] * 2, "allergies": [" ; ", "none"]}
    )
    found = screen_table(table, knowledge=made.claim("drug/a", having="allergy").knowledge()).findings.to_pylist()
    assert [(row["patient"], row["status"]) for row in found] == [("a", "open")]


@pytest.mark.parametrize("at_least", [None, "monitor", "caution", "contraindicated"])
def test_the_concern_of_a_patient_counts_what_is_not_asked_for(at_least: str | None):
    """The concern in the summary is that of the headlines, whatever concern the findings are asked from."""
    made = world().compound("other").claim("drug/a", "monitor", having="disease", kind="monitoring")
    made.claim("other/a", "inform", having="disease").claim("other/b", "caution", having="disease", taking="drug")
    people = [person(id="a"), person(id="b", medications=["other"]), person(id="c", medications=["drug", "other"])]
    screened = screen_table(table_of(people), at_least=at_least, knowledge=made.knowledge())
    summary = screened.summary.to_pylist()
    assert [row["concern"] for row in summary] == ["monitor", "inform", "caution"]
    shown = [row["patient"] for row in screened.findings.to_pylist()]
    assert [row["findings"] for row in summary] == [shown.count(name) for name in "abc"]
    if at_least == "contraindicated":
        assert {row["outcome"] for row in summary} == {
            "no finding at contraindicated or above (this is not reassurance)"
        }


@pytest.mark.parametrize("field", [*RANGES])
def test_limits_are_those_of_a_patient(field: str):
    """The least and the most of each number are taken, and what lies beyond is not."""
    low, high = RANGES[field]
    values = [low, high, low - 0.1, high + 0.1]
    table = pa.table({"id": ["a", "b", "c", "d"], field: pa.array(values, pa.float64())})
    screened = screen_table(table, knowledge=world().knowledge())
    assert [row["patient"] for row in screened.not_checked.to_pylist()] == ["c", "d"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"id": ["a"], "egrf": [3.0]}, "egrf"),
        ({"patient": ["a"]}, "patient"),
        ({"age": [3.0]}, "no column 'id'"),
        ({"id": ["a", "a"]}, "stands twice"),
        ({"id": ["a", None]}, "missing"),
        ({"id": [["a"]]}, "'id' is of a type"),
        ({"id": ["a"], "egfr": [[30]]}, "'egfr' is of a type"),
        ({"id": ["a"], "egfr": [True]}, "'egfr' is of a type"),
        ({"id": ["a"], "pregnant": [datetime.date(2026, 1, 1)]}, "'pregnant' is of a type"),
        ({"id": ["a"], "conditions": [[["x"]]]}, "'conditions' is of a type"),
        ({"id": ["a"], "conditions": [b"x"]}, "'conditions' is of a type"),
        ({"id": ["a"], "age": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}, "'age' is of a type"),
        ({"id": ["a"], "sex": pa.array([3], pa.duration("s"))}, "'sex' is of a type"),
    ],
)
def test_table_that_cannot_be_read_is_refused(columns: dict[str, Any], told: str):
    """A column that no patient has or of a type it cannot have, and an id that is missing or twice, is an error."""
    with pytest.raises(InvalidQuestion, match=told):
        screen_table(pa.table(columns))


@pytest.mark.parametrize(
    "patients",
    [
        *([{"id": "Mary"}], {"id": ["Mary"]}, "Mary", 3, None, pa.table({})),
        pandas.DataFrame(),
        pandas.DataFrame({"id": ["a"], "medications": [numpy.array(["Mary"], dtype="<U4")]}),
    ],
    ids=str,
)
def test_what_is_no_table_is_refused(patients: object):
    """What DuckDB does not read as a table, and cells that it cannot read, are an error that says what to give."""
    with pytest.raises(InvalidQuestion, match="no table that DuckDB can read") as told:
        screen_table(patients)
    assert "Mary" not in str(told.value)
    assert told.value.__context__ is None


def test_policy_that_silences_takes_the_finding_out(packaged: KnowledgeBase, tmp_path: Path):
    """What a policy silences is no finding of a screen, as it is none of a review."""
    people = [person(medications=["ketamine"], conditions=["multiple-sclerosis"])]
    claims = [row["claim"] for row in found(packaged, people, "caution")]
    cautions = [id for id in claims if packaged.considerations[id].concern is Concern.CAUTION]
    overlay = written(tmp_path / "overlay", {"quiet": silenced(cautions[0])})
    silent = packaged.with_overlay(overlay, today=TODAY)
    rows = found(silent, people, "caution")
    assert cautions[0] not in [row["claim"] for row in rows]
    assert differences(rows, expected(silent, people, Concern.CAUTION)) == []


def test_missing_extra_is_named():
    """Without its extra a function says which one to install."""
    with pytest.raises(ImportError, match=r"no_such_engine not installed; run: pip install 'safetykb\[screening\]'"):
        needed("screening", "json", "no_such_engine")


def test_names_are_read_once(packaged: KnowledgeBase):
    """Order and repetition of names do not matter."""
    names = [("medications", "ketamine"), ("conditions", "RRMS"), ("allergies", "ketamine")]
    once, again = vocabulary_of(packaged, names), vocabulary_of(packaged, [*reversed(names), *names])
    assert once == again
    assert once.allergic


def test_frames_of_every_kind_are_read(tmp_path: Path):
    """A pandas frame and an Arrow table of the same patients give the same answer."""
    frame = pandas.DataFrame({"id": ["a"], "medications": [["drug"]], "conditions": [["disease"]], "age": [70]})
    knowledge = world().claim("drug/a").knowledge()
    of_table = screen_table(pa.Table.from_pandas(frame), knowledge=knowledge)
    assert screen_table(frame, knowledge=knowledge).findings.equals(of_table.findings)
    pq.write_table(of_table.findings, tmp_path / "findings.parquet")
    assert of_table.findings.num_rows == 1
