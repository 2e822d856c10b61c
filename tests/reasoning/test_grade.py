"""Rule 1: how sure a finding is, and how much it asks."""

from __future__ import annotations

from typing import Any

import pytest

from safetykb.model.choices import Origin
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel
from safetykb.reasoning import grading
from safetykb.reasoning.findings import Finding, Place

from .building_blocks import World, world


def sure(finding: Finding) -> tuple[str, str]:
    return str(finding.evidence.basis), str(finding.evidence.level)


# --- where a design starts --------------------------------------------------------------------------------------------

TABLE = {
    "label": ("authority", "moderate"),
    "regulator": ("authority", "moderate"),
    "guideline": ("authority", "moderate"),
    "monograph": ("authority", "low"),
    "systematic-review-of-trials": ("study", "high"),
    "systematic-review-of-cohorts": ("study", "low"),
    "randomised-trial": ("study", "high"),
    "pk-study": ("study", "low"),
    "cohort": ("study", "low"),
    "case-control": ("study", "low"),
    "uncontrolled-trial": ("report", "very-low"),
    "case-series": ("report", "very-low"),
    "case-report": ("report", "very-low"),
    "spontaneous-reports": ("report", "very-low"),
    "narrative-review": ("report", "very-low"),
    "preclinical": ("inference", "very-low"),
    "registry": ("report", "very-low"),
    "news": ("report", "very-low"),
}


@pytest.mark.parametrize("design", TABLE)
def test_each_design_starts_where_the_table_says(design: str):
    """A stated claim starts at the basis and level that the table of the curating guide gives its design."""
    found = world().claim("drug/a", cites=design).found("drug/a")
    assert sure(found) == TABLE[design]
    assert str(found.evidence.design) == design


def test_every_design_has_a_start():
    """No design is missing from the table."""
    assert {design.value for design in grading.STARTS} == set(TABLE)


def test_kinetic_study_of_exposure_itself():
    """A kinetic study starts at moderate where the hazard is exposure itself, and at low for clinical harm."""
    made = world().term("more-of-it", "exposure").claim("drug/a", hazard="more-of-it", cites="pk-study1")
    made.claim("drug/b", hazard="more-of-it", cites="cohort1")
    assert sure(made.found("drug/a")) == ("study", "moderate")
    assert sure(made.found("drug/b")) == ("study", "low")


def test_label_sentence_that_cites_data_starts_there():
    """A label sentence that cites data has the label's basis and the level of the design it cites."""
    found = world().claim("drug/a", cites="label1", data="randomised-trial").found("drug/a")
    assert sure(found) == ("authority", "high")
    assert str(found.evidence.design) == "randomised-trial"
    assert (
        world().claim("drug/a", cites="cohort1", data="randomised-trial").found("drug/a").evidence.level.value == "low"
    )


def test_highest_level_that_one_source_reaches_alone():
    """Of several sources the highest level that one reaches alone counts, of equals the better basis."""
    made = world().claim("drug/a", cites="case-report1 cohort1").claim("drug/b", cites="monograph1 cohort1")
    assert sure(made.found("drug/a")) == ("study", "low")
    assert sure(made.found("drug/b")) == ("authority", "low")


@pytest.mark.parametrize("design", ["registry", "news"])
def test_a_status_lifts_no_claim(design: str):
    """A registry record or a news item is a status, never a risk: beside a mouse study the claim stays inference."""
    found = world().claim("drug/a", cites=f"{design}1 preclinical1").found("drug/a")
    assert sure(found) == ("inference", "very-low")


@pytest.mark.parametrize(("steps", "level"), [(-1, "low"), (1, "high"), (-5, "very-low"), (5, "high")])
def test_only_a_change_with_a_reason_moves_a_grade(steps: int, level: str):
    """A change moves the computed level by its steps, within the scale, and its reason stands in the arithmetic."""
    found = world().claim("drug/a", change={"steps": steps, "reason": "so few"}).found("drug/a")
    assert found.evidence.level.value == level
    assert found.evidence.steps == (
        "label0#warnings: label starts at moderate (authority)",
        f"changed by hand by {steps:+d} (so few): moderate -> {level}",
    )


