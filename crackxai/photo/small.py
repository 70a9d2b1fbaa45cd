"""A recorded photo, small: JPEG files are decoded at a part of their size, in a part of the time."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from crackxai.photo import jpeg
from crackxai.photo.decoding import decode, turned
from crackxai.photo.reading import read_photo

LARGEST = 100_000_000
"""Pixels of a JPEG file that is decoded here; what is larger goes the careful way."""
HEAD = 2**18
"""Bytes in which a JPEG file tells its size; where it does not, it goes the careful way, too."""


@dataclass(frozen=True, eq=False)
class SmallPhoto:
    """rgb : (h, w, 3) uint8, upright. size : (width, height) of the whole upright photo, in the file's pixels."""

    rgb: NDArray[np.uint8]
    size: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels of ``rgb`` in one of the file's."""
        return float(self.rgb.shape[1] / self.size[0])


def read_small(data: bytes, name: str, longer_side: int) -> SmallPhoto:
    """A photo that was read before, such as a recorded one, at most ``longer_side`` pixels long.

    Pixels differ in their last digits from those of a photo that was read whole: they are to be looked at, not judged.
    What a careful reading tells (an early end, other notes) is not told again.

    Raises
    ------
    PhotoError : it cannot be read as a photo.
    """
    small = _draft(data, longer_side) if jpeg.is_jpeg(data) else None
    if small is None:
        photo = read_photo(data, name)
        small = SmallPhoto(photo.rgb, (photo.box.width, photo.box.height))
    height, width = small.rgb.shape[:2]
    shrunk = longer_side / max(height, width)
    if shrunk >= 1:
        return small
    size = max(1, round(width * shrunk)), max(1, round(height * shrunk))
    rgb = cv2.resize(np.ascontiguousarray(small.rgb), size, interpolation=cv2.INTER_AREA)
    return SmallPhoto(np.asarray(rgb, dtype=np.uint8), small.size)


def _draft(data: bytes, longer_side: int) -> SmallPhoto | None:
    """By the decoder's own halving, to no less than is asked for; None where the file is not a plain one."""
    # The pixels' codes are not looked through for their end, which takes longer than to decode them small.
    parsed = jpeg.parse(data[:HEAD])
    width, height = parsed.size
    if not width * height or width * height > LARGEST or parsed.bits != 8:
        return None
    part = longer_side / max(width, height)

    def open_() -> Image.Image:
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
        image.draft(image.mode, (max(1, int(width * part)), max(1, int(height * part))))
        return image

    try:
        rgb, _ = decode(open_, parsed.orientation)
    except (OSError, SyntaxError, ValueError, MemoryError):
        return None  # told by the careful reader, in words
    return SmallPhoto(rgb, turned(parsed.size, parsed.orientation))
