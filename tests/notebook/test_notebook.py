"""A notebook in a real kernel: what is shown there, and what completes there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

import safetykb

# What notebooks are made of warns of its own past; it is not under test.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

SHOWN: Final = {
    "review": "review",
    "finding": "review.findings[0]",
    "explanation": "review.explain(review.findings[0].id)",
    "compound": 'safetykb.compound("Spravato")',
    "condition": 'kb.conditions["multiple-sclerosis"]',
    "knowledge base": "kb",
}
"""What a person would put last in a cell."""

SETUP: Final = """import safetykb
review = safetykb.review("ketamine", "multiple sclerosis")
kb = safetykb.knowledge_base()"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place for what Jupyter and IPython write, apart from the user's own."""
    place = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(place / name.lower()))
        yield place


@pytest.fixture(scope="module")
def outputs(home: Path) -> dict[str, Any]:
    """What each cell of a notebook showed, by media type."""
    cells = [nbformat.v4.new_code_cell(code) for code in (SETUP, *SHOWN.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(home)}}).execute()
    shown = [cell.outputs for cell in notebook.cells[1:]]
    assert all(len(found) == 1 for found in shown), "a cell printed or warned as well"
    return {name: found[0].data for name, found in zip(SHOWN, shown, strict=True)}


@pytest.fixture(scope="module")
def kernel(home: Path) -> Iterator[BlockingKernelClient]:
    """A kernel in which the names of a session are at hand."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(home))
    client.execute_interactive(SETUP, timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("name", SHOWN)
def test_shown_as_text_and_html(outputs: dict[str, Any], name: str):
    """A review, a finding, its proof, a compound, a condition and the knowledge base show as text and as HTML."""
    data = outputs[name]
    assert set(data) == {"text/plain", "text/html"}
    assert data["text/html"].startswith('<div class="safetykb"><style>')
    assert "<h1" not in data["text/html"]
    assert "<script" not in data["text/html"]
    assert len(data["text/plain"].splitlines()) > 3
    assert " object at 0x" not in data["text/plain"]


def test_review_in_a_notebook_is_the_same_answer(outputs: dict[str, Any]):
    """What a notebook shows of a review is the text and the fragment of the same review elsewhere."""
    review = safetykb.review("ketamine", "multiple sclerosis")
    assert outputs["review"]["text/plain"] == review.to_text()
    assert outputs["review"]["text/html"] == review.to_html(standalone=False)


@pytest.mark.parametrize("name", ["review", "finding", "explanation", "compound", "condition"])
def test_none_reads_as_a_verdict(outputs: dict[str, Any], name: str):
    """What is shown alone says that it is no verdict on safety."""
    for form in ("text/plain", "text/html"):
        said = " ".join(outputs[name][form].split()).casefold()
        assert "no finding is not safety" in said or "says nothing about safety" in said


def completed(kernel: BlockingKernelClient, code: str) -> set[str]:
    """What the kernel offers where the code stops."""
    reply = kernel.complete(code, reply=True, timeout=60)
    assert reply["content"]["status"] == "ok"
    start: int = reply["content"]["cursor_start"]
    return {code[:start] + match for match in reply["content"]["matches"]}


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ('kb.compounds["ket', 'kb.compounds["ketamine'),
        ("kb.compounds['esket", "kb.compounds['esketamine"),
        ('kb.conditions["mult', 'kb.conditions["multiple-sclerosis'),
        ('kb.sources["fitz', 'kb.sources["fitzgerald2021'),
    ],
)
def test_records_complete(kernel: BlockingKernelClient, code: str, whole: str):
    """Where a key of a collection is begun, the tabulator completes it."""
    found = completed(kernel, code)
    assert any(offered.startswith(whole) for offered in found), found


def test_the_library_completes(kernel: BlockingKernelClient):
    """After ``safetykb.`` the tabulator offers every public name."""
    assert {f"safetykb.{name}" for name in safetykb.__all__} <= completed(kernel, "safetykb.")


@pytest.mark.parametrize("name", ["headline", "findings", "treatments", "explain", "to_html", "gaps"])
def test_a_review_completes(kernel: BlockingKernelClient, name: str):
    """After a review and a point the tabulator offers its parts."""
    assert f"review.{name}" in completed(kernel, "review.")
