"""Reading a whole tree: every problem of it at once, and nothing half-loaded."""

from __future__ import annotations

import functools
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from safetykb.errors import DataError, Problem
from safetykb.knowledge.base import Collection, KnowledgeBase
from safetykb.knowledge.bundle import Bundle
from safetykb.knowledge.layout import Edition, Place, badly_named, path_fields, place_of
from safetykb.knowledge.making import Makers
from safetykb.knowledge.strict_json import BadJSON, decode
from safetykb.knowledge.tree import digest_of, directory_files, packaged_bundle, packaged_files
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.entities import Assertion, Compound, Condition, Term
from safetykb.model.evidence import Source
from safetykb.model.studies import SearchRecord, Study

if TYPE_CHECKING:
    import cattrs

    from safetykb.knowledge import checks

_KINDS: tuple[tuple[str, str, type], ...] = (
    ("terms", "term", Term),
    ("compounds", "compound", Compound),
    ("conditions", "condition", Condition),
    ("assertions", "assertion", Assertion),
    ("considerations", "consideration", SafetyConsideration),
    ("studies", "study", Study),
    ("searches", "search record", SearchRecord),
    ("sources", "source", Source),
)

MAX_PROBLEMS = 1_000
"""After so many problems of reading the rest of a tree is left unread."""

_LONGEST = 400

_packaged: list[KnowledgeBase] = []
_lock = threading.Lock()
_plain_json = json.JSONDecoder()


def knowledge_base() -> KnowledgeBase:
    """Return the packaged knowledge, loaded once for the process (one load and one object for any threads)."""
    if not _packaged:
        with _lock:
            if not _packaged:
                _packaged.append(packaged())
    return _packaged[0]


def packaged() -> KnowledgeBase:
    """Return the packaged knowledge, read anew: from the bundle of a wheel, or from the tree of a checkout."""
    bundle = packaged_bundle()
    return build(packaged_files(), checked=True) if bundle is None else from_bundle(bundle)


def from_bundle(bundle: Bundle) -> KnowledgeBase:
    """Return the knowledge in ``bundle``; each record is made when it is first asked for.

    A record that cannot be made then raises DataError: the bundle was checked when the package was built.
    """
    makers = Makers()
    paths = bundle.paths()

    def make(cls: type) -> Callable[[str], Any]:
        return lambda id: _made(bundle, paths[cls][id], makers)

    collections: dict[str, Any] = {
        name: Collection.made_when_asked(kind, paths[cls], make(cls)) for name, kind, cls in _KINDS
    }
    knowledge = KnowledgeBase(edition=make(Edition)(""), digest=bundle.digest, files=bundle, **collections)
    for name, value in bundle.derived.items():
        knowledge.derived(name, functools.partial(_given, value))
    return knowledge


def _given(value: Any) -> Any:
    return value


def _made(bundle: Bundle, path: str, makers: Makers) -> Any:
    data = bundle[path]
    read = _read_swiftly(path, data, makers)
    if read is not None:
        return read[1]
    from safetykb.knowledge.conversion import make_converter

    _, record, problems = _read(path, data, make_converter())
    if problems:
        raise DataError(tuple(problems))
    return record


def load(directory: str | os.PathLike[str]) -> KnowledgeBase:
    """Return the knowledge in ``directory``, read and checked whole.

    Raises DataError with every problem found, and NotADirectoryError.
    """
    files, problems = directory_files(directory)
    return build(files, problems=problems)


def build(
    files: Mapping[str, bytes],
    *,
    problems: Sequence[Problem] = (),
    checked: bool = False,
    more: Callable[[KnowledgeBase], Iterable[Problem]] = lambda _: (),
) -> KnowledgeBase:
    """Return the knowledge in ``files``; raise DataError with ``problems`` and everything else that is wrong.

    ``checked``: the checks ran when the package was built. ``more``: what else is wrong with it, once all was read.
    """
    draft = parse(files, checked=checked)
    found = [*problems, *draft.problems] if checked else _found(draft, problems, gate=True)
    if not _given_up(found):
        found += more(draft.knowledge)
    if found:
        raise DataError(tuple(sorted(found, key=_place)))
    return draft.knowledge


def _found(draft: checks.Draft, problems: Sequence[Problem], *, gate: bool) -> list[Problem]:
    """Return what reading found, and what the checks find unless reading was given up: the rest may hold it."""
    found = [*problems, *draft.problems]
    if _given_up(found):
        return found
    from safetykb.knowledge import checks

    return found + checks.run(draft, gate=gate)


def _given_up(problems: Iterable[Problem]) -> bool:
    """Tell whether a part of the tree was left unread."""
    return any(problem.code in ("FIL:004", "FIL:009") for problem in problems)


