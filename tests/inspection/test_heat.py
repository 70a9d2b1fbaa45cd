import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai.inspection.heat import CELLS, FURTHEST, heat, log_odds, probability_of, together
from crackxai.inspection.tiling import Tiling


def test_log_odds_by_hand():
    np.testing.assert_allclose(log_odds(np.array([0.5, 0.9, 0.1])), [0, np.log(9), -np.log(9)], atol=1e-12)
    assert log_odds(np.array([0.0, 1.0])).tolist() == [-FURTHEST, FURTHEST]
    assert np.isnan(log_odds(np.array([np.nan]))).all()


@settings(deadline=None)
@given(st.floats(1e-4, 1 - 1e-4))
def test_there_and_back(p):
    assert probability_of(log_odds(np.array([p])))[0] == pytest.approx(p)


def test_equal_tiles_give_even_heat():
    tiling = Tiling.of(300, 450, 200)
    found = heat(tiling, np.full(tiling.shape, 1.5), 300, 450, 25)
    assert found.shape == (12, 18)
    np.testing.assert_allclose(found, 1.5, rtol=1e-6)


def test_the_no_of_a_neighbour_counts():
    """Two tiles side by side, half over each other: in the middle between theirs both count the same."""
    tiling = Tiling.of(100, 150, 100)
    found = heat(tiling, np.array([[2.0, -2.0]]), 100, 150, 10)[5]
    assert found[0] == pytest.approx(2)  # under the left one alone
    assert found[14] == pytest.approx(-2)
    assert found[7] == pytest.approx(0, abs=1e-6)
    assert (np.diff(found) <= 0).all()


def test_a_tile_that_says_nothing_is_left_out():
    tiling = Tiling.of(100, 150, 100)
    found = heat(tiling, np.array([[2.0, np.nan]]), 100, 150, 10)[5]
    np.testing.assert_allclose(found[:10], 2, rtol=1e-6)
    assert np.isnan(found[10:]).all()


def test_no_seams():
    """A lone hot tile fades towards its edge, no quicker than its Hann window does: pi / `CELLS` of it a cell."""
    tiling = Tiling.of(800, 800, 200)
    odds = np.zeros(tiling.shape)
    odds[3, 3] = 8
    found = heat(tiling, odds, 800, 800, 25)
    assert found.max() > 7
    assert max(np.abs(np.diff(found, axis=axis)).max() for axis in (0, 1)) <= 8 * np.pi / CELLS


def test_scales_together_the_finer_counts_more():
    """1 / 1.5 against 1 / 3: two thirds and one third."""
    fine, coarse = np.array([[3.0, np.nan, np.nan]]), np.array([[-3.0, -3.0, np.nan]])
    found = together({3.0: coarse, 1.5: fine})
    np.testing.assert_allclose(found[0, :2], [1, -3], rtol=1e-6)
    assert np.isnan(found[0, 2])
    assert found.dtype == np.float32
