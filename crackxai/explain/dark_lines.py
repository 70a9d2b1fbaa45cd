"""Where a picture has dark lines: what may be a crack, a joint, a scratch or a cable, before any model is asked.

A dark line is a valley of brightness: curved upwards across, flat along. The measure is the larger eigenvalue of the
Hessian less the other one's size, normalised by the scale (T. Lindeberg, "Edge detection and ridge detection with
automatic scale selection", 1998; A. Frangi et al., "Multiscale vessel enhancement filtering", 1998), the largest of a
few scales.

It is computed in whole numbers and correctly rounded operations alone, so that every processor finds the same lines:
a record's map is made again from the same regions.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

SCALES = (1, 2, 4)
"""Standard deviations in pixels: about half the widths of the lines that answer most."""
SHARE = 0.08
"""Of the pixels, those that are most like a line."""
LEAST_LENGTH = 15
"""Pixels: shorter pieces are grain."""
BESIDE = 2
"""Pixels on each side of a line that are taken with it: the shade of its edges."""
_UNIT = 1 << 12
"""The sum of a blur's whole weights."""


def dark_lines(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W, 3) uint8, RGB -> (H, W) bool: its dark lines with `BESIDE`; none in a plain picture."""
    strength = line_strength(picture)
    count = math.ceil(SHARE * strength.size)
    least = np.partition(strength.ravel(), -count)[-count]
    strong = (strength > 0) & (strength >= least)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8), connectivity=8)
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= LEAST_LENGTH
    long[0] = False  # what is no line
    around = np.ones((2 * BESIDE + 1, 2 * BESIDE + 1), dtype=np.uint8)
    widened: NDArray[np.bool_] = cv2.dilate(long[labels].astype(np.uint8), around) > 0
    return widened


def line_strength(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(H, W, 3) uint8, RGB -> (H, W) float64, at least 0: how much each pixel is like a dark line, up to a factor."""
    grey = picture.astype(np.int64) @ np.array([299, 587, 114])
    strongest: NDArray[np.float64] = np.max([_valley(grey, scale) for scale in SCALES], axis=0)
    return strongest


def _valley(grey: NDArray[np.int64], scale: int) -> NDArray[np.float64]:
    blurred = np.pad(_blur(_blur(grey, scale).T, scale).T, 1, mode="symmetric")
    middle = blurred[1:-1, 1:-1]
    across = (blurred[1:-1, 2:] - 2 * middle + blurred[1:-1, :-2]).astype(np.float64)
    down = (blurred[2:, 1:-1] - 2 * middle + blurred[:-2, 1:-1]).astype(np.float64)
    both = (blurred[2:, 2:] - blurred[2:, :-2] - blurred[:-2, 2:] + blurred[:-2, :-2]).astype(np.float64) / 4
    mean, half = (across + down) / 2, (across - down) / 2
    # Not np.hypot, which is not rounded alike everywhere.
    spread = np.sqrt(half * half + both * both)
    strength: NDArray[np.float64] = scale**2 * np.maximum(mean + spread - np.abs(mean - spread), 0)
    return strength


def _blur(values: NDArray[np.int64], scale: int) -> NDArray[np.int64]:
    """Down the columns, with the picture mirrored at its edges; `_UNIT` times as large."""
    reach = 3 * scale
    bell = [math.exp(-((n / scale) ** 2) / 2) for n in range(-reach, reach + 1)]
    weights = [round(_UNIT * value / sum(bell)) for value in bell]
    weights[reach] += _UNIT - sum(weights)
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="symmetric")
    out = np.zeros_like(values)
    for offset, weight in enumerate(weights):
        out += weight * padded[offset : offset + len(values)]
    return out
