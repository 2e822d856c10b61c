"""Rule 0 (met, open, unmet) and rule 2 (what flows where)."""

from __future__ import annotations

from typing import Any

import pytest

from safetykb.model.choices import Comparison, Route, Setting
from safetykb.model.considerations import Dose, Exposure
from safetykb.model.scales import Concern
from safetykb.reasoning.findings import Place
from safetykb.reasoning.matching import duration_text, exposure_text

from .building_blocks import World, world


def taken(world_: World, *forms: str) -> World:
    return world_.compound("drug", *forms)


# --- the subject ------------------------------------------------------------------------------------------------------


def test_claim_applies_when_the_compound_is_its_subject():
    """A consideration applies when its subject is the compound."""
    assert world().claim("drug/a").found("drug/a").path == ()


def test_claim_applies_through_what_the_compound_has():
    """A consideration applies when its subject is a term that the compound has, and shows the path that led to it."""
    made = world().term("narrow", broader="wide").has("drug", "narrow").claim("wide/a")
    steps = made.found("wide/a").path
    assert [(step.start, step.link, step.end) for step in steps] == [
        ("drug", "has", "narrow"),
        ("narrow", "broader", "wide"),
    ]
    assert [step.verb for step in steps] == ["is", "is a kind of"]
    assert steps[0].statements == ("drug has narrow.",)


def test_claim_about_something_else_does_not_apply():
    """A claim about what the compound neither is nor has does not apply, nor does one about a narrower class."""
    made = world().term("narrow", broader="wide").has("drug", "wide").claim("other/a").claim("narrow/a")
    assert made.review().findings == ()


def test_withdrawn_claim_does_not_apply():
    """A withdrawn consideration does not apply, to the compound or to a relative."""
    gone = {"date": "2026-01-01", "reason": "wrong"}
    made = world().compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}]).compound("mirror")
    made.claim("drug/a", withdrawn=gone).claim("mirror/a", "avoid", withdrawn=gone)
    assert made.review().findings == ()


def test_withdrawn_assertion_leads_nowhere():
    """A withdrawn assertion is no step of a path."""
    made = world().has("drug", "class", withdrawn={"date": "2026-01-01", "reason": "wrong"}).claim("class/a")
    assert made.finding("class/a") is None


# --- states -----------------------------------------------------------------------------------------------------------


def test_state_is_met_by_the_condition_asked_about():
    """A state is met when the condition asked about is the state."""
    found = world().claim("drug/a", having="disease").found("drug/a")
    assert (found.block, found.if_having) == (Place.KNOWN, ())


def test_state_is_met_by_a_narrower_condition():
    """A state is met when the condition asked about is narrower: risk flows down the condition tree."""
    made = world().condition("stage", "disease").claim("drug/a", having="disease")
    found = made.found("drug/a", condition="stage")
    assert (found.block, found.if_having, found.speaks) == (Place.KNOWN, (), True)


def test_narrower_state_is_open_and_under_its_own_name():
    """A statement on a narrower state, asked about the broader, is shown under its own name as an open one."""
    made = world().condition("stage", "disease").claim("drug/a", having="stage", statement="Worse.")
    found = made.found("drug/a")
    assert found.statement == "In stage: Worse."
    assert [(need.of, need.id, need.fact) for need in found.needs] == [("condition", "stage", "stage")]


def test_unrelated_state_is_open():
    """A state that nobody spoke of is open: the stated claim is kept and says if_having."""
    found = world().claim("drug/a", having="pregnancy").found("drug/a")
    assert found.if_having == ("pregnancy",)
    assert [need.of for need in found.needs] == ["patient"]
    assert found.speaks is False


def test_every_state_must_hold():
    """The context is a conjunction: a met state and an open one make an open claim."""
    found = world().claim("drug/a", "avoid", having="disease pregnancy").found("drug/a")
    assert (found.if_having, found.block) == (("pregnancy",), Place.NOT_IF)


