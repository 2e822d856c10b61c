"""Identifiers from elsewhere: their prefixes and forms, and that no two compounds claim one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node, shown
from safetykb.model.considerations import Monitoring
from safetykb.model.entities import Compound, Condition, Term
from safetykb.model.studies import Study

PREFIXES: Final = {
    "UNII": re.compile(r"[0-9A-Z]{10}", re.ASCII),
    "RXCUI": re.compile(r"[0-9]{1,8}", re.ASCII),
    "MESH": re.compile(r"[A-Z][0-9]{3,9}", re.ASCII),
    "ATC": re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?", re.ASCII),
    "MONDO": re.compile(r"[0-9]{7}", re.ASCII),
    "DOID": re.compile(r"[0-9]{1,7}", re.ASCII),
    "ICD10CM": re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", re.ASCII),
    "LOINC": re.compile(r"[0-9]{1,7}-[0-9]", re.ASCII),
}
"""The prefixes of CURIEs that records use, each with the form of what follows."""


def is_curie(text: str) -> bool:
    """Tell whether ``text`` is a known prefix, a colon, and an identifier of its form."""
    prefix, _, rest = text.partition(":")
    return prefix in PREFIXES and PREFIXES[prefix].fullmatch(rest) is not None


def _curies(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes_of(Term, Compound, Condition):
        for place, text in enumerate(node.value.xrefs):
            if not is_curie(text):
                yield node.fault(f"{shown(text)} is no identifier of a known set", f".xrefs[{place}]")
    for row in draft.nodes(Monitoring):
        if row.value.loinc is not None and not PREFIXES["LOINC"].fullmatch(row.value.loinc):
            yield row.fault(f"{shown(row.value.loinc)} is no LOINC code", ".loinc")


def _inhibizole(**fields: Any) -> dict[str, Any]:
    return {"compounds/inhibizole/compound.json": samples.compound(name="inhibizole", **fields)}


CURIE = Check(
    code="IDS:002",
    name="outside-identifier",
    description="An outside identifier is a CURIE of a known set (" + ", ".join(PREFIXES) + ") in that set's form.",
    scope="record",
    cure="copy the identifier from the page that was read: `UNII:` and ten characters, `RXCUI:` and digits ...",
    find=_curies,
    passing=_inhibizole(xrefs=["UNII:0EXAMPLE03", "ATC:Z99"]),
    failing=_inhibizole(xrefs=["UNII:EXAMPLE03"]),
)

_NCT: Final = re.compile(r"NCT[0-9]{8}", re.ASCII)
_REGISTRY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/(). -]{3,39}", re.ASCII)


def _registered(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Study):
        number = node.value.registry_id
        form = _NCT if number is not None and number.upper().startswith("NCT") else _REGISTRY
        if number is not None and not form.fullmatch(number):
            yield node.fault(f"{shown(number)} is no registry number", ".registry_id")


REGISTERED = Check(
    code="IDS:003",
    name="registry-number",
    description="A registry number has the form of one; an NCT number has eight digits.",
    scope="record",
    cure="copy the number from the registry's page",
    find=_registered,
    passing={samples.STUDY: samples.study(registry_id="ISRCTN99999999")},
    failing={samples.STUDY: samples.study(registry_id="NCT123")},
)


def _claimed(draft: Draft) -> Iterator[Fault]:
    owners: dict[str, list[Node[Compound]]] = defaultdict(list)
    for node in draft.nodes(Compound):
        for text in node.value.xrefs:
            if text.startswith(("UNII:", "RXCUI:")):
                owners[text].append(node)
    for text, some in owners.items():
        if len(some) > 1:
            yield some[-1].fault(f"{text} stands in {', '.join(node.value.id for node in some)}", ".xrefs")


CLAIMED = Check(
    code="IDS:004",
    name="identifier-of-one",
    description="A UNII or RXCUI names one substance: no two compounds claim it.",
    scope="tree",
    cure="look it up again; a racemate and its enantiomer have different ones",
    find=_claimed,
    failing=_inhibizole(xrefs=["UNII:0EXAMPLE01"]),
)

CHECKS = (CURIE, REGISTERED, CLAIMED)
