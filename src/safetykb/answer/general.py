"""What is known of a compound and of a condition apart from each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import TermKind, Weight
from safetykb.model.entities import Assertion
from safetykb.model.evidence import Citation
from safetykb.model.scales import EvidenceLevel, Frequency
from safetykb.reasoning import grading
from safetykb.reasoning.building import sentence_of
from safetykb.reasoning.situation import Situation


@attrs.frozen(kw_only=True)
class Fact:
    """An assertion as it is shown: of ``entity`` (the compound, the condition, or a class it belongs to)."""

    entity: str
    entity_name: str
    term: str
    term_name: str
    kind: TermKind
    weight: Weight | None
    frequency: Frequency | None
    level: EvidenceLevel
    sentences: tuple[tuple[str, tuple[Citation, ...]], ...]

    @property
    def cites(self) -> tuple[Citation, ...]:
        """Every citation, each once."""
        return tuple(dict.fromkeys(cite for _, cites in self.sentences for cite in cites))


def compound_facts(situation: Situation) -> tuple[Fact, ...]:
    """Return what is asserted of the compound and of each class it belongs to, main and frequent first."""
    knowledge, own = situation.knowledge, situation.own
    asserted = (assertion for entity in own for assertion in knowledge.assertions_of(entity))
    facts = [_fact(knowledge, assertion, situation.form, situation.compound.id) for assertion in asserted]
    return tuple(sorted((fact for fact in facts if fact.sentences), key=_order))


def condition_facts(situation: Situation) -> tuple[Fact, ...]:
    """Return what is asserted of the condition and of everything broader, the most frequent first."""
    knowledge = situation.knowledge
    asserted = (assertion for entity in situation.diagnoses for assertion in knowledge.assertions_of(entity))
    facts = [_fact(knowledge, assertion, None, situation.condition.id) for assertion in asserted]
    return tuple(sorted(facts, key=_order))


def _fact(knowledge: KnowledgeBase, assertion: Assertion, form: str | None, asked: str) -> Fact:
    limit = form if assertion.entity == asked else None
    shown = [s for s in assertion.statements if limit is None or s.form in (None, limit)]
    term = knowledge.entity(assertion.term)
    return Fact(
        entity=assertion.entity,
        entity_name=knowledge.entity(assertion.entity).name,
        term=assertion.term,
        term_name=term.name,
        kind=knowledge.terms[term.id].kind if term.id in knowledge.terms else TermKind.STATE,
        weight=assertion.weight,
        frequency=assertion.frequency,
        level=grading.assertion_grades(knowledge)[assertion.id].level,
        sentences=tuple((sentence_of(knowledge, statement), statement.cites) for statement in shown),
    )


def _order(fact: Fact) -> tuple[object, ...]:
    frequency = fact.frequency.rank if fact.frequency else 0
    return (fact.weight is Weight.MINOR, -frequency, fact.term_name, fact.entity)


def of_kinds(facts: Sequence[Fact], *kinds: TermKind) -> Iterable[Fact]:
    """Yield the facts whose term is of one of ``kinds``."""
    return (fact for fact in facts if fact.kind in kinds)
