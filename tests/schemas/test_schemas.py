"""The JSON Schemas say what the code does: of each record as the loader reads it, and of a review as it is given."""

from __future__ import annotations

import copy
import enum
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

import safetykb
from safetykb import KnowledgeBase
from safetykb.knowledge.conversion import make_converter
from safetykb.knowledge.layout import Place, place_of
from safetykb.knowledge.loading import load, structure
from safetykb.knowledge.strict_json import decode, encode
from safetykb.knowledge.tree import directory_files, packaged_files
from safetykb.model import choices, scales
from safetykb.model.scales import Choice, Concern, EvidenceLevel, Scale
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Part
from safetykb.reasoning.findings import Place as Block

from .generate import FOLDER, RECORDS, review_schema, schemas

SAMPLE: Final = Path(__file__).parents[1] / "sample" / "tree"
SCHEMAS: Final = schemas()
VALIDATORS: Final = {
    cls: jsonschema_rs.Draft202012Validator(SCHEMAS[f"{name}.schema.json"]) for name, cls in RECORDS.items()
}
REVIEW: Final = jsonschema_rs.Draft202012Validator(SCHEMAS["review.schema.json"])
CONVERTER: Final = make_converter()

OTHERS: Final[tuple[object, ...]] = (None, {}, [], "x", 7, 1.5, True)
"""A value of each type that JSON has."""

Spot = tuple[str | int, ...]


def place(path: str) -> Place:
    found = place_of(path)
    assert found is not None, path
    return found


def sample_files() -> dict[str, bytes]:
    files, problems = directory_files(SAMPLE)
    assert not problems
    return files


RECORD = pytest.mark.parametrize(
    ("path", "record"), [(path, decode(data)) for path, data in sample_files().items()], ids=[*sample_files()]
)


def objects(value: Any, spot: Spot = ()) -> Iterator[tuple[Spot, dict[str, Any]]]:
    """Every object in ``value``, with where it stands."""
    if isinstance(value, dict):
        yield spot, value
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(item, (*spot, key))


def at(value: Any, spot: Spot) -> Any:
    for key in spot:
        value = value[key]
    return value


def verdicts(path: str, record: Any) -> tuple[bool, bool]:
    """Whether the schema and the loader take ``record``."""
    _, wrong = structure(record, place(path), CONVERTER)
    return VALIDATORS[place(path).cls].is_valid(record), not wrong


def test_schemas_are_current():
    """The schemas in the data are those that the classes give; `python tests/schemas/generate.py` writes them."""
    assert {path.name for path in FOLDER.iterdir()} == set(SCHEMAS)
    for name, schema in SCHEMAS.items():
        assert (FOLDER / name).read_bytes() == encode(schema), f"{name} is out of date: run tests/schemas/generate.py"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_a_schema(name: str):
    """Each schema is valid, closed throughout, and describes each property."""
    schema = SCHEMAS[name]
    jsonschema_rs.meta.validate(schema)
    for spot, part in objects(schema):
        if "properties" in part and spot[-1:] != ("if",):
            assert part["additionalProperties"] is False, spot
            for key, held in part["properties"].items():
                assert len(held["description"]) > 3, (*spot, key)
            assert set(part.get("required", ())) <= part["properties"].keys(), spot
    for key, part in schema.get("$defs", {}).items():
        assert len(part["description"]) > 3, key


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_definition_is_used(name: str):
    """A schema refers to each of its definitions."""
    used = {part["$ref"].removeprefix("#/$defs/") for _, part in objects(SCHEMAS[name]) if "$ref" in part}
    assert used == SCHEMAS[name].get("$defs", {}).keys()


def closed_sets() -> dict[frozenset[str], str]:
    """Each closed set of words in the code by its members."""
    found = {frozenset(level.value for level in EvidenceLevel.members()): "EvidenceLevel"}
    for cls in (*vars(scales).values(), *vars(choices).values(), Phrase, Part, Block):
        if isinstance(cls, type) and issubclass(cls, enum.Enum) and cls not in (Choice, Scale):
            found[frozenset(member.value for member in cls)] = cls.__name__
    return found


@pytest.mark.parametrize("name", SCHEMAS)
def test_closed_sets_are_those_of_the_code(name: str):
    """Each enum of a schema is a closed set of the code, with what stands for nothing known or nothing there."""
    known = closed_sets()
    concerns = {member.value for member in Concern}
    more = {
        frozenset({*concerns, "undetermined"}): "a concern that may be undetermined",
        frozenset({*concerns, "no-increase"}): "the concern of a finding",
        frozenset({*(phrase.value for phrase in Phrase), "Not entered"}): "the phrase of a gap",
        frozenset({"has", "broader"}): "how a path goes on",
        frozenset({"met", "open"}): "whether a treatment is taken",
        frozenset({"compound", "broader", "relative"}): "whose study it is",
        frozenset({"condition", "patient", "exposure"}): "of what something depends",
    }
    for spot, part in objects(SCHEMAS[name]):
        if isinstance(part.get("enum"), list):
            assert frozenset(part["enum"]) - {None} in known.keys() | more.keys(), spot


