from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from .browsing import CHROMIUM, launched


# Of a module and no longer: while playwright runs, its event loop is the thread's, and a notebook needs one too.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without which there is nothing to see."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium fonts-liberation")
    with launched() as found:
        yield found
