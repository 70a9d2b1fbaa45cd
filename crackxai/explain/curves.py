"""Deletion and insertion curves, and what their areas are worth beside those of random orders.

Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018: hide the
parts of a picture in the map's order (deletion) or show them in that order (insertion), and take the area under the
probability. An area alone says little, since it depends on the photo and on the fill; so it is told beside the areas of
other orders of the same regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLIP = 1e-6
"""Probabilities nearer to 0 or 1 than this are taken as this: float32 has no log-odds for what it rounds to 1."""


def log_odds(probability: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(p / (1 - p)), in nats, of probabilities kept `CLIP` away from 0 and 1."""
    p = np.clip(np.asarray(probability, dtype=np.float64), CLIP, 1 - CLIP)
    found: NDArray[np.float64] = np.log(p) - np.log1p(-p)
    return found


@dataclass(frozen=True)
class Curve:
    """Crack probability against the share of the picture that is hidden (deletion) or shown (insertion).

    Attributes
    ----------
    shares : of the area as it really was, rising from 0 to 1. probabilities : there, 0-1.
    """

    shares: tuple[float, ...]
    probabilities: tuple[float, ...]

    def area(self, in_log_odds: bool = False) -> float:
        """Under the curve, by trapezium, both ends included: the mean probability, 0-1; or the mean log-odds."""
        heights = log_odds(np.array(self.probabilities)) if in_log_odds else self.probabilities
        return float(np.trapezoid(heights, self.shares))

    def at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities at those shares, by straight lines between the measured ones."""
        return np.interp(shares, self.shares, self.probabilities)

    def crossing(self, level: float = 0.5) -> float | None:
        """The share at which it first reaches the other side of ``level``, by straight lines; None: it never does."""
        heights = np.array(self.probabilities)
        begins_above = heights[0] >= level
        other = (heights < level) if begins_above else (heights >= level)
        if not other.any():
            return None
        after = int(other.argmax())
        (x0, x1), (y0, y1) = self.shares[after - 1 : after + 1], heights[after - 1 : after + 1]
        return float(x0 + (x1 - x0) * (level - y0) / (y1 - y0))

    def mirrored(self) -> Curve:
        """The insertion curve of the reversed order, of a deletion curve, and the other way round.

        To show the first regions of an order is to hide the last ones. Its area is the same.
        """
        return Curve(tuple(1 - share for share in reversed(self.shares)), tuple(reversed(self.probabilities)))


@dataclass(frozen=True)
class Against:
    """The area under a map's curve beside those of random orders.

    Attributes
    ----------
    area : of the map. random : of the orders.
    gain : by how much the map is better than their mean, positive where it is.
    beaten : orders that it is better than.
    """

    area: float
    random: tuple[float, ...]
    gain: float
    beaten: int

    @classmethod
    def of(cls, area: float, random: tuple[float, ...], lower_is_better: bool) -> Against:
        """``random`` is not empty."""
        sign = -1 if lower_is_better else 1
        gain = sign * (area - float(np.mean(random)))
        return cls(area, random, gain, sum(sign * (area - each) > 0 for each in random))


@dataclass(frozen=True)
class FillCurves:
    """The curves of one map by one fill, as far as they are known.

    Attributes
    ----------
    deletion, insertion : in the map's order. centre_deletion, centre_insertion : from the centre outwards.
    random : deletion curves of random orders of the same regions; `Curve.mirrored`, insertion curves of others that are
        as random.
    """

    deletion: Curve | None = None
    insertion: Curve | None = None
    centre_deletion: Curve | None = None
    centre_insertion: Curve | None = None
    random: tuple[Curve, ...] = ()

    @property
    def reach(self) -> tuple[float, float] | None:
        """Lowest and highest probability of the map's and the random orders' curves; None until all kinds are known."""
        if self.deletion is None or self.insertion is None or not self.random:
            return None
        found = [p for curve in (self.deletion, self.insertion, *self.random) for p in curve.probabilities]
        return min(found), max(found)

    def against(self, kind: str, cracked: bool, in_log_odds: bool = False) -> Against | None:
        """The map's area beside those of the random orders; None until there are both.

        Parameters
        ----------
        kind : "deletion" or "insertion".
        cracked : whether the map's order begins with what raises the probability. Then hiding it should lower the curve
            and showing it raise it; else the other way round.
        """
        curve = self.deletion if kind == "deletion" else self.insertion
        if curve is None or not self.random:
            return None
        random = tuple(each.area(in_log_odds) for each in self.random)
        return Against.of(curve.area(in_log_odds), random, lower_is_better=(kind == "deletion") == cracked)
