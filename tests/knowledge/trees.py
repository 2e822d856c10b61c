"""The made-up tree of the tests, and ways to lay records over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetykb.knowledge.checks import Draft
from safetykb.knowledge.loading import parse
from safetykb.knowledge.strict_json import encode
from safetykb.knowledge.tree import directory_files

SAMPLE = Path(__file__).parents[1] / "sample" / "tree"
"""The base sample: invented substances and an invented disease, at least one record of every kind."""


def base_files() -> dict[str, bytes]:
    """Return the files of the base sample by path."""
    files, problems = directory_files(SAMPLE)
    assert not problems
    return files


def laid_over(sample: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the base sample with ``sample`` over it: a JSON value, a text as it stands, or None for no file."""
    files = base_files()
    for path, value in sample.items():
        if value is None:
            del files[path]
        else:
            files[path] = value.encode() if isinstance(value, str) else encode(value)
    return files


def draft(sample: Mapping[str, Any]) -> Draft:
    """Return the base sample with ``sample`` over it, read."""
    return parse(laid_over(sample))


def write(files: Mapping[str, bytes], directory: Path) -> Path:
    """Write ``files`` under ``directory`` and return it."""
    for path, data in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)
    return directory
