"""The command line for one patient, overlays, differences, pins, notices and interactions."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import safetykb
from safetykb import Patient, SafetyReview
from safetykb.asking import Parser, patient_of
from safetykb.cli import BAD, FOUND, OK, main, make_parser
from safetykb.knowledge.loading import load
from safetykb.model.choices import ChildPugh, Sex
from safetykb.model.patient import BloodPressure
from tests.policy.overlays import CAUTION, CLAIM, raised, silenced, written

PACKAGE = Path(safetykb.__file__).parent
SAMPLE = Path(__file__).parent / "sample" / "tree"
PAIR = ("examplamine", "demo disease")
DATA = ("--data", str(SAMPLE))
DAY = ("--today", "2026-11-25")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process and gives status, output and errors, of wrong usage too."""

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return command


def answer(patient: Patient | None = None) -> SafetyReview:
    return safetykb.review(*PAIR, patient, today="2026-11-25", knowledge=load(SAMPLE))


def stated(*flags: str) -> Patient | None:
    return patient_of(make_parser().parse(["review", *PAIR, *flags]))


# --- one patient ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "patient"),
    [
        (["--age", "70"], Patient(age=70)),
        (["--age", " 0.5 "], Patient(age=0.5)),
        (["--age", ".5"], Patient(age=0.5)),
        (["--weight", "61.5"], Patient(weight=61.5)),
        (["--sex", "female"], Patient(sex=Sex.FEMALE)),
        (["--egfr", "28"], Patient(egfr=28)),
        (["--crcl", "30"], Patient(crcl=30)),
        (["--alt", "3"], Patient(alt=3)),
        (["--alp", "2.5"], Patient(alp=2.5)),
        (["--bilirubin", "2"], Patient(bilirubin=2)),
        (["--qtc", "480"], Patient(qtc=480)),
        (["--bp", "150/90"], Patient(bp=BloodPressure(systolic=150, diastolic=90))),
        (["--child-pugh", "B"], Patient(child_pugh=ChildPugh.B)),
        (["--pregnant"], Patient(pregnant=True)),
        (["--no-pregnant"], Patient(pregnant=False)),
        (["--could-become-pregnant"], Patient(could_become_pregnant=True)),
        (["--breastfeeding"], Patient(breastfeeding=True)),
        (["--no-dialysis"], Patient(dialysis=False)),
        (["--has", "a", "--has", "b"], Patient(conditions=("a", "b"))),
        (["--past", "a"], Patient(past=("a",))),
        (["--has-not", "a"], Patient(has_not=("a",))),
        (["--allergy", "a"], Patient(allergies=("a",))),
        (["--taking", "a", "--taking", "b"], Patient(medications=("a", "b"))),
        (["--taking", "a", "--takes-nothing-else"], Patient(medications=("a",), medications_complete=True)),
        (["--takes-nothing-else"], Patient(medications_complete=True)),
        (["--genotype", "HLA-B*57:01"], Patient(genotypes=("HLA-B*57:01",))),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_flags_of_a_patient(flags: list[str], patient: Patient):
    """Each flag states one fact, and what no flag states stays unknown."""
    assert stated(*flags) == patient


def test_no_flag_no_patient():
    """Without a flag nobody is asked about."""
    assert stated() is None


def test_review_of_a_patient(run: Run):
    """The review is that of the library for the same patient."""
    patient = Patient(age=70, breastfeeding=True, medications=("inhibizole",), medications_complete=True)
    flags = ("--age", "70", "--breastfeeding", "--taking", "inhibizole", "--takes-nothing-else")
    assert run("review", *PAIR, *DATA, *DAY, *flags) == (OK, answer(patient).to_text(), "")
    assert answer(patient).to_text() != answer().to_text()


def test_json_of_a_patient(run: Run):
    """In JSON stand the facts that were given, and what is missing; without a patient there is null."""
    flags = ("--age", "70", "--taking", "inhibizole", "--taking", "unobtainium")
    told = json.loads(run("review", *PAIR, *DATA, *DAY, *flags, "--format", "json")[1])["patient"]
    assert [fact["text"] for fact in told["facts"]] == ["age 70 years", "takes inhibizole", "takes unobtainium"]
    assert [fact["known"] for fact in told["facts"]] == [True, True, False]
    assert told["missing"]
    assert json.loads(run("review", *PAIR, *DATA, "--format", "json")[1])["patient"] is None


def test_a_patient_in_a_file(run: Run, tmp_path: Path):
    """A file states the same facts, in the shape of a Patient."""
    file = tmp_path / "patient.json"
    file.write_text('{"age": 70, "bp": {"systolic": 150, "diastolic": 90}}', "utf-8")
    patient = Patient(age=70, bp=BloodPressure(systolic=150, diastolic=90))
    assert run("review", *PAIR, *DATA, *DAY, "--patient", str(file)) == (OK, answer(patient).to_text(), "")


def test_explain_and_why_not_take_a_patient(run: Run):
    """The proof, and why a claim does not apply, are those of the patient."""
    status, out, _ = run("explain", *PAIR, "examplamine/older-age", *DATA, "--age", "70")
    assert (status, "EXAMPLAMINE/OLDER-AGE" in out.upper()) == (OK, True)
    out = run("why-not", *PAIR, "examplamine/older-age", *DATA, "--age", "40")[1]
    assert "of the patient it is known: age 40 years" in out


def test_a_file_and_a_flag(run: Run, tmp_path: Path):
    """A file and a flag together are an error: nobody could tell which one holds."""
    status, out, err = run("review", *PAIR, *DATA, "--patient", str(tmp_path / "p.json"), "--age", "70")
    assert (status, out) == (BAD, "")
    assert err == "safetykb: a patient was given in a file and by flags; give one of the two\n"


SECRET = "7351"  # noqa: S105  no password
"""A value of a patient that no error may show."""


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--age", SECRET], "age is outside 0 to 130"),
        (["--age", f"x{SECRET}"], "--age is no number"),
        (["--egfr", f"-{SECRET}"], "egfr is outside 0 to 250"),
        (["--egfr", "nan"], "--egfr is no number"),
        (["--egfr", "1_0"], "--egfr is no number"),
        (["--egfr", "1e2"], "--egfr is no number"),
        (["--age", "\u0667\u0660"], "--age is no number"),
        (["--age", ""], "--age is no number"),
        (["--taking", ""], "the name is empty at $.medications[0]"),
        (["--has", " "], "the name is empty at $.conditions[0]"),
        (["--bp", SECRET], "--bp is no number"),
        (["--bp", f"150/x{SECRET}"], "--bp is no number"),
        (["--sex", SECRET], "sex is one of: female, male"),
        (["--child-pugh", SECRET], "child_pugh is one of: A, B, C"),
        (["--sex", "male", "--pregnant"], "sex says male"),
        ([f"--pregnant={SECRET}"], "--pregnant"),
        ([f"--ag={SECRET}"], "not known: --ag"),
        (["--agee", SECRET], "not known: --agee"),
        ([SECRET], "more arguments than the command takes"),
        (["--age"], "expected one argument"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else None,
)
def test_errors_show_no_value(run: Run, flags: list[str], named: str):
    """What is wrong with a patient is told by the name of the field, and no error repeats a value."""
    status, out, err = run("review", *PAIR, *DATA, *flags)
    assert (status, SECRET in err) == (BAD, False)
    assert named in err
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (f'{{"age": {SECRET}}}', "patient.age is outside 0 to 130"),
        (f'{{"age": "{SECRET}"}}', "$.age"),
        (f'{{"x{SECRET}": 1}}', "not readable at $; the fields of Patient are: age, weight"),
        (f'["{SECRET}"]', "not readable at $"),
        (f'{{"age": {SECRET}', "not plain JSON"),
    ],
)
def test_errors_of_a_file_show_no_value(run: Run, tmp_path: Path, content: str, named: str):
    """The same of a file of a patient."""
    (tmp_path / "p.json").write_text(content, "utf-8")
    status, out, err = run("review", *PAIR, *DATA, "--patient", str(tmp_path / "p.json"))
    assert (status, out, SECRET in err) == (BAD, "", False)
    assert named in err


