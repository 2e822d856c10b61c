"""Rule 5: the headline and its parts."""

from __future__ import annotations

import pytest

from safetykb.model.scales import Concern, Coverage
from safetykb.reasoning.headline import DependsOn, Headline, IfTaking, evidence_text

from .building_blocks import World, world


def headline(made: World, **more: str) -> Headline:
    return made.review(**more).headline


def needs(found: Headline) -> list[tuple[str, str, str, str | None]]:
    return [(need.fact, str(need.concern), need.of, need.taken) for need in found.depends_on]


# --- concern ----------------------------------------------------------------------------------------------------------


def test_concern_is_the_highest_that_speaks_of_this_condition():
    """The concern is the highest among met, stated findings that speak of this condition; because names them."""
    made = world().claim("drug/a", "caution", having="disease").claim("drug/b", "avoid", having="disease")
    found = headline(made.claim("drug/c", "avoid", having="disease").claim("drug/d", "inform", having="disease"))
    assert (found.concern, found.highest, set(found.because)) == (Concern.AVOID, Concern.AVOID, {"drug/b", "drug/c"})


@pytest.mark.parametrize(
    ("concern", "counts"),
    [("inform", False), ("monitor", False), ("caution", False), ("avoid", True), ("contraindicated", True)],
)
def test_of_everybody_only_avoid_and_above_counts(concern: str, counts: bool):  # noqa: FBT001 - a case
    """What is said of everybody counts at avoid or above only."""
    found = headline(world().claim("drug/a", concern))
    assert found.concern is (Concern.of(concern) if counts else None)
    assert found.because == (("drug/a",) if counts else ())


def test_monitoring_of_everybody_by_a_label_is_monitor():
    """The concern is at least monitor where the label asks monitoring of everybody, whatever the record says."""
    for concern in ("inform", "monitor", "caution"):
        made = world().claim("drug/a", concern, kind="monitoring")
        assert headline(made).concern is Concern.MONITOR
    assert headline(world().claim("drug/a", "monitor", kind="monitoring", cites="cohort1")).concern is None
    assert headline(world().claim("drug/a", "monitor", kind="monitoring", having="pregnancy")).concern is None


def test_monitoring_at_avoid_keeps_its_concern():
    """Monitoring that speaks of the condition, or stands at avoid, keeps its own concern."""
    assert headline(world().claim("drug/a", "avoid", kind="monitoring")).concern is Concern.AVOID
    assert headline(world().claim("drug/a", "inform", kind="monitoring", having="disease")).concern is Concern.INFORM


def test_an_inferred_finding_never_sets_the_headline():
    """Neither a joined finding nor one seen in animals alone sets the concern."""
    made = world().claim("drug/a", having="disease", joined=True)
    found = headline(made.claim("drug/b", "contraindicated", having="disease", cites="preclinical1"))
    assert (found.concern, found.highest, found.because) == (None, None, ())


def test_no_increase_sets_nothing():
    """A claim of no increase gives the headline no concern and no reason."""
    found = headline(world().claim("drug/a", None, kind="no-increase", having="disease"))
    assert (found.concern, found.because) == (None, ())


def test_an_open_finding_sets_no_concern():
    """What needs a fact that nobody stated does not set the concern."""
    assert headline(world().claim("drug/a", "avoid", having="disease pregnancy")).concern is None


# --- if taking --------------------------------------------------------------------------------------------------------


def test_if_taking_names_usual_treatments_at_caution_and_above():
    """If taking: (treatment, concern) for each stated finding at caution or above open on a usual treatment."""
    made = world(treatments="one:a two:b three:c four:d:unusual five:e").claim("drug/a", "avoid", taking="one")
    made.claim("drug/b", "caution", taking="two").claim("drug/c", "monitor", taking="three")
    made.claim("drug/d", "avoid", taking="four").claim("drug/e", "caution", taking="one")
    made.claim("drug/f", taking="five", joined=True)
    found = headline(made)
    assert found.if_taking == (
        IfTaking(treatment="one", name="one", concern=Concern.AVOID),
        IfTaking(treatment="two", name="two", concern=Concern.CAUTION),
    )
    assert (found.concern, found.highest) == (None, Concern.AVOID)


