"""The documentation keeps its word: every example runs, and what is written by hand agrees with the code."""

import doctest
import importlib.util
import inspect
import json
import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import nbclient
import nbformat
import pytest
from sybil import Document
from sybil.parsers.myst import PythonCodeBlockParser

import safetykb
from safetykb.cli import OK, main
from safetykb.knowledge import loading, tree
from safetykb.knowledge.conversion import json_key
from safetykb.knowledge.layout import path_fields
from safetykb.model.considerations import SafetyConsideration

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


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
    """Each Python example runs as it stands, one after the other, and shows what the page says."""
    if page.name == "on-spark.md" and shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, and there is none")
    monkeypatch.setenv("SPARK_CONF_DIR", str(Path(__file__).parent / "screening"))
    monkeypatch.chdir(tmp_path)
    for example in Document.parse(str(page), PythonCodeBlockParser(doctest_optionflags=FLAGS)).examples():
        example.evaluate()


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
