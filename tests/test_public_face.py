"""The public face: every name is there, lazily, and the questions that are no review."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import safetykb
from safetykb import Concern, KnowledgeBase, Match, SafetyConsideration
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.loading import load

PACKAGE = Path(safetykb.__file__).parent
SAMPLE = Path(__file__).parent / "sample" / "tree"

SUBJECTS = re.compile(r"ketam|sclerosis", re.IGNORECASE)
"""What the first dossier is about: the code knows nothing of it."""


@pytest.fixture(scope="module")
def sample() -> KnowledgeBase:
    return load(SAMPLE)


def fresh(code: str) -> str:
    """What a new interpreter prints that finds the package under test."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", safetykb.__all__)
def test_every_public_name_is_there(name: str):
    """Each name of __all__ leads to one object, and that has a docstring of its own."""
    found = getattr(safetykb, name)
    assert found is getattr(safetykb, name)
    assert found.__doc__


def test_public_names_come_at_their_first_use():
    """No public name is there before it is used; after that it is kept, and its module was imported for it."""
    code = """
import sys, safetykb
for name in safetykb.__all__:
    if name in vars(safetykb): print("early", name)
    getattr(safetykb, name)
    if name not in vars(safetykb): print("not kept", name)
print(len(safetykb.__all__))
"""
    assert fresh(code).split() == [str(len(safetykb.__all__))]


def test_dir_lists_the_public_names():
    """dir() is __all__ and the version, sorted; __all__ is sorted too, each name once."""
    assert dir(safetykb) == sorted([*safetykb.__all__, "__version__"])
    assert safetykb.__all__ == sorted(set(safetykb.__all__))


def test_unknown_attribute():
    """Another name is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="module 'safetykb' has no attribute 'nonsense'"):
        _ = safetykb.nonsense  # type: ignore[attr-defined]
    assert not hasattr(safetykb, "_nonsense")


def test_star_import():
    """`from safetykb import *` brings the public names and no others."""
    code = "from safetykb import *; print(*sorted(name for name in vars() if not name.startswith('__')))"
    assert fresh(code).split() == sorted(safetykb.__all__)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_code_knows_no_subject(path: Path):
    """No file of the code names a compound or a condition of the knowledge: knowledge is data."""
    assert SUBJECTS.findall(path.read_text("utf-8")) == []


def test_threads_at_first_use_get_one_load():
    """Sixteen threads at first use: one load, one object."""
    code = """
import threading, safetykb
from safetykb.knowledge import loading
read, loads, found, start = loading.packaged, [], [], threading.Barrier(16)

def counted():
    loads.append(threading.get_ident())
    return read()

def first_use():
    start.wait()
    found.append(safetykb.knowledge_base())

loading.packaged = counted
threads = [threading.Thread(target=first_use) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(loads), len(found), len(set(map(id, found))))
"""
    assert fresh(code).split() == ["1", "16", "1"]


def test_threads_at_first_question_get_one_answer():
    """Sixteen threads that ask one question of a new knowledge base get the same answer."""
    knowledge, start = load(SAMPLE), threading.Barrier(16)
    found: list[dict[str, object]] = []

    def question() -> None:
        start.wait()
        found.append(safetykb.review("examplamine", "demo disease", knowledge=knowledge).to_dict())

    threads = [threading.Thread(target=question) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert all(answer == found[0] for answer in found)


# --- one record by name -----------------------------------------------------------------------------------------------


def test_compound_by_any_name(sample: KnowledgeBase):
    """A compound is found by its id, name, brand, code, and in any case."""
    for name in ("examplamine", "Exemplix", "UNII:0EXAMPLE01", "0EXAMPLE01", "RACEMIC  Examplamine"):
        assert safetykb.compound(name, knowledge=sample) is sample.compounds["examplamine"]


def test_condition_by_any_name(sample: KnowledgeBase):
    """A condition is found by its id, name, abbreviation and code."""
    for name in ("demo-disease", "Demo Disease", "dd", "MONDO:9999999"):
        assert safetykb.condition(name, knowledge=sample) is sample.conditions["demo-disease"]


def test_packaged_knowledge_answers_by_itself():
    """Without a knowledge base given the packaged one answers."""
    knowledge = safetykb.knowledge_base()
    for id, compound in knowledge.compounds.items():
        assert safetykb.compound(id) is compound
    for id, condition in knowledge.conditions.items():
        assert safetykb.condition(id) is condition


def test_names_that_lead_nowhere(sample: KnowledgeBase):
    """An unknown, shared, empty or endless name is an error with the facts, and no name of another kind is taken."""
    with pytest.raises(UnknownName) as unknown:
        safetykb.compound("exampelamin", knowledge=sample)
    assert (unknown.value.kind, unknown.value.name) == ("compound", "exampelamin")
    assert "examplamine" in unknown.value.suggestions
    with pytest.raises(UnknownName):
        safetykb.compound("demo disease", knowledge=sample)
    with pytest.raises(UnknownName):
        safetykb.condition("examplamine", knowledge=sample)
    with pytest.raises(AmbiguousName) as shared:
        safetykb.compound("EXA", knowledge=sample)
    assert shared.value.candidates == ("examplamine", "oldamine")
    for name in ("", "   ", "x" * 500, None, 7):
        with pytest.raises(InvalidQuestion):
            safetykb.compound(name, knowledge=sample)  # type: ignore[arg-type]


# --- search -----------------------------------------------------------------------------------------------------------


def test_search_finds_records_nearest_first(sample: KnowledgeBase):
    """Records come with the field that mentions the word and a score, the nearest first."""
    found = safetykb.search("examplamine", knowledge=sample)
    assert found[0] == Match(record=sample.compounds["examplamine"], field="name", score=1.0)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert all(0 < match.score <= 1 for match in found)
    assert any(isinstance(match.record, SafetyConsideration) for match in found)


def test_search_finds_nothing(sample: KnowledgeBase):
    """A word that no record mentions gives an empty tuple, an empty word an error."""
    assert safetykb.search("unobtainium", knowledge=sample) == ()
    with pytest.raises(InvalidQuestion):
        safetykb.search("", knowledge=sample)


def test_search_of_the_packaged_knowledge():
    """Without a knowledge base given the packaged one is searched."""
    assert safetykb.search("bladder")


# --- considerations ---------------------------------------------------------------------------------------------------


def ids(claims: tuple[SafetyConsideration, ...]) -> set[str]:
    return {claim.id for claim in claims}


def test_considerations_without_a_filter(sample: KnowledgeBase):
    """Without a filter every claim that stands is given, in the order of the ids."""
    claims = safetykb.considerations(knowledge=sample)
    standing = [claim for claim in sample.considerations.values() if claim.withdrawn is None]
    assert list(claims) == standing
    assert [claim.id for claim in claims] == sorted(ids(claims))
    assert len(safetykb.considerations()) > len(claims)


def test_considerations_of_a_compound(sample: KnowledgeBase):
    """A compound's claims are about it, about what it is or has, taken with it, or carried to it by a signal."""
    found = ids(safetykb.considerations(compound="Exemplix", knowledge=sample))
    assert "examplamine/pregnancy" in found  # its own
    assert "example-family/sedative-drug" in found  # of a class
    assert "drowsiness/drowsiness" in found  # of an effect
    assert "oldamine/demo-disease" in found  # a signal for the class
    taken = ids(safetykb.considerations(compound="esexamplamine", knowledge=sample))
    assert "modulumab/examplamine-monitoring" in taken
    assert "modulumab/demo-liver-injury" not in found
    assert "oldamine/severe-demo-pressure" not in found


