"""The review: a question asked of a knowledge base, and everything that it answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs

from safetykb.answer.general import Fact, compound_facts, condition_facts
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, KnowledgeNote, how_made, note_of
from safetykb.answer.questions import Question, questions_of
from safetykb.errors import InvalidQuestion, NoSuchRecord, NotAVerdict
from safetykb.ids import is_day
from safetykb.knowledge.base import Collection, KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.knowledge.lookup import Asked, index_of
from safetykb.model.considerations import Exposure
from safetykb.model.entities import Compound, Condition
from safetykb.model.evidence import Source, age_on
from safetykb.model.patient import Patient
from safetykb.model.policy import AppliedPolicy
from safetykb.model.scales import Coverage
from safetykb.model.studies import Study
from safetykb.reasoning.absence import direct_absence
from safetykb.reasoning.findings import Explanation, Finding
from safetykb.reasoning.gaps import Gap, answer_coverage, gaps_of, section_coverage
from safetykb.reasoning.headline import Headline, headline_of, headline_sentences
from safetykb.reasoning.ranking import findings_of, medicine_monitoring, policies_of
from safetykb.reasoning.schedule import ScheduleRow, schedule_of
from safetykb.reasoning.situation import ANYBODY, Situation
from safetykb.reasoning.treatments import TreatmentRow, treatment_rows
from safetykb.rendering.showing import Shown

if TYPE_CHECKING:
    from safetykb.answer.personal import FactLine, Missing, PersonalReport
    from safetykb.reasoning.person import Person
    from safetykb.rendering.outline import Document
    from safetykb.tabular import Table


@attrs.frozen(kw_only=True)
class Relative:
    """A relative of the compound that has an answer of its own: its id, name, and how the two are related."""

    id: str
    name: str
    how: str


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SafetyReview(Shown):
    """What is known about the safety of a compound for people with a condition.

    It is no verdict: using it as a yes or no, or putting two in an order, raises TypeError. Start with ``headline``;
    ``facts`` has a line for each fact given of a patient; ``policy`` holds the policies that touch this answer, those
    that silence a finding among them; ``findings`` are in the order of the answer. ``studies`` are
    of this compound in this condition or a narrower one; ``wider_studies`` are of the compound in a broader condition,
    ``related_studies`` a relative's: both are shown and counted nowhere.
    """

    situation: Situation
    as_asked: tuple[str, str]
    jurisdiction: str | None
    today: str | None
    see_also: tuple[Relative, ...]
    headline: Headline
    facts: tuple[FactLine, ...]
    policy: tuple[AppliedPolicy, ...]
    coverage: Mapping[str, Coverage]
    compound_facts: tuple[Fact, ...]
    condition_facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    treatments: tuple[TreatmentRow, ...]
    studies: tuple[Study, ...]
    wider_studies: tuple[Study, ...]
    related_studies: tuple[Study, ...]
    monitoring: tuple[ScheduleRow, ...]
    gaps: tuple[Gap, ...]
    questions: tuple[Question, ...]
    sources: tuple[Source, ...]
    knowledge: KnowledgeNote

    @property
    def compound(self) -> Compound:
        """The compound asked about."""
        return self.situation.compound

    @property
    def condition(self) -> Condition:
        """The condition asked about."""
        return self.situation.condition

    @property
    def exposure(self) -> Exposure | None:
        """How the compound is taken, as far as the question says."""
        return self.situation.exposure

    @property
    def stale(self) -> tuple[str, ...]:
        """The keys of the sources that are, or may be, older than 24 months on ``today``, or are undated.

        Empty without a day.
        """
        return tuple(source.id for source in self.sources if self.today and source.is_stale(self.today))

    @property
    def stale_looks(self) -> tuple[str, ...]:
        """The ids of the searches, and of the studies without a result, that are older than 24 months on ``today``.

        Empty without a day.
        """
        absences = (direct_absence(self.situation), *(row.absence for row in self.treatments))
        looks = {search.id: search.date for absence in absences for search in absence.searches}
        studies = (*self.studies, *self.wider_studies, *self.related_studies)
        looks |= {study.id: study.as_of for study in studies if not study.has_result}
        return tuple(sorted(id for id, date in looks.items() if self.today and age_on(date, self.today)))

    @property
    def notice(self) -> str:
        """What every rendering says of itself."""
        return f"{INTENDED_USE} {DISCLAIMER} {how_made(self.knowledge, self.sources)}"

    def given(self, patient: Patient) -> PersonalReport:
        """Return what the facts of ``patient`` change in this review."""
        from safetykb.answer.personal import report_of

        person = _person(self.situation.knowledge, patient, self.compound.id)
        situation = attrs.evolve(self.situation, patient=person)
        asked = Asked(
            compound=self.compound, exposure=self.exposure, also_named=tuple(other.id for other in self.see_also)
        )
        return report_of(self, _assemble(situation, asked, self.as_asked, self.jurisdiction, self.today))

    def missing(self) -> tuple[Missing, ...]:
        """Return the facts that nobody stated, the one that would change the answer most first."""
        from safetykb.answer.personal import missing_facts

        return missing_facts(self.findings)

    def why_not(self, id: str) -> str | None:
        """Return why the consideration ``id`` is not among the findings, in words; None when it is.

        Raises NoSuchRecord when the knowledge base holds no such consideration.
        """
        from safetykb.answer.personal import why_not

        return why_not(self, id)

    def finding(self, id: str) -> Finding:
        """Return the finding ``id``; raise NoSuchRecord when the review has none of that id."""
        for finding in self.findings:
            if finding.id == id:
                return finding
        raise NoSuchRecord("finding in this review", id)

    def explain(self, id: str) -> Explanation:
        """Return the proof of the finding ``id``; raise NoSuchRecord when the review has none of that id."""
        return self.finding(id).explain()

    def outline(self) -> Document:
        """Return the review as an outline, ready for any rendering."""
        from safetykb.answer.document import document_of

        return document_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the review as JSON values, in the shape of the public contract."""
        from safetykb.answer.contract import review_dict

        return review_dict(self)

    def to_jsonld(self) -> dict[str, Any]:
        """Return what the page of the review is about as JSON-LD, in the words of schema.org.

        Raises InvalidQuestion for a review of one patient: this form is made to be published.
        """
        from safetykb.answer.linked_data import linked_data

        return linked_data(self)

    def _data(self) -> dict[str, Any] | None:
        return None if self.situation.patient else self.to_jsonld()

    def tables(self) -> Collection[Table]:
        """Return the findings, treatments, monitoring, gaps and questions as tables, by name, as in the JSON form.

        Each speaks the Arrow PyCapsule protocol. Reading one raises ImportError without the extra ``arrow``.
        """
        from safetykb.answer.tables import review_tables

        return review_tables(self)

    def __str__(self) -> str:
        """Return the text at 80 columns."""
        return self.to_text()

    def __repr__(self) -> str:
        """Return the question and the headline, and no name that was stated of a patient."""
        told = " ".join(headline_sentences(attrs.evolve(self.headline, not_checked=())))
        return f"<SafetyReview {self.compound.name} in {self.condition.name}: {told}>"

    def __bool__(self) -> NoReturn:
        """Refuse to be a yes or no."""
        raise NotAVerdict("a review was used as true or false")

    def __lt__(self, other: object) -> NoReturn:
        """Refuse to be put in an order."""
        raise NotAVerdict("reviews were put in an order")

    def __le__(self, other: object) -> NoReturn:
        """Refuse to be put in an order."""
        self.__lt__(other)

    def __gt__(self, other: object) -> NoReturn:
        """Refuse to be put in an order."""
        self.__lt__(other)

    def __ge__(self, other: object) -> NoReturn:
        """Refuse to be put in an order."""
        self.__lt__(other)


