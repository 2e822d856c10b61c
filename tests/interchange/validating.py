"""A FHIR resource held against models that are not ours, and against what these leave out: codes and references."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fhir.resources import get_fhir_model_class
from pydantic import BaseModel

from safetykb.interchange.coding import BASE
from safetykb.interchange.extensions import CODE_SYSTEMS, EXTENSIONS

LISTS: Final[Mapping[str, list[str]]] = json.loads(Path(__file__).with_name("code_lists.json").read_text("utf-8"))[
    "systems"
]
_OURS: Final = {f"{BASE}:CodeSystem:{name}": {code for code, _ in words} for name, words in CODE_SYSTEMS.items()}


def problems(resource: Mapping[str, Any]) -> list[str]:
    """What is wrong with an R5 resource; an error of a model is raised by it."""
    model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    found = [*_codes(model), *_codings(resource), *_extensions(resource, resource["resourceType"])]
    if resource["resourceType"] == "Bundle":
        known = {entry["fullUrl"] for entry in resource["entry"]}
        found += [f"{ref} leads nowhere" for ref in _values(resource, "reference") if ref not in known]
        found += [f"{len(resource['entry']) - len(known)} entries share an address"] * (
            len(known) != len(resource["entry"])
        )
    return found


def _codes(model: BaseModel) -> Iterator[str]:
    """Codes outside the list that FHIR requires; the models know the lists and do not hold to them."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        extra = field.json_schema_extra
        allowed = extra.get("enum_values") if isinstance(extra, dict) else None
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from _codes(one)
            elif isinstance(allowed, list) and one is not None and one not in allowed:
                yield f"{type(model).__name__}.{name} is {one!r}"


def _codings(value: Any) -> Iterator[str]:
    for at in _objects(value):
        system, code = str(at.get("system")), at.get("code")
        if code is None:
            continue
        if system in LISTS and code not in LISTS[system]:
            yield f"{code!r} is no code of {system}"
        if system in _OURS and code not in _OURS[system]:
            yield f"{code!r} is no code of {system}"


def _extensions(value: Any, path: str) -> Iterator[str]:
    """Extensions that are not defined, stand where they may not, or hold what they may not."""
    if isinstance(value, list):
        for one in value:
            yield from _extensions(one, path)
    elif isinstance(value, dict):
        path = value.get("resourceType", path)
        for at in value.get("extension", []):
            if at["url"].startswith(BASE):
                yield from _extension(at, path)
        for key, one in value.items():
            under = "RelatedArtifact" if key == "valueRelatedArtifact" else f"{path}.{key}"
            yield from _extensions(one, path if key == "extension" else under)


def _extension(at: Mapping[str, Any], path: str) -> Iterator[str]:
    known = EXTENSIONS[at["url"].rpartition(":")[2]]
    if path not in known.contexts:
        yield f"{at['url']} stands at {path}"
    parts = known.parts or {at["url"]: (known.type, known.words)}
    for part in at["extension"] if known.parts else [at]:
        kind, words = parts[part["url"]]
        (value,) = [key for key in part if key not in ("url", "id")]
        if value != f"value{kind[0].upper()}{kind[1:]}":
            yield f"{at['url']} {part['url']} holds {value}"
        if words and part[value] not in {code for code, _ in CODE_SYSTEMS[words]}:
            yield f"{part[value]!r} is no word of {words}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _values(value: Any, key: str) -> Iterator[Any]:
    return (at[key] for at in _objects(value) if isinstance(at.get(key), str))
