"""A photo small: its size, which way up it is, and what is no photo."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from crackxai import PhotoError, read_photo
from crackxai.photo.small import read_small


def file(rgb: np.ndarray, form: str = "JPEG", orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, form, exif=exif, **options)
    return out.getvalue()


@pytest.fixture
def picture() -> np.ndarray:
    """1200 x 800, red at its upper left corner, blue at its lower right one, smooth between."""
    y, x = np.mgrid[0:800, 0:1200]
    return np.stack([255 - x * 255 // 1200, x * 0 + 40, y * 255 // 800], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_the_photo_seen_smaller(picture, orientation, options):
    data = file(picture, orientation=orientation, **options)
    whole, small = read_photo(data), read_small(data, "wall.jpg", 300)
    assert max(small.rgb.shape) == 300
    assert small.size == (whole.box.width, whole.box.height)
    assert small.scale == pytest.approx(300 / 1200)
    height, width = small.rgb.shape[:2]
    for row, column in ((5, 5), (5, width - 6), (height - 6, 5), (height // 2, width // 2)):
        there = whole.rgb[int((row + 0.5) * 4), int((column + 0.5) * 4)].astype(int)
        assert np.abs(small.rgb[row, column].astype(int) - there).max() <= 8


def test_no_photo_is_enlarged_and_every_format_is_read(picture):
    small = picture[:60, :90]
    for form in ("JPEG", "PNG", "WEBP"):
        assert read_small(file(small, form), "wall", 300).rgb.shape == (60, 90, 3)
    assert read_small(file(picture, "PNG"), "wall", 300).rgb.shape == (200, 300, 3)


@pytest.mark.parametrize("part", [100, 5000])
def test_a_damaged_one_is_told_as_ever(picture, part):
    with pytest.raises(PhotoError, match=r"wall\.jpg"):
        read_small(file(picture)[:part], "wall.jpg", 300)
    with pytest.raises(PhotoError, match="wall"):
        read_small(b"nothing", "wall", 300)
