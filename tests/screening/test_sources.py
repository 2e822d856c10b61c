"""Nobody and nothing of a source is left out or changed in silence: it is read in full, or refused with the place."""

from __future__ import annotations

import csv
import io
import os
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safetykb.cli import BAD, main
from safetykb.errors import InvalidQuestion
from safetykb.screening.delimited import to_parquet
from safetykb.screening.sources import attempted, files_of, reading

from .sample import SAMPLE, screened

HEADER = "id,medications,conditions\n"


def patients(summary: Path) -> list[str]:
    found: list[str] = sorted(pq.read_table(summary).column("patient").to_pylist())
    return found


def rows_of(text: str, directory: Path) -> list[dict[str, Any]]:
    """The rows that are read of a delimited file."""
    path = directory / "read.csv"
    path.write_text(text, encoding="utf-8", newline="")
    number = to_parquet(path, directory / "read.parquet")
    rows: list[dict[str, Any]] = pq.read_table(directory / "read.parquet").to_pylist()
    assert len(rows) == number
    return rows


def read(source: Path) -> list[dict[str, Any]]:
    """The rows that are read of parquet."""
    engine = duckdb.connect()
    engine.execute(f"CREATE VIEW read AS {reading(engine, files_of(source))}")
    rows: list[dict[str, Any]] = engine.table("read").to_arrow_table().to_pylist()
    return rows


def refused(text: str, directory: Path) -> str:
    """What is said of a delimited file that cannot be read in full; the error holds no other one."""
    with pytest.raises(InvalidQuestion) as told:
        rows_of(text, directory)
    assert told.value.__context__ is None
    return str(told.value)


# --- delimited ------------------------------------------------------------------------------------------------------


def test_patient_whose_id_begins_with_a_hash_is_screened(tmp_path: Path):
    """A line that begins with ``#`` is a patient as any other, and no comment."""
    path = tmp_path / "h.csv"
    path.write_text(f"{HEADER}#1,examplamine,demo disease\n#2,,\n3,oldamine,demo disease\n", encoding="utf-8")
    files = screened(path, tmp_path / "o.parquet")
    assert patients(files.summary) == ["#1", "#2", "3"]
    assert files.patients == 3


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_is_that_of_the_first_line(mark: str, end: str, tmp_path: Path):
    """The delimiter is what parts the names of the columns, whatever stands in the rows; quotes keep it in a cell."""
    lines = [
        f"\ufeffid{mark} medications{mark}egfr",
        f'a{mark}"one;two,three\tfour|five"{mark}',
        "",
        f"'b'{mark}it's{mark}24",
    ]
    text = end.join(lines)
    assert rows_of(text, tmp_path) == [
        {"id": "a", "medications": "one;two,three\tfour|five", "egfr": None},
        {"id": "'b'", "medications": "it's", "egfr": "24"},
    ]


def test_cells_are_read_as_they_stand(tmp_path: Path):
    """Whatever careless cells a file has, each patient keeps each cell, and an empty one is unknown."""
    chance = random.Random(5)  # noqa: S311  the same files in every run
    cells = [
        "",
        "1",
        "#7",
        "'q'",
        "'",
        "é",
        "a|b",
        "x;y",
        "a\tb",
        "//x",
        "\\N",
        "NULL",
        "12:30",
        'say "so"',
        "a,b",
        " ",
    ]
    for _ in range(100):
        columns = ["id", "medications", "conditions", "egfr"][: chance.randint(1, 4)]
        rows = [[f"#{row}", *(chance.choice(cells) for _ in columns[1:])] for row in range(chance.randint(0, 6))]
        text = io.StringIO()
        csv.writer(text, lineterminator=chance.choice(["\n", "\r\n"])).writerows([columns, *rows])
        expected = [dict(zip(columns, [cell or None for cell in row], strict=True)) for row in rows]
        assert rows_of(text.getvalue(), tmp_path) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("Mary,ketamine,RRMS\n", "the first line of"),
        ("# export\nid,age\n", "the first line of"),
        ("id,age,\na,3,\n", "columns that no patient has: (no name)"),
        ("id,age,age\na,3,4\n", "columns that stand twice: age"),
        (f"{HEADER}a,Mary,RRMS\n\nb,Mary\n", "line 4 has another number of cells (2) than the first line (3)"),
        (f"{HEADER}a,Mary, Mary,RRMS\n", "line 2 has another number of cells (4) than the first line (3)"),
        (f'{HEADER}a,Mary,"RRMS\nb,Mary,RRMS\n', "line 2 has quotes that are not closed"),
        (f'{HEADER}a,"Mary,RRMS\nb,Mary",RRMS\n', "line 2 has a cell that goes over several lines"),
        (f'{HEADER}a,"Mary"x,RRMS\n', "line 2 has quotes that"),
        (
            f"{HEADER}a,{'Mary' * 40_000},RRMS\n",
            "line 2 has quotes that are not closed or stand within a cell, or a cell",
        ),
    ],
)
def test_delimited_file_that_cannot_be_read_in_full_is_refused(text: str, told: str, tmp_path: Path):
    """What would lose or mix patients is an error that says where, with nothing of a patient in it."""
    said = refused(text, tmp_path)
    assert told in said
    assert "Mary" not in said and "ketamine" not in said


