"""The sentences of what must always hold: each is a test here, or named here with the test that holds it."""

from __future__ import annotations

import copy
import functools
import importlib
import inspect
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import safetykb
from safetykb import DataError, KnowledgeBase, Patient, SafetyKBError
from safetykb.answer.assembly import review
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.changes import diff
from safetykb.knowledge.loading import build, parse
from safetykb.knowledge.lookup import names_of
from safetykb.knowledge.names import MAX_NAME
from safetykb.knowledge.strict_json import encode
from safetykb.knowledge.tree import digest_of
from safetykb.knowledge.writing import canonical
from safetykb.model.choices import Design, Origin
from safetykb.model.evidence import Citation
from safetykb.model.scales import Basis, Concern, Coverage, EvidenceLevel
from safetykb.reasoning.grading import STARTS, Grade
from tests.answer.helpers import FORMATS, SHOWN, forms, plain, sample
from tests.answer.test_document import reassurances, titles_of
from tests.knowledge.test_loading import mutations
from tests.knowledge.trees import base_files
from tests.reasoning.building_blocks import World
from tests.reasoning.test_invariants import STYLES
from tests.reasoning.worlds import CLASSES, COMPOUNDS, CONCERNS, CONDITIONS, STATES
from tests.test_public_face import fresh

from .making import (
    EXAMPLES,
    FEW,
    LAW,
    VERSION,
    answers,
    full_worlds,
    pairs,
    records,
    reviews_of,
    richest,
    sound_trees,
    told,
)

# --- the tree ---------------------------------------------------------------------------------------------------------


@given(records())
@LAW
def test_what_is_written_is_read_back(made: tuple[str, Any]):
    """load(dump(x)) == x, and dump(load(dump(x))) is dump(x) byte for byte, for any record of any kind."""
    path, record = made
    written = canonical(record)
    read = parse({**VERSION, path: written})
    (again,) = [node for node in read.records() if node.file == path]
    assert read.problems == ()
    assert again.value == record
    assert canonical(again.value) == written


@given(full_worlds(), st.randoms(use_true_random=False))
@LAW
def test_the_order_of_files_does_not_matter(made: World, chance: Any):
    """Neither the digest nor any answer depends on the order of the files."""
    files = [*made.bytes().items()]
    knowledge = parse(dict(files)).knowledge
    chance.shuffle(files)
    shuffled = parse(dict(files)).knowledge
    assert shuffled.digest == knowledge.digest
    assert answers(shuffled) == answers(knowledge)


