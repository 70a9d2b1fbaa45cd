"""Where the weight of a map lies, for sentences and for marking."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from crackxai.explain.convergence import cell_sums
from crackxai.photo import Box

ROWS = ("top", "middle", "bottom")
COLUMNS = ("left", "centre", "right")


@dataclass(frozen=True)
class Part:
    """One of nine parts of the picture, and what it adds to the probability."""

    row: str
    column: str
    value: float


def parts(values: np.ndarray) -> list[Part]:
    """The nine parts of an (H, W) map, H and W >= 3, the most raising first."""
    sums = cell_sums(values, 3)
    found = [Part(ROWS[i], COLUMNS[j], float(sums[i, j])) for i in range(3) for j in range(3)]
    return sorted(found, key=lambda part: -part.value)


def strongest_box(values: np.ndarray) -> Box | None:
    """Around the connected region that raises the probability most; None where nothing raises it.

    Regions are those above a quarter of the largest value after a blur over a fifteenth of the picture.
    """
    side = max(1, min(values.shape) // 15)
    smooth = cv2.blur(values.astype(np.float32), (side, side))
    if not smooth.max() > 0:
        return None
    strong = (smooth > smooth.max() / 4).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
    totals = np.bincount(labels.ravel(), weights=np.where(strong, smooth, 0).ravel().astype(np.float64))
    left, top, width, height, _ = (int(n) for n in stats[int(totals.argmax())])
    return Box(top, top + height, left, left + width)
