"""The command line: review, search, list, explain, check."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import safetykb
from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.answer.queries import search
from safetykb.errors import InvalidQuestion, SafetyKBError
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.loading import advice_on, knowledge_base, load, problems_of
from safetykb.model.considerations import Exposure, SafetyConsideration
from safetykb.rendering.characters import printable

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  there is no public name for it

OK: Final = 0
FOUND: Final = 1
"""The exit status of ``check`` when any check fails."""
BAD: Final = 2
"""The exit status for a name that is not known and for any other question that cannot be answered."""

FORMATS: Final[dict[str, Callable[[SafetyReview], str]]] = {
    "text": lambda answer: answer.to_text(),
    "markdown": lambda answer: answer.to_markdown(),
    "html": lambda answer: answer.to_html(),
    "json": lambda answer: dumps(answer.to_dict()),
}


def dumps(value: object) -> str:
    """Return ``value`` as JSON text, readable and in plain characters where they are letters."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    # What does not print stands in a string, where its escape means the same.
    return "\n".join(re.sub(r"[^ -~]", _in_ascii, line) for line in text.split("\n")) + "\n"


def _in_ascii(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (those of the process when None) and return its exit status."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as `head` does. What is left goes nowhere, so that nothing complains at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except (SafetyKBError, OSError) as error:
        print(f"safetykb: {printable(str(error))}", file=sys.stderr)
        return BAD
    return status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="safetykb",
        description="What is known about the safety of a compound for people with a condition.",
        epilog=f"{INTENDED_USE} {DISCLAIMER}",
    )
    parser.add_argument("--version", action="version", version=f"safetykb {safetykb.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_review(commands)
    _add_explain(commands)
    _add_search(commands)
    _add_list(commands)
    _add_check(commands)
    return parser


def _add(
    commands: _Commands, name: str, text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    if name != "check":
        parser.add_argument("--data", metavar="DIR", help="read this tree of records, not the packaged one")
    return parser


def _add_question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("compound", help="any name, brand or code of the compound")
    parser.add_argument("condition", help="any name of the condition")
    parser.add_argument("--form", help="the form in which it is taken")
    parser.add_argument("--jurisdiction", help="put what its sources say first among equals (US, EU, UK, CH ...)")


def _add_review(commands: _Commands) -> None:
    parser = _add(commands, "review", "Print the review of a compound in a condition.", _review)
    _add_question(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="the form of the review (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there, not to standard output")


def _add_explain(commands: _Commands) -> None:
    parser = _add(commands, "explain", "Print the proof of one finding of a review.", _explain)
    _add_question(parser)
    parser.add_argument("finding", help="the id of the finding, as the review prints it after 'explain:'")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the proof")


def _add_search(commands: _Commands) -> None:
    parser = _add(commands, "search", "Print the records that mention a word.", _search)
    parser.add_argument("text", help="the word or words")


def _add_list(commands: _Commands) -> None:
    parser = _add(commands, "list", "Print every record of a kind.", _list)
    kinds = ("compounds", "conditions", "terms", "considerations", "studies", "sources")
    parser.add_argument("kind", choices=kinds, nargs="?", default="compounds", help="which (default: compounds)")


def _add_check(commands: _Commands) -> None:
    parser = _add(commands, "check", "Print what is wrong with a tree of records, each with its cure.", _check)
    parser.add_argument("directory", nargs="?", help="the tree (default: the packaged records)")


def _knowledge(options: argparse.Namespace) -> KnowledgeBase:
    return load(options.data) if options.data else knowledge_base()


def _ask(options: argparse.Namespace) -> SafetyReview:
    return review(
        options.compound,
        options.condition,
        exposure=Exposure(form=options.form) if options.form else None,
        jurisdiction=options.jurisdiction,
        knowledge=_knowledge(options),
    )


def _review(options: argparse.Namespace) -> int:
    text = FORMATS[options.format](_ask(options))
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        _print(text)
    return OK


def _print(text: str) -> None:
    """Write ``text`` as UTF-8 whatever the terminal's own encoding is, so that no character is lost."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def _explain(options: argparse.Namespace) -> int:
    proof = _ask(options).explain(options.finding)
    _print(dumps(proof.to_dict()) if options.format == "json" else printable(str(proof)))
    return OK


def _search(options: argparse.Namespace) -> int:
    found = search(options.text, knowledge=_knowledge(options))
    if not found:
        cure = "this says nothing about its safety; try a synonym"
        raise InvalidQuestion(f"no record mentions {options.text!r}", cure)
    for match in found:
        record = match.record
        name = record.statement if isinstance(record, SafetyConsideration) else record.name
        _print(printable(f"{match.score:.2f}  {type(record).__name__:<20} {record.id}  ({match.field}) {name}"))
    return OK


def _list(options: argparse.Namespace) -> int:
    for id, record in getattr(_knowledge(options), options.kind).items():
        told = getattr(record, "name", None) or getattr(record, "statement", None) or getattr(record, "title", "")
        _print(printable(f"{id}  {told}".rstrip()))
    return OK


def _check(options: argparse.Namespace) -> int:
    problems = problems_of(options.directory)
    for problem in problems:
        _print(printable(str(problem)))
    if problems:
        print(f"safetykb: {len(problems)} problem{'' if len(problems) == 1 else 's'}", file=sys.stderr)
        return FOUND
    advice = advice_on(options.directory)
    for problem in advice:
        _print(printable(f"to read again: {problem}"))
    _print("no problem found")
    return OK
