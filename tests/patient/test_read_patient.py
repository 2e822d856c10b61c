"""A patient from JSON: read as strictly as a record, and no error repeats a value."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetykb import InvalidQuestion, Patient
from safetykb.answer.patients import read_patient
from safetykb.model.choices import ChildPugh, Sex
from safetykb.model.patient import BloodPressure

WHOLE: dict[str, Any] = {
    "age": 70,
    "weight": 61.5,
    "sex": "female",
    "pregnant": False,
    "could_become_pregnant": False,
    "breastfeeding": False,
    "egfr": 28.5,
    "crcl": 31,
    "dialysis": False,
    "child_pugh": "B",
    "alt": 1.5,
    "alp": 1,
    "bilirubin": 1,
    "qtc": 430,
    "bp": {"systolic": 150, "diastolic": 90},
    "genotypes": ["CYP2C9*3/*3"],
    "allergies": [],
    "medications": ["baclofen"],
    "medications_complete": True,
    "past": ["stroke"],
    "conditions": ["RRMS"],
    "has_not": ["diabetes"],
}
READ = Patient(
    age=70,
    weight=61.5,
    sex=Sex.FEMALE,
    pregnant=False,
    could_become_pregnant=False,
    breastfeeding=False,
    egfr=28.5,
    crcl=31,
    dialysis=False,
    child_pugh=ChildPugh.B,
    alt=1.5,
    alp=1,
    bilirubin=1,
    qtc=430,
    bp=BloodPressure(systolic=150, diastolic=90),
    genotypes=("CYP2C9*3/*3",),
    allergies=(),
    medications=("baclofen",),
    medications_complete=True,
    past=("stroke",),
    conditions=("RRMS",),
    has_not=("diabetes",),
)


def test_a_mapping_and_a_file_are_read_alike(tmp_path: Path):
    """Every field is read from a mapping and from a file of the same shape; what is left out is unknown."""
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(WHOLE), encoding="utf-8")
    assert read_patient(WHOLE) == read_patient(file) == read_patient(str(file)) == READ
    assert read_patient({}) == Patient()


def test_reading_changes_nothing():
    """The mapping that was read is as it was."""
    before = json.dumps(WHOLE)
    read_patient(WHOLE)
    assert json.dumps(WHOLE) == before


def test_a_file_that_is_not_there(tmp_path: Path):
    """A file that cannot be read is an error of the system."""
    with pytest.raises(FileNotFoundError):
        read_patient(tmp_path / "nobody.json")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b'{"age": NaN}', b'{"age": 1, "age": 2}', b"[" * 5000, b'{"age": 1} x']
)
def test_a_file_that_is_no_plain_json(tmp_path: Path, data: bytes):
    """What is no plain JSON in UTF-8, or names a key twice, is refused as a whole."""
    file = tmp_path / "patient.json"
    file.write_bytes(data)
    with pytest.raises(InvalidQuestion, match="the patient file is not plain JSON in UTF-8"):
        read_patient(file)


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"7", b"null"])
def test_a_file_that_is_no_object(tmp_path: Path, data: bytes):
    """JSON that is no object is no patient."""
    file = tmp_path / "patient.json"
    file.write_bytes(data)
    with pytest.raises(InvalidQuestion, match=r"not readable at \$;"):
        read_patient(file)


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("age", "70", "$.age"),
    ("age", True, "$.age"),
    ("age", None, "$.age"),
    ("pregnant", 1, "$.pregnant"),
    ("pregnant", "yes", "$.pregnant"),
    ("sex", "M", "$.sex"),
    ("sex", 5, "$.sex"),
    ("child_pugh", "b", "$.child_pugh"),
    ("bp", "120/80", "$.bp"),
    ("bp", {"systolic": 120}, "$.bp.diastolic"),
    ("bp", {"systolic": "120", "diastolic": 80}, "$.bp.systolic"),
    ("medications", "baclofen", "$.medications"),
    ("medications", ["baclofen", 7], "$.medications[1]"),
    ("medications", {"baclofen": 1}, "$.medications"),
    ("medications_complete", "yes", "$.medications_complete"),
    ("conditions", None, "$.conditions"),
    ("allergies", [None], "$.allergies[0]"),
    ("height", 180, "$"),
)


@pytest.mark.parametrize(("field", "value", "where"), WRONG)
def test_a_wrong_type_is_refused_by_its_place(field: str, value: Any, where: str):
    """A value of another type, null, another word or an unknown field is refused by where it stands."""
    with pytest.raises(InvalidQuestion) as refused:
        read_patient({**WHOLE, field: value})
    assert refused.value.what == f"the patient is not readable at {where}"
    assert refused.value.cure


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ({"sex": "F"}, "sex is one of: female, male"),
        ({"child_pugh": "D"}, "child_pugh is one of: A, B, C"),
        ({"child_pugh": "D", "sex": "F"}, "child_pugh is one of: A, B, C. sex is one of: female, male"),
        ({"height": 7}, "the fields of Patient are: age, weight, sex"),
        (
            {"bp": {"systolic": 120, "diastolic": 80, "pulse": 60}},
            "the fields of BloodPressure are: systolic, diastolic",
        ),
        ({"age": "70"}, "give the fields of Patient, no others, each in its own type"),
    ],
)
def test_what_may_stand_there_is_told(value: dict[str, Any], cure: str):
    """The cure of a wrong word names the words there are, and that of an unknown field the fields there are."""
    with pytest.raises(InvalidQuestion) as refused:
        read_patient(value)
    assert refused.value.cure.startswith(cure)


@pytest.mark.parametrize("empty", ["", "  ", "\n", "\u200b"])
@pytest.mark.parametrize("field", ["genotypes", "allergies", "medications", "past", "conditions", "has_not"])
def test_a_name_of_nothing_is_refused(field: str, empty: str):
    """A name without a character that can be seen is no fact: it is refused by its place."""
    with pytest.raises(InvalidQuestion) as refused:
        read_patient({field: ["baclofen", empty]})
    assert refused.value.what == f"the name is empty at $.{field}[1]"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path):
    """A file that begins with a byte order mark, as many editors write it, is read as one without."""
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(WHOLE), encoding="utf-8-sig")
    assert read_patient(file) == READ


def test_every_field_that_is_wrong_is_named():
    """All that is wrong is told at once."""
    with pytest.raises(InvalidQuestion) as refused:
        read_patient({"qtc": "long", "age": "old", "past": ["a", 1, 2]})
    assert refused.value.what == "the patient is not readable at $.age, $.past[1], $.past[2], $.qtc"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"age": 1234.5}, "patient.age is outside 0 to 130"),
        ({"bp": {"systolic": 9876.5, "diastolic": 1}}, "patient.systolic is outside 20 to 350"),
        ({"sex": "male", "pregnant": True}, "patient.sex says male and another field says pregnancy or breastfeeding"),
    ],
)
def test_a_number_that_nobody_can_have_is_named(value: dict[str, Any], named: str):
    """A number outside its range and facts that contradict each other are refused by the names of their fields."""
    with pytest.raises(InvalidQuestion) as refused:
        read_patient(value)
    assert refused.value.what == named


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["systolic", "diastolic"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), VALUES, min_size=1), st.integers(10**6, 10**9))
@settings(max_examples=200, deadline=None)
def test_no_error_contains_a_value(value: dict[str, Any], mark: int):
    """Whatever is given is read or refused, and nothing of the error, its cause or its trace repeats a value."""
    secret = f"Quixote{mark}"
    refused = refusal(json.loads(json.dumps(_marked(value, secret))))
    if refused is not None:
        assert "Quixote" not in traced(refused)
        assert "Quixote" not in repr(refused)
        assert (refused.__cause__, refused.__context__) == (None, None)


def refusal(value: dict[str, Any]) -> InvalidQuestion | None:
    """The error that reading ``value`` raises; None when it is read."""
    try:
        read_patient(value)
    except InvalidQuestion as refused:
        return refused
    return None


def traced(error: BaseException) -> str:
    """All that a log would show of an error."""
    return "".join(traceback.TracebackException.from_exception(error).format())


def _marked(value: Any, secret: str) -> Any:
    """The value with every text in it replaced by one that can be looked for."""
    if isinstance(value, str):
        return secret
    if isinstance(value, list):
        return [_marked(item, secret) for item in value]
    if isinstance(value, dict):
        return {key: _marked(item, secret) for key, item in value.items()}
    return value


@pytest.mark.parametrize("field", sorted(WHOLE))
def test_no_error_contains_a_number(field: str):
    """A number that does not belong is not repeated by the error."""
    for value in (98765.4321, {"a": 98765.4321}, [98765.4321], "98765.4321"):
        refused = refusal({field: value})
        assert refused is None or "98765" not in traced(refused)
