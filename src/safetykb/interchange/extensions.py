"""What FHIR has no element for, as extensions of our own: their values, and the resources that define them.

R5 ClinicalUseDefinition has no element for severity, evidence or citation. ``definitions`` gives the
StructureDefinitions, code systems and value sets that a receiver needs to read ours.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from safetykb.interchange.coding import canonical
from safetykb.model.choices import Design, Kind, Origin
from safetykb.model.scales import Basis, Concern, Coverage, Directness, EvidenceLevel, ReadDepth, Seriousness
from safetykb.reasoning.findings import Part, Place

FHIR_VERSION: Final = "5.0.0"

_USE: Final = "ClinicalUseDefinition"
_ANSWER: Final = "Composition"
_SECTION: Final = "Composition.section"
_INTERACTANT: Final = "ClinicalUseDefinition.interaction.interactant"
_THERAPY: Final = "ClinicalUseDefinition.contraindication.otherTherapy"


@attrs.frozen
class Extension:
    """An extension: what it means, where it may stand, and the type of its value or of each of its parts.

    ``parts`` of a simple extension is empty and ``type`` its FHIR type; a complex one has ``parts``, each a type, or
    ``(type, code system)`` where its value is a word of a closed set.
    """

    text: str
    contexts: tuple[str, ...]
    type: str = ""
    words: str = ""
    parts: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)


_STRING: Final = ("string", "")
_CONCERN: Final = ("code", "concern")

EXTENSIONS: Final[Mapping[str, Extension]] = {
    "concern": Extension(
        "How much the statement asks of the reader; undetermined: nobody knows, or nobody looked.",
        (_USE, _INTERACTANT, _THERAPY),
        "code",
        "concern",
    ),
    "kind": Extension("What sort of statement it is.", (_USE,), "code", "kind"),
    "origin": Extension("Whether a source states it, or facts were joined.", (_USE,), "code", "origin"),
    "serious": Extension("The outcome that makes the hazard serious; absent: not known.", (_USE,), "code", "serious"),
    "block": Extension("Where the finding stands in the answer.", (_USE,), "code", "block"),
    "evidence": Extension(
        "How well it is known: basis first, then level; never traded for the concern.",
        (_USE,),
        parts={
            "basis": ("code", "basis"),
            "level": ("code", "level"),
            "design": ("code", "design"),
            "directness": ("code", "directness"),
            "step": _STRING,
        },
    ),
    "hazard": Extension("What may happen.", (_USE,), "CodeableConcept"),
    "statement": Extension("The statement in words, with its figures.", (_USE,), "string"),
    "rationale": Extension("Why, in words.", (_USE,), "string"),
    "action": Extension("What to do or arrange, in words.", (_USE,), "string"),
    "condition-of-use": Extension(
        "What must also hold and nobody stated: a medicine, a state, a form. Not known to hold, nor not to.",
        (_USE,),
        parts={"if-taking": _STRING, "if-having": _STRING, "if-form": _STRING},
    ),
    "partner": Extension(
        "How a treatment of the condition stands to the statement: met when the patient takes it, else open.",
        (_INTERACTANT, _THERAPY),
        parts={
            "status": ("code", "partner-status"),
            "usual": ("boolean", ""),
            "alternative": ("boolean", ""),
            "text": _STRING,
        },
    ),
    "patient-fact": Extension("A stated fact of the patient, in words.", (_USE, _ANSWER), "string"),
    "path": Extension(
        "A step by which the statement was reached: from one entity to another.",
        (_USE,),
        parts={"from": _STRING, "link": ("code", "link"), "to": _STRING},
    ),
    "source": Extension("A source that it stands on, and the place in it.", (_USE, _ANSWER), "RelatedArtifact"),
    "source-read": Extension(
        "How much of a source was read, when, and what it is.",
        ("RelatedArtifact",),
        parts={
            "read": ("code", "read"),
            "read-on": _STRING,
            "in-copy": ("boolean", ""),
            "design": ("code", "design"),
            "version-date": _STRING,
            "jurisdiction": _STRING,
            "retracted": _STRING,
            "superseded-by": _STRING,
            "stale": ("boolean", ""),
        },
    ),
    "mark": Extension("A warning about a source or a policy.", (_USE,), "string"),
    "folded-under": Extension("The id of the finding that says the same more surely.", (_USE,), "string"),
    "monitoring": Extension(
        "A test, when, the threshold to act on, and what to do then; who asks for it.",
        (_USE, _ANSWER),
        parts={
            "test": ("CodeableConcept", ""),
            "when": _STRING,
            "threshold": _STRING,
            "then": _STRING,
            "asked-by": _STRING,
        },
    ),
    "headline": Extension(
        "What must be known first; its parts are never folded into one another.",
        (_ANSWER,),
        parts={
            "concern": _CONCERN,
            "highest": _CONCERN,
            "coverage": ("code", "coverage"),
            "text": _STRING,
            "because": _STRING,
            "not-checked": _STRING,
        },
    ),
    "if-taking": Extension(
        "A usual treatment, and the concern that a source states of taking it as well.",
        (_ANSWER,),
        parts={"treatment": ("CodeableConcept", ""), "concern": _CONCERN},
    ),
    "depends-on": Extension(
        "A fact that nobody stated, and the concern that would hold with it.",
        (_ANSWER,),
        parts={"fact": _STRING, "concern": _CONCERN, "of": _STRING, "taken": _STRING},
    ),
    "inferred": Extension(
        "A hazard that stands by inference only.",
        (_ANSWER,),
        parts={"hazard": _STRING, "concern": _CONCERN},
    ),
    "direct-evidence": Extension(
        "Studies of this compound in this condition: how many, of how many people given it (or planned).",
        (_ANSWER,),
        parts={"sort": ("code", "direct-evidence"), "studies": ("integer", ""), "people": ("integer", "")},
    ),
    "no-increase": Extension(
        "A named harm was studied against a comparator and was not more frequent. It is no statement of safety.",
        (_ANSWER,),
        parts={
            "finding": _STRING,
            "statement": _STRING,
            "hazard": ("CodeableConcept", ""),
            "basis": ("code", "basis"),
            "level": ("code", "level"),
            "directness": ("code", "directness"),
            "source": ("RelatedArtifact", ""),
        },
    ),
    "gap": Extension(
        "Something that is not known, in a fixed phrase, with the search that would close it.",
        (_ANSWER,),
        parts={"topic": _STRING, "phrase": _STRING, "search": _STRING, "link": ("url", "")},
    ),
    "treatment": Extension(
        "A treatment of the condition, or a medicine taken, beside the compound: what is known of the two together.",
        (_ANSWER,),
        parts={
            "treatment": ("CodeableConcept", ""),
            "purpose": _STRING,
            "usual": ("boolean", ""),
            "alternative": ("boolean", ""),
            "taken": ("boolean", ""),
            "concern": _CONCERN,
            "phrase": _STRING,
            "search": _STRING,
            "finding": _STRING,
        },
    ),
    "missing-fact": Extension(
        "A fact of the patient that nobody stated, and the concern that hangs on it.",
        (_ANSWER,),
        parts={"fact": _STRING, "concern": _CONCERN},
    ),
    "policy": Extension("A policy that touches the answer, in words.", (_ANSWER,), "string"),
    "coverage": Extension(
        "What the section holds at best; not-assessed is no reassurance.", (_SECTION,), "code", "coverage"
    ),
    "intended-use": Extension("What the answer is for.", (_ANSWER,), "string"),
    "disclaimer": Extension("What the answer is not.", (_ANSWER,), "string"),
    "knowledge": Extension(
        "Which knowledge the answer came from, and how many of its records somebody looked at again.",
        (_ANSWER,),
        parts={
            "version": _STRING,
            "digest": _STRING,
            "records": ("integer", ""),
            "second-reading": ("integer", ""),
            "clinician-reviewed": ("integer", ""),
            "how-made": _STRING,
        },
    ),
}
"""Every extension that we write."""


def extension(name: str, value: Any) -> dict[str, Any]:
    """Return the simple extension ``name`` with its value."""
    known = EXTENSIONS[name]
    return {"url": canonical("StructureDefinition", name), _value(known.type): _plain(known.type, value)}


def composed(name: str, **parts: Any) -> dict[str, Any]:
    """Return the complex extension ``name``: a list gives one part each, None and an empty text give none.

    A dash of a part's name is written as an underscore here.
    """
    known = EXTENSIONS[name]
    inner = []
    for part, values in parts.items():
        url = part.rstrip("_").replace("_", "-")
        of = known.parts[url][0]
        for value in values if isinstance(values, (list, tuple)) else (values,):
            if value is not None and value != "":
                inner.append({"url": url, _value(of): _plain(of, value)})  # noqa: PERF401  two loops read better
    return {"url": canonical("StructureDefinition", name), "extension": inner}


def _value(of: str) -> str:
    return f"value{of[0].upper()}{of[1:]}"


def _plain(of: str, value: Any) -> Any:
    return str(value.value if isinstance(value, enum.Enum) else value) if of == "code" else value


# --- what defines them ------------------------------------------------------------------------------------------------

_UNDETERMINED: Final = ("undetermined", "Nobody knows, or nobody looked. It is not below inform.")

CODE_SYSTEMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "concern": (*((str(c), c.definition) for c in reversed(Concern)), _UNDETERMINED),
    "kind": tuple((str(kind), kind.definition) for kind in Kind),
    "origin": tuple((str(origin), origin.definition) for origin in Origin),
    "serious": tuple((str(serious), serious.definition) for serious in reversed(Seriousness)),
    "block": tuple((place.value, "A block of the answer.") for place in Place),
    "section": tuple((part.value, "A part of the answer.") for part in Part),
    "basis": tuple((str(basis), basis.definition) for basis in reversed(Basis)),
    "level": tuple((level.value, level.definition) for level in EvidenceLevel.members()),
    "design": tuple((str(design), design.definition) for design in Design),
    "directness": tuple((str(directness), directness.definition) for directness in reversed(Directness)),
    "coverage": tuple((str(coverage), coverage.definition) for coverage in reversed(Coverage)),
    "read": tuple((str(read), read.definition) for read in reversed(ReadDepth)),
    "partner-status": (("met", "The patient takes it."), ("open", "Nobody said that the patient takes it.")),
    "link": (("has", "An assertion with sources."), ("broader", "The hierarchy of terms.")),
    "direct-evidence": (
        ("controlled", "Controlled studies."),
        ("uncontrolled", "Studies without a control."),
        ("cases", "Case reports and series."),
        ("no-result", "Studies without a result."),
    ),
    "answer": (("safety-review", "What is known about the safety of a compound for people with a condition."),),
}
"""Our own closed sets, each word with its definition. ``entity`` is open: the ids of the knowledge."""


def definitions() -> tuple[dict[str, Any], ...]:
    """Return the StructureDefinition of each extension, then a CodeSystem and a ValueSet for each closed set."""
    return (
        *(_structure(name, known) for name, known in EXTENSIONS.items()),
        *(_code_system(name, words) for name, words in CODE_SYSTEMS.items()),
        *(_value_set(name) for name in CODE_SYSTEMS),
    )


def _named(kind: str, name: str) -> dict[str, Any]:
    title = f"safetykb {name.replace('-', ' ')}"
    camel = "".join(part.capitalize() for part in ("safetykb", *name.split("-")))
    return {
        "resourceType": kind,
        "id": f"safetykb-{name}",
        "url": canonical(kind, name),
        "name": camel,
        "title": title,
        "status": "active",
    }


def _structure(name: str, known: Extension) -> dict[str, Any]:
    url = canonical("StructureDefinition", name)
    root = {"id": "Extension", "path": "Extension", "short": known.text, "definition": known.text}
    return {
        **_named("StructureDefinition", name),
        "description": known.text,
        "fhirVersion": FHIR_VERSION,
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": context} for context in known.contexts],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {
            "element": [
                root,
                *([*_complex(known.parts)] if known.parts else ()),
                {"id": "Extension.url", "path": "Extension.url", "fixedUri": url},
                *(() if known.parts else (_valued("Extension", (known.type, known.words)),)),
            ]
        },
    }


def _complex(parts: Mapping[str, tuple[str, str]]) -> Iterable[dict[str, Any]]:
    slicing = {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"}
    yield {"id": "Extension.extension", "path": "Extension.extension", "slicing": slicing}
    for name, part in parts.items():
        at = f"Extension.extension:{name}"
        yield {"id": at, "path": "Extension.extension", "sliceName": name, "min": 0, "max": "*"}
        yield {"id": f"{at}.url", "path": "Extension.extension.url", "fixedUri": name}
        yield {**_valued("Extension.extension", part), "id": f"{at}.value[x]"}


def _valued(at: str, part: tuple[str, str]) -> dict[str, Any]:
    of, words = part
    bound = {"binding": {"strength": "required", "valueSet": canonical("ValueSet", words)}} if words else {}
    return {"id": f"{at}.value[x]", "path": f"{at}.value[x]", "min": 1, "type": [{"code": of}], **bound}


def _code_system(name: str, words: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        **_named("CodeSystem", name),
        "caseSensitive": True,
        "content": "complete",
        "concept": [{"code": code, "display": code.replace("-", " "), "definition": text} for code, text in words],
    }


def _value_set(name: str) -> dict[str, Any]:
    return {
        **_named("ValueSet", name),
        "compose": {"include": [{"system": canonical("CodeSystem", name)}]},
    }
