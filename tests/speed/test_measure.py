"""What is measured against does the same work, and the page tells each ratio, each miss and what was not measured."""

from __future__ import annotations

import gc
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from safetykb import KnowledgeBase, knowledge_base
from safetykb.knowledge import making
from safetykb.knowledge.layout import place_of
from safetykb.knowledge.tree import packaged_files
from safetykb.model.evidence import Source
from safetykb.reasoning.index import claim_index
from tests.screening.people import drawn

from .asking import _polars_pairs, _sqlite_pair, asked, lacks, listed, reaches
from .objects import objects_of
from .page import TAKES, Part, Promises, page
from .populations import by_bits, by_duckdb, by_polars, frames_of, pairs_of
from .processes import as_installed, heavy_ones
from .profiles import class_making, heaviest, imports
from .running import PEERS, ROOT, Subject, within
from .shapes import Readers, by_cattrs, by_msgspec, by_pydantic
from .synthetic import SMALL, Sizes, knowledge
from .timing import GROUP, Found, Peer, Profile, Rival, Row, in_turns, looped, measured, shown

RENAMED = {key: name for name, key in making.RENAMED.items()}
FEW_CLAIMS = Sizes(compounds=40, conditions=8, claims=20, classes=12, effects=24, enzymes=12, states=20)


@pytest.fixture(scope="module")
def sparse() -> KnowledgeBase:
    """A made-up knowledge in which no claim reaches some of the pairs."""
    return knowledge(FEW_CLAIMS, seed=12)


@pytest.mark.parametrize("make", [by_msgspec, by_pydantic, by_cattrs])
def test_peers_hold_every_packaged_record(make: Callable[[], Readers]):
    """What msgspec, pydantic and cattrs make takes every packaged file, so that all of them read the same bytes."""
    readers = make()
    for path, data in packaged_files().items():
        place = place_of(path)
        assert place is not None
        record = readers.of(place)(data)
        for key, value in json.loads(data).items():
            name = RENAMED.get(key, key) if place.cls is Source else key
            if isinstance(value, str):
                assert getattr(record, name) == value


def test_tasks_are_timed_in_turns():
    """Every task is run as often as was asked, in turns and without collecting; its shortest time is given."""
    order: list[int] = []
    times = in_turns(lambda: order.append(0), lambda: order.append(gc.isenabled() + 1), rounds=3)
    assert order == [0, 1, 0, 1, 0, 1]
    assert gc.isenabled()
    assert all(time > 0 for time in times)


def test_a_peer_that_is_missing_is_named_and_not_measured():
    """A peer whose package is not installed has no time, and the others are measured all the same."""

    def unheard() -> None:
        raise AssertionError

    peers = [
        Rival(name="nobody", needs="no_such_package", make=unheard),
        Rival(name="sum", needs="builtins", make=lambda: lambda: sum(range(1000))),
    ]
    times, (missing, known) = measured(lambda: sum(range(10)), peers=peers, rounds=3)
    assert missing == Peer(name="nobody", time=None, needs="no_such_package")
    assert known.time is not None
    assert known.time > times[0]
    _, (missing,) = looped({}, "1 + 1", peers=peers[:1])
    assert missing.time is None


def test_the_peers_are_in_their_group():
    """Each peer is asked for by the dependency group that the page names, or by the group that it includes."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    told = [item for name in (GROUP, "test") for item in groups[name] if isinstance(item, str)]
    assert {"include-group": "test"} in groups[GROUP]
    assert {name for name in PEERS if not any(item.startswith(name) for item in told)} == set()


def test_the_loop_over_objects_gives_the_answers_of_the_bit_sets(sparse: KnowledgeBase):
    """The loop over objects, the bit sets, sqlite and polars tell the same of each pair, and so does the rule."""
    index, objects = claim_index(sparse), objects_of(sparse)
    stood, ruled = [*reaches(index, sparse)], [*lacks(index, sparse)]
    pairs = [(compound, condition) for compound in sparse.compounds for condition in sparse.conditions]
    yes = [pair for pair in pairs if index.pair(*pair)]
    assert 0 < len(yes) < len(pairs)
    for pair in pairs:
        assert tuple(objects.reached(*pair)) == index.pair(*pair)
        assert {*listed(sparse, *pair)} <= {*index.pair(*pair)}
    for pair in (yes[0], next(pair for pair in pairs if pair not in yes and index.compounds[pair[0]])):
        names, text = _sqlite_pair(stood, ruled, pair)
        assert eval(text, names) == (int(pair in yes),)  # noqa: S307  a text of our own
    assert _polars_pairs(stood, ruled, [*sparse.conditions])() == len(yes)


def test_the_bare_join_counts_what_the_loop_counts():
    """DuckDB, polars and the bit sets count as many claims that reach a population as the loop over objects."""
    base = knowledge(SMALL)
    index, objects = claim_index(base), objects_of(base)
    pairs = [*pairs_of(base, drawn(base, 40, seed=6))]
    assert len(pairs) > 40
    looped_over = sum(len(objects.reached(*pair)) for _, *pair in pairs)
    frames = frames_of(index, base, pairs)
    assert sum(by_duckdb(frames)().column(1).to_pylist()) == looped_over
    assert by_polars(frames)()["len"].sum() == looped_over
    assert by_bits(index, pairs)() == looped_over


def test_profiles_tell_shares():
    """A profile names at most ten functions with their shares of the whole, the heaviest first."""

    def heavy() -> int:
        return sum(number * number for number in range(100_000))

    told = heaviest(heavy)
    assert any(name.endswith("<genexpr>") for name, _ in told)
    assert [share for _, share in told] == sorted((share for _, share in told), reverse=True)
    assert sum(share for _, share in told) <= 1 + 1e-9
    number, ours, theirs = class_making()
    assert number > 50
    assert ours > 0
    assert theirs > 0


def test_a_small_knowledge_is_measured_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that finds a small knowledge in a wheel measures each row of it."""
    monkeypatch.setenv("SPEED_ROUNDS", "2")
    subject = Subject(
        heading="small",
        knowledge=knowledge(SMALL),
        pair=("invented compound 0000", "invented condition 0001"),
        patients=0,
    )
    wheel = as_installed(tmp_path, subject.knowledge)
    found = within(wheel, subject, spark=False)
    assert found.about.startswith("12 compounds, 6 conditions, 120 considerations")
    keys = ["load", "name", "again", "claims", "paths", "anew", "pair", "every"]
    assert [row.key for row in found.rows] == keys
    assert all(row.time > 0 and row.other > 0 for row in found.rows)
    assert {profile.key for profile in found.profiles} == {row.key for row in found.rows if row.missed}
    assert heavy_ones(wheel) == ()
    assert "safetykb" in dict(imports("import safetykb", wheel, rounds=1))


