"""The JSON form: a public contract, in which nothing that is not known looks like something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import safetykb
from safetykb import Concern, Exposure
from safetykb.answer.contract import concern_word, source_dict
from safetykb.model.choices import Setting
from safetykb.model.evidence import Stamp

from .helpers import ask, changed, only, sample

KEYS = [
    "schema_version",
    "question",
    "compound",
    "condition",
    "patient",
    "policy",
    "headline",
    "coverage",
    "general",
    "vulnerabilities",
    "findings",
    "treatments",
    "studies",
    "monitoring",
    "gaps",
    "questions",
    "sources",
    "stale",
    "intended_use",
    "disclaimer",
    "knowledge",
]


def walk(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    yield path, value
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(item, f"{path}.{key}")


def test_keys_stand_in_one_order():
    """The parts of the JSON form are those of the contract, in its order."""
    assert [*ask().to_dict()] == KEYS


def test_it_is_json_and_nothing_else():
    """Every value is a JSON value: what is written and read again is the same."""
    for compound in sample().compounds:
        told = ask(compound).to_dict()
        assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_it_is_a_new_value_each_time():
    """Changing what to_dict returned changes nothing else."""
    review = ask()
    first = review.to_dict()
    first["findings"].clear()
    first["compound"]["name"] = "something else"
    assert review.to_dict()["findings"]
    assert review.to_dict()["compound"]["name"] == "examplamine"


@pytest.mark.parametrize("concern", [*Concern, None])
def test_a_concern_that_nobody_knows_is_a_word(concern: Concern | None):
    """Undetermined is a word of its own, never null and never blank."""
    assert concern_word(concern) == ("undetermined" if concern is None else concern.value)


def test_undetermined_is_never_null():
    """No concern anywhere in any packaged answer is null."""
    knowledge = safetykb.knowledge_base()
    for compound in knowledge.compounds:
        told = safetykb.review(compound, "multiple sclerosis").to_dict()
        for path, value in walk(told):
            if path.endswith((".concern", ".highest")):
                assert isinstance(value, str), path


def test_an_answer_without_knowledge_is_undetermined():
    """Where no claim is held, headline and rows are undetermined and the sections not assessed."""
    told = ask("modulumab", knowledge=only()).to_dict()
    assert told["headline"]["concern"] == told["headline"]["highest"] == "undetermined"
    assert {row["concern"] for row in told["treatments"]} == {"undetermined"}
    assert told["coverage"]["contraindications"] == "not-assessed"
    assert told["findings"] == []


def test_no_increase_is_no_concern():
    """A claim of no increase says so where others have a concern, and its partners are undetermined."""
    told = ask("modulumab").to_dict()
    (finding,) = [finding for finding in told["findings"] if finding["kind"] == "no-increase"]
    assert finding["concern"] == "no-increase"
    assert {finding["concern"] for finding in told["findings"]} <= {*map(str, Concern), "no-increase"}


def test_the_question_is_told():
    """The question is given back: identifiers, exposure, the words that were used, and what else to ask for."""
    told = ask("Exemplix", "DD", exposure=Exposure(setting=Setting.CLINIC), jurisdiction="US").to_dict()
    assert told["question"] == {
        "compound": "examplamine",
        "condition": "demo-disease",
        "exposure": {"form": "nasal-spray", "route": "nasal", "setting": "clinic"},
        "as_asked": ["Exemplix", "DD"],
        "jurisdiction": "US",
        "see_also": [{"id": "esexamplamine", "name": "esexamplamine", "how": "racemate-of"}],
    }
    assert ask().to_dict()["question"]["exposure"] is None
    assert ask().to_dict()["question"]["jurisdiction"] is None
    assert ask().to_dict()["patient"] is None


def test_where_a_copy_was_read_is_never_told():
    """An address at which a copy was read is kept in the record and never leaves it."""
    knowledge = safetykb.knowledge_base()
    for compound in ("esketamine", "ketamine"):
        for path, _ in walk(safetykb.review(compound, "multiple sclerosis").to_dict()):
            assert not path.endswith((".read_at", ".copy_of"))
    copies = [source for source in knowledge.sources.values() if source.details.read_at]
    assert copies
    for source in copies:
        told = source_dict(source)
        assert told["custom"]["read_in_copy"] is True
        assert str(source.details.read_at) not in json.dumps(told, ensure_ascii=False)


def test_a_source_that_was_read_itself():
    """A source that was not read in a copy says so."""
    assert source_dict(sample().sources["kinetic2018"])["custom"]["read_in_copy"] is False


def test_studies_say_whose_they_are():
    """Each study says whether it is of the pair, of a broader condition, or of a relative; who looked is left out."""
    for compound, condition, of in (
        ("examplamine", "DD", {"compound"}),
        ("examplamine", "RDD", {"compound", "broader"}),
        ("esexamplamine", "DD", {"relative"}),
    ):
        studies = ask(compound, condition).to_dict()["studies"]
        assert {study["of"] for study in studies} == of
        assert all("stamps" not in study for study in studies)
    results = {study["id"]: study["has_result"] for study in ask().to_dict()["studies"]}
    assert results["examplamine/demo-disease--fatigue-pilot"] is True
    assert results["examplamine/relapsing-demo-disease--phase-2"] is False


def test_every_key_of_a_source_is_a_source():
    """Whatever is named as a source or cited stands among the sources of the same answer."""
    for knowledge, compound in ((sample(), "examplamine"), (safetykb.knowledge_base(), "ketamine")):
        condition = "demo disease" if knowledge is sample() else "multiple sclerosis"
        told = safetykb.review(compound, condition, knowledge=knowledge).to_dict()
        keys = {source["id"] for source in told["sources"]}
        for path, value in walk({**told, "sources": []}):
            part = path.rpartition(".")[0]
            if isinstance(value, str) and part.endswith((".sources", ".interaction_study")):
                assert value in keys, path
            if isinstance(value, str) and part.endswith(".cites"):
                assert value.partition("#")[0] in keys, path


def test_every_id_of_a_finding_is_a_finding():
    """Whatever points at a finding points at one of the same answer."""
    told = safetykb.review("ketamine", "multiple sclerosis").to_dict()
    ids = [finding["id"] for finding in told["findings"]]
    assert len(ids) == len(set(ids))
    pointed = {
        *told["headline"]["because"],
        *(id for row in told["treatments"] for id in row["findings"]),
        *(id for row in told["monitoring"] for id in row["asked_by"]),
        *(finding["folded_under"] for finding in told["findings"] if finding["folded_under"]),
    }
    assert pointed <= set(ids)


def test_a_phrase_is_null_only_where_a_study_is_held():
    """A treatment row without a phrase of absence names the study of the two."""
    rows = safetykb.review("ketamine", "multiple sclerosis").to_dict()["treatments"]
    assert {row["phrase"] is None for row in rows} == {True, False}
    for row in rows:
        assert (row["phrase"] is None) == bool(row["interaction_study"])


def test_the_knowledge_is_named():
    """The answer says which knowledge it came from and how many records somebody looked at again."""
    record = sample().assertions["examplamine/has/drowsiness"]
    stamp = attrs.evolve(record.stamps[0]) if record.stamps else None
    told = ask().to_dict()["knowledge"]
    assert (told["version"], told["digest"]) == (sample().version, sample().digest)
    assert told["clinician_reviewed"] == 0
    assert 0 < told["second_reading"] < told["records"]
    assert stamp is None or isinstance(stamp, Stamp)
    assert ask(knowledge=changed()).to_dict()["knowledge"] == told
