"""Names and codes as FHIR records have them, brought to what the knowledge may know; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safetykb.interchange.coding import PREFIX_OF


def curies(system: str, code: str) -> Iterator[str]:
    """Yield our identifiers for a code: its own, then the categories above an ICD-10-CM code."""
    prefix = PREFIX_OF.get(system)
    if prefix is None:
        return
    yield f"{prefix}:{code}"
    if prefix == "ICD10CM":
        category, _, rest = code.partition(".")
        for length in range(len(rest) - 1, -1, -1):
            yield f"{prefix}:{category}.{rest[:length]}".rstrip(".")


_TAGS: Final = ("disorder", "finding", "situation", "procedure", "morphologic abnormality", "substance", "product")


def untagged(text: str) -> str:
    """Return a SNOMED CT display without the tag at its end, such as ``(disorder)``."""
    before, _, tag = text.rpartition(" (")
    return before if before and tag.removesuffix(")") in _TAGS and tag.endswith(")") else text


def unallergic(text: str) -> str:
    """Return what a text such as ``Allergy to penicillin (finding)`` names."""
    plain = untagged(text)
    for start in ("allergy to ", "intolerance to "):
        if plain.casefold().startswith(start):
            return plain[len(start) :]
    return plain


_FEWEST: Final = 2
"""A number and its unit: only before more than these is there anything left to name."""

_LEADING: Final = frozenset({"ml", "hr", "actuat", "mg"})
_STRENGTH: Final = frozenset({"mg", "mcg", "g", "unt", "meq", "mmol", "%", "ml", "nmol", "mci", "bau"})


def ingredients(text: str) -> list[str]:
    """Return the ingredients of an RxNorm name of a drug; an empty list for a text that is none.

    Such a name is, for each ingredient, its name and its strength, and at the end the form: ``24 HR metformin
    hydrochloride 500 MG Extended Release Oral Tablet``, ``X 10 MG / Y 5 MG Oral Tablet [Brand]``.
    """
    found = [_ingredient(part.split()) for part in text.split(" / ")]
    return [name for name in found if name is not None] if None not in found else []


def _ingredient(words: list[str]) -> str | None:
    words = words[1:] if words[:1] and words[0].startswith("NDA") else words
    while len(words) > _FEWEST and _is_number(words[0]) and words[1].casefold() in _LEADING:
        words = words[2:]
    for place in range(1, len(words) - 1):
        if _is_number(words[place]) and words[place + 1].casefold().partition("/")[0] in _STRENGTH:
            return " ".join(words[:place])
    return None


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()