def test_vulnerability_is_no_diagnosis():
    """A vulnerability turns a stated claim only into a question."""
    found = world().has("disease", "stroke").claim("drug/a", "avoid", having="stroke").found("drug/a")
    assert (found.if_having, found.block) == (("stroke",), Place.NOT_IF)
    assert [step.end for step in found.person_path] == ["stroke"]


def test_vulnerability_satisfies_a_joined_claim():
    """A vulnerability satisfies a joined claim."""
    found = world().has("disease", "stroke").claim("drug/a", having="stroke", joined=True).found("drug/a")
    assert (found.if_having, found.block) == ((), Place.CONDITION)


def test_vulnerability_of_a_broader_condition_flows_down():
    """Vulnerabilities flow down the condition tree, and not up."""
    made = world().condition("stage", "disease").has("disease", "stroke").has("stage", "falls")
    made.claim("drug/a", having="stroke", joined=True).claim("drug/b", having="falls", joined=True)
    assert {f.id for f in made.review(condition="stage").findings} == {"drug/a", "drug/b"}
    assert {f.id for f in made.review(condition="disease").findings} == {"drug/a"}


@pytest.mark.parametrize("state", ["pregnancy", "stage"])
def test_joined_claim_needs_every_state(state: str):
    """A joined claim whose state the condition does not bring does not apply, a stage of it included."""
    made = world().condition("stage", "disease").claim("drug/a", having=f"disease {state}", joined=True)
    assert made.finding("drug/a") is None


# --- how it is taken --------------------------------------------------------------------------------------------------

TWO = ("spray:nasal:nasal spray", "injection:intravenous")
SPRAY = {"form": "spray", "route": Route.NASAL}
INJECTION = {"form": "injection", "route": Route.INTRAVENOUS}


@pytest.mark.parametrize("exposure", [{"form": "spray"}, {"route": "nasal"}])
def test_form_is_met_when_asked_about(exposure: dict[str, str]):
    """The form is met when it is the one asked about; so is its route."""
    made = taken(world(), *TWO).claim("drug/a", exposure=exposure)
    assert made.found("drug/a", exposure=SPRAY).if_form == ()


@pytest.mark.parametrize("exposure", [{"form": "spray"}, {"route": "nasal"}])
def test_form_is_met_when_there_is_no_other(exposure: dict[str, str]):
    """The form is met when nobody named one and the compound has no other."""
    made = taken(world(), TWO[0]).claim("drug/a", exposure=exposure)
    assert made.found("drug/a").if_form == ()


def test_form_is_open_when_nobody_named_one():
    """With two forms and none named the claim is kept and says if_form, in the words of its formulation."""
    made = taken(world(), *TWO).claim("drug/a", exposure={"form": "spray"}).claim("drug/b", exposure={"route": "nasal"})
    assert made.found("drug/a").if_form == ("as nasal spray",)
    assert made.found("drug/b").if_form == ("by the nasal route",)
    assert made.found("drug/a").needs[0].of == "exposure"


@pytest.mark.parametrize("exposure", [{"form": "spray"}, {"route": "nasal"}])
def test_claim_about_another_form_does_not_apply(exposure: dict[str, str]):
    """A form or route known not to be the one asked about is unmet, and the claim does not apply."""
    made = taken(world(), *TWO).claim("drug/a", exposure=exposure)
    assert made.finding("drug/a", exposure=INJECTION) is None


@pytest.mark.parametrize("exposure", [{"form": "tablet"}, {"route": "oral"}])
def test_form_that_the_compound_does_not_have_is_unmet(exposure: dict[str, str]):
    """A form or route that none of the compound's forms has is unmet."""
    assert taken(world(), *TWO).claim("drug/a", exposure=exposure).finding("drug/a") is None


