"""Small random knowledge, for properties: a few of everything, tied together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .building_blocks import World

CLASSES = ("class-a", "class-b", "class-c")
EFFECTS = ("effect-a", "effect-b")
ROLES = ("inhibitor", "strong-inhibitor", "weak-inhibitor", "substrate")
STATES = ("state-a", "state-b", "state-c")
CONDITIONS = ("disease", "stage", "other-disease")
COMPOUNDS = ("drug", "member", "partner", "second-partner")
SUBSTANCES = (*CLASSES, *EFFECTS, *ROLES, *COMPOUNDS)
CITES = ("label1", "case-report1", "randomised-trial1", "cohort1", "preclinical1", "pk-study1", "registry1")
CONCERNS = ("inform", "monitor", "caution", "avoid", "contraindicated")
FREQUENCIES = ("very-rare", "uncommon", "common", "not-known")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world: ``drug`` and others in ``disease``, its ``stage`` and another."""
    made = World().source("label1")
    for kind, ids in (("drug-class", CLASSES), ("effect", EFFECTS), ("state", STATES)):
        for place, id in enumerate(ids):
            made.term(id, kind, " ".join(_some(draw, ids[:place])) if place else "")
    made.term("inhibitor", "enzyme").term("substrate", "enzyme")
    made.term("strong-inhibitor", "enzyme", "inhibitor").term("weak-inhibitor", "enzyme", "inhibitor")
    _entities(draw, made)
    _assertions(draw, made)
    for number in range(draw(st.integers(1, 6))):
        _claim(draw, made, number)
    return made


def _some(draw: st.DrawFn, choices: tuple[str, ...], most: int = 2) -> list[str]:
    return draw(st.lists(st.sampled_from(choices), max_size=most, unique=True))


def _entities(draw: st.DrawFn, made: World) -> None:
    for id in COMPOUNDS:
        forms = _some(draw, ("tablet:oral", "injection:intravenous", "infusion:intravenous"))
        relative = draw(st.sampled_from(COMPOUNDS))
        related = [{"compound": relative, "how": "enantiomer-of"}] if relative != id and draw(st.booleans()) else None
        uses = [{"condition": draw(st.sampled_from(CONDITIONS)), "status": "approved", "cites": ["label1#indications"]}]
        made.compound(id, *forms, related=related, uses=uses if draw(st.integers(0, 5)) == 0 else None)
    for id in CONDITIONS:
        purposes = {name: draw(st.sampled_from(("relapse", "pain"))) for name in _some(draw, (*COMPOUNDS, *CLASSES), 3)}
        treatments = " ".join(f"{name}:{purpose}" for name, purpose in purposes.items())
        made.condition(id, {"stage": "disease"}.get(id, ""), treatments)


def _assertions(draw: st.DrawFn, made: World) -> None:
    for entity in (*COMPOUNDS, *CLASSES):
        for term in _some(draw, (*CLASSES, *EFFECTS, *ROLES), 3):
            if entity != term:
                said = {"cites": draw(st.sampled_from(CITES)), "form": draw(st.sampled_from((None, None, "tablet")))}
                text = {"text": "It has it.", **{key: item for key, item in said.items() if item is not None}}
                more = {"weight": draw(st.sampled_from(("main", "main", "minor")))} if term in EFFECTS else {}
                made.has(entity, term, text, **more)
    for entity in CONDITIONS:
        for term in _some(draw, (*STATES, "other-disease"), 3):
            if entity != term:
                made.has(entity, term, cites=draw(st.sampled_from(CITES)), frequency=draw(st.sampled_from(FREQUENCIES)))


def _claim(draw: st.DrawFn, made: World, number: int) -> None:
    def one(*choices: Any) -> Any:
        return draw(st.sampled_from(choices))

    joined = draw(st.booleans())
    having = draw(st.lists(st.sampled_from((*CONDITIONS, *STATES, "disease")), max_size=2, unique=True))
    taking = one(None, one(*SUBSTANCES), one(*ROLES))
    more: dict[str, Any] = {
        "serious": one(None, None, "fatal"),
        "exposure": one(None, None, None, {"form": "tablet"}, {"route": "intravenous"}, {"duration": "P1Y"}),
        "kind": one("warning", "warning", "monitoring", "no-increase"),
        "signal_for": None if joined else one(None, *CLASSES),
        "change": None if joined else one(None, {"steps": -1, "reason": "small"}, {"steps": 1, "reason": "large"}),
        "hazard": one(*EFFECTS),
    }
    if more["kind"] == "no-increase":
        joined = False
    cites = " ".join(draw(st.lists(st.sampled_from(CITES), min_size=1, max_size=2, unique=True)))
    concern = None if more["kind"] == "no-increase" else one(*CONCERNS)
    id = f"{one(*SUBSTANCES)}/claim-{number}"
    made.claim(id, concern, having=" ".join(having), taking=taking, joined=joined, cites=cites, **more)
