"""A property can be tried more often than CI tries it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROPERTY = """
from hypothesis import given, settings, strategies as st

tried = []

@given(st.integers())
@settings(max_examples=30, derandomize=True)
def test_property(number):
    tried.append(number)

def test_tried():
    assert len(tried) == {expected}
"""


def test_a_property_is_tried_as_many_times_as_often(tmp_path: Path):
    """With the plugin each property is tried as many times as often as it asks for."""
    path = tmp_path / "test_property.py"
    path.write_text(PROPERTY.replace("{expected}", "90"), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.hunting", "--times", "3", "--rootdir", str(tmp_path)]
    done = subprocess.run([*command, str(path)], cwd=ROOT, check=False, capture_output=True, text=True)
    assert "2 passed" in done.stdout, done.stdout
