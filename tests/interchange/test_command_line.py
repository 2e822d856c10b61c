"""The command line prints the forms of other systems, and reads a patient out of a FHIR record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safetykb.cli import BAD, OK, main
from safetykb.interchange.cds_hooks import cards_of
from safetykb.interchange.fhir import bundle_of
from safetykb.interchange.fhir_patient import read_record
from tests.answer.helpers import SAMPLE, ask, sample
from tests.interchange.records import SYNTHEA, TODAY

ASKED = ("review", "examplamine", "DD", "--data", str(SAMPLE), "--today", TODAY)


def test_a_review_is_printed_as_fhir(capsys: pytest.CaptureFixture[str]):
    """``--format fhir`` prints the Bundle."""
    assert main([*ASKED, "--format", "fhir"]) == OK
    assert json.loads(capsys.readouterr().out) == bundle_of(ask("examplamine", "DD", today=TODAY))


def test_a_review_is_printed_as_cards(capsys: pytest.CaptureFixture[str]):
    """``--format cds`` prints the cards."""
    assert main([*ASKED, "--format", "cds"]) == OK
    assert json.loads(capsys.readouterr().out) == {"cards": cards_of(ask("examplamine", "DD", today=TODAY))}


def test_a_patient_is_read_from_a_fhir_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """``--patient`` takes a FHIR record; what was not read of it is counted on standard error, without a value."""
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(SYNTHEA), encoding="utf-8")
    assert main([*ASKED, "--patient", str(file), "--format", "json"]) == OK
    told = capsys.readouterr()
    patient = read_record(SYNTHEA, today=TODAY, knowledge=sample()).patient
    assert json.loads(told.out) == ask("examplamine", "DD", patient=patient, today=TODAY).to_dict()
    assert "safetykb: in the record: 1 x stopped; not counted as taken" in told.err
    assert "sinusitis" not in told.err


def test_a_record_may_begin_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A record with a byte order mark gives the answer of the same record without one."""
    said = []
    for encoding in ("utf-8", "utf-8-sig"):
        file = tmp_path / "bundle.json"
        file.write_text(json.dumps(SYNTHEA), encoding=encoding)
        assert main([*ASKED, "--patient", str(file)]) == OK
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


def test_a_bad_record_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A record that cannot be read is refused, and the error repeats nothing of it."""
    file = tmp_path / "bundle.json"
    file.write_text('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"', encoding="utf-8")
    assert main([*ASKED, "--patient", str(file)]) == BAD
    assert "not plain JSON" in capsys.readouterr().err
