"""The checks: each is a value with a sample that it passes and a sample that it refuses."""

from __future__ import annotations

import pytest
from .trees import draft

from safetykb.knowledge import checks
from safetykb.knowledge.checks import CHECKS, Check

EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)


def test_base_sample_passes_every_check():
    """The base sample has no problem of any code."""
    tree = draft({})

    assert tree.problems == ()
    assert checks.run(tree) == []


def test_there_are_at_least_thirty_checks():
    """At least thirty rules hold a tree together."""
    assert len(CHECKS) >= 30


def test_codes_are_unique_and_in_order():
    """A code names one check, and the checks stand in the order of their codes."""
    codes = [check.code for check in CHECKS]

    assert codes == sorted(set(codes))


def test_names_are_unique():
    """A name names one check."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@EVERY
def test_check_says_what_where_and_cure(check: Check):
    """Each check has a code of three letters and three digits, a name, a description, a scope and a cure."""
    room, _, number = check.code.partition(":")

    assert room.isupper() and len(room) == 3 and len(number) == 3 and number.isdigit()
    assert check.name == check.name.lower() and " " not in check.name
    assert check.description.endswith(".") and check.cure
    assert check.scope in ("file", "record", "tree")


@EVERY
def test_passing_sample_passes(check: Check):
    """The passing sample has no problem of any code."""
    tree = draft(check.passing)

    assert tree.problems == ()
    assert [str(problem) for problem in checks.run(tree)] == []


@EVERY
def test_failing_sample_fails_for_its_reason_alone(check: Check):
    """The failing sample has a problem of this code, with a file, a path and the cure, and none of another code."""
    tree = draft(check.failing)
    found = checks.run(tree) + list(tree.problems)

    assert {problem.code for problem in found} == {check.code}
    for problem in found:
        assert problem.file in tree.files
        assert problem.path.startswith("$")
        assert problem.message and problem.cure == check.cure
