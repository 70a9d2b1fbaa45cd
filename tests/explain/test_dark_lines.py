"""Lines that are drawn by hand are found, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.explain.dark_lines import BESIDE, LEAST_LENGTH, SHARE, dark_lines, line_strength

GREY, DARK, LIGHT = 180, 60, 250


def wall(size: int = 60) -> np.ndarray:
    return np.full((size, size, 3), GREY, dtype=np.uint8)


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_a_line_of_any_width_is_found_over_its_length(width):
    picture = wall()
    picture[:, 30 : 30 + width] = DARK
    found = dark_lines(picture)
    assert found[:, 30 + width // 2].all()
    columns = np.flatnonzero(found.any(axis=0))
    assert columns.min() >= 30 - 6
    assert columns.max() <= 30 + width + 5


@pytest.mark.parametrize("angle", [0, 30, 45, 120])
def test_in_any_direction(angle):
    rows, columns = np.mgrid[:60, :60] - 30
    picture = wall()
    on = np.abs(rows * np.cos(np.radians(angle)) - columns * np.sin(np.radians(angle))) < 1
    picture[on] = DARK
    middle = on & (np.hypot(rows, columns) < 25)
    assert dark_lines(picture)[middle].mean() > 0.95


def test_a_plain_wall_has_none():
    assert not dark_lines(wall()).any()
    assert not line_strength(wall()).any()


def test_a_light_line_is_none():
    picture = wall()
    picture[:, 30] = LIGHT
    strength = line_strength(picture)
    assert strength[:, 30].max() == 0


def test_a_spot_is_none_and_neither_is_an_edge():
    spot, edge, line = wall(), wall(), wall()
    spot[28:31, 28:31] = edge[:, :30] = line[:, 28:31] = DARK
    most = line_strength(line).max()
    assert line_strength(spot)[29, 29] == 0
    assert line_strength(spot).max() < most / 2
    assert line_strength(edge).max() < 0.6 * most


def test_short_pieces_are_left_out():
    picture = wall()
    picture[30, 5:55] = DARK
    picture[10, 10 : 10 + LEAST_LENGTH // 3] = DARK
    found = dark_lines(picture)
    assert found[30, 10:50].all()
    assert not found[5:16, 5:20].any()


def test_colour_counts_as_bright_as_it_is_and_brightness_does_not_matter():
    picture = wall()
    picture[:, 30] = DARK
    np.testing.assert_array_equal(dark_lines(picture), dark_lines(picture + np.uint8(50)))
    flat = np.full((20, 20, 3), (0, 117, 0), dtype=np.uint8)
    assert not line_strength(flat).any()


def test_no_more_than_its_share_before_widening():
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3)).astype(np.uint8)
    assert dark_lines(noise).mean() < SHARE * (2 * BESIDE + 1)


def test_turned_pictures_have_turned_lines():
    """Whole numbers: no side is favoured, and no processor."""
    picture = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    strength = line_strength(picture)
    np.testing.assert_array_equal(line_strength(picture[::-1]), strength[::-1])
    np.testing.assert_array_equal(line_strength(picture.transpose(1, 0, 2)), strength.T)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (150, 3)])
def test_small_pictures(shape):
    picture = np.random.default_rng(2).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert dark_lines(picture).shape == shape