def test_if_taking_with_a_claim_of_no_increase():
    """No increase with a treatment is no entry."""
    made = world(treatments="one:a").claim("drug/a", None, kind="no-increase", taking="one")
    assert headline(made).if_taking == ()


def test_if_taking_needs_nothing_else():
    """A finding with a second open fact is no entry of if_taking; it stands in depends_on as one entry."""
    made = world(treatments="one:a").claim("drug/a", "avoid", taking="one", having="pregnancy")
    found = headline(made)
    assert found.if_taking == ()
    assert needs(found) == [("pregnancy and taking one", "avoid", "patient", None)]


# --- depends on -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("concern", "told"), [("caution", False), ("avoid", True), ("contraindicated", True)])
def test_depends_on_names_what_would_matter(concern: str, told: bool):  # noqa: FBT001 - a case
    """Depends on: (fact, concern, of) for each at avoid or above that needs something nobody stated."""
    found = headline(world().claim("drug/a", concern, having="pregnancy"))
    assert needs(found) == ([("pregnancy", concern, "patient", None)] if told else [])
    assert (found.concern, found.highest) == (None, None)


def test_a_stage_is_a_fact_of_the_condition():
    """What depends on the condition itself (a stage) raises highest."""
    made = world().condition("stage", "disease").claim("drug/a", "avoid", having="stage")
    found = headline(made)
    assert needs(found) == [("stage", "avoid", "condition", None)]
    assert (found.concern, found.highest) == (None, Concern.AVOID)


def test_two_open_facts_are_one_entry():
    """A claim with two open facts is one entry, of the condition only when each is."""
    made = world().condition("stage", "disease").condition("kind", "disease")
    assert needs(headline(made.claim("drug/a", "avoid", having="stage kind"))) == [
        ("stage and kind", "avoid", "condition", None)
    ]
    found = headline(made.claim("drug/a", "avoid", having="stage pregnancy"))
    assert needs(found) == [("stage and pregnancy", "avoid", "patient", None)]
    assert found.highest is None


def test_an_open_form_is_a_fact_of_the_exposure():
    """A form that nobody stated is a fact of the exposure; with another fact it says how it would be taken."""
    made = world().compound("drug", "tablet:oral", "drops:oral").condition("stage", "disease")
    made.claim("drug/a", "avoid", exposure={"form": "tablet"})
    made.claim("drug/b", "avoid", exposure={"form": "tablet"}, having="pregnancy")
    made.claim("drug/c", "avoid", exposure={"form": "tablet"}, having="stage")
    found = headline(made)
    assert needs(found) == [
        ("as tablet", "avoid", "exposure", None),
        ("pregnancy", "avoid", "patient", "as tablet"),
        ("stage", "avoid", "patient", "as tablet"),
    ]
    assert found.highest is None


def test_a_medicine_that_is_no_usual_treatment():
    """An interaction at avoid with an unusual treatment, or with none, is a fact of the patient."""
    made = world(treatments="rare:pain:unusual usual:sleep").claim("drug/a", "avoid", taking="rare")
    made.claim("drug/b", "contraindicated", taking="stranger").claim("drug/c", "avoid", taking="usual")
    assert needs(headline(made)) == [
        ("taking stranger", "contraindicated", "patient", None),
        ("taking rare", "avoid", "patient", None),
    ]


def test_a_rule_that_meets_usual_and_unusual_treatments():
    """The usual ones stand in if_taking, the rest of the same rule in depends_on."""
    made = world(treatments="rare:pain:unusual usual:sleep").term("drowsy", "effect").has("rare", "drowsy")
    made.has("usual", "drowsy").claim("drug/a", "avoid", taking="drowsy")
    found = headline(made)
    assert [entry.treatment for entry in found.if_taking] == ["usual"]
    assert needs(found) == [("taking rare", "avoid", "patient", None)]


def test_one_fact_stands_once_with_its_highest_concern():
    """Two findings that need one fact are one entry, at the higher concern, whichever comes first."""
    made = world().claim("drug/a", "avoid", having="pregnancy").claim("drug/b", "contraindicated", having="pregnancy")
    assert needs(headline(made)) == [("pregnancy", "contraindicated", "patient", None)]
    made = world().has("drug", "class").claim("class/z", "avoid", having="pregnancy", cites="cohort1")
    assert needs(headline(made.claim("drug/a", "avoid", having="pregnancy"))) == [
        ("pregnancy", "avoid", "patient", None)
    ]


