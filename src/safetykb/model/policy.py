"""A hospital's policy on what the knowledge says: who decided what, why, and until when."""

from __future__ import annotations

import attrs

from safetykb.model.choices import PolicyAction
from safetykb.model.scales import Concern


@attrs.frozen(kw_only=True)
class Policy:
    """A decision about one consideration of the base.

    ``action``: ``raise`` or ``lower`` (then ``concern`` is the new one) or ``silence``. ``author``, ``reason``,
    ``date`` and, for lowering and silencing, ``expires`` (ISO dates) are its authority. ``despite`` names the concern
    that is set aside where an authority contraindicates: without it such a policy is refused. ``id`` is its name in
    the overlay.
    """

    id: str
    action: PolicyAction
    consideration: str
    concern: Concern | None = None
    author: str
    reason: str
    date: str
    expires: str | None = None
    despite: Concern | None = None


@attrs.frozen(kw_only=True)
class AppliedPolicy:
    """A policy as it stands on a given day, with the concern that the base had.

    ``expired``: it stopped working, and the base's own concern holds again. ``replaced``: a later overlay has a policy
    on the same consideration, which works in its place.
    """

    policy: Policy
    base_concern: Concern | None
    expired: bool
    replaced: bool = False

    @property
    def works(self) -> bool:
        """Whether it changes anything on that day."""
        return not (self.expired or self.replaced)

    @property
    def text(self) -> str:
        """The policy in words."""
        policy = self.policy
        until = f", until {policy.expires}" if policy.expires else ""
        by = f"by {policy.author} on {policy.date}{until}: {policy.reason}"
        if self.expired:
            return f"A policy on {policy.consideration} has expired and no longer works ({by})."
        if self.replaced:
            return f"A later policy on {policy.consideration} takes the place of one {by}."
        was = self.base_concern or "no concern"
        done = "Silenced" if policy.action is PolicyAction.SILENCE else f"{policy.action.past} to {policy.concern}"
        return f"{done} {by} (the base says {was}: {policy.consideration})."
