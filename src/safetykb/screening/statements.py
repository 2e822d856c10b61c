"""The expression as SQL, in the dialect of the engine that runs it. Every engine runs the same expression."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.model.scales import Concern
from safetykb.screening.closed import schemas
from safetykb.screening.expression import CASE, PAIR, Screening
from safetykb.screening.needs import ArrowSchema, Expression
from safetykb.screening.population import GIVEN_ID, ID, PLAIN, names_in, plain_patients
from safetykb.screening.vocabulary import NAMES

SOURCE: Final = "safetykb_source"
PATIENTS: Final = "safetykb_patients"
STATED: Final = "safetykb_stated"
CASES: Final = "safetykb_cases"
PAIRS: Final = "safetykb_pairs"
ALONE: Final = "safetykb_alone"
TOGETHER: Final = "safetykb_together"
OF_CASES: Final = "safetykb_of_cases"
GRADED: Final = "safetykb_graded"
BESIDE: Final = "safetykb_beside"
FINDINGS: Final = "safetykb_findings"
NOT_CHECKED: Final = "safetykb_not_checked"
SUMMARY: Final = "safetykb_summary"
_WORDY: Final = (ALONE, OF_CASES, GRADED, BESIDE, FINDINGS)


@attrs.frozen
class Step:
    """SQL that makes a table by this name of those before it. ``kept``: other steps read it, so it is worth keeping.

    ``words``: the columns that hold ``STATED_WORDS`` or words of the closed tables (true: lists of them).
    """

    name: str
    sql: str
    kept: bool
    words: Mapping[str, bool]


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
def steps(dialect: str, states: int, numbers: int, at_least: Concern | None) -> tuple[Step, ...]:
    """Return the SQL of a screen, in its order, once ``PATIENTS`` and the closed tables are known to the engine."""
    import ibis

    closed = {
        name: ibis.table(ibis.Schema.from_pyarrow(schema), name=closed_name(name)) for name, schema in schemas().items()
    }
    screening = Screening(_plain_table(), closed, states=states, numbers=numbers, at_least=at_least)
    made = []

    def step(name: str, expression: Expression, *, kept: bool = True) -> Expression:
        words = _words(expression) if name in _WORDY else {}
        made.append(Step(name, _sql(expression, dialect), kept, words))
        return ibis.table(expression.schema(), name=name)

    stated = step(STATED, screening.stated())
    cases = step(CASES, screening.cases(stated))
    pairs = step(PAIRS, screening.pairs(stated, cases))
    alone = step(ALONE, screening.graded(screening.alone(cases), *CASE))
    of_cases = step(OF_CASES, screening.answered(alone, screening.folds_alone(alone), CASE))
    together = step(TOGETHER, screening.together(pairs))
    graded = step(GRADED, screening.graded(screening.beside(together, pairs, cases), *PAIR, "complete", "views"))
    beside = step(BESIDE, screening.answered(graded, screening.folds_beside(graded), PAIR))
    step(FINDINGS, screening.findings(pairs, of_cases, beside), kept=False)
    not_checked = step(NOT_CHECKED, screening.not_checked())
    step(SUMMARY, screening.summary(pairs, of_cases, beside, not_checked), kept=False)
    return tuple(made)


def _words(expression: Expression) -> dict[str, bool]:
    kinds = {name: kind for name, kind in expression.schema().items() if name != ID}
    lists = {name for name, kind in kinds.items() if kind.is_array()}
    return {name: name in lists for name, kind in kinds.items() if name in lists or kind.is_string()}


def _sql(expression: Expression, dialect: str) -> str:
    import ibis

    getattr(ibis, dialect)  # the options of a dialect are there once its backend was asked for
    return str(ibis.to_sql(expression, dialect=dialect))


def _plain_table() -> Expression:
    import ibis

    bare = ibis.table({GIVEN_ID: "string"}, name=SOURCE)
    return ibis.table(plain_patients(bare).schema(), name=PATIENTS)
