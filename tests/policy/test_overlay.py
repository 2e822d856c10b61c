"""Overlays: a hospital's own records and policies, checked against the base, and visible wherever they work."""

from __future__ import annotations

import copy
import datetime
import os
import pickle
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

import safetykb
from safetykb import Concern, DataError, InvalidQuestion, KnowledgeBase, Patient, SafetyReview
from safetykb.knowledge.layout import Edition
from safetykb.knowledge.loading import MAX_PROBLEMS
from safetykb.knowledge.overlay import POLICY_FILE
from safetykb.knowledge.strict_json import MAX_BYTES
from tests.answer.helpers import FORMATS, SAMPLE, SHOWN, ask, forms, plain, sample
from tests.policy.overlays import (
    AVOID,
    CAUTION,
    CLAIM,
    CONTRAINDICATED,
    JOINED,
    NO_INCREASE,
    TODAY,
    codes,
    laid,
    lowered,
    policy,
    raised,
    refused,
    silenced,
    written,
)
from tests.reasoning.building_blocks import world

OWN = "considerations/examplamine/ward-nine.json"


@pytest.fixture
def base() -> KnowledgeBase:
    return sample()


def over(base: KnowledgeBase, directory: Path, *given: dict[str, Any], today: str = TODAY) -> KnowledgeBase:
    """The base with policies over it."""
    return laid(base, directory, {f"policy-{place}": each for place, each in enumerate(given)}, today=today)


def faults(base: KnowledgeBase, directory: Path, *given: dict[str, Any]) -> list[str]:
    return codes(refused(base, directory, {f"policy-{place}": each for place, each in enumerate(given)}))


def state(base: KnowledgeBase) -> tuple[object, ...]:
    """All that a base says of itself."""
    return (base.digest, dict(base.files), dict(base.considerations), base.policies, base.silenced)


# --- adding records ---------------------------------------------------------------------------------------------------


def test_an_overlay_adds_records(base: KnowledgeBase, tmp_path: Path):
    """A record of the overlay answers beside those of the base, which stay as they are."""
    before = state(base)
    more = laid(base, tmp_path, files={OWN: CLAIM})
    assert more.considerations["examplamine/ward-nine"].statement == CLAIM["statement"]
    assert {*more.considerations} == {*base.considerations, "examplamine/ward-nine"}
    assert any(finding.id == "examplamine/ward-nine" for finding in ask(knowledge=more).findings)
    assert state(base) == before
    assert "examplamine/ward-nine" not in base.considerations


def test_load_and_lay_over(tmp_path: Path):
    """KnowledgeBase.load reads a whole tree, which takes an overlay like the packaged one."""
    base = KnowledgeBase.load(SAMPLE)
    assert base.digest == sample().digest
    assert over(base, tmp_path, raised()).considerations[CAUTION].concern is Concern.AVOID


def test_an_empty_overlay_changes_nothing(base: KnowledgeBase, tmp_path: Path):
    """An overlay without a file gives the same knowledge, with the same digest."""
    assert state(laid(base, tmp_path)) == state(base)


def test_no_record_of_the_base_is_replaced(base: KnowledgeBase, tmp_path: Path):
    """A record that the base holds is refused, its edition too, and the cure names a policy."""
    files = {"considerations/examplamine/breastfeeding.json": CLAIM, "knowledge.json": {"version": "2"}}
    problems = refused(base, tmp_path, files=files)
    assert [(p.code, p.file) for p in problems] == [("OVL:001", path) for path in sorted(files)]
    assert all("write a policy" in problem.cure for problem in problems)


def test_what_is_added_must_stand_on_the_base(base: KnowledgeBase, tmp_path: Path):
    """The records of an overlay pass the checks of any tree: an id that leads nowhere is a problem."""
    assert refused(base, tmp_path, files={OWN: {**CLAIM, "hazard": "no-such-hazard"}})


def test_the_digest_tells_overlays_apart(base: KnowledgeBase, tmp_path: Path):
    """Records and policies alike change the digest, so that no two answers of different knowledge look the same."""
    found = {
        base.digest,
        laid(base, tmp_path / "a", files={OWN: CLAIM}).digest,
        over(base, tmp_path / "b", raised()).digest,
        over(base, tmp_path / "c", raised(reason="another reason")).digest,
    }
    assert len(found) == 4
    assert over(base, tmp_path / "d", raised()).digest in found


