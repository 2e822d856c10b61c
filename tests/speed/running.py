"""Measures both knowledges, as a wheel would hold each, and writes the page; started by ``measure.py``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import cattrs

import safetykb
from safetykb.knowledge.base import KnowledgeBase

from .hostile import refused
from .inside import Measured
from .page import Part, Promises, how_to, page
from .processes import as_checkout, as_installed, first_review, heavy_ones, importing
from .synthetic import knowledge as made_up
from .timing import finding, installed, told

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "reference" / "performance.md"
PEERS: Final = ("bioregistry", "duckdb", "polars", "pycountry", "pydantic", "rdflib")


@attrs.frozen(kw_only=True)
class Subject:
    """A knowledge to be measured: its heading, the pair that is asked for, and how many patients are screened.

    ``imports``: importing is measured too, which is the same with any knowledge.
    """

    heading: str
    knowledge: KnowledgeBase
    pair: tuple[str, str]
    patients: int
    imports: bool = False


def measured(subject: Subject, wheel: Path, checkout: Path, *, spark: bool) -> Part:
    """Return what was measured of ``subject``, its package in a new folder as a wheel and in one as a checkout."""
    print(subject.heading, file=sys.stderr)  # noqa: T201  whoever waits reads it
    as_installed(wheel, subject.knowledge)
    as_checkout(checkout, subject.knowledge)
    processes = [importing(wheel)] if subject.imports else []
    processes.append(told("processes", lambda: first_review(wheel, checkout, subject.pair)))
    inside = within(wheel, subject, spark=spark)
    rows = [row for found in processes for row in found.rows]
    profiles = [profile for found in processes for profile in found.missed()]
    return Part(
        heading=subject.heading,
        about=inside.about,
        rows=[*rows, *inside.rows],
        profiles=[*profiles, *inside.profiles],
    )


def within(wheel: Path, subject: Subject, *, spark: bool) -> Measured:
    """Return what a process measures that finds the package, with the knowledge of ``subject``, at ``wheel``."""
    command = [sys.executable, "-m", "tests.speed.inside", *subject.pair, "--patients", str(subject.patients)]
    command += ["--spark"] if spark else []
    printed = subprocess.run(command, cwd=ROOT, env=finding(wheel), check=True, stdout=subprocess.PIPE).stdout
    return cattrs.structure(json.loads(printed), Measured)


def subjects(patients: int, made_up_patients: int) -> list[Subject]:
    """Return the packaged knowledge and the made-up one."""
    return [
        Subject(
            heading="The packaged knowledge",
            knowledge=safetykb.knowledge_base(),
            pair=("ketamine", "multiple sclerosis"),
            patients=patients,
            imports=True,
        ),
        Subject(
            heading="A made-up knowledge of the size promised for",
            knowledge=made_up(),
            pair=("invented compound 0000", "invented condition 0001"),
            patients=made_up_patients,
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python tests/speed/measure.py", description="Write the page on speed anew.")
    parser.add_argument("--patients", type=int, default=100_000, help="screened with the packaged knowledge; 0: none")
    parser.add_argument("--made-up-patients", type=int, default=10_000, help="screened with the made-up one; 0: none")
    parser.add_argument("--spark", action="store_true", help="screen on Spark too, which takes many minutes")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page to write")
    given = parser.parse_args(arguments)
    missing = [name for name in PEERS if not installed(name)]
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}. {how_to()}", file=sys.stderr)  # noqa: T201
    start = time.perf_counter()
    with TemporaryDirectory() as folder:
        found: list[Part] = []
        for subject in subjects(given.patients, given.made_up_patients):
            places = [Path(folder) / f"{len(found)}-{kind}" for kind in ("wheel", "checkout")]
            found.append(measured(subject, *places, spark=given.spark))
        wheel = Path(folder) / "0-wheel"
        promises = Promises(heavy=heavy_ones(wheel), hostile=refused(ROOT, wheel))
    text = page(found, promises, taken=time.perf_counter() - start)
    given.output.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201  it speaks to whoever runs it


if __name__ == "__main__":
    main()