def test_assertion_has_the_level_of_its_best_statement():
    """An assertion has the level of its best statement."""
    statements = ({"text": "One.", "cites": "case-report1"}, {"text": "Two.", "cites": "cohort1"})
    knowledge = world().has("drug", "class", *statements).knowledge()
    grade = grading.of_assertion(knowledge, knowledge.assertions["drug/has/class"])
    assert (grade.basis, grade.level) == (Basis.STUDY, EvidenceLevel.LOW)


# --- a stated claim ---------------------------------------------------------------------------------------------------


def test_stated_claim_has_the_lowest_level_on_its_path():
    """A stated claim has the lowest of its own level and those of the memberships on its path; broader has none."""
    made = world().term("narrow", broader="wide").has("drug", "narrow", cites="case-report1").claim("wide/a", "avoid")
    found = made.found("wide/a")
    assert sure(found) == ("authority", "very-low")
    assert found.concern is Concern.AVOID
    assert found.evidence.steps[-1] == "drug/has/narrow is very-low: moderate -> very-low"


def test_stated_claim_keeps_its_own_lower_level():
    """A membership that is better known than the claim does not raise it."""
    made = world().has("drug", "class", cites="randomised-trial1").claim("class/a", cites="cohort1")
    assert sure(made.found("class/a")) == ("study", "low")


def test_membership_of_the_partner_counts():
    """In an interaction the membership of the treatment is on the path too; that of the best known treatment counts."""
    made = world(treatments="one:pain two:pain").term("role", "transporter").claim("drug/a", taking="role")
    made.has("one", "role", cites="case-report1")
    assert sure(made.found("drug/a")) == ("authority", "very-low")
    made.has("two", "role", cites="cohort1")
    assert sure(made.found("drug/a")) == ("authority", "low")


def test_vulnerability_does_not_lower_a_stated_claim():
    """A vulnerability only makes a question of a stated claim; how sure it is does not touch the claim's level."""
    made = world().has("disease", "stroke", cites="case-report1").claim("drug/a", having="stroke")
    assert sure(made.found("drug/a")) == ("authority", "moderate")


def test_best_path_is_the_best_known():
    """Of two paths the one with the highest level is taken, though it is longer."""
    made = world().term("class").term("narrow", broader="class")
    made.has("drug", "class", cites="case-report1").has("drug", "narrow").claim("class/a")
    assert [step.end for step in made.found("class/a").path] == ["narrow", "class"]


def test_of_equally_known_paths_the_shortest():
    """Of two paths of one level the shortest is taken, then the one whose ids come first."""
    made = world().term("class").term("a-narrow", broader="class").term("b-narrow", broader="class")
    made.has("drug", "a-narrow").has("drug", "b-narrow").claim("class/a")
    assert [step.end for step in made.found("class/a").path] == ["a-narrow", "class"]
    made.has("drug", "class")
    assert [step.end for step in made.found("class/a").path] == ["class"]


def test_a_better_step_on_the_way_does_not_choose_the_path():
    """Paths are compared by their lowest level: a better step on the way is no reason when a later one is worse."""
    made = world().term("a-mid").term("b-mid").term("mid").term("end")
    made.has("drug", "a-mid", cites="cohort1").has("drug", "b-mid")
    made.has("a-mid", "mid").has("b-mid", "mid").has("mid", "end", cites="cohort1").claim("end/a")
    assert [step.end for step in made.found("end/a").path] == ["a-mid", "mid", "end"]


# --- effects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("joined", [False, True])
def test_only_a_main_effect_matches(joined: bool):  # noqa: FBT001 - a case
    """Through an effect only main assertions match, stated claims and joins alike."""
    made = world().term("drowsy", "effect").claim("drowsy/a", having="disease", joined=joined)
    assert made.has("drug", "drowsy", weight="minor").finding("drowsy/a") is None
    assert made.has("drug", "drowsy", weight="main").finding("drowsy/a") is not None


def test_only_a_main_effect_of_a_treatment_matches():
    """A treatment whose effect is minor is no partner."""
    made = world(treatments="other:pain").term("drowsy", "effect").claim("drug/a", taking="drowsy", joined=True)
    assert made.has("other", "drowsy", weight="minor").finding("drug/a") is None
    assert made.has("other", "drowsy", weight="main").found("drug/a").partners[0].treatment == "other"