def test_a_file_that_is_not_there(run: Run, tmp_path: Path):
    """A file that cannot be read is an error, in words."""
    status, _, err = run("review", *PAIR, *DATA, "--patient", str(tmp_path / "missing.json"))
    assert (status, "No such file" in err) == (BAD, True)


def test_a_name_that_nothing_knows_is_reported(run: Run):
    """A medicine of the patient that nothing here knows is no error: it is named at the top as not checked."""
    status, out, err = run("review", *PAIR, *DATA, "--taking", "unobtainium")
    assert (status, err) == (OK, "")
    assert "NOT CHECKED" in out.split("FIRST", maxsplit=1)[0]
    assert "unobtainium" in out


def test_no_option_by_half_of_its_name():
    """Half an option is none, so that no later option changes what a command means."""
    assert isinstance(make_parser(), Parser)
    with pytest.raises(SystemExit):
        make_parser().parse(["review", *PAIR, "--weigh", "1"])


# --- overlay and day --------------------------------------------------------------------------------------------------


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return written(tmp_path / "ward", {"one": raised()}, {"considerations/examplamine/ward-nine.json": CLAIM})


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("review", *PAIR), "Raised to avoid by Dr Maker"),
        (("explain", *PAIR, CAUTION), "Raised to avoid by Dr Maker"),
        (("list", "considerations"), "examplamine/ward-nine"),
        (("search", "ward 9"), "examplamine/ward-nine"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_overlay(run: Run, overlay: Path, command: tuple[str, ...], told: str):
    """--overlay lays a hospital's records and policies over the knowledge."""
    status, out, err = run(*command, *DATA, *DAY, "--overlay", str(overlay))
    assert (status, err) == (OK, "")
    assert told in " ".join(out.split())
    assert "ward-nine" not in run("list", "considerations", *DATA)[1]


def test_why_not_of_a_silenced_claim(run: Run, tmp_path: Path):
    """A claim that a policy silences is answered for with the policy."""
    quiet = written(tmp_path / "ward", {"one": silenced()})
    status, out, _ = run("why-not", *PAIR, CAUTION, *DATA, *DAY, "--overlay", str(quiet))
    assert (status, out.startswith("Silenced by Dr Maker on 2026-11-01")) == (OK, True)


def test_an_overlay_with_problems(run: Run, tmp_path: Path):
    """An overlay with a problem answers nothing: every problem is told, and the status is 2."""
    bad = written(tmp_path / "ward", {"one": silenced(expires=None), "two": raised(author="")})
    status, out, err = run("review", *PAIR, *DATA, *DAY, "--overlay", str(bad))
    assert (status, out) == (BAD, "")
    assert "OVL:006" in err
    assert "OVL:003" in err


def test_the_day_decides(run: Run, tmp_path: Path):
    """--today is the day on which policies are in force and sources are old."""
    quiet = written(tmp_path / "ward", {"one": silenced()})
    out = run("review", *PAIR, *DATA, "--overlay", str(quiet), "--today", "2028-01-01")[1]
    assert "has expired and no longer works" in " ".join(out.split())
    assert "older than 24 months on 2028-01-01" in " ".join(out.split())
    status, out, err = run("review", *PAIR, *DATA, "--today", "someday")
    assert (status, out, err) == (BAD, "", "safetykb: today is no day; give a date, or YYYY-MM-DD\n")


def test_without_a_day_it_is_the_current_one(run: Run):
    """Without --today the day of the person who asks counts, and it is shown."""
    day = json.loads(run("review", *PAIR, *DATA, "--format", "json")[1])["stale"]["today"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)


# --- why-not, notices, interactions -----------------------------------------------------------------------------------


def test_why_not(run: Run):
    """Why a claim does not apply is told in words; one that applies is said to be there; an unknown one is an error."""
    id = "calmazepine/relapsing-demo-disease"
    assert run("why-not", *PAIR, id, *DATA) == (OK, f"{answer().why_not(id)}\n", "")
    status, out, _ = run("why-not", *PAIR, CAUTION, *DATA)
    assert (status, out) == (OK, f"it is among the findings; for its proof ask: explain {CAUTION}\n")
    status, out, err = run("why-not", *PAIR, "examplamine/nothing", *DATA)
    assert (status, out) == (BAD, "")
    assert "no consideration has the id 'examplamine/nothing'" in err


def test_notices(run: Run):
    """Each withdrawn record stands on a line with its day and its reason; --since leaves older ones out."""
    line = "2026-11-24  examplamine/inhibizole-2021  a newer label gives another figure\n"
    assert run("notices", *DATA) == (OK, line, "")
    assert run("notices", *DATA, "--since", "2026.11") == (OK, line, "")
    assert run("notices", *DATA, "--since", "2026-12") == (OK, "no record was withdrawn on or after 2026-12\n", "")
    assert run("notices", *DATA, "--since", "once")[0] == BAD


def test_notices_of_a_tree_without(run: Run, tmp_path: Path):
    """Where nothing was withdrawn the command says so."""
    tree = shutil.copytree(SAMPLE, tmp_path / "tree")
    (tree / "considerations/examplamine/inhibizole-2021.json").unlink()
    newer = tree / "considerations/examplamine/inhibizole.json"
    record = json.loads(newer.read_text("utf-8"))
    del record["supersedes"]
    newer.write_text(json.dumps(record), "utf-8")
    assert run("check", "--fix", str(tree))[0] in (OK, FOUND)
    assert run("notices", "--data", str(tree)) == (OK, "no record was withdrawn\n", "")


def test_interactions(run: Run):
    """Each finding is printed with its proof, as text and as JSON."""
    found = safetykb.interactions("examplamine", ["inhibizole", "modulumab"], knowledge=load(SAMPLE))
    status, out, err = run("interactions", "examplamine", "inhibizole", "modulumab", *DATA)
    assert (status, err) == (OK, "")
    assert all(str(finding.explain()).rstrip("\n") in out for finding in found)
    told = json.loads(run("interactions", "examplamine", "inhibizole", "modulumab", *DATA, "--format", "json")[1])
    assert told == [finding.explain().to_dict() for finding in found]


def test_interactions_among_the_others(run: Run):
    """--among adds each pair of the others."""
    names = ("oldamine", "examplamine", "inhibizole")
    fewer = run("interactions", *names, *DATA)[1]
    more = run("interactions", *names, *DATA, "--among")[1]
    assert "examplamine/inhibizole" not in fewer.lower()
    assert "examplamine/inhibizole" in more.lower()


def test_no_interaction_is_no_reassurance(run: Run):
    """Where no record speaks of two compounds the status is 2, and the words reassure nobody."""
    status, out, err = run("interactions", "oldamine", "inhibizole", *DATA)
    assert (status, out) == (BAD, "")
    assert err == "safetykb: no record speaks of these together; this says nothing about their safety\n"


# --- diff -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The made-up tree with a claim raised."""
    tree = shutil.copytree(SAMPLE, tmp_path / "newer")
    file = tree / "considerations/examplamine/breastfeeding.json"
    file.write_text(file.read_text("utf-8").replace('"caution"', '"avoid"'), "utf-8")
    return tree


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_diff_of_two_trees(run: Run, newer: Path, form: str):
    """What changed between two trees is told in clinical words, in each format."""
    status, out, err = run("diff", str(SAMPLE), str(newer), "--format", form)
    assert (status, err) == (OK, "")
    assert "from caution to avoid" in " ".join(out.split())


def test_diff_of_equal_trees(run: Run):
    """Two equal trees give nothing, in words."""
    assert "Nothing that a reader would notice changed." in run("diff", str(SAMPLE), str(SAMPLE))[1]


def test_diff_of_two_compounds(run: Run):
    """--compounds compares the reviews of two compounds in a condition."""
    command = ("diff", "--compounds", "examplamine", "oldamine", "demo disease")
    told = json.loads(run(*command, *DATA, "--format", "json")[1])
    assert (told["old"], told["new"]) == ("examplamine in demo disease", "oldamine in demo disease")
    assert told["changes"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("a", "b", "c"),
        ("--compounds", "examplamine", "oldamine", *DATA),
        (str(SAMPLE), str(SAMPLE), *DATA),
        (str(SAMPLE), str(SAMPLE), "--overlay", "ward"),
        (str(SAMPLE), "missing"),
        ("--compounds", "examplamine", "unobtainium", "DD", *DATA),
    ],
)
def test_diff_that_cannot_be_answered(run: Run, arguments: tuple[str, ...]):
    """Half a question, a tree that is not there and an unknown name are errors."""
    status, out, err = run("diff", *arguments)
    assert (status, out) == (BAD, "")
    assert err.startswith("safetykb: ")


