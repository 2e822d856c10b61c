"""What a screen writes replaces nothing but an older screen, and is of all patients of one source, or not there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safetykb.cli import BAD, STOPPED, main
from safetykb.errors import InvalidQuestion
from safetykb.screening import screen_file
from safetykb.screening.parts import Parts

from .sample import PEOPLE, SAMPLE, answer, listed, people, screened


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "patients.parquet"
    pq.write_table(people(), path)
    return path


def stop(*_: int) -> None:
    raise KeyboardInterrupt


def stopped(source: Path, output: Path, **more: object) -> Path:
    """Leave a run after its first part, and return the directory of its parts."""
    with pytest.raises(KeyboardInterrupt):
        screened(source, output, progress=stop, **more)
    return output.with_suffix(".parts")


# --- what is not ours stays ------------------------------------------------------------------------------------------


def refused(source: Path, output: Path, told: str) -> None:
    """A run that is refused before it does anything: everything beside the source stays as it is."""
    before = listed(source.parent)
    with pytest.raises(InvalidQuestion, match=told):
        screen_file(source, output)
    assert listed(source.parent) == before


def test_patients_are_never_written_over(source: Path, tmp_path: Path):
    """An output that is the source, by whatever path or link, or one of the files beside the output, is refused."""
    refused(source, source, "is a place of the patients")
    refused(source, tmp_path / "sub" / ".." / "patients.parquet", "is a place of the patients")
    (tmp_path / "link.parquet").symlink_to(source)
    refused(source, tmp_path / "link.parquet", "is a place of the patients")
    refused(tmp_path / "link.parquet", source, "is a place of the patients")
    os.link(source, tmp_path / "same.parquet")
    refused(source, tmp_path / "same.parquet", "is a place of the patients")
    summary = source.rename(tmp_path / "z.summary.parquet")
    refused(summary, tmp_path / "z.parquet", "z.summary.parquet is a place of the patients")


def test_nothing_is_written_among_the_patients(source: Path, tmp_path: Path):
    """An output within the directory of the source is refused, and so are patients within that of the parts."""
    folder = tmp_path / "folder"
    folder.mkdir()
    inner = source.rename(folder / "patients.parquet")
    refused(folder, folder / "o.parquet", "is a place of the patients")
    refused(folder, folder / "new" / "o.parquet", "is a place of the patients")
    folder.rename(tmp_path / "o.parts")
    refused(tmp_path / "o.parts" / inner.name, tmp_path / "o.parquet", "o.parts is a place of the patients")


@pytest.mark.parametrize("name", ["o.parquet", "o.summary.parquet", "o.not-checked.parquet", "o.parts"])
@pytest.mark.parametrize("kind", ["directory", "text", "table", "link"])
def test_what_no_screen_has_written_stays(name: str, kind: str, source: Path, tmp_path: Path):
    """A directory, a link or a file of another content that stands in the place of an output is refused and stays."""
    place = tmp_path / name
    if kind == "directory":
        place.mkdir()
        (place / "question.json").write_text("mine", encoding="utf-8")
    elif kind == "text":
        place.write_text("mine", encoding="utf-8")
    elif kind == "table":
        pq.write_table(pa.table({"id": ["a"]}), place)
    else:
        place.symlink_to(tmp_path / "nowhere")
    refused(source, tmp_path / "o.parquet", f"{name} is (there, and no screen has|a link)")


@pytest.mark.parametrize("name", ["out.csv", "out", "folder", ".parquet"])
def test_output_is_named_as_parquet(name: str, source: Path, tmp_path: Path):
    """An output whose name does not end in .parquet, such as a directory, is refused before the work."""
    (tmp_path / "folder").mkdir()
    refused(source, tmp_path / name, "end its name in .parquet")


def test_dot_in_a_name_is_part_of_it(tmp_path: Path):
    """Outputs of different names have different files beside them, and never the same file twice."""
    names = ("r.parquet", "r.2024.parquet", "r.2025.parquet", "r.summary.parquet", "R.PARQUET")
    parts = [Parts(tmp_path / name) for name in names]
    assert [parts[1].outputs[name].name for name in sorted(parts[1].outputs)] == [
        *("r.2024.parquet", "r.2024.not-checked.parquet", "r.2024.summary.parquet")
    ]
    for each in parts:
        assert len({*each.outputs.values()}) == 3
    assert len({each.directory for each in parts}) == len(parts)


def test_screen_is_written_over_by_the_next(source: Path, tmp_path: Path):
    """The outputs of an earlier screen, and an empty file, give way to those of the next."""
    output = tmp_path / "o.parquet"
    output.touch()
    first = answer(screened(source, output, at_least=None))
    assert len(answer(screened(source, output, at_least="contraindicated"))[0]) < len(first[0])


# --- one run, one source ----------------------------------------------------------------------------------------------


def test_two_runs_do_not_share_an_output(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """While a run writes an output, another to the same is refused, in this process or not, and the first is whole."""
    other = tmp_path / "other.csv"
    other.write_text("id\nelse\n", encoding="utf-8")
    output = tmp_path / "o.parquet"
    command = ["screen", str(other), "-o", str(output), "--data", str(SAMPLE)]
    told: list[int] = []
    errors: list[str] = []

    def meanwhile(done: int, _: int) -> None:
        if done == 200:
            told.append(main(command))
            run = subprocess.run([sys.executable, "-m", "safetykb", *command], capture_output=True, check=False)
            told.append(run.returncode)
            errors.append(run.stderr.decode())

    files = screened(source, output, part=200, progress=meanwhile)
    assert told == [BAD, BAD]
    for error in (capsys.readouterr().err, *errors):
        assert "another screen writes to" in error and "Traceback" not in error
    assert sorted(pq.read_table(files.summary).column("patient").to_pylist()) == people().column("id").to_pylist()
    assert not (tmp_path / "o.parts").exists()


def test_parts_of_other_patients_are_not_used(source: Path, tmp_path: Path):
    """A part that is left of other patients, though time and size of the file are the same, is worked out anew."""
    output = tmp_path / "o.parquet"
    about = source.stat()
    renamed = people().set_column(0, "id", pa.array([f"PERSON {place:04d}" for place in range(PEOPLE)]))
    stopped(source, output, part=200)
    pq.write_table(renamed, source)
    assert source.stat().st_size == about.st_size
    os.utime(source, ns=(about.st_atime_ns, about.st_mtime_ns))
    summary = pq.read_table(screened(source, output, part=200).summary)
    assert sorted(summary.column("patient").to_pylist()) == renamed.column("id").to_pylist()


def damaged_note(parts: Path) -> None:
    (parts / "question.json").write_text('{"part', encoding="utf-8")


def damaged_part(parts: Path) -> None:
    for path in parts.glob("000000.*"):
        path.write_bytes(path.read_bytes()[:-9])


def missing_part(parts: Path) -> None:
    next(parts.glob("000000.*not_checked*")).unlink()


@pytest.mark.parametrize("harm", [damaged_note, damaged_part, missing_part])
def test_damaged_parts_are_worked_out_anew(harm: Callable[[Path], None], source: Path, tmp_path: Path):
    """Parts that are damaged, or of which nobody can tell what they answer, are thrown away."""
    harm(stopped(source, tmp_path / "o.parquet", part=200))
    assert answer(screened(source, tmp_path / "o.parquet", part=200)) == answer(
        screened(source, tmp_path / "p.parquet")
    )


def changed(source: Path) -> None:
    pq.write_table(people().set_column(0, "id", pa.array([f"other {place}" for place in range(PEOPLE)])), source)


@pytest.mark.parametrize("change", [changed, Path.unlink])
def test_source_that_changes_meanwhile_is_refused(change: Callable[[Path], None], source: Path, tmp_path: Path):
    """A source that changes or goes while it is read ends the run with an error, and no output is written."""

    def meanwhile(done: int, _: int) -> None:
        if done == 200:
            change(source)

    with pytest.raises((InvalidQuestion, FileNotFoundError), match=r"patients\.parquet"):
        screened(source, tmp_path / "o.parquet", part=200, progress=meanwhile)
    assert not (tmp_path / "o.parquet").exists()


def test_summary_that_is_not_of_everybody_is_refused(source: Path, tmp_path: Path):
    """Parts that are not of all patients are never put together to an output."""
    parts = stopped(source, tmp_path / "o.parquet", part=200)
    with pytest.raises(InvalidQuestion, match="not of every patient"):
        Parts(tmp_path / "o.parquet").end(1, PEOPLE)
    assert not (tmp_path / "o.parquet").exists()
    assert not [*parts.glob("0*")]


# --- what fails says so -----------------------------------------------------------------------------------------------


def test_failed_write_is_an_error(source: Path, tmp_path: Path):
    """A disk that is full ends the command with an error that says where, and the next run gives the whole answer."""
    output = tmp_path / "o.parquet"
    command = [sys.executable, "-m", "safetykb", "screen", str(source), "-o", str(output), "--data", str(SAMPLE)]
    limited = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
    code = f"{limited}import sys; from safetykb.cli import main; sys.exit(main({command[3:]!r}))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=environment)
    told = run.stderr.decode()
    assert run.returncode == BAD
    assert told.startswith(f"safetykb: the work in {tmp_path / 'o.parts'} stopped") and "Traceback" not in told
    assert not output.exists()
    assert answer(screened(source, output)) == answer(screened(source, tmp_path / "p.parquet"))


def test_part_that_cannot_be_written_is_an_error(source: Path, tmp_path: Path):
    """A part that cannot be written ends the run with an error that says where, and holds none of the engine's."""
    output = tmp_path / "o.parquet"
    (stopped(source, output, part=200) / "000001.safetykb_findings.parquet.unfinished").mkdir()
    with pytest.raises(OSError, match="or take the directory away to begin anew") as told:
        screened(source, output, part=200)
    assert told.value.__context__ is None


