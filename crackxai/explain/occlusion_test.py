"""Occlusion test, "erase and ask again": the simplest test of an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import SettingsError
from crackxai.explain.maskers import MaskerSettings, masker
from crackxai.photo import Box, Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True, eq=False)
class OcclusionTest:
    """What became of the photo and its probability.

    Attributes
    ----------
    picture : (H, W, 3) uint8, RGB, at the network's size, with the box filled in.
    before, after : crack probabilities.
    """

    picture: np.ndarray
    before: float
    after: float


def occlusion_test(model: CrackModel, photo: Photo, settings: MaskerSettings, box: Box) -> OcclusionTest:
    """Fill ``box`` (pixels of the network's picture) with the masker of ``settings`` and ask the model again.

    Raises
    ------
    SettingsError : the box reaches beyond the picture.
    """
    picture = model.prepare(photo)
    height, width = picture.shape[:2]
    if box.bottom > height or box.right > width:
        raise SettingsError(f"expected a box within {height} x {width} pixels, received {box}.")
    visible = np.ones((1, height, width), dtype=bool)
    visible[0][box.slices] = False
    filled = masker(settings).fill(picture, visible)
    before, after = (float(model.predict(asked)[0]) for asked in (picture[None], filled))
    return OcclusionTest(np.rint(filled[0]).astype(np.uint8), before, after)
