"""Many threads that ask at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product
from typing import Any

from safetykb.answer.assembly import review
from safetykb.knowledge.loading import load
from tests.knowledge.trees import SAMPLE
from tests.test_public_face import fresh

THREADS = 16


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What each of sixteen threads found that began together."""
    begin = threading.Barrier(THREADS)
    found: dict[int, Any] = {}

    def run(number: int) -> None:
        begin.wait()
        found[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(THREADS)]


def test_threads_with_different_questions_get_the_answers_of_one():
    """Sixteen threads that ask different questions of one new knowledge base get the same answers as one thread."""
    known = load(SAMPLE)
    asked = [*product(known.compounds, known.conditions)][:THREADS]
    assert len({*asked}) == THREADS
    alone = [review(*question, knowledge=known).to_dict() for question in asked]
    for _ in range(10):
        shared = load(SAMPLE)
        together = at_once(lambda number, shared=shared: review(*asked[number], knowledge=shared).to_dict())  # type: ignore[misc]
        assert together == alone


def test_threads_whose_first_use_is_a_question_load_once():
    """Sixteen threads whose first use is a question each: one load, one object, and the answers of one thread."""
    code = """
import threading, safetykb
from safetykb.knowledge import loading
read, loads, found, begin = loading.packaged, [], {}, threading.Barrier(16)
asked = [(c, "multiple sclerosis") for c in ("ketamine", "siponimod", "baclofen", "diazepam")] * 4

def counted():
    loads.append(threading.get_ident())
    return read()

def ask(number):
    begin.wait()
    found[number] = safetykb.review(*asked[number])

loading.packaged = counted
threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
bases = {id(review.situation.knowledge) for review in found.values()}
same = all(safetykb.review(*asked[number]).to_dict() == review.to_dict() for number, review in found.items())
print(len(loads), len(found), len(bases), same)
"""
    assert fresh(code).split() == ["1", "16", "1", "True"]
