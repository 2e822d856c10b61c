"""Terms, compounds, conditions, and the assertions that tie them together. They share one name space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from safetykb.model.choices import Comparison, RelationType, Route, SynonymType, TermKind, UseStatus, Weight
from safetykb.model.evidence import Citation, Stamp, Statement, Withdrawal
from safetykb.model.scales import Frequency
from safetykb.rendering.showing import Shown

if TYPE_CHECKING:
    from safetykb.rendering.outline import Document


@attrs.frozen(kw_only=True)
class Synonym:
    """Another name. ``form``: the form of the compound that it names. ``ambiguous``: other records have it too."""

    text: str
    type: SynonymType
    form: str | None = None
    ambiguous: bool = False


@attrs.frozen(kw_only=True)
class StateTest:
    """When a value of a patient means a state: ``field`` compared with ``value`` in ``unit`` (UCUM)."""

    field: str
    comparison: Comparison
    value: float | bool | str
    unit: str | None = None


@attrs.frozen(kw_only=True)
class Term:
    """What a substance is or does, or what a person has.

    ``tests`` (any of them) turn values of a patient into the state. ``broader`` stays within the family.
    """

    id: str
    kind: TermKind
    label: str
    synonyms: tuple[Synonym, ...] = ()
    definition: str | None = None
    broader: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    tests: tuple[StateTest, ...] = ()

    @property
    def name(self) -> str:
        """The label, under the word that compounds and conditions use."""
        return self.label


@attrs.frozen(kw_only=True)
class Assertion:
    """That ``entity`` (a compound, condition or term) has ``term``, with the statements that say so, newest first.

    ``weight`` is written of effects; ``frequency`` of effects and vulnerabilities, the worst of a range.
    """

    entity: str
    term: str
    weight: Weight | None = None
    frequency: Frequency | None = None
    statements: tuple[Statement, ...]
    stamps: tuple[Stamp, ...] = ()
    supersedes: str | None = None
    withdrawn: Withdrawal | None = None

    @property
    def id(self) -> str:
        """``entity/has/term``."""
        return f"{self.entity}/has/{self.term}"


@attrs.frozen(kw_only=True)
class Form:
    """A form of a compound: its id, its route, and the formulation in words."""

    id: str
    route: Route
    formulation: str | None = None


@attrs.frozen(kw_only=True)
class Use:
    """What a compound is used for, how far that is recognised, where and since when (ISO date, month or year)."""

    condition: str
    form: str | None = None
    status: UseStatus
    phase: str | None = None
    jurisdiction: str | None = None
    date: str | None = None
    cites: tuple[Citation, ...]


@attrs.frozen(kw_only=True)
class Relation:
    """How this compound is related to another; written on one side only."""

    compound: str
    how: RelationType


@attrs.frozen(kw_only=True)
class Compound(Shown):
    """A substance that people take: its names, identifiers (CURIEs), forms, mechanism and uses."""

    id: str
    name: str
    synonyms: tuple[Synonym, ...] = ()
    xrefs: tuple[str, ...] = ()
    related: tuple[Relation, ...] = ()
    forms: tuple[Form, ...] = ()
    description: tuple[Statement, ...] = ()
    mechanism: tuple[Statement, ...] = ()
    uses: tuple[Use, ...] = ()

    def outline(self) -> Document:
        """Return the record as an outline."""
        from safetykb.model.outlines import compound_outline

        return compound_outline(self)


@attrs.frozen(kw_only=True)
class Treatment:
    """A treatment of a condition: a compound or a class, its purpose, and whether it is usual.

    A class lends its terms and brings in no member that is not named. ``combined``: it is given beside others of the
    same purpose (one antiseizure medicine added to another); without it treatments of one purpose are alternatives.
    """

    treatment: str
    purpose: str
    usual: bool
    combined: bool = False
    line: str | None = None
    jurisdiction: str | None = None
    cites: tuple[Citation, ...]


@attrs.frozen(kw_only=True)
class Condition(Shown):
    """A condition that people are asked about; its id is the id of its state.

    Vulnerabilities, treatments and specialist flow down ``broader``; the narrower record only adds. ``tests`` (any of
    them) turn values of a patient into the condition, as those of a term do.
    """

    id: str
    name: str
    synonyms: tuple[Synonym, ...] = ()
    xrefs: tuple[str, ...] = ()
    specialist: str | None = None
    broader: tuple[str, ...] = ()
    tests: tuple[StateTest, ...] = ()
    treatments: tuple[Treatment, ...] = ()

    def outline(self) -> Document:
        """Return the record as an outline."""
        from safetykb.model.outlines import condition_outline

        return condition_outline(self)
