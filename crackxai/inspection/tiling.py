"""Where the tiles of a scan lie: squares of one side, half over each other, that cover the photo."""

from __future__ import annotations

from dataclasses import dataclass

from crackxai.errors import Message, SettingsError
from crackxai.photo import Box

OVERLAP = 0.5
"""Part of a tile's side that the next one lies over: whatever passes the edge of one goes through the middle of
another."""


@dataclass(frozen=True)
class Tiling:
    """Tiles in rows and columns, numbered row by row.

    >>> Tiling.of(height=300, width=500, side=200).lefts
    (0, 100, 200, 300)

    Attributes
    ----------
    side : of a tile, pixels.
    tops, lefts : of the rows and columns, pixels, from the upper left corner on.
    """

    side: int
    tops: tuple[int, ...]
    lefts: tuple[int, ...]

    @classmethod
    def of(cls, height: int, width: int, side: int, shift: int = 0) -> Tiling:
        """Those of a photo. At its lower and right edges they are moved in, not padded.

        Parameters
        ----------
        side : pixels, at most the photo's shorter side.
        shift : by how many pixels the grid is moved down and to the right; the photo is covered all the same.

        Raises
        ------
        SettingsError : the side is larger than the photo, or less than 1.
        """
        if not 1 <= side <= min(height, width):
            raise SettingsError(
                Message(
                    "scan-error.tiles",
                    "expected tiles of 1 to {most} pixels, received {received}.",
                    most=min(height, width),
                    received=side,
                )
            )
        return cls(side, _starts(height, side, shift), _starts(width, side, shift))

    def __len__(self) -> int:
        return len(self.tops) * len(self.lefts)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.tops), len(self.lefts)

    def box(self, number: int) -> Box:
        """Of the tile of that number."""
        row, column = divmod(number, len(self.lefts))
        top, left = self.tops[row], self.lefts[column]
        return Box(top, top + self.side, left, left + self.side)


def _starts(length: int, side: int, shift: int) -> tuple[int, ...]:
    stride = max(1, round(side * (1 - OVERLAP)))
    last = length - side
    return tuple(sorted({0, *range(shift % stride, last, stride), last}))