def review(
    compound: str,
    condition: str,
    patient: Patient | None = None,
    *,
    exposure: Exposure | None = None,
    jurisdiction: str | None = None,
    today: datetime.date | str | None = None,
    knowledge: KnowledgeBase | None = None,
) -> SafetyReview:
    """Return what is known about the safety of ``compound`` for people with ``condition``.

    Both are asked for by any name: a brand gives the form too. ``patient``: one person; nothing of it is kept but what
    the review itself shows. ``exposure``: how it is taken, where the name does not
    say. ``jurisdiction`` (such as ``US``) puts what its sources say first among equals; it hides nothing.
    ``today`` (a date, or YYYY-MM-DD) marks sources that are older than 24 months then, or undated; nothing reads the
    clock.
    ``knowledge``: another knowledge base than the packaged one.

    A question without a patient that was asked lately is answered by the same review.

    Raises UnknownName (a LookupError, with suggestions), AmbiguousName, and InvalidQuestion (a ValueError).
    """
    question = (compound, condition, exposure, jurisdiction, today)
    lately = patient is None and knowledge is None
    if lately:
        try:
            return _lately[question]
        except (KeyError, TypeError):  # a TypeError: what cannot be a key is refused below
            pass
    answer = _answer(knowledge or knowledge_base(), question, patient)
    if lately:
        if len(_lately) >= _KEPT:
            _lately.clear()
        _lately[question] = answer
    return answer


