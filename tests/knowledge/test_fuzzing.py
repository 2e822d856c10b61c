"""The loader, fed with what chance has damaged; ``tests/knowledge/fuzzing.py`` does the same a million times."""

from __future__ import annotations

import pytest

from . import fuzzing


@pytest.mark.parametrize(("make", "count"), [(fuzzing.raw, 10_000), (fuzzing.structured, 2_000)])
def test_damaged_records_are_refused_or_read_back_equal(make, count: int):
    """Damaged bytes and damaged values give problems with place and cure, or a record that reloads equal."""
    told = fuzzing.run(make, count)
    assert sum(told.values()) == count
    assert min(told["refused"], told["read"]) > count // 200  # both ways are tried


def test_a_failure_names_the_input(monkeypatch: pytest.MonkeyPatch):
    """Inputs that are neither refused nor read end the run and are told with it."""
    monkeypatch.setattr(fuzzing, "canonical", lambda _: b"{}")
    with pytest.raises(AssertionError) as caught:
        fuzzing.run(fuzzing.structured, 500)
    assert any(f"seed {fuzzing.SEED}" in note for note in caught.value.__notes__)
