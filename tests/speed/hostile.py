"""How soon, and in how much memory, the packaged knowledge refuses a hostile overlay; run in a process of its own.

    python -m tests.speed.hostile

It prints the name of the slowest overlay, the seconds that refusing it took (the shortest of three times), and the
most megabytes that the whole process ever held.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import safetykb
from safetykb.errors import DataError
from safetykb.knowledge.overlay import POLICY_FILE
from tests.policy.overlays import TODAY
from tests.policy.test_overlay import HOSTILE

from .timing import finding


def refused(root: Path, wheel: Path) -> tuple[str, float, float]:
    """Return what a process prints that runs this module at ``root`` and finds the package at ``wheel``."""
    command = [sys.executable, "-m", "tests.speed.hostile"]
    told = subprocess.run(command, cwd=root, env=finding(wheel), check=True, capture_output=True, text=True).stdout
    name, seconds, megabytes = told.split()
    return name, float(seconds), float(megabytes)


def taken(make: Callable[[Path], None]) -> float:
    """Return how long it takes to refuse the overlay whose policy is what ``make`` makes; raise where it is laid."""
    with TemporaryDirectory() as folder:
        make(Path(folder) / POLICY_FILE)
        start = time.perf_counter()
        try:
            safetykb.knowledge_base().with_overlay(folder, today=TODAY)
        except DataError:
            return time.perf_counter() - start
    raise AssertionError(make.__name__)


def main() -> None:
    """Lay each hostile overlay of the tests over the packaged knowledge, and the slowest of them twice more."""
    safetykb.knowledge_base()
    times = {make: taken(make) for make in HOSTILE}
    slowest = max(times, key=times.__getitem__)
    best = min(times[slowest], taken(slowest), taken(slowest))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(slowest.__name__.strip("_"), best, held)  # noqa: T201  who started it reads this


if __name__ == "__main__":
    main()
