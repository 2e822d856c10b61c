"""The smallest knowledge that shows a rule: a few lines of Python, read by the real loader.

Names that a line mentions and nobody described are made up at once: a term of the family that its place asks for, a
source of the design that its key begins with (``label1`` is a label, ``case-report2`` a case report).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from safetykb.answer.assembly import SafetyReview, review
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import parse
from safetykb.knowledge.strict_json import encode
from safetykb.model.choices import Design
from safetykb.model.considerations import Exposure
from safetykb.reasoning.findings import Finding

DESIGNS = sorted((design.value for design in Design), key=len, reverse=True)


class World:
    """A tree of records in the making. Every method returns the world, so that lines can be chained."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {"knowledge.json": {"version": "1"}}
        self.term("harm", "effect")

    # --- records --------------------------------------------------------------------------------------------------

    def put(self, path: str, value: Mapping[str, Any]) -> World:
        """Write a record at ``path``, without the fields that are None."""
        self.files[path] = {key: item for key, item in value.items() if item is not None}
        return self

    def source(self, key: str, **custom: Any) -> World:
        """Write a source; its design is what its key begins with."""
        design = next(design for design in DESIGNS if re.fullmatch(f"{design}[a-z0-9]*", key))
        csl: dict[str, Any] = {
            field: custom.pop(field) for field in ("author", "issued", "publisher", "URL") if field in custom
        }
        told = {"design": design, "read": "full", "read_on": "2026-01-01", **custom}
        return self.put(f"sources/{key}.json", {"type": "document", "title": f"Title of {key}", **csl, "custom": told})

    def term(self, id: str, kind: str = "drug-class", broader: str = "", **more: Any) -> World:
        """Write a term; ``broader`` is a list of ids in one text."""
        wider = broader.split()
        for other in wider:
            self._entity(other, kind)
        words = {"label": id.replace("-", " "), **more}
        return self.put(f"terms/{id}/term.json", {"kind": kind, "broader": wider or None, **words})

    def compound(self, id: str, *forms: str, **more: Any) -> World:
        """Write a compound; a form is ``id:route`` or ``id:route:formulation``."""
        told = []
        for form in forms:
            name, route, *words = form.split(":")
            told.append({"id": name, "route": route, **({"formulation": words[0]} if words else {})})
        return self.put(f"compounds/{id}/compound.json", {"name": id, "forms": told or None, **more})

    def condition(self, id: str, broader: str = "", treatments: str = "", **more: Any) -> World:
        """Write a condition; a treatment is ``id:purpose`` (then ``:unusual``, ``:combined``), several in one text."""
        for other in broader.split():
            self._entity(other, "state")
        told = []
        for treatment in treatments.split():
            name, purpose, *flags = treatment.split(":")
            self._entity(name, None)
            record = {"treatment": name, "purpose": purpose, "usual": "unusual" not in flags}
            record |= {"combined": True} if "combined" in flags else {}
            told.append({**record, "cites": self._cites("label0")})
        wider = broader.split() or None
        name = id.replace("-", " ")
        return self.put(
            f"conditions/{id}/condition.json", {"name": name, "broader": wider, "treatments": told or None, **more}
        )

    def has(self, entity: str, term: str, *texts: str | dict[str, Any], cites: str = "label0", **more: Any) -> World:
        """Write that an entity has a term; the weight of an effect is main unless told."""
        folder = next(f for f in ("compounds", "conditions", "terms") if f"{f}/{entity}" in self._homes())
        self._entity(term, "state" if folder == "conditions" else "drug-class")
        statements = []
        for text in texts or (f"{entity} has {term}.",):
            value: dict[str, Any] = {"text": text} if isinstance(text, str) else dict(text)
            value["cites"] = self._cites(value.pop("cites", cites))
            statements.append(value)
        if self.files.get(f"terms/{term}/term.json", {}).get("kind") == "effect":
            more.setdefault("weight", "main")
        return self.put(f"{folder}/{entity}/has/{term}.json", {**more, "statements": statements})

    def claim(
        self,
        id: str,
        concern: str | None = "caution",
        *,
        having: str = "",
        taking: str | None = None,
        exposure: Mapping[str, Any] | None = None,
        cites: str = "label0",
        joined: bool = False,
        **more: Any,
    ) -> World:
        """Write a consideration ``subject/slug``; states and citations are lists in one text."""
        subject, _, slug = id.partition("/")
        self._entity(subject, None)
        for state in having.split():
            self._entity(state, "state")
        if taking is not None:
            self._entity(taking, None)
        window = more.pop("window", None)
        context = {"having": having.split() or None, "taking": taking, "window": window, "exposure": exposure}
        for hazard in [more.get("hazard", "harm")]:
            self._entity(hazard, "effect")
        value = {
            "context": {key: item for key, item in context.items() if item is not None},
            "kind": "interaction" if taking else "warning",
            "hazard": "harm",
            "origin": "joined" if joined else "stated",
            "concern": concern,
            "statement": f"Statement of {slug}.",
            "cites": None if joined else self._cites(cites),
            **more,
        }
        return self.put(f"considerations/{subject}/{slug}.json", value)

    def study(self, compound: str, name: str, design: str = "randomised-trial", **more: Any) -> World:
        """Write a study ``condition--slug`` with a result, unless told otherwise."""
        result = {"outcomes": [{"role": "primary", "name": "score", "reading": "negative"}]}
        if more.pop("result", True):
            more = {"status": "published", **result, **more}
        value = {"topic": "fatigue", "design": design, "status": "registered", "as_of": "2025", **more}
        return self.put(f"studies/{compound}/{name}.json", {**value, "cites": self._cites(more.pop("cites", design))})

    def search(self, id: str, topic: str, outcome: str = "none-found", queries: str = "a b c", **more: Any) -> World:
        """Write a search record; queries and opened citations are lists in one text."""
        subject, _, slug = id.partition("/")
        opened = [cite if "#" in cite else f"{cite}#interactions" for cite in more.pop("opened", "").split()]
        for cite in opened:
            self._source(cite.partition("#")[0])
        value = {"topic": topic, "queries": queries.split(), "where": ["PubMed"], "opened": opened or None}
        record = {**value, "date": "2026-01-02", "outcome": outcome, **more}
        return self.put(f"searches/{subject}/{slug}.json", record)

    # --- what is made up ------------------------------------------------------------------------------------------

    def _homes(self) -> set[str]:
        return {path.rpartition("/")[0] for path in self.files}

    def _entity(self, id: str, kind: str | None) -> None:
        """Make up an entity that nobody described: a term of ``kind``, else a compound."""
        if not any(f"{folder}/{id}" in self._homes() for folder in ("compounds", "conditions", "terms")):
            if kind is None:
                self.compound(id)
            else:
                self.term(id, kind)

    def _source(self, key: str) -> None:
        if f"sources/{key}.json" not in self.files:
            self.source(key)

    def _cites(self, text: str) -> list[str]:
        cites = [cite if "#" in cite else f"{cite}#warnings" for cite in text.split()]
        for cite in cites:
            self._source(cite.partition("#")[0])
        return cites

    # --- questions ------------------------------------------------------------------------------------------------

    def bytes(self) -> dict[str, bytes]:
        """Return the tree as bytes by path."""
        return {path: encode(value) for path, value in self.files.items()}

    def knowledge(self) -> KnowledgeBase:
        """Return the knowledge, read by the real loader."""
        draft = parse(self.bytes())
        assert not draft.problems, [str(problem) for problem in draft.problems]
        return draft.knowledge

    def review(self, compound: str = "drug", condition: str = "disease", **more: Any) -> SafetyReview:
        """Return the review of a compound in a condition."""
        knowledge = self.knowledge()
        if isinstance(more.get("exposure"), dict):
            more["exposure"] = Exposure(**more["exposure"])
        return review(compound, condition, knowledge=knowledge, **more)

    def finding(self, id: str, compound: str = "drug", condition: str = "disease", **more: Any) -> Finding | None:
        """Return the finding ``id`` of a review; None when the claim does not apply."""
        return next((f for f in self.review(compound, condition, **more).findings if f.id == id), None)

    def found(self, id: str, compound: str = "drug", condition: str = "disease", **more: Any) -> Finding:
        """Return the finding ``id`` of a review, which must be there."""
        finding = self.finding(id, compound, condition, **more)
        assert finding is not None, f"{id} does not apply to {compound} in {condition}"
        return finding


def world(*, treatments: str = "") -> World:
    """Return a world with a compound ``drug`` and a condition ``disease``, and nothing known of them."""
    return World().compound("drug").condition("disease", treatments=treatments)
