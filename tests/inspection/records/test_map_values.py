"""A map's values as text and back, and what is no such text."""

from __future__ import annotations

import base64
import hashlib
import zlib

import numpy as np
import pytest

from crackxai.errors import RecordsError
from crackxai.inspection.records.map_values import pack, unpack

VALUES = np.arange(24, dtype=np.float32).reshape(2, 4, 3) / 7
SHA256 = hashlib.sha256(VALUES.astype("<f4").tobytes()).hexdigest()


def test_they_come_back_to_the_bit():
    assert np.array_equal(unpack(pack(VALUES), SHA256), VALUES)


def test_a_map_of_few_regions_is_small():
    assert len(pack(np.repeat(np.arange(15, dtype=np.float32), 4500).reshape(150, 150, 3))) < 2000


def packed(height: int, width: int, data: bytes) -> str:
    return f"{height}x{width}:{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        "2x4:%%%",
        "nonsense",
        "0x4:",
        "9999x9999:AAAA",
        packed(2, 4, b"not deflated"),
        packed(4, 4, zlib.compress(VALUES.tobytes())),
        packed(2, 4, zlib.compress(VALUES.tobytes() + b"\0")),
        packed(2, 4, zlib.compress(bytes(10**7))),
        packed(4, 2, zlib.compress((VALUES + 1).tobytes())),
    ],
)
def test_what_is_no_map_or_another_is_refused(text):
    with pytest.raises(RecordsError, match="expected the values of the map"):
        unpack(text, SHA256)
