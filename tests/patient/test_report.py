"""The report of what one patient changes: added, dropped with the reason, raised, closed, and what is missing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import safetykb
from safetykb import Concern, NoSuchRecord, Patient, PersonalReport, SafetyReview
from safetykb.answer.personal import report_of
from safetykb.model.choices import PolicyAction
from safetykb.model.policy import AppliedPolicy, Policy
from tests.reasoning.building_blocks import World

from .persons import ask, clinic, patient


def rich() -> World:
    """A world in which one patient meets, refutes and leaves open something."""
    made = clinic(treatments="first:pain second:pain").compound("stranger")
    made.claim("drug/kidneys", "avoid", having="bad-kidneys", cites="label2")
    made.claim("drug/pregnancy", "contraindicated", having="pregnancy")
    made.claim("drug/first", "caution", taking="first").claim("drug/second", "avoid", taking="second")
    made.claim("drug/both", "avoid", having="older-age weak-liver")
    made.claim("harm/age", "caution", having="older-age", joined=True).has("drug", "harm")
    return made


def report(made: World, **facts: Any) -> PersonalReport:
    return made.review().given(patient(**facts))


def test_a_report_tells_what_changes():
    """Added, dropped with its reason, and closed: each finding that the facts of the patient change."""
    found = report(rich(), egfr=20, pregnant=False, medications=("first",), age=70)
    assert [finding.id for finding in found.added] == ["harm/age"]
    assert [(finding.id, why) for finding, why in found.dropped] == [
        ("drug/pregnancy", "it needs pregnancy, and of the patient it is known: not pregnant")
    ]
    assert {finding.id for finding in found.closed} == {"drug/kidneys", "drug/first"}
    assert (found.raised, found.lowered) == ((), ())
    assert found.after.headline.concern is Concern.AVOID
    assert found.before.headline.concern is None
    assert repr(found) == "<PersonalReport: 1 added, 1 dropped, 2 closed>"


def test_a_report_is_the_review_of_the_patient():
    """What a report ends with is the review that asks about the patient at once."""
    made = rich()
    facts = patient(age=70, egfr=20, medications=("first", "moonlight"))
    asked = made.review(patient=facts)
    after = made.review().given(facts).after
    assert after.to_dict() == asked.to_dict()
    assert after.to_text() == asked.to_text()


def test_nothing_stated_changes_nothing():
    """Of a patient of whom nothing is known the report has nothing, save what is missing."""
    found = report(rich())
    assert (found.added, found.dropped, found.raised, found.lowered, found.closed) == ((), (), (), (), ())
    assert found.missing == found.before.missing()
    assert found.after.findings == found.before.findings


def test_a_review_of_a_patient_takes_a_better_known_one():
    """The facts given replace those that the review was asked about; nothing of the first patient is left."""
    first = rich().review(patient=Patient(egfr=20))
    found = first.given(Patient(age=70))
    assert [line.text for line in found.after.facts] == ["age 70 years"]
    assert found.after.finding("drug/kidneys").is_open
    assert not found.closed


def test_missing_facts_are_ranked():
    """What nobody stated: the highest concern first, then how many wait for it; medicines and inferences among them."""
    missing = rich().review().missing()
    assert [(one.fact, one.concern, one.findings) for one in missing] == [
        ("pregnancy", Concern.CONTRAINDICATED, ("drug/pregnancy",)),
        ("bad kidneys", Concern.AVOID, ("drug/kidneys",)),
        ("older age", Concern.AVOID, ("drug/both",)),
        ("taking second", Concern.AVOID, ("drug/second",)),
        ("weak liver", Concern.AVOID, ("drug/both",)),
        ("taking first", Concern.CAUTION, ("drug/first",)),
    ]


def test_many_findings_that_wait_for_a_fact_make_it_more_important():
    """Of two facts of one concern the one that more findings wait for is first."""
    made = clinic().claim("drug/a", "avoid", having="bad-kidneys").claim("drug/z", "avoid", having="pregnancy")
    made.claim("drug/y", "caution", having="pregnancy")
    assert [(m.fact, m.concern, m.findings) for m in made.review().missing()] == [
        ("pregnancy", Concern.AVOID, ("drug/z", "drug/y")),
        ("bad kidneys", Concern.AVOID, ("drug/a",)),
    ]


def test_what_only_inference_waits_for_has_no_concern():
    """A medicine that only an inference asks about is missing by inference only; an alternative is none."""
    made = World().compound("drug").condition("disease", treatments="drug:pain second:pain third:sleep")
    made.term("sleepy", "effect").has("drug", "sleepy").has("second", "sleepy").has("third", "sleepy")
    made.claim("sleepy/sleepy", "caution", taking="sleepy", joined=True)
    (one,) = made.review().missing()
    assert (one.fact, one.concern) == ("taking third", None)
    assert "taking third (1 findings, by inference only)" in report(made).to_text(200)


def test_a_relative_is_not_what_is_missing():
    """What only a relative's finding asks for is not missing here; what the claim itself calls the other side is."""
    made = clinic().compound("mirror", related=[{"compound": "drug", "how": "enantiomer-of"}])
    made.claim("mirror/pregnancy", "contraindicated", having="pregnancy").claim("drug/grapes", "avoid", taking="grapes")
    assert [one.fact for one in made.review().missing()] == ["taking grapes"]


