"""A screen on DuckDB, in this process, of a table in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.scales import Concern
from safetykb.screening.closed import words_of
from safetykb.screening.expression import STATED_WORDS
from safetykb.screening.needs import ArrowTable, Engine, needed
from safetykb.screening.preparation import Prepared, Question, prepare
from safetykb.screening.sources import attempted
from safetykb.screening.statements import FINDINGS, NOT_CHECKED, PATIENTS, SOURCE, SUMMARY, closed_name

MEMORY: Final = "2GB"
"""What DuckDB holds at most; what is more goes to disk."""

_ARROW: Final = "safetykb_arrow"
_WORD: Final = "safetykb_word"
_ORDERS: Final = {
    FINDINGS: "patient, asked, condition, claim",
    NOT_CHECKED: "patient, field, name",
    SUMMARY: "patient",
}


@attrs.frozen(kw_only=True, repr=False)
class Screened:
    """The answer to a table of patients, as Arrow tables: a row a finding, a patient, a thing not checked."""

    findings: ArrowTable
    summary: ArrowTable
    not_checked: ArrowTable


def screen_table(
    patients: object, *, at_least: Concern | str | None = Concern.CAUTION, knowledge: KnowledgeBase | None = None
) -> Screened:
    """Return what is known of the safety of the medicines of each patient, for the conditions that each has.

    ``patients``: anything that DuckDB reads (a pandas, polars or pyarrow table) with the columns of a patient.

    Raises InvalidQuestion for what is no such table, for columns that are not known or of a type that they cannot have,
    and for ids that are missing or stand twice, and ImportError without the extra ``screening``.
    """
    engine = start()
    screen = Screen(engine, Question.of(at_least, knowledge))
    attempted(lambda: _known(engine, patients), _no_table)
    screen.prepare()
    screen.take()
    findings, summary, not_checked = (screen.told(name) for name in (FINDINGS, SUMMARY, NOT_CHECKED))
    return Screened(findings=findings, summary=summary, not_checked=not_checked)


def _known(engine: Engine, patients: object) -> None:
    if patients is None:
        raise _no_table()
    engine.register(SOURCE, patients)
    engine.execute(f"SELECT count(COLUMNS(*)) FROM {SOURCE}").fetchall()  # what cannot be read in any cell fails here


def _no_table() -> Exception:
    what = "the patients are no table that DuckDB can read, or a cell of it holds what is no value"
    return InvalidQuestion(what, "give a table of pandas, polars or pyarrow, with texts, numbers and lists of texts")


def start() -> Engine:
    """Return an engine in this process; raise ImportError without the extra ``screening``."""
    needed("screening", "ibis", "duckdb", "pyarrow")
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"SET memory_limit = '{MEMORY}'")
    return engine


class Screen:
    """A question to the patients that an engine knows as ``SOURCE``, all of them or part by part."""

    dialect: str = "duckdb"

    def __init__(self, engine: Engine, question: Question) -> None:
        """Ask ``question`` of what ``engine`` holds."""
        self.engine: Engine = engine
        self.question: Question = question

    def prepare(self) -> int:
        """Read the patients of ``SOURCE`` for what ``take`` needs, and return how many they are."""
        columns = self.engine.sql(f"SELECT * FROM {SOURCE} LIMIT 0").to_arrow_table().schema
        self.prepared: Prepared = prepare(self, columns, self.question)
        self.engine.execute(f"DROP VIEW {PATIENTS}")
        return self.prepared.patients

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return the rows that SQL gives."""
        found: Sequence[Sequence[Any]] = self.engine.execute(sql).fetchall()
        return found

    def view(self, name: str, sql: str) -> None:
        """Know what SQL gives by a name."""
        self.engine.execute(f"CREATE TEMP VIEW {name} AS {sql}")

    def keep(self, closed: Mapping[str, ArrowTable]) -> None:
        """Keep the closed tables; their words as numbers, which are joined and sorted much faster than texts."""
        import pyarrow as pa

        engine = self.engine
        words = {name: words_of(table) for name, table in closed.items()}
        every = sorted(STATED_WORDS.union(*(found for _, found in words.values())))
        engine.register(_ARROW, pa.table({"word": every}))
        engine.execute(f"CREATE TYPE {_WORD} AS ENUM (SELECT word FROM {_ARROW})")
        for name, table in closed.items():
            engine.register(_ARROW, table)
            sql = _as(_WORD, words[name][0], _ARROW)
            engine.execute(f"CREATE TEMP TABLE {closed_name(name)} AS {sql}")
        engine.unregister(_ARROW)

    def take(self) -> None:
        """Answer for the patients of ``SOURCE``."""
        self.engine.execute(f"CREATE OR REPLACE TEMP TABLE {PATIENTS} AS {self.prepared.plain}")
        for step in self.prepared.steps:
            what = "TABLE" if step.kept else "VIEW"
            sql = _as(_WORD, step.words, f"({step.sql})") if step.kept else step.sql
            self.engine.execute(f"CREATE OR REPLACE TEMP {what} {step.name} AS {sql}")

    def told(self, name: str) -> ArrowTable:
        """Return a table of the answer, in its order."""
        words = next(step.words for step in self.prepared.steps if step.name == name)
        return self.engine.sql(_as("VARCHAR", words, f"({ordered(name)})")).to_arrow_table()


def _as(kind: str, words: Mapping[str, bool], rows: str) -> str:
    """Return the SQL that gives rows with the columns of ``words`` as a type."""
    changed = ", ".join(f"{name}::{kind}{'[]' if is_list else ''} AS {name}" for name, is_list in words.items())
    return f"SELECT * REPLACE ({changed}) FROM {rows}" if changed else f"SELECT * FROM {rows}"


def ordered(name: str) -> str:
    """Return the SQL of a table of the answer, in its order."""
    return f"SELECT * FROM {name} ORDER BY {_ORDERS[name]}"
