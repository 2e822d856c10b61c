"""What the laws share: they read thousands of small trees."""

from __future__ import annotations

import functools

import pytest

from safetykb.knowledge import conversion
from safetykb.knowledge.conversion import make_converter


@pytest.fixture(autouse=True, scope="package")
def one_converter():
    """Make the converter of the loader once: making it takes ten times as long as reading a small tree."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conversion, "make_converter", functools.cache(make_converter))
        yield
