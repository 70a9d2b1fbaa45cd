"""Where a JPEG file's coded pixels end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crackxai.photo.jpeg import SCAN_END

SLOW = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""The same as the specification has it, with the padding before a marker: T.81, B.1.1.2."""


def scan_end(data: bytes, at: int) -> int:
    found = SCAN_END.search(data, at)
    return found.start() if found else len(data)


@pytest.mark.parametrize(
    ("data", "at", "end"),
    [
        (b"", 0, 0),
        (b"\x01\xff", 0, 2),
        (b"\x01\xff\x00\x02\xff\xd9", 0, 4),
        (b"\xff\xd9\x01\xff\xda", 2, 3),
        (b"\x01\xff\xd0\x02\xff\xff\xff\xc4", 0, 6),
        (b"\xff\xff\x00\xff\x0a", 0, 3),
        (b"\x01\xff\xff\xff", 0, 4),
    ],
)
def test_by_hand(data, at, end):
    assert scan_end(data, at) == end


@given(st.lists(st.sampled_from([0x00, 0x01, 0x0A, 0xC4, 0xD0, 0xD7, 0xD8, 0xD9, 0xFF]), max_size=40).map(bytes))
def test_as_specified(data):
    for at in range(len(data) + 1):
        found = SLOW.search(data, at)
        assert scan_end(data, at) == (found.end() - 2 if found else len(data))
