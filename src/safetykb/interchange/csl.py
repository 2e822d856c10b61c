"""Sources as CSL-JSON, which reference managers read.

The form is that of CSL 1.0.2 (``csl-data.json``), which knows no other properties than its own: what it has no word
for, such as how much of a source was read, stands under ``custom``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from safetykb.answer.assembly import SafetyReview
from safetykb.answer.contract import source_dict
from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.evidence import Source

Citable = SafetyReview | KnowledgeBase | Iterable[Source]
"""What has sources: a review, a whole knowledge base, or sources themselves."""


_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def sources_of(what: Citable) -> tuple[Source, ...]:
    """Return the sources of a review, of a knowledge base, or those given, each once, in the order of their keys."""
    if isinstance(what, SafetyReview):
        found: Iterable[Source] = what.sources
    elif isinstance(what, KnowledgeBase):
        found = what.sources.values()
    else:
        found = what
    return tuple(source for _, source in sorted({source.id: source for source in found}.items()))


def to_csl(what: Citable) -> list[dict[str, Any]]:
    """Return the sources of ``what`` as CSL-JSON items; where a copy was read is kept and not told.

    ``issued`` is the date of the version that was read, ``accessed`` the day of the reading.
    """
    return [_item(source) for source in sources_of(what)]


def _item(source: Source) -> dict[str, Any]:
    dates = {"issued": source.date, "accessed": source.details.read_on}
    told = {
        name: {"date-parts": [[int(part) for part in date.split("-")]]}
        for name, date in dates.items()
        if _DATE.fullmatch(date)
    }
    return {**source_dict(source), **told}
