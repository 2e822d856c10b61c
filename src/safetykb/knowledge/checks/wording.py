"""Wording: what a sentence may not say, and the forms that every sentence has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.model.considerations import Monitoring, SafetyConsideration
from safetykb.model.entities import Term
from safetykb.model.evidence import Statement
from safetykb.model.studies import Harm, Outcome, SearchRecord, Study

_SENTENCES: Final = ((SafetyConsideration, ("statement", "rationale", "action")), (Statement, ("text",)))
_PHRASES: Final = (
    (Monitoring, ("threshold", "then")),
    (Term, ("definition",)),
    (Outcome, ("name", "result")),
    (Harm, ("text",)),
    (Study, ("limits", "excluded")),
    (SearchRecord, ("left_out",)),
)


def _prose(draft: Draft, fields: tuple[tuple[type, tuple[str, ...]], ...]) -> Iterator[tuple[Node[Any], str, str]]:
    """Yield every text of ``fields`` with the value that holds it and its path below."""
    for cls, names in fields:
        for node in draft.nodes_of(cls):
            for name in names:
                held = getattr(node.value, name)
                if isinstance(held, str):
                    yield node, f".{name}", held
                else:
                    yield from ((node, f".{name}[{place}]", text) for place, text in enumerate(held or ()))


_QUOTED: Final = re.compile(r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|\u2018[^\u2019]*\u2019")
_REASSURING: Final = re.compile(
    r"\b(safe|safely|unsafe|safer|harmless|no risk|without risk|well[ -]tolerated|no evidence of"
    r"|no interactions?(?! (?:label|record|search|section|stud|text|trial))"
    r"|no contraindications?|no side[ -]effects)\b",
    re.IGNORECASE,
)


def _reassuring(draft: Draft) -> Iterator[Fault]:
    for node, below, text in _prose(draft, _SENTENCES + _PHRASES):
        for found in _REASSURING.finditer(_QUOTED.sub(" ", text)):
            yield node.fault(f"{shown(found[0])} is a verdict, or an absence that nobody searched for", below)


REASSURING = Check(
    code="WRD:001",
    name="no-reassurance",
    description=(
        "Nobody reads `safe`, `unsafe`, `no risk`, `harmless`, `well tolerated`, `no interaction` or `no evidence of` "
        "in our voice; a quotation stands in quotation marks."
    ),
    scope="record",
    cure="write how many were exposed and what was seen, or record the search that found nothing",
    gate=False,
    find=_reassuring,
    passing={
        samples.CLAIM: samples.claim(statement='The trial calls it "well tolerated"; safety in falls was not studied.')
    },
    failing={samples.CLAIM: samples.claim(statement="Examplamine is safe in demo falls.")},
)

LONGEST: Final = 320
"""The longest sentence, in characters."""


def _long(draft: Draft) -> Iterator[Fault]:
    for node, below, text in _prose(draft, _SENTENCES):
        longest = max((len(part) for part in re.split(r"(?<=[.!?]) +", text)), default=0)
        if longest > LONGEST:
            yield node.fault(f"a sentence of {longest} characters, at most {LONGEST} are read at one go", below)


LENGTH = Check(
    code="WRD:002",
    name="one-fact-a-sentence",
    description=f"A sentence has at most {LONGEST} characters.",
    scope="record",
    cure="make two sentences of it",
    gate=False,
    find=_long,
    passing={samples.CLAIM: samples.claim(statement=f"{'a ' * 150}b. {'c ' * 150}d.")},
    failing={samples.CLAIM: samples.claim(statement=f"{'a ' * 160}b.")},
)

SLOTS: Final = ("{subject}", "{taking}", "{condition}")
"""What a sentence of a claim about a term may leave open."""


def _may_stand(draft: Draft, node: Node[Any]) -> tuple[str, ...]:
    """Return the slots that a sentence at ``node`` may have."""
    claim = node.owner
    if not isinstance(claim, SafetyConsideration) or claim.subject in draft.knowledge.compounds:
        return ()
    return SLOTS if claim.context.taking is not None else ("{subject}", "{condition}")


def _slots(draft: Draft) -> Iterator[Fault]:
    for node, below, text in _prose(draft, _SENTENCES + _PHRASES):
        allowed = _may_stand(draft, node)
        for found in re.findall(r"\{[^{}]*\}?|\}", text):
            if found not in allowed:
                yield node.fault(f"{shown(found)} cannot be filled here", below)


SLOT = Check(
    code="WRD:003",
    name="slots",
    description=(
        "Only a claim about a term leaves a slot: {subject}, {condition}, and {taking} where something is taken."
    ),
    scope="record",
    cure="write the name itself; a brace is nothing else but a slot",
    find=_slots,
    passing={samples.TERM_CLAIM: samples.joined(statement="Drowsiness from {subject} adds to {condition}.")},
    failing={samples.TERM_CLAIM: samples.joined(statement="Drowsiness from {subject} adds to {taking}.")},
)


def _unended(draft: Draft) -> Iterator[Fault]:
    for node, below, text in _prose(draft, _SENTENCES):
        if not text.rstrip("\"')\u201d\u2019").endswith("."):
            yield node.fault("a statement ends with a full stop", below)


FULL_STOP = Check(
    code="WRD:004",
    name="full-stop",
    description="A statement, a rationale and an action end with a full stop.",
    scope="record",
    cure="end the sentence",
    gate=False,
    find=_unended,
    passing={samples.CLAIM: samples.claim(action='The US label says "wait two hours."')},
    failing={samples.CLAIM: samples.claim(action="Wait two hours")},
)


def _spaced(draft: Draft) -> Iterator[Fault]:
    for node, below, text in _prose(draft, _SENTENCES + _PHRASES):
        if "\u2014" in text or "  " in text:
            yield node.fault("an em dash or a double space stands in it", below)


SPACING = Check(
    code="WRD:005",
    name="plain-spacing",
    description="A text has no em dash and no double space.",
    scope="record",
    cure="use a comma, a semicolon or a second sentence; one space between words",
    gate=False,
    find=_spaced,
    failing={samples.CLAIM: samples.claim(statement="Drowsy \u2014 for two hours.")},
)


def _odd(text: str) -> str | None:
    if not text.strip():
        return "an empty text"
    if text != text.strip():
        return "a space at an end of the text"
    for character in "" if text.isprintable() else text:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return f"U+{ord(character):04X} stands in the text: it is invisible or turns the direction"
    return None


def _texts(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(str):
        wrong = _odd(node.value)
        if wrong:
            yield node.fault(wrong)


TEXT = Check(
    code="WRD:006",
    name="visible-text",
    description="No text is empty, padded, or holds a control, invisible or direction-turning character.",
    scope="record",
    cure="write visible characters only; leave an empty key out",
    find=_texts,
    failing={samples.CLAIM: samples.claim(action="Wait two\u202e hours.")},
)

CHECKS = (REASSURING, LENGTH, SLOT, FULL_STOP, SPACING, TEXT)