@pytest.mark.parametrize(
    ("frequency", "joins"),
    [
        *[("very-rare", False), ("rare", False), ("uncommon", False), ("common", True), ("very-common", True)],
        *[("not-known", True), (None, True)],
    ],
)
def test_scarce_vulnerability_joins_only_for_a_serious_hazard(frequency: str | None, joins: bool):  # noqa: FBT001
    """A vulnerability that is uncommon or rarer joins only for a serious hazard; one of unknown frequency joins."""
    made = world().has("disease", "stroke", frequency=frequency).claim("drug/a", having="stroke", joined=True)
    made.claim("drug/b", having="stroke", joined=True, serious="fatal")
    assert (made.finding("drug/a") is not None) is joins
    assert made.finding("drug/b") is not None


def test_scarce_in_every_figure():
    """A vulnerability that is common by one figure is not scarce, whichever path is the better known."""
    made = world().term("vascular", "state").term("stroke", "state", "vascular")
    made.has("disease", "stroke", frequency="rare").claim("drug/a", having="vascular", joined=True)
    assert made.finding("drug/a") is None
    made.has("disease", "vascular", frequency="common", cites="case-report1")
    assert made.finding("drug/a") is not None


def test_withdrawn_figure_is_no_figure():
    """The frequency of a withdrawn assertion does not make a vulnerability common."""
    gone = {"date": "2026-01-01", "reason": "wrong"}
    made = world().term("vascular", "state").term("stroke", "state", "vascular")
    made.has("disease", "stroke", frequency="rare").has("disease", "vascular", frequency="common", withdrawn=gone)
    assert made.claim("drug/a", having="vascular", joined=True).finding("drug/a") is None


def test_stated_claim_asks_for_no_frequency():
    """A stated claim on the diagnosis itself needs no frequency."""
    made = world().condition("stage", "disease").claim("drug/a", having="disease", joined=True)
    assert made.finding("drug/a", condition="stage") is not None


# --- a joined finding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"), [("inform", "inform"), ("monitor", "monitor"), ("caution", "caution"), ("avoid", "caution")]
)
def test_joined_finding_is_inferred_and_at_most_caution(written: str, shown: str):
    """A joined finding is inferred, at most caution."""
    found = world().claim("drug/a", written, having="disease", joined=True).found("drug/a")
    assert (found.inferred, found.origin, str(found.concern)) == (True, Origin.JOINED, shown)
    assert found.evidence.directness is Directness.INFERRED
    assert found.evidence.basis is Basis.INFERENCE


def test_joined_level_is_one_below_the_weakest_premise():
    """The level of a joined finding is its weakest premise, one step lower, not below very-low."""
    made = world(treatments="other:pain").term("drowsy", "effect").term("slow", "effect")
    made.has("drug", "drowsy", cites="randomised-trial1").has("other", "slow", cites="randomised-trial1")
    made.has("disease", "falls", cites="randomised-trial1")
    made.claim("drowsy/a", having="falls", joined=True).claim("drowsy/b", taking="slow", joined=True)
    assert made.found("drowsy/a").evidence.level is EvidenceLevel.MODERATE
    made.has("disease", "falls", cites="label1")
    assert made.found("drowsy/a").evidence.level is EvidenceLevel.LOW
    assert made.found("drowsy/b").evidence.level is EvidenceLevel.MODERATE
    made.has("other", "slow", cites="case-report1")
    assert made.found("drowsy/b").evidence.level is EvidenceLevel.VERY_LOW


def test_premises_count_as_weakest_links():
    """The level and the sources of the records named in premises count; a joined premise is very low."""
    made = world().has("drug", "class", cites="cohort1").claim("drug/told", cites="monograph1")
    made.claim("drug/guess", having="disease", joined=True)
    made.claim("drug/a", having="disease", joined=True, premises=["drug/has/class"])
    made.claim("drug/b", having="disease", joined=True, premises=["drug/told"])
    made.claim("drug/c", having="disease", joined=True, premises=["drug/guess"])
    levels = {id: made.found(id) for id in ("drug/a", "drug/b", "drug/c")}
    assert [found.evidence.level.value for found in levels.values()] == ["very-low"] * 3
    assert [found.sources for found in levels.values()] == [("cohort1",), ("monograph1",), ()]
    assert "drug/guess is very-low: high -> very-low" in levels["drug/c"].evidence.steps
    assert levels["drug/a"].statement == "drug has class. Statement of a."
    assert levels["drug/b"].statement == "Statement of told. Statement of b."


