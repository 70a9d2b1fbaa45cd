"""What white is, in pictures of more than 8 bits or of fractions; and their way to 8 bits.

The rule. White is what the file states: the bits of a packed sample, or the highest possible value where it is above
all that occur. Otherwise it is the smallest usual white (`WHITES`, and the largest value of signed numbers) that no
value exceeds, provided that the highest value is above a sixteenth of it: no exposed photo is darker, and below that 12
bits in 16 and a dark photo cannot be told apart. Black is 0, or the lowest value that the file states if that is
negative. Anything else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message
from crackxai.photo.refusals import missing_values, unknown_values

WHITES = (1.0, 2.0**8 - 1, 2.0**10 - 1, 2.0**12 - 1, 2.0**14 - 1, 2.0**16 - 1, 2.0**32 - 1)
DARKEST = 1 / 16
"""Part of white that the lightest pixel exceeds."""
OVERSHOOT = 0.02
"""Part of white by which fractions may lie outside, as after sharpening or enlarging; they are clipped."""
MOST_MISSING = 0.25
"""Part of the pixels that may have no value."""
_NO_LIGHT = 1e30
"""Magnitude from which a number is a mark for "no data", not light."""
_MARKS = (-9999.0, -32768.0, -32767.0)
"""Numbers that mean "no data" in surveying and microscopy, where they lie below all others."""
_STRIP_BYTES = 2**21


@dataclass(frozen=True)
class Stated:
    """What a file states of its samples; 0 or None where it does not.

    Attributes
    ----------
    white : of a packed sample of ``bits`` bits, as decoded.
    lowest, highest : possible values. nodata : the value that marks a pixel without one.
    inverted : whether 0 is white.
    """

    bits: int = 0
    white: float = 0.0
    lowest: float | None = None
    highest: float | None = None
    nodata: float | None = None
    inverted: bool = False


@dataclass(frozen=True)
class Scale:
    """How values become 0-255: ``black`` to 0, ``white`` to 255, ``marks`` to the channel's ``mean``."""

    black: float
    white: float
    inverted: bool
    marks: tuple[float, ...]
    mean: NDArray[np.float64] | None

    def apply(self, strip: NDArray[np.generic]) -> NDArray[np.uint8]:
        """(h, W, C) values -> (h, W, C) uint8."""
        if strip.dtype == np.uint16 and self.mean is None:
            return np.take(self._table, strip.astype(np.intp))
        return self._scaled(strip)

    @cached_property
    def _table(self) -> NDArray[np.uint8]:
        return self._scaled(np.arange(2**16))

    def _scaled(self, given: NDArray[np.generic]) -> NDArray[np.uint8]:
        values = given.astype(np.float64)
        if self.mean is not None:
            values[_absent(values, self.marks)] = self.mean
        values = (values - self.black) * (255.0 / (self.white - self.black))
        if self.inverted:
            values = 255.0 - values
        return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def strips(values: NDArray[np.generic]) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """The rows of a picture, some megabytes at a time: (first row, rows)."""
    rows = max(1, _STRIP_BYTES // max(1, values[:1].size * 8))
    for top in range(0, len(values), rows):
        yield top, values[top : top + rows]


def find_scale(values: NDArray[np.generic], stated: Stated) -> tuple[Scale, list[Message]]:
    """How (H, W, C) values of any real dtype become 8 bits, and what is to be said of it.

    Raises
    ------
    Refusal : what white is cannot be known, or too many pixels have no value.
    """
    marks = _marks(values, stated)
    low, high, mean, share, fractions = _survey(values, marks)
    if share > MOST_MISSING:
        raise missing_values(share, MOST_MISSING)
    black, white, note = _white(low, high, fractions, values.dtype, stated)
    notes = [note]
    if share:
        template = "{share} % of its pixels hold no value (NaN, infinite or no data) and got the mean colour"
        notes.append(Message("photo-note.missing", template, share=f"{100 * share:.2g}"))
    return Scale(black, white, stated.inverted, marks, mean if share else None), notes


def _survey(
    values: NDArray[np.generic], marks: tuple[float, ...]
) -> tuple[float, float, NDArray[np.float64] | None, float, bool]:
    """Lowest and highest value, mean of each channel, share of pixels without one, whether there are fractions."""
    if np.issubdtype(values.dtype, np.integer) and not marks:
        return float(values.min()), float(values.max()), None, 0.0, False
    low, high, total, count, fractions = np.inf, -np.inf, np.zeros(values.shape[-1]), 0, False
    for _, strip in strips(values):
        rows = strip.astype(np.float64)
        there = rows[~_absent(rows, marks)]
        if there.size:
            low, high = min(low, float(there.min())), max(high, float(there.max()))
            total, count = total + there.sum(axis=0), count + len(there)
            fractions = fractions or bool((there != np.rint(there)).any())
    pixels = values.shape[0] * values.shape[1]
    return low, high, total / count if count else None, 1 - count / pixels, fractions


def _marks(values: NDArray[np.generic], stated: Stated) -> tuple[float, ...]:
    """Values that stand for "no data": the stated one, and the lowest of all where it is a usual one."""
    # A stated 0 stays black: in photos it is a dark pixel as often as a missing one.
    marks = (_as_stored(stated.nodata, values.dtype),) if stated.nodata else ()
    if np.issubdtype(values.dtype, np.unsignedinteger):
        return marks
    found = np.inf
    for _, strip in strips(values):
        rows = strip.astype(np.float64)
        there = rows[np.isfinite(rows) & (np.abs(rows) < _NO_LIGHT)]
        found = min(found, float(there.min()) if there.size else np.inf)
    usual = found in _MARKS and (stated.lowest is None or found < stated.lowest)
    return (*marks, found) if usual else marks


def _as_stored(mark: float, dtype: np.dtype[np.generic]) -> float:
    """A stated number as the samples have it: 1e20 is none of single precision, but its neighbour is."""
    with np.errstate(over="ignore"):
        return float(np.asarray(mark).astype(dtype)) if np.issubdtype(dtype, np.floating) else mark


def _absent(values: NDArray[np.float64], marks: tuple[float, ...]) -> NDArray[np.bool_]:
    """(h, W, C) -> (h, W): pixels of which some channel has no value; NaN and infinity are none."""
    absent = ~(np.abs(values) < _NO_LIGHT).all(axis=-1)
    for mark in marks:
        absent |= (values == mark).any(axis=-1)
    return np.asarray(absent)


def _white(
    low: float, high: float, fractions: bool, dtype: np.dtype[np.generic], stated: Stated
) -> tuple[float, float, Message]:
    """Black, white, and the note that says why."""
    whole = np.issubdtype(dtype, np.integer)
    if stated.white:
        return 0.0, stated.white, _reduced(stated.bits)
    black = stated.lowest if stated.lowest is not None and stated.lowest < 0 else 0.0
    slack = 0.0 if whole else OVERSHOOT
    if stated.highest is not None and stated.highest > max(high, black) and low >= black:
        template = "values stated as {low} to {high} brought to 0 to 255"
        note = Message("photo-note.stated", template, low=f"{black:g}", high=f"{stated.highest:g}")
        return black, stated.highest, note
    if high == low == 0:
        return 0.0, 255.0, Message("photo-note.black", "all of its values are 0")
    for white in _usual_whites(dtype):
        # Whole numbers up to 1 are a mask, or a black picture: not a photo of 0 to 1.
        if high > white * (1 + slack) or (white == 1 and not fractions):
            continue
        if high <= white * DARKEST or low < -white * slack:
            break
        return 0.0, white, _found(white, high, whole)
    raise unknown_values(low, high)


def _usual_whites(dtype: np.dtype[np.generic]) -> tuple[float, ...]:
    if dtype.kind != "i":
        return WHITES
    most = 2.0 ** (8 * dtype.itemsize - 1) - 1
    return (*(white for white in WHITES if white < most), most)


def _found(white: float, high: float, whole: bool) -> Message:
    bits = round(np.log2(white + 1))
    if whole and bits >= 16:
        return _reduced(bits)
    if whole:
        return Message(
            "photo-note.read-as-bits", "read as {bits} bits, since no value exceeds {high}", bits=bits, high=f"{high:g}"
        )
    template = "read on a scale of 0 to {white}, since no value exceeds {high}"
    return Message("photo-note.read-on-scale", template, white=f"{white:g}", high=f"{high:.4g}")


def _reduced(bits: int) -> Message:
    return Message("photo-note.bits", "reduced from {bits} to 8 bits", bits=bits)