# --- pin --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pins(run: Run, tmp_path: Path) -> str:
    """A file with one answer."""
    file = str(tmp_path / "pins.json")
    assert run("pin", *PAIR, *DATA, "-o", file) == (OK, "", "")
    return file


def test_pin_adds_to_a_file(run: Run, pins: str):
    """Another question is added, and the same question takes the place of its earlier answer."""
    assert run("pin", "--check", pins, *DATA) == (OK, "no change in 1 answer\n", "")
    for _ in range(2):
        assert run("pin", *PAIR, "--form", "injection", *DATA, "-o", pins)[0] == OK
    assert run("pin", "--check", pins, *DATA) == (OK, "no change in 2 answers\n", "")


def test_pin_check_tells_what_changed(run: Run, pins: str, newer: Path):
    """When an answer changed the status is 1, each change stands on a line, and standard error counts them."""
    line = f"examplamine in demo-disease: was caution, is avoid: {CAUTION}\n"
    status, out, err = run("pin", "--check", pins, "--data", str(newer))
    assert (status, line in out) == (FOUND, True)
    count = len(out.splitlines())
    assert err == f"safetykb: {count} change{'' if count == 1 else 's'}\n"


def test_pin_check_counts_one(run: Run, pins: str):
    """One change is counted as one."""
    text = Path(pins).read_text("utf-8")
    Path(pins).write_text(text.replace(f'"{CAUTION}": "caution"', f'"{CAUTION}": "avoid"'), "utf-8")
    assert run("pin", "--check", pins, *DATA)[2] == "safetykb: 1 change\n"


