"""Windows of a photo, and what a crack's mask says of each: cracked, sound, or neither.

A photo with a mask is not one label but many. A window of it is cracked where the crack goes through its middle part,
sound where there is no crack in it or near it, and neither in between: a crack that grazes a corner would teach, and
measure, only where the line was drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

SOUND, CRACKED = 0, 1
MIDDLE = 0.5
"""Part of a window's width and height that is its middle."""
THROUGH = 0.5
"""Length of crack in the middle part from which it goes through, in sides of the middle part."""
NEAR = 0.1
"""How far from a sound window the next crack pixel must be, in its sides (and at least `NEAR_PIXELS`)."""
NEAR_PIXELS = 6
STRETCH = 0.1
"""Largest natural logarithm by which a window's width and height differ from its side."""


@dataclass(frozen=True)
class Window:
    """A rectangle of a photo, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def side(self) -> float:
        """Side of the square of the same area, pixels."""
        return math.sqrt(self.width * self.height)

    def of(self, picture: np.ndarray) -> np.ndarray:
        """The view of an (H, W, ...) picture that lies in the window."""
        return picture[self.top : self.top + self.height, self.left : self.left + self.width]

    def grown(self, by: float) -> Window:
        """The window with ``by`` more pixels on each side; it may reach over the photo's edge."""
        more = math.ceil(by)
        return Window(self.left - more, self.top - more, self.width + 2 * more, self.height + 2 * more)

    def middle(self) -> Window:
        """The middle part (see `MIDDLE`)."""
        width, height = (max(1, round(n * MIDDLE)) for n in (self.width, self.height))
        return Window(self.left + (self.width - width) // 2, self.top + (self.height - height) // 2, width, height)


class CrackMask:
    """A crack's pixels in a photo: few of all, so that thousands of photos with masks fit into memory.

    Parameters
    ----------
    mask : (H, W) bool, True on the crack.
    """

    def __init__(self, mask: np.ndarray) -> None:
        inside = mask.astype(np.uint8)
        # At twice the size, where strips of one pixel and of two have different distances, and all widths are even.
        twice = cv2.resize(inside, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        distance = cv2.distanceTransform(twice, cv2.DIST_L2, cv2.DIST_MASK_5)
        # A mask without a pixel outside it has infinite distances.
        distance = np.minimum(distance, 2 * max(inside.shape))
        distance = cv2.resize(distance, inside.shape[::-1], interpolation=cv2.INTER_AREA) / 2
        rows, columns = np.nonzero(mask)
        self.points = np.stack([columns, rows], axis=1).astype(np.int16)
        """(n, 2) x, y of the crack's pixels, from top to bottom."""
        self._rows = rows  # on their own, as int64, so that a search needs no copy
        self._distance = distance[rows, columns].astype(np.float32)

    def label(self, window: Window) -> int | None:
        """`CRACKED`, `SOUND`, or None for neither."""
        middle = window.middle()
        area = len(self._inside(middle))
        if area and area / self.width(middle) >= THROUGH * middle.side:
            return CRACKED
        near = window.grown(max(NEAR_PIXELS, NEAR * window.side))
        return None if len(self._inside(near)) else SOUND

    def width(self, window: Window) -> float:
        """Mean width of the crack inside the window, in the photo's pixels, at least 1; 0 where there is none.

        In a strip of width w the half pixels lie w / 4 + 1 / 4 from the middle of the nearest one outside it, in the
        mean.
        """
        distance = self._distance[self._inside(window)]
        return max(1.0, 4 * (float(distance.mean(dtype=np.float64)) - 0.25)) if len(distance) else 0.0

    def _inside(self, window: Window) -> np.ndarray:
        """(m,) int64: which of the crack's pixels lie in the window."""
        first, last = np.searchsorted(self._rows, (window.top, window.top + window.height))
        x = self.points[first:last, 0]
        return np.asarray(first + np.flatnonzero((x >= window.left) & (x < window.left + window.width)))


def whole(picture: np.ndarray) -> Window:
    """The window that is the photo."""
    return Window(0, 0, picture.shape[1], picture.shape[0])


def random_window(
    picture: np.ndarray, side: float, rng: np.random.Generator, around: np.ndarray | None = None
) -> Window:
    """A window of about ``side`` pixels that lies within the picture, a little wider or higher than square.

    Parameters
    ----------
    side : is cut to the picture's own.
    around : (x, y) that shall fall into the window's middle part, as far as the picture's edge allows; None: anywhere.
    """
    height, width = picture.shape[:2]
    stretch = math.exp(rng.uniform(-STRETCH, STRETCH))
    w, h = min(width, max(2, round(side * stretch))), min(height, max(2, round(side / stretch)))
    if around is None:
        return Window(int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1)), w, h)
    reach = MIDDLE / 2
    left, top = (
        round(float(at) - n * (0.5 + rng.uniform(-reach, reach))) for at, n in zip(around, (w, h), strict=True)
    )
    return Window(min(max(left, 0), width - w), min(max(top, 0), height - h), w, h)


def find_window(
    picture: np.ndarray, mask: CrackMask | None, label: int, side: float, rng: np.random.Generator, tries: int = 12
) -> Window | None:
    """A window of ``label`` and about ``side`` pixels; None where ``tries`` found none.

    Parameters
    ----------
    mask : None: the whole picture is known to be sound.
    label : `CRACKED` or `SOUND`.
    """
    if mask is None:
        return random_window(picture, side, rng) if label == SOUND else None
    if label == CRACKED and not len(mask.points):
        return None
    for _ in range(tries):
        around = mask.points[rng.integers(len(mask.points))] if label == CRACKED else None
        window = random_window(picture, side, rng, around)
        if mask.label(window) == label:
            return window
    return None