# --- raised and lowered -----------------------------------------------------------------------------------------------


def with_concerns(review: SafetyReview, *concerns: Concern | None) -> SafetyReview:
    """The review with other concerns on its findings."""
    findings = [attrs.evolve(f, concern=c) for f, c in zip(review.findings, concerns, strict=True)]
    return attrs.evolve(review, findings=tuple(findings))


def test_a_band_that_becomes_known_raises():
    """A medicine whose strength is stated raises what was an inference about those of unknown strength."""
    made = clinic(treatments="vague:pain").term("inhibitor", "enzyme").compound("sure")
    made.term("strong-inhibitor", "enzyme", "inhibitor").has("vague", "inhibitor").has("sure", "strong-inhibitor")
    made.claim("drug/strong", "contraindicated", taking="strong-inhibitor")
    found = made.review().given(Patient(medications=("sure",)))
    assert [(c.id, c.hazard, c.before, c.after) for c in found.raised] == [
        ("drug/strong", "harm", Concern.CAUTION, Concern.CONTRAINDICATED)
    ]
    assert "harm (drug/strong): caution to contraindicated" in found.to_text(200)
    back = report_of(found.after, found.before)
    assert [(c.id, c.before, c.after) for c in back.lowered] == [
        ("drug/strong", Concern.CONTRAINDICATED, Concern.CAUTION)
    ]
    assert not back.raised


@pytest.mark.parametrize(
    ("before", "after", "raised"),
    [
        (None, Concern.INFORM, True),
        (Concern.INFORM, Concern.AVOID, True),
        (Concern.AVOID, Concern.INFORM, False),
        (Concern.INFORM, None, False),
    ],
)
def test_no_concern_is_below_each(before: Concern | None, after: Concern | None, raised: bool):  # noqa: FBT001
    """From none to one is higher, from one to none lower."""
    review = clinic().claim("drug/a").review()
    found = report_of(with_concerns(review, before), with_concerns(review, after))
    assert (len(found.raised), len(found.lowered)) == (1, 0) if raised else (0, 1)


# --- why not ----------------------------------------------------------------------------------------------------------


def why(made: World, id: str, **facts: Any) -> str | None:
    return made.review(patient=patient(**facts) if facts else None).why_not(id)


def test_what_stands_there_needs_no_reason():
    """A finding that is there has no reason not to be."""
    assert why(rich(), "drug/kidneys") is None


def test_what_is_not_recorded_is_an_error():
    """A claim that the knowledge does not hold has no reason either: it is an error."""
    with pytest.raises(NoSuchRecord):
        why(rich(), "drug/moonlight")


def test_a_claim_of_another_substance():
    """The compound is not the subject, nor what the claim is taken with."""
    made = clinic().claim("stranger/a")
    assert why(made, "stranger/a") == "drug is not, and does not have, stranger, nor what the claim is taken with"


def test_a_claim_that_was_withdrawn():
    """A withdrawn claim says since when and why."""
    made = clinic().claim("drug/a", withdrawn={"date": "2026-01-02", "reason": "It was misread."})
    assert why(made, "drug/a") == "it was withdrawn on 2026-01-02: It was misread."


