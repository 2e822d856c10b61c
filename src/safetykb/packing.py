"""The bundle that a wheel holds: a checked tree in one file, with what is worked out from all of it at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from safetykb.answer.notices import readings
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.bundle import pack
from safetykb.knowledge.loading import load
from safetykb.knowledge.lookup import names_by_kind
from safetykb.reasoning.graph import asserted, broader_of, relations
from safetykb.reasoning.matching import claims_by_side

DERIVED: Final[Mapping[str, Callable[[KnowledgeBase], object]]] = {
    "asserted": asserted,
    "broader": broader_of,
    "claims by side": claims_by_side,
    "names by kind": names_by_kind,
    "readings": readings,
    "relations": relations,
}
"""What is worked out when the package is built, under the names by which a knowledge base keeps it."""


def bundle_of(knowledge: KnowledgeBase) -> bytes:
    """Return ``knowledge`` as a bundle."""
    derived = {name: make(knowledge) for name, make in DERIVED.items()}
    return pack(knowledge.files, knowledge.digest, derived)


def compiled(directory: str | os.PathLike[str]) -> bytes:
    """Return the tree in ``directory`` as a bundle, once it passes every check that a tree must pass.

    Raises DataError with every problem found, and NotADirectoryError.
    """
    return bundle_of(load(directory))