def test_damaged_source_is_an_error(source: Path, tmp_path: Path):
    """A parquet file that is damaged behind whole columns is refused, with nothing of what stands in it."""
    whole = source.read_bytes()
    source.write_bytes(whole[:20] + b"\0" * 2000 + whole[2020:])
    with pytest.raises(InvalidQuestion, match=r"patients\.parquet cannot be read") as told:
        screened(source, tmp_path / "o.parquet")
    assert told.value.__context__ is None
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def test_parts_that_cannot_be_held_are_an_error(source: Path, tmp_path: Path):
    """A directory that is no place to write in ends the run with an error."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        screened(source, tmp_path / "file" / "o.parquet")


@pytest.mark.parametrize("part", [0, -5])
def test_part_of_nobody_is_refused(part: int, source: Path, tmp_path: Path):
    """A part that holds no patient is an error before anything is made."""
    with pytest.raises(InvalidQuestion, match="a part cannot hold"):
        screen_file(source, tmp_path / "o.parquet", part=part)
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def test_refused_patients_leave_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A run that is refused leaves no directory; the error says how many ids are missing and how many stand twice."""
    path = tmp_path / "p.csv"
    path.write_text("id,age\nMary,1\nMary,2\nMary,2\n,3\n", encoding="utf-8")
    assert main(["screen", str(path), "-o", str(tmp_path / "o.parquet"), "--data", str(SAMPLE)]) == BAD
    told = capsys.readouterr().err
    assert "(rows without an id: 1; rows with the id of another: 2)" in told
    assert "Mary" not in told
    assert [found.name for found in tmp_path.iterdir()] == ["p.csv"]


