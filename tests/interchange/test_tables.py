"""The knowledge and a review as tables, read by the four that speak Arrow."""

import functools
import pickle
import sys
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import duckdb
import pandas
import polars
import pyarrow
import pytest

import safetykb
from safetykb import Finding, KnowledgeBase
from safetykb.answer.contract import review_dict, source_dict
from safetykb.answer.tables import PARTS, review_columns
from safetykb.errors import NoSuchRecord
from safetykb.knowledge.base import Collection
from safetykb.knowledge.tables import SHAPES, table_of
from safetykb.model.evidence import NOT_EXPORTED
from safetykb.tabular import Column, Form, Table, columns_of, columns_of_schema
from tests.answer.helpers import SAMPLE, sample
from tests.answer.helpers import ask as review

KINDS = ("assertions", "compounds", "conditions", "considerations", "searches", "sources", "studies", "terms")


@functools.cache
def every() -> dict[str, Table]:
    return {**safetykb.knowledge_base().tables(), **safetykb.review("ketamine", "multiple sclerosis").tables()}


def by_duckdb(table: Any) -> list[dict[str, Any]]:
    found = duckdb.from_arrow(table)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def by_pandas(table: Any) -> list[dict[str, Any]]:
    """Pandas gives missing texts and numbers as NaN, and lists as arrays of numpy."""
    rows: list[dict[str, Any]] = pandas.DataFrame.from_arrow(table).to_dict("records")
    return [{name: _of_pandas(value) for name, value in row.items()} for row in rows]


def _of_pandas(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_of_pandas(part) for part in value]
    if isinstance(value, dict):
        return {name: _of_pandas(part) for name, part in value.items()}
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124  NaN


READERS: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "duckdb": by_duckdb,
    "pandas": by_pandas,
    "polars": lambda table: polars.DataFrame(table).to_dicts(),
    "pyarrow": lambda table: pyarrow.table(table).to_pylist(),
}
"""One call each."""


