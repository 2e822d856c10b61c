"""Pinned answers: what was written down, and what has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from safetykb import Exposure, InvalidQuestion, KnowledgeBase, SafetyReview
from safetykb.knowledge.strict_json import encode
from safetykb.pinning import Pin, changes_since, check, pin_of, read_pins, write_pins
from tests.answer.helpers import ask, changed, sample
from tests.policy.overlays import CAUTION, CONTRAINDICATED, laid, raised, silenced


@pytest.fixture
def pin() -> Pin:
    return pin_of(ask())


def written(directory: Path, *pins: Pin) -> Path:
    write_pins(directory / "pins.json", pins)
    return directory / "pins.json"


def claim(id: str, **fields: Any) -> KnowledgeBase:
    """The made-up knowledge with one claim changed; without fields it is gone."""
    known = sample().considerations[id]
    return changed(considerations={id: attrs.evolve(known, **fields) if fields else None})


def test_a_pin_holds_the_answer(pin: Pin):
    """A pin has the question, the headline and the concern of each finding, but not those of a relative."""
    review = ask()
    assert (pin.compound, pin.condition, pin.form, pin.jurisdiction) == ("examplamine", "demo-disease", None, None)
    assert pin.version == sample().version
    assert pin.text == review.headline.text
    assert pin.concern == str(review.headline.concern)
    assert [*pin.findings] == sorted(f.id for f in review.findings if f.relative is None)
    relative = pin_of(ask("esexamplamine"))
    assert CONTRAINDICATED not in relative.findings


def test_what_is_undetermined_is_pinned_by_that_word():
    """A headline that nobody knows is undetermined in a pin as well."""
    pin = pin_of(ask(knowledge=changed(considerations=dict.fromkeys(sample().considerations))))
    assert (pin.concern, pin.highest, pin.findings) == ("undetermined", "undetermined", {})


def test_round_trip(pin: Pin, tmp_path: Path):
    """What is written is read again, whatever its form and place."""
    other = pin_of(ask(exposure=Exposure(form="injection"), jurisdiction="EU"))
    assert read_pins(written(tmp_path, other, pin)) == tuple(sorted([pin, other], key=lambda each: each.question))
    assert other.question == "examplamine (injection) in demo-disease [EU]"
    assert pin.question == "examplamine in demo-disease"


def test_canonical_bytes(pin: Pin, tmp_path: Path):
    """The same pins are the same bytes, in whatever order they are given."""
    others = [pin_of(ask(jurisdiction=place)) for place in ("EU", "US")]
    once = written(tmp_path, pin, *others).read_bytes()
    assert written(tmp_path, *reversed(others), pin).read_bytes() == once
    assert once.endswith(b"}\n")
    assert written(tmp_path, *read_pins(tmp_path / "pins.json")).read_bytes() == once


def test_many_answers_can_be_read_again(pin: Pin, tmp_path: Path):
    """A file of many answers is read as it was written."""
    pins = [attrs.evolve(pin, compound=f"drug-{number}") for number in range(600)]
    assert len(read_pins(written(tmp_path, *pins))) == 600


def test_no_change(pin: Pin):
    """An answer that still stands gives nothing."""
    assert check(pin, sample()) == ()
    assert [*changes_since(pin, ask())] == []


def test_asked_with_the_same_form_and_jurisdiction(tmp_path: Path):
    """The question is asked again as it was pinned."""
    pin = pin_of(ask(exposure=Exposure(form="nasal-spray"), jurisdiction="US"))
    assert check(read_pins(written(tmp_path, pin))[0], sample()) == ()


def test_a_finding_that_changed(pin: Pin, tmp_path: Path):
    """A finding with another concern is told with both."""
    told = check(pin, laid(sample(), tmp_path, {"one": raised()}))
    assert f"examplamine in demo-disease: was caution, is avoid: {CAUTION}" in told


def test_a_new_finding():
    """A finding that came is told with its concern."""
    pin = pin_of(ask(knowledge=claim(CAUTION)))
    assert f"examplamine in demo-disease: new, caution: {CAUTION}" in check(pin, sample())


def test_a_finding_that_is_gone(pin: Pin, tmp_path: Path):
    """A finding that went is told with the reason: its record is gone, was withdrawn, or a policy silences it."""
    start = f"examplamine in demo-disease: no longer, it was caution: {CAUTION} "
    assert f"{start}(its record is gone)" in check(pin, claim(CAUTION))
    quiet = laid(sample(), tmp_path, {"one": silenced()})
    assert any(told.startswith(f"{start}(Silenced by Dr Maker") for told in check(pin, quiet))


@pytest.mark.parametrize("part", ["concern", "highest"])
def test_a_headline_that_changed(pin: Pin, part: str):
    """Each of the headline's two concerns is compared."""
    other: dict[str, Any] = {part: "inform"}
    told = check(attrs.evolve(pin, **other), sample())
    assert told == (f"examplamine in demo-disease: the headline's {part} was inform and is {getattr(pin, part)}",)


def test_a_headline_that_reads_differently(pin: Pin):
    """Where nothing else changed, the words of the headline are compared."""
    (told,) = check(attrs.evolve(pin, text="Else."), sample())
    assert told == f"examplamine in demo-disease: the headline was: Else. It is: {pin.text}"


@pytest.mark.parametrize("fields", [{"compound": "goneamine"}, {"condition": "gone-disease"}, {"form": "plaster"}])
def test_a_question_that_is_no_longer_answered(pin: Pin, fields: dict[str, Any]):
    """A compound, condition or form that is gone is a change, and never passes for none."""
    (told,) = check(attrs.evolve(pin, **fields), sample())
    assert ": no longer answered: " in told


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b'{"pins": {}}',
    b'{"pins": [1]}',
    b'{"pins": [{"findings": {}}]}',
    b'{"pins": [{"findings": []}]}',
    b'{"pins": [{"findings": {"a": 1}}]}',
    b'{"pins": [], "pins": []}',
    b"\xff",
]


@pytest.mark.parametrize("content", BROKEN)
def test_unreadable_files(tmp_path: Path, content: bytes):
    """A file that holds no pins is an error that names it, never a file of nothing to check."""
    (tmp_path / "pins.json").write_bytes(content)
    with pytest.raises(InvalidQuestion, match=r"pins\.json' holds no pins: .*; write it with safetykb pin"):
        read_pins(tmp_path / "pins.json")


@pytest.mark.parametrize("change", [{"concern": None}, {"more": 1}, {"compound": 1}])
def test_a_pin_that_is_none(pin: Pin, tmp_path: Path, change: dict[str, Any]):
    """A pin with a field too many, missing or of another kind is an error."""
    value = {"pins": [{**attrs.asdict(pin, filter=lambda _, value: value is not None), **change}]}
    (tmp_path / "pins.json").write_bytes(encode(value))
    with pytest.raises(InvalidQuestion, match="holds no pins"):
        read_pins(tmp_path / "pins.json")


def test_no_file(tmp_path: Path):
    """A file that is not there is an error of the system."""
    with pytest.raises(FileNotFoundError):
        read_pins(tmp_path / "missing.json")


def test_a_pin_asks_for_no_patient(pin: Pin):
    """A pin has no place for a person."""
    review: SafetyReview = ask()
    assert {field.name for field in attrs.fields(Pin)}.isdisjoint({"patient", "facts"})
    assert pin == pin_of(review)
