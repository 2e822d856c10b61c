"""The strict converter: it turns no value into another type, and it drops nothing."""

from __future__ import annotations

from typing import Any

import attrs
import cattrs
import pytest

from safetykb.knowledge.checks import samples
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.making import RENAMED, json_key
from safetykb.model.choices import Comparison, Kind, TermKind
from safetykb.model.considerations import Dose, SafetyConsideration
from safetykb.model.entities import Condition, StateTest, Synonym, Term, Treatment
from safetykb.model.evidence import Change, Citation, Source, Stamp
from safetykb.model.scales import Concern
from safetykb.model.studies import Arm

CITED = {"treatment": "a", "purpose": "b", "usual": True, "cites": ["k#p"]}
TERM = {"id": "a", "kind": "state", "label": "x"}
CLAIM = {"id": "a/b", "subject": "a", **samples.claim()}
SOURCE = {"id": "k", **samples.label()}


def complaints(value: Any, cls: type) -> dict[str, str]:
    """What the converter says of ``value``, by JSON path; it must refuse it."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the converter raises groups, ValueError and KeyError alike
        make_converter().structure(value, cls)
    return dict(mismatches(caught.value))


@pytest.mark.parametrize("wrong", ["false", "true", 0, 1, 0.0, None, [], {}, "yes"])
def test_nothing_but_true_or_false_is_a_truth_value(wrong: object):
    """`"false"` is not False, and neither are 0, 1, null and an empty list."""
    found = complaints(CITED | {"usual": wrong}, Treatment)

    assert list(found) == ["$.usual"]
    assert found["$.usual"].endswith("stands where true or false belongs")


@pytest.mark.parametrize("wrong", [None, 1, 1.5, True, [], ["a"], {}])
def test_nothing_but_a_text_is_a_text(wrong: object):
    """Null is not 'None', and a number is not its digits."""
    assert list(complaints(TERM | {"label": wrong}, Term)) == ["$.label"]


@pytest.mark.parametrize("wrong", [1.9, 1.0, "1", True, None, [1], {}])
def test_nothing_but_a_whole_number_is_a_whole_number(wrong: object):
    """1.9 is not 1, and neither are 1.0, `"1"` and true."""
    assert list(complaints({"steps": wrong, "reason": "r"}, Change)) == ["$.steps"]


@pytest.mark.parametrize("wrong", ["1", True, None, [1.0], {}])
def test_nothing_but_a_number_is_a_number(wrong: object):
    """A text of digits and true are no numbers."""
    dose = {"comparison": "<", "value": wrong, "unit": "mg"}

    assert list(complaints(dose, Dose)) == ["$.value"]


@pytest.mark.parametrize("wrong", ["abc", {"a": 1}, {}, None, 1, True])
def test_nothing_but_a_list_is_a_list(wrong: object):
    """A text is not the list of its letters, an object not the list of its keys."""
    found = complaints(TERM | {"broader": wrong}, Term)

    assert list(found) == ["$.broader"]
    assert found["$.broader"].endswith("stands where a list belongs")


@pytest.mark.parametrize("wrong", [3, "x", None, True, [], [1], [["id", "a"]]])
def test_nothing_but_an_object_is_a_record(wrong: object):
    """A record that is a number, a list or null is refused, at the top and inside."""
    assert list(complaints(wrong, Term)) == ["$"]
    assert list(complaints(TERM | {"synonyms": [wrong]}, Term)) == ["$.synonyms[0]"]


@pytest.mark.parametrize("wrong", ["States", "STATE", "", 1, None, ["state"], {"value": "state"}, True])
def test_closed_set_takes_its_words_alone(wrong: object):
    """A word of a closed set is that word exactly; the message lists the set."""
    found = complaints(TERM | {"kind": wrong}, Term)

    assert list(found) == ["$.kind"]
    assert found["$.kind"].endswith("drug-class, effect, exposure, enzyme, transporter, state")


@pytest.mark.parametrize("wrong", ["k", "k#", "#p", "K#p", "k# p", 1, None, ["k#p"]])
def test_citation_is_a_key_and_a_place(wrong: object):
    """A citation without a key or a place is refused."""
    assert list(complaints(CITED | {"cites": [wrong]}, Treatment)) == ["$.cites[0]"]


@pytest.mark.parametrize("field", ["definition", "broader", "synonyms", "tests"])
def test_null_is_never_written(field: str):
    """Null stands for nothing: an optional key is left out."""
    assert list(complaints(TERM | {field: None}, Term)) == [f"$.{field}"]


def test_null_in_an_optional_place_says_what_to_do():
    """The message for null in an optional field names the cure."""
    found = complaints(TERM | {"definition": None}, Term)

    assert found == {"$.definition": "null is never written; leave the key out"}


def test_misspelt_optional_key_is_refused_with_a_suggestion():
    """An unknown key is never dropped, and the near one is suggested."""
    found = complaints(TERM | {"brooader": ["b"], "zzz": 1}, Term)

    assert found == {
        "$": "the key 'brooader' is not known here (did you mean 'broader'?), the key 'zzz' is not known here"
    }


def test_our_name_of_a_renamed_key_is_unknown():
    """CSL's own spelling counts: `doi` is unknown and `DOI` suggested nowhere else."""
    found = complaints(SOURCE | {"doi": "10.1/x"}, Source)

    assert list(found) == ["$"]
    assert "'doi' is not known" in found["$"]