@pytest.mark.parametrize(
    ("exposure", "told"),
    [({"form": "slow-tablet"}, "as slow tablet"), ({"route": "oral"}, "by the oral route")],
)
def test_form_is_open_when_no_form_is_entered(exposure: dict[str, str], told: str):
    """Where nobody entered the compound's forms a form or route is open, not denied."""
    assert world().claim("drug/a", exposure=exposure).found("drug/a").if_form == (told,)


def test_a_route_tells_the_form():
    """A route asked about tells the form where only one form has it; how long or how much tells neither."""
    made = taken(world(), *TWO).claim("drug/a", exposure={"form": "spray"}).claim("drug/b", exposure={"route": "nasal"})
    by_nose = {"route": Route.NASAL}
    assert (made.found("drug/a", exposure=by_nose).if_form, made.found("drug/b", exposure=by_nose).if_form) == ((), ())
    assert made.finding("drug/a", exposure={"route": Route.INTRAVENOUS}) is None
    assert made.found("drug/a", exposure={"duration": "P1Y"}).if_form == ("as nasal spray",)
    assert made.found("drug/b", exposure={"duration": "P1Y"}).if_form == ("by the nasal route",)
    alone = taken(world(), TWO[1]).claim("drug/a", exposure={"form": "injection"})
    assert alone.found("drug/a", exposure=by_nose).if_form == ("as injection",)


def test_two_forms_of_one_route_meet_it():
    """A route that every form shares is met."""
    made = taken(world(), "a:oral", "b:oral").claim("drug/a", exposure={"route": "oral"})
    assert made.found("drug/a").if_form == ()


@pytest.mark.parametrize(
    ("comparison", "dose", "met"),
    [
        *[("<", 19, True), ("<", 20, False), ("<=", 20, True), ("<=", 21, False), ("=", 20, True), ("=", 19, False)],
        *[(">=", 20, True), (">=", 19, False), (">", 21, True), (">", 20, False)],
    ],
)
def test_dose_is_compared_with_its_limit(comparison: str, dose: float, met: bool):  # noqa: FBT001 - a case
    """A dose asked about meets the limit or is unmet, at the limit as on each side of it."""
    limit = {"comparison": comparison, "value": 20, "unit": "mg", "per": "d"}
    made = world().claim("drug/a", exposure={"dose": limit})
    asked = Dose(comparison=Comparison.EQUAL, value=dose, unit="mg", per="d")
    found = made.finding("drug/a", exposure=Exposure(dose=asked))
    assert (found is not None and found.if_form == ()) is met


@pytest.mark.parametrize(("unit", "per"), [("g", "d"), ("mg", "wk"), ("mg", None)])
def test_dose_in_another_unit_is_open(unit: str, per: str | None):
    """A dose in another unit or time is not compared: it stays open."""
    made = world().claim("drug/a", exposure={"dose": {"comparison": ">", "value": 20, "unit": "mg", "per": "d"}})
    asked = Dose(comparison=Comparison.EQUAL, value=5, unit=unit, per=per)
    assert made.found("drug/a", exposure=Exposure(dose=asked)).if_form == ("at a dose above 20 mg per d",)


@pytest.mark.parametrize(
    ("needed", "same", "other", "told"),
    [
        ({"duration": "P14D"}, Exposure(duration="P14D"), Exposure(duration="P1Y"), "for 14 days or longer"),
        (
            {"setting": "clinic"},
            Exposure(setting=Setting.CLINIC),
            Exposure(setting=Setting.UNSUPERVISED),
            "under observation",
        ),
    ],
)
def test_duration_and_setting(needed: dict[str, str], same: Exposure, other: Exposure, told: str):
    """Duration and setting are met when asked about, open when nobody said, and unmet by another."""
    made = world().claim("drug/a", exposure=needed)
    assert made.found("drug/a", exposure=same).if_form == ()
    assert made.found("drug/a").if_form == (told,)
    assert made.finding("drug/a", exposure=other) is None


