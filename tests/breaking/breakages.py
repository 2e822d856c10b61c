"""Each rule of reasoning, broken once: the line, what it is broken to, and the test that must notice."""

from __future__ import annotations

from typing import NamedTuple


class Breakage(NamedTuple):
    """A rule, the file and line that hold it, what the line is broken to, and the test that fails then."""

    rule: str
    file: str
    line: str
    broken: str
    test: str


_MATCHING = "reasoning/matching.py"
_BUILDING = "reasoning/building.py"
_HEADLINE = "reasoning/headline.py"
_RANKING = "reasoning/ranking.py"

BREAKAGES = (
    Breakage(
        "0: a vulnerability is no diagnosis",
        _MATCHING,
        "StatePart(state, Status.OPEN, Bearing.VULNERABILITY",
        "StatePart(state, Status.MET, Bearing.VULNERABILITY",
        "reasoning/test_matching.py::test_vulnerability_is_no_diagnosis",
    ),
    Breakage(
        "0: where only a broader state is known, a narrower one is open",
        _MATCHING,
        "StatePart(state, Status.OPEN, Bearing.NARROWER",
        "StatePart(state, Status.MET, Bearing.NARROWER",
        "reasoning/test_matching.py::test_narrower_state_is_open_and_under_its_own_name",
    ),
    Breakage(
        "0: an unmet exposure does not apply",
        _MATCHING,
        "if exposure.status is Status.UNMET:",
        "if exposure.status is None:",
        "reasoning/test_matching.py::test_claim_about_another_form_does_not_apply",
    ),
    Breakage(
        "0: what is known not to be so does not apply",
        _MATCHING,
        "if state.status is Status.UNMET:",
        "if state.status is None:",
        "patient/test_matching_patient.py::test_a_state_is_met_unmet_or_open_by_the_patient",
    ),
    Breakage(
        "1: a stated claim has the lowest level on its path",
        _BUILDING,
        "own = own.lowered_to(level, why)",
        "own = own.lowered_to(own.level, why)",
        "reasoning/test_grade.py::test_stated_claim_has_the_lowest_level_on_its_path",
    ),
    Breakage(
        "1: a signal is at most caution",
        _BUILDING,
        "Concern.MONITOR if self.situation.is_treatment else Concern.CAUTION",
        "Concern.CONTRAINDICATED",
        "reasoning/test_grade.py::test_signal_is_carried_to_other_members",
    ),
    Breakage(
        "1: a signal is one level lower",
        _BUILDING,
        'own.stepped(-1, "a signal',
        'own.stepped(0, "a signal',
        "reasoning/test_grade.py::test_signal_is_carried_to_other_members",
    ),
    Breakage(
        "1: a joined finding is at most caution",
        _BUILDING,
        "return min(concern, Concern.CAUTION) if origin is Origin.JOINED else concern",
        "return concern",
        "reasoning/test_grade.py::test_joined_finding_is_inferred_and_at_most_caution",
    ),
    Breakage(
        "1: a joined finding is one level below its weakest premise",
        _BUILDING,
        '.stepped(-1, "joined',
        '.stepped(0, "joined',
        "reasoning/test_grade.py::test_joined_level_is_one_below_the_weakest_premise",
    ),
    Breakage(
        "1: through an effect only main assertions match",
        "reasoning/graph.py",
        "or assertion.weight is Weight.MAIN",
        "or assertion.weight is not None",
        "reasoning/test_grade.py::test_only_a_main_effect_matches",
    ),
    Breakage(
        "1: a scarce vulnerability joins only for a serious hazard",
        _MATCHING,
        "if scarce and match.consideration.serious is None:",
        "if scarce and match.consideration.serious is not None:",
        "reasoning/test_grade.py::test_scarce_vulnerability_joins_only_for_a_serious_hazard",
    ),
    Breakage(
        "2: no-increase flows nowhere",
        _MATCHING,
        "consideration.kind is Kind.NO_INCREASE and path.links:",
        "consideration.kind is Kind.NO_INCREASE and path is None:",
        "reasoning/test_matching.py::test_no_increase_does_not_flow_to_a_member",
    ),
    Breakage(
        "3: an alternative never sets the headline",
        _HEADLINE,
        "known_not = partner.alternative or",
        "known_not =",
        "reasoning/test_treatments.py::test_an_alternative_never_sets_the_headline",
    ),
    Breakage(
        "3: only a complete medication list closes an if",
        "reasoning/situation.py",
        "self.patient is not None and self.patient.complete and not members",
        "self.patient is not None and not members",
        "patient/test_matching_patient.py::test_only_a_complete_list_closes_an_if",
    ),
    Breakage(
        "4: the label of a treatment speaks of these people",
        _BUILDING,
        "return self.situation.is_treatment and labels and",
        "return self.situation.is_treatment and not labels and",
        "reasoning/test_treatments.py::test_own_label_of_a_treatment_speaks_of_these_people",
    ),
    Breakage(
        "5: an inferred finding does not set the headline",
        _HEADLINE,
        "if finding.is_open or (finding.inferred and not finding.personal):",
        "if finding.is_open:",
        "reasoning/test_headline.py::test_an_inferred_finding_never_sets_the_headline",
    ),
    Breakage(
        "5: of what depends, only the condition's own enters the highest",
        _HEADLINE,
        'if need.of == "condition"]',
        "if need.of]",
        "reasoning/test_headline.py::test_highest_is_the_maximum_of_its_parts",
    ),
    Breakage(
        "6: a joined finding is folded under the stated one",
        _RANKING,
        "if mine and mine <= theirs:",
        "if mine and mine < set():",
        "reasoning/test_ranking.py::test_joined_is_folded_under_the_stated_one",
    ),
    Breakage(
        "7: a name that several records have is never guessed",
        "knowledge/lookup.py",
        "if len(ids) > 1:",
        "if len(ids) > 9:",
        "knowledge/test_lookup.py::test_every_name_leads_to_its_record",
    ),
    Breakage(
        "8: a review is no yes or no",
        "answer/assembly.py",
        'raise NotAVerdict("a review was used as true or false")',
        "return True",
        "answer/test_review.py::test_a_review_is_no_yes_or_no",
    ),
    Breakage(
        "9: a limit of one measure applies to the other when its number meets it",
        "reasoning/person.py",
        "_OTHER_MEASURE: Final = {",
        "_OTHER_MEASURE: Final = {} and {",
        "patient/test_person.py::test_a_kidney_limit_of_one_measure_applies_to_the_other",
    ),
    Breakage(
        "10: one medicine more never lowers the highest, though it be an alternative",
        "reasoning/situation.py",
        "alternative and not members",
        "alternative",
        "patient/test_matching_patient.py::test_an_alternative_that_is_taken_counts",
    ),
    Breakage(
        "11: a relative enters no headline",
        _HEADLINE,
        "own = [finding for finding in findings if finding.relative is None]",
        "own = [*findings]",
        "reasoning/test_ranking.py::test_a_relative_enters_nothing",
    ),
    Breakage(
        "12: no claim is the mirror image of another",
        "knowledge/checks/claims.py",
        "if mirror is not None and taken != claim.subject:",
        "if mirror is not None and taken is None:",
        "knowledge/test_checks.py::test_failing_sample_fails_for_its_reason_alone[CLM:009]",
    ),
    Breakage(
        "ranking: the higher concern goes first",
        _RANKING,
        "        -concern,\n",
        "        concern,\n",
        "reasoning/test_ranking.py::test_concern_goes_first",
    ),
    Breakage(
        "absence: three different queries before 'No direct evidence'",
        "reasoning/absence.py",
        "_DIFFERENT_QUERIES = 3",
        "_DIFFERENT_QUERIES = 1",
        "reasoning/test_treatments.py::test_no_direct_evidence_needs_three_different_queries",
    ),
    Breakage(
        "absence: both labels read before 'No interaction study found'",
        "reasoning/absence.py",
        "and all(any(id in about for about in read)",
        "and any(any(id in about for about in read)",
        "reasoning/test_treatments.py::test_no_interaction_study_needs_both_labels",
    ),
)
