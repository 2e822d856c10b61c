"""A patient from JSON: a file or a mapping, read as strictly as a record. No error repeats a value of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.model.patient import Patient


def read_patient(source: str | os.PathLike[str] | Mapping[str, Any]) -> Patient:
    """Return the patient in a JSON file, or in a mapping of the same shape (the fields of ``Patient``).

    Raises InvalidQuestion that names each field that is wrong and never its value, and OSError for a file that
    cannot be read.
    """
    value = dict(source) if isinstance(source, Mapping) else _decoded(Path(source).read_bytes())
    try:
        return make_converter().structure(value, Patient)
    except Exception as error:  # noqa: BLE001  the converter raises groups and single errors alike
        found = [*mismatches(error)]
    for _, what in found:
        if what.startswith("patient."):  # written by Patient itself, which repeats no value
            told, _, cure = what.partition("; ")
            raise InvalidQuestion(told, cure)
    fields = sorted({path for path, _ in found})
    raise InvalidQuestion(
        f"the patient is not readable at {', '.join(fields)}", "give the fields of Patient, no others"
    )


def _decoded(data: bytes) -> object:
    try:
        return decode(data)
    except BadJSON:
        pass
    raise InvalidQuestion("the patient file is not plain JSON in UTF-8", "write one object with the fields of Patient")
