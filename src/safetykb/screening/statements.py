"""The expression as SQL, in the dialect of the engine that runs it. Every engine runs the same expression."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.model.scales import Concern
from safetykb.screening.closed import TRUTHS, schemas
from safetykb.screening.expression import CASE, PAIR, Screening
from safetykb.screening.needs import ArrowSchema, Expression
from safetykb.screening.population import GIVEN_ID, ID, NUMBERS, PLAIN, names_in, plain_patients
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

    Raises InvalidQuestion for a column that no patient has or that is of a type that it cannot have, and where the
    column ``id`` is missing.
    """
    import ibis

    check_names(columns.names)
    return _sql(plain_patients(ibis.table(_typed(columns), name=SOURCE)), dialect)


def check_names(names: Iterable[str], where: str = "the table") -> None:
    """Refuse columns that would be left out in silence."""
    known = (GIVEN_ID, *NAMES, *PLAIN)
    stated = [*names]
    strange = [name or "(no name)" for name in stated if name not in known]
    if strange:
        cure = f"leave them out, or name them as the fields of a patient: {', '.join(known)}"
        raise InvalidQuestion(f"{where} has columns that no patient has: {', '.join(strange)}", cure)
    if GIVEN_ID not in stated:
        raise InvalidQuestion(f"{where} has no column 'id'", "give each patient an id of its own")
    twice = sorted({name for name in stated if stated.count(name) > 1})
    if twice:
        raise InvalidQuestion(f"{where} has columns that stand twice: {', '.join(twice)}", "leave one of each")


def _typed(columns: ArrowSchema) -> Any:
    """Return the schema of ``columns`` in ibis; refuse a type that cannot hold what its column says."""
    import ibis

    found = {}
    for column in columns:
        name = column.name
        try:
            found[name] = ibis.dtype(column.type)
        except (KeyError, NotImplementedError, TypeError, ValueError):  # ibis knows no such type
            refuse_type(name, column.type)
        if not _may_hold(name, found[name]):
            refuse_type(name, column.type)
    return ibis.schema(found)


def refuse_type(name: str, kind: object) -> NoReturn:
    """Raise the error of a column whose type says nothing that its field could hold."""
    cure = "write numbers as numbers, yes and no as booleans, names as texts or lists of texts; or leave the column out"
    raise InvalidQuestion(f"the column {name!r} is of a type that it cannot have: {kind}", cure)


def _may_hold(name: str, kind: Any) -> bool:
    if name in NAMES and kind.is_array():
        return _may_hold(name, kind.value_type) and not kind.value_type.is_array()
    if kind.is_null() or kind.is_string():
        return True
    if name in NUMBERS:
        return bool(kind.is_numeric())
    if name in (*TRUTHS, "medications_complete"):
        return bool(kind.is_numeric() or kind.is_boolean())
    return not (kind.is_nested() or kind.is_interval() or kind.is_binary() or kind.is_unknown())


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
