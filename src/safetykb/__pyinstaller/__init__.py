"""What PyInstaller is told of this package: it finds this module by the entry point ``pyinstaller40``."""

from __future__ import annotations

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """Return the folders that hold hooks."""
    return [str(Path(__file__).parent)]
