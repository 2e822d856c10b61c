"""A pytest plugin that tries each property as many times as often as asked, anew each time, to find what CI did not.

    python3 dev.py test -p tests.hunting --times 50 tests/reasoning tests/laws

CI draws the same examples at each run, so that a commit passes or fails whoever asks; this draws others.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--times``, a whole number."""
    parser.addoption("--times", type=int, default=10, help="how many times as often each property is tried")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise the number of examples of each property; nothing else that it asks for is changed but the clock."""
    raised = set()
    for item in items:
        test: Any = getattr(item, "obj", None)
        known = getattr(test, "_hypothesis_internal_use_settings", None)
        if known is None or test in raised:
            continue
        raised.add(test)
        more = known.max_examples * config.getoption("--times")
        test._hypothesis_internal_use_settings = settings(
            known, max_examples=more, deadline=None, suppress_health_check=[*HealthCheck], derandomize=False
        )
