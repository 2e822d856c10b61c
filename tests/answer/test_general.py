"""What is known of a compound and of a condition apart from each other."""

from __future__ import annotations

import attrs
import pytest

from safetykb import Exposure
from safetykb.answer.general import Fact, of_kinds
from safetykb.model.choices import TermKind, Weight
from safetykb.model.evidence import Withdrawal
from safetykb.model.scales import EvidenceLevel, Frequency

from .helpers import ask, changed, sample

WITHDRAWN = Withdrawal(date="2026-01-01", reason="wrong")


def terms(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.term for fact in facts]


def test_facts_of_a_compound():
    """Each assertion of a compound is a fact with its term, kind, weight, frequency, level, sentences and sources."""
    (fact,) = [fact for fact in ask().compound_facts if fact.term == "drowsiness"]
    record = sample().assertions["examplamine/has/drowsiness"]
    assert (fact.entity, fact.entity_name) == ("examplamine", "examplamine")
    assert (fact.term_name, fact.kind) == ("drowsiness", TermKind.EFFECT)
    assert (fact.weight, fact.frequency) == (Weight.MAIN, Frequency.VERY_COMMON)
    assert fact.level is EvidenceLevel.MODERATE
    assert [text for text, _ in fact.sentences] == [statement.text for statement in record.statements]
    assert fact.cites == tuple(dict.fromkeys(cite for statement in record.statements for cite in statement.cites))


def test_facts_of_a_class():
    """What is asserted of a class that the compound belongs to is a fact too, under the name of the class."""
    (fact,) = [fact for fact in ask("calmazepine").compound_facts if fact.term == "slowed-breathing"]
    assert (fact.entity, fact.entity_name) == ("sedative-drug", "sedative")


@pytest.mark.parametrize(("form", "count"), [(None, 2), ("nasal-spray", 2), ("injection", 1)])
def test_facts_of_a_form(form: str | None, count: int):
    """With a form asked about only the sentences that hold for it are shown."""
    review = ask(exposure=Exposure(form=form) if form else None)
    (fact,) = [fact for fact in review.compound_facts if fact.term == "raises-demo-pressure"]
    assert len(fact.sentences) == count


def test_a_fact_of_another_form_is_gone():
    """An assertion that has no sentence for the form asked about is no fact of it."""
    record = sample().assertions["examplamine/has/drowsiness"]
    nasal = attrs.evolve(record, statements=tuple(attrs.evolve(s, form="nasal-spray") for s in record.statements))
    knowledge = changed(assertions={record.id: nasal})
    assert "drowsiness" in terms(ask(knowledge=knowledge).compound_facts)
    assert "drowsiness" not in terms(ask(exposure=Exposure(form="injection"), knowledge=knowledge).compound_facts)


def test_main_and_frequent_come_first():
    """Main effects stand before minor ones, and among them the most frequent first."""
    minor = attrs.evolve(sample().assertions["examplamine/has/drowsiness"], weight=Weight.MINOR)
    found = ask(knowledge=changed(assertions={minor.id: minor})).compound_facts
    assert terms(found)[-1] == "drowsiness"
    rare = attrs.evolve(sample().assertions["examplamine/has/raises-demo-pressure"], frequency=Frequency.RARE)
    order = terms(ask(knowledge=changed(assertions={rare.id: rare})).compound_facts)
    assert order.index("drowsiness") < order.index("raises-demo-pressure")


def test_what_a_condition_brings():
    """The vulnerabilities of a condition and of everything broader are facts, the most frequent first."""
    wide = ask().condition_facts
    assert terms(wide) == ["demo-bladder-trouble", "demo-falls", "demo-pressure"]
    assert terms(ask(condition="RDD").condition_facts) == terms(wide)
    assert ask(condition="low mood disorder").condition_facts == ()


def test_what_was_withdrawn_is_no_fact():
    """A withdrawn assertion of compound or condition is shown nowhere."""
    ids = ("examplamine/has/drowsiness", "demo-disease/has/demo-falls")
    gone = {id: attrs.evolve(sample().assertions[id], withdrawn=WITHDRAWN) for id in ids}
    review = ask(knowledge=changed(assertions=gone))
    assert "drowsiness" not in terms(review.compound_facts)
    assert "demo-falls" not in terms(review.condition_facts)


def test_facts_by_kind():
    """Facts can be taken by the kinds of their terms, in their order."""
    facts = ask().compound_facts
    kinds = (TermKind.ENZYME, TermKind.DRUG_CLASS)
    assert [*of_kinds(facts, *kinds)] == [fact for fact in facts if fact.kind in kinds]
    assert {fact.term for fact in of_kinds(facts, *kinds)} == {"cyp9z9-substrate", "example-family"}
