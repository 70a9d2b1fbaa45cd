"""Temperature and threshold."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.model.calibration import (
    BANDS,
    DEFAULT_BAND,
    TEMPERATURE_PRIOR,
    choose_band,
    choose_threshold,
    fit_temperature,
    fold_temperature,
    logits,
)
from crackxai.model.network import CAFFE
from tests import tiny


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_logits():
    np.testing.assert_allclose(logits(np.array([0.5, sigmoid(3.0)])), [0, 3], atol=1e-9)
    assert np.isfinite(logits(np.array([0.0, 1.0], np.float32))).all()


def test_temperature_is_found_again():
    rng = np.random.default_rng(0)
    true_logits = rng.normal(0, 2, 20_000)
    labels = rng.random(20_000) < sigmoid(true_logits)
    assert fit_temperature(sigmoid(3 * true_logits), labels) == pytest.approx(3, rel=0.05)
    assert fit_temperature(sigmoid(0.5 * true_logits), labels) == pytest.approx(0.5, rel=0.05)


def test_a_few_photos_hardly_move_the_temperature():
    """Without an error among them they want 0: their number decides how far they get."""
    few = np.array([0.1, 0.2, 0.8, 0.9])
    found = [fit_temperature(np.tile(few, n), np.tile([0, 0, 1, 1], n)) for n in (1, 10, 1000)]
    assert 0.75 < found[0] < 1
    assert found[2] < 0.3 < found[1] < found[0]
    assert fit_temperature(np.array([0.5001, 0.4999]), np.array([1, 0])) == pytest.approx(1, abs=0.01)


def test_the_temperature_of_a_photo_by_hand():
    """Logit 2, right: the derivative of log(1 + exp(-2 / T)) + (log T / prior)^2 / 2 by log T is zero."""
    log_t = np.log(fit_temperature(np.array([sigmoid(2.0)]), np.array([1])))
    x = 2 / np.exp(log_t)
    assert x * sigmoid(-x) + log_t / TEMPERATURE_PRIOR**2 == pytest.approx(0, abs=1e-3)


def test_few_photos_do_not_choose_a_threshold():
    """Perfectly told apart at 0.25, but by nine photos of a kind; ten may say so."""
    for count, expected in ((1, 0.5), (9, 0.5), (10, 0.25)):
        threshold = choose_threshold(np.repeat([0.2, 0.31], count), np.repeat([0, 1], count))
        assert threshold == pytest.approx(expected, abs=0.01)


def test_many_photos_of_little_weight_are_few():
    """Nine cracked ones carry all of the weight."""
    weights = np.concatenate([np.ones(40), np.ones(9), np.full(31, 1e-9)])
    assert choose_threshold(np.repeat([0.2, 0.31], 40), np.repeat([0, 1], 40), weights) == 0.5


def test_no_error_among_ten_is_not_no_error_at_all():
    """At 0.5 one crack of ten is missed, at 0.4 none: within the error that ten photos have."""
    p, truth = np.array([0.1] * 10 + [0.41] + [0.9] * 9), np.repeat([0, 1], 10)
    assert choose_threshold(p, truth) == 0.5
    assert choose_threshold(np.tile(p, 30), np.tile(truth, 30)) < 0.41


def test_folding_divides_the_logit(rng):
    net = tiny.net()
    batch = CAFFE(rng.integers(0, 256, (3, 150, 150, 3)).astype(np.uint8))
    before = logits(net.predict_on_batch(batch))
    fold_temperature(net, 2.5)
    np.testing.assert_allclose(logits(net.predict_on_batch(batch)), before / 2.5, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("probabilities", "labels", "low", "high"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 0.2, 0.8),  # any threshold between is perfect: the middle is taken
        ([0.1, 0.6, 0.7, 0.9], [0, 0, 1, 1], 0.6, 0.7),
        ([0.1, 0.7, 0.6, 0.9], [0, 0, 1, 1], 0.1, 0.9),  # one error either way
        ([0.3, 0.4], [0, 1], 0.3, 0.4),
    ],
)
def test_threshold_by_hand(probabilities, labels, low, high):
    threshold = choose_threshold(np.tile(probabilities, 200), np.tile(labels, 200))
    assert low < threshold < high
    called = np.array(probabilities) >= threshold
    truth = np.array(labels, bool)
    youden = called[truth].mean() - called[~truth].mean()
    every = [np.array(probabilities) >= t for t in np.linspace(0, 1, 1001)]
    assert youden == max(c[truth].mean() - c[~truth].mean() for c in every)


def test_a_gain_within_the_noise_does_not_move_the_threshold_from_one_half():
    # 0.5 misses 3 of 500 and gives 3 false alarms in 500; 0.9 saves one of these, less than one standard error.
    probabilities = np.concatenate([np.full(497, 0.99), np.full(3, 0.001), np.full(497, 0.01), [0.7, 0.995, 0.995]])
    labels = np.repeat([1, 0], 500)
    assert choose_threshold(probabilities, labels) == 0.5
    # Were it 30 photos, it would.
    probabilities[500:530] = 0.7
    assert 0.7 < choose_threshold(probabilities, labels) < 0.99


def test_symmetric_perfect_case_gives_one_half():
    assert choose_threshold(np.array([0.2, 0.8]), np.array([0, 1])) == 0.5


def test_weights_decide_whose_temperature_and_threshold():
    """Two origins that contradict each other; all weight on one of them gives what it alone would."""
    rng = np.random.default_rng(0)
    sure, unsure = rng.normal(0, 2, 4000), rng.normal(0, 2, 1000)
    labels = np.concatenate([rng.random(4000) < sigmoid(sure), rng.random(1000) < sigmoid(unsure / 3)])
    probabilities = np.concatenate([sigmoid(sure), sigmoid(unsure - 1)])
    one, other = np.repeat([1.0, 0.0], [4000, 1000]), np.repeat([0.0, 1.0], [4000, 1000])
    for choose in (fit_temperature, choose_threshold):
        assert choose(probabilities, labels, one) == pytest.approx(
            choose(probabilities[:4000], labels[:4000]), abs=2e-3
        )
        assert choose(probabilities, labels, other) == pytest.approx(
            choose(probabilities[4000:], labels[4000:]), abs=2e-3
        )


def test_equal_weights_change_nothing():
    rng = np.random.default_rng(1)
    probabilities, labels = rng.random(300), rng.random(300) < 0.5
    assert choose_threshold(probabilities, labels, np.full(300, 0.2)) == choose_threshold(probabilities, labels)


def test_the_band_is_the_narrowest_that_leaves_few_mistakes_unseen():
    """Of 100 photos four are told wrongly, at distances of 0.02, 0.12, 0.22 and 0.32 from the threshold."""
    p = np.concatenate([np.full(48, 0.95), [0.48, 0.38], np.full(48, 0.05), [0.72, 0.82]])
    truth = np.repeat([1, 0], 50)
    # Two unseen mistakes of 100 are allowed.
    assert choose_band(p, truth, 0.5) == 0.15
    # Each origin counts the same: the last mistake is a tenth of all there is to know of sound photos.
    weights = np.full(100, 0.5)
    weights[-1] = 10
    assert choose_band(p, truth, 0.5, weights) == 0.35
    # Photos that hardly count are hardly there.
    assert choose_band(p, truth, 0.5, np.where(np.arange(100) % 50 < 9, 1.0, 1e-9)) == DEFAULT_BAND


def test_no_band_is_wide_enough_or_photos_are_too_few_to_tell():
    p = np.repeat([0.99, 0.99, 0.01], 50)
    assert choose_band(p, np.repeat([1, 0, 0], 50), 0.5) == BANDS[-1]
    assert choose_band(p[45:60], np.repeat([1, 0, 0], 50)[45:60], 0.5) == DEFAULT_BAND
