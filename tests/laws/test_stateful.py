"""Knowledge that grows step by step, as its curators let it: on disk and in memory it stays the same."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import safetykb
from safetykb import (
    Assertion,
    Compound,
    Condition,
    Context,
    DataError,
    KnowledgeBase,
    SafetyConsideration,
    SearchRecord,
    Source,
    Study,
    Term,
)
from safetykb.answer.assembly import SafetyReview, review
from safetykb.knowledge.base import Collection, Notice
from safetykb.knowledge.layout import Edition, path_of
from safetykb.knowledge.loading import load
from safetykb.knowledge.tree import digest_of
from safetykb.knowledge.writing import canonical
from safetykb.model.choices import (
    Design,
    Kind,
    Origin,
    OutcomeRole,
    Reading,
    SearchOutcome,
    StudyStatus,
    TermKind,
    Topic,
    Weight,
)
from safetykb.model.entities import Treatment
from safetykb.model.evidence import Citation, SourceDetails, Statement, Withdrawal
from safetykb.model.scales import Concern, Frequency, ReadDepth
from safetykb.model.studies import Outcome

from .making import LAW

STEPS: Final = 30

SOURCES: Final = ("label1", "cohort1", "report1")
CONDITIONS: Final = ("disease", "stage")
COMPOUNDS: Final = ("drug", "drug-a", "drug-b", "drug-c")
EFFECTS: Final = ("harm", "other-harm")
PARTNER: Final = "partner"

COLLECTIONS: Final[dict[str, tuple[str, type]]] = {
    "terms": ("term", Term),
    "compounds": ("compound", Compound),
    "conditions": ("condition", Condition),
    "assertions": ("assertion", Assertion),
    "considerations": ("consideration", SafetyConsideration),
    "studies": ("study", Study),
    "searches": ("search record", SearchRecord),
    "sources": ("source", Source),
}

REASONS: Final = ("the page was read wrongly", "a newer label no longer says it", "it was of another compound")

days = st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 11, 25)).map(str)
sources = st.sampled_from(SOURCES)
concerns = st.sampled_from([concern for concern in Concern if concern is not Concern.CONTRAINDICATED])
subjects = st.sampled_from((*COMPOUNDS, "family", *EFFECTS))
states = st.lists(st.sampled_from((*CONDITIONS, "weakness")), max_size=2, unique=True).map(tuple)


compounds, conditions, effects = st.sampled_from(COMPOUNDS), st.sampled_from(CONDITIONS), st.sampled_from(EFFECTS)
places = st.sampled_from(("considerations/drug/x.json", "sources/x.json", "x.json"))


def cite(source: str) -> tuple[Citation, ...]:
    return (Citation(source, "warnings"),)


def a_source(key: str, design: Design, **more: Any) -> Source:
    details = SourceDetails(design=design, read=ReadDepth.FULL, read_on="2026-11-01", **more)
    return Source(id=key, type="document", title=f"Title of {key}", details=details)


def an_assertion(entity: str, term: str, source: str, **more: Any) -> Assertion:
    return Assertion(
        entity=entity, term=term, statements=(Statement(text=f"{entity} has {term}.", cites=cite(source)),), **more
    )


def a_claim(subject: str, slug: str, source: str, concern: Concern, **more: Any) -> SafetyConsideration:
    kind = Kind.INTERACTION if more.get("context", Context()).taking else Kind.WARNING
    given = {"hazard": "harm", "statement": f"Statement {slug}.", **more}
    return SafetyConsideration(
        id=f"{subject}/{slug}",
        subject=subject,
        kind=kind,
        origin=Origin.STATED,
        concern=concern,
        cites=cite(source),
        **given,
    )


def start() -> list[Any]:
    """The records that are there from the beginning: each source is cited by one of them."""
    return [
        Edition("1"),
        *(Term(id=id, kind=TermKind.EFFECT, label=id) for id in EFFECTS),
        Term(id="family", kind=TermKind.DRUG_CLASS, label="family"),
        Term(id="weakness", kind=TermKind.STATE, label="weakness"),
        Compound(id="drug", name="drug"),
        Compound(id=PARTNER, name=PARTNER),
        Condition(
            id="disease",
            name="disease",
            treatments=(Treatment(treatment=PARTNER, purpose="pain", usual=True, cites=cite("label1")),),
        ),
        Condition(id="stage", name="stage", broader=("disease",)),
        an_assertion(PARTNER, "family", "cohort1"),
        an_assertion("disease", "weakness", "report1", frequency=Frequency.COMMON),
        a_source("label1", Design.LABEL, about=("drug", PARTNER), jurisdiction="US", version_date="2025-06-01"),
        a_source("cohort1", Design.COHORT),
        a_source("report1", Design.CASE_REPORT),
    ]


class Growing(RuleBasedStateMachine):
    """A tree of records on disk, and the same records in memory, which never came from a file."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.records: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.question = ("drug", "disease")
        self.number = 0

    def teardown(self) -> None:
        shutil.rmtree(self.home)

    # --- writing ------------------------------------------------------------------------------------------------------

    def path(self, record: Any) -> str:
        if isinstance(record, Edition):
            return "knowledge.json"
        if isinstance(record, Assertion):
            folders = {"family": "terms", PARTNER: "compounds", **dict.fromkeys(COMPOUNDS, "compounds")}
            return path_of(record, folders.get(record.entity, "conditions"))
        return path_of(record)

    def put(self, *records: Any) -> None:
        """Write records, in memory and on disk."""
        for record in records:
            path = self.path(record)
            self.records[path] = record
            self.files[path] = canonical(record)
            (self.home / path).parent.mkdir(parents=True, exist_ok=True)
            (self.home / path).write_bytes(self.files[path])

    def slug(self) -> str:
        self.number += 1
        return f"n{self.number}"

    def of(self, *kinds: type) -> list[Any]:
        return [record for record in self.records.values() if isinstance(record, kinds)]

    def standing(self) -> list[Any]:
        """The records that may be withdrawn."""
        kinds = (SafetyConsideration, Assertion, Study, SearchRecord)
        return [record for record in self.of(*kinds) if record.withdrawn is None]

    def here(self, id: str) -> str:
        """The compound, or another one while it is not there."""
        return id if id not in COMPOUNDS or f"compounds/{id}/compound.json" in self.records else "drug"

    # --- steps --------------------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.put(*start())

    @rule(id=compounds)
    def adds_a_compound(self, id: str) -> None:
        self.put(Compound(id=id, name=id))

    @rule(entity=st.sampled_from((*COMPOUNDS, "family")), effect=effects, source=sources, more=st.data())
    def asserts_an_effect(self, entity: str, effect: str, source: str, more: st.DataObject) -> None:
        weight, frequency = more.draw(st.sampled_from(Weight)), more.draw(st.sampled_from(Frequency))
        self.put(an_assertion(self.here(entity), effect, source, weight=weight, frequency=frequency))

    @rule(compound=compounds, source=sources)
    def asserts_a_membership(self, compound: str, source: str) -> None:
        self.put(an_assertion(self.here(compound), "family", source))

    @rule(subject=subjects, source=sources, concern=concerns, having=states, taking=st.booleans())
    def claims(self, subject: str, source: str, concern: Concern, having: tuple[str, ...], taking: bool) -> None:  # noqa: FBT001
        context = Context(having=having, taking=PARTNER if taking else None)
        self.put(a_claim(self.here(subject), self.slug(), source, concern, context=context))

    @rule(subject=st.sampled_from(("family", *EFFECTS)), state=st.sampled_from((*CONDITIONS, "weakness")))
    def joins(self, subject: str, state: str) -> None:
        id = f"{subject}/{self.slug()}"
        context = Context(having=(state,))
        self.put(
            SafetyConsideration(
                id=id,
                subject=subject,
                context=context,
                kind=Kind.CONDITION_RISK,
                hazard="harm",
                origin=Origin.JOINED,
                concern=Concern.CAUTION,
                statement="Both meet here.",
            )
        )

    @rule(
        compound=st.sampled_from(COMPOUNDS),
        condition=st.sampled_from(CONDITIONS),
        exposed=st.none() | st.integers(1, 9),
    )
    def enters_a_study(self, compound: str, condition: str, exposed: int | None) -> None:
        compound = self.here(compound)
        outcome = Outcome(role=OutcomeRole.PRIMARY, name="score", reading=Reading.NEGATIVE)
        self.put(
            Study(
                id=f"{compound}/{condition}--{self.slug()}",
                compound=compound,
                condition=condition,
                topic="fatigue",
                design=Design.RANDOMISED_TRIAL,
                status=StudyStatus.PUBLISHED if exposed else StudyStatus.REGISTERED,
                as_of="2026",
                exposed=exposed,
                outcomes=(outcome,) if exposed else (),
                cites=cite("cohort1"),
            )
        )

    @rule(
        compound=st.sampled_from(COMPOUNDS),
        condition=st.sampled_from(CONDITIONS),
        outcome=st.sampled_from(SearchOutcome),
    )
    def searches(self, compound: str, condition: str, outcome: SearchOutcome) -> None:
        compound = self.here(compound)
        self.put(
            SearchRecord(
                id=f"{compound}/{self.slug()}",
                subject=compound,
                having=condition,
                topic=Topic.DIRECT,
                queries=("a", "b", "c"),
                where=("PubMed",),
                date="2026-11-02",
                outcome=outcome,
            )
        )

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), date=days, reason=st.sampled_from(REASONS))
    def withdraws(self, data: st.DataObject, date: str, reason: str) -> None:
        record = data.draw(st.sampled_from(self.standing()))
        self.put(attrs.evolve(record, withdrawn=Withdrawal(date=date, reason=reason)))

    @precondition(lambda self: self.of(SafetyConsideration))
    @rule(data=st.data(), concern=concerns)
    def supersedes(self, data: st.DataObject, concern: Concern) -> None:
        old = data.draw(st.sampled_from(self.of(SafetyConsideration)))
        new = a_claim(old.subject, self.slug(), "label1", concern, context=old.context, supersedes=old.id)
        self.put(new, attrs.evolve(old, withdrawn=Withdrawal(date="2026-11-03", reason=f"{new.id} says it better")))

    @rule(broken=places, data=st.binary(max_size=9))
    def is_refused_what_is_broken(self, broken: str, data: bytes) -> None:
        file = self.home / broken
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        with pytest.raises(DataError) as refused:
            load(self.home)
        assert {problem.file for problem in refused.value.problems} == {broken}
        file.unlink()

    @rule(compound=compounds, condition=conditions)
    def asks(self, compound: str, condition: str) -> None:
        self.question = (self.here(compound), condition)

    # --- what holds after each step -----------------------------------------------------------------------------------

    def in_memory(self) -> KnowledgeBase:
        collections: dict[str, Any] = {
            name: Collection.of(kind, {record.id: record for record in self.of(cls)})
            for name, (kind, cls) in COLLECTIONS.items()
        }
        return KnowledgeBase(edition=Edition("1"), digest=digest_of(self.files), files=self.files, **collections)

    @invariant()
    def holds(self) -> None:
        ours, read = self.in_memory(), load(self.home)
        assert (read.digest, read.files) == (ours.digest, ours.files)
        for name in COLLECTIONS:
            assert dict(getattr(read, name)) == dict(getattr(ours, name))
        one, other = (review(*self.question, knowledge=knowledge) for knowledge in (ours, read))
        assert one.to_dict() == other.to_dict()
        self.withdrawn_is_nowhere(read, other)

    def withdrawn_is_nowhere(self, knowledge: KnowledgeBase, found: SafetyReview) -> None:
        kinds = (SafetyConsideration, Assertion, Study, SearchRecord)
        gone = [record for record in self.of(*kinds) if record.withdrawn is not None]
        expected = [Notice(id=r.id, date=r.withdrawn.date, reason=r.withdrawn.reason) for r in gone]
        assert sorted(knowledge.notices(), key=lambda n: n.id) == sorted(expected, key=lambda n: n.id)
        ids = {record.id for record in gone}
        shown = {finding.id for finding in found.findings} | {*found.headline.because}
        shown |= {id for row in found.treatments for id in row.findings}
        shown |= {study.id for study in (*found.studies, *found.wider_studies, *found.related_studies)}
        shown |= {search.id for row in found.treatments for search in row.absence.searches}
        shown |= {claim.id for claim in safetykb.considerations(knowledge=knowledge)}
        for finding in found.findings:
            steps = finding.explain().steps
            shown |= {f"{step.start}/has/{step.end}" for step in steps if step.link == "has"}
        shown |= {f"{fact.entity}/has/{fact.term}" for fact in (*found.compound_facts, *found.condition_facts)}
        assert not ids & shown


TestGrowing = Growing.TestCase
TestGrowing.settings = settings(LAW, stateful_step_count=STEPS)