KEPT = Promises(heavy=(), hostile=("deep", 0.5, 90.0))
BROKEN = Promises(heavy=("json",), hostile=("deep", 1.5, 300.0))


def test_the_page_tells_a_promise_that_is_broken():
    """A promise that is not kept stands with what was measured, as missed."""
    text = page([], BROKEN, taken=60)
    assert "imports neither attrs nor cattrs nor json | json | **missed** |" in text
    assert "| 1.5 s | **missed** |" in text
    assert "| 300 MB | **missed** |" in text


def _row(time: float, most: float | None, *peers: Peer) -> Row:
    return Row(key="load", what="this", against="that", time=time, other=2e-6, most=most, peers=peers)


def test_the_page_tells_each_ratio():
    """The page has a row for each ratio with its target, whether it is met, and the peers in the same unit."""
    rows = [_row(3e-6, 2, Peer(name="sqlite", time=4e-6)), _row(1e-9, None)]
    text = page([Part(heading="Small", about="Two compounds.", rows=rows, profiles=[])], KEPT, taken=60)
    assert "| this | 3 µs | that | 2 µs | 1.5 | <= 2 | met | sqlite 2 |" in text
    assert "| this | 1 ns | that | 2 µs | 1/2,000 | - |  |  |" in text
    assert "imports neither attrs nor cattrs nor json | neither attrs nor cattrs nor json | met |" in text
    assert "(the slowest: deep) is refused in at most 1 s | 500 ms | met |" in text
    assert "| by a process that holds at most 256 MB | 90 MB | met |" in text
    assert "**missed**" not in text
    assert "Where the time of each missed target goes" not in text


def test_the_page_tells_what_was_not_measured():
    """A peer without a time has no figure: it is named, with what it needs and how that is installed."""
    rows = [_row(3e-6, 2, Peer(name="rdflib", time=None, needs="rdflib"), Peer(name="the join", time=None, needs="x"))]
    text = page([Part(heading="Small", about="Two.", rows=rows, profiles=[])], BROKEN, taken=60)
    assert "Not measured, because they are not installed: rdflib, the join (x)." in text
    assert "pip install --group speed" in text


def test_the_page_tells_where_the_time_of_a_missed_target_goes():
    """A row that misses its target has a section with the heaviest parts, the floor, and what it would take."""
    profile = Profile(key="load", how="counted", heaviest=(("a|b", 0.25),), floor=(("the least", 1e-6),))
    missed = _row(3e-3, 2)
    found = Found(rows=(missed,), profiles={"load": lambda: profile})
    assert found.missed() == (profile,)
    assert Found(rows=(_row(1e-9, 2),), profiles={"load": lambda: profile}).missed() == ()
    text = page([Part(heading="Small", about="Two.", rows=[missed], profiles=found.missed())], KEPT, taken=60)
    assert "| this | 3 ms | that | 2 µs | 1,500 | <= 2 | **missed** |  |" in text
    assert "### Small: this" in text
    assert TAKES["load"] in text
    assert "| `a\\|b` | 25.0% |" in text
    assert "| the least | 1 µs | 0.5 |" in text


def test_times_are_shown_in_the_unit_that_reads_best():
    """A time is shown in seconds, milliseconds, microseconds or nanoseconds."""
    assert [shown(time) for time in (2.0, 3e-3, 4e-6, 2e-9)] == ["2 s", "3 ms", "4 µs", "2 ns"]


def test_asking_is_set_up_on_the_packaged_knowledge():
    """The pair that is asked for is looked up once, and the loop over objects and the bit sets find the same of it."""
    question = asked(knowledge_base(), ("ketamine", "multiple sclerosis"))
    assert (question.compound, question.condition) == ("ketamine", "multiple-sclerosis")
    pair = (question.compound, question.condition)
    assert question.index.pair(*pair) == tuple(question.objects.reached(*pair))
