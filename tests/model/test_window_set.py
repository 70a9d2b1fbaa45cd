"""Windows to measure on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crackxai.model.origins import OriginPart, OriginPhoto
from crackxai.model.window_set import MAGNIFICATIONS, magnified, window_set
from crackxai.model.windows import CRACKED, SOUND, CrackMask

SIDE = 32


def photo(crack: bool, mask: bool = True, side: int = 200) -> OriginPhoto:
    """White, with an upright black crack of 4 pixels."""
    rgb = np.full((side, side, 3), 255, np.uint8)
    where = np.zeros((side, side), dtype=bool)
    if crack:
        where[:, 50:54] = True
        rgb[where] = 0
    name = Path(f"{crack}-{side}.png")
    return OriginPhoto(rgb, CRACKED if crack else SOUND, CrackMask(where) if crack and mask else None, name)


@pytest.fixture
def part() -> OriginPart:
    return OriginPart("walls", (photo(False), photo(True)))


def test_labels_are_what_is_in_the_windows(part):
    windows = window_set(part, SIDE, each=6)
    assert windows.photos.images.shape[1:] == (SIDE, SIDE, 3)
    darkest = windows.photos.images.min(axis=(1, 2, 3))
    assert (darkest[windows.photos.labels == 0] == 255).all()
    assert (darkest[windows.photos.labels == 1] < 160).all()
    # Of the sound photo six sound ones; of the cracked one as many of each label as there are.
    assert (windows.groups == 0).sum() == 6
    assert set(windows.photos.labels[windows.groups == 1]) == {0, 1}
    assert len(window_set(part, SIDE, each=6).take(np.array([0, 3]))) == 2


def test_the_cracks_width_is_told_in_the_networks_pixels(part):
    windows = window_set(part, SIDE, each=8)
    cracked = windows.photos.labels == 1
    np.testing.assert_allclose(windows.widths[cracked], 4 / windows.scales[cracked], rtol=0.02)
    assert (windows.widths[~cracked] == 0).all()
    assert windows.scales.min() >= 0.85
    assert windows.scales.max() <= 200 / SIDE + 1e-9


def test_without_masks_a_photo_is_one_window():
    windows = window_set(OriginPart("close", (photo(False), photo(True, mask=False))), SIDE, each=6)
    assert windows.photos.labels.tolist() == [0, 1]
    assert windows.scales.tolist() == [200 / SIDE] * 2
    assert np.isnan(windows.widths[1])
    assert magnified(OriginPart("close", (photo(True, mask=False),)), SIDE) == {}


def test_the_same_places_at_every_magnification(part):
    sets = magnified(part, SIDE)
    assert tuple(sets) == MAGNIFICATIONS
    for scale, windows in sets.items():
        np.testing.assert_allclose(windows.scales, 1 / scale)
        assert windows.photos.labels.tolist() == sets[1.0].photos.labels.tolist()
        assert set(windows.photos.labels.tolist()) == {0, 1}
    widths = [windows.widths.max() for windows in sets.values()]
    np.testing.assert_allclose(widths, [2, 4, 8, 16], rtol=0.05)


def test_photos_too_small_for_the_farthest_view_are_left_out():
    assert magnified(OriginPart("walls", (photo(True, side=60),)), SIDE) == {}