# --- raise, lower, silence --------------------------------------------------------------------------------------------


def test_raise(base: KnowledgeBase, tmp_path: Path):
    """A raised claim has its new concern in every answer; the base keeps its own."""
    higher = over(base, tmp_path, raised())
    assert higher.considerations[CAUTION].concern is Concern.AVOID
    assert ask(knowledge=higher).finding(CAUTION).concern is Concern.AVOID
    assert base.considerations[CAUTION].concern is Concern.CAUTION


def test_lower(base: KnowledgeBase, tmp_path: Path):
    """A lowered claim has its new concern."""
    assert ask(knowledge=over(base, tmp_path, lowered())).finding(CAUTION).concern is Concern.INFORM


def test_silence(base: KnowledgeBase, tmp_path: Path):
    """A silenced claim is no finding, keeps its record, and why_not names the policy."""
    quiet = over(base, tmp_path, silenced())
    review = ask(knowledge=quiet)
    assert CAUTION not in [finding.id for finding in review.findings]
    assert quiet.silenced == {CAUTION}
    assert quiet.considerations[CAUTION] == base.considerations[CAUTION]
    assert str(review.why_not(CAUTION)) == review.policy[0].text
    assert "Silenced by Dr Maker on 2026-11-01, until 2027-11-01: two events on ward 9" in review.policy[0].text


def test_a_silenced_claim_with_no_concern(base: KnowledgeBase, tmp_path: Path):
    """A claim of no increase can be silenced; the policy says that the base has no concern there."""
    quiet = over(base, tmp_path, silenced(NO_INCREASE))
    assert quiet.silenced == {NO_INCREASE}
    assert "the base says no concern" in quiet.policies[0].text


def test_a_silenced_interaction_is_shown_where_no_policy_could_be(base: KnowledgeBase, tmp_path: Path):
    """interactions() has no place for policies, so it keeps what is silenced, and its marks say so."""
    id = "examplamine/inhibizole"
    found = safetykb.interactions("examplamine", ["inhibizole"], knowledge=over(base, tmp_path, silenced(id)))
    (finding,) = [finding for finding in found if finding.id == id]
    assert any(mark.startswith("Silenced by Dr Maker") for mark in finding.marks)


def test_today_may_be_a_date(base: KnowledgeBase, tmp_path: Path):
    """The day is a date or its text, and anything else is an error: it decides what has expired."""
    written(tmp_path, {"one": raised(expires="2026-11-25")})
    assert not base.with_overlay(tmp_path, today=datetime.date(2026, 11, 25)).policies[0].expired
    for day in ("tomorrow", "2026-13-01", "20261125", "2026-W48-3", ""):
        with pytest.raises(InvalidQuestion, match="today is no ISO date"):
            base.with_overlay(tmp_path, today=day)


@pytest.mark.parametrize("given", [raised(expires="2026-11-24"), lowered(expires="2026-11-24"), silenced()])
def test_an_expired_policy_stops_working_and_says_so(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any]):
    """After the day on which it ends a policy changes nothing, and every answer that it touched says so."""
    day = "2026-11-25" if given["expires"] < "2027" else "2027-11-02"
    review = ask(knowledge=over(base, tmp_path, given, today=day))
    assert review.finding(CAUTION).concern is Concern.CAUTION
    assert review.policy[0].expired
    assert not review.policy[0].works
    for form, rendering in forms(review).items():
        assert "has expired and no longer works" in plain(form, rendering)


def test_a_policy_works_through_its_last_day(base: KnowledgeBase, tmp_path: Path):
    """On the day on which it ends it still works."""
    assert over(base, tmp_path, lowered(expires=TODAY)).considerations[CAUTION].concern is Concern.INFORM


# --- what a policy must say -------------------------------------------------------------------------------------------


def test_an_unknown_claim(base: KnowledgeBase, tmp_path: Path):
    """OVL:002: a policy speaks of a claim that is there."""
    assert faults(base, tmp_path, raised(consideration="examplamine/nothing")) == ["OVL:002"]


