"""LIME by hand, and beside scikit-learn's ridge regression, which the published package takes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import pairwise_distances

from crackxai.explain.lime import LimeExplainer, LimeSettings, fitted, nearness
from crackxai.explain.methods import explain


def test_nearness_by_hand():
    # A quarter of the regions: 1 - 1/2 of cosine distance, two widths of the kernel: exp(-4 / 2).
    shown = np.array([[1, 1, 1, 1], [1, 0, 0, 0]], dtype=bool)
    np.testing.assert_allclose(nearness(shown), [1, np.exp(-2)])


def test_one_region_by_hand():
    # The photo, 0.9, and nothing, 0.1, of nearly no weight w = exp(-8): the slope is w / (1 + w) / (w / (1 + w) + 1)
    # of the difference, as the penalty is 1.
    w = np.exp(-8)
    spread = w / (1 + w)
    found = fitted(np.array([[True], [False]]), np.array([0.9, 0.1]))
    np.testing.assert_allclose(found, [0.8 * spread / (spread + 1)])


def test_the_published_regression(rng):
    shown = rng.random((80, 12)) < 0.5
    shown[0] = True
    answers = rng.random(80)
    distances = pairwise_distances(shown.astype(float), shown[:1].astype(float), metric="cosine").ravel()
    weights = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    expected = Ridge(alpha=1, fit_intercept=True).fit(shown, answers, sample_weight=weights).coef_
    np.testing.assert_allclose(fitted(shown, answers), expected, atol=1e-9)


def test_where_regions_add_up_it_tells_what_they_add(rng):
    worth = np.array([0.5, 0.0, -0.25])
    shown = rng.random((100_000, 3)) < 0.5
    np.testing.assert_allclose(fitted(shown, shown @ worth + 0.3), worth, atol=1e-3)


def test_the_crack_is_told_to_raise(tiny_model, photo):
    run = LimeExplainer(tiny_model, photo, LimeSettings("mean", parts=20, max_evals=200))
    run.advance()
    values = run.explanation().values
    sums = np.bincount(run._labels.ravel(), weights=values.ravel())
    shown = np.concatenate([np.ones((1, 20), bool), run._unions(range(198))])
    np.testing.assert_allclose(sums, fitted(shown, np.array([run.high, *run._answers])), atol=1e-6)
    assert sums.max() > 0.01


def test_a_smaller_budget_is_the_beginning_of_a_larger_one(tiny_model, photo):
    run = LimeExplainer(tiny_model, photo, LimeSettings("mean", max_evals=150))
    run.advance()
    alone = explain(tiny_model, photo, LimeSettings("mean", max_evals=100))
    np.testing.assert_array_equal(run.explanation(100).values, alone.values)


def test_regions_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="regions to be one of"):
        LimeSettings(regions="clouds")
