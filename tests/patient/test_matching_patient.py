"""A patient in the matching: what is met, what is unmet, what stays open, and where a finding then stands."""

from __future__ import annotations

from typing import Any

import pytest

from safetykb import Concern, Patient
from safetykb.model.choices import Origin, Sex
from safetykb.reasoning.findings import Place
from tests.reasoning.building_blocks import World, world

from .persons import ask, clinic, patient


def place(made: World, id: str, **facts: Any) -> tuple[str, bool, bool, str]:
    """The block of a finding, whether it is open, whether a fact meets it, and its directness."""
    found = made.found(id, patient=patient(**facts))
    return found.block.value, found.is_open, found.personal, str(found.evidence.directness)


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_state_is_met_unmet_or_open_by_the_patient():
    """A stated claim is known when the patient has the state, gone when it is refuted, and an if when nobody says."""
    made = clinic().claim("drug/kidneys", "avoid", having="bad-kidneys")
    assert place(made, "drug/kidneys", egfr=20) == ("known", False, True, "direct")
    assert place(made, "drug/kidneys", age=20) == ("not-if", True, False, "general")
    assert made.finding("drug/kidneys", patient=Patient(egfr=80)) is None
    met = made.found("drug/kidneys", patient=Patient(egfr=20))
    assert (met.facts, met.if_having, met.concern) == (("eGFR 20 mL/min/1.73 m2",), (), Concern.AVOID)


@pytest.mark.parametrize("concern", ["inform", "monitor", "caution", "avoid", "contraindicated"])
def test_a_met_claim_is_known_at_any_concern(concern: str):
    """A stated claim that a fact of the patient meets is known and sets the headline, however low its concern."""
    made = clinic().claim("drug/age", concern, having="older-age")
    review = ask(made, age=70)
    assert review.finding("drug/age").block is Place.KNOWN
    assert str(review.headline.concern) == concern
    assert review.headline.because == ("drug/age",)


def test_each_state_of_a_claim_must_hold():
    """A claim of two states is open while one is, and gone when one is unmet."""
    made = clinic().claim("drug/both", "avoid", having="older-age bad-kidneys")
    assert place(made, "drug/both", age=70) == ("not-if", True, True, "direct")
    assert made.found("drug/both", patient=Patient(age=70)).if_having == ("bad kidneys",)
    assert ask(made, age=70).headline.concern is None
    assert place(made, "drug/both", age=70, egfr=20)[:2] == ("known", False)
    assert made.finding("drug/both", patient=Patient(age=40, egfr=20)) is None


def test_a_state_stated_twice_stands_on_both_facts():
    """Every fact that says a state stands behind the finding, each once."""
    made = clinic().claim("drug/kidneys", "avoid", having="kidneys")
    review = ask(made, egfr=20, conditions=("bad kidneys", "bad kidneys", "kidneys"))
    assert review.finding("drug/kidneys").facts == ("eGFR 20 mL/min/1.73 m2", "bad kidneys", "kidneys")
    assert [line.findings for line in review.facts] == [("drug/kidneys",)] * 4


def test_what_the_condition_is_needs_no_fact():
    """A state that the condition itself is holds by the condition, even for a patient who is said not to have it."""
    made = clinic().claim("drug/it", "avoid", having="disease")
    found = made.found("drug/it", patient=Patient(has_not=("disease",)))
    assert (found.block, found.personal, found.facts) == (Place.KNOWN, False, ())


def test_a_stage_of_the_patient_is_met():
    """A claim about a stage is open in the condition, met for a patient who has the stage, gone for one who has not."""
    made = clinic().condition("stage", "disease").claim("drug/stage", "avoid", having="stage")
    assert made.found("drug/stage").statement.startswith("In stage: ")
    assert place(made, "drug/stage", conditions=("stage",))[:3] == ("known", False, True)
    assert ask(made, conditions=("stage",)).headline.highest is Concern.AVOID
    assert made.finding("drug/stage", patient=Patient(has_not=("stage",))) is None


