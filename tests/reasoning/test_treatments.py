"""Rules 3 and 4, and the phrases of absence: one row for each treatment."""

from __future__ import annotations

import pytest

from safetykb.model.scales import Concern, Directness
from safetykb.reasoning.absence import Phrase, direct_absence, interaction_absence
from safetykb.reasoning.findings import Place
from safetykb.reasoning.situation import Situation
from safetykb.reasoning.treatments import TreatmentRow, partner_in

from .building_blocks import World, world


def asked(made: World, compound: str = "drug", condition: str = "disease") -> Situation:
    knowledge = made.knowledge()
    return Situation(
        knowledge=knowledge, compound=knowledge.compounds[compound], condition=knowledge.conditions[condition]
    )


def rows(made: World, compound: str = "drug", condition: str = "disease") -> dict[str, TreatmentRow]:
    found = made.review(compound, condition).treatments
    assert len({row.id for row in found}) == len(found)
    return {row.id: row for row in found}


# --- rows -------------------------------------------------------------------------------------------------------------


def test_one_row_for_each_treatment():
    """A condition's treatments are possible co-medications of everybody: one row each, the compound itself apart."""
    found = rows(world(treatments="drug:pain other:sleep class:relapse:unusual").term("class"))
    assert {id: (row.purpose, row.usual) for id, row in found.items()} == {
        "other": ("sleep", True),
        "class": ("relapse", False),
    }


def test_treatments_flow_down_and_the_narrower_record_wins():
    """Treatments flow down broader, never up; where both name one, the narrower record is the one shown."""
    made = world(treatments="wide:pain both:pain").condition("stage", "disease", "both:sleep own:walking")
    assert {id: row.purpose for id, row in rows(made, condition="stage").items()} == {
        "wide": "pain",
        "both": "sleep",
        "own": "walking",
    }
    assert set(rows(made)) == {"wide", "both"}


def test_what_a_relative_meets_is_in_no_row():
    """A treatment that a relative's own finding meets has no part in it for the compound asked about."""
    made = world(treatments="other:pain").compound("mirror")
    made.compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}])
    made.claim("mirror/other", "avoid", taking="other").claim("drug/other", "avoid", taking="other")
    review = made.review()
    assert {f.id: partner_in(f, "other") == f.partners[0] for f in review.findings} == {
        "drug/other": True,
        "mirror/other": False,
    }
    assert partner_in(review.finding("mirror/other"), "other") is None
    assert partner_in(review.finding("drug/other"), "stranger") is None


def test_specialist_flows_down():
    """The specialist is that of the condition or of the nearest broader one that names one."""
    made = world().condition("disease", specialist="neurologist").condition("stage", "disease")
    assert asked(made, condition="stage").specialist == "neurologist"
    made.condition("stage", "disease", specialist="stage nurse")
    assert asked(made, condition="stage").specialist == "stage nurse"
    assert asked(world()).specialist is None


def test_rows_hold_their_findings_and_the_highest_stated_concern():
    """A row holds every finding with the treatment, and the highest concern that is not inferred."""
    made = world(treatments="one:pain two:sleep three:walking").term("drowsy", "effect").has("two", "drowsy")
    made.claim("drug/a", "avoid", taking="one").claim("drug/b", "caution", taking="one")
    made.claim("drug/c", taking="drowsy", joined=True)
    found = rows(made)
    assert [(row.id, row.concern, row.findings) for row in found.values()] == [
        ("one", Concern.AVOID, ("drug/a", "drug/b")),
        ("two", None, ("drug/c",)),
        ("three", None, ()),
    ]


def test_rows_are_in_the_order_of_what_is_known():
    """Rows with a stated concern come first, then inferred ones, then usual before unusual, then by name."""
    made = world(treatments="z:p y:p x:p:unusual w:p:unusual v:p").claim("drug/a", "caution", taking="x")
    made.claim("drug/b", "avoid", taking="y").term("drowsy", "effect").has("w", "drowsy")
    made.claim("drug/c", taking="drowsy", joined=True)
    assert list(rows(made)) == ["y", "x", "w", "v", "z"]


def test_one_rule_that_meets_many_treatments_is_one_finding():
    """A rule that meets many treatments is one finding with partners."""
    made = world(treatments="one:pain two:sleep").term("drowsy", "effect").has("one", "drowsy").has("two", "drowsy")
    findings = made.claim("drug/a", taking="drowsy").review().findings
    assert [[p.treatment for p in finding.partners] for finding in findings] == [["one", "two"]]
    assert [p.status for p in findings[0].partners] == ["open", "open"]
    assert findings[0].if_taking == ("one", "two")


