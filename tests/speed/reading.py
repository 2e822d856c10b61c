"""What it costs to make every record from its bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from safetykb.knowledge.layout import Place, place_of
from safetykb.knowledge.loading import parse
from safetykb.knowledge.tree import digest_of

from .profiles import BY_FUNCTION, heaviest
from .shapes import Readers, by_cattrs, by_msgspec, by_pydantic
from .timing import Found, Profile, Rival, Row, in_turns, measured


def task_of(readers: Readers, files: Mapping[str, bytes]) -> Callable[[], object]:
    """Return a task that reads every file; finding out where each belongs is not part of it."""
    jobs = [(readers.of(_placed(path)), data) for path, data in files.items()]
    return lambda: [read(data) for read, data in jobs]


def _placed(path: str) -> Place:
    place = place_of(path)
    if place is None:
        raise ValueError(f"{path} holds no record")
    return place


def loading(files: Mapping[str, bytes]) -> Found:
    """Return what it costs to make every record of ``files``, against msgspec making structs of the same bytes."""
    peers = [
        Rival(name="pydantic", needs="pydantic", make=lambda: task_of(by_pydantic(), files)),
        Rival(name="cattrs as it comes", needs="cattrs", make=lambda: task_of(by_cattrs(), files)),
    ]
    (ours, theirs), others = measured(lambda: parse(files, checked=True), task_of(by_msgspec(), files), peers=peers)
    row = Row(
        key="load",
        what="every record from its bytes",
        against="msgspec, structs of the same bytes",
        time=ours,
        other=theirs,
        most=5,
        peers=others,
    )
    return Found(rows=(row,), profiles={"load": lambda: _profile(files)})


def _profile(files: Mapping[str, bytes]) -> Profile:
    decoded, plain, digest, places = in_turns(
        lambda: [json.loads(data) for data in files.values()],
        task_of(by_cattrs(), files),
        lambda: digest_of(files),
        lambda: [place_of(path) for path in files],
    )
    return Profile(
        key="load",
        how=BY_FUNCTION,
        heaviest=heaviest(lambda: parse(files, checked=True)),
        floor=(
            ("`json.loads` of the same bytes, no record made", decoded),
            ("the digest of the tree", digest),
            ("telling from each path what its file holds", places),
            ("cattrs as it comes, which makes texts of words and of citations", plain),
        ),
    )
