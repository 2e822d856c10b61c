"""A file of patients is screened in parts: whole or not there, and the same whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from safetykb.cli import BAD, OK, main
from safetykb.errors import InvalidQuestion
from safetykb.knowledge.loading import load
from safetykb.screening import screen_file, screen_table

from .sample import PEOPLE, SAMPLE, answer, people


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "patients.parquet"
    pq.write_table(people(), path)
    return path


def test_file_gives_what_its_table_gives(source: Path, tmp_path: Path):
    """A file in parts of any size gives the rows that the table gives at once, and says how far it is."""
    knowledge = load(SAMPLE)
    whole = screen_table(people(), knowledge=knowledge)
    expected = [sorted(t.to_pylist(), key=str) for t in (whole.findings, whole.summary, whole.not_checked)]
    for part in (PEOPLE, 150):
        told: list[tuple[int, ...]] = []
        output = tmp_path / "o.parquet"
        files = screen_file(source, output, knowledge=knowledge, part=part, progress=partial(_kept, told))
        assert answer(files) == expected
        assert files.patients == PEOPLE
        assert told == [(min(done, PEOPLE), PEOPLE) for done in range(part, PEOPLE + part, part)]
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            *("o.not-checked.parquet", "o.parquet", "o.summary.parquet", "patients.parquet")
        ]


def _kept(told: list[tuple[int, ...]], *done: int) -> None:
    told.append(done)


def test_csv_gives_what_parquet_gives(source: Path, tmp_path: Path):
    """A CSV with lists that stand apart by semicolons gives the same rows; an empty cell is unknown."""
    lines = ["id,age,sex,medications,conditions"]
    for row in people().to_pylist():
        lists = ("; ".join(row[name]) for name in ("medications", "conditions"))
        lines.append(",".join([row["id"], f"{row['age']:g}", row["sex"], *lists]))
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    knowledge = load(SAMPLE)
    of_csv = screen_file(path, tmp_path / "c.parquet", knowledge=knowledge)
    assert answer(of_csv) == answer(screen_file(source, tmp_path / "p.parquet", knowledge=knowledge))


def test_csv_value_that_is_none_is_told(tmp_path: Path):
    """A word where a number belongs is unknown and told of; `none` in a list says that there is none."""
    path = tmp_path / "patients.csv"
    path.write_text("id,age,allergies,egfr\na,old,none,\n", encoding="utf-8")
    files = screen_file(path, tmp_path / "o.parquet", knowledge=load(SAMPLE))
    assert [(row["patient"], row["field"]) for row in pq.read_table(files.not_checked).to_pylist()] == [("a", "age")]


def test_file_without_patients_gives_empty_files(tmp_path: Path):
    """A file without a patient gives three files without a row."""
    path = tmp_path / "nobody.parquet"
    pq.write_table(people().slice(0, 0), path)
    files = screen_file(path, tmp_path / "o.parquet", knowledge=load(SAMPLE))
    assert answer(files) == [[], [], []]
    assert files.patients == 0


KILLED = """
import sys
from safetykb.knowledge.loading import load
from safetykb.screening import screen_file
source, output, tree = sys.argv[1:]
screen_file(source, output, knowledge=load(tree), part=40, progress=lambda *done: print(*done, flush=True))
"""


def test_killed_and_started_again_gives_the_same(source: Path, tmp_path: Path):
    """Killed in the middle and started again gives the same result, and what was done is not done again."""
    output = tmp_path / "o.parquet"
    command = [sys.executable, "-c", KILLED, str(source), str(output), str(SAMPLE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"40 {PEOPLE}\n"
        assert process.stdout.readline() == f"80 {PEOPLE}\n"
        process.kill()
    assert not output.exists()
    first = next((tmp_path / "o.parts").glob("000000.*findings*"))
    written = first.stat().st_mtime_ns
    seen: list[int] = []
    knowledge = load(SAMPLE)
    again = screen_file(
        *(source, output),
        knowledge=knowledge,
        part=40,
        progress=lambda *_: seen.append(first.stat().st_mtime_ns),
    )
    assert set(seen) == {written}
    assert answer(again) == answer(screen_file(source, tmp_path / "whole.parquet", knowledge=knowledge))


def test_parts_of_another_question_are_not_used(source: Path, tmp_path: Path):
    """Parts that were left by another question are thrown away."""
    stopped = tmp_path / "o.parquet"

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    knowledge = load(SAMPLE)
    with pytest.raises(KeyboardInterrupt):
        screen_file(source, stopped, knowledge=knowledge, at_least="contraindicated", progress=stop)
    assert (tmp_path / "o.parts").is_dir()
    all_of_it = screen_file(source, stopped, knowledge=knowledge, at_least=None)
    assert answer(all_of_it) == answer(screen_file(source, tmp_path / "p.parquet", knowledge=knowledge, at_least=None))


def test_command_screens_a_file(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The command writes the three files and says where; all is every finding, and less is less."""
    rows = []
    for least in ("all", "caution", "contraindicated"):
        output = tmp_path / f"{least}.parquet"
        command = ["screen", str(source), "-o", str(output), "--at-least", least, "--data", str(SAMPLE)]
        assert main(command) == OK
        assert capsys.readouterr().out.startswith(f"{PEOPLE} patients: {output}, ")
        rows.append(pq.read_metadata(output).num_rows)
    assert rows[0] > rows[1] > rows[2] > 0


def test_command_tells_a_terminal_how_far_it_is(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """On a terminal a line says how many patients are done."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["screen", str(source), "-o", str(tmp_path / "o.parquet"), "--data", str(SAMPLE)]) == OK
    assert capsys.readouterr().err == f"\rsafetykb: {PEOPLE} of {PEOPLE} patients\n"


def test_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A column that no patient has and a file that is not there end the command with an error."""
    path = tmp_path / "patients.csv"
    path.write_text("id,egrf\na,24\n", encoding="utf-8")
    output = str(tmp_path / "o.parquet")
    assert main(["screen", str(path), "-o", output, "--data", str(SAMPLE)]) == BAD
    assert "egrf" in capsys.readouterr().err
    assert main(["screen", str(tmp_path / "none.parquet"), "-o", output, "--data", str(SAMPLE)]) == BAD
    assert "none.parquet" in capsys.readouterr().err
    broken = tmp_path / "broken.parquet"
    for text in (b"no parquet, but the name of somebody", b"PAR1 and the name of somebody"):
        broken.write_bytes(text)
        with pytest.raises(InvalidQuestion, match=r"broken.parquet (is no parquet file|cannot be read)") as told:
            screen_file(broken, output)
        assert "somebody" not in str(told.value)
        assert told.value.__context__ is None


def test_directory_of_parts_is_one_table(source: Path, tmp_path: Path):
    """A directory of parquet files is read as one table, in the order of their names."""
    parts = tmp_path / "parts"
    parts.mkdir()
    for place in (0, 1):
        pq.write_table(people().slice(place * PEOPLE // 2, PEOPLE // 2), parts / f"{place}.parquet")
    knowledge = load(SAMPLE)
    of_parts = screen_file(parts, tmp_path / "p.parquet", knowledge=knowledge)
    assert answer(of_parts) == answer(screen_file(source, tmp_path / "o.parquet", knowledge=knowledge))
