"""The parts of these pages that are made at build: outputs of commands, and tables from the code and the records.

A page holds a fence whose language is ``live``; its first word names what is made::

    ```{live} console
    :until: FIRST
    $ safetykb review ketamine "multiple sclerosis"
    ```

``expand`` replaces each such fence. A command or a snippet that fails fails the build and the tests alike.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

import importlib_resources

import safetykb
from safetykb.answer.burden import alert_load
from safetykb.answer.tables import review_columns
from safetykb.cli import main, make_parser
from safetykb.interchange.extensions import EXTENSIONS
from safetykb.interchange.fhir_values import LOINC_FIELDS
from safetykb.knowledge.checks import CHECKS
from safetykb.knowledge.checks.citing import SECTIONS
from safetykb.knowledge.making import RENAMED
from safetykb.knowledge.tables import SHAPES
from safetykb.model import choices, scales
from safetykb.model.choices import Design, StampRole
from safetykb.model.evidence import Source
from safetykb.model.scales import Concern, EvidenceLevel, ReadDepth, Scale
from safetykb.reasoning.absence import Phrase
from safetykb.reasoning.findings import Place
from safetykb.reasoning.grading import STARTS
from safetykb.tabular import Column
from safetykb.tabular import Form as Shape

HERE: Final = Path(__file__).resolve().parent

_LIVE: Final = re.compile(r"^```\{live\} ?(?P<call>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_OPTION: Final = re.compile(r":(?P<name>[a-z]+): ?(?P<value>.*)")


class Failed(Exception):
    """An example does not do what the page says."""


def expand(text: str) -> str:
    """Return a page with every live part made; raise Failed when one of them fails."""
    names: dict[str, Any] = {}

    def made(found: re.Match[str]) -> str:
        call = found["call"].split()
        options, body = _parts(found["body"])
        if call[0] == "console":
            return _console(body, options)
        if call[0] == "python":
            return _python(body, options, names)
        if call[0] == "file":
            return _file(call[1], body)
        return MADE[call[0]](*call[1:])

    if not _LIVE.search(text):
        return text
    with workspace():
        return _LIVE.sub(made, text)


@contextlib.contextmanager
def workspace() -> Iterator[None]:
    """Work in a copy of the examples, so that a page may write into it."""
    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(HERE / "examples", Path(place) / "examples")
        with contextlib.chdir(folder):
            yield


def parts(text: str) -> list[str]:
    """Return what each live part of a page makes."""
    return [found["call"] for found in _LIVE.finditer(text)]


def _parts(body: str) -> tuple[dict[str, str], str]:
    options: dict[str, str] = {}
    lines = body.splitlines()
    while lines and (option := _OPTION.fullmatch(lines[0])):
        options[option["name"]] = option["value"]
        del lines[0]
    return options, "\n".join(lines)


# --- examples ---------------------------------------------------------------------------------------------------------


def run(command: str) -> tuple[int, str]:
    """Run a ``safetykb`` command; return its exit status and what it prints."""
    program, *arguments = shlex.split(command)
    if program != "safetykb":
        raise Failed(f"not a safetykb command: {command}")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
    return status, printed.getvalue()


def _console(body: str, options: Mapping[str, str]) -> str:
    told = []
    for line in body.splitlines():
        status, printed = run(line.removeprefix("$ "))
        if status != int(options.get("status", "0")):
            raise Failed(f"{line}: exit status {status}\n{printed}")
        told.append(f"{line}\n{_cut(printed, options)}")
    return _fence("console", "\n".join(told))


def _python(body: str, options: Mapping[str, str], names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(body, "example", "exec"), names)  # noqa: S102  an example of these pages
    shown = _fence("python", body)
    return f"{shown}\n\n{_fence('output', _cut(printed.getvalue(), options))}" if printed.getvalue() else shown


def _file(path: str, body: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(f"{body}\n", encoding="utf-8")
    return f"`{path}`:\n\n{_fence('json', body)}"


def _cut(text: str, options: Mapping[str, str]) -> str:
    """Return the part of an output that is shown, with dots where something is left out."""
    lines = text.rstrip().splitlines()
    first, last = 0, len(lines)
    if "from" in options:
        first = _line(lines, options["from"], 0)
    if "until" in options:
        last = _line(lines, options["until"], first + 1)
    if "lines" in options:
        last = min(last, first + int(options["lines"]))
    shown = lines[first:last]
    while shown and not shown[-1].strip():
        del shown[-1]
    return "\n".join([*(["..."] if first else []), *shown, *(["..."] if last < len(lines) else [])])


def _line(lines: Sequence[str], start: str, at: int) -> int:
    """Return the first line from ``at`` on whose beginning fits the pattern ``start``."""
    for number in range(at, len(lines)):
        if re.match(start, lines[number]):
            return number
    raise Failed(f"no line of the output begins as {start!r}")


def _fence(language: str, text: str) -> str:
    return f"~~~~{language}\n{text}\n~~~~"


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _code(text: object) -> str:
    return f"`{text}`"


def _plain(text: str) -> str:
    """Return a text in which nothing but code in backticks is markup."""
    kept = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<>\[\]{}$#])", r"\\\1", part) for part in kept)


def _docstring(value: object) -> str:
    return " ".join((value.__doc__ or "").replace("``", "`").split())


# --- scales and words -------------------------------------------------------------------------------------------------

_SCALES: Final = ("Concern", "Basis", "Directness", "Coverage", "Frequency", "Seriousness", "ReadDepth")


def scale_tables() -> str:
    """Every ordered scale: members from the highest, definitions, mappings."""
    told = []
    for name in _SCALES:
        told.append(_scale(name, _docstring(getattr(scales, name)), reversed(list(getattr(scales, name)))))
        if name == "Concern":
            told.append(_scale("EvidenceLevel", _docstring(EvidenceLevel), EvidenceLevel.members()))
    return "\n\n".join(told)


def _scale(name: str, text: str, members: Iterable[Scale | EvidenceLevel]) -> str:
    held = list(members)
    systems = list(dict.fromkeys(system for member in held for system in member.mapping))
    rows = [
        (_code(member.value), member.definition, *(member.mapping.get(system, "-") for system in systems))
        for member in held
    ]
    return f"({name.lower()}-scale)=\n## {name}\n\n{text}\n\n{_table(('word', 'meaning', *systems), rows)}"


def word_tables() -> str:
    """Every closed set of words that is no order."""
    told = []
    for name, value in vars(choices).items():
        if isinstance(value, type) and issubclass(value, scales.Choice) and value is not scales.Choice:
            rows = [(_code(member.value), member.definition) for member in value]
            told.append(f"### {name}\n\n{_docstring(value)}\n\n{_table(('word', 'meaning'), rows)}")
    return "\n\n".join(told)


def phrases() -> str:
    """The phrases of absence."""
    return "\n".join(f"- **{phrase.value}**" for phrase in Phrase)


def blocks() -> str:
    """The blocks of an answer, in their order."""
    return ", ".join(_code(place.value) for place in Place)


def sections() -> str:
    """The words that a locator in a label may begin with."""
    return ", ".join(_code(word) for word in sorted(SECTIONS)) + "."


def grading_table() -> str:
    """Where each design starts."""
    return _table(
        ("design", "what it is", "basis", "starts at"),
        (
            (_code(design), design.definition, basis if level else "none", level or "no level: never a risk")
            for design, (basis, level) in STARTS.items()
        ),
    )


# --- checks -----------------------------------------------------------------------------------------------------------

_LONGEST: Final = 1_500


def check_count() -> str:
    """How many checks there are, in a sentence."""
    gates = sum(check.gate for check in CHECKS)
    return f"There are {len(CHECKS)} checks. {gates} of them refuse a tree when it is loaded."


def check_tables() -> str:
    """Every check: what it holds, its cure, and a sample that fails."""
    told = [_table(("code", "name", "scope"), ((f"[{c.code}](#{_anchor(c.code)})", c.name, c.scope) for c in CHECKS))]
    for check in CHECKS:
        when = "Refuses the tree when it is loaded." if check.gate else "Speaks in `safetykb check`."
        told.append(f"({_anchor(check.code)})=\n## {check.code}: {check.name}")
        told.append(f"{_plain(check.description)}\n\n{when} Looked at: {check.scope}. Cure: {_plain(check.cure)}.")
        told.append("A sample that fails, laid over a tree of made-up records:")
        told += [_sample(path, value) for path, value in check.failing.items()]
    return "\n\n".join(told)


def _anchor(code: str) -> str:
    return f"check-{code.lower().replace(':', '-')}"


def _sample(path: str, value: object) -> str:
    if value is None:
        return f"`{path}` is left out."
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, indent=2)
    text = text.encode("ascii", "backslashreplace").decode()
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"
    wrapped = re.sub(r"(\S{100})(?=\S)", r"\1\n", cut)
    return f"`{path}`:\n\n{_fence('text', wrapped)}"


# --- the command line -------------------------------------------------------------------------------------------------


def command_line() -> str:
    """Every command with its arguments, from the parser itself."""
    parser = make_parser()
    told = [str(parser.description), _fence("text", parser.format_usage().strip())]
    commands = next(action for action in parser._actions if action.choices and action.dest == "command")  # noqa: SLF001
    for name, command in dict(commands.choices or {}).items():
        told.append(f"(command-{name})=\n## safetykb {name}\n\n{_plain(str(command.description))}")
        told.append(_fence("text", command.format_usage().strip()))
        rows = [
            (_called(action), _plain(str(action.help or "")), _default(action))
            for action in command._actions  # noqa: SLF001  argparse has no other list of its arguments
        ]
        told.append(_table(("argument", "meaning", "default"), rows))
    return "\n\n".join(told)


def _called(action: Any) -> str:
    taken = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    words = ", ".join(_code(option) for option in action.option_strings) or _code(action.dest)
    if action.option_strings and taken and not action.choices:
        words += f" {_code(taken)}"
    if action.choices:
        words += f" (one of {', '.join(_code(choice) for choice in action.choices)})"
    return words


def _default(action: Any) -> str:
    if action.default in (None, "==SUPPRESS==") or action.dest == "help":
        return "-" if action.option_strings or action.nargs == "?" else "required"
    return _code(action.default)


# --- schemas ----------------------------------------------------------------------------------------------------------


def _schema(name: str) -> dict[str, Any]:
    file = importlib_resources.files("safetykb") / "data" / "schema" / f"{name}.schema.json"
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def schema_names() -> list[str]:
    """The kinds of record that have a schema."""
    folder = importlib_resources.files("safetykb") / "data" / "schema"
    names = sorted(file.name.removesuffix(".schema.json") for file in folder.iterdir())
    return [name for name in names if name != "review"]


def review_schema() -> str:
    """The contract of a review, property by property."""
    return _described("review", _schema("review"), 2)


def record_schemas() -> str:
    """The schema of each kind of record."""
    told = []
    for name in schema_names():
        schema = _schema(name)
        told.append(f"(schema-{name})=\n## {name}\n\n{_plain(schema['description'])}")
        told.append(_described(name, schema, 3))
    return "\n\n".join(told)


def _described(root: str, schema: Mapping[str, Any], depth: int) -> str:
    """Describe a schema: the top first, then every object and every set of words that it refers to."""
    told = [_properties(root, schema)]
    named = [(name, name, part) for name, part in schema.get("$defs", {}).items()]
    queue = [*_inner("", schema), *named]
    while queue:
        name, place, part = queue.pop(0)
        text = part.get("description", "")
        if "enum" in part:  # the words stand below, and what they mean on the page of the scales
            text = text.partition(f" {part['enum'][0]}: ")[0]
        told.append(f"({_place(root, place)})=\n{'#' * depth} {name}\n\n{_plain(text)}")
        if "properties" in part:
            told.append(_properties(root, part, name))
            queue = [*_inner(f"{name}.", part), *queue]
        elif "enum" in part:
            told.append(f"One of: {', '.join(_code(word) for word in part['enum'])}.")
        elif "pattern" in part:
            told.append(f"A text of the form `{part['pattern']}`.")
    return "\n\n".join(told)


def _place(root: str, name: str) -> str:
    return f"schema-{root}-{name}".lower().replace(".", "-").replace("_", "-")


def _inner(prefix: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each object that stands inside another and has no name of its own: its path, its place, itself."""
    for name, part in schema.get("properties", {}).items():
        for held in (part, part.get("items", {}), *part.get("anyOf", ())):
            if "properties" in held:
                yield f"{prefix}{name}", f"at-{prefix}{name}", held


