"""Loading a tree: every problem at once, nothing half-loaded, and nothing but DataError."""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safetykb.errors import DataError, NoSuchRecord, Problem
from safetykb.knowledge import loading, tree
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.checks import samples
from safetykb.knowledge.layout import path_fields, place_of
from safetykb.knowledge.loading import knowledge_base, load, parse, problems_of
from safetykb.knowledge.strict_json import MAX_BYTES, decode, encode
from safetykb.knowledge.tree import digest_of, directory_files, packaged_files
from safetykb.knowledge.writing import canonical

from .trees import SAMPLE, base_files, draft, laid_over, write

KINDS = {
    "edition": "knowledge.json",
    "term": "terms/drowsiness/term.json",
    "compound": "compounds/examplamine/compound.json",
    "condition": "conditions/demo-disease/condition.json",
    "assertion": "compounds/examplamine/has/drowsiness.json",
    "consideration": "considerations/examplamine/pregnancy.json",
    "study": "studies/examplamine/demo-disease--fatigue-pilot.json",
    "search": "searches/examplamine/modulumab--interaction.json",
    "source": "sources/exampler2021.json",
}
EACH_KIND = pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())


def refusal(files: dict[str, bytes]) -> DataError:
    """The error with which a tree is refused."""
    with pytest.raises(DataError) as caught:
        loading.build(files)
    return caught.value


def test_sample_tree_loads():
    """The base sample loads whole, and what it holds is found by its identifier."""
    base = load(SAMPLE)

    assert base.version == "2026.11"
    assert base.compounds["examplamine"].name == "examplamine"
    assert base.considerations["examplamine/pregnancy"].subject == "examplamine"
    assert base.assertions["examplamine/has/drowsiness"].term == "drowsiness"
    assert base.studies["examplamine/demo-disease--fatigue-pilot"].condition == "demo-disease"
    assert problems_of(SAMPLE) == ()


@pytest.mark.parametrize("files", [base_files(), packaged_files()], ids=["sample", "packaged"])
def test_every_record_reloads_equal(files: dict[str, bytes]):
    """load(dump(x)) == x: each record, written and read again, is equal to itself."""
    first = parse(files)
    again = parse({node.file: canonical(node.value) for node in first.records()})

    assert [node.value for node in again.records()] == [node.value for node in first.records()]


@pytest.mark.parametrize("files", [base_files(), packaged_files()], ids=["sample", "packaged"])
def test_every_file_has_canonical_bytes(files: dict[str, bytes]):
    """dump(load(x)) is x, byte for byte."""
    read = parse(files)

    assert read.problems == ()
    assert [node.file for node in read.records() if canonical(node.value) != files[node.file]] == []


def test_packaged_knowledge_passes_every_gate():
    """The packaged records have no problem that would refuse a directory."""
    read = parse(packaged_files())

    assert [str(problem) for problem in loading._found(read, (), gate=True)] == []


@EACH_KIND
def test_broken_record_of_each_kind_is_refused(path: str):
    """One record that is no JSON refuses the whole tree, and the problem names its file."""
    error = refusal(base_files() | {path: b"{"})

    assert [(problem.code, problem.file, problem.path) for problem in error.problems] == [("REC:001", path, "$")]
    assert "nothing was loaded" in str(error)


@EACH_KIND
def test_unknown_key_in_a_record_of_each_kind_is_refused(path: str):
    """A key that the class does not know refuses the tree."""
    value = decode(base_files()[path]) | {"unheard": 1}
    error = refusal(base_files() | {path: encode(value)})

    assert [(problem.code, problem.file) for problem in error.problems] == [("REC:002", path)]


@EACH_KIND
@pytest.mark.parametrize("value", [3, None, [], "text", True])
def test_record_that_is_no_object_is_refused(path: str, value: object):
    """A record that is a number, null, a list or a text is refused at its root."""
    error = refusal(base_files() | {path: encode(value)})

    assert [(problem.code, problem.file, problem.path) for problem in error.problems] == [("REC:002", path, "$")]


