"""The checks: each is a value with a sample that it passes and a sample that it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from safetykb.knowledge import checks
from safetykb.knowledge.checks import CHECKS, Check, samples

from .trees import base_files, draft

EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)


def test_base_sample_passes_every_check():
    """The base sample has no problem of any code."""
    tree = draft({})

    assert tree.problems == ()
    assert checks.run(tree) == []


def test_there_are_at_least_thirty_checks():
    """At least thirty rules hold a tree together."""
    assert len(CHECKS) >= 30


def test_codes_are_unique_and_in_order():
    """A code names one check, and the checks stand in the order of their codes."""
    codes = [check.code for check in CHECKS]

    assert codes == sorted(set(codes))


def test_names_are_unique():
    """A name names one check."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@EVERY
def test_check_says_what_where_and_cure(check: Check):
    """Each check has a code of three letters and three digits, a name, a description, a scope and a cure."""
    room, _, number = check.code.partition(":")

    assert room.isupper() and len(room) == 3 and len(number) == 3 and number.isdigit()
    assert check.name == check.name.lower() and " " not in check.name
    assert check.description.endswith(".") and check.cure
    assert check.scope in ("file", "record", "tree")


@EVERY
def test_passing_sample_passes(check: Check):
    """The passing sample has no problem of any code."""
    tree = draft(check.passing)

    assert tree.problems == ()
    assert [str(problem) for problem in checks.run(tree)] == []


@EVERY
def test_failing_sample_fails_for_its_reason_alone(check: Check):
    """The failing sample has a problem of this code, with a file, a path and the cure, and none of another code."""
    tree = draft(check.failing)
    found = checks.run(tree) + checks.advice(tree) + list(tree.problems)

    assert {problem.code for problem in found} == {check.code}
    for problem in found:
        assert problem.file in tree.files
        assert problem.path.startswith("$")
        assert problem.message and problem.cure == check.cure


def state_with(**test: Any) -> dict[str, Any]:
    """A state that is tested for."""
    return {"terms/demo-falls/term.json": samples.term("state", label="demo falls", tests=[test])}


def signal(**changes: Any) -> dict[str, Any]:
    """A signal for the class of examplamine."""
    given = {"context": {"having": ["demo-falls"]}, "kind": "condition-risk", "signal_for": "example-antagonist"}
    return samples.claim(**given | changes)


def not_more(**changes: Any) -> dict[str, Any]:
    """A claim that a harm was not more frequent."""
    given = {"kind": "no-increase", "concern": None, "comparator": "placebo", "exposed": 150}
    return samples.claim(**given | changes)


def related(compound: str, how: str) -> dict[str, Any]:
    """Esexamplamine with a relative."""
    forms = [{"id": "nasal-spray", "route": "nasal"}]
    return samples.compound(name="esexamplamine", related=[{"compound": compound, "how": how}], forms=forms)


def brand(**fields: Any) -> dict[str, Any]:
    """A brand."""
    return {"text": "Inhi", "type": "brand"} | fields


