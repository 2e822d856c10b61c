"""CDS Hooks: cards for ``order-select``, from a review or from a whole request.

The indicator follows the concern (CDS Hooks 2.0: info, warning, critical). It is ``critical`` only where a source
contraindicates for these people as they are known; what depends on a fact that nobody stated has a card of its own, at
most ``warning``. What is undetermined, not known here or not readable has a card too: no answer is ever silent. What is
of another person than the patient of the request is a ``warning``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

import safetykb
from safetykb.answer.assembly import SafetyReview, review, review_in_anybody
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.interchange.cds_request import HOOK, KINDS, Draft, Request, read_request
from safetykb.interchange.coding import canonical, source_url, uuid_of, visible
from safetykb.interchange.fhir_patient import counted
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.lookup import index_of
from safetykb.model.evidence import Source
from safetykb.model.patient import Patient
from safetykb.model.scales import Concern
from safetykb.reasoning.findings import Finding, Place
from safetykb.reasoning.gaps import Gap, topics_of_condition
from safetykb.reasoning.graph import graph_of
from safetykb.reasoning.headline import headline_sentences
from safetykb.reasoning.person import person_of
from safetykb.reasoning.situation import ANYBODY
from safetykb.rendering.characters import printable, single_line
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

LONGEST: Final = 139
"""The most characters of a summary: CDS Hooks asks for fewer than 140."""

_ROOM: Final = 64
"""The most characters of the question in a summary, so that the answer is never cut off."""

_SHOWN: Final = 8
"""How many findings and how many gaps a card tells in full; the rest is counted."""

Card = dict[str, Any]


def service() -> dict[str, Any]:
    """Return what the discovery of a CDS service says of this one: the hook, and the prefetch that it reads."""
    queries = {kind: f"{kind}?patient={{{{context.patientId}}}}" for kind in KINDS if kind != "Patient"}
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

    Each selected medicine is asked about in each condition that the patient is known to have and the knowledge has
    (by a measurement or an observation as well); without one, in this patient in no condition at all. The other draft
    orders count as taken. What the prefetch does not say is not known. ``context.patientId`` says who the patient is:
    what is of another person is told and not used. ``today`` (a date, or YYYY-MM-DD) is the day of the question.

    Raises InvalidQuestion for another hook, for a request without its context or draft orders, for a prefetch that is
    no object, and for a day that is none.
    """
    knowledge = knowledge or knowledge_base()
    asked = read_request(request, today=str(today), knowledge=knowledge)
    return {"cards": _sorted(_Answer(asked, str(today), knowledge).cards())}


# --- a request --------------------------------------------------------------------------------------------------------


@attrs.frozen
class _Answer:
    request: Request
    today: str
    knowledge: KnowledgeBase

    def cards(self) -> Iterator[Card]:
        selected = [draft for draft in self.request.drafts if draft.selected]
        for draft in selected:
            yield from self.answers(draft) if draft.of_patient else [self.plain(_OF_ANOTHER, "warning")]
        if not selected:
            yield self.plain(_NOTHING_ASKED)
        strangers = self.request.strangers + sum(not d.of_patient and not d.selected for d in self.request.drafts)
        if strangers:
            count = "1 resource of this request is" if strangers == 1 else f"{strangers} resources of this request are"
            yield self.plain(f"{count} not of its patient (context.patientId): nothing of it was used.", "warning")
        if self.request.notes or not self.request.record.patient.stated:
            yield self.unread()

    def answers(self, draft: Draft) -> Iterator[Card]:
        if not draft.order.names:
            yield self.plain("The selected order names no medicine that could be read: undetermined.")
        others = (other for other in self.request.drafts if other is not draft and other.of_patient)
        patient = _taking(self.request.record.patient, (name for other in others for name in other.order.names))
        for name in draft.order.names:
            try:
                compound = index_of(self.knowledge).compound(name).compound
            except (UnknownName, AmbiguousName, InvalidQuestion):
                yield self.unknown(name)
            else:
                yield from self.reviewed(name, compound.id, patient)

    def reviewed(self, name: str, compound: str, patient: Patient) -> Iterator[Card]:
        """Yield the cards of a medicine in each condition of the patient; without one, those of the patient alone."""
        person = person_of(self.knowledge, patient, compound)
        states = (state for fact in person.facts for state in fact.states)
        conditions = dict.fromkeys(condition for state in states for condition in self.conditions(state))
        for condition in conditions:
            yield from cards_of(review(name, condition, patient, today=self.today, knowledge=self.knowledge))
        if not conditions:
            why = _NO_CONDITION if self.request.conditions_given else _CONDITIONS_NOT_GIVEN
            found = review_in_anybody(name, patient, today=self.today, knowledge=self.knowledge)
            yield from (_headline(found, why), *_open(found), *_not_checked(found))

    def conditions(self, state: str) -> list[str]:
        """Return the conditions that a state of the patient is: itself, else the narrowest that it is a kind of."""
        graph, known = graph_of(self.knowledge), self.knowledge.conditions
        if state in known:
            return [state]
        wider = sorted(one for one in graph.diagnoses(state) if one in known)
        return [one for one in wider if not any(one in graph.diagnoses(other) for other in wider if other != one)]

    def unknown(self, name: str) -> Card:
        why = ": undetermined, because nothing here knows it. This says nothing about its safety."
        summary = _short(name, LONGEST - len(why)) + why
        return _card(summary, None, [paragraph(single_line(name) + why)], self.own_source())

    def plain(self, text: str, indicator: str | None = None) -> Card:
        return _card(text, None, [paragraph(text)], self.own_source(), indicator=indicator)

    def unread(self) -> Card:
        text = "Not everything in the record was read or checked: what is missing here is not known to be absent."
        if not self.request.record.patient.stated:
            text = "Nothing was read of the patient: every fact of theirs is unknown."
        lines = counted(self.request.notes)
        return _card(text, None, [paragraph(text), *([items(*lines)] if lines else [])], self.own_source())

    def own_source(self) -> dict[str, Any]:
        return {"label": f"safetykb {safetykb.__version__}, knowledge {self.knowledge.version}"}