ANYTHING: Final = st.tuples(st.sampled_from(sorted(base_files())) | st.text(max_size=30), st.binary(max_size=200))


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a claim of the sample in other words and other white space."""
    path = draw(st.sampled_from(sorted(path for path in base_files() if path.startswith("considerations/"))))
    claim = json.loads(base_files()[path])
    claim[draw(st.sampled_from(("rationale", "action")))] = draw(st.text(min_size=1, max_size=40))
    indent, escaped = draw(st.none() | st.integers(0, 9)), draw(st.booleans())
    return path, json.dumps(claim, indent=indent, ensure_ascii=escaped).encode()


@given(mutations() | ANYTHING | rewritten())
@LAW
def test_hostile_bytes_are_refused_or_reload_equal(mutation: tuple[str, bytes]):
    """Hostile bytes give DataError or an equal reload: a record changed, any bytes anywhere, any text."""
    path, data = mutation
    files = {**base_files(), path: data}
    try:
        knowledge = build(files)
    except DataError as error:
        assert error.problems  # noqa: PT017  either is right
        assert str(error).encode()  # noqa: PT017
    else:
        records = [*parse(files).records()]
        again = build({node.file: canonical(node.value) for node in records})
        assert [node.value for node in parse(again.files).records()] == [node.value for node in records]
        assert knowledge.digest == digest_of(files)


REFERS: Final = {
    **dict.fromkeys(("subject", "hazard", "taking", "having", "signal_for", "during", "asked_of_compounds"), "entity"),
    **dict.fromkeys(("entity", "term", "treatment", "compound", "condition", "broader", "about"), "entity"),
    **dict.fromkeys(("copy_of", "superseded_by"), "source"),
    **dict.fromkeys(("premises", "supersedes", "never_silence"), "record"),
}
"""Fields that hold ids, and what these must be ids of."""


def references(value: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    """Every id that a record refers to, with what it must be."""
    if isinstance(value, Citation):
        yield "source", value.key
    elif isinstance(value, tuple):
        for part in value:
            yield from references(part, kind)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from references(getattr(value, field.name), REFERS.get(field.name, ""))
    elif kind and value is not None:
        yield kind, value


def held(knowledge: KnowledgeBase) -> dict[str, set[str]]:
    """Every id that there is, by what it is."""
    found: dict[str, set[str]] = {
        "entity": {*knowledge.compounds, *knowledge.conditions, *knowledge.terms},
        "source": {*knowledge.sources},
        "record": {*knowledge.considerations, *knowledge.assertions, *knowledge.studies, *knowledge.searches},
    }
    return found


@given(st.data())
@LAW
def test_every_id_resolves_and_nothing_is_orphaned(data: st.DataObject):
    """Every id cited resolves, nothing is orphaned, no claim cites a retracted source: else nothing is loaded."""
    files = base_files()
    for path in data.draw(st.lists(st.sampled_from(sorted(files)), max_size=2, unique=True)):
        if path.startswith("sources/") and data.draw(st.booleans()):
            source = json.loads(files[path])
            source["custom"]["retracted"] = "2026-01-02"
            files[path] = encode(source)
        else:
            del files[path]
    try:
        knowledge = build(files)
    except DataError:
        return
    there = held(knowledge)
    referred = [pair for node in parse(files).records() for pair in references(node.value)]
    assert [(kind, id) for kind, id in referred if id not in there[kind]] == []
    cited = {id for kind, id in referred if kind == "source"}
    originals = {source.details.copy_of for source in knowledge.sources.values()}
    assert there["source"] <= cited | originals
    assert [key for key in cited if knowledge.sources[key].details.retracted] == []
    owners = {assertion.entity for assertion in knowledge.assertions.values()}
    assert owners | {claim.subject for claim in knowledge.considerations.values()} <= there["entity"]


def test_the_walk_over_references_sees_what_is_missing():
    """The walk is not blind: in the sample it finds ids of every sort, and misses one that is taken away."""
    referred = {pair for node in parse(base_files()).records() for pair in references(node.value)}
    assert {kind for kind, _ in referred} == {"entity", "source", "record"}
    assert ("source", "exampler2021") in referred
    assert "exampler2021" not in held(parse({**VERSION}).knowledge)["source"]


@given(st.data())
@LAW
def test_every_claim_has_its_support(data: st.DataObject):
    """Every stated claim has a citation with a locator, every joined one its premises: else nothing is loaded."""
    files = base_files()
    path = data.draw(st.sampled_from(sorted(path for path in files if path.startswith("considerations/"))))
    claim = json.loads(files[path])
    cites = st.sampled_from(("exampler2021#abstract", "exampler2021", "exampler2021#", "exampler2021# ", "#abstract"))
    premises = st.sampled_from(("examplamine/has/drowsiness", "examplamine/pregnancy", "nowhere/has/nothing"))
    changes = {
        "origin": st.sampled_from(("stated", "joined")),
        "cites": st.lists(cites, max_size=2, unique=True),
        "premises": st.lists(premises, max_size=2, unique=True),
        "concern": st.sampled_from(CONCERNS),
    }
    claim |= data.draw(st.fixed_dictionaries({}, optional=changes))
    files[path] = encode(claim)
    try:
        knowledge = build(files)
    except DataError:
        return
    for found in knowledge.considerations.values():
        if found.origin is Origin.STATED:
            assert found.cites
            assert all(cite.key in knowledge.sources and cite.locator.strip() for cite in found.cites)
        else:
            assert not found.cites
            rule = not {found.subject, found.context.taking} & {*knowledge.compounds}
            assert found.premises or (rule and (found.context.having or found.context.taking))
            records = {*knowledge.considerations, *knowledge.assertions}
            assert records.issuperset(found.premises)


# --- names and order --------------------------------------------------------------------------------------------------


@functools.cache
def sample_answer(compound: str, condition: str) -> dict[str, Any]:
    return told(review(compound, condition, knowledge=sample()), "question")


def other_name(draw: Callable[[Any], str], entity: Any) -> str:
    """Another name of a compound or condition that is its own, in another style."""
    shared = {synonym.text for synonym in entity.synonyms if synonym.ambiguous}
    own = [name for name, form in names_of(entity) if form is None and name not in shared and len(name) < MAX_NAME // 2]
    style: Callable[[str], str] = STYLES[draw(st.sampled_from([*STYLES]))]
    return style(draw(st.sampled_from(own)))


@given(st.data())
@LAW
def test_another_spelling_gives_the_same_answer(data: st.DataObject):
    """A synonym, other case, spacing or Unicode form gives the same answer."""
    compound = data.draw(st.sampled_from([*sample().compounds.values()]))
    condition = data.draw(st.sampled_from([*sample().conditions.values()]))
    asked = other_name(data.draw, compound), other_name(data.draw, condition)
    found = review(*asked, knowledge=sample())
    assert found.as_asked == asked
    assert told(found, "question") == sample_answer(compound.id, condition.id)


@given(full_worlds(), st.sampled_from(COMPOUNDS), st.lists(st.sampled_from(COMPOUNDS), max_size=4), st.data())
@LAW
def test_order_and_repetition_of_what_is_taken_together_do_not_matter(
    made: World, one: str, others: list[str], data: st.DataObject
):
    """interactions(a, [b]) and interactions(b, [a]) are the same, and order and repetition of inputs do not matter."""
    knowledge = made.knowledge()
    for other in others:
        there, back = (safetykb.interactions(*q, knowledge=knowledge) for q in ((one, [other]), (other, [one])))
        assert there == back
    again = data.draw(st.permutations([*others, *others[:2]]))
    assert safetykb.interactions(one, again, knowledge=knowledge) == safetykb.interactions(
        one, others, knowledge=knowledge
    )
    first, *rest = data.draw(st.permutations([one, *again]))
    assert safetykb.interactions(first, rest, among=True, knowledge=knowledge) == safetykb.interactions(
        one, others, among=True, knowledge=knowledge
    )


@given(full_worlds(), pairs, st.lists(st.sampled_from((*COMPOUNDS, "moonlight")), max_size=3), st.data())
@LAW
def test_order_and_repetition_of_medicines_do_not_matter(
    made: World, pair: tuple[str, str], taken: list[str], data: st.DataObject
):
    """The medicines of a patient in another order, some of them twice, give the same findings and headline."""
    knowledge = made.knowledge()
    again = data.draw(st.permutations([*taken, *taken[:2]]))
    one, other = (review(*pair, Patient(medications=tuple(m)), knowledge=knowledge) for m in (taken, again))
    assert [attrs.evolve(f, facts=()) for f in one.findings] == [attrs.evolve(f, facts=()) for f in other.findings]
    assert attrs.evolve(one.headline, text="") == attrs.evolve(other.headline, text="")
    assert (one.treatments, one.monitoring) == (other.treatments, other.monitoring)


@given(st.text(max_size=40) | st.sampled_from(("exampelamine", "dem disease", "\x1b[2J", "x" * 500)), st.booleans())
@LAW
def test_an_unknown_name_is_an_error_that_reassures_nobody(text: str, swap: bool):  # noqa: FBT001
    """An unknown name is an error, never an empty answer, and its words are no reassurance."""
    asked = ("examplamine", text) if swap else (text, "demo disease")
    try:
        found = review(*asked, knowledge=sample())
    except SafetyKBError as error:
        told = str(error)
        assert told
        assert reassurances(told.replace(text.strip(), ""), ()) == []
    else:
        assert found.as_asked == asked


# --- rule 10 ----------------------------------------------------------------------------------------------------------


def heard(knowledge: KnowledgeBase) -> dict[tuple[str, str, str], Concern | None]:
    """The concern of each finding of each pair, save those of relatives and of signals.

    What a signal may ask depends on what the compound is here, and on nothing that a source's design says of it.
    """
    return {
        (found.compound.id, found.condition.id, finding.id): finding.concern
        for found in reviews_of(knowledge)
        for finding in found.findings
        if finding.relative is None and knowledge.considerations[finding.id].signal_for is None
    }


def with_other_sources(draw: Callable[[Any], Any], made: World, designs: list[str]) -> KnowledgeBase:
    """The same knowledge, from sources of other designs and dates."""
    for path, source in made.files.items():
        if path.startswith("sources/"):
            date = draw(st.sampled_from(("1990-01-01", "2026-11-01", "2024")))
            source["custom"] |= {"design": draw(st.sampled_from(designs)), "version_date": date}
    return made.knowledge()


@given(full_worlds(), st.data())
@LAW
def test_design_and_date_of_a_source_change_no_concern(made: World, data: st.DataObject):
    """Changing only a source's design, level or date never changes a claim's own concern."""
    before = heard(made.knowledge())
    after = heard(with_other_sources(data.draw, made, [design.value for design in Design]))
    assert after == before


# --- the grade --------------------------------------------------------------------------------------------------------

levels = st.sampled_from(EvidenceLevel.members())


@given(levels, st.lists(levels, max_size=5), levels, st.integers(0, 5))
@LAW
def test_a_grade_never_rises_by_a_lower_step(
    own: EvidenceLevel, path: list[EvidenceLevel], more: EvidenceLevel, at: int
):
    """One more step on a path never raises a grade: it is the lowest of the claim's own and those on its path."""

    def graded(steps: list[EvidenceLevel]) -> Grade:
        grade = Grade(basis=Basis.STUDY, level=own, design=None, steps=("starts",))
        for step in steps:
            grade = grade.lowered_to(step, "membership")
        return grade

    short, long = graded(path), graded([*path[:at], more, *path[at:]])
    assert short.level == min([own, *path])
    assert long.level == min(short.level, more)
    assert len(long.steps) <= len(path) + 2
    assert long.stepped(-1, "joined").level <= long.level


