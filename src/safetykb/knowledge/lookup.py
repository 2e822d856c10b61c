"""From what somebody writes to a record: exact after normalising, never guessed, never silently empty."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.knowledge.base import Entity, KnowledgeBase
from safetykb.knowledge.names import MAX_NAME, normalise
from safetykb.model.choices import Route
from safetykb.model.considerations import Exposure, SafetyConsideration
from safetykb.model.entities import Compound, Condition, Synonym, Term

_ROUTES: Final = {
    "iv": Route.INTRAVENOUS,
    "im": Route.INTRAMUSCULAR,
    "sc": Route.SUBCUTANEOUS,
    "po": Route.ORAL,
    "by mouth": Route.ORAL,
    "intranasal": Route.NASAL,
    **{route.value: route for route in Route},
}
_QUALIFIED: Final = re.compile(r"([^()]+)\(([^()]*)\)\s*")
_SUGGESTIONS: Final = 3
_CLOSE: Final = 0.7


@attrs.frozen
class NameHit:
    """A record that a name leads to, and the form that the name speaks of."""

    id: str
    form: str | None = None


@attrs.frozen(kw_only=True)
class Asked:
    """A compound as it was asked for: the record, how the name says it is taken, and compounds named beside it."""

    compound: Compound
    exposure: Exposure | None = None
    also_named: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Match:
    """A record found by ``search``: the ``field`` that matched and a ``score`` from 0 to 1, higher is nearer."""

    record: Compound | Condition | Term | SafetyConsideration
    field: str
    score: float


class NameIndex:
    """Every name of the compounds, conditions and terms of a knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Index ``knowledge``."""
        self._knowledge = knowledge
        self._names = names_by_kind(knowledge)

    def id_of(self, kind: str, name: str) -> NameHit:
        """Return what ``name`` leads to among records of ``kind``; raise UnknownName or AmbiguousName."""
        key = _key(kind, name)
        hits = [NameHit(*hit) for hit in self._names[kind].get(key, ())]
        ids = _ids(hits)
        if not ids:
            raise UnknownName(kind, name.strip(), self._suggestions(kind, key))
        if len(ids) > 1:
            raise AmbiguousName(kind, name.strip(), ids)
        forms = {hit.form for hit in hits}
        return NameHit(ids[0], forms.pop() if len(forms) == 1 else None)

    def ids_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Return every record of ``kind`` that ``name`` leads to, none when nothing does; raise InvalidQuestion."""
        return _ids(NameHit(*hit) for hit in self._names[kind].get(_key(kind, name), ()))

    def _suggestions(self, kind: str, key: str) -> tuple[str, ...]:
        shown = self._knowledge.derived(f"names shown: {kind}", lambda: _shown(self._names[kind], self._knowledge))
        import difflib

        close = difflib.get_close_matches(key, shown, _SUGGESTIONS * 4, _CLOSE)
        return tuple(dict.fromkeys(shown[name] for name in close))[:_SUGGESTIONS]

    def condition(self, name: str) -> Condition:
        """Return the condition that ``name`` names."""
        return self._knowledge.conditions[self.id_of("condition", name).id]

    def compound(self, name: str) -> Asked:
        """Return the compound that ``name`` names, with the form or route that the name tells.

        ``COMPOUND (IV / OTHER)`` names COMPOUND by the intravenous route and OTHER beside it. Every part
        in the brackets must be a form or route of the compound or the name of a compound.
        """
        qualified = self._qualified(name)
        if qualified is None:
            return self._asked(self.id_of("compound", name))
        return self._qualify(self._asked(self.id_of("compound", qualified[0])), qualified[1])

    def knows_compound(self, name: str) -> bool:
        """Tell whether ``compound`` would know ``name``, or the name before its brackets; no suggestions are sought."""
        return bool(self.ids_of("compound", name)) or self._qualified(name) is not None

    def _qualified(self, name: str) -> tuple[str, str] | None:
        """Return the name of a compound and what stands in brackets behind it; None when there are no such two."""
        found = None if self.ids_of("compound", name) else _QUALIFIED.fullmatch(name.strip())
        return (found[1], found[2]) if found is not None and self.ids_of("compound", found[1]) else None

    def _asked(self, hit: NameHit) -> Asked:
        compound = self._knowledge.compounds[hit.id]
        if hit.form is None:
            return Asked(compound=compound)
        return Asked(compound=compound, exposure=Exposure(form=hit.form, route=_route_of(compound, hit.form)))

    def _qualify(self, base: Asked, qualifiers: str) -> Asked:
        exposure, also = base.exposure, []
        for part in (part.strip() for part in re.split(r"[/,;]", qualifiers)):
            told = _exposure_named(base.compound, part)
            if told is not None:
                if exposure not in (None, told):
                    raise InvalidQuestion(f"{part!r} contradicts another form that was named", "name one form")
                exposure = told
            else:
                also.append(self.id_of("compound", part).id)
        return attrs.evolve(base, exposure=exposure, also_named=tuple(dict.fromkeys(also)))

    def search(self, text: str) -> tuple[Match, ...]:
        """Return records that mention ``text``, the nearest first; an empty tuple says only that none does."""
        key = _key("record", text)
        found: list[Match] = []
        entities: Iterable[Entity] = (
            *self._knowledge.compounds.values(),
            *self._knowledge.conditions.values(),
            *self._knowledge.terms.values(),
        )
        for entity in entities:
            found += _best(entity, _fields(entity), key)
        for claim in self._knowledge.considerations.values():
            if claim.withdrawn is None:
                found += _best(claim, (("statement", claim.statement),), key)
        return tuple(sorted(found, key=lambda match: (-match.score, match.record.id)))