@pytest.mark.parametrize(
    "files", [pytest.param(packaged_files, id="packaged"), pytest.param(sample_files, id="sample")]
)
def test_every_record_validates(files: Any):
    """Each record of the packaged knowledge and of the sample fits its schema."""
    wrong = {
        path: [str(error) for error in VALIDATORS[place(path).cls].iter_errors(decode(data))]
        for path, data in files().items()
    }
    assert {path: errors for path, errors in wrong.items() if errors} == {}


def test_every_kind_has_a_sample():
    """The sample has a record of each kind."""
    assert {place(path).cls for path in sample_files()} == set(RECORDS.values())


@RECORD
def test_extra_key_is_refused(path: str, record: Any):
    """A key too many in any object of a record is refused by schema and loader alike."""
    for spot, _ in objects(record):
        changed = copy.deepcopy(record)
        at(changed, spot)["one-too-many"] = "x"
        assert verdicts(path, changed) == (False, False), spot


@RECORD
def test_wrong_type_is_refused(path: str, record: Any):
    """A value of another type than its own in any object of a record is refused by schema and loader alike."""
    for spot, held in objects(record):
        for key, value in held.items():
            for other in OTHERS:
                fits = type(other) is type(value) or (isinstance(value, float) and type(other) is int)
                if not fits and key != "value":
                    changed = copy.deepcopy(record)
                    at(changed, spot)[key] = other
                    assert verdicts(path, changed) == (False, False), (*spot, key, other)


@RECORD
def test_missing_key_is_judged_alike(path: str, record: Any):
    """A record without one of its keys is refused by schema and loader alike, or taken by both."""
    for spot, held in objects(record):
        for key in held:
            changed = copy.deepcopy(record)
            del at(changed, spot)[key]
            by_schema, by_loader = verdicts(path, changed)
            assert by_schema == by_loader, (*spot, key)


@RECORD
def test_missing_required_key_is_refused(path: str, record: Any):
    """A record without a key that its class needs is refused by schema and loader alike."""
    for key in SCHEMAS[name_of(path)].get("required", ()):
        without = {other: value for other, value in record.items() if other != key}
        assert verdicts(path, without) == (False, False), key


def name_of(path: str) -> str:
    return next(f"{name}.schema.json" for name, cls in RECORDS.items() if cls is place(path).cls)


@RECORD
def test_another_word_is_judged_alike(path: str, record: Any):
    """A word that no closed set holds is refused by schema and loader alike, or taken by both as free text."""
    words = {word for members in closed_sets() for word in members}
    for spot, held in objects(record):
        for key, value in held.items():
            if isinstance(value, str) and value in words:
                changed = copy.deepcopy(record)
                at(changed, spot)[key] = f"{value}-x"
                by_schema, by_loader = verdicts(path, changed)
                assert by_schema == by_loader, (*spot, key)


@RECORD
def test_path_is_not_repeated(path: str, record: Any):
    """What the path says is refused inside by schema and loader alike."""
    for key, value in place(path).fields.items():
        assert verdicts(path, {**record, key: value}) == (False, False), key


@pytest.mark.parametrize(
    ("kind", "concern", "taken"),
    [("warning", True, True), ("warning", False, False), ("no-increase", True, False), ("no-increase", False, True)],
)
def test_concern_and_no_increase(kind: str, concern: bool, taken: bool):  # noqa: FBT001
    """Exactly the claims other than no-increase have a concern, for schema and loader alike."""
    claim = {"kind": kind, "hazard": "drowsiness", "origin": "stated", "statement": "A sentence."}
    path = "considerations/examplamine/demo.json"
    assert verdicts(path, claim | ({"concern": "caution"} if concern else {})) == (taken, taken)


@pytest.mark.parametrize(
    "knowledge",
    [
        pytest.param(safetykb.knowledge_base, id="packaged", marks=pytest.mark.every_pair),
        pytest.param(lambda: load(SAMPLE), id="sample"),
    ],
)
def test_every_review_validates(knowledge: Any):
    """The JSON form of every pair of compound and condition fits the schema of a review."""
    base: KnowledgeBase = knowledge()
    for compound in base.compounds:
        for condition in base.conditions:
            review = safetykb.review(compound, condition, knowledge=base).to_dict()
            wrong = [str(error) for error in REVIEW.iter_errors(json.loads(json.dumps(review, allow_nan=False)))]
            assert wrong == [], (compound, condition)


def test_every_required_key_of_a_review_is_always_there():
    """The schema of a review asks for each key that it knows, save in what is shown as it is recorded."""
    recorded = {
        "compound",
        "condition",
        "Study",
        "Source",
        "SourceDetails",
        "Exposure",
        "Dose",
        "Author",
        "Arm",
        "Harm",
    }
    recorded |= {"Outcome", "Statement", "Change", "Use", "Form", "Synonym", "Relation", "Treatment", "StateTest"}
    recorded |= {"Withdrawal"}
    for spot, part in objects(review_schema()):
        if "properties" in part and not recorded.intersection(map(str, spot)):
            assert set(part["required"]) == part["properties"].keys(), spot
