"""The review: what it holds, what it refuses, and how a question is read."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import safetykb
from safetykb import Concern, Coverage, Exposure, NoSuchRecord, NotAVerdict, Patient, SafetyReview
from safetykb.answer import assembly, queries
from safetykb.answer.assembly import Relative
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.model.choices import Route, Setting
from safetykb.model.evidence import Withdrawal

from .helpers import WIDE, ask, changed, sample, words


def test_a_review_holds_all_nine_parts():
    """The made-up pair has something in each part of the answer."""
    review = ask()
    assert review.headline.concern is Concern.CAUTION
    assert review.compound_facts
    assert review.condition_facts
    assert {finding.block.value for finding in review.findings} >= {
        "known",
        "not-if",
        "monitoring",
        "condition",
        "treatments",
        "not-with",
        "everybody",
    }
    assert review.treatments
    assert review.monitoring
    assert review.studies
    assert review.gaps
    assert len(review.questions) == 3
    assert review.sources
    assert review.knowledge.version == sample().version
    assert set(review.coverage.values()) == {Coverage.DOCUMENTED}


def test_properties_are_of_the_question():
    """Compound, condition and exposure are those that were asked about, as_asked is word for word."""
    review = ask("EXEMPLIX", "dd")
    assert review.compound is sample().compounds["examplamine"]
    assert review.condition is sample().conditions["demo-disease"]
    assert review.exposure == Exposure(form="nasal-spray", route=Route.NASAL)
    assert review.as_asked == ("EXEMPLIX", "dd")


def test_repr_and_str():
    """The text at 80 columns is its str; repr names the question and the headline."""
    review = ask()
    assert str(review) == review.to_text() == review.to_text(80)
    assert repr(review) == f"<SafetyReview examplamine in demo disease: {review.headline.text}>"


def test_notebook_shows_text_and_html():
    """A notebook gets the text and a fragment of a page."""
    review = ask()
    assert review._repr_mimebundle_(include=None) == {
        "text/plain": review.to_text(),
        "text/html": review.to_html(standalone=False),
    }


@pytest.mark.parametrize("use", [bool, operator.not_, lambda review: review and 1])
def test_a_review_is_no_yes_or_no(use: Callable[[SafetyReview], object]):
    """bool(review) raises TypeError and says why, and what to read instead."""
    with pytest.raises(TypeError, match=r"true or false: a review is not a verdict; read review\.headline") as caught:
        use(ask())
    assert isinstance(caught.value, NotAVerdict)


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_reviews_have_no_order(compare: Callable[[object, object], bool]):
    """Ordering reviews raises TypeError and says why."""
    review, other = ask(), ask("oldamine")
    with pytest.raises(TypeError, match=r"in an order: a review is not a verdict; read review\.headline") as caught:
        compare(review, other)
    assert isinstance(caught.value, NotAVerdict)
    with pytest.raises(NotAVerdict):
        compare(review, 1)
    with pytest.raises(NotAVerdict):
        sorted([review, other])


def test_a_concern_that_nobody_knows_refuses_to_be_ordered():
    """An undetermined concern is None in Python, which has no place among the concerns."""
    nothing: Any = ask("inhibizole", "low mood disorder").headline.concern
    assert nothing is None
    comparisons: list[Callable[[Any, Any], bool]] = [operator.lt, operator.le, operator.gt, operator.ge]
    for compare in comparisons:
        with pytest.raises(TypeError):
            compare(nothing, Concern.INFORM)


def test_a_review_equals_only_itself():
    """Two reviews of one question are two values, with the same contents."""
    one, other = ask(), ask()
    assert one != other
    assert one == one  # noqa: PLR0124 - identity is what is tested
    assert one.to_dict() == other.to_dict()


def test_every_finding_is_found_and_explained():
    """finding() and explain() take the id of each finding."""
    review = ask()
    for finding in review.findings:
        assert review.finding(finding.id) is finding
        assert review.explain(finding.id).finding is finding


def test_a_finding_that_is_not_there():
    """finding() and explain() refuse an id that the review has not."""
    for ask_for in (ask().finding, ask().explain):
        with pytest.raises(NoSuchRecord, match="no finding in this review has the id 'examplamine/nothing'"):
            ask_for("examplamine/nothing")


@pytest.mark.parametrize("id", ["drowsiness/demo-falls", "oldamine/demo-disease", "examplamine/severe-demo-pressure"])
def test_explain_as_text_and_as_values(id: str):
    """A proof is lines of text and plain JSON values; both name rule, statement, path, sources and grade."""
    proof = ask().explain(id)
    told = proof.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["id"] == id
    text = " ".join(proof.to_text(WIDE).split())
    for needed in (id, proof.finding.statement, str(proof.finding.evidence.level), *proof.finding.sources):
        assert needed in text
    for step in proof.steps:
        for sentence in step.statements:
            assert sentence in text
    assert " ".join(str(proof).split()) == " ".join(proof.to_text().split())


# --- how it is taken --------------------------------------------------------------------------------------------------


def test_exposure_may_be_unknown():
    """Without a word on how it is taken the exposure is None, and the answer says that nobody said."""
    review = ask()
    assert review.exposure is None
    assert "Nobody said how it is taken" in words(review)


def test_a_form_gives_its_route():
    """A form that is given brings its route along."""
    review = ask(exposure=Exposure(form="injection", setting=Setting.CLINIC))
    assert review.exposure == Exposure(form="injection", route=Route.INTRAVENOUS, setting=Setting.CLINIC)
    assert "Asked about examplamine as solution." in words(review)


def test_brand_and_exposure_agree():
    """A brand names the form; an exposure may add to it and may repeat it."""
    for given in (Exposure(setting=Setting.CLINIC), Exposure(form="nasal-spray", setting=Setting.CLINIC)):
        review = ask("Exemplix", exposure=given)
        assert review.exposure == Exposure(form="nasal-spray", route=Route.NASAL, setting=Setting.CLINIC)


def test_a_route_without_a_form():
    """A route alone is kept as it is given."""
    assert ask(exposure=Exposure(route=Route.ORAL)).exposure == Exposure(route=Route.ORAL)


def test_brand_and_exposure_disagree():
    """A form that contradicts the name is an error, not a guess."""
    with pytest.raises(InvalidQuestion, match="the name says 'nasal-spray', the exposure 'injection'; name one form"):
        ask("Exemplix", exposure=Exposure(form="injection"))


@pytest.mark.parametrize(("compound", "forms"), [("examplamine", "injection, nasal-spray"), ("inhibizole", "none")])
def test_a_form_that_the_compound_has_not(compound: str, forms: str):
    """A form that the compound has not is an error that names its forms."""
    bare = attrs.evolve(sample().compounds["inhibizole"], forms=())
    with pytest.raises(ValueError, match=f"{compound} has no form 'plaster'; its forms are: {forms}"):
        ask(compound, exposure=Exposure(form="plaster"), knowledge=changed(compounds={"inhibizole": bare}))


def test_the_form_decides_what_is_open():
    """What holds for one form is open while nobody named one, holds with it, and is gone with the other."""
    id = "examplamine/boxed-drowsiness"
    assert ask().finding(id).if_form
    nasal = Exposure(form="nasal-spray", setting=Setting.CLINIC)
    assert len(ask(exposure=nasal).finding(id).if_form) < len(ask().finding(id).if_form)
    with pytest.raises(NoSuchRecord):
        ask(exposure=Exposure(form="injection")).finding(id)


# --- names ------------------------------------------------------------------------------------------------------------


def test_names_in_other_spelling_give_the_same_answer():
    """A synonym, other case, spacing or Unicode form gives the same answer."""
    told = ask().to_dict()
    for compound, condition in (
        ("  EXAMPLAMINE ", "DEMO  DISEASE"),
        ("racemic examplamine", "DD"),
        ("UNII:0EXAMPLE01", "demo-disease"),
        ("ｅxamplamine", "ＤＤ"),
    ):
        other = ask(compound, condition).to_dict()
        assert {**other, "question": None} == {**told, "question": None}


@pytest.mark.parametrize(
    ("compound", "condition", "kind"),
    [("4-methyl-unobtainium", "demo disease", "compound"), ("examplamine", "4-methyl-unobtainium", "condition")],
)
def test_an_unknown_name_is_an_error(compound: str, condition: str, kind: str):
    """An unknown name raises a LookupError that says nothing good about it."""
    with pytest.raises(LookupError, match=f"no {kind} is named '4-methyl-unobtainium'") as caught:
        ask(compound, condition)
    assert isinstance(caught.value, UnknownName)
    assert "not known here says nothing about its safety" in str(caught.value)


def test_a_suggestion_is_never_taken():
    """A near name is suggested and not answered for."""
    with pytest.raises(UnknownName, match="did you mean 'examplamine'") as caught:
        ask("exampelamine")
    assert caught.value.suggestions[0] == "examplamine"


def test_a_name_of_two_is_an_error():
    """A name that two compounds share is an error that names both."""
    with pytest.raises(AmbiguousName, match="'EXA' names more than one compound: examplamine, oldamine"):
        ask("EXA")


@pytest.mark.parametrize(("compound", "condition"), [("", "demo disease"), ("examplamine", " "), ("x" * 201, "DD")])
def test_a_name_that_is_none(compound: str, condition: str):
    """An empty or endless name is an InvalidQuestion, which is a ValueError."""
    with pytest.raises(ValueError, match=r"name|characters") as caught:
        ask(compound, condition)
    assert isinstance(caught.value, InvalidQuestion)


def test_a_name_with_brackets():
    """Brackets name how it is taken, and compounds to see beside it."""
    review = ask("Examplamine (IV / oldamine)")
    assert review.exposure == Exposure(form="injection", route=Route.INTRAVENOUS)
    assert review.see_also == (
        Relative(id="esexamplamine", name="esexamplamine", how="racemate-of"),
        Relative(id="oldamine", name="oldamine", how="named in the question"),
    )


def test_a_relative_is_named_from_either_side():
    """A relation is written once and seen from both sides."""
    assert [other.id for other in ask("esexamplamine").see_also] == ["examplamine"]
    assert ask("modulumab").see_also == ()


# --- jurisdiction -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jurisdiction", ["US", "EU", "CH", "nowhere"])
def test_jurisdiction_hides_nothing(jurisdiction: str):
    """A jurisdiction puts what its sources say first among equals: the same findings, headline, rows and gaps."""
    for compound, condition in (("examplamine", "demo disease"), ("oldamine", "low mood disorder")):
        without, given = ask(compound, condition), ask(compound, condition, jurisdiction=jurisdiction)
        assert given.jurisdiction == jurisdiction
        assert {f.id: f.concern for f in given.findings} == {f.id: f.concern for f in without.findings}
        for part in ("concern", "highest", "if_taking", "depends_on", "direct", "coverage"):
            assert getattr(given.headline, part) == getattr(without.headline, part)
        for part in ("because", "inferred"):
            assert set(getattr(given.headline, part)) == set(getattr(without.headline, part))
        assert given.gaps == without.gaps
        assert given.sources == without.sources
        assert given.coverage == without.coverage


def test_jurisdiction_orders():
    """Among findings of equal weight those of the jurisdiction come first."""
    knowledge = safetykb.knowledge_base()
    moved = [
        compound
        for compound in knowledge.compounds
        if [f.id for f in safetykb.review(compound, "multiple sclerosis", jurisdiction="EU").findings]
        != [f.id for f in safetykb.review(compound, "multiple sclerosis").findings]
    ]
    assert moved


# --- studies and sources ----------------------------------------------------------------------------------------------


def test_studies_of_the_pair_of_a_broader_condition_and_of_relatives():
    """Studies in a narrower condition are of the pair; those in a broader one and a relative's stand apart."""
    wide, narrow, relative = ask(), ask(condition="RDD"), ask("esexamplamine")
    pilot, mice = "examplamine/demo-disease--fatigue-pilot", "examplamine/demo-disease--mice"
    phase_2 = "examplamine/relapsing-demo-disease--phase-2"
    assert [study.id for study in wide.studies] == [pilot, mice, phase_2]
    assert (wide.wider_studies, wide.related_studies) == ((), ())
    assert [study.id for study in narrow.studies] == [phase_2]
    assert [study.id for study in narrow.wider_studies] == [pilot, mice]
    assert relative.studies == ()
    assert [study.id for study in relative.related_studies] == [pilot, mice, phase_2]
    for apart in (narrow, relative):
        assert apart.headline.direct.controlled.exposed == 0
    assert wide.headline.direct.controlled.exposed == 12


