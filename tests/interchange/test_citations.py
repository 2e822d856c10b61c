"""The sources of an answer as CSL-JSON and as BibTeX, read back by others."""

import functools
import json
import re
import sys
from pathlib import Path
from typing import Any

import attrs
import jsonschema_rs
import pytest
from bibtexparser.entrypoint import parse_string as parse_again
from pybtex.database import BibliographyData, parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

import safetykb
from safetykb import InvalidQuestion, KnowledgeBase, Source
from safetykb.interchange.bibtex import to_bibtex
from safetykb.interchange.csl import sources_of, to_csl
from safetykb.links import is_safe_link
from safetykb.model.choices import Design
from safetykb.model.evidence import Author, SourceDetails
from safetykb.model.scales import ReadDepth
from safetykb.rendering.characters import single_line
from tests.browser.poisoning import HOSTILE, poisoned
from tests.knowledge.trees import SAMPLE

VALIDATOR = jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "csl-data.json").read_text("utf-8")))
"""What CSL says of CSL-JSON."""


@functools.cache
def sample() -> KnowledgeBase:
    return KnowledgeBase.load(SAMPLE)


def source(**fields: Any) -> Source:
    details = SourceDetails(design=Design.COHORT, read=ReadDepth.ABSTRACT, read_on="2026-11-25")
    return attrs.evolve(Source(id="demo2020", type="article-journal", title="A title", details=details), **fields)


def entry(text: str) -> Any:
    """The only entry of a file, as pybtex reads it."""
    (found,) = parse_string(text, "bibtex").entries.values()
    return found


@functools.cache
def tex() -> LatexNodes2Text:
    """A reader of LaTeX that is told of three signs of the text companion which it lacks."""
    signs = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    known = get_default_latex_context_db()
    known.add_context_category("signs", macros=[MacroTextSpec(n, s) for n, s in signs.items()], prepend=True)
    return LatexNodes2Text(latex_context=known)


def read(field: str) -> str:
    """A field without its markup."""
    return str(tex().latex_to_text(field))


# --- which ------------------------------------------------------------------------------------------------------------


def test_sources_of_anything_that_has_some():
    """A review, a knowledge base and sources themselves give their sources, each once, in the order of the keys."""
    knowledge = sample()
    review = safetykb.review("examplamine", "demo disease", knowledge=knowledge)
    assert sources_of(review) == review.sources
    assert sources_of(knowledge) == tuple(knowledge.sources.values())
    assert sources_of([*reversed(review.sources), review.sources[0]]) == review.sources
    assert to_csl([]) == []


# --- CSL --------------------------------------------------------------------------------------------------------------


def test_the_schema_refuses():
    """The schema of CSL refuses what is no CSL-JSON: a property of ours beside its own, and a type that it lacks."""
    good = to_csl([source()])
    assert VALIDATOR.is_valid(good)
    assert not VALIDATOR.is_valid([{**good[0], "read": "abstract"}])
    assert not VALIDATOR.is_valid([{**good[0], "type": "label"}])


def test_packaged_sources_are_csl():
    """Every packaged source is an item of CSL-JSON, and so are those of a review."""
    knowledge = safetykb.knowledge_base()
    items = to_csl(knowledge)
    VALIDATOR.validate(items)
    assert [item["id"] for item in items] == [*knowledge.sources]
    VALIDATOR.validate(to_csl(safetykb.review("ketamine", "multiple sclerosis")))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_sources_are_csl(text: str):
    """Whatever text a source holds, its item is CSL-JSON with that text and nothing beside it."""
    made = source(title=text, container_title=text, publisher=text, author=(Author(family=text, given=text),))
    (item,) = to_csl([made])
    VALIDATOR.validate([json.loads(json.dumps(item))])
    assert (item["title"], item["container-title"], item["author"]) == (text, text, [{"family": text, "given": text}])


def test_dates_of_csl():
    """The date is that of the version read, as far as it is known; the day of reading is told apart from it."""
    details = attrs.evolve(source().details, version_date="2024-03")
    both = to_csl([source(id="a", issued=(2020, 5, 7)), source(id="b", details=details), source(id="c")])
    assert [item.get("issued") for item in both] == [
        {"date-parts": [[2020, 5, 7]]},
        {"date-parts": [[2024, 3]]},
        None,
    ]
    assert all(item["accessed"] == {"date-parts": [[2026, 11, 25]]} for item in both)


