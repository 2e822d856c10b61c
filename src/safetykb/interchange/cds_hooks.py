"""CDS Hooks: cards for ``order-select``, from a review or from a whole request.

The indicator follows the concern (CDS Hooks 2.0: info, warning, critical). It is ``critical`` only where a source
contraindicates for these people as they are known; what depends on a fact that nobody stated has a card of its own, at
most ``warning``. What is undetermined, not known here or not readable has a card too: no answer is ever silent.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

import safetykb
from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.answer.queries import interactions
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.interchange.coding import canonical, source_url, uuid_of, visible
from safetykb.interchange.fhir_patient import Note, Order, Record, counted, read_orders, read_record
from safetykb.interchange.fhir_values import at, listed
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.lookup import index_of
from safetykb.model.evidence import Source
from safetykb.model.patient import Patient
from safetykb.model.scales import Concern
from safetykb.reasoning.findings import Finding, Place
from safetykb.reasoning.headline import headline_sentences
from safetykb.rendering.characters import single_line
from safetykb.rendering.markdown import to_markdown
from safetykb.rendering.outline import (
    Block,
    Document,
    Link,
    Span,
    Spans,
    Strong,
    between,
    capital,
    items,
    paragraph,
    spans,
)

HOOK: Final = "order-select"

LONGEST: Final = 139
"""The most characters of a summary: CDS Hooks asks for fewer than 140."""

_SHOWN: Final = 8
"""How many findings and how many gaps a card tells in full; the rest is counted."""

Card = dict[str, Any]


def service() -> dict[str, Any]:
    """Return what the discovery of a CDS service says of this one: the hook, and the prefetch that it reads."""
    kinds = ("Condition", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "Observation")
    queries = {kind: f"{kind}?patient={{{{context.patientId}}}}" for kind in kinds}
    return {
        "hook": HOOK,
        "id": "safetykb",
        "title": "What is known about the safety of a medicine for people with a condition",
        "description": f"{INTENDED_USE} {DISCLAIMER}",
        "prefetch": {"Patient": "Patient/{{context.patientId}}", **queries},
    }


def cards_of(review: SafetyReview) -> list[Card]:
    """Return the cards of one review: its headline, what depends on facts not stated, what was not checked."""
    return _sorted([_headline(review), *_open(review), *_not_checked(review)])


def respond(
    request: Mapping[str, Any],
    *,
    today: datetime.date | str,
    knowledge: KnowledgeBase | None = None,
) -> dict[str, list[Card]]:
    """Return the response to an ``order-select`` request (a JSON value) with its prefetch: the cards.

    Each selected medicine is asked about in each condition of the patient that the knowledge has; the other draft
    orders count as taken. What the prefetch does not say is not known. ``today`` (a date, or YYYY-MM-DD) is the day of
    the question.

    Raises InvalidQuestion for another hook, for a request without its context, and for a day that is none.
    """
    return {"cards": _sorted(_Answer(request, str(today), knowledge or knowledge_base()).cards())}


# --- a request --------------------------------------------------------------------------------------------------------


class _Answer:
    def __init__(self, request: Mapping[str, Any], today: str, knowledge: KnowledgeBase) -> None:
        context = at(request, "context")
        if at(request, "hook") != HOOK or not isinstance(context, dict):
            raise InvalidQuestion(f"the request is none of the hook {HOOK}", "send hook, context and prefetch")
        self.today, self.knowledge = today, knowledge
        prefetch = at(request, "prefetch")
        self.prefetch = {} if prefetch is None else prefetch
        if not isinstance(self.prefetch, dict):
            raise InvalidQuestion("the prefetch is no object", "send an object of resources by key")
        self.drafts = at(context, "draftOrders")
        self.selected = [str(one) for one in listed(at(context, "selections"))]

    def cards(self) -> Iterator[Card]:
        given = {key: value for key, value in self.prefetch.items() if value is not None}
        record = read_record(*given.values(), today=self.today, knowledge=self.knowledge)
        empty = [Note(f"prefetch {key}", "it was not given") for key in self.prefetch if key not in given]
        orders = read_orders(self.drafts, *given.values(), knowledge=self.knowledge)
        notes = [*empty, *record.notes, *(note for order in orders for note in order.notes)]
        known = {order.address for order in orders}
        lost = [one for one in self.selected if one.startswith("MedicationRequest/") and one not in known]
        notes += [Note("selections", "a selected order is not among the drafts") for _ in lost]
        for order in orders:
            if order.address in self.selected:
                others = [name for other in orders if other is not order for name in other.names]
                patient = _taking(record.patient, others)
                yield from self.answers(order, patient)
        if notes or not given:
            yield self.unread(record, notes)

    def answers(self, order: Order, patient: Patient) -> Iterator[Card]:
        if not order.names:
            yield self.unnamed()
        conditions = self.conditions(patient)
        for name in order.names:
            try:
                compound = index_of(self.knowledge).compound(name).compound
            except (UnknownName, AmbiguousName, InvalidQuestion):
                yield self.unknown(name)
                continue
            for condition in conditions:
                asked = (name, condition, patient)
                yield from cards_of(review(*asked, today=self.today, knowledge=self.knowledge))
            if not conditions:
                yield self.without_condition(compound.name, patient)

    def conditions(self, patient: Patient) -> list[str]:
        """Return the ids of the conditions of the patient that have answers of their own."""
        found = []
        for name in patient.conditions:
            try:
                found.append(index_of(self.knowledge).condition(name).id)
            except (UnknownName, AmbiguousName, InvalidQuestion):
                continue
        return [*dict.fromkeys(found)]

    def unnamed(self) -> Card:
        text = "The selected order names no medicine that could be read: undetermined."
        return _card(text, None, [paragraph(text)], self.own_source())

    def unknown(self, name: str) -> Card:
        text = f"{name}: undetermined, because nothing here knows it. This says nothing about its safety."
        return _card(text, None, [paragraph(text)], self.own_source())

    def without_condition(self, name: str, patient: Patient) -> Card:
        """Tell that no condition of the patient is known here, and what is known of the medicines together."""
        text = f"{capital(name)}: undetermined in this patient, because no condition of theirs is known here."
        takes = [medicine for medicine in patient.medications or () if self.is_known(medicine)]
        found = interactions(name, takes, knowledge=self.knowledge) if takes else ()
        concern = max((f.concern for f in found if f.concern and not f.inferred), default=None)
        told: list[Block] = [paragraph(text)]
        if found:
            text = (
                f"{capital(name)} with what the patient takes: {concern or 'undetermined'}. No condition is known here."
            )
            told = [paragraph(text), *_told(found, self.knowledge.sources)]
        return _card(text, concern, told, self.own_source())

    def is_known(self, medicine: str) -> bool:
        try:
            index_of(self.knowledge).compound(medicine)
        except (UnknownName, AmbiguousName, InvalidQuestion):
            return False
        return True

    def unread(self, record: Record, notes: Sequence[Note]) -> Card:
        text = "Not everything in the record was read or checked: what is missing here is not known to be absent."
        if not record.patient.stated:
            text = "Nothing was read of the patient: every fact of theirs is unknown."
        lines = counted(notes)
        return _card(text, None, [paragraph(text), *([items(*lines)] if lines else [])], self.own_source())

    def own_source(self) -> dict[str, Any]:
        return {"label": f"safetykb {safetykb.__version__}, knowledge {self.knowledge.version}"}


def _taking(patient: Patient, others: Iterable[str]) -> Patient:
    """Return the patient with the other orders counted as taken."""
    medicines = tuple(dict.fromkeys((*(patient.medications or ()), *others)))
    return attrs.evolve(patient, medications=medicines or None)


# --- a review ---------------------------------------------------------------------------------------------------------


def _headline(review: SafetyReview) -> Card:
    headline = review.headline
    word = headline.concern or "undetermined, nothing that was read settles it"
    summary = _filled(f"{_asked(review)}: {word}.", headline_sentences(headline)[1:])
    main = [f for f in review.findings if f.block in _MAIN and f.folded_under is None]
    gaps = [f"{gap.topic}: {gap.phrase}" for gap in review.gaps]
    unknown: list[Block] = [paragraph(Strong(text="What is not known")), items(*_counted(gaps))]
    told: list[Block] = [
        paragraph(headline.text),
        *_told(main, review.situation.knowledge.sources, len(review.findings)),
        *(unknown if gaps else []),
        *(paragraph(applied.text) for applied in review.policy),
    ]
    first = next((review.finding(id) for id in headline.because), None)
    source, links = _source_of(review, first), _links(review, main)
    return _card(summary, headline.concern, told, source, links=links, notice=review.notice)


def _filled(summary: str, sentences: Iterable[str]) -> str:
    """Return a summary with the sentences that fit, in their order; after one that does not, only that there is more.

    A lighter sentence never stands where a heavier one was left out.
    """
    for sentence in sentences:
        if len(summary) + 1 + len(sentence) + len(_MORE) > LONGEST:
            return summary + _MORE
        summary += f" {sentence}"
    return summary


_MORE: Final = " More in the detail."
_MAIN: Final = (Place.KNOWN, Place.NOT_IF, Place.TAKEN, Place.MONITORING)


def _open(review: SafetyReview) -> Iterator[Card]:
    """Yield a card for what would hold with facts that nobody stated; at most a warning."""
    headline = review.headline
    entries = [(e.concern, f"taking {e.name}") for e in headline.if_taking]
    entries += [(e.concern, ", ".join(part for part in (e.fact, e.taken) if part)) for e in headline.depends_on]
    if not entries:
        return
    highest = max(concern for concern, _ in entries)
    first = [text for concern, text in entries if concern is highest]
    more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
    summary = f"{_asked(review)}: {highest} if {first[0]}{more}; not stated of the patient."
    lines = [f"{capital(str(concern))}: {text}" for concern, text in sorted(entries, key=lambda e: (-e[0].rank, e[1]))]
    told: list[Block] = [paragraph("Nobody stated these. With them, sources say:"), items(*lines)]
    open_ones = [f for f in review.findings if f.is_open and not f.inferred and f.concern is highest]
    source, links = _source_of(review, open_ones[0] if open_ones else None), _links(review, open_ones[:_SHOWN])
    at_most = _indicator(min(highest, Concern.AVOID))
    yield _card(summary, highest, told, source, links=links, notice=review.notice, indicator=at_most)


def _not_checked(review: SafetyReview) -> Iterator[Card]:
    names = review.headline.not_checked
    if names:
        summary = f"{_asked(review)}: {len(names)} facts of the patient were not checked; nothing here knows them."
        told: list[Block] = [paragraph(summary), items(*names)]
        yield _card(summary, None, told, _source_of(review, None), notice=review.notice)


def _asked(review: SafetyReview) -> str:
    return capital(f"{review.compound.name} in {review.condition.name}")


def _told(findings: Sequence[Finding], sources: Mapping[str, Source], of: int | None = None) -> list[Block]:
    """Return findings as a list, each with its concern, its evidence and its sources; the rest is counted."""
    shown = findings[:_SHOWN]
    left = (len(findings) if of is None else of) - len(shown)
    lines = [_line(finding, sources) for finding in shown]
    rest = [paragraph(f"{left} more in the review.")] if left else []
    return [*([items(*lines)] if lines else []), *rest]


def _line(finding: Finding, sources: Mapping[str, Source]) -> Spans:
    evidence = finding.evidence
    needs = [*(f"taking {name}" for name in finding.if_taking), *finding.if_having, *finding.if_form]
    only = f" Only if (not stated): {'; '.join(needs)}." if needs else ""
    known = f" ({evidence.basis}, {evidence.level}, {evidence.directness}) "
    cited = between("; ", (_reference(sources[key]) for key in finding.sources))
    word = Strong(text=capital(str(finding.concern or finding.kind)))
    return spans(word, f": {finding.statement}{only}{known}[", *cited, "]")


def _reference(source: Source) -> str | Span:
    url = source_url(source)
    return source.short_name if url is None else Link(text=source.short_name, url=url)


def _counted(lines: Sequence[str]) -> list[str]:
    left = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([f"{left} more in the review."] if left > 0 else [])]


def _source_of(review: SafetyReview, finding: Finding | None) -> dict[str, Any]:
    """Return where a card comes from: the first source of the finding that decides it, else the knowledge itself."""
    label = f"safetykb {safetykb.__version__}, knowledge {review.knowledge.version}"
    if finding is None or not finding.sources:
        return {"label": label}
    source = review.situation.knowledge.sources[finding.sources[0]]
    url = source_url(source)
    return {"label": f"{source.short_name}, through {label}", **({"url": url} if url is not None else {})}


def _links(review: SafetyReview, findings: Iterable[Finding]) -> list[dict[str, str]]:
    keys = dict.fromkeys(key for finding in findings for key in finding.sources)
    known = review.situation.knowledge.sources
    urls = {source_url(known[key]): known[key].short_name for key in keys}
    return [{"label": label, "url": url, "type": "absolute"} for url, label in urls.items() if url is not None]


# --- a card -----------------------------------------------------------------------------------------------------------


def _card(
    summary: str,
    concern: Concern | None,
    told: Sequence[Block],
    source: Mapping[str, Any],
    *,
    links: Sequence[Mapping[str, str]] = (),
    notice: str = f"{INTENDED_USE} {DISCLAIMER}",
    indicator: str | None = None,
) -> Card:
    document = Document(title="safetykb", summary=(), blocks=(*told, paragraph(notice)))
    word = str(concern or "undetermined")
    card: Card = {
        "summary": _cut(single_line(summary)),
        "indicator": indicator or _indicator(concern),
        "detail": to_markdown(document).partition("\n")[2].strip(),
        "source": {**source, "topic": {"system": canonical("CodeSystem", "concern"), "code": word}},
        **({"links": [*links]} if links else {}),
    }
    shown: Card = visible(card)
    return {"uuid": uuid_of("card", repr(sorted(shown.items()))), **shown}


def _indicator(concern: Concern | None) -> str:
    return concern.mapping["cds-hooks"] if concern is not None else "info"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3].rstrip()}..."


_ORDER: Final = ("critical", "warning", "info")


def _sorted(cards: Iterable[Card]) -> list[Card]:
    """Return the cards, each once, the most urgent first."""
    once = {card["uuid"]: card for card in cards}
    return sorted(once.values(), key=lambda card: _ORDER.index(card["indicator"]))
