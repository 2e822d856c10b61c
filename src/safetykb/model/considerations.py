"""The one shape of a safety statement: a subject, a context, and what is of concern in it."""

from __future__ import annotations

import attrs

from safetykb.model.choices import Comparison, Design, Kind, Origin, Route, Setting
from safetykb.model.evidence import Change, Citation, Stamp, Withdrawal
from safetykb.model.scales import Concern, Seriousness


@attrs.frozen(kw_only=True)
class Dose:
    """A dose compared with a limit: ``value`` in ``unit`` (UCUM), ``per`` a time or a body measure."""

    comparison: Comparison
    value: float
    unit: str
    per: str | None = None


@attrs.frozen(kw_only=True)
class Exposure:
    """How a substance is taken; every part is optional. ``duration`` is ISO 8601 (``P1Y``)."""

    form: str | None = None
    route: Route | None = None
    dose: Dose | None = None
    duration: str | None = None
    setting: Setting | None = None


@attrs.frozen(kw_only=True)
class Context:
    """What must hold as well, all of it: states the person has, a medicine taken, how the subject is taken.

    ``taking`` is a compound or a term of substances. ``window``: ``first-dose``, ``ever``, or an ISO 8601 duration
    since the last dose of what is taken.
    """

    having: tuple[str, ...] = ()
    taking: str | None = None
    window: str | None = None
    exposure: Exposure | None = None


@attrs.frozen(kw_only=True)
class Monitoring:
    """A test, when to do it, the threshold to act on, and what to do then. ``loinc`` where the code is known."""

    test: str
    loinc: str | None = None
    when: tuple[str, ...]
    threshold: str | None = None
    then: str | None = None


@attrs.frozen(kw_only=True)
class SafetyConsideration:
    """One claim about the safety of ``subject`` (a compound or a term) in a context.

    ``hazard``: the term of what may happen. ``origin`` ``stated``: a source says it; ``joined``: facts were put
    together here, and ``premises`` names records that it stands on beside its path. ``signal_for``: the class to
    whose other members a claim about one member is carried. ``comparator`` and ``exposed`` belong to
    ``no-increase``, which has no concern. No record writes its own grade: it is computed.

    Raises ValueError when a concern is missing, or is written on ``no-increase``.
    """

    id: str
    subject: str
    context: Context = Context()
    kind: Kind
    hazard: str
    serious: Seriousness | None = None
    origin: Origin
    premises: tuple[str, ...] = ()
    signal_for: str | None = None
    comparator: str | None = None
    exposed: int | None = None
    concern: Concern | None = None
    statement: str
    rationale: str | None = None
    action: str | None = None
    monitoring: tuple[Monitoring, ...] = ()
    cites: tuple[Citation, ...] = ()
    data: Design | None = None
    change: Change | None = None
    stamps: tuple[Stamp, ...] = ()
    supersedes: str | None = None
    withdrawn: Withdrawal | None = None

    def __attrs_post_init__(self) -> None:
        """Hold that exactly the claims other than ``no-increase`` have a concern."""
        if (self.concern is None) != (self.kind is Kind.NO_INCREASE):
            raise ValueError("every kind but 'no-increase' has a concern, and 'no-increase' has none")
