"""A review as a FHIR R5 Bundle: valid by models and code lists that are not ours, and nothing of the answer lost."""

from __future__ import annotations

import copy
import html
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import attrs
import pytest
from markdown_it import MarkdownIt
from pydantic import ValidationError

import safetykb
from safetykb import Concern, Patient, SafetyReview
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.interchange.coding import BASE, SYSTEMS, source_url
from safetykb.interchange.extensions import EXTENSIONS, definitions
from safetykb.interchange.fhir import bundle_of, use_type
from safetykb.knowledge.checks.identifiers import PREFIXES
from safetykb.links import is_safe_link
from safetykb.model.choices import Kind
from safetykb.model.scales import Basis, Frequency
from tests.answer.helpers import ask, changed, plain, sample
from tests.interchange.validating import problems
from tests.policy.overlays import TODAY, raised, written
from tests.rendering.hostile import HOSTILE

PAIRS = [*itertools.product(sample().compounds, sample().conditions)]
PACKAGED = [("ketamine", "multiple sclerosis"), ("spravato", "RRMS"), ("ozanimod", "multiple sclerosis")]
WHOM = Patient(age=70, egfr=24, medications=("calmazepine", "unobtainium"), conditions=("pregnancy",), sex="female")


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def uses(review: SafetyReview) -> dict[str, dict[str, Any]]:
    """Each ClinicalUseDefinition by the id of its finding."""
    found = resources(bundle_of(review), "ClinicalUseDefinition")
    return {use["identifier"][0]["value"]: use for use in found}


def told(element: dict[str, Any], name: str) -> list[Any]:
    """The values of an extension of ours; of a complex one, a list of (part, value)."""
    found = []
    for one in element.get("extension", []):
        if one["url"] == f"{BASE}:StructureDefinition:{name}":
            parts = one.get("extension")
            found.append([(p["url"], value_of(p)) for p in parts] if parts is not None else value_of(one))
    return found


def value_of(extension: dict[str, Any]) -> Any:
    (found,) = (value for key, value in extension.items() if key.startswith("value"))
    return found


def composition(review: SafetyReview) -> dict[str, Any]:
    (found,) = resources(bundle_of(review), "Composition")
    return found


# --- valid by others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_every_made_up_answer_is_valid(compound: str, condition: str):
    """The Bundle of every pair, with and without a patient, passes the R5 models, the code lists, our definitions."""
    for patient in (None, WHOM):
        assert problems(bundle_of(ask(compound, condition, patient=patient, today=TODAY))) == []


@pytest.mark.parametrize(("compound", "condition"), PACKAGED)
def test_packaged_answers_are_valid(compound: str, condition: str):
    """The Bundle of a packaged pair passes the R5 models, the code lists and our definitions."""
    assert problems(bundle_of(safetykb.review(compound, condition))) == []


def broken(bundle: dict[str, Any], kind: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    found = copy.deepcopy(bundle)
    change(resources(found, kind)[0])
    return found


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("ClinicalUseDefinition", lambda use: use.update(type="nonsense")),
        ("ClinicalUseDefinition", lambda use: use["subject"][0].update(reference="urn:uuid:nowhere")),
        ("ClinicalUseDefinition", lambda use: use["extension"][0].update(valueCode="harmless")),
        (
            "ClinicalUseDefinition",
            lambda use: use["extension"][0].update(valueString=use["extension"][0].pop("valueCode")),
        ),
        ("ClinicalUseDefinition", lambda use: use["status"]["coding"][0].update(code="nonsense")),
        ("Composition", lambda answer: answer["extension"].append(copy.deepcopy(concern_extension()))),
        ("Composition", lambda answer: answer.update(status="nonsense")),
        ("Group", lambda group: group.update(membership="nonsense")),
    ],
)
def test_the_validation_sees_what_is_wrong(kind: str, change: Callable[[dict[str, Any]], object]):
    """A code outside its list, a reference to nothing, and an extension out of place or shape are problems."""
    assert problems(broken(bundle_of(ask()), kind, change)) != []