@EACH_KIND
def test_field_that_the_path_gives_is_not_repeated(path: str):
    """What the path says is refused inside, even where both agree."""
    place = place_of(path)
    assert place is not None
    for key, said in place.fields.items():
        if key in path_fields(place.cls):
            error = refusal(base_files() | {path: encode(decode(base_files()[path]) | {key: said})})
            assert {problem.path for problem in error.problems} == {f"$.{key}"}


def test_all_problems_are_told_at_once():
    """Problems of files, of records and of the tree come together, each with file, path, code and cure."""
    error = refusal(
        laid_over(
            {
                "knowledge.json": None,
                "notes.txt": "hello",
                "terms/Bad_Name/term.json": samples.term("state", label="bad name"),
                "terms/drowsiness/term.json": "[",
                "conditions/demo-disease/condition.json": samples.condition(name="demo disease") | {"nme": 1},
                samples.CLAIM: samples.claim(hazard="unheard-of", concern="avoid"),
            }
        )
    )
    told = {(problem.code, problem.file, problem.path) for problem in error.problems}

    assert told == {
        ("FIL:005", "knowledge.json", "$"),
        ("FIL:001", "notes.txt", "$"),
        ("IDS:001", "terms/Bad_Name/term.json", "$"),
        ("REC:001", "terms/drowsiness/term.json", "$"),
        ("REC:002", "conditions/demo-disease/condition.json", "$"),
        ("REF:006", samples.CLAIM, "$.hazard"),
    }
    assert list(error.problems) == sorted(error.problems, key=lambda p: (p.file, p.path, p.code))
    for problem in error.problems:
        assert problem.cure
        assert all(part in str(error) for part in (problem.file, problem.path, problem.code, problem.cure))


def test_gate_lets_editorial_faults_load_and_the_check_tells_them(tmp_path: Path):
    """A fault of wording does not keep a tree from loading; the check names it."""
    files = laid_over({samples.CLAIM: samples.claim(action="Wait  two hours.")})
    directory = write(files, tmp_path)

    assert "examplamine/sample" in load(directory).considerations
    assert [problem.code for problem in problems_of(directory)] == ["WRD:005"]


@pytest.mark.parametrize(
    "path",
    [
        "readme.md",
        "terms/drowsiness.json",
        "terms/drowsiness/other.json",
        "terms/drowsiness/has/deeper/x.json",
        "compounds/examplamine/term.json",
        "considerations/x.json",
        "considerations/a/b/c.json",
        "considerations/examplamine/x.txt",
        "studies/examplamine/no-condition.json",
        "searches/x.json",
        "sources/deep/x.json",
        "sources/x.yaml",
        "knowledge.json.bak",
        "data/terms/drowsiness/term.json",
    ],
)
def test_file_without_a_place_is_refused(path: str):
    """A file where no record belongs refuses the tree, whatever it holds."""
    error = refusal(base_files() | {path: b"{}"})

    assert [(problem.code, problem.file) for problem in error.problems] == [("FIL:001", path)]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("terms/Drowsy/term.json", "'Drowsy'"),
        ("compounds/a--b/compound.json", "'a--b'"),
        ("sources/-x.json", "'-x'"),
        (f"sources/{'a' * 101}.json", "'aaa"),
        ("considerations/examplamine/a_b.json", "'a_b'"),
        ("searches/examplamine/a--b--c.json", "'a--b--c'"),
        ("compounds/examplamine/has/..json", "'.'"),
    ],
)
def test_badly_named_file_is_refused(path: str, shown: str):
    """A part of a path that is no identifier is refused and shown."""
    found = [problem for problem in parse({path: b"{}"}).problems if problem.code == "IDS:001"]

    assert len(found) == 1
    assert found[0].message.startswith(shown)


def test_search_may_name_both_sides_in_its_file():
    """The file of a search may join two identifiers with two hyphens, as that of a study does."""
    assert draft({}).knowledge.searches["examplamine/modulumab--interaction"].taking == "modulumab"


