"""Ranking and identity, rule 6 (what stands together) and rule 11 (relatives)."""

from __future__ import annotations

from typing import Any

import pytest

from safetykb.answer.assembly import SafetyReview
from safetykb.model.patient import Patient
from safetykb.model.scales import Concern, Directness
from safetykb.reasoning.findings import Place

from .building_blocks import World, world


def places(made: World) -> dict[str, str]:
    return {finding.id.partition("/")[2]: finding.block.value for finding in made.review().findings}


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_each_block_in_order():
    """The block is the first that fits, and blocks stand in their order."""
    made = world(treatments="one:a").compound("mirror").has("disease", "weak")
    made.compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}])
    made.claim("drug/known-here", "inform", having="disease").claim("drug/known-of-all", "avoid")
    made.claim("drug/not-if", "avoid", having="pregnancy").claim("drug/not-with-it", "avoid", taking="one")
    made.claim("drug/watch", "monitor", kind="monitoring").claim("mirror/related", "avoid")
    made.claim("drug/joined", having="weak", joined=True).claim("drug/treatment", "caution", taking="one")
    made.claim("drug/not-with", "caution", taking="stranger").claim("drug/everybody", "caution")
    made.claim("drug/everybody-if", "caution", having="pregnancy")
    assert list(places(made).items()) == [
        ("known-of-all", "known"),
        ("known-here", "known"),
        ("not-with-it", "not-if"),
        ("not-if", "not-if"),
        ("watch", "monitoring"),
        ("related", "related"),
        ("joined", "condition"),
        ("treatment", "treatments"),
        ("not-with", "not-with"),
        ("everybody", "everybody"),
        ("everybody-if", "everybody"),
    ]


@pytest.mark.parametrize("more", [{"having": "pregnancy"}, {"taking": "stranger"}, {"exposure": {"form": "tablet"}}])
def test_not_if_whatever_is_missing(more: dict[str, Any]):
    """Not inferred, open and at avoid is not-if, whatever is missing; monitoring too."""
    made = world().compound("drug", "tablet:oral", "drops:oral").claim("drug/a", "avoid", kind="warning", **more)
    assert places(made.claim("drug/b", "avoid", kind="monitoring", **more)) == {"a": "not-if", "b": "not-if"}


def test_known_needs_more_than_everybody():
    """What is said of everybody below avoid is not known first, and a met finding of this condition is."""
    assert places(world().claim("drug/a", "caution").claim("drug/b", "inform", having="disease")) == {
        "b": "known",
        "a": "everybody",
    }


def test_an_inferred_finding_is_never_in_the_first_two():
    """An inferred finding is never in known or not-if, at any concern."""
    made = world().claim("drug/a", "contraindicated", cites="preclinical1", having="disease")
    made.claim("drug/b", "contraindicated", cites="preclinical1", having="pregnancy")
    made.claim("drug/c", "contraindicated", joined=True, having="disease")
    assert places(made) == {"c": "condition", "a": "everybody", "b": "everybody"}


def test_sections():
    """A finding belongs to monitoring, treatments, the condition, or else contraindications and warnings."""
    made = world(treatments="one:a").has("disease", "weak").claim("drug/a", kind="monitoring", taking="one")
    made.claim("drug/b", taking="one").claim("drug/c", having="disease").claim("drug/d", having="weak", joined=True)
    made.claim("drug/e").claim("drug/f", having="weak")
    assert {f.id: f.section.value for f in made.review().findings} == {
        "drug/a": "monitoring",
        "drug/b": "treatments",
        "drug/c": "condition",
        "drug/d": "condition",
        "drug/e": "contraindications",
        "drug/f": "contraindications",
    }


# --- within a block ---------------------------------------------------------------------------------------------------


def order(made: World, **more: Any) -> list[str]:
    return [finding.id.partition("/")[2] for finding in made.review(**more).findings]


def test_concern_goes_first():
    """Within a block the higher concern stands first, and a claim without one last."""
    made = world().claim("drug/d", None, kind="no-increase").claim("drug/a", "inform").claim("drug/b", "caution")
    assert order(made.claim("drug/c", "monitor")) == ["b", "c", "a", "d"]


def test_of_equal_concern_not_inferred_first():
    """Of equal concern what is not inferred stands first."""
    made = world().claim("drug/a", cites="preclinical1").claim("drug/b", cites="case-report1")
    assert order(made) == ["b", "a"]


def test_then_basis_before_level():
    """The basis goes before the level: a low authority stands before a high study."""
    made = world().claim("drug/a", cites="randomised-trial1").claim("drug/b", cites="monograph1")
    assert order(made) == ["b", "a"]


def test_then_level():
    """Of one basis the higher level stands first."""
    made = world().claim("drug/a", cites="cohort1").claim("drug/b", cites="randomised-trial1")
    assert order(made) == ["b", "a"]