def concern_extension() -> dict[str, Any]:
    return {"url": f"{BASE}:StructureDefinition:concern", "valueCode": "caution"}


def test_the_models_refuse_what_is_missing():
    """An element that R5 requires is missed by the models."""
    with pytest.raises(ValidationError):
        problems(broken(bundle_of(ask()), "Group", lambda group: group["characteristic"][0].pop("exclude")))


@pytest.mark.parametrize(
    "definition", definitions(), ids=lambda definition: f"{definition['resourceType']}-{definition['id']}"
)
def test_definitions_are_valid(definition: dict[str, Any]):
    """Each StructureDefinition, CodeSystem and ValueSet passes the R5 models."""
    assert problems(definition) == []


def test_definitions_are_complete():
    """Each extension has its definition under the address that is written, and each set that is bound is there."""
    urls = [definition["url"] for definition in definitions()]
    assert len(urls) == len(set(urls))
    assert {f"{BASE}:StructureDefinition:{name}" for name in EXTENSIONS} <= set(urls)
    bound = [
        element["binding"]["valueSet"]
        for definition in definitions()
        for element in definition.get("differential", {"element": []})["element"]
        if "binding" in element
    ]
    assert bound and set(bound) <= set(urls)


def test_each_prefix_has_a_system():
    """Each prefix of an identifier of a compound or condition has the address of its code system."""
    assert set(PREFIXES) - set(SYSTEMS) == {"LOINC"}


# --- nothing lost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_no_finding_is_lost(compound: str, condition: str):
    """Each finding is there with its concern, evidence, origin, words, sources, and what is open."""
    review = ask(compound, condition, patient=WHOM)
    found, answer = uses(review), composition(review)
    for finding in review.findings:
        if finding.kind is Kind.NO_INCREASE:
            (parts,) = (p for p in told(answer, "no-increase") if ("finding", finding.id) in p)
            assert ("statement", finding.statement) in parts
            assert {value["label"] for name, value in parts if name == "source"} == set(finding.sources)
            continue
        use = found.pop(finding.id)
        assert told(use, "concern") == [str(finding.concern)]
        assert told(use, "kind") == [str(finding.kind)]
        assert told(use, "origin") == [str(finding.origin)]
        evidence = dict(told(use, "evidence")[0])
        assert evidence["basis"] == str(finding.evidence.basis)
        assert evidence["level"] == str(finding.evidence.level)
        assert evidence["directness"] == str(finding.evidence.directness)
        assert told(use, "statement") == [finding.statement]
        assert [source["label"] for source in told(use, "source")] == [*finding.sources]
        needs = [value for parts in told(use, "condition-of-use") for _, value in parts]
        assert needs == [*finding.if_taking, *finding.if_having, *finding.if_form]
        assert told(use, "patient-fact") == [*finding.facts]
        assert finding.statement in unescaped(use["text"]["div"])
        if "warning" in use:
            assert plain("markdown", use["warning"]["description"]) == finding.statement
    assert found == {}