def test_a_policy_may_speak_of_a_claim_of_its_own_overlay(base: KnowledgeBase, tmp_path: Path):
    """A claim that the overlay adds can be raised in the same overlay."""
    own = {"one": raised(consideration="examplamine/ward-nine")}
    more = laid(base, tmp_path, own, {OWN: CLAIM})
    assert more.considerations["examplamine/ward-nine"].concern is Concern.AVOID


@pytest.mark.parametrize("missing", [{"author": " "}, {"reason": ""}])
def test_author_and_reason(base: KnowledgeBase, tmp_path: Path, missing: dict[str, str]):
    """OVL:003: somebody decided it, for a reason."""
    assert faults(base, tmp_path, raised(**missing)) == ["OVL:003"]


@pytest.mark.parametrize("field", ["author", "reason", "date", "action", "consideration"])
def test_a_required_field_that_is_missing(base: KnowledgeBase, tmp_path: Path, field: str):
    """Without author, reason, date, action or claim it is no policy."""
    (problem,) = refused(base, tmp_path, {"one": raised(**{field: None})})
    assert (problem.code, problem.file, problem.path) == ("REC:002", POLICY_FILE, f"$.one.{field}")
    assert f"the key '{field}' is missing" in problem.message


@pytest.mark.parametrize(
    "days",
    [
        {"date": "2026"},
        {"date": "20261101"},
        {"date": "soon"},
        {"expires": "2027-02-30"},
        {"date": "2026-11-26"},
        {"date": "2026-11-02", "expires": "2026-11-01"},
    ],
)
def test_days(base: KnowledgeBase, tmp_path: Path, days: dict[str, str]):
    """OVL:004: date and expiry are days; nobody decides tomorrow, or after the end."""
    assert faults(base, tmp_path, lowered(**days)) == ["OVL:004"]


@pytest.mark.parametrize(
    "given",
    [
        raised(concern="inform"),
        raised(concern="caution"),
        raised(concern=None),
        lowered(concern="avoid"),
        lowered(concern="caution"),
        silenced(concern="inform"),
        raised(consideration=NO_INCREASE),
        raised(consideration=JOINED),
    ],
)
def test_directions(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any]):
    """OVL:005: what raises is higher, what lowers is lower, silencing has no concern, no inference passes caution."""
    assert faults(base, tmp_path, given) == ["OVL:005"]


def test_an_inference_may_be_raised_to_caution(base: KnowledgeBase, tmp_path: Path):
    """Caution is the highest that an inference can have."""
    assert over(base, tmp_path, raised(consideration=JOINED, concern="caution")).policies[0].works


@pytest.mark.parametrize("given", [lowered(expires=None), silenced(expires=None)])
def test_what_quietens_ends_some_day(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any]):
    """OVL:006: to lower or silence needs a day on which it ends; to raise does not."""
    assert faults(base, tmp_path, given) == ["OVL:006"]
    assert over(base, tmp_path / "other", raised()).policies[0].policy.expires is None


@pytest.mark.parametrize("given", [lowered(), silenced()])
def test_what_is_never_silenced(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any]):
    """OVL:007: the edition names claims that no policy silences or lowers; they may be raised."""
    strict = attrs.evolve(base, files=_with_edition(base))
    assert faults(strict, tmp_path, given) == ["OVL:007"]
    assert over(strict, tmp_path / "other", raised()).policies[0].works


def _with_edition(base: KnowledgeBase) -> dict[str, bytes]:
    from safetykb.knowledge.writing import canonical

    return {**base.files, "knowledge.json": canonical(Edition("2026.11", never_silence=(CAUTION,)))}


@pytest.mark.parametrize(
    "given", [lowered(CONTRAINDICATED), silenced(CONTRAINDICATED), silenced(CONTRAINDICATED, despite="avoid")]
)
def test_what_an_authority_contraindicates(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any]):
    """OVL:008: what an authority contraindicates is lowered or silenced only by a policy that says so."""
    assert faults(base, tmp_path, given) == ["OVL:008"]
    assert over(base, tmp_path / "other", {**given, "despite": "contraindicated"}).policies[0].works


