"""The questions that everybody asks are answered from the findings, and from nothing else."""

from __future__ import annotations

import attrs
import pytest

import safetykb
from safetykb.answer.questions import listed, schedule_text
from safetykb.links import is_safe_link
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.schedule import ScheduleRow

from .helpers import ask, changed, only, sample


def test_there_are_three():
    """Every answer has the three questions, about interference, monitoring and current data."""
    questions = [question.question for question in ask().questions]
    assert questions == [
        "Does examplamine interfere with the treatments of demo disease?",
        "What monitoring does examplamine ask for in demo disease?",
        "Where are current data on examplamine in demo disease?",
    ]


def test_interference_names_each_treatment():
    """Each treatment stands in the answer: under a stated concern, an inference, or a phrase of absence."""
    review = safetykb.review("ketamine", "multiple sclerosis")
    answer = review.questions[0].answer
    for row in review.treatments:
        assert row.name in answer
        if row.concern is not None:
            assert f"{row.name} ({row.concern})" in answer
    only_inferred = [row.name for row in review.treatments if row.concern is None and row.findings]
    assert f"By inference only, there is something to weigh with {listed(only_inferred)}." in answer
    stated = [f"{row.name} ({row.concern})" for row in review.treatments if row.concern is not None]
    assert f"Sources state something about taking it with {listed(stated)}." in answer
    for phrase in {row.phrase for row in review.treatments} - {None}:
        assert phrase is not None
        assert f"{phrase.value}: " in answer


def test_interference_stands_on_what_is_stated():
    """The sources of the answer are those of the findings that state something of a treatment."""
    review = ask()
    stated = {id for row in review.treatments if row.concern is not None for id in row.findings}
    expected = dict.fromkeys(key for finding in review.findings if finding.id in stated for key in finding.sources)
    assert review.questions[0].sources == tuple(expected)


def test_nothing_entered_is_said():
    """Without a treatment or a test entered the answers say that nothing can be said, not that there is nothing."""
    bare = attrs.evolve(sample().conditions["low-mood-disorder"], treatments=())
    knowledge = attrs.evolve(only(), conditions=changed(conditions={bare.id: bare}).conditions)
    interference, monitoring, _ = ask("inhibizole", "low mood disorder", knowledge=knowledge).questions
    assert interference.answer == "No treatment of low mood disorder has been entered, so nothing can be said."
    assert monitoring.answer == "No source read here asks for a test; this is not the same as none needed."
    assert interference.sources == monitoring.sources == ()


def test_only_phrases_of_absence():
    """Without a finding each treatment stands under its phrase, and no word says that there is no interaction."""
    answer = ask(knowledge=only()).questions[0].answer
    assert answer == (
        "No interaction study found: modulumab. Not verified: betaferin, calmazepine and demo-modifying therapy."
    )


def test_monitoring_is_the_schedule():
    """The answer on monitoring is each row of the schedule as a sentence, with the sources that ask for it."""
    review = ask()
    assert review.questions[1].answer == " ".join(map(schedule_text, review.monitoring))
    assert review.questions[1].sources == review.finding("examplamine/demo-pressure-checks").sources


@pytest.mark.parametrize(
    ("threshold", "then", "expected"),
    [
        ((), (), "Liver tests: at the start; every month."),
        (("3 x ULN", "5 x ULN"), (), "Liver tests: at the start; every month; act at 3 x ULN or 5 x ULN."),
        ((), ("stop", "ask"), "Liver tests: at the start; every month (stop; ask)."),
        (("3 x ULN",), ("stop",), "Liver tests: at the start; every month; act at 3 x ULN (stop)."),
    ],
)
def test_a_row_as_a_sentence(threshold: tuple[str, ...], then: tuple[str, ...], expected: str):
    """A row of the schedule reads as a sentence with what it has."""
    when = ("at the start", "every month")
    assert (
        schedule_text(ScheduleRow(test="liver tests", when=when, threshold=threshold, then=then, asked_by=()))
        == expected
    )


def test_current_data_names_what_is_running():
    """The answer on current data names each study without a result, its status and date, and leads to it."""
    question = ask().questions[2]
    assert "NCT99999999 (relapses) stood as recruiting on 2026-02, without a result." in question.answer
    assert question.sources == ("nct99999999",)
    names = [name for name, _ in question.links]
    assert names == ["PubMed", "ClinicalTrials.gov", "DailyMed", "NCT99999999"]
    assert all(is_safe_link(url) for _, url in question.links)


def test_current_data_without_a_registry_number():
    """A study without a registry number is named by its id and has no link of its own."""
    id = "examplamine/relapsing-demo-disease--phase-2"
    bare = attrs.evolve(sample().studies[id], registry_id=None)
    question = ask(knowledge=changed(studies={id: bare})).questions[2]
    assert f"{id} (relapses) stood as recruiting" in question.answer
    assert len(question.links) == 3


def test_current_data_without_a_study():
    """Without a study that runs the answer leads to the searches alone."""
    question = ask("inhibizole").questions[2]
    assert question.answer == "The searches below lead to the newest papers, trials and labels."
    assert question.sources == ()


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_listed(names: list[str], text: str):
    """Names stand in a sentence as a list."""
    assert listed(names) == text


def test_phrases_are_the_fixed_ones():
    """The answer uses the fixed phrases of absence and no others."""
    assert {phrase.value for phrase in Phrase} == {
        "No direct evidence",
        "No interaction study found",
        "Studied, no result available",
        "Not verified",
    }
