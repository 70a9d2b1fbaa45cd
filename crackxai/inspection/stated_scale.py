"""What somebody says of a photo's scale: a number, or that the printed marker of a known size lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crackxai.inspection.wall_scale import WallScale
from crackxai.photo import Photo

HAIRLINE_MM = 0.3
"""Width at which codes begin to tell cracks in reinforced concrete apart; of fewer than three pixels no eye can."""


@dataclass(frozen=True)
class StatedScale:
    """A statement about a photo, not yet looked up in it; equal ones are the same, so that scans can be kept by it.

    Attributes
    ----------
    source : "number": ``mm`` is the millimetres of one of the file's pixels. "marker": it is the side of the marker's
        black square in millimetres.
    """

    source: Literal["number", "marker"]
    mm: float

    def on(self, photo: Photo) -> WallScale:
        """How the photo's pixels lie on the wall by it.

        Raises
        ------
        SettingsError : ``mm`` is not positive and finite. PhotoError : there is no marker in the photo.
        """
        return WallScale.of_number(self.mm) if self.source == "number" else WallScale.of_marker(photo, self.mm)


def hairline_pixels(scale: WallScale, photo_size: tuple[int, int]) -> float | None:
    """`HAIRLINE_MM` in pixels, in the middle of a photo of that (width, height); None beyond the wall's horizon."""
    width, height = photo_size
    # Infinite millimetres a pixel are no pixels.
    return HAIRLINE_MM / scale.mm_per_pixel(width / 2, height / 2) or None
