"""What is not known, and the one monitoring schedule."""

from __future__ import annotations

import pytest

from safetykb.reasoning.gaps import Gap

from .building_blocks import World, world


def gaps(made: World, **more: str) -> dict[str, Gap]:
    return {gap.topic: gap for gap in made.review(**more).gaps}


QUESTION = "drug in people with disease"


# --- gaps -------------------------------------------------------------------------------------------------------------


def test_the_question_itself_is_the_first_gap():
    """Without a study the first gap is the question itself, with the phrase that is earned and where to look."""
    first = world().review().gaps[0]
    assert (first.topic, first.phrase, first.search) == (QUESTION, "Not verified", None)
    assert [name for name, _ in first.links] == ["PubMed", "ClinicalTrials.gov"]
    assert all(url.startswith("https://") for _, url in first.links)


def test_a_gap_tells_what_was_searched():
    """A gap tells what was searched, where and when, and what was left out."""
    made = world().search("drug/a", "direct", having="disease", left_out="grey literature")
    made.search("drug/b", "direct", having="disease", date="2025-01-01")
    gap = gaps(made)[QUESTION]
    assert gap.phrase == "No direct evidence"
    assert gap.search == ("2026-01-02: 'a'; 'b'; 'c' in PubMed; grey literature | 2025-01-01: 'a'; 'b'; 'c' in PubMed")


def test_a_study_with_a_result_closes_the_question():
    """A study with a result closes the question; a search for a part of it that found none is a gap of its own."""
    made = world().study("drug", "disease--a").search("drug/disease--pain-relief", "direct", having="disease")
    found = gaps(made)
    assert QUESTION not in found
    assert found["pain relief"].phrase == "No direct evidence"
    assert gaps(world().study("drug", "disease--a").search("drug/x", "direct", "found", having="disease")).keys() == (
        gaps(world().study("drug", "disease--a")).keys()
    )


def test_animals_close_no_gap():
    """A study in animals closes no question and documents no section."""
    made = world().study("drug", "disease--a", "preclinical")
    assert gaps(made)[QUESTION].phrase == "Not verified"
    assert str(made.review().coverage["studies"]) == "not-assessed"


@pytest.mark.parametrize(("topic", "told"), [("case-report", "case report"), ("class-signal", "class signal")])
def test_another_search_that_found_nothing_is_a_gap(topic: str, told: str):
    """A search for cases or a signal of the class that found nothing is a gap; it earns no other phrase."""
    made = world().condition("other").search("drug/disease--with-ect", topic, having="disease")
    made.search("drug/disease--seen", topic, "found", having="disease").search("drug/other--x", topic, having="other")
    made.search("stranger/disease--y", topic, having="disease")
    made.search("drug/disease--z", topic, having="disease", withdrawn={"date": "2026-01-01", "reason": "wrong"})
    found = {name: gap.phrase for name, gap in gaps(made).items() if told in name}
    assert found == {f"with ect ({told})": "Not verified"}


def test_a_study_without_a_result_is_a_gap():
    """A study without a result is a gap with its status and date, and a link to its registry where it has an id."""
    made = world().study("drug", "disease--a", result=False, registry_id="NCT01234567")
    made.study("drug", "disease--b", result=False, topic="pain")
    found = gaps(made)
    assert found[QUESTION].phrase == "Studied, no result available"
    registered = found["result of NCT01234567 (fatigue)"]
    assert (registered.phrase, registered.search) == ("Studied, no result available", "registered on 2025")
    assert [name for name, _ in registered.links] == ["ClinicalTrials.gov"]
    assert found["result of drug/disease--b (pain)"].links == ()


def test_an_unread_version_is_a_gap():
    """A version known to exist and unread is one gap, however many findings stand on the older one."""
    made = world().source("label1", superseded_by="label2").source("label3", superseded_by="label2")
    made.source("label2", read="header", version_date="2026-03", URL="https://doi.org/10.1/x").claim(
        "drug/a", cites="label1"
    )
    made.claim("drug/b", cites="label1 label3")
    gap = gaps(made)["text of Title of label2, 2026-03"]
    assert [name for name, _ in gap.links] == ["source", "DailyMed"]
    assert len([topic for topic in gaps(made) if topic.startswith("text of")]) == 1
    made.source("label2", read="header")
    assert [name for name, _ in gaps(made)["text of Title of label2, "].links] == ["DailyMed"]
    made.source("label2", read="full")
    assert not [topic for topic in gaps(made) if topic.startswith("text of")]


