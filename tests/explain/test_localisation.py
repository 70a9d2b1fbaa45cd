"""Where the weight lies."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.explain.localisation import Part, parts, strongest_box
from crackxai.photo import Box


def test_parts_by_hand():
    values = np.zeros((9, 6))
    values[0, 5], values[8, 0], values[4, 3] = 0.5, -0.25, 0.125
    found = parts(values)
    assert found[0] == Part("top", "right", 0.5)
    assert found[1] == Part("middle", "centre", 0.125)
    assert found[-1] == Part("bottom", "left", -0.25)
    assert len(found) == 9


def test_the_box_is_around_the_strongest_region_not_the_strongest_pixel():
    values = np.zeros((150, 150))
    values[20:40, 30:90] = 1.0
    values[100, 100] = 50.0  # a lone pixel: half of it is left after the blur of 10 pixels, on 100 pixels
    box = strongest_box(values)
    assert (box.top, box.bottom, box.left, box.right) == pytest.approx((20, 40, 30, 90), abs=5)


def test_nothing_that_raises_has_no_box():
    assert strongest_box(np.zeros((20, 20))) is None
    assert strongest_box(-np.ones((20, 20))) is None


def test_the_box_of_everything():
    assert strongest_box(np.ones((20, 30))) == Box(0, 20, 0, 30)