def test_inferred_findings_are_no_fact_to_depend_on():
    """A finding seen in animals alone makes no entry."""
    assert needs(headline(world().claim("drug/a", "avoid", having="pregnancy", cites="preclinical1"))) == []


# --- highest ----------------------------------------------------------------------------------------------------------


def test_highest_is_the_maximum_of_its_parts():
    """Highest is the maximum of concern, if_taking, and depends_on of the condition; not of the patient's facts."""
    made = world(treatments="one:a").condition("stage", "disease").claim("drug/a", "inform", having="disease")
    made.claim("drug/p", "contraindicated", having="pregnancy")
    assert headline(made).highest is Concern.INFORM
    made.claim("drug/b", "caution", taking="one")
    assert headline(made).highest is Concern.CAUTION
    made.claim("drug/c", "avoid", having="stage")
    assert headline(made).highest is Concern.AVOID


def test_undetermined_only_when_nothing_is_known():
    """Without any part highest is None, which is undetermined and refuses to be ordered."""
    found = headline(world())
    assert (found.concern, found.highest, found.because, found.not_checked) == (None, None, (), ())
    with pytest.raises(TypeError):
        assert found.highest < Concern.INFORM


# --- inferred ---------------------------------------------------------------------------------------------------------


def test_inferred_names_hazard_and_concern():
    """Inferred names the hazards that stand by inference only, each once at its highest concern, beside the rest."""
    made = world().term("fall", "effect").has("disease", "weakness")
    made.claim("drug/a", "monitor", having="weakness", joined=True, hazard="fall")
    made.claim("drug/b", "caution", having="disease", joined=True, hazard="fall")
    found = headline(made)
    assert [(entry.hazard, entry.name, entry.concern) for entry in found.inferred] == [
        ("fall", "fall", Concern.CAUTION)
    ]
    assert found.highest is None


def test_what_a_source_states_is_not_by_inference_only():
    """A hazard that a source states of these people is not named as inferred, nor is one tied to a medicine."""
    made = world(treatments="one:a").claim("drug/a", having="disease", joined=True)
    assert len(headline(made).inferred) == 1
    assert headline(made.claim("drug/b", "inform", having="disease")).inferred == ()
    assert headline(world(treatments="one:a").claim("drug/a", taking="one", joined=True)).inferred == ()


# --- direct evidence --------------------------------------------------------------------------------------------------


def test_direct_counts_by_design():
    """Direct: controlled, uncontrolled, cases, each with studies and people exposed; those without a result apart."""
    made = world().condition("stage", "disease").study("drug", "disease--a", exposed=12)
    made.study("drug", "stage--b", "case-control", exposed=3).study("drug", "disease--c", "case-report", exposed=1)
    made.study("drug", "disease--d", "case-series").study("drug", "disease--e", "cohort", exposed=40)
    made.study("drug", "disease--f", "spontaneous-reports", exposed=2)
    made.study("drug", "disease--g", "uncontrolled-trial", exposed=5).study(
        "drug", "disease--h", result=False, planned=90
    )
    made.study("drug", "disease--i", result=False, status="completed").study("drug", "disease--j", status="stopped")
    made.study("drug", "disease--k", result=False, status="published")
    direct = headline(made).direct
    assert (direct.controlled.studies, direct.controlled.exposed) == (3, 15)
    assert (direct.uncontrolled.studies, direct.uncontrolled.exposed) == (2, 45)
    assert (direct.cases.studies, direct.cases.exposed) == (3, 3)
    assert (direct.no_result.studies, direct.no_result.planned) == (3, 90)
    assert evidence_text(direct) == (
        "3 controlled studies (15 exposed); 2 uncontrolled studies (45 exposed); 3 case reports or series (3 exposed); "
        "3 studies without a result, 90 people planned"
    )


