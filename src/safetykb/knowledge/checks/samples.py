"""Short records for the samples of the checks. They lie over the base sample of the tests, which is made up."""

from __future__ import annotations

from typing import Any

import attrs

from safetykb.knowledge.making import json_key
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Source, SourceDetails, Statement
from safetykb.model.studies import SearchRecord, Study

CLAIM = "considerations/examplamine/sample.json"
"""Where a claim about a compound of the base sample is laid."""

TERM_CLAIM = "considerations/drowsiness/sample.json"
"""Where a claim about an effect of the base sample is laid."""

HAS = "compounds/examplamine/has/demo-fetal-harm.json"
"""Where an assertion about a compound of the base sample is laid."""

STUDY = "studies/examplamine/demo-disease--sample.json"
"""Where a study of the base sample is laid."""

SEARCH = "searches/examplamine/sample.json"
"""Where a search of the base sample is laid."""

SOURCE = "sources/sample2024.json"
"""Where a source is laid; ``DRAWN_ON`` cites it."""

STAMPS = [
    {"role": "curator", "by": "automated", "on": "2026-11-23", "outcome": "supported"},
    {"role": "second-reader", "by": "automated", "on": "2026-11-24", "outcome": "supported"},
]
"""The stamps of a record that was read twice."""


def _changed(cls: type, record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return ``record`` with ``changes`` and without what is None, keys in the order of the fields of ``cls``."""
    values = record | changes
    keys = [json_key(cls, field.name) for field in attrs.fields(cls)]
    return {key: values[key] for key in keys if values.get(key) is not None}


def claim(**changes: Any) -> dict[str, Any]:
    """Return a stated warning that passes every check, changed; None takes a key out."""
    given = {
        "kind": "warning",
        "hazard": "drowsiness",
        "origin": "stated",
        "concern": "caution",
        "statement": "Nine of 30 people given examplamine became drowsy (US label).",
        "cites": ["examplamine-us-2025#warnings 5.1"],
        "stamps": STAMPS,
    }
    return _changed(SafetyConsideration, given, changes)


def joined(**changes: Any) -> dict[str, Any]:
    """Return a joined claim about an effect that passes every check, changed."""
    given = {
        "context": {"having": ["demo-falls"]},
        "kind": "condition-risk",
        "origin": "joined",
        "statement": "Drowsiness from {subject} adds to falls in {condition}.",
        "cites": None,
        "stamps": None,
    }
    return claim(**given | changes)


def has(**changes: Any) -> dict[str, Any]:
    """Return an assertion about an effect that passes every check, changed."""
    given = {"weight": "minor", "frequency": "rare", "statements": [says()]}
    return _changed(Assertion, given, changes)


def says(**changes: Any) -> dict[str, Any]:
    """Return a statement of an assertion that passes every check, changed."""
    given = {
        "text": "Two of nine newborns had a demo sign (US label).",
        "cites": ["examplamine-us-2025#adverse-reactions 6"],
    }
    return _changed(Statement, given, changes)


def study(**changes: Any) -> dict[str, Any]:
    """Return a published study that passes every check, changed."""
    given = {
        "topic": "fatigue",
        "design": "randomised-trial",
        "status": "published",
        "as_of": "2021",
        "allocated": 18,
        "exposed": 12,
        "harms": [{"text": "dizziness", "n": 3, "of": 12}],
        "cites": ["exampler2021#abstract"],
        "stamps": STAMPS,
    }
    return _changed(Study, given, changes)


def search(**changes: Any) -> dict[str, Any]:
    """Return a search that found nothing and passes every check, changed."""
    given = {
        "having": "demo-disease",
        "topic": "case-report",
        "queries": ["examplamine demo disease case report"],
        "where": ["PubMed"],
        "date": "2026-11-23",
        "outcome": "none-found",
    }
    return _changed(SearchRecord, given, changes)


def label(**changes: Any) -> dict[str, Any]:
    """Return a label that passes every check once it is cited; ``custom`` is given whole."""
    given = {"type": "regulation", "title": "Sample label", "custom": details()}
    return _changed(Source, given, changes)


def paper(**changes: Any) -> dict[str, Any]:
    """Return an article that passes every check once it is cited, changed."""
    article = {
        "type": "article-journal",
        "title": "A sample article",
        "issued": {"date-parts": [[2024]]},
        "custom": details(about=None, jurisdiction=None, version_date=None, design="cohort", read="abstract"),
    }
    return label(**article | changes)


def details(**changes: Any) -> dict[str, Any]:
    """Return our own fields of a label, changed."""
    given = {
        "about": ["examplamine"],
        "jurisdiction": "US",
        "version_date": "2024-05",
        "design": "label",
        "read": "excerpt",
        "read_on": "2026-11-23",
    }
    return _changed(SourceDetails, given, changes)


DRAWN_ON = {CLAIM: claim(cites=["sample2024#warnings"])}
"""A claim that cites the source laid at ``SOURCE``, so that it is no orphan."""


def term(kind: str, **fields: Any) -> dict[str, Any]:
    """Return a term of ``kind``."""
    return _changed(Term, {"kind": kind, "label": "sample"}, fields)


def compound(**fields: Any) -> dict[str, Any]:
    """Return a compound."""
    return _changed(Compound, {"name": "sample"}, fields)


def condition(**fields: Any) -> dict[str, Any]:
    """Return a condition."""
    return _changed(Condition, {"name": "sample"}, fields)
