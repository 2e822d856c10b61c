"""A file of patients, or a directory of files: which files they are, and the SQL that reads all that stands in them."""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from safetykb.errors import InvalidQuestion
from safetykb.screening.delimited import ENDINGS
from safetykb.screening.needs import Engine
from safetykb.screening.population import NUMBERS
from safetykb.screening.statements import check_names

_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_BROKEN: Final = ("FLOAT", "DOUBLE", "UBIGINT", "HUGEINT")
_SHOWN: Final = 3

_T = TypeVar("_T")


def attempted(work: Callable[[], _T], failure: Callable[[], Exception]) -> _T:
    """Return what ``work`` gives; what an engine says of a failure may repeat values, so ``failure`` stands for it."""
    import duckdb
    import pyarrow as pa

    stopped = False
    try:
        return work()
    except (duckdb.Error, pa.ArrowException, OSError):
        pass
    except RuntimeError as error:  # so the engine says that somebody interrupted it
        stopped = "interrupted" in str(error)
        if not stopped:
            raise
    if stopped:
        raise KeyboardInterrupt
    raise failure()  # not in the handler: an error would hold the one that it was raised in the place of


def quoted(path: Path) -> str:
    """Return ``path`` as a text of SQL."""
    return "'" + os.fspath(path).replace("'", "''") + "'"


def state_of(path: Path) -> list[list[object]]:
    """Return what tells one state of the files of ``path`` from another."""
    told = [(file, file.stat()) for file in files_of(path)]
    return [[os.fspath(file), about.st_size, about.st_mtime_ns] for file, about in told]


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files that hold the patients of ``path``, in their order.

    In a directory whose names begin with ``_`` or ``.`` are none of the table, as for Hive and Spark.

    Raises OSError where ``path`` is not there or cannot be read, and InvalidQuestion for what would be left out.
    """
    path.stat()
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise InvalidQuestion(f"{path} is neither a file nor a directory", "write the patients to a file")
    held: list[Path] = []
    left: list[str] = []
    for place, folders, names in os.walk(path, onerror=_raised):
        folders[:] = [name for name in folders if name[0] not in "_."]
        for name in (*folders, *(name for name in names if name[0] not in "_.")):
            found = Path(place, name)
            if found.suffix.lower() == ".parquet" and found.is_file():
                held.append(found)
            elif name in names or found.is_symlink():
                left.append(os.fspath(found.relative_to(path)))
            elif "=" in name:
                what = f"a folder of {path} is named as a value of a column ({name.partition('=')[0]})"
                raise InvalidQuestion(
                    what, "write the column into the files, if a patient has it, and rename the folder"
                )
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        what = f"{path} holds what is no parquet file: {', '.join(sorted(left)[:_SHOWN])}{more}"
        raise InvalidQuestion(what, "end the names of parquet files in .parquet, and take away what is none")
    if not held:
        raise InvalidQuestion(f"{path} holds no parquet file", "name the directory that does; CSV is read file by file")
    return tuple(sorted(held))


def _raised(error: OSError) -> NoReturn:
    raise error


def is_delimited(path: Path) -> bool:
    """Return whether a file is text with delimiters, by its name, and not parquet, by its first bytes.

    Raises InvalidQuestion for a file that is neither.
    """
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return False
    if path.suffix.lower() in ENDINGS:
        return True
    cure = f"give parquet, or text with delimiters, unpacked, whose name ends in {', '.join(ENDINGS)}"
    raise InvalidQuestion(f"{path} is no parquet file", cure)


def reading(engine: Engine, files: Sequence[Path]) -> str:
    """Return the SQL that gives the rows of parquet files in their order, with all columns of all of them.

    Raises InvalidQuestion for a file that cannot be read, for columns that no patient has, and where the files hold a
    column as types that cannot be one.
    """
    layouts = {file: _layout(engine, file) for file in files}
    kinds: dict[str, tuple[str, Path]] = {}
    for file, layout in layouts.items():
        for name, kind in layout:
            if kind is not None:
                before, first = kinds.setdefault(name, (kind, file))
                kinds[name] = (_both(name, (before, first), (kind, file)), first)
    told = {name: kinds[name][0] if name in kinds else "VARCHAR" for layout in layouts.values() for name, _ in layout}
    parts = [_part([*found], layout, told) for layout, found in itertools.groupby(files, layouts.__getitem__)]
    return " UNION ALL ".join(parts)


def _layout(engine: Engine, file: Path) -> tuple[tuple[str, str | None], ...]:
    """Return the columns of a file with their types in the engine; None for one that is null by its very type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def failure() -> Exception:
        return InvalidQuestion(f"{file} cannot be read as parquet", "write it anew: it is damaged, or no parquet")

    sql = f"DESCRIBE SELECT * FROM {parquet([file])}"
    with file.open("rb") as opened:
        schema = attempted(lambda: pq.read_schema(opened), failure)
    columns = attempted(lambda: engine.execute(sql).fetchall(), failure)
    check_names(schema.names, os.fspath(file))
    kinds = [column.type.value_type if pa.types.is_list(column.type) else column.type for column in schema]
    named = zip(schema.names, kinds, columns, strict=True)
    return tuple((name, None if pa.types.is_null(kind) else str(column[1])) for name, kind, column in named)


def _both(name: str, one: tuple[str, Path], other: tuple[str, Path]) -> str:
    """Return the type that holds what two files say in a column."""
    kinds = {one[0], other[0]}
    if len(kinds) == 1:
        return one[0]
    if kinds <= {*_WHOLE}:
        return "BIGINT"
    if name in NUMBERS and all(kind in (*_WHOLE, *_BROKEN) or kind.startswith("DECIMAL") for kind in kinds):
        return "DOUBLE"
    said = ", and ".join(f"{kind} in {file}" for kind, file in (one, other))
    raise InvalidQuestion(
        f"the files hold the column {name!r} as types that are not one: {said}", "write it as one type"
    )


def _part(files: Sequence[Path], layout: Iterable[tuple[str, str | None]], told: dict[str, str]) -> str:
    held = {name for name, _ in layout}
    columns = (f"CAST({name if name in held else 'NULL'} AS {kind}) AS {name}" for name, kind in told.items())
    return f"SELECT {', '.join(columns)} FROM {parquet(files)}"


def parquet(files: Iterable[Path]) -> str:
    """Return the SQL of a table of files, by their very names: none is a pattern, and no folder is a column."""
    names = ", ".join(quoted(Path(glob.escape(os.fspath(file)))) for file in files)
    return f"read_parquet([{names}], hive_partitioning = false, union_by_name = false)"