_OF_ANOTHER: Final = "The selected order is for another person than the patient of this request: it was not answered."
_NOTHING_ASKED: Final = "No order of a medicine could be told from the selections: no medicine was checked."
_NO_CONDITION: Final = "No condition of theirs is known here."
_CONDITIONS_NOT_GIVEN: Final = "Their conditions were not given."


def _taking(patient: Patient, others: Iterable[str]) -> Patient:
    """Return the patient with the other orders counted as taken."""
    medicines = tuple(dict.fromkeys((*(patient.medications or ()), *others)))
    return attrs.evolve(patient, medications=medicines or None)


# --- a review ---------------------------------------------------------------------------------------------------------


def _headline(review: SafetyReview, without: str | None = None) -> Card:
    """Return the card of the headline; ``without``: why the question is about no condition."""
    headline = review.headline
    word = headline.concern or "undetermined, nothing that was read settles it"
    first_of_all = [without] if without is not None else []
    summary = _filled(f"{_asked(review)}: {word}.", [*first_of_all, *headline_sentences(headline)[1:]])
    main = [f for f in review.findings if f.block in _MAIN and f.folded_under is None]
    gaps = [f"{gap.topic}: {gap.phrase}" for gap in _gaps(review)]
    unknown: list[Block] = [paragraph(Strong(text="What is not known")), items(*_counted(gaps))]
    told: list[Block] = [
        *(paragraph(f"{text} What sources say of people with a condition was not asked.") for text in first_of_all),
        paragraph(headline.text),
        *_told(main, review.situation.knowledge.sources, len(review.findings)),
        *_facts(review),
        *(unknown if gaps else []),
        *(paragraph(applied.text) for applied in review.policy),
    ]
    first = next((review.finding(id) for id in headline.because), None)
    source, links = _source_of(review, first), _links(review, main)
    return _card(summary, headline.concern, told, source, links=links, notice=review.notice)


def _gaps(review: SafetyReview) -> list[Gap]:
    """Return what is not known; without a condition, nothing of one is missing."""
    left = topics_of_condition(review.situation) if review.condition is ANYBODY else frozenset[str]()
    return [gap for gap in review.gaps if gap.topic not in left]


def _facts(review: SafetyReview) -> Iterator[Block]:
    """Yield what each fact of the patient does here, those alike together.

    Left out are what nothing knows, which has its own card, and what says that they have the condition asked about.
    """
    alike: dict[str, list[str]] = {}
    for line in review.facts:
        if line.known and review.situation.diagnoses.isdisjoint(line.states):
            alike.setdefault(line.told, []).append(line.text)
    for told, facts in alike.items():
        yield paragraph(Strong(text=f"{capital(told)}: "), f"{'; '.join(facts)}.")


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
    start, end = f"{_asked(review)}: {highest} if ", f"{more}; not stated of the patient."
    summary = start + _short(first[0], LONGEST - len(start) - len(end)) + end
    lines = [f"{capital(str(concern))}: {text}" for concern, text in sorted(entries, key=lambda e: (-e[0].rank, e[1]))]
    told: list[Block] = [paragraph("Nobody stated these. With them, sources say:"), items(*lines)]
    open_ones = [f for f in review.findings if f.is_open and not f.inferred and f.concern is highest]
    source, links = _source_of(review, open_ones[0] if open_ones else None), _links(review, open_ones[:_SHOWN])
    at_most = _indicator(min(highest, Concern.AVOID))
    yield _card(summary, highest, told, source, links=links, notice=review.notice, indicator=at_most)


def _not_checked(review: SafetyReview) -> Iterator[Card]:
    names = review.headline.not_checked
    if names:
        which = "1 fact of the patient was" if len(names) == 1 else f"{len(names)} facts of the patient were"
        summary = f"{_asked(review)}: {which} not checked; nothing here knows {'it' if len(names) == 1 else 'them'}."
        told: list[Block] = [paragraph(summary), items(*names)]
        yield _card(summary, None, told, _source_of(review, None), notice=review.notice)


def _asked(review: SafetyReview) -> str:
    whom = "this patient" if review.condition is ANYBODY else review.condition.name
    return _short(capital(f"{review.compound.name} in {whom}"), _ROOM)


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
        "summary": summary,
        "indicator": indicator or _indicator(concern),
        "detail": to_markdown(document).partition("\n")[2].strip(),
        "source": {**source, "topic": {"system": canonical("CodeSystem", "concern"), "code": word}},
        **({"links": [*links]} if links else {}),
    }
    shown: Card = visible(card)
    return {"uuid": uuid_of("card", repr(sorted(shown.items()))), **shown}


def _indicator(concern: Concern | None) -> str:
    return concern.mapping["cds-hooks"] if concern is not None else "info"


def _short(text: str, room: int) -> str:
    """Return words in a line of at most ``room`` characters: what varies is cut, and never what is said of it."""
    line = printable(single_line(text))
    return line if len(line) <= room else f"{line[: room - 3].rstrip()}..."


_ORDER: Final = ("critical", "warning", "info")


def _sorted(cards: Iterable[Card]) -> list[Card]:
    """Return the cards, each once, the most urgent first."""
    once = {card["uuid"]: card for card in cards}
    return sorted(once.values(), key=lambda card: _ORDER.index(card["indicator"]))
