"""A hospital's own records and policies, laid over a base and checked against it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from safetykb.errors import DataError, InvalidQuestion, Problem
from safetykb.knowledge.base import Collection, KnowledgeBase
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.loading import build
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.knowledge.tree import directory_files
from safetykb.model.choices import PolicyAction
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.policy import AppliedPolicy, Policy
from safetykb.model.scales import Concern

POLICY_FILE = "policy.json"
"""The file of an overlay that holds its policies: an object of policies by name."""


def with_overlay(base: KnowledgeBase, directory: str | os.PathLike[str], *, today: str) -> KnowledgeBase:
    """Return ``base`` with the records and policies in ``directory`` laid over it, as they stand on ``today`` (ISO).

    Raises DataError with every problem found, InvalidQuestion for a day that is none, and NotADirectoryError.
    """
    if _day(today) is None:
        raise InvalidQuestion("today is no ISO date", "give it as YYYY-MM-DD")
    files, problems = directory_files(directory)
    policy = files.pop(POLICY_FILE, None)
    found = [*problems, *_replaced(base, files)]
    policies, wrong = _policies(policy) if policy is not None else ((), [])
    found += wrong
    merged = build({**files, **base.files}, problems=found)
    faults = [fault for policy in policies for fault in _faults(merged, policy)]
    if faults:
        raise DataError(tuple(faults))
    return _apply(merged, policies, today, base.policies)


def _replaced(base: KnowledgeBase, files: Mapping[str, bytes]) -> Iterator[Problem]:
    for path in sorted(files.keys() & base.files.keys()):
        cure = "an overlay adds records; to change one of the base write a policy, or supersede it"
        yield Problem("OVL:001", path, "$", "the base holds this record", cure)


def _policies(data: bytes) -> tuple[tuple[Policy, ...], list[Problem]]:
    try:
        value = decode(data)
    except BadJSON as error:
        return (), [Problem("REC:001", POLICY_FILE, "$", str(error), "write plain JSON in UTF-8")]
    if type(value) is not dict:
        return (), [Problem("REC:002", POLICY_FILE, "$", "policies are an object by name", "name each policy")]
    policies, problems = [], []
    for name, entry in value.items():
        policy, wrong = _policy(name, entry)
        policies += [policy] if policy else []
        problems += wrong
    return tuple(policies), problems


def _policy(name: str, entry: Any) -> tuple[Policy | None, list[Problem]]:
    if type(entry) is not dict or "id" in entry:
        return None, [Problem("REC:002", POLICY_FILE, f"$.{name}", "a policy is an object without id", "see Policy")]
    try:
        policy: Policy = make_converter().structure({**entry, "id": name}, Policy)
    except Exception as error:  # noqa: BLE001  the converter raises groups and single errors alike
        found = mismatches(error, f"$.{name}")
        return None, [Problem("REC:002", POLICY_FILE, path, what, "see Policy") for path, what in found]
    return policy, []


def _faults(knowledge: KnowledgeBase, policy: Policy) -> Iterator[Problem]:
    for code, what, cure in _wrong(knowledge, policy):
        yield Problem(code, POLICY_FILE, f"$.{policy.id}", what, cure)


def _wrong(knowledge: KnowledgeBase, policy: Policy) -> Iterator[tuple[str, str, str]]:
    claim = knowledge.considerations.get(policy.consideration)
    if claim is None:
        yield "OVL:002", f"there is no consideration {policy.consideration!r}", "name one that the review shows"
        return
    if not (policy.author.strip() and policy.reason.strip()):
        yield "OVL:003", "author or reason is empty", "say who decided it, and why"
    if _day(policy.date) is None or (policy.expires is not None and _day(policy.expires) is None):
        yield "OVL:004", "date or expires is no ISO date", "write YYYY-MM-DD"
    yield from _direction(policy, claim)
    if policy.action is not PolicyAction.RAISE:
        yield from _quieter(knowledge, policy, claim)


def _direction(policy: Policy, claim: SafetyConsideration) -> Iterator[tuple[str, str, str]]:
    if policy.action is PolicyAction.SILENCE:
        if policy.concern is not None:
            yield "OVL:005", "silencing has no concern", "leave it out, or lower instead"
        return
    if policy.concern is None or claim.concern is None:
        yield "OVL:005", f"to {policy.action} needs a concern on both sides", "write the new concern"
    elif (policy.concern > claim.concern) is not (
        policy.action is PolicyAction.RAISE
    ) or policy.concern == claim.concern:
        yield (
            "OVL:005",
            f"{policy.concern} does not {policy.action} {claim.concern}",
            "check the action and the concern",
        )


def _quieter(knowledge: KnowledgeBase, policy: Policy, claim: SafetyConsideration) -> Iterator[tuple[str, str, str]]:
    if policy.expires is None:
        yield "OVL:006", f"to {policy.action} needs a day on which it ends", "write expires"
    if claim.id in knowledge.edition.never_silence:
        yield "OVL:007", f"{claim.id} is never silenced or lowered", "take the policy out"
    if claim.concern is Concern.CONTRAINDICATED and policy.despite is not Concern.CONTRAINDICATED:
        cure = "write despite: contraindicated, if that is meant"
        yield "OVL:008", f"an authority contraindicates it ({claim.id})", cure


def _apply(
    knowledge: KnowledgeBase, policies: tuple[Policy, ...], today: str, before: tuple[AppliedPolicy, ...]
) -> KnowledgeBase:
    applied = [
        AppliedPolicy(
            policy=policy,
            base_concern=knowledge.considerations[policy.consideration].concern,
            expired=policy.expires is not None and policy.expires < today,
        )
        for policy in policies
    ]
    everything = (*before, *applied)
    moved = {a.policy.consideration: a.policy.concern for a in everything if not a.expired and a.policy.concern}
    claims = {
        id: attrs.evolve(claim, concern=moved[id]) if id in moved else claim
        for id, claim in knowledge.considerations.items()
    }
    return attrs.evolve(
        knowledge,
        considerations=Collection.of("consideration", claims),
        policies=everything,
    )


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
