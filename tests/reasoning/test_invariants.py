"""What must hold of every packaged pair, enumerated, and of random small knowledge."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safetykb.answer.assembly import SafetyReview, review
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.lookup import index_of, names_of
from safetykb.knowledge.names import MAX_NAME
from safetykb.knowledge.strict_json import encode
from safetykb.knowledge.tree import packaged_files
from safetykb.model.scales import Concern
from safetykb.reasoning import grading
from safetykb.reasoning.findings import Finding, Place
from safetykb.reasoning.ranking import findings_of

from .agreement import situation
from .building_blocks import World
from .worlds import worlds

FILES = packaged_files()
KNOWLEDGE = parse(FILES).knowledge
PAIRS = [(compound, condition) for compound in KNOWLEDGE.compounds for condition in KNOWLEDGE.conditions]
SMALL = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def reviews_of(knowledge: KnowledgeBase) -> Iterator[SafetyReview]:
    for compound in knowledge.compounds:
        for condition in knowledge.conditions:
            yield review(compound, condition, knowledge=knowledge)


@pytest.fixture(scope="module")
def reviews() -> list[SafetyReview]:
    """The review of every packaged pair."""
    return list(reviews_of(KNOWLEDGE))


def plain(found: SafetyReview) -> dict[str, Any]:
    """A review without what its question was and which bytes it came from."""
    value: dict[str, Any] = json.loads(json.dumps(found.to_dict()))
    value["question"].pop("as_asked")
    value["knowledge"].pop("digest")
    return value


# --- each invariant, for one review -----------------------------------------------------------------------------------


def heavy(finding: Finding) -> bool:
    return finding.concern is not None and finding.concern >= Concern.AVOID


def no_inferred_first(found: SafetyReview) -> bool:
    return no_inferred_before(finding for finding in found.findings if finding.relative is None)


def no_inferred_before(findings: Iterable[Finding]) -> bool:
    seen = False
    for finding in findings:
        if seen and heavy(finding) and not finding.inferred:
            return False
        seen = seen or finding.inferred
    return True


def no_inferred_in_the_first_two_blocks(found: SafetyReview) -> bool:
    return not any(finding.inferred and finding.block in (Place.KNOWN, Place.NOT_IF) for finding in found.findings)


def joined_at_most_caution(found: SafetyReview) -> bool:
    return not any(finding.origin.value == "joined" and heavy(finding) for finding in found.findings)


def concern_at_most_that_of_the_record(found: SafetyReview) -> bool:
    claims = found.situation.knowledge.considerations
    for finding in found.findings:
        written = claims[finding.id].concern
        parts = [finding.concern, *(partner.concern for partner in finding.partners)]
        if any((part is None) != (written is None) or (part and written and part > written) for part in parts):
            return False
    return True


def level_at_most_that_of_the_record(found: SafetyReview) -> bool:
    knowledge = found.situation.knowledge
    for finding in found.findings:
        own = grading.of_consideration(knowledge, knowledge.considerations[finding.id])
        if own is not None and finding.evidence.level > own.level:
            return False
        if any(step.level is not None and finding.evidence.level > step.level for step in finding.path):
            return False
    return True


def origin_never_stronger(found: SafetyReview) -> bool:
    claims = found.situation.knowledge.considerations
    return not any(f.origin.value == "stated" and claims[f.id].origin.value == "joined" for f in found.findings)


def never_its_own_partner(found: SafetyReview) -> bool:
    for finding in found.findings:
        asked = finding.relative or found.compound.id
        if any(partner.treatment == asked for partner in finding.partners) or finding.if_taking == (asked,):
            return False
    return all(row.id != found.compound.id for row in found.treatments)


def one_row_each_with_a_phrase_or_a_study(found: SafetyReview) -> bool:
    expected = {view.id for view in found.situation.treatments}
    ids = [row.id for row in found.treatments]
    shown = all((row.phrase is None) == bool(row.interaction_study) for row in found.treatments)
    return len(ids) == len(set(ids)) and set(ids) == expected and shown


def one_finding_for_a_consideration(found: SafetyReview) -> bool:
    ids = [finding.id for finding in found.findings]
    return len(ids) == len(set(ids)) and all(id in found.situation.knowledge.considerations for id in ids)


def every_source_exists(found: SafetyReview) -> bool:
    shown = {source.id for source in found.sources}
    return all(set(finding.sources) <= shown for finding in found.findings)


def alternatives_set_no_headline(found: SafetyReview) -> bool:
    alternatives = {row.id for row in found.treatments if row.alternative}
    names = {row.name for row in found.treatments if row.alternative}
    named = {entry.treatment for entry in found.headline.if_taking} & alternatives
    facts = {need.fact for need in found.headline.depends_on} & {f"taking {name}" for name in names}
    allowed = {f"taking {finding.other_name}" for finding in found.findings if finding.other_class}
    partners = [partner for finding in found.findings for partner in finding.partners]
    allowed |= {f"taking {partner.name}" for partner in partners if partner.narrower and not partner.alternative}
    by_condition = {need.fact for need in found.headline.depends_on if need.of == "condition"}
    return not named and facts <= allowed and not facts & by_condition


def relatives_enter_nothing(found: SafetyReview) -> bool:
    theirs = {finding.id for finding in found.findings if finding.relative is not None}
    entered = {*found.headline.because, *(id for row in found.treatments for id in row.findings)}
    entered |= {id for row in found.monitoring for id in row.asked_by}
    return not theirs & entered


def highest_is_the_maximum(found: SafetyReview) -> bool:
    headline = found.headline
    parts = [headline.concern] if headline.concern is not None else []
    parts += [entry.concern for entry in headline.if_taking]
    parts += [need.concern for need in headline.depends_on if need.of == "condition"]
    return headline.highest is (max(parts) if parts else None)


def because_is_the_concern(found: SafetyReview) -> bool:
    headline = found.headline
    set_by = [found.finding(id) for id in headline.because]
    if headline.concern is None:
        return not set_by
    return bool(set_by) and not any(f.inferred or f.is_open or f.relative for f in set_by)


def no_slot_is_left(found: SafetyReview) -> bool:
    texts = [text for f in found.findings for text in (f.statement, f.rationale, f.action) if text]
    return not any("{subject}" in text or "{taking}" in text or "{condition}" in text for text in texts)


def folded_only_under_what_is_shown(found: SafetyReview) -> bool:
    shown = {finding.id: finding for finding in found.findings}
    over = [(finding, shown[finding.folded_under]) for finding in found.findings if finding.folded_under]
    return all(f.inferred and not o.inferred and f.hazard == o.hazard and o.folded_under is None for f, o in over)


def the_text_names_what_is_heavy(found: SafetyReview) -> bool:
    headline = found.headline
    heavy = [entry.name for entry in headline.if_taking if entry.concern >= Concern.AVOID]
    heavy += [name for need in headline.depends_on for name in need.fact.removeprefix("taking ").split(" and taking ")]
    return all(name in headline.text for name in heavy)


INVARIANTS = {
    "in no pair does an inferred finding stand before a contraindicated or avoid one": no_inferred_first,
    "an inferred finding is never in the first two blocks": no_inferred_in_the_first_two_blocks,
    "a joined finding is at most caution": joined_at_most_caution,
    "a finding's concern never exceeds its record's": concern_at_most_that_of_the_record,
    "a finding's level never exceeds its record's own or its path's": level_at_most_that_of_the_record,
    "a finding's origin may be weaker than its record's, never stronger": origin_never_stronger,
    "no compound is its own partner": never_its_own_partner,
    "each treatment has exactly one row, with a phrase or an interaction study": one_row_each_with_a_phrase_or_a_study,
    "a consideration gives at most one finding": one_finding_for_a_consideration,
    "each finding's sources exist and are listed": every_source_exists,
    "alternatives set no headline; one may be named as of a class, or under a class that is none": (
        alternatives_set_no_headline
    ),
    "a relative's finding enters no headline, row or schedule": relatives_enter_nothing,
    "highest is the maximum of its parts, undetermined only when all are empty": highest_is_the_maximum,
    "the text names every medicine and state of the headline at avoid or above": the_text_names_what_is_heavy,
    "because names met, stated findings of the compound itself": because_is_the_concern,
    "no slot of a text is left unfilled": no_slot_is_left,
    "a joined finding is folded only under a stated one that is shown": folded_only_under_what_is_shown,
}


@pytest.mark.every_pair
@pytest.mark.parametrize("sentence", INVARIANTS)
def test_packaged_pairs(sentence: str, reviews: list[SafetyReview]):
    """Each invariant holds in every packaged pair, enumerated, not sampled."""
    assert len(reviews) == len(PAIRS) >= 500
    holds = INVARIANTS[sentence]
    assert [(found.compound.id, found.condition.id) for found in reviews if not holds(found)] == []


@pytest.mark.every_pair
def test_no_inferred_finding_stands_before_what_matters(reviews: list[SafetyReview]):
    """In no packaged pair does an inferred finding stand before a contraindicated or avoid one, of whomever."""
    assert [found.compound.id for found in reviews if not no_inferred_before(found.findings)] == []


@given(worlds())
@SMALL
def test_made_up_knowledge(made: World):
    """Each invariant holds in every pair of random small knowledge."""
    for found in reviews_of(made.knowledge()):
        broken = [sentence for sentence, holds in INVARIANTS.items() if not holds(found)]
        assert broken == [], (found.compound.id, found.condition.id)


# --- names ------------------------------------------------------------------------------------------------------------

STYLES = {
    "as it is": lambda text: text,
    "upper": str.upper,
    "title": str.title,
    "spaced": lambda text: f"  {text.replace(' ', '   ')}\t",
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "dashes": lambda text: text.replace("-", "\u2011"),
    "invisible": lambda text: f"{text[:1]}\u200b{text[1:]}\u00ae",
}


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_another_spelling_gives_the_same_answer(data: st.DataObject):
    """A synonym, other case, spacing or Unicode form gives the same answer."""
    condition = KNOWLEDGE.conditions[data.draw(st.sampled_from([*KNOWLEDGE.conditions]))]
    compound = KNOWLEDGE.compounds[data.draw(st.sampled_from([*KNOWLEDGE.compounds]))]
    names = index_of(KNOWLEDGE)
    shared = {s.text for entity in (condition, compound) for s in entity.synonyms if s.ambiguous}
    said = [
        [name for name, form in names_of(entity) if form is None and name not in shared and len(name) < MAX_NAME // 2]
        for entity in (compound, condition)
    ]
    style = STYLES[data.draw(st.sampled_from([*STYLES]))]
    other, where = (style(data.draw(st.sampled_from(texts))) for texts in said)
    assert names.compound(other).compound is compound
    assert names.condition(where) is condition
    asked = review(other, where, knowledge=KNOWLEDGE)
    assert asked.as_asked == (other, where)
    assert plain(asked) == plain(review(compound.id, condition.id, knowledge=KNOWLEDGE))


# --- the tree ---------------------------------------------------------------------------------------------------------


@pytest.mark.every_pair
def test_order_of_files_does_not_matter():
    """The order in which files are read changes no answer."""
    backwards = parse(dict(reversed(FILES.items()))).knowledge
    assert backwards.digest == KNOWLEDGE.digest
    for compound, condition in PAIRS[::23]:
        assert plain(review(compound, condition, knowledge=backwards)) == plain(
            review(compound, condition, knowledge=KNOWLEDGE)
        )


@given(worlds(), st.randoms(use_true_random=False))
@SMALL
def test_order_of_made_up_files_does_not_matter(made: World, random: Any):
    """The order in which records were written changes no answer."""
    files = [*made.bytes().items()]
    random.shuffle(files)
    shuffled = parse(dict(files)).knowledge
    for ours, theirs in zip(reviews_of(made.knowledge()), reviews_of(shuffled), strict=True):
        assert plain(ours) == plain(theirs)


@pytest.mark.every_pair
@pytest.mark.parametrize("design", ["news", "cohort", "label"])
def test_design_and_date_never_change_a_concern(design: str):
    """Changing only a source's design or date never changes a claim's own concern."""
    files = dict(FILES)
    for path in [path for path in files if path.startswith("sources/")]:
        source = json.loads(files[path])
        source["custom"] |= {"design": design, "version_date": "1990-01-01"}
        files[path] = encode(source)
    changed = parse(files).knowledge
    compared = 0
    for compound, condition in PAIRS:
        before = {f.id: f for f in findings_of(situation(KNOWLEDGE, compound, condition)) if f.relative is None}
        after = {f.id: f for f in findings_of(situation(changed, compound, condition)) if f.relative is None}
        assert set(before) == set(after)
        signals = {id for id in before if KNOWLEDGE.considerations[id].signal_for is not None}
        for id in set(before) - signals:  # what a signal may ask depends on what the compound is here, not on this
            assert before[id].concern is after[id].concern
            compared += 1
    assert compared > 5000


@pytest.mark.every_pair
def test_a_review_is_no_verdict(reviews: list[SafetyReview]):
    """A review is neither true nor false, and two of them are in no order."""
    one, other = reviews[:2]
    for use in (lambda: bool(one), lambda: one < other, lambda: one >= other, lambda: sorted([one, other])):
        with pytest.raises(TypeError, match="a review is not a verdict"):
            use()


@pytest.mark.every_pair
def test_undetermined_is_a_word(reviews: list[SafetyReview]):
    """A concern that nobody knows is undetermined in JSON, never null."""
    words = {concern.value for concern in Concern} | {"undetermined"}
    seen = {found.to_dict()["headline"][part] for found in reviews[::7] for part in ("concern", "highest")}
    assert seen <= words
    made = World().compound("drug").condition("disease").review().to_dict()["headline"]
    assert (made["concern"], made["highest"]) == ("undetermined", "undetermined")
