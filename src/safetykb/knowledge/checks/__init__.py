"""The checks that hold a tree together, as named values."""

from __future__ import annotations

from safetykb.errors import Problem
from safetykb.knowledge.checks import (
    assertions,
    citing,
    claims,
    dates,
    files,
    identifiers,
    links,
    names,
    reading,
    references,
    sources,
    studies,
    wording,
)
from safetykb.knowledge.checks.rule import Check, Draft, Fault

_ROOMS = (
    *(assertions.CHECKS, citing.CHECKS, claims.CHECKS, dates.CHECKS, files.CHECKS, identifiers.CHECKS, links.CHECKS),
    *(names.CHECKS, reading.CHECKS, references.CHECKS, sources.CHECKS, studies.CHECKS, wording.CHECKS),
)

CHECKS: tuple[Check, ...] = tuple(sorted((check for room in _ROOMS for check in room), key=lambda check: check.code))
"""Every check, in the order of its code."""


def run(draft: Draft, *, gate: bool = False) -> list[Problem]:
    """Return what the checks find in ``draft``; with ``gate`` only those that refuse a tree."""
    asked = (check for check in CHECKS if not check.advice and (check.gate or not gate))
    return [problem for check in asked for problem in check.problems(draft)]


def advice(draft: Draft) -> list[Problem]:
    """Return what is worth reading again in ``draft``; none of it is wrong."""
    return [problem for check in CHECKS if check.advice for problem in check.problems(draft)]


__all__ = ["CHECKS", "Check", "Draft", "Fault", "advice", "run"]
