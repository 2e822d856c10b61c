"""One monitoring schedule: each test once, with every time, threshold and action that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from safetykb.model.choices import Origin
from safetykb.reasoning.findings import Finding


@attrs.frozen(kw_only=True)
class ScheduleRow:
    """A test, the times to do it, the thresholds to act on and what to do, and the findings that ask for it."""

    test: str
    when: tuple[str, ...]
    threshold: tuple[str, ...]
    then: tuple[str, ...]
    asked_by: tuple[str, ...]


def schedule_of(findings: Sequence[Finding]) -> tuple[ScheduleRow, ...]:
    """Merge what the findings ask for, each time with what must hold for it.

    A relative's findings and those that ask only with another medicine stay out.
    """
    rows: dict[str, ScheduleRow] = {}
    for finding in findings:
        if finding.relative is not None or finding.if_taking or finding.origin is Origin.JOINED:
            continue
        for asked in finding.monitoring:
            key = asked.test.casefold()
            known = rows.get(key) or ScheduleRow(test=asked.test, when=(), threshold=(), then=(), asked_by=())
            limits = [*(f"if {state}" for state in finding.if_having), *finding.if_form]
            limit = f" ({'; '.join(limits)})" if limits else ""
            rows[key] = ScheduleRow(
                test=known.test,
                when=_merged(known.when, tuple(f"{when}{limit}" for when in asked.when)),
                threshold=_merged(known.threshold, (asked.threshold,)),
                then=_merged(known.then, (asked.then,)),
                asked_by=_merged(known.asked_by, (finding.id,)),
            )
    return tuple(rows.values())


def _merged(known: tuple[str, ...], more: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *(text for text in more if text))))
