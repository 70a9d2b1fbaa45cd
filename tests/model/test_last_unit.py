import numpy as np
import pytest

from crackxai.model.last_unit import fit_last_unit

RNG = np.random.default_rng(0)
LABELS = np.arange(400) % 2
FEATURES = RNG.normal(size=(400, 5)) * [1, 10, 1, 1, 0.1] + np.outer(2 * LABELS - 1, [0.5, 3, 0, 0, 0])


def right(kernel: np.ndarray, bias: float) -> float:
    return float(np.mean((FEATURES @ kernel + bias >= 0) == LABELS))


def test_it_finds_what_tells_the_labels_apart():
    kernel, bias = fit_last_unit(np.zeros(5), 3.0, FEATURES, LABELS)
    assert right(np.zeros(5), 3.0) == 0.5
    assert right(kernel, bias) > 0.65
    assert kernel.dtype == np.float32
    assert kernel[0] > 0 < kernel[1]


def test_without_a_pull_it_is_logistic_regression():
    """One feature, half of the cracked and a quarter of the sound pictures have it: log-odds by hand."""
    has = np.array([0, 0, 1, 1, 0, 0, 0, 1])
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    kernel, bias = fit_last_unit(np.zeros(1), 0.0, has[:, None], labels, strength=0.0)
    assert bias == pytest.approx(np.log(2 / 3), abs=1e-3)  # without it: 2 cracked, 3 sound
    assert kernel[0] + bias == pytest.approx(np.log(2 / 1), abs=1e-3)


def test_a_feature_that_hardly_speaks_gets_no_say_beyond_the_others():
    """It tells the labels apart in the pictures that are fitted, by a thousandth of what the others vary; in another
    picture it says more."""
    rng = np.random.default_rng(1)
    faint = 0.001 * (1 - LABELS) * (rng.random(400) < 0.3)
    features = np.column_stack([FEATURES, faint])
    kernel, bias = fit_last_unit(np.zeros(6), 0.0, features, LABELS)
    assert abs(kernel[5]) < np.abs(kernel[:5]).max()
    cracked = np.array([1.0, 10.0, 0.0, 0.0, 0.0])
    without, loud = (float(np.append(cracked, says) @ kernel + bias) for says in (0.0, 0.05))
    assert abs(loud - without) < 0.1


def test_a_strong_pull_changes_nothing():
    kernel, bias = fit_last_unit(np.ones(5), 0.5, FEATURES, LABELS, strength=1e9)
    np.testing.assert_allclose(kernel, 1, atol=1e-5)
    assert bias == pytest.approx(0.5, abs=1e-5)


def test_features_in_other_units_give_the_same_answers():
    first, bias = fit_last_unit(np.zeros(5), 0.0, FEATURES, LABELS)
    second, other = fit_last_unit(np.zeros(5), 0.0, FEATURES * 100, LABELS)
    np.testing.assert_allclose(FEATURES @ first + bias, FEATURES * 100 @ second + other, atol=0.02)


def test_smoothed_targets_keep_it_from_certainty():
    separable = (2 * LABELS - 1)[:, None].astype(float)
    kernel, bias = fit_last_unit(np.zeros(1), 0.0, separable, LABELS, smoothing=0.1, strength=0.0)
    assert 1 / (1 + np.exp(-(kernel[0] + bias))) == pytest.approx(0.95, abs=1e-3)