def unescaped(text: str) -> str:
    return html.unescape(text)


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_nothing_unknown_is_lost(compound: str, condition: str):
    """Undetermined, each gap, each fact that is missing or not checked, each treatment, the coverage: all are there."""
    review = ask(compound, condition, patient=WHOM)
    answer, data = composition(review), review.to_dict()
    headline = told(answer, "headline")[0]
    assert dict(headline)["concern"] == data["headline"]["concern"]
    assert dict(headline)["highest"] == data["headline"]["highest"]
    assert dict(headline)["text"] == data["headline"]["text"]
    assert [value for name, value in headline if name == "not-checked"] == data["headline"]["not_checked"]
    assert [(dict(p)["topic"], dict(p)["phrase"]) for p in told(answer, "gap")] == [
        (gap["topic"], gap["phrase"]) for gap in data["gaps"]
    ]
    assert [value for p in told(answer, "gap") for name, value in p if name == "link"] == [
        link["url"] for gap in data["gaps"] for link in gap["links"]
    ]
    assert [dict(p)["fact"] for p in told(answer, "missing-fact")] == [m["fact"] for m in data["patient"]["missing"]]
    assert told(answer, "patient-fact") == [fact["text"] for fact in data["patient"]["facts"]]
    rows = [dict(parts) for parts in told(answer, "treatment")]
    assert [row["concern"] for row in rows] == [row["concern"] for row in data["treatments"]]
    assert [row.get("phrase") for row in rows] == [row["phrase"] for row in data["treatments"]]
    coverage = {s["code"]["text"]: told(s, "coverage")[0] for s in answer["section"] if "code" in s}
    assert coverage == {part: data["coverage"][part] for part in coverage} and len(coverage) == 4
    for section in answer["section"]:
        if "entry" not in section and "code" in section:
            assert section["emptyReason"]["text"] == told(section, "coverage")[0]
    assert [value["label"] for value in told(answer, "source")] == [source["id"] for source in data["sources"]]
    counts = {dict(parts)["sort"]: dict(parts) for parts in told(answer, "direct-evidence")}
    assert counts["controlled"]["studies"] == data["headline"]["direct"]["controlled"]["studies"]
    assert counts["no-result"]["people"] == data["headline"]["direct"]["no_result"]["planned"]


def test_the_undetermined_is_said_in_words():
    """An answer that holds nothing says undetermined, in code and in words."""
    answer = composition(ask("betaferin", "low mood disorder"))
    assert dict(told(answer, "headline")[0])["concern"] == "undetermined"
    assert "Undetermined" in answer["text"]["div"]
    assert all("No finding." in section["text"]["div"] for section in answer["section"] if "code" in section)


@pytest.mark.parametrize(("compound", "condition"), PAIRS)
def test_every_answer_says_what_it_is_for(compound: str, condition: str):
    """The intended use, the disclaimer, and the knowledge with its digest are in every Bundle."""
    review = ask(compound, condition)
    answer = composition(review)
    assert told(answer, "intended-use") == [INTENDED_USE]
    assert told(answer, "disclaimer") == [DISCLAIMER]
    assert dict(told(answer, "knowledge")[0])["digest"] == review.knowledge.digest
    assert INTENDED_USE in unescaped(answer["text"]["div"])


def test_a_policy_is_told(tmp_path: Path):
    """A policy of a hospital that touches the answer is told in words."""
    knowledge = sample().with_overlay(written(tmp_path / "ward", {"raise-it": raised()}), today=TODAY)
    review = ask(knowledge=knowledge)
    assert review.policy
    assert told(composition(review), "policy") == [applied.text for applied in review.policy]


# --- what it says in FHIR's own words ---------------------------------------------------------------------------------


def test_type_follows_what_a_finding_says():
    """Contraindicated, with another medicine, only to know, anything else: four types, and no-increase has none."""
    findings = {f.id: f for f in (*ask().findings, *ask("modulumab").findings)}
    assert use_type(findings["examplamine/severe-demo-pressure"]) == "contraindication"
    assert use_type(findings["examplamine/first-dose"]) == "interaction"
    assert use_type(findings["examplamine/older-age"]) == "undesirable-effect"
    assert use_type(findings["examplamine/pregnancy"]) == "warning"
    assert use_type(findings["modulumab/pregnancy-outcomes"]) is None


def test_a_contraindication_names_its_state_and_its_people():
    """The state is coded in the contraindication and again as the population; the form that nobody named is told."""
    review = ask()
    use = uses(review)["examplamine/severe-demo-pressure"]
    state = use["contraindication"]["diseaseSymptomProcedure"]["concept"]
    assert state["coding"][-1]["code"] == "severe-demo-pressure"
    (group,) = (e["resource"] for e in bundle_of(review)["entry"] if e["fullUrl"] == use["population"][0]["reference"])
    assert group["characteristic"][0]["valueCodeableConcept"] == state
    assert told(use, "condition-of-use")[0] == [("if-having", "severe demo pressure"), ("if-form", "as solution")]


def with_claim(id: str, **changes: Any) -> SafetyReview:
    """The made-up review with one claim changed."""
    claim = attrs.evolve(sample().considerations[id], **changes)
    return ask(knowledge=changed(considerations={id: claim}))


