"""The answers show what the dossier holds, and never what it denies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .reader import FIELDS, KEYS, WHERE, holds, lines, matching

LINES = lines()


@pytest.mark.parametrize("line", LINES, ids=[line["question"] for line in LINES])
def test_line_of_the_dossier(line: dict[str, Any]):
    """An answer shows what a line answered yes asks for, and shows nothing that a line answered no describes."""
    assert holds(line), (
        f"{line['id']} ({line['fact']}) must be {line['answer']!r}, but {matching(line) or 'nothing'} matches"
    )


def test_the_list_is_long_enough():
    """The list has at least 90 lines, and at least 40 of the first, narrow version."""
    assert len(LINES) >= 90
    assert sum(line.get("skeleton", False) for line in LINES) >= 40


def test_lines_are_well_formed():
    """Each line has an id and a question of its own, and asks for nothing that the reader does not know."""
    assert len({line["id"] for line in LINES}) == len({line["question"] for line in LINES}) == len(LINES)
    for line in LINES:
        assert not line.keys() - KEYS - FIELDS, line["id"]
        assert line["answer"] in {"yes", "no"}, line["id"]
        assert line["where"] in WHERE, line["id"]
        assert line["all"], line["id"]
        for pattern in (*line["all"], *line.get("none", ()), line.get("row", "")):
            re.compile(pattern)
