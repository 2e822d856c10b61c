"""The same expression on Spark finds what the reviews find."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.tree import packaged_files
from safetykb.screening import screen_on_spark, screen_table
from tests.reasoning.building_blocks import World

from .agreement import differences, expected
from .people import drawn, populations, table_of

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17, and there is none"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    os.environ["SPARK_CONF_DIR"] = str(Path(__file__).parent)  # one core and no compiling: there are few rows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        session = SparkSession.builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def on_spark(session: Any, knowledge: KnowledgeBase, people: list[dict[str, Any]], place: Path) -> dict[str, Any]:
    """Screen a partitioned parquet file on Spark."""
    table = table_of(people)
    place.mkdir(exist_ok=True)
    for part in (0, 1):
        pq.write_table(table.slice(part * len(people) // 2, len(people) // 2), place / f"part-{part}.parquet")
    frames = screen_on_spark(session, session.read.parquet(str(place)), at_least=None, knowledge=knowledge)
    names = ("findings", "summary", "not_checked")
    return {name: [row.asDict() for row in getattr(frames, name).collect()] for name in names}


def test_spark_finds_what_the_reviews_find(spark: Any, tmp_path: Path):
    """Row by row the same findings as review(..., patient) in process, and the summary that DuckDB gives."""
    knowledge = parse(packaged_files()).knowledge
    people = drawn(knowledge, 30, seed=11)
    told = on_spark(spark, knowledge, people, tmp_path / "people")
    assert told["findings"]
    assert differences(told["findings"], expected(knowledge, people)) == []
    embedded = screen_table(table_of(people), at_least=None, knowledge=knowledge)
    for name, rows in told.items():
        assert sorted(rows, key=str) == sorted(getattr(embedded, name).to_pylist(), key=str)


def test_spark_finds_what_the_reviews_find_in_made_up_worlds(spark: Any, tmp_path: Path):
    """The same for random patients of small random knowledge."""

    @given(populations(size=40))
    @settings(max_examples=2, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    def holds(drawn_world: tuple[World, list[dict[str, Any]]]) -> None:
        made, people = drawn_world
        knowledge = made.knowledge()
        told = on_spark(spark, knowledge, people, tmp_path / "people")
        assert differences(told["findings"], expected(knowledge, people)) == []

    holds()


def test_spark_refuses_a_column_that_no_patient_has(spark: Any):
    """A column that would be left out in silence is an error."""
    with pytest.raises(InvalidQuestion, match="egrf"):
        screen_on_spark(spark, spark.createDataFrame([("a", 1.0)], ["id", "egrf"]))


@pytest.mark.parametrize("ids", [("a", "a"), ("a", None)])
def test_spark_refuses_ids_that_are_missing_or_stand_twice(ids: tuple[str | None, ...], spark: Any):
    """Patients who could not be told apart are an error, as they are on DuckDB."""
    with pytest.raises(InvalidQuestion, match="an id is missing, or stands twice"):
        screen_on_spark(spark, spark.createDataFrame([(id, 70.0) for id in ids], ["id", "age"]))


@pytest.mark.parametrize(
    "value",
    [
        "array(30)",
        "map('egfr', 30)",
        "interval 1 month",
        "interval 1 day",
        "date '2024-01-01'",
        "true",
        "named_struct('x', 1)",
    ],
)
def test_spark_refuses_a_type_that_a_column_cannot_have(value: str, spark: Any):
    """A column of numbers that holds lists, times or truths is an error that names it, as it is on DuckDB."""
    with pytest.raises(InvalidQuestion, match="'egfr' is of a type that it cannot have"):
        screen_on_spark(spark, spark.sql(f"SELECT 'a' AS id, {value} AS egfr"))
