"""A hospital's own records and policies, laid over a base and checked against it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import cattrs

from safetykb.errors import InvalidQuestion, Problem
from safetykb.ids import is_day
from safetykb.knowledge.base import Collection, KnowledgeBase
from safetykb.knowledge.conversion import make_converter, mismatches
from safetykb.knowledge.loading import MAX_PROBLEMS, build
from safetykb.knowledge.strict_json import BadJSON, decode, encode
from safetykb.knowledge.tree import digest_of, directory_files
from safetykb.model.choices import Origin, PolicyAction
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.policy import AppliedPolicy, Policy
from safetykb.model.scales import Concern

POLICY_FILE = "policy.json"
"""The file of an overlay that holds its policies: an object of policies by name."""

_LONGEST = 200


def with_overlay(base: KnowledgeBase, directory: str | os.PathLike[str], *, today: str) -> KnowledgeBase:
    """Return ``base`` with the records and policies in ``directory`` laid over it, as they stand on ``today`` (ISO).

    Raises DataError with every problem found, InvalidQuestion for a day that is none, and NotADirectoryError.
    """
    if not is_day(today):
        raise InvalidQuestion("today is no ISO date", "give it as YYYY-MM-DD")
    files, problems = directory_files(directory)
    written = files.pop(POLICY_FILE, None)
    problems += _replaced(base, files)
    policies, wrong = _policies(written) if written is not None else ((), [])
    merged = build(
        {**files, **base.files},
        problems=[*problems, *wrong],
        more=lambda knowledge: _faults(knowledge, policies, today),
    )
    return _apply(merged, (*(applied.policy for applied in base.policies), *policies), today)


def _replaced(base: KnowledgeBase, files: Mapping[str, bytes]) -> Iterator[Problem]:
    for path in sorted(files.keys() & base.files.keys()):
        cure = "an overlay adds records; to change what one of the base says, write a policy"
        yield Problem("OVL:001", path, "$", "the base holds this record", cure)


def _policies(data: bytes) -> tuple[tuple[Policy, ...], list[Problem]]:
    try:
        value = decode(data)
    except BadJSON as error:
        return (), [_problem("REC:001", "$", str(error), "write plain JSON in UTF-8")]
    if type(value) is not dict:
        return (), [_problem("REC:002", "$", "policies are an object by name", "name each policy")]
    policies: list[Policy] = []
    problems: list[Problem] = []
    converter = make_converter()
    for name, entry in value.items():
        if len(problems) > MAX_PROBLEMS:
            what = f"more than {MAX_PROBLEMS} problems; the rest was not read"
            problems.append(_problem("FIL:009", f"$.{name}", what, "mend these first"))
            break
        policy, wrong = _policy(name, entry, converter)
        policies += [policy] if policy else []
        problems += wrong
    return tuple(policies), problems


def _policy(name: str, entry: Any, converter: cattrs.Converter) -> tuple[Policy | None, list[Problem]]:
    if type(entry) is not dict or "id" in entry:
        return None, [_problem("REC:002", f"$.{name}", "a policy is an object, and its key is its id", "see Policy")]
    try:
        policy: Policy = converter.structure({**entry, "id": name}, Policy)
    except Exception as error:  # noqa: BLE001  the converter raises groups and single errors alike
        found = mismatches(error, f"$.{name}")
        return None, [_problem("REC:002", path, what, "see Policy") for path, what in found]
    return policy, []


def _problem(code: str, path: str, what: str, cure: str) -> Problem:
    return Problem(code, POLICY_FILE, _short(path), _short(what), cure)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _faults(knowledge: KnowledgeBase, policies: tuple[Policy, ...], today: str) -> Iterator[Problem]:
    in_force = Counter(policy.consideration for policy in policies if not _expired(policy, today))
    for policy in policies:
        for code, what, cure in _wrong(knowledge, policy, today):
            yield _problem(code, f"$.{policy.id}", what, cure)
        if not _expired(policy, today) and in_force[policy.consideration] > 1:
            what = f"another policy in force speaks of {policy.consideration}"
            yield _problem("OVL:009", f"$.{policy.id}", what, "keep one of them")


def _wrong(knowledge: KnowledgeBase, policy: Policy, today: str) -> Iterator[tuple[str, str, str]]:
    if not (policy.author.strip() and policy.reason.strip()):
        yield "OVL:003", "author or reason is empty", "say who decided it, and why"
    if not is_day(policy.date) or (policy.expires is not None and not is_day(policy.expires)):
        yield "OVL:004", "date or expires is no ISO date", "write YYYY-MM-DD"
    elif policy.date > min(policy.expires or today, today):
        yield "OVL:004", "the date lies after today, or after the day on which it expires", "correct one of the days"
    if policy.action is not PolicyAction.RAISE and policy.expires is None:
        yield "OVL:006", f"to {policy.action} needs a day on which it ends", "write expires"
    claim = knowledge.considerations.get(policy.consideration)
    if claim is None:
        yield "OVL:002", f"there is no consideration {policy.consideration!r}", "name one that the review shows"
        return
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
        return
    higher, same = policy.concern > claim.concern, policy.concern == claim.concern
    if same or higher is not (policy.action is PolicyAction.RAISE):
        what = f"{policy.concern} does not {policy.action} {claim.concern}"
        yield "OVL:005", what, "check the action and the concern"
    elif higher and claim.origin is Origin.JOINED and policy.concern > Concern.CAUTION:
        what = f"{claim.id} is an inference, which is at most {Concern.CAUTION}"
        yield "OVL:005", what, "add a claim of your own with its source"


def _quieter(knowledge: KnowledgeBase, policy: Policy, claim: SafetyConsideration) -> Iterator[tuple[str, str, str]]:
    if claim.id in knowledge.edition.never_silence:
        yield "OVL:007", f"{claim.id} is never silenced or lowered", "take the policy out"
    if claim.concern is Concern.CONTRAINDICATED and policy.despite is not Concern.CONTRAINDICATED:
        cure = "write despite: contraindicated, if that is meant"
        yield "OVL:008", f"an authority contraindicates it ({claim.id})", cure


def _expired(policy: Policy, today: str) -> bool:
    return policy.expires is not None and policy.expires < today


def _apply(knowledge: KnowledgeBase, policies: tuple[Policy, ...], today: str) -> KnowledgeBase:
    """Let ``policies`` work; of two in force on one claim, which come from two overlays, the later one does."""
    if not policies:
        return knowledge
    in_force = {policy.consideration: policy for policy in policies if not _expired(policy, today)}
    applied = tuple(
        AppliedPolicy(
            policy=policy,
            base_concern=knowledge.considerations[policy.consideration].concern,
            expired=_expired(policy, today),
            replaced=in_force.get(policy.consideration, policy) is not policy,
        )
        for policy in policies
    )
    claims = {
        id: attrs.evolve(claim, concern=in_force[id].concern) if id in in_force and in_force[id].concern else claim
        for id, claim in knowledge.considerations.items()
    }
    written = encode([make_converter().unstructure(policy) for policy in policies])
    return attrs.evolve(
        knowledge,
        considerations=Collection.of("consideration", claims),
        policies=applied,
        digest=digest_of({**knowledge.files, POLICY_FILE: written}),
    )