def test_interrupted_command_says_that_it_goes_on(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """A screen that is stopped by hand ends without a traceback, and says that the same command goes on."""
    monkeypatch.setattr("safetykb.cli._progress", stop)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    command = ["screen", str(source), "-o", str(tmp_path / "o.parquet"), "--data", str(SAMPLE)]
    assert main(command) == STOPPED
    assert capsys.readouterr().err == "safetykb: stopped; the same command goes on after the parts that are done\n"
    assert (tmp_path / "o.parts").is_dir()


def test_another_run_that_begins_at_the_end_keeps_its_directory(source: Path, tmp_path: Path):
    """A directory of parts in which somebody else wrote meanwhile is not taken away."""

    def other(*_: int) -> None:
        (tmp_path / "o.parts" / "mine").touch()

    screened(source, tmp_path / "o.parquet", progress=other)
    assert [path.name for path in (tmp_path / "o.parts").iterdir()] == ["mine"]


def test_groups_of_rows_are_put_together_one_by_one(tmp_path: Path):
    """An output has the groups of rows of its parts, so that no whole part is held at once."""
    for number in (0, 1):
        for name in ("findings", "summary", "not_checked"):
            (tmp_path / "o.parts").mkdir(exist_ok=True)
            table = pa.table({"patient": [f"{number}{place}" for place in range(4)]})
            pq.write_table(table, tmp_path / "o.parts" / f"{number:06d}.safetykb_{name}.parquet", row_group_size=2)
    Parts(tmp_path / "o.parquet").end(2, 8)
    assert pq.read_metadata(tmp_path / "o.parquet").num_row_groups == 4
    assert pq.read_table(tmp_path / "o.parquet").column("patient").to_pylist() == [
        f"{a}{b}" for a in (0, 1) for b in range(4)
    ]
    assert not [*(tmp_path / "o.parts").iterdir()]
