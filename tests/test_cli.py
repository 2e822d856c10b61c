"""The command line: in process, and as a process of its own."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import safetykb
from safetykb import DataError, Problem, cli
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.cli import BAD, FOUND, OK, REVIEW_FORMATS, dumps, main
from safetykb.knowledge.loading import load

PACKAGE = Path(safetykb.__file__).parent
SAMPLE = Path(__file__).parent / "sample" / "tree"
PAIR = ("examplamine", "demo disease")
DATA = ("--data", str(SAMPLE))

COMMANDS = ["review", "explain", "why-not", "interactions", "search", "list", "notices", "diff", "pin", "screen"]
COMMANDS += ["check"]
UNKNOWN = "4-methyl-unobtainium"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process and gives status, output and errors."""

    def command(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return command


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "safetykb", *arguments], env=around(environment), check=False, capture_output=True
    )


def around(environment: dict[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, **environment}


def today() -> datetime.date:
    """The day on which the command line answers when none is named."""
    return datetime.date.today()  # noqa: DTZ011  the day of the person who asks


def answer() -> safetykb.SafetyReview:
    return safetykb.review(*PAIR, today=today(), knowledge=load(SAMPLE))


# --- review -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", REVIEW_FORMATS)
def test_review_in_each_format(run: Run, form: str):
    """The command prints what the library gives, in each format."""
    expected = REVIEW_FORMATS[form](answer())
    assert run("review", *PAIR, *DATA, "--format", form) == (OK, expected.rstrip("\n") + "\n", "")


def test_review_is_text_by_default(run: Run):
    """Without a format the review is text."""
    assert run("review", *PAIR, *DATA)[1] == answer().to_text()


def test_json_is_the_contract(run: Run):
    """The JSON that is printed is that of to_dict."""
    assert json.loads(run("review", *PAIR, *DATA, "--format", "json")[1]) == answer().to_dict()


def test_review_of_the_packaged_knowledge(run: Run):
    """Without a tree named the packaged knowledge answers."""
    compound, condition = (
        next(iter(safetykb.knowledge_base().compounds)),
        next(iter(safetykb.knowledge_base().conditions)),
    )
    expected = safetykb.review(compound, condition, today=today())
    assert run("review", compound, condition) == (OK, expected.to_text(), "")


@pytest.mark.parametrize("form", REVIEW_FORMATS)
def test_review_to_a_file(run: Run, tmp_path: Path, form: str):
    """-o writes the same bytes to a file, in UTF-8, and prints nothing."""
    file = tmp_path / "out"
    file.write_text("what was there before", "utf-8")
    assert run("review", *PAIR, *DATA, "--format", form, "-o", str(file)) == (OK, "", "")
    assert file.read_text("utf-8") == REVIEW_FORMATS[form](answer())


def test_review_in_a_form_that_needs_more(run: Run, monkeypatch: pytest.MonkeyPatch):
    """Without the extra that a format needs the error names it, and nothing is printed."""
    monkeypatch.setitem(sys.modules, "pybtex.database", None)
    assert run("review", *PAIR, *DATA, "--format", "bibtex") == (
        BAD,
        "",
        "safetykb: BibTeX needs pybtex: pip install safetykb[cite]\n",
    )


def test_review_of_a_patient_is_not_published(run: Run):
    """What is made to be published is refused for one patient, and no value of theirs is repeated."""
    status, out, err = run("review", *PAIR, *DATA, "--format", "jsonld", "--age", "77")
    assert (status, out) == (BAD, "")
    assert "ask without the patient" in err
    assert "77" not in err


def test_review_to_no_file(run: Run, tmp_path: Path):
    """A file that cannot be written is an error, in words."""
    status, out, err = run("review", *PAIR, *DATA, "--output", str(tmp_path / "missing" / "out"))
    assert (status, out) == (BAD, "")
    assert err.startswith("safetykb: ")
    assert "No such file or directory" in err


def test_review_of_a_form(run: Run):
    """--form names how it is taken."""
    out = run("review", *PAIR, *DATA, "--form", "injection", "--format", "json")[1]
    assert json.loads(out)["question"]["exposure"] == {"form": "injection", "route": "intravenous"}


@pytest.mark.parametrize("form", ["Nasal-Spray", "nasal spray", " NASAL  SPRAY "])
def test_a_form_in_other_letters(run: Run, form: str):
    """--form takes a form in any case, its words joined by spaces as well."""
    out = run("review", *PAIR, *DATA, "--form", form, "--format", "json")[1]
    assert json.loads(out)["question"]["exposure"] == {"form": "nasal-spray", "route": "nasal"}


def test_review_of_an_empty_form(run: Run):
    """A form of no letters is none, and is not passed over."""
    assert run("review", *PAIR, *DATA, "--form", "")[2].startswith("safetykb: examplamine has no form ''")


def test_review_of_a_form_that_is_none(run: Run):
    """A form that the compound has not is an error that names its forms."""
    status, out, err = run("review", *PAIR, *DATA, "--form", "plaster")
    assert (status, out) == (BAD, "")
    assert err == "safetykb: examplamine has no form 'plaster'; its forms are: injection, nasal-spray\n"


def test_review_with_a_jurisdiction(run: Run):
    """--jurisdiction is told to the review."""
    for asked in ("EU", "eu", " EU"):
        out = run("review", *PAIR, *DATA, "--jurisdiction", asked, "--format", "json")[1]
        assert json.loads(out)["question"]["jurisdiction"] == "EU"


@pytest.mark.parametrize("asked", ["ZZ", "", "Europe"])
def test_a_jurisdiction_of_no_source(run: Run, asked: str):
    """A jurisdiction that no source here is of would change nothing: it is refused, and those that do are named."""
    status, out, err = run("review", *PAIR, *DATA, "--jurisdiction", asked)
    assert (status, out) == (BAD, "")
    assert err.startswith(f"safetykb: no source here is of the jurisdiction {asked!r}; name one of: ")
    assert "EU" in err


def test_a_jurisdiction_where_no_source_names_its_own(run: Run, tmp_path: Path):
    """Where no source is of a jurisdiction the cure is to name none."""
    (tmp_path / "knowledge.json").write_text('{"version": "1"}\n', "utf-8")
    err = run("review", "a", "b", "--data", str(tmp_path), "--jurisdiction", "EU")[2]
    assert "leave it out: no source here names its own" in err


@pytest.mark.parametrize("form", REVIEW_FORMATS)
@pytest.mark.parametrize("question", [(UNKNOWN, "demo disease"), ("examplamine", UNKNOWN)])
def test_unknown_is_not_known_and_not_harmless(run: Run, form: str, question: tuple[str, str]):
    """An unknown name gives no answer in any format: nothing on standard output, and an error that reassures nobody."""
    status, out, err = run("review", *question, *DATA, "--format", form)
    assert (status, out) == (BAD, "")
    assert f"is named '{UNKNOWN}'" in err
    assert "not known here says nothing about its safety" in err
    assert "harmless" not in err
    assert "no known" not in err


@pytest.mark.parametrize("command", ["review", "explain"])
def test_suggestions_go_to_standard_error(run: Run, command: str):
    """A near name is suggested on standard error and not answered for."""
    status, out, err = run(command, "exampelamine", "demo disease", *(["x"] if command == "explain" else []), *DATA)
    assert (status, out) == (BAD, "")
    assert "did you mean 'examplamine'" in err


def test_a_shared_name(run: Run):
    """A name of two compounds is an error that names both."""
    status, out, err = run("review", "EXA", "DD", *DATA)
    assert (status, out) == (BAD, "")
    assert "'EXA' names more than one compound: examplamine, oldamine; ask for one of them" in err


# --- explain ----------------------------------------------------------------------------------------------------------


def test_explain_each_finding(run: Run):
    """Every id that a review prints can be explained, as text and as JSON."""
    review = answer()
    for finding in review.findings:
        status, out, err = run("explain", *PAIR, finding.id, *DATA)
        assert (status, err) == (OK, "")
        assert out.rstrip("\n") == str(finding.explain()).rstrip("\n")
        told = json.loads(run("explain", *PAIR, finding.id, *DATA, "--format", "json")[1])
        assert told == review.explain(finding.id).to_dict()


def test_explain_nothing(run: Run):
    """An id that the review has not is an error."""
    status, out, err = run("explain", *PAIR, "examplamine/nothing", *DATA)
    assert (status, out) == (BAD, "")
    assert err == "safetykb: no finding in this review has the id 'examplamine/nothing'\n"


# --- search, list, check ----------------------------------------------------------------------------------------------


def test_search(run: Run):
    """Each record that mentions the word stands on a line with score, kind, id, field and name."""
    status, out, err = run("search", "examplamine", *DATA)
    assert (status, err) == (OK, "")
    lines = out.splitlines()
    assert lines[0] == "1.00  Compound             examplamine  (name) examplamine"
    assert len(lines) == len(safetykb.search("examplamine", knowledge=load(SAMPLE)))
    assert any("SafetyConsideration  examplamine/breastfeeding  (statement) " in line for line in lines)


def test_search_finds_nothing(run: Run):
    """A word that no record mentions is no answer: status 2, and nothing that reassures."""
    status, out, err = run("search", UNKNOWN, *DATA)
    assert (status, out) == (BAD, "")
    assert err == f"safetykb: no record mentions '{UNKNOWN}'; this says nothing about its safety; try a synonym\n"


@pytest.mark.parametrize("kind", ["compounds", "conditions", "terms", "considerations", "studies", "sources"])
def test_list(run: Run, kind: str):
    """Each record of a kind stands on a line, its id first."""
    status, out, err = run("list", kind, *DATA)
    assert (status, err) == (OK, "")
    assert [line.partition("  ")[0] for line in out.splitlines()] == [*getattr(load(SAMPLE), kind)]


def test_list_is_of_compounds_by_default(run: Run):
    """Without a kind the compounds are listed, from the packaged knowledge where no tree is named."""
    assert run("list", *DATA) == run("list", "compounds", *DATA)
    assert [line.partition("  ")[0] for line in run("list")[1].splitlines()] == [*safetykb.knowledge_base().compounds]


def test_check_of_a_sound_tree(run: Run):
    """A tree without a problem gives status 0."""
    assert run("check", str(SAMPLE)) == (OK, "no problem found\n", "")


@pytest.mark.parametrize(("names", "counted"), [(["stray.json"], "1 problem"), (["a.json", "b.json"], "2 problems")])
def test_check_of_a_tree_with_problems(run: Run, tmp_path: Path, names: list[str], counted: str):
    """Each problem stands on a line with its cure; the status is 1 and standard error counts them."""
    (tmp_path / "knowledge.json").write_text('{"version": "1"}\n', "utf-8")
    for name in names:
        (tmp_path / name).write_text("{}\n", "utf-8")
    status, out, err = run("check", str(tmp_path))
    assert status == FOUND
    assert [line.partition(" ")[0] for line in out.splitlines()] == names
    assert all("FIL:001 no record belongs here; move it" in line for line in out.splitlines())
    assert err == f"safetykb: {counted}\n"


def test_check_of_the_packaged_tree(run: Run):
    """Without a directory the packaged tree is checked: no problem, and perhaps what to read again."""
    status, out, err = run("check")
    *advice, last = out.splitlines()
    assert (status, last, err) == (OK, "no problem found", "")
    assert all(line.startswith("to read again: ") for line in advice)


def test_advice_is_no_problem(run: Run, monkeypatch: pytest.MonkeyPatch):
    """What to read again is printed, and the status stays 0."""
    advice = (Problem("RDG:004", "considerations/a/b.json", "$.cites", "this stands on one copy", "read another"),)
    monkeypatch.setattr(cli, "advice_on", lambda _: advice)
    told = "to read again: considerations/a/b.json $.cites: RDG:004 this stands on one copy; read another\n"
    assert run("check", str(SAMPLE)) == (OK, f"{told}no problem found\n", "")


def test_check_of_no_directory(run: Run, tmp_path: Path):
    """A path that is no directory is an error."""
    status, out, err = run("check", str(tmp_path / "missing"))
    assert (status, out) == (BAD, "")
    assert err.endswith("is no directory of records\n")


@pytest.mark.parametrize("command", [("review", *PAIR), ("explain", *PAIR, "x"), ("search", "x"), ("list",)])
def test_data_is_checked_whole(run: Run, tmp_path: Path, command: tuple[str, ...]):
    """A tree with a problem answers nothing: every problem is told, and the status is 2."""
    (tmp_path / "stray.json").write_text("{}", "utf-8")
    status, out, err = run(*command, "--data", str(tmp_path))
    assert (status, out) == (BAD, "")
    assert err.startswith("safetykb: 2 problems; nothing was loaded\n")
    with pytest.raises(DataError):
        load(tmp_path)


@pytest.mark.parametrize("command", [("review", *PAIR), ("explain", *PAIR, "x"), ("search", "x"), ("list",)])
def test_data_that_is_not_there(run: Run, tmp_path: Path, command: tuple[str, ...]):
    """A tree that is not there is an error of every command."""
    status, out, err = run(*command, "--data", str(tmp_path / "missing"))
    assert (status, out) == (BAD, "")
    assert err.endswith("is no directory of records\n")


# --- the parser -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["review"], ["review", "a"], ["review", *PAIR, "--format", "x"]]
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]):
    """A command line that cannot be read is told on standard error, with status 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == BAD
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: safetykb")


def test_help_carries_the_intended_use(capsys: pytest.CaptureFixture[str]):
    """--help says what it is for and what it is not."""
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == OK
    told = " ".join(capsys.readouterr().out.split())
    assert INTENDED_USE in told
    assert DISCLAIMER in told


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(capsys: pytest.CaptureFixture[str], command: str):
    """Each command has help of its own."""
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == OK
    assert capsys.readouterr().out.startswith(f"usage: safetykb {command}")


def test_version(capsys: pytest.CaptureFixture[str]):
    """--version prints the version."""
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == OK
    assert capsys.readouterr().out == f"safetykb {safetykb.__version__}\n"


def test_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Without arguments given those of the process count; `python -m safetykb` exits with the status."""
    monkeypatch.setattr(sys, "argv", ["safetykb", "list", "conditions", *DATA])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("safetykb", run_name="__main__")
    assert stopped.value.code == OK
    assert capsys.readouterr().out.startswith("demo-disease  demo disease\n")


