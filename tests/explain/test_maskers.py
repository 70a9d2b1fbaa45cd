"""The contract that every masker keeps, with shap's Image masker as the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ExplainSettings
from crackxai.explain import maskers
from crackxai.explain.fill_backend import FillBackend
from crackxai.explain.maskers import MASKERS, masker
from tests.explain.oracle import shap_masker

# Not one row: cv2's Telea inpainting of such a picture differs from call to call.
SHAPES = [(1, 1), (2, 9), (9, 1), (33, 31), (151, 149)]


@pytest.fixture(params=MASKERS)
def chosen(request) -> ExplainSettings:
    return ExplainSettings(request.param, blur_kernel=6)


def masks_of(shape, rng) -> np.ndarray:
    """Nothing, all, a box, scattered pixels, and scattered single channels."""
    height, width = shape
    out = np.zeros((5, height, width, 3), dtype=bool)
    out[1] = True
    out[2, height // 4 : height // 2 + 1, width // 3 :] = True
    out[3] = rng.random((height, width, 1)) < 0.5
    out[4] = rng.random((height, width, 3)) < 0.5
    return out


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_byte_for_byte_as_shap(chosen, shape, compiled, rng, monkeypatch):
    backend = FillBackend()
    assert backend.prepare() if compiled else not backend.compiled
    monkeypatch.setattr(maskers, "backend", backend)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    masks = masks_of(shape, rng)
    ours = masker(chosen).fill(image, masks)
    assert ours.dtype == np.float32
    for mask, filled in zip(masks, ours, strict=True):
        theirs = shap_masker(chosen, image)(mask.ravel(), image.astype(np.float32))[0][0]
        np.testing.assert_array_equal(filled, theirs)


def test_a_mask_of_pixels_is_a_mask_of_all_their_channels(chosen, rng):
    image = rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)
    visible = rng.random((4, 20, 24)) < 0.7
    fill = masker(chosen).fill
    np.testing.assert_array_equal(
        fill(image, visible), fill(image, np.broadcast_to(visible[..., None], (4, 20, 24, 3)))
    )


def test_visible_pixels_stay_and_the_picture_is_not_touched(chosen, rng):
    image = rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)
    before = image.copy()
    visible = rng.random((4, 20, 24)) < 0.7
    filled = masker(chosen).fill(image, visible)
    for mask, picture in zip(visible, filled, strict=True):
        np.testing.assert_array_equal(picture[mask], image[mask])
    np.testing.assert_array_equal(image, before)
    assert filled.min() >= 0
    assert filled.max() <= 255


def test_a_flat_picture_stays_as_it_is(chosen):
    image = np.full((16, 16, 3), 90, dtype=np.uint8)
    visible = np.zeros((2, 16, 16), dtype=bool)
    visible[1, :8] = True
    filled = masker(chosen).fill(image, visible)
    # cv2's Telea itself drifts away from 90, up to 93.
    np.testing.assert_allclose(filled, np.broadcast_to(image, filled.shape), atol=3)


def test_no_photo_shows_anothers_background(chosen):
    """shap's blur is cached by the address of a temporary array and mixed photos up."""
    visible = np.zeros((1, 12, 12), dtype=bool)
    fill = masker(chosen).fill
    for value in range(200):
        image = np.full((12, 12, 3), value, dtype=np.uint8)
        assert (fill(image, visible) == value).all()


def test_nothing_asked_nothing_given(chosen, rng):
    image = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
    assert masker(chosen).fill(image, np.zeros((0, 8, 8), dtype=bool)).shape == (0, 8, 8, 3)
