"""Names and codes as FHIR records have them, brought to what the knowledge may know; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from safetykb.interchange.coding import PREFIX_OF

_NO_KIND: Final = frozenset({"F32.81"})
"""ICD-10-CM codes that are no kind of their category: premenstrual dysphoric disorder stands below depression."""


def curies(system: str, code: str) -> Iterator[str]:
    """Yield our identifiers for a code: its own, then the categories above an ICD-10-CM code."""
    prefix = PREFIX_OF.get(system)
    if prefix is None:
        return
    yield f"{prefix}:{code}"
    if prefix == "ICD10CM" and code not in _NO_KIND:
        category, _, rest = code.partition(".")
        for length in range(len(rest) - 1, -1, -1):
            yield f"{prefix}:{category}.{rest[:length]}".rstrip(".")


_TAGS: Final = ("disorder", "finding", "situation", "procedure", "morphologic abnormality", "substance", "product")


def untagged(text: str) -> str:
    """Return a SNOMED CT display without the tag at its end, such as ``(disorder)``."""
    before, _, tag = text.rpartition(" (")
    return before if before and tag.removesuffix(")") in _TAGS and tag.endswith(")") else text


_ALLERGY: Final = re.compile(
    r"(?:(?:allergy|allergic|intolerance|hypersensitivity|adverse reaction) to )?(.+?)"
    r"(?: (?:allergy|intolerance|hypersensitivity))?",
    re.IGNORECASE,
)


def unallergic(text: str) -> str:
    """Return what a text such as ``Allergy to penicillin (finding)`` or ``penicillin allergy`` names."""
    plain = untagged(text)
    found = _ALLERGY.fullmatch(plain)
    return found[1] if found is not None else plain


_LONGEST_ABBREVIATION: Final = 5


def is_abbreviation(text: str) -> bool:
    """Tell whether a text is so short that it may stand for several things, as MS does for mitral stenosis too."""
    return len(text) <= _LONGEST_ABBREVIATION and " " not in text


_NONE: Final = frozenset(
    {"nka", "nkda", "nil", "nil known", "none", "none known", "not on file", "none on file", "unknown", "n/a"}
)


def says_none(text: str) -> bool:
    """Tell whether a text says that nothing is known or recorded, in place of a name."""
    plain = untagged(text).casefold().strip(" .")
    return plain in _NONE or plain.startswith(("no known ", "no current ", "no information "))


# --- medicines --------------------------------------------------------------------------------------------------------

_FEWEST: Final = 2
"""A number and its unit: only before more than these is there anything left to name."""

_LEADING: Final = frozenset({"ml", "hr", "actuat", "mg"})
_STRENGTH: Final = re.compile(
    r"(?<![\w.])[0-9][0-9.,]*\s*(mg|mcg|ug|g|unt|units?|iu|meq|mmol|nmol|mci|bau|ml|%)(?!\w)"
    r"(?:\s*/\s*(?:[0-9.]+\s*)?(?:ml|l|hr|hour|h|day|actuat|actuation|spray|dose|mg|g|tablet|sqcm|1)(?![\w-])())?",
    re.IGNORECASE | re.ASCII,
)
"""A strength: a number, its unit, and what it is in, of which only known words are one."""

_NEXT: Final = re.compile(r"\s*(?:[/+&,;-]|(?:and|with|plus)\b)\s*", re.IGNORECASE)
_MORE: Final = re.compile(r"[/+&]|\b(?:and|with|plus)\b|^\s*-\s*\w", re.IGNORECASE)
_BRAND: Final = re.compile(r"\[[^\]]*\]")
_PACK: Final = re.compile(r"[0-9]+ \(([^()]*)\)")
_HOURS: Final = re.compile(r"\b[0-9]+ (?:hr|hour) ", re.IGNORECASE)
_MARKS: Final = " ,/+"
_HALF: Final = re.compile(r"\s[0-9.]+\s*[-/]$")


def ingredients(text: str) -> tuple[list[str], bool]:
    """Return the ingredients of the name of a drug, and whether these are all; none for a text that is no such name.

    A name of RxNorm is, for each ingredient, its name and its strength, and at the end the form: ``24 HR metformin
    hydrochloride 500 MG Extended Release Oral Tablet``, ``X 10 MG / Y 5 MG Oral Tablet [Brand]``, ``{24 (X 3 MG Oral
    Tablet) / 4 (inert ingredients 1 MG Oral Tablet) } Pack``. Others write ``X 10 mg/Y 5 mg``, or ``and`` between them.
    What follows a strength and may name one more leaves it open whether these are all.
    """
    if text.startswith("{"):
        return _pack(text)
    rest, names, end = " ".join(_without_lead(text.split())), list[str](), 0
    for strength in _STRENGTH.finditer(rest):
        before = rest[end : strength.start()]
        after = _NEXT.match(before) if names else None
        if names and after is None:
            if strength[1].casefold() == "ml" and strength[2] is None:
                continue  # how much of it there is
            return names, False
        name = _tidy(before[after.end() :] if after is not None else before)
        end = strength.end()
        if name:
            names.append(name)
        elif not names:
            return [], True
    return names, _MORE.search(_BRAND.sub("", rest[end:])) is None


def _pack(text: str) -> tuple[list[str], bool]:
    inside = [ingredients(part) for part in _PACK.findall(text) if not part.startswith("inert ingredients")]
    rest = _BRAND.sub("", _PACK.sub("", text)).translate(str.maketrans("", "", "{}/"))
    names = [name for found, _ in inside for name in found]
    return names, rest.split() == ["Pack"] and all(found and clear for found, clear in inside)


def _without_lead(words: list[str]) -> list[str]:
    words = words[1:] if words[:1] and words[0].startswith("NDA") else words
    while len(words) > _FEWEST and _is_number(words[0]) and words[1].casefold() in _LEADING:
        words = words[2:]
    return words


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()


def _tidy(name: str) -> str:
    """Return a name without how long it acts before it, and without the first of two strengths behind it."""
    return _HALF.sub("", _HOURS.split(name)[-1].strip(_MARKS)).strip(_MARKS)


_FORMS: Final = frozenset(
    {
        "capsule",
        "capsules",
        "chewable",
        "cream",
        "delayed",
        "disintegrating",
        "drops",
        "er",
        "extended",
        "film",
        "gel",
        "inhalation",
        "inhaler",
        "infusion",
        "injectable",
        "injection",
        "intravenous",
        "iv",
        "kit",
        "liquid",
        "lotion",
        "nasal",
        "odt",
        "ointment",
        "oral",
        "patch",
        "pen",
        "powder",
        "prefilled",
        "release",
        "solution",
        "spray",
        "sr",
        "subcutaneous",
        "suspension",
        "syringe",
        "syrup",
        "tab",
        "tablet",
        "tablets",
        "topical",
        "transdermal",
        "vial",
        "xr",
    }
)


def without_form(name: str) -> str:
    """Return a name without the words of a form at its end, such as ``injection``."""
    words = name.split()
    while len(words) > 1 and words[-1].casefold() in _FORMS:
        words.pop()
    return " ".join(words)


def fits_form(text: str, form: str) -> bool:
    """Tell whether a text has no words of a form, or one of those of ``form``, such as ``nasal-spray``."""
    told = {word[:_STEM] for word in text.casefold().split() if word in _FORMS}
    return not told or not told.isdisjoint(word[:_STEM] for word in form.split("-"))


_STEM: Final = 6
"""By how many letters words of a form are compared: injectable is an injection."""

_JOINED: Final = re.compile(r"\s*[/+&,;]\s*|\s+(?:and|with|plus)\s+", re.IGNORECASE)


def parts(name: str) -> tuple[list[str], list[str]]:
    """Return the parts of a name: between signs and words that join names, and between dashes."""
    return [part for part in _JOINED.split(name) if part.strip()], [part for part in name.split("-") if part.strip()]
