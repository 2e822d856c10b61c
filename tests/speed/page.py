"""The page of the documentation: a table for each knowledge, and where the time of each missed target goes."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .timing import GROUP, ROUNDS, Peer, Profile, Row, shown

SECONDS: Final = 1
MEGABYTES: Final = 256
TAKES: Final[Mapping[str, str]] = {
    "import": "What is imported beside the package itself would have to go.",
    "first": (
        "The first line of the floor is what the modules take before a byte of knowledge is read: each class of attrs "
        "is written as Python source and compiled when its module is imported. Less takes classes whose methods were "
        "generated when the package was built, and fewer modules on the way to a first review."
    ),
    "load": (
        "`json.loads`, the first line of the floor, makes dicts of Python where msgspec fills structs: what lies "
        "between it and the target is all that is left for making the records and everything else. More takes another "
        "decoder than that of the standard library, which is a dependency more."
    ),
    "name": "The names that were asked for would have to be kept where one lookup finds them.",
    "again": "The key of an answer that is kept would have to be made of less than the whole question.",
    "claims": (
        "The answer names each claim, so that a lookup for each is the floor; where a pair has more claims than the "
        "target has lookups, only an answer that is not yet a list (the bit set, in the row of yes or no) meets it."
    ),
    "pair": "The AND of two numbers of as many bits as there are claims is most of it; fewer bits take fewer claims.",
    "every": (
        "Each pair costs one AND and one step of a loop of Python; less takes the numbers of many pairs in one array, "
        "or claims of which fewer have to be looked at by the loop over objects that it is compared with."
    ),
    "screen": (
        "The floor tells how much of it closes the knowledge into tables, anew for the names of each population; that "
        "grows with the medicines and conditions that are named, and not with the patients. Less takes tables that are "
        "kept, or made of fewer medicines with fewer others."
    ),
    "growth": "The parts in which the patients are answered for would have to be larger.",
}
"""For each row that may miss its target what it would take to meet it."""


@attrs.frozen(kw_only=True)
class Part:
    """One knowledge: its heading, what it holds, and what was measured of it."""

    heading: str
    about: str
    rows: Sequence[Row]
    profiles: Sequence[Profile]


@attrs.frozen(kw_only=True)
class Promises:
    """What is promised in other units than ratios.

    ``heavy``: what importing the package imported and should not have. ``hostile``: the slowest hostile overlay, the
    seconds until it was refused, and the megabytes that its process held at most.
    """

    heavy: Sequence[str]
    hostile: tuple[str, float, float]


def page(parts: Sequence[Part], promises: Promises, *, taken: float) -> str:
    """Return the page; ``taken``: how many seconds it took to measure."""
    lines = [*_head(taken), *_promises(promises)]
    for part in parts:
        lines += [f"## {part.heading}", "", part.about, "", *_table(part.rows), "", *_unmeasured(part.rows)]
    lines += _missed(parts)
    return "\n".join(lines).rstrip() + "\n"


def _head(taken: float) -> Iterator[str]:
    yield from (
        "# How fast it is",
        "",
        (
            f"Written by `python tests/speed/measure.py` in {taken / 60:.1f} minutes on {os.cpu_count()} cores, with "
            f"Python {platform.python_version()}. A time is the shortest of {ROUNDS} rounds in which everything in its "
            "row was run in turns (a population: of one, the bare join: of three), so that a busy machine slows all of "
            "it, and no cycles were collected, as timeit has it; the times belong to one machine, the ratios are what "
            "is promised. A peer's figure is its time by that of the same thing that ours is measured against."
        ),
        "",
        (
            "The packaged knowledge is measured as a wheel holds it, and beside it a made-up one of the size that the "
            "targets were set for: 500 compounds, 100 conditions and 5,000 claims of the same shapes, "
            "`tests/speed/synthetic.py`. How time and memory grow with the number of patients, to ten million of them, "
            "is told in [another page](performance-growth.md)."
        ),
        "",
    )


def _promises(promises: Promises) -> Iterator[str]:
    imported = ", ".join(promises.heavy) or "neither attrs nor cattrs nor json"
    name, seconds, held = promises.hostile
    rows = (
        ("`import safetykb` imports neither attrs nor cattrs nor json", imported, not promises.heavy),
        (f"a hostile overlay (the slowest: {name}) is refused in at most 1 s", shown(seconds), seconds <= SECONDS),
        ("by a process that holds at most 256 MB", f"{held:.0f} MB", held <= MEGABYTES),
    )
    yield from ("| promised | measured | |", "| --- | --- | --- |")
    yield from (f"| {what} | {found} | {'met' if met else '**missed**'} |" for what, found, met in rows)
    yield ""


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| what | time | against | time | ratio | target | | peers |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        target = "-" if row.most is None else f"<= {_number(row.most)}"
        verdict = "" if row.most is None else "**missed**" if row.missed else "met"
        peers = "; ".join(
            f"{peer.name} {_number(peer.time / row.other)}" for peer in row.peers if peer.time is not None
        )
        cells = (row.what, shown(row.time), row.against, shown(row.other), _number(row.ratio), target, verdict, peers)
        yield f"| {' | '.join(cells)} |"


def _number(ratio: float) -> str:
    """Return a ratio as it reads best: a small one as a part of one."""
    if ratio < 1 / 10:
        return f"1/{1 / ratio:,.0f}"
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _unmeasured(rows: Sequence[Row]) -> Iterator[str]:
    missing = {peer.name: peer for row in rows for peer in row.peers if peer.time is None}
    if missing:
        yield f"Not measured, because they are not installed: {', '.join(map(_needed, missing.values()))}. {how_to()}"
        yield ""


def _needed(peer: Peer) -> str:
    return peer.name if peer.name == peer.needs else f"{peer.name} ({peer.needs})"


def how_to() -> str:
    """Return how the peers are installed."""
    return f"They are in the group `{GROUP}` of pyproject.toml: `pip install --group {GROUP}`."


def _missed(parts: Sequence[Part]) -> Iterator[str]:
    if any(row.missed for part in parts for row in part.rows):
        yield from ("## Where the time of each missed target goes", "")
    for part in parts:
        profiles = {profile.key: profile for profile in part.profiles}
        for row in part.rows:
            if row.missed:
                yield from _section(part, row, profiles[row.key])


def _section(part: Part, row: Row, profile: Profile) -> Iterator[str]:
    yield f"### {part.heading}: {row.what}"
    yield ""
    yield f"{_number(row.ratio)} of {row.against}; the target is {_number(row.most or 0)}. {TAKES[row.key]}"
    yield ""
    if profile.heaviest:
        yield f"| {profile.how} | share |"
        yield "| --- | --- |"
        yield from (f"| {_code(name)} | {share:.1%} |" for name, share in profile.heaviest)
        yield ""
    yield "| the floor | time | ratio |"
    yield "| --- | --- | --- |"
    yield from (f"| {what} | {shown(time)} | {_number(time / row.other)} |" for what, time in profile.floor)
    yield ""


def _code(name: str) -> str:
    return f"`{name}`".replace("|", "\\|")
