"""What it costs to screen many patients at once, against one review after the other."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import index_of
from safetykb.reasoning.index import ClaimIndex
from safetykb.screening import screen_on_spark, screen_table
from safetykb.screening.closed import closed_tables
from safetykb.screening.vocabulary import vocabulary_of
from tests.screening.agreement import reviews
from tests.screening.people import LISTS, drawn, table_of

from .asking import Asked, lacks, reaches
from .profiles import BY_FUNCTION, heaviest
from .timing import Found, Peer, Profile, Rival, Row, installed, measured

FEW: Final = 30
"""How many patients the slow way is tried on."""

ENOUGH: Final = 50_000
"""From so many patients on it is told how the time grows: below, what is done once for the knowledge hides it."""

SPARK: Final = {
    "driver.host": "localhost",
    "driver.memory": "4g",
    "sql.shuffle.partitions": "4",
    "ui.enabled": "false",
    "ui.showConsoleProgress": "false",
}
"""How Spark is set up for one small machine."""

Person = Mapping[str, Any]
Question = tuple[str, str, str]
"""A patient, a medicine and a condition."""


def once(task: Callable[[], object]) -> float:
    """Return how long ``task`` takes, run once: it takes so long that a round of it more would tell little."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def screening(question: Asked, number: int, *, spark: bool = False) -> Found:
    """Return what it costs to screen ``number`` patients; of ``ENOUGH`` of them what a tenth costs, too."""
    base = question.base
    people = drawn(base, number, seed=6)
    table, few = table_of(people), people[:FEW]
    ours = once(lambda: screen_table(table, knowledge=base))
    slow = once(lambda: [answer for person in few for answer in reviews(base, person)]) / len(few) * number
    screened = Row(
        key="screen",
        what=f"{number:,} patients screened, every finding graded",
        against=f"a review for each medicine in each condition, from {len(few)} patients",
        time=ours,
        other=slow,
        most=1 / 4,
        peers=(_on_spark(base, table),) if spark else (),
    )
    rows = [screened, *([_growth(base, people, ours)] if number >= ENOUGH else []), _bare(question, people)]

    def profiled(key: str) -> Profile:
        return Profile(
            key=key,
            how=f"{BY_FUNCTION}, of a screen of {len(few)} patients",
            heaviest=heaviest(lambda: screen_table(table_of(few), knowledge=base)),
            floor=(
                ("closing the knowledge into tables for the names of these patients", once(_closing(base, people))),
                (f"{len(few)} patients screened", once(lambda: screen_table(table_of(few), knowledge=base))),
            ),
        )

    return Found(rows=tuple(rows), profiles={key: partial(profiled, key) for key in ("screen", "growth")})


def _closing(base: KnowledgeBase, people: Sequence[Person]) -> Callable[[], object]:
    """Return the task of closing the knowledge into tables for the names that occur among ``people``."""
    names = {(field, name) for person in people for field in LISTS for name in person[field] or ()}
    return lambda: closed_tables(base, vocabulary_of(base, names))