def _properties(root: str, schema: Mapping[str, Any], name: str = "") -> str:
    required = schema.get("required", ())
    rows = [
        (
            _code(key),
            _type(root, part, f"{name}.{key}" if name else key),
            "yes" if key in required else "no",
            _plain(part.get("description", "")),
        )
        for key, part in schema["properties"].items()
    ]
    return _table(("key", "type", "always", "meaning"), rows)


def _type(root: str, part: Mapping[str, Any], name: str) -> str:
    if "$ref" in part:
        called = part["$ref"].rpartition("/")[2]
        return f"[{called}](#{_place(root, called)})"
    if "properties" in part:
        return f"[object](#{_place(root, f'at-{name}')})"
    if "const" in part:
        return _code(json.dumps(part["const"]))
    if "enum" in part:
        return "one of " + ", ".join(_code(json.dumps(word) if word is None else word) for word in part["enum"])
    if "anyOf" in part:
        return " or ".join(_type(root, option, name) for option in part["anyOf"])
    kind = part.get("type", "anything")
    if kind == "array":
        return f"list of {_type(root, part.get('items', {}), name)}"
    if kind == "object":
        more = part.get("additionalProperties")
        return f"map to {_type(root, more, name)}" if isinstance(more, Mapping) else "object"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


# --- tables -----------------------------------------------------------------------------------------------------------

