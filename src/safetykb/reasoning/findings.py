"""What a review finds: one consideration in its place, with its path, its grade and its proof."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from safetykb.model.choices import Design, Kind, Origin
from safetykb.model.considerations import Monitoring
from safetykb.model.evidence import Citation
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel, Seriousness
from safetykb.rendering.showing import Shown

if TYPE_CHECKING:
    from safetykb.rendering.outline import Document


class Place(enum.Enum):
    """Where a finding stands in the answer; the first that fits, in this order."""

    KNOWN = "known"
    NOT_IF = "not-if"
    TAKEN = "taken"
    MONITORING = "monitoring"
    RELATED = "related"
    CONDITION = "condition"
    TREATMENTS = "treatments"
    NOT_WITH = "not-with"
    EVERYBODY = "everybody"


class Part(enum.Enum):
    """The part of the answer that a finding belongs to."""

    CONTRAINDICATIONS = "contraindications"
    TREATMENTS = "treatments"
    CONDITION = "condition"
    MONITORING = "monitoring"


@attrs.frozen(kw_only=True)
class Evidence:
    """How sure a finding is: ``basis`` first, then ``level``; ``steps`` is the arithmetic in words."""

    basis: Basis
    level: EvidenceLevel
    design: Design | None
    directness: Directness
    steps: tuple[str, ...]


@attrs.frozen
class Sentence:
    """A sentence with its figure, and the places that say it."""

    text: str
    cites: tuple[Citation, ...]


@attrs.frozen(kw_only=True)
class Step:
    """One step of a path: from an entity to a term, and the sentences that say so, the newest first.

    ``link`` is ``has`` or ``broader``; ``verb`` is the same in words.
    """

    start: str
    start_name: str
    link: str
    verb: str
    end: str
    end_name: str
    sentences: tuple[Sentence, ...]
    level: EvidenceLevel | None = None

    @property
    def statements(self) -> tuple[str, ...]:
        """The sentences without their sources."""
        return tuple(sentence.text for sentence in self.sentences)

    @property
    def cites(self) -> tuple[Citation, ...]:
        """Every citation, each once."""
        return tuple(dict.fromkeys(cite for sentence in self.sentences for cite in sentence.cites))

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the sources, each once."""
        return tuple(dict.fromkeys(cite.key for cite in self.cites))


@attrs.frozen(kw_only=True)
class Partner:
    """A treatment of the condition that a finding meets; ``substance`` is the id of what it names.

    ``status``: ``met`` when the patient takes it, else ``open``. ``name`` is that of a narrower substance when the
    claim speaks of something under a class treatment. ``inferred``: that the claim meets it is put together here.
    ``members``: the medicines of it that the patient takes.
    """

    treatment: str
    substance: str
    name: str
    status: str
    concern: Concern | None
    usual: bool
    alternative: bool
    narrower: bool
    inferred: bool
    members: tuple[str, ...] = attrs.field(repr=False)
    path: tuple[Step, ...]

    @property
    def said(self) -> tuple[Sentence, ...]:
        """The newest sentence of each step."""
        return tuple(dict.fromkeys(sentence for step in self.path for sentence in step.sentences[:1]))

    @property
    def text(self) -> str:
        """What is known of the partner's side, in words."""
        return " ".join(sentence.text for sentence in self.said)


@attrs.frozen(kw_only=True)
class Need:
    """A fact that a finding needs and nobody stated.

    ``of``: ``condition`` (its stage, severity or kind), ``patient`` or ``exposure``.
    """

    fact: str
    of: str
    id: str | None = None


