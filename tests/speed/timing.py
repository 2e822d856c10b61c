"""Ratios of times that were taken in turns, and the rows that hold them."""

from __future__ import annotations

import gc
import importlib.util
import os
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

T = TypeVar("T")
ROUNDS: Final = int(os.environ.get("SPEED_ROUNDS", "11"))
"""How often everything is run; fewer only to try the benchmark itself."""

GROUP: Final = "speed"
"""The dependency group of pyproject.toml that holds the peers."""


@attrs.frozen(kw_only=True)
class Peer:
    """What else was measured in the same turns; ``time`` in seconds, None when ``needs`` is not installed."""

    name: str
    time: float | None
    needs: str = ""


@attrs.frozen(kw_only=True)
class Row:
    """One measured ratio: ``time`` against ``other``, in seconds, and the most that it should be.

    ``key`` tells which profile belongs to it; the peers are compared with ``other`` too.
    """

    key: str
    what: str
    against: str
    time: float
    other: float
    most: float | None = None
    peers: tuple[Peer, ...] = ()

    @property
    def ratio(self) -> float:
        """How many times as long the first takes."""
        return self.time / self.other

    @property
    def missed(self) -> bool:
        """Whether there is a target and it is not met."""
        return self.most is not None and self.ratio > self.most


@attrs.frozen(kw_only=True)
class Profile:
    """Where the time of a row goes: its heaviest parts with their shares, and what its floor was measured to be.

    ``floor``: of each part that cannot be left out what it is and how long it takes, in seconds.
    """

    key: str
    how: str
    heaviest: tuple[tuple[str, float], ...]
    floor: tuple[tuple[str, float], ...]


@attrs.frozen(kw_only=True)
class Found:
    """Rows, and by their keys what makes the profile of one."""

    rows: tuple[Row, ...]
    profiles: Mapping[str, Callable[[], Profile]] = {}

    def missed(self) -> tuple[Profile, ...]:
        """Return the profiles of the rows that miss their target."""
        keys = [row.key for row in self.rows if row.missed]
        return tuple(self.profiles[key]() for key in keys if key in self.profiles)


def in_turns(*tasks: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the shortest time of each task, all of them run in turns.

    As ``timeit`` has it, no cycles are collected meanwhile: what a collection costs depends on everything else that the
    process holds, and whom it hits is chance.
    """
    best = [float("inf")] * len(tasks)
    collected = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for number, task in enumerate(tasks):
                start = time.perf_counter()
                task()
                best[number] = min(best[number], time.perf_counter() - start)
    finally:
        if collected:
            gc.enable()
    return best


def statement(names: Mapping[str, Any], text: str) -> tuple[Callable[[], object], int]:
    """Return a task that runs ``text`` in the loop of ``timeit``, and how often: some ten milliseconds long."""
    timer = timeit.Timer(text, globals={**names})
    once = max(min(timer.repeat(3, 10)) / 10, 1e-8)
    number = min(max(1, int(0.01 / once)), 200_000)
    return lambda: timer.timeit(number), number


def finding(path: Path) -> dict[str, str]:
    """Return the environment of a process that finds the package at ``path`` and is measured by nobody else."""
    left = ("COV", "PYTHONDONTWRITEBYTECODE")  # a wheel's bytecode is written when it is installed
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    return {**kept, "PYTHONPATH": os.fspath(path)}


def process(code: str, path: Path) -> Callable[[], None]:
    """Return a task that runs ``code`` in a fresh interpreter, which finds the package at ``path``."""
    command, environment = [sys.executable, "-c", code], finding(path)

    def run() -> None:
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return run


def installed(name: str) -> bool:
    """Tell whether the package ``name`` can be imported."""
    return importlib.util.find_spec(name) is not None


@attrs.frozen(kw_only=True)
class Rival:
    """A peer to be measured: the package that it needs, and what makes its task or its statement and names."""

    name: str
    needs: str
    make: Callable[[], Any]


def measured(
    *tasks: Callable[[], object], peers: Sequence[Rival] = (), rounds: int = ROUNDS
) -> tuple[list[float], tuple[Peer, ...]]:
    """Return the shortest times of ``tasks`` and of each peer, in turns.

    A peer whose package is missing has no time: it is not measured, and never guessed.
    """
    found = {peer.name: peer.make() for peer in peers if installed(peer.needs)}
    times = in_turns(*tasks, *found.values(), rounds=rounds)
    theirs = dict(zip(found, times[len(tasks) :], strict=True))
    return times[: len(tasks)], tuple(
        Peer(name=peer.name, time=theirs.get(peer.name), needs=peer.needs) for peer in peers
    )


def looped(names: Mapping[str, Any], *texts: str, peers: Sequence[Rival] = ()) -> tuple[list[float], tuple[Peer, ...]]:
    """Return the shortest times of one run of each statement and peer; a peer makes its names and its statement."""
    ours = [statement(names, text) for text in texts]
    theirs = {peer.name: statement(*peer.make()) for peer in peers if installed(peer.needs)}
    numbers = [number for _, number in (*ours, *theirs.values())]
    times = in_turns(*(task for task, _ in (*ours, *theirs.values())))
    each = [best / number for best, number in zip(times, numbers, strict=True)]
    known = dict(zip(theirs, each[len(ours) :], strict=True))
    return each[: len(ours)], tuple(Peer(name=peer.name, time=known.get(peer.name), needs=peer.needs) for peer in peers)


def told(name: str, stage: Callable[[], T]) -> T:
    """Return what ``stage`` returns; whoever waits is told how long it took."""
    start = time.perf_counter()
    found = stage()
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)  # noqa: T201
    return found


def shown(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