def test_a_withdrawn_study_is_not_shown():
    """A study that was withdrawn stands nowhere."""
    id = "examplamine/demo-disease--fatigue-pilot"
    gone = attrs.evolve(sample().studies[id], withdrawn=Withdrawal(date="2026-01-01", reason="retracted"))
    review = ask(knowledge=changed(studies={id: gone}))
    assert id not in {study.id for study in review.studies}
    assert id not in words(review)


def test_sources_are_sorted_and_once():
    """The sources stand once each, in the order of their keys."""
    keys = [source.id for source in ask().sources]
    assert keys == sorted(set(keys))


def test_a_newer_version_is_among_the_sources():
    """A newer version of a label that is cited is listed, also when nobody read more than its header."""
    bare = attrs.evolve(sample().compounds["examplamine"], description=())
    keys = {source.id for source in ask(knowledge=changed(compounds={"examplamine": bare})).sources}
    assert {"examplamine-us-2025", "examplamine-us-2026"} <= keys


def test_another_knowledge_base():
    """A question to another knowledge base is answered from it alone."""
    assert ask().knowledge.digest == sample().digest
    with pytest.raises(UnknownName):
        safetykb.review("examplamine", "demo disease")
    with pytest.raises(UnknownName):
        ask("ketamine", "multiple sclerosis")


