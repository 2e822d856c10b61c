"""The clinical diff: what changed between two versions of the knowledge, or between two answers, in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import safetykb
from safetykb import Concern, InvalidQuestion, KnowledgeBase, Patient
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.changes import ClinicalDiff, Turn, diff
from tests.answer.helpers import FORMATS, ask, plain, sample
from tests.policy.overlays import CAUTION, laid, raised, silenced
from tests.reasoning.building_blocks import World, world

Change = Callable[[World], object]


def start() -> World:
    """A drug with a claim, a fact, a study without result and a search; a condition with a treatment."""
    return (
        world(treatments="other:symptoms")
        .claim("drug/hurts", "caution", having="disease", statement="It hurts.")
        .has("drug", "harm", "Harm in 2 %.", frequency="common")
        .study("drug", "disease--pilot", result=False)
        .search("drug/disease--direct", "direct", having="disease")
    )


def changed(change: Change, base: Change = lambda _: None) -> ClinicalDiff:
    """The diff between a start and the same with something done to it."""
    old, new = start(), start()
    for made in (old, new):
        base(made)
    change(new)
    return diff(old.knowledge(), new.knowledge())


def answers(change: Change, base: Change = lambda _: None) -> ClinicalDiff:
    """The same of the reviews of the drug in the disease."""
    old, new = start(), start()
    for made in (old, new):
        base(made)
    change(new)
    return diff(old.review(), new.review())


def turns(found: ClinicalDiff) -> list[tuple[str, str]]:
    return [(change.turn.value, change.id) for change in found.changes]


def text_of(found: ClinicalDiff, turn: Turn, id: str) -> str:
    (text,) = [change.text for change in found.of(turn) if change.id == id]
    return text


def edit(path: str, **fields: Any) -> Change:
    """Write fields of a record; None takes one away."""

    def change(made: World) -> None:
        made.put(path, {**made.files[path], **fields})

    return change


def drop(path: str) -> Change:
    return lambda made: made.files.pop(path)


CLAIM = "considerations/drug/hurts.json"
FACT = "compounds/drug/has/harm.json"
STUDY = "studies/drug/disease--pilot.json"
SEARCH = "searches/drug/disease--direct.json"
WITHDRAWN = {"date": "2026-11-24", "reason": "it was wrong"}


# --- two versions of the knowledge ------------------------------------------------------------------------------------


def test_equal_versions_differ_in_nothing():
    """Two equal versions give nothing, and say so in words."""
    found = diff(start().knowledge(), start().knowledge())
    assert found.changes == ()
    assert "Nothing that a reader would notice changed." in str(found)
    assert (found.old, found.new) == ("knowledge 1, before", "after")


def test_names_of_versions():
    """Two versions go by their own names."""
    found = changed(edit("knowledge.json", version="2"))
    assert (found.old, found.new, found.changes) == ("knowledge 1", "knowledge 2", ())


def test_raised():
    """A higher concern is raised, and the words say from what to what."""
    found = changed(edit(CLAIM, concern="avoid"))
    assert turns(found) == [("raised", "drug/hurts")]
    assert text_of(found, Turn.RAISED, "drug/hurts") == "from caution to avoid: It hurts."


def test_lowered():
    """A lower concern is lowered."""
    found = changed(edit(CLAIM, concern="inform"))
    assert turns(found) == [("lowered", "drug/hurts")]
    assert text_of(found, Turn.LOWERED, "drug/hurts") == "from caution to inform: It hurts."


def test_a_concern_that_becomes_a_claim_of_no_increase():
    """A claim that is now one of no increase is lowered, and goes by that word."""
    found = changed(edit(CLAIM, concern=None, kind="no-increase"))
    assert text_of(found, Turn.LOWERED, "drug/hurts") == "from caution to no-increase: It hurts."


def test_added_and_removed():
    """A claim that came is added, one that went is removed."""
    found = changed(lambda made: (drop(CLAIM)(made), made.claim("drug/stings", having="disease")))
    assert turns(found) == [("added", "drug/stings"), ("removed", "drug/hurts")]
    assert text_of(found, Turn.REMOVED, "drug/hurts") == "It hurts."


@pytest.mark.parametrize(
    ("path", "id"),
    [(CLAIM, "drug/hurts"), (FACT, "drug/has/harm"), (STUDY, "drug/disease--pilot"), (SEARCH, "drug/disease--direct")],
)
def test_withdrawn(path: str, id: str):
    """A record of any kind that was withdrawn says why and since when."""
    found = changed(edit(path, withdrawn=WITHDRAWN))
    ((turn, _),) = turns(found)
    assert turn == "withdrawn"
    assert found.changes[0].text.endswith("Withdrawn: it was wrong (2026-11-24)")


@pytest.mark.parametrize("path", [CLAIM, FACT, STUDY])
def test_no_longer_withdrawn(path: str):
    """A record that holds again is added."""
    found = changed(edit(path, withdrawn=None), base=edit(path, withdrawn=WITHDRAWN))
    assert [change.turn for change in found.changes] == [Turn.ADDED]
    assert found.changes[0].text.startswith("no longer withdrawn: ")


def test_what_stays_withdrawn_is_no_change():
    """What becomes of a withdrawn record is nothing that a reader would notice."""
    found = changed(edit(CLAIM, concern="avoid", statement="Else."), base=edit(CLAIM, withdrawn=WITHDRAWN))
    assert found.changes == ()


def test_evidence_of_a_claim():
    """Another source can change basis and level: evidence, with both."""
    found = changed(
        lambda made: made.claim("drug/hurts", having="disease", statement="It hurts.", cites="case-report1")
    )
    assert turns(found) == [("evidence", "drug/hurts")]
    assert text_of(found, Turn.EVIDENCE, "drug/hurts") == "from authority, moderate to report, very-low: It hurts."


def test_a_claim_that_is_now_joined():
    """A claim that a source no longer states has no level of its own, and the words say joined."""
    found = changed(lambda made: made.claim("drug/hurts", having="disease", statement="It hurts.", joined=True))
    assert "to joined" in text_of(found, Turn.EVIDENCE, "drug/hurts")


def test_frequency_of_a_fact():
    """A fact that is now more or less frequent is evidence."""
    found = changed(edit(FACT, frequency="very-common"))
    assert [change.text for change in found.of(Turn.EVIDENCE)] == ["frequency from common to very-common"]
    found = changed(edit(FACT, frequency=None))
    assert [change.text for change in found.of(Turn.EVIDENCE)] == ["frequency from common to none"]
    found = changed(edit(FACT, frequency="rare"), base=edit(FACT, frequency=None))
    assert [change.text for change in found.of(Turn.EVIDENCE)] == ["frequency from none to rare"]


def test_reworded():
    """Another sentence is shown with the one before."""
    assert text_of(changed(edit(CLAIM, statement="It aches.")), Turn.REWORDED, "drug/hurts") == (
        "was: It hurts. Now: It aches."
    )
    found = changed(lambda made: made.has("drug", "harm", "Harm in 3 %.", frequency="common"))
    assert [change.text for change in found.of(Turn.REWORDED)] == ["was: Harm in 2 %. Now: Harm in 3 %."]


@pytest.mark.parametrize(
    ("change", "id", "text"),
    [
        (edit(CLAIM, context={}), "drug/hurts", "changed: context"),
        (edit(CLAIM, action="Stop.", serious="fatal"), "drug/hurts", "changed: serious, action"),
        (edit(FACT, weight="minor"), "drug/has/harm", "changed: weight"),
        (edit(STUDY, planned=40), "drug/disease--pilot", "changed: planned"),
        (edit("compounds/drug/compound.json", name="drugol"), "drug", "changed: name"),
        (edit("conditions/disease/condition.json", specialist="internist"), "disease", "changed: specialist"),
        (edit("terms/harm/term.json", definition="What hurts."), "harm", "changed: definition"),
    ],
)
def test_no_other_field_changes_unseen(change: Change, id: str, text: str):
    """Whatever else a record says differently is named by its fields, so that nothing changes unseen."""
    found = changed(change)
    assert [entry.text for entry in found.changes] == [text]
    assert turns(found)[0][0] == "reworded"
    assert found.changes[0].id.replace("/has/", "/has/") == id


def test_stamps_are_no_change():
    """That somebody looked at a record again changes nothing that it says."""
    stamp = {"role": "second-reader", "by": "automated", "on": "2026-11-24", "outcome": "supported"}
    for path in (CLAIM, FACT, STUDY, SEARCH):
        assert changed(edit(path, stamps=[stamp])).changes == ()


def test_compounds_conditions_and_terms():
    """A compound, condition or term that came or went is named with its kind."""
    found = changed(lambda made: made.compound("novum").condition("malady").term("novelty"))
    assert [(change.turn, change.text) for change in found.changes] == [
        (Turn.ADDED, "the condition malady"),
        (Turn.ADDED, "the term novelty"),
        (Turn.ADDED, "the compound novum"),
    ]


def test_an_id_that_changed_its_kind():
    """An id that names another kind of thing is not compared field by field."""
    old, new = World().compound("thing"), World().term("thing")
    assert diff(old.knowledge(), new.knowledge()).changes == ()


def test_a_result_closes_a_gap():
    """A study whose result is known now closes a gap; another status or date is evidence."""
    found = changed(lambda made: made.study("drug", "disease--pilot"))
    assert turns(found) == [("closed gap", "drug/disease--pilot")]
    assert found.changes[0].text.startswith("a result is known: drug in disease, fatigue: published")
    found = changed(edit(STUDY, status="recruiting", as_of="2026"))
    assert text_of(found, Turn.EVIDENCE, "drug/disease--pilot") == "fatigue: registered (2025) to recruiting (2026)"


def test_searches():
    """A search that was made closes a gap, unless the pages could not be read; so does another outcome."""
    found = changed(lambda made: made.search("drug/other--more", "interaction", taking="other"))
    assert turns(found) == [("closed gap", "drug/other--more")]
    assert found.changes[0].text == "somebody looked: drug and other, interaction: none-found (2026-01-02)"
    found = changed(lambda made: made.search("drug/class", "class-signal", "not-reached"))
    assert turns(found) == [("evidence", "drug/class")]
    assert "drug and the class" in found.changes[0].text
    assert turns(changed(drop(SEARCH))) == [("removed", "drug/disease--direct")]
    assert turns(changed(edit(SEARCH, outcome="found"))) == [("closed gap", "drug/disease--direct")]
    assert turns(changed(edit(SEARCH, outcome="not-reached"))) == [("evidence", "drug/disease--direct")]
    assert changed(edit(SEARCH, date="2026-05-01")).changes == ()


def test_sources():
    """A source that was retracted, or of which a newer version is known, is evidence."""

    def change(made: World) -> None:
        made.source("label0", retracted="2026-11-01", superseded_by="label1").source("label1").source("label7")

    found = changed(change)
    assert [(one.turn, one.id, one.text) for one in found.changes] == [
        (Turn.EVIDENCE, "label0", "retracted: Title of label0 (2026-11-01)"),
        (Turn.EVIDENCE, "label0", "a newer version is known: Title of label0 (label1)"),
    ]


def test_policies_are_changes(tmp_path: Path):
    """What a policy raises or silences is a change, and so is that it no longer does."""
    base = sample()
    higher = laid(base, tmp_path / "a", {"one": raised()})
    quiet = laid(base, tmp_path / "b", {"one": silenced()})
    assert turns(diff(base, higher)) == [("raised", CAUTION)]
    assert turns(diff(base, quiet)) == [("lowered", CAUTION)]
    assert text_of(diff(base, quiet), Turn.LOWERED, CAUTION).startswith("silenced by a policy: ")
    assert text_of(diff(quiet, base), Turn.RAISED, CAUTION).startswith("no longer silenced: ")


# --- two reviews ------------------------------------------------------------------------------------------------------


def test_equal_reviews_differ_in_nothing():
    """A review and itself give nothing."""
    found = diff(ask(), ask())
    assert found.changes == ()
    assert (found.old, found.new) == ("examplamine in demo disease, before", "after")


def test_a_review_raised_and_lowered():
    """The headline and each finding say from what to what."""
    found = answers(edit(CLAIM, concern="avoid"))
    assert turns(found) == [("raised", "drug/hurts"), ("raised", "headline")]
    assert text_of(found, Turn.RAISED, "headline") == "from caution to avoid: the headline"
    assert turns(answers(edit(CLAIM, concern="monitor"))) == [("lowered", "drug/hurts"), ("lowered", "headline")]


def test_the_highest_of_a_headline():
    """What a treatment can bring is compared apart from the headline's own concern."""
    found = answers(lambda made: made.claim("drug/with-other", "avoid", taking="other"))
    told = text_of(found, Turn.RAISED, "headline")
    assert told == "from caution to avoid: the highest that a treatment or the condition itself can bring"