GIVEN = [
    # what else a check refuses: code, sample, and where the fault is told
    ("AST:001", {"compounds/pausamine/has/example-family.json": samples.has(frequency=None)}, "$.weight"),
    ("AST:002", {"compounds/pausamine/has/example-family.json": samples.has(weight=None)}, "$.frequency"),
    (
        "AST:002",
        {"conditions/demo-disease/has/older-age.json": samples.has(weight=None, frequency=None)},
        "$.frequency",
    ),
    ("AST:004", {samples.HAS: samples.has(weight="main")}, "$.weight"),
    ("AST:005", state_with(field="age", comparison=">", value=True, unit="a"), "$.tests[0]"),
    ("AST:005", state_with(field="age", comparison=">", value="65", unit="a"), "$.tests[0]"),
    ("AST:005", state_with(field="pregnant", comparison="=", value=1), "$.tests[0]"),
    ("AST:005", state_with(field="height", comparison="=", value=1, unit="m"), "$.tests[0]"),
    (
        "AST:005",
        {
            "terms/drowsiness/term.json": samples.term(
                "effect", label="drowsiness", tests=[{"field": "sex", "comparison": "=", "value": "female"}]
            )
        },
        "$.tests",
    ),
    ("CIT:003", {samples.HAS: samples.has(statements=[samples.says(cites=["examplamine-us-2026#warnings"])])}, None),
    ("CIT:003", {samples.SEARCH: samples.search(opened=["examplamine-us-2026#interactions 7"])}, "$.opened[0]"),
    ("CIT:004", {samples.HAS: samples.has(statements=[samples.says(cites=["agency-news-2026#event"])])}, None),
    ("CIT:006", {samples.STUDY: samples.study(cites=[])}, "$.cites"),
    ("CIT:007", {samples.CLAIM: samples.claim(data="label")}, "$.data"),
    ("CLM:001", {samples.CLAIM: samples.claim(cites=[])}, "$.cites"),
    ("CLM:002", {samples.TERM_CLAIM: samples.joined(context=None, kind="warning")}, "$.premises"),
    (
        "CLM:002",
        {samples.TERM_CLAIM: samples.joined(context={"taking": "modulumab"}, kind="interaction")},
        "$.premises",
    ),
    (
        "CLM:004",
        {
            samples.CLAIM: samples.claim(
                kind="contraindication",
                concern="contraindicated",
                statement="Examplamine is contraindicated (US label).",
                cites=["exampler2021#abstract"],
            )
        },
        "$.concern",
    ),
    ("CLM:005", {samples.CLAIM: signal(signal_for="drowsiness")}, "$.signal_for"),
    ("CLM:005", {samples.CLAIM: signal(signal_for="unheard-of")}, "$.signal_for"),
    ("CLM:005", {samples.CLAIM: signal(context=None)}, "$.context"),
    (
        "CLM:005",
        {
            samples.CLAIM: signal(
                kind="contraindication", concern="contraindicated", statement="It is contraindicated (US label)."
            )
        },
        "$.kind",
    ),
    ("CLM:006", {samples.CLAIM: samples.claim(exposed=200)}, "$.exposed"),
    ("CLM:006", {samples.CLAIM: not_more(comparator=None)}, "$.comparator"),
    ("CLM:006", {samples.CLAIM: not_more(exposed=None)}, "$.exposed"),
    (
        "CLM:006",
        {samples.CLAIM: not_more(origin="joined", cites=None, premises=["drowsiness/demo-falls"])},
        "$.origin",
    ),
    (
        "CLM:007",
        {samples.CLAIM: samples.claim(kind="monitoring", monitoring=[{"test": "demo pressure", "when": []}])},
        "$.monitoring[0].when",
    ),
    ("DAT:001", {samples.CLAIM: samples.claim(stamps=[samples.STAMPS[0] | {"on": "yesterday"}])}, "$.stamps[0].on"),
    ("DAT:001", {samples.SEARCH: samples.search(date="2026-02-30")}, "$.date"),
    ("DAT:001", {samples.SEARCH: samples.search(date="0026-02-03")}, "$.date"),
    ("DAT:001", {samples.SEARCH: samples.search(date="2026-11-23T10:00")}, "$.date"),
    (
        "DAT:002",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(issued={"date-parts": [[2024, 2, 30]]})},
        "$.issued",
    ),
    (
        "DAT:002",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(issued={"date-parts": [[10**14]]})},
        "$.issued",
    ),
    ("DAT:002", {samples.STUDY: samples.study(as_of="spring 2021")}, "$.as_of"),
    ("DAT:003", {samples.CLAIM: samples.claim(context={"window": "ever"})}, "$.context.window"),
    (
        "DAT:003",
        {samples.CLAIM: samples.claim(context={"exposure": {"duration": "P"}})},
        "$.context.exposure.duration",
    ),
    (
        "IDS:002",
        {
            samples.CLAIM: samples.claim(
                kind="monitoring", monitoring=[{"test": "demo pressure", "loinc": "8480", "when": ["weekly"]}]
            )
        },
        "$.monitoring[0].loinc",
    ),
    ("IDS:002", {"terms/demo-falls/term.json": samples.term("state", label="demo falls", xrefs=["SNOMED:1"])}, None),
    ("IDS:003", {samples.STUDY: samples.study(registry_id="?")}, "$.registry_id"),
    ("NAM:001", {"terms/demo-falls/term.json": samples.term("state", label="Demo-Disease")}, "$.label"),
    (
        "NAM:001",
        {
            "compounds/inhibizole/compound.json": samples.compound(
                name="inhibizole", synonyms=[{"text": "Modulumab", "type": "other", "ambiguous": True}]
            ),
            "compounds/modulumab/compound.json": samples.compound(name="modulin"),
        },
        "$",
    ),
    ("NAM:001", {"terms/sedative-drug/term.json": samples.term("drug-class", label="modulumab")}, "$.label"),
    (
        "NAM:002",
        {"terms/demo-falls/term.json": samples.term("state", label="f" * 201)},
        "$.label",
    ),
    ("RDG:001", {samples.CLAIM: samples.claim(change={"steps": 1, "reason": " "})}, "$.change.reason"),
    (
        "RDG:004",
        {
            samples.CLAIM: samples.claim(
                kind="contraindication",
                concern="contraindicated",
                statement="Oldamine's label names examplamine (Swiss label).",
                cites=["oldamine-ch-2020#contraindications 4"],
            )
        },
        "$.cites",
    ),
    ("RDG:005", {samples.CLAIM: samples.claim(concern="avoid", stamps=None)}, "$.stamps"),
    ("RDG:005", {samples.CLAIM: samples.claim(cites=["examplamine-us-2025#boxed"], stamps=None)}, "$.stamps"),
    ("REF:001", {"considerations/unheard-of/sample.json": samples.claim()}, "$"),
    ("REF:001", {"searches/demo-disease/sample.json": samples.search()}, "$"),
    ("REF:001", {"studies/drowsiness/demo-disease--sample.json": samples.study()}, "$"),
    ("REF:001", {"studies/examplamine/drowsiness--sample.json": samples.study()}, "$"),
    ("REF:002", {"conditions/demo-disease/has/drowsiness.json": samples.has()}, "$"),
    ("REF:002", {"compounds/examplamine/has/modulumab.json": samples.has(weight=None, frequency=None)}, "$"),
    (
        "REF:003",
        {"terms/drowsiness/term.json": samples.term("effect", label="drowsiness", broader=["demo-falls"])},
        None,
    ),
    (
        "REF:003",
        {"terms/drowsiness/term.json": samples.term("effect", label="drowsiness", broader=["modulumab"])},
        None,
    ),
    (
        "REF:003",
        {"conditions/low-mood-disorder/condition.json": samples.condition(name="low mood", broader=["drowsiness"])},
        "$.broader[0]",
    ),
    (
        "REF:004",
        {
            "terms/demo-falls/term.json": samples.term("state", label="demo falls", broader=["demo-disease"]),
            "conditions/demo-disease/condition.json": samples.condition(name="demo disease", broader=["demo-falls"]),
        },
        "$.broader",
    ),
    ("REF:005", {samples.SEARCH: samples.search(having="drowsiness")}, "$.having"),
    ("REF:005", {samples.SEARCH: samples.search(having=None, taking="demo-falls")}, "$.taking"),
    ("REF:005", {samples.CLAIM: samples.claim(context={"taking": "pregnancy"})}, "$.context.taking"),
    ("REF:006", {samples.CLAIM: samples.claim(hazard="modulumab")}, "$.hazard"),
    ("REF:009", {"compounds/esexamplamine/compound.json": related("examplamine", "enantiomer-of")}, None),
    ("REF:009", {"compounds/esexamplamine/compound.json": related("demo-falls", "enantiomer-of")}, None),
    ("REF:014", {samples.STUDY: samples.study(form="tablet")}, "$.form"),
    ("REF:014", {samples.HAS: samples.has(statements=[samples.says(form="tablet")])}, "$.statements[0].form"),
    (
        "REF:014",
        {"compounds/inhibizole/compound.json": samples.compound(name="inhibizole", synonyms=[brand(form="x")])},
        "$.synonyms[0].form",
    ),
    ("REF:015", {samples.TERM_CLAIM: samples.joined(premises=["drowsiness/sample"])}, "$.premises[0]"),
    ("REF:016", {samples.CLAIM: samples.claim(supersedes="examplamine/unheard-of")}, "$.supersedes"),
    ("REF:016", {samples.HAS: samples.has(supersedes="examplamine/inhibizole")}, "$.supersedes"),
    (
        "REF:016",
        {
            samples.CLAIM: samples.claim(supersedes="examplamine/other"),
            "considerations/examplamine/other.json": samples.claim(supersedes="examplamine/sample"),
        },
        "$.supersedes",
    ),
    ("REF:017", samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(copy_of="nobody"))}, None),
    ("REF:017", samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(copy_of="sample2024"))}, None),
    ("SRC:001", samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(nct="NCT1"))}, "$.custom.nct"),
    ("SRC:001", samples.DRAWN_ON | {samples.SOURCE: samples.label(DOI="doi:10.5555/x")}, "$.DOI"),
    ("SRC:001", samples.DRAWN_ON | {samples.SOURCE: samples.label(PMCID="123")}, "$.PMCID"),
    *(
        ("SRC:003", samples.DRAWN_ON | {samples.SOURCE: samples.paper(URL=url)}, "$.URL")
        for url in (
            "http://journal.example.org/a",
            "https://user@journal.example.org/a",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433.0/",
            "https://0x7f.0.0.1/",
            "javascript:alert(1)",
            "ftp://journal.example.org/a",
            "https://journal.example.org/a b",
            "//journal.example.org/a",
            "https://localhost/",
        )
    ),
    *(
        ("SRC:004", samples.DRAWN_ON | {samples.SOURCE: samples.label(URL=url)}, "$.URL")
        for url in (
            "https://pubmed.ncbi.nlm.nih.gov/99999995/",
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999995/",
            "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=00000000-0000-4000-8000-000000000009",
            "https://www.clinicaltrials.gov/study/NCT99999995",
            "https://doi.org/10.5555/a",
        )
    ),
    (
        "SRC:005",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(read_at="a@b.example.org/x"))},
        "$.custom.read_at",
    ),
    (
        "SRC:006",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(about=None))},
        "$.custom.about",
    ),
    ("STU:001", {samples.STUDY: samples.study(planned=-1)}, "$.planned"),
    ("STU:001", {samples.STUDY: samples.study(harms=[{"text": "falls", "n": 3, "of": 2}])}, "$.harms[0].n"),
    ("STU:001", {samples.STUDY: samples.study(harms=[{"text": "falls", "n": -1}])}, "$.harms[0].n"),
    ("STU:001", {samples.STUDY: samples.study(arms=[{"label": "a", "n": 19}])}, "$.arms[0].n"),
    ("STU:001", {samples.STUDY: samples.study(arms=[{"label": "a", "n": -1}])}, "$.arms[0].n"),
    ("STU:001", {samples.STUDY: samples.study(arms=[{"label": "a", "n": 10}, {"label": "b", "n": 9}])}, "$.arms"),
    ("STU:004", {samples.SEARCH: samples.search(taking="modulumab")}, "$.having"),
    ("STU:004", {samples.SEARCH: samples.search(taking="modulumab", topic="class-signal")}, "$.having"),
    ("STU:005", {samples.SEARCH: samples.search(queries=[])}, "$.queries"),
    ("STU:005", {samples.SEARCH: samples.search(where=[])}, "$.where"),
    *(
        ("WRD:001", {samples.CLAIM: samples.claim(statement=f"Examplamine {words} in falls.")}, "$.statement")
        for words in (
            "was UNSAFE",
            "can safely be used",
            "has no risk",
            "is harmless",
            "was well tolerated",
            "was well-tolerated",
            "shows no interaction",
            "has no interactions",
            "shows no evidence of harm",
        )
    ),
    ("WRD:001", {samples.STUDY: samples.study(limits=["it looked safe"])}, "$.limits[0]"),
    ("WRD:003", {samples.CLAIM: samples.claim(statement="Drowsiness from {subject}.")}, "$.statement"),
    ("WRD:003", {samples.TERM_CLAIM: samples.joined(statement="Drowsiness from {compound}.")}, "$.statement"),
    ("WRD:003", {samples.TERM_CLAIM: samples.joined(statement="Drowsiness from {subject.")}, "$.statement"),
    ("WRD:003", {samples.TERM_CLAIM: samples.joined(statement="Drowsiness from subject}.")}, "$.statement"),
    ("WRD:003", {samples.HAS: samples.has(statements=[samples.says(text="{subject} harms.")])}, "$.statements[0].text"),
    ("WRD:006", {samples.CLAIM: samples.claim(action="")}, "$.action"),
    ("WRD:006", {samples.CLAIM: samples.claim(action=" Wait.")}, "$.action"),
    ("WRD:006", {samples.CLAIM: samples.claim(action="Wait\nhere.")}, "$.action"),
]


