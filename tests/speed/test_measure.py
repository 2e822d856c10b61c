"""What loading is measured against does the same work, and the page tells each ratio."""

from __future__ import annotations

from safetykb.knowledge.layout import place_of
from safetykb.knowledge.tree import packaged_files

from .measure import Row, Structs, in_turns, page, shown


def test_structs_hold_every_packaged_record():
    """The structs of msgspec take every packaged file, so that both sides of the ratio read the same bytes."""
    structs = Structs()
    for path, data in packaged_files().items():
        made = structs.decoder(place_of(path)).decode(data)
        assert made is not None


def test_tasks_are_timed_in_turns():
    """Every task is run as often as was asked, in turns, and the shortest time of each is given."""
    order: list[int] = []
    times = in_turns(lambda: order.append(0), lambda: order.append(1), rounds=3)
    assert order == [0, 1, 0, 1, 0, 1]
    assert all(time > 0 for time in times)


def test_the_page_tells_each_ratio():
    """The page has a row for each ratio, with its target, and says what was measured."""
    text = page([Row("this", "that", "<= 2", (3e-3, 2e-6))], 10, 0.5)
    assert "| this | 3 ms | that | 2 µs | 1.5e+03 | <= 2 |" in text
    assert "All 10 pairs were answered in 0.5 s, 50.0 ms each." in text
    assert shown(2e-9) == "2 ns"