LOWEST: Final = [design.value for design, start in STARTS.items() if start[1] in (None, EvidenceLevel.VERY_LOW)]


@given(full_worlds(), st.data())
@LAW
def test_weaker_sources_raise_no_level(made: World, data: st.DataObject):
    """Where every source becomes a weaker one, no finding stands on a higher level than before."""

    def graded(knowledge: KnowledgeBase) -> dict[tuple[str, str, str], EvidenceLevel]:
        return {
            (found.compound.id, found.condition.id, finding.id): finding.evidence.level
            for found in reviews_of(knowledge)
            for finding in found.findings
        }

    before = graded(made.knowledge())
    after = graded(with_other_sources(data.draw, made, LOWEST))
    assert all(level <= before[key] for key, level in after.items() if key in before)


# --- what is shown ----------------------------------------------------------------------------------------------------


@given(full_worlds(), st.none() | pairs, st.sampled_from((None, ("moonlight",), ("partner", "Quixotamab"))))
@LAW
def test_no_rendering_reassures(made: World, pair: tuple[str, str] | None, taken: tuple[str, ...] | None):
    """No renderer turns undetermined, not-assessed or an unknown name into a reassuring word."""
    patient = Patient(medications=taken, medications_complete=True) if taken else None
    knowledge = made.knowledge()
    found = review(*(pair or richest(knowledge)), patient, knowledge=knowledge)
    concern, highest = found.headline.concern, found.headline.highest
    written = forms(found)
    for form in FORMATS:
        read = plain(form, written[form])
        assert reassurances(read, titles_of(found)) == [], form
        for name in found.headline.not_checked:
            assert name in read, form
        if form in SHOWN:
            opening = read[: read.index("Direct evidence:")]
            assert ("UNDETERMINED" if concern is None else str(concern).upper()) in opening, form
            assert not found.headline.not_checked or "not checked" in opening.lower(), form
    value = json.loads(written["json"])
    assert value["headline"]["concern"] == (str(concern) if concern else "undetermined")
    assert value["headline"]["highest"] == (str(highest) if highest else "undetermined")
    assert {*value["coverage"].values(), value["headline"]["coverage"]} <= {str(each) for each in Coverage}
    assert value["coverage"] == {section: str(each) for section, each in found.coverage.items()}


