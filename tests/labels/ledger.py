"""What one current label of a compound contraindicates and boxes, item by item, and where each was entered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import attrs

FOLDER: Final = Path(__file__).resolve().parent


@attrs.frozen(kw_only=True)
class Item:
    """One item of a label, in our words: the claim that holds it, or the reason why none does."""

    item: str
    entered: str | None = None
    left_out: str | None = None


@attrs.frozen(kw_only=True)
class Ledger:
    """The items of one label of ``compound``."""

    compound: str
    label: str
    contraindications: tuple[Item, ...]
    boxed: tuple[Item, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.contraindications, *self.boxed)


def ledgers() -> dict[str, Ledger]:
    """Return every ledger by compound; an unknown key is a TypeError."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.json"))}


def _read(file: Path) -> Ledger:
    read = json.loads(file.read_text(encoding="utf-8"))
    contraindications, boxed = (
        tuple(Item(**item) for item in read.pop(name)) for name in ("contraindications", "boxed")
    )
    return Ledger(compound=file.stem, contraindications=contraindications, boxed=boxed, **read)
