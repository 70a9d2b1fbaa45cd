"""`Box`: a rectangle of pixels."""

from __future__ import annotations

import operator
from dataclasses import dataclass

from crackxai.errors import SettingsError


@dataclass(frozen=True)
class Box:
    """Pixels [top, bottom) x [left, right) of a picture, not empty; whole numbers.

    >>> Box(top=100, bottom=400, left=50, right=350).height
    300

    Raises
    ------
    SettingsError : it is empty, begins before the picture, or has a side between two pixels.
    """

    top: int
    bottom: int
    left: int
    right: int

    def __post_init__(self) -> None:
        for side in ("top", "bottom", "left", "right"):
            given = getattr(self, side)
            try:
                # NumPy's integers too, as plain ones: a box is written into records.
                object.__setattr__(self, side, operator.index(given))
            except TypeError:
                raise SettingsError(f"expected a whole number of pixels for {side}, received {given!r}.") from None
        if not (0 <= self.top < self.bottom and 0 <= self.left < self.right):
            raise SettingsError(f"expected 0 <= top < bottom and 0 <= left < right, received {self}.")

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to cut it out of an (H, W, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def shifted(self, down: int, right: int) -> Box:
        """The same rectangle further down and to the right, in pixels."""
        return Box(self.top + down, self.bottom + down, self.left + right, self.right + right)

    def within(self, other: Box) -> bool:
        """Whether no pixel of it lies outside ``other``."""
        return (
            other.top <= self.top
            and self.bottom <= other.bottom
            and other.left <= self.left
            and self.right <= other.right
        )

    def as_dict(self) -> dict[str, int]:
        """As in a record: top, bottom, left, right."""
        return {"top": self.top, "bottom": self.bottom, "left": self.left, "right": self.right}