# --- asked again ------------------------------------------------------------------------------------------------------


def test_a_question_asked_again_has_the_same_answer():
    """A question without a patient is answered once; other words, another day or another exposure are asked anew."""
    first = safetykb.review("ketamine", "multiple sclerosis")
    assert safetykb.review("ketamine", "multiple sclerosis") is first
    for other in (
        safetykb.review("ketamine", "MS"),
        safetykb.review("ketamine", "multiple sclerosis", today="2026-11-25"),
        safetykb.review("ketamine", "multiple sclerosis", jurisdiction="US"),
        safetykb.review("ketamine", "multiple sclerosis", knowledge=safetykb.knowledge_base()),
    ):
        assert other is not first


def test_an_answer_about_a_person_is_never_kept():
    """Nothing that was answered about a patient is held for later, whatever is asked next."""
    person = Patient(age=70)
    asked = [safetykb.review("ketamine", "multiple sclerosis", person) for _ in range(2)]
    assert asked[0] is not asked[1]
    assert all(kept.situation.patient is None for kept in assembly._lately.values())


def test_only_so_many_answers_are_kept(monkeypatch: pytest.MonkeyPatch):
    """What is kept of answers and of names has a bound, and what no longer fits is asked anew."""
    monkeypatch.setattr(assembly, "_KEPT", 2)
    monkeypatch.setattr(queries, "_KEPT", 2)
    for name in ("ketamine", "memantine", "baclofen", "tizanidine"):
        assert safetykb.compound(name).id == name
        assert safetykb.review(name, "multiple sclerosis").compound.id == name
    assert len(assembly._lately) <= 2
    assert len(queries._named) <= 2


@pytest.mark.parametrize("name", [["ketamine"], {}, None])
def test_what_cannot_be_a_name_is_refused(name: Any):
    """A name that is no text is refused in words, also where names are kept."""
    with pytest.raises(InvalidQuestion):
        safetykb.compound(name)
    with pytest.raises(InvalidQuestion):
        safetykb.review(name, "multiple sclerosis")