def review_in_anybody(
    compound: str, patient: Patient, *, today: datetime.date | str, knowledge: KnowledgeBase
) -> SafetyReview:
    """Return what is known about the safety of ``compound`` for one person, whatever condition they have.

    For a person of whom no condition is known that has answers of its own. The condition of the review is ``ANYBODY``:
    what sources state of everybody, and what the facts of ``patient`` meet, stand in it; what they state of a
    condition is open. Raises what ``review`` raises.
    """
    return _answer(knowledge, (compound, ANYBODY.name, None, None, today), patient, anybody=True)


_Question = tuple[str, str, Exposure | None, str | None, datetime.date | str | None]

_lately: dict[_Question, SafetyReview] = {}
_KEPT: Final = 256
"""How many answers from the packaged knowledge are kept for asking again; an answer about a person never is."""


def _answer(
    knowledge: KnowledgeBase, question: _Question, patient: Patient | None, *, anybody: bool = False
) -> SafetyReview:
    compound, condition, exposure, jurisdiction, today = question
    if today is not None and not is_day(str(today)):
        raise InvalidQuestion("today is no day", "give a date, or YYYY-MM-DD")
    names = index_of(knowledge)
    asked = names.compound(compound)
    situation = Situation(
        knowledge=knowledge,
        compound=asked.compound,
        condition=ANYBODY if anybody else names.condition(condition),
        exposure=_taken(asked, exposure),
        patient=_person(knowledge, patient, asked.compound.id) if patient is not None else None,
    )
    return _assemble(situation, asked, (compound, condition), jurisdiction, str(today) if today is not None else None)


def _person(knowledge: KnowledgeBase, patient: Patient, compound: str) -> Person:
    """Return ``patient`` as the knowledge understands them; a question about everybody reads nothing of this."""
    from safetykb.reasoning.person import person_of

    return person_of(knowledge, patient, compound)


def _taken(asked: Asked, exposure: Exposure | None) -> Exposure | None:
    """Put what the name says and what was given together; refuse what the compound does not have or contradicts."""
    if exposure is None:
        return asked.exposure
    named = asked.exposure or Exposure()
    if exposure.form is not None and exposure.form not in {form.id for form in asked.compound.forms}:
        forms = ", ".join(form.id for form in asked.compound.forms) or "none"
        raise InvalidQuestion(f"{asked.compound.name} has no form {exposure.form!r}", f"its forms are: {forms}")
    if named.form and exposure.form and named.form != exposure.form:
        raise InvalidQuestion(f"the name says {named.form!r}, the exposure {exposure.form!r}", "name one form")
    form = exposure.form or named.form
    route = next((f.route for f in asked.compound.forms if f.id == form), None) or exposure.route or named.route
    return attrs.evolve(exposure, form=form, route=route)


