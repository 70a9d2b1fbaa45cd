"""The same photo in two parts of the data: copies repeat each other across sources, smaller, turned or compressed.

Perceptual hash after Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010: the signs of
the lowest frequencies of a small grey picture. Here 16 x 16 of them, since photos of concrete have little else that
tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

FREQUENCIES = 16
"""A side: the hash has the square of it in bits."""
ALIKE = 44
"""Bits of 256 in which two copies differ at most; of different photos 128 +- 8 differ (one in 10^24 so few)."""
FEATURELESS = 0.6
"""Standard deviation of the grey values (0-255, at 32 x 32) under which a picture's hash is that of its noise."""


@dataclass(frozen=True)
class Duplicate:
    """Two files that show the same photo; ``first`` is of the part that was named earlier."""

    first: Path
    second: Path


def perceptual_hash(rgb: np.ndarray) -> np.ndarray | None:
    """(H, W, 3) uint8 RGB -> (4,) uint64; None of a picture without features.

    The same for a mirrored or turned picture is not looked for: training turns and mirrors every photo anyway, but
    mirrored copies were not found in any source.
    """
    grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    if grey.std() < FEATURELESS:
        return None
    low = cv2.dct(grey.astype(np.float32))[:FREQUENCIES, :FREQUENCIES].ravel()
    low[0] = 0  # the mean says nothing of the picture
    return np.packbits(low > np.median(low)).view(np.uint64)


def duplicates(parts: Sequence[Sequence[tuple[Path, np.ndarray]]]) -> list[Duplicate]:
    """Photos that are in two of the ``parts``, each (path, RGB) of its photos; within one part they do no harm."""
    hashed = [[(path, code) for path, rgb in part if (code := perceptual_hash(rgb)) is not None] for part in parts]
    found = []
    for later in range(1, len(hashed)):
        earlier = [item for part in hashed[:later] for item in part]
        if not earlier:
            continue
        codes = np.stack([code for _, code in earlier])
        for path, code in hashed[later]:
            distance = np.bitwise_count(codes ^ code).sum(axis=1)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= ALIKE:
                found.append(Duplicate(earlier[nearest][0], path))
    return found
