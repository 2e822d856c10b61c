"""Overlays over the made-up knowledge, and what they are refused for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from safetykb import DataError, KnowledgeBase, Problem
from safetykb.knowledge.overlay import POLICY_FILE
from safetykb.knowledge.strict_json import encode

TODAY: Final = "2026-11-25"
CONTRAINDICATED: Final = "examplamine/severe-demo-pressure"
CAUTION: Final = "examplamine/breastfeeding"
AVOID: Final = "oldamine/severe-demo-pressure"
JOINED: Final = "modulumab/examplamine-monitoring"
NO_INCREASE: Final = "modulumab/pregnancy-outcomes"

CLAIM: Final[Mapping[str, Any]] = {
    "context": {"having": ["demo-disease"]},
    "kind": "advice",
    "hazard": "drowsiness",
    "origin": "stated",
    "concern": "inform",
    "statement": "This hospital gives examplamine on ward 9 only.",
    "cites": ["examplamine-us-2025#warnings 5"],
    "stamps": [{"role": "curator", "by": "automated", "on": "2026-11-23", "outcome": "supported"}],
}


def policy(action: str = "raise", consideration: str = CAUTION, **more: Any) -> dict[str, Any]:
    """A policy as its file has it, without what is None; one that quietens ends next year."""
    given = {"author": "Dr Maker", "reason": "two events on ward 9", "date": "2026-11-01"}
    ends = {} if action == "raise" else {"expires": "2027-11-01"}
    found = {"action": action, "consideration": consideration, **given, **ends, **more}
    return {key: value for key, value in found.items() if value is not None}


def raised(**more: Any) -> dict[str, Any]:
    return policy(**{"concern": "avoid", **more})


def lowered(consideration: str = CAUTION, **more: Any) -> dict[str, Any]:
    return policy("lower", consideration, **{"concern": "inform", **more})


def silenced(consideration: str = CAUTION, **more: Any) -> dict[str, Any]:
    return policy("silence", consideration, **more)


def written(directory: Path, policies: object = None, files: Mapping[str, Any] | None = None) -> Path:
    """Write an overlay: its policies by name, and records by path; bytes stand as they are."""
    directory.mkdir(exist_ok=True)
    for path, value in {**({} if policies is None else {POLICY_FILE: policies}), **(files or {})}.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(value if isinstance(value, bytes) else encode(value))
    return directory


def laid(
    base: KnowledgeBase,
    directory: Path,
    policies: object = None,
    files: Mapping[str, Any] | None = None,
    today: str = TODAY,
) -> KnowledgeBase:
    """The base with an overlay over it."""
    return base.with_overlay(written(directory, policies, files), today=today)


def refused(
    base: KnowledgeBase, directory: Path, policies: object = None, files: Mapping[str, Any] | None = None
) -> tuple[Problem, ...]:
    """The problems for which an overlay is refused."""
    with pytest.raises(DataError) as caught:
        laid(base, directory, policies, files)
    return caught.value.problems


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]
