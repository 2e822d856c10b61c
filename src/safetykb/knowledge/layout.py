"""Where each record lives: the path is the identifier, and neither is repeated inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from safetykb.ids import is_id, split_study
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Source
from safetykb.model.studies import SearchRecord, Study

ENTITIES: dict[str, tuple[str, type[Term | Compound | Condition]]] = {
    "terms": ("term.json", Term),
    "compounds": ("compound.json", Compound),
    "conditions": ("condition.json", Condition),
}

UNREAD = ("NOTICE", "schema")
"""Entries at the top of a tree that hold no record."""

Record = Term | Compound | Condition | Assertion | SafetyConsideration | Study | SearchRecord | Source


@attrs.frozen
class Edition:
    """What a tree says of itself: its ``version``, and what is asked of every compound before it counts as covered.

    ``asked_of_compounds`` names states (pregnancy, renal impairment ...) that each compound must be looked at for;
    ``never_silence`` names considerations that no policy may silence or lower.
    """

    version: str
    asked_of_compounds: tuple[str, ...] = ()
    never_silence: tuple[str, ...] = ()


@attrs.frozen
class Place:
    """A path in a tree, read: the class of its record and the fields that the path gives."""

    cls: type
    fields: dict[str, str]


def place_of(path: str) -> Place | None:
    """Return what the file at ``path`` holds; None when no record belongs there."""
    match path.split("/"):
        case ["sources", name] if name.endswith(".json"):  # what a tree holds most of goes first
            return Place(Source, {"id": name[:-5]})
        case ["considerations", subject, name] if name.endswith(".json"):
            return Place(SafetyConsideration, {"id": f"{subject}/{name[:-5]}", "subject": subject})
        case [folder, entity, "has", name] if folder in ENTITIES and name.endswith(".json"):
            return Place(Assertion, {"entity": entity, "term": name[:-5]})
        case [folder, entity, name] if folder in ENTITIES and name == ENTITIES[folder][0]:
            return Place(ENTITIES[folder][1], {"id": entity})
        case ["searches", subject, name] if name.endswith(".json"):
            return Place(SearchRecord, {"id": f"{subject}/{name[:-5]}", "subject": subject})
        case ["studies", compound, name] if name.endswith(".json"):
            return _study(compound, name[:-5])
        case ["knowledge.json"]:
            return Place(Edition, {})
    return None


def named_by(path: str) -> tuple[type, str] | None:
    """Return the class and the id of the record at ``path``, of a tree that was checked; None for any other file."""
    folder, _, rest = path.partition("/")
    name = rest.removesuffix(".json")
    if folder in _FOLDERS:
        return _FOLDERS[folder], name
    if folder in ENTITIES:
        entity, _, below = name.partition("/")
        return (Assertion, name) if below.startswith("has/") else (ENTITIES[folder][1], entity)
    return (Edition, "") if path == "knowledge.json" else None


_FOLDERS = {"considerations": SafetyConsideration, "searches": SearchRecord, "sources": Source, "studies": Study}


def _study(compound: str, name: str) -> Place | None:
    parts = split_study(name)
    if parts is None:
        return None
    return Place(Study, {"id": f"{compound}/{name}", "compound": compound, "condition": parts[0]})


def path_fields(cls: type) -> tuple[str, ...]:
    """Return the fields of ``cls`` that the path gives and the file does not repeat."""
    if cls is Assertion:
        return ("entity", "term")
    if cls is Study:
        return ("id", "compound", "condition")
    return ("id", "subject") if cls in (SafetyConsideration, SearchRecord) else ("id",)


def badly_named(place: Place) -> Iterator[str]:
    """Yield each part of a path that is no well-formed identifier; the file of a study or search joins two."""
    joins = place.cls in (Study, SearchRecord)
    for name, value in place.fields.items():
        last = value.rpartition("/")[2] if name == "id" else value
        parts = (split_study(last) if joins and name == "id" else None) or (last,)
        yield from (part for part in parts if not is_id(part))


def path_of(record: Record, folder: str = "") -> str:
    """Return the path of the file that holds ``record``.

    ``folder`` is where the entity of an Assertion lives (terms, compounds, conditions); other records know theirs.
    """
    match record:
        case Term() | Compound() | Condition():
            home, (name, _) = next(item for item in ENTITIES.items() if item[1][1] is type(record))
            return f"{home}/{record.id}/{name}"
        case Assertion():
            return f"{folder}/{record.entity}/has/{record.term}.json"
        case SafetyConsideration():
            return f"considerations/{record.id}.json"
        case Study():
            return f"studies/{record.id}.json"
        case SearchRecord():
            return f"searches/{record.id}.json"
    return f"sources/{record.id}.json"


def without_path_fields(cls: type, value: dict[str, Any]) -> dict[str, Any]:
    """Return ``value`` (a record as JSON) without what its path says."""
    return {key: item for key, item in value.items() if key not in path_fields(cls)}
