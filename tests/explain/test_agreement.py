"""Agreement of maps by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from crackxai import SettingsError
from crackxai.explain.agreement import agreeing_share, consensus, rank_correlation

A = np.array([[1.0, 2.0, 3.0]])
B = np.array([[0.5, -4.0, 9.0]])


def test_rank_correlation():
    assert rank_correlation(A, 10 * A + 3) == pytest.approx(1)
    assert rank_correlation(A, -A) == pytest.approx(-1)
    assert rank_correlation(A, B) == pytest.approx(0.5)  # ranks 1 2 3 and 2 1 3: 1 - 6 * 2 / (3 * 8)
    assert np.isnan(rank_correlation(A, np.ones((1, 3))))


def test_rank_correlation_is_scipys_with_ties(rng):
    a, b = (rng.integers(0, 4, (8, 8)).astype(float) for _ in range(2))
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)


def test_consensus_by_hand():
    np.testing.assert_array_equal(consensus([A, B]), np.float32([[0.75, 0, 6]]))
    np.testing.assert_array_equal(consensus([-A, -B]), np.float32([[-0.75, 0, -6]]))
    np.testing.assert_array_equal(consensus([A, np.zeros((1, 3))]), np.zeros((1, 3)))
    np.testing.assert_array_equal(consensus([A]), A.astype(np.float32))


def test_agreeing_share_by_hand():
    # 1.5 + 12 of 1.5 + 6 + 12 lie where both are positive.
    assert agreeing_share([A, B]) == pytest.approx(13.5 / 19.5)
    assert agreeing_share([np.zeros((2, 2))] * 2) == 1


@pytest.mark.parametrize("maps", [[], [A, np.zeros((2, 2))]])
def test_maps_that_cannot_be_compared(maps):
    with pytest.raises(SettingsError, match="maps of one shape"):
        consensus(maps)
