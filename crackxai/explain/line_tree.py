"""A region tree that follows the picture: its dark lines apart from their ground, each halved on and on.

Halving the picture itself, as shap does, cuts a crack by every border that it happens to cross, and finds its outline
only in regions as small as it is wide, of which there are thousands. Here all that looks like a line is told from the
rest first, whatever it is, and the model says which part of it counts. A group need not be connected: half of the lines
is as good a union of players as a box.

The plain way to a tree that follows the picture, merging neighbours of like colour from the pixels up (P. Salembier and
L. Garrido, "Binary partition tree as an efficient representation for image processing", 2000; for Owen values: ShapBPT,
arXiv 2602.07047), was tried and did worse: a hairline is merged with what lies beside it (benchmarks/README.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError

Region = tuple[int, int]
"""Places [0, 1) in the order of the leaves, as in slices."""
Coalition = tuple[Region, "Coalition"] | None
"""The visible part of a picture, as in `crackxai.explain.owen`."""


class LineTree:
    """Lines and ground of an (H, W) picture, then halves of each, down to single pixels with all their channels.

    A group is halved across the longer side of the box around it (rows where both are equal) so that both halves have
    as many pixels, the second one more where their number is odd; of pixels in one row or column, those further left or
    further up come first. The leaves are put in the order that makes every group a range, so that nothing is stored
    but that order and how many of it are lines.

    Parameters
    ----------
    lines : (H, W) bool, see `crackxai.explain.dark_lines`. Where there are none, or nothing else, the root is halved.
    channels : of the picture; a pixel's credit is shared by them in equal parts.
    """

    def __init__(self, lines: NDArray[np.bool_], channels: int = 3) -> None:
        if lines.ndim != 2 or not lines.size or channels < 1:
            raise SettingsError(f"expected lines of the shape (H, W) and channels, received {lines.shape}, {channels}.")
        self.shape = (*lines.shape, channels)
        flat = lines.ravel()
        self._lines = int(flat.sum())
        self._order = _halved(np.concatenate([np.flatnonzero(flat), np.flatnonzero(~flat)]), self._lines, lines.shape)
        self._place = np.empty_like(self._order)
        self._place[self._order] = np.arange(flat.size, dtype=self._order.dtype)

    @property
    def root(self) -> Region:
        return 0, self._order.size

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self._order.nbytes + self._place.nbytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the number of line pixels and the leaves' order, as little-endian uint32."""
        facts = np.concatenate([[self._lines], self._order]).astype("<u4")
        return hashlib.sha256(facts.tobytes()).hexdigest()

    def halves(self, region: Region) -> tuple[Region, Region] | None:
        """Lines and ground of the whole picture, halves of others; None for a pixel."""
        start, stop = region
        if stop - start < 2:
            return None
        told_apart = region == self.root and 0 < self._lines < stop
        middle = self._lines if told_apart else (start + stop) // 2
        return (start, middle), (middle, stop)

    @staticmethod
    def size(region: Region) -> int:
        """Pixels of the region."""
        return region[1] - region[0]

    def masks(self, coalitions: Sequence[Coalition]) -> NDArray[np.bool_]:
        """(N, H, W) bool: what each coalition shows."""
        out = np.zeros((len(coalitions), self._order.size), dtype=bool)
        for mask, coalition in zip(out, coalitions, strict=True):
            while coalition is not None:
                (start, stop), coalition = coalition
                mask[start:stop] = True
        return out[:, self._place].reshape(len(coalitions), *self.shape[:2])

    def spread(self, credit: Iterable[tuple[Region, float]]) -> NDArray[np.float64]:
        """(H, W, C) float64: each region's credit in equal parts on its pixels and their channels, added up."""
        height, width, channels = self.shape
        out = np.zeros(height * width)
        for (start, stop), value in credit:
            out[start:stop] += value / (stop - start)
        pixels = out[self._place].reshape(height, width, 1) / channels
        return np.repeat(pixels, channels, axis=2)


def _halved(order: NDArray[np.int64], lines: int, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """The pixels in the order that makes every group a range: all groups of a generation are sorted at once."""
    height, width = shape
    starts = np.unique([0, lines % order.size])
    while True:
        sizes = np.diff(starts, append=order.size)
        if sizes.max() < 2:
            return order.astype(np.int32)
        rows, columns = np.divmod(order, width)
        high, wide = (np.maximum.reduceat(at, starts) - np.minimum.reduceat(at, starts) for at in (rows, columns))
        group = np.repeat(np.arange(starts.size), sizes)
        within = np.where((high >= wide)[group], rows * width + columns, columns * height + rows)
        order = order[np.argsort(group * order.size + within)]
        starts = np.unique(np.concatenate([starts, starts + sizes // 2]))
