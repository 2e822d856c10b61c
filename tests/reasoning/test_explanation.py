"""The proof of a finding, and the marks beside it."""

from __future__ import annotations

from safetykb.reasoning.building import window_text

from .building_blocks import world


def test_the_proof_of_a_stated_finding():
    """The proof of a stated finding: the rule, nothing between, its source, and the arithmetic of the grade."""
    proof = world().claim("drug/a", having="disease").found("drug/a").explain()
    assert proof.rule == "drug/a is stated by its source and applies as it stands."
    assert proof.to_dict() == {
        "id": "drug/a",
        "rule": proof.rule,
        "statement": "Statement of a.",
        "cites": ["label0#warnings"],
        "facts": [],
        "path": [],
        "grade": ["label0#warnings: label starts at moderate (authority)"],
    }
    assert proof.finding.outline() == proof.outline()
    text = str(proof)
    for told in ("CAUTION harm", "Nothing lies between", "[label0 warnings]", "Result: authority, moderate, direct."):
        assert told in text
    assert "no finding is not safety" in text.replace("\n", " ")


def test_the_proof_of_a_class_statement():
    """A statement about a class shows each step with its level, its sentences and their sources."""
    made = world().term("narrow", broader="wide").has("drug", "narrow", "It is one.", cites="cohort1")
    proof = made.claim("wide/a").found("wide/a").explain()
    assert proof.rule == "wide/a is stated of another member or of a class, and carried along the path below."
    steps = [(step.start, step.link, step.end, step.sources) for step in proof.steps]
    assert steps == [("drug", "has", "narrow", ("cohort1",)), ("narrow", "broader", "wide", ())]
    text = str(proof)
    for told in (
        "drug is narrow (low)",
        "It is one. [cohort1 warnings]",
        "narrow is a kind of wide",
        "hierarchy of terms",
    ):
        assert told in text


def test_the_proof_of_a_joined_finding():
    """A joined finding shows the steps of every side, and the sources of its premises beside its words."""
    made = world(treatments="one:a").term("slow", "effect").term("weak", "state").has("drug", "slow", cites="cohort1")
    made.has("disease", "weak", cites="cohort2").has("one", "slow", cites="cohort3")
    finding = made.claim("slow/a", taking="slow", having="weak", joined=True).found("slow/a")
    proof = finding.explain()
    assert proof.rule == "Joined here from the facts below by slow/a: no source states it of this pair."
    assert [(step.start, step.verb, step.end) for step in proof.steps] == [
        ("drug", "has", "slow"),
        ("disease", "has", "weak"),
        ("one", "has", "slow"),
    ]
    assert [str(cite) for cite in finding.shown_cites] == ["cohort1#warnings", "cohort2#warnings"]
    assert finding.sources == ("cohort1", "cohort2", "cohort3")
    assert "joined: one lower than the weakest premise" in str(proof)


def test_a_step_is_told_once():
    """A step that two partners share stands once in the proof."""
    made = world(treatments="one:a two:b").term("group", broader="wide").has("one", "group").has("two", "group")
    ends = [(step.start, step.end) for step in made.claim("drug/a", taking="wide").found("drug/a").explain().steps]
    assert ends == [("one", "group"), ("group", "wide"), ("two", "group")]


def test_the_citations_of_premises_stand_in_for_its_own():
    """A joined finding without a path shows the citations of the records that it stands on."""
    made = world().claim("drug/told", cites="cohort1").claim("drug/a", joined=True, premises=["drug/told"])
    assert [str(cite) for cite in made.found("drug/a").shown_cites] == ["cohort1#warnings"]


def test_a_statement_says_what_limits_it():
    """A sentence carries its population, its form and the state it holds in."""
    limits = {"text": "Half.", "population": "athletes", "form": "slow-tablet", "during": "pregnancy"}
    made = world().term("pregnancy", "state").has("drug", "class", limits).claim("class/a")
    said = made.found("class/a").path[0].statements
    assert said == ("Half (athletes; slow tablet; during pregnancy).",)


def test_marks_tell_copies_and_newer_versions():
    """A finding says when its label was read in a copy, and when a newer version is known, read or not."""
    made = world().source("label1", read_at="https://example.org/x", jurisdiction="US", version_date="2020")
    made.source("label2", superseded_by="label3").source("label3", superseded_by="label4")
    made.source("label4", read="header", version_date="2026-03").claim("drug/a", cites="label1").claim(
        "drug/b", cites="label2"
    )
    assert made.found("drug/a").marks == ("read in a copy of the label: US label 2020",)
    assert made.found("drug/b").marks == ("a newer version is known (2026-03, not read)",)
    assert "Note: a newer version is known (2026-03, not read)." in str(made.found("drug/b").explain())
    made.source("label4")
    assert made.found("drug/b").marks == ("a newer version is known (Title of label4)",)
    assert made.claim("drug/b", cites="label2 label4").found("drug/b").marks == ()
    made.source("label4", superseded_by="label2")
    assert made.found("drug/b").marks != ()  # two that name each other as newer do not turn it round for ever


def test_a_paper_read_in_a_copy_has_no_mark():
    """Only a label that was read in a copy is marked."""
    made = world().source("cohort1", read_at="https://example.org/x").claim("drug/a", cites="cohort1")
    assert made.found("drug/a").marks == ()


def test_marks_tell_the_window():
    """A finding says the time window of its context in words."""
    assert world().claim("drug/a", taking="other", window="P14D").found("drug/a").marks == (
        "within 14 days of the last dose",
    )
    assert window_text("first-dose") == "at the first dose"
    assert window_text("ever") == "taken at any time, past use included"


def test_a_claim_without_a_concern_is_named_by_its_kind():
    """The proof of a claim of no increase names its kind in place of a concern."""
    made = world().claim("drug/a", None, kind="no-increase")
    assert "NO-INCREASE harm" in str(made.found("drug/a").explain())
