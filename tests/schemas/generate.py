"""Writes the JSON Schemas of the records and of a review: ``python tests/schemas/generate.py``.

A record's schema is made from its class: fields, types and closed sets from the code, descriptions from its docstring.
The schema of a review is written here, piece by piece, beside the records that a review shows as they are.
"""

from __future__ import annotations

import enum
import re
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import attrs

import safetykb
from safetykb.answer.contract import SCHEMA_VERSION
from safetykb.knowledge.layout import Edition, path_fields
from safetykb.knowledge.making import json_key
from safetykb.knowledge.strict_json import encode
from safetykb.model.choices import Design, Kind, Origin, PolicyAction, Weight
from safetykb.model.considerations import Exposure, SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Citation, Source
from safetykb.model.scales import (
    Basis,
    Choice,
    Concern,
    Coverage,
    Directness,
    EvidenceLevel,
    Frequency,
    Scale,
    Seriousness,
)
from safetykb.model.studies import SearchRecord, Study
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Part, Place

Schema = dict[str, Any]

FOLDER: Final = Path(safetykb.__file__).parent / "data" / "schema"

RECORDS: Final[Mapping[str, type]] = {
    "term": Term,
    "compound": Compound,
    "condition": Condition,
    "assertion": Assertion,
    "consideration": SafetyConsideration,
    "study": Study,
    "search": SearchRecord,
    "source": Source,
    "knowledge": Edition,
}

