"""Names on records made for them: each way of asking, each error, each score of a search."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.lookup import Match, NameHit, NameIndex, index_of, names_of
from safetykb.knowledge.names import MAX_NAME, normalise
from safetykb.knowledge.strict_json import encode
from safetykb.model.choices import Route
from safetykb.model.considerations import Exposure

FILES: dict[str, Any] = {
    "knowledge.json": {"version": "1"},
    "compounds/mirazine/compound.json": {
        "name": "Mirazine",
        "synonyms": [
            {"text": "Mirazol", "type": "brand", "form": "spray"},
            {"text": "S\u2011mirazine", "type": "other"},
            {"text": "shared", "type": "other", "ambiguous": True},
            {"text": "Doublin", "type": "brand", "form": "spray"},
            {"text": "Doublin", "type": "brand", "form": "injection"},
            {"text": "lost form", "type": "brand", "form": "gone"},
        ],
        "xrefs": ["RXCUI:12345", "UNII:AB12"],
        "forms": [
            {"id": "spray", "route": "nasal", "formulation": "nasal spray"},
            {"id": "injection", "route": "intravenous"},
            {"id": "tablet", "route": "oral"},
            {"id": "drops", "route": "oral"},
        ],
    },
    "compounds/mirazone/compound.json": {
        "name": "mirazone",
        "synonyms": [{"text": "Shared", "type": "other", "ambiguous": True}],
    },
    "compounds/es-mirazine/compound.json": {"name": "es-mirazine"},
    "compounds/mirazin/compound.json": {"name": "mirazin"},
    "conditions/mild-sclerosis/condition.json": {
        "name": "mild sclerosis",
        "synonyms": [{"text": "M\u00e9ndez disease", "type": "other"}],
        "xrefs": ["MONDO:0001"],
    },
    "terms/drowsy/term.json": {"kind": "effect", "label": "drowsiness", "definition": "Being near to sleep by day."},
    "considerations/mirazine/a.json": {
        "context": {},
        "kind": "warning",
        "hazard": "drowsy",
        "origin": "stated",
        "concern": "caution",
        "statement": "Mirazine brings sleep. " + "It does so. " * 30,
        "cites": ["label1#warnings"],
    },
    "considerations/mirazine/b.json": {
        "context": {},
        "kind": "warning",
        "hazard": "drowsy",
        "origin": "stated",
        "concern": "caution",
        "statement": "Sleep, withdrawn.",
        "cites": ["label1#warnings"],
        "withdrawn": {"date": "2026-01-01", "reason": "wrong"},
    },
}


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    draft = parse({path: encode(value) for path, value in FILES.items()})
    assert not draft.problems
    return draft.knowledge


@pytest.fixture(scope="module")
def names(knowledge: KnowledgeBase) -> NameIndex:
    return index_of(knowledge)


# --- resolution -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "mirazine",
        "Mirazine",
        " MIRAZINE\u00ae ",
        "S-mirazine",
        "s\u2013mirazine",
        "RXCUI:12345",
        "rxcui:12345",
        "12345",
        "ab12",
    ],
)
def test_any_name_leads_to_the_record(name: str, names: NameIndex):
    """Id, name, synonym, CURIE and bare code lead to the record, in any case, spacing or dash."""
    asked = names.compound(name)
    assert (asked.compound.id, asked.exposure, asked.also_named) == ("mirazine", None, ())


@pytest.mark.parametrize("name", ["mild sclerosis", "mild-sclerosis", "M\u00e9ndez  DISEASE", "mondo:0001"])
def test_any_name_leads_to_the_condition(name: str, names: NameIndex):
    """A condition is found by any of its names too."""
    assert names.condition(name).id == "mild-sclerosis"


def test_a_letter_with_a_mark_is_another_letter(names: NameIndex):
    """A name without its marks is another name; the right one is suggested."""
    with pytest.raises(UnknownName) as caught:
        names.condition("Mendez disease")
    assert caught.value.suggestions == ("mild sclerosis",)


def test_a_brand_gives_the_form(names: NameIndex):
    """A brand gives the compound and its form, with the route of that form."""
    asked = names.compound("mirazol")
    assert (asked.compound.id, asked.exposure) == ("mirazine", Exposure(form="spray", route=Route.NASAL))
    assert names.id_of("compound", "mirazol") == NameHit("mirazine", "spray")


def test_a_brand_of_two_forms_gives_none(names: NameIndex):
    """A brand that names two forms of one compound names the compound alone."""
    assert names.compound("Doublin").exposure is None


def test_a_brand_of_a_form_that_is_not_entered(names: NameIndex):
    """A form without a record of its own has no route."""
    assert names.compound("lost form").exposure == Exposure(form="gone", route=None)


def test_kinds_are_apart(names: NameIndex):
    """A name is looked up among records of its kind alone."""
    assert names.id_of("term", "drowsiness").id == "drowsy"
    with pytest.raises(UnknownName):
        names.condition("mirazine")
    with pytest.raises(UnknownName):
        names.compound("drowsiness")


def test_the_index_is_made_once(knowledge: KnowledgeBase, names: NameIndex):
    """The names of a knowledge base are indexed once."""
    assert index_of(knowledge) is names


def test_every_name_of_a_record(knowledge: KnowledgeBase):
    """Codes come as CURIE and bare, synonyms with the form they speak of."""
    found = [*names_of(knowledge.compounds["mirazine"])]
    assert ("Mirazol", "spray") in found
    assert {name for name, form in found if form is None} >= {"mirazine", "Mirazine", "RXCUI:12345", "12345"}


# --- what is not known ------------------------------------------------------------------------------------------------


def test_an_ambiguous_name_is_an_error(names: NameIndex):
    """A name of two records is an error that names both."""
    with pytest.raises(AmbiguousName) as caught:
        names.compound("SHARED")
    assert caught.value.candidates == ("mirazine", "mirazone")
    assert (caught.value.kind, caught.value.name) == ("compound", "SHARED")
    assert "mirazine, mirazone" in str(caught.value)


def test_an_unknown_name_is_an_error_with_suggestions(names: NameIndex):
    """An unknown name is an error with at most three suggestions, and a suggestion is never taken by itself."""
    with pytest.raises(UnknownName) as caught:
        names.compound(" mirazinee ")
    assert caught.value.name == "mirazinee"
    assert caught.value.suggestions[0] == "Mirazine"
    assert len(caught.value.suggestions) == len(set(caught.value.suggestions)) == 3
    assert "says nothing about its safety" in str(caught.value)


def test_suggestions_are_names_and_never_codes(names: NameIndex):
    """A code that is nearly right suggests nothing, and nothing near suggests nothing."""
    for name in ("12346", "xyzzy"):
        with pytest.raises(UnknownName) as caught:
            names.compound(name)
        assert caught.value.suggestions == ()
        assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u00ae\u2122"])
def test_an_empty_name_is_no_question(name: str, names: NameIndex):
    """A name of nothing but spaces and invisible marks is no question."""
    with pytest.raises(InvalidQuestion, match="is empty; give a name"):
        names.compound(name)


@pytest.mark.parametrize("name", [None, 5, b"mirazine", ["mirazine"]])
def test_a_name_is_a_text(name: Any, names: NameIndex):
    """What is no text is no name, and the error says what it was."""
    for ask in (names.compound, names.condition, names.search):
        with pytest.raises(InvalidQuestion, match=f"not by {type(name).__name__}; give a text"):
            ask(name)


def test_a_name_has_a_limit(names: NameIndex):
    """A name longer than the limit is not looked at."""
    with pytest.raises(UnknownName):
        names.compound("x" * MAX_NAME)
    for ask in (names.compound, names.condition, names.search):
        with pytest.raises(InvalidQuestion, match="at most 200 characters"):
            ask("x" * (MAX_NAME + 1))


@given(st.text(max_size=MAX_NAME + 5) | st.text("()/;, mirazine-es", max_size=60))
def test_hostile_names_raise_only_our_errors(name: str):
    """Whatever the text, it names a record or raises an error that says why; never another one."""
    names = index_of(parse({path: encode(value) for path, value in FILES.items()}).knowledge)
    found: object
    try:
        found = names.compound(name).compound.id
    except (UnknownName, AmbiguousName, InvalidQuestion) as error:
        found = error
    assert str(found)
    assert normalise(name[:MAX_NAME]) or isinstance(found, InvalidQuestion)


# --- names with brackets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "exposure", "also"),
    [
        ("Mirazine (IV / es-mirazine)", Exposure(form="injection", route=Route.INTRAVENOUS), ("es-mirazine",)),
        ("mirazine (Intranasal)", Exposure(form="spray", route=Route.NASAL), ()),
        ("mirazine (nasal spray)", Exposure(form="spray", route=Route.NASAL), ()),
        ("mirazine (SPRAY)", Exposure(form="spray", route=Route.NASAL), ()),
        ("mirazine (by mouth)", Exposure(form=None, route=Route.ORAL), ()),
        ("mirazine (im)", Exposure(form=None, route=Route.INTRAMUSCULAR), ()),
        ("mirazine (sc)", Exposure(form=None, route=Route.SUBCUTANEOUS), ()),
        ("mirazine (po)", Exposure(form=None, route=Route.ORAL), ()),
        ("mirazine (oral, mirazone; es-mirazine, mirazone)", Exposure(route=Route.ORAL), ("mirazone", "es-mirazine")),
        ("mirazine (es-mirazine)", None, ("es-mirazine",)),
        ("Mirazol (nasal)  ", Exposure(form="spray", route=Route.NASAL), ()),
        ("mirazine (tablet, tablet)", Exposure(form="tablet", route=Route.ORAL), ()),
    ],
)
def test_brackets_name_a_route_a_form_or_a_compound(
    name: str, exposure: Exposure | None, also: tuple[str, ...], names: NameIndex
):
    """Brackets after a name tell a route, a form, a formulation, or name compounds beside it."""
    asked = names.compound(name)
    assert (asked.compound.id, asked.exposure, asked.also_named) == ("mirazine", exposure, also)


@pytest.mark.parametrize("name", ["mirazine (oil)", "mirazine (nasal, oil)", "mirazine (iv / )"])
def test_an_unknown_qualifier_is_an_error(name: str, names: NameIndex):
    """A part in the brackets that is neither form, route nor compound is an error, never left out."""
    with pytest.raises((UnknownName, InvalidQuestion)):
        names.compound(name)


def test_the_unknown_qualifier_is_the_one_named(names: NameIndex):
    """The error names the part that is not known."""
    with pytest.raises(UnknownName) as caught:
        names.compound("mirazine (nasal, oil)")
    assert caught.value.name == "oil"


@pytest.mark.parametrize("name", ["nothing (iv)", "mirazine iv", "mirazine ((iv))", "(iv)"])
def test_an_unknown_name_with_brackets_is_named_whole(name: str, names: NameIndex):
    """A name whose first part is not known is reported whole."""
    with pytest.raises(UnknownName) as caught:
        names.compound(name)
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["mirazine (nasal, iv)", "Mirazol (tablet)", "mirazine (spray / tablet)"])
def test_two_forms_contradict_each_other(name: str, names: NameIndex):
    """Two forms in one name contradict each other."""
    with pytest.raises(InvalidQuestion, match="contradicts another form"):
        names.compound(name)


def test_an_ambiguous_base_stays_ambiguous(names: NameIndex):
    """A shared name with brackets is still shared."""
    with pytest.raises(AmbiguousName):
        names.compound("shared (iv)")


# --- search -----------------------------------------------------------------------------------------------------------


def scores(found: tuple[Match, ...]) -> list[tuple[str, str, float]]:
    return [(match.record.id, match.field, match.score) for match in found]


def test_search_finds_what_mentions_the_text(names: NameIndex):
    """Search finds names, synonyms, codes, definitions and statements, the nearest first."""
    assert scores(names.search("Mirazine")) == [
        ("mirazine", "name", 1.0),
        ("es-mirazine", "name", 0.8),
        ("mirazine/a", "statement", 0.4),
    ]
    assert scores(names.search("mirazin"))[:2] == [("mirazin", "name", 1.0), ("es-mirazine", "name", 0.5)]
    assert scores(names.search("MIRAZOL")) == [("mirazine", "synonym", 0.9)]
    assert scores(names.search("mondo:0001")) == [("mild-sclerosis", "xref", 0.8)]


def test_search_reads_definitions_and_statements(names: NameIndex):
    """A word in a definition or a statement is found, however long the text; a withdrawn claim is not."""
    assert scores(names.search("sleep")) == [("drowsy", "definition", 0.48), ("mirazine/a", "statement", 0.4)]
    assert scores(names.search("brings  SLEEP")) == [("mirazine/a", "statement", 0.4)]
    assert scores(names.search("lee")) == [("drowsy", "definition", 0.3), ("mirazine/a", "statement", 0.25)]


def test_search_gives_each_record_once(names: NameIndex):
    """Each record comes once, by the field that is nearest."""
    found = scores(names.search("shared"))
    assert found == [("mirazine", "synonym", 0.9), ("mirazone", "synonym", 0.9)]


def test_search_without_a_hit_is_empty(names: NameIndex):
    """A text that nothing mentions finds nothing, and marks of patterns are plain marks."""
    assert names.search("xyzzy") == ()
    assert names.search(".*") == ()
    assert names.search("(") == ()
