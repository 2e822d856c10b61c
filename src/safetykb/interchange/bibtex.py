"""Sources as BibTeX, written by pybtex (the extra ``cite``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from safetykb.interchange.csl import Citable, sources_of
from safetykb.links import is_safe_link
from safetykb.model.evidence import Author, Source
from safetykb.rendering.characters import single_line

_TYPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "article-journal": ("article", "journal", "publisher"),
    "article-magazine": ("article", "journal", "publisher"),
    "article-newspaper": ("article", "journal", "publisher"),
    "book": ("book", "series", "publisher"),
    "chapter": ("incollection", "booktitle", "publisher"),
    "paper-conference": ("inproceedings", "booktitle", "publisher"),
    "report": ("techreport", "series", "institution"),
    "thesis": ("phdthesis", "series", "school"),
}
"""For a type of CSL that of BibTeX, and how it calls what the source stands in and who published it."""

_OTHER: Final = ("misc", "howpublished", "publisher")

_MARKUP: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts a brace whether or not a backslash stands before it
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)

_LIGATURE: Final = re.compile(r"([-`'<>,])(?=\1)|[!?](?=`)")
"""Where TeX would put one character in the place of two."""

_RULED: Final = re.compile(r",|\band\b|[{}]", re.IGNORECASE)
"""What BibTeX takes for a rule in a list of names, and what its readers count."""

_RANGE: Final = re.compile(r"(\w+)[-\u2013](\w+)")

_IN_DOI: Final = "/:;().,-_<>[]+=!*'@"


def to_bibtex(what: Citable) -> str:
    """Return the sources of ``what`` as BibTeX: an entry each, under the key by which the records cite it.

    A retracted source says so in its ``note``; how much of it was read stands in ``annote``. Addresses are verbatim,
    in every other field what TeX would take for markup is escaped. Raises ImportError without the extra ``cite``.
    """
    try:
        from pybtex.database import BibliographyData
        from pybtex.database.output.bibtex import Writer
    except ImportError:
        raise ImportError("BibTeX needs pybtex: pip install safetykb[cite]") from None
    writer = Writer()
    writer._encode = lambda text: text  # noqa: SLF001  what it holds is TeX already, and addresses stay as they are
    entries = {source.id: _entry(source) for source in sources_of(what)}
    text: str = writer.to_string(BibliographyData(entries))
    return text


def _entry(source: Source) -> Any:
    from pybtex.database import Entry

    kind = _TYPES.get(source.type, _OTHER)
    persons = {"author": [_person(author) for author in source.author]} if source.author else {}
    return Entry(kind[0], fields=dict(_fields(source, *kind)), persons=persons)


def _person(author: Author) -> Any:
    from pybtex.database import Person

    if author.literal is not None:
        return Person(last=_held(author.literal))
    family, given = (_tex(part or "") for part in (author.family, author.given))
    # A given name is left open where it can be: a style makes initials of its words.
    return Person(
        last=f"{{{family}}}" if " " in family or _RULED.search(family) else family,
        first=f"{{{given}}}" if _RULED.search(given) else given,
    )


def _held(text: str) -> str:
    return f"{{{_tex(text)}}}"


def _tex(text: str) -> str:
    return _LIGATURE.sub(r"\g<0>{}", single_line(text).strip().translate(_MARKUP))


def _fields(source: Source, kind: str, within: str, who: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that the source has, in the order in which they are written."""
    year, month = [*source.date.split("-"), "", ""][:2]
    plain = {
        within: source.container_title,
        who: source.publisher,
        "year": year,
        "month": month.removeprefix("0"),
        "volume": source.volume,
        "number": (source.issue if kind == "article" else None) or source.number or source.issue,
        "pages": source.page,
        "pmid": source.pmid,
        "pmcid": source.pmcid,
        "note": _note(source),
        "annote": f"Read here: {source.details.read}, on {source.details.read_on}.",
    }
    yield "title", _held(source.title)  # held together: a style would else lower the case of names
    for name, text in plain.items():
        if text:
            yield name, _RANGE.sub(r"\1--\2", _tex(text)) if name == "pages" else _tex(text)
    if source.doi:
        yield "doi", quote(single_line(source.doi), safe=_IN_DOI, errors="replace")
    if source.url and is_safe_link(source.url.replace("http://", "https://", 1)):
        yield "url", source.url


def _note(source: Source) -> str:
    details = source.details
    told = [
        f"Retracted: {details.retracted}." if details.retracted else "",
        f"A newer version is {details.superseded_by}." if details.superseded_by else "",
        source.note or "",
    ]
    return " ".join(part for part in told if part)
