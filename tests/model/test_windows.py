"""Windows and what a mask says of them."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.model.windows import CRACKED, SOUND, CrackMask, Window, find_window, random_window


@pytest.fixture
def upright() -> CrackMask:
    """A crack of 4 pixels from top to bottom, at the columns 98 to 101 of a photo 200 wide and 160 high."""
    mask = np.zeros((160, 200), dtype=bool)
    mask[:, 98:102] = True
    return CrackMask(mask)


@pytest.mark.parametrize(
    ("window", "label"),
    [
        (Window(60, 20, 80, 80), CRACKED),  # through the middle
        (Window(78, 20, 80, 80), CRACKED),  # just within the middle half, which begins at column 98
        (Window(90, 20, 80, 80), None),  # in the window, but at its side
        (Window(108, 20, 80, 80), None),  # 6 pixels beside it: less than a tenth of the side
        (Window(111, 20, 80, 80), SOUND),
        (Window(0, 0, 30, 30), SOUND),
        (Window(107, 0, 20, 20), None),  # a tenth of the side, but less than 6 pixels
    ],
)
def test_cracked_sound_or_neither(upright, window, label):
    assert upright.label(window) == label


def test_a_crack_that_ends_before_the_middle_is_neither():
    mask = np.zeros((100, 100), dtype=bool)
    mask[:35, 50] = True  # the middle part reaches from row 25 to 75: 10 of its 50 rows
    assert CrackMask(mask).label(Window(0, 0, 100, 100)) is None
    mask[:60, 50] = True
    assert CrackMask(mask).label(Window(0, 0, 100, 100)) == CRACKED


@pytest.mark.parametrize("width", [1, 2, 3, 4, 10, 30])
def test_width_of_a_strip(width):
    mask = np.zeros((200, 200), dtype=bool)
    mask[:, 60 : 60 + width] = True
    assert CrackMask(mask).width(Window(0, 0, 200, 200)) == pytest.approx(width, rel=0.02)


def test_no_crack_no_width(upright):
    assert upright.width(Window(0, 0, 50, 50)) == 0


def test_windows_lie_in_the_picture(rng):
    picture = np.zeros((90, 140, 3), dtype=np.uint8)
    for side in (10, 80, 90, 1000):
        for _ in range(30):
            around = rng.integers(0, 90, 2) if rng.random() < 0.5 else None
            window = random_window(picture, side, rng, around)
            assert window.of(picture).shape == (window.height, window.width, 3)
            assert window.side <= 1.12 * side
    assert random_window(picture, 1000, rng) == Window(0, 0, 140, 90)


def test_found_windows_have_the_label(upright, rng):
    picture = np.zeros((160, 200, 3), dtype=np.uint8)
    for label in (SOUND, CRACKED):
        found = [find_window(picture, upright, label, side, rng) for side in (20, 40, 60)]
        assert all(window is not None and upright.label(window) == label for window in found)
    assert find_window(picture, upright, SOUND, 190, rng) is None
    assert find_window(picture, None, CRACKED, 40, rng) is None
    assert find_window(picture, CrackMask(np.zeros((160, 200), bool)), CRACKED, 40, rng) is None
