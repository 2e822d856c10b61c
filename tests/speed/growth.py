"""Measures how a screen of a file grows with its patients, and writes the page of the documentation.

    python tests/speed/growth.py [PATIENTS ...]

Run it with the packages of the test group; without numbers it measures 10^4 to 10^7 patients, of which the last take
as much room as 10 GB. What is measured is the packaged knowledge of this very checkout, at caution and above.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import safetykb
from safetykb.answer.patients import read_patient
from safetykb.knowledge.base import KnowledgeBase
from safetykb.screening import screen_file
from safetykb.screening.files import PART

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "performance-growth.md"
SIZES: Final = (10**4, 10**5, 10**6, 10**7)
CHUNK: Final = 10**5
"""How many patients are made at once."""
SAMPLE: Final = 300
"""How many patients the loop answers for."""
LEAST: Final = "caution"


@attrs.frozen(kw_only=True)
class Row:
    """A screen that was measured: times in seconds, memory and size in bytes."""

    patients: int
    findings: int
    wall: float
    processor: float
    memory: int
    size: int


def population(knowledge: KnowledgeBase, number: int, seed: int) -> pa.Table:
    """Return made-up patients with 1 to 8 medicines and 1 to 3 conditions, each name as likely as any other."""
    chance = np.random.default_rng(seed)

    def lists(names: list[str], counts: np.ndarray) -> pa.ListArray:
        ends = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
        picked = chance.integers(0, len(names), ends[-1])
        return pa.ListArray.from_arrays(pa.array(ends), pa.array(names).take(pa.array(picked)))

    def known(values: np.ndarray, share: float) -> pa.Array:
        return pa.array(values, mask=chance.random(number) >= share)

    medicines = chance.choice(np.arange(1, 9), number, p=[0.2, 0.2, 0.16, 0.13, 0.11, 0.09, 0.06, 0.05])
    age = chance.uniform(18, 95, number).round(1)
    female = chance.random(number) < 0.6
    return pa.table(
        {
            "id": [f"{seed:04d}-{place:06d}" for place in range(number)],
            "medications": lists([*knowledge.compounds, "no such medicine"], medicines),
            "conditions": lists([*knowledge.conditions], chance.choice([1, 2, 3], number, p=[0.6, 0.28, 0.12])),
            "allergies": lists([*knowledge.compounds], (chance.random(number) < 0.1).astype(int)),
            "age": age,
            "sex": np.where(female, "female", "male"),
            "pregnant": pa.array(chance.random(number) < 0.04, mask=~female | (age > 50)),
            "egfr": known(np.clip(chance.normal(110 - 0.6 * age, 20), 5, 140).round(), 0.7),
            "alt": known(chance.lognormal(-0.2, 0.5, number).round(2), 0.4),
            "qtc": known(chance.normal(420, 25, number).round(), 0.2),
            "medications_complete": chance.random(number) < 0.5,
        }
    )


def write(knowledge: KnowledgeBase, number: int, path: Path) -> None:
    """Write a file of patients, so many at once that memory is bounded."""
    chunks = [min(CHUNK, number - start) for start in range(0, number, CHUNK)]
    tables = (population(knowledge, size, seed) for seed, size in enumerate(chunks))
    first = next(tables)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def measured(source: Path, output: Path) -> Row:
    """Screen a file in this process, and return what it took; memory is the most since the process began."""
    start, used = time.perf_counter(), time.process_time()
    files = screen_file(source, output, at_least=LEAST)
    wall, processor = time.perf_counter() - start, time.process_time() - used
    written = (files.findings, files.summary, files.not_checked)
    return Row(
        patients=files.patients,
        findings=pq.read_metadata(files.findings).num_rows,
        wall=wall,
        processor=processor,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        size=sum(path.stat().st_size for path in written),
    )


def grown(knowledge: KnowledgeBase, number: int, folder: Path) -> Row:
    """Measure a screen of so many patients in a process of its own, and leave nothing in ``folder``."""
    source, output = folder / "patients.parquet", folder / "findings.parquet"
    write(knowledge, number, source)
    environment = {**os.environ, "PYTHONPATH": str(Path(safetykb.__file__).parents[1])}
    command = [sys.executable, __file__, "--screen", str(source), str(output)]
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    for path in (source, *folder.glob("findings*")):
        path.unlink()
    return Row(**json.loads(told))


def looped(knowledge: KnowledgeBase, number: int = SAMPLE) -> tuple[float, float]:
    """Return the wall and the processor time a patient of a loop that reviews each medicine in each condition."""
    people = population(knowledge, number, len(SIZES)).to_pylist()
    safetykb.review("ketamine", "multiple sclerosis", knowledge=knowledge)
    start, used = time.perf_counter(), time.process_time()
    for person in people:
        del person["id"]
        patient = read_patient({name: value for name, value in person.items() if value is not None})
        for medicine in {*person["medications"]} & {*knowledge.compounds}:
            for condition in {*person["conditions"]}:
                safetykb.review(medicine, condition, patient, knowledge=knowledge)
    return (time.perf_counter() - start) / number, (time.process_time() - used) / number


def page(knowledge: KnowledgeBase, rows: list[Row], loop: tuple[float, float]) -> str:
    """Return the page of the documentation."""
    table = [
        "| patients | findings | time | processor time | patients a second | memory | written | the loop takes |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    table += [
        f"| {row.patients:,} | {row.findings:,} | {row.wall:.1f} s | {row.processor:.1f} s "
        f"| {row.patients / row.wall:,.0f} | {row.memory / 1e9:.2f} GB | {row.size / 1e6:,.1f} MB "
        f"| {loop[1] * row.patients / row.processor:,.0f} times as long |"
        for row in rows
    ]
    steps = [
        f"{after.patients:,} patients took {after.processor / before.processor:.1f} times the processor time of "
        f"{before.patients:,}, and {after.wall / before.wall:.1f} times the time."
        for before, after in itertools.pairwise(rows)
    ]
    lines = [
        "# How it grows",
        "",
        (
            "Written by `tests/speed/growth.py`, which anybody can run again: `screen_file` on DuckDB, from a parquet "
            f"file to three, at `{LEAST}` and above, in parts of {PART:,} patients, in a process of its own. The "
            "patients are made up: 1 to 8 medicines and 1 to 3 conditions, each name as likely as any other, with age "
            "and sex, and eGFR, ALT, QTc, pregnancy and an allergy for some."
        ),
        "",
        (
            f"Knowledge {knowledge.version}: {len(knowledge.compounds)} compounds, {len(knowledge.conditions)} "
            f"conditions, {len(knowledge.considerations)} considerations. Python {platform.python_version()}, "
            f"{os.cpu_count()} cores, which others used too: the processor time is that of this work alone."
        ),
        "",
        *table,
        "",
        *steps,
        "",
        (
            "The loop calls `review(medicine, condition, patient)` for each medicine in each condition: "
            f"{loop[1] * 1e3:.0f} ms of processor time a patient ({loop[0] * 1e3:.0f} ms in all), measured on {SAMPLE} "
            "patients and scaled. How many times as long it takes is told in processor time: with one core each."
        ),
    ]
    return "\n".join(lines) + "\n"


def main(*arguments: str) -> None:
    """Measure, and write the page after each size."""
    if arguments[:1] == ("--screen",):
        source, output = map(Path, arguments[1:])
        print(json.dumps(attrs.asdict(measured(source, output))))  # noqa: T201  another process reads it
        return
    knowledge = safetykb.knowledge_base()
    loop = looped(knowledge)
    rows = []
    for number in map(int, arguments or SIZES):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(grown(knowledge, int(number), Path(folder)))
        PAGE.write_text(page(knowledge, rows, loop), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))  # noqa: T201  it speaks to whoever runs it


if __name__ == "__main__":
    main(*sys.argv[1:])
