"""What a name, an answer and the matching cost, against one lookup in a dict; and every pair at once."""

from __future__ import annotations

import importlib
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

import safetykb
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import names_by_kind
from safetykb.reasoning.index import ClaimIndex, claim_index
from safetykb.reasoning.matching import matches
from safetykb.reasoning.situation import Situation

from .objects import Objects, objects_of
from .profiles import BY_FUNCTION, heaviest
from .timing import Found, Peer, Profile, Rival, Row, in_turns, looped, measured

Pair = tuple[str, str]
LOOKUP: Final = "a function that looks a key up in a dict"
CLAIMS: Final = "index.pair(c, d)"
SAMPLE: Final = 40
"""How many pairs the rule is tried on."""

MANY: Final = 4_000
"""How many pairs, at least, the loop over objects is tried on, where there are as many."""


@attrs.frozen(kw_only=True)
class Asked:
    """What is asked again and again: the pair as it is named, and the names that the statements use."""

    base: KnowledgeBase
    index: ClaimIndex
    objects: Objects
    pair: Pair
    compound: str
    condition: str
    names: Mapping[str, Any]


def asked(base: KnowledgeBase, pair: Pair) -> Asked:
    """Return the question ``pair``, asked once: everything that is made at the first use is there."""
    answer = safetykb.review(*pair)
    known = {name: name for name in base.compounds}

    def lookup(name: str) -> str:
        return known[name]

    compound, condition = answer.compound.id, answer.condition.id
    safetykb.review(*pair, knowledge=base)
    index, objects = claim_index(base), objects_of(base)
    names = {
        "lookup": lookup,
        "compound": safetykb.compound,
        "review": safetykb.review,
        "listed": listed,
        "loop": objects.reached,
        "index": index,
        "base": base,
        "a": pair[0],
        "b": pair[1],
        "c": compound,
        "d": condition,
    }
    return Asked(
        base=base, index=index, objects=objects, pair=pair, compound=compound, condition=condition, names=names
    )


def listed(base: KnowledgeBase, compound: str, condition: str) -> list[str]:
    """Return the claims that reach a pair as the rule tells it, object by object, with the path of each."""
    situation = Situation(knowledge=base, compound=base.compounds[compound], condition=base.conditions[condition])
    return [match.consideration.id for match in matches(situation)]


# --- a name -----------------------------------------------------------------------------------------------------------


def naming(question: Asked) -> Found:
    """Return what a name costs until the compound is there."""
    makers = {
        "sqlite": ("sqlite3", _sqlite_names),
        "rdflib": ("rdflib", _rdflib_names),
        "duckdb": ("duckdb", _duckdb_names),
    }
    known = {name: hits[0][0] for name, hits in names_by_kind(question.base)["compound"].items()}
    peers = [
        Rival(name=name, needs=needs, make=lambda make=make: make(known, question.compound))  # type: ignore[misc]
        for name, (needs, make) in makers.items()
    ]
    (ours, plain), others = looped(question.names, "compound(a)", "lookup(c)", peers=peers)
    what = "a name to its compound"
    row = Row(key="name", what=what, against=LOOKUP, time=ours, other=plain, most=5, peers=others)
    return Found(rows=(row,), profiles={"name": lambda: _repeated("name", question, "compound(a)")})


def _repeated(key: str, question: Asked, text: str) -> Profile:
    """Return where the time of a statement goes."""
    code = compile(text, "<asked>", "eval")
    (once,), _ = looped({"known": {"a": 1}, "a": "a"}, "known[a]")
    return Profile(
        key=key,
        how=BY_FUNCTION,
        heaviest=heaviest(lambda: eval(code, {**question.names}), 2_000),  # noqa: S307  a text of our own
        floor=(("one bare lookup in a dict", once),),
    )


Statement = tuple[dict[str, Any], str]


def _sqlite_names(known: Mapping[str, str], id: str) -> Statement:
    engine = sqlite3.connect(":memory:")
    engine.execute("CREATE TABLE names (name TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID")
    engine.executemany("INSERT INTO names VALUES (?, ?)", known.items())
    return {"run": engine.execute, "a": id}, "run('SELECT id FROM names WHERE name = ?', (a,)).fetchone()"


def _duckdb_names(known: Mapping[str, str], id: str) -> Statement:
    engine = importlib.import_module("duckdb").connect()
    engine.execute("CREATE TABLE names (name TEXT PRIMARY KEY, id TEXT)")
    engine.executemany("INSERT INTO names VALUES (?, ?)", [*map(list, known.items())])
    return {"run": engine.execute, "a": id}, "run('SELECT id FROM names WHERE name = ?', [a]).fetchone()"


