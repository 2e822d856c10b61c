"""Set up and run safetykb from a checkout with nothing but Python 3.11 and a package index.

    python3 dev.py review ketamine "multiple sclerosis"    any safetykb command
    python3 dev.py test [PYTEST ARGUMENTS]                 the whole test suite
    python3 dev.py lint                                    every static check
    python3 dev.py docs                                    the documentation, in docs/_build/html

The first use makes the environment .venv beside this file; it is made anew when pyproject.toml changes.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an older Python should say so, not fail on an import
    sys.exit("safetykb needs Python 3.11 or newer; this is " + sys.version.split()[0])

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PROJECT = (ROOT / "pyproject.toml").read_bytes()
LINT = (
    "ruff check",
    "ruff format --check",
    "mypy",
    "lint-imports --no-logo",
    "deptry .",
    "codespell",
    "shellcheck .ci/run",
)
DOCS = "-q -E -W --keep-going -n -b html docs docs/_build/html"  # made anew; a warning is an error


def requirements(group: str) -> list[str]:
    """The requirements of a dependency group and of the groups that it includes (an old pip cannot read them)."""
    found: list[str] = []
    for item in tomllib.loads(PROJECT.decode())["dependency-groups"][group]:
        found += [item] if isinstance(item, str) else requirements(item["include-group"])
    return found


def set_up(*groups: str) -> None:
    """Make the environment hold the package and the groups, unless it already does."""
    stamp = VENV / "safetykb-stamp"
    key = hashlib.sha256(PROJECT + f"{ROOT} {sys.version}".encode()).hexdigest()
    done = stamp.read_text().split() if stamp.exists() else []
    if done[:1] != [key]:
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("this Python cannot make a virtual environment; on Debian: apt-get install python3-venv")
        print(f"setting up {VENV}, once ...", file=sys.stderr)
        venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
        install("--editable", str(ROOT))
        done = [key]
    for group in groups:
        if group not in done:
            print(f"installing what {group} needs, once ...", file=sys.stderr)
            install(*requirements(group))
            done.append(group)
    stamp.write_text("\n".join(done))


def install(*what: str) -> None:
    """Install into the environment; what pip says goes to standard error."""
    pip = [str(PROGRAMS / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, *what], stdout=sys.stderr, check=False).returncode:
        sys.exit("the installation failed; is a package index in reach?")


def set_up_foreign() -> None:
    """Install from npm what some tests hold our outputs against; where it cannot be reached they are skipped."""
    locked, place = ROOT / "tests" / "foreign", VENV / "foreign"
    stamp = place / "stamp"
    key = (locked / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == key:
        return
    place.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(locked / name, place)
    if run("npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", cwd=place) == 0:
        stamp.write_bytes(key)


def run(program: str, *arguments: str, cwd: Path | None = None) -> int:
    """Run a program of the environment and return its exit status."""
    return subprocess.run([PROGRAMS / program, *arguments], cwd=cwd, check=False).returncode


def main(command: str = "--help", *arguments: str) -> int:
    """Set up what the command needs, run it, and return its exit status."""
    if command == "test":
        set_up("test", "foreign")
        set_up_foreign()
        return run("pytest", *arguments, cwd=ROOT)
    if command == "lint":
        set_up("lint")
        failed = [step for step in LINT if run(*step.split(), cwd=ROOT)]
        return len(failed)
    if command == "docs":
        set_up("docs")
        return run("sphinx-build", *DOCS.split(), *arguments, cwd=ROOT)
    set_up()
    return run("safetykb", command, *arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
