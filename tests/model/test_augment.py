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


def test_a_tilt_turns_about_the_middle_by_at_most_20_degrees():
    image = np.zeros((101, 101, 3), np.float32)
    image[:, 48:53] = 255
    angles = []
    for seed in range(60):
        out = augment.tilted(image, np.random.default_rng(seed))
        assert out[50, 50, 0] == 255
        top, bottom = (np.average(np.arange(20, 81), weights=out[row, 20:81, 0]) for row in (20, 80))
        angles.append(np.degrees(np.arctan((top - bottom) / 60)))
    assert min(angles) < -15
    assert max(angles) > 15
    assert np.abs(angles).max() < 20.5


def test_a_tone_curve_keeps_black_and_white_and_the_order_between():
    ramp = np.broadcast_to(np.linspace(0, 255, 64, dtype=np.float32)[:, None, None], (64, 64, 3))
    for seed in range(30):
        out = augment.toned(ramp, np.random.default_rng(seed))[:, 0, 0]
        assert (out[0], round(float(out[-1]), 2)) == (0, 255)
        assert (np.diff(out) > 0).all()


CHANGES = [augment.ruled_joint, augment.uneven_light, augment.toned, augment.coarsened, augment.sharpened]


@pytest.mark.parametrize("change", CHANGES)
def test_added_joints_light_and_cameras_leave_the_crack_visible(change):
    image = np.full((150, 150, 3), 180, np.float32)
    image[:, 70:76] = 40
    for seed in range(50):
        out = np.clip(change(image, np.random.default_rng(seed)), 0, 255)
        assert out.shape == image.shape
        contrast = np.median(out[:, 70:76].mean(axis=(1, 2)) / out[:, 60:64].mean(axis=(1, 2)))
        assert contrast < 0.5
