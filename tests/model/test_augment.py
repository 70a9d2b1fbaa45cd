"""Augmentation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai.model import augment


def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (150, 150, 3)).astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([32, 64, 150]))
def test_scratch_gives_finite_pictures_of_the_asked_size(seed, side):
    before = picture()
    image = before.copy()
    out = augment.scratch(image, np.random.default_rng(seed), side)
    assert out.shape == (side, side, 3)
    assert out.dtype == np.float32
    assert out.min() >= 0
    assert out.max() <= 255
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(out, augment.scratch(image, np.random.default_rng(seed), side))


def test_at_strength_0_only_symmetry_and_colour_are_left():
    image = np.full((150, 150, 3), 120, np.uint8)
    image[:, 75:] = 60
    for seed in range(30):
        out = augment.scratch(image, np.random.default_rng(seed), 150, strength=0)
        levels = np.unique(np.rint(out[..., 0]))
        assert len(levels) <= 4  # two halves, and where they meet in a window stretched by a few percent


def test_notebook_shifts_by_at_most_a_tenth_and_repeats_edges():
    image = np.zeros((100, 100, 3), np.uint8)
    image[50, 50] = 255
    places = []
    for seed in range(200):
        out = augment.notebook(image, np.random.default_rng(seed)).astype(float).sum(axis=2)
        y, x = np.mgrid[0:100, 0:100]
        places.append(((y * out).sum() / out.sum(), (x * out).sum() / out.sum()))
    rows, columns = np.array(places).T
    assert 39.9 < rows.min() < 41
    assert 59 < rows.max() < 60.1
    # Flipped or not, columns stay within a tenth of the middle (49 and 50 are each other's mirror images).
    assert columns.min() > 38.9
    assert columns.max() < 60.1
    flat = np.full((40, 40, 3), 77, np.uint8)
    np.testing.assert_array_equal(augment.notebook(flat, np.random.default_rng(0)), flat)


def test_the_eight_symmetries_all_occur():
    image = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    seen = {augment.square_symmetry(image, np.random.default_rng(seed)).tobytes() for seed in range(100)}
    assert len(seen) == 8


@pytest.mark.parametrize("change", [augment.ruled_joint, augment.uneven_light])
def test_added_joints_and_light_leave_the_crack_visible(change):
    image = np.full((150, 150, 3), 180, np.float32)
    image[:, 70:76] = 40
    for seed in range(50):
        out = change(image, np.random.default_rng(seed))
        contrast = np.median(out[:, 70:76].mean(axis=(1, 2)) / out[:, 60:64].mean(axis=(1, 2)))
        assert contrast < 0.5
