"""Makes records from JSON values that passed the strict converter when the package was built.

Of such values it makes the same; an unknown or a missing key apart, it looks for no mistake a second time. Reading the
packaged knowledge needs nothing else, so this module imports no converter.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any, Final

import attrs

from safetykb.model.evidence import Citation, Source, Stamp
from safetykb.model.scales import Choice, Scale

RENAMED: Final = {
    "container_title": "container-title",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "URL",
    "details": "custom",
}
"""Fields whose JSON key differs from their name: CSL-JSON's own spelling."""

Make = Callable[[Any], Any]


def json_key(cls: Any, name: str) -> str:
    """Return the JSON key of the field ``name`` of ``cls``."""
    return RENAMED.get(name, name) if cls is Source else name


def read_issued(value: Any) -> tuple[int, ...]:
    """Return the date of a source, CSL-JSON's ``date-parts``: the year, then month and day as far as known."""
    return tuple(value["date-parts"][0])


class Makers(dict[Any, Make | None]):
    """For each type what makes it from its JSON value; None where the JSON value is it already.

    A maker raises some error for a value that it cannot take, and takes others that the strict converter refuses.
    """

    def __missing__(self, kind: Any) -> Make | None:
        """Return the maker of ``kind``, made now."""
        found = self[kind] = self._maker(kind)
        return found

    def made(self, kind: Any, value: Any) -> Any:
        """Return what ``value`` is as one of ``kind``."""
        make = self[kind]
        return value if make is None else make(value)

    def _maker(self, kind: Any) -> Make | None:
        if kind is Citation:
            return _Citations().__getitem__
        if kind is Stamp:
            return _Stamps(self._record(kind)).of
        if isinstance(kind, type):
            if issubclass(kind, (Choice, Scale)):
                return {str(member): member for member in kind}.__getitem__
            return self._record(kind) if attrs.has(kind) else None
        parts = [part for part in typing.get_args(kind) if part not in (type(None), ...)]
        one = self[parts[0]]
        if typing.get_origin(kind) is not tuple:  # an optional value, or one of several plain types
            return one
        return tuple if one is None else lambda values: tuple(map(one, values))

    def _record(self, cls: type) -> Make:
        hints = typing.get_type_hints(cls)
        known = {json_key(cls, name): (name, self[kind]) for name, kind in hints.items()}
        if cls is Source:
            known["issued"] = ("issued", read_issued)

        def make(value: dict[str, Any]) -> Any:
            told = {}
            for key, item in value.items():
                name, one = known[key]
                told[name] = item if one is None else one(item)
            return cls(**told)

        return make


class _Citations(dict[str, Citation]):
    """Each citation, made once."""

    def __missing__(self, text: str) -> Citation:
        found = self[text] = Citation.parse(text)
        return found


@attrs.frozen
class _Stamps:
    """Each stamp, made once: thousands differ in a day and an outcome."""

    _make: Make
    _made: dict[tuple[tuple[str, str], ...], Stamp] = attrs.field(factory=dict)

    def of(self, value: dict[str, str]) -> Stamp:
        key = tuple(value.items())
        if key not in self._made:
            self._made[key] = self._make(value)
        return self._made[key]
