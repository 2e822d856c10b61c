"""Who looked: changes with a reason, withdrawals with a reason, and what still needs a second reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.citing import all_read, sources_of
from safetykb.knowledge.checks.rule import Check, Draft, Fault, Node
from safetykb.model.choices import Kind, StampOutcome, StampRole
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.evidence import Change, Stamp, Withdrawal
from safetykb.model.scales import Concern
from safetykb.model.studies import Study


def _changes(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Change):
        if node.value.steps == 0:
            yield node.fault("a change of no step changes nothing", ".steps")
        if not node.value.reason.strip():
            yield node.fault("a change has a reason", ".reason")


CHANGE = Check(
    code="RDG:001",
    name="change-with-reason",
    description="A hand-made change of the level moves it by at least one step and gives its reason.",
    scope="record",
    cure="write steps and reason, or leave the change out",
    find=_changes,
    passing={samples.CLAIM: samples.claim(change={"steps": -1, "reason": "few people"})},
    failing={samples.CLAIM: samples.claim(change={"steps": 0, "reason": "few people"})},
)


def _withdrawals(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Withdrawal):
        if len(node.value.reason.split()) <= 1:
            yield node.fault("a withdrawal has a reason", ".reason")


_WITHDRAWN = {"date": "2026-11-23", "reason": "the page was misread"}

WITHDRAWN = Check(
    code="RDG:002",
    name="withdrawn-with-reason",
    description="A withdrawn record says why, in more than a word.",
    scope="record",
    cure="write the reason in a sentence",
    find=_withdrawals,
    passing={samples.CLAIM: samples.claim(withdrawn=_WITHDRAWN)},
    failing={samples.CLAIM: samples.claim(withdrawn=_WITHDRAWN | {"reason": "wrong"})},
)


def _refused(draft: Draft) -> Iterator[Fault]:
    bad = (StampOutcome.NOT_SUPPORTED, StampOutcome.NOT_FOUND)
    for node in draft.nodes(Stamp):
        later = [stamp for stamp in node.owner.stamps if stamp.on > node.value.on]
        if node.value.outcome in bad and node.owner.withdrawn is None and not later:
            yield node.fault(f"the last look says {node.value.outcome}, and the record stands", ".outcome")


def _stamp(**changes: Any) -> dict[str, Any]:
    return {"role": "curator", "by": "automated", "on": "2026-11-23", "outcome": "supported"} | changes


REFUSED = Check(
    code="RDG:003",
    name="not-supported-is-dropped",
    description="A record whose last look did not find support is withdrawn.",
    scope="record",
    cure="withdraw it with the reason, or read a second source and stamp that",
    find=_refused,
    passing={samples.CLAIM: samples.claim(stamps=[_stamp(), _stamp(on="2026-11-24")])},
    failing={samples.CLAIM: samples.claim(stamps=[_stamp(), _stamp(on="2026-11-24", outcome="not supported")])},
)


def _standing(draft: Draft) -> Iterator[Node[SafetyConsideration]]:
    return (node for node in draft.nodes(SafetyConsideration) if node.value.withdrawn is None)


def _one_copy(draft: Draft) -> Iterator[Fault]:
    for node in _standing(draft):
        claim = node.value
        boxed = any(cite.section == "boxed" for cite in claim.cites)
        if claim.kind is Kind.CONTRAINDICATION or claim.concern is Concern.CONTRAINDICATED or boxed:
            found = sources_of(draft, claim.cites)
            if all_read(draft, claim.cites) and len(found) == 1 and found[0].is_copy:
                yield node.fault("this stands on one copy: put it first on the list of second readings", ".cites")


ONE_COPY = Check(
    code="RDG:004",
    name="official-page-or-two",
    description="A contraindication or boxed warning rests on one official page or on two copies.",
    scope="record",
    cure="open the official page or a second copy of the same version, and cite it",
    gate=False,
    advice=True,
    find=_one_copy,
    passing={samples.CLAIM: samples.claim(cites=["examplamine-us-2021#boxed", "examplamine-us-2025#boxed"])},
    failing={samples.CLAIM: samples.claim(cites=["examplamine-us-2021#boxed"])},
)


def _to_read_twice(draft: Draft) -> Iterator[Node[Any]]:
    """Yield the claims at avoid or above, those that cite a boxed warning, and the studies."""
    for node in _standing(draft):
        boxed = any(cite.section == "boxed" for cite in node.value.cites)
        if boxed or (node.value.concern is not None and node.value.concern >= Concern.AVOID):
            yield node
    yield from (node for node in draft.nodes(Study) if node.value.withdrawn is None)


def _read_once(draft: Draft) -> Iterator[Fault]:
    for node in _to_read_twice(draft):
        if not any(stamp.role is StampRole.SECOND_READER for stamp in node.value.stamps):
            yield node.fault("no second reader has stamped this", ".stamps")


READ_TWICE = Check(
    code="RDG:005",
    name="read-twice",
    description="A claim at avoid or above, a boxed warning and a study have the stamp of a second reader.",
    scope="record",
    cure="open the source anew from its title, compare, and add the stamp",
    gate=False,
    find=_read_once,
    passing={samples.STUDY: samples.study()},
    failing={samples.STUDY: samples.study(stamps=[_stamp()])},
)

CHECKS = (CHANGE, WITHDRAWN, REFUSED, ONE_COPY, READ_TWICE)
