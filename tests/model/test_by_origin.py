"""Figures by origin."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from crackxai.model.by_origin import Rate, measure_origin, measure_origins, origin_weights, wilson, working_range
from crackxai.model.dataset import LabelledPhotos
from crackxai.model.window_set import WindowSet


def windows(labels, groups=None, widths=None, name="walls") -> WindowSet:
    n = len(labels)
    return WindowSet(
        name,
        LabelledPhotos(np.zeros((n, 4, 4, 3), np.uint8), np.array(labels, np.uint8), tuple(range(n))),
        np.arange(n) if groups is None else np.array(groups),
        np.ones(n),
        np.array(labels, float) if widths is None else np.array(widths, float),
    )


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (10, 10, 0.7225, 1.0)],
)
def test_wilson(right, n, low, high):
    """81 of 263 is the example of Newcombe, Statistics in Medicine 17, 1998, table I."""
    assert wilson(right / n, n) == pytest.approx((low, high), abs=1e-4)


def test_windows_of_one_photo_are_one_case():
    rate = Rate.of(np.array([True, True, False, True]), np.array([7, 7, 7, 9]))
    assert rate is not None
    assert (rate.value, rate.windows, rate.groups) == (0.75, 4, 2)
    assert (rate.low, rate.high) == wilson(0.75, 2)
    assert Rate.of(np.zeros(0, bool), np.zeros(0, int)) is None


def test_recall_by_width_and_both_by_scale():
    own = windows([1, 1, 1, 0, 0], widths=[0.8, 3.0, 3.5, 0, 0])
    near = windows([1, 0])
    found = measure_origin(own, np.array([0.2, 0.9, 0.4, 0.6, 0.1]), 0.5, [(2.0, near, np.array([0.9, 0.1]))])
    assert found.recall is not None
    assert found.specificity is not None
    assert (found.recall.value, found.specificity.value) == (pytest.approx(1 / 3), 0.5)
    assert found.balanced_accuracy == pytest.approx(5 / 12)
    assert found.auc == pytest.approx(4 / 6)
    assert [(to, rate and rate.value) for to, rate in found.by_width] == [
        (1, 0.0),
        (2, None),
        (4, 0.5),
        (math.inf, None),
    ]
    assert [(scale, recall.value, sound.value) for scale, recall, sound in found.by_scale] == [(2.0, 1.0, 1.0)]
    json.dumps(found.as_dict(), allow_nan=False)


def test_one_label_alone_and_no_masks():
    floors = measure_origin(windows([0, 0]), np.array([0.1, 0.7]), 0.5, [])
    assert (floors.recall, floors.auc, floors.balanced_accuracy) == (None, None, 0.5)
    assert measure_origin(windows([1], widths=[math.nan]), np.array([0.9]), 0.5, []).by_width == ()


def test_each_origin_gets_its_own_probabilities():
    sets = [(windows([1, 0], name="a"), {}), (windows([1], name="b"), {2.0: windows([1])})]
    figures = measure_origins(lambda images: np.ones(len(images)), sets, np.array([0.9, 0.9, 0.1]), 0.5)
    assert [(f.name, f.balanced_accuracy) for f in figures] == [("a", 0.5), ("b", 0.0)]
    assert figures[1].by_scale[0][1].value == 1


def test_working_range_is_where_little_is_lost():
    def at(right: list[float]) -> list[tuple[float, WindowSet, np.ndarray]]:
        return [(scale, windows([1, 0]), np.array([p, 0.1])) for scale, p in zip((0.5, 1, 2, 4), right, strict=True)]

    some = [measure_origin(windows([1, 0]), np.array([0.9, 0.1]), 0.5, at(p)) for p in ([0.1, 0.9, 0.9, 0.1],) * 2]
    assert working_range(some) == [1, 2]
    assert working_range([measure_origin(windows([1, 0]), np.array([0.9, 0.1]), 0.5, [])]) is None


def test_weights_of_origins_are_equal_within_a_label():
    weights = origin_weights([np.array([1, 1, 1, 0]), np.array([0, 0]), np.array([1])])
    np.testing.assert_allclose(weights, [1 / 12, 1 / 12, 1 / 12, 1 / 4, 1 / 8, 1 / 8, 1 / 4])