def plain(value: Any, column: Column) -> Any:
    """What a table must hold of a record, by a way of its own: the fields of the class, in plain values."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return [plain(part, column.parts[0]) for part in value]
    if column.form is Form.STRUCT and not attrs.has(type(value)):
        kind = "truth" if value in (True, False) else "text" if isinstance(value, str) else "number"
        return {name: value if name == kind else None for name in ("number", "truth", "text")}
    if attrs.has(type(value)):
        return {part.name: plain(getattr(value, part.name), part) for part in column.parts}
    return value if isinstance(value, (bool, int, float)) else str(value)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_records_arrive_whole(kind: str, reader: str):
    """Every reader finds every record, each value of it, lists and records within it as such, words as text."""
    records, table = getattr(sample(), kind), sample().tables()[kind]
    found = READERS[reader](table)
    assert found == [
        {column.name: plain(getattr(record, column.name), column) for column in table.columns}
        for record in records.values()
    ]
    assert [row["id"] for row in found] == [*records]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("part", PARTS)
def test_parts_of_a_review_arrive_whole(part: str, reader: str):
    """Every reader finds in each part of a review what its JSON form says; undetermined stays a word."""
    told = review_dict(review())[part]
    assert told
    found = READERS[reader](review().tables()[part])
    assert found == told
    assert all(row.get("concern", "") is not None for row in found)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", [*KINDS, *PARTS])
def test_packaged_tables(name: str, reader: str):
    """Every reader takes each table of the packaged knowledge and of a packaged review, with every row."""
    table = every()[name]
    rows = READERS[reader](table)
    assert len(rows) == len(table) > 0
    assert [*rows[0]] == [column.name for column in table.columns]


@pytest.mark.parametrize("name", [*KINDS, *PARTS])
def test_tables_are_valid(name: str):
    """What is handed over is valid Arrow to the last byte."""
    pyarrow.table(every()[name]).validate(full=True)


@pytest.mark.parametrize("reader", ["duckdb", "pandas", "pyarrow"])
def test_a_collection_is_read_itself(reader: str):
    """A collection of records is handed over as its table is; polars alone takes any mapping for columns."""
    assert READERS[reader](sample().compounds) == READERS[reader](sample().tables()["compounds"])


def arrow_type(column: Column) -> Any:
    """The type that a column promises."""
    match column.form:
        case Form.LIST:
            return pyarrow.list_(pyarrow.field("item", arrow_type(column.parts[0])))
        case Form.STRUCT:
            return pyarrow.struct([pyarrow.field(part.name, arrow_type(part)) for part in column.parts])
        case Form.NUMBER:
            return pyarrow.float64()
        case _:
            return getattr(pyarrow, {"bool": "bool_"}.get(column.form.value, column.form.value))()


@pytest.mark.parametrize("reader", READERS)
def test_empty_tables_keep_their_columns(reader: str):
    """A kind without a record, and a review without a finding, is a table with every column and no row."""
    del reader
    for kind in SHAPES:
        table = table_of(Collection.of(kind, {}))
        expected = pyarrow.schema([pyarrow.field(c.name, arrow_type(c), nullable=not c.always) for c in table.columns])
        assert pyarrow.table(table).schema == expected
        assert len(pyarrow.table(table)) == len(table) == 0
        assert polars.DataFrame(table).columns == [*pandas.DataFrame.from_arrow(table)] == expected.names
        assert duckdb.from_arrow(table).columns == expected.names


def test_types_of_a_review():
    """The columns of a review have the types that they promise, whether or not there is a row."""
    none = attrs.evolve(review(), findings=(), treatments=(), monitoring=(), gaps=(), questions=())
    for part, columns in review_columns().items():
        expected = pyarrow.schema([pyarrow.field(c.name, arrow_type(c), nullable=not c.always) for c in columns])
        assert pyarrow.table(none.tables()[part]).schema == expected == pyarrow.table(review().tables()[part]).schema
        assert (len(none.tables()[part]), len(review().tables()[part])) == (0, len(getattr(review(), part)))


def test_one_query_over_several():
    """Tables are joined by their identifiers: the sources of each claim at avoid, with how much of them was read."""
    tables = sample().tables()
    considerations, sources = tables["considerations"], tables["sources"]
    found = duckdb.sql("""
        select c.id, s.id, s.details.read
        from (select id, unnest(cites).key as key from considerations where concern = 'avoid') c
        join sources s on s.id = c.key order by all
    """)
    rows = found.fetchall() if found else []
    del considerations, sources
    assert rows == sorted(
        (claim.id, cite.key, str(sample().sources[cite.key].details.read))
        for claim in sample().considerations.values()
        if str(claim.concern) == "avoid"
        for cite in claim.cites
    )
    assert rows


def test_where_a_copy_was_read_is_in_no_table():
    """The place of a copy is kept and never exported; that a copy was read is told."""
    names = {column.name for column in columns_of(safetykb.Source, hidden=NOT_EXPORTED)}
    text = pyarrow.table(every()["sources"]).schema.to_string(truncate_metadata=False)
    assert not any(f"{name}: " in text for name in NOT_EXPORTED)
    assert "details" in names
    packaged = safetykb.knowledge_base().sources
    for row in pyarrow.table(every()["sources"]).to_pylist():
        assert row["is_copy"] is source_dict(packaged[row["id"]])["custom"]["read_in_copy"]


def test_every_kind_has_a_table():
    """Each kind of record has a table under its own name, and each part of a review that holds findings or gaps."""
    assert [*sample().tables()] == sorted(KINDS)
    assert [*review().tables()] == sorted(PARTS)
    assert {getattr(sample(), kind).kind for kind in KINDS} == set(SHAPES)
    with pytest.raises(NoSuchRecord, match="did you mean 'compounds'"):
        sample().tables()["compoundz"]


def test_tables_are_made_once():
    """A knowledge base has one set of tables, and a table that was read is kept: reading it again gives the same."""
    assert sample().tables() is sample().tables()
    table = review().tables()["findings"]
    first = pyarrow.table(table)
    assert pyarrow.table(table).equals(first)
    assert len(table._made) == 1
    assert repr(table) == f"<Table findings: {len(table)} rows, {len(table.columns)} columns>"


def test_tables_do_not_hinder_pickling():
    """A knowledge base whose tables were read can be pickled still."""
    knowledge = KnowledgeBase.load(SAMPLE)
    pyarrow.table(knowledge.tables()["terms"])
    assert pickle.loads(pickle.dumps(knowledge)).digest == knowledge.digest  # noqa: S301  our own


def test_no_table_of_anything_else():
    """A collection of something else, tables among it, is no table and says so."""
    for records in (Collection.of("thing", {"a": 1}), sample().tables()):
        with pytest.raises(TypeError, match="no table is made of a collection of the kind"):
            pyarrow.table(records)


def test_a_requested_schema_is_a_wish():
    """A reader that asks for other types is given the columns as they are, as the protocol allows."""
    wish = pyarrow.schema([("id", pyarrow.large_string())])
    capsule = sample().tables()["terms"].__arrow_c_stream__(wish.__arrow_c_schema__())
    assert type(capsule).__name__ == "PyCapsule"
    reader = pyarrow.RecordBatchReader.from_stream(sample().tables()["terms"])
    assert reader.schema.field("id").type == pyarrow.string()


def test_without_nanoarrow(monkeypatch: pytest.MonkeyPatch):
    """Without the extra an ImportError names it, and nothing that needs no Arrow is hindered."""
    monkeypatch.setitem(sys.modules, "nanoarrow", None)
    table = table_of(sample().terms)
    assert len(table) == len(sample().terms)
    with pytest.raises(ImportError, match=r"pip install safetykb\[arrow\]"):
        table.__arrow_c_stream__()


def test_hostile_text_arrives():
    """Zeros, quotes, line ends and letters beyond the first plane arrive as they are."""
    text = "a\x00b\"'\n\r\u2028\u202e\U0001f48a\ufffd" + "x" * 100_000

    @attrs.frozen
    class Row:
        id: str
        many: tuple[str, ...]

    columns = (
        Column(name="id", form=Form.TEXT, always=True),
        Column(name="many", form=Form.LIST, always=True, parts=(Column(name="item", form=Form.TEXT),)),
    )
    rows: list[Mapping[str, Any]] = [attrs.asdict(Row(text, (text, "", text)))]
    table = Table(name="t", columns=columns, length=1, rows=lambda: rows)
    for read in READERS.values():
        assert read(table) == [{"id": text, "many": [text, "", text]}]


def test_findings_stay_findings():
    """The findings of a review are still values with fields; the table is beside them."""
    assert all(isinstance(finding, Finding) for finding in review().findings)


def test_what_a_schema_does_not_need_may_be_missing():
    """A property that a JSON Schema does not need, or that it lets be null, may be null; a missing list is empty."""
    schema = {
        "properties": {
            "needed": {"type": "string"},
            "perhaps": {"type": "number"},
            "nothing": {"type": ["boolean", "null"]},
            "word": {"enum": ["a", None]},
            "many": {"type": "array", "items": {"$ref": "#/$defs/Inner"}},
            "inner": {"$ref": "#/$defs/Inner"},
        },
        "required": ["needed", "nothing", "word"],
    }
    inner = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    columns = columns_of_schema(schema, {"Inner": inner})
    assert [(column.name, column.form, column.always) for column in columns] == [
        ("needed", Form.TEXT, True),
        ("perhaps", Form.NUMBER, False),
        ("nothing", Form.TRUTH, False),
        ("word", Form.TEXT, False),
        ("many", Form.LIST, True),
        ("inner", Form.STRUCT, False),
    ]
    rows: list[dict[str, Any]] = [
        {"needed": "x"},
        {"needed": "y", "perhaps": 0.5, "nothing": False, "word": "a", "many": [{"n": 1}, {"n": 2}], "inner": {"n": 3}},
    ]
    table = Table(name="t", columns=columns, length=2, rows=lambda: rows)
    pyarrow.table(table).validate(full=True)
    empty: dict[str, Any] = {"perhaps": None, "nothing": None, "word": None, "many": [], "inner": None}
    for read in READERS.values():
        assert read(table) == [{"needed": "x", **empty}, rows[1]]
