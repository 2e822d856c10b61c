"""The same expression on Spark: a data frame of patients to three data frames, lazy as Spark's are."""

from __future__ import annotations

from typing import Final

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.model.scales import Concern
from safetykb.screening.closed import closed_tables
from safetykb.screening.needs import SparkFrame, SparkSession, needed
from safetykb.screening.statements import (
    FINDINGS,
    GRADED,
    NOT_CHECKED,
    PATIENTS,
    SOURCE,
    closed_name,
    names_statement,
    plain_statement,
    statements,
)
from safetykb.screening.vocabulary import vocabulary_of

_SPARK: Final = "pyspark"


@attrs.frozen(kw_only=True, repr=False)
class ScreenedFrames:
    """The answer on Spark: a row a finding, a row a patient, a row a thing not checked. Nothing was run yet."""

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

    The distinct names are read at once, since what they mean is told by this process; the patients stay where they are.
    Ids are taken as they come: each must be there, and stand once.

    Raises InvalidQuestion for columns that are not known, and ImportError without the extra ``spark``.
    """
    needed("spark", "ibis", "pyarrow", "pyspark")
    from pyspark.sql.pandas.types import to_arrow_schema

    patients.createOrReplaceTempView(SOURCE)
    columns = to_arrow_schema(patients.schema)
    session.sql(plain_statement(_SPARK, columns)).createOrReplaceTempView(PATIENTS)
    names = [(row["field"], row["name"]) for row in session.sql(names_statement(_SPARK)).collect()]
    knowledge = knowledge or knowledge_base()
    closed = closed_tables(knowledge, vocabulary_of(knowledge, names))
    for name, table in closed.tables.items():
        session.createDataFrame(table).createOrReplaceTempView(closed_name(name))
    told = statements(_SPARK, closed.states, Concern.of(at_least) if at_least else None)
    session.sql(told.graded).persist().createOrReplaceTempView(GRADED)
    findings = session.sql(told.findings)
    findings.createOrReplaceTempView(FINDINGS)
    not_checked = session.sql(told.not_checked)
    not_checked.createOrReplaceTempView(NOT_CHECKED)
    return ScreenedFrames(findings=findings, summary=session.sql(told.summary), not_checked=not_checked)
