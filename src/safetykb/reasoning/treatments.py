"""One row for each treatment of the condition: what is known of it with the compound, and what nobody looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import attrs

from safetykb.model.choices import Design
from safetykb.model.scales import Concern
from safetykb.reasoning.absence import Absence, Phrase, interaction_absence
from safetykb.reasoning.findings import Finding, Partner
from safetykb.reasoning.situation import Situation, TreatmentView


@attrs.frozen(kw_only=True)
class TreatmentRow:
    """A treatment of the condition beside the compound asked about.

    ``taken``: the patient takes it or a member of it. ``alternative``: same purpose, not normally combined.
    ``concern``: the highest that is not inferred; None is undetermined. ``interaction_study``: the keys of the studies
    of the two together; ``absence`` says what may be said when there is none.
    """

    id: str
    name: str
    purpose: str
    usual: bool
    alternative: bool
    holds_asked: bool
    taken: bool
    concern: Concern | None
    findings: tuple[str, ...]
    interaction_study: tuple[str, ...]
    absence: Absence

    @property
    def phrase(self) -> Phrase | None:
        """The fixed phrase of absence; None when an interaction study is held."""
        return None if self.interaction_study else self.absence.phrase


def treatment_rows(situation: Situation, findings: Sequence[Finding]) -> tuple[TreatmentRow, ...]:
    """Return one row for each treatment and medicine taken: those taken first, then by the concern that sources state.

    A treatment that a complete list of medicines rules out has no row.
    """
    met: dict[str, list[tuple[Finding, Partner]]] = defaultdict(list)
    for finding in findings:
        for partner in finding.partners if finding.relative is None else ():
            met[partner.treatment].append((finding, partner))
    rows = [_row(situation, view, met[view.id]) for view in situation.treatments if not view.excluded]
    return tuple(sorted(rows, key=_order))


def _order(row: TreatmentRow) -> tuple[object, ...]:
    rank = row.concern.rank if row.concern else 0
    return (not row.taken, -rank, not row.findings, not row.usual, row.name.casefold(), row.id)


def _row(situation: Situation, view: TreatmentView, met: Sequence[tuple[Finding, Partner]]) -> TreatmentRow:
    stated = [p.concern for _, p in met if not p.inferred and not p.narrower and p.concern is not None]
    return TreatmentRow(
        id=view.id,
        name=view.name,
        purpose=view.record.purpose,
        usual=view.record.usual,
        alternative=view.alternative,
        holds_asked=view.holds_asked,
        taken=view.taken,
        concern=max(stated, default=None),
        findings=tuple(finding.id for finding, _ in met),
        interaction_study=_studies(situation, met),
        absence=interaction_absence(situation, view.id),
    )


def partner_in(finding: Finding, treatment: str) -> Partner | None:
    """Return how ``treatment`` stands in ``finding``; None when it does not, or when the finding is a relative's."""
    if finding.relative is not None:
        return None
    return next((partner for partner in finding.partners if partner.treatment == treatment), None)


_TOGETHER = (Design.PK_STUDY, Design.RANDOMISED_TRIAL, Design.UNCONTROLLED_TRIAL, Design.COHORT)


def _studies(situation: Situation, met: Sequence[tuple[Finding, Partner]]) -> tuple[str, ...]:
    """Return the keys of studies that gave the compound and the treatment together: direct on both sides."""
    keys = [
        cite.key
        for finding, partner in met
        if not finding.inferred and not finding.path and not partner.path and not partner.narrower
        for cite in finding.cites
        if situation.knowledge.sources[cite.key].details.design in _TOGETHER
    ]
    return tuple(dict.fromkeys(keys))
