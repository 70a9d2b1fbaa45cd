"""Regions and their orders, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crackxai import SettingsError
from crackxai.explain.region_order import Regions

MAP = np.array([[3, 3, 0, 0], [1, 1, 0, -2]], dtype=np.float32)
"""Regions of 2, 3, 2 and 1 of 8 pixels: 3 and 1 raise, -2 lowers."""


def test_pixels_of_one_value_are_one_region_wherever_they_lie():
    found = Regions.of(np.array([[5, 0, 5]], dtype=np.float32))
    np.testing.assert_array_equal(found.labels, [[1, 0, 1]])
    np.testing.assert_array_equal(found.pixels, [1, 2])


def test_what_raises_most_comes_first():
    order = Regions.of(MAP).by_value()
    np.testing.assert_array_equal(order.place, [[0, 0, 2, 2], [1, 1, 2, 3]])
    np.testing.assert_array_equal(order.shares, np.array([0, 2, 4, 7, 8]) / 8)
    np.testing.assert_array_equal(order.first(2), [[1, 1, 0, 0], [1, 1, 0, 0]])


def test_what_lowers_most_comes_first():
    order = Regions.of(MAP).by_value(lowest_first=True)
    np.testing.assert_array_equal(order.place, [[3, 3, 1, 1], [2, 2, 1, 0]])


def test_from_the_centre_outwards():
    values = np.zeros((5, 5), dtype=np.float32)
    values[2, 2], values[0, 0] = -1, 9
    order = Regions.of(values).centre_out()
    assert (order.place[2, 2], order.place[0, 1], order.place[0, 0]) == (0, 1, 2)


def test_a_random_order_is_of_the_same_regions():
    regions = Regions.of(MAP)
    order = regions.at_random(np.random.default_rng(1))
    for number in range(len(regions)):
        assert len(np.unique(order.place[regions.labels == number])) == 1
    assert (order.shares[0], order.shares[-1]) == (0, 1)
    again = regions.at_random(np.random.default_rng(1))
    np.testing.assert_array_equal(order.place, again.place)


def test_every_random_order_is_as_likely():
    regions, random = Regions.of(np.array([[1, 2, 3]], dtype=np.float32)), np.random.default_rng(0)
    found = [tuple(regions.at_random(random).place[0]) for _ in range(600)]
    assert len(set(found)) == 6
    assert all(60 < found.count(each) < 140 for each in set(found))


@pytest.mark.parametrize(("share", "regions"), [(0.0, 1), (0.1, 1), (0.3, 1), (0.375, 1), (0.4, 2), (0.9, 3), (1.0, 3)])
def test_the_nearest_area(share, regions):
    assert Regions.of(MAP).by_value().nearest(share) == regions


def test_steps_are_inside_and_each_once():
    order = Regions.of(MAP).by_value()
    assert order.steps((0.02, 0.05, 0.5, 0.98)) == [1, 2, 3]
    assert Regions.of(np.zeros((2, 2), dtype=np.float32)).by_value().steps((0.1, 0.5)) == []


@given(arrays(np.float32, (4, 6), elements=st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0])), st.integers(0, 5))
def test_the_share_is_the_area_of_the_mask(values, count):
    order = Regions.of(values).by_value()
    count = min(count, len(order.shares) - 1)
    assert order.first(count).mean() == pytest.approx(order.shares[count])


def test_a_map_of_another_shape():
    with pytest.raises(SettingsError, match=r"\(H, W\), received \(2, 2, 3\)"):
        Regions.of(np.zeros((2, 2, 3), dtype=np.float32))
