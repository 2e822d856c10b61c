"""Reading JSON so that nothing is lost or guessed, and writing it in one canonical way."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetykb.knowledge.strict_json import MAX_BYTES, MAX_TEXT, MAX_VALUES, WIDTH, BadJSON, decode, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=40,
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": {"b": 1, "b": 1}}', "stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "too large"),
        (b"[-1e999]", "too large"),
        (b"[1234567890123456]", "too large"),
        (b"[-1234567890123456]", "too large"),
        (b"[" + b"9" * 5000 + b"]", "too large"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "not JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
        (b"", "not JSON at line 1 column 1"),
        (b'{"a": 1,\n}', "line 2"),
        (b'{"a": 1} {"b": 2}', "Extra data"),
        (b"{'a': 1}", "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"[01]", "not JSON"),
        (b"[" * 42 + b"]" * 42, "nested too deeply"),
        (b'{"a":' * 41 + b"1" + b"}" * 41, "nested too deeply"),
        (b"[" * 9_000 + b"]" * 9_000, "nested too deeply"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deeply"),
        (b"[" + b"1," * MAX_VALUES + b"1]", "more than"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_what_a_record_may_not_be_is_refused_with_the_reason(data: bytes, why: str):
    """Duplicate keys, NaN, huge numbers, half surrogates, other encodings, depth and size are refused by name."""
    with pytest.raises(BadJSON, match=why):
        decode(data)


@pytest.mark.parametrize(
    "text", ['"\\ud83d\\ude00"', "[-999999999999999]", "[1.5e308]", "[" * 41 + "]" * 41, ' {"a":[ ]}\n']
)
def test_what_a_record_may_be_is_read_as_json_has_it(text: str):
    """A surrogate pair, a large number, forty levels of nesting and any spacing are plain JSON."""
    assert decode(text.encode()) == json.loads(text)


def test_largest_file_is_read():
    """A file of exactly the largest size is read."""
    assert decode(b" " * (MAX_BYTES - 1) + b"1") == 1


def test_longest_text_is_read_and_a_longer_one_refused():
    """A text or key has at most 20,000 characters."""
    assert decode(f'"{"ä" * MAX_TEXT}"'.encode()) == "ä" * MAX_TEXT
    for longer in ("a" * (MAX_TEXT + 1), ["a" * (MAX_TEXT + 1)], {"a" * (MAX_TEXT + 1): 1}):
        with pytest.raises(BadJSON, match="a text of more than 20000 characters"):
            decode(json.dumps(longer).encode())


def test_most_values_are_read():
    """A file with exactly the most values is read."""
    assert len(decode(b"[" + b"1," * (MAX_VALUES - 1) + b"1]")) == MAX_VALUES


@given(st.binary(max_size=300))
def test_bytes_are_refused_or_read_and_nothing_else_happens(data: bytes):
    """Any bytes give BadJSON or a value whose canonical bytes read as the same value."""
    try:
        value = decode(data)
    except BadJSON as error:
        assert str(error)  # noqa: PT017 - any other error leaves the test
    else:
        assert decode(encode(value)) == value


@given(VALUES)
def test_value_written_and_read_is_the_same(value: object):
    """What is written canonically reads as the same value, of the same types."""
    again = decode(encode(value))

    assert again == value
    assert repr(again) == repr(value)


@given(VALUES)
def test_canonical_bytes_are_a_fixed_point(value: object):
    """Writing what was read from canonical bytes gives these bytes."""
    data = encode(value)

    assert encode(decode(data)) == data


@given(VALUES)
def test_canonical_bytes_keep_the_width_unless_they_cannot_break(value: object):
    """A line is longer than the width only when it holds one scalar, one key with a scalar, or an empty container."""
    for line in encode(value).decode().split("\n"):
        if len(line) > WIDTH:
            inner = line.strip().removesuffix(",")
            held = json.loads(inner if inner[0] in '"[{-0123456789tfn' and not _is_pair(inner) else f"{{{inner}}}")
            assert not isinstance(held, list) or held == []
            assert not isinstance(held, dict) or (
                len(held) == 1 and all(not isinstance(item, (list, dict)) or not item for item in held.values())
            )


def _is_pair(text: str) -> bool:
    """Tell whether ``text`` is a key and a value rather than a value."""
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


@given(VALUES)
def test_canonical_bytes_are_utf8_with_one_final_newline(value: object):
    """The bytes are UTF-8, end with one newline, and escape no letter."""
    text = encode(value).decode("utf-8")

    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not any(line != line.rstrip(" ") for line in text.split("\n"))


def test_short_list_stands_on_one_line_and_a_long_one_on_many():
    """A list or object that fits in 120 columns with its indentation and a comma stands on one line."""
    fits = {"a": "x" * (WIDTH - 12)}
    breaks = {"a": "x" * (WIDTH - 11)}

    assert encode([fits, 1]) == f"[\n  {json.dumps(fits)},\n  1\n]\n".encode()
    assert encode([breaks, 1]) == f'[\n  {{\n    "a": "{breaks["a"]}"\n  }},\n  1\n]\n'.encode()


def test_keys_stay_in_the_order_given():
    """The writer sorts nothing: the order of keys is that of the fields of the class."""
    assert encode({"b": 1, "a": 2}) == b'{"b": 1, "a": 2}\n'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [math.nan]])
def test_what_is_no_number_is_never_written(value: object):
    """NaN and infinity cannot be written."""
    with pytest.raises(ValueError, match="Out of range"):
        encode(value)
