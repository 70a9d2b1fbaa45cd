"""`crackxai.explain.agreement` beside the rank correlation by which Quantus compares maps of randomised models."""

from __future__ import annotations

import numpy as np
import pytest
from quantus.functions.similarity_func import correlation_spearman

from crackxai.explain.agreement import rank_correlation
from crackxai.explain.convergence import cell_sums


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (30, 41)])
@pytest.mark.parametrize("digits", [None, 1, 0], ids=["no ties", "some ties", "many ties"])
def test_rank_correlation(shape, digits):
    """Of maps up to 8 x 8 it is that of the pixels, of larger ones that of the cells' sums."""
    random = np.random.default_rng(0)
    first = random.normal(size=shape)
    for mixed in (-1.0, -0.2, 0.0, 0.5, 2.0):
        second = mixed * first + random.normal(size=shape)
        maps = [each if digits is None else each.round(digits) for each in (first, second)]
        cells = [cell_sums(each).ravel() for each in maps]
        assert rank_correlation(*maps) == pytest.approx(correlation_spearman(*cells), abs=1e-12)
