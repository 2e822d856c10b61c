"""The documentation keeps its word: every example runs, and what is written by hand agrees with the code."""

import doctest
import importlib.util
import inspect
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import nbclient
import nbformat
import pyarrow.parquet
import pytest
from sybil import Document
from sybil.parsers.myst import PythonCodeBlockParser

import safetykb
from safetykb import Concern
from safetykb.cli import OK, main
from safetykb.knowledge import loading, tree
from safetykb.knowledge.layout import path_fields
from safetykb.knowledge.making import json_key
from safetykb.model.considerations import SafetyConsideration
from tests.screening.agreement import expected

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


PATIENTS: dict[str, dict[str, Any]] = {
    "a": {"id": "a", "medications": ["ketamine", "baclofen"], "conditions": ["multiple sclerosis"], "egfr": 24.0},
    "b": {"id": "b", "medications": ["natalizumab", "unobtainium"], "conditions": ["RRMS"]},
    "c": {"id": "c", "conditions": ["RRMS"], "egfr": 90.0},
}
"""Whom the pages ask about that lead into other systems; a FHIR record is of one person."""

SCREEN = 46
"""The most lines of such a page."""

Found = tuple[str, str, str, str]
"""A patient, a compound, a claim, and its concern."""


def in_bundles(names: Mapping[str, Any]) -> Iterator[Found]:
    """What the page about FHIR finds that needs no medicine which is not taken, at caution or above."""
    for bundle in names["bundles"]:
        resources = [entry["resource"] for entry in bundle["entry"]]
        medications = {f"urn:uuid:{one['id']}": one for one in resources if one["resourceType"] == "Medication"}
        for use in resources:
            if use["resourceType"] == "ClinicalUseDefinition":
                said = [(each["url"].rpartition(":")[2], each) for each in use["extension"]]
                (concern,) = [each["valueCode"] for name, each in said if name == "concern"]
                needs = [part["url"] for name, each in said for part in each.get("extension", ()) if name == NEEDS]
                compound = medications[use["subject"][0]["reference"]]["code"]["coding"][-1]["code"]
                mine = any(name == "block" and each["valueCode"] != "related" for name, each in said)
                if mine and "if-taking" not in needs and Concern.of(concern) >= Concern.CAUTION:
                    yield ("a", compound, use["identifier"][0]["value"], concern)


def in_frame(names: Mapping[str, Any]) -> Iterator[Found]:
    """The same of the page about data frames."""
    frame = names["findings"]
    mine = frame["relative"].isna() & (frame["if_taking"].str.len() == 0)
    heavy = frame["concern"].isin(["caution", "avoid", "contraindicated"])
    for row in frame[mine & heavy].to_dict("records"):
        yield (row["patient"], row["compound"], row["id"], row["concern"])


def in_parquet(names: Mapping[str, Any]) -> Iterator[Found]:
    """The same of the pages about screening, from the files that they write."""
    table = pyarrow.parquet.read_table("findings" if "spark" in names else "findings.parquet")
    table.validate(full=True)
    for row in table.to_pylist():
        yield (row["patient"], row["compound"], row["claim"], row["concern"])


NEEDS = "condition-of-use"
FOUND: dict[str, tuple[str, Callable[[Mapping[str, Any]], Iterator[Found]]]] = {
    "as-fhir.md": ("a", in_bundles),
    "in-a-data-frame.md": ("ab", in_frame),
    "screen-a-file.md": ("abc", in_parquet),
    "on-spark.md": ("abc", in_parquet),
}


def named(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


def fenced(page: Path, language: str) -> list[str]:
    """The bodies of the fences of a language."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture(scope="module")
def live() -> ModuleType:
    spec = importlib.util.spec_from_file_location("live", DOCS / "live.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_live_parts_are_made(page: Path, live: ModuleType):
    """Each command and snippet whose output a page shows does what the page says, and each table can be made."""
    text = page.read_text("utf-8")
    made = live.expand(text)
    assert "```{live}" not in made
    assert (made == text) == (not live.parts(text))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each Python example runs as it stands, one after the other, and shows what the page says.

    Those that lead into other systems find what reviews in this process find of the same patients, on one screen.
    """
    if page.name == "on-spark.md" and shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, and there is none")
    monkeypatch.setenv("SPARK_CONF_DIR", str(Path(__file__).parent / "screening"))
    monkeypatch.chdir(tmp_path)
    document = Document.parse(str(page), PythonCodeBlockParser(doctest_optionflags=FLAGS))
    for example in document.examples():
        example.evaluate()
    if page.name in FOUND:
        patients, found = FOUND[page.name]
        rows = expected(safetykb.knowledge_base(), (PATIENTS[id] for id in patients), Concern.CAUTION)
        told = [(row["patient"], row["compound"], row["claim"], row["concern"]) for row in rows]
        assert told and sorted(found(document.namespace)) == told
        assert len(page.read_text("utf-8").splitlines()) <= SCREEN


def test_shell_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Each command of a console block is answered."""
    monkeypatch.chdir(tmp_path)
    commands = [line for page in PAGES for block in fenced(page, "console") for line in block.splitlines()]
    assert commands
    for command in commands:
        prompt, program, *arguments = shlex.split(command)
        assert (prompt, program) == ("$", "safetykb")
        assert main(arguments) == OK, command
    assert capsys.readouterr().out


def test_notebook_runs():
    """The notebook runs from top to bottom, and its outputs are not kept."""
    (path,) = (found for found in DOCS.rglob("*.ipynb") if "_build" not in found.parts)
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    done: Any = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(path.parent))
    shown = [output for cell in done.cells for output in cell.get("outputs", ())]
    assert any("text/html" in output.get("data", {}) for output in shown)


def test_json_examples_are_json():
    """Each JSON example is JSON."""
    examples = [block for page in PAGES for block in fenced(page, "json")]
    assert examples
    for example in examples:
        json.loads(example)


def test_template_shows_every_field():
    """The template of a claim has every field of a claim, in the order in which it is written."""
    template = json.loads(fenced(DOCS / "curating" / "template.md", "json")[0])
    given = path_fields(SafetyConsideration)
    fields = [field.name for field in attrs.fields(SafetyConsideration) if field.name not in given]
    assert [*template] == [json_key(SafetyConsideration, name) for name in fields]
    text = (DOCS / "curating" / "template.md").read_text("utf-8")
    assert [key for key in template if f"`{key}`" not in text] == []


def test_codes_of_reading_are_listed():
    """The page of the checks lists every code that comes from reading, and no other beside the checks."""
    source = inspect.getsource(loading) + inspect.getsource(tree)
    page = (DOCS / "reference" / "checks.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([A-Z]{3}:\d{3})` \|", page, re.MULTILINE)) == set(
        re.findall(r'"([A-Z]{3}:\d{3})"', source)
    )


def test_every_public_name_is_documented():
    """The reference names each public name once."""
    page = (DOCS / "reference" / "api.md").read_text("utf-8")
    assert sorted(re.findall(r"^\.\. auto\w+:: safetykb\.(\w+)$", page, re.MULTILINE)) == sorted(safetykb.__all__)


def test_example_tree_is_right():
    """The tree of made-up records that the pages use passes every check."""
    assert loading.problems_of(DOCS / "examples" / "my-tree") == ()
