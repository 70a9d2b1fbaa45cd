"""Class activation mapping, by hand and beside the network's own answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crackxai import load_model
from crackxai.explain.cam import CamExplainer, CamSettings, rescaled, spread
from crackxai.explain.methods import explain
from crackxai.model.classifier import BUNDLED
from crackxai.model.storage import WEIGHTS_FILE, read_arrays


def log_odds(p):
    return np.log(p) - np.log1p(-p)


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_the_evidence_and_the_bias_are_the_log_odds(runtime, photo):
    model = load_model(runtime=runtime)
    picture = model.prepare(photo)[None]
    probabilities, evidence, bias = model.predict_with_evidence(picture)
    np.testing.assert_array_equal(probabilities.shape, (1,))
    assert evidence.shape == (1, 5, 5)
    assert bias == read_arrays(BUNDLED / WEIGHTS_FILE)["crack/bias"][0]
    assert evidence.mean() + bias == pytest.approx(log_odds(float(probabilities[0])), abs=1e-3)
    np.testing.assert_allclose(probabilities, model.predict(picture), atol=1e-6)
    assert model.predict_with_evidence(picture[:0])[1].shape[0] == 0


def test_both_engines_tell_the_same(photo):
    found = [load_model(runtime=name) for name in ("openvino", "keras")]
    first, second = (model.predict_with_evidence(model.prepare(photo)[None])[1] for model in found)
    np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-3)


def test_a_map_adds_up_and_needs_one_evaluation(tiny_model, photo):
    told = []
    result = explain(tiny_model, photo, CamSettings(), lambda done, total: told.append((done, total)))
    assert told == [(0, 1), (1, 1)]
    assert result.evaluations == 1
    assert result.base_value + float(result.values.sum(dtype=float)) == pytest.approx(result.probability, abs=1e-6)
    assert result.probability == pytest.approx(float(tiny_model.predict(tiny_model.prepare(photo)[None])[0]), abs=1e-6)
    run = CamExplainer(tiny_model, photo)
    run.advance()
    run.advance()
    assert run.evaluations == 1
    assert run.hidden() is None


def test_where_the_crack_is_the_evidence_is(tiny_model, photo):
    """The tiny model looks for thin dark lines, and its last maps still know where they are."""
    run = CamExplainer(tiny_model, photo)
    run.advance()
    picture = run.explanation().picture.copy()
    picture[:, :] = 150
    picture[70:74, 10:60] = 40  # left of the middle alone
    _, (evidence,), _ = tiny_model.predict_with_evidence(picture[None])
    middle = evidence.shape[1] // 2
    assert evidence[:, :middle].sum() > evidence[:, middle:].sum() + 0.5


def test_log_odds_become_shares_of_the_probability_by_hand():
    # The unit alone: log-odds of -2; the places add 3, 0, 0 and -1: 0 in all, which is a half.
    base, cells = rescaled(np.array([[3.0, 0.0], [0.0, -1.0]]), 0.5, -2.0)
    assert base == pytest.approx(1 / (1 + np.exp(2)))
    np.testing.assert_allclose(cells, (0.5 - base) / 2 * np.array([[3, 0], [0, -1]]))


def test_where_nothing_is_added_in_all_the_slope_counts():
    base, cells = rescaled(np.array([[1.0, -1.0]]), 0.8, np.log(4))
    assert base == pytest.approx(0.8)
    np.testing.assert_allclose(cells, [[0.16, -0.16]])  # 0.8 x 0.2
    near, almost = rescaled(np.array([[1.0, -1.0 + 1e-6]]), 0.8, np.log(4))
    assert near == pytest.approx(base, abs=1e-6)
    np.testing.assert_allclose(almost, cells, atol=1e-5)


@pytest.mark.parametrize("total", [-30.0, -12.0, 12.0, 30.0])
def test_of_a_probability_without_log_odds_the_base_value_is_the_units_own(total):
    """float32 has no log-odds beyond 16, and rounds those before: the bias alone is -1 all the same."""
    p = float(np.float32(1 / (1 + np.exp(1 - total))))
    base, cells = rescaled(total * np.array([[1.5, -0.5]]), p, -1.0)
    assert base == pytest.approx(1 / (1 + np.exp(1)))
    np.testing.assert_allclose(cells, (p - base) * np.array([[1.5, -0.5]]), atol=1e-6)


def test_of_a_sure_bias_and_places_that_cancel_out_the_slope_counts():
    p = float(np.float32(1 / (1 + np.exp(-12))))
    base, cells = rescaled(np.array([[5.0, 1e-8 - 5]]), p, 12.0)
    assert base == pytest.approx(p)
    np.testing.assert_allclose(cells, 5 * np.exp(-12) * np.array([[1, -1]]), rtol=1e-3)


def test_two_places_over_four_pixels_by_hand():
    # Middles of the places lie at 0.5 and 2.5 (pixels 0-3 have their middles at 0, 1, 2, 3): flat, then three quarters.
    np.testing.assert_allclose(spread(np.array([[8.0, 0.0]]), 1, 4), [[4, 3, 1, 0]])


@given(arrays(np.float64, (3, 5), elements=st.floats(-1, 1)), st.integers(6, 40), st.integers(6, 40))
def test_spreading_keeps_the_sum(cells, height, width):
    found = spread(cells, height, width)
    assert found.shape == (height, width)
    assert found.sum() == pytest.approx(cells.sum(), abs=1e-9)
