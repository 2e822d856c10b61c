"""Rewriting the records of a tree in their canonical bytes."""

from __future__ import annotations

import os
from pathlib import Path

from safetykb.knowledge.conversion import make_converter
from safetykb.knowledge.layout import badly_named, place_of
from safetykb.knowledge.loading import structure
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.knowledge.tree import directory_files
from safetykb.knowledge.writing import canonical


def mend(directory: str | os.PathLike[str]) -> tuple[str, ...]:
    """Rewrite each record under ``directory`` that is not canonical, and return their paths.

    A record that cannot be read is left as it is: no fact is changed, added or lost. Raises NotADirectoryError.
    """
    converter = make_converter()
    mended = []
    files, _ = directory_files(directory)
    for path, data in files.items():
        place = place_of(path)
        if place is None or [*badly_named(place)]:
            continue
        try:
            value = decode(data)
        except BadJSON:
            continue
        record, problems = structure(value, place, converter)
        if not problems and (written := canonical(record)) != data:
            Path(directory, path).write_bytes(written)
            mended.append(path)
    return tuple(mended)
