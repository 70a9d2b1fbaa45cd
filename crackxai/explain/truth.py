"""How a map lies on the true crack, where there is a mask of it: each figure beside its level by chance.

Pointing game: J. Zhang et al., "Top-Down Neural Attention by Excitation Backprop", IJCV 2018. Relevance mass and rank
accuracy: L. Arras, A. Osman and W. Samek, "CLEVR-XAI", Information Fusion 2022. A crack is thin: at 1 % of the area, a
map without any knowledge has 0.01 of its weight on it, and a small figure may be a good one. And a network that sees a
crack by its surroundings gives these the weight: such figures tell where a map points, not whether it is true to the
model (`crackxai.explain.faithfulness`).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.region_order import Regions
from crackxai.photo import Photo

WIDENED = 2
"""Pixels of the network's picture by which the crack is widened each way: masks are drawn by hand, and the smallest
regions of a map are larger than a hairline."""
MOST_WIDENED = 50


@dataclass(frozen=True)
class Localisation:
    """A map beside the true crack, widened.

    Attributes
    ----------
    widened : pixels of the network's picture that the crack was widened by, each way.
    area : share of the picture that it covers then, 0-1: the level by chance of pointing, mass and rank.
    pointing : whether the highest value lies on the crack; of several pixels with that value, the share that does.
    mass : share of all that raises the probability that lies on the crack; None where nothing raises it.
    rank : share of the crack's pixels among as many of the map's highest. Of pixels of one value of which only some are
        among these, each counts in part.
    overlap : of these pixels with the crack, over both together (IoU); it follows from ``rank``, for those who know it.
    overlap_by_chance : of as many pixels anywhere.
    """

    widened: int
    area: float
    pointing: float
    mass: float | None
    rank: float
    overlap: float
    overlap_by_chance: float

    def to_record(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in asdict(self).items()
        }


def localisation(values: NDArray[np.floating], crack: NDArray[np.bool_], widened: int = WIDENED) -> Localisation:
    """Compare an (H, W) map with an (H, W) bool mask of the crack.

    Raises
    ------
    SettingsError : they are of different shapes, nothing is cracked, or ``widened`` is out of range.
    """
    if values.shape != crack.shape:
        raise SettingsError(f"expected a mask of the map's shape {values.shape}, received {crack.shape}.")
    if not crack.any():
        raise SettingsError("expected a mask with a crack, received one without. Of a sound photo there is no truth.")
    truth = widen(crack, widened)
    count, area = int(truth.sum()), float(truth.mean())
    highest = values == values.max()
    positive = np.clip(values.astype(np.float64), 0, None)
    total = float(positive.sum())
    hits = _hits_of_highest(values, truth, count)
    return Localisation(
        widened=widened,
        area=area,
        pointing=float(truth[highest].mean()),
        mass=float(positive[truth].sum()) / total if total else None,
        rank=hits / count,
        overlap=hits / (2 * count - hits),
        overlap_by_chance=area / (2 - area),
    )


def widen(crack: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """The crack with all that lies within so many pixels of it, by a disc. SettingsError: not 0 to `MOST_WIDENED`."""
    if not 0 <= pixels <= MOST_WIDENED:
        raise SettingsError(f"expected to widen by 0 to {MOST_WIDENED} pixels, received {pixels}.")
    y, x = np.mgrid[-pixels : pixels + 1, -pixels : pixels + 1]
    disc = (x**2 + y**2 <= pixels**2).astype(np.uint8)
    found: NDArray[np.bool_] = cv2.dilate(crack.astype(np.uint8), disc) > 0
    return found


def read_truth(path: Path) -> NDArray[np.bool_]:
    """(H, W) bool: the crack of a mask's file, which is lighter than half (128 of 255).

    Raises
    ------
    SettingsError : there is none, or it is no picture.
    """
    if not path.is_file():
        raise SettingsError(f"{path}: expected a mask, a PNG of the photo's size, received no such file.")
    # Not cv2.imread: on Windows it cannot open a path with letters beyond the code page.
    data = np.fromfile(path, dtype=np.uint8)
    grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if grey is None:
        raise SettingsError(f"{path}: expected a PNG mask, received a damaged or foreign file. Copy it again.")
    found: NDArray[np.bool_] = grey >= 128
    return found


def at_network_size(mask: NDArray[np.bool_], photo: Photo, size: tuple[int, int]) -> NDArray[np.bool_]:
    """The mask of a photo as the network's picture has it: every pixel that the crack touches.

    Parameters
    ----------
    mask : (H, W) bool, of the whole upright photo, of the file's size or as it was read. photo : or a window of it.
    size : (H, W) of the network's pictures.

    Raises
    ------
    SettingsError : the mask is of another size.
    """
    whole = (photo.whole or photo).box
    if mask.shape not in ((whole.height, whole.width), (photo.whole or photo).rgb.shape[:2]):
        raise SettingsError(
            f"expected a mask of the photo's size {whole.width} x {whole.height}, received {mask.shape[1]} x "
            f"{mask.shape[0]}. Draw it on the photo as it is shown upright."
        )
    down, across = mask.shape[0] / whole.height, mask.shape[1] / whole.width
    part = mask[
        math.floor(photo.box.top * down) : math.ceil(photo.box.bottom * down),
        math.floor(photo.box.left * across) : math.ceil(photo.box.right * across),
    ]
    for axis, side in enumerate(size):
        if part.shape[axis] < side:
            part = part.take(np.arange(side) * part.shape[axis] // side, axis=axis)
    # By area, not by sampling: a hairline must not fall between two pixels.
    return cv2.resize(part.astype(np.float32), size[::-1], interpolation=cv2.INTER_AREA) > 0


def _hits_of_highest(values: NDArray[np.floating], truth: NDArray[np.bool_], count: int) -> float:
    """Pixels of ``truth`` among the ``count`` highest values; a tie at the edge counts in part."""
    regions = Regions.of(values)
    on_crack = np.bincount(regions.labels[truth], minlength=len(regions))[::-1]
    pixels = regions.pixels[::-1]
    taken = np.clip(count - (np.cumsum(pixels) - pixels), 0, pixels)
    return float((on_crack * taken / pixels).sum())