def test_direct_leaves_out_what_is_elsewhere():
    """A study of a relative, of a broader or another condition, a withdrawn one, or in animals is not counted."""
    made = world().condition("stage", "disease").condition("other").compound("mirror")
    made.compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}]).study("mirror", "stage--a")
    made.study("drug", "disease--b").study("drug", "other--c").study("drug", "stage--d", "preclinical")
    made.study("drug", "stage--e", withdrawn={"date": "2026-01-01", "reason": "wrong"})
    review = made.review(condition="stage")
    direct = review.headline.direct
    counts = (direct.controlled.studies, direct.uncontrolled.studies, direct.cases.studies, direct.no_result.studies)
    assert counts == (0, 0, 0, 0)
    assert evidence_text(direct) == ""
    assert [study.id for study in review.related_studies] == ["mirror/stage--a"]


def test_direct_in_words_of_one():
    """One is one, and a number that is not visible is not a zero."""
    made = world().study("drug", "disease--a").study("drug", "disease--b", "case-report", exposed=1)
    made.study("drug", "disease--c", result=False)
    assert evidence_text(headline(made).direct) == (
        "1 controlled study (number exposed not visible); 1 case report or series (1 exposed); 1 study without a result"
    )


# --- text -------------------------------------------------------------------------------------------------------------


def test_text_names_avoid_and_above_and_counts_the_rest():
    """The text says all of it, avoid and above by name, the rest counted, inference named as such."""
    made = world(treatments="one:a two:b three:c four:d").condition("stage", "disease").term("fall", "effect")
    made.compound("drug", "tablet:oral", "drops:oral")
    made.claim("drug/a", "caution", having="disease").claim("drug/b", "contraindicated", taking="one")
    made.claim("drug/c", "avoid", taking="two").claim("drug/d", "avoid", taking="three")
    made.claim("drug/e", "caution", taking="four").claim("drug/f", "contraindicated", having="pregnancy")
    made.claim("drug/g", "contraindicated", having="stage").claim(
        "drug/h", having="disease", joined=True, hazard="fall"
    )
    made.claim("drug/i", "avoid", having="heart-failure", exposure={"form": "tablet"})
    assert headline(made).text == (
        "Caution. Contraindicated if taking one. Avoid if taking three or two. "
        "Contraindicated if any of these holds (nobody has said): stage; pregnancy. "
        "Avoid, as tablet, if any of these holds (nobody has said): heart failure. "
        "Caution with 1 usual treatment. By inference only: fall. "
        "Direct evidence: Not verified (this is not reassurance)."
    )
    made.condition("disease", treatments="one:a two:b three:c four:d five:e").claim("drug/j", "caution", taking="five")
    assert "Caution with 2 usual treatments." in headline(made).text


def test_text_names_a_medicine_under_the_class_that_covers_it():
    """A medicine that a class in the headline covers and outweighs stands in brackets after the class, once."""
    made = (
        World()
        .compound("drug")
        .condition("disease", treatments="usual:pain")
        .term("class")
        .term("small", broader="class")
    )
    made.compound("one").has("one", "class").compound("two").has("two", "small").has("usual", "class")
    made.claim("drug/class", "avoid", taking="class").claim("drug/small", "contraindicated", taking="small")
    made.claim("drug/one", "avoid", taking="one").claim("drug/two", "avoid", taking="two")
    made.claim("drug/alone", "avoid", taking="alone").claim("drug/usual", "avoid", taking="usual")
    made.claim("drug/two-in-pregnancy", "avoid", taking="two", having="pregnancy")
    found = headline(made)
    assert {need.fact: need.within for need in found.depends_on} == {
        "taking small": None,
        "taking class": None,
        "taking one": "class",
        "taking two": "class",
        "taking alone": None,
        "pregnancy and taking two": None,
    }
    assert (
        "Avoid if taking usual. Contraindicated if any of these holds (nobody has said): taking small. " in found.text
    )
    assert "pregnancy and taking two; taking any of alone, class (among them one, two)." in found.text


def test_text_names_a_usual_treatment_under_its_class():
    """A usual treatment stands in brackets after a usual class that it belongs to, if that weighs as much."""
    made = world(treatments="one:a heavy:b class:c").has("one", "class").has("heavy", "class")
    made.claim("drug/class", "avoid", taking="class").claim("drug/heavy", "contraindicated", taking="heavy")
    found = headline(made)
    assert {entry.treatment: entry.within for entry in found.if_taking} == {
        "heavy": None,
        "class": None,
        "one": "class",
    }
    assert "Contraindicated if taking heavy. Avoid if taking class (among them one). " in found.text