def test_file_that_is_not_utf_8_is_refused(tmp_path: Path):
    """A file in another encoding is an error that says so and holds none of its bytes."""
    path = tmp_path / "l.csv"
    path.write_bytes(f"{HEADER}a,Zoë,\n".encode("latin-1"))
    with pytest.raises(InvalidQuestion, match="UTF-8") as told:
        to_parquet(path, tmp_path / "l.parquet")
    assert told.value.__context__ is None


# --- files and directories -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["q[1].csv", "w*.csv", "it's?.csv", "{a,b}.csv", "$HOME~.csv", "q[1].parquet", "w*.parquet"]
)
def test_name_of_a_file_is_no_pattern(name: str, tmp_path: Path):
    """A file is read by its very name, also where that looks like a pattern of others."""
    for other in ("q1", "w1", "it's1"):
        (tmp_path / f"{other}{Path(name).suffix}").write_text("id\nother\n", encoding="utf-8")
    path = tmp_path / name
    path.write_text("id\nmine\n", encoding="utf-8")
    if path.suffix == ".parquet":
        pq.write_table(pa.table({"id": ["mine"]}), path)
        assert read(path) == [{"id": "mine"}]
    else:
        to_parquet(path, tmp_path / "to.parquet")
        assert pq.read_table(tmp_path / "to.parquet").to_pylist() == [{"id": "mine"}]


def test_output_in_a_directory_that_looks_like_a_pattern(tmp_path: Path):
    """A run in a directory whose name looks like a pattern goes on from its own parts."""
    place = tmp_path / "run[1]"
    place.mkdir()
    path = place / "p.csv"
    path.write_text(f"{HEADER}a,,\nb,,\n", encoding="utf-8")
    assert patients(screened(path, place / "o.parquet", part=1).summary) == ["a", "b"]


@pytest.mark.parametrize("name", ["b.parq", "part-0000", "c.csv", "sub/d.csv"])
def test_directory_with_other_files_is_refused(name: str, tmp_path: Path):
    """A file of a directory that would not be read is an error that names it."""
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "a.parquet")
    other = tmp_path / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("id\nb\n", encoding="utf-8")
    with pytest.raises(InvalidQuestion, match=f"no parquet file: {name}"):
        files_of(tmp_path)


def test_directory_with_many_other_files_names_some(tmp_path: Path):
    """Of many files that would not be read three are named, and the others counted."""
    for number in range(5):
        (tmp_path / f"{number}.csv").touch()
    with pytest.raises(InvalidQuestion, match=r"0.csv, 1.csv, 2.csv and 2 more"):
        files_of(tmp_path)


def test_link_to_a_directory_is_not_passed_over(tmp_path: Path):
    """A linked directory in a directory is an error, since what it holds would not be read."""
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "near" / "a.parquet")
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far", target_is_directory=True)
    with pytest.raises(InvalidQuestion, match="no parquet file: link"):
        files_of(tmp_path / "near")


def test_directory_as_spark_writes_it(tmp_path: Path):
    """Names that begin with ``_`` or ``.`` are none of the table; the ending may be in capitals, and folders nest."""
    for name in ("B.PARQUET", "a.parquet", "sub/c.parquet", "_temporary/d.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"id": [name]}), tmp_path / name)
    for name in ("_SUCCESS", ".a.parquet.crc"):
        (tmp_path / name).touch()
    assert [str(path.relative_to(tmp_path)) for path in files_of(tmp_path)] == [
        "B.PARQUET",
        "a.parquet",
        "sub/c.parquet",
    ]


def test_folder_that_is_a_value_of_a_column_is_refused(tmp_path: Path):
    """A folder named as Hive names a value is an error that says so, without the value."""
    (tmp_path / "mother=Mary").mkdir()
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "mother=Mary" / "a.parquet")
    with pytest.raises(InvalidQuestion, match=r"named as a value of a column \(mother\)") as told:
        files_of(tmp_path)
    assert "Mary" not in str(told.value)
    assert read(tmp_path / "mother=Mary" / "a.parquet") == [{"id": "a"}]


