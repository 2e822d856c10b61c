"""The bundle of a wheel: the same records, answers and refusals as the tree, each record made when it is asked for."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

import safetykb
from safetykb.errors import DataError, NoSuchRecord
from safetykb.knowledge import loading, tree
from safetykb.knowledge.base import KnowledgeBase
from safetykb.knowledge.bundle import Bundle, pack, unpack
from safetykb.knowledge.loading import from_bundle, load
from safetykb.knowledge.making import Makers
from safetykb.packing import DERIVED, bundle_of, compiled
from safetykb.reasoning.graph import graph_of

from .knowledge.trees import SAMPLE, laid_over, write

KINDS = ("terms", "compounds", "conditions", "assertions", "considerations", "studies", "searches", "sources")
TREE = load(SAMPLE)
BYTES = compiled(SAMPLE)


def bundled() -> KnowledgeBase:
    return from_bundle(unpack(BYTES))


def packaged() -> KnowledgeBase:
    """The packaged knowledge as a wheel holds it."""
    return from_bundle(unpack(bundle_of(safetykb.knowledge_base())))


@pytest.mark.parametrize(
    ("held", "read"), [(TREE, bundled), (safetykb.knowledge_base(), packaged)], ids=["sample", "packaged"]
)
def test_the_bundle_is_equal_to_the_tree(held: KnowledgeBase, read: Any):
    """A bundle gives each record, file, version and digest of its tree, and nothing else."""
    made = read()
    for kind in KINDS:
        assert dict(getattr(made, kind)) == dict(getattr(held, kind))
    assert dict(made.files) == dict(held.files)
    assert (made.edition, made.digest, made.policies) == (held.edition, held.digest, held.policies)


@pytest.mark.parametrize(
    ("held", "read"), [(TREE, bundled), (safetykb.knowledge_base(), packaged)], ids=["sample", "packaged"]
)
def test_what_was_worked_out_at_build_is_what_the_tree_gives(held: KnowledgeBase, read: Any):
    """What a bundle carries that was worked out from all records is what its tree would give now."""
    fresh = loading.build(held.files, checked=True)
    made = read()
    for name, work_out in DERIVED.items():
        assert plain(made.derived(name, dict)) == plain(work_out(fresh)), name
    assert {entity: graph_of(made).reach(entity) for entity in held.compounds} == {
        entity: graph_of(fresh).reach(entity) for entity in held.compounds
    }


def plain(value: Any) -> Any:
    """A value without the difference of lists and tuples."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def test_the_answers_are_the_same():
    """Every pair of the sample has the same answer from the bundle, whichever was asked first."""
    made = bundled()
    for condition in TREE.conditions:
        for compound in TREE.compounds:
            assert answer(made, compound, condition) == answer(TREE, compound, condition)


def answer(knowledge: KnowledgeBase, compound: str, condition: str) -> dict[str, Any]:
    return safetykb.review(compound, condition, knowledge=knowledge).to_dict()


def test_only_what_is_asked_for_is_made(monkeypatch: pytest.MonkeyPatch):
    """A question makes the records that it needs, each once, and leaves the rest as bytes."""
    made: list[str] = []
    make = loading._made

    def counted(bundle: Bundle, path: str, makers: Makers) -> Any:
        made.append(path)
        return make(bundle, path, makers)

    monkeypatch.setattr(loading, "_made", counted)
    knowledge = packaged()
    review = safetykb.review("baclofen", "multiple sclerosis", knowledge=knowledge)
    assert review.findings
    assert len(made) == len(set(made))
    assert len(made) < len(knowledge.files) / 2
    before = len(made)
    safetykb.review("baclofen", "multiple sclerosis", knowledge=knowledge)
    assert len(made) == before


def test_threads_get_the_same_records():
    """Sixteen threads that ask for one record get one object."""
    knowledge, start, found = bundled(), threading.Barrier(16), []

    def ask() -> None:
        start.wait()
        found.append(knowledge.compounds["examplamine"])

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(record) for record in found}) == 1


