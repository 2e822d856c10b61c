"""What the answers of a knowledge base hold, counted: findings a review, coverage, and how headlines tell apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.contract import concern_word
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import knowledge_base
from safetykb.model.scales import Concern, Coverage
from safetykb.reasoning.findings import Finding
from safetykb.rendering.outline import Document, Section, Table, paragraph, spans
from safetykb.rendering.showing import Shown


@attrs.frozen(kw_only=True)
class Spread:
    """How many findings of one sort a review holds: the median, the 90th percentile, the most, and the share of all."""

    name: str
    median: float
    ninetieth: float
    most: int
    share: float


@attrs.frozen(kw_only=True)
class Distinct:
    """The answers of one condition: how many compounds, and how well headlines tell them apart.

    ``texts``: the different texts of headlines. ``concerns``: answers by the highest concern of the headline.
    ``coverage``: answers by their coverage.
    """

    condition: str
    compounds: int
    texts: int
    concerns: Mapping[str, int]
    coverage: Mapping[str, int]


@attrs.frozen(kw_only=True, eq=False)
class AlertLoad(Shown):
    """The load over every pair of a knowledge base: ``spreads`` by sort of finding, ``headlines`` by condition."""

    pairs: int
    findings: int
    spreads: Mapping[str, tuple[Spread, ...]]
    headlines: tuple[Distinct, ...]

    def outline(self) -> Document:
        """Return the load as tables."""
        tables = tuple(
            Section(anchor=sort.replace(" ", "-"), title=f"By {sort}", blocks=(_spread_table(sort, spreads),))
            for sort, spreads in self.spreads.items()
        )
        lead = paragraph(f"{self.pairs} pairs, {self.findings} findings; folded ones and a relative's are not counted.")
        headlines = Section(
            anchor="headlines",
            title="Headlines",
            blocks=(
                _count_table("Different headlines", self.headlines, ("different",), lambda d: {"different": d.texts}),
                _count_table("Headlines by highest concern", self.headlines, _CONCERNS, lambda d: d.concerns),
            ),
        )
        pairs = _count_table("Pairs by coverage", self.headlines, _COVERAGES, lambda d: d.coverage)
        coverage = Section(anchor="coverage", title="Coverage", blocks=(pairs,))
        return Document(title="Alert load", summary=(lead,), blocks=(*tables, headlines, coverage))


_CONCERNS = (*(str(concern) for concern in reversed(Concern)), concern_word(None))
_COVERAGES = tuple(map(str, (Coverage.DOCUMENTED, Coverage.SEARCHED_NONE_FOUND, Coverage.NOT_ASSESSED)))

_SORTS: Mapping[str, Callable[[Finding], str]] = {
    "all": lambda _: "every finding",
    "origin": lambda finding: str(finding.origin),
    "basis": lambda finding: str(finding.evidence.basis),
    "directness": lambda finding: str(finding.evidence.directness),
    "concern": lambda finding: concern_word(finding.concern),
}


def alert_load(knowledge: KnowledgeBase | None = None) -> AlertLoad:
    """Return the load over every compound and condition of ``knowledge`` (None: the packaged knowledge)."""
    knowledge = knowledge or knowledge_base()
    reviews = {
        condition: [review(compound, condition, knowledge=knowledge) for compound in knowledge.compounds]
        for condition in knowledge.conditions
    }
    shown = [_shown(answer) for answers in reviews.values() for answer in answers]
    return AlertLoad(
        pairs=len(shown),
        findings=sum(map(len, shown)),
        spreads={sort: _spreads(shown, key) for sort, key in _SORTS.items()},
        headlines=tuple(_distinct(knowledge, condition, answers) for condition, answers in reviews.items()),
    )


def _shown(answer: SafetyReview) -> list[Finding]:
    return [finding for finding in answer.findings if finding.relative is None and finding.folded_under is None]


def _spreads(shown: list[list[Finding]], key: Callable[[Finding], str]) -> tuple[Spread, ...]:
    total = sum(map(len, shown)) or 1
    counted = [Counter(map(key, findings)) for findings in shown]
    names = sorted({name for counts in counted for name in counts})
    return tuple(_spread(name, [counts[name] for counts in counted], total) for name in names)


def _spread(name: str, counts: list[int], total: int) -> Spread:
    ordered = sorted(counts)
    ninetieth = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    share = sum(counts) / total
    return Spread(
        name=name, median=statistics.median(ordered), ninetieth=ninetieth, most=ordered[-1], share=round(share, 3)
    )


def _distinct(knowledge: KnowledgeBase, condition: str, answers: Iterable[SafetyReview]) -> Distinct:
    headlines = [answer.headline for answer in answers]
    return Distinct(
        condition=knowledge.conditions[condition].name,
        compounds=len(headlines),
        texts=len({headline.text for headline in headlines}),
        concerns=dict(sorted(Counter(concern_word(headline.highest) for headline in headlines).items())),
        coverage=dict(sorted(Counter(str(headline.coverage) for headline in headlines).items())),
    )


def _spread_table(sort: str, spreads: Iterable[Spread]) -> Table:
    rows = tuple(
        tuple(spans(cell) for cell in (s.name, f"{s.median:g}", f"{s.ninetieth:g}", str(s.most), f"{s.share:.1%}"))
        for s in spreads
    )
    columns = (sort, "median", "90th percentile", "most", "share of all")
    return Table(caption=f"Findings a review, by {sort}", columns=columns, rows=rows)


def _count_table(
    caption: str, found: Iterable[Distinct], words: Sequence[str], count: Callable[[Distinct], Mapping[str, int]]
) -> Table:
    """Return one row for each condition, and in each the number of compounds and the counts under ``words``."""
    rows = tuple(
        tuple(spans(cell) for cell in (row.condition, str(row.compounds), *(str(count(row).get(w, 0)) for w in words)))
        for row in found
    )
    return Table(caption=caption, columns=("condition", "compounds", *words), rows=rows)
