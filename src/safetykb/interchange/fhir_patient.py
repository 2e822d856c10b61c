"""A patient out of a FHIR R4 or R5 record: what is known is read, and what cannot be read is told.

Read are Patient, Condition, MedicationRequest, MedicationStatement, AllergyIntolerance and Observation. Anything else
is counted in a note. Where a record leaves a doubt, the reading that hides nothing is taken and a note says so.
"""

from __future__ import annotations

import codecs
import datetime
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.ids import is_day
from safetykb.interchange.fhir_concepts import Concepts
from safetykb.interchange.fhir_measurements import OLDEST, Measurements
from safetykb.interchange.fhir_resources import Entry, Resources, Whose
from safetykb.interchange.fhir_values import LOINC_FIELDS, Unread, age_on, at, codes, days, listed, text_of, words
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.model.patient import Patient


@attrs.frozen
class Note:
    """What was not read or not taken as it stands: the ``place`` in the record and why, with no value of it."""

    place: str
    text: str

    def __str__(self) -> str:
        """Return both in a line."""
        return f"{self.place}: {self.text}"


def counted(notes: Iterable[Note]) -> list[str]:
    """Return what the notes say, each text once with how often it stands and where, the most frequent first."""
    places: dict[str, list[str]] = defaultdict(list)
    for note in notes:
        places[note.text].append(note.place)
    ordered = sorted(places.items(), key=lambda item: -len(item[1]))
    return [f"{len(of)} x {text} ({_shown(list(dict.fromkeys(of)))})" for text, of in ordered]


_SHOWN: Final = 4
"""How many places of a note are named where notes are counted."""


