"""The README keeps its word."""

from pathlib import Path

import pytest
from sybil import Document
from sybil.parsers.markdown import PythonCodeBlockParser

README = Path(__file__).resolve().parents[1] / "README.md"


def test_python_examples_run(capsys: pytest.CaptureFixture[str]):
    """Each Python example of the README runs as it stands, one after the other, and prints an answer."""
    examples = list(Document.parse(str(README), PythonCodeBlockParser()).examples())
    for example in examples:
        example.evaluate()
    assert examples
    assert capsys.readouterr().out.strip()