FIELDS: Final[Mapping[str, str]] = {
    "about": "The identifiers of the compounds that a label speaks of.",
    "action": "What to do or to arrange, in the voice of its source.",
    "allocated": "How many people were randomised or enrolled.",
    "ambiguous": "Whether other records have this name too.",
    "arms": "The groups of the study.",
    "as_of": "The date of the status.",
    "asked_of_compounds": "The states (pregnancy ...) that each compound must be looked at for.",
    "author": "The authors, as far as they were visible.",
    "broader": "The identifiers of what is wider; every statement on those holds here too.",
    "change": "A move of the computed level by hand, with its reason.",
    "cites": "The places in sources that say it.",
    "comparator": "With what the frequency was compared; of no-increase only.",
    "comparison": "How the value is compared with the limit.",
    "compound": "The identifier of a compound.",
    "concern": "How much the claim asks of the reader.",
    "condition": "The identifier of a condition.",
    "container_title": "The journal or the collection.",
    "combined": "Whether it is given beside others of the same purpose, which are then no alternatives to it.",
    "context": "What must hold as well.",
    "copy_of": "Of what the page that was read is a copy.",
    "data": "The design of the data that a label's sentence cites.",
    "date": "An ISO date, month or year.",
    "definition": "What it means.",
    "description": "What it is, each sentence with its sources.",
    "design": "What sort of page or study it is.",
    "details": "What CSL-JSON has no place for.",
    "doi": "The digital object identifier.",
    "dose": "The dose, compared with a limit.",
    "duration": "How long, in ISO 8601 (P1Y).",
    "during": "The identifier of the state that it holds in.",
    "excluded": "Who was left out of the study.",
    "exposed": "How many people were given the compound.",
    "exposure": "How the subject is taken.",
    "family": "The family name.",
    "field": "The value of a patient that is compared.",
    "form": "The identifier of a form of the compound.",
    "forms": "The forms in which it is taken.",
    "formulation": "The formulation in words.",
    "frequency": "How often, in a CIOMS band.",
    "given": "The given name.",
    "harms": "The harms that were seen.",
    "having": "The identifiers of states that the person has.",
    "how": "How the two are related.",
    "id": "The identifier.",
    "issue": "The issue of the journal.",
    "issued": "When it was published: year, and month and day where known.",
    "jurisdiction": "Where it holds: US, EU, UK, CH ...",
    "key": "The key.",
    "kind": "What sort of thing it is.",
    "label": "The name.",
    "left_out": "What the search did not reach, or found about something else.",
    "limits": "What the study cannot tell.",
    "line": "The line of treatment.",
    "literal": "The name of a body.",
    "loinc": "The LOINC code of the test.",
    "masking": "Who did not know the treatment.",
    "mechanism": "How it works, each sentence with its sources.",
    "monitoring": "The tests that are asked for.",
    "n": "The number of people.",
    "name": "The name.",
    "nct": "The number at ClinicalTrials.gov.",
    "never_silence": "The identifiers of claims that no policy may silence or lower.",
    "note": "A remark on the source.",
    "number": "An authorisation or report number.",
    "of": "The number of people in whom it was looked for.",
    "on": "The ISO date.",
    "opened": "The sections of labels that were read.",
    "origin": "Who says it: a source, or this library by joining facts.",
    "outcome": "How it ended.",
    "outcomes": "The outcomes of the study.",
    "page": "The pages.",
    "per": "A time or a body measure.",
    "phase": "The phase of the trial.",
    "planned": "How many people were intended.",
    "pmcid": "The identifier in PubMed Central.",
    "pmid": "The identifier in PubMed.",
    "population": "Who was studied.",
    "premises": "The records that a joined claim stands on beside its path.",
    "publisher": "Who published it.",
    "purpose": "What the treatment is for.",
    "queries": "The queries, word for word.",
    "rationale": "Why it may happen.",
    "read": "How much of it was read.",
    "read_on": "The ISO date on which it was read.",
    "reading": "What the outcome says.",
    "reason": "The reason.",
    "registry_id": "The number in a registry of trials.",
    "related": "How it is related to other compounds.",
    "result": "The result, with its interval.",
    "retracted": "That it was retracted, and where that is said.",
    "role": "The role.",
    "route": "The route.",
    "serious": "The outcome that makes the hazard serious; absent means not known.",
    "setid": "The set id at DailyMed.",
    "setting": "Where it is given.",
    "specialist": "Who treats it.",
    "stamps": "Who looked at the record, and when.",
    "statement": "The claim in a sentence.",
    "statements": "The sentences that say so, the newest first.",
    "status": "Where it stands.",
    "steps": "How many levels it is moved; negative is lower.",
    "subject": "The identifier of the compound or term that it is about.",
    "supersedes": "The identifier of the record that it replaces.",
    "synonyms": "Other names.",
    "taking": "The identifier of the medicine or term that was looked for with it.",
    "test": "The test.",
    "tests": "The values of a patient that mean the state; any of them.",
    "text": "The text.",
    "then": "What to do then.",
    "threshold": "The value to act on.",
    "title": "The title.",
    "topic": "What it is about.",
    "treatment": "The identifier of a compound or of a class.",
    "treatments": "The treatments of the condition.",
    "type": "What sort it is.",
    "unit": "The unit, in UCUM.",
    "url": "The canonical address.",
    "uses": "What it is used for, and how far that is recognised.",
    "usual": "Whether the treatment is usual.",
    "value": "The limit.",
    "version": "The version of the knowledge.",
    "volume": "The volume of the journal.",
    "weight": "How much an effect belongs to the substance; written of effects.",
    "when": "The times to do it.",
    "where": "Where was looked.",
    "withdrawn": "Since when and why the record no longer holds.",
    "xrefs": "Identifiers elsewhere, as CURIEs.",
    "Assertion.frequency": "How often, in a CIOMS band, the worst of a range; of effects and vulnerabilities.",
    "Context.exposure": "How the subject is taken.",
    "Dose.value": "The limit of the dose.",
    "Harm.n": "The number of people who had it.",
    "Harm.text": "The harm.",
    "Outcome.name": "What was measured.",
    "Outcome.role": "What the outcome was meant to be.",
    "Relation.compound": "The identifier of the other compound.",
    "SafetyConsideration.kind": "What sort of statement it is.",
    "SearchRecord.date": "The ISO date of the search.",
    "SearchRecord.having": "The identifier of the state that was looked for.",
    "SearchRecord.outcome": "How the search ended.",
    "Source.id": "The citation key.",
    "Source.note": "A remark on the source.",
    "Source.type": "The type, as CSL-JSON names it.",
    "Stamp.by": "automated, or a person's name.",
    "Stamp.outcome": "What the look found.",
    "Stamp.role": "In which role somebody looked.",
    "Statement.text": "One sentence with its figure.",
    "Study.status": "Where the study stands on the date of as_of.",
    "Synonym.text": "The other name.",
    "Use.status": "How far the use is recognised.",
    "Withdrawal.date": "The ISO date.",
}
"""What a field holds, where the docstring of its class does not say."""

TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
KEY: Final[Schema] = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
YES_NO: Final[Schema] = {"type": "boolean"}


def schemas() -> dict[str, Schema]:
    """Every schema by the name of its file."""
    found = {name: record_schema(name, cls) for name, cls in RECORDS.items()} | {"review": review_schema()}
    return {f"{name}.schema.json": schema for name, schema in found.items()}


def record_schema(name: str, cls: type) -> Schema:
    """The schema of the file that holds a record of ``cls``; what its path says is left out."""
    definitions: dict[str, Schema] = {}
    left_out = () if cls is Edition else path_fields(cls)
    schema = record(cls, definitions, leave=left_out)
    if cls is SafetyConsideration:
        no_increase = {"properties": {"kind": {"const": str(Kind.NO_INCREASE)}}}
        schema |= {"if": no_increase, "then": {"not": {"required": ["concern"]}}, "else": {"required": ["concern"]}}
    return _whole(name, schema, definitions)


def record(
    cls: type, definitions: dict[str, Schema], *, leave: Iterable[str] = (), more: Mapping[str, Schema] | None = None
) -> Schema:
    """The object that a record of ``cls`` is; what it refers to goes to ``definitions``."""
    hints = typing.get_type_hints(cls)
    shown = [field for field in attrs.fields(cls) if field.name not in leave]
    properties = {
        json_key(cls, field.name): {"description": _told(cls, field.name), **_type(hints[field.name], definitions)}
        for field in shown
    }
    needed = [json_key(cls, field.name) for field in shown if field.default is attrs.NOTHING]
    return _object(_words(cls.__doc__), {**properties, **(more or {})}, [*needed, *(more or {})])


def _type(hint: Any, definitions: dict[str, Schema]) -> Schema:
    if get_origin(hint) in (types.UnionType, typing.Union):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        if len(kinds) == 1:
            return _type(kinds[0], definitions)
        return {"type": [_type(kind, definitions)["type"] for kind in kinds]}
    if hint == tuple[int, ...]:
        part = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}
        dates = {"description": "One date.", "type": "array", "items": part, "minItems": 1, "maxItems": 1}
        return {"type": "object", "properties": {"date-parts": dates}, **_closed(["date-parts"])}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if hint in (str, int, float, bool):
        return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[hint]}
    if hint.__name__ not in definitions:
        definitions[hint.__name__] = {}  # holds its place
        definitions[hint.__name__] = _definition(hint, definitions)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _definition(cls: Any, definitions: dict[str, Schema]) -> Schema:
    if cls is Citation:
        return {"description": _words(cls.__doc__), "type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*#\S(.*\S)?$"}
    if issubclass(cls, enum.Enum):
        return words(cls)
    return record(cls, definitions)


def words(cls: type[Choice | Scale]) -> Schema:
    """A closed set of words, each with its definition."""
    told = " ".join(f"{member.value}: {member.definition}" for member in cls)
    return {"description": f"{_words(cls.__doc__)} {told}", "enum": [member.value for member in cls]}


def levels() -> Schema:
    """The levels of evidence."""
    told = " ".join(f"{level.value}: {level.definition}" for level in EvidenceLevel.members())
    enum_ = [level.value for level in EvidenceLevel.members()]
    return {"description": f"{_words(EvidenceLevel.__doc__)} {told}", "enum": enum_}


def _told(cls: type, field: str) -> str:
    """What the docstring of ``cls`` says of ``field``, else what the table above says."""
    said = re.search(rf"``{field}``: ((?:[^.`]|``[^`]*``)+)\.(?:\s|$)", cls.__doc__ or "")
    if said:
        return _words(f"{said[1][:1].upper()}{said[1][1:]}.")
    return FIELDS.get(f"{cls.__name__}.{field}") or FIELDS[field]


def _words(text: str | None) -> str:
    return " ".join((text or "").replace("``", "").split())


def _object(description: str, properties: Mapping[str, Schema], needed: Iterable[str] | None = None) -> Schema:
    required = properties if needed is None else needed
    return {"description": description, "type": "object", "properties": dict(properties), **_closed(required)}


def _closed(required: Iterable[str]) -> Schema:
    needed = list(required)
    return ({"required": needed} if needed else {}) | {"additionalProperties": False}


