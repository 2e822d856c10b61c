"""An interaction from either side: roles, partners, words."""

from __future__ import annotations

from safetykb.reasoning.findings import Place

from .building_blocks import World, world

SAYS = "{taking} raises {subject} in {condition}."


def test_interaction_is_found_from_either_side():
    """An interaction is found from either side, and each side keeps its role."""
    made = World().compound("left").compound("right").condition("disease", treatments="left:pain right:sleep")
    made.claim("left/a", taking="right", statement=SAYS)
    assert made.found("left/a", compound="left").statement == "Right raises left in disease."
    assert made.found("left/a", compound="right").statement == "Right raises left in disease."
    assert [p.treatment for p in made.found("left/a", compound="left").partners] == ["right"]
    assert [p.treatment for p in made.found("left/a", compound="right").partners] == ["left"]


def test_interaction_through_terms_from_either_side():
    """An interaction between two terms is found from either side, and each side keeps its role."""
    made = World().compound("left").compound("right").condition("disease", treatments="left:pain right:sleep")
    made.term("raiser").term("raised").has("right", "raiser").has("left", "raised")
    made.claim("raised/a", taking="raiser", statement=SAYS)
    assert made.found("raised/a", compound="left").statement == "Right or another raiser raises left in disease."
    assert made.found("raised/a", compound="right").statement == "Right raises left or another raised in disease."


def test_a_compound_is_never_its_own_partner():
    """A compound is never its own partner, though it stands on both sides of a claim."""
    made = world(treatments="drug:pain class:sleep").term("class").has("drug", "class")
    made.claim("class/a", taking="class").claim("class/b", taking="drug").claim("drug/c", taking="class")
    found = {f.id: f for f in made.review().findings}
    assert all(finding.partners == () for finding in found.values())
    assert found["class/b"].other_name == "class"
    assert found["drug/c"].other_name == "class"


def test_no_claim_of_a_compound_with_itself():
    """A claim that only the compound itself would fill on both sides does not apply."""
    made = world().compound("other").claim("drug/a", taking="drug")
    assert made.finding("drug/a") is None


def test_the_side_that_a_treatment_fills_goes_first():
    """Where the compound stands on both sides each treatment keeps its own role."""
    made = world(treatments="raising:pain").term("raiser").term("raised").has("drug", "raiser").has("drug", "raised")
    made.has("raising", "raised").claim("raised/a", taking="raiser", statement=SAYS)
    assert made.found("raised/a").statement == "Drug raises raising or another raised in disease."


def test_treatments_on_both_sides_are_told_apart():
    """Treatments that fill the two sides are all partners, and the text tells which stand the other way round."""
    made = world(treatments="up:pain down:sleep").term("raiser").term("raised")
    made.has("drug", "raiser").has("drug", "raised").has("up", "raiser").has("down", "raised")
    made.claim("raised/a", taking="raiser", statement=SAYS)
    found = made.found("raised/a")
    assert [partner.treatment for partner in found.partners] == ["down", "up"]
    assert (
        found.statement == "Up or another raiser raises drug in disease. The two stand the other way round with down."
    )


def test_a_known_band_goes_before_an_unknown_one():
    """A treatment that fills one side without its band and the other wholly is met wholly."""
    made = world(treatments="one:pain two:sleep").term("role", "enzyme").term("strong-role", "enzyme", "role")
    made.has("drug", "class").has("drug", "strong-role").has("one", "strong-role").has("two", "role").has(
        "two", "class"
    )
    made.claim("class/a", "avoid", taking="strong-role", statement=SAYS)
    found = made.found("class/a")
    assert [(p.treatment, p.inferred) for p in found.partners] == [("one", False), ("two", False)]
    assert (
        found.statement
        == "One or another strong role raises drug in disease. The two stand the other way round with two."
    )


def test_slots_name_a_few_partners_and_else_the_term():
    """Up to four partners are named in the text; more, or none, are named by what the claim itself calls them."""
    made = world(treatments="a:x b:x c:x d:x").term("drowsy", "effect").claim("drug/z", taking="drowsy", statement=SAYS)
    for id in "abcd":
        made.has(id, "drowsy")
    assert made.found("drug/z").statement == "A, b, c or d raises drug in disease."
    made.condition("disease", treatments="a:x b:x c:x d:x e:x").has("e", "drowsy")
    assert made.found("drug/z").statement == "A medicine that may cause drowsy raises drug in disease."
    assert made.condition("disease").found("drug/z").other_name == "a medicine that may cause drowsy"


def test_the_other_side_has_a_name_of_its_own():
    """A class is named by itself, a role at an enzyme by what it is, a compound by its name."""
    made = world().term("class").term("inhibitor", "enzyme").compound("pill", name="Pill")
    made.claim("drug/a", taking="class").claim("drug/b", taking="inhibitor").claim("drug/c", taking="pill")
    names = {f.id: f.other_name for f in made.review().findings}
    assert names == {"drug/a": "class", "drug/b": "a inhibitor", "drug/c": "Pill"}


def test_slots_in_every_text():
    """Slots are filled in statement, rationale and action alike, and no text starts with a small letter."""
    made = world().claim("drug/a", statement="{subject} one.", rationale="{condition} two.", action="{subject} three.")
    found = made.found("drug/a")
    assert (found.statement, found.rationale, found.action) == ("Drug one.", "Disease two.", "Drug three.")
    assert found.other_name == ""
    assert (world().claim("drug/a").found("drug/a").rationale, found.record_statement) == (None, "{subject} one.")


def test_taking_without_an_interaction_is_empty():
    """A text that speaks of taking where nothing is taken leaves the slot empty rather than raw."""
    assert world().claim("drug/a", statement="With {taking}.").found("drug/a").statement == "With ."


def test_joined_interaction_says_that_nobody_studied_it():
    """A joined interaction says that the two were not studied together; a stated one and a joined risk do not."""
    made = world(treatments="one:pain").claim("drug/a", taking="one", joined=True).claim("drug/b", taking="one")
    made.claim("drug/c", having="disease", joined=True)
    told = {f.id: f.statement.endswith("Not studied together.") for f in made.review().findings}
    assert told == {"drug/a": True, "drug/b": False, "drug/c": False}


def test_interaction_with_no_treatment_here():
    """A stated interaction with a drug that is no treatment here is listed under not-with; a joined one is not."""
    made = world().claim("drug/a", taking="stranger").claim("drug/b", taking="stranger", joined=True)
    found = made.found("drug/a")
    assert (found.block, found.if_taking, found.partners) == (Place.NOT_WITH, ("stranger",), ())
    assert made.finding("drug/b") is None