def test_two_policies_on_one_claim(base: KnowledgeBase, tmp_path: Path):
    """OVL:009: two policies in force on one claim are refused; an expired one may stand beside its successor."""
    assert faults(base, tmp_path, raised(), silenced()) == ["OVL:009", "OVL:009"]
    both = over(base, tmp_path / "other", raised(expires="2026-11-02"), lowered())
    assert both.considerations[CAUTION].concern is Concern.INFORM


def test_all_problems_at_once(base: KnowledgeBase, tmp_path: Path):
    """Each problem of records and policies is told at once, with its code, its place and a cure."""
    policies = {
        "a": raised(consideration="examplamine/nothing"),
        "b": raised(author=""),
        "c": raised(consideration=AVOID, concern="contraindicated", date="never"),
        "d": silenced(CONTRAINDICATED, concern="inform", expires=None),
        "e": {**raised(), "actoin": "raise"},
        "f": "no object",
        "g": {**raised(), "id": "g"},
    }
    files = {"considerations/examplamine/breastfeeding.json": CLAIM, "stray.txt": b"", OWN: b"{"}
    problems = refused(attrs.evolve(base, files=_with_edition(base)), tmp_path, policies, files)
    assert {*codes(problems)} == {
        *("OVL:001", "OVL:002", "OVL:003", "OVL:004", "OVL:005", "OVL:006", "OVL:008"),
        *("REC:001", "REC:002", "FIL:001"),
    }
    places = {problem.path for problem in problems if problem.file == POLICY_FILE}
    assert {place.partition(".")[2] for place in places} == {*policies}
    assert all(problem.cure and problem.message for problem in problems)
    assert list(problems) == sorted(problems, key=lambda problem: (problem.file, problem.path, problem.code))


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b'"text"'])
def test_a_policy_file_that_is_none(base: KnowledgeBase, tmp_path: Path, content: bytes):
    """A policy file that is no object of policies is refused."""
    (problem,) = refused(base, tmp_path, files={POLICY_FILE: content})
    assert (problem.code, problem.file) in {("REC:001", POLICY_FILE), ("REC:002", POLICY_FILE)}


# --- visible in every answer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [raised(), lowered(), silenced()], ids=["raise", "lower", "silence"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_policy_is_visible_in_every_form(base: KnowledgeBase, tmp_path: Path, given: dict[str, Any], form: str):
    """Who, when, why, until when, and what the base says: in text, Markdown, HTML and JSON of each answer touched."""
    told = plain(form, forms(ask(knowledge=over(base, tmp_path, given)))[form])
    parts = ["by Dr Maker on 2026-11-01", "two events on ward 9", f"the base says caution: {CAUTION}"]
    parts += [f"until {given['expires']}"] if "expires" in given else []
    assert [part for part in parts if part not in told] == []


@pytest.mark.parametrize("form", SHOWN)
def test_a_policy_is_visible_beside_its_finding(base: KnowledgeBase, tmp_path: Path, form: str):
    """What is raised or lowered says so where it stands, not only at the top."""
    review = ask(knowledge=over(base, tmp_path, raised()))
    assert plain(form, forms(review)[form]).count("Raised to avoid by Dr Maker on 2026-11-01") == 2
    assert any("Raised to avoid" in mark for mark in review.finding(CAUTION).marks)


def test_a_policy_in_json(base: KnowledgeBase, tmp_path: Path):
    """In JSON a policy has its parts and its text."""
    (told,) = ask(knowledge=over(base, tmp_path, lowered())).to_dict()["policy"]
    assert told["consideration"] == CAUTION
    assert (told["action"], told["concern"], told["base_concern"]) == ("lower", "inform", "caution")
    assert (told["author"], told["reason"], told["date"]) == ("Dr Maker", "two events on ward 9", "2026-11-01")
    assert (told["expires"], told["expired"]) == ("2027-11-01", False)
    assert told["text"].startswith("Lowered to inform by Dr Maker")


def test_an_answer_that_no_policy_touches_shows_none(base: KnowledgeBase, tmp_path: Path):
    """A policy stands only in answers where its claim applies, or would."""
    higher = over(base, tmp_path, raised())
    assert ask("betaferin", knowledge=higher).policy == ()
    assert ask("betaferin", knowledge=higher).to_dict()["policy"] == []