def test_text_names_a_usual_treatment_under_no_second_class():
    """A medicine that stands among the usual treatments is not named again under a class that may be taken as well."""
    made = World().compound("drug").term("wide").term("class", broader="wide").compound("one").has("one", "class")
    made.condition("disease", treatments="one:pain class:sleep")
    made.claim("drug/wide", "avoid", taking="wide").claim("drug/one", "avoid", taking="one")
    found = headline(made)
    assert {need.fact: need.within for need in found.depends_on} == {"taking wide": None, "taking one": "one"}
    assert "Avoid if taking class (among them one). " in found.text
    assert found.text.count("one") == 1


def test_text_names_each_of_a_chain_of_classes():
    """A class within a class within a class: the widest is named, and the two others in brackets after it."""
    made = World().compound("drug").term("small").term("middle", broader="wide").term("small", broader="middle")
    made.condition("disease", treatments="small:a middle:b wide:c")
    made.claim("drug/a", "avoid", taking="small").claim("drug/b", "avoid", taking="middle")
    made.claim("drug/c", "avoid", taking="wide")
    found = headline(made)
    assert {entry.treatment: entry.within for entry in found.if_taking} == {
        "small": "wide",
        "middle": "wide",
        "wide": None,
    }
    assert "Avoid if taking wide (among them middle, small). " in found.text


@pytest.mark.parametrize("treatments", ["", "one:a other:b"])
def test_text_names_both_of_two_classes_that_belong_to_each_other(treatments: str):
    """Two classes of which each belongs to the other: one is named, the other in brackets; neither is lost."""
    made = World().compound("drug").term("one", broader="other").has("other", "one")
    made.condition("disease", treatments=treatments)
    made.claim("drug/a", "avoid", taking="one").claim("drug/b", "avoid", taking="other")
    found = headline(made)
    assert {entry.within for entry in found.if_taking or found.depends_on} == {None, "one"}
    assert "taking one (among them other)" in found.text


def test_text_names_the_heavier_of_two_classes_that_belong_to_each_other():
    """Of two classes that belong to each other the heavier one is named, whichever its name."""
    made = World().compound("drug").condition("disease").term("one", broader="other").has("other", "one")
    made.claim("drug/a", "avoid", taking="one").claim("drug/b", "contraindicated", taking="other")
    found = headline(made)
    assert {need.fact: need.within for need in found.depends_on} == {"taking other": None, "taking one": "other"}


def test_a_class_that_counts_for_one_form_covers_nothing():
    """What holds of a class as tablets does not hide what holds of a member, however the compound is taken."""
    made = World().compound("drug", "tablet:oral", "drops:oral").condition("disease").term("class")
    made.compound("one").has("one", "class")
    made.claim("drug/a", "avoid", taking="class", exposure={"form": "tablet"}).claim("drug/b", "avoid", taking="one")
    found = headline(made)
    assert {need.within for need in found.depends_on} == {None}
    assert "Avoid if any of these holds (nobody has said): taking one. " in found.text
    assert "Avoid, as tablet, if any of these holds (nobody has said): taking class. " in found.text


def test_a_heavier_claim_about_a_member_is_covered_by_no_lighter_class():
    """A medicine is named by itself where the class that it belongs to weighs less, or is not the whole of it."""
    made = World().compound("drug").condition("disease").term("class").compound("one").has("one", "class")
    made.claim("drug/class", "avoid", taking="class").claim("drug/one", "contraindicated", taking="one")
    assert [need.within for need in headline(made).depends_on] == [None, None]


def test_text_says_the_direct_evidence():
    """The text says the studies that there are, or the fixed phrase of their absence."""
    assert headline(world().study("drug", "disease--a", exposed=9)).text.endswith(
        "Direct evidence: 1 controlled study (9 exposed)."
    )
    searched = world().search("drug/a", "direct", having="disease")
    assert headline(searched).text.endswith("Direct evidence: No direct evidence (this is not reassurance).")


def test_text_of_nothing_reassures_nobody():
    """Without any finding the text says undetermined, and no word that reassures."""
    text = headline(world()).text
    assert text.startswith("Undetermined: ")
    assert not {"safe", "no risk", "no concern"} & set(text.casefold().split())