def test_a_second_state_stands_beside_the_first():
    """Of two states the second is a comorbidity, and the population has both."""
    id = "examplamine/severe-demo-pressure"
    context = attrs.evolve(sample().considerations[id].context, having=("severe-demo-pressure", "pregnancy"))
    use = uses(with_claim(id, context=context))[id]
    assert use["contraindication"]["comorbidity"][0]["concept"]["text"] == "pregnancy"
    assert use["population"][0]["display"] == "People with severe demo pressure and pregnancy"


def test_a_contraindication_in_everybody_says_so():
    """A contraindication that needs no state and no medicine applies to everybody."""
    use = uses(with_claim("examplamine/boxed-drowsiness", concern=Concern.CONTRAINDICATED))
    found = use["examplamine/boxed-drowsiness"]["contraindication"]
    assert found["applicability"]["expression"] == "true"


def test_a_contraindicated_medicine_is_other_therapy():
    """A contraindication with another medicine names it as other therapy, with how it stands."""
    use = uses(with_claim("example-family/sedative-drug", concern=Concern.CONTRAINDICATED))
    found = use["example-family/sedative-drug"]
    names = [one["treatment"]["concept"]["text"] for one in found["contraindication"]["otherTherapy"]]
    assert names == ["sedative", "calmazepine"]
    assert dict(told(found["contraindication"]["otherTherapy"][1], "partner")[0])["status"] == "open"


def test_an_interaction_names_both_kinds_of_partner():
    """An interaction names what the claim speaks of and each treatment that fills it; the patient's own is met."""
    review = ask(patient=Patient(medications=("calmazepine",)))
    use = uses(review)["example-family/sedative-drug"]["interaction"]
    assert [one["itemCodeableConcept"]["text"] for one in use["interactant"]] == ["sedative", "calmazepine"]
    assert dict(told(use["interactant"][1], "partner")[0])["status"] == "met"
    assert use["type"]["coding"][0]["code"] == "drug-drug"


def test_an_interaction_is_told_from_the_other_side():
    """Asked from the medicine taken, the interactant is the subject of the claim, banded or not."""
    use = uses(ask("calmazepine"))
    (one,) = use["example-family/sedative-drug"]["interaction"]["interactant"]
    assert one["itemCodeableConcept"]["text"] == sample().terms["example-family"].name
    (own,) = uses(ask("inhibizole")).values()
    assert [one["itemCodeableConcept"]["text"] for one in own["interaction"]["interactant"]] == ["examplamine"]


def test_incidence_is_theoretical_by_inference_and_observed_by_study():
    """An inferred interaction is theoretical, one of a study or report observed; of an authority nothing is said."""
    for compound, condition in PAIRS:
        review = ask(compound, condition)
        found = uses(review)
        for finding in review.findings:
            if use_type(finding) == "interaction":
                incidence = found[finding.id]["interaction"].get("incidence", {"coding": [{"code": None}]})
                expected = "Observed" if finding.evidence.basis in (Basis.STUDY, Basis.REPORT) else None
                assert incidence["coding"][0]["code"] == ("Theoretical" if finding.inferred else expected)


def test_management_is_the_action_of_an_interaction():
    """What to do about an interaction is its management."""
    id = "example-family/sedative-drug"
    assert uses(with_claim(id, action="Start low."))[id]["interaction"]["management"] == [{"text": "Start low."}]


@pytest.mark.parametrize(
    ("band", "code"), [(Frequency.VERY_COMMON, "Common"), (Frequency.RARE, "Rare"), (Frequency.NOT_KNOWN, None)]
)
def test_an_effect_has_its_frequency(band: Frequency, code: str | None):
    """The frequency band of an effect is told in the words of FHIR; what is not known is not told."""
    id = "examplamine/has/drowsiness"
    assertion = attrs.evolve(sample().assertions[id], frequency=band)
    claim = attrs.evolve(sample().considerations["examplamine/boxed-drowsiness"], concern=Concern.INFORM)
    knowledge = changed(assertions={id: assertion}, considerations={claim.id: claim})
    effect = uses(ask(knowledge=knowledge))[claim.id]["undesirableEffect"]
    found = effect.get("frequencyOfOccurrence", {"coding": [{"code": None}]})
    assert found["coding"][0]["code"] == code


