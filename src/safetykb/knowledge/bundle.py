"""The packaged records in one file, each found by its place in it and made when it is asked for.

The file is made when the package is built, from a tree that passed every check. Its first line is a JSON object: the
``version`` of this layout, the ``digest`` of the tree, ``paths`` (those of the tree, sorted, in one text of lines),
``sizes`` (that of each file), and ``derived`` (what was worked out from all records at once). The bytes of the files
follow.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any, Final

import attrs

from safetykb.knowledge.layout import named_by

NAME: Final = "knowledge.bundle"
"""The name of the file, beside what is left of the tree."""

VERSION: Final = 2


@attrs.frozen(eq=False, repr=False)
class Bundle(Mapping[str, bytes]):
    """The files of a tree by path, as a bundle holds them."""

    digest: str
    derived: Mapping[str, Any]
    _ends: Mapping[str, tuple[int, int]]
    _body: memoryview

    def __getitem__(self, path: str) -> bytes:
        """Return the bytes of the file at ``path``."""
        size, end = self._ends[path]
        return bytes(self._body[end - size : end])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths."""
        return iter(self._ends)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._ends)

    def paths(self) -> dict[type, dict[str, str]]:
        """Return the path of each record, by class and identifier."""
        found: dict[type, dict[str, str]] = defaultdict(dict)
        for path in self._ends:
            record = named_by(path)
            if record is not None:
                found[record[0]][record[1]] = path
        return found

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[dict[str, bytes]]]:
        """Pickle the files as a dict."""
        return (dict, (dict(self),))


def pack(files: Mapping[str, bytes], digest: str, derived: Mapping[str, Any]) -> bytes:
    """Return ``files`` as a bundle; the same files give the same bytes."""
    paths = sorted(files)
    sizes = [len(files[path]) for path in paths]
    head = {"version": VERSION, "digest": digest, "paths": "\n".join(paths), "sizes": sizes, "derived": derived}
    body = b"".join(files[path] for path in paths)
    return json.dumps(head, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode() + b"\n" + body


def unpack(data: bytes) -> Bundle:
    """Return the bundle in ``data``; raise ValueError for bytes that are none, or of another version."""
    end = data.find(b"\n")
    head = json.loads(data[: max(end, 0)])
    if head["version"] != VERSION:
        raise ValueError(f"a bundle of version {head['version']}, where {VERSION} is read")
    sizes = head["sizes"]
    ends = dict(zip(head["paths"].split("\n"), zip(sizes, accumulate(sizes), strict=True), strict=True))
    return Bundle(head["digest"], head["derived"], ends, memoryview(data)[end + 1 :])