def test_a_vulnerability_of_the_condition_is_closed_by_the_patient():
    """A vulnerability is a question of a stated claim: a patient who has it answers yes, one who has it not, no."""
    made = clinic().has("disease", "falls", frequency="common").claim("drug/falls", "caution", having="falls")
    made.claim("harm/falls", "caution", having="falls", joined=True).has("drug", "harm")
    assert made.found("drug/falls").is_open
    assert made.finding("harm/falls") is not None
    met = ask(made, conditions=("falls",))
    assert met.finding("drug/falls").block is Place.KNOWN
    assert met.finding("harm/falls").personal
    gone = ask(made, has_not=("falls",))
    assert gone.findings == ()


def test_an_inference_from_a_state_of_the_patient_counts_as_caution():
    """A joined claim about a state that only the patient brings applies, stays inferred, and is at most caution."""
    made = clinic().claim("harm/age", "avoid", having="older-age", joined=True).has("drug", "harm")
    assert made.finding("harm/age") is None
    review = ask(made, age=70)
    found = review.finding("harm/age")
    assert (found.inferred, found.personal, found.concern, found.block) == (
        True,
        True,
        Concern.CAUTION,
        Place.CONDITION,
    )
    assert (review.headline.concern, review.headline.because) == (Concern.CAUTION, ("harm/age",))
    assert [entry.hazard for entry in review.headline.inferred] == ["harm"]


def test_a_rare_vulnerability_joins_for_a_patient_who_has_it():
    """A join that is too far-fetched for everybody with the condition holds for a patient who has the state."""
    made = clinic().has("disease", "falls", frequency="rare").has("drug", "harm")
    made.claim("harm/falls", "caution", having="falls", joined=True)
    assert made.finding("harm/falls") is None
    assert made.finding("harm/falls", patient=Patient(conditions=("falls",))) is not None


def test_an_inference_of_everybody_sets_no_headline():
    """Beside a patient whose facts do not meet it an inference sets nothing."""
    made = clinic().has("disease", "falls", frequency="common").has("drug", "harm")
    made.claim("harm/falls", "caution", having="falls", joined=True)
    assert ask(made, age=70).headline.concern is None


@pytest.mark.parametrize(
    ("having", "facts", "kept"),
    [
        ("pregnancy", {"pregnant": True}, True),
        ("pregnancy", {"conditions": ("second half of pregnancy",)}, False),
        ("pregnancy", {"conditions": ("second half of pregnancy", "pregnancy")}, True),
        ("pregnancy", {"pregnant": False}, False),
        ("weak-kidneys", {"egfr": 20}, True),
        ("kidneys", {"egfr": 20}, False),
    ],
)
def test_no_increase_flows_nowhere(having: str, facts: dict[str, Any], kept: bool):  # noqa: FBT001
    """What was no more frequent in a state holds for a patient who has that very state, not for something narrower."""
    made = clinic().claim("drug/none", None, having=having, kind="no-increase")
    assert (made.finding("drug/none", patient=patient(**facts)) is not None) == kept


def test_has_not_of_something_broader_closes_what_is_narrower():
    """Who has no trouble of the kidneys has no bad one."""
    made = clinic().claim("drug/kidneys", "avoid", having="bad-kidneys")
    assert made.finding("drug/kidneys", patient=Patient(has_not=("kidneys",))) is None


# --- medicines --------------------------------------------------------------------------------------------------------


def taken(made: World, id: str, *medicines: str, **more: Any) -> tuple[str, bool, list[tuple[str, str]], Any]:
    """The block, whether it is open, the partners with their status, and what the headline says."""
    review = ask(made, medications=medicines, **more)
    found = review.finding(id)
    partners = [(partner.treatment, partner.status) for partner in found.partners]
    return found.block.value, found.is_open, partners, review.headline.concern


def test_a_treatment_that_is_taken_is_no_if():
    """A stated interaction with a treatment that the patient takes is known, personal, and sets the headline."""
    made = clinic(treatments="first:pain second:pain").claim("drug/both", "avoid", taking="class")
    made.has("first", "class").has("second", "class")
    assert taken(made, "drug/both", "first") == ("known", False, [("first", "met"), ("second", "open")], Concern.AVOID)
    review = ask(made, medications=("first",))
    assert [entry.treatment for entry in review.headline.if_taking] == ["second"]
    found = review.finding("drug/both")
    assert (found.if_taking, found.facts, found.personal) == ((), ("takes first",), True)
    assert ask(made).finding("drug/both").if_taking == ("first", "second")