def test_each_part_that_covered_asks_for_is_a_gap():
    """Each part that counts as covered and that nobody entered is a gap."""
    made = world().term("renal-impairment", "state").term("severe-renal", "state", "renal-impairment")
    made.put("knowledge.json", {"version": "1", "asked_of_compounds": ["pregnancy", "renal-impairment"]})
    made.term("pregnancy", "state")
    missing = [topic for topic, gap in gaps(made).items() if gap.phrase == "Not entered"]
    assert missing == [
        *[f"drug: {part}" for part in ("class", "mechanism", "hazards", "enzymes and transporters")],
        *[f"drug: {part}" for part in ("uses and regulatory status", "contraindications", "monitoring")],
        *[f"drug: {part}" for part in ("pregnancy", "renal impairment")],
        *["drug: treatments of disease", "drug: what disease brings"],
    ]
    uses = [{"condition": "disease", "status": "off-label", "cites": ["label0#indications"]}]
    made.compound("drug", uses=uses, mechanism=[{"text": "It acts.", "cites": ["label0#pharmacology"]}])
    made.term("slow", "effect").term("pump", "transporter").has("drug", "slow").has("drug", "pump").has("drug", "class")
    made.condition("disease", treatments="one:a").has("disease", "weak").claim("drug/a", kind="monitoring")
    made.claim("drug/b", "contraindicated", kind="contraindication", having="pregnancy")
    made.claim("drug/c", having="severe-renal")
    assert not [topic for topic, gap in gaps(made).items() if gap.phrase == "Not entered"]


def test_a_relative_covers_no_part():
    """What a relative carries covers nothing of the compound asked about."""
    made = world().compound("mirror").compound("drug", related=[{"compound": "mirror", "how": "enantiomer-of"}])
    made.claim("mirror/b", "contraindicated", kind="contraindication", having="disease")
    assert "drug: contraindications" in gaps(made)


def test_a_state_that_a_joined_claim_speaks_of_is_entered():
    """A state on the path of a joined claim counts as looked at."""
    made = world().put("knowledge.json", {"version": "1", "asked_of_compounds": ["weak"]}).has("disease", "weak")
    assert "drug: weak" in gaps(made)
    assert "drug: weak" not in gaps(made.claim("drug/a", having="weak", joined=True))


def test_each_treatment_without_a_study_is_a_gap():
    """Each treatment row that shows a phrase is a gap, and one with an interaction study is none."""
    made = world(treatments="one:a two:b").claim("drug/a", taking="two", cites="pk-study1")
    made.search("drug/one", "interaction", "registered-only", taking="one")
    found = gaps(made)
    gap = found["interaction of drug with one"]
    assert (gap.phrase, gap.search) == ("Studied, no result available", "2026-01-02: 'a'; 'b'; 'c' in PubMed")
    assert [name for name, _ in gap.links] == ["PubMed", "DailyMed"]
    assert "interaction of drug with two" not in found


# --- the schedule -----------------------------------------------------------------------------------------------------


def asks(test: str, *when: str, **more: str) -> list[dict[str, object]]:
    return [{"test": test, "when": [*when], **more}]


def test_one_row_for_each_test():
    """Each test stands once, with every time, threshold and action that somebody asks for, and who asks."""
    made = world().claim("drug/a", monitoring=asks("Pulse", "daily", "at start", threshold="100", then="stop"))
    made.claim("drug/b", monitoring=asks("pulse", "weekly", "daily", threshold="100"))
    made.claim("drug/c", "inform", monitoring=asks("weight", "monthly"))
    pulse, weight = made.review().monitoring
    assert (pulse.test, pulse.when, pulse.threshold, pulse.then, pulse.asked_by) == (
        "Pulse",
        ("daily", "at start", "weekly"),
        ("100",),
        ("stop",),
        ("drug/a", "drug/b"),
    )
    assert (weight.test, weight.threshold, weight.then, weight.asked_by) == ("weight", (), (), ("drug/c",))


def test_a_time_says_what_must_hold_for_it():
    """A time that is asked for in some people or with one form only says so."""
    made = world().compound("drug", "tablet:oral", "drops:oral")
    made.claim("drug/a", monitoring=asks("pulse", "daily"), having="pregnancy", exposure={"form": "tablet"})
    made.claim("drug/b", "inform", monitoring=asks("pulse", "daily"))
    assert made.review().monitoring[0].when == ("daily (if pregnancy; as tablet)", "daily")


@pytest.mark.parametrize("more", [{"taking": "one"}, {"joined": True, "having": "disease"}])
def test_what_is_asked_of_a_pair_or_by_inference_stays_out(more: dict[str, object]):
    """What is asked only with another medicine, or by inference, is in no schedule."""
    made = world(treatments="one:a").claim("drug/a", monitoring=asks("pulse", "daily"), **more)  # type: ignore[arg-type]
    assert made.review().monitoring == ()
