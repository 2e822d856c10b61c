"""The command line: review, explain, why-not, interactions, search, list, notices, diff, pin, screen, check."""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import safetykb
from safetykb.answer.assembly import SafetyReview, review
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.answer.queries import interactions, search
from safetykb.asking import Parser, add_knowledge, add_patient, add_question, answer_to, knowledge_of, patient_of
from safetykb.changes import ClinicalDiff, diff
from safetykb.errors import InvalidQuestion, SafetyKBError
from safetykb.knowledge.loading import advice_on, load, problems_of
from safetykb.knowledge.mending import mend
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.scales import Concern
from safetykb.pinning import check, pin_of, read_pins, write_pins
from safetykb.rendering.characters import printable

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001  there is no public name for it

OK: Final = 0
FOUND: Final = 1
"""The exit status of ``check`` when any check fails, and of ``pin --check`` when an answer changed."""
BAD: Final = 2
"""The exit status for a name that is not known and for any other question that cannot be answered."""
STOPPED: Final = 130
"""The exit status of a screen that was interrupted, as a shell tells of it."""

FORMATS: Final[dict[str, Callable[[SafetyReview | ClinicalDiff], str]]] = {
    "text": lambda answer: answer.to_text(),
    "markdown": lambda answer: answer.to_markdown(),
    "html": lambda answer: answer.to_html(),
    "json": lambda answer: dumps(answer.to_dict()),
}


def _in_fhir(answer: SafetyReview) -> str:
    from safetykb.interchange.fhir import bundle_of

    return dumps(bundle_of(answer))


def _in_cards(answer: SafetyReview) -> str:
    from safetykb.interchange.cds_hooks import cards_of

    return dumps({"cards": cards_of(answer)})


def dumps(value: object) -> str:
    """Return ``value`` as JSON text, readable and in plain characters where they are letters."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    # What does not print stands in a string, where its escape means the same.
    return "\n".join(re.sub(r"[^ -~]", _in_ascii, line) for line in text.split("\n")) + "\n"


def _csl(answer: SafetyReview) -> str:
    from safetykb.interchange.csl import to_csl

    return dumps(to_csl(answer))


def _bibtex(answer: SafetyReview) -> str:
    from safetykb.interchange.bibtex import to_bibtex

    return to_bibtex(answer)


def _in_ascii(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


REVIEW_FORMATS: Final[dict[str, Callable[[SafetyReview], str]]] = {
    **FORMATS,
    "fhir": _in_fhir,
    "cds": _in_cards,
    "csl": _csl,
    "bibtex": _bibtex,
    "jsonld": lambda answer: dumps(answer.to_jsonld()),
}
"""A review has these forms as well: for hospital systems, for a reference manager, and for machines that read pages."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (those of the process when None) and return its exit status."""
    options = make_parser().parse(None if arguments is None else [*arguments])
    if getattr(options, "today", "") is None:
        options.today = datetime.date.today().isoformat()  # noqa: DTZ011  the day of the person who asks
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as `head` does. What is left goes nowhere, so that nothing complains at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except (SafetyKBError, OSError, ImportError) as error:  # an ImportError says which extra is missing
        _complain(str(error))
        return BAD
    return status


# --- the parser -------------------------------------------------------------------------------------------------------


