"""The expression as SQL, in the dialect of the engine that runs it. Every engine runs the same expression."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.model.scales import Concern
from safetykb.screening.closed import schemas
from safetykb.screening.expression import GIVEN_ID, PLAIN, Screening, names_in, plain_patients
from safetykb.screening.needs import ArrowSchema, Expression
from safetykb.screening.vocabulary import NAMES

SOURCE: Final = "safetykb_source"
PATIENTS: Final = "safetykb_patients"
GRADED: Final = "safetykb_graded"
FINDINGS: Final = "safetykb_findings"
NOT_CHECKED: Final = "safetykb_not_checked"


@attrs.frozen(kw_only=True)
class Statements:
    """SQL over the tables named here, each over those before it: they are made in this order."""

    graded: str
    findings: str
    not_checked: str
    summary: str


def closed_name(name: str) -> str:
    """Return the name under which an engine knows a closed table."""
    return f"safetykb_{name}"


def plain_statement(dialect: str, columns: ArrowSchema) -> str:
    """Return the SQL that makes ``PATIENTS`` of ``SOURCE``, a table of patients with ``columns``.

    Raises InvalidQuestion for a column that no patient has, and where the column ``id`` is missing.
    """
    import ibis

    check_columns(columns.names)
    source = ibis.table(ibis.Schema.from_pyarrow(columns), name=SOURCE)
    return _sql(plain_patients(source), dialect)


def check_columns(names: Iterable[str]) -> None:
    """Refuse columns that would be left out in silence."""
    known = (GIVEN_ID, *NAMES, *PLAIN)
    stated = [*names]
    strange = [name for name in stated if name not in known]
    if strange:
        cure = f"leave them out, or name them as the fields of a patient: {', '.join(known)}"
        raise InvalidQuestion(f"the table has columns that no patient has: {', '.join(strange)}", cure)
    if GIVEN_ID not in stated:
        raise InvalidQuestion("the table has no column 'id'", "give each patient an id of its own")


@functools.cache
def names_statement(dialect: str) -> str:
    """Return the SQL that gives each name in ``PATIENTS`` once, with its column."""
    return _sql(names_in(_plain_table()), dialect)


@functools.cache
def statements(dialect: str, states: int, at_least: Concern | None) -> Statements:
    """Return the SQL of a screen, once ``PATIENTS`` and the closed tables are known to the engine."""
    import ibis

    closed = {
        name: ibis.table(ibis.Schema.from_pyarrow(schema), name=closed_name(name)) for name, schema in schemas().items()
    }
    screening = Screening(_plain_table(), closed, states, at_least)
    graded = screening.graded()
    found = screening.findings(_named(GRADED, graded))
    not_checked = screening.not_checked()
    summary = screening.summary(_named(FINDINGS, found), _named(NOT_CHECKED, not_checked))
    return Statements(
        graded=_sql(graded, dialect),
        findings=_sql(found, dialect),
        not_checked=_sql(not_checked, dialect),
        summary=_sql(summary, dialect),
    )


def _named(name: str, table: Expression) -> Expression:
    import ibis

    return ibis.table(table.schema(), name=name)


def _sql(expression: Expression, dialect: str) -> str:
    import ibis

    getattr(ibis, dialect)  # the options of a dialect are there once its backend was asked for
    return str(ibis.to_sql(expression, dialect=dialect))


def _plain_table() -> Expression:
    import ibis

    bare = ibis.table({GIVEN_ID: "string"}, name=SOURCE)
    return ibis.table(plain_patients(bare).schema(), name=PATIENTS)
