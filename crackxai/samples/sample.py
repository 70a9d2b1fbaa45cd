"""What a drawn photo consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Sample:
    """A drawn photo.

    Attributes
    ----------
    name : file stem, such as "sample-03"; it does not tell the answer.
    rgb : (H, W, 3) uint8, 0-255.
    mask : (H, W) bool: where at least half of the pixel is crack.
    cracked : whether there is one.
    distractor : what else is in it, or "".
    """

    name: str
    rgb: np.ndarray
    mask: np.ndarray
    cracked: bool
    distractor: str
