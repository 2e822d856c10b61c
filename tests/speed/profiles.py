"""Where time goes: what is heaviest in a task, and what importing costs."""

from __future__ import annotations

import cProfile
import pstats
import subprocess
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs
import msgspec

from .timing import finding, in_turns

HEAVIEST: Final = 10
BY_FUNCTION: Final = "cProfile, functions by the time of their own"
BY_IMPORT: Final = "`-X importtime`, packages by the time of their own, those of this package module by module"


def heaviest(task: Callable[[], object], times: int = 1) -> tuple[tuple[str, float], ...]:
    """Return the ten functions in which ``task`` spends most time of their own, each with its share of the whole."""
    profile = cProfile.Profile(time.process_time)  # what others do on this machine is not counted
    profile.enable()
    for _ in range(times):
        task()
    profile.disable()
    stats = pstats.Stats(profile)
    own: dict[str, float] = defaultdict(float)
    for (file, _, name), (_, _, seconds, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        own[f"{_home(file)}{name}"] += seconds
    return _shares(own, stats.total_tt)  # type: ignore[attr-defined]


def _home(file: str) -> str:
    """Return the module of a file, as far as it tells; code that was made while it ran has none."""
    if file == "~" or file.startswith("<"):
        return ""
    parts = Path(file).with_suffix("").parts
    names = parts[parts.index("safetykb") :] if "safetykb" in parts else parts[-2:]
    return ".".join(names) + ": "


def _shares(own: dict[str, float], whole: float) -> tuple[tuple[str, float], ...]:
    ordered = sorted(own.items(), key=lambda item: (-item[1], item[0]))[:HEAVIEST]
    return tuple((name, seconds / whole) for name, seconds in ordered)


def imports(code: str, path: Path, *, rounds: int = 5) -> tuple[tuple[str, float], ...]:
    """Return the ten packages whose modules take longest to import in a process that runs ``code``, with their shares.

    The share is of everything that is imported after the interpreter has begun, the modules of a package together;
    those of this package stand one by one. Of each module the shortest time of several processes counts.
    """
    found = [_import_times(code, path) for _ in range(rounds)]
    own: dict[str, float] = defaultdict(float)
    for module in found[0]:
        shortest = min(times.get(module, float("inf")) for times in found)
        own[module if module.startswith("safetykb") else module.partition(".")[0]] += shortest
    return _shares(own, sum(own.values()))


def _import_times(code: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-X", "importtime", "-c", f"import sys; sys.stderr.write('begun\\n'); {code}"]
    told = subprocess.run(command, env=finding(path), check=True, capture_output=True, text=True).stderr
    lines = (line.removeprefix("import time:").split("|") for line in told.partition("begun\n")[2].splitlines())
    return {name.strip(): float(seconds) for seconds, _, name in lines}


def class_making() -> tuple[int, float, float]:
    """Return how many attrs classes the package has, and how long attrs and msgspec take to make as many like them."""
    classes = [
        value
        for name, module in [*sys.modules.items()]
        if name.startswith("safetykb") and isinstance(module, types.ModuleType)
        for value in vars(module).values()
        if isinstance(value, type) and attrs.has(value) and value.__module__ == name
    ]
    fields = [[field.name for field in attrs.fields(cls)] for cls in classes]

    def by_attrs() -> None:
        for names in fields:
            attrs.make_class("Made", {name: attrs.field(default=None) for name in names}, frozen=True, kw_only=True)

    def by_msgspec() -> None:
        for names in fields:
            told = [(name.lstrip("_"), object, None) for name in names]
            msgspec.defstruct("Made", told, frozen=True, kw_only=True)

    ours, theirs = in_turns(by_attrs, by_msgspec, rounds=5)
    return len(classes), ours, theirs
