"""What the page of a review tells machines: JSON-LD in the words of schema.org, read by others."""

import functools
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
import schema_org
from pyld import jsonld

import safetykb
from safetykb import Patient, SafetyReview
from safetykb.errors import InvalidQuestion
from safetykb.rendering.characters import printable
from safetykb.rendering.html import to_html
from safetykb.rendering.outline import Document
from tests.answer.helpers import ask as review
from tests.answer.helpers import sample
from tests.browser.poisoning import HOSTILE, poisoned, reviews

SCHEMA = "https://schema.org/"
MADE = {"Text": str, "URL": str, "Date": str}


@functools.cache
def packaged() -> SafetyReview:
    return safetykb.review("ketamine", "multiple sclerosis")


class Scripts(HTMLParser):
    """The script elements of a page, each with its attributes and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script"
        if self.inside:
            self.found.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.inside:
            attributes, text = self.found[-1]
            self.found[-1] = (attributes, text + data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "script"


def offline(url: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The context of schema.org as far as a name is concerned: each is one of its vocabulary."""
    assert url.rstrip("/") == SCHEMA.rstrip("/"), "another address was asked for"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": {"@vocab": SCHEMA}}}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def faults(data: Mapping[str, Any]) -> list[str]:
    """What the vocabulary of schema.org says against a graph: names that it lacks, values out of a range."""
    graph = {node["@id"]: node for node in data["@graph"]}
    found = []
    for node in nodes(data["@graph"]):
        if "@type" not in node:
            assert [*node] == ["@id"]
            assert node["@id"] in graph
            continue
        model = getattr(schema_org, node["@type"])
        known = {each.schema_name: each for each in model.SCHEMA_PROPERTIES}
        for name, value in node.items():
            if name.startswith("@"):
                continue
            if name not in known or known[name].superseded_by:
                found.append(f"{node['@type']} has no {name}")
                continue
            for part in listed(value):
                whole = graph.get(part.get("@id"), part) if isinstance(part, dict) else part
                kinds = (
                    getattr(schema_org, whole["@type"]).SCHEMA_TYPES
                    if isinstance(whole, dict)
                    else [kind for kind, made in MADE.items() if isinstance(whole, made)]
                )
                if not set(kinds) & set(known[name].ranges):
                    found.append(f"{node['@type']}.{name} is no {kinds}")
    return found


def test_the_vocabulary_refuses():
    """A property that schema.org lacks, one of another type, and a value out of its range are found."""
    page = {"@type": "MedicalWebPage", "@id": "a", "name": "n"}
    drug = {"@type": "Drug", "@id": "b", "name": "n"}
    assert faults({"@graph": [page, drug]}) == []
    assert faults({"@graph": [{**page, "concern": "x"}]}) == ["MedicalWebPage has no concern"]
    assert faults({"@graph": [{**page, "mechanismOfAction": "x"}]}) == ["MedicalWebPage has no mechanismOfAction"]
    assert len(faults({"@graph": [{**page, "name": {"@id": "b"}}, drug]})) == 1
    with pytest.raises(AttributeError):
        faults({"@graph": [{"@type": "SafetyReview", "@id": "a"}]})


@pytest.mark.parametrize("asked", [review, packaged])
def test_every_name_is_of_schema_org(asked: Any):
    """Each type and property is one of schema.org, belongs together, and has a value in its range."""
    assert faults(asked().to_jsonld()) == []


@pytest.mark.parametrize("asked", [review, packaged])
def test_a_processor_reads_it(asked: Any):
    """A JSON-LD processor finds the page, the drug, the condition and the questions, and drops nothing."""
    data = asked().to_jsonld()
    (page, *_), drugs, conditions, questions = (
        [node for node in jsonld.expand(data, {"documentLoader": offline}) if SCHEMA + kind in node["@type"]]
        for kind in ("MedicalWebPage", "Drug", "MedicalCondition", "FAQPage")
    )
    assert len(drugs) == len(conditions) == len(questions) == 1
    about = [node["@id"] for node in page[f"{SCHEMA}about"]]
    assert about == [drugs[0]["@id"], conditions[0]["@id"]]
    assert page[f"{SCHEMA}abstract"] == [{"@value": asked().headline.text}]
    assert len(page[f"{SCHEMA}citation"]) == len(asked().sources)
    assert len(questions[0][f"{SCHEMA}mainEntity"]) == len(asked().questions)
    back = jsonld.compact(jsonld.expand(data, {"documentLoader": offline}), SCHEMA, {"documentLoader": offline})
    assert sorted(_keys(back)) == sorted(_keys(data))