def test_a_claim_that_is_silenced():
    """A silenced claim names the policy."""
    policy = Policy(
        id="quiet",
        action=PolicyAction.SILENCE,
        consideration="drug/kidneys",
        author="Ward 7",
        reason="Never seen here.",
        date="2026-01-02",
        expires="2027-01-02",
    )
    applied = AppliedPolicy(policy=policy, base_concern=Concern.AVOID, expired=False)
    knowledge = attrs.evolve(rich().knowledge(), policies=(applied,))
    assert safetykb.review("drug", "disease", knowledge=knowledge).why_not("drug/kidneys") == applied.text


def test_a_claim_of_another_way_to_take_it():
    """A claim about another form names it."""
    made = clinic().compound("drug", "tablet:oral").claim("drug/a", exposure={"route": "intravenous"})
    assert why(made, "drug/a") == "it speaks of the compound by the intravenous route, which is not what was asked"


def test_a_claim_that_a_fact_refutes():
    """A claim that is unmet names the state and the fact."""
    told = "it needs bad kidneys, and of the patient it is known: eGFR 80 mL/min/1.73 m2"
    assert why(rich(), "drug/kidneys", egfr=80) == told


def test_a_claim_of_no_increase_of_something_broader():
    """No increase in something broader says so."""
    made = clinic().condition("stage", "disease").claim("drug/a", None, having="disease", kind="no-increase")
    told = made.review(condition="stage").why_not("drug/a")
    assert told == "it was studied in disease, and what is no more frequent there says nothing of a narrower condition"


def test_a_claim_that_needs_another_medicine():
    """A complete list of medicines names what it lacks."""
    told = "it needs second, and the medicines stated are complete without it"
    assert why(rich(), "drug/second", medications=("first",), medications_complete=True) == told


def test_a_join_without_a_partner():
    """A joined claim that no treatment meets says so."""
    made = clinic().has("drug", "harm").claim("harm/harm", taking="harm", joined=True)
    assert why(made, "harm/harm") == "no treatment here, and nothing the patient takes, is harm"


def test_a_join_with_an_open_exposure():
    """A joined claim whose exposure nobody stated says which."""
    made = clinic().compound("drug", "tablet:oral", "drip:intravenous").has("drug", "harm")
    made.claim("harm/a", having="disease", joined=True, exposure={"form": "tablet"})
    assert why(made, "harm/a") == "it is put together here for the compound as tablet, which nobody stated"


def test_a_join_with_a_state_of_nobody():
    """A joined claim about a state that nothing ties to these people says so."""
    told = "it is put together here for people with older age, which nothing ties to these people"
    assert why(rich(), "harm/age") == told


def test_a_join_with_a_rare_vulnerability():
    """A joined claim about a rare vulnerability and a hazard that is not serious says so."""
    made = clinic().has("disease", "falls", frequency="rare").has("drug", "harm")
    made.claim("harm/falls", having="falls", joined=True)
    told = "falls is uncommon or rarer in these people, and the hazard is not known to be serious"
    assert why(made, "harm/falls") == told


def mirrored() -> World:
    """A world with a relative that has two claims of its own."""
    made = clinic().compound("mirror", related=[{"compound": "drug", "how": "enantiomer-of"}])
    return made.claim("mirror/small", "caution").claim("mirror/pregnancy", "avoid", having="pregnancy")


def test_a_claim_of_a_relative():
    """What a relative has of its own is told of the relative: too little to be shown, or refuted by a fact."""
    assert why(mirrored(), "mirror/small") == "it is a relative's, and shown of the relative only"
    told = "it needs pregnancy, and of the patient it is known: not pregnant"
    assert why(mirrored(), "mirror/pregnancy", pregnant=False) == told
    found = report(mirrored(), pregnant=False)
    assert [(finding.id, reason) for finding, reason in found.dropped] == [("mirror/pregnancy", told)]


def test_every_claim_has_a_reason():
    """Each claim of the packaged knowledge is a finding or has a reason why it is none."""
    knowledge = safetykb.knowledge_base()
    for facts in (None, Patient(age=70, egfr=20, medications=("baclofen",), medications_complete=True)):
        review = safetykb.review("ketamine", "multiple sclerosis", facts)
        here = {finding.id for finding in review.findings}
        for id in knowledge.considerations:
            assert bool(review.why_not(id)) == (id not in here), id