@given(full_worlds())
@LAW
def test_every_rendering_carries_what_it_must(made: World):
    """Every rendering carries the intended use, each source and each level, and the knowledge that it came from."""
    knowledge = made.knowledge()
    found = review(*richest(knowledge), knowledge=knowledge)
    needed = {INTENDED_USE, DISCLAIMER, "Compiled by software", found.knowledge.version, found.knowledge.digest[:16]}
    needed |= {source.id for source in found.sources} | {f"Title of {source.id}" for source in found.sources}
    cited = {key for finding in found.findings for key in finding.sources}
    assert cited <= {source.id for source in found.sources}
    for form, written in forms(found).items():
        read = plain(form, written)
        assert [text for text in sorted(needed) if text not in read] == [], form
        for finding in found.findings:
            assert finding.id in read, form
            if form in SHOWN:
                assert f"{finding.evidence.basis}, {finding.evidence.level}" in read, (form, finding.id)
    levels_told = {f["id"]: (f["evidence"]["basis"], f["evidence"]["level"]) for f in found.to_dict()["findings"]}
    assert levels_told == {f.id: (str(f.evidence.basis), str(f.evidence.level)) for f in found.findings}


@given(full_worlds(), st.sampled_from(COMPOUNDS))
@LAW
def test_explain_is_total(made: World, compound: str):
    """Every finding can be explained, in words and as values, and every claim that is not there says why."""
    knowledge = made.knowledge()
    findings = [*safetykb.interactions(compound, COMPOUNDS, knowledge=knowledge)]
    for found in reviews_of(knowledge, [(compound, condition) for condition in CONDITIONS]):
        findings += found.findings
        shown = {finding.id for finding in found.findings}
        for finding in found.findings:
            assert found.explain(finding.id) == finding.explain()
        for id in knowledge.considerations:
            why = found.why_not(id)
            assert why is None if id in shown else why, id
    for finding in findings:
        proof = finding.explain()
        values = proof.to_dict()
        assert json.loads(json.dumps(values)) == values
        assert proof.rule and values["grade"]
        text = " ".join(str(proof).split())
        assert finding.id in text
        assert str(finding.evidence.level) in text
        assert all(step.end_name in text for step in proof.steps)