def test_of_these_people_before_seriousness():
    """What speaks of these people stands before what does not, however serious that is."""
    made = world().term("harm", "effect").claim("drug/a", "avoid", having="pregnancy", serious="fatal")
    made.condition("stage", broader="disease").claim("drug/b", "avoid", having="stage")
    assert order(made) == ["b", "a"]


def test_a_usual_treatment_is_of_these_people():
    """What a source states of taking it with a usual treatment stands before what needs a fact of somebody else."""
    made = world(treatments="usual:pain").claim("drug/a", "avoid", having="pregnancy", serious="fatal")
    made.claim("drug/b", "avoid", taking="usual")
    assert order(made) == ["b", "a"]


@pytest.mark.parametrize(
    ("partner", "asked"),
    [("taken", {"patient": Patient(medications=("taken",))}), ("usual", {})],
)
def test_seriousness_before_directness_of_these_people(partner: str, asked: dict[str, Any]):
    """Of what speaks of these people the more serious stands first, even where a class states it."""
    made = world(treatments="usual:pain").compound("taken").has("drug", "class").has("drug", "other-class")
    made.claim("class/b", "avoid", taking=partner, serious="life-threatening").claim("drug/a", "avoid", taking=partner)
    made.claim("other-class/c", "avoid", taking=partner, serious="hospital")
    assert order(made, **asked)[:3] == ["b", "c", "a"]


def test_then_seriousness():
    """Of one level, and of people alike, the more serious stands first; not known to be serious stands last."""
    made = world().claim("drug/a").claim("drug/b", serious="hospital").claim("drug/c", serious="fatal")
    assert order(made) == ["c", "b", "a"]


def test_then_directness():
    """Of equals the more direct stands first."""
    made = world().has("drug", "class").claim("drug/a").claim("class/b")
    assert order(made) == ["b", "a"]


def test_then_ids_and_jurisdiction_before_them():
    """Of equals the ids decide; a jurisdiction that was asked for goes before them, and hides nothing."""
    made = world().source("label1", jurisdiction="EU").source("label2", jurisdiction="US")
    made.claim("drug/a", cites="label1").claim("drug/b", cites="label2").claim("drug/c", "avoid", cites="label1")
    assert order(made) == ["c", "a", "b"]
    assert order(made, jurisdiction="US") == ["c", "b", "a"]


def test_identity():
    """A finding's id is its consideration's, and a consideration gives at most one finding."""
    made = world(treatments="one:a two:b").term("both").has("drug", "both").has("one", "both").has("two", "both")
    review = made.claim("both/a", taking="both").review()
    assert [finding.id for finding in review.findings] == ["both/a"]
    assert review.finding("both/a").explain().finding is review.findings[0]


# --- what stands together ---------------------------------------------------------------------------------------------


def folded(review: SafetyReview) -> dict[str, str | None]:
    return {finding.id: finding.folded_under for finding in review.findings}


def test_joined_is_folded_under_the_stated_one():
    """A joined finding is folded under the stated one of the same hazard whose partners hold all of its own."""
    made = world(treatments="one:a two:b").term("slow", "effect").has("one", "slow").claim("drug/a", taking="one")
    made.claim("drug/b", taking="slow", joined=True)
    assert folded(made.review()) == {"drug/a": None, "drug/b": "drug/a"}
    made.has("two", "slow")
    assert folded(made.review()) == {"drug/a": None, "drug/b": None}


def test_another_hazard_does_not_fold():
    """A joined finding of another hazard is not folded, and nothing is folded under an inferred one."""
    made = world(treatments="one:a").term("slow", "effect").has("one", "slow").claim("drug/a", taking="one")
    made.claim("drug/b", taking="slow", joined=True, hazard="fall").claim(
        "drug/c", "inform", taking="slow", joined=True
    )
    assert folded(made.review()) == {"drug/a": None, "drug/b": None, "drug/c": "drug/a"}
    made.claim("drug/a", taking="one", cites="preclinical1")
    assert set(folded(made.review()).values()) == {None}


def test_folding_without_partners():
    """Without partners a joined finding folds under a met one that speaks of these people, and under no other."""
    made = world().claim("drug/j", "inform", having="disease", joined=True).claim("drug/e", "avoid")
    assert folded(made.review())["drug/j"] is None
    assert folded(made.claim("drug/o", "avoid", having="disease pregnancy").review())["drug/j"] is None
    assert folded(made.claim("drug/t", taking="stranger", having="disease").review())["drug/j"] is None
    assert folded(made.claim("drug/s", having="disease").review())["drug/j"] == "drug/s"


