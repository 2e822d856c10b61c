"""Names: no two records of one name space claim the same name without saying so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import attrs

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.knowledge.names import MAX_NAME, normalise
from safetykb.model.choices import Family, TermKind
from safetykb.model.entities import Compound, Condition, Synonym, Term


@attrs.frozen
class Claimed:
    """A name that a record claims, where it is written, and whether it is declared ambiguous."""

    node: Node[Any]
    below: str
    text: str
    ambiguous: bool


def _names(draft: Draft) -> Iterator[Claimed]:
    """Yield every name and synonym in the tree."""
    for node in draft.nodes_of(Term, Compound, Condition):
        below = ".label" if isinstance(node.value, Term) else ".name"
        yield Claimed(node, below, node.value.name, ambiguous=False)
        for place, synonym in enumerate(node.value.synonyms):
            yield Claimed(node, f".synonyms[{place}].text", synonym.text, ambiguous=synonym.ambiguous)


def _identifiers(draft: Draft) -> Iterator[Claimed]:
    """Yield every identifier of an entity: it is found by it too."""
    for node in draft.nodes_of(Term, Compound, Condition):
        yield Claimed(node, "", node.value.id, ambiguous=False)


def _space(entity: Any) -> str:
    """Return the name space of ``entity``: what a person has, what a person takes, or what a substance does."""
    if isinstance(entity, Condition) or (isinstance(entity, Term) and entity.kind.family is Family.PERSON):
        return "has"
    return "takes" if isinstance(entity, Compound) or entity.kind is TermKind.DRUG_CLASS else "does"


def _plain(text: str) -> str:
    """Return ``text`` normalised, or nothing when it is too long to be a name."""
    return normalise(text) if len(text) <= MAX_NAME else ""


def _collisions(draft: Draft) -> Iterator[Fault]:
    claims: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for name in (*_identifiers(draft), *_names(draft)):
        claims[_space(name.node.value), _plain(name.text)].append(name)
    for (_, plain), some in claims.items():
        owners = {name.node.value.id for name in some}
        if plain and len(owners) > 1:
            for name in some:
                if not name.ambiguous:
                    others = ", ".join(sorted(owners - {name.node.value.id}))
                    yield name.node.fault(f"{shown(name.text)} is a name of {others} as well", name.below)


def _synonym(**fields: Any) -> list[dict[str, Any]]:
    return [{"text": "Moduva", "type": "brand"} | fields]


COLLISION = Check(
    code="NAM:001",
    name="one-name-one-record",
    description=(
        "Two records of one name space claim a name only when both declare it ambiguous, and an identifier never. "
        "The spaces: what a person has (conditions, states) or takes (compounds, drug classes), what a substance does."
    ),
    scope="tree",
    cure="drop the name from one record, or mark it `ambiguous` in each",
    find=_collisions,
    passing={
        "compounds/inhibizole/compound.json": samples.compound(
            name="inhibizole", synonyms=_synonym(text="exa", type="other", ambiguous=True)
        )
    },
    failing={
        "compounds/inhibizole/compound.json": samples.compound(name="inhibizole", synonyms=_synonym(text="MODUVA®"))
    },
)


def _unusable(draft: Draft) -> Iterator[Fault]:
    for name in _names(draft):
        if not _plain(name.text):
            yield name.node.fault(f"{shown(name.text)} cannot be used as a name", name.below)


USABLE = Check(
    code="NAM:002",
    name="usable-name",
    description=f"A name holds a letter or digit and has at most {MAX_NAME} characters.",
    scope="record",
    cure="write the name by which people know it",
    find=_unusable,
    failing={"compounds/inhibizole/compound.json": samples.compound(name="inhibizole", synonyms=_synonym(text="- -"))},
)


def _repeated(draft: Draft) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for name in _names(draft):
        key = (name.node.file, _plain(name.text))
        if key in seen:
            yield name.node.fault(f"{shown(name.text)} says again what another name of this record says", name.below)
        seen.add(key)


REPEATED = Check(
    code="NAM:003",
    name="name-written-once",
    description="A record does not list a name that differs from another of its names only in spelling.",
    scope="record",
    cure="leave the repetition out: case, hyphens and spaces make no difference when a name is looked up",
    gate=False,
    find=_repeated,
    failing={
        "compounds/inhibizole/compound.json": samples.compound(name="inhibizole", synonyms=_synonym(text="Inhibizole"))
    },
)


def _ambiguous_alone(draft: Draft) -> Iterator[Fault]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name in _names(draft):
        owners[_plain(name.text)].add(name.node.value.id)
    for node in draft.nodes(Synonym):
        if node.value.ambiguous and owners[_plain(node.value.text)] == {node.owner.id}:
            yield node.fault(f"no other record is called {shown(node.value.text)}", ".ambiguous")


ALONE = Check(
    code="NAM:004",
    name="ambiguous-with-whom",
    description="A name that is declared ambiguous is a name of another record as well.",
    scope="tree",
    cure="take the mark out, or give the other record the name",
    gate=False,
    find=_ambiguous_alone,
    failing={
        "compounds/inhibizole/compound.json": samples.compound(
            name="inhibizole", synonyms=_synonym(text="Inhi", ambiguous=True)
        )
    },
)

CHECKS = (COLLISION, USABLE, REPEATED, ALONE)