def test_links_are_not_followed(tmp_path: Path):
    """A symbolic link to a file, to a folder or to nothing is refused, and nothing outside is read."""
    directory = write(base_files(), tmp_path / "tree")
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    (directory / "sources" / "linked.json").symlink_to(secret)
    (directory / "terms" / "linked").symlink_to(tmp_path)
    (directory / "terms" / "broken").symlink_to(tmp_path / "nowhere")
    (directory / "terms" / "circle").symlink_to(directory)

    with pytest.raises(DataError) as caught:
        load(directory)
    assert {(problem.code, problem.file) for problem in caught.value.problems} == {
        ("FIL:002", f"{place}") for place in ("sources/linked.json", "terms/linked", "terms/broken", "terms/circle")
    }


def test_directory_may_itself_be_reached_by_a_link(tmp_path: Path):
    """The tree that was asked for may be a link: the caller chose it."""
    (tmp_path / "link").symlink_to(SAMPLE)

    assert load(tmp_path / "link").digest == load(SAMPLE).digest


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    """A named pipe is no file: it is refused at once."""
    directory = write(base_files(), tmp_path)
    os.mkfifo(directory / "sources" / "pipe.json")

    with pytest.raises(DataError, match=r"sources/pipe\.json \$: FIL:002"):
        load(directory)


def test_file_over_the_limit_is_refused_and_one_at_the_limit_read(tmp_path: Path):
    """A file of more than 8 MB is not read whole."""
    big = write(base_files() | {"sources/big.json": b" " * (MAX_BYTES + 1)}, tmp_path / "big")
    full = write({"knowledge.json": b" " * (MAX_BYTES - 15) + b'{"version":"1"}'}, tmp_path / "full")

    with pytest.raises(DataError, match=r"sources/big\.json \$: FIL:003"):
        load(big)
    assert load(full).version == "1"


def test_tree_over_the_limits_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A tree with too many files or bytes is given up half-way, and its rest is not judged."""
    directory = write(base_files(), tmp_path)

    monkeypatch.setattr(tree, "MAX_FILES", 5)
    files, problems = directory_files(directory)
    assert [problem.code for problem in problems] == ["FIL:004"]
    assert len(files) == 6
    with pytest.raises(DataError) as caught:
        load(directory)
    assert {problem.code for problem in caught.value.problems} <= {"FIL:004", "FIL:005"}

    monkeypatch.setattr(tree, "MAX_FILES", 100_000)
    monkeypatch.setattr(tree, "MAX_TREE", 2_000)
    assert [problem.code for problem in directory_files(directory)[1]] == ["FIL:004"]


def test_tree_with_too_many_problems_is_given_up():
    """After a thousand problems of reading the rest is left, and the tree is not judged by what is missing."""
    files = base_files() | {f"sources/wrong{number:04}.json": b"{" for number in range(1_100)}
    error = refusal(files)

    assert len(error.problems) == loading.MAX_PROBLEMS + 2
    assert {problem.code for problem in error.problems} == {"REC:001", "FIL:009"}


def test_folders_that_lie_too_deep_are_refused(tmp_path: Path):
    """Folders within folders without end are refused where they lie too deep; nothing recurses on."""
    directory = write(base_files(), tmp_path)
    deep = directory / "terms"
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)

    with pytest.raises(DataError) as caught:
        load(directory)
    (problem,) = caught.value.problems
    assert problem.code == "FIL:002"
    assert problem.file == "terms" + "/d" * 8


def test_name_of_a_file_can_always_be_printed(tmp_path: Path):
    """A name with control characters or bytes that are no text is escaped in the problem."""
    directory = write(base_files(), tmp_path)
    (directory / "sources" / "a\nb\u202e.json").write_bytes(b"{}")
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(directory) + b"/sources/\xff.json")).write_bytes(b"{}")

    with pytest.raises(DataError) as caught:
        load(directory)
    assert all(problem.file.isprintable() for problem in caught.value.problems)
    assert str(caught.value).encode()
    assert "sources/a\\nb\\u202e.json" in {problem.file for problem in caught.value.problems}


def test_what_cannot_be_opened_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file or folder that the system will not open is a problem, not an OSError."""
    directory = write(base_files(), tmp_path)
    (directory / "sources" / "closed.json").write_bytes(b"{}")
    opened, listed = Path.open, os.scandir

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "closed.json":
            raise PermissionError(13, "no", str(path))
        return opened(path, *args, **options)

    def refuse_folder(path: Any) -> Any:
        if Path(path).name == "schema-old":
            raise PermissionError(13, "no", str(path))
        return listed(path)

    (directory / "schema-old").mkdir()
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    with pytest.raises(DataError) as caught:
        load(directory)
    assert {(problem.code, problem.file) for problem in caught.value.problems} == {
        ("FIL:002", "sources/closed.json"),
        ("FIL:002", "schema-old"),
    }