def test_a_headline_that_becomes_undetermined_reassures_nobody():
    """Undetermined is a word of its own: never nothing, and never without saying that it is no reassurance."""
    found = answers(edit(CLAIM, withdrawn=WITHDRAWN))
    told = text_of(found, Turn.LOWERED, "headline")
    assert told == "from caution to undetermined (which is no reassurance): the headline"
    assert ("withdrawn", "drug/hurts") in turns(found)
    assert "it was withdrawn on 2026-11-24: it was wrong" in text_of(found, Turn.WITHDRAWN, "drug/hurts")


def test_a_review_added_and_removed():
    """A finding that came is added; one that went is removed, with the reason."""
    found = answers(lambda made: (drop(CLAIM)(made), made.claim("drug/stings", having="disease")))
    assert text_of(found, Turn.ADDED, "drug/stings") == "caution: Statement of stings."
    assert text_of(found, Turn.REMOVED, "drug/hurts") == "caution: It hurts. (its record is gone)"


def test_a_review_of_a_patient():
    """What no longer applies to a patient is removed, with the fact that says so."""
    made = start().term("old", "state", tests=[{"field": "age", "comparison": ">", "value": 70, "unit": "a"}])
    made.claim("drug/age", "avoid", having="old")
    found = diff(made.review(), made.review(patient=Patient(age=40)))
    assert "and of the patient it is known: age 40 years" in text_of(found, Turn.REMOVED, "drug/age")