def make_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="safetykb",
        description="What is known about the safety of a compound for people with a condition.",
        epilog=f"{INTENDED_USE} {DISCLAIMER}",
    )
    parser.add_argument("--version", action="version", version=f"safetykb {safetykb.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_review(commands)
    _add_explain(commands)
    _add_why_not(commands)
    _add_interactions(commands)
    _add_search(commands)
    _add_list(commands)
    _add_notices(commands)
    _add_diff(commands)
    _add_pin(commands)
    _add_screen(commands)
    _add_check(commands)
    return parser


def _add(commands: _Commands, name: str, text: str, run: Callable[[argparse.Namespace], int]) -> Parser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _add_format(parser: argparse.ArgumentParser, what: str, formats: Iterable[str] = FORMATS) -> None:
    text = f"the form of {what} (default: text)"
    parser.add_argument("--format", choices=[*formats], default="text", help=text)


def _add_review(commands: _Commands) -> None:
    parser = _add(commands, "review", "Print the review of a compound in a condition.", _review)
    add_question(parser)
    _add_format(parser, "the review", REVIEW_FORMATS)
    parser.add_argument("-o", "--output", metavar="FILE", help="write there, not to standard output")
    add_knowledge(parser)
    add_patient(parser)


def _add_explain(commands: _Commands) -> None:
    parser = _add(commands, "explain", "Print the proof of one finding of a review.", _explain)
    add_question(parser)
    parser.add_argument("finding", help="the id of the finding, as the review prints it after 'explain:'")
    _add_format(parser, "the proof", ("text", "json"))
    add_knowledge(parser)
    add_patient(parser)


def _add_why_not(commands: _Commands) -> None:
    parser = _add(commands, "why-not", "Print why a claim is not among the findings of a review.", _why_not)
    add_question(parser)
    parser.add_argument("claim", help="the id of the claim, as 'safetykb list considerations' prints it")
    add_knowledge(parser)
    add_patient(parser)


def _add_interactions(commands: _Commands) -> None:
    text = "Print what is known of taking a compound together with others, in anybody."
    parser = _add(commands, "interactions", text, _interactions)
    parser.add_argument("compound", help="any name, brand or code of the compound")
    parser.add_argument("others", nargs="+", metavar="other", help="the same of each other compound")
    parser.add_argument("--among", action="store_true", help="each pair of the others as well")
    _add_format(parser, "the answer", ("text", "json"))
    add_knowledge(parser)


def _add_search(commands: _Commands) -> None:
    parser = _add(commands, "search", "Print the records that mention a word.", _search)
    parser.add_argument("text", help="the word or words")
    add_knowledge(parser)


def _add_list(commands: _Commands) -> None:
    parser = _add(commands, "list", "Print every record of a kind.", _list)
    kinds = ("compounds", "conditions", "terms", "considerations", "studies", "sources")
    parser.add_argument("kind", choices=kinds, nargs="?", default="compounds", help="which (default: compounds)")
    add_knowledge(parser)


def _add_notices(commands: _Commands) -> None:
    parser = _add(commands, "notices", "Print the records that were withdrawn, and why.", _notices)
    parser.add_argument("--since", metavar="DAY", help="on or after this day, month or year")
    add_knowledge(parser)


def _add_diff(commands: _Commands) -> None:
    text = "Print what changed between two trees of records, or differs between two compounds, in clinical words."
    parser = _add(commands, "diff", text, _diff)
    parser.add_argument("old", help="a tree of records; with --compounds, a compound")
    parser.add_argument("new", help="the tree to compare it with; with --compounds, the other compound")
    parser.add_argument("condition", nargs="?", help="with --compounds: the condition")
    parser.add_argument("--compounds", action="store_true", help="compare the reviews of two compounds in a condition")
    _add_format(parser, "the answer")
    add_knowledge(parser)


def _add_pin(commands: _Commands) -> None:
    text = "Write down an answer as it stands, or check that the answers written down still stand."
    parser = _add(commands, "pin", text, _pin)
    add_question(parser, nargs="?")
    parser.add_argument("-o", "--output", metavar="FILE", help="add the answer to this file")
    parser.add_argument("--check", metavar="FILE", help="print what changed in each answer of this file")
    add_knowledge(parser)


def _add_screen(commands: _Commands) -> None:
    text = "Write what is known for each patient of a file: each medicine taken, in each condition had."
    parser = _add(commands, "screen", text, _screen)
    parser.epilog = (
        "Columns: id and the fields of a patient. In a CSV (comma, semicolon, tab or bar) the names of a list stand "
        "apart by semicolons; none says that there is none. Beside FILE.parquet stand FILE.summary.parquet, with a row "
        "for every patient, and FILE.not-checked.parquet. Stopped, the same command goes on after FILE.parts."
    )
    source = "parquet, a directory of it, or CSV in UTF-8: a row a patient, its columns the fields of a patient"
    parser.add_argument("patients", help=source)
    output = "write the findings to this file, which ends in .parquet"
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=output)
    words = [concern.value for concern in Concern]
    least = "leave out what is below (default: caution; all: leave out nothing)"
    parser.add_argument("--at-least", choices=[*words, "all"], default="caution", help=least)
    add_knowledge(parser)


def _add_check(commands: _Commands) -> None:
    parser = _add(commands, "check", "Print what is wrong with a tree of records, each with its cure.", _check)
    parser.add_argument("directory", nargs="?", help="the tree (default: the packaged records)")
    parser.add_argument("--fix", action="store_true", help="first rewrite the records that are not canonical")


# --- the commands -----------------------------------------------------------------------------------------------------


