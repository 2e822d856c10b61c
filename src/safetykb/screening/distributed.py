"""The same expression on Spark: a data frame of patients to three data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.scales import Concern
from safetykb.screening.needs import ArrowSchema, ArrowTable, SparkFrame, SparkSession, needed
from safetykb.screening.preparation import Question, prepare
from safetykb.screening.statements import (
    FINDINGS,
    NOT_CHECKED,
    SOURCE,
    SUMMARY,
    check_names,
    closed_name,
    refuse_type,
)


@attrs.frozen(kw_only=True, repr=False)
class ScreenedFrames:
    """The answer on Spark, once it is asked for: a row a finding, a row a patient, a row a thing not checked."""

    findings: SparkFrame
    summary: SparkFrame
    not_checked: SparkFrame


def screen_on_spark(
    session: SparkSession,
    patients: SparkFrame,
    *,
    at_least: Concern | str | None = Concern.CAUTION,
    knowledge: KnowledgeBase | None = None,
) -> ScreenedFrames:
    """Return the screen of ``patients`` as data frames of ``session``; see ``screen_table``.

    The ids are counted and the distinct names are read at once, since what they mean is told by this process; the
    patients stay where they are. The steps in between are kept where they were worked out, in memory or on disk, as
    long as one of the frames is held.

    Raises InvalidQuestion for columns that are not known or of a type that they cannot have, and for ids that are
    missing or stand twice, and ImportError without the extra ``spark``.
    """
    needed("spark", "ibis", "pyarrow", "pyspark")
    columns = _columns(patients)
    patients.createOrReplaceTempView(SOURCE)
    spark = _Spark(session)
    prepared = prepare(spark, columns, Question.of(at_least, knowledge))
    frames = {}
    for step in prepared.steps:
        frame = session.sql(step.sql)
        if step.kept:  # a plan holds those of all its views, each as often as it is read: cut, it stays small
            frame = frame.localCheckpoint(eager=False)
        frames[step.name] = frame
        frame.createOrReplaceTempView(step.name)
    return ScreenedFrames(findings=frames[FINDINGS], summary=frames[SUMMARY], not_checked=frames[NOT_CHECKED])


def _columns(patients: SparkFrame) -> ArrowSchema:
    import pyarrow as pa
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.types import to_arrow_type

    check_names(patients.columns)
    found = []
    for field in patients.schema.fields:
        try:
            found.append((field.name, to_arrow_type(field.dataType)))
        except PySparkException:  # Spark itself has no Arrow type for it
            refuse_type(field.name, field.dataType.simpleString())
    return pa.schema(found)


@attrs.frozen
class _Spark:
    session: SparkSession
    dialect: str = "pyspark"

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def view(self, name: str, sql: str) -> None:
        self.session.sql(sql).createOrReplaceTempView(name)

    def keep(self, closed: Mapping[str, ArrowTable]) -> None:
        for name, table in closed.items():
            self.session.createDataFrame(table).createOrReplaceTempView(closed_name(name))