def test_joined_claim_needs_its_exposure():
    """A joined claim with an open exposure does not apply."""
    made = taken(world(), *TWO).claim("drug/a", having="disease", exposure={"form": "spray"}, joined=True)
    assert made.finding("drug/a") is None
    assert made.finding("drug/a", exposure=SPRAY) is not None


def test_exposure_speaks_of_the_subject():
    """An exposure is the subject's: asked about from the other side, nobody said how the subject is taken."""
    made = World().compound("drug").compound("other", *TWO).condition("disease", treatments="drug:pain")
    made.claim("drug/a", taking="other", exposure={"form": "spray"})
    found = made.found("drug/a", compound="other", exposure=INJECTION)
    assert found.if_form == ("as spray",)


def test_assertion_about_another_form_leads_nowhere():
    """What is asserted of another form of the compound only is no step, and its sentences are not shown."""
    made = taken(world(), *TWO).term("drowsy", "effect").term("dizzy", "effect").claim("drowsy/a").claim("dizzy/a")
    made.has("drug", "drowsy", {"text": "Spray.", "form": "spray"})
    made.has("drug", "dizzy", {"text": "Spray.", "form": "spray"}, {"text": "Injection.", "form": "injection"}, "Any.")
    assert made.finding("drowsy/a", exposure=INJECTION) is None
    assert made.found("drowsy/a").path[0].statements == ("Spray (spray).",)
    assert made.found("dizzy/a", exposure=INJECTION).path[0].statements == ("Injection (injection).", "Any.")


def test_exposure_in_words():
    """Every part of an exposure has words, and a duration that is not of one part stands as it is."""
    dose = Dose(comparison=Comparison.AT_MOST, value=0.5, unit="mg/kg")
    whole = Exposure(form="slow-tablet", route=Route.ORAL, dose=dose, duration="PT1H", setting=Setting.CLINIC)
    assert exposure_text(whole) == (
        "as slow tablet, by the oral route, at a dose of at most 0.5 mg/kg, for 1 hour or longer, under observation"
    )
    compound = taken(World(), "slow-tablet:oral:prolonged-release tablet", "drops:oral").knowledge().compounds["drug"]
    assert exposure_text(Exposure(form="slow-tablet"), compound) == "as prolonged-release tablet"
    assert exposure_text(Exposure(form="drops"), compound) == "as drops"
    assert [duration_text(text) for text in ("P2W", "P1M", "PT30M", "P3Y", "P1Y6M", "soon")] == [
        "2 weeks",
        "1 month",
        "30 minutes",
        "3 years",
        "P1Y6M",
        "soon",
    ]


# --- what flows nowhere -----------------------------------------------------------------------------------------------


def none_more(made: World, id: str, **more: Any) -> World:
    return made.claim(id, None, kind="no-increase", comparator="placebo", exposed=200, **more)


def test_no_increase_does_not_flow_to_a_member():
    """No-increase does not flow from a class to a member."""
    assert none_more(world().has("drug", "class"), "class/a").finding("class/a") is None
    assert none_more(world(), "drug/a").finding("drug/a") is not None


def test_no_increase_does_not_flow_down_the_condition_tree():
    """No-increase in a condition says nothing of a narrower one."""
    made = none_more(world().condition("stage", "disease"), "drug/a", having="disease")
    assert made.finding("drug/a", condition="stage") is None
    assert made.found("drug/a").concern is None


def test_no_increase_does_not_flow_to_a_member_that_is_taken():
    """No-increase with a class says nothing of a treatment that is a member of it."""
    made = world(treatments="member:pain class:pain").compound("member").term("class").has("member", "class")
    none_more(made, "drug/a", taking="class")
    assert [partner.treatment for partner in made.found("drug/a").partners] == ["class"]


def test_a_risk_flows_from_class_to_member():
    """Every statement of risk flows from class to member, with its concern."""
    found = world().has("drug", "class").claim("class/a", "contraindicated", having="disease").found("class/a")
    assert found.concern is Concern.CONTRAINDICATED