def _whole(name: str, schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:safetykb:schema:{name}"}
    return {**head, "title": name, **schema} | ({"$defs": dict(sorted(definitions.items()))} if definitions else {})


# --- the review -------------------------------------------------------------------------------------------------------


def _of(description: str, schema: Schema) -> Schema:
    """A property: what it holds, and its description, which stands before any that comes with the type."""
    return {**schema, "description": description}


def _some(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "items": items}


def _perhaps(description: str, schema: Schema) -> Schema:
    """A property that is null where the thing does not exist."""
    if "$ref" in schema:
        return {"description": description, "anyOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        return {"description": description, "enum": [*schema["enum"], None]}
    return {**schema, "description": description, "type": [schema["type"], "null"]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def review_schema() -> Schema:
    """The schema of ``review.to_dict()``."""
    shared: dict[str, Schema] = {
        "Concern": words(Concern),
        "Coverage": words(Coverage),
        "Link": _object(
            "A place to look further.",
            {"name": _of("What the link leads to.", TEXT), "url": _of("An https address.", _address())},
        ),
        "Step": _step(),
        "Partner": _partner(),
    }
    shared["ConcernOrUndetermined"] = {
        "description": "A concern, or undetermined: nobody knows, or nobody looked. That is no reassurance.",
        "enum": [*(member.value for member in Concern), "undetermined"],
    }
    # What a review shows as it is recorded may refer to the same definitions.
    shared["Study"] = record(Study, shared, leave=("stamps", "withdrawn"), more=_study_extras())
    shared["Source"] = _source(shared)
    properties = {
        "schema_version": _of(
            "The version of this contract: the first number changes when a reader must change.",
            {"const": SCHEMA_VERSION},
        ),
        "question": _question(shared),
        "compound": _of("The compound asked about, as it is recorded.", record(Compound, shared)),
        "condition": _of("The condition asked about, as it is recorded.", record(Condition, shared)),
        "patient": _perhaps("The patient asked about; null when nobody in particular was.", _patient()),
        "policy": _some("The policies that touch this answer, also those that no longer work.", _policy()),
        "headline": _headline(),
        "coverage": _object(
            "The best that each section of the answer holds.",
            {
                name: _of(f"Of {what}.", _ref("Coverage"))
                for name, what in {
                    "general": "what is known of the compound in everybody",
                    "contraindications": "contraindications and warnings",
                    "treatments": "what is known of the compound with the condition's treatments",
                    "condition": "what the condition brings",
                    "monitoring": "monitoring",
                    "studies": "studies of the compound in the condition",
                }.items()
            },
        ),
        "general": _some("What is asserted of the compound and of each class that it belongs to.", _ref("Fact")),
        "vulnerabilities": _some("What is asserted of the condition and of everything broader.", _ref("Fact")),
        "findings": _some("Everything that is known of the pair, in the order of the answer.", _finding()),
        "treatments": _some("One row for each treatment of the condition.", _row()),
        "studies": _some("Studies of the compound in the condition, then those of its relatives.", _ref("Study")),
        "monitoring": _some("One schedule: each test once.", _schedule()),
        "gaps": _some("What is not known.", _gap()),
        "questions": _some("Questions that everybody asks, answered from the findings.", _asked()),
        "sources": _some("Every source that anything above stands on, as a CSL-JSON item.", _ref("Source")),
        "stale": _perhaps(
            "How old the sources are; null when no day was given.",
            _object(
                "How old the sources are on a day.",
                {
                    "today": _of("The ISO date that was given; nothing reads the clock.", TEXT),
                    "sources": _some("The keys of those that are or may be older than 24 months, or undated.", KEY),
                },
            ),
        ),
        "intended_use": _of("Whom this is for, and what it is not.", TEXT),
        "disclaimer": _of("What not to do because of it.", TEXT),
        "knowledge": _knowledge(),
    }
    shared["Fact"] = _fact()
    description = "What is known about the safety of a compound for people with a condition. It is no verdict."
    return _whole("review", _object(description, properties), shared)


def _address() -> Schema:
    return {"type": "string", "pattern": "^https://"}


def _study_extras() -> dict[str, Schema]:
    return {
        "has_result": _of("Whether anything was reported: a status or a date is no result.", YES_NO),
        "of": {
            "description": "Whose study it is: a relative's is counted nowhere.",
            "enum": ["compound", "broader", "relative"],
        },
    }


def _source(shared: dict[str, Schema]) -> Schema:
    source = record(Source, shared)
    details = shared["SourceDetails"]
    details["properties"] = {k: v for k, v in details["properties"].items() if k not in ("read_at", "copy_of")}
    details["properties"]["read_in_copy"] = _of("Whether a copy was read, not the page itself.", YES_NO)
    details["required"].append("read_in_copy")
    return source


def _question(shared: dict[str, Schema]) -> Schema:
    shared["Exposure"] = record(Exposure, shared)
    relative = _object(
        "A relative that has an answer of its own.",
        {
            "id": _of("Its identifier.", KEY),
            "name": _of("Its name.", TEXT),
            "how": _of("How the two are related, or that the question names it.", TEXT),
        },
    )
    asked = {"minItems": 2, "maxItems": 2, **_some("The two names, as they were asked.", TEXT)}
    return _object(
        "What was asked.",
        {
            "compound": _of("The identifier of the compound.", KEY),
            "condition": _of("The identifier of the condition.", KEY),
            "exposure": _perhaps("How the compound is taken; null when nobody said.", _ref("Exposure")),
            "as_asked": asked,
            "jurisdiction": _perhaps("Whose sources come first among equals; null when nobody asked for it.", TEXT),
            "see_also": _some("Compounds to ask about by name.", relative),
        },
    )


def _headline() -> Schema:
    taking = {
        "treatment": _of("The identifier of a usual treatment.", KEY),
        "name": _of("Its name.", TEXT),
        "concern": _of("The highest concern that a source states of taking it as well.", _ref("Concern")),
    }
    needs = {
        "fact": _of("The fact that nobody stated, in words.", TEXT),
        "concern": _of("The concern that would hold with it.", _ref("Concern")),
        "of": {"description": "Of what it is a fact.", "enum": ["condition", "patient", "exposure"]},
        "taken": _perhaps("How the compound would have to be taken as well; null when any way counts.", TEXT),
    }
    inferred = {
        "hazard": _of("The identifier of the hazard.", KEY),
        "name": _of("Its name.", TEXT),
        "concern": _of("The concern of the inference; it sets no headline.", _ref("Concern")),
    }
    counts = {
        "studies": _of("How many studies.", COUNT),
        "exposed": _of("How many people were given the compound in them, where that is known.", COUNT),
    }
    direct = {
        "controlled": _object("Studies with a control and a result.", counts),
        "uncontrolled": _object("Other studies with a result.", counts),
        "cases": _object("Case reports and series.", counts),
        "no_result": _object(
            "Studies without a result.",
            {"studies": counts["studies"], "planned": _of("How many people were planned.", COUNT)},
        ),
    }
    undetermined = _ref("ConcernOrUndetermined")
    return _object(
        "What must be known first, in parts that are never folded into one another.",
        {
            "concern": _of("The highest that sources state of these people, or heavy for everybody.", undetermined),
            "highest": _of("The highest of it and of what may hold as well; it sorts and filters.", undetermined),
            "if_taking": _some("What holds with a usual treatment.", _object("A usual treatment.", taking)),
            "depends_on": _some("What holds with a fact that nobody stated.", _object("A fact not stated.", needs)),
            "inferred": _some("Hazards that stand by inference only.", _object("An inferred hazard.", inferred)),
            "not_checked": _some("What was stated of the patient and nothing here knows.", TEXT),
            "because": _some("The findings that set the concern.", TEXT),
            "direct": _object("Studies of this compound in this condition; a relative's never count.", direct),
            "coverage": _of("The coverage of the whole answer.", _ref("Coverage")),
            "text": _of("All of it in words.", TEXT),
        },
    )


def _patient() -> Schema:
    fact = {
        "field": _of("The field of the patient.", TEXT),
        "text": _of("The fact in words.", TEXT),
        "known": _of("Whether anything here knows it; what is not known was not checked.", YES_NO),
        "states": _some("The identifiers of the states that it means.", KEY),
        "findings": _some("The findings that stand on it.", TEXT),
    }
    missing = {
        "fact": _of("The fact that nobody stated, in words.", TEXT),
        "concern": _of(
            "The highest that would hold with it; undetermined when only inference waits for it.",
            _ref("ConcernOrUndetermined"),
        ),
        "findings": _some("The findings that wait for it.", TEXT),
    }
    return _object(
        "What was stated of one person, and nothing else of them.",
        {
            "facts": _some("Each fact that was given.", _object("A fact that was given.", fact)),
            "missing": _some("What nobody stated, the most important first.", _object("A fact not stated.", missing)),
            "medications_complete": _of("Whether the medicines that were stated are all that are taken.", YES_NO),
        },
    )


def _policy() -> Schema:
    concern = _ref("ConcernOrUndetermined")
    return _object(
        "A decision of a hospital about one claim.",
        {
            "consideration": _of("The identifier of the claim.", TEXT),
            "action": _of("What it does.", words(PolicyAction)),
            "concern": _of("The concern that it sets; undetermined when it sets none.", concern),
            "base_concern": _of("The concern without it; undetermined when the claim has none.", concern),
            "author": _of("Who decided.", TEXT),
            "reason": _of("Why.", TEXT),
            "date": _of("The ISO date of the decision.", TEXT),
            "expires": _perhaps("The ISO date on which it stops working; null when it does not.", TEXT),
            "expired": _of("Whether it stopped working.", YES_NO),
            "text": _of("All of it in words.", TEXT),
        },
    )


def _fact() -> Schema:
    sentence = {
        "text": _of("The sentence, with who was studied and the form where these limit it.", TEXT),
        "cites": _some("The places that say it.", _ref("Citation")),
    }
    return _object(
        "An assertion as it is shown.",
        {
            "of": _of("Of what it is asserted: the entity asked about, a class of it, or something broader.", KEY),
            "term": _of("The identifier of what it has.", KEY),
            "name": _of("The name of that.", TEXT),
            "weight": _perhaps("How much an effect belongs to it; null where that does not apply.", words(Weight)),
            "frequency": _perhaps("How often; null where nobody says.", words(Frequency)),
            "level": _of("The level of its best statement.", levels()),
            "statements": _some("The sentences, the newest first.", _object("A sentence.", sentence)),
        },
    )


def _step() -> Schema:
    return _object(
        "A step of a path.",
        {
            "from": _of("The identifier where it starts.", KEY),
            "link": {"description": "What leads on.", "enum": ["has", "broader"]},
            "to": _of("The identifier where it ends.", KEY),
            "sources": _some("The keys of the sources that say so.", KEY),
        },
    )


def _partner() -> Schema:
    return _object(
        "A treatment of the condition that a finding meets.",
        {
            "treatment": _of("The identifier of the treatment.", KEY),
            "name": _of("Its name, or that of the narrower substance that the claim speaks of.", TEXT),
            "status": {"description": "met when it is taken, open when nobody said.", "enum": ["met", "open"]},
            "concern": _of("The concern with this treatment.", _ref("ConcernOrUndetermined")),
            "usual": _of("Whether the treatment is usual.", YES_NO),
            "alternative": _of("Whether it has the same purpose and is not normally combined.", YES_NO),
            "narrower": _of("Whether the claim speaks of something narrower than the treatment.", YES_NO),
            "path": _some("The path from the treatment to the term of the claim.", _ref("Step")),
            "text": _of("What is known of the treatment's own side.", TEXT),
        },
    )


def _finding() -> Schema:
    concern = {
        "description": "How much it asks of the reader; no-increase for a claim that is no concern.",
        "enum": [*(member.value for member in Concern), str(Kind.NO_INCREASE)],
    }
    evidence = {
        "basis": _of("What it stands on; shown before the level.", words(Basis)),
        "level": _of("How certain it is.", levels()),
        "design": _perhaps("The design of the source that gave the level; null for an inference.", words(Design)),
        "directness": _of("How near it is to the question.", words(Directness)),
        "steps": _some("The arithmetic of the level, in words.", TEXT),
    }
    return _object(
        "One claim as it stands in this review.",
        {
            "id": _of("The identifier of its claim: subject/slug.", TEXT),
            "block": {"description": "Where it stands in the answer.", "enum": [place.value for place in Place]},
            "section": {"description": "The section that it counts for.", "enum": [part.value for part in Part]},
            "kind": _of("What sort of statement it is.", words(Kind)),
            "origin": _of("Who says it.", words(Origin)),
            "hazard": _of("The identifier of what may happen.", KEY),
            "hazard_name": _of("The name of that.", TEXT),
            "concern": concern,
            "serious": _perhaps("The outcome that makes the hazard serious; null is not known.", words(Seriousness)),
            "statement": _of("What is claimed, in full sentences.", TEXT),
            "rationale": _perhaps("Why it may happen.", TEXT),
            "action": _perhaps("What to do or to arrange.", TEXT),
            "if_taking": _some("What must be taken as well: treatments, or what the claim itself names.", KEY),
            "if_having": _some("States that nobody stated, in words.", TEXT),
            "if_form": _some("Ways of taking that nobody stated, in words.", TEXT),
            "partners": _some("The treatments of the condition that it meets.", _ref("Partner")),
            "folded_under": _perhaps("The finding of the same hazard that holds it; null when it stands alone.", TEXT),
            "relative": _perhaps("The relative whose own finding it is; null when it is the compound's.", KEY),
            "evidence": _object("How sure it is.", evidence),
            "facts": _some("What was stated of the patient and meets a part of it, in words.", TEXT),
            "marks": _some("What a reader must know about the sources.", TEXT),
            "path": _some("How it was reached: the compound's side, then the condition's.", _ref("Step")),
            "cites": _some("The places that state it.", _ref("Citation")),
            "sources": _some("The keys of every source that it stands on.", KEY),
        },
    )


def _row() -> Schema:
    phrase = {"enum": [phrase.value for phrase in Phrase]}
    return _object(
        "A treatment of the condition, or a medicine that is taken, beside the compound.",
        {
            "id": _of("The identifier of the treatment.", KEY),
            "name": _of("Its name.", TEXT),
            "purpose": _of("What it is for.", TEXT),
            "usual": _of("Whether it is usual.", YES_NO),
            "alternative": _of("Whether it has the same purpose and is not normally combined.", YES_NO),
            "taken": _of("Whether the patient takes it, or a member of it.", YES_NO),
            "concern": _of("The highest concern that is no inference.", _ref("ConcernOrUndetermined")),
            "findings": _some("The findings that meet it.", TEXT),
            "interaction_study": _some("The keys of studies of the two together.", KEY),
            "phrase": _perhaps("The fixed phrase of absence; null when a study of the two is held.", phrase),
            "search": _perhaps("What was searched, where and when; null when nobody searched.", TEXT),
        },
    )


def _schedule() -> Schema:
    return _object(
        "A test, with everything that is asked of it.",
        {
            "test": _of("The test.", TEXT),
            "when": _some("The times to do it.", TEXT),
            "threshold": _some("The values to act on.", TEXT),
            "then": _some("What to do then.", TEXT),
            "asked_by": _some("The claims that ask for it; one of a medicine that is taken is no finding here.", TEXT),
        },
    )


def _gap() -> Schema:
    return _object(
        "Something that is not known.",
        {
            "topic": _of("What about.", TEXT),
            "phrase": {
                "description": "The fixed phrase of absence, or that nobody entered it. None of them means safe.",
                "enum": [*(phrase.value for phrase in Phrase), "Not entered"],
            },
            "search": _perhaps("What was searched, where and when; null when nobody searched.", TEXT),
            "links": _some("Searches that would close it.", _ref("Link")),
        },
    )


def _asked() -> Schema:
    return _object(
        "A question with its answer.",
        {
            "question": _of("The question.", TEXT),
            "answer": _of("The answer, from the findings and from nothing else.", TEXT),
            "sources": _some("The keys of the sources that the answer stands on.", KEY),
            "links": _some("Places to look further.", _ref("Link")),
        },
    )


def _knowledge() -> Schema:
    return _object(
        "The knowledge that answered, and how it was made.",
        {
            "version": _of("Its version.", TEXT),
            "digest": _of("The sha256 over its files.", {"type": "string", "pattern": "^[0-9a-f]{64}$"}),
            "records": _of("How many claims, assertions, studies and searches it holds.", COUNT),
            "second_reading": _of("How many of them were read a second time.", COUNT),
            "clinician_reviewed": _of("How many of them a clinician reviewed.", COUNT),
            "how_made": _of("How the answer was made, in words.", TEXT),
        },
    )


def main() -> None:
    """Write every schema."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_bytes(encode(schema))


if __name__ == "__main__":
    main()
