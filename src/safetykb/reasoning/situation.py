"""The question, laid out for matching: what the compound is, what the condition brings, which treatments it has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import UseStatus
from safetykb.model.considerations import Exposure
from safetykb.model.entities import Compound, Condition, Treatment
from safetykb.model.scales import Frequency
from safetykb.model.studies import SearchRecord
from safetykb.reasoning.graph import Graph, Path, graph_of

if TYPE_CHECKING:
    from safetykb.reasoning.person import Person


@attrs.frozen(kw_only=True)
class TreatmentView:
    """A treatment of the condition as the question sees it.

    ``alternative``: it has a purpose that the compound asked about has here too, so the two are not normally
    combined. ``holds_asked``: it is a class that the compound asked about belongs to. ``members``: what the patient
    takes of it (itself, or members of the class). ``excluded``: the patient's medicines are all known, and it is not
    among them.
    """

    record: Treatment
    name: str
    reach: Mapping[str, Path]
    alternative: bool
    holds_asked: bool
    members: tuple[str, ...] = ()
    excluded: bool = False

    @property
    def taken(self) -> bool:
        """Whether the patient takes it, or a member of it."""
        return bool(self.members)

    @property
    def id(self) -> str:
        """The id of the compound or class."""
        return self.record.treatment


@attrs.define(slots=False, eq=False, kw_only=True)
class Situation:
    """What is asked: ``compound`` in people with ``condition``, taken as ``exposure`` (None: nobody said how).

    ``patient``: one person, as the knowledge base understands them; None asks about everybody.
    """

    knowledge: KnowledgeBase
    compound: Compound
    condition: Condition
    exposure: Exposure | None = None
    patient: Person | None = None

    @cached_property
    def graph(self) -> Graph:
        """The links of the knowledge base."""
        return graph_of(self.knowledge)

    @cached_property
    def form(self) -> str | None:
        """The form asked about, or the only one that there is (by the route asked about)."""
        asked = self.exposure or Exposure()
        if asked.form is not None:
            return asked.form
        forms = [form for form in self.compound.forms if asked.route in (None, form.route)]
        return forms[0].id if len(forms) == 1 else None

    @cached_property
    def own(self) -> Mapping[str, Path]:
        """Everything that the compound is or has."""
        return self.graph.reach(self.compound.id, self.form)

    @cached_property
    def person(self) -> Mapping[str, Path]:
        """Everything that people with the condition have: diagnoses and vulnerabilities."""
        return self.graph.reach(self.condition.id)

    @cached_property
    def diagnoses(self) -> frozenset[str]:
        """The condition and everything broader."""
        return self.graph.diagnoses(self.condition.id)

    @cached_property
    def narrower(self) -> frozenset[str]:
        """The stages and kinds of the condition."""
        return self.graph.narrower(self.condition.id)

    def scarce(self, state: str) -> bool:
        """Tell whether every figure for the vulnerability ``state`` of the condition is uncommon or rarer."""
        figures = [
            assertion.frequency or Frequency.NOT_KNOWN
            for entity in self.diagnoses
            for assertion in self.knowledge.assertions_of(entity)
            if state in self.graph.reach(assertion.term)
        ]
        return all(Frequency.NOT_KNOWN < figure <= Frequency.UNCOMMON for figure in figures)

    @cached_property
    def treats(self) -> tuple[Treatment, ...]:
        """The entries among the condition's treatments that are the compound, or a class that it belongs to."""
        return tuple(record for record in self._records if record.treatment in self.own)

    @cached_property
    def is_treatment(self) -> bool:
        """Whether the compound is a treatment of the condition, or approved for it."""
        approved = any(
            use.status is UseStatus.APPROVED and use.condition in self.diagnoses for use in self.compound.uses
        )
        return approved or bool(self.treats)

    @cached_property
    def treatments(self) -> tuple[TreatmentView, ...]:
        """The treatments of the condition other than the compound itself, in the order of their names."""
        views = [self.view_of(record) for record in self._records if record.treatment != self.compound.id]
        known = {view.id for view in views}
        views += [self.view_of(_as_treatment(id)) for id in self._taken if id not in known]
        return tuple(sorted(views, key=lambda view: (view.name.casefold(), view.id)))

    @cached_property
    def fillers(self) -> Mapping[str, TreatmentView]:
        """The treatments that may fill a side of a claim: not what the compound is, nor what is known not taken."""
        return {view.id: view for view in self.treatments if not view.holds_asked and not view.excluded}

    @cached_property
    def _taken(self) -> tuple[str, ...]:
        """The medicines that the patient takes, other than the compound itself."""
        takes = self.patient.takes if self.patient else ()
        return tuple(id for id in takes if id != self.compound.id)

    def view_of(self, record: Treatment) -> TreatmentView:
        """Return a treatment as it stands beside the compound and what the patient takes."""
        same = [known for known in self.treats if known.purpose == record.purpose]
        alternative = bool(same) and not any(known.combined for known in (*same, record))
        members = tuple(id for id in self._taken if record.treatment in self.graph.reach(id))
        holds_asked = record.treatment in self.own
        return TreatmentView(
            record=record,
            name=self.knowledge.entity(record.treatment).name,
            reach=self.graph.reach(record.treatment),
            alternative=alternative and not members and not holds_asked,
            holds_asked=holds_asked,
            members=members,
            excluded=self.patient is not None and self.patient.complete and not members,
        )

    @cached_property
    def _records(self) -> tuple[Treatment, ...]:
        """The treatments of the condition and of everything broader; the narrower record of one wins."""
        found: dict[str, Treatment] = {}
        nearest = sorted(self.diagnoses, key=lambda entity: (len(self.person[entity].links), entity))
        for entity in nearest:
            if entity in self.knowledge.conditions:
                for record in self.knowledge.conditions[entity].treatments:
                    found.setdefault(record.treatment, record)
        return tuple(found.values())

    @cached_property
    def searches(self) -> tuple[SearchRecord, ...]:
        """The standing search records about the compound or a term that covers it, in the order of their ids."""
        found = (search for subject in self.own for search in self.knowledge.searches_of(subject))
        return tuple(sorted(found, key=lambda search: search.id))

    @cached_property
    def specialist(self) -> str | None:
        """The specialist of the condition, or of the nearest broader one that names one."""
        nearest = sorted(self.diagnoses, key=lambda entity: (len(self.person[entity].links), entity))
        named = [self.knowledge.conditions[e].specialist for e in nearest if e in self.knowledge.conditions]
        return next((name for name in named if name), None)


ANYBODY: Final = Condition(id="anybody", name="anybody")
"""No condition at all: for questions about medicines alone."""

TAKEN: Final = "taken by the patient"
"""The purpose of a medicine that the patient takes and that is no treatment of the condition."""


def _as_treatment(compound: str) -> Treatment:
    return Treatment(treatment=compound, purpose=TAKEN, usual=False, cites=())
