"""A screen of a file of patients, in parts that bound the memory, by the engine in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

import safetykb
from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.scales import Concern
from safetykb.screening.delimited import to_parquet
from safetykb.screening.embedded import Screen, ordered, start
from safetykb.screening.needs import ArrowTable
from safetykb.screening.parts import Parts, written
from safetykb.screening.population import GIVEN_ID
from safetykb.screening.preparation import Question
from safetykb.screening.sources import attempted, files_of, is_delimited, parquet, quoted, reading, state_of
from safetykb.screening.statements import FINDINGS, NOT_CHECKED, SOURCE, SUMMARY

PART: Final = 20_000
"""How many patients one part holds."""


@attrs.frozen(kw_only=True)
class ScreenedFiles:
    """The answer to a file of patients: three parquet files, and how many patients they answer for."""

    findings: Path
    summary: Path
    not_checked: Path
    patients: int


def screen_file(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    at_least: Concern | str | None = Concern.CAUTION,
    knowledge: KnowledgeBase | None = None,
    part: int = PART,
    progress: Callable[[int, int], object] | None = None,
) -> ScreenedFiles:
    """Screen a file of patients and write the findings to ``output``, a name that ends in ``.parquet``.

    ``source``: parquet, a directory of nothing else (but for names that begin with ``_`` or ``.``), or CSV in UTF-8,
    with the names of its columns in the first line, where the names of a list stand apart by semicolons; the delimiter
    is a comma, semicolon, tab or bar.

    Beside ``output`` stand ``.summary.parquet``, with a row for every patient, and ``.not-checked.parquet``. The work
    is done in parts of ``part`` patients, kept in the directory ``.parts`` beside them, with a copy of a CSV while it
    runs; when it was stopped, the same call goes on after the last whole part, unless the size or the time of the
    source, the knowledge or the question is another. ``progress`` is told the number of patients done and of all.

    Raises what ``screen_table`` raises; InvalidQuestion also for a source that cannot be read in full or that changes
    meanwhile, and for an output that would take the place of what no screen has written, or that another run writes;
    and OSError.
    """
    if part < 1:
        raise InvalidQuestion(f"a part cannot hold {part} patients", "give a number of 1 or more")
    return _FileScreen(Path(source), Path(output), Question.of(at_least, knowledge), part).run(progress)


class _FileScreen:
    def __init__(self, source: Path, output: Path, question: Question, part: int) -> None:
        self.source, self.question, self.part = source.absolute(), question, part
        self.engine = start()
        self.parts = Parts(output)

    def run(self, progress: Callable[[int, int], object] | None) -> ScreenedFiles:
        state = state_of(self.source)
        self.parts.check(self.source)
        with self.parts.held():
            try:
                patients = self.screened(state, progress)
            finally:
                self.engine.close()  # the files to which it spilled are free then
        findings, summary, not_checked = (self.parts.outputs[name] for name in (FINDINGS, SUMMARY, NOT_CHECKED))
        return ScreenedFiles(findings=findings, summary=summary, not_checked=not_checked, patients=patients)

    def screened(self, state: list[list[object]], progress: Callable[[int, int], object] | None) -> int:
        self.engine.execute(f"SET temp_directory = {quoted(self.parts.spilled)}")
        sql = self.reading()
        screen = Screen(self.engine, self.question)
        self.engine.execute(f"CREATE TEMP VIEW {SOURCE} AS {sql}")
        patients = attempted(screen.prepare, self.unreadable)
        self.engine.execute(f"DROP VIEW {SOURCE}")
        self.parts.begin(self.asked(state))
        done = 0
        for number, table in enumerate(self.tables(sql)):
            self.engine.register(SOURCE, table)
            if not self.is_done(number, table.num_rows):
                attempted(screen.take, self.unwritable)
                for name in self.parts.outputs:
                    self.copy(ordered(name), self.parts.place(number, name))
            done += table.num_rows
            if progress is not None:
                progress(done, patients)
        if state_of(self.source) != state or done != patients:
            raise InvalidQuestion(f"{self.source} changed while it was read", "run it again: no output was written")
        self.parts.check(self.source)
        attempted(lambda: self.parts.end(number + 1, patients), self.unwritable)
        return patients

    def reading(self) -> str:
        """Return the SQL that reads the source; of a delimited one a copy, whose columns are all texts."""
        files = files_of(self.source)
        if self.source.is_file() and is_delimited(self.source):
            to_parquet(self.source, self.parts.given)
            files = (self.parts.given.absolute(),)
        return reading(self.engine, files)

    def asked(self, state: list[list[object]]) -> Mapping[str, Any]:
        """Return all that the content of a part hangs on."""
        knowledge = self.question.knowledge
        policies = sorted(f"{a.policy.consideration} {a.policy.action} {a.works}" for a in knowledge.policies)
        return {
            "safetykb": safetykb.__version__,
            "knowledge": [knowledge.version, knowledge.digest, *policies],
            "source": state,
            "at_least": str(self.question.at_least),
            "part": self.part,
        }

    def tables(self, sql: str) -> Iterator[ArrowTable]:
        """Yield the patients in parts of the same size, in the order of the file; an empty part where there is none."""
        import pyarrow as pa

        reader = attempted(lambda: self.engine.cursor().sql(sql).to_arrow_reader(self.part), self.unreadable)
        held = reader.schema.empty_table()
        none = True
        while (batch := attempted(lambda: next(reader, None), self.unreadable)) is not None:
            held = pa.concat_tables([held, pa.Table.from_batches([batch])])
            while held.num_rows >= self.part:
                none = False
                yield held.slice(0, self.part)
                held = held.slice(self.part)
        if held.num_rows or none:
            yield held

    def is_done(self, number: int, patients: int) -> bool:
        """Return whether a part is there from a run that was stopped, whole and of the very patients of ``SOURCE``."""
        import duckdb

        places = {name: parquet([self.parts.place(number, name)]) for name in self.parts.outputs}
        given = f"SELECT CAST({GIVEN_ID} AS VARCHAR) FROM {SOURCE}"
        other = f"SELECT count(*) FROM ({given} EXCEPT ALL SELECT patient FROM {places[SUMMARY]})"
        try:
            every, *_ = (
                self.count(f"SELECT count(*) FROM {places[name]}") for name in (SUMMARY, FINDINGS, NOT_CHECKED)
            )
            return every == patients and not self.count(other)
        except duckdb.Error:  # it is not there, or it is damaged
            return False

    def count(self, sql: str) -> int:
        return int(self.engine.execute(sql).fetchall()[0][0])

    def copy(self, sql: str, path: Path) -> None:
        def write(there: Path) -> object:
            how = "(FORMAT parquet, COMPRESSION zstd)"
            return self.engine.execute(f"COPY ({sql}) TO {quoted(there)} {how}")

        attempted(lambda: written(path, write), self.unwritable)

    def unreadable(self) -> Exception:
        return InvalidQuestion(f"{self.source} cannot be read as a table", "write it anew: it is damaged")

    def unwritable(self) -> Exception:
        what = "no room on the disk or in memory, or what it wrote is damaged"
        cure = "make room and run it again, which goes on, or take the directory away to begin anew"
        return OSError(f"the work in {self.parts.directory} stopped: {what}; {cure}")
