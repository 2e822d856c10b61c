"""A screen on DuckDB, in this process: a table in memory, or a file in parts that bound the memory."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.scales import Concern
from safetykb.screening.closed import words_of
from safetykb.screening.expression import STATED_WORDS
from safetykb.screening.needs import ArrowTable, Engine, needed
from safetykb.screening.preparation import Question, prepare
from safetykb.screening.statements import FINDINGS, NOT_CHECKED, PATIENTS, SOURCE, SUMMARY, closed_name

PART: Final = 20_000
"""How many patients one part holds."""

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


@attrs.frozen(kw_only=True)
class ScreenedFiles:
    """The answer to a file of patients: three parquet files, and how many patients they answer for."""

    findings: Path
    summary: Path
    not_checked: Path
    patients: int


def screen_table(
    patients: object, *, at_least: Concern | str | None = Concern.CAUTION, knowledge: KnowledgeBase | None = None
) -> Screened:
    """Return what is known of the safety of the medicines of each patient, for the conditions that each has.

    ``patients``: anything that DuckDB reads (a pandas, polars or pyarrow table) with the columns of a patient.

    Raises InvalidQuestion for columns that are not known and for ids that are missing or stand twice, and ImportError
    without the extra ``screening``.
    """
    engine = _engine()
    engine.register(SOURCE, patients)
    screen = _Screen(engine, Question.of(at_least, knowledge))
    screen.prepare()
    screen.take()
    findings, summary, not_checked = (screen.told(name) for name in (FINDINGS, SUMMARY, NOT_CHECKED))
    return Screened(findings=findings, summary=summary, not_checked=not_checked)


def screen_file(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    at_least: Concern | str | None = Concern.CAUTION,
    knowledge: KnowledgeBase | None = None,
    part: int = PART,
    progress: Callable[[int, int], object] | None = None,
) -> ScreenedFiles:
    """Screen a file of patients and write the findings to ``output``, a parquet file.

    ``source``: parquet, a directory of it, or CSV in UTF-8, where the names of a list stand apart by semicolons.

    Beside it stand ``.summary.parquet``, with a row for every patient, and ``.not-checked.parquet``. The work is done
    in parts of ``part`` patients, kept in the directory ``.parts`` beside them; when it was stopped, the same call goes
    on after the last whole part, unless the file, the knowledge or the question is another. ``progress`` is told the
    number of patients done and of all.

    Raises what ``screen_table`` raises, and OSError.
    """
    return _FileScreen(Path(source), Path(output), Question.of(at_least, knowledge), part).run(progress)


def _engine() -> Engine:
    needed("screening", "ibis", "duckdb", "pyarrow")
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"SET memory_limit = '{MEMORY}'")
    return engine


class _Screen:
    dialect: str = "duckdb"

    def __init__(self, engine: Engine, question: Question) -> None:
        self.engine, self.question = engine, question

    def prepare(self) -> int:
        """Read the patients of ``SOURCE`` for what ``take`` needs, and return how many they are."""
        columns = self.engine.sql(f"SELECT * FROM {SOURCE} LIMIT 0").to_arrow_table().schema
        self.prepared = prepare(self, columns, self.question)
        self.engine.execute(f"DROP VIEW {PATIENTS}")
        return self.prepared.patients

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        found: Sequence[Sequence[Any]] = self.engine.execute(sql).fetchall()
        return found

    def view(self, name: str, sql: str) -> None:
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
        return self.engine.sql(_as("VARCHAR", words, f"({_ordered(name)})")).to_arrow_table()


def _as(kind: str, words: Mapping[str, bool], rows: str) -> str:
    """Return the SQL that gives rows with the columns of ``words`` as a type."""
    changed = ", ".join(f"{name}::{kind}{'[]' if is_list else ''} AS {name}" for name, is_list in words.items())
    return f"SELECT * REPLACE ({changed}) FROM {rows}" if changed else f"SELECT * FROM {rows}"


def _ordered(name: str) -> str:
    return f"SELECT * FROM {name} ORDER BY {_ORDERS[name]}"


class _FileScreen:
    def __init__(self, source: Path, output: Path, question: Question, part: int) -> None:
        self.source, self.question, self.part = source, question, part
        stem = output.with_suffix("")
        self.outputs = {
            FINDINGS: output,
            SUMMARY: stem.with_suffix(".summary.parquet"),
            NOT_CHECKED: stem.with_suffix(".not-checked.parquet"),
        }
        self.parts = stem.with_suffix(".parts")
        self.engine = _engine()
        self.spilled = stem.with_suffix(".spilled")
        self.engine.execute(f"SET temp_directory = {_quoted(self.spilled)}")

    def run(self, progress: Callable[[int, int], object] | None) -> ScreenedFiles:
        about = self.files()
        screen = _Screen(self.engine, self.question)
        patients = self.prepared(screen)
        self.engine.execute(f"DROP VIEW {SOURCE}")
        self.begin(about)
        done = 0
        for number, table in enumerate(self.tables()):
            if not self.is_done(number):
                self.engine.register(SOURCE, table)
                screen.take()
                self.keep(number)
            done += table.num_rows
            if progress is not None:
                progress(done, patients)
        self.end(number + 1)
        findings, summary, not_checked = (self.outputs[name] for name in (FINDINGS, SUMMARY, NOT_CHECKED))
        return ScreenedFiles(findings=findings, summary=summary, not_checked=not_checked, patients=patients)

    def prepared(self, screen: _Screen) -> int:
        """Read the columns and the names of the file; what an engine says of a bad one may repeat values of it."""
        import duckdb

        try:
            self.engine.execute(f"CREATE TEMP VIEW {SOURCE} AS {self.reading}")
            return screen.prepare()
        except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException):
            pass
        raise InvalidQuestion("the file cannot be read as a table", "give parquet, or CSV in UTF-8 with a header")

    def files(self) -> list[list[object]]:
        """Return what tells one state of the source from another; raise FileNotFoundError when it is not there."""
        source = self.source.resolve()
        found = sorted(source.rglob("*.parquet")) if source.is_dir() else [source]
        return [[os.fspath(path), path.stat().st_size, path.stat().st_mtime_ns] for path in found]

    @property
    def reading(self) -> str:
        """The SQL that reads the file as it stands; the columns of a CSV are texts until they are known."""
        name = _quoted(self.source / "**" / "*.parquet" if self.source.is_dir() else self.source)
        if self.source.suffix.lower() in (".csv", ".tsv", ".txt"):
            return f"SELECT * FROM read_csv({name}, all_varchar = true, header = true)"
        return f"SELECT * FROM read_parquet({name})"

    def tables(self) -> Iterator[ArrowTable]:
        """Yield the patients in parts of the same size, in the order of the file; an empty part where there is none."""
        import pyarrow as pa

        reader = self.engine.cursor().sql(self.reading).to_arrow_reader(self.part)
        held = reader.schema.empty_table()
        none = True
        for batch in reader:
            held = pa.concat_tables([held, pa.Table.from_batches([batch])])
            while held.num_rows >= self.part:
                none = False
                yield held.slice(0, self.part)
                held = held.slice(self.part)
        if held.num_rows or none:
            yield held

    # --- parts, whole or not there --------------------------------------------------------------------------------

    def begin(self, about: Sequence[object]) -> None:
        """Keep the parts of a run that was stopped, when it was asked the same; else start anew."""
        knowledge = self.question.knowledge
        policies = sorted(f"{a.policy.consideration} {a.policy.action} {a.works}" for a in knowledge.policies)
        asked: Mapping[str, Any] = {
            "knowledge": [knowledge.version, knowledge.digest, *policies],
            "source": about,
            "at_least": str(self.question.at_least),
            "part": self.part,
        }
        note = self.parts / "question.json"
        if note.exists() and json.loads(note.read_bytes()) == asked:
            return
        shutil.rmtree(self.parts, ignore_errors=True)
        self.parts.mkdir(parents=True)
        self.written(note, lambda path: path.write_text(json.dumps(asked), encoding="utf-8"))

    def is_done(self, number: int) -> bool:
        return all(self.place(number, name).exists() for name in self.outputs)

    def place(self, number: int, name: str) -> Path:
        return self.parts / f"{number:06d}.{name}.parquet"

    def keep(self, number: int) -> None:
        for name in self.outputs:
            self.copy(_ordered(name), self.place(number, name))

    def end(self, parts: int) -> None:
        """Put the parts together, in their order, and take them away."""
        for name, output in self.outputs.items():
            self.written(output, partial(_joined, [self.place(number, name) for number in range(parts)]))
        shutil.rmtree(self.parts)
        shutil.rmtree(self.spilled, ignore_errors=True)

    def copy(self, sql: str, path: Path) -> None:
        how = "(FORMAT parquet, COMPRESSION zstd)"
        self.written(path, lambda there: self.engine.execute(f"COPY ({sql}) TO {_quoted(there)} {how}"))

    def written(self, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file under another name first, so that it is whole or not there."""
        unfinished = path.with_name(f"{path.name}.unfinished")
        write(unfinished)
        unfinished.replace(path)


def _joined(parts: Sequence[Path], output: Path) -> None:
    """Write the rows of several parquet files to one, holding one of them at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(output, pq.read_schema(parts[0]), compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))


def _quoted(path: Path) -> str:
    return "'" + os.fspath(path).replace("'", "''") + "'"
