"""The answers about tiles put together: one number for every spot of the wall, from all tiles over it.

What is averaged is the log-odds, since they are what a network adds up its evidence in; and those of all tiles, the
"no" ones too: heat from the "yes" ones alone, as in many tools, glows wherever one tile in four erred.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crackxai.inspection.tiling import Tiling

CELLS = 8
"""Along a tile's side: how finely the heat is told."""
LEAST = 1e-3
"""Weight of a tile at its own edge, of 1 in its middle: the photo's edge is under no tile's middle."""
FURTHEST = 12.0
"""Log-odds beyond which a probability in float32 is 0 or 1; larger ones would be infinite."""


def log_odds(probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """ln(p / (1 - p)), within ± `FURTHEST`; NaN stays NaN."""
    p = np.asarray(probability, dtype=np.float64)
    with np.errstate(divide="ignore"):
        found = np.log(p) - np.log1p(-p)
    return np.asarray(np.clip(found, -FURTHEST, FURTHEST))


def probability_of(odds: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 / (1 + exp(-odds)); NaN stays NaN."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(odds, dtype=np.float64))))


def heat(tiling: Tiling, odds: NDArray[np.floating], height: int, width: int, cell: float) -> NDArray[np.float32]:
    """The mean log-odds of the tiles over each cell, weighted by a Hann window of each tile.

    With tiles half over each other the weights add up to the same everywhere, so that no seam is seen.

    Parameters
    ----------
    odds : (rows, columns), NaN where a tile says nothing.
    height, width : of the photo, pixels. cell : side of a cell, pixels.

    Returns
    -------
    (ceil(height / cell), ceil(width / cell)) float32; NaN where no tile says anything.
    """
    down = _weights(np.asarray(tiling.tops), tiling.side, height, cell)
    across = _weights(np.asarray(tiling.lefts), tiling.side, width, cell)
    says = np.isfinite(odds)
    # Separable: a tile's weight in a cell is that of its rows times that of its columns.
    total = down.T @ np.where(says, odds, 0.0) @ across
    weight = down.T @ says.astype(np.float64) @ across
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(weight > 0, total / weight, np.nan), dtype=np.float32)


def together(by_scale: Mapping[float, NDArray[np.floating]]) -> NDArray[np.float32]:
    """The mean over scales of (h, w) log-odds of the same cells, each scale counting for 1 / its pixels.

    What a tile of twice the side says of a spot is said of four times the area, so it counts less; but it counts: a
    finer scale that has not looked yet, or cannot tell, says NaN.
    """
    shares = np.array([1 / scale for scale in by_scale])[:, None, None]
    odds = np.stack(list(by_scale.values()))
    says = np.isfinite(odds)
    weight = (shares * says).sum(axis=0)
    with np.errstate(invalid="ignore"):
        found = (shares * np.where(says, odds, 0)).sum(axis=0) / weight
    return np.asarray(np.where(weight > 0, found, np.nan), dtype=np.float32)


def _weights(starts: NDArray[np.integer], side: int, length: int, cell: float) -> NDArray[np.float64]:
    """(tiles, cells): a Hann window over each tile, at the middles of the cells; 0 outside it."""
    middles = np.minimum((np.arange(int(np.ceil(length / cell))) + 0.5) * cell, length - 0.5)
    at = (middles[None] - starts[:, None]) / side
    hann = LEAST + (1 - LEAST) * np.sin(np.pi * at) ** 2
    return np.asarray(np.where((at >= 0) & (at < 1), hann, 0.0))