def test_source_of_another_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What is no parquet and no CSV, no file, or empty of files is an error that says which, also on a terminal."""
    (tmp_path / "p.csv.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "p.jsonl").write_text('{"id": "Mary"}\n', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "fifo")
    told = {
        "p.csv.gz": "is no parquet file; give parquet, or text with delimiters, unpacked",
        "p.jsonl": "is no parquet file; give parquet, or text with delimiters",
        "empty": "holds no parquet file",
        "fifo": "is neither a file nor a directory",
    }
    for name, said in told.items():
        output = str(tmp_path / "o.parquet")
        assert main(["screen", str(tmp_path / name), "-o", output, "--data", str(SAMPLE)]) == BAD
        error = capsys.readouterr().err
        assert f"{name} {said}" in error
        assert "Mary" not in error
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(told)


def test_directory_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder that may not be read ends the run; it is not passed over."""
    (tmp_path / "closed").mkdir()
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "a.parquet")
    scandir = os.scandir

    def denied(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)  # root, who may run this, is denied nothing
    with pytest.raises(PermissionError, match="closed"):
        files_of(tmp_path)


# --- columns of several files ----------------------------------------------------------------------------------------


def in_files(directory: Path, *tables: pa.Table) -> list[dict[str, Any]]:
    """The rows that are read of a directory of tables."""
    for number, table in enumerate(tables):
        pq.write_table(table, directory / f"{number}.parquet")
    return read(directory)


def test_columns_of_every_file_count(tmp_path: Path):
    """A column that only a later file has, or that is null or whole in the first, is read with every value it has."""
    nothing = pa.nulls(1)
    rows = in_files(
        tmp_path,
        pa.table({"id": ["a"], "egfr": [30], "allergies": nothing, "past": pa.array([[]], pa.list_(pa.null()))}),
        pa.table({"id": ["b"], "egfr": [29.7], "pregnant": [True], "allergies": [["x", "y"]], "past": [["z"]]}),
        pa.table({"egfr": pa.array([Decimal("31.5")]), "id": ["c"]}),
        pa.table({"id": ["d"], "age": nothing}),
    )
    read = {row["id"]: {name: value for name, value in row.items() if value is not None} for row in rows}
    assert read == {
        "a": {"id": "a", "egfr": 30.0, "past": []},
        "b": {"id": "b", "egfr": 29.7, "pregnant": True, "allergies": ["x", "y"], "past": ["z"]},
        "c": {"id": "c", "egfr": 31.5},
        "d": {"id": "d"},
    }
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]


def test_whole_numbers_of_any_size_are_one_type(tmp_path: Path):
    """Ids that are whole numbers stay what they are, however wide each file writes them."""
    wide = pa.table({"id": pa.array([2**53 + 1], pa.int64())})
    assert in_files(tmp_path, pa.table({"id": pa.array([7], pa.int8())}), wide) == [{"id": 7}, {"id": 2**53 + 1}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": [1]}, {"id": [1.5]}),
        ({"id": [1]}, {"id": ["a"]}),
        ({"id": ["a"], "past": [["x"]]}, {"id": ["b"], "past": ["x;y"]}),
        ({"id": ["a"], "pregnant": [True]}, {"id": ["b"], "pregnant": ["yes"]}),
        ({"id": ["a"], "egfr": [30]}, {"id": ["b"], "egfr": ["30"]}),
    ],
)
def test_files_that_do_not_agree_are_refused(one: dict[str, Any], other: dict[str, Any], tmp_path: Path):
    """Types that no column can hold without a change of values are an error that names the column and both files."""
    with pytest.raises(
        InvalidQuestion, match=rf"the column '{[*one][-1]}' as .* in .*0.parquet, and .* in .*1.parquet"
    ):
        in_files(tmp_path, pa.table(one), pa.table(other))


def test_unknown_column_of_a_later_file_is_refused(tmp_path: Path):
    """A column that no patient has is an error in whatever file it stands, as is a file without ids."""
    for wrong, told in (
        ({"id": ["b"], "egrf": [3]}, "1.parquet has columns .* egrf"),
        ({"age": [3]}, "no column 'id'"),
    ):
        with pytest.raises(InvalidQuestion, match=told):
            in_files(tmp_path, pa.table({"id": ["a"]}), pa.table(wrong))


def test_interval_in_parquet_is_refused(tmp_path: Path):
    """A column of a type that says nothing of its field is an error that names it."""
    path = tmp_path / "i.parquet"
    duckdb.sql(f"COPY (SELECT 'a' AS id, INTERVAL 1 DAY AS age) TO '{path}'")
    with pytest.raises(InvalidQuestion, match="the column 'age' is of a type that it cannot have"):
        screened(path, tmp_path / "o.parquet")


def test_error_of_our_own_is_not_taken_for_one_of_the_engine():
    """What stops a query by hand stops the run; any other error of Python stays what it is."""

    def stopped(text: str) -> None:
        raise RuntimeError(text)

    with pytest.raises(KeyboardInterrupt):
        attempted(lambda: stopped("Query interrupted"), ValueError)
    with pytest.raises(RuntimeError, match="another"):
        attempted(lambda: stopped("another"), ValueError)