def _place(problem: Problem) -> tuple[str, str, str]:
    return (problem.file, problem.path, problem.code)


def problems_of(directory: str | os.PathLike[str] | None = None) -> tuple[Problem, ...]:
    """Return everything that any check finds in ``directory``, or in the packaged knowledge."""
    files, problems = (packaged_files(), list[Problem]()) if directory is None else directory_files(directory)
    return tuple(sorted(_found(parse(files), problems, gate=False), key=_place))


def advice_on(directory: str | os.PathLike[str] | None = None) -> tuple[Problem, ...]:
    """Return what is worth reading again in ``directory``, or in the packaged knowledge; none of it is wrong."""
    files = packaged_files() if directory is None else directory_files(directory)[0]
    from safetykb.knowledge import checks

    return tuple(sorted(checks.advice(parse(files)), key=_place))


def parse(files: Mapping[str, bytes], *, checked: bool = False) -> checks.Draft:
    """Turn the files of a tree into records; what cannot be turned becomes a problem.

    ``checked``: they were read strictly when the package was built, so they are read without a second look.
    """
    from safetykb.knowledge import checks, conversion  # what reads a bundle, made of a checked tree, needs neither

    makers = Makers() if checked else None
    strict = functools.cache(conversion.make_converter)
    records: dict[type, dict[str, Any]] = defaultdict(dict)
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for path, data in files.items():
        if len(problems) > MAX_PROBLEMS:
            what = f"more than {MAX_PROBLEMS} problems; the rest was not read"
            problems.append(Problem("FIL:009", path, "$", what, "mend these first"))
            break
        place, record, wrong = (makers is not None and _read_swiftly(path, data, makers)) or _read(path, data, strict())
        problems += wrong
        if place is not None and record is not None:
            key = record.id if place.cls is not Edition else ""
            records[place.cls][key] = record
            places[f"{place.cls.__name__}:{key}"] = path
    if "knowledge.json" not in files:
        problems.append(Problem("FIL:005", "knowledge.json", "$", "the tree has no version", "write knowledge.json"))
    collections: dict[str, Any] = {name: Collection.of(kind, records[cls]) for name, kind, cls in _KINDS}
    edition = records[Edition].get("", Edition("0"))
    knowledge = KnowledgeBase(edition=edition, digest=digest_of(files), files=dict(files), **collections)
    return checks.Draft(knowledge, dict(files), places, tuple(problems))


def _read_swiftly(path: str, data: bytes, makers: Makers) -> tuple[Place, Any, list[Problem]] | None:
    """Return the record of a file that was checked before; None when it must be read strictly to tell what is wrong."""
    place = place_of(path)
    if place is None:
        return None
    try:
        text = data.decode("utf-8")
        value, end = _plain_json.raw_decode(text)
        made = makers.made(place.cls, {**place.fields, **value})
    except Exception:  # noqa: BLE001 - whatever it is, the strict reading names it
        return None
    return (place, made, []) if text[end:] == "\n" else None


def _read(path: str, data: bytes, converter: cattrs.Converter) -> tuple[Place | None, Any, list[Problem]]:
    place = place_of(path)
    if place is None:
        cure = "move it to a folder that the layout names, or remove it"
        return None, None, [Problem("FIL:001", path, "$", "no record belongs here", cure)]
    problems = [
        Problem("IDS:001", path, "$", f"{name!r} is no identifier", "use lower-case words joined by single hyphens")
        for name in badly_named(place)
    ]
    try:
        value = decode(data)
    except BadJSON as error:
        return place, None, [*problems, _unread("REC:001", path, "$", str(error), "write plain JSON in UTF-8")]
    record, wrong = structure(value, place, converter)
    problems += [_unread("REC:002", path, where, what, "see the schema of this record") for where, what in wrong]
    return place, record, problems


def _unread(code: str, path: str, where: str, what: str, cure: str) -> Problem:
    return Problem(code, path, where, what if len(what) <= _LONGEST else what[:_LONGEST] + " ...", cure)


def structure(value: Any, place: Place, converter: cattrs.Converter) -> tuple[Any, list[tuple[str, str]]]:
    """Make the record of ``place`` from ``value``; return it, or None with pairs of JSON path and message."""
    if type(value) is dict:
        repeated = [key for key in path_fields(place.cls) if key in value and key in place.fields]
        if repeated:
            return None, [(f"$.{key}", "the path says this already; leave the key out") for key in repeated]
        value = {**place.fields, **value}
    try:
        return converter.structure(value, place.cls), []
    except Exception as error:  # noqa: BLE001 - the converter raises groups, ValueError and KeyError alike
        from safetykb.knowledge.conversion import mismatches

        return None, list(mismatches(error))
