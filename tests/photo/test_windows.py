"""Boxes, and windows of a photo."""

from __future__ import annotations

import copy
import hashlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crackxai import SettingsError
from crackxai.photo import Box, Photo

HEIGHT, WIDTH = 40, 60


def whole(scale: float = 1.0) -> Photo:
    """Every pixel another one. Scaled: of a file of 79 x 120 pixels, read at half."""
    rgb = np.arange(HEIGHT * WIDTH * 3).reshape(HEIGHT, WIDTH, 3).astype(np.uint8)
    rgb[..., 1], rgb[..., 2] = np.mgrid[:HEIGHT, :WIDTH]
    rgb.setflags(write=False)
    digest = hashlib.sha256(rgb.tobytes()).hexdigest()
    if scale == 1:
        return Photo(rgb, "wall.jpg", digest, (WIDTH, HEIGHT), "JPEG")
    return Photo(rgb, "wall.jpg", digest, (120, 79), "JPEG", scale=scale, box=Box(0, 79, 0, 120))


PHOTO, HALVED = whole(), whole(0.5)


@st.composite
def boxes(draw, height: int = HEIGHT, width: int = WIDTH) -> Box:
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    return Box(top, draw(st.integers(top + 1, height)), left, draw(st.integers(left + 1, width)))


@pytest.mark.parametrize("sides", [(3, 3, 0, 1), (4, 3, 0, 1), (-1, 3, 0, 1), (0, 1, 5, 5)])
def test_boxes_that_hold_nothing(sides):
    with pytest.raises(SettingsError, match="top < bottom"):
        Box(*sides)


@pytest.mark.parametrize("side", [1.5, "7", None, float("nan")])
def test_a_box_has_whole_pixels(side):
    with pytest.raises(SettingsError, match="whole number of pixels for bottom"):
        Box(0, side, 0, 1)


def test_a_box_of_numpys_numbers_is_plain():
    box = Box(*np.array([1, 5, 2, 9]))
    assert box == Box(1, 5, 2, 9)
    assert [type(side) for side in box.as_dict().values()] == [int] * 4
    assert (box.height, box.width) == (4, 7)


@given(boxes())
def test_a_window_is_that_part_and_shares_its_pixels(box):
    window = PHOTO.window(box)
    np.testing.assert_array_equal(window.rgb, PHOTO.rgb[box.top : box.bottom, box.left : box.right])
    assert np.shares_memory(window.rgb, PHOTO.rgb)
    assert not window.rgb.flags.writeable
    assert (window.box, window.sha256, window.name, window.scale) == (box, PHOTO.sha256, PHOTO.name, 1)


@given(st.data())
@pytest.mark.parametrize("photo", [PHOTO, HALVED], ids=["full", "halved"])
def test_a_window_of_a_window_is_the_window_of_the_sum(photo, data):
    first = data.draw(boxes(photo.box.height, photo.box.width))
    window = photo.window(first)
    second = data.draw(boxes(first.height, first.width))
    found, direct = window.window(second), photo.window(second.shifted(first.top, first.left))
    assert found.box == direct.box
    assert found.key == direct.key
    np.testing.assert_array_equal(found.rgb, direct.rgb)
    assert found.whole is photo or found is photo


@given(boxes(), boxes())
def test_keys_are_equal_for_equal_boxes_only(a, b):
    assert (PHOTO.window(a).key == PHOTO.window(b).key) == (a == b)


def test_all_of_a_photo_is_the_photo():
    assert PHOTO.window(PHOTO.box) is PHOTO
    assert PHOTO.window(Box(5, 20, 5, 20)).window(Box(0, 15, 0, 15)).box == Box(5, 20, 5, 20)
    assert PHOTO.key == PHOTO.sha256


@pytest.mark.parametrize("box", [Box(0, HEIGHT + 1, 0, 5), Box(0, 5, 0, WIDTH + 1)])
def test_no_window_reaches_beyond_its_photo(box):
    with pytest.raises(SettingsError, match="within 40 x 60 pixels"):
        PHOTO.window(box)
    with pytest.raises(SettingsError, match="within 10 x 10 pixels"):
        PHOTO.window(Box(0, 10, 0, 10)).window(Box(0, 11, 0, 10))


@given(boxes(79, 120))
def test_a_window_of_a_reduced_photo_has_every_pixel_that_its_box_touches(box):
    window = HALVED.window(box)
    assert window.box == box
    assert window.scale == 0.5
    height, width = window.rgb.shape[:2]
    assert box.height / 2 <= height < box.height / 2 + 2
    assert box.width / 2 <= width < box.width / 2 + 2
    assert window.rgb[0, 0, 1:].tolist() == [box.top // 2, box.left // 2]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda photo: pickle.loads(pickle.dumps(photo))])
@pytest.mark.parametrize("photo", [PHOTO, HALVED, PHOTO.window(Box(3, 20, 4, 9)), HALVED.window(Box(3, 20, 4, 9))])
def test_copies_are_equal_and_as_protected(photo, again):
    found = again(photo)
    np.testing.assert_array_equal(found.rgb, photo.rgb)
    assert not found.rgb.flags.writeable
    assert (found.key, found.box, found.scale, found.notes) == (photo.key, photo.box, photo.scale, photo.notes)
    if photo.whole is not None:
        assert np.shares_memory(found.rgb, found.whole.rgb)
