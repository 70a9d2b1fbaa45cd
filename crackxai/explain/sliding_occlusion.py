"""Occlusion: a square patch slides over the picture, and what hiding it changes is told where it lay.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2. There the patch is
grey; here a masker fills it, so that it need not look like something itself. Each patch is asked for alone: of two
cracks either of which is enough, hiding one changes nothing, and neither is told. So the values do not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.parameters import parameter
from crackxai.explain.planned import ENDS, PlannedExplainer
from crackxai.explain.settings import MaskedSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True)
class OcclusionSettings(MaskedSettings):
    """Settings of a map by occlusion.

    Attributes
    ----------
    masker, blur_kernel : of `MaskerSettings`.
    patch : its side, pixels of the network's picture, 2-100; at most that of the picture.
    across : places of the patch from edge to edge, both ways, 2-100. The stride follows from it: ``(side - patch) /
        (across - 1)`` pixels, rounded place by place; with the defaults, 10 pixels of 150.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "occlusion"
    title: ClassVar[str] = "occlusion"
    value_name: ClassVar[str] = "occlusion"
    adds_up: ClassVar[bool] = False
    budget: ClassVar[str] = ""

    patch: int = parameter(
        20,
        2,
        100,
        help="side of the patch that hides, in pixels of the network's picture",
        offered=range(5, 61, 5),
        caption="patch of {0} pixels",
        asked=True,
    )
    across: int = parameter(
        14,
        2,
        100,
        help="places of the patch from edge to edge; it needs their square in evaluations, and two",
        offered=range(5, 41),
        caption="{0} places across",
        asked=True,
    )

    @property
    def max_evals(self) -> int:
        """One for each place, the photo, and the photo with all of it hidden."""
        return self.across**2 + ENDS


class OcclusionExplainer(PlannedExplainer[OcclusionSettings, float]):
    """The occlusion map of a photo, row by row. Where the patch has not been yet, it is 0."""

    def __init__(self, model: CrackModel, photo: Photo, settings: OcclusionSettings | None = None) -> None:
        super().__init__(model, photo, settings or OcclusionSettings())
        height, width = self._picture.shape[:2]
        self._patches = patches(height, width, self.settings.patch, self.settings.across)

    def ask(self, numbers: range) -> Sequence[float]:
        visible = np.ones((len(numbers), *self._picture.shape[:2]), dtype=bool)
        for mask, number in zip(visible, numbers, strict=True):
            mask[self._patches[number]] = False
        return list(map(float, self._model.predict(self._masker.fill(self._picture, visible))))

    def values(self, answers: Sequence[float]) -> NDArray[np.float64]:
        height, width = self._picture.shape[:2]
        changes = [self.high - answer for answer in answers]
        found = spread(changes, self._patches[: len(answers)], height, width)
        return np.repeat(found[..., None] / 3, 3, axis=-1)


Patch = tuple[slice, slice]
"""Rows and columns."""


def patches(height: int, width: int, side: int, across: int) -> list[Patch]:
    """The places of the patch, row by row, ``across`` each way, the first and the last at the edges."""
    high, wide = min(side, height), min(side, width)
    tops, lefts = (
        [round(i * (whole - part) / (across - 1)) for i in range(across)]
        for whole, part in ((height, high), (width, wide))
    )
    return [(slice(top, top + high), slice(left, left + wide)) for top in tops for left in lefts]


def spread(changes: Sequence[float], of: Sequence[Patch], height: int, width: int) -> NDArray[np.float64]:
    """(H, W) float64: each change in equal parts on its patch, so that it is probability per pixel as in other maps;
    averaged where patches overlap, 0 where there is none."""
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for change, patch in zip(changes, of, strict=True):
        total[patch] += change / total[patch].size
        count[patch] += 1
    return total / np.maximum(count, 1)
