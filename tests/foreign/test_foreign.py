"""What ships to others, held against checkers of others that run on Node and on Java."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

import safetykb
from safetykb import Patient, SafetyReview
from safetykb.answer.burden import alert_load
from safetykb.interchange.cds_hooks import cards_of, service
from safetykb.interchange.extensions import definitions
from safetykb.interchange.fhir import bundle_of
from tests.answer.helpers import ask, sample
from tests.browser.poisoning import HOSTILE, poisoned, reviews

pytestmark = pytest.mark.once

MODULES: Final = Path(sys.prefix) / "foreign" / "node_modules"
"""What `dev.py test` installs there of npm, as the lock beside this file names it."""

TODAY: Final = "2026-11-25"
WHOM: Final = Patient(
    age=70, egfr=24, medications=("calmazepine", "unobtainium"), conditions=("pregnancy",), sex="female"
)
OPTIONS: Final = ("--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "")
IMPORTS: Final = """\
import type { Bundle, CodeSystem, FhirResource, StructureDefinition, ValueSet } from "fhir/r5";
import type { CdsDiscoveryResponse, CdsResponse } from "@medplum/core";
"""


def answers() -> list[SafetyReview]:
    pairs = [("ketamine", "multiple sclerosis"), ("spravato", "RRMS")]
    packaged = [safetykb.review(*pair, today=TODAY) for pair in pairs]
    return [*packaged, ask(patient=WHOM, today=TODAY), ask("betaferin", "low mood disorder", today=TODAY)]


# --- types ------------------------------------------------------------------------------------------------------------


def typed(values: Sequence[tuple[str, Any]], *, wrong: Sequence[tuple[str, Any]] = ()) -> str:
    """A program that says of each value which type it has, and of each wrong one that it has not."""
    lines = [f"export const v{n}: {of} = {json.dumps(value)};" for n, (of, value) in enumerate(values)]
    for n, (of, value) in enumerate(wrong):
        lines += ["// @ts-expect-error", f"export const w{n}: {of} = {json.dumps(value)};"]
    return IMPORTS + "\n".join(lines)


def checked(program: str, folder: Path) -> list[str]:
    """What the compiler of TypeScript says against a program."""
    if not MODULES.is_dir():
        pytest.skip("nothing of npm is installed: `python3 dev.py test` does it")
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "said.ts").write_text(program, "utf-8")
    node, compiler = Path(sys.executable).with_name("node"), MODULES / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node, compiler, *OPTIONS, "said.ts"], cwd=folder, check=False, capture_output=True, text=True
    )
    return [line[:400] for line in (done.stdout + done.stderr).splitlines()]


def test_fhir_and_cards_are_of_the_published_types(tmp_path: Path):
    """Bundles, definitions, cards and the service are of the published types of FHIR R5 and of CDS Hooks 2.0.

    These know each element, which of them are required, and the words of each code list that is. They want a date where
    FHIR takes the reason for having none, so a day is named here.
    """
    reviews = answers()
    values: list[tuple[str, Any]] = [("Bundle<FhirResource>", bundle_of(review)) for review in reviews]
    values += [("CdsResponse", {"cards": cards_of(review)}) for review in reviews]
    values += [(made["resourceType"], made) for made in definitions()]
    values += [("CdsDiscoveryResponse", {"services": [service()]})]
    assert checked(typed(values), tmp_path) == []


def test_the_types_refuse(tmp_path: Path):
    """A word outside its code list, a name that FHIR or CDS Hooks lacks, and one that is missing are refused."""
    use = {"resourceType": "ClinicalUseDefinition", "type": "warning"}
    card = {"summary": "s", "indicator": "info", "source": {"label": "l"}}
    wrong: list[tuple[str, Any]] = [
        ("FhirResource", {**use, "type": "nonsense"}),
        ("FhirResource", {**use, "severity": "high"}),
        ("FhirResource", {**use, "warning": {"code": "x"}}),
        ("CdsResponse", {"cards": [{**card, "indicator": "hard-stop"}]}),
        ("CdsResponse", {"cards": [{**card, "concern": "avoid"}]}),
        ("CdsResponse", {"cards": [{**card, "source": {}}]}),
        ("CdsResponse", {"cards": [{**card, "links": [{"label": "l", "url": "u", "type": "other"}]}]}),
    ]
    right: list[tuple[str, Any]] = [("FhirResource", use), ("CdsResponse", {"cards": [card]})]
    assert checked(typed(right, wrong=wrong), tmp_path) == []


# --- HTML -------------------------------------------------------------------------------------------------------------


def faults(pages: dict[str, str], folder: Path) -> list[tuple[str, str]]:
    """The errors that the checker of the W3C finds in pages of HTML, each with the name of its page."""
    if not MODULES.is_dir() or shutil.which("java") is None:
        pytest.skip("the checker of HTML needs Java, and npm's vnu-jar: `python3 dev.py test` installs that")
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, "utf-8")
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-Xss4m", "-jar", str(jar), "--exit-zero-always", "--format", "json", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stderr)["messages"]
    return [(Path(at["url"]).stem, at["message"]) for at in found if at["type"] != "info"]


def around(fragment: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>T</title></head><body>{fragment}</body></html>'


def test_pages_are_valid(tmp_path: Path):
    """Each sort of page and fragment is valid HTML with valid CSS, whatever hostile text its records hold."""
    knowledge = sample()
    review = ask(patient=WHOM)
    pages = {
        "packaged": safetykb.review("ketamine", "multiple sclerosis").to_html(),
        "patient": review.to_html(),
        "report": ask().given(WHOM).to_html(),
        "finding": review.findings[0].to_html(),
        "explanation": review.findings[0].explain().to_html(),
        "knowledge": knowledge.to_html(),
        "difference": safetykb.diff(ask(), review).to_html(),
        "load": alert_load(knowledge).to_html(),
        "fragment": around(review.to_html(standalone=False)),
    }
    pages |= {f"hostile-{n}": reviews(poisoned(text))[0].to_html() for n, text in enumerate(HOSTILE[::4])}
    assert faults(pages, tmp_path) == []


def test_the_checker_refuses(tmp_path: Path):
    """A role that does not belong, an element that is not closed, an id that stands twice, a wrong style are found."""
    wrong = {
        "role": '<table role="table"><tr role="row"><td role="cell">x</td></tr></table>',
        "open": "<p><em>x</p>",
        "twice": '<p id="a">x</p><p id="a">y</p>',
        "style": '<p style="colour:red">x</p>',
    }
    pages = {name: around(body) for name, body in wrong.items()}
    assert {name for name, _ in faults({**pages, "right": around("<p>x</p>")}, tmp_path)} == {*wrong}
