"""What the laws are tried on: records of any kind, and small knowledge that the loader takes whole."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from safetykb import KnowledgeBase, SafetyReview
from safetykb.answer.assembly import review
from safetykb.errors import DataError
from safetykb.knowledge.layout import Edition, path_of
from safetykb.knowledge.loading import build
from safetykb.knowledge.strict_json import encode
from safetykb.model.choices import Kind
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import Choice, EvidenceLevel, Scale
from safetykb.model.studies import SearchRecord, Study
from tests.reasoning.building_blocks import World
from tests.reasoning.worlds import CLASSES, CONCERNS, EFFECTS, worlds

EXAMPLES: Final = 200

settings.register_profile("laws", max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
LAW: Final = settings.get_profile("laws")
"""How often each law is tried."""

PAIRS: Final = [("drug", "disease"), ("drug", "stage"), ("drug", "other-disease"), ("member", "disease")]
"""What is asked of small knowledge; the other compounds come in as treatments and medicines."""

FEW: Final = PAIRS[:2]
VERSION: Final = {"knowledge.json": b'{"version": "1"}\n'}

pairs = st.sampled_from(PAIRS)

# --- records of any kind ----------------------------------------------------------------------------------------------

KINDS: Final[tuple[type, ...]] = (
    Edition,
    Term,
    Compound,
    Condition,
    Assertion,
    SafetyConsideration,
    Study,
    SearchRecord,
    Source,
)

_word = st.text("abcxyz019", min_size=1, max_size=4)
ids = st.lists(_word, min_size=1, max_size=3).map("-".join)
_locators = st.text(min_size=1, max_size=12).filter(lambda text: text == text.strip() and len(text.splitlines()) == 1)
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: st.text(max_size=20),
    int: st.integers(-(10**14), 10**14),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    Citation: st.builds(Citation, ids, _locators),
    EvidenceLevel: st.sampled_from(EvidenceLevel.members()),
}


def _of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation of the model."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        return st.lists(_of(inner[0]), max_size=2).map(tuple)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return st.one_of(*(st.none() if part is type(None) else _of(part) for part in inner))
    if issubclass(kind, (Choice, Scale)):
        return st.sampled_from([*kind])
    return st.deferred(lambda: _fields(kind).map(lambda given: kind(**given)))


def _fields(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """Any fields of a class: each that has a default may be left out."""
    hints = typing.get_type_hints(kind)
    fields = attrs.fields(kind)
    needed = {field.name: _of(hints[field.name]) for field in fields if field.default is attrs.NOTHING}
    optional = {field.name: _of(hints[field.name]) for field in fields if field.name not in needed}
    return st.fixed_dictionaries(needed, optional=optional)


@st.composite
def records(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a record of any kind with any content, and the path of its file."""
    kind = draw(st.sampled_from(KINDS))
    given = draw(_fields(kind))
    one, other, slug = draw(ids), draw(ids), draw(ids)
    if kind is Edition:
        return "knowledge.json", Edition(**given)
    if kind is Assertion:
        given |= {"entity": one, "term": other}
    elif kind is Study:
        given |= {"id": f"{one}/{other}--{slug}", "compound": one, "condition": other}
    elif kind in (SafetyConsideration, SearchRecord):
        given |= {"id": f"{one}/{slug}", "subject": one}
    else:
        given |= {"id": one}
    if kind is Source:
        given["issued"] = draw(st.lists(st.integers(0, 3000), max_size=3).map(tuple))
    if kind is SafetyConsideration:
        given["concern"] = None if given["kind"] is Kind.NO_INCREASE else draw(_of(_hint(kind, "concern")))
    record = kind(**given)
    return path_of(record, draw(st.sampled_from(("terms", "compounds", "conditions")))), record


def _hint(kind: type, name: str) -> Any:
    return next(part for part in typing.get_args(typing.get_type_hints(kind)[name]) if part is not type(None))


# --- small knowledge --------------------------------------------------------------------------------------------------


@st.composite
def full_worlds(draw: st.DrawFn) -> World:
    """Draw small random knowledge in which something is found: a few claims are about what is asked."""
    made: World = draw(worlds())
    for number in range(draw(st.integers(1, 3))):
        having = draw(st.sampled_from(("disease", "disease", "stage", "state-a", "")))
        made.claim(
            f"{draw(st.sampled_from(('drug', 'drug', 'member', *CLASSES[:1])))}/told-{number}",
            draw(st.sampled_from(CONCERNS[:4])),
            having=having,
            taking=draw(st.sampled_from((None, None, "partner", "class-b"))),
            cites=draw(st.sampled_from(("cohort1", "label1", "case-report1"))),
            hazard=draw(st.sampled_from(EFFECTS)),
        )
    return made


@st.composite
def sound_trees(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw the files of small knowledge that passes every gate: what one refuses is left out."""
    made = draw(full_worlds())
    for path, value in made.files.items():
        if path.startswith("sources/label"):
            value["custom"] |= {"jurisdiction": "US", "about": ["drug"]}
        if "/has/effect-" in path:
            value["frequency"] = draw(st.sampled_from(("common", "rare")))
    files = {path: encode(value) for path, value in made.files.items()}
    while refused := _refused(files):
        files = {path: data for path, data in files.items() if path not in refused}
    return files


def _refused(files: dict[str, bytes]) -> set[str]:
    try:
        build(files)
    except DataError as error:
        return {problem.file for problem in error.problems}
    return set()


# --- answers ----------------------------------------------------------------------------------------------------------


def reviews_of(knowledge: KnowledgeBase, asked: Iterable[tuple[str, str]] = PAIRS) -> Iterator[SafetyReview]:
    """The reviews of pairs of a small world."""
    for compound, condition in asked:
        yield review(compound, condition, knowledge=knowledge)


def answers(knowledge: KnowledgeBase, asked: Iterable[tuple[str, str]] = FEW) -> list[dict[str, Any]]:
    """The whole answers to pairs of a small world, as programs get them."""
    return [found.to_dict() for found in reviews_of(knowledge, asked)]


def told(found: SafetyReview, *without: str) -> dict[str, Any]:
    """An answer as JSON values, save some of its parts."""
    return {key: part for key, part in found.to_dict().items() if key not in without}


def richest(knowledge: KnowledgeBase) -> tuple[str, str]:
    """The pair of a small world of which the most is found."""
    found = max(reviews_of(knowledge), key=lambda each: len(each.findings))
    return found.compound.id, found.condition.id
