"""Large photos of sound walls, laid out of small ones: on them a scan shows how often it finds a crack where there is
none. Whole photos without a crack are rare in collections, small ones are not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from crackxai.errors import DataError
from crackxai.model.augment import square_symmetry
from crackxai.model.origins import OriginPart
from crackxai.model.windows import SOUND
from crackxai.samples.origin_folder import new_origin, write_labelled

FEATHERED = 0.15
"""Part of a picture's side over which it fades into the next: a sharp seam would be a joint that no wall has."""
ASPECT = 4 / 3
"""Width to height, as cameras have it."""


def mosaic(pictures: list[NDArray[np.uint8]], height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture of others in rows and columns, each turned at random and faded into its neighbours.

    Parameters
    ----------
    pictures : (h, w, 3) uint8 each, RGB; of each the middle square is used, of the side of the smallest.
    height, width : of the result, pixels.
    """
    side = min(min(picture.shape[:2]) for picture in pictures)
    fade = max(1, round(FEATHERED * side))
    step = side - fade
    ramp = np.minimum(1, (np.arange(side) + 0.5) / fade)
    ramp = np.minimum(ramp, ramp[::-1]).astype(np.float32)
    weight = np.outer(ramp, ramp)[..., None]
    rows, columns = (math.ceil(max(0, length - fade) / step) or 1 for length in (height, width))
    total = np.zeros((rows * step + fade, columns * step + fade, 3), dtype=np.float32)
    weights = np.zeros((*total.shape[:2], 1), dtype=np.float32)
    for row in range(rows):
        for column in range(columns):
            picture = pictures[rng.integers(len(pictures))]
            top, left = ((n - side) // 2 for n in picture.shape[:2])
            square = square_symmetry(picture[top : top + side, left : left + side], rng)
            here = np.s_[row * step : row * step + side, column * step : column * step + side]
            total[here] += weight * square
            weights[here] += weight
    return np.asarray(np.rint(total / weights)[:height, :width], dtype=np.uint8)


def mosaics(part: OriginPart, count: int, megapixels: float, seed: int = 0) -> Iterator[NDArray[np.uint8]]:
    """``count`` mosaics of an origin's sound photos; number i depends on ``seed`` and i alone.

    Raises
    ------
    DataError : the origin has no sound photo.
    """
    pictures = [photo.rgb for photo in part.of(SOUND)]
    if not pictures:
        raise DataError(f"expected sound photos in {part.name}, received none. Name another origin.")
    height = round(math.sqrt(1e6 * megapixels / ASPECT))
    for i in range(count):
        yield mosaic(pictures, height, round(ASPECT * height), np.random.default_rng((seed, i)))


def write_mosaics(part: OriginPart, out: Path, count: int, megapixels: float, seed: int) -> None:
    """Write `mosaics` as an origin of sound photos.

    Raises
    ------
    DataError : see `mosaics`; or ``out`` holds something already.
    """
    made = mosaics(part, count, megapixels, seed)
    first = next(made)
    new_origin(out)
    for i, rgb in enumerate(tqdm((first, *made), total=count, desc="mosaics", unit="photo", disable=None)):
        write_labelled(out, f"mosaic-{part.name}-{seed}-{i + 1:03d}", rgb, None)
