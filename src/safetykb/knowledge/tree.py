"""The bytes of a tree of records, from the package or from a directory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from importlib.abc import Traversable
from pathlib import Path

import importlib_resources

from safetykb.errors import Problem
from safetykb.knowledge.layout import UNREAD
from safetykb.knowledge.strict_json import MAX_BYTES

MAX_FILES = 100_000
"""The largest number of files in a tree."""


def packaged_files() -> dict[str, bytes]:
    """Return the packaged files by path, as ``importlib_resources`` finds them (a directory, a zip, a zipapp)."""
    root = importlib_resources.files("safetykb") / "data"
    return {path: file.read_bytes() for path, file in sorted(_walk(root, ""))}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if not prefix and entry.name in UNREAD:
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry


def directory_files(directory: str | os.PathLike[str]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files under ``directory`` by path, and what keeps some of them from being read.

    Symbolic links are not followed and no file over the size limit is read. Raises NotADirectoryError.
    """
    root = Path(directory)
    if not root.is_dir():
        raise NotADirectoryError(f"{os.fspath(directory)!r} is no directory of records")
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path, entry in _scan(root, ""):
        problem = _unreadable(path, entry, len(files))
        if problem:
            problems.append(problem)
        else:
            files[path] = Path(entry.path).read_bytes()
        if len(files) > MAX_FILES:
            break
    return dict(sorted(files.items())), problems


def _scan(folder: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda item: item.name):
            if not prefix and entry.name in UNREAD:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _scan(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry


def _unreadable(path: str, entry: os.DirEntry[str], count: int) -> Problem | None:
    if not entry.is_file(follow_symlinks=False):
        return Problem("FIL:002", path, "$", "this is a link or no ordinary file", "put the file itself there")
    if entry.stat(follow_symlinks=False).st_size > MAX_BYTES:
        return Problem("FIL:003", path, "$", f"the file is larger than {MAX_BYTES} bytes", "split it into records")
    if count >= MAX_FILES:
        return Problem("FIL:004", path, "$", f"the tree holds more than {MAX_FILES} files", "split the tree")
    return None


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the sha256 over the sorted paths and bytes of a tree, as hexadecimal digits."""
    total = hashlib.sha256()
    for path, data in sorted(files.items()):
        total.update(f"{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        total.update(data)
    return total.hexdigest()
