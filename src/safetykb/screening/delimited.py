"""A file of patients as text: cells that stand apart by a delimiter, read strictly and with nothing guessed but it."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from safetykb.errors import InvalidQuestion
from safetykb.screening.population import GIVEN_ID
from safetykb.screening.statements import check_names

ENDINGS: Final = (".csv", ".tsv", ".txt")
"""How the name of a delimited file ends."""

DELIMITERS: Final = ",;\t|"
"""What may stand between two cells; the line with the names of the columns tells which."""

_ROWS: Final = 50_000
"""How many rows are held at once."""


def to_parquet(path: Path, output: Path) -> int:
    """Write the rows of a delimited file to ``output``, every cell a text and an empty one null; return their number.

    Quotes are double, and doubled inside of a cell; a blank line is no row. No character begins a comment.

    Raises InvalidQuestion for a file that is not UTF-8 and, with the line, for a row with another number of cells than
    the first, and for a cell over several lines, which a quote that is not closed makes of the next patients.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = _rows(file, path)
        columns = next(rows)
        _check(columns, path)
        schema = pa.schema([(name, pa.string()) for name in columns])
        with pq.ParquetWriter(output, schema, compression="zstd") as writer:
            while held := [*itertools.islice(rows, _ROWS)]:
                cells = [pa.array([cell or None for cell in column], pa.string()) for column in zip(*held, strict=True)]
                writer.write_table(pa.table(cells, schema=schema))
                number += len(held)
    return number


def _rows(file: TextIO, path: Path) -> Iterator[Sequence[str]]:
    """Yield the names of the columns, and then the cells of each row."""
    wrong, line = "", 0
    cure = "quote a cell that holds a quote or the delimiter, and close its quotes; names stand apart by semicolons"
    try:
        first, line = _first(file)
        delimiter = max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
        yield names
        start, reader = line, csv.reader(file, delimiter=delimiter, strict=True)
        for cells in reader:
            before, line = line, start + reader.line_num
            if line - before > 1:
                wrong = f"line {before + 1} has a cell that goes over several lines"
            elif cells and len(cells) != len(names):
                wrong = f"line {line} has another number of cells ({len(cells)}) than the first line ({len(names)})"
                cure = "give each line a cell for each column, and quote one that holds the delimiter"
            if wrong:
                break
            if cells:
                yield cells
    except csv.Error:
        wrong = f"line {line + 1} has quotes that are not closed or stand within a cell, or a cell that has no end"
    except UnicodeDecodeError:
        wrong, cure = "it is no text in UTF-8", "write it so"
    if wrong:  # raised here, the error holds nothing of what was read
        raise InvalidQuestion(f"{path} cannot be read: {wrong}", cure)


def _first(file: TextIO) -> tuple[str, int]:
    """Return the first line that is not blank, and its number; no text where there is none."""
    number = 0
    for line in file:
        number += 1
        if line.strip():
            return line.rstrip("\r\n"), number
    return "", number


def _check(columns: Sequence[str], path: Path) -> None:
    """Refuse columns that are not known; a line without the name ``id`` may be a patient, and none of it is told."""
    if not columns:
        raise InvalidQuestion(f"{path} is empty", "begin it with the names of its columns")
    if GIVEN_ID not in columns:
        cure = "begin it with the names of its columns, id among them"
        raise InvalidQuestion(f"the first line of {path} has no column 'id'", cure)
    check_names(columns, str(path))