def _growth(base: KnowledgeBase, people: Sequence[Person], ours: float) -> Row:
    tenth = table_of(people[: len(people) // 10])
    return Row(
        key="growth",
        what=f"{len(people):,} patients screened",
        against=f"{tenth.num_rows:,} patients screened",
        time=ours,
        other=once(lambda: screen_table(tenth, knowledge=base)),
        most=12,
    )


def _on_spark(base: KnowledgeBase, table: pa.Table) -> Peer:
    """Return how long the same expression takes on Spark in this machine; starting Spark is not counted."""
    name, needs = "the same on Spark, this machine alone", "pyspark"
    if not installed(needs):
        return Peer(name=name, time=None, needs=needs)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = importlib.import_module("pyspark.sql").SparkSession.builder.master("local[*]")
        for setting, value in SPARK.items():
            builder = builder.config(f"spark.{setting}", value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        pq.write_table(table, f"{folder}/people.parquet")

        def task() -> None:
            patients = session.read.parquet(f"{folder}/people.parquet")
            frames = screen_on_spark(session, patients, knowledge=base)
            for frame in (frames.findings, frames.summary, frames.not_checked):
                frame.write.mode("overwrite").parquet(f"{folder}/out.parquet")

        taken = once(task)
        session.stop()
    return Peer(name=name, time=taken, needs=needs)


# --- the bare join ----------------------------------------------------------------------------------------------------


def _bare(question: Asked, people: Sequence[Person]) -> Row:
    """Return what it costs only to count the claims that reach each patient, nothing graded, in several ways."""
    index, objects = question.index, question.objects
    asked = [*pairs_of(question.base, people)]
    frames = frames_of(index, question.base, asked)
    some = asked[:: max(1, len(asked) // 5_000)]
    peers = [
        Rival(name="polars", needs="polars", make=lambda: by_polars(frames)),
        Rival(name="bit sets in Python", needs="builtins", make=lambda: by_bits(index, asked)),
    ]
    (ours, theirs), others = measured(
        by_duckdb(frames), lambda: [objects.reached(*pair) for _, *pair in some], peers=peers, rounds=3
    )
    return Row(
        key="join",
        what=f"the bare join: {len(asked):,} pairs of these patients with their claims, counted on DuckDB",
        against=f"a loop over objects, from {len(some):,} pairs",
        time=ours,
        other=theirs / len(some) * len(asked),
        peers=others,
    )


def frames_of(index: ClaimIndex, base: KnowledgeBase, asked: Sequence[Question]) -> list[pa.Table]:
    """Return as tables what is asked, the sides that compounds stand on, and those that conditions rule out."""
    tables = (
        (("patient", "compound", "condition"), asked),
        (("compound", "way"), [*reaches(index, base)]),
        (("condition", "way"), [*lacks(index, base)]),
    )
    return [pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))) for names, rows in tables]


def by_bits(index: ClaimIndex, asked: Sequence[Question]) -> Callable[[], int]:
    """Return the task of counting with the bit sets."""
    bits = [(index.compounds[compound], index.conditions[condition]) for _, compound, condition in asked]
    return lambda: sum([(compound & condition).bit_count() for compound, condition in bits])


def pairs_of(base: KnowledgeBase, people: Sequence[Person]) -> Iterator[Question]:
    """Yield each patient with each medicine and condition that the knowledge knows by name."""
    index = index_of(base)
    for person in people:
        medicines = {id for name in person["medications"] for id in index.ids_of("compound", name)}
        conditions = {id for name in person["conditions"] for id in index.ids_of("condition", name)}
        yield from ((person["id"], *pair) for pair in product(sorted(medicines), sorted(conditions)))


def by_duckdb(frames: list[pa.Table]) -> Callable[[], Any]:
    """Return the task of counting with DuckDB."""
    engine = importlib.import_module("duckdb").connect()
    for name, frame in zip(("asked", "reaches", "lacks"), frames, strict=True):
        engine.register(f"arrow_{name}", frame)
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_{name}")  # noqa: S608  three names of our own
    counting = (
        "SELECT patient, count(*) FROM asked JOIN reaches USING (compound) "
        "ANTI JOIN lacks ON asked.condition = lacks.condition AND reaches.way = lacks.way GROUP BY patient"
    )
    return lambda: engine.sql(counting).to_arrow_table()


def by_polars(frames: list[pa.Table]) -> Callable[[], Any]:
    """Return the task of counting with polars."""
    polars = importlib.import_module("polars")
    asked, sides, out = (polars.from_arrow(frame) for frame in frames)
    return lambda: (
        asked.lazy()
        .join(sides.lazy(), on="compound")
        .join(out.lazy(), on=["condition", "way"], how="anti")
        .group_by("patient")
        .len()
        .collect()
    )