def test_joined_text_is_the_sentences_of_its_premises_then_its_own():
    """The text of a joined finding is the premises' sentences with their figures, then its own."""
    made = world().term("drowsy", "effect").has("drug", "drowsy", "Sleepy in 10%.", "Sleepy in 20% (older).")
    made.has("disease", "falls", "Half fall.", {"text": "Two fell.", "population": "athletes"})
    made.claim("drowsy/a", having="falls", joined=True, statement="{subject} may add falls.")
    assert made.found("drowsy/a").statement == "Sleepy in 10%. Half fall. Two fell (athletes). Drug may add falls."


def test_an_inference_from_animals_is_inferred_though_stated():
    """A stated claim whose basis is inference (a mouse study) is inferred, and keeps its concern."""
    found = world().claim("drug/a", "avoid", having="disease", cites="preclinical1").found("drug/a")
    assert (found.origin, found.inferred, found.concern) == (Origin.STATED, True, Concern.AVOID)
    assert found.evidence.directness is Directness.INFERRED
    assert found.block is Place.EVERYBODY


# --- a signal in a member ---------------------------------------------------------------------------------------------


def signal(concern: str, **more: Any) -> World:
    made = world().compound("member").has("drug", "class").has("member", "class")
    return made.claim("member/a", concern, having="disease", signal_for="class", cites="cohort1", **more)


@pytest.mark.parametrize(
    ("written", "shown"), [("avoid", "caution"), ("caution", "caution"), ("monitor", "monitor"), ("inform", "inform")]
)
def test_signal_is_carried_to_other_members(written: str, shown: str):
    """A signal in one member is carried to the others: not inferred, class, at most caution, one level lower."""
    found = signal(written).found("member/a")
    assert (found.inferred, found.origin, str(found.concern)) == (False, Origin.STATED, shown)
    assert (found.evidence.directness, sure(found)) == (Directness.CLASS, ("study", "very-low"))
    assert [step.end for step in found.path] == ["class"]


def test_signal_counts_for_the_headline():
    """A signal that speaks of this condition counts for the headline."""
    headline = signal("avoid").review().headline
    assert (headline.concern, headline.because) == (Concern.CAUTION, ("member/a",))


def test_signal_says_where_it_was_seen():
    """The text of a signal names the member it was seen with and the one it was not."""
    found = signal("caution", statement="{subject} made {condition} worse.").found("member/a")
    assert found.statement == "Member made disease worse. Seen with member, not with drug."


def test_signal_is_at_most_monitor_for_a_treatment():
    """Where the compound asked about is a treatment of the condition a signal is at most monitor."""
    made = signal("avoid").condition("disease", treatments="drug:pain")
    assert made.found("member/a").concern is Concern.MONITOR


def test_signal_stays_whole_for_its_own_member():
    """For the member itself the claim is direct, with its own concern and level."""
    found = signal("avoid").found("member/a", compound="member")
    assert (found.concern, sure(found), found.path) == (Concern.AVOID, ("study", "low"), ())
    assert found.evidence.directness is Directness.DIRECT
    assert "Seen with" not in found.statement


def test_signal_goes_to_members_alone():
    """What is no member of the class, and a claim without signal_for, carries nothing."""
    assert signal("avoid").compound("stranger").finding("member/a", compound="stranger") is None
    made = world().compound("member").has("drug", "class").has("member", "class").claim("member/a")
    assert made.finding("member/a") is None


def test_signal_from_animals_is_inferred():
    """A signal seen in animals is carried, and is inferred."""
    made = signal("avoid").claim("member/a", "avoid", having="disease", signal_for="class", cites="preclinical1")
    assert made.found("member/a").evidence.directness is Directness.INFERRED


# --- bands ------------------------------------------------------------------------------------------------------------


def banded(role: str, concern: str = "avoid") -> World:
    made = world(treatments="other:pain").term("inducer", "enzyme").term("strong-inducer", "enzyme", "inducer")
    made.term("weak-inducer", "enzyme", "inducer")
    return made.has("other", role, cites="randomised-trial1").claim("drug/a", concern, taking="strong-inducer")


