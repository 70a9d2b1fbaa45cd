"""What somebody says of a photo's scale: a number, a length drawn on it, or that the printed marker lies in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from crackxai.inspection.wall_scale import CLICK_ERROR, WallScale
from crackxai.photo import Photo

HAIRLINE_MM = 0.3
"""Width at which codes begin to tell cracks in reinforced concrete apart; of fewer than three pixels no eye can."""


@dataclass(frozen=True)
class DrawnLine:
    """A line that somebody drew on a photo.

    Attributes
    ----------
    first, second : (x, y) of its ends, the file's pixels.
    error : standard error of an end, pixels: a pixel of the screen is several of a photo that is seen whole.
    """

    first: tuple[float, float]
    second: tuple[float, float]
    error: float = CLICK_ERROR

    @property
    def length(self) -> float:
        """Pixels."""
        return math.dist(self.first, self.second)


@dataclass(frozen=True)
class StatedScale:
    """A statement about a photo, not yet looked up in it; equal ones are the same, so that scans can be kept by it.

    Attributes
    ----------
    source : "number": ``mm`` is the millimetres of one of the file's pixels. "marker": it is the side of the marker's
        black square in millimetres. "length": it is the length of ``line`` on the wall in millimetres.
    line : drawn on the photo; of "length" alone.
    """

    source: Literal["number", "length", "marker"]
    mm: float
    line: DrawnLine | None = None

    def on(self, photo: Photo) -> WallScale:
        """How the photo's pixels lie on the wall by it.

        Raises
        ------
        SettingsError : ``mm`` is not positive and finite, or the line too short. PhotoError : there is no marker in the
            photo.
        """
        if self.line is not None:
            return WallScale.of_length(self.line.first, self.line.second, self.mm, self.line.error)
        return WallScale.of_number(self.mm) if self.source == "number" else WallScale.of_marker(photo, self.mm)


def hairline_pixels(scale: WallScale, photo_size: tuple[int, int]) -> float | None:
    """`HAIRLINE_MM` in pixels, in the middle of a photo of that (width, height); None beyond the wall's horizon."""
    width, height = photo_size
    # Infinite millimetres a pixel are no pixels.
    return HAIRLINE_MM / scale.mm_per_pixel(width / 2, height / 2) or None