def test_a_finding_with_partners_does_not_hide_one_without():
    """A stated interaction with a treatment does not fold a joined finding that is about no treatment."""
    made = world(treatments="one:a").claim("drug/j", having="disease", joined=True)
    assert folded(made.claim("drug/s", "avoid", taking="one", having="disease").review())["drug/j"] is None


def test_a_relative_is_folded_nowhere():
    """A relative's finding stays under its own name, and nothing is folded under it."""
    made = relatives().claim("mirror/a", "avoid", having="disease", cites="preclinical1")
    made.claim("drug/s", having="disease").claim("drug/j", taking="one", joined=True)
    made.claim("mirror/t", "avoid", taking="one").condition("disease", treatments="one:a")
    made.claim("mirror/u", "avoid", taking="one", having="disease", cites="preclinical1")
    made.claim("drug/v", "avoid", taking="one", hazard="harm")
    assert folded(made.review()) == {
        "drug/s": None,
        "drug/v": None,
        "mirror/a": None,
        "mirror/t": None,
        "mirror/u": None,
        "drug/j": "drug/v",
    }


def test_conflicting_sources_are_all_shown():
    """Conflicting sources are all shown."""
    made = (
        world().claim("drug/a", "avoid", having="disease").claim("drug/b", None, kind="no-increase", having="disease")
    )
    assert order(made) == ["a", "b"]


# --- relatives --------------------------------------------------------------------------------------------------------


def relatives() -> World:
    made = world().compound("mirror", "spray:nasal")
    return made.compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}])


def test_a_relatives_own_claims_are_shown_apart():
    """Shown of a relative: what it is itself the subject of, at avoid or above or speaking of this condition."""
    made = relatives().has("mirror", "class").claim("mirror/a", "avoid").claim("mirror/b", "caution")
    made.claim("mirror/c", "inform", having="disease").claim("class/d", "avoid").claim("mirror/e", having="pregnancy")
    made.claim("mirror/f", None, kind="no-increase", having="disease")
    found = {f.id: f for f in made.review().findings}
    assert set(found) == {"mirror/a", "mirror/c", "mirror/f"}
    assert {f.block for f in found.values()} == {Place.RELATED}
    assert {f.evidence.directness for f in found.values()} == {Directness.RELATED}
    assert {f.relative for f in found.values()} == {"mirror"}


def test_a_relative_is_named_by_itself():
    """A relative's finding speaks under the relative's own name, in its own form."""
    made = relatives().claim("mirror/a", "avoid", statement="{subject} harms.", exposure={"form": "spray"})
    found = made.found("mirror/a")
    assert (found.statement, found.if_form) == ("Mirror harms.", ())


def test_relations_are_written_on_one_side():
    """A relation is written on one side and holds from both; see_also names each relative."""
    made = relatives().claim("drug/a", "avoid")
    review = made.review(compound="mirror")
    assert [finding.relative for finding in review.findings] == ["drug"]
    assert [(other.id, other.how) for other in review.see_also] == [("drug", "enantiomer-of")]
    assert [other.id for other in made.review().see_also] == ["mirror"]
    assert made.compound("stranger").review(compound="stranger").see_also == ()


def test_a_signal_is_not_shown_again_of_the_relative():
    """A claim that reaches the compound as a signal is not shown a second time of the relative."""
    made = relatives().has("drug", "class").has("mirror", "class")
    made.claim("mirror/a", "avoid", having="disease", signal_for="class")
    assert [(f.id, f.relative) for f in made.review().findings] == [("mirror/a", None)]


def test_a_relative_enters_nothing():
    """A relative's finding enters no headline, no treatment row, no schedule, and no coverage."""
    made = relatives().condition("disease", treatments="one:a").term("slow", "effect")
    asks = [{"test": "pulse", "when": ["daily"]}]
    made.claim("mirror/a", "contraindicated", having="disease", monitoring=asks)
    made.claim("mirror/b", "contraindicated", taking="one").claim("mirror/c", "avoid", having="pregnancy")
    made.claim("mirror/d", "avoid", having="disease", cites="preclinical1")
    review = made.review()
    assert len(review.findings) == 4
    headline = review.headline
    assert (headline.concern, headline.highest, headline.if_taking, headline.depends_on) == (None, None, (), ())
    assert (headline.inferred, headline.because, review.monitoring) == ((), (), ())
    assert [(row.findings, row.concern) for row in review.treatments] == [((), None)]
    assert {str(value) for value in review.coverage.values()} == {"not-assessed"}


def test_a_relative_is_treated_as_itself():
    """A relative that is a treatment here speaks by its own label, at any concern."""
    made = relatives().condition("disease", treatments="mirror:a").claim("mirror/a", "inform", cites="label1")
    assert [(f.id, f.relative, f.concern) for f in made.review().findings] == [("mirror/a", "mirror", Concern.INFORM)]