def test_missing_key_is_named():
    """A missing key is told at the object that lacks it."""
    assert complaints({"id": "a", "kind": "state"}, Term) == {"$.label": "the key 'label' is missing"}


def test_paths_lead_to_the_place():
    """Every mismatch is told at once, at its JSON path, with CSL's names of keys."""
    wrong: dict[str, Any] = SOURCE | {
        "DOI": 1,
        "issued": 2021,
        "author": [{"family": None}],
        "custom": samples.details(design="leaf"),
    }

    assert set(complaints(wrong, Source)) == {"$.DOI", "$.issued", "$.author[0].family", "$.custom.design"}


@pytest.mark.parametrize(
    "wrong",
    [
        "2021",
        [2021],
        {},
        {"date-parts": []},
        {"date-parts": [[]]},
        {"date-parts": [[2021, 1, 1, 1]]},
        {"date-parts": [["2021"]]},
        {"date-parts": [[True]]},
        {"date-parts": [[2021.0]]},
        {"date-parts": [[2020], [2021]]},
        {"date-parts": [[2021]], "season": 1},
        {"raw": "2021"},
        None,
    ],
)
def test_date_of_a_source_has_one_form(wrong: object):
    """The date of a source is CSL's date-parts with one to three whole numbers."""
    assert list(complaints(SOURCE | {"issued": wrong}, Source)) == ["$.issued"]


def test_test_of_a_state_keeps_the_type_of_its_value():
    """A value is a number, a text, or true or false, and stays what it is."""
    for value in (30, 30.5, True, "C"):
        test = make_converter().structure({"field": "f", "comparison": "=", "value": value}, StateTest)
        assert type(test.value) is type(value)
        assert make_converter().unstructure(test)["value"] == value
    wrongs: tuple[Any, ...] = (None, [1], {})
    for wrong in wrongs:
        assert list(complaints({"field": "f", "comparison": "=", "value": wrong}, StateTest)) == ["$.value"]


def test_invariant_of_a_claim_holds_without_validators():
    """A concern that is missing or too many is refused even where attrs' validators are switched off."""
    with attrs.validators.disabled():
        assert complaints(CLAIM | {"kind": "no-increase"}, SafetyConsideration)["$"].startswith("every kind but")
        without = {key: value for key, value in CLAIM.items() if key != "concern"}
        assert complaints(without, SafetyConsideration)["$"].startswith("every kind but")
        assert list(complaints(TERM | {"label": 1}, Term)) == ["$.label"]


def test_record_is_read_into_its_classes():
    """Nested objects, closed sets, citations and tuples are what the class says."""
    claim = make_converter().structure(CLAIM, SafetyConsideration)

    assert claim.kind is Kind.WARNING
    assert claim.concern is Concern.CAUTION
    assert claim.cites == (Citation("examplamine-us-2025", "warnings 5.1"),)
    assert isinstance(claim.stamps[0], Stamp)


def test_written_record_has_field_order_and_no_empty_key():
    """Keys come in the order of the fields, whatever was optional; what is empty is left out."""
    term = Term(id="a", kind=TermKind.STATE, label="x", broader=("b",), tests=(), definition="Y.")

    assert list(make_converter().unstructure(term)) == ["id", "kind", "label", "definition", "broader"]


def test_false_and_zero_are_written_where_they_have_no_default():
    """Only what equals a default is left out: `usual` false, zero steps and zero people are facts."""
    write = make_converter().unstructure

    assert write(Treatment(treatment="a", purpose="b", usual=False, cites=()))["usual"] is False
    assert write(Change(steps=0, reason="r"))["steps"] == 0
    assert write(Arm(label="a", n=0))["n"] == 0
    assert "ambiguous" not in write(make_converter().structure({"text": "t", "type": "brand"}, Synonym))


@pytest.mark.parametrize(("name", "key"), sorted(RENAMED.items()))
def test_names_of_a_source_are_those_of_csl(name: str, key: str):
    """CSL's own spelling is used for sources, and only for them."""
    assert json_key(Source, name) == key
    assert json_key(Condition, name) == name


def test_converters_share_nothing():
    """Each call of the factory gives a converter of its own."""
    one, other = make_converter(), make_converter()
    one.register_structure_hook(str, lambda value, _: str(value))

    assert one.structure(TERM | {"label": 1}, Term).label == "1"
    with pytest.raises(cattrs.ClassValidationError):
        other.structure(TERM | {"label": 1}, Term)


def test_hostile_keys_are_told_briefly():
    """Many or long unknown keys are neither all told nor compared at length."""
    many = complaints(TERM | {f"k{number}": 1 for number in range(1000)}, Term)["$"]

    assert many.count("is not known here") == 5
    assert "did you mean" not in complaints(TERM | {"q" * 100_000: 1}, Term)["$"]


def test_comparison_signs_are_words_of_a_set():
    """A sign of comparison is one of five."""
    test = make_converter().structure({"field": "f", "comparison": ">=", "value": 1}, StateTest)

    assert test.comparison is Comparison.AT_LEAST