@attrs.frozen(kw_only=True)
class Finding(Shown):
    """A consideration as it stands in one review; its ``id`` is the consideration's, ``compound`` the one asked about.

    ``concern`` is None for ``no-increase``. ``origin`` may be weaker than the record's, never stronger.
    ``if_taking``, ``if_having`` and ``if_form`` say what is open; ``other_name`` is what the claim itself calls the
    medicine on the other side, and ``other_class`` the id of the class that it is, if it is one. ``path``
    leads from the compound to the claim's subject, ``person_path`` from the condition to the states. ``marks`` are
    warnings about the sources. ``relative`` names the compound whose own finding this is, when it is not the one asked
    about. ``personal``: a fact of the patient meets it; ``facts`` are these facts in words.
    """

    id: str
    compound: str
    block: Place
    section: Part
    kind: Kind
    origin: Origin
    hazard: str
    hazard_name: str
    concern: Concern | None
    serious: Seriousness | None
    statement: str
    rationale: str | None
    action: str | None
    needs: tuple[Need, ...]
    if_taking: tuple[str, ...]
    other_name: str
    other_class: str | None
    partners: tuple[Partner, ...]
    evidence: Evidence
    path: tuple[Step, ...]
    person_path: tuple[Step, ...]
    cites: tuple[Citation, ...]
    premise_cites: tuple[Citation, ...]
    monitoring: tuple[Monitoring, ...]
    marks: tuple[str, ...]
    speaks: bool
    personal: bool
    facts: tuple[str, ...] = attrs.field(repr=False)
    record_statement: str
    folded_under: str | None = None
    relative: str | None = None

    @property
    def is_of_a_class(self) -> bool:
        """Whether a source speaks of a class of medicines of which the partners here are only some."""
        known = {partner.treatment for partner in self.partners if not partner.alternative}
        return self.other_class is not None and not self.inferred and self.other_class not in known

    @property
    def inferred(self) -> bool:
        """Whether it was put together here, or was seen in animals or cells only."""
        return self.origin is Origin.JOINED or self.evidence.basis is Basis.INFERENCE

    @property
    def if_having(self) -> tuple[str, ...]:
        """The states that nobody stated, in words."""
        return tuple(need.fact for need in self.needs if need.of != "exposure")

    @property
    def if_form(self) -> tuple[str, ...]:
        """The ways of taking that nobody stated, in words."""
        return tuple(need.fact for need in self.needs if need.of == "exposure")

    @property
    def is_open(self) -> bool:
        """Whether anything that it needs is not known to hold."""
        return bool(self.needs or self.if_taking)

    @property
    def met_by_inference(self) -> Concern | None:
        """The concern with what the patient takes, where that meets it by inference only and it else is open."""
        weak = (partner.concern for partner in self.partners if partner.status == "met")
        if not self.if_taking or self.needs:
            return None
        return max((concern for concern in weak if concern is not None), default=None)

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of every source that it stands on, its own first, each once."""
        return tuple(dict.fromkeys(cite.key for cite in (*self.cites, *self.premise_cites)))

    @property
    def shown_cites(self) -> tuple[Citation, ...]:
        """The citations beside the statement: the claim's own, or those of the premises that stand in its words."""
        if self.cites:
            return self.cites
        premises = [sentence for step in self.path for sentence in step.sentences[:1]]
        premises += [sentence for step in self.person_path for sentence in step.sentences]
        found = tuple(dict.fromkeys(cite for sentence in premises for cite in sentence.cites))
        return found or self.premise_cites

    def outline(self) -> Document:
        """Return the finding with its proof as an outline."""
        return self.explain().outline()

    def explain(self) -> Explanation:
        """Return the proof: the rule, the path with the source of each step, and the arithmetic of the grade."""
        return Explanation(finding=self)


@attrs.frozen(kw_only=True)
class Explanation(Shown):
    """The proof of a finding. ``str()`` of it is the text."""

    finding: Finding

    @property
    def rule(self) -> str:
        """The rule that was applied, in a sentence."""
        finding = self.finding
        if finding.origin is Origin.JOINED:
            return f"Joined here from the facts below by {finding.id}: no source states it of this pair."
        if finding.evidence.directness is Directness.CLASS:
            return f"{finding.id} is stated of another member or of a class, and carried along the path below."
        return f"{finding.id} is stated by its source and applies as it stands."

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every path, the compound's side first."""
        found = [*self.finding.path, *self.finding.person_path]
        for partner in self.finding.partners:
            found += partner.path
        return tuple(dict.fromkeys(found))

    def to_dict(self) -> dict[str, object]:
        """Return the proof as JSON values."""
        finding = self.finding
        return {
            "id": finding.id,
            "rule": self.rule,
            "statement": finding.record_statement,
            "cites": [str(cite) for cite in finding.cites],
            "path": [
                {"from": s.start, "link": s.link, "to": s.end, "statements": [*s.statements], "sources": [*s.sources]}
                for s in self.steps
            ],
            "grade": [*finding.evidence.steps],
            "facts": [*finding.facts],
        }

    def outline(self) -> Document:
        """Return the proof as an outline."""
        from safetykb.reasoning.outlines import explanation_outline

        return explanation_outline(self)

    def __str__(self) -> str:
        """Return the proof as text."""
        return self.to_text()
