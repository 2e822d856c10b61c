"""Medicines alone: what is known of taking two or more together, in anybody."""

from __future__ import annotations

import pytest

from safetykb import AmbiguousName, Finding, InvalidQuestion, UnknownName, interactions
from tests.reasoning.building_blocks import World


def pharmacy() -> World:
    """A world of four compounds, three of which have something with another."""
    made = World().term("sleepy", "effect").term("class")
    for id in ("alpha", "beta", "gamma", "delta"):
        made.compound(id, synonyms=[{"text": f"{id}-brand", "type": "brand"}])
    made.has("alpha", "sleepy").has("gamma", "sleepy").has("beta", "class")
    made.claim("sleepy/sleepy", taking="sleepy", joined=True).claim("alpha/class", "avoid", taking="class")
    made.claim("beta/gamma", "contraindicated", taking="gamma", having="older-age").claim("alpha/alone", "avoid")
    return made.claim("delta/state", "avoid", having="older-age")


def told(made: World, compound: str, *others: str, among: bool = False) -> list[tuple[str, str, str]]:
    """The id of each finding with the two compounds, in the order in which they are given."""
    found = interactions(compound, others, among=among, knowledge=made.knowledge())
    return [(finding.id, finding.compound, finding.partners[0].treatment) for finding in found]


def test_what_is_known_of_two():
    """A stated and a joined interaction are found; what is said of one alone is not."""
    made = pharmacy()
    assert told(made, "alpha", "beta") == [("alpha/class", "alpha", "beta")]
    assert told(made, "alpha", "gamma") == [("sleepy/sleepy", "alpha", "gamma")]
    assert told(made, "delta", "alpha") == []
    assert told(made, "alpha") == []
    assert told(made, "alpha", "alpha") == []


def test_which_comes_first_does_not_matter():
    """Interactions of a with b and of b with a are the same findings."""
    knowledge = pharmacy().knowledge()
    for one, two in (("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma"), ("alpha", "delta")):
        assert interactions(one, [two], knowledge=knowledge) == interactions(two, [one], knowledge=knowledge)


def test_order_and_repetition_do_not_matter():
    """The others in any order, more than once, and by any name give the same findings."""
    made = pharmacy()
    found = told(made, "alpha", "beta", "gamma", "delta")
    assert found == [("alpha/class", "alpha", "beta"), ("sleepy/sleepy", "alpha", "gamma")]
    assert told(made, "alpha", "delta", "gamma", "beta", "gamma", "alpha") == found
    assert told(made, "Alpha-Brand", "GAMMA", "beta brand", "delta") == found


def test_the_others_among_themselves():
    """With `among` each pair of the others is looked at as well, whichever is first."""
    made = pharmacy()
    whole = [
        ("beta/gamma", "beta", "gamma"),
        ("alpha/class", "alpha", "beta"),
        ("sleepy/sleepy", "alpha", "gamma"),
    ]
    assert sorted(told(made, "alpha", "beta", "gamma", among=True)) == sorted(whole)
    assert sorted(told(made, "gamma", "alpha", "beta", among=True)) == sorted(whole)
    assert told(made, "gamma", "alpha", "beta", among=True) == told(made, "beta", "gamma", "alpha", among=True)
    assert ("beta/gamma", "beta", "gamma") not in told(made, "alpha", "beta", "gamma")


def test_an_open_state_stays_open():
    """Taken together they are no if; what the claim needs of the person stays one."""
    found: tuple[Finding, ...] = interactions("gamma", ["beta"], knowledge=pharmacy().knowledge())
    (one,) = found
    assert (one.if_taking, one.if_having, one.partners[0].status) == ((), ("older age",), "met")


def test_unknown_names_raise():
    """A name that nothing knows, one of several, or none at all is an error, on either side."""
    made = pharmacy()
    for id in ("one", "two"):
        made.compound(id, synonyms=[{"text": "twin", "type": "other", "ambiguous": True}])
    knowledge = made.knowledge()
    for name, error in (("alpah", UnknownName), ("twin", AmbiguousName), ("", InvalidQuestion)):
        with pytest.raises(error):
            interactions(name, ["beta"], knowledge=knowledge)
        with pytest.raises(error):
            interactions("beta", ["alpha", name], knowledge=knowledge)
    with pytest.raises(UnknownName) as unknown:
        interactions("alpah", ["beta"], knowledge=knowledge)
    assert unknown.value.suggestions == ("alpha",)


def test_the_packaged_knowledge_is_asked_by_default():
    """Without a knowledge base the packaged one answers."""
    assert interactions("ketamine", ["baclofen"])