def test_a_medicine_that_is_no_treatment_is_met():
    """A medicine that is no treatment of the condition meets a claim, and gets a row of its own."""
    made = clinic().claim("drug/stranger", "contraindicated", taking="stranger")
    assert ask(made).finding("drug/stranger").block is Place.NOT_IF
    assert taken(made, "drug/stranger", "stranger") == (
        "known",
        False,
        [("stranger", "met")],
        Concern.CONTRAINDICATED,
    )
    (row,) = ask(made, medications=("stranger",)).treatments
    assert (row.id, row.purpose, row.usual, row.taken) == ("stranger", "taken by the patient", False, True)
    assert row.concern is Concern.CONTRAINDICATED


def test_the_words_name_what_is_taken():
    """Where some of the treatments are taken the sentence names them, and else the class beside them."""
    made = clinic(treatments="first:pain second:pain").has("first", "class").has("second", "class")
    made.claim("drug/both", "avoid", taking="class", statement="Not with {taking}.")
    assert made.found("drug/both").statement == "Not with first or second or another class."
    assert made.found("drug/both", patient=Patient(medications=("second",))).statement == "Not with second."


def test_an_inferred_interaction_with_what_is_taken():
    """A joined interaction with a medicine that is taken stands among what is taken, and counts as caution."""
    made = clinic().term("sleepy", "effect").compound("partner").has("drug", "sleepy").has("partner", "sleepy")
    made.claim("sleepy/sleepy", "caution", taking="sleepy", joined=True)
    assert made.finding("sleepy/sleepy") is None
    assert taken(made, "sleepy/sleepy", "partner") == ("taken", False, [("partner", "met")], Concern.CAUTION)
    assert [entry.hazard for entry in ask(made, medications=("partner",)).headline.inferred] == ["harm"]


def test_a_heavy_claim_that_is_open_stays_not_if():
    """A claim at avoid that needs more than the medicine taken is not known yet, and is asked before what is taken."""
    made = clinic().claim("drug/one", "avoid", taking="stranger", having="older-age")
    made.claim("drug/two", "caution", taking="stranger", having="older-age")
    review = ask(made, medications=("stranger",))
    assert review.finding("drug/one").block is Place.NOT_IF
    assert review.finding("drug/two").block is Place.TAKEN
    assert [need.fact for need in review.headline.depends_on] == ["older age"]
    assert ask(made, medications=("stranger",), age=70).finding("drug/two").block is Place.KNOWN


def test_a_class_treatment_with_a_member_taken():
    """A class among the treatments is taken when a member is; the finding names the member."""
    made = World().compound("drug").compound("member").term("class").condition("disease", treatments="class:pain")
    made.has("member", "class").claim("drug/class", "avoid", taking="class")
    review = ask(made, medications=("member",))
    found = review.finding("drug/class")
    assert [(p.treatment, p.status, p.members) for p in found.partners] == [
        ("class", "met", ("member",)),
        ("member", "met", ("member",)),
    ]
    assert (found.facts, review.headline.concern) == (("takes member",), Concern.AVOID)
    assert {row.id: row.taken for row in review.treatments} == {"class": True, "member": True}
    assert review.facts[0].findings == ("drug/class",)


def test_another_member_of_the_class_is_not_what_is_taken():
    """A claim about one member of a class is not met by another member; a complete list rules it out."""
    made = World().compound("drug").compound("member").compound("other").term("class")
    made.condition("disease", treatments="class:pain").has("member", "class").has("other", "class")
    made.claim("drug/other", "contraindicated", taking="other")
    one = ask(made, medications=("member",))
    found = one.finding("drug/other")
    assert [(p.treatment, p.narrower, p.status) for p in found.partners] == [("class", True, "open")]
    assert (found.is_open, found.personal, one.headline.concern) == (True, False, None)
    assert ask(made, medications=("other",)).headline.concern is Concern.CONTRAINDICATED
    assert made.finding("drug/other", patient=Patient(medications=("member",), medications_complete=True)) is None
    both = ask(made, medications=("member", "other"), medications_complete=True).finding("drug/other")
    assert [(p.treatment, p.members) for p in both.partners] == [("class", ("other",)), ("other", ("other",))]