def test_csl_tells_how_much_was_read_and_not_where():
    """How much of a source was read survives; the place of a copy is never told."""
    details = attrs.evolve(source().details, read_at="copy.example", copy_of="other2020")
    (item,) = to_csl([source(details=details)])
    assert item["custom"] == {
        "design": "cohort",
        "read": "abstract",
        "read_on": "2026-11-25",
        "read_in_copy": True,
    }


# --- BibTeX -----------------------------------------------------------------------------------------------------------


def test_packaged_sources_as_bibtex():
    """Two readers of BibTeX find every packaged source: its key, title, year, DOI and address."""
    sources = safetykb.knowledge_base().sources
    text = to_bibtex(sources.values())
    found, other = parse_string(text, "bibtex"), parse_again(text)
    assert [*found.entries] == [*sources] == [each.key for each in other.entries]
    assert other.failed_blocks == []
    for key, made in sources.items():
        fields = found.entries[key].fields
        assert read(fields["title"]) == single_line(made.title)
        assert fields.get("year", "") == made.year
        assert (fields.get("doi"), fields.get("url")) == (made.doi, made.url)
        assert str(made.details.read) in fields["annote"]
        assert len(found.entries[key].persons.get("author", ())) == len(made.author)
        assert other.entries_dict[key]["title"] == fields["title"]


@pytest.mark.parametrize(
    ("csl", "kind", "within", "who"),
    [
        ("article-journal", "article", "journal", "publisher"),
        ("paper-conference", "inproceedings", "booktitle", "publisher"),
        ("chapter", "incollection", "booktitle", "publisher"),
        ("report", "techreport", "series", "institution"),
        ("regulation", "misc", "howpublished", "publisher"),
        ("webpage", "misc", "howpublished", "publisher"),
        ("unheard-of", "misc", "howpublished", "publisher"),
    ],
)
def test_types(csl: str, kind: str, within: str, who: str):
    """Each type of CSL has one of BibTeX, with its own words for what holds the source and for who published it."""
    found = entry(to_bibtex([source(type=csl, container_title="Held in", publisher="Published by")]))
    assert found.type == kind
    assert (found.fields[within], found.fields[who]) == ("Held in", "Published by")


def test_fields():
    """Volume, number, pages, date and identifiers stand in the fields that styles look for."""
    made = source(
        issued=(2021, 5), volume="27", issue="6", page="942-953", doi="10.1177/1352_4585", pmid="32633662",
        pmcid="PMC7790846", url="https://a.example/x_y?z=1&b=%20#c", number="12",
    )  # fmt: skip
    fields = entry(to_bibtex([made])).fields
    expected = {
        "year": "2021", "month": "5", "volume": "27", "number": "6", "pages": "942--953", "doi": "10.1177/1352_4585",
        "pmid": "32633662", "pmcid": "PMC7790846", "url": "https://a.example/x_y?z=1&b=%20#c",
    }  # fmt: skip
    assert {name: fields[name] for name in expected} == expected
    assert entry(to_bibtex([source(type="report", number="12", page="e12")])).fields["number"] == "12"
    assert entry(to_bibtex([source(type="report", issue="3", page="e12")])).fields["pages"] == "e12"
    assert entry(to_bibtex([source(type="report", issue="3")])).fields["number"] == "3"


def test_names():
    """A person has family and given names that a style can shorten; a body is one name, whatever stands in it."""
    authors = (
        Author(family="Fitzgerald", given="Kathryn C."),
        Author(family="van der Berg", given="J"),
        Author(literal="Centre for Ill, Pain and Health"),
        Author(family="Solo"),
        Author(family="And, Co", given="A and B"),
    )
    text = to_bibtex([source(author=authors)])
    persons = entry(text).persons["author"]
    told = [tuple(" ".join(part) for part in (p.last_names, p.first_names, p.middle_names)) for p in persons]
    assert told == [
        ("Fitzgerald", "Kathryn", "C."),
        ("{van der Berg}", "J", ""),
        ("{Centre for Ill, Pain and Health}", "", ""),
        ("Solo", "", ""),
        ("{And, Co}", "{A and B}", ""),
    ]