def test_a_silenced_finding(tmp_path: Path):
    """A finding that a policy silences is removed, and the words name the policy."""
    quiet = laid(sample(), tmp_path, {"one": silenced()})
    assert "(Silenced by Dr Maker" in text_of(diff(ask(), ask(knowledge=quiet)), Turn.REMOVED, CAUTION)


def test_evidence_and_words_of_a_review():
    """Another level is evidence, and another sentence is reworded."""
    found = answers(
        lambda made: made.claim("drug/hurts", having="disease", statement="It aches.", cites="case-report1")
    )
    assert text_of(found, Turn.EVIDENCE, "drug/hurts") == "from authority, moderate to report, very-low: harm"
    assert text_of(found, Turn.REWORDED, "drug/hurts") == "was: It hurts. Now: It aches."


def test_a_closed_gap_of_a_review():
    """A phrase of absence that no longer stands is a closed gap."""
    found = answers(lambda made: made.study("drug", "disease--big"), base=drop(SEARCH))
    assert found.of(Turn.CLOSED_GAP)
    assert all("no longer '" in change.text for change in found.of(Turn.CLOSED_GAP))


def test_two_compounds():
    """Two compounds in a condition are told apart by name, and their gaps are not compared."""
    found = diff(ask("examplamine"), ask("oldamine"))
    assert (found.old, found.new) == ("examplamine in demo disease", "oldamine in demo disease")
    assert found.of(Turn.REMOVED)
    assert found.of(Turn.ADDED)
    assert not found.of(Turn.CLOSED_GAP)
    assert not any(" (its record is gone)" in change.text for change in found.changes)


