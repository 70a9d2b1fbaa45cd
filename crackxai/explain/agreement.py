"""Do the maps of several maskers agree?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crackxai.errors import SettingsError
from crackxai.explain.convergence import cell_sums


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two maps' cell sums, -1 to 1; NaN where one of them is flat.

    Spearman, "The Proof and Measurement of Association between Two Things", 1904.
    """
    from scipy.stats import rankdata

    # By hand from the ranks: scipy's spearmanr warns on flat maps, which are no fault here.
    ranks = [rankdata(cell_sums(values).ravel()) for values in (a, b)]
    first, second = (r - r.mean() for r in ranks)
    scale = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / scale) if scale > 0 else float("nan")


def consensus(maps: Sequence[np.ndarray]) -> np.ndarray:
    """(H, W) float32: the mean where all maps have the same sign, 0 elsewhere.

    Raises
    ------
    SettingsError : no maps, or of different shapes.
    """
    if not maps or len({m.shape for m in maps}) != 1:
        raise SettingsError(f"expected maps of one shape, received {[m.shape for m in maps]}.")
    stack = np.stack(maps)
    agree = (stack > 0).all(axis=0) | (stack < 0).all(axis=0)
    return np.where(agree, stack.mean(axis=0), 0).astype(np.float32)


def agreeing_share(maps: Sequence[np.ndarray]) -> float:
    """The share of all |values| that lies where all maps have the same sign, 0-1; 1 for maps of zeros."""
    weight = np.abs(np.stack(maps)).sum(axis=0)
    total = float(weight.sum())
    return float(weight[consensus(maps) != 0].sum()) / total if total else 1.0
