"""The made-up knowledge with one text in the place of every text that its records hold."""

from __future__ import annotations

import functools
import runpy
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs

import safetykb
from safetykb import KnowledgeBase, SafetyReview
from safetykb.knowledge.base import Collection
from safetykb.knowledge.loading import load
from safetykb.knowledge.names import MAX_NAME
from safetykb.model.considerations import Context, Exposure, SafetyConsideration
from safetykb.model.entities import (
    Assertion,
    Compound,
    Condition,
    Form,
    Relation,
    StateTest,
    Synonym,
    Term,
    Treatment,
    Use,
)
from safetykb.model.evidence import Author, Citation, Source, SourceDetails, Statement
from safetykb.model.studies import SearchRecord, Study
from safetykb.rendering.showing import Shown

SAMPLE: Final = Path(__file__).parents[1] / "sample" / "tree"
KINDS: Final = (
    "terms", "compounds", "conditions", "assertions", "considerations", "studies", "searches", "sources",
)  # fmt: skip

HOSTILE: Final[tuple[str, ...]] = runpy.run_path(str(Path(__file__).parents[1] / "rendering" / "hostile.py"))["HOSTILE"]
"""The texts that the renderers alone are tried with."""

PAIRS: Final = (
    ("examplamine", "relapsing-demo-disease"),
    ("esexamplamine", "demo-disease"),
    ("modulumab", "demo-disease"),
)

_IDS: Final[dict[type, set[str]]] = {
    Assertion: {"entity", "term", "supersedes"},
    Citation: {"key"},
    Compound: {"id"},
    Condition: {"id", "broader"},
    Context: {"having", "taking"},
    Exposure: {"form"},
    Form: {"id"},
    Relation: {"compound"},
    SafetyConsideration: {"id", "subject", "hazard", "premises", "signal_for", "supersedes"},
    SearchRecord: {"id", "subject", "having", "taking", "supersedes"},
    Source: {"id"},
    SourceDetails: {"about", "copy_of", "superseded_by"},
    StateTest: {"field"},
    Statement: {"form", "during"},
    Study: {"id", "compound", "condition", "form", "supersedes"},
    Synonym: {"form"},
    Term: {"id", "broader"},
    Treatment: {"treatment"},
    Use: {"condition", "form"},
}
"""Fields that hold an identifier, which the loader refuses unless it is lower-case words and hyphens."""

_NAMES: Final[dict[type, set[str]]] = {
    Compound: {"name", "xrefs"},
    Condition: {"name", "xrefs"},
    Synonym: {"text"},
    Term: {"label", "xrefs"},
}
"""Fields that are looked up as names, of which only so many characters are looked at."""

Change = Callable[[type, str, str], str]
"""From the class, the field and what stands there to what shall stand there."""


@functools.cache
def sample() -> KnowledgeBase:
    return load(SAMPLE)


def text_fields() -> set[str]:
    """Every field of a record, or of a part of one, that holds text of any kind and no identifier."""
    found: set[str] = set()
    seen: set[type] = set()

    def visit(cls: type[Any]) -> None:
        if cls in seen:
            return
        seen.add(cls)
        hints = get_type_hints(cls)
        for field in attrs.fields(cls):
            for kind in _kinds(hints[field.name]):
                if kind is str and field.name not in _IDS.get(cls, ()):
                    found.add(f"{cls.__name__}.{field.name}")
                elif attrs.has(kind):
                    visit(kind)

    base = sample()
    for name in KINDS:
        visit(type(next(iter(getattr(base, name).values()))))
    return found


def _kinds(hint: Any) -> list[Any]:
    """The classes that an annotation speaks of."""
    if get_origin(hint) in (tuple, types.UnionType):
        return [kind for part in get_args(hint) for kind in _kinds(part)]
    return [hint]


def changed(change: Change) -> KnowledgeBase:
    """The made-up knowledge with every text changed, and a text in each field that may hold one and held none."""
    base = sample()
    found: dict[str, Any] = {}
    for name in KINDS:
        known: Collection[Any] = getattr(base, name)
        found[name] = Collection.of(known.kind, {id: _record(record, change) for id, record in known.items()})
    return attrs.evolve(base, **found)


def poisoned(text: str) -> KnowledgeBase:
    """The made-up knowledge with this text in each text field."""

    def change(cls: type, field: str, old: str) -> str:
        if field in _NAMES.get(cls, ()):
            return text[: MAX_NAME // 4]
        # The loader holds that a place in a source has a first word.
        return f"{old} {text}" if cls is Citation else text

    return changed(change)


def _record(record: Any, change: Change) -> Any:
    cls: type[Any] = type(record)
    hints = get_type_hints(cls)
    return attrs.evolve(
        record,
        **{
            field.name.lstrip("_"): _value(getattr(record, field.name), hints[field.name], change, cls, field.name)
            for field in attrs.fields(cls)
            if field.name not in _IDS.get(cls, ())
        },
    )


def _value(value: Any, hint: Any, change: Change, cls: type, field: str) -> Any:
    if value is None and (cls, field) == (Author, "literal"):
        return None  # a body's name would hide the person's
    if isinstance(value, str) or (value is None and str in _kinds(hint)):
        return change(cls, field, value or "")
    if value == () and hint == tuple[str, ...]:
        return (change(cls, field, ""),)
    if isinstance(value, tuple):
        return tuple(_value(part, None, change, cls, field) for part in value)
    return _record(value, change) if attrs.has(type(value)) else value


def reviews(knowledge: KnowledgeBase) -> list[SafetyReview]:
    return [safetykb.review(compound, condition, knowledge=knowledge) for compound, condition in PAIRS]


def everything(knowledge: KnowledgeBase) -> Iterator[Shown]:
    """Everything of a knowledge base that can be shown, each claim that a review finds with its proof."""
    yield knowledge
    yield from knowledge.compounds.values()
    yield from knowledge.conditions.values()
    found = reviews(knowledge)
    yield from found
    yield from {finding.id: finding for review in found for finding in review.findings}.values()
