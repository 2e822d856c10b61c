"""Knowledge that is made up, of any size, for measuring: its names say so, and the loader takes it with every check.

    python tests/speed/synthetic.py DIRECTORY

The shapes (what a claim is about, how many terms an entity has, how long a record is) are drawn in the proportions of
the packaged knowledge of November 2026. The same sizes and seed give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from safetykb import KnowledgeBase
from safetykb.knowledge.loading import build
from safetykb.knowledge.strict_json import encode


@attrs.frozen(kw_only=True)
class Sizes:
    """How many records there are of each kind that is chosen; sources and assertions follow."""

    compounds: int
    conditions: int
    claims: int
    classes: int
    effects: int
    enzymes: int
    states: int


FULL: Final = Sizes(compounds=500, conditions=100, claims=5_000, classes=75, effects=115, enzymes=30, states=200)
"""The size that the speed of the package is promised for."""

SMALL: Final = Sizes(compounds=12, conditions=6, claims=120, classes=6, effects=8, enzymes=4, states=10)
"""A size that loads at once."""

SHAPES: Final[Mapping[tuple[str, int, str, str], int]] = {
    ("compound", 1, "", "stated"): 1010,
    ("compound", 0, "compound", "stated"): 195,
    ("compound", 0, "", "stated"): 183,
    ("compound", 0, "class", "stated"): 181,
    ("class", 1, "", "stated"): 154,
    ("compound", 0, "enzyme", "stated"): 61,
    ("effect", 1, "", "joined"): 45,
    ("class", 0, "class", "stated"): 36,
    ("effect", 0, "effect", "joined"): 35,
    ("class", 0, "", "stated"): 27,
    ("compound", 0, "effect", "stated"): 17,
    ("compound", 2, "", "stated"): 15,
    ("enzyme", 0, "enzyme", "joined"): 13,
    ("compound", 1, "compound", "stated"): 11,
    ("compound", 0, "class", "joined"): 10,
    ("class", 2, "", "stated"): 9,
    ("class", 0, "compound", "stated"): 9,
    ("class", 0, "enzyme", "stated"): 5,
    ("compound", 1, "class", "stated"): 2,
}
"""The subject of a claim, how many states it names, what is taken, its origin: each as often as it was counted."""

KINDS: Final = {"class": "drug-class", "effect": "effect", "enzyme": "enzyme", "state": "state"}
FREQUENCIES: Final = ("very-common", "common", "not-known", "uncommon", "rare", "very-rare")
SERIOUS: Final = ("fatal", "life-threatening", "disabling", "hospital")
TESTS: Final[tuple[dict[str, Any], ...]] = (
    {"field": "pregnant", "comparison": "=", "value": True},
    {"field": "breastfeeding", "comparison": "=", "value": True},
    {"field": "egfr", "comparison": "<", "value": 60, "unit": "mL/min/{1.73_m2}"},
    {"field": "egfr", "comparison": "<", "value": 30, "unit": "mL/min/{1.73_m2}"},
    {"field": "age", "comparison": ">=", "value": 65, "unit": "a"},
    {"field": "age", "comparison": "<", "value": 18, "unit": "a"},
    {"field": "qtc", "comparison": ">=", "value": 500, "unit": "ms"},
    {"field": "child_pugh", "comparison": "=", "value": "C"},
)
STAMPS: Final = {
    "stamps": [
        {"role": role, "by": "automated", "on": "2026-11-25", "outcome": "supported"}
        for role in ("curator", "second-reader")
    ]
}


def files(sizes: Sizes = FULL, *, seed: int = 6) -> dict[str, bytes]:
    """Return the files of a made-up tree by path."""
    made = _Maker(sizes, seed).records()
    return {path: encode(value) for path, value in sorted(made.items())}


def knowledge(sizes: Sizes = FULL, *, seed: int = 6) -> KnowledgeBase:
    """Return made-up knowledge, read and checked whole."""
    return build(files(sizes, seed=seed))


def write(directory: Path, sizes: Sizes = FULL, *, seed: int = 6) -> Path:
    """Write a made-up tree under ``directory``, and return it."""
    for path, data in files(sizes, seed=seed).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)
    return directory


class _Turns:
    """Draws at random, and nothing a second time before everything was drawn: so all of it is used."""

    def __init__(self, items: Iterable[str], chance: random.Random) -> None:
        self._items = tuple(items)
        self._left: list[str] = []
        self._chance = chance

    def one(self) -> str:
        if not self._left:
            self._left = list(self._items)
            self._chance.shuffle(self._left)
        return self._left.pop()

    def some(self, least: int, most: int) -> list[str]:
        """Return so many, each once."""
        return sorted({self.one() for _ in range(self._chance.randint(least, min(most, len(self._items))))})


class _Maker:
    """Makes the records: values of JSON by path, their keys in the order of the classes."""

    def __init__(self, sizes: Sizes, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  the same tree each time is what is wanted
        self._claims = sizes.claims
        self._made: dict[str, Any] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._pages = 0
        counts = {
            "compound": sizes.compounds,
            "condition": sizes.conditions,
            "class": sizes.classes,
            "effect": sizes.effects,
            "enzyme": sizes.enzymes,
            "state": sizes.states,
        }
        self._ids = {kind: [f"invented-{kind}-{n:04d}" for n in range(count)] for kind, count in counts.items()}
        self._turns = {kind: _Turns(ids, self._chance) for kind, ids in self._ids.items()}

    def records(self) -> dict[str, Any]:
        for kind in KINDS:
            self._terms(kind)
        for number, id in enumerate(self._ids["compound"]):
            self._compound(number, id)
        for number, id in enumerate(self._ids["condition"]):
            self._condition(number, id)
        shapes = self._chance.choices(list(SHAPES), weights=list(SHAPES.values()), k=self._claims)
        for number, shape in enumerate(shapes):
            self._claim(number, *shape)
        edition = {"version": "2026.11", "asked_of_compounds": self._ids["state"][:4]}
        return {"knowledge.json": edition, **self._made}

    # --- terms, compounds and conditions ------------------------------------------------------------------------------

    def _terms(self, kind: str) -> None:
        """Make the terms of a kind: a fifth of them at the top, two fifths below these, the rest below any of both."""
        ids = self._ids[kind]
        top = max(1, len(ids) // 5)
        for number, id in enumerate(ids):
            value: dict[str, Any] = {"kind": KINDS[kind], "label": _named(id)}
            if number >= top:
                value["broader"] = [ids[self._chance.randrange(top if number < 3 * top else 3 * top)]]
            if kind == "state" and number < len(TESTS):
                value["tests"] = [TESTS[number]]
            self._made[f"terms/{id}/term.json"] = value
        if kind == "class":
            for id in ids:
                self._has("terms", id, "effect")

    def _compound(self, number: int, id: str) -> None:
        told = self._label(id, "description 11")
        self._made[f"compounds/{id}/compound.json"] = {
            "name": _named(id),
            "synonyms": [{"text": f"Madeupra {number:04d}", "type": "brand", "form": "tablet"}],
            "xrefs": [f"RXCUI:{90_000_000 + number}"],
            "forms": [
                {"id": "tablet", "route": "oral", "formulation": "invented tablet, 10 mg"},
                {"id": "infusion", "route": "intravenous"},
            ],
            "description": [{"text": f"{_named(id)} does not exist; it was made up for measuring.", "cites": [told]}],
            "mechanism": [{"text": f"{_named(id)} binds an invented receptor.", "cites": [told]}],
            "uses": [
                {
                    "condition": self._turns["condition"].one(),
                    "form": "tablet",
                    "status": "approved",
                    "jurisdiction": "US",
                    "cites": [self._label(id, "indications 1")],
                }
            ],
        }
        for kind in ("class", "effect", "effect", "effect", "effect", "enzyme"):
            self._has("compounds", id, kind)

    def _condition(self, number: int, id: str) -> None:
        value: dict[str, Any] = {"name": _named(id), "specialist": "neurologist"}
        if number % 2:
            value["broader"] = [self._ids["condition"][self._chance.randrange(number)]]
        drugs = [*self._turns["compound"].some(2, 14), *self._turns["class"].some(0, 1)]
        value["treatments"] = [
            {
                "treatment": drug,
                "purpose": self._chance.choice(("relapse", "symptom", "prevention")),
                "usual": self._chance.random() < 1 / 2,
                "cites": [self._page()],
            }
            for drug in drugs
        ]
        self._made[f"conditions/{id}/condition.json"] = value
        for _ in range(self._chance.randint(3, 7)):
            self._has("conditions", id, "state")

    def _has(self, folder: str, entity: str, kind: str) -> None:
        """Make the assertion that ``entity`` has a term of ``kind``."""
        term = self._turns[kind].one()
        if f"{folder}/{entity}/has/{term}.json" in self._made:
            return
        main = self._chance.random() < 3 / 4
        value: dict[str, Any] = {}
        if kind == "effect":
            value = {"weight": "main" if main else "minor"}
        if kind in ("effect", "state"):
            value["frequency"] = self._chance.choice(FREQUENCIES[:2] if main else FREQUENCIES[3:])
        count = self._chance.randint(1, 199)
        text = f"{_named(term)} was written down for {_named(entity)} in {count} of 200 people who do not exist."
        cite = self._label(entity, "warnings 5.1") if folder == "compounds" else self._page()
        value["statements"] = [{"text": text, "cites": [cite]}]
        self._made[f"{folder}/{entity}/has/{term}.json"] = value | STAMPS

    # --- claims -------------------------------------------------------------------------------------------------------

    def _claim(self, number: int, about: str, states: int, taken: str, origin: str) -> None:
        subject, hazard = self._turns[about].one(), self._turns["effect"].one()
        taking = self._turns[taken].one() if taken else ""
        if about == taken == "effect":  # the rule belongs to the first in the alphabet
            subject, taking = sorted((subject, taking))
        if (taking, subject, hazard) in self._told:  # the mirror image is never written
            taking = subject
        self._told.add((subject, taking, hazard))
        having = self._states(states)
        context: dict[str, Any] = {"having": having} if having else {}
        if taking:
            context["taking"] = taking
        elif not having and about == "compound" and number % 2:
            context["exposure"] = {"form": self._chance.choice(("tablet", "infusion"))}
        named = "{subject}" if about != "compound" else _named(subject)
        cites = self._cites(about, subject) if origin == "stated" else []
        grade = self._stated(about, named, taking, having) if cites else self._joined(named, taking)
        head = {"context": context} if context else {}
        kind = {"kind": grade.pop("kind")}
        serious = {"serious": self._chance.choice(SERIOUS)} if number % 4 == 0 else {}
        premises = self._premises(subject, taking) if not cites and about == "compound" else {}
        tail = {"cites": cites} if cites else {}
        value = head | kind | {"hazard": hazard} | serious | {"origin": origin} | premises | grade | tail | STAMPS
        self._made[f"considerations/{subject}/invented-claim-{number:05d}.json"] = value

    def _cites(self, about: str, subject: str) -> list[str]:
        """Return a label of the subject or a study, and half of the time another study."""
        first = self._label(subject, "warnings 5.2") if about == "compound" else self._page()
        return sorted({first, self._page()} if self._chance.random() < 1 / 2 else {first})

    def _states(self, count: int) -> list[str]:
        """Return so many states; one in four is a condition, and the first few are named often."""
        found: set[str] = set()
        while len(found) < count:
            kind = "condition" if self._chance.random() < 1 / 4 else "state"
            often = self._chance.random() < 1 / 4
            found.add(self._chance.choice(self._ids[kind][: len(TESTS)]) if often else self._turns[kind].one())
        return sorted(found)

    def _stated(self, about: str, named: str, taking: str, having: list[str]) -> dict[str, Any]:
        concern = self._chance.choices(
            ("contraindicated", "avoid", "caution", "monitor", "inform"), weights=(28, 9, 42, 14, 7)
        )[0]
        if about != "compound" and concern == "contraindicated":
            concern = "avoid"  # no invented authority speaks of an invented class
        where = f" in {_named(having[0])}" if having else ""
        says = "is contraindicated" if concern == "contraindicated" else "asks for thought"
        kind = "interaction" if taking else "condition-risk" if having else "warning"
        value: dict[str, Any] = {
            "kind": "contraindication" if concern == "contraindicated" and not taking else kind,
            "concern": concern,
            "statement": f"{named} {says}{where} (US label, made up): 12 of 340 people who do not exist were affected.",
        }
        if self._chance.random() < 1 / 8:
            value["rationale"] = "Levels rose to twice those of an invented comparator, which says nothing of anybody."
        if self._chance.random() < 1 / 4:
            value["action"] = "Reasonable to do nothing at all: neither the substance nor the risk exists."
        if concern == "monitor":
            value["kind"] = kind if taking else "monitoring"
            value["monitoring"] = [{"test": "invented panel", "when": ["before the first dose", "weekly"]}]
        return value

    @staticmethod
    def _joined(named: str, taking: str) -> dict[str, Any]:
        return {
            "kind": "interaction" if taking else "condition-risk",
            "concern": "caution",
            "statement": f"{named} may add to what is there already; the facts that are joined here are made up.",
            "action": "Reasonable to start low, were there anything to start.",
        }

    def _premises(self, subject: str, taking: str) -> dict[str, list[str]]:
        """Return the assertions that a claim about a compound and a class joins."""
        owners = {subject: "compounds", taking: "terms"}
        paths = [f"{owner}/has/" for owner in owners]
        held = [path.split("/", 1)[1].removesuffix(".json") for path in self._made if "/has/" in path]
        return {"premises": [next(id for id in held if id.startswith(path)) for path in paths]}

    # --- sources ------------------------------------------------------------------------------------------------------

    def _page(self) -> str:
        """Return a place in the report of an invented study; each report is cited three times."""
        key = f"invented-study-{self._pages // 3:05d}"
        design = ("randomised-trial", "cohort", "case-series")[self._pages // 3 % 3]
        self._pages += 1
        self._made[f"sources/{key}.json"] = {
            "type": "article-journal",
            "title": f"{_named(key)}: a report, made up, of people who do not exist and took what does not exist",
            "author": [{"family": f"Nobody {letter}", "given": "N"} for letter in "ABC"],
            "issued": {"date-parts": [[2025, 6]]},
            "container-title": "Journal of Invented Results",
            "URL": f"https://journal.example.org/{key}",
            "custom": {"design": design, "read": "abstract", "read_on": "2026-11-25"},
        }
        return f"{key}#abstract"

    def _label(self, compound: str, section: str) -> str:
        """Return a section of the invented label of ``compound``."""
        key = f"{compound}-us"
        self._made[f"sources/{key}.json"] = {
            "type": "regulation",
            "title": f"{_named(compound)} tablets, an invented US label",
            "publisher": "Invented Agency",
            "URL": f"https://agency.example.org/{compound}",
            "custom": {
                "about": [compound],
                "jurisdiction": "US",
                "version_date": "2025-06",
                "design": "label",
                "read": "full",
                "read_on": "2026-11-25",
            },
        }
        return f"{key}#{section}"


def _named(id: str) -> str:
    """Return the name of what has the identifier ``id``."""
    return id.replace("-", " ").capitalize()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
