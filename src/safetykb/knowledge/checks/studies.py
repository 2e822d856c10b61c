"""Studies and searches: numbers that agree, results or the reason why there are none, searches that can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safetykb.knowledge.checks import samples
from safetykb.knowledge.checks.citing import sources_of
from safetykb.knowledge.checks.rule import Check, Draft, Fault, shown
from safetykb.model.choices import Design, Reading, SearchOutcome, StudyStatus, Topic
from safetykb.model.studies import SearchRecord, Study


def _numbers(study: Study) -> Iterator[tuple[str, str]]:
    """Yield the path and message of each number that cannot be, or that another contradicts."""
    counts = {"planned": study.planned, "allocated": study.allocated, "exposed": study.exposed}
    for name, count in counts.items():
        if count is not None and count < 0:
            yield f".{name}", "a number of people is not below nothing"
    if study.allocated is not None and (study.exposed or 0) > study.allocated:
        yield ".exposed", f"{study.exposed} exposed of {study.allocated} allocated"
    yield from _arms(study)
    for place, harm in enumerate(study.harms):
        if harm.n is not None and (harm.n < 0 or (harm.of is not None and harm.n > harm.of)):
            yield f".harms[{place}].n", f"{harm.n} of {harm.of}"


def _arms(study: Study) -> Iterator[tuple[str, str]]:
    sizes = [arm.n for arm in study.arms if arm.n is not None]
    for place, arm in enumerate(study.arms):
        if arm.n is not None and (arm.n < 0 or (study.allocated is not None and arm.n > study.allocated)):
            yield f".arms[{place}].n", f"an arm of {arm.n}, allocated {study.allocated}"
    words = " ".join((study.topic, *(arm.label for arm in study.arms), *study.limits)).lower()
    crossed = "crossover" in words.replace("-", "").replace("cross over", "crossover")
    if study.allocated is not None and not crossed and sum(sizes) > study.allocated:
        yield ".arms", f"the arms hold {sum(sizes)}, allocated {study.allocated} (say so when it is a crossover)"


def _inconsistent(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Study):
        for below, message in _numbers(node.value):
            yield node.fault(message, below)


CONSISTENT = Check(
    code="STU:001",
    name="numbers-agree",
    description="Exposed are at most allocated, arms sum to at most allocated (a crossover says so), n is at most of.",
    scope="record",
    cure="read the numbers again; leave out what is not visible",
    find=_inconsistent,
    passing={samples.STUDY: samples.study()},
    failing={samples.STUDY: samples.study(exposed=19)},
)


def _resultless(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Study):
        study = node.value
        if study.status is StudyStatus.PUBLISHED and not (study.outcomes or study.harms or study.limits):
            yield node.fault("published, and neither an outcome nor a harm nor a limit is given")


RESULT = Check(
    code="STU:002",
    name="published-with-result",
    description="A published study has an outcome or a harm, or a limit that says why neither is here.",
    scope="record",
    cure="write what the page reports, negative results first, or the limit",
    find=_resultless,
    passing={samples.STUDY: samples.study(harms=None, limits=["results not visible"])},
    failing={samples.STUDY: samples.study(harms=None)},
)

_REGISTRY: Final = (Design.REGISTRY, Design.NEWS)


def _from_registry(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(Study):
        found = sources_of(draft, node.value.cites)
        told = any(outcome.reading is not Reading.NOT_REPORTED for outcome in node.value.outcomes)
        if told and found and all(source.details.design in _REGISTRY for source in found):
            yield node.fault("a registry gives a status, not a result", ".outcomes")


_BETTER = [{"role": "primary", "name": "fatigue", "result": "less", "reading": "better"}]

STATUS = Check(
    code="STU:003",
    name="status-is-no-result",
    description="The outcome of a study rests on more than a registry or a news item.",
    scope="record",
    cure="cite the report, or write `not-reported`",
    gate=False,
    find=_from_registry,
    passing={samples.STUDY: samples.study(outcomes=_BETTER)},
    failing={samples.STUDY: samples.study(outcomes=_BETTER, cites=["nct99999999#results"])},
)


def _contexts(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SearchRecord):
        search = node.value
        given = (search.having is not None) + (search.taking is not None)
        if given != 1 and not (given == 0 and search.topic is Topic.CLASS_SIGNAL):
            yield node.fault(f"{given} of `having` and `taking` are given, one is needed", ".having")


ONE_CONTEXT = Check(
    code="STU:004",
    name="search-for-what",
    description="A search is for one state or one medicine; only a search for a class signal may have neither.",
    scope="record",
    cure="write one record for each state or medicine (a term covers its members)",
    find=_contexts,
    passing={samples.SEARCH: samples.search(having=None, topic="class-signal")},
    failing={samples.SEARCH: samples.search(having=None)},
)


def _plain(query: str) -> str:
    return " ".join(query.casefold().split())


def _queries(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SearchRecord):
        queries = [_plain(query) for query in node.value.queries]
        for place, query in enumerate(queries):
            if query in queries[:place]:
                yield node.fault(f"{shown(query)} was asked twice", f".queries[{place}]")
        for field in ("queries", "where"):
            if not getattr(node.value, field):
                yield node.fault("a search can be repeated: nothing is named here", f".{field}")


QUERIES = Check(
    code="STU:005",
    name="search-can-be-repeated",
    description="A search names its queries, each different, and the places where they were asked.",
    scope="record",
    cure="write each query as it was typed, once, and where",
    find=_queries,
    passing={samples.SEARCH: samples.search(queries=["a", "b"])},
    failing={samples.SEARCH: samples.search(queries=["Examplamine  falls", "examplamine falls"])},
)


def _unopened(draft: Draft) -> Iterator[Fault]:
    for node in draft.nodes(SearchRecord):
        search = node.value
        none_found = search.topic is Topic.INTERACTION and search.outcome is SearchOutcome.NONE_FOUND
        if none_found and not search.opened:
            yield node.fault("no label section was opened: the phrase earned is only `Not verified`", ".opened")


OPENED = Check(
    code="STU:006",
    name="labels-opened",
    description="A search that found no interaction opened the interaction section of a label of each side.",
    scope="record",
    cure="open both labels' interaction sections and name them in `opened`",
    gate=False,
    find=_unopened,
    passing={
        samples.SEARCH: samples.search(
            having=None, taking="betaferin", topic="interaction", opened=["examplamine-us-2025#interactions 7"]
        )
    },
    failing={samples.SEARCH: samples.search(having=None, taking="betaferin", topic="interaction")},
)

CHECKS = (CONSISTENT, RESULT, STATUS, ONE_CONTEXT, QUERIES, OPENED)
