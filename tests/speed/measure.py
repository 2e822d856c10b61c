"""Measures how fast loading and answering are, as ratios, and writes the page of the documentation.

    python tests/speed/measure.py

Run it with the packages of the test group. Each ratio is of two minima, taken in turns in one run, so that a busy
machine slows both. What is measured is the packaged knowledge of this very checkout.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import msgspec

import safetykb
from safetykb.knowledge.bundle import NAME
from safetykb.knowledge.conversion import RENAMED
from safetykb.knowledge.layout import place_of
from safetykb.knowledge.loading import parse
from safetykb.knowledge.tree import packaged_files
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import Choice, EvidenceLevel, Scale
from safetykb.packing import bundle_of
from safetykb.reasoning.matching import matches
from safetykb.reasoning.situation import Situation

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "performance.md"
ROUNDS: Final = 11
PAIR: Final = ("ketamine", "multiple sclerosis")


@attrs.frozen
class Row:
    """One measured ratio: what against what, the two times in seconds, and the most that it should be."""

    what: str
    against: str
    target: str
    times: tuple[float, float]

    @property
    def ratio(self) -> float:
        """How many times as long the first takes."""
        return self.times[0] / self.times[1]


def in_turns(*tasks: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the shortest time of each task, all of them run in turns."""
    best = [float("inf")] * len(tasks)
    for _ in range(rounds):
        for number, task in enumerate(tasks):
            start = time.perf_counter()
            task()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def many(task: Callable[[], object], times: int = 5_000) -> Callable[[], None]:
    """Return a task that runs ``task`` so often that the clock can tell."""

    def run() -> None:
        for _ in range(times):
            task()

    return run


def process(code: str, path: Path = Path(safetykb.__file__).parents[1]) -> Callable[[], None]:
    """Return a task that runs ``code`` in a fresh interpreter, which finds the package at ``path``."""
    environment = {**os.environ, "PYTHONPATH": str(path)}

    def run() -> None:
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.DEVNULL)

    return run


def as_installed(folder: Path) -> Path:
    """Put the package into ``folder`` as a wheel holds it, with the bundle in the place of the tree."""
    package = Path(safetykb.__file__).parent
    shutil.copytree(package, folder / "safetykb", ignore=shutil.ignore_patterns("__pycache__", "data"))
    (folder / "safetykb" / "data").mkdir()
    (folder / "safetykb" / "data" / NAME).write_bytes(bundle_of(safetykb.knowledge_base()))
    return folder


def processes() -> list[Row]:
    """Return what importing costs, and the way from nothing to the first answer."""
    modules, question = "import safetykb.answer.assembly", f"import safetykb; safetykb.review{PAIR!r}"
    with tempfile.TemporaryDirectory() as folder:
        wheel = as_installed(Path(folder))
        tasks = [process("pass"), process("import attrs"), process("import safetykb"), process(question)]
        tasks += [process(question, wheel), process(modules, wheel)]
        for task in tasks:
            task()  # the bytecode is written
        bare, peer, imported, tree, bundle, loaded = in_turns(*tasks)
    net = "`import attrs`, net"
    return [
        Row("`import safetykb`, the whole process", "bare Python", "<= 1.3", (imported, bare)),
        Row("a process to the first review, from a wheel, net", net, "<= 2.0", (bundle - bare, peer - bare)),
        Row("of it: importing the modules, net", net, "-", (loaded - bare, peer - bare)),
        Row("a process to the first review, from a checkout, net", net, "-", (tree - bare, peer - bare)),
    ]


def loading() -> list[Row]:
    """Return what it costs to make every packaged record, against msgspec making structs of the same bytes."""
    files = packaged_files()
    structs = Structs()
    jobs = [(structs.decoder(place_of(path)), data) for path, data in files.items()]
    ours, theirs = in_turns(
        lambda: parse(files, checked=True), lambda: [decoder.decode(data) for decoder, data in jobs]
    )
    return [Row("every record from its bytes", "msgspec, structs of the same bytes", "<= 5", (ours, theirs))]