@pytest.mark.parametrize(("code", "sample", "path"), GIVEN, ids=[code for code, *_ in GIVEN])
def test_check_refuses_each_way_of_failing(code: str, sample: Mapping[str, Any], path: str | None):
    """Every branch of a check is told at its place."""
    made = draft(sample)
    found = [problem for problem in (*checks.run(made), *checks.advice(made)) if problem.code == code]

    assert found
    assert path in (None, *(problem.path for problem in found))


LET_PASS = [
    # what a check might be thought to refuse, and does not
    ("AST:004", {samples.HAS: samples.has(weight="main", frequency="common")}),
    ("AST:004", {samples.HAS: samples.has(weight="main", statements=[samples.says(cites=["usersson2022#abstract"])])}),
    ("AST:005", state_with(field="sex", comparison="=", value="female")),
    ("AST:005", state_with(field="allergies", comparison="=", value="{subject}")),
    ("CIT:003", {samples.STUDY: samples.study(cites=["examplamine-us-2026#header"])}),
    ("CIT:007", {samples.CLAIM: samples.claim(cites=["agency-oldamine-2024#text"], data="spontaneous-reports")}),
    ("CLM:002", {samples.CLAIM: samples.joined(premises=["drowsiness/demo-falls"], statement="Falls.")}),
    ("CLM:005", {samples.CLAIM: signal(context={"taking": "modulumab"}, kind="interaction")}),
    (
        "CLM:009",
        {
            "considerations/modulumab/one.json": samples.claim(kind="interaction", context={"taking": "examplamine"}),
            samples.CLAIM: samples.claim(
                kind="interaction",
                context={"taking": "modulumab"},
                withdrawn={"date": "2026-11-23", "reason": "written twice"},
            ),
        },
    ),
    ("IDS:003", {samples.STUDY: samples.study(registry_id="2020-001234-12")}),
    ("NAM:001", {"terms/drowsiness/term.json": samples.term("effect", label="demo falls")}),
    ("RDG:004", {samples.CLAIM: samples.claim(cites=["examplamine-us-2021#boxed", "examplamine-us-2025#boxed"])}),
    ("RDG:005", {samples.STUDY: samples.study(stamps=None, withdrawn={"date": "2026", "reason": "misread page"})}),
    ("REF:014", {samples.TERM_CLAIM: samples.joined(context={"having": ["demo-falls"], "exposure": {"form": "any"}})}),
    ("SRC:003", samples.DRAWN_ON | {samples.SOURCE: samples.paper(URL="https://journal.example.org/a")}),
    (
        "SRC:004",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(URL="https://dailymed.nlm.nih.gov/dailymed/search.cfm")},
    ),
    (
        "SRC:005",
        samples.DRAWN_ON | {samples.SOURCE: samples.label(custom=samples.details(read_at="v1.2.3.example.org"))},
    ),
    (
        "SRC:008",
        samples.DRAWN_ON
        | {samples.SOURCE: samples.label(PMID="99999991", custom=samples.details(copy_of="exampler2021"))},
    ),
    ("STU:001", {samples.STUDY: samples.study(topic="cross-over of two doses", arms=[{"label": "a", "n": 18}] * 2)}),
    ("STU:001", {samples.STUDY: samples.study(allocated=None, exposed=None, arms=[{"label": "a"}])}),
    (
        "WRD:001",
        {samples.CLAIM: samples.claim(statement="Safety was recorded; \u201csafe\u201d is the authors\u2019 word.")},
    ),
    ("WRD:001", {samples.SEARCH: samples.search(left_out="no interaction section could be read")}),
    (
        "WRD:003",
        {
            samples.TERM_CLAIM: samples.joined(
                kind="interaction", context={"taking": "slowed-breathing"}, statement="{taking} and {subject}."
            )
        },
    ),
    ("WRD:004", {samples.CLAIM: samples.claim(action="Wait (two hours).")}),
]


