"""Claims: what a claim of each origin and kind must hold to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.citing import AUTHORITY, all_read, sources_of
from safetykb.knowledge.checks.references import closure, is_drug_class
from safetykb.knowledge.checks.rule import Check, Draft, Fault, shown
from safetykb.model.choices import Kind, Origin, TermKind
from safetykb.model.considerations import Monitoring, SafetyConsideration
from safetykb.model.entities import Assertion
from safetykb.model.scales import Concern


def _support(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        stated = node.value.origin is Origin.STATED
        if stated and not node.value.cites:
            yield node.fault("a stated claim cites what states it", ".cites")
        if not stated and node.value.cites:
            yield node.fault("a joined claim has no source of its own", ".cites")


ORIGIN = Check(
    code="CLM:001",
    name="origin",
    description="A stated claim cites a source; a joined claim cites none and stands on its premises.",
    scope="record",
    cure="cite the place that states it, or write it as joined with its premises",
    find=_support,
    passing={samples.TERM_CLAIM: samples.joined()},
    failing={samples.TERM_CLAIM: samples.joined(cites=["examplamine-us-2025#warnings"])},
)


def _premises(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        claim, base = node.value, draft.knowledge
        terms = claim.subject not in base.compounds and claim.context.taking not in base.compounds
        joins = bool(claim.context.having or claim.context.taking)
        if claim.origin is Origin.JOINED and not claim.premises and not (terms and joins):
            yield node.fault("nothing is named that this claim joins", ".premises")


JOINED = Check(
    code="CLM:002",
    name="joined-from-something",
    description="A joined claim is a rule over terms with a state or medicine in its context, or names its premises.",
    scope="record",
    cure="name the assertions or claims that it stands on in `premises`",
    find=_premises,
    passing={samples.TERM_CLAIM: samples.joined()},
    failing={samples.CLAIM: samples.joined(statement="Drowsiness adds to falls.")},
)


def _joined_concern(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        concern = node.value.concern
        if node.value.origin is Origin.JOINED and concern is not None and concern > Concern.CAUTION:
            yield node.fault(f"a joined claim is at most at caution, this one is at {concern}", ".concern")


JOINED_CONCERN = Check(
    code="CLM:003",
    name="joined-at-most-caution",
    description="A joined claim is at most at caution: nobody else has said it.",
    scope="record",
    cure="lower the concern, or find the source that states it",
    find=_joined_concern,
    passing={samples.TERM_CLAIM: samples.joined(concern="caution")},
    failing={samples.TERM_CLAIM: samples.joined(concern="avoid", stamps=samples.STAMPS)},
)

_NAMES_AUTHORITY: Final = re.compile(
    r"\b(label|labels|labelling|leaflet|guideline|guidelines|guidance|regulator|agency|monograph|criteria|licence|MEC"
    r"|prescribing information|product information|product characteristics|FDA|EMA|MHRA|WHO|US|EU|UK|CH"
    r"|American|Australian|Austrian|British|Canadian|Danish|Dutch|European|Finnish|French|German|Irish|Italian|Japanese"
    r"|Norwegian|Spanish|Swedish|Swiss)\b",
    re.IGNORECASE,
)


def _contraindicated(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        claim = node.value
        if claim.concern is not Concern.CONTRAINDICATED:
            continue
        found = sources_of(draft, claim.cites)
        if all_read(draft, claim.cites) and not any(source.details.design in AUTHORITY for source in found):
            yield node.fault("no authority says this", ".concern")
        where = {source.details.jurisdiction for source in found}
        words = set(re.findall(r"\w+", claim.statement))
        if not _NAMES_AUTHORITY.search(claim.statement) and not words & where:
            yield node.fault("the statement does not name the authority that says it", ".statement")


AUTHORITY_SAYS = Check(
    code="CLM:004",
    name="authority-says-contraindicated",
    description="`contraindicated` needs a label, regulator, guideline or monograph, and the statement names it.",
    scope="record",
    cure="cite the authority and name it: `... is contraindicated (EU label).`; else lower the concern",
    find=_contraindicated,
    passing={
        samples.CLAIM: samples.claim(
            kind="contraindication",
            concern="contraindicated",
            statement="Examplamine is contraindicated in demo falls (US label).",
            cites=["examplamine-us-2025#contraindications 4"],
        )
    },
    failing={
        samples.CLAIM: samples.claim(
            kind="contraindication",
            concern="contraindicated",
            statement="Examplamine is contraindicated in demo falls.",
            cites=["examplamine-us-2025#contraindications 4"],
        )
    },
)


def _signals(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        claim = node.value
        if claim.signal_for is None or draft.is_unread(claim.signal_for):
            continue
        if not is_drug_class(draft, claim.signal_for):
            yield node.fault(f"{shown(claim.signal_for)} is no drug class", ".signal_for")
        elif claim.signal_for not in memberships(draft, claim.subject) and not draft.problems:
            yield node.fault(f"{claim.subject} is no member of {shown(claim.signal_for)}", ".signal_for")
        if claim.kind in (Kind.CONTRAINDICATION, Kind.NO_INCREASE) or claim.origin is Origin.JOINED:
            yield node.fault("a signal is a stated risk, never a contraindication or the absence of a harm", ".kind")
        if not claim.context.having and claim.context.taking is None:
            yield node.fault("a signal names the state in which it was seen, or what was taken", ".context")


def memberships(draft: Draft, id: str) -> set[str]:
    """Return every term that ``id`` has or lies under, closed over ``broader``."""
    direct = {a.value.term for a in draft.nodes(Assertion) if a.value.entity == id} | {id}
    return set().union(direct, *(closure(draft, term) for term in direct))


SIGNAL = Check(
    code="CLM:005",
    name="signal",
    description="A signal is a stated risk in one member of a drug class, in a named state or with a named medicine.",
    scope="record",
    cure="assert the membership, name what it was seen with, or take `signal_for` out",
    find=_signals,
    passing={
        samples.CLAIM: samples.claim(
            context={"having": ["demo-falls"]}, kind="condition-risk", signal_for="example-antagonist"
        )
    },
    failing={
        samples.CLAIM: samples.claim(
            context={"having": ["demo-falls"]}, kind="condition-risk", signal_for="sedative-drug"
        )
    },
)

_FEWEST = 100


def _no_increase(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        claim = node.value
        if claim.kind is not Kind.NO_INCREASE:
            for field in ("comparator", "exposed"):
                if getattr(claim, field) is not None:
                    yield node.fault(f"{field!r} belongs to no-increase alone", f".{field}")
            continue
        if claim.comparator is None:
            yield node.fault("compared with what?", ".comparator")
        if claim.exposed is None or claim.exposed < _FEWEST:
            yield node.fault(f"fewer than {_FEWEST} exposed show no absence of an increase", ".exposed")
        if claim.origin is Origin.JOINED:
            yield node.fault("no-increase is stated by a study, never joined", ".origin")


def _not_more(**changes: object) -> dict[str, object]:
    given = {
        "kind": "no-increase",
        "concern": None,
        "comparator": "placebo",
        "exposed": 150,
        "statement": "Drowsiness was not more frequent than with placebo: 4 of 150 and 5 of 148.",
    }
    return samples.claim(**given | changes)


NO_INCREASE = Check(
    code="CLM:006",
    name="no-increase",
    description="no-increase names a comparator and at least 100 exposed, and is stated; other kinds have neither.",
    scope="record",
    cure="below 100 exposed write `none in n` with the exact limit, in a study",
    find=_no_increase,
    passing={samples.CLAIM: _not_more()},
    failing={samples.CLAIM: _not_more(exposed=99)},
)


def _rows(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        if node.value.kind is Kind.MONITORING and not node.value.monitoring:
            yield node.fault("no test is named", ".monitoring")
    for row in draft.nodes(Monitoring):
        if not row.value.when:
            yield row.fault("no time is named", ".when")


MONITORED = Check(
    code="CLM:007",
    name="monitoring-rows",
    description="A claim of kind monitoring names at least one test, and each test its times.",
    scope="record",
    cure="write the test and when it is done",
    find=_rows,
    passing={
        samples.CLAIM: samples.claim(kind="monitoring", monitoring=[{"test": "demo pressure", "when": ["weekly"]}])
    },
    failing={samples.CLAIM: samples.claim(kind="monitoring")},
)


def _partners(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SafetyConsideration):
        if node.value.kind is Kind.INTERACTION and node.value.context.taking is None:
            yield node.fault("an interaction is with something taken", ".context.taking")


PARTNER = Check(
    code="CLM:008",
    name="interaction-with",
    description="A claim of kind interaction names what is taken.",
    scope="record",
    cure="name the medicine or the term of substances under `taking`, or choose another kind",
    gate=False,
    find=_partners,
    passing={samples.CLAIM: samples.claim(kind="interaction", context={"taking": "modulumab"})},
    failing={samples.CLAIM: samples.claim(kind="interaction")},
)


def _standing(draft: Draft) -> Iterator[tuple[SafetyConsideration, str]]:
    """Yield each claim that is not withdrawn and has a partner, with the partner."""
    for node in draft.nodes(SafetyConsideration):
        if node.value.context.taking is not None and node.value.withdrawn is None:
            yield node.value, node.value.context.taking


def _mirrored(draft: Draft) -> Iterator[Fault]:
    told = {(claim.subject, taken, claim.hazard): claim.id for claim, taken in _standing(draft)}
    for claim, taken in _standing(draft):
        mirror = told.get((taken, claim.subject, claim.hazard))
        if mirror is not None and taken != claim.subject:
            yield Fault(draft.file_of(claim), "$.context.taking", f"{mirror} says this from the other side")


_MIRROR = "considerations/modulumab/sample.json"

MIRRORED = Check(
    code="CLM:009",
    name="interaction-once",
    description="An interaction is written once: no claim is the mirror image of another with the same hazard.",
    scope="tree",
    cure="keep the record on the side whose source speaks, and cite both sources there",
    find=_mirrored,
    passing={_MIRROR: samples.claim(kind="interaction", context={"taking": "examplamine"})},
    failing={
        _MIRROR: samples.claim(kind="interaction", context={"taking": "examplamine"}),
        samples.CLAIM: samples.claim(kind="interaction", context={"taking": "modulumab"}),
    },
)


def _owners(draft: Draft) -> Iterator[Fault]:
    terms = draft.knowledge.terms
    for claim, taken in _standing(draft):
        both = all(id in terms and terms[id].kind is TermKind.EFFECT for id in (claim.subject, taken))
        if both and taken < claim.subject:
            message = f"the rule belongs to {taken}, which comes first in the alphabet"
            yield Fault(draft.file_of(claim), "$.context.taking", message)


OWNER = Check(
    code="CLM:010",
    name="owner-of-two-effects",
    description="A rule over two effects belongs to the one that comes first in the alphabet.",
    scope="record",
    cure="move it to the folder of the effect that comes first, and take the other",
    find=_owners,
    passing={samples.TERM_CLAIM: samples.joined(kind="interaction", context={"taking": "slowed-breathing"})},
    failing={
        samples.TERM_CLAIM: samples.joined(
            kind="interaction", context={"taking": "demo-liver-injury"}, statement="{subject} and {taking}."
        )
    },
)

CHECKS = (
    *(ORIGIN, JOINED, JOINED_CONCERN, AUTHORITY_SAYS, SIGNAL),
    *(NO_INCREASE, MONITORED, PARTNER, MIRRORED, OWNER),
)
