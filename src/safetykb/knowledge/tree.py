"""The bytes of a tree of records, from the package or from a directory."""

from __future__ import annotations

import os
import pkgutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from safetykb.errors import Problem
from safetykb.knowledge.bundle import NAME, Bundle, unpack
from safetykb.knowledge.layout import UNREAD
from safetykb.knowledge.strict_json import MAX_BYTES

if TYPE_CHECKING:
    from importlib.abc import Traversable

MAX_FILES = 100_000
"""The largest number of files in a tree."""

MAX_TREE = 64 * 1024 * 1024
"""The largest tree, in bytes."""

_DEEPEST = 8


def packaged_files() -> dict[str, bytes]:
    """Return the packaged files by path, as ``importlib_resources`` finds them (a directory, a zip, a zipapp).

    They come from the bundle that a wheel holds, or from the tree that a checkout holds.
    """
    bundle = packaged_bundle()
    if bundle is not None:
        return dict(bundle)
    return {path: file.read_bytes() for path, file in sorted(_walk(_packaged(), ""))}


def packaged_bundle() -> Bundle | None:
    """Return the bundle that the package holds; None in a checkout, which holds the tree itself."""
    data = _bundle()
    return None if data is None else unpack(data)


def _bundle() -> bytes | None:
    """Return the bytes of the bundle, read by whatever loaded the package (from a directory, a zip or a zipapp)."""
    try:
        return pkgutil.get_data("safetykb", f"data/{NAME}")
    except OSError:
        return None


def _packaged() -> Traversable:
    import importlib_resources

    root: Traversable = importlib_resources.files("safetykb") / "data"
    return root


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
    left = MAX_TREE
    for count, (path, file) in enumerate(_scan(root, "")):
        data = _bytes_of(path, file)
        if isinstance(data, Problem):
            problems.append(data)
            data = b""
        else:
            files[path] = data
        left -= len(data)
        if left < 0 or count >= MAX_FILES:
            what = f"the tree holds more than {MAX_FILES} files or {MAX_TREE} bytes; the rest was not read"
            problems.append(Problem("FIL:004", path, "$", what, "split the tree"))
            break
    return dict(sorted(files.items())), problems


def _scan(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    """Yield each entry that is no ordinary folder, and each folder that cannot be listed or lies too deep."""
    try:
        entries = sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError:
        yield prefix.rstrip("/"), folder
        return
    for entry in entries:
        path = prefix + _visible(entry.name)
        if path in UNREAD:
            continue
        if entry.is_dir(follow_symlinks=False) and prefix.count("/") < _DEEPEST:
            yield from _scan(Path(entry.path), f"{path}/")
        else:
            yield path, Path(entry.path)


def _visible(name: str) -> str:
    """Return a name of a file so that it can be printed: what is invisible or no Unicode is escaped."""
    return name if name.isprintable() else name.encode("unicode_escape").decode("ascii")


def _bytes_of(path: str, file: Path) -> bytes | Problem:
    """Return the bytes of an ordinary file within the size limit, or what keeps them from being read."""
    cannot = Problem("FIL:002", path, "$", "this is a link or cannot be read as a file", "put the file itself there")
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return cannot
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError:
        return cannot
    if len(data) > MAX_BYTES:
        return Problem("FIL:003", path, "$", f"the file is larger than {MAX_BYTES} bytes", "split it into records")
    return data


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the sha256 over the sorted paths and bytes of a tree, as hexadecimal digits."""
    import hashlib

    total = hashlib.sha256()
    for path, data in sorted(files.items()):
        total.update(f"{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        total.update(data)
    return total.hexdigest()