def test_names_that_are_not_whole():
    """One name is a name, ``others`` is a person, and an author without any name is left out."""
    authors = (Author(given="Madonna"), Author(family="others"), Author(), Author(literal=" ", family="Solo"))
    text = to_bibtex([source(author=authors)])
    assert [str(person) for person in entry(text).persons["author"]] == ["{Madonna}", "{others}", "Solo"]
    assert not entry(to_bibtex([source(author=(Author(), Author(literal="")))])).persons
    assert "author" not in to_bibtex([source(author=(Author(),))])


@pytest.mark.parametrize("key", ["a,b", "a b", "\u00e4{", "a}b", "a%b", "a#b", ""])
def test_a_key_that_bibtex_cannot_hold(key: str):
    """A key that would not be read back is refused, in words of our own."""
    with pytest.raises(InvalidQuestion, match="no key that BibTeX can hold"):
        to_bibtex([source(id=key)])


def test_keys_that_bibtex_cannot_tell_apart():
    """Two keys that differ in case alone are refused, and named; other keys come back as they are."""
    with pytest.raises(InvalidQuestion, match="the keys 'Key', 'key' apart"):
        to_bibtex([source(id="key"), source(id="other"), source(id="Key")])
    keys = ["Key.2_a:b+c/d-e", "key2"]
    assert [*parse_string(to_bibtex([source(id=key) for key in keys]), "bibtex").entries] == keys


def test_marks_of_a_source():
    """That a source was retracted or has a newer version is part of its note, before its own."""
    details = attrs.evolve(source().details, retracted="Journal, 2022", superseded_by="demo2024")
    note = entry(to_bibtex([source(details=details, note="Own note.")])).fields["note"]
    assert note == "Retracted: Journal, 2022. A newer version is demo2024. Own note."
    assert "note" not in entry(to_bibtex([source()])).fields


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str):
    """A hostile text in every field of a source is one entry with that text in it, for two readers."""
    made = source(
        title=text, container_title=text, publisher=text, note=text, volume=text, page=text, doi=text, url=text,
        author=(Author(family=text, given=text), Author(literal=text), Author(family="Last")),
    )  # fmt: skip
    written = to_bibtex([made])
    found = entry(written)
    plain = single_line(text).strip()
    assert read(found.fields["title"]) == plain
    assert [read(found.fields[name]) for name in ("journal", "note") if plain] == ([plain] * 2 if plain else [])
    assert read(" ".join(found.persons["author"][1].last_names)) == plain if plain else True
    assert len(found.persons["author"]) == 3 if plain else True
    assert "url" not in found.fields or is_safe_link(found.fields["url"])
    assert not re.search(r'[\s{}"\\%](?![0-9A-F]{2})', found.fields.get("doi", ""))
    other = parse_again(written)
    assert (len(other.entries), other.failed_blocks) == (1, [])
    assert other.entries[0]["title"] == found.fields["title"]


@pytest.mark.parametrize("text", HOSTILE[:5] + HOSTILE[-5:])
def test_hostile_knowledge(text: str):
    """Every source of a knowledge of hostile texts is one entry, and one item of CSL-JSON."""
    knowledge = poisoned(text)
    assert [*parse_string(to_bibtex(knowledge), "bibtex").entries] == [*knowledge.sources]
    items = [{**item, "type": "document"} for item in to_csl(knowledge)]
    VALIDATOR.validate(items)


def test_round_trip():
    """What pybtex reads it writes again without a change of any field."""
    text = to_bibtex(sample())
    once = parse_string(text, "bibtex")
    assert isinstance(once, BibliographyData)
    assert parse_string(once.to_string("bibtex"), "bibtex").entries.keys() == once.entries.keys()


def test_without_pybtex(monkeypatch: pytest.MonkeyPatch):
    """Without the extra an ImportError names it."""
    monkeypatch.setitem(sys.modules, "pybtex.database", None)
    with pytest.raises(ImportError, match=r"pip install safetykb\[cite\]"):
        to_bibtex([source()])
