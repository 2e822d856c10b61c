"""What grows is measured on patients whom a screen reads, and the page tells each size."""

from __future__ import annotations

from pathlib import Path

import safetykb
from safetykb.screening import screen_table

from .growth import Row, grown, looped, page, population


def test_patients_are_read_as_they_are_meant():
    """Every patient has a medicine in a condition; nothing is passed by but the one name that is meant to be."""
    screened = screen_table(population(safetykb.knowledge_base(), 12, seed=1))
    assert screened.summary.num_rows == 12
    assert {row["name"] for row in screened.not_checked.to_pylist()} <= {"no such medicine"}
    assert screened.findings.num_rows > 12


def test_screen_is_measured_in_a_process_of_its_own(tmp_path: Path):
    """All patients are answered for, what it took is told, and no file is left."""
    row = grown(safetykb.knowledge_base(), 8, tmp_path)
    assert row.patients == 8
    assert row.findings > 8
    assert min(row.wall, row.processor) > 0
    assert row.memory > row.size > 0
    assert [*tmp_path.iterdir()] == []


def test_page_tells_each_size():
    """The page has a row for each size with its ratio to the loop, and how it grows from one to the next."""
    knowledge = safetykb.knowledge_base()
    rows = [
        Row(patients=10**size, findings=5, wall=2.0 * size, processor=1.0 * size, memory=10**9, size=10**6)
        for size in (1, 2)
    ]
    text = page(knowledge, rows, (0.2, 0.1))
    assert text.startswith("# How it grows\n")
    assert "| 100 | 5 | 4.0 s | 2.0 s | 25 | 1.00 GB | 1.0 MB | 5 times as long |" in text
    assert "100 patients took 2.0 times the processor time of 10, and 2.0 times the time." in text
    assert 0 < looped(knowledge, 1)[1] < 10
