"""Errors are values that hold the facts, survive a trip to another process, and are what a caller expects."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import attrs
import pytest

from safetykb import errors
from safetykb.errors import (
    AmbiguousName,
    DataError,
    InvalidQuestion,
    NoSuchRecord,
    NotAVerdict,
    Problem,
    SafetyKBError,
    UnknownName,
)

PROBLEM = Problem("REC:001", "sources/a.json", "$", "not JSON", "write plain JSON")
VERDICT = (
    "a review is not a verdict; read review.headline (concern, highest, if_taking, depends_on) and review.findings"
)
EXAMPLES: dict[SafetyKBError, tuple[type[Exception], str]] = {
    SafetyKBError(): (Exception, ""),
    DataError((PROBLEM,)): (
        ValueError,
        "1 problem; nothing was loaded\nsources/a.json $: REC:001 not JSON; write plain JSON",
    ),
    DataError((PROBLEM, PROBLEM)): (ValueError, f"2 problems; nothing was loaded\n{PROBLEM}\n{PROBLEM}"),
    UnknownName("compound", "metfornin", ("metformin",)): (
        LookupError,
        "no compound is named 'metfornin'; did you mean 'metformin'? (not known here says nothing about its safety)",
    ),
    UnknownName("compound", "x"): (
        LookupError,
        "no compound is named 'x' (not known here says nothing about its safety)",
    ),
    UnknownName("condition", "x", ("a", "b")): (
        LookupError,
        "no condition is named 'x'; did you mean 'a' or 'b'? (not known here says nothing about its safety)",
    ),
    AmbiguousName("compound", "EXA", ("examplamine", "oldamine")): (
        LookupError,
        "'EXA' names more than one compound: examplamine, oldamine; ask for one of them",
    ),
    NoSuchRecord("term", "drowsines", ("drowsiness",)): (
        KeyError,
        "no term has the id 'drowsines'; did you mean 'drowsiness'?",
    ),
    NoSuchRecord("term", "x"): (KeyError, "no term has the id 'x'"),
    InvalidQuestion("age is -1", "give it in years"): (ValueError, "age is -1; give it in years"),
    NotAVerdict("bool(review)"): (
        TypeError,
        "bool(review): " + VERDICT,
    ),
}
EACH = pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)


def facts(error: SafetyKBError) -> tuple[object, ...]:
    """What an error is, holds and says: exceptions are equal only to themselves."""
    return (type(error), attrs.astuple(error, recurse=False), str(error))


def test_every_error_is_tried_here():
    """Each error of the module has an example, and each is a SafetyKBError."""
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}

    assert {type(error) for error in EXAMPLES} == kinds
    assert all(issubclass(kind, SafetyKBError) for kind in kinds)


@EACH
def test_error_is_the_builtin_that_a_caller_expects(error: SafetyKBError):
    """Each error inherits the builtin for its fact and says what, where and the cure."""
    builtin, text = EXAMPLES[error]

    assert isinstance(error, builtin)
    assert str(error) == text


@EACH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_error_survives_pickle(error: SafetyKBError, protocol: int):
    """A pickled error is equal, of the same class, and says the same."""
    again = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes

    assert facts(again) == facts(error)


@EACH
def test_error_can_be_copied(error: SafetyKBError):
    """A copy, shallow or deep, is equal."""
    assert facts(copy.copy(error)) == facts(error)
    assert facts(copy.deepcopy(error)) == facts(error)


def test_errors_cross_a_process_pool():
    """An error raised or returned in another process arrives as itself."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for error in EXAMPLES:
            assert facts(pool.submit(copy.copy, error).result()) == facts(error)
            with pytest.raises(type(error)) as caught:
                pool.submit(exec, "raise error", {"error": error}).result()
            assert facts(caught.value) == facts(error)


@EACH
def test_error_can_be_raised_with_a_cause(error: SafetyKBError):
    """Raising sets cause, context and traceback though the facts are frozen, and a note can be added."""
    error.add_note("a note")
    with pytest.raises(SafetyKBError) as caught:
        raise error from OSError("a cause")

    assert isinstance(caught.value.__cause__, OSError)


@EACH
def test_facts_of_an_error_cannot_be_changed(error: SafetyKBError):
    """The facts are frozen."""
    for field in attrs.fields(type(error)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(error, field.name, None)