_OF_SCHEMA: Final = {"search record": "search"}
_MEANT: Final = {
    "id": "The identifier.",
    "entity": "The compound, condition or term of which it is said.",
    "term": "The term that it has.",
    "subject": "The compound or term that it is about.",
    "compound": "The compound that was studied.",
    "condition": "The condition in which it was studied.",
    "key": "The key of the source: its `id` among the sources.",
    "locator": "The place in the source.",
    "number": "The value, where it is a number.",
    "truth": "The value, where it is true or false.",
    "text": "The value, where it is a text.",
}
"""What a file need not say, since its path does, or writes in one text."""


def table_columns() -> str:
    """Every table with its columns, by the library itself."""
    told = []
    for name, table in safetykb.knowledge_base().tables().items():
        schema, cls = _schema(_OF_SCHEMA.get(table.name, table.name)), SHAPES[table.name][0]
        told.append(f'### kb.tables()["{name}"]\n\n{_docstring(cls)}\n\n{_columns(table.columns, schema, cls)}')
    schema = _schema("review")
    for part, columns in review_columns().items():
        text = _plain(schema["properties"][part]["description"])
        shape = {**schema["properties"][part]["items"], "$defs": schema["$defs"]}
        told.append(f'### review.tables()["{part}"]\n\n{text}\n\n{_columns(columns, shape)}')
    return "\n\n".join(told)


