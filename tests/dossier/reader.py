"""Reads the yes/no list as its README.md says: what the objects of a line are, and when one of them matches."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

import safetykb
from safetykb import KnowledgeBase, SafetyReview
from safetykb.errors import UnknownName
from safetykb.knowledge.lookup import index_of
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion
from safetykb.reasoning.graph import graph_of
from safetykb.rendering.outline import Block, Section
from safetykb.rendering.text import to_text

_WIDE: Final = 20_000
"""A width that no line reaches: side by side, the broken lines of two cells of a table would run into each other."""

LIST: Final = Path(__file__).with_name("ketamine_multiple_sclerosis.json")

KEYS: Final = {"id", "fact", "question", "answer", "review", "where", "all", "none", "skeleton", "row", "compound"}
FIELDS: Final = {"kind", "block", "concern", "inferred"}


@attrs.frozen
class Thing:
    """An object that a line may match: its text, and the fields of its own that a line may ask for."""

    text: str
    fields: Mapping[str, object] = attrs.field(factory=dict)


def lines() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(LIST.read_text("utf-8"))
    return found


def holds(line: Mapping[str, Any]) -> bool:
    """Whether the answer that is asked for in ``line`` shows what it must, or does not show what it must not."""
    wanted: bool = line["answer"] == "yes"
    return bool(matching(line)) is wanted


def matching(line: Mapping[str, Any]) -> list[Thing]:
    """The objects that a line matches."""
    asked = {key: line[key] for key in FIELDS if key in line}
    return [
        thing
        for thing in things(line)
        if all(_found(pattern, thing.text) for pattern in line["all"])
        and not any(_found(pattern, thing.text) for pattern in line.get("none", ()))
        and all(thing.fields.get(key) == value for key, value in asked.items())
    ]


def things(line: Mapping[str, Any]) -> Iterable[Thing]:
    """The objects of a line, by its ``where``."""
    if line["where"] == "compound":
        return _records(safetykb.knowledge_base(), line["compound"])
    answer = answer_of(*line["review"])
    if line["where"] == "treatment":
        return _treatments(answer, line.get("row", ""))
    return _OBJECTS[line["where"]](answer)


@functools.cache
def answer_of(compound: str, condition: str) -> SafetyReview:
    return safetykb.review(compound, condition)


@functools.cache
def _json_of(answer: SafetyReview) -> dict[str, Any]:
    return answer.to_dict()


@functools.cache
def _text_of(answer: SafetyReview) -> str:
    return answer.to_text(_WIDE)


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, " ".join(text.split()), re.IGNORECASE) is not None


def _text(answer: SafetyReview) -> Iterable[Thing]:
    yield Thing(_text_of(answer))


def _headline(answer: SafetyReview) -> Iterable[Thing]:
    yield Thing(answer.headline.text)


def _part(anchor: str) -> Callable[[SafetyReview], Iterable[Thing]]:
    def part(answer: SafetyReview) -> Iterable[Thing]:
        document = answer.outline()
        (section,) = _sections(document.blocks, anchor)
        yield Thing(to_text(attrs.evolve(document, summary=(), blocks=(section,)), _WIDE))

    return part


def _sections(blocks: Iterable[Block], anchor: str) -> Iterable[Section]:
    for block in blocks:
        if isinstance(block, Section):
            if block.anchor == anchor:
                yield block
            yield from _sections(block.blocks, anchor)


def _objects(key: str) -> Callable[[SafetyReview], Iterable[Thing]]:
    def objects(answer: SafetyReview) -> Iterable[Thing]:
        for found in _json_of(answer)[key]:
            yield Thing(json.dumps(found, ensure_ascii=False))

    return objects


def _findings(answer: SafetyReview) -> Iterable[Thing]:
    for finding in _json_of(answer)["findings"]:
        fields = {key: finding[key] for key in ("kind", "block", "concern")}
        inferred = finding["evidence"]["directness"] == "inferred"
        yield Thing(_told(finding), {**fields, "inferred": inferred})


def _told(finding: Mapping[str, Any]) -> str:
    told = [finding[key] for key in ("statement", "rationale", "action")]
    return _joined(*told, *finding["if_having"], *finding["if_taking"], *finding["if_form"])


def _treatments(answer: SafetyReview, pattern: str) -> Iterable[Thing]:
    by_id = {finding["id"]: finding for finding in _json_of(answer)["findings"]}
    for row in _json_of(answer)["treatments"]:
        if _found(pattern, row["id"]) or _found(pattern, row["name"]):
            findings = [by_id[id] for id in row["findings"]]
            partners = [p["text"] for f in findings for p in f["partners"] if p["treatment"] == row["id"]]
            text = _joined(json.dumps(row, ensure_ascii=False), *map(_told, findings), *partners, row["phrase"])
            yield Thing(text, {"concern": row["concern"]})


def _records(knowledge: KnowledgeBase, name: str) -> Iterable[Thing]:
    names, has = index_of(knowledge), graph_of(knowledge).reach
    try:
        own = {*has(names.compound(name).compound.id)}
    except UnknownName:
        own = {*has(names.id_of("term", name).id)}
    for claim in knowledge.considerations.values():
        if claim.subject in own and claim.withdrawn is None:
            yield Thing(_claim(knowledge, claim), {"concern": str(claim.concern), "kind": str(claim.kind)})
    for assertion in knowledge.assertions.values():
        if assertion.entity in own and assertion.withdrawn is None:
            yield Thing(_assertion(knowledge, assertion))


def _claim(knowledge: KnowledgeBase, claim: SafetyConsideration) -> str:
    context = [knowledge.entity(id).name for id in (*claim.context.having, claim.context.taking) if id]
    asked = [text for m in claim.monitoring for text in (m.test, *m.when, m.threshold, m.then)]
    cites = [str(cite) for cite in claim.cites]
    return _joined(claim.statement, claim.rationale, claim.action, *context, *asked, *cites)


def _assertion(knowledge: KnowledgeBase, assertion: Assertion) -> str:
    texts = [part for s in assertion.statements for part in (s.text, s.population, *map(str, s.cites))]
    return _joined(knowledge.entity(assertion.term).name, *texts)


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


_OBJECTS: Final[Mapping[str, Callable[[SafetyReview], Iterable[Thing]]]] = {
    "text": _text,
    "headline": _headline,
    "general": _part("general"),
    "condition": _part("brings"),
    "finding": _findings,
    "study": _objects("studies"),
    "monitoring": _objects("monitoring"),
    "gap": _objects("gaps"),
    "source": _objects("sources"),
}

WHERE: Final = {*_OBJECTS, "treatment", "compound"}