def _rdflib_names(known: Mapping[str, str], id: str) -> Statement:
    rdflib = importlib.import_module("rdflib")
    graph = rdflib.Graph()
    for name, owner in known.items():
        graph.add((rdflib.URIRef(f"urn:id:{owner}"), rdflib.RDFS.label, rdflib.Literal(name)))
    names = {"value": graph.value, "label": rdflib.RDFS.label, "Literal": rdflib.Literal, "a": id}
    return names, "value(None, label, Literal(a))"


# --- an answer --------------------------------------------------------------------------------------------------------


def answering(question: Asked) -> Found:
    """Return what an answer costs when it was asked before, and what it costs to find the claims that reach a pair."""
    bits = "index.compounds[c] & index.conditions[d]"
    texts = ("lookup(c)", "review(a, b)", bits, CLAIMS, "loop(c, d)", "listed(base, c, d)")
    (plain, again, pair, claims, loop, paths), others = looped(question.names, *texts, peers=_pair_rivals(question))
    (anew,) = in_turns(lambda: safetykb.review(*question.pair, knowledge=question.base))
    reached = len(question.index.pair(question.compound, question.condition))

    def row(key: str, what: str, time: float, most: float | None = None, *peers: Peer) -> Row:
        return Row(key=key, what=what, against=LOOKUP, time=time, other=plain, most=most, peers=peers)

    rows = (
        row("again", "a review that was asked before", again, 4),
        row(
            "claims",
            f"the matching of a pair, detail apart: its {reached} claims",
            claims,
            60,
            Peer(name="a loop over objects", time=loop),
        ),
        row("paths", "the matching of a pair, with the path of each claim", paths),
        row("anew", "a whole review, asked anew", anew),
        row("pair", "yes or no of a pair", pair, 3, *others),
    )
    profiles = {
        "again": lambda: _repeated("again", question, "review(a, b)"),
        "claims": lambda: _claims_profile(question),
        "pair": lambda: _pair_profile(question),
    }
    return Found(rows=rows, profiles=profiles)


def _claims_profile(question: Asked) -> Profile:
    claims = question.index.pair(question.compound, question.condition)
    known = dict.fromkeys(claims, "a claim")
    (looked, copied), _ = looped({"known": known, "claims": claims}, "[known[id] for id in claims]", "(*claims,)")
    return Profile(
        key="claims",
        how=BY_FUNCTION,
        heaviest=heaviest(lambda: question.index.pair(question.compound, question.condition), 2_000),
        floor=(
            (f"one lookup in a dict for each of the {len(claims)} claims", looked),
            ("copying the answer, were it there", copied),
        ),
    )


def _pair_profile(question: Asked) -> Profile:
    first, second = question.index.compounds[question.compound], question.index.conditions[question.condition]
    names = {"first": first, "second": second, "plain": {question.compound: first}, "c": question.compound}
    (both, once), _ = looped(names, "first & second", "plain[c]")
    return Profile(
        key="pair",
        how="it is one expression and calls no function of Python",
        heaviest=(),
        floor=(
            ("one bare lookup in a dict, of the two that are needed", once),
            (f"the AND of numbers of {first.bit_length()} and {second.bit_length()} bits", both),
        ),
    )


def _pair_rivals(question: Asked) -> list[Rival]:
    index = question.index
    stood, ruled = [*reaches(index, question.base)], [*lacks(index, question.base)]
    at = (question.compound, question.condition)
    return [
        Rival(name="sets of numbers", needs="builtins", make=lambda: _set_pair(stood, ruled, at)),
        Rival(name="sqlite", needs="sqlite3", make=lambda: _sqlite_pair(stood, ruled, at)),
        Rival(name="rdflib", needs="rdflib", make=lambda: _rdflib_pair(stood, ruled, at)),
    ]


def reaches(index: ClaimIndex, base: KnowledgeBase) -> Iterator[tuple[str, int]]:
    """Yield each compound with each side of a claim that it stands on."""
    for id in base.compounds:
        yield from ((id, place) for place in _places(index.compounds[id]))


def lacks(index: ClaimIndex, base: KnowledgeBase) -> Iterator[tuple[str, int]]:
    """Yield each condition with each side of a claim that it rules out, which are far fewer than it lets apply."""
    every = (1 << len(index.ways)) - 1
    for id in base.conditions:
        yield from ((id, place) for place in _places(every & ~index.conditions[id]))


def _places(bits: int) -> Iterator[int]:
    return (place for place, digit in enumerate(reversed(f"{bits:b}")) if digit == "1")


def _set_pair(stood: list[tuple[str, int]], ruled: list[tuple[str, int]], at: Pair) -> Statement:
    ours = {way for id, way in stood if id == at[0]}
    without = {way for id, way in ruled if id == at[1]}
    return {"ours": {at[0]: ours}, "without": {at[1]: without}, "c": at[0], "d": at[1]}, "ours[c] <= without[d]"


