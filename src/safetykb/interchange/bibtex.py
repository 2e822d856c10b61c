"""Sources as BibTeX, written by pybtex (the extra ``cite``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from safetykb.errors import InvalidQuestion
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

_MORE: Final = "others"
"""What BibTeX takes, in the place of a name, for those who are left out."""

_RANGE: Final = re.compile(r"(\w+)[-\u2013](\w+)")

_IN_DOI: Final = "/:;().,-_<>[]+=!*'@"


def to_bibtex(what: Citable) -> str:
    """Return the sources of ``what`` as BibTeX: an entry each, under the key by which the records cite it.

    A retracted source says so in its ``note``; how much of it was read stands in ``annote``. Addresses are verbatim,
    in every other field what TeX would take for markup is escaped. Raises InvalidQuestion for keys that BibTeX cannot
    hold (with a space, a comma, a brace ...) or cannot tell apart (they differ in case alone), and ImportError without
    the extra ``cite``.
    """
    try:
        from pybtex.database import BibliographyData
        from pybtex.database.output.bibtex import Writer
    except ImportError:
        raise ImportError("BibTeX needs pybtex: pip install safetykb[cite]") from None
    writer = Writer()
    writer._encode = lambda text: text  # noqa: SLF001  what it holds is TeX already, and addresses stay as they are
    sources = sources_of(what)
    _check_keys([source.id for source in sources])
    entries = {source.id: _entry(source) for source in sources}
    text: str = writer.to_string(BibliographyData(entries))
    return text


_KEY: Final = re.compile(r"[A-Za-z0-9_.:+/-]+")


def _check_keys(keys: Sequence[str]) -> None:
    bad = [key for key in keys if _KEY.fullmatch(key) is None]
    if bad:
        cure = "give the source a key of letters from A to Z, digits and _ . : + / -"
        raise InvalidQuestion(f"{bad[0]!r} is no key that BibTeX can hold", cure)
    for key, count in Counter(key.casefold() for key in keys).items():
        if count > 1:
            same = ", ".join(repr(each) for each in keys if each.casefold() == key)
            raise InvalidQuestion(f"BibTeX cannot tell the keys {same} apart", "give the sources other keys")


def _entry(source: Source) -> Any:
    from pybtex.database import Entry

    kind = _TYPES.get(source.type, _OTHER)
    persons = [person for person in map(_person, source.author) if person is not None]
    return Entry(kind[0], fields=dict(_fields(source, *kind)), persons={"author": persons} if persons else {})


def _person(author: Author) -> Any:
    """Return an author as pybtex has it; None for one without any name."""
    from pybtex.database import Person

    literal, family, given = (_tex(part or "") for part in (author.literal, author.family, author.given))
    if literal or not family:
        only = literal or given
        return Person(last=f"{{{only}}}") if only else None
    # A given name is left open where it can be: a style makes initials of its words.
    return Person(
        last=f"{{{family}}}" if " " in family or _RULED.search(family) or family.casefold() == _MORE else family,
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
