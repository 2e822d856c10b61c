from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb import links
from safetykb.links import is_safe_link

from .documents import ADDRESSES
from .hostile import HOSTILE

SAFE = (
    *ADDRESSES,
    "https://example.org",
    "HTTPS://Example.ORG/Path",
    "https://example.org:8443/a?b=c&d=e#f",
    "https://xn--bcher-kva.example/%20",
)
UNSAFE = (
    "http://example.org/",
    "ftp://example.org/",
    "https:/example.org/",
    "https:example.org",
    "https://",
    "https:///path",
    "https://localhost/",
    "https://-bad-.example/",
    "https://[::1]/",
    "https://[bad/",
    "https://example.org:99999/",
    "https://example.org:port/",
    "https://user@example.org/",
    "https://@example.org/",
    "https://example.org/a b",
    "https://example.org/\n",
    "https://example.org/\x00",
    "https://example.org/\\",
    "https://example.org/'",
    'https://example.org/"',
    "https://example.org/<",
    "https://example.org/é",
    "https://ex\u0430mple.org/",
    "https://example.org/" + "a" * 3000,
)


@pytest.mark.parametrize("url", SAFE)
def test_safe(url):
    """An https address with a named host may be a link."""
    assert is_safe_link(url)


@pytest.mark.parametrize("url", [*UNSAFE, *HOSTILE])
def test_unsafe(url):
    """Any other scheme, a missing host, credentials, or a character that an address cannot hold makes it no link."""
    assert not is_safe_link(url)


@given(st.text(st.characters()), st.text(st.characters()))
def test_builders_are_safe(first, second):
    """Every address that the library builds may be a link, whatever is looked for."""
    for url in (
        links.pubmed_search(first),
        links.pubmed_search(first, second),
        links.clinical_trials_search(first, second),
        links.dailymed_search(first),
        links.doi(first),
        links.pubmed(first),
        links.pmc(first),
        links.clinical_trial(first),
        links.dailymed(first),
    ):
        assert len(url) > 2048 or is_safe_link(url)


def test_one_query():
    """A single term is the whole query of a PubMed search."""
    query = 'ketamine[ti] AND "multiple sclerosis"'
    assert parse_qs(urlsplit(links.pubmed_search(query)).query) == {"term": [query]}


def test_several_terms():
    """Several terms are all asked for, each in its own brackets."""
    query = parse_qs(urlsplit(links.pubmed_search("a OR b", "c")).query)
    assert query == {"term": ["(a OR b) AND (c)"]}


def test_searches():
    """A search keeps each term in a field of its own."""
    trials = parse_qs(urlsplit(links.clinical_trials_search("multiple sclerosis", "a&b=c")).query)
    assert trials == {"cond": ["multiple sclerosis"], "intr": ["a&b=c"]}
    assert parse_qs(urlsplit(links.dailymed_search("x y")).query) == {"labeltype": ["all"], "query": ["x y"]}


def test_pages():
    """A known identifier leads to its page."""
    assert links.doi("10.1002/a(b)<c>") == "https://doi.org/10.1002/a(b)%3Cc%3E"
    assert links.pubmed("123") == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert links.pmc("PMC123") == "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/"
    assert links.clinical_trial("NCT00000000") == "https://clinicaltrials.gov/study/NCT00000000"
    assert links.dailymed("a-b") == "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=a-b"


def test_stays_on_its_host():
    """An identifier cannot lead to another place."""
    assert links.pubmed("../../evil?x#y@z") == "https://pubmed.ncbi.nlm.nih.gov/..%2F..%2Fevil%3Fx%23y%40z/"
