"""A patient from JSON: a file or a mapping, read as strictly as a record. No error repeats a value of it."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.model.choices import ChildPugh, Sex
from safetykb.model.patient import BloodPressure, Patient
from safetykb.model.scales import Choice
from safetykb.rendering.characters import single_line


def read_patient(source: str | os.PathLike[str] | Mapping[str, Any]) -> Patient:
    """Return the patient in a JSON file, or in a mapping of the same shape (the fields of ``Patient``).

    A file may begin with a byte order mark. Raises InvalidQuestion that names each field that is wrong, and what may
    stand there, and never its value; and OSError for a file that cannot be read.
    """
    value = dict(source) if isinstance(source, Mapping) else _decoded(Path(source).read_bytes())
    try:
        patient = make_converter().structure(value, Patient)
    except Exception as error:  # noqa: BLE001  the converter raises groups and single errors alike
        found = [*mismatches(error)]
    else:
        _refuse_no_names(patient)
        return patient
    for _, what in found:
        if what.startswith("patient."):  # written by Patient itself, which repeats no value
            told, _, cure = what.partition("; ")
            raise InvalidQuestion(told, cure)
    fields = sorted({path for path, _ in found})
    raise InvalidQuestion(f"the patient is not readable at {', '.join(fields)}", _cure(fields))


_WORDS: Final[Mapping[str, type[Choice]]] = {"$.sex": Sex, "$.child_pugh": ChildPugh}
_INSIDE: Final[Mapping[str, type]] = {"$": Patient, "$.bp": BloodPressure}


def _cure(places: Sequence[str]) -> str:
    """Return what may stand at the places that are wrong: the words of a closed set, the fields of an object."""
    words = [
        f"{path.removeprefix('$.')} is one of: {', '.join(member.value for member in _WORDS[path])}"
        for path in places
        if path in _WORDS
    ]
    keys = [
        f"the fields of {cls.__name__} are: {', '.join(field.name for field in attrs.fields(cls))}"
        for path, cls in _INSIDE.items()
        if path in places
    ]
    return ". ".join((*words, *keys)) or "give the fields of Patient, no others, each in its own type"


def _refuse_no_names(patient: Patient) -> None:
    """Refuse a name of nothing: it would stand in the answer as a fact without words."""
    lists = ("genotypes", "allergies", "medications", "past", "conditions", "has_not")
    empty = [
        f"$.{field}[{place}]"
        for field in lists
        for place, name in enumerate(getattr(patient, field) or ())
        if not single_line(name).strip()
    ]
    if empty:
        raise InvalidQuestion(f"the name is empty at {', '.join(empty)}", "give a name, or leave it out")


def _decoded(data: bytes) -> object:
    try:
        return decode(data.removeprefix(codecs.BOM_UTF8))  # as many editors and spreadsheets write it
    except BadJSON:
        pass
    raise InvalidQuestion("the patient file is not plain JSON in UTF-8", "write one object with the fields of Patient")
