"""Every contraindication and boxed warning of one label of each compound stands in the knowledge."""

from __future__ import annotations

import pytest

import safetykb
from safetykb import Concern
from safetykb.model.choices import Design
from safetykb.reasoning.graph import graph_of
from tests.labels.ledger import Item, Ledger, ledgers

LEDGERS = ledgers()

# fmt: off
FIRST_WAVE = (
    "interferon-beta", "glatiramer", "teriflunomide", "dimethyl-fumarate", "fingolimod", "siponimod", "ozanimod",
    "ponesimod", "cladribine", "natalizumab", "ocrelizumab", "ofatumumab", "alemtuzumab", "mitoxantrone",
    "baclofen", "tizanidine", "dantrolene", "dalfampridine", "oxybutynin", "gabapentin", "pregabalin",
    "carbamazepine", "oxcarbazepine", "valproate", "lamotrigine", "levetiracetam", "phenytoin", "phenobarbital",
    "topiramate", "clobazam", "levodopa-carbidopa", "pramipexole", "rasagiline", "selegiline", "safinamide",
    "entacapone", "riluzole", "edaravone", "tofersen", "donepezil", "rivastigmine", "galantamine", "lecanemab",
    "donanemab", "sertraline", "fluoxetine", "paroxetine", "citalopram", "escitalopram", "venlafaxine",
    "duloxetine", "amitriptyline", "bupropion", "mirtazapine", "phenelzine", "quetiapine", "olanzapine",
    "risperidone", "aripiprazole", "haloperidol", "clozapine", "lithium", "prazosin", "lorazepam", "sumatriptan",
    "erenumab", "propranolol", "pyridostigmine", "prednisolone", "methylprednisolone", "azathioprine",
    "mycophenolate", "rituximab", "eculizumab", "ondansetron", "metoclopramide", "morphine", "tramadol",
)
# fmt: on


def test_every_compound_of_the_first_wave_has_a_ledger():
    """Each compound of the first wave has its label's items listed."""
    assert set(FIRST_WAVE) <= set(LEDGERS)


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)
def test_label_is_one_of_the_compound(ledger: Ledger):
    """The label listed is a source that speaks of the compound."""
    details = safetykb.knowledge_base().sources[ledger.label].details
    assert details.design is Design.LABEL
    assert ledger.compound in details.about


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)
def test_every_item_is_entered_or_left_out_with_a_reason(ledger: Ledger):
    """An item names the claim that holds it, or why there is none; never both, never neither."""
    for item in ledger.items:
        assert item.item
        assert bool(item.entered) != bool(item.left_out), item


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)
def test_entered_items_are_claims_of_the_compound(ledger: Ledger):
    """A claim that an item names stands, cites a label, and meets the compound itself or a term that it has."""
    base = safetykb.knowledge_base()
    reach = graph_of(base).reach(ledger.compound)
    for item in entered(ledger.items):
        claim = base.considerations[item.entered or ""]
        assert claim.withdrawn is None
        assert claim.subject in reach or claim.context.taking in reach, item
        assert any(base.sources[cite.key].details.design is Design.LABEL for cite in claim.cites), item


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)
def test_contraindications_are_entered_as_such(ledger: Ledger):
    """What a label contraindicates has that concern, whatever else is known."""
    base = safetykb.knowledge_base()
    for item in entered(ledger.contraindications):
        assert base.considerations[item.entered or ""].concern is Concern.CONTRAINDICATED, item


def entered(items: tuple[Item, ...]) -> list[Item]:
    return [item for item in items if item.entered]