class Structs:
    """Structs of msgspec that hold what the classes of the model hold, made from their annotations."""

    def __init__(self) -> None:
        self._made: dict[type, Any] = {}
        self._decoders: dict[Any, msgspec.json.Decoder[Any]] = {}

    def decoder(self, place: Any) -> msgspec.json.Decoder[Any]:
        """Return the decoder of the records at ``place``; what the path tells does not stand in the bytes."""
        key = (place.cls, *sorted(place.fields))
        if key not in self._decoders:
            self._decoders[key] = msgspec.json.Decoder(self.struct(place.cls, frozenset(place.fields)))
        return self._decoders[key]

    def struct(self, cls: type, told: frozenset[str] = frozenset()) -> Any:
        """Return the struct of ``cls`` without the fields that are ``told``."""
        key = typing.cast("type", (cls, told))
        if key not in self._made:
            hints = typing.get_type_hints(cls)
            fields = [
                (field.name, self.of(hints[field.name], field.name), *(() if required(field) else (field.default,)))
                for field in attrs.fields(cls)
                if field.init and field.name not in told
            ]
            rename: Mapping[str, str] | None = RENAMED if cls is Source else None
            self._made[key] = msgspec.defstruct(cls.__name__, fields, frozen=True, kw_only=True, rename=rename)
        return self._made[key]

    def of(self, kind: Any, name: str = "") -> Any:
        """Return the type that stands for ``kind``: texts for words and citations, structs for records."""
        if name == "issued":
            return dict[str, list[list[int]]]
        arguments = typing.get_args(kind)
        if typing.get_origin(kind) is tuple:
            return tuple[self.of(arguments[0]), ...]  # type: ignore[misc]
        if typing.get_origin(kind) in (types.UnionType, typing.Union):
            return typing.Union[tuple(map(self.of, arguments))]  # noqa: UP007  made while it runs
        if kind is Citation or (isinstance(kind, type) and issubclass(kind, (Choice, Scale, EvidenceLevel))):
            return str
        return self.struct(kind) if attrs.has(kind) else kind


def required(field: attrs.Attribute[Any]) -> bool:
    """Tell whether a field has no default."""
    return field.default is attrs.NOTHING


def answering() -> list[Row]:
    """Return what a name, an answer and the matching alone cost, against one lookup in a dict."""
    base = safetykb.knowledge_base()
    known = {compound: compound for compound in base.compounds}

    def lookup(name: str) -> str:
        return known[name]

    def match() -> list[object]:
        condition = safetykb.condition(PAIR[1])
        return list(matches(Situation(knowledge=base, compound=base.compounds[PAIR[0]], condition=condition)))

    def anew() -> object:
        return safetykb.review(*PAIR, knowledge=base)

    anew()
    few = 50
    named, again, plain = in_turns(
        many(lambda: safetykb.compound(PAIR[0])),
        many(lambda: safetykb.review(*PAIR)),
        many(lambda: lookup(PAIR[0])),
    )
    matched, answered = in_turns(many(match, few), many(anew, few))
    one = plain / 5_000
    against = "a function that looks a key up in a dict"
    return [
        Row("a name to its compound", against, "<= 5", (named / 5_000, one)),
        Row("a review that was asked before", against, "<= 4", (again / 5_000, one)),
        Row("the matching of a pair, with its paths", against, "<= 60, without paths", (matched / few, one)),
        Row("a whole review, asked anew", against, "-", (answered / few, one)),
    ]


def pairs() -> tuple[int, float]:
    """Return how many pairs there are, and how long it takes to answer them all."""
    base = safetykb.knowledge_base()
    start = time.perf_counter()
    for condition in base.conditions:
        for compound in base.compounds:
            safetykb.review(compound, condition, knowledge=base)
    return len(base.conditions) * len(base.compounds), time.perf_counter() - start


def shown(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def page(rows: list[Row], count: int, taken: float) -> str:
    """Return the page of the documentation."""
    base = safetykb.knowledge_base()
    size = sum(map(len, base.files.values()))
    table = ["| what | time | against | time | ratio | target |", "| --- | --- | --- | --- | --- | --- |"]
    table += [
        f"| {row.what} | {shown(row.times[0])} | {row.against} | {shown(row.times[1])} "
        f"| {row.ratio:.3g} | {row.target} |"
        for row in rows
    ]
    lines = [
        "# How fast it is",
        "",
        (
            "Written by `tests/speed/measure.py`, which anybody can run again. Ratios are of the shortest of "
            f"{ROUNDS} times, taken in turns; the times themselves belong to one machine."
        ),
        "",
        (
            f"Knowledge {base.version}: {len(base.compounds)} compounds, {len(base.conditions)} conditions, "
            f"{len(base.considerations)} considerations, {len(base.files)} files, {size / 1e6:.1f} MB. "
            f"Python {platform.python_version()}, {os.cpu_count()} cores."
        ),
        "",
        *table,
        "",
        f"All {count} pairs were answered in {taken:.1f} s, {taken / count * 1e3:.1f} ms each.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write the page."""
    rows = [*processes(), *loading(), *answering()]
    text = page(rows, *pairs())
    PAGE.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201  it speaks to whoever runs it


if __name__ == "__main__":
    main()
