"""A patient out of a FHIR R4 or R5 record: what is known is read, and what cannot be read is told.

Read are Patient, Condition, MedicationRequest, MedicationStatement, AllergyIntolerance and Observation. Anything else
is counted in a note. Where a record leaves a doubt, the reading that hides nothing is taken and a note says so.
"""

from __future__ import annotations

import codecs
import datetime
import os
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.ids import is_day
from safetykb.interchange.coding import LOINC, PREFIX_OF, SNOMED
from safetykb.interchange.fhir_names import curies, ingredients, unallergic, untagged
from safetykb.interchange.fhir_values import (
    LOINC_FIELDS,
    PREGNANCY,
    Unread,
    age_on,
    at,
    codes,
    codings,
    days,
    listed,
    pregnant,
    quantity,
    text_of,
    texts,
)
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.lookup import index_of
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.model.patient import BloodPressure, Patient

OLDEST: Final = 365
"""The age in days after which a measurement no longer counts: it would close a question that is open again."""

OLDEST_PREGNANCY: Final = 300
"""The same for a pregnancy status: a little more than a pregnancy."""


@attrs.frozen
class Note:
    """What was not read or not taken as it stands: the ``place`` in the record and why, with no value of it."""

    place: str
    text: str

    def __str__(self) -> str:
        """Return both in a line."""
        return f"{self.place}: {self.text}"


def counted(notes: Iterable[Note]) -> list[str]:
    """Return what the notes say, each text once with how often it stands, the most frequent first."""
    return [f"{number} x {text}" for text, number in Counter(note.text for note in notes).most_common()]


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


@attrs.frozen
class _Entry:
    place: str
    resource: Mapping[str, Any]
    url: str | None

    @property
    def kind(self) -> str:
        return str(self.resource["resourceType"])


_Measured = list[tuple[str, float | bool | BloodPressure, str]]


