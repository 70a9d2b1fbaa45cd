"""Figures by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crackxai.model.dataset import LabelledPhotos
from crackxai.model.evaluation import calibration_error, measure, mistakes, predict_all

P = np.array([0.9, 0.6, 0.4, 0.1, 0.7, 0.2])
Y = np.array([1, 1, 1, 0, 0, 0])


def test_measure_by_hand():
    figures = measure(P, Y, threshold=0.5)
    assert (figures.true_positives, figures.false_negatives) == (2, 1)
    assert (figures.false_positives, figures.true_negatives) == (1, 2)
    assert figures.accuracy == pytest.approx(4 / 6)
    assert figures.precision == figures.recall == figures.f1 == pytest.approx(2 / 3)
    # Of the 9 pairs of a cracked and a sound photo, 0.6 and 0.4 rank below 0.7: 7 are in the right order.
    assert figures.auc == pytest.approx(7 / 9)
    assert figures.brier_score == pytest.approx((0.01 + 0.16 + 0.36 + 0.01 + 0.49 + 0.04) / 6)
    assert (figures.photos, figures.cracked) == (6, 3)


def test_the_threshold_itself_counts_as_cracked():
    assert measure(np.array([0.5, 0.1]), np.array([1, 0]), 0.5).false_negatives == 0


def test_calibration_error_by_hand():
    # Two bins of five: shares 0.5 and 1 against means 0.3 and 0.9, weights 2/3 and 1/3.
    p, y = np.array([0.28, 0.32, 0.9]), np.array([0, 1, 1])
    assert calibration_error(p, y, bins=5) == pytest.approx(2 / 3 * 0.2 + 1 / 3 * 0.1)
    assert calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_mistakes_most_wrong_first():
    photos = LabelledPhotos(np.zeros((6, 1, 1, 3), np.uint8), Y, tuple(Path(f"{i}.png") for i in range(6)))
    found = mistakes(P, photos, 0.5)
    assert [(m.path, m.cracked, m.probability) for m in found] == [("4.png", False, 0.7), ("2.png", True, 0.4)]


def test_predict_all_goes_through_every_batch_in_order():
    images = np.arange(120, dtype=np.uint8)[:, None, None, None].repeat(3, axis=3)
    photos = LabelledPhotos(images, np.zeros(120, np.uint8), ())
    sizes = []

    def predict(batch):
        sizes.append(len(batch))
        return batch[:, 0, 0, 0].astype(np.float32)

    np.testing.assert_array_equal(predict_all(predict, photos), np.arange(120))
    assert sizes == [50, 50, 20]