def test_partner_tells_its_own_side():
    """A partner carries the path of its side, with the newest sentence of each step."""
    made = (
        world(treatments="one:pain").term("drowsy", "effect", "slow").has("one", "drowsy", "Sleepy 5%.", "Sleepy 4%.")
    )
    partner = made.claim("drug/a", taking="slow").found("drug/a").partners[0]
    assert [(step.link, step.end) for step in partner.path] == [("has", "drowsy"), ("broader", "slow")]
    assert partner.text == "Sleepy 5%."
    assert made.found("drug/a").sources == ("label0",)


# --- alternatives -----------------------------------------------------------------------------------------------------


def test_same_purpose_is_an_alternative():
    """A treatment with a purpose that the compound has here too is an alternative, not a co-medication."""
    made = world(treatments="drug:pain same:pain other:sleep").claim("drug/a", "avoid", taking="same")
    found = rows(made)
    assert {id: row.alternative for id, row in found.items()} == {"same": True, "other": False}
    assert found["same"].concern is Concern.AVOID


@pytest.mark.parametrize("treatments", ["drug:pain:combined same:pain", "drug:pain same:pain:combined"])
def test_what_is_given_beside_others_is_no_alternative(treatments: str):
    """Of one purpose, what is combined is a co-medication of the others, and sets the headline as one."""
    made = world(treatments=treatments).claim("drug/a", "avoid", taking="same")
    assert rows(made)["same"].alternative is False
    assert made.review().headline.highest is Concern.AVOID


def test_a_class_is_named_whose_only_treatment_here_is_an_alternative():
    """What a claim says of a whole class is told though the one member among the treatments is an alternative."""
    made = world(treatments="drug:pain same:pain").has("same", "class")
    headline = made.claim("drug/a", "contraindicated", taking="class").review().headline
    assert [(need.fact, str(need.concern), need.of) for need in headline.depends_on] == [
        ("taking class", "contraindicated", "patient")
    ]
    assert (headline.highest, headline.if_taking) == (None, ())


def test_a_shared_class_alone_is_no_alternative():
    """A shared class alone does not make an alternative."""
    made = world(treatments="drug:pain other:sleep").has("drug", "class").has("other", "class")
    assert rows(made)["other"].alternative is False


def test_an_alternative_never_sets_the_headline():
    """An alternative never sets the headline, at any concern, alone or with another open fact."""
    made = world(treatments="drug:pain same:pain").claim("drug/a", "contraindicated", taking="same")
    made.claim("drug/b", "contraindicated", taking="same", having="pregnancy")
    headline = made.review().headline
    assert (headline.concern, headline.highest, headline.if_taking, headline.depends_on) == (None, None, (), ())


def test_a_class_that_holds_the_compound():
    """A class among the treatments that the compound belongs to is a row, no partner, and makes it a treatment."""
    made = world(treatments="class:pain other:pain").term("class").has("drug", "class")
    made.claim("class/a", taking="class").claim("drug/b", taking="other")
    found = rows(made)
    assert (found["class"].holds_asked, found["class"].findings) == (True, ())
    assert (found["other"].holds_asked, found["other"].alternative) == (False, True)
    assert asked(made).is_treatment is True


# --- what lies under what ---------------------------------------------------------------------------------------------


def test_taking_is_open_for_what_lies_under_it():
    """A taking is open for a treatment that is it or lies under it."""
    made = world(treatments="exact:pain member:sleep").term("class").has("member", "class")
    made.claim("drug/a", taking="class").claim("drug/b", taking="exact")
    assert made.found("drug/a").if_taking == ("member",)
    assert made.found("drug/b").if_taking == ("exact",)


def test_narrower_than_a_class_treatment():
    """What is narrower than a class treatment stands in that row under its own name and outside if_taking."""
    made = world(treatments="class:pain").term("class").compound("member", name="Member").has("member", "class")
    made.claim("drug/a", "avoid", taking="member")
    found, review = made.found("drug/a"), made.review()
    assert [(p.treatment, p.name, p.narrower) for p in found.partners] == [("class", "Member", True)]
    assert found.if_taking == ("member",)
    assert review.headline.if_taking == ()
    assert [(need.fact, need.concern) for need in review.headline.depends_on] == [("taking Member", Concern.AVOID)]
    assert [(row.findings, row.concern) for row in review.treatments] == [(("drug/a",), None)]


