"""Cracks laid into other walls, and painted out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from crackxai import DataError
from crackxai.model.composites import composites, crack_depth, laid_in, painted_out, write_composites
from crackxai.model.origins import OriginPart, OriginPhoto, read_part
from crackxai.model.windows import CRACKED, SOUND, CrackMask


def wall(light: int, seed: int, crack: bool) -> OriginPhoto:
    """200 x 200 pixels of concrete with a little grain; a crack of 4 pixels halves the light."""
    rgb = np.clip(np.random.default_rng(seed).normal(light, 3, (200, 200, 3)), 0, 255)
    mask = np.zeros((200, 200), dtype=bool)
    if crack:
        mask[:, 98:102] = True
        rgb[mask] *= 0.5
    label = CRACKED if crack else SOUND
    return OriginPhoto(rgb.astype(np.uint8), label, CrackMask(mask) if crack else None, Path(f"{light}.png"))


@pytest.fixture
def parts() -> list[OriginPart]:
    return [
        OriginPart("cracked", (wall(160, 0, True), wall(150, 1, True))),
        OriginPart("sound", (wall(90, 2, False),)),
    ]


def test_painted_out_it_is_like_the_wall_around(rng):
    photo = wall(160, 0, True)
    out = painted_out(photo, rng)
    strip, around = out[:, 96:104].astype(float), out[:, 40:80].astype(float)
    assert strip.mean() == pytest.approx(around.mean(), abs=3)
    # Its grain is the wall's, not the smoothness of inpainting.
    assert strip.std() > 0.5 * around.std()
    np.testing.assert_array_equal(out[:, :80], photo.rgb[:, :80])


def test_depth_of_a_crack_that_halves_the_light():
    depth, mask = crack_depth(wall(160, 0, True))
    assert np.median(depth[mask > 0]) == pytest.approx(np.log(0.5), abs=0.08)
    assert np.abs(depth[:, :80]).max() == 0


def test_laid_in_it_darkens_the_other_wall_by_as_much(rng):
    surface = wall(90, 2, False).rgb
    made = next(m for _ in range(20) if (m := laid_in(surface, wall(160, 0, True), rng)) is not None)
    assert made.mask is not None
    core = cv2.erode(made.mask.astype(np.uint8), np.ones((2, 2))).astype(bool)
    assert 0.3 < made.rgb[core].mean() / surface[core].mean() < 0.85
    far = cv2.dilate(made.mask.astype(np.uint8), np.ones((25, 25))) == 0
    np.testing.assert_allclose(made.rgb[far].astype(float), surface[far], atol=1)


def test_a_crack_that_nobody_would_see_is_refused(rng):
    faint = wall(160, 0, True)
    rgb = faint.rgb.astype(float)
    rgb[:, 98:102] *= 1.94
    hidden = OriginPhoto(np.clip(rgb, 0, 255).astype(np.uint8), CRACKED, faint.mask, faint.path)
    assert all(laid_in(wall(90, 2, False).rgb, hidden, rng) is None for _ in range(10))


def test_cracked_and_sound_in_turn_from_other_origins(parts):
    made = list(composites(parts, 6, seed=1))
    assert [composite.mask is not None for composite in made] == [True, False] * 3
    # The cracked ones stand on the dark wall, the sound ones on the light ones that were cracked.
    assert all(composite.rgb.mean() < 110 for composite in made[::2])
    assert all(composite.rgb.mean() > 140 for composite in made[1::2])
    again = list(composites(parts, 2, seed=1))
    np.testing.assert_array_equal(made[1].rgb, again[1].rgb)


def test_masks_and_sound_photos_are_needed(parts):
    for some in (parts[:1], parts[1:]):
        with pytest.raises(DataError, match="origins with masks and origins with sound photos"):
            list(composites(some, 1))


def test_they_are_written_as_an_origin(parts, tmp_path):
    write_composites(parts, tmp_path / "made", 4, 0)
    part = read_part("made", tmp_path / "made")
    assert [photo.label for photo in part.photos] == [0, 0, 1, 1]
    assert part.windowed
