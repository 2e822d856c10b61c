"""What is measured inside one process, whose packaged knowledge is the one to be measured.

    python -m tests.speed.inside COMPOUND CONDITION --patients 100000

It prints the rows and the profiles as JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence

import attrs
import cattrs

import safetykb
from safetykb.knowledge.base import KnowledgeBase

from .asking import answering, asked, every_pair, naming
from .populations import screening
from .reading import loading
from .timing import Found, Profile, Row, told


@attrs.frozen(kw_only=True)
class Measured:
    """The rows of one knowledge, and the profiles of those that have one; ``about``: what the knowledge holds."""

    about: str
    rows: tuple[Row, ...]
    profiles: tuple[Profile, ...]


def measure(pair: tuple[str, str], *, patients: int, spark: bool = False) -> Measured:
    """Return the rows of the packaged knowledge; without patients nobody is screened."""
    base = safetykb.knowledge_base()
    question = asked(base, pair)
    stages: dict[str, Callable[[], Found]] = {
        "reading": lambda: loading({**base.files}),
        "names": lambda: naming(question),
        "answers": lambda: answering(question),
        "every pair": lambda: every_pair(question),
    }
    if patients:
        stages["patients"] = lambda: screening(question, patients, spark=spark)
    found = [told(name, stage) for name, stage in stages.items()]
    return Measured(
        about=_about(base, pair),
        rows=tuple(row for some in found for row in some.rows),
        profiles=tuple(profile for some in found for profile in some.missed()),
    )


def _about(base: KnowledgeBase, pair: tuple[str, str]) -> str:
    kinds = ("compounds", "conditions", "considerations", "sources")
    counts = ", ".join(f"{len(getattr(base, kind)):,} {kind}" for kind in kinds)
    size = sum(map(len, base.files.values())) / 1e6
    return (
        f"{counts}; {len(base.files):,} files, {size:.1f} MB. Where one pair is asked for it is {pair[0]} in {pair[1]}."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("compound")
    parser.add_argument("condition")
    parser.add_argument("--patients", type=int, default=0)
    parser.add_argument("--spark", action="store_true")
    given = parser.parse_args(arguments)
    found = measure((given.compound, given.condition), patients=given.patients, spark=given.spark)
    print(json.dumps(cattrs.unstructure(found)))  # noqa: T201  who started it reads this


if __name__ == "__main__":
    main()