def test_a_class_lends_its_terms():
    """A class among the treatments lends its terms and brings in no member that is not named."""
    made = world(treatments="class:pain").term("class").term("drowsy", "effect").has("class", "drowsy")
    made.compound("member").has("member", "class").claim("drug/a", taking="drowsy")
    assert made.found("drug/a").if_taking == ("class",)
    assert set(rows(made)) == {"class"}


# --- rule 4 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["treatment", "class", "use"])
def test_own_label_of_a_treatment_speaks_of_these_people(way: str):
    """When the compound is approved for or a treatment of the condition its label's warnings are direct, and count."""
    made = world().claim("drug/a", "caution", cites="label1").has("drug", "class")
    if way == "use":
        uses = [{"condition": "disease", "status": "approved", "cites": ["label1#indications"]}]
        made.compound("drug", uses=uses)
    else:
        made.condition("disease", treatments="drug:pain" if way == "treatment" else "class:pain")
    found = made.found("drug/a")
    assert (found.block, found.evidence.directness, found.speaks) == (Place.KNOWN, Directness.DIRECT, True)
    assert made.review().headline.concern is Concern.CAUTION


@pytest.mark.parametrize("status", ["off-label", "investigational", "withdrawn", "not-approved"])
def test_only_an_approved_use_makes_a_treatment(status: str):
    """A use that is not approved makes no treatment, nor does one that is approved for something else or a stage."""
    made = world().condition("stage", "disease").claim("drug/a", cites="label1")
    other = {"condition": "stage", "status": "approved", "cites": ["label1#indications"]}
    made.compound("drug", uses=[{"condition": "disease", "status": status, "cites": ["label1#indications"]}, other])
    assert made.found("drug/a").block is Place.EVERYBODY
    assert asked(made).is_treatment is False


def test_only_its_own_label_counts_as_spoken_of_these_people():
    """Of a treatment, what no label says, and what is said of its class, does not speak of these people by itself."""
    made = world(treatments="drug:pain").has("drug", "class").claim("class/a", cites="label1")
    made.claim("drug/b", cites="cohort1")
    assert {f.id: f.speaks for f in made.review().findings} == {"class/a": False, "drug/b": False}


# --- phrases of absence -----------------------------------------------------------------------------------------------


def test_nobody_searched():
    """Where nobody searched the phrase is Not verified."""
    made = world(treatments="other:pain")
    assert direct_absence(asked(made)).phrase is Phrase.NOT_VERIFIED
    assert rows(made)["other"].phrase is Phrase.NOT_VERIFIED


@pytest.mark.parametrize(("queries", "phrase"), [("a b c", "No direct evidence"), ("a b b", "Not verified")])
def test_no_direct_evidence_needs_three_different_queries(queries: str, phrase: str):
    """No direct evidence needs a search that found none by three different queries."""
    made = world().search("drug/disease", "direct", queries=queries, having="disease")
    absence = direct_absence(asked(made))
    assert absence.phrase.value == phrase
    assert [search.id for search in absence.searches] == ["drug/disease"]
    assert absence.dates == ("2026-01-02",)


@pytest.mark.parametrize(
    ("outcome", "phrase"),
    [("registered-only", "Studied, no result available"), ("not-reached", "Not verified"), ("found", "Not verified")],
)
def test_other_outcomes_of_a_direct_search(outcome: str, phrase: str):
    """A search that found registered studies alone says so; one that did not reach the pages verifies nothing."""
    made = world().search("drug/disease", "direct", outcome, having="disease")
    assert direct_absence(asked(made)).phrase.value == phrase


def test_registered_study_goes_before_none_found():
    """A registered study outweighs another search that found none."""
    made = world().search("drug/a", "direct", having="disease")
    made.search("drug/b", "direct", "registered-only", having="disease", date="2025-01-01")
    absence = direct_absence(asked(made))
    assert (absence.phrase, [search.id for search in absence.searches]) == (Phrase.NO_RESULT, ["drug/b"])


def test_a_term_covers_its_members():
    """A search about a class covers its members, and one in a broader condition covers the narrower."""
    made = world().has("drug", "class").condition("stage", "disease").search("class/x", "direct", having="disease")
    assert direct_absence(asked(made, condition="stage")).phrase is Phrase.NO_DIRECT_EVIDENCE
    stage = world().condition("stage", "disease").search("drug/x", "direct", having="stage")
    assert direct_absence(asked(stage)).phrase is Phrase.NOT_VERIFIED
    assert direct_absence(asked(stage.search("other/y", "direct", having="disease"))).phrase is Phrase.NOT_VERIFIED


