"""From what somebody writes to a record: exact after normalising, never guessed, never silently empty."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.checks import samples
from safetykb.knowledge.loading import load
from safetykb.knowledge.lookup import index_of, names_of
from safetykb.model.choices import Route
from safetykb.model.considerations import Exposure

from .trees import SAMPLE, draft

BASE = load(SAMPLE)
INDEX = index_of(BASE)
ENTITIES = [*BASE.compounds.values(), *BASE.conditions.values(), *BASE.terms.values()]
NASAL = Exposure(form="nasal-spray", route=Route.NASAL)


def kind_of(entity: Any) -> str:
    """The kind under which an entity is looked up."""
    return type(entity).__name__.lower()


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.id)
def test_every_name_leads_to_its_record(entity: Any):
    """Identifier, name, synonyms and codes of a record lead to it, in any spelling; a shared one is told."""
    for name, _ in names_of(entity):
        for spelling in (name, name.upper(), f"  {name.replace('-', ' ')}\u00ae "):
            if name == "EXA":
                with pytest.raises(AmbiguousName) as caught:
                    INDEX.id_of(kind_of(entity), spelling)
                assert caught.value.candidates == ("examplamine", "oldamine")
            else:
                assert INDEX.id_of(kind_of(entity), spelling).id == entity.id


@given(st.sampled_from(["compound", "condition", "term"]), st.text(max_size=30))
def test_unknown_name_is_an_error_and_no_suggestion_is_taken(kind: str, name: str):
    """A text leads to a record that has this very name, or raises one of three errors."""
    try:
        hit = INDEX.id_of(kind, name)
    except (UnknownName, AmbiguousName, InvalidQuestion):
        return
    assert hit.id in (*BASE.compounds, *BASE.conditions, *BASE.terms)


def test_near_name_is_suggested():
    """A misspelt name is unknown, and at most three near names are told."""
    with pytest.raises(UnknownName) as caught:
        INDEX.compound("examplamin")

    assert caught.value.suggestions[0] == "examplamine"
    assert len(caught.value.suggestions) <= 3


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "is empty"),
        (" \u00ae", "is empty"),
        (3, "not by int"),
        (None, "not by NoneType"),
        ("a" * 201, "200 characters"),
    ],
)
def test_what_is_no_name_is_an_invalid_question(name: Any, what: str):
    """An empty text, another type and a text of more than 200 characters cannot be asked."""
    with pytest.raises(InvalidQuestion, match=what):
        INDEX.compound(name)


def test_condition_is_found_by_its_abbreviation():
    """A condition is returned by any of its names."""
    assert INDEX.condition("rdd") is BASE.conditions["relapsing-demo-disease"]


@pytest.mark.parametrize(
    ("name", "exposure", "also"),
    [
        ("examplamine", None, ()),
        ("Exemplix", NASAL, ()),
        ("examplamine (nasal spray)", NASAL, ()),
        ("Examplamine (intranasal)", NASAL, ()),
        ("examplamine (solution)", Exposure(form="injection", route=Route.INTRAVENOUS), ()),
        ("examplamine (IV / Esexamplamine)", Exposure(form="injection", route=Route.INTRAVENOUS), ("esexamplamine",)),
        ("examplamine (oral)", Exposure(route=Route.ORAL), ()),
        ("Exemplix (nasal)", NASAL, ()),
        ("examplamine (modulumab, modulumab)", None, ("modulumab",)),
    ],
)
def test_name_tells_form_route_and_others(name: str, exposure: Exposure | None, also: tuple[str, ...]):
    """A brand tells its form; brackets tell a form, a route, or compounds named beside it."""
    asked = INDEX.compound(name)

    assert asked.compound.id == "examplamine"
    assert asked.exposure == exposure
    assert asked.also_named == also


def test_brackets_that_contradict_are_refused():
    """Two forms in one name are a contradiction."""
    with pytest.raises(InvalidQuestion, match="contradicts another form"):
        INDEX.compound("Exemplix (IV)")


@pytest.mark.parametrize("name", ["nobody (IV)", "examplamine (nonsense)", "examplamine (IV", "(IV)"])
def test_part_that_is_not_known_is_unknown(name: str):
    """A base or a part in brackets that names nothing is an error, never dropped."""
    with pytest.raises(UnknownName):
        INDEX.compound(name)


def test_unknown_base_is_told_as_it_was_asked():
    """The error for an unknown base holds the whole text that was asked."""
    with pytest.raises(UnknownName) as caught:
        INDEX.compound("nobody (IV)")
    assert caught.value.name == "nobody (IV)"


def test_search_ranks_a_name_before_a_mention():
    """Exact names come first, then words, then parts; one match a record."""
    found = INDEX.search("drowsiness")

    assert (found[0].record.id, found[0].field, found[0].score) == ("drowsiness", "name", 1.0)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert len({(type(match.record), match.record.id) for match in found}) == len(found)
    assert {match.field for match in found} >= {"name", "statement"}


def test_search_sees_synonyms_definitions_codes_and_parts():
    """A synonym, a word of a definition, a code and a part of a word are found; a withdrawn claim is not."""
    assert INDEX.search("somnolence")[0].field == "synonym"
    assert INDEX.search("awake")[0].field == "definition"
    assert INDEX.search("MONDO:9999999")[0].field == "xref"
    assert {match.record.id for match in INDEX.search("rowsines")} >= {"drowsiness"}
    assert INDEX.search("nothing at all") == ()
    assert "examplamine/inhibizole-2021" not in {match.record.id for match in INDEX.search("twofold")}


def test_search_reads_long_statements():
    """A statement longer than any name is searched too."""
    long = f"{'Drowsy people slept. ' * 20}Zebras were not seen."
    tree = draft({samples.CLAIM: samples.claim(statement=long)})

    assert [match.record.id for match in index_of(tree.knowledge).search("ZEBRAS")] == ["examplamine/sample"]


def test_names_are_indexed_once():
    """The index is made once for a knowledge base."""
    assert index_of(BASE) is INDEX
