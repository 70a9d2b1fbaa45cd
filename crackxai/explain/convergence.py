"""Has the map converged? What the budget still changes, read from the checkpoints of one run.

That the values sum to the probability's difference holds at every budget and says nothing about it. What does is
comparing the map with the one of half the evaluations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crackxai.errors import SettingsError

CELLS = 8
"""Maps are compared by the sums over 8 x 8 cells, the regions after six halvings: which pixel of a small region gets
the credit changes to the last evaluation, which part of the wall does it is what engineers ask."""
CONVERGED, NEARLY_CONVERGED = 0.05, 0.15
"""Largest change from half the evaluations to all of them that counts as converged, and as nearly converged; how far
such maps are from their end is in benchmarks/README.md."""
LADDER = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000)
"""Budgets at which maps are read: each step costs about half as much again as the one before."""
FEWEST = 100
"""Evaluations below which there is nothing to compare."""


@dataclass(frozen=True)
class Convergence:
    """How a run approached its last map.

    Attributes
    ----------
    evaluations : of the maps on the curve, rising; the last is the whole run.
    distances : of each of them from the last map, see `difference`; the last is 0.
    change : from the map of half the evaluations to the last one.
    """

    evaluations: tuple[int, ...]
    distances: tuple[float, ...]
    change: float

    @property
    def state(self) -> str:
        """ "converged", "nearly" or "moving"."""
        return "converged" if self.change <= CONVERGED else "nearly" if self.change <= NEARLY_CONVERGED else "moving"


def cell_sums(values: np.ndarray, cells: int = CELLS) -> np.ndarray:
    """(H, W) values -> (min(H, cells), min(W, cells)) float64 sums over a grid; they add up to the same total."""
    if values.ndim != 2 or 0 in values.shape:
        raise SettingsError(f"expected a map of shape (H, W), received {values.shape}.")
    rows, columns = (np.arange(min(n, cells)) * n // min(n, cells) for n in values.shape)
    return np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, axis=0), columns, axis=1)


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """L1 distance of two maps' cell sums, relative to the reference: 0 for equal maps; 1 if ``values`` are all 0.

    Two maps of zeros differ by 0; from a map of zeros any other differs by 1.
    """
    a, b = cell_sums(values), cell_sums(reference)
    distance, size = float(np.abs(a - b).sum()), float(np.abs(b).sum())
    if size == 0:
        return 0.0 if distance == 0 else 1.0
    return distance / size


def last_step(evaluations: int) -> int:
    """The last budget of `LADDER` that was passed; 0 below the first."""
    return max((n for n in LADDER if n <= evaluations), default=0)


def convergence(read: Callable[[int], np.ndarray], evaluations: int) -> Convergence | None:
    """How the map converged, from ``read(budget)`` -> (H, W) values; None below `FEWEST` evaluations."""
    if evaluations < FEWEST:
        return None
    budgets = [n for n in LADDER if n < evaluations]
    last = read(evaluations)
    distances = [difference(read(n), last) for n in budgets]
    return Convergence((*budgets, evaluations), (*distances, 0.0), difference(read(evaluations // 2), last))
