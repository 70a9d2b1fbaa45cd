"""Pictures of recorded photos: upright, small, with findings and maps where they belong."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from crackxai.errors import PhotoError
from crackxai.inspection.pictures import Look
from crackxai.inspection.recorded_pictures import COLOURS, small_jpeg, with_findings, with_map
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.photo import Box, read_photo

STORE = PhotoStore(None)


def recorded(path, image: Image.Image, **saved: object) -> PhotoFile:
    image.save(path, **saved)
    data = path.read_bytes()
    return PhotoFile.of(read_photo(data, path.name), data, path)


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def halves(mode: str = "RGB") -> Image.Image:
    """400 x 200, black on the left and white on the right."""
    pixels = np.zeros((200, 400, 3), np.uint8)
    pixels[:, 200:] = 255
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize(
    ("name", "mode", "saved"),
    [
        ("a.jpg", "RGB", {"quality": 95}),
        ("grey.jpg", "L", {"quality": 95}),
        ("cmyk.jpg", "CMYK", {"quality": 95}),
        ("a.png", "RGB", {}),
        ("a.webp", "RGB", {"lossless": True}),
    ],
)
def test_small_and_in_its_proportions(tmp_path, name, mode, saved):
    shown = opened(small_jpeg(STORE, recorded(tmp_path / name, halves(mode), **saved), 100))
    assert shown.shape == (50, 100, 3)
    assert shown[:, :45].max() < 40
    assert shown[:, 55:].min() > 215


def test_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter
    photo = recorded(tmp_path / "turned.jpg", halves(), quality=95, exif=exif)
    shown = opened(small_jpeg(STORE, photo, 100))
    assert shown.shape == (100, 50, 3)
    assert shown[:45].max() < 40  # what was left is above
    assert shown[55:].min() > 215
    whole = read_photo((tmp_path / "turned.jpg").read_bytes(), "turned.jpg")
    assert whole.rgb.shape == (400, 200, 3)
    assert whole.rgb[10].max() < 40


def test_a_small_photo_is_enlarged_as_elsewhere(tmp_path):
    assert opened(small_jpeg(STORE, recorded(tmp_path / "a.png", halves()), 800)).shape == (400, 800, 3)


def test_findings_lie_where_they_are(tmp_path):
    grey = Image.fromarray(np.full((200, 400, 3), 128, np.uint8))
    photo = recorded(tmp_path / "a.png", grey)
    finding = {"box": Box(40, 160, 200, 360).as_dict()}
    shown = opened(with_findings(STORE, photo, [finding], 200)).astype(int)
    changed = np.argwhere(np.abs(shown - 128).max(axis=-1) > 40)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert np.allclose([top, bottom, left, right], [20, 80, 100, 180], atol=4)
    yellow = np.abs(shown - COLOURS[1]).max(axis=-1) < 90
    assert yellow[:, 178:183].any()


def test_a_map_is_laid_over_its_window(tmp_path):
    photo = recorded(tmp_path / "a.png", Image.fromarray(np.full((200, 400, 3), 128, np.uint8)))
    values = np.zeros((2, 2, 3), np.float32)
    values[0, 0] = 0.1
    values[1, 1] = -0.1
    shown = opened(with_map(STORE, photo, values, Box(0, 100, 0, 100), 100, Look())).astype(int)
    assert shown.shape == (100, 100, 3)  # of the window alone
    red, blue = shown[20, 20], shown[80, 80]
    assert red[0] - red[2] > 50
    assert blue[2] - blue[0] > 50
    assert np.ptp(shown[20, 80]) <= 2
    assert opened(with_map(STORE, photo, values, None, 100, Look())).shape == (50, 100, 3)


def test_a_photo_that_is_not_there_or_another_is_refused(tmp_path):
    photo = recorded(tmp_path / "a.jpg", halves())
    (tmp_path / "a.jpg").write_bytes(b"other")
    with pytest.raises(PhotoError, match="another file"):
        small_jpeg(STORE, photo, 100)
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(PhotoError, match="nothing there"):
        with_findings(STORE, photo, [], 100)
