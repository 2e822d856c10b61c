"""Pinned answers: a build fails when one changes, and says in clinical words how."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.contract import concern_word
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.strict_json import BadJSON, decode, encode
from safetykb.model.considerations import Exposure

MAX_VALUES: Final = 1_000_000
"""The most values in a file of pins: its size ends it sooner, at some two thousand answers."""


@attrs.frozen(kw_only=True)
class Pin:
    """An answer as it stood: the question, the headline's concern and highest, and the concern of each finding."""

    compound: str
    condition: str
    form: str | None = None
    jurisdiction: str | None = None
    version: str
    concern: str
    highest: str
    text: str
    findings: dict[str, str]

    @property
    def question(self) -> str:
        """The question in words."""
        form = f" ({self.form})" if self.form else ""
        place = f" [{self.jurisdiction}]" if self.jurisdiction else ""
        return f"{self.compound}{form} in {self.condition}{place}"


def pin_of(answer: SafetyReview) -> Pin:
    """Return ``answer`` as a pin."""
    own = (finding for finding in answer.findings if finding.relative is None)
    return Pin(
        compound=answer.compound.id,
        condition=answer.condition.id,
        form=answer.exposure.form if answer.exposure else None,
        jurisdiction=answer.jurisdiction,
        version=answer.knowledge.version,
        concern=concern_word(answer.headline.concern),
        highest=concern_word(answer.headline.highest),
        text=answer.headline.text,
        findings={finding.id: concern_word(finding.concern) for finding in sorted(own, key=lambda f: f.id)},
    )


def check(pin: Pin, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """Return what differs between a pin and what ``knowledge`` answers, in words; nothing when nothing does."""
    try:
        return tuple(changes_since(pin, asked_again(pin, knowledge)))
    except (UnknownName, AmbiguousName, InvalidQuestion) as error:
        return (f"{pin.question}: no longer answered: {error}",)


def asked_again(pin: Pin, knowledge: KnowledgeBase) -> SafetyReview:
    """Return the answer of ``knowledge`` to the question that was pinned."""
    exposure = Exposure(form=pin.form) if pin.form else None
    return review(pin.compound, pin.condition, exposure=exposure, jurisdiction=pin.jurisdiction, knowledge=knowledge)


def changes_since(pin: Pin, answer: SafetyReview) -> Iterator[str]:
    """Yield what differs between a pin and the answer of today, in words; nothing when nothing does."""
    now = pin_of(answer)
    told = [*_changes(pin, now, answer)]
    if not told and pin.text != now.text:
        told.append(f"{pin.question}: the headline was: {pin.text} It is: {now.text}")
    yield from told


def _changes(pin: Pin, now: Pin, answer: SafetyReview) -> Iterator[str]:
    for part in ("concern", "highest"):
        before, after = getattr(pin, part), getattr(now, part)
        if before != after:
            yield f"{pin.question}: the headline's {part} was {before} and is {after}"
    for id in sorted({*pin.findings, *now.findings}):
        was, is_now = pin.findings.get(id), now.findings.get(id)
        if was is None:
            yield f"{pin.question}: new, {is_now}: {id}"
        elif is_now is None:
            why = answer.why_not(id) if id in answer.situation.knowledge.considerations else "its record is gone"
            yield f"{pin.question}: no longer, it was {was}: {id} ({why})"
        elif was != is_now:
            yield f"{pin.question}: was {was}, is {is_now}: {id}"


def write_pins(path: str | os.PathLike[str], pins: Iterable[Pin]) -> None:
    """Write ``pins`` to ``path`` in the canonical form, in the order of their questions."""
    ordered = sorted(pins, key=lambda pin: pin.question)
    value = {"pins": [make_converter().unstructure(pin) for pin in ordered]}
    Path(path).write_bytes(encode(value))


def read_pins(path: str | os.PathLike[str]) -> tuple[Pin, ...]:
    """Return the pins in ``path``. Raises InvalidQuestion for a file that holds none, and OSError."""
    try:
        return tuple(_pin(entry) for entry in _entries(decode(Path(path).read_bytes(), values=MAX_VALUES)))
    except BadJSON as error:
        raise InvalidQuestion(f"{os.fspath(path)!r} holds no pins: {error}", "write it with safetykb pin") from None


def _entries(value: object) -> list[object]:
    match value:
        case {"pins": [*entries]}:
            return entries
    raise BadJSON("there is no list of pins")


def _pin(entry: object) -> Pin:
    match entry:
        case {"findings": dict() as findings, **rest} if all(type(word) is str for word in findings.values()):
            pass
        case _:
            raise BadJSON("a pin has its findings by id, each with a word")
    try:
        pin: Pin = make_converter().structure({**rest, "findings": {}}, Pin)
    except Exception as error:  # noqa: BLE001  the converter raises groups and single errors alike
        raise BadJSON("; ".join(f"{path} {what}" for path, what in mismatches(error))) from None
    return attrs.evolve(pin, findings=findings)
