"""What is read of a whole table of patients before any of them is answered for, the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.model.scales import Concern
from safetykb.screening.closed import closed_tables
from safetykb.screening.needs import ArrowSchema, ArrowTable
from safetykb.screening.population import GIVEN_ID
from safetykb.screening.statements import PATIENTS, SOURCE, Step, names_statement, plain_statement, steps
from safetykb.screening.vocabulary import vocabulary_of


@attrs.frozen(kw_only=True)
class Question:
    """What is asked of every patient: the concern that a finding has at least (None: any), by which knowledge."""

    knowledge: KnowledgeBase
    at_least: Concern | None

    @classmethod
    def of(cls, at_least: Concern | str | None, knowledge: KnowledgeBase | None) -> Question:
        """Return the question that a caller asks."""
        return cls(knowledge=knowledge or knowledge_base(), at_least=Concern.of(at_least) if at_least else None)


@attrs.frozen(kw_only=True)
class Prepared:
    """How many patients there are, and the SQL: of ``PATIENTS``, and of the steps over them."""

    patients: int
    plain: str
    steps: tuple[Step, ...]


class Session(Protocol):
    """An engine that knows the patients as ``SOURCE``."""

    @property
    def dialect(self) -> str:
        """The name of its dialect in ibis."""

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return the rows that SQL gives."""

    def view(self, name: str, sql: str) -> None:
        """Know what SQL gives by a name."""

    def keep(self, closed: Mapping[str, ArrowTable]) -> None:
        """Know the closed tables."""


def prepare(session: Session, columns: ArrowSchema, question: Question) -> Prepared:
    """Check columns and ids, and let ``session`` keep the closed tables for the names that the patients have.

    Raises InvalidQuestion for columns that are not known and for ids that are missing or stand twice.
    """
    plain = plain_statement(session.dialect, columns)
    counted = f"SELECT count(*), count({GIVEN_ID}), count(DISTINCT {GIVEN_ID}) FROM {SOURCE}"
    every, named, different = session.rows(counted)[0]
    if not every == named == different:
        rows = f"rows without an id: {every - named}; rows with the id of another: {named - different}"
        raise InvalidQuestion(
            f"an id is missing, or stands twice ({rows})", "give each patient one row and an id of its own"
        )
    session.view(PATIENTS, plain)
    names = [(field, name) for field, name in session.rows(names_statement(session.dialect))]
    closed = closed_tables(question.knowledge, vocabulary_of(question.knowledge, names))
    session.keep(closed.tables)
    told = steps(session.dialect, closed.states, closed.numbers, question.at_least)
    return Prepared(patients=int(every), plain=plain, steps=told)