def test_two_jurisdictions():
    """A jurisdiction hides nothing, so two of them differ in nothing but their order and words."""
    found = diff(ask(jurisdiction="US"), ask(jurisdiction="EU"))
    assert (found.old, found.new) == ("examplamine in demo disease (US)", "examplamine in demo disease (EU)")
    assert {change.turn for change in found.changes} <= {Turn.REWORDED}


# --- the answer -------------------------------------------------------------------------------------------------------


def test_the_most_urgent_comes_first():
    """Changes stand in the order of their urgency, then of their ids."""

    def change(made: World) -> None:
        made.claim("drug/stings").claim("drug/burns")
        edit(CLAIM, concern="avoid", statement="It aches.")(made)

    found = changed(change)
    assert turns(found) == [
        ("raised", "drug/hurts"),
        ("added", "drug/burns"),
        ("added", "drug/stings"),
        ("reworded", "drug/hurts"),
    ]


def test_one_of_each():
    """Two of one kind are compared, and nothing else."""
    both: list[Any] = [ask(), sample()]
    for old, new in (both, both[::-1]):
        with pytest.raises(InvalidQuestion, match="a knowledge base was compared with a review; give two of one kind"):
            diff(old, new)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("change", [lambda _: None, edit(CLAIM, concern="avoid")], ids=["nothing", "raised"])
def test_every_form_carries_the_intended_use(form: str, change: Change):
    """Each form carries each change, the intended use and the disclaimer: no change is no reassurance."""
    found = changed(change)
    renderings = {
        "text": found.to_text(20_000),
        "markdown": found.to_markdown(),
        "html": found.to_html(),
        "part": found.to_html(standalone=False),
        "json": json.dumps(found.to_dict(), ensure_ascii=False),
    }
    told = plain(form, renderings[form])
    assert INTENDED_USE in told
    assert DISCLAIMER in told
    assert all(entry.text in told and entry.id in told for entry in found.changes)


def test_json_of_a_diff():
    """In JSON each change has its kind, its record and its words."""
    told = changed(edit(CLAIM, concern="avoid")).to_dict()
    assert told["changes"] == [{"turn": "raised", "id": "drug/hurts", "text": "from caution to avoid: It hurts."}]
    assert {*told} == {"old", "new", "changes", "intended_use", "disclaimer"}


def test_diff_is_public():
    """safetykb.diff is this function, however often it is called."""
    for _ in range(2):
        assert safetykb.diff(sample(), sample()).changes == ()
    assert safetykb.diff is diff


def test_the_packaged_knowledge_differs_from_itself_in_nothing():
    """The packaged knowledge, loaded from itself, gives nothing."""
    knowledge: KnowledgeBase = safetykb.knowledge_base()
    assert diff(knowledge, knowledge).changes == ()
    assert Concern.AVOID > Concern.CAUTION
