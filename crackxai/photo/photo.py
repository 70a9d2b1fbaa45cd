"""`Photo`, and windows of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.photo.box import Box

_ALL: Any = None
"""Stands for a box of the whole picture until its size is known."""


@dataclass(frozen=True, eq=False)
class Photo:
    """An upright photo, or a window of one: both are explained, checked and recorded in the same way.

    >>> photo = read_photo("wall.jpg")
    >>> corner = photo.window(Box(top=0, bottom=300, left=0, right=300))
    >>> corner.key == photo.key
    False

    Attributes
    ----------
    rgb : (H, W, 3) uint8, 0-255, read-only, upright. Of a window: a view into the whole photo's pixels, no copy.
    name : file name for people; never used to tell the format.
    sha256 : hex digest of the file's bytes; windows of one file share it.
    original_size : (width, height) in pixels as stored in the file, before turning.
    format : "JPEG", "PNG", ...
    notes : what was done to it, in words, in order.
    scale : pixels of ``rgb`` in one of the file's, at most 1: very large JPEG files are read at half or less.
    box : where it lies in the whole upright photo, in the file's pixels.
    whole : the photo that this is a window of; None where this is the whole one.
    """

    rgb: NDArray[np.uint8]
    name: str
    sha256: str
    original_size: tuple[int, int]
    format: str
    notes: tuple[str, ...] = ()
    scale: float = 1.0
    box: Box = _ALL
    whole: Photo | None = None

    def __post_init__(self) -> None:
        if self.box is _ALL:
            height, width = self.rgb.shape[:2]
            object.__setattr__(self, "box", Box(0, height, 0, width))

    @property
    def key(self) -> str:
        """What a cache keeps it under: equal for equal pixels of one file, and never for two windows of it."""
        if self.whole is None:
            return self.sha256
        return f"{self.sha256}:{self.box.top}-{self.box.bottom}:{self.box.left}-{self.box.right}"

    def window(self, box: Box) -> Photo:
        """A part of this photo as a photo of its own; it shares the pixels.

        Parameters
        ----------
        box : in the file's upright pixels, counted from this photo's upper left corner. Where the file was read at a
            smaller ``scale``, the window takes every pixel of ``rgb`` that the box touches.

        Returns
        -------
        The whole photo itself for the box that is all of it.

        Raises
        ------
        SettingsError : the box reaches beyond this photo.
        """
        there = box.shifted(self.box.top, self.box.left)
        if not there.within(self.box):
            raise SettingsError(f"expected a box within {self.box.height} x {self.box.width} pixels, received {box}.")
        # Cut from the whole, so that the pixels of a box never depend on the windows it was reached through.
        whole = self.whole or self
        if there == whole.box:
            return whole
        return replace(whole, rgb=whole.rgb[self._touched(there)], box=there, whole=whole)

    def _touched(self, box: Box) -> tuple[slice, slice]:
        rows = slice(math.floor(box.top * self.scale), math.ceil(box.bottom * self.scale))
        columns = slice(math.floor(box.left * self.scale), math.ceil(box.right * self.scale))
        return rows, columns

    def __getstate__(self) -> dict[str, Any]:
        # A view would be written as pixels of its own, beside those of the whole.
        return {name: value for name, value in vars(self).items() if name != "rgb" or self.whole is None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if self.whole is not None:
            vars(self)["rgb"] = self.whole.rgb[self._touched(self.box)]
        self.rgb.setflags(write=False)  # which neither pickling nor copying keeps
