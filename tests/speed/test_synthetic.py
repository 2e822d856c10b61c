"""What is made up for measuring is knowledge like any other, and says that it is made up."""

from __future__ import annotations

from safetykb import review
from safetykb.knowledge.loading import load, problems_of

from .synthetic import FULL, SMALL, Sizes, files, knowledge, write


def test_a_made_up_tree_passes_every_check(tmp_path):
    """A made-up tree is loaded from its directory, and no check, not even one that refuses no tree, finds anything."""
    tree = write(tmp_path, SMALL)
    assert problems_of(tree) == ()
    base = load(tree)
    assert (len(base.compounds), len(base.conditions), len(base.considerations)) == (12, 6, 120)


def test_the_same_sizes_and_seed_give_the_same_bytes():
    """A made-up tree depends on its sizes and its seed alone."""
    assert files(SMALL) == files(SMALL)
    assert files(SMALL, seed=7) != files(SMALL)


def test_a_made_up_tree_says_that_it_is_made_up():
    """Every entity, claim and source is called invented, in its identifier and in its name."""
    base = knowledge(SMALL)
    for records in (base.compounds, base.conditions, base.terms, base.considerations, base.sources):
        assert all("invented-" in id for id in records)
    for id in (*base.compounds, *base.conditions, *base.terms):
        assert base.entity(id).name.startswith("Invented ")


def test_made_up_pairs_have_findings():
    """A made-up compound is answered for in a made-up condition, by claims of its own, of its class and by joins."""
    base = knowledge(Sizes(compounds=20, conditions=6, claims=400, classes=6, effects=8, enzymes=4, states=10))
    answers = [review(drug, "invented-condition-0001", knowledge=base) for drug in base.compounds]
    findings = [finding for answer in answers for finding in answer.findings]
    assert {str(finding.origin) for finding in findings} == {"stated", "joined"}
    assert {finding.id.split("-")[1] for finding in findings} >= {"compound", "class", "effect"}


def test_the_size_that_is_promised_for():
    """Speed is promised for 500 compounds, 100 conditions and 5,000 claims."""
    assert (FULL.compounds, FULL.conditions, FULL.claims) == (500, 100, 5_000)