def index_of(knowledge: KnowledgeBase) -> NameIndex:
    """Return the names of ``knowledge``, indexed once."""
    return knowledge.derived("names", lambda: NameIndex(knowledge))


def _key(kind: str, name: str) -> str:
    if not isinstance(name, str):
        raise InvalidQuestion(f"a {kind} is asked for by name, not by {type(name).__name__}", "give a text")
    try:
        key = normalise(name)
    except ValueError as error:
        raise InvalidQuestion(str(error), f"give at most {MAX_NAME} characters") from None
    if not key:
        raise InvalidQuestion(f"the name of the {kind} is empty", "give a name")
    return key


def names_of(entity: Entity) -> Iterable[tuple[str, str | None]]:
    """Yield each name of ``entity`` with the form that it speaks of; codes come as CURIE and bare."""
    yield entity.id, None
    yield entity.name, None
    for synonym in entity.synonyms:
        yield synonym.text, synonym.form
    for xref in entity.xrefs:
        yield xref, None
        yield xref.partition(":")[2], None


def names_by_kind(knowledge: KnowledgeBase) -> Names:
    """Return every normalised name of each kind, with the identifiers and forms that it leads to; made once."""
    return knowledge.derived("names by kind", lambda: _index(knowledge))


Names = Mapping[str, Mapping[str, Sequence[tuple[str, str | None]]]]


def _index(knowledge: KnowledgeBase) -> Names:
    collections: dict[str, Iterable[Entity]] = {
        "compound": knowledge.compounds.values(),
        "condition": knowledge.conditions.values(),
        "term": knowledge.terms.values(),
    }
    index: dict[str, dict[str, list[tuple[str, str | None]]]] = {}
    for kind, entities in collections.items():
        found: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for entity in entities:
            for name, form in names_of(entity):
                hit = (entity.id, form)
                if hit not in found[normalise(name)]:
                    found[normalise(name)].append(hit)
        index[kind] = dict(found)
    return index


def _ids(hits: Iterable[NameHit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.id for hit in hits))


def _shown(names: Mapping[str, Sequence[tuple[str, str | None]]], knowledge: KnowledgeBase) -> dict[str, str]:
    return {name: knowledge.entity(hits[0][0]).name for name, hits in names.items() if not name[:1].isdigit()}


def _route_of(compound: Compound, form: str) -> Route | None:
    return next((known.route for known in compound.forms if known.id == form), None)


def _exposure_named(compound: Compound, part: str) -> Exposure | None:
    """Return the exposure that ``part`` (a form, formulation or route) names; None when it names none."""
    key = normalise(part)
    for form in compound.forms:
        if key in (normalise(form.id), normalise(form.formulation or form.id)):
            return Exposure(form=form.id, route=form.route)
    route = _ROUTES.get(key)
    if route is None:
        return None
    forms = [form for form in compound.forms if form.route is route]
    return Exposure(form=forms[0].id if len(forms) == 1 else None, route=route)


def _fields(entity: Entity) -> Iterable[tuple[str, str]]:
    yield "name", entity.name
    synonyms: tuple[Synonym, ...] = entity.synonyms
    for synonym in synonyms:
        yield "synonym", synonym.text
    if isinstance(entity, Term) and entity.definition:
        yield "definition", entity.definition
    for xref in entity.xrefs:
        yield "xref", xref


_WEIGHTS: Final = {"name": 1.0, "synonym": 0.9, "xref": 0.8, "definition": 0.6, "statement": 0.5}


def _best(record: Entity | SafetyConsideration, fields: Iterable[tuple[str, str]], key: str) -> list[Match]:
    matches = []
    for field, text in fields:
        nearness = _nearness(key, text)
        if nearness:
            matches.append(Match(record=record, field=field, score=round(_WEIGHTS[field] * nearness, 3)))
    return [max(matches, key=lambda match: match.score)] if matches else []


def _nearness(key: str, text: str) -> float:
    whole = " ".join(unfolded.casefold() for unfolded in text.split())
    if len(text) <= MAX_NAME:
        whole = normalise(text)
    if whole == key:
        return 1.0
    if re.search(rf"\b{re.escape(key)}\b", whole):
        return 0.8
    return 0.5 if key in whole else 0.0