class _Reader:
    def __init__(self, knowledge: KnowledgeBase, today: str, fields: Mapping[str, str], oldest: int) -> None:
        self.knowledge, self.today, self.fields, self.oldest = knowledge, today, fields, oldest
        self.names = index_of(knowledge)
        self.notes: list[Note] = []
        self.found: dict[str, list[str]] = defaultdict(list)
        self.values: dict[str, _Measured] = defaultdict(list)
        self.stated: dict[str, Any] = {}
        self.resources: dict[str, Mapping[str, Any]] = {}
        self.left: Counter[str] = Counter()

    def note(self, place: str, text: str) -> None:
        self.notes.append(Note(place, text))

    def drafted(self, drafts: Any, resources: Iterable[Any]) -> Iterator[Order]:
        entries = [*self.unique(self.entries(drafts, "drafts, "))]
        for one in resources:
            deque(self.unique(self.entries(one, "")), maxlen=0)
        for entry in entries:
            if entry.kind == "MedicationRequest":
                self.notes.clear()
                names = self.medicines_of(entry)
                address = f"MedicationRequest/{text_of(at(entry.resource, 'id'))}"
                yield Order(address=address, names=tuple(dict.fromkeys(names)), notes=tuple(self.notes))

    def read(self, resources: Iterable[Any]) -> Record:
        entries = [*self.unique(entry for one in resources for entry in self.entries(one, ""))]
        patients = [entry for entry in entries if entry.kind == "Patient"]
        if len(patients) > 1:
            raise InvalidQuestion("the record holds more than one Patient", "give the record of one person")
        if not patients:
            self.note("Patient", "there is none: age and sex are not known")
        mine = self.addresses(patients[0]) if patients else frozenset()
        for entry in entries:
            reader = _KINDS.get(entry.kind)
            if reader is None:
                self.left[entry.kind] += 1
            elif self.is_of(entry, mine):
                reader(self, entry)
            else:
                self.note(entry.place, "it is of another person, or of nobody named here; left out")
        for kind in sorted(self.left):
            self.notes += [Note(kind, _LEFT.get(kind, "nothing is read from it"))] * self.left[kind]
        return Record(patient=self.patient(), notes=tuple(self.notes))

    # --- what there is --------------------------------------------------------------------------------------------

    def entries(self, value: Any, inside: str) -> Iterator[_Entry]:
        kind = text_of(at(value, "resourceType"))
        if kind is None:
            raise InvalidQuestion("this is no FHIR resource", "give a Bundle or a resource as JSON")
        if kind != "Bundle":
            yield _Entry(f"{inside}{kind}", value, None)
            return
        if any(at(link, "relation") == "next" for link in listed(at(value, "link"))):
            self.note(f"{inside}Bundle", "it is one page of several; the rest was not given")
        for number, entry in enumerate(listed(at(value, "entry")), 1):
            resource, place = at(entry, "resource"), f"{inside}entry {number}"
            if text_of(at(resource, "resourceType")) is None:
                self.note(place, "it holds no resource")
            elif at(resource, "resourceType") == "Bundle":
                yield from self.entries(resource, f"{place}, ")
            else:
                yield _Entry(f"{place}, {resource['resourceType']}", resource, text_of(at(entry, "fullUrl")))

    def unique(self, entries: Iterable[_Entry]) -> Iterator[_Entry]:
        """Yield each entry once, and know it by every address that others may use."""
        for entry in entries:
            addresses = self.addresses(entry)
            if not addresses & self.resources.keys():
                yield entry
            self.resources.update(dict.fromkeys(addresses, entry.resource))

    def addresses(self, entry: _Entry) -> frozenset[str]:
        id = text_of(at(entry.resource, "id"))
        return frozenset(address for address in (entry.url, f"{entry.kind}/{id}" if id else None) if address)

    def is_of(self, entry: _Entry, mine: frozenset[str]) -> bool:
        """Tell whether a resource is of the person: it names nobody, or names the Patient that there is."""
        if entry.kind in ("Patient", "Medication"):
            return True
        of = text_of(at(entry.resource, "patient" if entry.kind == "AllergyIntolerance" else "subject", "reference"))
        if of is None or not mine:
            self.found["of"] += [of] if of and of not in self.found["of"] else []
            return len(self.found["of"]) <= 1
        return of in mine or any(of.endswith(f"/{known}") for known in mine)

    def patient(self) -> Patient:
        stated = {field: self.newest(field, found) for field, found in self.values.items()}
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

    def person(self, entry: _Entry) -> None:
        try:
            self.stated["age"] = age_on(at(entry.resource, "birthDate"), self.today)
        except Unread as unread:
            self.note(entry.place, unread.why)
        if at(entry.resource, "deceasedBoolean") is True or at(entry.resource, "deceasedDateTime") is not None:
            self.note(entry.place, "the record says that the person has died")
        self.sex(entry)

    def sex(self, entry: _Entry) -> None:
        gender = text_of(at(entry.resource, "gender"))
        born = next((_BORN.get(str(at(e, "valueCode"))) for e in self.extensions(entry, _BIRTH_SEX)), None)
        said = {word for word in (gender, born) if word in ("female", "male")}
        if len(said) == 1:
            self.stated["sex"] = said.pop()
            if born is None:
                self.note(entry.place, "the administrative gender is taken for the sex that labels speak of")
        else:
            self.note(entry.place, "sex is not stated, or stated in two ways; it is left open")

    def extensions(self, entry: _Entry, url: str) -> Iterator[Any]:
        return (one for one in listed(at(entry.resource, "extension")) if at(one, "url") == url)

    # --- conditions -----------------------------------------------------------------------------------------------

    def condition(self, entry: _Entry) -> None:
        verified = codes(at(entry.resource, "verificationStatus"))
        if "entered-in-error" in verified:
            self.note(entry.place, "entered in error; left out")
            return
        name = self.state(entry, at(entry.resource, "code"))
        if name is None:
            return
        if at(entry.resource, "verificationStatus") is not None and not verified:
            self.note(entry.place, "whether it is confirmed could not be read; counted as if it were")
        if "refuted" in verified:
            self.found["has_not"].append(name)
        elif verified - {"confirmed"}:
            self.note(entry.place, "not confirmed; counted neither as present nor as absent")
        else:
            self.found["past" if self.is_over(entry) else "conditions"].append(name)

    def is_over(self, entry: _Entry) -> bool:
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

    def has_ended(self, entry: _Entry) -> bool:
        """Tell whether the record says that a condition has ended: on a day, at an age, in words."""
        on = at(entry.resource, "abatementDateTime") or at(entry.resource, "abatementPeriod", "end")
        span = days(on)
        if span is not None:
            if span[0] <= self.today < span[1]:
                self.note(entry.place, "its end is not exact enough to tell whether it is over; counted as present")
            return span[1] <= self.today
        other = ("abatementAge", "abatementRange", "abatementString")
        return at(entry.resource, "abatementBoolean") is True or any(at(entry.resource, key) for key in other)

    def state(self, entry: _Entry, concept: Any) -> str | None:
        """Return a name of the state that a concept names: one that the knowledge has, else its own."""
        for system, code, _ in codings(concept):
            if system == SNOMED and code in PREGNANCY and self.named("pregnancy", _STATES) is not None:
                return "pregnancy"
            for number, curie in enumerate(curies(system, code)):
                known = self.named(curie, _STATES)
                if known is not None:
                    if number:
                        self.note(entry.place, "known by a broader category of its ICD-10-CM code")
                    return self.shown(known, _STATES)
        said = texts(concept)
        for text in said:
            for plain in dict.fromkeys((text, untagged(text))):
                if self.named(plain, _STATES) is not None:
                    return plain
        return self.unknown(entry, concept, said)

    def unknown(self, entry: _Entry, concept: Any, said: tuple[str, ...]) -> str | None:
        """Return the words or the code of what the knowledge does not have, so that a review lists it."""
        bare = next((f"{PREFIX_OF.get(system, 'code')} {code}" for system, code, _ in codings(concept)), None)
        name = untagged(said[0]) if said else bare
        if name is None:
            self.note(entry.place, "it has neither a code nor a text that could be read")
        elif name.casefold().startswith("no known"):
            self.note(entry.place, "it says that none is known, which is not the same as none; left open")
            return None
        else:
            self.note(entry.place, "nothing here knows it; handed on by its own name, and not checked")
        return name

    # --- names ----------------------------------------------------------------------------------------------------

    def named(self, name: str, kinds: tuple[str, ...]) -> str | None:
        """Return the id of the one entity of these kinds that ``name`` names."""
        for kind in kinds:
            try:
                id = self.names.id_of(kind, name).id
            except (UnknownName, AmbiguousName, InvalidQuestion):
                continue
            if kind != "term" or self.knowledge.is_state(id) is (kinds == _STATES):
                return id
        return None

    def shown(self, id: str, kinds: tuple[str, ...]) -> str:
        """Return the name of an entity, or its id where the name would lead elsewhere."""
        name = self.knowledge.entity(id).name
        return name if self.named(name, kinds) == id else id

    # --- medicines ------------------------------------------------------------------------------------------------

    def request(self, entry: _Entry) -> None:
        status = text_of(at(entry.resource, "status"))
        if at(entry.resource, "doNotPerform") is True:
            self.note(entry.place, "it asks not to give the medicine; not counted as taken")
        elif at(entry.resource, "intent") in ("proposal", "plan", "option"):
            self.note(entry.place, "a proposal and no order; not counted as taken")
        elif status in _REQUEST_OVER:
            self.note(entry.place, f"{_REQUEST_OVER[status]}; not counted as taken")
        else:
            if status != "active":
                self.note(entry.place, "on hold, or its status is not known; counted as taken")
            self.medicines(entry)

    def statement(self, entry: _Entry) -> None:
        status = codes(at(entry.resource, "status")) | codes(at(entry.resource, "adherence", "code"))
        ended = days(at(entry.resource, "effectivePeriod", "end"))
        started = days(at(entry.resource, "effectivePeriod", "start"))
        over = ended is not None and ended[1] < self.today
        if status & _STATEMENT_OVER:
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
            self.medicines(entry)

    def medicines(self, entry: _Entry) -> None:
        self.found["medications"] += self.medicines_of(entry)

    def medicines_of(self, entry: _Entry) -> list[str]:
        """Return a name of each medicine that a request or statement is about."""
        resource = entry.resource
        concept = at(resource, "medicationCodeableConcept") or at(resource, "medication", "concept")
        if concept is not None:
            return self.medicine(entry, concept)
        pointed = text_of(at(resource, "medicationReference", "reference"))
        pointed = pointed or text_of(at(resource, "medication", "reference", "reference"))
        medication = self.resolved(resource, pointed)
        if medication is None:
            shown = text_of(at(resource, "medicationReference", "display"))
            shown = shown or text_of(at(resource, "medication", "reference", "display"))
            return self.medicine(entry, {"text": shown})
        whole = at(medication, "code")
        known = self.substances(whole) if whole is not None else []
        inside = [
            at(i, "itemCodeableConcept") or at(i, "item", "concept") for i in listed(at(medication, "ingredient"))
        ]
        parts = [part for part in inside if part is not None]
        if known or not parts:
            return self.medicine(entry, whole)
        return [name for part in parts for name in self.medicine(entry, part)]

    def resolved(self, resource: Mapping[str, Any], pointed: str | None) -> Any:
        if pointed is not None and pointed.startswith("#"):
            inside = listed(at(resource, "contained"))
            return next((one for one in inside if at(one, "id") == pointed[1:]), None)
        if pointed is None:
            return None
        ends = (found for address, found in self.resources.items() if pointed.endswith(f"/{address}"))
        return self.resources.get(pointed) or next(ends, None)

    def medicine(self, entry: _Entry, concept: Any) -> list[str]:
        """Return the names of the substances of a concept: those that the knowledge has, else its own."""
        known = self.substances(concept)
        if known:
            return known
        for text in texts(concept):
            parts = ingredients(text)
            if parts:
                if any(self.named(part, _MEDICINES) is None for part in parts):
                    self.note(entry.place, "nothing here knows an ingredient; handed on by its name, and not checked")
                return parts
        name = self.unknown(entry, concept, texts(concept))
        return [name] if name is not None else []

    def substances(self, concept: Any) -> list[str]:
        """Return the substance that a concept names by code or by a whole text."""
        for system, code, _ in codings(concept):
            for curie in curies(system, code):
                known = self.named(curie, _MEDICINES)
                if known is not None:
                    return [self.shown(known, _MEDICINES)]
        return [text for text in texts(concept) if self.named(text, _MEDICINES) is not None][:1]

    # --- allergies ------------------------------------------------------------------------------------------------

    def allergy(self, entry: _Entry) -> None:
        verified = codes(at(entry.resource, "verificationStatus"))
        if verified & {"entered-in-error", "refuted"}:
            self.note(entry.place, "refuted, or entered in error; not counted as an allergy")
            return
        if codes(at(entry.resource, "clinicalStatus")) & {"inactive", "resolved"}:
            self.note(entry.place, "no longer active; not counted as an allergy")
            return
        concept = at(entry.resource, "code")
        names = self.substances(concept) or self.classes(concept)
        if not names:
            name = self.unknown(entry, concept, texts(concept))
            names = [name] if name is not None else []
        intolerance = "intolerance" in codes(at(entry.resource, "type"))
        if names and (intolerance or "confirmed" not in verified):
            self.note(entry.place, "an intolerance, or not confirmed; counted as an allergy")
        self.found["allergies"] += names

    def classes(self, concept: Any) -> list[str]:
        said = dict.fromkeys(plain for text in texts(concept) for plain in (text, unallergic(text)))
        return [text for text in said if self.named(text, (*_MEDICINES, "term")) is not None][:1]

    # --- measurements ---------------------------------------------------------------------------------------------

    def observation(self, entry: _Entry) -> None:
        parts = [entry.resource, *listed(at(entry.resource, "component"))]
        read = [(field, part) for part in parts for field in self.fields_of(part)]
        if not read:
            self.left["Observation"] += 1
            return
        if text_of(at(entry.resource, "status")) not in ("final", "amended", "corrected"):
            self.note(entry.place, "not final; left out")
            return
        when = self.when(entry, "pregnant" in {field for field, _ in read})
        if when is None:
            return
        pressure: dict[str, float] = {}
        for field, part in read:
            if part is entry.resource and listed(at(part, "component")) and _empty(part):
                continue  # a panel: its values are in its components
            try:
                value = self.measured(field, part)
            except Unread as unread:
                self.note(entry.place, f"{field}: {unread.why}")
                continue
            if field in ("systolic", "diastolic"):
                pressure[field] = float(value)
            else:
                self.values[field].append((when, value, entry.place))
        self.pressure(entry, when, pressure)

    def fields_of(self, part: Any) -> list[str]:
        found = [
            self.fields[code]
            for system, code, _ in codings(at(part, "code"))
            if system in _LOINC and code in self.fields
        ]
        return found[:1]

    def measured(self, field: str, part: Any) -> float | bool:
        if field == "pregnant":
            return pregnant(at(part, "valueCodeableConcept"))
        return quantity(field, at(part, "valueQuantity"), at(part, "referenceRange"))

    def pressure(self, entry: _Entry, when: str, found: Mapping[str, float]) -> None:
        if len(found) == 1:
            self.note(entry.place, "one of the two numbers of a blood pressure; not used")
        elif found:
            try:
                both = BloodPressure(**found)
            except ValueError:
                self.note(entry.place, "bp: it is outside what a person can have; check the number and its unit")
            else:
                self.values["bp"].append((when, both, entry.place))

    def when(self, entry: _Entry, is_pregnancy: bool) -> str | None:  # noqa: FBT001  an inner step
        """Return the day of a measurement, if it still counts on the day of the question."""
        resource = entry.resource
        given = (
            at(resource, "effectiveDateTime"),
            at(resource, "effectiveInstant"),
            at(resource, "effectivePeriod", "end"),
            at(resource, "issued"),
        )
        span = next((span for span in map(days, given) if span is not None), None)
        oldest = OLDEST_PREGNANCY if is_pregnancy else self.oldest
        limit = datetime.date.fromisoformat(self.today) - datetime.timedelta(days=oldest)
        if span is None:
            self.note(entry.place, "it has no day; not used")
        elif span[0] > self.today:
            self.note(entry.place, "it lies after the day of the question; not used")
        elif span[0] < limit.isoformat():
            self.note(entry.place, f"it is, or may be, older than {oldest} days; not used")
        else:
            return span[0]
        return None

    def newest(self, field: str, found: _Measured) -> Any:
        """Return the newest value; of several on one day the one that asks for more care."""
        last = max(when for when, _, _ in found)
        values = [value for when, value, _ in found if when == last]
        if any(value != values[0] for value in values):
            self.note(field, "there are several on one day; the one that asks for more care is used")
        if field == "bp":
            return max(values, key=lambda bp: (bp.systolic, bp.diastolic))  # type: ignore[union-attr]
        return min(values) if field in ("egfr", "crcl", "weight") else max(values)


_LOINC: Final = (LOINC, "urn:oid:2.16.840.1.113883.6.1")
_LEFT: Final = {"Observation": "its code is none that a field is read from"}
_BIRTH_SEX: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_BORN: Final = {"F": "female", "M": "male"}
_STATES: Final = ("condition", "term")
_MEDICINES: Final = ("compound",)

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

_KINDS: Final[Mapping[str, Callable[[_Reader, _Entry], None]]] = {
    "AllergyIntolerance": _Reader.allergy,
    "Condition": _Reader.condition,
    "Medication": lambda reader, entry: None,  # noqa: ARG005  read where a request refers to it
    "MedicationRequest": _Reader.request,
    "MedicationStatement": _Reader.statement,
    "Observation": _Reader.observation,
    "Patient": _Reader.person,
}


def _empty(part: Any) -> bool:
    return not any(key.startswith("value") for key in part)