def test_what_is_asked_for_is_told():
    """The test that a claim asks for has its LOINC code; the schedule says which findings ask."""
    review = ask()
    parts = told(uses(review)["examplamine/demo-pressure-checks"], "monitoring")[0]
    assert dict(parts)["test"]["coding"][0] == {"system": "http://loinc.org", "code": "99999-8"}
    asked = [value for p in told(composition(review), "monitoring") for name, value in p if name == "asked-by"]
    assert "examplamine/demo-pressure-checks" in asked


def test_codes_are_those_of_the_record():
    """The compound and the condition carry each identifier; ATC has no name of ours beside it."""
    bundle = bundle_of(ask())
    codings = resources(bundle, "Medication")[0]["code"]["coding"]
    assert {"system": SYSTEMS["RXCUI"][0], "code": "99999901", "display": "examplamine"} in codings
    assert {"system": SYSTEMS["ATC"][0], "code": "Z99AA01"} in codings
    focus = resources(bundle, "Composition")[0]["useContext"][0]["valueCodeableConcept"]
    assert {"system": SYSTEMS["ICD10CM"][0], "code": "Z99.9", "display": "demo disease"} in focus["coding"]


def test_the_same_answer_gives_the_same_bytes():
    """Two answers to one question give the same Bundle; another question gives other ids to what differs."""
    assert json.dumps(bundle_of(ask())) == json.dumps(bundle_of(ask()))
    one, two = bundle_of(ask()), bundle_of(ask(patient=WHOM))
    assert one["entry"][0]["fullUrl"] != two["entry"][0]["fullUrl"]


def test_the_day_is_the_one_asked_for():
    """The date is that of the question; without one it is marked as unknown, and no source is called old."""
    dated, undated = composition(ask(today=TODAY)), composition(ask())
    assert dated["date"] == TODAY
    assert undated["_date"]["extension"][0]["valueCode"] == "unknown"
    reads = [told(source, "source-read")[0] for source in told(dated, "source")]
    assert {dict(read)["stale"] for read in reads} == {True, False}
    assert not any("stale" in dict(told(s, "source-read")[0]) for s in told(undated, "source"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_words(text: str):
    """No text can be markup: the narrative is well-formed and holds it as text, Markdown makes no element of it."""
    claims = {id: attrs.evolve(claim, statement=f"x {text}") for id, claim in sample().considerations.items()}
    bundle = bundle_of(ask(knowledge=changed(considerations=claims)))
    for entry in bundle["entry"]:
        div = entry["resource"].get("text", {}).get("div")
        if div is not None:
            root = ElementTree.fromstring(div)  # noqa: S314  as above
            assert {child.tag.rpartition("}")[2] for child in root.iter()} == {"div", "p"}
        warning = entry["resource"].get("warning")
        if warning is not None:
            made = MarkdownIt().render(warning["description"])
            assert set(re.findall(r"<(\w+)", made)) == {"p"}


def test_a_source_has_its_own_address_or_none():
    """A source leads to its own page, else to the page of its identifier, and never to an address that is not safe."""
    source = attrs.evolve(next(iter(sample().sources.values())), url=None, doi=None, pmid=None, pmcid=None)
    source = attrs.evolve(source, details=attrs.evolve(source.details, nct=None, setid=None))
    assert source_url(source) is None
    assert source_url(attrs.evolve(source, url="javascript:alert(1)")) is None
    assert source_url(attrs.evolve(source, url="https://example.org/a")) == "https://example.org/a"
    assert source_url(attrs.evolve(source, pmid="123")) == "https://pubmed.ncbi.nlm.nih.gov/123/"
    for known in sample().sources.values():
        url = source_url(known)
        assert url is None or is_safe_link(url)
