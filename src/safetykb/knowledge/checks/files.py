"""Files: one record a place, in canonical bytes."""

from __future__ import annotations

from collections.abc import Iterator

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, shown
from safetykb.knowledge.layout import ENTITIES
from safetykb.knowledge.writing import canonical


def _folders_of(draft: Draft, id: str) -> list[str]:
    """Return the folders that hold ``id`` as an entity."""
    return [folder for folder, (name, _) in ENTITIES.items() if f"{folder}/{id}/{name}" in draft.files]


def _homeless(draft: Draft) -> Iterator[Fault]:
    for path in draft.files:
        match path.split("/"):
            case [folder, entity, "has", _] if folder in ENTITIES and folder not in _folders_of(draft, entity):
                yield Fault(path, "$", f"{shown(entity)} has no record in {folder}")


HOME = Check(
    code="FIL:006",
    name="beside-its-entity",
    description="An assertion stands in the folder of the entity that it is about.",
    scope="file",
    cure="move it to the folder of the entity, or write the entity's record there",
    find=_homeless,
    passing={samples.HAS: samples.has()},
    failing={"compounds/drowsiness/has/demo-fetal-harm.json": samples.has()},
)


def _twins(draft: Draft) -> Iterator[Fault]:
    for folder, (name, _) in ENTITIES.items():
        for path in draft.files:
            match path.split("/"):
                case [home, entity, file] if home == folder and file == name:
                    others = [other for other in _folders_of(draft, entity) if other != folder]
                    if others:
                        yield Fault(path, "$", f"{shown(entity)} stands in {', '.join(others)} as well")


TWIN = Check(
    code="FIL:007",
    name="one-record-an-identifier",
    description="Compounds, conditions and terms share one name space: an identifier is one of them.",
    scope="tree",
    cure="keep one: a condition is its own state and needs no term",
    find=_twins,
    failing={"terms/demo-disease/term.json": samples.term("state", label="sample")},
)


def _uncanonical(draft: Draft) -> Iterator[Fault]:
    for node in draft.records():
        if canonical(node.value) != draft.files[node.file]:
            yield node.fault("the bytes are not the canonical ones")


CANONICAL = Check(
    code="FIL:008",
    name="canonical-bytes",
    description="A file has the bytes that the canonical writer gives its record.",
    scope="file",
    cure="write it anew with the canonical writer",
    gate=False,
    find=_uncanonical,
    failing={"knowledge.json": '{"version":"1"}'},
)

CHECKS = (HOME, TWIN, CANONICAL)