# --- what changes an answer, and what does not ------------------------------------------------------------------------

WITHDRAWN: Final = {"date": "2026-11-24", "reason": "the page was read wrongly"}


@given(full_worlds(), st.data())
@LAW
def test_a_withdrawn_claim_is_gone_and_nothing_else_changes(made: World, data: st.DataObject):
    """Withdrawing a claim removes it from every answer and leaves every other finding equal."""
    before = made.knowledge()
    id = data.draw(st.sampled_from([*before.considerations]))
    made.files[f"considerations/{id}.json"]["withdrawn"] = WITHDRAWN
    after = made.knowledge()
    assert [notice.id for notice in after.notices()] == [id]
    assert id not in {claim.id for claim in safetykb.considerations(knowledge=after)}
    for was, now in zip(reviews_of(before), reviews_of(after), strict=True):
        left = [f for f in was.findings if f.id != id]
        unfolded = {f.id for f in left if f.folded_under == id}
        ours, theirs = (
            {f.id: attrs.evolve(f, folded_under=None) if f.id in unfolded else f for f in findings}
            for findings in (left, now.findings)
        )
        assert ours == theirs
        assert [f.id for f in now.findings if f.id not in unfolded] == [f.id for f in left if f.id not in unfolded]
        shown = json.dumps(told(now, "knowledge"))
        assert f'"{id}"' not in shown
        assert now.why_not(id)
    assert id not in {finding.id for finding in safetykb.interactions("drug", COMPOUNDS, knowledge=after)}


@given(full_worlds(), st.lists(st.sampled_from(CLASSES), max_size=2), st.lists(st.sampled_from(STATES), max_size=2))
@LAW
def test_an_unrelated_compound_changes_no_answer(made: World, classes: list[str], states: list[str]):
    """Adding a compound that nothing else names changes no answer about another."""

    def answered() -> list[dict[str, Any]]:
        return [told(found, "knowledge") for found in reviews_of(made.knowledge())]

    before = answered()
    made.compound("bystander", "drops:oral").claim("bystander/hurts", "avoid", having=" ".join(states))
    for term in classes:
        made.has("bystander", term, cites="label9")
    assert answered() == before


@given(full_worlds())
@LAW
def test_nothing_differs_from_itself(made: World):
    """A diff(x, x) is empty, of knowledge and of reviews, also when both were read anew."""
    one, other = made.knowledge(), made.knowledge()
    assert diff(one, one).changes == diff(one, other).changes == ()
    for was, now in zip(reviews_of(one, FEW), reviews_of(other, FEW), strict=True):
        assert diff(was, was).changes == diff(was, now).changes == ()