def _shown(places: list[str]) -> str:
    more = len(places) - _SHOWN
    return "; ".join(places[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


@attrs.frozen(kw_only=True, repr=False)
class Record:
    """What a FHIR record says of one person: the patient, and a note on each thing that is not in it."""

    patient: Patient
    notes: tuple[Note, ...]

    def __repr__(self) -> str:
        """Return how much there is, and none of it."""
        return f"<Record: {self.patient!r}, {len(self.notes)} notes>"


def read_record(
    *resources: Any,
    today: datetime.date | str,
    knowledge: KnowledgeBase | None = None,
    fields: Mapping[str, str] = LOINC_FIELDS,
    oldest: int = OLDEST,
) -> Record:
    """Return what FHIR ``resources`` (Bundles, or single resources, as JSON values) say of one person.

    ``today`` (a date, or YYYY-MM-DD) tells the age, what is over, and which measurements are older than ``oldest``
    days; nothing reads the clock. ``knowledge`` gives the identifiers and names by which conditions and medicines are
    known; what it does not know is handed on by its own name, and a review lists it as not checked. ``fields``: the
    LOINC codes that are read.

    Medicines are never taken for complete: a record cannot say so. Raises InvalidQuestion for what is no FHIR
    resource, for a day that is none, and when there is more than one Patient.
    """
    if not is_day(str(today)):
        raise InvalidQuestion("today is no day", "give a date, or YYYY-MM-DD")
    return _Reader(knowledge or knowledge_base(), str(today), fields, oldest).read(resources)


def load_record(
    path: str | os.PathLike[str], *, today: datetime.date | str, knowledge: KnowledgeBase | None = None
) -> Record:
    """Return what the FHIR Bundle or resource in a JSON file says of one person.

    Raises InvalidQuestion as ``read_record`` does, and for a file that is no plain JSON in UTF-8; OSError for one that
    cannot be read. No error repeats a value of it.
    """
    data = Path(path).read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        value = decode(data, values=_MOST_VALUES, text=len(data))
    except BadJSON:
        value = None
    if value is None:
        raise InvalidQuestion("the record is not plain JSON in UTF-8 of at most 8 MiB", "write one FHIR Bundle")
    return read_record(value, today=today, knowledge=knowledge)


_MOST_VALUES: Final = 1_000_000
"""The most values in a record, counted as ``strict_json`` counts them."""


@attrs.frozen(kw_only=True, repr=False)
class Order:
    """A draft order of a medicine: its ``address`` (such as ``MedicationRequest/1``) and what it names."""

    address: str
    names: tuple[str, ...]
    notes: tuple[Note, ...]

    def __repr__(self) -> str:
        """Return how much there is, and none of it."""
        return f"<Order: {len(self.names)} names>"


def read_orders(drafts: Any, *resources: Any, knowledge: KnowledgeBase | None = None) -> tuple[Order, ...]:
    """Return the medicines that the MedicationRequests of the Bundle ``drafts`` ask for, whatever their status.

    ``resources``: others that they may refer to. Raises InvalidQuestion for what is no FHIR resource.
    """
    return tuple(_Reader(knowledge or knowledge_base(), "", {}, 0).drafted(drafts, resources))


class _Reader:
    def __init__(self, knowledge: KnowledgeBase, today: str, fields: Mapping[str, str], oldest: int) -> None:
        self.today = today
        self.notes: list[Note] = []
        self.concepts = Concepts(knowledge, self.note)
        self.measurements = Measurements(today, fields, oldest, self.note)
        self.resources = Resources(self.note)
        self.found: dict[str, list[str]] = defaultdict(list)
        self.stated: dict[str, Any] = {}
        self.born: Any = None
        self.left: Counter[str] = Counter()

    def note(self, place: str, text: str) -> None:
        self.notes.append(Note(place, text))

    def drafted(self, drafts: Any, resources: Iterable[Any]) -> Iterator[Order]:
        entries = self.resources.read([drafts], "drafts, ")
        told = len(self.notes)
        self.resources.read(resources)
        del self.notes[told:]
        for entry in entries:
            if entry.kind == "MedicationRequest":
                names = [] if self.is_modified(entry) else self.concepts.ordered(entry, self.resources)
                address = f"MedicationRequest/{text_of(at(entry.resource, 'id'))}"
                yield Order(address=address, names=tuple(dict.fromkeys(names)), notes=tuple(self.notes))
                self.notes.clear()

    def read(self, resources: Iterable[Any]) -> Record:
        entries = self.resources.read(resources)
        patients = [entry for entry in entries if entry.kind == "Patient"]
        if not _is_one(patients):
            raise InvalidQuestion("the record holds more than one Patient", "give the record of one person")
        if not patients:
            self.note("Patient", "there is none: age and sex are not known")
        for patient in patients:
            self.person(patient)
        whose = Whose(patients)
        for entry in entries:
            reader = _KINDS.get(entry.kind)
            if reader is None:
                self.left[entry.kind] += entry.kind not in _ELSEWHERE
            elif not whose.is_theirs(entry):
                self.note(entry.place, "it is of another person, or of nobody named here; left out")
            elif entry.kind == "Observation" or not self.is_modified(entry):
                reader(self, entry)
        for kind in sorted(self.left):
            self.notes += [Note(kind, _LEFT.get(kind, "nothing is read from it"))] * self.left[kind]
        return Record(patient=self.patient(), notes=tuple(self.notes))

    def is_modified(self, entry: Entry) -> bool:
        if entry.is_modified:
            self.note(entry.place, "it has a modifier that is not known here; not read")
        return entry.is_modified

    def patient(self) -> Patient:
        stated: dict[str, Any] = self.measurements.values()
        for field in ("conditions", "past", "has_not"):
            stated[field] = tuple(dict.fromkeys(self.found[field]))
        for field in ("medications", "allergies"):
            stated[field] = tuple(dict.fromkeys(self.found[field])) or None
        stated |= self.stated
        for field, value in [*stated.items()]:
            try:
                Patient(**{field: value})
            except ValueError:
                self.note(field, "it is outside what a person can have; check the number and its unit")
                del stated[field]
        try:
            return Patient(**stated)
        except ValueError:
            self.note("sex", "it says male, and the record says pregnant; sex is left open")
            return Patient(**{**stated, "sex": None})

    # --- one person -----------------------------------------------------------------------------------------------

    def person(self, entry: Entry) -> None:
        if self.is_modified(entry):
            return
        self.born = at(entry.resource, "birthDate")
        try:
            self.state(entry, "age", age_on(self.born, self.today))
        except Unread as unread:
            self.note(entry.place, unread.why)
        if at(entry.resource, "deceasedBoolean") is True or at(entry.resource, "deceasedDateTime") is not None:
            self.note(entry.place, "the record says that the person has died")
        self.sex(entry)

    def state(self, entry: Entry, field: str, value: Any) -> None:
        """State a field of the person; what two versions of the Patient say differently is not known."""
        if self.stated.setdefault(field, value) != value:
            self.note(entry.place, f"{field}: two versions of the Patient differ; it is left open")
            self.stated[field] = None

    def sex(self, entry: Entry) -> None:
        gender = text_of(at(entry.resource, "gender"))
        born = next((_BORN.get(str(at(e, "valueCode"))) for e in self.extensions(entry, _BIRTH_SEX)), None)
        said = {word for word in (gender, born) if word in ("female", "male")}
        if len(said) == 1:
            self.state(entry, "sex", said.pop())
            if born is None:
                self.note(entry.place, "the administrative gender is taken for the sex that labels speak of")
        else:
            self.note(entry.place, "sex is not stated, or stated in two ways; it is left open")

    def extensions(self, entry: Entry, url: str) -> Iterator[Any]:
        return (one for one in listed(at(entry.resource, "extension")) if at(one, "url") == url)

    # --- conditions -----------------------------------------------------------------------------------------------

    def condition(self, entry: Entry) -> None:
        concept, verified = at(entry.resource, "code"), codes(at(entry.resource, "verificationStatus"))
        if "entered-in-error" in verified:
            self.note(entry.place, "entered in error; left out")
        elif any(_FAMILY & words(one) for one in listed(at(entry.resource, "category"))):
            self.note(entry.place, "it is of the family and not of the person; left out")
        elif "refuted" in verified:
            self.found["has_not"] += self.concepts.refuted(entry.place, concept)
        else:
            self.had(entry, self.concepts.states(entry.place, concept), verified)

    def had(self, entry: Entry, names: list[str], verified: frozenset[str]) -> None:
        if not names:
            return
        if at(entry.resource, "verificationStatus") is not None and not verified:
            self.note(entry.place, "whether it is confirmed could not be read; counted as if it were")
        if verified - {"confirmed"}:
            self.note(entry.place, "not confirmed; counted neither as present nor as absent")
        else:
            self.found["past" if self.is_over(entry) else "conditions"] += names

    def is_over(self, entry: Entry) -> bool:
        status = codes(at(entry.resource, "clinicalStatus"))
        ended = self.has_ended(entry)
        if status & {"active", "recurrence", "relapse", "remission"}:
            if ended and "remission" not in status:
                self.note(entry.place, "it is called active and has ended; counted as present")
            if "remission" in status:
                self.note(entry.place, "in remission; counted as present")
            return False
        if status & {"resolved", "inactive"}:
            return True
        if not ended:
            self.note(entry.place, f"its status is {'not known' if status else 'not stated'}; counted as present")
        return ended

    def has_ended(self, entry: Entry) -> bool:
        """Tell whether the record says that a condition has ended: on a day, or at an age that has been reached."""
        on = at(entry.resource, "abatementDateTime") or at(entry.resource, "abatementPeriod", "end")
        span = days(on)
        if span is not None:
            if span[0] <= self.today < span[1]:
                self.note(entry.place, "its end is not exact enough to tell whether it is over; counted as present")
            return span[1] <= self.today
        if at(entry.resource, "abatementString") is not None:
            self.note(entry.place, "its end is told in words alone, which are not read")
        ages = (at(entry.resource, "abatementAge"), at(entry.resource, "abatementRange", "high"))
        reached = [self.is_reached(at(age, "value")) for age in ages if age is not None]
        return at(entry.resource, "abatementBoolean") is True or any(reached)

    def is_reached(self, years: Any) -> bool:
        """Tell whether the person has reached an age; where theirs is not known, an age in a record is reached."""
        age = self.stated.get("age")
        return isinstance(years, (int, float)) and (age is None or years <= age)

    # --- medicines ------------------------------------------------------------------------------------------------

    def request(self, entry: Entry) -> None:
        status = text_of(at(entry.resource, "status"))
        is_plan = at(entry.resource, "intent") in ("proposal", "plan", "option")
        if at(entry.resource, "doNotPerform") is True:
            self.note(entry.place, "it asks not to give the medicine; not counted as taken")
        elif is_plan and not self.is_reported(entry):
            self.note(entry.place, "a proposal and no order; not counted as taken")
        elif status in _REQUEST_OVER:
            self.note(entry.place, f"{_REQUEST_OVER[status]}; not counted as taken")
        else:
            if is_plan:
                self.note(entry.place, "no order of theirs, but reported to be taken; counted as taken")
            if status != "active":
                self.note(entry.place, "on hold, or its status is not known; counted as taken")
            self.medicines(entry)

    def is_reported(self, entry: Entry) -> bool:
        """Tell whether a request records what somebody says is taken, and asks for nothing, as US Core writes it."""
        told = (at(entry.resource, key) for key in ("reportedBoolean", "reported", "reportedReference"))
        return any(one is True or isinstance(one, dict) for one in told)

    def statement(self, entry: Entry) -> None:
        status = codes(at(entry.resource, "status")) | codes(at(entry.resource, "adherence", "code"))
        ended = days(at(entry.resource, "effectivePeriod", "end"))
        started = days(at(entry.resource, "effectivePeriod", "start"))
        over = ended is not None and ended[1] < self.today
        if status & _STATEMENT_OVER or self.is_denied(entry):
            self.note(entry.place, "stopped, not taken, or not a fact; not counted as taken")
        elif started is not None and started[0] > self.today:
            self.note(entry.place, "it begins after the day of the question; not counted as taken")
        elif over and "active" not in status:
            self.note(entry.place, "its period is over; not counted as taken")
        else:
            if over:
                self.note(entry.place, "it is called active and its period is over; counted as taken")
            elif not status & {"active", "recorded"}:
                self.note(entry.place, "on hold, or its status is not known; counted as taken")
            if at(entry.resource, "adherence") and not codes(at(entry.resource, "adherence", "code")):
                self.note(
                    entry.place, "whether it is taken is told in words alone, which are not read; counted as taken"
                )
            self.medicines(entry)

    def is_denied(self, entry: Entry) -> bool:
        """Tell whether a statement says that the medicine is not taken, as STU3 and DSTU2 write it."""
        return at(entry.resource, "taken") == "n" or at(entry.resource, "wasNotTaken") is True

    def medicines(self, entry: Entry) -> None:
        self.found["medications"] += self.concepts.ordered(entry, self.resources)

    # --- allergies ------------------------------------------------------------------------------------------------

    def allergy(self, entry: Entry) -> None:
        verified = codes(at(entry.resource, "verificationStatus"))
        if verified & {"entered-in-error", "refuted"}:
            self.note(entry.place, "refuted, or entered in error; not counted as an allergy")
            return
        if codes(at(entry.resource, "clinicalStatus")) & {"inactive", "resolved"}:
            self.note(entry.place, "no longer active; not counted as an allergy")
            return
        told = [at(entry.resource, "code"), *(at(one, "substance") for one in listed(at(entry.resource, "reaction")))]
        names = self.concepts.allergens(entry.place, [one for one in told if one is not None] or [None])
        intolerance = "intolerance" in codes(at(entry.resource, "type"))
        if names and (intolerance or "confirmed" not in verified):
            self.note(entry.place, "an intolerance, or not confirmed; counted as an allergy")
        self.found["allergies"] += names

    # --- measurements ---------------------------------------------------------------------------------------------

    def observation(self, entry: Entry) -> None:
        if not self.measurements.read(entry, self.born, self.stated.get("sex")):
            self.left["Observation"] += 1


def _is_one(patients: Sequence[Entry]) -> bool:
    """Tell whether entries are versions of one resource: of one fullUrl, or of one id where not each has a fullUrl."""
    ids, urls = {entry.local for entry in patients}, {entry.url for entry in patients}
    is_of_one_id = len(ids) == 1 and None not in ids and len(urls - {None}) <= 1
    return len(patients) <= 1 or is_of_one_id or (len(urls) == 1 and None not in urls)


_LEFT: Final = {"Observation": "its code is none that a field is read from"}
_BIRTH_SEX: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_BORN: Final = {"F": "female", "M": "male"}
_FAMILY: Final = frozenset({"57177007", "family history", "family-history", "family history with explicit context"})
"""What the category of a Condition says, by code or words, where it is about the family."""

_REQUEST_OVER: Final = {
    "completed": "completed",
    "stopped": "stopped",
    "cancelled": "cancelled",
    "ended": "ended",
    "entered-in-error": "entered in error",
    "draft": "a draft",
}
_STATEMENT_OVER: Final = frozenset(
    {
        "completed",
        "entered-in-error",
        "intended",
        "stopped",
        "stopped-as-directed",
        "stopped-not-as-directed",
        "not-taken",
        "not-taking",
        "draft",
    }
)

_KINDS: Final[Mapping[str, Callable[[_Reader, Entry], None]]] = {
    "AllergyIntolerance": _Reader.allergy,
    "Condition": _Reader.condition,
    "MedicationRequest": _Reader.request,
    "MedicationStatement": _Reader.statement,
    "Observation": _Reader.observation,
}

_ELSEWHERE: Final = ("Medication", "Patient", "Substance")
"""Read before the others, or where another resource refers to them."""