def test_notice_and_schemas_are_no_records(tmp_path: Path):
    """NOTICE and schema/ at the top of a tree are left unread; deeper they have no place."""
    directory = write(base_files() | {"NOTICE": b"\xff", "schema/x.schema.json": b"["}, tmp_path)
    assert load(directory).digest == load(SAMPLE).digest

    write({"terms/NOTICE": b""}, directory)
    with pytest.raises(DataError, match=r"terms/NOTICE \$: FIL:001"):
        load(directory)


@pytest.mark.parametrize("name", ["absent", "file"])
def test_what_is_no_directory_is_said_to_be_none(tmp_path: Path, name: str):
    """A path that is no directory raises NotADirectoryError and names it."""
    (tmp_path / "file").write_text("")

    with pytest.raises(NotADirectoryError, match=name):
        load(tmp_path / name)


def test_empty_directory_has_no_version(tmp_path: Path):
    """An empty tree is refused: it has no version."""
    with pytest.raises(DataError, match="FIL:005 the tree has no version"):
        load(tmp_path)


def test_same_assertion_in_two_folders_is_refused():
    """Two files for one assertion never load as one."""
    has = base_files()["compounds/examplamine/has/drowsiness.json"]
    error = refusal(base_files() | {"terms/examplamine/has/drowsiness.json": has})

    assert ("FIL:006", "terms/examplamine/has/drowsiness.json") in {(p.code, p.file) for p in error.problems}


def test_unread_record_is_not_said_to_be_missing():
    """What refers to a record that could not be read is not blamed for it."""
    broken = ("terms/demo-falls/term.json", "sources/pooler2024.json", "compounds/modulumab/compound.json")
    error = refusal(base_files() | dict.fromkeys(broken, b"{"))

    assert {problem.code for problem in error.problems} <= {"REC:001"}


# ---------------------------------------------------------------------------------------------- hostile bytes


