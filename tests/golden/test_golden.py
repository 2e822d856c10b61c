"""The answers that are kept whole are still what they were."""

from __future__ import annotations

import difflib

import pytest

from .golden import ANSWERS, HERE, answer, file_of

_SHOWN = 200


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_is_the_kept_one(name: str):
    """An answer differs from the kept one only when somebody has read the difference and kept it."""
    kept = file_of(name).read_text("utf-8").splitlines()
    now = answer(name).splitlines()
    difference = list(difflib.unified_diff(kept, now, f"{name}, kept", f"{name}, now", lineterm="", n=2))
    more = [f"... and {len(difference) - _SHOWN} more lines"] if len(difference) > _SHOWN else []
    if difference:
        told = "\n".join([*difference[:_SHOWN], *more])
        pytest.fail(f"{told}\n\nIf this is meant: python tests/golden/regenerate.py, and read git diff.", pytrace=False)


def test_every_kept_file_is_compared():
    """No file lies here that nothing is compared with."""
    assert {path.stem for path in HERE.glob("*.txt")} == set(ANSWERS)