def test_pin_check_with_an_overlay(run: Run, pins: str, overlay: Path):
    """A policy changes answers, and a pin shows it."""
    assert run("pin", "--check", pins, *DATA, *DAY, "--overlay", str(overlay))[0] == FOUND


@pytest.mark.parametrize(
    "arguments", [(), PAIR, ("examplamine", "-o", "f"), (*PAIR, "-o", "f", "--check", "f"), (*PAIR, "--check", "f")]
)
def test_pin_of_half_a_question(run: Run, arguments: tuple[str, ...]):
    """Half a command is an error that names both uses."""
    status, out, err = run("pin", *arguments, *DATA)
    assert (status, out) == (BAD, "")
    assert "name a compound, a condition and -o FILE; or --check FILE and nothing else" in err


def test_pin_to_a_file_of_something_else(run: Run, tmp_path: Path):
    """A file that holds no pins is not overwritten."""
    file = tmp_path / "notes.txt"
    file.write_text("keep me", "utf-8")
    assert run("pin", *PAIR, *DATA, "-o", str(file))[0] == BAD
    assert file.read_text("utf-8") == "keep me"
    assert run("pin", "--check", str(file), *DATA)[0] == BAD


# --- check --fix ------------------------------------------------------------------------------------------------------


def test_check_fix(run: Run, tmp_path: Path):
    """--fix rewrites the records that are not canonical, says which, and changes no fact."""
    tree = shutil.copytree(SAMPLE, tmp_path / "tree")
    files = ["compounds/examplamine/compound.json", "knowledge.json"]
    for name in files:
        (tree / name).write_text(json.dumps(json.loads((tree / name).read_text("utf-8")), indent=7), "utf-8")
    status, out, err = run("check", "--fix", str(tree))
    assert (status, err) == (OK, "")
    assert out == "".join(f"{name}: rewritten\n" for name in files) + "no problem found\n"
    assert load(tree).digest == load(SAMPLE).digest
    assert run("check", "--fix", str(tree)) == (OK, "no problem found\n", "")