def test_entry_has_facts_of_its_own():
    """An entry of depends_on says its fact, concern, whose it is, and how the compound would be taken."""
    entry = DependsOn(fact="pregnancy", concern=Concern.AVOID, of="patient")
    assert entry.taken is None


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_coverage_of_the_answer():
    """Documented when a study has a result or a stated claim speaks of the very pair; else what was searched."""
    assert headline(world()).coverage is Coverage.NOT_ASSESSED
    assert headline(world().claim("drug/a", "avoid")).coverage is Coverage.NOT_ASSESSED
    assert headline(world().claim("drug/a", having="disease")).coverage is Coverage.DOCUMENTED
    assert headline(world().claim("drug/a", having="disease", joined=True)).coverage is Coverage.NOT_ASSESSED
    through = world().has("drug", "class").claim("class/a", having="disease")
    assert headline(through).coverage is Coverage.NOT_ASSESSED
    assert headline(world().study("drug", "disease--a")).coverage is Coverage.DOCUMENTED
    assert headline(world().study("drug", "disease--a", result=False)).coverage is Coverage.SEARCHED_NONE_FOUND
    searched = world().search("drug/a", "direct", having="disease")
    assert headline(searched).coverage is Coverage.SEARCHED_NONE_FOUND


def test_a_relative_covers_nothing():
    """A stated claim of a relative does not document the answer, nor does its study."""
    made = world().compound("mirror").compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}])
    made.claim("mirror/a", having="disease").study("mirror", "disease--a")
    assert headline(made).coverage is Coverage.NOT_ASSESSED


def test_coverage_of_a_section_is_the_best_it_holds():
    """The coverage of a section is the best that it holds: documented, inferred only, searched, not assessed."""
    bare = world(treatments="one:a").review().coverage
    assert list(bare) == ["general", "contraindications", "treatments", "condition", "monitoring", "studies"]
    assert set(bare.values()) == {Coverage.NOT_ASSESSED}
    made = world(treatments="one:a").claim("drug/a", having="disease", joined=True).has("drug", "class")
    made.search("drug/one", "interaction", "registered-only", taking="one").claim("drug/m", kind="monitoring")
    made.claim("drug/b", "inform").study("drug", "disease--a", result=False)
    assert {name: str(value) for name, value in made.review().coverage.items()} == {
        "general": "documented",
        "contraindications": "documented",
        "treatments": "searched-none-found",
        "condition": "inferred-only",
        "monitoring": "documented",
        "studies": "searched-none-found",
    }
    made.claim("drug/t", taking="one", joined=True)
    assert made.review().coverage["treatments"] is Coverage.INFERRED_ONLY


def test_a_use_documents_the_general_part():
    """What the compound is used for is something known of it in general."""
    uses = [{"condition": "disease", "status": "off-label", "cites": ["label0#indications"]}]
    made = world().source("label0").compound("drug", uses=uses)
    assert made.review().coverage["general"] is Coverage.DOCUMENTED


def test_medicines_that_nobody_named_stand_together():
    """Of what is not known, the medicines stand together after the states, and one with a state stands with it."""
    made = world().claim("drug/a", "avoid", taking="pill").claim("drug/b", "avoid", taking="other-pill")
    made.claim("drug/c", "avoid", having="pregnancy").claim("drug/d", "avoid", taking="third", having="weak-liver")
    text = headline(made).text
    assert "nobody has said): pregnancy; weak liver and taking third; taking any of other-pill, pill." in text
    alone = world().claim("drug/a", "avoid", taking="pill")
    assert "nobody has said): taking pill." in headline(alone).text


def test_what_a_source_states_of_everybody_is_not_told_as_inference():
    """A hazard that is inferred for these people is not "by inference only" where a source states it of everybody."""
    made = world().term("tired", "effect").has("drug", "tired").has("disease", "weak-state")
    made.claim("tired/weak-state", "caution", having="weak-state", hazard="tired", joined=True)
    assert [entry.hazard for entry in headline(made).inferred] == ["tired"]
    made.claim("drug/tired", "monitor", hazard="tired")
    assert headline(made).inferred == ()
