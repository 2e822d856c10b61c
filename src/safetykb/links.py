"""Addresses that may be shown as links, and the few places that this library links to."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

__all__ = [
    "clinical_trial",
    "clinical_trials_search",
    "dailymed",
    "dailymed_search",
    "doi",
    "is_safe_link",
    "pmc",
    "pubmed",
    "pubmed_search",
]

_LONGEST = 2048
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def is_safe_link(url: str) -> bool:
    """Tell whether an address may become a link.

    Only https with a named host, no credentials, and only the characters that RFC 3986 allows, less the
    quote: a space, a control character, a quote, a backslash or a letter outside ASCII must be percent-encoded.
    """
    if len(url) > _LONGEST or not _ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "@" not in parts.netloc and bool(host and _HOST.fullmatch(host))


def pubmed_search(*terms: str) -> str:
    """Return the PubMed search for all the terms together; a single term may be a whole query."""
    query = terms[0] if len(terms) == 1 else " AND ".join(f"({term})" for term in terms)
    return _search("https://pubmed.ncbi.nlm.nih.gov/", term=query)


def clinical_trials_search(condition: str, intervention: str) -> str:
    """Return the ClinicalTrials.gov search for an intervention in a condition."""
    return _search("https://clinicaltrials.gov/search", cond=condition, intr=intervention)


def dailymed_search(name: str) -> str:
    """Return the DailyMed search for the labels of a medicine."""
    return _search("https://dailymed.nlm.nih.gov/dailymed/search.cfm", labeltype="all", query=name)


def doi(doi: str) -> str:
    """Return the address that resolves a DOI, such as `10.1000/182`."""
    return f"https://doi.org/{_quoted(doi, safe='/:;()')}"


def pubmed(pmid: str) -> str:
    """Return the PubMed page of a PMID."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{_quoted(pmid)}/"


def pmc(pmcid: str) -> str:
    """Return the PubMed Central page of a PMCID, such as `PMC1234567`."""
    return f"https://pmc.ncbi.nlm.nih.gov/articles/{_quoted(pmcid)}/"


def clinical_trial(nct: str) -> str:
    """Return the ClinicalTrials.gov page of an NCT number."""
    return f"https://clinicaltrials.gov/study/{_quoted(nct)}"


def dailymed(setid: str) -> str:
    """Return the DailyMed page of a label's set id."""
    return _search("https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm", setid=setid)


def _search(address: str, **fields: str) -> str:
    return f"{address}?{urlencode(fields, errors='replace')}"


def _quoted(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="replace")