def a_change(draw: Callable[[Any], Any], made: World) -> tuple[str, str]:
    """Change one thing about the knowledge; return what a diff must call it, and the id of its record."""
    path = draw(st.sampled_from(sorted(path for path in made.files if path.startswith("considerations/"))))
    id, claim = path.removeprefix("considerations/")[:-5], made.files[path]
    match draw(st.sampled_from(("concern", "words", "withdrawn", "gone", "come", "context", "source", "name", "fact"))):
        case "concern" if claim.get("concern"):
            was, now = claim["concern"], draw(st.sampled_from([c for c in CONCERNS if c != claim["concern"]]))
            claim["concern"] = now
            return "raised" if CONCERNS.index(now) > CONCERNS.index(was) else "lowered", id
        case "withdrawn":
            claim["withdrawn"] = WITHDRAWN
            return "withdrawn", id
        case "gone":
            del made.files[path]
            return "removed", id
        case "come":
            made.claim("drug/new-claim", having="disease")
            return "added", "drug/new-claim"
        case "context":
            claim["context"] = {**claim["context"], "window": "P30D"}
            return "reworded", id
        case "source":
            made.files["sources/label1.json"]["custom"]["retracted"] = "2026-11-24"
            return "evidence", "label1"
        case "name":
            made.files["compounds/drug/compound.json"]["synonyms"] = [{"text": "drogue", "type": "other"}]
            return "reworded", "drug"
        case "fact" if facts := sorted(path for path in made.files if "/has/" in path):
            fact = draw(st.sampled_from(facts))
            made.files[fact]["frequency"] = "very-common"
            return "evidence", fact[fact.index("/") + 1 : -5]
        case _:
            claim["statement"] = "Other words."
            return "reworded", id


@given(full_worlds(), st.data())
@LAW
def test_a_diff_tells_each_single_change(made: World, data: st.DataObject):
    """A diff tells each single change by its kind and record, and nothing beside it."""
    before = made.knowledge()
    expected = a_change(data.draw, made)
    event(expected[0])
    found = diff(before, made.knowledge())
    assert [(change.turn.value, change.id) for change in found.changes] == [expected]
    assert found.changes[0].text
    assert found.changes[0].id in found.to_text(20_000)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@given(files=sound_trees())
@LAW
def test_an_empty_overlay_changes_nothing(files: dict[str, bytes], empty: Path):
    """with_overlay of an empty directory changes neither the digest, nor a record, nor an answer."""
    base = build(files)
    over = base.with_overlay(empty, today="2026-11-25")
    assert (over.digest, over.files, over.policies) == (base.digest, base.files, ())
    assert diff(base, over).changes == ()
    asked = [pair for pair in FEW if pair[0] in base.compounds and pair[1] in base.conditions]
    assert answers(over, asked) == answers(base, asked)


COPIES: Final[dict[str, Callable[[KnowledgeBase], KnowledgeBase]]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {p}": lambda base, p=p: pickle.loads(pickle.dumps(base, p)) for p in range(6)},  # type: ignore[misc]  # noqa: S301
}


@given(full_worlds(), st.sampled_from([*COPIES]), st.booleans())
@LAW
def test_a_copy_of_the_knowledge_gives_equal_answers(made: World, how: str, asked_before: bool):  # noqa: FBT001
    """A knowledge base that went through pickle, copy or deepcopy has the same digest and gives equal answers."""
    base = made.knowledge()
    if asked_before:
        answers(base)
    again = COPIES[how](base)
    assert again is not base
    assert again.digest == base.digest
    assert diff(base, again).changes == ()
    assert answers(again) == answers(base)


# --- extras -----------------------------------------------------------------------------------------------------------