def test_only_a_complete_list_closes_an_if():
    """Without a complete list a treatment stays an if; with one it has neither finding nor row."""
    made = clinic(treatments="first:pain second:pain")
    made.claim("drug/first", "avoid", taking="first").claim("drug/second", "avoid", taking="second")
    some = ask(made, medications=("first",))
    assert {finding.id for finding in some.findings} == {"drug/first", "drug/second"}
    assert [row.id for row in some.treatments] == ["first", "second"]
    whole = ask(made, medications=("first",), medications_complete=True)
    assert [finding.id for finding in whole.findings] == ["drug/first"]
    assert [row.id for row in whole.treatments] == ["first"]
    assert whole.headline.if_taking == ()
    nothing = ask(made, medications_complete=True)
    assert (nothing.findings, nothing.treatments, nothing.headline.concern) == ((), (), None)


def test_an_alternative_that_is_taken_counts():
    """A treatment of the same purpose is not normally combined; a patient who takes it does combine it."""
    made = World().compound("drug").condition("disease", treatments="drug:pain second:pain")
    made.claim("drug/second", "avoid", taking="second")
    assert (made.review().headline.highest, made.review().treatments[0].alternative) == (None, True)
    review = ask(made, medications=("second",))
    assert review.headline.concern is Concern.AVOID
    assert [(row.alternative, row.taken) for row in review.treatments] == [(False, True)]


def test_what_is_taken_comes_first():
    """Rows of medicines that are taken stand before every other, whatever their concern."""
    made = clinic(treatments="first:pain second:pain").claim("drug/first", "contraindicated", taking="first")
    made.compound("stranger")
    rows = ask(made, medications=("second", "stranger")).treatments
    assert [(row.id, row.taken) for row in rows] == [("second", True), ("stranger", True), ("first", False)]


def test_the_compound_itself_is_no_partner():
    """A patient who takes the compound asked about takes nothing else by it."""
    made = clinic().has("drug", "class").claim("drug/class", "avoid", taking="class")
    review = ask(made, medications=("drug",))
    assert (review.finding("drug/class").is_open, review.treatments) == (True, ())


def test_a_claim_needs_both_the_medicine_and_the_state():
    """Each part is met on its own: a medicine that is taken does not meet a state."""
    made = clinic().claim("drug/both", "avoid", taking="stranger", having="older-age")
    assert ask(made, age=70, medications=("stranger",)).headline.concern is Concern.AVOID
    for facts in ({"age": 70}, {"medications": ("stranger",)}):
        assert ask(made, **facts).headline.concern is None


def test_a_band_that_nobody_stated_is_no_stronger_for_being_taken():
    """A medicine whose strength is not known meets a claim about strong ones by inference only."""
    made = clinic().term("inhibitor", "enzyme").term("strong-inhibitor", "enzyme", "inhibitor").compound("partner")
    made.has("partner", "inhibitor").claim("drug/strong", "contraindicated", taking="strong-inhibitor")
    review = ask(made, medications=("partner",))
    found = review.finding("drug/strong")
    assert (found.origin, found.concern, found.block) == (Origin.JOINED, Concern.CAUTION, Place.TAKEN)
    assert review.headline.concern is Concern.CAUTION


def test_a_medicine_of_unknown_strength_is_not_the_strong_one():
    """Where a treatment is known to be strong and what is taken is not, the strong one stays an if beside a caution."""
    made = World().compound("drug").term("inhibitor", "enzyme").term("strong", "enzyme", "inhibitor")
    made.compound("known").compound("partner").condition("disease", treatments="known:pain")
    made.has("partner", "inhibitor").has("known", "strong")
    made.claim("drug/strong", "contraindicated", taking="strong", statement="Not with {taking}.")
    review = ask(made, medications=("partner",))
    found, headline = review.finding("drug/strong"), review.headline
    assert (found.block, found.if_taking, found.met_by_inference) == (Place.NOT_IF, ("known",), Concern.CAUTION)
    assert found.statement == "Not with known or another strong."
    assert (headline.concern, headline.highest) == (Concern.CAUTION, Concern.CONTRAINDICATED)
    assert headline.because == ("drug/strong",)
    assert [entry.concern for entry in headline.inferred] == [Concern.CAUTION]
    both = ask(made, medications=("partner", "known"))
    assert both.headline.concern is Concern.CONTRAINDICATED
    assert both.finding("drug/strong").met_by_inference is None