def test_an_unknown_record_is_refused_as_ever():
    """A record that is not there raises NoSuchRecord with suggestions, and a miss with a default is the default."""
    compounds = bundled().compounds
    with pytest.raises(NoSuchRecord) as refused:
        compounds["examplamin"]
    assert "examplamine" in refused.value.suggestions
    with pytest.raises(NoSuchRecord):
        compounds[["examplamine"]]  # type: ignore[index]
    assert compounds.get("examplamin") is None
    assert "examplamin" not in compounds


def test_a_bundle_survives_pickling():
    """A knowledge base from a bundle is pickled with every record, and answers the same."""
    again = pickle.loads(pickle.dumps(bundled()))  # noqa: S301
    assert dict(again.files) == dict(TREE.files)
    assert dict(again.considerations) == dict(TREE.considerations)
    assert answer(again, "examplamine", "demo-disease") == answer(TREE, "examplamine", "demo-disease")


def test_the_same_tree_gives_the_same_bytes():
    """Nothing but the records decides the bytes of a bundle."""
    assert compiled(SAMPLE) == BYTES
    assert pack(dict(reversed([*TREE.files.items()])), TREE.digest, {}) == pack(TREE.files, TREE.digest, {})


def test_a_tree_that_fails_a_check_is_not_packed(tmp_path: Path):
    """A tree with a problem gives DataError and no bundle."""
    write(laid_over({"compounds/examplamine/nonsense.json": {}}), tmp_path)
    with pytest.raises(DataError):
        compiled(tmp_path)


def test_a_broken_record_in_a_bundle_is_named():
    """A record that cannot be made from a bundle raises DataError with its path when it is asked for."""
    path = "compounds/examplamine/compound.json"
    knowledge = from_bundle(unpack(pack({**TREE.files, path: b'{"nonsense": 1}'}, TREE.digest, {})))
    with pytest.raises(DataError) as refused:
        knowledge.compounds["examplamine"]
    assert {problem.file for problem in refused.value.problems} == {path}
    assert knowledge.compounds["betaferin"] == TREE.compounds["betaferin"]


def test_a_record_that_is_not_canonical_is_read_strictly():
    """A record in a bundle whose bytes are not canonical is the same record."""
    path = "compounds/examplamine/compound.json"
    data = TREE.files[path].rstrip()
    knowledge = from_bundle(unpack(pack({**TREE.files, path: data}, TREE.digest, {})))
    assert knowledge.compounds["examplamine"] == TREE.compounds["examplamine"]


def test_a_bundle_of_another_version_is_refused():
    """Bytes of another layout are refused with both versions."""
    with pytest.raises(ValueError, match="version 99, where 2 is read"):
        unpack(BYTES.replace(b'"version":2', b'"version":99', 1))
    with pytest.raises(ValueError, match=r"."):
        unpack(b"nonsense")


def test_the_package_reads_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the package holds a bundle it is read, files and knowledge alike, and the tree beside it is not."""
    monkeypatch.setattr(tree, "_bundle", lambda: BYTES)
    monkeypatch.setattr(tree, "_packaged", lambda: tmp_path)
    assert tree.packaged_files() == dict(TREE.files)
    assert isinstance(tree.packaged_bundle(), Bundle)
    assert loading.packaged().digest == TREE.digest


def test_without_a_bundle_the_tree_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the package holds no bundle, as in a checkout, the tree is read, and what holds no record is passed by."""
    write(TREE.files, tmp_path)
    (tmp_path / "NOTICE").write_text("No record.", encoding="utf-8")
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "term.schema.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(tree, "_packaged", lambda: tmp_path)
    monkeypatch.setattr(tree, "NAME", "no.bundle")
    assert tree.packaged_bundle() is None
    assert loading.packaged().digest == TREE.digest


def test_the_folder_of_the_packaged_files_is_found():
    """Beside a bundle, or a tree, the package holds the notice of its data."""
    assert (tree._packaged() / "NOTICE").is_file()


def test_a_stray_file_in_a_bundle_is_no_record():
    """A file of a bundle at a path where no record belongs is kept as bytes and makes no record."""
    made = from_bundle(unpack(pack({**TREE.files, "stray.txt": b"?"}, TREE.digest, {})))
    assert made.files["stray.txt"] == b"?"
    assert dict(made.compounds) == dict(TREE.compounds)
