"""What a CDS Hooks request asks: which orders, of whom, and what of its prefetch may be read.

``context.patientId`` is the address of the person. What names another person is left out and told, and so is each
part of the prefetch and each selection that leads to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.ids import is_day
from safetykb.interchange.fhir_patient import Note, Order, Record, read_orders, read_record
from safetykb.interchange.fhir_resources import tail
from safetykb.interchange.fhir_values import at, listed, text_of
from safetykb.knowledge.base import KnowledgeBase

HOOK: Final = "order-select"

KINDS: Final = (
    "Patient",
    "Condition",
    "MedicationRequest",
    "MedicationStatement",
    "AllergyIntolerance",
    "Observation",
)
"""The kinds of resources that are read, each the key of a prefetch."""

Resource = Mapping[str, Any]


@attrs.frozen(kw_only=True, repr=False)
class Draft:
    """A draft order of a medicine: its ``order``, whether it was ``selected``, and whether it is ``of_patient``."""

    order: Order
    selected: bool
    of_patient: bool

    def __repr__(self) -> str:
        """Return what it is, and none of it."""
        return f"<Draft: {self.order!r}>"


@attrs.frozen(kw_only=True, repr=False)
class Request:
    """A request as it may be answered: the ``record`` of its patient, the ``drafts``, and what was left out.

    ``strangers``: how many resources of the prefetch are of another person. ``conditions_given``: whether the
    prefetch held any answer about conditions, an empty one among them.
    """

    record: Record
    drafts: tuple[Draft, ...]
    strangers: int
    conditions_given: bool
    notes: tuple[Note, ...]

    def __repr__(self) -> str:
        """Return how much there is, and none of it."""
        return f"<Request: {len(self.drafts)} drafts, {self.record!r}>"


def read_request(request: Any, *, today: str, knowledge: KnowledgeBase) -> Request:
    """Return what ``request`` (a JSON value) asks on the day ``today``.

    Raises InvalidQuestion for another hook, for a request without its context or its draft orders, for a prefetch
    that is no object, and for a day that is none.
    """
    if not is_day(today):
        raise InvalidQuestion("today is no day", "give a date, or YYYY-MM-DD")
    context = at(request, "context")
    if at(request, "hook") != HOOK or not isinstance(context, dict):
        raise InvalidQuestion(f"the request is none of the hook {HOOK}", "send hook, context and prefetch")
    if _kind(at(context, "draftOrders")) is None:
        raise InvalidQuestion("the draft orders are no FHIR resource", "send draftOrders as a Bundle")
    prefetch = at(request, "prefetch")
    if prefetch is not None and not isinstance(prefetch, dict):
        raise InvalidQuestion("the prefetch is no object", "send an object of resources by key")
    return _Reader(context, prefetch or {}, today, knowledge).read()


@attrs.frozen
class _Drafted:
    """A resource among the drafts, and the addresses by which it may be selected."""

    entry: Resource
    addresses: frozenset[str]

    @property
    def is_medicine(self) -> bool:
        """Whether it is the order of a medicine."""
        return _kind(self.entry["resource"]) == "MedicationRequest"


class _Reader:
    def __init__(
        self, context: Mapping[str, Any], prefetch: Mapping[str, Any], today: str, knowledge: KnowledgeBase
    ) -> None:
        self.context, self.prefetch, self.today, self.knowledge = context, prefetch, today, knowledge
        self.notes: list[Note] = []
        self.strangers = 0
        id = text_of(at(context, "patientId"))
        self.person = f"Patient/{id.removeprefix('Patient/')}" if id is not None else None
        self.mine = {self.person} if self.person is not None else set()

    def note(self, place: str, text: str) -> None:
        self.notes.append(Note(place, text))

    def read(self) -> Request:
        if self.person is None:
            self.note("context", "the patientId is missing: whose record this is was not checked")
        given = {key: value for key, value in self.prefetch.items() if self.is_given(key, value)}
        self.missing(given)
        mine = {key: self.of_person(value) for key, value in given.items()}
        read = {key: value for key, value in mine.items() if value is not None}
        held = {_kind(one) for one in _every(read.values())}
        if self.person is not None and "Patient" not in held:  # else the first resource would say whose record it is
            read["the patientId"] = {"resourceType": "Patient", "id": self.person.partition("/")[2]}
        record, usable = self.record(read)
        drafts = tuple(self.drafts(usable))
        return Request(
            record=record,
            drafts=drafts,
            strangers=self.strangers,
            conditions_given="Condition" in read or "Condition" in held,
            notes=(*self.notes, *record.notes, *(note for draft in drafts for note in draft.order.notes)),
        )

    # --- the prefetch ---------------------------------------------------------------------------------------------

    def is_given(self, key: str, value: Any) -> bool:
        kind = _kind(value)
        if value is None:
            self.note("prefetch", f"{key} was not given")
        elif kind is None:
            self.note("prefetch", f"{key} is no FHIR resource; not read")
        elif kind == "OperationOutcome":
            self.note("prefetch", f"{key} is an error of the server in place of records; it was not given")
        else:
            return True
        return False

    def missing(self, given: Mapping[str, Any]) -> None:
        """Tell the kinds of resources that nobody sent: absent, which is not the same as none."""
        held = {_kind(one) for one in _every(given.values())}
        for kind in KINDS:
            if kind not in self.prefetch and kind not in held:
                self.note("prefetch", f"{kind} was not given")

    def of_person(self, value: Resource) -> Resource | None:
        """Return a resource, or a Bundle of them, without what is of another person; None when nothing is left."""
        entries = at(value, "entry")
        if _kind(value) != "Bundle" or not isinstance(entries, list):
            return None if self.is_strange(value) else value
        for entry in entries:
            url = text_of(at(entry, "fullUrl"))
            if url is not None and _kind(at(entry, "resource")) == "Patient" and self.is_mine(at(entry, "resource")):
                self.mine.add(url)
        return {**value, "entry": [entry for entry in entries if not self.is_strange(at(entry, "resource"))]}

    def is_strange(self, resource: Any) -> bool:
        """Tell whether a resource is of another person, and count it."""
        strange = self.person is not None and not self.is_mine(resource)
        self.strangers += strange
        return strange

    def is_mine(self, resource: Any) -> bool:
        """Tell whether a resource is of the person, or names nobody whose address can be compared."""
        if _kind(resource) == "Patient":
            return f"Patient/{text_of(at(resource, 'id'))}" == self.person
        whom = _whom(resource)
        if whom is None or whom in self.mine or not tail(whom).startswith("Patient/"):
            return True  # the reader of the record leaves out what it cannot resolve, and tells it
        return tail(whom) == self.person

    def record(self, read: Mapping[str, Resource]) -> tuple[Record, list[Resource]]:
        """Return the record and what it was read from: a part that is not readable is left out and told."""
        how: dict[str, Any] = {"today": self.today, "knowledge": self.knowledge}
        usable: list[Resource] = [*read.values()]
        try:
            return read_record(*usable, **how), usable
        except InvalidQuestion:
            usable = []
        for key, value in read.items():
            try:
                read_record(*usable, value, **how)
            except InvalidQuestion:
                self.note("prefetch", f"{key} could not be read as FHIR of one person; left out")
            else:
                usable.append(value)
        return read_record(*usable, **how), usable

    # --- the orders -----------------------------------------------------------------------------------------------

    def drafts(self, given: Sequence[Resource]) -> Iterator[Draft]:
        drafted = [*self.drafted()]
        chosen = {number for one in self.selections() for number in self.chosen(one, drafted)}
        others = {"resourceType": "Bundle", "entry": [draft.entry for draft in drafted if not draft.is_medicine]}
        for number, draft in enumerate(drafted):
            if draft.is_medicine:
                # One at a time, so that two of one id are two.
                (order,) = read_orders(draft.entry["resource"], others, *given, knowledge=self.knowledge)
                of_patient = self.person is None or self.is_for_patient(draft.entry["resource"])
                yield Draft(order=order, selected=number in chosen, of_patient=of_patient)

    def drafted(self) -> Iterator[_Drafted]:
        drafts = self.context["draftOrders"]
        entries = listed(at(drafts, "entry")) if _kind(drafts) == "Bundle" else [{"resource": drafts}]
        for entry in entries:
            resource, url = at(entry, "resource"), text_of(at(entry, "fullUrl"))
            kind, id = _kind(resource), text_of(at(resource, "id"))
            if kind is None or kind == "Bundle":
                self.note("draftOrders", "an entry of the draft orders holds no order; not read")
                continue
            named = (f"{kind}/{id}" if id else None, url, tail(url) if url else None)
            yield _Drafted(entry, frozenset(address for address in named if address is not None))

    def selections(self) -> Iterator[str]:
        """Yield what was selected, and tell what of it cannot be read."""
        given = at(self.context, "selections")
        if isinstance(given, str):
            self.note("selections", "the selections are no list; read as one")
            given = [given]
        if not isinstance(given, list) or not given:
            self.note("selections", "no order is selected, or the selections are no list")
            return
        for one in given:
            text = text_of(one)
            if text is None:
                self.note("selections", "a selection is no address")
            else:
                yield text

    def chosen(self, selection: str, drafted: Sequence[_Drafted]) -> list[int]:
        """Return which drafts a selection means, and tell why it means none, or several."""
        asked = {selection, tail(selection)}
        found = [number for number, draft in enumerate(drafted) if asked & draft.addresses]
        medicines = [number for number in found if drafted[number].is_medicine]
        if not found:
            self.note("selections", "a selected order is not among the drafts")
        elif not medicines:
            self.note("selections", "a selected order is of another kind than a medicine; not checked")
        elif len(medicines) > 1:
            self.note("selections", "several drafts have the address that is selected; each is answered")
        return medicines

    def is_for_patient(self, order: Resource) -> bool:
        """Tell whether a draft is for the person: it names nobody, as the hook is about one patient, or names them."""
        whom = _whom(order)
        if whom is None and at(order, "subject") is not None:
            self.note("draftOrders", "an order says whom it is for, and not by a reference; not checked")
        return whom is None or whom in self.mine or tail(whom) == self.person


def _kind(value: Any) -> str | None:
    return text_of(at(value, "resourceType"))


def _whom(resource: Any) -> str | None:
    """Return the reference to the person whom a resource is of."""
    return text_of(at(resource, "subject", "reference")) or text_of(at(resource, "patient", "reference"))


def _every(values: Iterable[Resource]) -> Iterator[Any]:
    """Yield the resources that stand alone, and those in the entries of Bundles."""
    for value in values:
        if _kind(value) == "Bundle":
            yield from (at(entry, "resource") for entry in listed(at(value, "entry")))
        else:
            yield value
