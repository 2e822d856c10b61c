"""The resources of a FHIR record: which are the same, where a reference leads, and whose they are."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from safetykb.errors import InvalidQuestion
from safetykb.interchange.fhir_values import at, listed, text_of

Tell = Callable[[str, str], None]
"""Takes a note: the place in the record, and what is told of it."""

DEEPEST: Final = 20
"""How many Bundles may stand inside one another."""


@attrs.frozen(eq=False, repr=False)
class Entry:
    """A resource, its ``place`` in the record, and the fullUrl that it came with."""

    place: str
    resource: Mapping[str, Any]
    url: str | None = None

    @property
    def kind(self) -> str:
        """The type of the resource."""
        return str(self.resource["resourceType"])

    @property
    def local(self) -> str | None:
        """The type and the id, as a relative reference has them; None without an id."""
        id = text_of(at(self.resource, "id"))
        return f"{self.kind}/{id}" if id is not None else None

    @cached_property
    def contained(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """The resources inside it, by id."""
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for one in listed(at(self.resource, "contained")):
            name = text_of(at(one, "id"))
            if name is not None:
                found[name].append(one)
        return found

    @property
    def is_modified(self) -> bool:
        """Tell whether it has a modifier extension, in itself or in a part: FHIR forbids to go on as if it had none."""
        parts = [part for value in self.resource.values() for part in listed(value)]
        return any(at(part, "modifierExtension") for part in (self.resource, *parts))


class Resources:
    """The resources of a record, each once, known by every address that others may use."""

    def __init__(self, tell: Tell) -> None:
        """Tell by ``tell`` what is left out."""
        self._tell = tell
        self._at: dict[str, list[Entry]] = defaultdict(list)
        self._deleted: set[str] = set()

    def read(self, values: Iterable[Any], inside: str = "") -> list[Entry]:
        """Return the resources of Bundles, or single resources, each once.

        The fullUrl says which are the same, else the type and the id. Of several versions the newest counts; where
        none can be told to be the newest, each does. Raises InvalidQuestion for what is no FHIR resource.
        """
        same: dict[Any, list[Entry]] = defaultdict(list)
        for value in values:
            for entry in self._entries(value, inside, 0):
                same[entry.local or entry.url or entry].append(entry)
        kept = [entry for entries in same.values() for entry in self._settled(entries)]
        for entry in kept:
            if self._deleted & {entry.local, entry.url}:
                self._tell(entry.place, "another entry tells that it was deleted; read all the same")
        return kept

    def _entries(self, value: Any, inside: str, depth: int) -> Iterator[Entry]:
        kind = text_of(at(value, "resourceType"))
        if kind is None:
            raise InvalidQuestion("this is no FHIR resource", "give a Bundle or a resource as JSON")
        if kind != "Bundle":
            yield Entry(f"{inside}{kind}", value)
            return
        if depth == DEEPEST:
            raise InvalidQuestion("Bundles stand too deeply inside one another", f"give at most {DEEPEST}")
        for number, entry in enumerate(self._listed(value, inside), 1):
            resource, place = at(entry, "resource"), f"{inside}entry {number}"
            if at(entry, "request", "method") == "DELETE":
                self._deleted |= {str(at(entry, *path)) for path in (("fullUrl",), ("request", "url"))}
                self._tell(place, "it tells that a resource was deleted; left out")
            elif text_of(at(resource, "resourceType")) is None:
                self._tell(place, "it holds no resource")
            elif at(resource, "resourceType") == "Bundle":
                yield from self._entries(resource, f"{place}, ", depth + 1)
            else:
                yield Entry(f"{place}, {resource['resourceType']}", resource, _address(at(entry, "fullUrl")))

    def _listed(self, bundle: Any, inside: str) -> list[Any]:
        entries, total = at(bundle, "entry"), at(bundle, "total")
        if entries is not None and not isinstance(entries, list):
            raise InvalidQuestion("the entry of a Bundle is no list", "give the Bundle as FHIR writes it in JSON")
        found = entries or []
        if any(at(link, "relation") == "next" for link in listed(at(bundle, "link"))):
            self._tell(f"{inside}Bundle", "it is one page of several; the rest was not given")
        elif isinstance(total, int) and total > len(found):
            self._tell(f"{inside}Bundle", "it counts more than it holds; the rest was not given")
        return found

    def _settled(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        """Yield what counts of the entries of one type and id: of those of one fullUrl the newest."""
        once: dict[Any, Entry] = {}
        addresses: dict[Entry, set[str]] = defaultdict(set)
        for entry in entries:
            kept = once.setdefault(_content(entry) if len(entries) > 1 else entry, entry)
            addresses[kept] |= {address for address in (entry.local, entry.url) if address is not None}
        urls = {entry.url for entry in once.values()} - {None}
        alone = next(iter(urls)) if len(urls) == 1 else None
        versions: dict[str | None, list[Entry]] = defaultdict(list)
        for entry in once.values():
            versions[entry.url or alone].append(entry)
        for several in versions.values():
            for entry in self._newest(several):
                for address in addresses[entry]:
                    self._at[address].append(entry)
                yield entry

    def _newest(self, versions: Sequence[Entry]) -> Iterator[Entry]:
        newest = _newest(versions)
        for entry in versions:
            if newest is None:
                self._tell(
                    entry.place, "it stands here in several versions, and none says that it is newest; each is read"
                )
            elif entry is not newest:
                self._tell(entry.place, "a newer version of it stands in the record; left out")
        yield from versions if newest is None else [newest]

    def found(self, pointed: str, of: Entry) -> list[Mapping[str, Any]]:
        """Return the resources that the reference ``pointed``, which stands in ``of``, may lead to."""
        if pointed.startswith("#"):
            return of.contained.get(pointed[1:], [])
        plain = unversioned(pointed)
        base = of.url.rsplit("/", 2)[0] if of.url is not None and of.url.startswith("http") else ""
        entries = next((self._at[one] for one in (f"{base}/{plain}", plain, tail(plain)) if one in self._at), [])
        return [entry.resource for entry in entries]


def _address(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def unversioned(reference: str) -> str:
    """Return a reference without the version of what it leads to."""
    return reference.partition("/_history/")[0]


def tail(reference: str) -> str:
    """Return the last two segments of a reference without its version, such as ``Patient/1``, whatever its server."""
    return "/".join(unversioned(reference).split("/")[-2:])


def _content(entry: Entry) -> Any:
    """Return what is equal for equal resources; the entry itself where the resource cannot be written."""
    try:
        return json.dumps(entry.resource, sort_keys=True)
    except (RecursionError, TypeError, ValueError):
        return entry


def _newest(versions: Sequence[Entry]) -> Entry | None:
    """Return the newest of several versions, where they tell which that is, and all that they tell agrees."""
    if len(versions) == 1:
        return versions[0]
    last: set[Entry] = set()
    for read in (_updated, _version):
        told = [read(entry) for entry in versions]
        if None not in told:
            highest = max(told)
            last |= {entry for entry, value in zip(versions, told, strict=True) if value == highest}
    return last.pop() if len(last) == 1 else None


def _updated(entry: Entry) -> Any:
    value = text_of(at(entry.resource, "meta", "lastUpdated"))
    try:
        read = datetime.datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _version(entry: Entry) -> Any:
    value = text_of(at(entry.resource, "meta", "versionId")) or ""
    return int(value) if value.isascii() and value.isdecimal() else None


class Whose:
    """Tells which resources are of the one person that a record is about."""

    def __init__(self, patients: Sequence[Entry]) -> None:
        """Know the person by the addresses and identifiers of ``patients``, without one by the first subject."""
        self._is_known = bool(patients)
        self._keys: set[str] = set()
        for patient in patients:
            for address in {patient.local, patient.url} - {None}:
                self._keys |= {str(address), tail(str(address))}
            if patient.local is not None:
                self._keys.add(patient.local.removeprefix("Patient/"))
            self._keys |= {_identifier(one) for one in listed(at(patient.resource, "identifier"))} - {""}

    def is_theirs(self, entry: Entry) -> bool:
        """Tell whether a resource is of the person: it names nobody, or them."""
        subjects = [at(entry.resource, key) for key in ("subject", "patient")]
        return all(self._is_they(subject, entry) for subject in subjects if subject not in (None, {}))

    def _is_they(self, subject: Any, entry: Entry) -> bool:
        keys = self._named(subject, entry)
        if keys is None:
            return True
        if not self._is_known and not self._keys:
            self._keys |= keys
        return bool(keys & self._keys)

    def _named(self, subject: Any, entry: Entry) -> set[str] | None:
        """Return by what a subject may be known; None for one that names nobody."""
        reference = _address(at(subject, "reference"))
        if reference is not None and reference.startswith("#"):
            return {f"# {_content(Entry('', one))}" for one in entry.contained.get(reference[1:], [])}
        if reference is not None:
            plain = unversioned(reference)
            return {plain, tail(plain)}
        identifier = _identifier(at(subject, "identifier"))
        if identifier:
            return {identifier}
        parts = [at(subject, key) for key in ("reference", "identifier", "display")]
        return None if isinstance(subject, dict) and not any(parts) else set()


def _identifier(value: Any) -> str:
    """Return the system and the value of an Identifier as one text that is no address; empty without a value."""
    system, number = text_of(at(value, "system")), text_of(at(value, "value"))
    return f"identifier {system} {number}" if number is not None else ""
