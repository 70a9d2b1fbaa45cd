"""Overlays and figures."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from crackxai import ExplainSettings
from crackxai.errors import SettingsError
from crackxai.explain.cam import CamSettings
from crackxai.explain.integrated_gradients import GradientsSettings
from crackxai.explain.kernel_shap import KernelSettings
from crackxai.render import (
    PALETTES,
    contoured,
    display_picture,
    explanation_figure,
    figure_png,
    map_alone,
    overlay,
    own_limit,
    png,
    settings_caption,
)
from tests.nasty import NASTY

BLUE, RED = np.array([0, 139, 251]), np.array([255, 0, 81])
"""shap's."""


def test_overlay_by_hand():
    picture = np.full((2, 4, 3), 100, np.uint8)
    values = np.array([[1.0, -1.0], [0.0, 0.5]], np.float32)
    out = overlay(picture, values, limit=1.0, opacity=0.5)
    # The 2 x 2 map is stretched to 2 x 4 without smoothing: each value covers 1 x 2 pixels.
    np.testing.assert_array_equal(out[0, 0], np.rint(50 + 0.5 * RED))
    np.testing.assert_array_equal(out[0, 1], out[0, 0])
    np.testing.assert_array_equal(out[0, 3], np.rint(50 + 0.5 * BLUE))
    np.testing.assert_array_equal(out[1, 0], [100, 100, 100])
    np.testing.assert_array_equal(out[1, 2], np.rint(75 + 0.25 * RED))


def test_beyond_the_limit_is_saturated_and_opacity_0_shows_the_grey_photo():
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[..., 1] = 200
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None].repeat(3, axis=2)
    values = np.full((2, 2), 5.0, np.float32)
    np.testing.assert_array_equal(overlay(picture, values, 1.0, 1.0)[0, 0], RED)
    np.testing.assert_array_equal(overlay(picture, values, 1.0, 0.0), grey)


@pytest.mark.parametrize(("limit", "opacity"), [(0, 0.5), (-1, 0.5), (float("nan"), 0.5), (1, 1.1), (1, -0.1)])
def test_bad_limits(limit, opacity):
    with pytest.raises(SettingsError, match="received"):
        overlay(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32), limit, opacity)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_palette_has_its_two_ends_and_white_in_the_middle(palette):
    low, high = PALETTES[palette]
    out = map_alone(np.array([[-1.0, 0.0, 1.0]], np.float32), 1.0, (3, 1), palette)
    np.testing.assert_array_equal(out[0], [low, (255, 255, 255), high])


def test_palettes_can_be_told_apart_in_grey_or_without_red_and_green():
    """Ends differ in blue-yellow, which the common colour vision deficiencies keep, or in lightness."""
    for low, high in list(PALETTES.values())[1:]:
        lab = cv2.cvtColor(np.float32([[low, high]]) / 255, cv2.COLOR_RGB2LAB)[0]
        assert abs(lab[0][2] - lab[1][2]) > 60 or abs(lab[0][0] - lab[1][0]) > 25


def test_an_unknown_palette():
    with pytest.raises(SettingsError, match="red-blue, orange-purple, yellow-blue, received 'rainbow'"):
        overlay(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32), 1.0, 1.0, "rainbow")


def test_contours_go_around_what_is_strong_and_nowhere_else():
    ground = np.full((360, 360, 3), 128, np.uint8)
    values = np.zeros((150, 150), np.float32)
    values[50:100, 50:100] = 1.0
    drawn = contoured(ground, values, 1.0)
    changed = (drawn != ground).any(axis=-1)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == pytest.approx((120, 240, 120, 240), abs=8)
    assert not changed[150:210, 150:210].any()
    raises, lowers = changed.sum(), (contoured(ground, -values, 1.0) != ground).any(axis=-1).sum()
    assert 0.4 < lowers / raises < 0.8  # broken
    np.testing.assert_array_equal(contoured(ground, values / 10, 1.0), ground)
    np.testing.assert_array_equal(ground, 128)


def test_own_limit_of_a_flat_map_is_positive():
    assert own_limit(np.zeros((5, 5), np.float32)) > 0
    # 99 % of the way from the 100th to the 101st of 101.
    assert own_limit(np.arange(-100, 1, dtype=np.float32)) == pytest.approx(99)


def test_shown_keeps_proportions():
    assert display_picture(np.zeros((300, 600, 3), np.uint8), 200).shape == (100, 200, 3)
    assert display_picture(np.zeros((600, 30, 3), np.uint8), 1200).shape == (1200, 60, 3)


def test_png_keeps_colours(rng):
    image = rng.integers(0, 256, (7, 9, 3)).astype(np.uint8)
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(png(image), np.uint8), 1)[..., ::-1], image)


def test_the_figure_shows_photo_map_and_a_bar_from_blue_to_red(explanation, rng):
    rgb = rng.integers(0, 256, (40, 60, 3)).astype(np.uint8)
    figure = explanation_figure(explanation, rgb, limit=0.5)
    photo, shown_map, bar = figure.axes
    assert "Mauer – Süd.jpg: crack probability 46.9%" in photo.get_title()
    assert "Blur 9 x 9, 52 evaluations" in shown_map.get_title()
    np.testing.assert_array_equal(
        shown_map.get_images()[0].get_array(), overlay(display_picture(rgb), explanation.values, 0.5)
    )
    colours = bar.get_images()[0].get_array()[0]
    np.testing.assert_array_equal(colours[[0, -1]], [BLUE, RED])
    assert [tick.get_text() for tick in bar.get_xticklabels()] == ["−5.0e-01", "0", "+5.0e-01"]
    image = cv2.imdecode(np.frombuffer(figure_png(figure), np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[1] == 1200


@pytest.mark.parametrize("name", [*(name for name in NASTY if name.isascii()), "$", "$\\frac{1}$.jpg"])
def test_a_name_in_the_figure_is_no_formula(explanation, rng, name):
    rgb = rng.integers(0, 256, (40, 60, 3)).astype(np.uint8)
    figure = explanation_figure(dataclasses.replace(explanation, photo_name=name), rgb)
    assert not figure.axes[0].title.get_parse_math()
    assert figure_png(figure)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ExplainSettings("blur", 31), "Blur 31 x 31"),
        (CamSettings(), "class activation mapping"),
        (KernelSettings("mean", parts=30), "Kernel SHAP, 30 regions, Mean, following the picture"),
        (GradientsSettings(), "integrated gradients, 65 steps, Telea"),
    ],
)
def test_settings_in_a_figure(settings, words):
    assert settings_caption(settings) == words