@given(data=st.binary(max_size=400), path=st.sampled_from(sorted(KINDS.values())))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_random_bytes_are_refused_or_reload_equal(data: bytes, path: str):
    """Any bytes in the place of a record give a problem, or a record that reloads equal."""
    read = parse({path: data})
    records = list(read.records())

    assert records or read.problems
    again = parse({node.file: canonical(node.value) for node in records})
    assert [node.value for node in again.records()] == [node.value for node in records]


ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1.9,
        10**14,
        "",
        " ",
        "\u0000",
        "\u202e",
        "a#b",
        "unheard-of",
        "{subject}",
        [],
        {},
        [[]],
    ),
    *("x" * 5_000, ["x"], {"x": 1}, "2026-99-99", "https://192.0.2.1/", "state", "P", [1, "x", None]),
]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside ``value``."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places_in(item, (*path, key))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the base sample, changed in one to three places."""
    path = draw(st.sampled_from(sorted(base_files())))
    value = json.loads(base_files()[path])
    for _ in range(draw(st.integers(1, 3))):
        spots = list(places_in(value))
        *way, last = draw(st.sampled_from(spots)) if spots else ("added",)
        holder = value
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "remove", "rename", "repeat"])):
            case "replace":
                holder[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case "remove" if spots:
                del holder[last]
            case "rename" if spots and isinstance(holder, dict):
                holder[f"{last}s"] = holder.pop(last)
            case _:
                holder[last] = [holder.get(last)] * 2 if isinstance(holder, dict) else [holder[last]] * 2
    return path, json.dumps(value).encode()


@given(mutations())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_changed_record_is_refused_or_reloads_equal(mutation: tuple[str, bytes]):
    """A valid tree with one record changed raises DataError, or loads and reloads equal."""
    path, data = mutation
    files = base_files() | {path: data}
    try:
        loading.build(files)
    except DataError as error:
        told = error
        assert str(told).encode()
    else:
        read = parse(files)
        again = parse({node.file: canonical(node.value) for node in read.records()})
        assert [node.value for node in again.records()] == [node.value for node in read.records()]


@pytest.mark.parametrize("inner", ["[]", "1", '{"a":1}', '"a"'])
def test_hostile_file_is_refused_soon(inner: str):
    """A file of millions of small values is refused before they are built."""
    data = b'{"kind":"state","label":"x","broader":[' + b",".join([inner.encode()] * 500_000) + b"]}"
    error = refusal(base_files() | {"terms/drowsiness/term.json": data})

    assert len(error.problems) == 1
    assert len(str(error)) < 1_000


def test_long_values_are_told_briefly():
    """A problem never repeats pages of a record."""
    for value in ({"kind": "s" * 15_000, "label": "x"}, {"kind": "state", "label": "x", "l" * 15_000: 1}):
        error = refusal(base_files() | {"terms/drowsiness/term.json": json.dumps(value).encode()})
        assert len(str(error)) < 2_000


# ---------------------------------------------------------------------------------------------- one object, copies


def test_sixteen_threads_at_first_use_give_one_object(monkeypatch: pytest.MonkeyPatch):
    """Sixteen threads at first use load once and get one object."""
    monkeypatch.setattr(loading, "_packaged", [])
    calls: list[int] = []
    start = threading.Barrier(16)
    found: list[object] = []

    def counted() -> KnowledgeBase:
        calls.append(1)
        return load(SAMPLE)

    def ask() -> None:
        start.wait()
        found.append(knowledge_base())

    monkeypatch.setattr(loading, "packaged", counted)
    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert len(found) == 16
    assert all(base is found[0] for base in found)


class Overtaken:
    """A lock during whose acquisition another thread does the work."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work

    def __enter__(self) -> None:
        self.work()

    def __exit__(self, *_: object) -> None:
        pass


def test_thread_that_waited_takes_what_the_other_loaded(monkeypatch: pytest.MonkeyPatch):
    """A thread that waits for the lock finds the other's knowledge base and loads nothing."""
    theirs = load(SAMPLE)
    packaged: list[object] = []
    monkeypatch.setattr(loading, "_packaged", packaged)
    monkeypatch.setattr(loading, "_lock", Overtaken(lambda: packaged.append(theirs)))

    assert knowledge_base() is theirs
    assert knowledge_base() is theirs


def test_thread_that_waited_takes_what_the_other_derived():
    """A thread that waits for the lock finds what the other derived and makes nothing."""
    base = load(SAMPLE)
    object.__setattr__(base, "_lock", Overtaken(lambda: base._derived.setdefault("x", "theirs")))

    assert base.derived("x", lambda: "ours") == "theirs"


def test_what_is_derived_is_made_once_by_sixteen_threads():
    """What is derived from a knowledge base is made once, whatever asks first."""
    base = load(SAMPLE)
    calls: list[int] = []
    start = threading.Barrier(16)
    found: list[object] = []

    def make() -> object:
        calls.append(1)
        return object()

    def ask() -> None:
        start.wait()
        found.append(base.derived("x", make))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert len(set(map(id, found))) == 1


def records_of(base: Any) -> list[Any]:
    """Every record of a knowledge base."""
    names = ("terms", "compounds", "conditions", "assertions", "considerations", "studies", "searches", "sources")
    return [record for name in names for record in getattr(base, name).values()]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_knowledge_base_survives_pickle(protocol: int):
    """A pickled knowledge base holds equal records and the same digest, and derives anew."""
    base = load(SAMPLE)
    base.derived("lock", threading.Lock)
    again = pickle.loads(pickle.dumps(base, protocol))  # noqa: S301 - our own bytes

    assert again.digest == base.digest
    assert again.edition == base.edition
    assert records_of(again) == records_of(base)
    assert again.derived("lock", lambda: "new") == "new"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_knowledge_base_collection_and_record_can_be_copied(copied: Any):
    """A copy of a knowledge base, of a collection and of each record holds the same."""
    base = load(SAMPLE)

    assert records_of(copied(base)) == records_of(base)
    assert dict(copied(base.terms)) == dict(base.terms)
    assert [copied(record) for record in records_of(base)] == records_of(base)


def test_every_record_survives_pickle():
    """A record of each kind is equal after pickle, and what is closed stays one object."""
    for record in records_of(load(SAMPLE)):
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own bytes


def test_collection_survives_pickle():
    """A collection is equal after pickle, and still refuses what it does not hold."""
    terms = pickle.loads(pickle.dumps(load(SAMPLE).terms))  # noqa: S301 - our own bytes

    assert dict(terms) == dict(load(SAMPLE).terms)
    with pytest.raises(NoSuchRecord):
        terms["drowsines"]


def test_records_cannot_be_changed():
    """Nothing in a knowledge base can be assigned, and no record has room for another attribute."""
    base = load(SAMPLE)
    for thing in (base, base.terms, *records_of(base)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            thing.id = "other"
        with pytest.raises((AttributeError, TypeError)):
            thing.other = 1


# ---------------------------------------------------------------------------------------------- the digest


def test_digest_tells_every_change():
    """The digest changes with each byte, path and division between them, and not with the order of files."""
    files = base_files()
    digest = digest_of(files)

    assert digest_of(dict(reversed(files.items()))) == digest
    assert digest_of(files | {"knowledge.json": files["knowledge.json"] + b" "}) != digest
    assert digest_of({"a": b"bc"}) != digest_of({"ab": b"c"})
    assert digest_of({"a": b"", "b": b""}) != digest_of({"a": b"\x00b"})
    assert len(digest) == 64


def test_problem_reads_as_one_line():
    """A problem says file, path, code, what is wrong and the cure, on one line."""
    problem = Problem("REC:001", "sources/a.json", "$.DOI", "wrong", "mend it")

    assert str(problem) == "sources/a.json $.DOI: REC:001 wrong; mend it"


# ---------------------------------------------------------------------------------------------- read swiftly


def test_swift_reading_makes_the_same_records():
    """What is read without a second look is equal, record by record, to what the strict reading makes."""
    files = packaged_files()
    strict, swift = parse(files), parse(files, checked=True)

    for one, other in zip(records_of(strict.knowledge), records_of(swift.knowledge), strict=True):
        assert one == other
        assert repr(one) == repr(other)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("compounds/examplamine/compound.json", b"{"),
        ("compounds/examplamine/compound.json", b'{"name": "examplamine", "nonsense": 1}'),
        ("compounds/examplamine/nonsense.json", b"{}"),
        ("knowledge.json", b'{"version": "2026.11"} {}\n'),
    ],
)
def test_swift_reading_names_what_is_wrong(path: str, data: bytes):
    """A packaged file that is broken after all gives the same DataError as the strict reading."""
    files = base_files() | {path: data}
    draft = parse(files)
    with pytest.raises(DataError) as error:
        loading.build(files, checked=True)
    assert draft.problems
    assert error.value.problems == draft.problems
