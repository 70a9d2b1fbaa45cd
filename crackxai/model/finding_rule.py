"""From which score on a finding of a scan counts: a photo of more tiles has more chances of a false one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

TILES = 10
"""Of the photo that a rule's threshold is told for: one three times as wide as the network's picture, 448 pixels."""


@dataclass(frozen=True)
class FindingRule:
    """A score's threshold that rises with the number of tiles judged.

    False findings of higher scores are rarer, about in proportion to exp(-odds / growth), with the score's log-odds. So
    a threshold whose log-odds rise by ``growth * ln(tiles)`` asks for as many false findings in a large photo as in a
    small one, although it has that many more places to err at.

    Attributes
    ----------
    threshold : score, 0-1, both excluded, at and above which a finding counts in a photo of `TILES` tiles.
    growth : of its log-odds, for each e-fold of tiles; 0 or more.

    Raises
    ------
    ValueError : a value outside its range.

    >>> rule = FindingRule(0.75, growth=0.25)
    >>> round(rule.at(10), 2), round(rule.at(1000), 2)
    (0.75, 0.9)
    """

    threshold: float = 0.75
    growth: float = 0.3

    def __post_init__(self) -> None:
        if not all(isinstance(n, (int, float)) and math.isfinite(n) for n in (self.threshold, self.growth)):
            raise ValueError(f"expected two numbers, received {self.threshold!r} and {self.growth!r}.")
        if not 0 < self.threshold < 1 or self.growth < 0:
            raise ValueError(
                f"expected a threshold within 0 to 1 and a growth of 0 or more, received {self.threshold} and "
                f"{self.growth}."
            )

    def at(self, tiles: int) -> float:
        """0-1: score at and above which a finding counts in a photo of so many tiles; never less than `threshold`."""
        odds = math.log(self.threshold / (1 - self.threshold)) + self.growth * math.log(max(tiles, TILES) / TILES)
        return 1 / (1 + math.exp(-odds))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> FindingRule:
        """Of `as_dict`. Raises ValueError, TypeError or KeyError."""
        return cls(facts["threshold"], facts["growth"])