def test_extras_change_no_answer():
    """With or without extras the answer is the same: where nothing beyond the core can be imported as well."""
    code = """
import hashlib, importlib.metadata, json, sys
if {bare}:
    core = ("attrs", "cattrs", "importlib-resources", "typing-extensions", "safetykb")
    taken = importlib.metadata.packages_distributions()
    barred = {{name for name, of in taken.items() if not any(d.replace("_", "-").lower() in core for d in of)}}

    class Barred:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in barred:
                raise ModuleNotFoundError(name, name=name)

    sys.meta_path.insert(0, Barred())
    assert "hypothesis" in barred
import safetykb
told = hashlib.sha256()
for compound in ("ketamine", "siponimod", "baclofen"):
    review = safetykb.review(compound, "multiple sclerosis")
    for text in (json.dumps(review.to_dict()), review.to_text(), review.to_markdown(), review.to_html()):
        told.update(text.encode())
print(told.hexdigest())
"""
    bare, whole = (fresh(code.format(bare=bare)) for bare in (True, False))
    assert len(bare.strip()) == 64
    assert bare == whole


# --- the whole list ---------------------------------------------------------------------------------------------------

_HERE: Final = "laws.test_laws"
_PATIENT: Final = "patient.test_laws"
_SHOWN: Final = "answer.test_document:TestEveryPackagedPair"

