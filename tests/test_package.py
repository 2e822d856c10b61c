"""The package as it is installed: what it ships, and what importing it does not do."""

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import safetykb

PACKAGE = Path(safetykb.__file__).parent
DATA = PACKAGE / "data"


def fresh(code: str, *options: str) -> str:
    """What a new interpreter prints that finds the package under test and measures no coverage."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTHON"))}
    start = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
    command = [sys.executable, "-P", *options, "-c", start + code]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tested_package_is_the_one_meant():
    """Where an installed package is expected the tests import that one, and else that of this checkout."""
    checkout = Path(__file__).resolve().parents[1] / "src"
    installed = Path(sysconfig.get_path("purelib"))
    expected = installed if os.environ.get("SAFETYKB_EXPECT_INSTALLED") else checkout
    assert PACKAGE.resolve() == (expected / "safetykb").resolve()


def test_import_is_light():
    """Importing safetykb loads none of attrs, cattrs and json."""
    # Without site-packages (-S) nothing can have loaded them before, and none of them but json can be found at all.
    loaded = fresh("import safetykb; print(*{name.partition('.')[0] for name in sys.modules})", "-S").split()
    assert "safetykb" in loaded
    assert not {"attr", "attrs", "cattr", "cattrs", "json"}.intersection(loaded)


def test_import_reads_no_data():
    """Importing safetykb opens and lists nothing under its data."""
    code = """
touched = []
sys.addaudithook(lambda event, args: touched.append(args[0]) if event in {"open", "os.listdir", "os.scandir"} else None)
import safetykb
print(*touched, sep="\\n")
"""
    touched = fresh(code).splitlines()
    assert any(path.startswith(str(PACKAGE)) for path in touched)  # the hook saw the import itself
    assert [path for path in touched if path.startswith(str(DATA))] == []


def test_version_is_that_of_the_distribution():
    """The literal version equals that in the metadata."""
    assert safetykb.__version__ == importlib.metadata.version("safetykb")


def test_licence_fields():
    """The metadata name both licences and ship their texts and the notice."""
    metadata = importlib.metadata.metadata("safetykb")
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0"
    assert metadata.get_all("License-File") == ["LICENSE", "LICENSE-DATA", "src/safetykb/data/NOTICE"]


def test_types_are_shipped():
    """The package is marked as typed."""
    assert (PACKAGE / "py.typed").is_file()


def test_notice_is_shipped():
    """The notice lies beside the data that it speaks of."""
    assert "not relicensed" in (DATA / "NOTICE").read_text("utf-8")


def test_notice_names_every_identifier_set():
    """Each prefix of an identifier in the data stands in the notice with its terms."""
    records = [json.loads(path.read_bytes()) for path in DATA.rglob("*.json")]
    prefixes = {xref.partition(":")[0] for record in records for xref in record.get("xrefs", ())}
    notice = (DATA / "NOTICE").read_text("utf-8").casefold()
    assert [prefix for prefix in sorted(prefixes) if prefix.casefold() not in notice] == []


def test_no_module_takes_the_place_of_a_public_name():
    """Every submodule imported, no public name has become a module and every public function works twice."""
    code = """
import importlib, inspect, pkgutil, safetykb
modules = [found.name for found in pkgutil.walk_packages(safetykb.__path__, "safetykb.")]
for module in modules:
    if not module.endswith(".__main__"):
        importlib.import_module(module)
for name in safetykb.__all__ * 2:
    assert not inspect.ismodule(getattr(safetykb, name)), name
calls = {
    "compound": lambda: safetykb.compound("ketamine"),
    "condition": lambda: safetykb.condition("multiple sclerosis"),
    "considerations": lambda: safetykb.considerations(compound="ketamine"),
    "diff": lambda: safetykb.diff(safetykb.knowledge_base(), safetykb.knowledge_base()),
    "interactions": lambda: safetykb.interactions("ketamine", ["theophylline"]),
    "knowledge_base": lambda: safetykb.knowledge_base(),
    "review": lambda: safetykb.review("ketamine", "multiple sclerosis"),
    "search": lambda: safetykb.search("bladder"),
}
functions = {name for name in safetykb.__all__ if inspect.isfunction(getattr(safetykb, name))}
assert functions == set(calls), f"call these here too: {functions ^ set(calls)}"
for call in [*calls.values()] * 2:
    call()
print(*modules)
"""
    assert "safetykb.cli" in fresh(code).split()
