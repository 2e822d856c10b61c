"""The tests of the rules are watched in turn: when a rule is broken in the code, the test named for it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import safetykb

from .breakages import BREAKAGES, Breakage

PACKAGE = Path(safetykb.__file__).parent
TESTS = Path(__file__).parents[1]
FAILED = 1
"""The exit status of pytest when a test failed: neither passing, nor broken off, nor without a test."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that may be broken."""
    home = tmp_path_factory.mktemp("broken")
    shutil.copytree(PACKAGE, home / "safetykb", ignore=shutil.ignore_patterns("__pycache__"))
    return home


@pytest.mark.parametrize("breakage", BREAKAGES, ids=[breakage.rule for breakage in BREAKAGES])
def test_breaking_a_rule_makes_its_test_fail(breakage: Breakage, copy: Path):
    """With the rule broken, the test named for it fails; the line that is broken stands once."""
    file = copy / "safetykb" / breakage.file
    whole = file.read_text(encoding="utf-8")
    assert whole.count(breakage.line) == 1
    file.write_text(whole.replace(breakage.line, breakage.broken), encoding="utf-8")
    try:
        assert run(copy, breakage.test) == FAILED
    finally:
        file.write_text(whole, encoding="utf-8")


def test_nothing_fails_in_a_whole_copy(copy: Path):
    """Unbroken, every one of these tests passes in the copy: a failure is the breakage's own."""
    assert run(copy, *sorted({breakage.test for breakage in BREAKAGES})) == 0


def test_every_rule_has_a_breakage():
    """The list holds each rule of reasoning from 0 to 12, the ranking, and the phrases of absence."""
    told = {breakage.rule.partition(":")[0] for breakage in BREAKAGES}
    assert told >= {*map(str, range(13)), "ranking", "absence"}


def run(home: Path, *tests: str) -> int:
    """Run some tests, until one fails, against the package in ``home``; return pytest's exit status."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    environment |= {"PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("SAFETYKB_EXPECT_INSTALLED", None)
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:cov", "--no-header", "--import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", *quiet, *(str(TESTS / test) for test in tests)]
    done = subprocess.run(command, cwd=TESTS.parent, env=environment, capture_output=True, check=False, timeout=300)
    return done.returncode