LAWS: Final[dict[str, tuple[str, ...]]] = {
    "load(dump(x)) == x, byte for byte": (
        f"{_HERE}:test_what_is_written_is_read_back *",
        "knowledge.test_loading:test_every_record_reloads_equal",
        "knowledge.test_loading:test_every_file_has_canonical_bytes",
    ),
    "neither digest nor answer depends on the order of files": (
        f"{_HERE}:test_the_order_of_files_does_not_matter *",
        "knowledge.test_loading:test_digest_tells_every_change",
    ),
    "every id cited resolves, nothing is orphaned, no claim cites a retracted source": (
        f"{_HERE}:test_every_id_resolves_and_nothing_is_orphaned *",
        "knowledge.test_loading:test_packaged_knowledge_passes_every_gate",
        "knowledge.test_checks:test_failing_sample_fails_for_its_reason_alone",
    ),
    "every stated claim has a citation with a locator, every joined one its premises": (
        f"{_HERE}:test_every_claim_has_its_support *",
        "knowledge.test_loading:test_packaged_knowledge_passes_every_gate",
    ),
    "a synonym, other case, spacing or Unicode form gives the same answer": (
        f"{_HERE}:test_another_spelling_gives_the_same_answer *",
        f"{_PATIENT}:test_another_name_or_case_gives_the_same_answer *",
        "reasoning.test_invariants:test_another_spelling_gives_the_same_answer",
    ),
    "interactions(a, [b]) and interactions(b, [a]) are the same": (
        f"{_PATIENT}:test_interactions_are_symmetric *",
        f"{_HERE}:test_order_and_repetition_of_what_is_taken_together_do_not_matter *",
    ),
    "order and repetition of inputs do not matter": (
        f"{_PATIENT}:test_order_and_repetition_do_not_matter *",
        f"{_HERE}:test_order_and_repetition_of_medicines_do_not_matter *",
    ),
    "adding a medicine, a condition or an allergy never lowers highest": (
        f"{_PATIENT}:test_one_more_never_lowers_the_highest *",
        f"{_PATIENT}:test_one_more_never_lowers_the_highest_of_anything *",
    ),
    "stating a value that newly meets a test never lowers highest": (
        f"{_PATIENT}:test_a_value_that_newly_meets_a_test_never_lowers_the_highest *",
    ),
    "stating an unknown may lower it only by closing the open part that named it": (
        f"{_PATIENT}:test_stating_an_unknown_lowers_only_by_closing_what_was_open *",
    ),
    "changing only a source's design, level or date never changes a claim's own concern": (
        f"{_HERE}:test_design_and_date_of_a_source_change_no_concern *",
        "reasoning.test_invariants:test_design_and_date_never_change_a_concern",
    ),
    "in no packaged pair does an inferred finding stand before a contraindicated or avoid one": (
        "reasoning.test_invariants:test_no_inferred_finding_stands_before_what_matters",
        f"{_PATIENT}:test_an_inference_stands_before_nothing_heavy *",
    ),
    "no renderer turns undetermined, not-assessed or an unknown name into a reassuring word": (
        f"{_HERE}:test_no_rendering_reassures *",
        f"{_HERE}:test_an_unknown_name_is_an_error_that_reassures_nobody *",
        f"{_PATIENT}:test_unknown_names_never_raise *",
        f"{_SHOWN}.test_no_rendering_reassures",
    ),
    "every rendering carries the intended use, each source and each level": (
        f"{_HERE}:test_every_rendering_carries_what_it_must *",
        f"{_SHOWN}.test_every_rendering_carries_the_intended_use",
        f"{_SHOWN}.test_every_rendering_carries_each_source",
        f"{_SHOWN}.test_every_rendering_carries_each_level",
    ),
    "with or without extras the answer is the same": (f"{_HERE}:test_extras_change_no_answer",),
    "hostile bytes give DataError or an equal reload": (
        f"{_HERE}:test_hostile_bytes_are_refused_or_reload_equal *",
        "knowledge.test_loading:test_random_bytes_are_refused_or_reload_equal",
    ),
    "every submodule imported, every public function still callable twice": (
        "test_package:test_no_module_takes_the_place_of_a_public_name",
    ),
    "a slow, obvious oracle of matching agrees on all packaged pairs, enumerated, not sampled": (
        "reasoning.test_oracle:test_oracle_agrees_on_every_packaged_pair",
        "reasoning.test_oracle:test_oracle_agrees_on_made_up_knowledge *",
        "patient.test_oracle_patient:test_oracle_agrees_on_made_up_knowledge_with_patients *",
    ),
    "a withdrawn claim is gone, and every other finding is equal": (
        f"{_HERE}:test_a_withdrawn_claim_is_gone_and_nothing_else_changes *",
    ),
    "an unrelated compound changes no answer": (f"{_HERE}:test_an_unrelated_compound_changes_no_answer *",),
    "a diff of equals is empty, and tells each single change": (
        f"{_HERE}:test_nothing_differs_from_itself *",
        f"{_HERE}:test_a_diff_tells_each_single_change *",
    ),
    "an empty overlay changes nothing": (f"{_HERE}:test_an_empty_overlay_changes_nothing *",),
    "every finding can be explained": (f"{_HERE}:test_explain_is_total *",),
    "a copy of the knowledge gives equal answers": (f"{_HERE}:test_a_copy_of_the_knowledge_gives_equal_answers *",),
    "a grade never rises by a lower step": (
        f"{_HERE}:test_a_grade_never_rises_by_a_lower_step *",
        f"{_HERE}:test_weaker_sources_raise_no_level *",
    ),
    "nothing that has an unmet part applies": (f"{_PATIENT}:test_nothing_with_an_unmet_part_applies *",),
    "every fact given of a patient gets a line": (f"{_PATIENT}:test_every_fact_has_a_line *",),
    "knowledge that grows, is withdrawn and superseded stays the same on disk as in memory": (
        "laws.test_stateful:TestGrowing.runTest",
    ),
    "any number of threads get one load, one object and the answers of one thread": (
        "test_public_face:test_threads_at_first_use_get_one_load",
        "laws.test_threads:test_threads_with_different_questions_get_the_answers_of_one",
        "laws.test_threads:test_threads_whose_first_use_is_a_question_load_once",
    ),
}
"""Each sentence of what must always hold, and its tests as module:name; a star marks a property."""


def found_test(node: str) -> tuple[Any, bool]:
    """The test that a node names, and whether it is marked as a property."""
    module, _, name = node.removesuffix(" *").partition(":")
    found: Any = importlib.import_module(f"tests.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    return found, node.endswith(" *")


@pytest.mark.parametrize("sentence", LAWS)
def test_every_law_has_its_tests(sentence: str):
    """Each sentence has a test that exists, and each property among them runs at least 200 examples."""
    for node in LAWS[sentence]:
        test, is_property = found_test(node)
        assert callable(test), node
        if is_property:
            assert test._hypothesis_internal_use_settings.max_examples >= EXAMPLES, node
            assert test.hypothesis, node


def test_every_law_here_is_in_the_list():
    """Each test of this file that states a law is in the list, and at least 17 of all are properties."""
    nodes = {node for nodes in LAWS.values() for node in nodes}
    properties = [name for name, test in globals().items() if hasattr(test, "hypothesis") and inspect.isfunction(test)]
    assert {node.partition(":")[2] for node in nodes if node.startswith(_HERE)} >= {f"{name} *" for name in properties}
    assert sum(node.endswith(" *") for node in nodes) >= len(properties) >= 17
