"""Quality checks on pictures made for each doubt."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from crackxai import ModelError, Photo, read_photo
from crackxai.model.dataset import resize
from crackxai.model.out_of_distribution import MEASURES, TrainingDistribution, describe
from crackxai.model.quality import BLURRED, blur_effect, check_quality
from crackxai.photo import Box
from crackxai.samples import draw_samples


def as_photo(rgb: np.ndarray) -> Photo:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG")
    return read_photo(out.getvalue())


def kinds(rgb: np.ndarray, training: TrainingDistribution | None) -> list[str]:
    photo = as_photo(rgb)
    return [note.kind for note in check_quality(photo, resize(photo, 150), training)]


@pytest.fixture(scope="module")
def concrete() -> list[np.ndarray]:
    return [sample.rgb for sample in draw_samples(6, seed=0)]


@pytest.fixture
def training(bundled) -> TrainingDistribution:
    return bundled.measurements.training


def test_samples_pass(concrete, training):
    for rgb in concrete:
        assert kinds(rgb, training) == []


def test_each_doubt(concrete, training):
    rgb = concrete[0]
    assert "dark" in kinds((rgb * 0.2).astype(np.uint8), training)
    assert "burnt" in kinds(np.clip(rgb.astype(int) + 120, 0, 255).astype(np.uint8), training)
    assert "blurred" in kinds(cv2.GaussianBlur(rgb, (0, 0), 20), training)
    assert "small" in kinds(np.ascontiguousarray(rgb[:100, :120]), training)
    colours = np.random.default_rng(0).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    assert "unlike" in kinds(np.kron(colours, np.ones((10, 10, 1), dtype=np.uint8)), training)


@pytest.mark.parametrize(
    ("width", "height", "doubted"),
    [(480, 480, False), (480, 320, False), (480, 270, False), (480, 206, False), (480, 192, False), (206, 480, False),
     (480, 190, True), (480, 60, True), (60, 480, True), (900, 40, True)],
)  # fmt: skip
def test_a_shape_that_no_camera_has_is_a_doubt(concrete, width, height, doubted):
    """12000 x 1500 is 480 x 60; 21:9 is 480 x 206."""
    rgb = np.tile(concrete[0], (1, 2, 1))[:height, :width]
    assert ("shape" in kinds(np.ascontiguousarray(rgb), None)) == doubted


def test_a_window_is_judged_by_its_own_shape(concrete):
    photo = as_photo(np.ascontiguousarray(concrete[0][:160]))
    part = photo.window(Box(0, 160, 0, 200))
    assert [note.kind for note in check_quality(photo, resize(photo, 150), None)] == ["shape"]
    assert check_quality(part, resize(part, 150), None) == []


def test_figures_of_a_doubt(concrete):
    photo = as_photo(np.ascontiguousarray(concrete[0][:100, :120]))
    (note,) = check_quality(photo, resize(photo, 150), None)
    assert (note.kind, note.measured, note.limit) == ("small", 100, 150)


def test_what_a_model_was_trained_on_is_not_always_known(concrete):
    assert kinds(np.full((200, 200, 3), (255, 0, 0), dtype=np.uint8), None) == ["blurred"]


def test_the_blur_effect_by_its_ends(rng):
    noise = rng.integers(0, 256, (150, 150)).astype(np.uint8)
    assert blur_effect(noise) < 0.2
    assert blur_effect(np.full((150, 150), 90, dtype=np.uint8)) == 1
    found = [blur_effect(cv2.GaussianBlur(noise, (0, 0), sigma)) for sigma in (0.5, 1, 2, 4)]
    assert found == sorted(found)
    assert found[-1] > BLURRED


def test_describe_by_hand():
    grey = np.full((40, 40, 3), 128, dtype=np.uint8)
    described = dict(zip(MEASURES, describe(grey), strict=True))
    assert described["lightness"] == pytest.approx(53.6, abs=0.1)  # L* of sRGB 128
    assert all(described[name] == pytest.approx(0, abs=1e-3) for name in MEASURES[1:])
    stripes = grey.copy()
    stripes[:, ::8] = 200
    assert describe(stripes)[MEASURES.index("straightness")] == pytest.approx(1)


def test_the_limit_holds_for_the_photos_it_was_made_of(rng):
    pictures = rng.integers(60, 200, (400, 20, 20, 3)).astype(np.uint8)
    training = TrainingDistribution.of(pictures)
    outside = sum(training.distance(picture) > training.limit for picture in pictures)
    assert 1 <= outside <= 2  # 0.3 % of 400
    name, value, mean, spread = training.furthest(np.full((20, 20, 3), (250, 0, 0), dtype=np.uint8))
    assert name in MEASURES
    assert abs(value - mean) > 10 * spread


def test_equal_photos_are_no_division_by_zero():
    training = TrainingDistribution.of(np.full((3, 20, 20, 3), 90, dtype=np.uint8))
    assert np.isfinite(training.distance(np.full((20, 20, 3), 91, dtype=np.uint8)))


def test_an_appearance_of_other_measures():
    with pytest.raises(ModelError, match="9 measures"):
        TrainingDistribution.from_dict({"mean": [1.0], "covariance": [[1.0]], "limit": 1.0})