def test_known_band_keeps_a_stated_claim():
    """A stated claim that meets the band it asks for is stated, with its concern."""
    found = banded("strong-inducer").found("drug/a")
    assert (found.origin, found.concern, sure(found)) == (Origin.STATED, Concern.AVOID, ("authority", "moderate"))
    assert found.partners[0].inferred is False


def test_unknown_band_gives_a_joined_finding():
    """A stated claim that meets an inducer without a band gives a joined finding: inferred, caution, one lower."""
    found = banded("inducer").found("drug/a")
    assert (found.origin, found.concern, sure(found)) == (Origin.JOINED, Concern.CAUTION, ("inference", "low"))
    assert found.statement == "By inference, since the strength is not stated: Statement of a."
    assert found.block is Place.TREATMENTS
    assert [step.end for step in found.partners[0].path] == ["inducer"]


def test_another_band_meets_nothing():
    """An inducer of another band is no partner."""
    found = banded("weak-inducer").found("drug/a")
    assert (found.partners, found.block) == ((), Place.NOT_IF)


def test_unknown_band_beside_a_known_one():
    """One treatment with the band and one without: the finding is stated, the one without is a partner by inference."""
    made = banded("strong-inducer").condition("disease", treatments="other:pain unknown:pain")
    made.compound("unknown").has("unknown", "inducer", cites="case-report1")
    found = made.found("drug/a")
    assert (found.origin, found.evidence.level) == (Origin.STATED, EvidenceLevel.MODERATE)
    partners = {partner.treatment: (str(partner.concern), partner.inferred) for partner in found.partners}
    assert partners == {"other": ("avoid", False), "unknown": ("caution", True)}
    review = made.review()
    assert [entry.treatment for entry in review.headline.if_taking] == ["other"]
    assert {row.id: row.concern for row in review.treatments} == {"other": Concern.AVOID, "unknown": None}


def test_unknown_band_of_the_compound_itself():
    """The compound asked about may be the one whose band nobody stated."""
    made = banded("inducer").condition("disease", treatments="drug:pain")
    found = made.found("drug/a", compound="other")
    assert (found.origin, found.concern) == (Origin.JOINED, Concern.CAUTION)
    assert found.partners[0].treatment == "drug"
    assert made.condition("disease").found("drug/a", compound="other").origin is Origin.JOINED


def test_a_band_is_asked_for_by_interactions_alone():
    """A claim about a band that is no interaction does not reach a compound without one."""
    made = world().term("inducer", "enzyme").term("strong-inducer", "enzyme", "inducer").has("drug", "inducer")
    assert made.claim("strong-inducer/a").finding("strong-inducer/a") is None


def test_a_class_has_no_bands():
    """What lies under a drug class is no band: a broader class does not stand for it."""
    made = world(treatments="other:pain").term("wide").term("narrow", broader="wide").has("other", "wide")
    assert made.claim("drug/a", taking="narrow").found("drug/a").partners == ()


# --- directness -------------------------------------------------------------------------------------------------------


def test_directness_is_the_first_that_fits():
    """Directness: class through a term, direct of this condition or a treatment of it, else general."""
    made = world(treatments="other:pain").has("drug", "class").condition("stage", "disease")
    made.claim("class/a", having="disease").claim("drug/b", having="disease").claim("drug/c", having="stage")
    made.claim("drug/d", taking="other").claim("drug/e", taking="stranger").claim("drug/f").claim("drug/g", having="x")
    found = {f.id: str(f.evidence.directness) for f in made.review().findings}
    assert found == {
        "class/a": "class",
        "drug/b": "direct",
        "drug/c": "direct",
        "drug/d": "direct",
        "drug/e": "general",
        "drug/f": "general",
        "drug/g": "general",
    }


# --- rule 10 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", TABLE)
def test_design_never_changes_the_concern(design: str):
    """Changing only a source's design never changes a claim's own concern."""
    made = world().has("drug", "class", cites="label2").claim("class/a", "contraindicated", cites="label1")
    before = made.found("class/a").concern
    made.source("label1", design=design, version_date="1990").source("label2", design=design)
    assert made.found("class/a").concern is before is Concern.CONTRAINDICATED
