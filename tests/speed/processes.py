"""What a process costs: importing the package, and the way from nothing to the first answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import safetykb
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.bundle import NAME
from safetykb.packing import bundle_of

from .profiles import BY_IMPORT, class_making, imports
from .timing import Found, Peer, Profile, Rival, Row, finding, measured, process

HEAVY: Final = ("attrs", "cattrs", "json")
"""What `import safetykb` never imports."""

IMPORT: Final = "import safetykb"
ATTRS: Final = "import attrs"
CATTRS: Final = "import cattrs"
PLAIN: Final = "import attrs, json, re, enum"
MODULES: Final = "import safetykb.answer.assembly"
PEERS: Final = {
    "pycountry": "import pycountry; pycountry.countries.get(alpha_2='DE')",
    "bioregistry": "import bioregistry; bioregistry.get_resource('chebi')",
}
"""What the peers are asked for in a fresh process."""


def as_installed(folder: Path, knowledge: KnowledgeBase) -> Path:
    """Put the package into ``folder`` as a wheel holds it, with ``knowledge`` in a bundle."""
    copied(folder)
    (folder / "safetykb" / "data" / NAME).write_bytes(bundle_of(knowledge))
    return folder


def as_checkout(folder: Path, knowledge: KnowledgeBase) -> Path:
    """Put the package into ``folder`` as a checkout holds it, with ``knowledge`` as a tree."""
    copied(folder)
    for path, data in knowledge.files.items():
        file = folder / "safetykb" / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def copied(folder: Path) -> None:
    """Put the package into ``folder`` without any knowledge."""
    package = Path(safetykb.__file__).parent
    shutil.copytree(package, folder / "safetykb", ignore=shutil.ignore_patterns("__pycache__", "data"))
    (folder / "safetykb" / "data").mkdir(parents=True)


def heavy_ones(wheel: Path) -> tuple[str, ...]:
    """Return which of ``HEAVY`` `import safetykb` imports."""
    code = f"import sys, safetykb; print(*(name for name in {HEAVY} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], env=finding(wheel), check=True, capture_output=True, text=True)
    return tuple(told.stdout.split())


def importing(wheel: Path) -> Found:
    """Return what importing costs."""
    tasks = [process("pass", wheel), process(IMPORT, wheel)]
    (bare, ours), others = measured(*tasks, peers=[_rival("pycountry", "import pycountry", wheel)])
    what = "`import safetykb`, the whole process"
    row = Row(key="import", what=what, against="bare Python", time=ours, other=bare, most=1.3, peers=others)
    profile = Profile(key="import", how=BY_IMPORT, heaviest=imports(IMPORT, wheel), floor=(("bare Python", bare),))
    return Found(rows=(row,), profiles={"import": lambda: profile})


def _rival(name: str, code: str, path: Path) -> Rival:
    def make() -> object:
        task = process(code, path)
        task()  # its bytecode is written
        return task

    return Rival(name=name, needs=name, make=make)


def question_of(pair: tuple[str, str]) -> str:
    """Return the code that asks for a review of ``pair``."""
    return f"import safetykb; safetykb.review{pair!r}"


def first_review(wheel: Path, checkout: Path, pair: tuple[str, str]) -> Found:
    """Return what the first review of a process costs, a bare process taken off, and where the time goes."""
    code = question_of(pair)
    asked = ("pass", ATTRS, code, MODULES, CATTRS, PLAIN)
    tasks = [*(process(text, wheel) for text in asked), process(code, checkout)]
    for task in tasks:
        task()  # the bytecode is written
    times, others = measured(*tasks, peers=[_rival(name, text, wheel) for name, text in PEERS.items()])
    bare, unit, bundle, modules, cattrs_alone, plain, tree = (
        time - (times[0] if place else 0) for place, time in enumerate(times)
    )
    net = tuple(Peer(name=peer.name, needs=peer.needs, time=peer.time and peer.time - bare) for peer in others)
    what, against = "a process to the first review, net", f"`{ATTRS}`, net"
    rows = (
        Row(key="first", what=f"{what}, from a wheel", against=against, time=bundle, other=unit, most=2, peers=net),
        Row(
            key="modules", what="of it: its modules imported, nothing asked", against=against, time=modules, other=unit
        ),
        Row(key="tree", what=f"{what}, from a checkout", against=against, time=tree, other=unit),
    )

    def profile() -> Profile:
        number, made, structs = class_making()
        return Profile(
            key="first",
            how=BY_IMPORT,
            heaviest=imports(code, wheel),
            floor=(
                ("the modules imported and nothing asked", modules),
                (f"`{CATTRS}`", cattrs_alone),
                (f"`{PLAIN}`", plain),
                (f"attrs making the {number} classes of the package", made),
                (f"msgspec making structs with the same {number} lists of fields", structs),
            ),
        )

    return Found(rows=rows, profiles={"first": profile})