def test_the_level_is_that_of_what_is_taken():
    """A join with a medicine that is taken is as sure as what is known of it, whatever is known of other treatments."""
    made = clinic(treatments="first:pain").term("sleepy", "effect").compound("partner")
    made.has("drug", "sleepy").has("first", "sleepy").has("partner", "sleepy", cites="case-report0")
    made.claim("sleepy/sleepy", "caution", taking="sleepy", joined=True)

    def level(*medications: str) -> str:
        return str(ask(made, medications=medications).finding("sleepy/sleepy").evidence.level)

    assert (level(), level("first"), level("partner")) == ("low", "low", "very-low")
    assert level("partner", "first") == "low"


def test_a_medicine_that_meets_a_signal_weakens_nothing():
    """A claim that is stated of a treatment is no signal of it, whatever else the patient takes."""
    made = World().compound("drug").compound("first").compound("other").condition("disease", treatments="first:pain")
    made.has("drug", "class").has("first", "class").has("drug", "role").has("other", "role")
    made.claim("first/role", "avoid", taking="role", signal_for="class")
    assert made.review().headline.highest is Concern.AVOID
    review = ask(made, medications=("other",))
    assert review.headline.highest is Concern.AVOID
    assert review.finding("first/role").concern is Concern.AVOID


def test_a_relative_stays_a_relative():
    """What a relative has of its own stays apart for a patient too, and sets nothing."""
    made = clinic().compound("mirror", related=[{"compound": "drug", "how": "enantiomer-of"}])
    made.claim("mirror/pregnancy", "contraindicated", having="pregnancy")
    review = ask(made, pregnant=True)
    assert review.finding("mirror/pregnancy").block is Place.RELATED
    assert review.headline.concern is None
    assert ask(made, pregnant=False).findings == ()


# --- monitoring -------------------------------------------------------------------------------------------------------


def test_medicines_bring_their_own_monitoring():
    """What a medicine that is taken asks of everybody, or of this patient, stands in the schedule with its sources."""
    asked = [{"test": "blood count", "when": ["each month"]}]
    made = clinic().compound("partner")
    made.claim("partner/count", "monitor", kind="monitoring", monitoring=asked, cites="label7")
    made.claim("partner/age", "monitor", kind="monitoring", having="older-age", monitoring=asked)
    made.claim("partner/kidneys", "monitor", kind="monitoring", having="bad-kidneys", monitoring=asked)
    made.claim("drug/own", "monitor", kind="monitoring", monitoring=[{"test": "ECG", "when": ["once"]}])
    assert [row.test for row in ask(made).monitoring] == ["ECG"]
    review = ask(made, medications=("partner", "drug"), age=70)
    assert {row.test: row.asked_by for row in review.monitoring} == {
        "ECG": ("drug/own",),
        "blood count": ("partner/age", "partner/count"),
    }
    assert "label7" in {source.id for source in review.sources}
    assert "partner/count" in review.to_text(200)
    assert "#finding-drug-own" in review.to_html()
    assert "#finding-partner-count" not in review.to_html()


def test_everybody_is_asked_alike():
    """A patient of whom nothing is stated gets the answer of everybody."""
    made = clinic(treatments="first:pain").claim("drug/first", "avoid", taking="first")
    made.claim("drug/age", "avoid", having="older-age")
    nobody, everybody = ask(made), made.review()
    assert nobody.findings == everybody.findings
    assert nobody.headline == everybody.headline
    assert nobody.treatments == everybody.treatments


def test_sex_closes_what_only_women_have():
    """A claim about pregnancy does not apply to somebody male."""
    made = clinic().claim("drug/pregnancy", "contraindicated", having="pregnancy")
    assert made.finding("drug/pregnancy", patient=Patient(sex=Sex.MALE)) is None
    assert made.found("drug/pregnancy", patient=Patient(sex=Sex.FEMALE)).is_open


def test_a_world_without_a_condition_of_its_own():
    """Nothing known of the compound is still nothing for a patient."""
    assert ask(world(), age=70).findings == ()
