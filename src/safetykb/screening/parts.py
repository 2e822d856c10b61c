"""Where a run writes: three outputs, and beside them one directory of its own, held by one run at a time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from safetykb.errors import InvalidQuestion
from safetykb.screening.statements import FINDINGS, NOT_CHECKED, SUMMARY

ENDING: Final = ".parquet"
_COLUMNS: Final = {
    FINDINGS: {"patient", "claim", "concern"},
    SUMMARY: {"patient", "outcome"},
    NOT_CHECKED: {"patient", "field", "name"},
}
"""By these an output of an earlier run is known, which may be replaced."""

_LOCK: Final = "safetykb.lock"
_LATER: Final = "name another output"


class Parts:
    """The outputs of a run, and its parts, whole or not there, in a directory named as the output with ``.parts``."""

    def __init__(self, output: Path) -> None:
        """Name the files; raise InvalidQuestion for an output whose name does not end in ``.parquet``."""
        if output.suffix.lower() != ENDING:
            raise InvalidQuestion(f"the output {output} is no name of a parquet file", f"end its name in {ENDING}")
        stem = output.name[: -len(ENDING)]
        self.outputs: Mapping[str, Path] = {
            FINDINGS: output,
            SUMMARY: output.with_name(f"{stem}.summary{ENDING}"),
            NOT_CHECKED: output.with_name(f"{stem}.not-checked{ENDING}"),
        }
        self.directory: Path = output.absolute().with_name(f"{stem}.parts")
        self.given: Path = self.directory / f"given{ENDING}"
        self.spilled: Path = self.directory / "spilled"
        self.note: Path = self.directory / "question.json"

    def check(self, source: Path) -> None:
        """Refuse to write over the patients, or over anything that no screen has written."""
        whole = source.resolve()
        for path in (*self.outputs.values(), self.directory):
            place = path.resolve()
            if whole in (place, *place.parents) or place in whole.parents or (path.exists() and path.samefile(whole)):
                raise InvalidQuestion(f"{path} is a place of the patients, and would be written over", _LATER)
            if path.is_symlink():
                raise InvalidQuestion(f"{path} is a link", "name the output by the path that it leads to")
        for name, path in self.outputs.items():
            if path.exists() and not (path.is_file() and _is_written(path, _COLUMNS[name])):
                raise InvalidQuestion(f"{path} is there, and no screen has written it", f"move it, or {_LATER}")
        if self.directory.exists() and not self.is_ours():
            raise InvalidQuestion(f"{self.directory} is there, and no screen has made it", f"move it, or {_LATER}")

    def is_ours(self) -> bool:
        """Return whether the directory of the parts was made by a run, or holds nothing."""
        return self.directory.is_dir() and (not any(self.directory.iterdir()) or (self.directory / _LOCK).is_file())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory, so that no other run writes there; a run that ends in any way holds it no longer."""
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            # What SQLite locks it locks on every system, between threads too, and a process that dies lets it go.
            lock = sqlite3.connect(self.directory / _LOCK, timeout=0, isolation_level=None)
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            lock = None
        if lock is None:
            what = f"another screen writes to {self.directory}, or it cannot be written to"
            raise InvalidQuestion(what, f"wait for its end, or {_LATER}")
        try:
            shutil.rmtree(self.spilled, ignore_errors=True)
            yield
        finally:
            self.given.unlink(missing_ok=True)
            shutil.rmtree(self.spilled, ignore_errors=True)
            lock.close()
            if not self.note.exists():  # all was done, or nothing was begun
                (self.directory / _LOCK).unlink(missing_ok=True)
                with suppress(OSError):  # another run began here
                    self.directory.rmdir()

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Keep the parts of a run that was stopped, when it was asked the same; else start anew."""
        if self.asked() != asked:
            self.clear()
            written(self.note, lambda path: path.write_text(json.dumps(asked), encoding="utf-8"))

    def asked(self) -> object:
        """Return what the parts answer; None where there are none, or where nobody can tell."""
        try:
            return json.loads(self.note.read_bytes())
        except (OSError, ValueError):
            return None

    def clear(self) -> None:
        """Take away every part, and last what says that they are there."""
        for path in self.directory.glob("[0-9]*.safetykb_*"):
            path.unlink()
        self.note.unlink(missing_ok=True)

    def place(self, number: int, name: str) -> Path:
        """Return where a table of a part stands."""
        return self.directory / f"{number:06d}.{name}{ENDING}"

    def end(self, parts: int, patients: int) -> None:
        """Put the parts together, in their order, and take them away.

        Raises InvalidQuestion when the summary is not of so many patients; then no output has changed.
        """
        import pyarrow.parquet as pq

        joined = {name: self.directory / f"{parts:06d}.{name}.joined" for name in self.outputs}
        for name, path in joined.items():
            _join([self.place(number, name) for number in range(parts)], path)
        if pq.read_metadata(joined[SUMMARY]).num_rows != patients:
            self.clear()
            raise InvalidQuestion("the summary is not of every patient", "run it again: no output was written")
        for name, path in joined.items():
            path.replace(self.outputs[name])
        self.clear()


def written(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name first, so that it is whole or not there."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    write(unfinished)
    unfinished.replace(path)


def _is_written(path: Path, columns: set[str]) -> bool:
    """Return whether a screen may have written a file: it holds ``columns``, or nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.stat().st_size:
        return True
    try:
        with path.open("rb") as file:
            return columns <= {*pq.read_schema(file).names}
    except pa.ArrowException:
        return False


def _join(parts: list[Path], output: Path) -> None:
    """Write the rows of several parquet files to one, holding one group of rows at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(os.fspath(output), pq.read_schema(parts[0]), compression="zstd") as writer:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group))