@pytest.mark.parametrize(("code", "sample"), LET_PASS, ids=[code for code, _ in LET_PASS])
def test_check_is_no_stricter_than_its_rule(code: str, sample: Mapping[str, Any]):
    """A check lets pass what its rule does not forbid."""
    tree = draft(sample)

    assert tree.problems == ()
    assert [problem for problem in checks.run(tree) if problem.code == code] == []


@pytest.mark.parametrize("path", sorted(base_files()))
def test_unread_record_is_told_of_once(path: str):
    """One record that cannot be read blames no other record that refers to it."""
    tree = draft({path: "{"})

    assert [problem.file for problem in tree.problems] == [path]
    assert checks.run(tree, gate=True) == []


@pytest.mark.parametrize("path", sorted(base_files()))
def test_missing_record_breaks_no_check(path: str):
    """A tree without one of its records is judged, and no check stumbles."""
    tree = draft({path: None})

    assert all(problem.file in tree.files for problem in checks.run(tree))


def test_hint_names_the_near_entity():
    """An identifier that is nearly one of the tree comes with a hint, a long one without."""
    near, far = (checks.run(draft({samples.CLAIM: samples.claim(hazard=id)})) for id in ("drowsines", "z" * 5_000))

    assert "(did you mean 'drowsiness'?)" in near[0].message
    assert "did you mean" not in far[0].message
    assert len(far[0].message) < 200


def test_gate_leaves_the_editorial_checks_out():
    """With `gate` only the checks that refuse a tree speak."""
    tree = draft({samples.CLAIM: samples.claim(action="Wait  two hours", hazard="unheard-of")})

    assert {problem.code for problem in checks.run(tree, gate=True)} == {"REF:006"}
    assert {problem.code for problem in checks.run(tree)} == {"REF:006", "WRD:004", "WRD:005"}
