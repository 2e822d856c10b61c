"""What every answer says of itself."""

from __future__ import annotations

import attrs

from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, KnowledgeNote, how_made, note_of
from safetykb.model.choices import StampOutcome, StampRole
from safetykb.model.evidence import Stamp
from safetykb.model.scales import ReadDepth

from .helpers import ask, changed, sample


def test_intended_use_and_disclaimer():
    """They say for whom it is, what it is not, that no finding is not safety, and what not to do because of it."""
    for needed in ("health professionals", "Not for emergencies", "not a dose calculator", "not a medical device"):
        assert needed in INTENDED_USE
    assert "assessed by no regulator" in INTENDED_USE
    assert DISCLAIMER.startswith("No finding is not safety.")
    assert "Do not start, stop or change a treatment because of this text" in DISCLAIMER


def test_the_note_is_made_once():
    """The records are counted once for a knowledge base."""
    assert note_of(sample()) is note_of(sample())
    assert ask().knowledge is note_of(sample())


def test_records_that_somebody_looked_at_are_counted():
    """A record counts once, for each role in which anybody looked at it."""
    before = note_of(sample())
    record = sample().assertions["examplamine/has/example-family"]
    looks = [
        Stamp(role=role, by="Demo Doctor", on="2026-11-25", outcome=StampOutcome.SUPPORTED)
        for role in (StampRole.SECOND_READER, StampRole.CLINICIAN, StampRole.CLINICIAN)
    ]
    looked = attrs.evolve(record, stamps=tuple(looks))
    bare = attrs.evolve(record, stamps=())
    without = note_of(changed(assertions={record.id: bare}))
    after = note_of(changed(assertions={record.id: looked}))
    assert after.records == before.records
    assert after.second_reading == without.second_reading + 1
    assert after.clinician_reviewed == before.clinician_reviewed + 1 == 1


def test_how_it_was_made():
    """How many sources were not read in full, and how many records were read again, is said with numbers."""
    note = KnowledgeNote(version="1", digest="0" * 64, records=54, second_reading=10, clinician_reviewed=0)
    sources = [sample().sources[key] for key in ("kinetic2018", "exampler2021", "examplamine-us-2026")]
    assert [source.details.read for source in sources] == [ReadDepth.FULL, ReadDepth.ABSTRACT, ReadDepth.HEADER]
    assert how_made(note, sources) == (
        "Compiled by software from the cited pages, 2 of 3 not read in full (1 of them by their header alone). "
        "Of the 54 records of this knowledge, 10 were read a second time; 0 were reviewed by a clinician."
    )
    assert "header" not in how_made(note, sources[:2])
