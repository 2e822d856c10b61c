"""Patients of the sample tree, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from safetykb.knowledge.loading import load
from safetykb.screening import ScreenedFiles, screen_file

SAMPLE = Path(__file__).parents[1] / "sample" / "tree"
PEOPLE = 400


def people(number: int = PEOPLE) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for place in range(number):
        medicines = (["examplamine"], ["oldamine", "modulumab"], ["examplamine", "inhibizole"], ["nothing known"])
        conditions: tuple[list[str], ...] = (["demo disease"], ["relapsing demo disease"], [])
        row = {"id": f"person {place:04d}", "age": float(place % 90), "sex": ("female", "male")[place % 2]}
        rows.append({**row, "medications": medicines[place % 4], "conditions": conditions[place % 3]})
    return pa.Table.from_pylist(rows)


def answer(files: ScreenedFiles) -> list[list[dict[str, Any]]]:
    told = (files.findings, files.summary, files.not_checked)
    return [sorted(pq.read_table(path).to_pylist(), key=str) for path in told]


def screened(source: Path, output: Path, **more: Any) -> ScreenedFiles:
    """Screen a file by the sample tree."""
    return screen_file(source, output, knowledge=load(SAMPLE), **more)


def listed(directory: Path) -> dict[str, bytes | None]:
    """Everything in a directory, with what stands in each file."""
    found = sorted(directory.rglob("*"))
    return {str(path.relative_to(directory)): path.read_bytes() if path.is_file() else None for path in found}
