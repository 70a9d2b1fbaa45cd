"""The regions of a map in an order: by value, from the centre outwards, at random.

A region is all pixels of one value, wherever they lie: the map says nothing about which of them comes first, so they
are hidden together. Any tree over the picture gives its regions that way, and none has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of one map.

    Attributes
    ----------
    labels : (H, W) int, of each pixel the number of its region, from 0 for the lowest value on.
    pixels : (N,) int, of each region.
    """

    labels: NDArray[np.int_]
    pixels: NDArray[np.int_]

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Regions:
        """Of an (H, W) map. SettingsError: another shape."""
        if values.ndim != 2 or not values.size:
            raise SettingsError(f"expected a map of shape (H, W), received {values.shape}.")
        _, labels, pixels = np.unique(values, return_inverse=True, return_counts=True)
        return cls(labels.reshape(values.shape), pixels)

    def __len__(self) -> int:
        return len(self.pixels)

    def by_value(self, lowest_first: bool = False) -> RegionOrder:
        """What raises the probability most comes first; what lowers it most with ``lowest_first``."""
        numbers = np.arange(len(self))
        return self._ordered(numbers if lowest_first else numbers[::-1])

    def centre_out(self) -> RegionOrder:
        """By the mean distance of their pixels from the picture's centre: what an order is worth that knows nothing but
        that photographers aim."""
        height, width = self.labels.shape
        y, x = np.ogrid[:height, :width]
        distance = np.hypot(y - (height - 1) / 2, x - (width - 1) / 2)
        mean = np.bincount(self.labels.ravel(), weights=distance.ravel()) / self.pixels
        return self._ordered(np.argsort(mean, kind="stable"))

    def at_random(self, random: np.random.Generator) -> RegionOrder:
        """Every order of the regions as likely as any other."""
        return self._ordered(random.permutation(len(self)))

    def _ordered(self, numbers: NDArray[np.int_]) -> RegionOrder:
        place = np.empty(len(self), dtype=np.int32)  # twenty orders are kept
        place[numbers] = np.arange(len(self))
        shares = np.concatenate([[0], np.cumsum(self.pixels[numbers])]) / self.labels.size
        return RegionOrder(place[self.labels], shares)


@dataclass(frozen=True, eq=False)
class RegionOrder:
    """Regions one after another.

    Attributes
    ----------
    place : (H, W) int32, of each pixel how many regions come before its own.
    shares : (N + 1,) float64, the area of the first 0, 1, ... N regions, as a share of the picture: 0 to 1.
    """

    place: NDArray[np.int32]
    shares: NDArray[np.float64]

    def first(self, count: int) -> NDArray[np.bool_]:
        """(H, W) bool: the first ``count`` regions."""
        found: NDArray[np.bool_] = self.place < count
        return found

    def nearest(self, share: float) -> int:
        """How many regions have together the area nearest to ``share``; at least one, and not all, where there are two.

        Of two that are as near, the fewer.
        """
        inside = self.shares[1:-1]
        return 1 + int(np.abs(inside - share).argmin()) if len(inside) else 1

    def steps(self, shares: Iterable[float]) -> list[int]:
        """Numbers of regions whose areas are nearest to those shares, rising, each once, without none and all."""
        return sorted({self.nearest(share) for share in shares}) if len(self.shares) > 2 else []
