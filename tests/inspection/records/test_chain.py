"""Canonical JSON and the hashes, against what Python's own modules say of the same bytes."""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crackxai import RecordsError
from crackxai.inspection.records.chain import DEEPEST, START, Cover, canonical, digest, entry_hash

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, 0.1], "a": "é"}, '{"a":"\\u00e9","b":[1,0.1]}'),
        ({"10": 0, "9": 0, "é": 0, "Z": 0}, '{"10":0,"9":0,"Z":0,"\\u00e9":0}'),
        ("裂縫", '"\\u88c2\\u7e2b"'),
        ("e\u0301", '"e\\u0301"'),
        ("\U0001f9f1", '"\\ud83e\\uddf1"'),
        ("a\0b\udc80", '"a\\u0000b\\udc80"'),
        ([1, 1.0, -0.0, 1e22, 5e-324, 0.1 + 0.2], "[1,1.0,-0.0,1e+22,5e-324,0.30000000000000004]"),
        ((True, None, {}), "[true,null,{}]"),
    ],
)
def test_canonical_json_by_hand(value, text):
    assert canonical(value) == text


@given(PLAIN)
def test_canonical_json_reads_back_and_is_ascii(value):
    text = canonical(value)
    assert text.isascii()
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(max_size=6), PLAIN, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_count(value, random):
    names = list(value)
    random.shuffle(names)
    assert canonical({name: value[name] for name in names}) == canonical(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_to_the_last_bit(value):
    back = json.loads(canonical(value))
    assert (back, math.copysign(1, back)) == (value, math.copysign(1, value))


@pytest.mark.parametrize(
    "value",
    [{1: "a"}, {"a": {None: 1}}, math.nan, [math.inf], np.float32(1), np.arange(2), b"bytes", {1, 2}, object()],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_json_is_refused(value):
    with pytest.raises(RecordsError, match="expected"):
        canonical(value)


def test_deep_nesting_is_refused():
    value: list = []
    for _ in range(DEEPEST + 1):
        value = [value]
    with pytest.raises(RecordsError, match="levels"):
        canonical(value)


def test_the_hash_of_an_entry_by_hand():
    text = (
        '{"content_sha256":"' + "1" * 64 + '","inspection":"i","kind":"photo","number":2,"previous":"'
        + "0" * 64 + '","written_at":"2026-01-02T03:04:05.000000+00:00"}'
    )  # fmt: skip
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert entry_hash(2, "photo", "i", "2026-01-02T03:04:05.000000+00:00", "1" * 64, START) == expected


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=5))
def test_a_cover_is_the_hash_of_the_whole_list(hashes):
    assert Cover(hashes).hash == digest(json.dumps(hashes, separators=(",", ":")))
    assert Cover(hashes).rows == len(hashes)