def _columns(columns: Sequence[Column], schema: Mapping[str, Any], cls: type | None = None) -> str:
    rows = _columns_told(columns, schema, schema.get("$defs", {}), cls)
    return _table(("column", "type", "null", "meaning"), rows)


def _columns_told(
    columns: Sequence[Column], schema: Mapping[str, Any], known: Mapping[str, Any], cls: type | None, within: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    for column in columns:
        part = schema.get("properties", {}).get(RENAMED.get(column.name, column.name) if cls is Source else column.name)
        own = vars(cls).get(column.name) if cls else None
        text = part.get("description") if part else _docstring(own) if isinstance(own, property) else None
        meaning = _plain(text or _MEANT.get(column.name, ""))
        if not meaning:
            raise Failed(f"nobody says what the column {within}{column.name} means")
        inner, kind = column, column.form.value
        if column.form is Shape.LIST:
            inner = column.parts[0]
            kind = f"list of {inner.form.value}"
        yield _code(within + column.name), kind, "never" if column.always else "may be", meaning
        if inner.form is Shape.STRUCT:
            yield from _columns_told(inner.parts, _target(part or {}, known), known, None, f"{within}{column.name}.")


def _target(part: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of an object that a property holds, or holds a list of."""
    part = part.get("items", part)
    return known[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


# --- the knowledge ----------------------------------------------------------------------------------------------------


def knowledge_tables() -> str:
    """What the packaged knowledge holds, counted."""
    base = safetykb.knowledge_base()
    kinds = ("compounds", "conditions", "terms", "assertions", "considerations", "studies", "searches", "sources")
    told = [f"Knowledge {base.version}, sha256 `{base.digest}`.", "## Records"]
    told.append(_table(("kind", "records", "read twice", "reviewed by a clinician"), (_read(base, k) for k in kinds)))
    claims = [claim for claim in base.considerations.values() if claim.withdrawn is None]
    told += ["## Claims by concern and origin", _crossed(claims)]
    heavy = [claim for claim in claims if claim.concern is not None and claim.concern >= Concern.AVOID]
    twice = sum(_has(claim, StampRole.SECOND_READER) for claim in heavy)
    studies = [study for study in base.studies.values() if study.withdrawn is None]
    again = sum(_has(study, StampRole.SECOND_READER) for study in studies)
    told.append(
        f"Of the {len(heavy)} claims at avoid or above, {twice} were read a second time; "
        f"of the {len(studies)} studies, {again}. A second reading here is by software unless the stamp names a person."
    )
    told += ["## Sources by design and by how much was read", _sources(base)]
    return "\n\n".join(told)


def _has(record: Any, role: StampRole) -> bool:
    return any(stamp.role is role for stamp in record.stamps)


def _read(base: safetykb.KnowledgeBase, kind: str) -> tuple[object, ...]:
    records = list(getattr(base, kind).values())
    if not records or not hasattr(records[0], "stamps"):
        return (kind, len(records), "-", "-")
    counted = [sum(_has(record, role) for record in records) for role in (StampRole.SECOND_READER, StampRole.CLINICIAN)]
    share = f" ({counted[0] / len(records):.0%})"
    return (kind, len(records), f"{counted[0]}{share}", counted[1])


def _crossed(claims: Sequence[safetykb.SafetyConsideration]) -> str:
    counted = Counter((claim.concern, str(claim.origin)) for claim in claims)
    rows = [
        (str(concern or "no-increase"), counted[concern, "stated"], counted[concern, "joined"])
        for concern in (*reversed(Concern), None)
    ]
    return _table(("concern", "stated", "joined"), rows)


def _sources(base: safetykb.KnowledgeBase) -> str:
    counted = Counter((source.details.design, source.details.read) for source in base.sources.values())
    depths = [*reversed(ReadDepth)]
    rows = [
        (design, *(counted[design, depth] or "-" for depth in depths))
        for design in Design
        if any(counted[design, depth] for depth in depths)
    ]
    return _table(("design", *(str(depth) for depth in depths)), rows)


def names_of(kind: str) -> str:
    """The records of a kind by name, in a line."""
    records: Mapping[str, Any] = getattr(safetykb.knowledge_base(), kind)
    return ", ".join(record.name for record in records.values()) + "."


def words(name: str) -> str:
    """The members of one scale or set of words, in a line, the highest first."""
    kind: type[Enum] = getattr(scales, name, None) or getattr(choices, name)
    members = [*kind]
    if issubclass(kind, Scale):
        members.reverse()
    return ", ".join(_code(member.value) for member in members) + "."


def load_tables() -> str:
    """The alert load over every packaged pair, as the library shows it."""
    return alert_load().to_markdown().split("\n", 1)[1]


def label_table() -> str:
    """The items of one label of each compound: how many it lists, how many were entered, and why the rest was not."""
    rows = []
    for file in sorted((HERE.parent / "tests" / "labels").glob("*.json")):
        read = json.loads(file.read_text(encoding="utf-8"))
        items = [*read["contraindications"], *read["boxed"]]
        reasons = "; ".join(f"{item['item']}: {item['left_out']}" for item in items if "left_out" in item)
        entered = [sum("entered" in item for item in read[part]) for part in ("contraindications", "boxed")]
        counts = (f"{entered[0]} of {len(read['contraindications'])}", f"{entered[1]} of {len(read['boxed'])}")
        rows.append((safetykb.compound(file.stem).name, _code(read["label"]), *counts, _plain(reasons) or "-"))
    return _table(("compound", "label", "contraindications entered", "boxed warnings entered", "left out"), rows)


def fhir_extensions() -> str:
    """Every extension of FHIR that we write."""
    rows = [
        (_code(name), _plain(known.text), ", ".join(known.contexts), known.type or ", ".join(map(_code, known.parts)))
        for name, known in EXTENSIONS.items()
    ]
    return _table(("extension", "what it says", "stands at", "type or parts"), rows)


def fhir_loinc() -> str:
    """The LOINC codes that are read, by the field they are read as."""
    fields = dict.fromkeys(LOINC_FIELDS.values())
    rows = [(_code(field), ", ".join(code for code, of in LOINC_FIELDS.items() if of == field)) for field in fields]
    return _table(("field", "LOINC codes"), rows)


MADE: Final[Mapping[str, Callable[..., str]]] = {
    "alert-load": load_tables,
    "blocks": blocks,
    "check-count": check_count,
    "checks": check_tables,
    "command-line": command_line,
    "fhir-extensions": fhir_extensions,
    "fhir-loinc": fhir_loinc,
    "grading": grading_table,
    "knowledge": knowledge_tables,
    "labels": label_table,
    "names": names_of,
    "phrases": phrases,
    "record-schemas": record_schemas,
    "review-schema": review_schema,
    "scales": scale_tables,
    "sections": sections,
    "table-columns": table_columns,
    "word-tables": word_tables,
    "words": words,
}
"""What a page can ask for by one word."""