def _assemble(
    situation: Situation, asked: Asked, as_asked: tuple[str, str], jurisdiction: str | None, today: str | None
) -> SafetyReview:
    findings = findings_of(situation, jurisdiction)
    rows = treatment_rows(situation, findings)
    studies, wider, related = _studies(situation)
    of_medicines = medicine_monitoring(situation)
    schedule = schedule_of([*findings, *of_medicines])
    review = SafetyReview(
        situation=situation,
        as_asked=as_asked,
        jurisdiction=jurisdiction,
        today=today,
        see_also=_see_also(situation, asked),
        headline=headline_of(
            findings,
            studies,
            answer_coverage(situation, findings, studies),
            direct_absence(situation).phrase,
            situation.patient.not_checked if situation.patient else (),
            reach=situation.graph.reach,
        ),
        facts=_fact_lines(situation, findings),
        policy=policies_of(situation),
        coverage=section_coverage(situation, findings, rows, studies),
        compound_facts=compound_facts(situation),
        condition_facts=condition_facts(situation),
        findings=findings,
        treatments=rows,
        studies=studies,
        wider_studies=wider,
        related_studies=related,
        monitoring=schedule,
        gaps=gaps_of(situation, findings, rows, studies),
        questions=questions_of(situation, findings, rows, schedule, studies),
        sources=(),
        knowledge=note_of(situation.knowledge),
    )
    known = situation.knowledge.sources
    shown = {*_keys(review), *(key for finding in of_medicines for key in finding.sources)}
    keys = sorted({newer for key in shown for newer in _versions(known, key)})
    return attrs.evolve(review, sources=tuple(known[key] for key in keys))


def _fact_lines(situation: Situation, findings: tuple[Finding, ...]) -> tuple[FactLine, ...]:
    if situation.patient is None:
        return ()
    from safetykb.answer.personal import fact_lines

    return fact_lines(situation.patient, situation.diagnoses, findings)


def _versions(sources: Mapping[str, Source], key: str) -> Iterable[str]:
    """Return ``key`` and the key of each newer version of that source: one that nobody read yet is named as well."""
    seen: dict[str, None] = {}
    following: str | None = key
    while following is not None and following not in seen:
        seen[following] = None
        following = sources[following].details.superseded_by
    return seen


def _see_also(situation: Situation, asked: Asked) -> tuple[Relative, ...]:
    knowledge = situation.knowledge
    how = dict(situation.graph.relatives(situation.compound.id))
    ids = sorted({*how, *asked.also_named} - {situation.compound.id})
    return tuple(
        Relative(id=id, name=knowledge.compounds[id].name, how=how.get(id, "named in the question")) for id in ids
    )


def _studies(situation: Situation) -> tuple[tuple[Study, ...], tuple[Study, ...], tuple[Study, ...]]:
    """Return the studies of the compound in this condition or a narrower one, in a broader one, and of relatives."""
    here = {situation.condition.id, *situation.narrower}
    wider = situation.diagnoses - here
    relatives = (relative for relative, _ in situation.graph.relatives(situation.compound.id))
    knowledge = situation.knowledge
    own = sorted(knowledge.studies_of(situation.compound.id), key=_study_order)
    others = (study for relative in relatives for study in knowledge.studies_of(relative))
    return (
        tuple(study for study in own if study.condition in here),
        tuple(study for study in own if study.condition in wider),
        tuple(study for study in sorted(others, key=_study_order) if study.condition in here | wider),
    )


def _study_order(study: Study) -> tuple[object, ...]:
    return (not study.has_result, -(study.exposed or 0), study.id)


def _keys(review: SafetyReview) -> Iterable[str]:
    """Yield the key of each source that anything shown in ``review`` stands on."""
    for fact in (*review.compound_facts, *review.condition_facts):
        yield from (cite.key for cite in fact.cites)
    for finding in review.findings:
        yield from finding.sources
    for study in (*review.studies, *review.wider_studies, *review.related_studies):
        yield from (cite.key for cite in study.cites)
    for use in review.compound.uses:
        yield from (cite.key for cite in use.cites)
    for statement in (*review.compound.description, *review.compound.mechanism):
        yield from (cite.key for cite in statement.cites)
    for view in review.situation.treatments:
        yield from (cite.key for cite in view.record.cites)
    for row in review.treatments:
        yield from (cite.key for search in row.absence.searches for cite in search.opened)
