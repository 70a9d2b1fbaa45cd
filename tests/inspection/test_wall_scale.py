import json
import math

import cv2
import numpy as np
import pytest

from crackxai import Box, Photo, PhotoError, SettingsError
from crackxai.inspection.wall_scale import DICTIONARY, WallScale

MARKER_MM = 50.0
PIXELS_PER_MM = 4.0


def wall_with_marker(tilt: float = 0.0, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A photo of a grey wall with the marker at its middle, and the true homography from photo to wall (mm)."""
    side = round(MARKER_MM * PIXELS_PER_MM)
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), 7, side)
    flat = np.full((900, 1200), 150, dtype=np.uint8)
    top, left = 350, 500
    flat[top - 30 : top + side + 30, left - 30 : left + side + 30] = 255
    flat[top : top + side, left : left + side] = marker
    corners = np.array([[0, 0], [1200, 0], [1200, 900], [0, 900]], dtype=np.float32)
    # The right edge is further away.
    seen = corners + np.array([[0, 0], [0, tilt * 900], [0, -tilt * 900], [0, 0]], dtype=np.float32)
    bend = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(flat, bend, (1200, 900), flags=cv2.INTER_AREA, borderValue=150)
    photo = cv2.GaussianBlur(photo, (0, 0), 0.8).astype(float)
    photo += np.random.default_rng(seed).normal(0, noise, photo.shape)
    to_mm = np.array([[1, 0, -left], [0, 1, -top], [0, 0, PIXELS_PER_MM]]) / PIXELS_PER_MM
    rgb = np.repeat(photo.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return rgb, to_mm @ np.linalg.inv(bend)


def photo_of(rgb: np.ndarray, **facts) -> Photo:
    return Photo(rgb, "wall.png", "0" * 64, rgb.shape[1::-1], "PNG", **facts)


def true_length(homography: np.ndarray, points) -> float:
    mapped = cv2.perspectiveTransform(np.array([points], dtype=np.float64), homography)[0]
    return float(np.hypot(*np.diff(mapped, axis=0).T).sum())


def test_a_number():
    scale = WallScale.of_number(0.25)
    found = scale.along([(0, 0), (300, 400), (300, 500)])
    assert found.mm == pytest.approx(0.25 * 600)
    assert found.error is None  # nobody knows how good the number is
    assert scale.mm_per_pixel(10, 20) == pytest.approx(0.25)


def test_a_known_length():
    scale = WallScale.of_length((100, 100), (100, 300), 100)
    found = scale.along([(0, 0), (400, 0)])
    assert found.mm == pytest.approx(200)
    assert found.error == pytest.approx(200 * math.sqrt(2) / 200, rel=0.3)  # two ends, each off by a pixel of 200


@pytest.mark.parametrize("tilt", [0.0, 0.08, 0.15])
@pytest.mark.parametrize("noise", [0.0, 8.0])
def test_a_marker_gives_lengths_near_it_with_an_honest_error(tilt, noise):
    errors = []
    for seed in range(4):
        rgb, truth = wall_with_marker(tilt, noise, seed)
        scale = WallScale.of_marker(photo_of(rgb), MARKER_MM)
        for line in ([(480, 620), (760, 620)], [(450, 300), (800, 330)], [(560, 300), (560, 620)]):
            found, true = scale.along(line), true_length(truth, line)
            assert found.mm == pytest.approx(true, rel=0.02)
            errors.append(abs(found.mm - true) / found.error)
    assert np.mean(np.array(errors) < 2) > 0.9


def test_the_error_grows_away_from_the_marker_until_nothing_is_told():
    rgb, _ = wall_with_marker(0.1)
    scale = WallScale.of_marker(photo_of(rgb), MARKER_MM)
    near, far = scale.along([(500, 620), (600, 620)]), scale.along([(1050, 850), (1150, 850)])
    assert far.error / far.mm > 2 * near.error / near.mm
    assert scale.along([(5000, 620), (6000, 620)]) is None


def test_what_lies_beyond_the_horizon_has_no_length():
    bent = np.array([[1.0, 0, 0], [0, 1, 0], [-0.001, 0, 1]])
    horizon = WallScale("marker", bent, bent[None])
    assert horizon.along([(0, 0), (500, 0)]).mm == pytest.approx(1000)
    assert horizon.along([(0, 0), (1500, 0)]) is None
    assert horizon.mm_per_pixel(1500, 0) == math.inf


def test_no_marker():
    with pytest.raises(PhotoError, match="Put the printed sheet"):
        WallScale.of_marker(photo_of(np.full((300, 300, 3), 150, dtype=np.uint8)), 50)


@pytest.mark.parametrize("left", [15, 20, 40, 140])
def test_the_paper_of_the_marker_may_reach_to_the_edge_of_the_photo(left):
    grey = np.random.default_rng(0).integers(130, 170, (400, 400), dtype=np.uint8)
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), 5, 120)
    grey[85:235, left - 15 : left + 135] = 255
    grey[100:220, left : left + 120] = marker
    scale = WallScale.of_marker(photo_of(np.repeat(grey[..., None], 3, axis=2)), 60)
    assert scale.mm_per_pixel(left + 60, 160) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("mm", [0, -1, float("nan"), float("inf")])
def test_lengths_that_are_none(mm):
    with pytest.raises(SettingsError):
        WallScale.of_number(mm)
    with pytest.raises(SettingsError):
        WallScale.of_length((0, 0), (100, 0), mm)
    with pytest.raises(SettingsError):
        WallScale.of_marker(photo_of(np.zeros((9, 9, 3), dtype=np.uint8)), mm)


def test_points_too_close_to_measure_by():
    with pytest.raises(SettingsError, match="20 pixels"):
        WallScale.of_length((0, 0), (10, 0), 100)


def test_the_record_is_plain_json():
    assert json.loads(json.dumps(WallScale.of_number(2).to_record())) == {
        "source": "number",
        "to_wall": [[2, 0, 0], [0, 2, 0], [0, 0, 1]],
    }


def test_a_file_that_was_read_at_half_its_size_is_measured_in_its_own_pixels():
    rgb, _ = wall_with_marker()
    full = WallScale.of_marker(photo_of(rgb), MARKER_MM)
    half = WallScale.of_marker(photo_of(rgb, scale=0.5, box=Box(0, 1800, 0, 2400)), MARKER_MM)
    near, twice = full.along([(500, 620), (600, 620)]), half.along([(1000, 1240), (1200, 1240)])
    assert twice.mm == pytest.approx(near.mm)
    assert twice.error == pytest.approx(near.error, rel=0.01)


def test_the_area_of_the_wall():
    assert WallScale.of_number(0.5).square_metres(2000, 1000) == pytest.approx(0.5)
    rgb, truth = wall_with_marker(0.1)
    corners = cv2.perspectiveTransform(np.array([[[0, 0], [1200, 0], [1200, 900], [0, 900]]], dtype=np.float64), truth)
    true = cv2.contourArea(corners.astype(np.float32)) / 1e6
    assert WallScale.of_marker(photo_of(rgb), MARKER_MM).square_metres(1200, 900) == pytest.approx(true, rel=0.1)
    assert (
        WallScale("marker", np.array([[1.0, 0, 0], [0, 1, 0], [-0.001, 0, 1]]), np.empty((0, 3, 3))).square_metres(
            1500, 100
        )
        is None
    )