def test_hostile_arguments_do_no_harm(run: Run):
    """What a terminal would obey is not printed back as it is."""
    _, _, err = run("review", "\x1b[31mred\u202e", "DD", *DATA)
    assert "\x1b" not in err
    assert "\u202e" not in err


def test_json_is_printable_and_means_the_same():
    """In JSON what does not print is escaped, letters of any language are not, and the value stays the same."""
    value = {"Größe": ["\u202e✓", "a\x1b[31m\nb", "\u200b"]}
    told = dumps(value)
    assert json.loads(told) == value
    assert "Größe" in told
    assert all(line.isprintable() for line in told.split("\n"))
    assert told.endswith("}\n")


def test_output_may_be_any_stream():
    """A program that captures the output with a stream of its own gets the same text."""
    with contextlib.redirect_stdout(io.StringIO()) as captured:
        assert main(["review", *PAIR, *DATA]) == OK
    assert captured.getvalue() == answer().to_text()


# --- as a process -----------------------------------------------------------------------------------------------------


def test_statuses_of_a_process():
    """A process exits with 0 for an answer, 1 for problems found, 2 for what cannot be answered."""
    good = process("review", *PAIR, *DATA)
    assert (good.returncode, good.stderr) == (OK, b"")
    assert good.stdout.decode("utf-8") == answer().to_text()
    unknown = process("review", UNKNOWN, "DD", *DATA)
    assert (unknown.returncode, unknown.stdout) == (BAD, b"")
    assert UNKNOWN.encode() in unknown.stderr
    assert b"Traceback" not in unknown.stderr
    assert process("check", str(SAMPLE)).returncode == OK
    assert process("check", str(SAMPLE / "terms")).returncode == FOUND
    assert process("nonsense").returncode == BAD


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        {"NO_COLOR": "1"},
        {"FORCE_COLOR": "1", "TERM": "xterm-256color"},
    ],
    ids=["ascii", "latin-1", "C", "no colour", "colour"],
)
def test_bytes_do_not_depend_on_the_terminal(environment: dict[str, str]):
    """Every terminal gets the same bytes, UTF-8 and without a colour."""
    done = process("review", *PAIR, *DATA, **environment)
    assert (done.returncode, done.stderr) == (OK, b"")
    assert done.stdout == answer().to_text().encode("utf-8")
    assert b"\x1b" not in done.stdout


def test_errors_on_a_terminal_of_another_encoding():
    """An error that holds a letter which the terminal has not is told all the same."""
    done = process("review", "exämplamine✓", "DD", *DATA, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (BAD, b"")
    assert done.stderr.startswith(b"safetykb: no compound is named ")


@pytest.mark.parametrize("command", [("review", "ketamine", "multiple sclerosis"), ("list", "considerations")])
def test_a_reader_that_goes_away(command: tuple[str, ...]):
    """When the reader closes the pipe, as head does, the command ends in silence."""
    with subprocess.Popen(
        [sys.executable, "-m", "safetykb", *command],
        env=around({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.read(10)
        started.stdout.close()
        told = started.stderr.read()
        assert (started.wait(), told) == (OK, b"")


def test_the_first_command_of_the_readme():
    """`safetykb review ketamine "multiple sclerosis"` prints an answer."""
    done = process("review", "ketamine", "multiple sclerosis")
    assert (done.returncode, done.stderr) == (OK, b"")
    assert done.stdout.decode("utf-8").startswith("Ketamine in multiple sclerosis\n")