def test_a_policy_on_a_withdrawn_claim_touches_nothing(base: KnowledgeBase, tmp_path: Path):
    """A claim that was withdrawn is in no answer, and so is a policy on it."""
    assert ask(knowledge=over(base, tmp_path, raised(consideration="examplamine/inhibizole-2021"))).policy == ()


def test_a_policy_on_what_is_shown_of_a_relative(base: KnowledgeBase, tmp_path: Path):
    """What is shown of a relative is touched as well: silenced it is gone, and the answer says so."""
    base_review = ask("esexamplamine")
    assert CONTRAINDICATED in [finding.id for finding in base_review.findings if finding.relative]
    quiet = over(base, tmp_path, silenced(CONTRAINDICATED, despite="contraindicated"))
    review = ask("esexamplamine", knowledge=quiet)
    assert CONTRAINDICATED not in [finding.id for finding in review.findings]
    assert [applied.policy.consideration for applied in review.policy] == [CONTRAINDICATED]


def test_a_policy_on_what_a_medicine_asks_to_monitor(tmp_path: Path):
    """A test that a medicine taken asks for stands in the schedule; where it is silenced, the answer says so."""
    made = (
        world()
        .compound("other")
        .claim(
            "other/test",
            "monitor",
            kind="monitoring",
            cites="guideline1#a",
            monitoring=[{"test": "bloods", "when": ["monthly"]}],
        )
    )
    base = made.knowledge()
    taking = Patient(medications=("other", "drug"))

    def asked(knowledge: KnowledgeBase) -> SafetyReview:
        return safetykb.review("drug", "disease", taking, knowledge=knowledge)

    assert [row.test for row in asked(base).monitoring] == ["bloods"]
    review = asked(over(base, tmp_path, silenced("other/test")))
    assert review.monitoring == ()
    assert [applied.policy.consideration for applied in review.policy] == ["other/test"]


def test_given_keeps_the_policies(base: KnowledgeBase, tmp_path: Path):
    """The report of one patient stands on the same policies."""
    review = ask(knowledge=over(base, tmp_path, raised()))
    assert review.given(Patient(breastfeeding=True)).after.policy == review.policy


# --- an overlay on an overlay -----------------------------------------------------------------------------------------


def test_an_overlay_on_an_overlay(base: KnowledgeBase, tmp_path: Path):
    """Two overlays both work, and the second may not replace a record of the first."""
    first = laid(base, tmp_path / "a", {"one": raised()}, {OWN: CLAIM})
    second = over(first, tmp_path / "b", lowered(AVOID))
    assert second.considerations[CAUTION].concern is Concern.AVOID
    assert second.considerations[AVOID].concern is Concern.INFORM
    assert "examplamine/ward-nine" in second.considerations
    assert codes(refused(first, tmp_path / "c", files={OWN: CLAIM})) == ["OVL:001"]


def test_the_later_overlay_wins_and_both_are_shown(base: KnowledgeBase, tmp_path: Path):
    """Where two overlays speak of one claim the later works, and an answer shows that the earlier does not."""
    first = over(base, tmp_path / "a", silenced())
    second = over(first, tmp_path / "b", raised())
    review = ask(knowledge=second)
    assert review.finding(CAUTION).concern is Concern.AVOID
    assert [applied.works for applied in review.policy] == [False, True]
    assert [told["expired"] for told in review.to_dict()["policy"]] == [True, False]
    assert review.policy[0].text.startswith(f"A later policy on {CAUTION} takes the place of one by Dr Maker")


def test_the_day_of_the_later_overlay_holds_for_both(base: KnowledgeBase, tmp_path: Path):
    """A policy that had not expired when it was laid can be expired on the day of the next overlay."""
    first = over(base, tmp_path / "a", lowered(expires="2026-12-01"))
    second = laid(first, tmp_path / "b", today="2026-12-02")
    assert [applied.expired for applied in second.policies] == [True]
    assert second.considerations[CAUTION].concern is Concern.CAUTION


def test_an_overlaid_base_is_a_value_like_any_other(base: KnowledgeBase, tmp_path: Path):
    """It survives pickle and copy with its policies."""
    quiet = over(base, tmp_path, silenced())
    for other in (pickle.loads(pickle.dumps(quiet)), copy.deepcopy(quiet)):  # noqa: S301  made here
        assert (other.policies, other.silenced, other.digest) == (quiet.policies, quiet.silenced, quiet.digest)


