"""Measures how fast loading, answering and screening are, as ratios, and writes the page of the documentation.

    python tests/speed/measure.py

Run it with the packages of the groups test and speed (pip install --group speed); a peer that is not installed is named
and not measured. It takes some five minutes. ``--help`` tells how to measure less, or more.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":  # as a module, so that what stands beside it can be imported
    command = [sys.executable, "-m", "tests.speed.running", *sys.argv[1:]]
    sys.exit(subprocess.run(command, cwd=Path(__file__).resolve().parents[2], check=False).returncode)
