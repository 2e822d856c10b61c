"""The packaged records in one file, each found by its place in it and made when it is asked for.

The file is made when the package is built, from a tree that passed every check. Its first line is a JSON object: the
``version`` of this layout, the ``digest`` of the tree, ``records`` (the offset and length of each file of the tree),
and ``derived`` (what was worked out from all records at once). The bytes of the files follow.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from safetykb.knowledge.layout import Place, place_of

NAME: Final = "knowledge.bundle"
"""The name of the file, beside what is left of the tree."""

VERSION: Final = 1


@attrs.frozen(eq=False, repr=False)
class Bundle(Mapping[str, bytes]):
    """The files of a tree by path, as a bundle holds them."""

    digest: str
    derived: Mapping[str, Any]
    _places: Mapping[str, list[int]]
    _body: memoryview

    def __getitem__(self, path: str) -> bytes:
        """Return the bytes of the file at ``path``."""
        start, length = self._places[path]
        return bytes(self._body[start : start + length])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._places)

    def paths(self) -> dict[type, dict[str, str]]:
        """Return the path of each record, by class and identifier."""
        found: dict[type, dict[str, str]] = defaultdict(dict)
        for path in self._places:
            place = place_of(path)
            if place is not None:
                found[place.cls][_id(place)] = path
        return found

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[dict[str, bytes]]]:
        """Pickle the files as a dict."""
        return (dict, (dict(self),))


def _id(place: Place) -> str:
    fields = place.fields
    return fields.get("id") or (f"{fields['entity']}/has/{fields['term']}" if fields else "")


def pack(files: Mapping[str, bytes], digest: str, derived: Mapping[str, Any]) -> bytes:
    """Return ``files`` as a bundle; the same files give the same bytes."""
    places, start = {}, 0
    for path, data in sorted(files.items()):
        places[path] = [start, len(data)]
        start += len(data)
    head = {"version": VERSION, "digest": digest, "records": places, "derived": derived}
    body = b"".join(data for _, data in sorted(files.items()))
    return json.dumps(head, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode() + b"\n" + body


def unpack(data: bytes) -> Bundle:
    """Return the bundle in ``data``; raise ValueError for bytes that are none, or of another version."""
    end = data.find(b"\n")
    head = json.loads(data[: max(end, 0)])
    if head["version"] != VERSION:
        raise ValueError(f"a bundle of version {head['version']}, where {VERSION} is read")
    return Bundle(head["digest"], head["derived"], head["records"], memoryview(data)[end + 1 :])
