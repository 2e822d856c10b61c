"""What the concepts of a FHIR record mean: names that the knowledge has, else their own, each doubt told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from safetykb.errors import AmbiguousName, InvalidQuestion, UnknownName
from safetykb.interchange.coding import PREFIX_OF, SNOMED
from safetykb.interchange.fhir_names import (
    curies,
    fits_form,
    ingredients,
    is_abbreviation,
    parts,
    says_none,
    unallergic,
    untagged,
    without_form,
)
from safetykb.interchange.fhir_resources import Entry, Resources, Tell
from safetykb.interchange.fhir_values import (
    ABSENT_OR_UNKNOWN,
    NONE_KNOWN,
    PREGNANCY,
    at,
    codings,
    listed,
    text_of,
    texts,
)
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.lookup import index_of
from safetykb.model.considerations import Exposure

_STATES: Final = ("condition", "term")
_MEDICINES: Final = ("compound",)
_CLASSES: Final = ("term",)

_Read = list[tuple[str | None, str]]
"""Names of medicines, each with the id of what it names; None for what the knowledge does not have."""


@attrs.frozen
class _States:
    """What a concept means, by id: ``exact`` by code, ``worded`` by words, ``broad`` by a category above its code.

    ``left``: the words that name nothing. ``is_doubtful``: a code that the knowledge should have and has not, or an
    abbreviation, stands beside what decides.
    """

    exact: dict[str, str]
    worded: dict[str, str]
    broad: dict[str, str]
    left: list[str]
    is_doubtful: bool

    @property
    def names(self) -> dict[str, str]:
        return {**self.broad, **self.worded, **self.exact}

    @property
    def is_certain(self) -> bool:
        """Tell whether it is one thing, and no broader than what the record says."""
        decided = bool(self.exact) or not (self.left or self.is_doubtful)
        return len(self.names) == 1 and not self.broad and decided


@attrs.frozen
class _Way:
    """How far references have been followed from one request, and what each resource on the way was read as."""

    resources: Resources
    depth: int = 0
    read: dict[int, _Read] = attrs.field(factory=dict)


class Concepts:
    """The names of a knowledge base, asked for what the concepts of a record mean."""

    def __init__(self, knowledge: KnowledgeBase, tell: Tell) -> None:
        """Ask ``knowledge``, and tell each doubt by ``tell``."""
        self._knowledge, self._tell = knowledge, tell
        self._names = index_of(knowledge)

    def _named(self, name: str, kinds: tuple[str, ...]) -> str | None:
        """Return the id of the one entity of these kinds that ``name`` names."""
        for kind in kinds:
            try:
                ids = self._names.ids_of(kind, name)
            except InvalidQuestion:
                return None
            if len(ids) == 1 and (kind != "term" or self._knowledge.is_state(ids[0]) is (kinds == _STATES)):
                return ids[0]
        return None

    def _shown(self, id: str, kinds: tuple[str, ...]) -> str:
        """Return the name of an entity, or its id where the name would lead elsewhere."""
        name = self._knowledge.entity(id).name
        return name if self._named(name, kinds) == id else id

    def _unknown(self, place: str, concept: Any, said: Sequence[str]) -> list[str]:
        """Return the words or the code of what the knowledge does not have, so that a review lists it."""
        coded = [*codings(concept)]
        if any(says_none(text) for text in said) or any(_says_none(system, code) for system, code, _ in coded):
            self._tell(place, "it says that none is known, which is not the same as none; left open")
            return []
        bare = next((f"{PREFIX_OF.get(system, 'code')} {code}" for system, code, _ in coded), None)
        name = untagged(said[0]) if said else bare
        if name is None:
            self._tell(place, "it has neither a code nor a text that could be read")
            return []
        self._tell(place, "nothing here knows it; handed on by its own name, and not checked")
        return [name]

    # --- states -------------------------------------------------------------------------------------------------------

    def states(self, place: str, concept: Any) -> list[str]:
        """Return the names of what a person of whom ``concept`` is said has: what the knowledge has, else its own."""
        meant = self._states(place, concept)
        if not meant.names:
            return self._unknown(place, concept, meant.left)
        if meant.broad:
            self._tell(place, "known by a broader category of its code")
        if len(meant.names) > 1:
            self._tell(place, "its codes and words name several things; each is counted")
        return [*meant.names.values()]

    def refuted(self, place: str, concept: Any) -> list[str]:
        """Return the name of what a person of whom ``concept`` is refuted has not; none where it may be narrower."""
        meant = self._states(place, concept)
        if not meant.names:
            return self._unknown(place, concept, meant.left)
        if meant.is_certain:
            return [*meant.names.values()]
        self._tell(place, "refuted, and known here only by something broader, or with a doubt; left open")
        return []

    def _states(self, place: str, concept: Any) -> _States:
        exact, broad, is_foreign = dict[str, str](), dict[str, str](), False
        coded = [*codings(concept)]
        for system, code, _ in coded:
            ids = self._coded(system, code)
            known = next((id for id in ids if id is not None), None)
            is_foreign = is_foreign or ids[:1] == [None]
            if known is not None:
                (exact if ids[0] == known else broad)[known] = self._shown(known, _STATES)
        said = dict(map(self._worded, texts(concept)))
        agreed = {*exact, *broad, *(id for text, id in said.items() if not is_abbreviation(text))}
        worded, is_short = dict[str, str](), False
        for text, id in said.items():
            if id is None:
                continue
            if id in agreed or not coded:
                worded.setdefault(id, text)
            elif agreed or is_foreign or len(said) > 1:
                self._tell(place, "an abbreviation in it fits no code and no words beside it; it is not taken alone")
                is_short = True
            else:
                self._tell(place, "known by an abbreviation alone, beside a code that is not known here")
                worded.setdefault(id, text)
                is_short = True
        left = [text for text, id in said.items() if id is None]
        if left and worded and is_foreign and not exact:
            self._tell(place, "known by some of its words; its code and its other words are not known here")
        return _States(exact, worded, broad, left, is_foreign or is_short)

    def _coded(self, system: str, code: str) -> list[str | None]:
        """Return what a code names, the code itself first, then the categories above it."""
        if system == SNOMED and code in PREGNANCY:
            pregnancy = self._named("pregnancy", _STATES)
            return [pregnancy] if PREGNANCY[code] else [None, pregnancy]
        return [self._named(curie, _STATES) for curie in curies(system, code)]

    def _worded(self, text: str) -> tuple[str, str | None]:
        """Return words without the tag of SNOMED CT, and the id of the state that they name."""
        for plain in dict.fromkeys((text, untagged(text))):
            id = self._named(plain, _STATES)
            if id is not None:
                return plain, id
        return untagged(text), None

    # --- medicines ----------------------------------------------------------------------------------------------------

    def ordered(self, entry: Entry, resources: Resources) -> list[str]:
        """Return the names of the medicines that a request or a statement is about."""
        resource = entry.resource
        concepts = (at(resource, "medicationCodeableConcept"), at(resource, "medication", "concept"))
        references = (at(resource, "medicationReference"), at(resource, "medication", "reference"))
        found = [self._medicine(entry.place, concept) for concept in concepts if concept is not None]
        way = _Way(resources)
        found += [self._referred(entry, reference, way) for reference in references if reference is not None]
        if not found:
            self._unknown(entry.place, None, ())
        return [name for _, name in self._merged(entry.place, found)]

    def _referred(self, entry: Entry, reference: Any, way: _Way) -> _Read:
        """Return the medicines of the Medication or Substance that a reference leads to, else those of its display."""
        pointed, shown = at(reference, "reference"), text_of(at(reference, "display"))
        found = way.resources.found(pointed.strip(), entry) if isinstance(pointed, str) and way.depth < _DEEPEST else []
        if not found:
            return self._medicine(entry.place, {"text": shown})
        if len(found) > 1:
            self._tell(entry.place, "several resources have the address that it refers to; each is counted")
        also = () if shown is None else (shown,)
        read: _Read = []
        for one in found:
            if id(one) not in way.read:
                way.read[id(one)] = []
                way.read[id(one)] = self._product(entry, one, also, attrs.evolve(way, depth=way.depth + 1))
            read += way.read[id(one)]
        return read

    def _product(self, entry: Entry, product: Any, also: tuple[str, ...], way: _Way) -> _Read:
        """Return the medicines that a Medication or Substance names, by its code, its ingredients, and ``also``."""
        if at(product, "status") == "entered-in-error" or Entry(entry.place, product).is_modified:
            self._tell(entry.place, "what it refers to is an error, or has a modifier not known here; counted as taken")
        concept = at(product, "code", "concept") or at(product, "code")
        around = [*listed(at(product, "contained")), *listed(at(entry.resource, "contained"))]
        here = attrs.evolve(entry, resource={"contained": around})
        inside = [one for one in listed(at(product, "ingredient")) if at(one, "isActive") is not False]
        active = [self._ingredient(here, one, way) for one in inside]
        whole = self._sources(entry.place, concept, (*texts(concept), *also))
        if not whole and not (active and all(active)):
            whole = [self._medicine(entry.place, concept, also)]
        return self._merged(entry.place, [*whole, *([[one for each in active for one in each]] if active else [])])

    def _ingredient(self, here: Entry, ingredient: Any, way: _Way) -> _Read:
        concept = at(ingredient, "itemCodeableConcept") or at(ingredient, "item", "concept")
        if concept is not None:
            return self._medicine(here.place, concept)
        reference = at(ingredient, "itemReference") or at(ingredient, "item", "reference")
        return self._referred(here, reference, way)

    def _medicine(self, place: str, concept: Any, also: Sequence[str] = ()) -> _Read:
        """Return the substances of a concept: those that the knowledge has, else its own words."""
        said = (*texts(concept), *also)
        sources = self._sources(place, concept, said)
        if sources:
            return self._merged(place, sources)
        worded = next((read for read in map(self._worded_medicine, said) if read), None)
        if worded is None:
            return [(None, name) for name in self._unknown(place, concept, said)]
        self._tell(place, _INGREDIENT)
        return worded

    def _merged(self, place: str, sources: Sequence[_Read]) -> _Read:
        """Return what several sources name, each medicine once; by a name that tells its form, unless forms differ."""
        once: dict[str, tuple[str | None, str]] = {}
        forms: dict[str, set[Exposure]] = defaultdict(set)
        for source in sources:
            for id, name in source:
                form = self._form(name) if id is not None else None
                if id is None or form is None or form in forms[id]:
                    once.setdefault(id or f"? {name.casefold()}", (id, name))
                else:
                    once[id] = (id, self._shown(id, _MEDICINES) if forms[id] else name)
                    forms[id].add(form)
        known = [ids for ids in ({id for id, _ in source if id is not None} for source in sources) if ids]
        if any(ids != known[0] for ids in known):
            self._tell(place, "its codes, words and parts name several medicines; each is counted")
        return [*once.values()]

    def _sources(self, place: str, concept: Any, said: Iterable[str]) -> list[_Read]:
        """Return what each code and each text names, of those that name something known, or several things."""
        ids = [self._named(curie, _MEDICINES) for system, code, _ in codings(concept) for curie in curies(system, code)]
        coded: list[_Read] = [[(id, self._shown(id, _MEDICINES))] for id in ids if id is not None]
        read = [each for each in map(self._worded_medicine, said) if len(each) > 1 or _is_known(each)]
        if any(id is None for each in read for id, _ in each):
            self._tell(place, _INGREDIENT)
        return [*coded, *read]

    def _worded_medicine(self, text: str) -> _Read:
        """Return the medicines that a text names; nothing for one that is neither known nor the name of a drug."""
        whole = self._asked(text)
        if whole:
            return whole
        names, is_all = ingredients(text)
        read = [self._formed(one, text) for name in names for one in self._part(name)]
        if not names:
            read = self._part(text)
            return read if _is_known(read) else []
        return read if is_all else [*read, (None, text)]

    def _formed(self, one: tuple[str | None, str], text: str) -> tuple[str | None, str]:
        """Return a medicine by a name that tells no other form than the text around it."""
        id, name = one
        form = self._form(name) if id is not None else None
        if id is None or form is None or form.form is None or fits_form(text, form.form):
            return one
        return id, self._shown(id, _MEDICINES)

    def _part(self, name: str) -> _Read:
        """Return the medicine that a name names, or those that it joins, where the knowledge has these."""
        for plain in dict.fromkeys((name, without_form(name))):
            known = self._asked(plain)
            if known:
                return known
        joined, dashed = ([self._asked(without_form(part)) for part in each] for each in parts(name))
        for each in (joined, dashed):
            if each and all(each):
                return [one for found in each for one in found]
        return [*(one for found in joined for one in found), (None, name)]

    def _form(self, name: str) -> Exposure | None:
        return self._names.compound(name).exposure

    def _asked(self, name: str) -> _Read:
        """Return the medicine that a review would know by this name, and those that it names beside it."""
        try:
            asked = self._names.compound(name) if self._names.knows_compound(name) else None
        except (UnknownName, AmbiguousName, InvalidQuestion):
            asked = None
        if asked is None:
            return []
        beside = [id for id in asked.also_named if id != asked.compound.id]
        return [(asked.compound.id, name), *((id, self._shown(id, _MEDICINES)) for id in beside)]

    # --- allergies ----------------------------------------------------------------------------------------------------

    def allergens(self, place: str, concepts: Iterable[Any]) -> list[str]:
        """Return the substances and classes that the concepts of an allergy name, else their own words."""
        found = [name for concept in concepts for name in self._allergens(place, concept)]
        return [*dict.fromkeys(found)]

    def _allergens(self, place: str, concept: Any) -> list[str]:
        plain = [unallergic(text) for text in texts(concept)]
        read = self._merged(place, self._sources(place, concept, plain))
        exact = [
            name if id is None or self._named(name, _MEDICINES) else self._shown(id, _MEDICINES) for id, name in read
        ]
        classes = [text for text in (*texts(concept), *plain) if self._named(text, _CLASSES) is not None]
        return [*exact, *dict.fromkeys(classes)] or self._unknown(place, concept, texts(concept))


_DEEPEST: Final = 3
"""How far references are followed from what is ordered: to a Medication, to its ingredients, to theirs."""


_INGREDIENT: Final = "nothing here knows an ingredient; handed on by its name, and not checked"


def _is_known(read: _Read) -> bool:
    return any(id is not None for id, _ in read)


def _says_none(system: str, code: str) -> bool:
    return (system, code) in NONE_KNOWN or (system == ABSENT_OR_UNKNOWN and code.startswith("no-"))