def test_check_fix_leaves_what_it_cannot_read(run: Run, tmp_path: Path):
    """A record that cannot be read, a stray file and a name that is none are left as they are, and told as ever."""
    tree = shutil.copytree(SAMPLE, tmp_path / "tree")
    left = {
        "knowledge.json": b'{"version": 1}',
        "stray.txt": b"{ }",
        "terms/harm/term.json": b"{",
        "sources/Bad Name.json": b'{ "type": "document" }',
        "sources/.json": b"{ }",
    }
    for name, data in left.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_bytes(data)
    status, out, err = run("check", "--fix", str(tree))
    assert (status, "rewritten" in out) == (FOUND, False)
    assert err.endswith("problems\n")
    assert {name: (tree / name).read_bytes() for name in left} == left


def test_check_fix_of_nothing(run: Run):
    """The packaged records are not rewritten: a tree must be named."""
    assert run("check", "--fix") == (BAD, "", "safetykb: there is no tree to rewrite; name its directory\n")


# --- as a process -----------------------------------------------------------------------------------------------------


def test_as_a_process(tmp_path: Path):
    """As a process of its own: a review of a patient, a pin, its check, and an error without a value."""
    path = os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])

    def process(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "safetykb", *arguments, *DATA]
        return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, capture_output=True)

    review = process("review", *PAIR, *DAY, "--age", "70")
    assert (review.returncode, review.stderr) == (OK, b"")
    assert review.stdout.decode("utf-8") == answer(Patient(age=70)).to_text()
    file = str(tmp_path / "pins.json")
    assert process("pin", *PAIR, "-o", file).returncode == OK
    assert process("pin", "--check", file).stdout == b"no change in 1 answer\n"
    bad = process("review", *PAIR, "--age", SECRET)
    assert (bad.returncode, SECRET.encode() in bad.stderr, b"Traceback" in bad.stderr) == (BAD, False, False)


def test_what_does_not_print_is_escaped(run: Run):
    """In JSON letters of any language stand as they are, what a terminal would obey is escaped, and both read back."""
    name = "Größe \u202e\x1b[31m"
    told = run("review", *PAIR, *DATA, *DAY, "--taking", name, "--format", "json")[1]
    assert "Größe" in told
    assert "\u202e" not in told
    assert "\x1b" not in told
    assert json.loads(told)["headline"]["not_checked"] == [f"takes {name}"]


def test_output_to_any_stream():
    """A program that captures the output with a stream of its own gets the same text."""
    with contextlib.redirect_stdout(io.StringIO()) as captured:
        assert main(["review", *PAIR, *DATA, *DAY]) == OK
    assert captured.getvalue() == answer().to_text()


def test_every_command_is_named_in_the_help():
    """The first help names each command."""
    parser = make_parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    names = "review explain why-not interactions search list notices diff pin screen check"
    assert [*commands.choices] == names.split()
    assert all(name in parser.format_help() for name in commands.choices)
