"""The usual region tree over which Owen values are computed: shap's axis-aligned halving of a picture.

A region is a box of the picture, so the tree is not stored: its nodes are split when they are asked for. The splits
are those of ``shap.maskers.Image`` (0.51, ``_jit_build_partition_tree``), node for node.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from crackxai.errors import SettingsError

Region = tuple[int, int, int, int, int, int]
"""Rows [0, 1), columns [2, 3), channels [4, 5), as in slices."""

Coalition = tuple[Region, "Coalition"] | None
"""The visible part of a picture: a region and the rest, down to None (nothing). Coalitions along a branch of the tree
share their rest, so that each costs a few words instead of a mask of all pixels."""


class PictureTree:
    """Halving of an (H, W, C) picture: the longer side first, rows where both are equal, channels at single pixels.

    Parameters
    ----------
    shape : (H, W, C), each at least 1.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        if len(shape) != 3 or min(shape) < 1:
            raise SettingsError(f"expected the shape (H, W, C) of a picture, received {tuple(shape)}.")
        self.shape = tuple(int(n) for n in shape)

    fingerprint = ""
    """The shape makes the tree."""
    nbytes = 0

    @property
    def root(self) -> Region:
        height, width, channels = self.shape
        return 0, height, 0, width, 0, channels

    @staticmethod
    def halves(region: Region) -> tuple[Region, Region] | None:
        """The two children in shap's order; None for a single channel of a pixel.

        shap numbers the leaves backwards, so its tree is the picture's turned by half a turn: the first child is the
        lower, right or last half, and the smaller one where the length is odd.
        """
        top, bottom, left, right, first, last = region
        height, width, channels = bottom - top, right - left, last - first
        if height >= width and height > 1:
            middle = bottom - height // 2
            return (middle, bottom, left, right, first, last), (top, middle, left, right, first, last)
        if width > 1:
            middle = right - width // 2
            return (top, bottom, middle, right, first, last), (top, bottom, left, middle, first, last)
        if channels > 1:
            middle = last - channels // 2
            return (top, bottom, left, right, middle, last), (top, bottom, left, right, first, middle)
        return None

    @staticmethod
    def size(region: Region) -> int:
        """Leaves below the region."""
        top, bottom, left, right, first, last = region
        return (bottom - top) * (right - left) * (last - first)

    def masks(self, coalitions: Sequence[Coalition]) -> np.ndarray:
        """(N, H, W, C) bool: what each coalition shows."""
        out = np.zeros((len(coalitions), *self.shape), dtype=bool)
        for mask, coalition in zip(out, coalitions, strict=True):
            while coalition is not None:
                (top, bottom, left, right, first, last), coalition = coalition
                mask[top:bottom, left:right, first:last] = True
        return out

    def spread(self, credit: Iterable[tuple[Region, float]]) -> np.ndarray:
        """(H, W, C) float64: each region's credit in equal parts on its leaves, added up."""
        out = np.zeros(self.shape)
        for region, value in credit:
            top, bottom, left, right, first, last = region
            out[top:bottom, left:right, first:last] += value / self.size(region)
        return out