# --- hostile overlays -------------------------------------------------------------------------------------------------


def _large(place: Path) -> None:
    place.write_bytes(b'{"a": "' + b"x" * MAX_BYTES + b'"}')


def _link(place: Path) -> None:
    place.symlink_to(Path(__file__))


def _directory_link(place: Path) -> None:
    place.symlink_to(Path(__file__).parent, target_is_directory=True)


def _deep(place: Path) -> None:
    place.write_bytes(b'{"a":' * 5000 + b"1" + b"}" * 5000)


def _deep_lists(place: Path) -> None:
    place.write_bytes(b"[" * 200_000)


def _many(place: Path) -> None:
    place.write_bytes(b"{" + b",".join(b'"%d": 1' % n for n in range(9_000)) + b"}")


def _escaping(place: Path) -> None:
    place.write_bytes(b'{"../../etc": {"action": "raise", "consideration": "../../../etc/passwd"}}')


def _endless_name(place: Path) -> None:
    place.write_bytes(b'{"' + b"a" * 1_000_000 + b'": {"action": "silence"}}')


def _pipe(place: Path) -> None:
    os.mkfifo(place)


HOSTILE = [_pipe, _large, _link, _directory_link, _deep, _deep_lists, _many, _escaping, _endless_name]


@pytest.mark.parametrize("name", [POLICY_FILE, "considerations/examplamine/hostile.json"])
@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__[1:])
def test_a_hostile_overlay_is_refused_at_once(base: KnowledgeBase, tmp_path: Path, make: Any, name: str):
    """A huge file, a link, a way out, deep or endless JSON: refused within a second, and the base is untouched."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    make(tmp_path / name)
    before, start = state(base), time.perf_counter()
    with pytest.raises(DataError) as caught:
        base.with_overlay(tmp_path, today=TODAY)
    assert time.perf_counter() - start <= 1
    assert state(base) == before
    assert len(caught.value.problems) <= MAX_PROBLEMS + 2
    assert all(len(str(problem)) < 1000 for problem in caught.value.problems)


def test_a_hostile_overlay_on_the_packaged_knowledge(tmp_path: Path):
    """On the packaged knowledge it takes no longer."""
    base = safetykb.knowledge_base()
    _many(tmp_path / POLICY_FILE)
    start = time.perf_counter()
    with pytest.raises(DataError):
        base.with_overlay(tmp_path, today=TODAY)
    assert time.perf_counter() - start <= 2  # one, and as much again for a machine that others use


def test_policies_are_not_judged_by_half_a_tree(base: KnowledgeBase, tmp_path: Path):
    """When reading was given up, a policy on a record that was not reached is not called one on nothing."""
    files = {f"stray-{number}.json": b"{" for number in range(MAX_PROBLEMS + 1)}
    problems = refused(base, tmp_path, {"one": raised()}, files)
    assert {*codes(problems)} == {"FIL:001", "FIL:009"}


@pytest.mark.parametrize("name", ["../outside.json", "considerations/../../outside.json"])
def test_no_file_outside_is_read(base: KnowledgeBase, tmp_path: Path, name: str):
    """What lies beside the overlay is not part of it."""
    inside = tmp_path / "overlay"
    (inside / "considerations").mkdir(parents=True)
    (inside / name).write_bytes(b"{")
    assert state(base.with_overlay(inside, today=TODAY)) == state(base)


def test_no_directory(base: KnowledgeBase, tmp_path: Path):
    """An overlay that is not there is an error, not an empty overlay."""
    with pytest.raises(NotADirectoryError):
        base.with_overlay(tmp_path / "missing", today=TODAY)


def test_nothing_is_half_loaded(base: KnowledgeBase, tmp_path: Path):
    """One bad policy refuses the good ones and the records beside it."""
    before = state(base)
    refused(base, tmp_path, {"good": raised(), "bad": lowered(expires=None)}, {OWN: CLAIM})
    assert state(base) == before


def test_policy_helper_writes_what_it_is_told():
    """A policy of these tests has no key that is None."""
    assert None not in policy(concern=None).values()