_YES: Final = (
    "SELECT EXISTS (SELECT 1 FROM reaches WHERE compound = ? AND NOT EXISTS "
    "(SELECT 1 FROM lacks WHERE condition = ? AND lacks.way = reaches.way))"
)


def _sqlite_pair(stood: list[tuple[str, int]], ruled: list[tuple[str, int]], at: Pair) -> Statement:
    engine = sqlite3.connect(":memory:")
    engine.execute("CREATE TABLE reaches (compound TEXT, way INT, PRIMARY KEY (compound, way)) WITHOUT ROWID")
    engine.execute("CREATE TABLE lacks (condition TEXT, way INT, PRIMARY KEY (condition, way)) WITHOUT ROWID")
    engine.executemany("INSERT INTO reaches VALUES (?, ?)", stood)
    engine.executemany("INSERT INTO lacks VALUES (?, ?)", ruled)
    return {"run": engine.execute, "yes": _YES, "at": at}, "run(yes, at).fetchone()"


def _rdflib_pair(stood: list[tuple[str, int]], ruled: list[tuple[str, int]], at: Pair) -> Statement:
    rdflib = importlib.import_module("rdflib")
    graph, names = rdflib.Graph(), rdflib.Namespace("urn:id:")
    for id, way in stood:
        if id == at[0]:  # the others would only make the graph larger
            graph.add((names[id], names.reaches, names[str(way)]))
    for id, way in ruled:
        if id == at[1]:
            graph.add((names[id], names.lacks, names[str(way)]))
    query = importlib.import_module("rdflib.plugins.sparql").prepareQuery(
        "ASK { ?c <urn:id:reaches> ?w FILTER NOT EXISTS { ?d <urn:id:lacks> ?w } }"
    )
    bound = {"c": names[at[0]], "d": names[at[1]]}
    return {"ask": graph.query, "query": query, "bound": bound}, "ask(query, initBindings=bound).askAnswer"


# --- every pair -------------------------------------------------------------------------------------------------------


def every_pair(question: Asked) -> Found:
    """Return what it costs to tell of every pair whether a claim reaches it, against a loop over objects.

    The loop is tried on a sample of many pairs, the rule itself, with the path of each claim, on one of a few; as much
    again is taken for each of the others.
    """
    base, index, objects = question.base, question.index, question.objects
    compounds = [index.compounds[id] for id in base.compounds]
    conditions = [index.conditions[id] for id in base.conditions]
    pairs = [(compound, condition) for condition in base.conditions for compound in base.compounds]
    many = pairs[:: max(1, len(pairs) // MANY)]
    some = random.Random(6).sample(pairs, min(SAMPLE, len(pairs)))  # noqa: S311  the same pairs each time
    stood, ruled = [*reaches(index, base)], [*lacks(index, base)]
    (ours, theirs, rule), others = measured(
        lambda: sum([1 for condition in conditions for compound in compounds if compound & condition]),
        lambda: sum([1 for pair in many if objects.reached(*pair)]),
        lambda: [listed(base, *pair) for pair in some],
        peers=[Rival(name="polars", needs="polars", make=lambda: _polars_pairs(stood, ruled, [*base.conditions]))],
    )
    sampled = Peer(name=f"the rule with paths, from {len(some)} pairs", time=rule / len(some) * len(pairs))
    row = Row(
        key="every",
        what=f"every pair, {len(compounds)} x {len(conditions)}",
        against=f"a loop over objects, from {len(many):,} pairs",
        time=ours,
        other=theirs / len(many) * len(pairs),
        most=1 / 200,
        peers=(*others, sampled),
    )
    return Found(rows=(row,), profiles={"every": lambda: attrs.evolve(_pair_profile(question), key="every")})


def _polars_pairs(
    stood: list[tuple[str, int]], ruled: list[tuple[str, int]], conditions: list[str]
) -> Callable[[], object]:
    """Return the task of finding the pairs that a claim reaches: those with a side that is not ruled out."""
    polars = importlib.import_module("polars")
    names = polars.Enum(sorted({*conditions, *(id for id, _ in stood)}))
    sides = polars.DataFrame(stood, schema={"compound": names, "way": polars.Int64}, orient="row")
    out = polars.DataFrame(ruled, schema={"condition": names, "way": polars.Int64}, orient="row")
    asked_in = polars.DataFrame({"condition": conditions}, schema={"condition": names})
    every = sides.group_by("compound").len("all").join(asked_in, how="cross")

    def run() -> object:
        lost = sides.join(out, on="way").group_by("compound", "condition").len("lost")
        found = every.join(lost, on=["compound", "condition"], how="left")
        return found.filter(polars.col("all") > polars.col("lost").fill_null(0)).height

    return run
