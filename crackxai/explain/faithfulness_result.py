"""What a test of a map found, and how it is written into a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crackxai.explain.curves import Against, Curve, FillCurves
from crackxai.explain.maskers import MaskerSettings

LITTLE = 0.05
"""Range of probabilities, over all pictures that were asked for, below which no order of hiding can matter."""


@dataclass(frozen=True)
class Tenth:
    """What becomes of the probability when the first tenth of the map, by its order, is hidden.

    Attributes
    ----------
    share : of the area that the regions nearest to a tenth really have, 0-1.
    before, after : crack probabilities of the photo, and with these hidden.
    random : the probability with as much of each random order hidden. random_shares : their areas.
    """

    share: float
    before: float
    after: float
    random: tuple[float, ...]
    random_shares: tuple[float, ...]

    @property
    def random_mean(self) -> float:
        """Mean probability over the random orders."""
        return float(np.mean(self.random))


@dataclass(frozen=True)
class Faithfulness:
    """As much as is known of whether a map is true to the model.

    Attributes
    ----------
    cracked : whether the model leans to "crack" (probability of 0.5 or more). The map's order begins with what raised
        the probability; where it leans to "sound", with what lowered it, whose hiding should raise the probability.
    tenth : None until it is known, and for a map of one region.
    own, other : the curves by the map's own fill and by another. own_fill, other_fill : which these are.
    orders, seed : of the random orders.
    evaluations, total : pictures that the model was asked for, of how many.
    """

    cracked: bool
    tenth: Tenth | None
    own: FillCurves
    other: FillCurves
    own_fill: MaskerSettings
    other_fill: MaskerSettings
    orders: int
    seed: int
    evaluations: int
    total: int

    @property
    def complete(self) -> bool:
        return self.evaluations >= self.total

    @property
    def fills(self) -> tuple[tuple[MaskerSettings, FillCurves], ...]:
        """Own and other."""
        return (self.own_fill, self.own), (self.other_fill, self.other)

    @property
    def tells_little(self) -> bool:
        """Whether no picture of the map's own curves, nor of random orders, moves the probability by `LITTLE`."""
        found = self.own.reach
        return found is not None and found[1] - found[0] < LITTLE

    def against(self, curves: FillCurves, kind: str, in_log_odds: bool = False) -> Against | None:
        """See `FillCurves.against`."""
        return curves.against(kind, self.cracked, in_log_odds)

    def to_record(self) -> dict[str, Any]:
        """Plain JSON values: all that is needed to do it again, and what was found; probabilities with six digits."""
        found: dict[str, Any] = {
            "settings": {"other": fill_facts(self.other_fill), "orders": self.orders, "seed": self.seed},
            "leans_to": "crack" if self.cracked else "sound",
            "evaluations": self.evaluations,
        }
        if self.tenth is not None:
            found["tenth"] = {
                "share": _six(self.tenth.share),
                "before": _six(self.tenth.before),
                "after": _six(self.tenth.after),
                "random": [_six(each) for each in self.tenth.random],
                "random_shares": [_six(each) for each in self.tenth.random_shares],
            }
        for name, (fill, curves) in zip(("own_fill", "other_fill"), self.fills, strict=True):
            if curves != FillCurves():
                found[name] = fill_facts(fill) | self._curves_record(curves)
        return found

    def _curves_record(self, curves: FillCurves) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in ("deletion", "insertion", "centre_deletion", "centre_insertion"):
            curve: Curve | None = getattr(curves, name)
            if curve is not None:
                found[name] = {
                    "shares": [_six(each) for each in curve.shares],
                    "probabilities": [_six(each) for each in curve.probabilities],
                    "area": _six(curve.area()),
                    "area_log_odds": _six(curve.area(in_log_odds=True)),
                }
        if curves.random:
            found["random_areas"] = [_six(each.area()) for each in curves.random]
            found["random_areas_log_odds"] = [_six(each.area(in_log_odds=True)) for each in curves.random]
        for kind in ("deletion", "insertion"):
            if (against := self.against(curves, kind)) is not None:
                odds = self.against(curves, kind, in_log_odds=True)
                assert odds is not None
                found[f"{kind}_better_than_chance"] = {
                    "gain": _six(against.gain),
                    "gain_log_odds": _six(odds.gain),
                    "orders_beaten": against.beaten,
                    "of": len(against.random),
                }
        return found


def fill_facts(fill: MaskerSettings) -> dict[str, Any]:
    """A fill as plain values, its masker and the numbers that this uses; `MaskerSettings` makes one of them again."""
    name, values = fill.fill
    return {"masker": name, **dict(values)}


def _six(value: float) -> float:
    return float(f"{value:.6g}")
