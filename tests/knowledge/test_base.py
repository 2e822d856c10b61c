"""The knowledge base and its collections: what they hold, and what they say when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from safetykb.errors import NoSuchRecord
from safetykb.knowledge.base import Collection
from safetykb.knowledge.layout import path_of, place_of
from safetykb.knowledge.loading import load
from safetykb.model.entities import Compound, Condition

from .trees import SAMPLE, base_files, draft

BASE = load(SAMPLE)


def test_collection_is_a_mapping_in_the_order_of_identifiers():
    """A collection is sorted, and counts, iterates, contains and completes as a mapping does."""
    numbers = Collection.of("number", {"b": 2, "a": 1})

    assert dict(numbers) == {"a": 1, "b": 2}
    assert list(numbers) == ["a", "b"]
    assert len(numbers) == 2
    assert "a" in numbers
    assert "c" not in numbers
    assert numbers.get("c") is None
    assert repr(numbers) == "<2 records: number>"
    assert numbers._ipython_key_completions_() == ["a", "b"]


@pytest.mark.parametrize("key", ["examplamin", 1, None, ("a",), ["a"], {}])
def test_missing_record_is_a_key_error_with_facts(key: object):
    """A key that is not there raises NoSuchRecord, which is a KeyError and says what was asked."""
    with pytest.raises(NoSuchRecord) as caught:
        BASE.compounds[key]  # type: ignore[index]  # a wrong key is what is tested

    assert isinstance(caught.value, KeyError)
    assert caught.value.kind == "compound"
    assert caught.value.id == str(key)
    assert ("examplamine" in caught.value.suggestions) == (key == "examplamin")


def test_long_key_is_not_compared():
    """A key of megabytes is answered at once, without suggestions."""
    with pytest.raises(NoSuchRecord) as caught:
        BASE.compounds["examplamine" * 100_000]
    assert caught.value.suggestions == ()
    with pytest.raises(NoSuchRecord) as caught:
        BASE.entity("examplamine" * 100_000)
    assert caught.value.suggestions == ()


@pytest.mark.parametrize(
    ("id", "name"), [("examplamine", "examplamine"), ("demo-disease", "demo disease"), ("drowsiness", "drowsiness")]
)
def test_entity_is_a_compound_a_condition_or_a_term(id: str, name: str):
    """Compounds, conditions and terms share one name space."""
    assert BASE.entity(id).name == name
    assert BASE.has_entity(id)


def test_missing_entity_is_told_with_suggestions():
    """What is no entity raises NoSuchRecord with near identifiers."""
    assert not BASE.has_entity("demo-diseas")
    with pytest.raises(NoSuchRecord, match="did you mean 'demo-disease'"):
        BASE.entity("demo-diseas")


@pytest.mark.parametrize(
    ("id", "state"),
    [("demo-disease", True), ("demo-falls", True), ("drowsiness", False), ("modulumab", False), ("x", False)],
)
def test_state_is_what_a_person_has(id: str, state: bool):  # noqa: FBT001 - the expectation
    """Conditions and terms of the person's family are states, nothing else is."""
    assert BASE.is_state(id) is state


def test_derived_is_kept_under_its_name():
    """What was derived once is the same object at every later request."""
    base = load(SAMPLE)
    first = base.derived("thing", object)

    assert base.derived("thing", object) is first
    assert base.derived("other", object) is not first


def test_knowledge_base_says_what_it_holds():
    """The knowledge base shows its version and how many records of each kind it has."""
    assert repr(BASE).startswith("<KnowledgeBase 2026.11: 8 compounds, 3 conditions, ")
    assert BASE.version in BASE.to_text()
    assert BASE.digest in BASE.to_text(200)


@pytest.mark.parametrize("record", [*BASE.compounds.values(), *BASE.conditions.values()], ids=lambda record: record.id)
def test_compound_and_condition_show_themselves(record: Compound | Condition):
    """A compound or condition shows its name, its other names and every citation of its file."""
    text = " ".join(record.to_text(10_000).split())
    cites = [cite for holder in _holders(record) for cite in holder.cites]

    assert record.name in text.lower()
    assert all(synonym.text in text for synonym in record.synonyms)
    assert all(cite.key in text for cite in cites)


@pytest.mark.parametrize("bare", [Compound(id="a", name="a name"), Condition(id="a", name="a name")])
def test_bare_record_shows_itself(bare: Compound | Condition):
    """A record without forms, uses or treatments shows its name and what to ask for."""
    assert "a name" in bare.to_text().lower()


def _holders(record: Compound | Condition) -> tuple[Any, ...]:
    if isinstance(record, Compound):
        return (*record.description, *record.mechanism, *record.uses)
    return record.treatments


def test_knowledge_base_is_equal_to_itself_alone():
    """Two loads are two objects; compare their digests."""
    assert load(SAMPLE) != BASE
    assert load(SAMPLE).digest == BASE.digest


@pytest.mark.parametrize("path", sorted(base_files()))
def test_path_says_where_a_record_lives(path: str):
    """From a path follows the place, and from the record the path."""
    assert place_of(path) is not None
    for node in draft({}).records():
        if node.file == path and path != "knowledge.json":
            assert path_of(node.value, path.split("/", 1)[0]) == path