def test_a_search_in_a_vulnerability_is_no_search_in_the_condition():
    """A search in people with something that the condition brings is no search in people with the condition."""
    made = world().has("disease", "low-mood").search("drug/x", "direct", having="low-mood")
    assert direct_absence(asked(made)).phrase is Phrase.NOT_VERIFIED


@pytest.mark.parametrize("topic", ["interaction", "case-report", "class-signal"])
def test_another_topic_is_no_direct_search(topic: str):
    """Only a search for direct studies earns the phrase, and only one that stands."""
    made = world().search("drug/x", topic, having="disease")
    made.search("drug/y", "direct", having="disease", withdrawn={"date": "2026-01-01", "reason": "wrong"})
    made.search("drug/z", "direct")
    assert direct_absence(asked(made)).searches == ()


def both_read(opened: str = "label1 label2") -> World:
    made = world(treatments="other:pain").source("label1", about=["drug"]).source("label2", about=["other"])
    return made.search("drug/other", "interaction", queries="q", taking="other", opened=opened)


def test_no_interaction_study_needs_both_labels():
    """No interaction study found needs one query and the interaction section of a label of each of the two."""
    assert rows(both_read())["other"].phrase is Phrase.NO_INTERACTION_STUDY
    assert rows(both_read("label1"))["other"].phrase is Phrase.NOT_VERIFIED
    assert rows(both_read("label2"))["other"].phrase is Phrase.NOT_VERIFIED
    assert rows(both_read("label1 label2#warnings"))["other"].phrase is Phrase.NOT_VERIFIED


def test_opened_must_be_labels_and_something_asked():
    """What is no label, and a search without a query, earn nothing."""
    made = both_read().source("label2", design="monograph", about=["other"])
    assert rows(made)["other"].phrase is Phrase.NOT_VERIFIED
    made = both_read().search("drug/other", "interaction", queries="", taking="other", opened="label1 label2")
    assert rows(made)["other"].phrase is Phrase.NOT_VERIFIED


def test_label_of_this_very_treatment():
    """A search with a class covers its members, but the label must be that of this very treatment."""
    made = world(treatments="one:pain two:pain").term("class").has("one", "class").has("two", "class")
    made.source("label1", about=["drug"]).source("label2", about=["one"])
    made.search("drug/class", "interaction", taking="class", opened="label1 label2")
    found = rows(made)
    assert (found["one"].phrase, found["two"].phrase) == (Phrase.NO_INTERACTION_STUDY, Phrase.NOT_VERIFIED)
    assert interaction_absence(asked(made), "two").searches[0].id == "drug/class"


def test_registered_interaction_study():
    """A registered interaction study without a result says so, and a search with another medicine says nothing."""
    made = world(treatments="one:pain two:pain").search("drug/one", "interaction", "registered-only", taking="one")
    found = rows(made)
    assert (found["one"].phrase, found["two"].phrase) == (Phrase.NO_RESULT, Phrase.NOT_VERIFIED)


@pytest.mark.parametrize(
    ("design", "held"),
    [
        *[("pk-study", True), ("cohort", True), ("randomised-trial", True), ("uncontrolled-trial", True)],
        *[("label", False), ("case-report", False)],
    ],
)
def test_interaction_study_in_place_of_a_phrase(design: str, held: bool):  # noqa: FBT001 - a case
    """A row says which study gave the two together; else it says a phrase."""
    row = rows(world(treatments="other:pain").claim("drug/a", taking="other", cites=f"{design}1"))["other"]
    assert row.interaction_study == ((f"{design}1",) if held else ())
    assert row.phrase is (None if held else Phrase.NOT_VERIFIED)


def test_study_of_a_class_is_no_study_of_the_two():
    """A study through a term on either side, or of a narrower substance, is no study of the two together."""
    made = world(treatments="other:pain group:sleep").term("class").term("group").has("drug", "class")
    made.has("other", "class").compound("member").has("member", "group")
    made.claim("class/a", taking="other", cites="pk-study1").claim("drug/b", taking="class", cites="pk-study1")
    made.claim("drug/c", taking="member", cites="pk-study1").claim("drug/d", taking="other", joined=True)
    assert {row.interaction_study for row in rows(made).values()} == {()}
