"""Questions from the command line: their arguments, and what these ask. No error repeats a value of a patient."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.patients import read_patient
from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base, load
from safetykb.model.considerations import Exposure
from safetykb.model.patient import Patient

_NUMBERS: Final[Mapping[str, str]] = {
    "age": "in years",
    "weight": "in kg",
    "egfr": "eGFR in mL/min/1.73 m2",
    "crcl": "creatinine clearance in mL/min",
    "alt": "ALT, as a multiple of the upper limit of normal",
    "alp": "alkaline phosphatase, as a multiple of the upper limit of normal",
    "bilirubin": "as a multiple of the upper limit of normal",
    "qtc": "in ms",
}
_WORDS: Final[Mapping[str, str]] = {
    "sex": "female or male, as labels use the words",
    "child_pugh": "the Child-Pugh class: A, B or C",
}
_TRUTHS: Final[Mapping[str, str]] = {
    "pregnant": "is, or is known not to be",
    "could_become_pregnant": "could, or is known not to",
    "breastfeeding": "does, or is known not to",
    "dialysis": "is on it, or is known not to be",
}
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "has": ("conditions", "a condition or state that the patient has"),
    "past": ("past", "a condition or state that the patient had"),
    "has_not": ("has_not", "a condition or state that the patient is known not to have"),
    "allergy": ("allergies", "what the patient is allergic to"),
    "taking": ("medications", "a medicine that the patient takes"),
    "genotype": ("genotypes", "a genotype, as the knowledge names it"),
}


class Parser(argparse.ArgumentParser):
    """A parser that takes no option by half of its name, and whose errors repeat no value of an option."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without the value that stands where none belongs."""
        super().error(message.partition(" explicit argument ")[0])

    def parse(self, arguments: list[str] | None) -> argparse.Namespace:
        """Return the options; of arguments that nothing takes, only the names of options are told."""
        options, left = self.parse_known_args(arguments)
        if left:
            names = [argument.partition("=")[0] for argument in left if argument.startswith("--")]
            self.error(f"not known: {', '.join(names)}" if names else "there are more arguments than the command takes")
        return options


def add_knowledge(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take the knowledge that is asked, and the day on which a policy is in force and a source old."""
    parser.add_argument("--data", metavar="DIR", help="read this tree of records, not the packaged one")
    parser.add_argument("--overlay", metavar="DIR", help="lay the records and policies of this directory over it")
    parser.add_argument("--today", metavar="DAY", help="answer as on this day, YYYY-MM-DD (default: the current one)")


def add_question(parser: argparse.ArgumentParser, **how: Any) -> None:
    """Let ``parser`` take a compound in a condition."""
    parser.add_argument("compound", help="any name, brand or code of the compound", **how)
    parser.add_argument("condition", help="any name of the condition", **how)
    parser.add_argument("--form", help="the form in which it is taken")
    parser.add_argument("--jurisdiction", help="put what its sources say first among equals (US, EU, UK, CH ...)")


def add_patient(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take what is known of one person."""
    group = parser.add_argument_group("one patient", "What is not stated is unknown, and unknown is not normal.")
    group.add_argument(
        "--patient", metavar="FILE", help="read the patient from this file, JSON of ours or FHIR; no other flag then"
    )
    for field, text in _NUMBERS.items():
        group.add_argument(_flag(field), metavar="NUMBER", help=text)
    group.add_argument("--bp", metavar="NUMBER/NUMBER", help="blood pressure at rest in mmHg, such as 150/90")
    for field, text in _WORDS.items():
        group.add_argument(_flag(field), metavar="WORD", help=text)
    for field, text in _TRUTHS.items():
        group.add_argument(_flag(field), action=argparse.BooleanOptionalAction, help=text)
    for name, (_, text) in _NAMES.items():
        group.add_argument(_flag(name), action="append", metavar="NAME", help=f"{text}; may be repeated")
    text = "the medicines stated are all that are taken"
    group.add_argument("--takes-nothing-else", action="store_true", default=None, help=text)


def _flag(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def patient_of(options: argparse.Namespace) -> Patient | None:
    """Return the patient that the options state; None when they state nothing of one."""
    given = dict(_stated(options))
    if options.patient is not None:
        if given:
            raise InvalidQuestion("a patient was given in a file and by flags", "give one of the two")
        return _from_file(options)
    return read_patient(given) if given else None


def _from_file(options: argparse.Namespace) -> Patient:
    """Return the patient of a file of ours, or of a FHIR record; what was not read of a record goes to stderr."""
    if b'"resourceType"' not in Path(options.patient).read_bytes():
        return read_patient(options.patient)
    from safetykb.interchange.fhir_patient import counted, load_record

    record = load_record(options.patient, today=options.today, knowledge=knowledge_of(options))
    for line in counted(record.notes):
        print(f"safetykb: in the record: {line}", file=sys.stderr)
    return record.patient


def _stated(options: argparse.Namespace) -> Iterator[tuple[str, object]]:
    """Yield each field of a patient that a flag states, as JSON has it."""
    for field, value in vars(options).items():
        if value is None:
            continue
        if field in _NUMBERS:
            yield field, _number(field, value)
        elif field == "bp":
            yield field, _pressure(value)
        elif field in _WORDS or field in _TRUTHS:
            yield field, value
        elif field in _NAMES:
            yield _NAMES[field][0], value
        elif field == "takes_nothing_else":
            yield "medications_complete", True


_PLAIN: Final = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def _number(field: str, text: str) -> float:
    if _PLAIN.fullmatch(text.strip()) is None:
        raise InvalidQuestion(f"{_flag(field)} is no number", "write it in plain digits")
    return float(text)


def _pressure(text: str) -> dict[str, float]:
    systolic, _, diastolic = text.partition("/")
    return {"systolic": _number("bp", systolic), "diastolic": _number("bp", diastolic)}


def knowledge_of(options: argparse.Namespace) -> KnowledgeBase:
    """Return the knowledge that the options name, with the overlay that they name."""
    knowledge = load(options.data) if options.data else knowledge_base()
    return knowledge.with_overlay(options.overlay, today=options.today) if options.overlay else knowledge


def answer_to(options: argparse.Namespace, patient: Patient | None = None) -> SafetyReview:
    """Return the review that the options ask for."""
    knowledge = knowledge_of(options)
    return review(
        options.compound,
        options.condition,
        patient,
        exposure=Exposure(form=_form(options.form)) if options.form is not None else None,
        jurisdiction=_jurisdiction(options.jurisdiction, knowledge) if options.jurisdiction is not None else None,
        today=options.today,
        knowledge=knowledge,
    )


def _form(text: str) -> str:
    """Return a form as records write it, in lower case and with hyphens."""
    return "-".join(text.casefold().split())


def _jurisdiction(text: str, knowledge: KnowledgeBase) -> str:
    """Return a jurisdiction that any source here is of; raise InvalidQuestion for one that would change nothing."""
    details = (source.details for source in knowledge.sources.values())
    known = sorted({each.jurisdiction for each in details if each.jurisdiction is not None})
    asked = text.strip().upper()
    if asked not in known:
        cure = f"name one of: {', '.join(known)}" if known else "leave it out: no source here names its own"
        raise InvalidQuestion(f"no source here is of the jurisdiction {text!r}", cure)
    return asked
