"""A map's values as text, so that what was shown once can be shown again, and travels with the records."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import RecordsError

LARGEST = 4096
"""Pixels of a side."""
_TEXT = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3}):([A-Za-z0-9+/=]*)")


def pack(channel_values: NDArray[np.float32]) -> str:
    """(H, W, 3) float32 as "HxW:" and the base64 of its deflated little-endian bytes: about 1 % of an image's size."""
    height, width, _ = channel_values.shape
    data = np.ascontiguousarray(channel_values, dtype="<f4").tobytes()
    return f"{height}x{width}:{base64.b64encode(zlib.compress(data, 9)).decode('ascii')}"


def unpack(text: str, values_sha256: str) -> NDArray[np.float32]:
    """(H, W, 3) float32. values_sha256 : what the map's record says of them.

    Raises
    ------
    RecordsError : the text is none of `pack`'s, or of another map.
    """
    found = _TEXT.fullmatch(text)
    height, width = (int(found[1]), int(found[2])) if found else (0, 0)
    size = height * width * 12
    if found is None or max(height, width) > LARGEST:
        raise _no_map("a text that is none")
    try:
        # Deflated data may unfold to a thousand times its size: no more than is expected is unfolded.
        unfolding = zlib.decompressobj()
        data = unfolding.decompress(base64.b64decode(found[3], validate=True), size + 1)
    except (binascii.Error, zlib.error) as error:
        raise _no_map("one that is damaged") from error
    if len(data) != size or hashlib.sha256(data).hexdigest() != values_sha256:
        raise _no_map("those of another map")
    return np.frombuffer(data, dtype="<f4").astype(np.float32).reshape(height, width, 3)


def _no_map(received: str) -> RecordsError:
    return RecordsError(f"expected the values of the map that the record tells of, received {received}.")