def _print(text: str) -> None:
    """Write ``text`` as UTF-8 whatever the terminal's own encoding is, so that no character is lost."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def _complain(text: str) -> None:
    print(f"safetykb: {printable(text)}", file=sys.stderr)


def _ask(options: argparse.Namespace) -> SafetyReview:
    return answer_to(options, patient_of(options))


def _review(options: argparse.Namespace) -> int:
    text = REVIEW_FORMATS[options.format](_ask(options))
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        _print(text)
    return OK


def _explain(options: argparse.Namespace) -> int:
    proof = _ask(options).explain(options.finding)
    _print(dumps(proof.to_dict()) if options.format == "json" else printable(str(proof)))
    return OK


def _why_not(options: argparse.Namespace) -> int:
    why = _ask(options).why_not(options.claim)
    _print(printable(why or f"it is among the findings; for its proof ask: explain {options.claim}"))
    return OK


def _interactions(options: argparse.Namespace) -> int:
    found = interactions(options.compound, options.others, among=options.among, knowledge=knowledge_of(options))
    if not found:
        raise InvalidQuestion("no record speaks of these together", "this says nothing about their safety")
    proofs = [finding.explain() for finding in found]
    if options.format == "json":
        _print(dumps([proof.to_dict() for proof in proofs]))
    else:
        _print(printable("\n\n".join(str(proof).rstrip("\n") for proof in proofs)))
    return OK


def _search(options: argparse.Namespace) -> int:
    found = search(options.text, knowledge=knowledge_of(options))
    if not found:
        cure = "this says nothing about its safety; try a synonym"
        raise InvalidQuestion(f"no record mentions {options.text!r}", cure)
    for match in found:
        record = match.record
        name = record.statement if isinstance(record, SafetyConsideration) else record.name
        _print(printable(f"{match.score:.2f}  {type(record).__name__:<20} {record.id}  ({match.field}) {name}"))
    return OK


def _list(options: argparse.Namespace) -> int:
    for id, record in getattr(knowledge_of(options), options.kind).items():
        told = getattr(record, "name", None) or getattr(record, "statement", None) or getattr(record, "title", "")
        _print(printable(f"{id}  {told}".rstrip()))
    return OK


def _notices(options: argparse.Namespace) -> int:
    found = knowledge_of(options).notices(options.since or "")
    for notice in found:
        _print(printable(f"{notice.date}  {notice.id}  {notice.reason}"))
    if not found:
        _print("no record was withdrawn" + (f" on or after {options.since}" if options.since else ""))
    return OK


def _diff(options: argparse.Namespace) -> int:
    if options.compounds != (options.condition is not None):
        raise InvalidQuestion("--compounds goes with a condition", "name two trees, or two compounds and a condition")
    _print(FORMATS[options.format](_of_compounds(options) if options.compounds else _of_trees(options)))
    return OK


def _of_compounds(options: argparse.Namespace) -> ClinicalDiff:
    knowledge = knowledge_of(options)
    both = (review(name, options.condition, knowledge=knowledge) for name in (options.old, options.new))
    return diff(*both)


def _of_trees(options: argparse.Namespace) -> ClinicalDiff:
    if options.data or options.overlay:
        raise InvalidQuestion("two trees are read as they are", "leave --data and --overlay out")
    return diff(load(options.old), load(options.new))


def _pin(options: argparse.Namespace) -> int:
    if options.check is not None and options.compound is None and options.output is None:
        return _check_pins(options)
    if options.check is not None or options.condition is None or options.output is None:
        cure = "name a compound, a condition and -o FILE; or --check FILE and nothing else"
        raise InvalidQuestion("pin writes one answer, or checks a file", cure)
    pin = pin_of(answer_to(options))
    kept = read_pins(options.output) if Path(options.output).exists() else ()
    write_pins(options.output, [*(other for other in kept if other.question != pin.question), pin])
    return OK


def _check_pins(options: argparse.Namespace) -> int:
    pins, knowledge = read_pins(options.check), knowledge_of(options)
    changes = [change for pin in pins for change in check(pin, knowledge)]
    for change in changes:
        _print(printable(change))
    if changes:
        _complain(f"{len(changes)} change{'' if len(changes) == 1 else 's'}")
        return FOUND
    _print(f"no change in {len(pins)} answer{'' if len(pins) == 1 else 's'}")
    return OK


def _screen(options: argparse.Namespace) -> int:
    from safetykb.screening import screen_file

    try:
        files = screen_file(
            options.patients,
            options.output,
            at_least=None if options.at_least == "all" else options.at_least,
            knowledge=knowledge_of(options),
            progress=_progress if sys.stderr.isatty() else None,
        )
    except KeyboardInterrupt:
        _complain("stopped; the same command goes on after the parts that are done")
        return STOPPED
    _print(printable(f"{files.patients} patients: {files.findings}, {files.summary}, {files.not_checked}"))
    return OK


def _progress(done: int, every: int) -> None:
    print(f"\rsafetykb: {done} of {every} patients", end="\n" if done == every else "", file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    if options.fix:
        if options.directory is None:
            raise InvalidQuestion("there is no tree to rewrite", "name its directory")
        for path in mend(options.directory):
            _print(printable(f"{path}: rewritten"))
    problems = problems_of(options.directory)
    for problem in problems:
        _print(printable(str(problem)))
    if problems:
        _complain(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}")
        return FOUND
    advice = advice_on(options.directory)
    for problem in advice:
        _print(printable(f"to read again: {problem}"))
    _print("no problem found")
    return OK
