"""What ships runs anywhere: a zip on the path, a zipapp and a frozen program answer as the installed package does."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PyInstaller.archive.readers import CArchiveReader

import safetykb
from safetykb.knowledge.bundle import NAME

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(safetykb.__file__).parent
HOOK = PACKAGE / "__pyinstaller" / "hook-safetykb.py"
PAGE = (ROOT / "docs" / "how-to" / "in-one-file.md").read_text("utf-8")
CORE = ("attrs", "cattrs", "importlib-resources", "typing-extensions")


def program() -> str:
    """The program of the page."""
    (found,) = re.findall(r"^```\{code-block\} python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def commands(place: int) -> list[list[str]]:
    """The commands of a block of the page after its first, which installs from an index; Python is this one."""
    block = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[place]
    lines = [shlex.split(line) for line in block.splitlines()]
    assert lines[0][1:4] == ["-m", "pip", "install"]
    return [[sys.executable if word == "python3" else word for word in line] for line in lines[1:]]


def output(command: Sequence[str | Path], cwd: Path | None = None, **variables: str) -> bytes:
    """What a command prints that is given no variable of ours."""
    done = subprocess.run(command, cwd=cwd, env=variables, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def in_place(*arguments: str) -> bytes:
    """What the package under test prints as a process."""
    return output([sys.executable, "-m", *arguments], PYTHONPATH=str(PACKAGE.parent))


def hook() -> dict[str, Any]:
    """What the hook tells PyInstaller; under this name its run is measured."""
    return runpy.run_path(str(HOOK), run_name="safetykb.__pyinstaller.hook-safetykb")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    output([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, PATH=os.environ["PATH"])
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def app(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what `pip install --target` puts there: the wheel and the packages that it needs."""
    folder = tmp_path_factory.mktemp("made") / "app"
    zipfile.ZipFile(wheel).extractall(folder)
    for name in CORE:
        for file in importlib.metadata.files(name) or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), folder / file)
    return folder


# --- in a zip ---------------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_wheel_on_the_path(wheel: Path, app: Path):
    """A wheel that stands on the path as it is gives every file, schema and answer of the installed package."""
    code = """
import json, sys, safetykb
from safetykb.interchange.fhir import bundle_of
kb = safetykb.knowledge_base()
review = safetykb.review("ketamine", "multiple sclerosis")
tables = {name: len(table.columns) for name, table in review.tables().items()}
print(safetykb.__file__, file=sys.stderr)
print(json.dumps([kb.digest, sorted(kb.files), tables, review.to_dict(), bundle_of(review)]))
"""
    libraries = app.parent / "libraries"
    shutil.copytree(app, libraries, ignore=shutil.ignore_patterns("safetykb*"))
    path = os.pathsep.join((str(wheel), str(libraries)))
    found = output([sys.executable, "-S", "-c", code], PYTHONPATH=path)
    assert json.loads(found) == json.loads(output([sys.executable, "-c", code], PYTHONPATH=str(PACKAGE.parent)))
    where = output([sys.executable, "-S", "-c", "import safetykb; print(safetykb.__file__)"], PYTHONPATH=path)
    assert where.decode().startswith(str(wheel))


@pytest.mark.once
def test_a_zipapp(app: Path):
    """The zipapp of the page prints what the installed command prints, byte for byte, and exits as it does."""
    shown = [output(command, cwd=app.parent, PATH=os.environ["PATH"]) for command in commands(0)]
    assert shown[-1] == in_place("safetykb", "review", "ketamine", "multiple sclerosis")
    alone = [sys.executable, "-I", "-S", str(app.parent / "safetykb.pyz")]
    as_page = ("review", "Spravato", "RRMS", "--today", "2026-11-25", "--format", "html")
    assert output([*alone, *as_page]) == in_place("safetykb", *as_page)
    wrong = subprocess.run([*alone, "review", "ketamin", "MS"], check=False, capture_output=True)
    assert (wrong.returncode, wrong.stdout) == (2, b"")


# --- frozen -----------------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_frozen_program(app: Path, tmp_path: Path):
    """The program of the page, made one file, gives the same answer with an empty home, and holds no extra."""
    (tmp_path / "program.py").write_text(program(), "utf-8")
    make, (run,) = commands(1)
    output(make, cwd=tmp_path, PYTHONPATH=str(app), PATH=os.environ["PATH"], HOME=str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    shown = output([tmp_path / run], cwd=home, HOME=str(home))
    assert shown == output([sys.executable, tmp_path / "program.py"], PYTHONPATH=str(PACKAGE.parent))
    assert [*home.iterdir()] == []
    archive = CArchiveReader(str(tmp_path / run))
    assert f"safetykb/data/{NAME}" in archive.toc
    held = {name.partition(".")[0] for name in archive.open_embedded_archive("PYZ.pyz").toc}
    assert {"safetykb", "cattrs"} <= held
    assert held.isdisjoint(hook()["excludedimports"])


def test_the_hook():
    """The hook is found by its entry point, takes every module and every file, and leaves out what extras bring."""
    (found,) = importlib.metadata.entry_points(group="pyinstaller40", module="safetykb.__pyinstaller")
    assert found.load()() == [str(HOOK.parent)]
    told = hook()
    modules = {
        path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py") if path.parent != HOOK.parent
    }
    named = {".".join(("safetykb", *path.parts)).removesuffix(".__init__") for path in modules}
    assert set(told["hiddenimports"]) == named
    taken = {Path(source) for source, _ in told["datas"]}
    assert {file for file in (PACKAGE / "data").rglob("*") if file.is_file()} <= taken
    imported = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"^ +(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    ours = {"safetykb", "attrs", "cattrs", "importlib_resources"}
    assert set(told["excludedimports"]) == imported - set(sys.stdlib_module_names) - ours