# --- shown ------------------------------------------------------------------------------------------------------------


def test_a_report_in_every_form():
    """Text, Markdown and HTML show the headline, each fact, each change, what is missing, and what it is not."""
    found = report(rich(), egfr=20, pregnant=False, medications=("first", "moonlight"), age=70)
    for shown in (found.to_text(500), found.to_markdown(), found.to_html(), found.to_html(standalone=False)):
        plain = " ".join(shown.replace("\\", "").split())
        for part in (
            "drug in disease: this patient",
            "Not checked, because nothing here knows it: takes moonlight.",
            "What was stated",
            "eGFR 20 mL/min/1.73 m2: stands behind 1 finding",
            "takes moonlight: not checked: nothing here knows it",
            "not pregnant: no record that applies here asks about it (this is not the same as no effect)",
            "New",
            "caution: harm (age 70 years) [harm/age]",
            "Higher",
            "Lower",
            "No longer an if",
            "avoid: harm (eGFR 20 mL/min/1.73 m2) [drug/kidneys]",
            "No longer applies",
            "contraindicated: harm [drug/pregnancy]: it needs pregnancy",
            "Not stated, most important first",
            "weak liver (1 findings, up to avoid)",
            "None.",
            "not a medical device",
        ):
            assert part.casefold() in plain.casefold(), part
    assert str(found) == found.to_text()


def test_two_findings_of_one_fact_are_two():
    """A fact counts the findings that stand on it."""
    made = rich().claim("drug/more", having="bad-kidneys")
    (line,) = ask(made, egfr=20).facts
    assert line.told == "stands behind 2 findings"
    assert "eGFR 20 mL/min/1.73 m2: stands behind 2 findings" in ask(made, egfr=20).to_text(500)


def test_a_claim_without_a_concern_shows_its_kind():
    """What is no concern is named by its kind in the report."""
    made = clinic().claim("drug/none", None, having="pregnancy", kind="no-increase")
    assert "no-increase: harm (pregnant) [drug/none]" in report(made, pregnant=True).to_text(200)


def test_an_explanation_tells_the_facts():
    """The proof of a finding names what of the patient meets it; without a patient it names nobody."""
    made = rich()
    told = ask(made, egfr=20).explain("drug/kidneys")
    assert "Known of the patient: eGFR 20 mL/min/1.73 m2." in str(told)
    assert told.to_dict()["facts"] == ["eGFR 20 mL/min/1.73 m2"]
    nobody = made.review().explain("drug/kidneys")
    assert "patient" not in str(nobody)
    assert nobody.to_dict()["facts"] == []


def test_an_explanation_tells_what_is_taken():
    """The proof of an interaction names the medicine that is taken and the way from it to the claim."""
    made = rich().has("stranger", "class").claim("drug/class", "avoid", taking="class")
    found = ask(made, medications=("stranger",)).finding("drug/class")
    assert "Known of the patient: takes stranger." in found.to_text()
    assert [step.end for step in found.explain().steps] == ["class"]


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("pregnancy", {"pregnant": False}),
        ("pregnancy", {"sex": "male"}),
        ("relapsing-remitting multiple sclerosis", {"has_not": ("multiple sclerosis",)}),
    ],
)
def test_a_fact_against_the_question_says_so(condition: str, facts: dict[str, Any]):
    """Who does not have the condition asked about is told that the answer is for people who have it."""
    asked = safetykb.review("teriflunomide", condition, Patient(**facts))
    (line,) = asked.facts
    assert line.against
    assert line.told.startswith("against the question")
    other = safetykb.review("teriflunomide", "epilepsy", Patient(**facts))
    assert not any(line.against for line in other.facts)


def test_a_value_of_a_patient_means_a_condition():
    """What a patient has and a condition that people ask about meet in the same id."""
    asked = safetykb.review("teriflunomide", "multiple sclerosis", Patient(pregnant=True))
    assert [line.states for line in asked.facts] == [("pregnancy",)]
    assert "teriflunomide/pregnancy" in {finding.id for finding in asked.findings if finding.block.value == "known"}