def test_considerations_of_a_condition(sample: KnowledgeBase):
    """A condition's claims speak of it, of what is broader or narrower, or of what it brings."""
    found = ids(safetykb.considerations(condition="DD", knowledge=sample))
    assert "oldamine/demo-disease" in found  # itself
    assert "calmazepine/relapsing-demo-disease" in found  # narrower
    assert "drowsiness/demo-falls" in found  # a vulnerability
    assert "examplamine/pregnancy" not in found
    assert "oldamine/demo-disease" in ids(safetykb.considerations(condition="RDD", knowledge=sample))  # broader


@pytest.mark.parametrize("kind", ["", "nonsense", "Warning"])
def test_considerations_of_no_kind(sample: KnowledgeBase, kind: str):
    """A word that is no kind or no concern is a ValueError."""
    with pytest.raises(ValueError, match="is none of:"):
        safetykb.considerations(kind=kind, knowledge=sample)
    with pytest.raises(ValueError, match="is none of:"):
        safetykb.considerations(at_least=kind, knowledge=sample)


def test_considerations_of_a_kind(sample: KnowledgeBase):
    """A kind is given as a word or as the member."""
    found = safetykb.considerations(kind="no-increase", knowledge=sample)
    assert [claim.id for claim in found] == ["modulumab/pregnancy-outcomes"]
    kind = found[0].kind
    assert safetykb.considerations(kind=kind, knowledge=sample) == found


@pytest.mark.parametrize("floor", Concern)
def test_considerations_at_least(sample: KnowledgeBase, floor: Concern):
    """A floor gives the claims at that concern or above; what has no concern is not among them."""
    found = safetykb.considerations(at_least=floor, knowledge=sample)
    expected = {c.id for c in sample.considerations.values() if c.concern is not None and c.concern >= floor}
    withdrawn = {c.id for c in sample.considerations.values() if c.withdrawn is not None}
    assert ids(found) == expected - withdrawn
    assert safetykb.considerations(at_least=str(floor), knowledge=sample) == found


def test_filters_hold_together(sample: KnowledgeBase):
    """Several filters leave what fits every one."""
    found = safetykb.considerations(
        compound="examplamine", condition="demo disease", kind="condition-risk", at_least="caution", knowledge=sample
    )
    every = (
        ids(safetykb.considerations(compound="examplamine", knowledge=sample))
        & ids(safetykb.considerations(condition="demo disease", knowledge=sample))
        & ids(safetykb.considerations(kind="condition-risk", knowledge=sample))
        & ids(safetykb.considerations(at_least="caution", knowledge=sample))
    )
    assert ids(found) == every != set()


def test_considerations_of_an_unknown_name(sample: KnowledgeBase):
    """An unknown compound or condition is an error, never an empty answer."""
    with pytest.raises(UnknownName):
        safetykb.considerations(compound="4-methyl-unobtainium", knowledge=sample)
    with pytest.raises(UnknownName):
        safetykb.considerations(condition="4-methyl-unobtainium", knowledge=sample)