def _keys(data: Any) -> list[str]:
    return [name for node in nodes(data) for name in node if not name.startswith("@")]


def test_what_it_says():
    """The page says what the headline says, what it is for, how it was made, and which knowledge it is of."""
    data = packaged().to_jsonld()
    page, drug, condition, questions = data["@graph"]
    notice = f"{page['usageInfo']['text']} {page['description']}"
    assert notice == packaged().notice
    assert page["identifier"]["value"] == packaged().knowledge.digest
    assert (drug["name"], condition["name"]) == ("ketamine", "multiple sclerosis")
    assert {code["codingSystem"] for code in drug["code"]} == {
        xref.partition(":")[0] for xref in packaged().compound.xrefs
    }
    assert [q["acceptedAnswer"]["text"] for q in questions["mainEntity"]] == [q.answer for q in packaged().questions]
    for source, told in zip(packaged().sources, page["citation"], strict=True):
        assert f"Read here: {source.details.read}" in told["description"]


def test_marks_of_a_source():
    """A retracted source says so, and one with a newer version names it."""
    knowledge = poisoned("a mark")
    told = json.dumps(reviews(knowledge)[0].to_jsonld())
    assert "Retracted: a mark." in told
    assert "A newer version is " in json.dumps(review().to_jsonld())


def test_nobody_knows():
    """Of a pair of which nothing is known the page says that it is not known, and no word of it reassures."""
    unknown = [
        found
        for compound in sample().compounds
        for condition in sample().conditions
        if (found := safetykb.review(compound, condition, knowledge=sample())).headline.highest is None
    ]
    assert unknown
    for found in unknown:
        page = found.to_jsonld()["@graph"][0]
        assert page["abstract"] == found.headline.text
        assert "No finding is not safety" in page["usageInfo"]["text"]


def test_a_patient_is_never_published():
    """A review of one patient has no such form: neither by itself nor in its page."""
    found = safetykb.review("examplamine", "demo disease", Patient(age=70), knowledge=sample())
    with pytest.raises(InvalidQuestion, match="ask without the patient"):
        found.to_jsonld()
    assert Scripts(found.to_html()).found == []


def test_in_the_page_and_not_in_a_fragment():
    """The page of a review holds it once, as data that does not run; a fragment for a notebook holds none."""
    ((attributes, text),) = Scripts(review().to_html()).found
    assert attributes == {"type": "application/ld+json"}
    assert json.loads(text) == review().to_jsonld()
    for shown in (review().to_html(standalone=False), sample().to_html(), review().findings[0].to_html()):
        assert Scripts(shown).found == []
    assert "<script" not in review().to_html(standalone=False)


@pytest.mark.parametrize("text", [*HOSTILE, "</script><script>alert(1)</script>", "<!--<script>", "]]>", "&lt;\u2028"])
def test_hostile_data_stays_data(text: str):
    """Whatever text is in it, the element ends where it should, and a reader finds that text."""
    page = to_html(Document(title="T", blocks=()), data={"@context": text, text or "x": [text]})
    ((_, found),) = Scripts(page).found
    assert json.loads(found) == {"@context": text, text or "x": [text]}
    assert not set(found) & set("<>&\u2028\u2029")
    assert found.isascii()
    assert page.count("<script") == page.count("</script>") == 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_knowledge(text: str):
    """A hostile text in every field is text still: names of schema.org only, and nothing that does not print."""
    data = reviews(poisoned(text))[0].to_jsonld()
    assert faults(data) == []
    assert all(value == printable(value) for node in nodes(data) for value in node.values() if isinstance(value, str))
