"""Feeds the loader with records that chance has damaged, and tells what it did with each.

    python -m tests.knowledge.fuzzing [RAW STRUCTURED]

Run it from the checkout, with the packages of the test group. By default 1,000,000 inputs are damaged byte by byte and
50,000 value by value. Each has to be refused with problems that have a place and a cure, or to be read into a record
that is written and read back equal. Anything else ends the run with the input.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from safetykb.knowledge.loading import parse
from safetykb.knowledge.writing import canonical
from tests.knowledge.trees import base_files

RAW: Final = 1_000_000
STRUCTURED: Final = 50_000
SEED: Final = 20261126
_VERSION: Final = {"knowledge.json": base_files()["knowledge.json"]}
_PIECES: Final = (
    *(b"null", b"true", b"NaN", b"1e999", b"-0", b"0.1", b"{}", b"[]", b'""', b'"\\ud800"', b"\xff", b"\xef\xbb\xbf"),
    *(
        b'"',
        b",",
        b":",
        b"[",
        b"]",
        b"{",
        b"}",
        b"\\",
        b"\x00",
        b"\n",
        b"1" * 40,
        b"[" * 60,
        b"//",
        b"\xf0\x9f\x98\x80",
    ),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 2**53, 1.5, "", "x", " ", "none", "2026-13-45", "a" * 20_001, "\u200b", "e\u0301"),
    *(
        [],
        {},
        [[]],
        [None],
        {"x": 1},
        ["multiple-sclerosis"],
        "multiple-sclerosis",
        "javascript:alert(1)",
        "../x#y",
        "#",
    ),
)


def raw(chance: random.Random, data: bytes) -> bytes:
    """Return a record with a few bytes changed, taken out, put in, doubled or cut off."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(damaged) + 1)
        end = min(len(damaged), start + chance.randint(0, 12))
        kind = chance.randrange(5)
        if kind == 0:
            damaged[start:end] = chance.choice(_PIECES)
        elif kind == 1:
            damaged[start:end] = chance.randbytes(end - start)
        elif kind == 2:
            del damaged[start:end]
        elif kind == 3:
            damaged[start:start] = damaged[start:end]
        elif not chance.randrange(8):
            del damaged[start:]
    return bytes(damaged)


def structured(chance: random.Random, data: bytes) -> bytes:
    """Return a record, still JSON, with values or keys changed, moved, doubled or taken away."""
    value = json.loads(data)
    for _ in range(chance.randint(1, 3)):
        spots = [*_spots(value)]
        if spots:
            _damage(chance, *chance.choice(spots))
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in ``value`` as a list or object and a key in it."""
    entries: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        entries = [*value.items()]
    elif isinstance(value, list):
        entries = [*enumerate(value)]
    for key, inner in entries:
        yield value, key
        yield from _spots(inner)


def _damage(chance: random.Random, holder: Any, key: Any) -> None:
    kind = chance.randrange(5)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[chance.choice((f"{key}s", key.upper(), "id", "withdrawn", ""))] = copy.deepcopy(holder[key])
    elif kind == 1:
        holder.insert(key, copy.deepcopy(holder[key]))
    elif kind == 2:
        holder[key] = [holder[key]]
    elif kind == 3:
        holder[key] = str(holder[key])
    else:
        holder[key] = copy.deepcopy(chance.choice(_VALUES))


def outcomes(files: dict[str, bytes]) -> Counter[str]:
    """Return how many files were refused and how many read; AssertionError where one was neither, as it has to."""
    draft = parse({**_VERSION, **files})
    told: dict[str, Any] = {}
    for problem in draft.problems:
        assert files[problem.file] is not None
        assert problem.message
        assert problem.cure
        str(problem).encode()
        told[problem.file] = None
    read = {node.file: node.value for node in draft.records() if node.file in files and node.file not in told}
    written = {path: canonical(record) for path, record in read.items()}
    again = {node.file: node.value for node in parse({**_VERSION, **written}).records() if node.file in files}
    assert again == read
    assert {path: canonical(record) for path, record in again.items()} == written
    assert len(told) + len(read) == len(files)
    return Counter(refused=len(told), read=len(read))


def run(make: Callable[[random.Random, bytes], bytes], count: int, seed: int = SEED) -> Counter[str]:
    """Feed ``count`` inputs, each record of the sample once in each round, and return what was done with them."""
    chance = random.Random(seed)  # noqa: S311  it has to be the same again
    told: Counter[str] = Counter()
    while (left := count - sum(told.values())) > 0:
        files = {path: make(chance, _FILES[path]) for path in _PATHS[:left]}
        try:
            told += outcomes(files)
        except BaseException as error:
            error.add_note(f"after {sum(told.values())} inputs of seed {seed}: {files}")
            raise
    return told


_FILES: Final = {path: data for path, data in base_files().items() if path != "knowledge.json"}
_PATHS: Final = sorted(_FILES)


def main(raws: int = RAW, structures: int = STRUCTURED) -> None:
    """Run both, and print what was done."""
    for make, count in ((raw, raws), (structured, structures)):
        told = run(make, count)
        line = f"{make.__name__}: {count} inputs, {told['refused']} refused, {told['read']} read and written back equal"
        print(line)  # noqa: T201  it speaks to whoever runs it


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
