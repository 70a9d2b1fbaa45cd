"""RISE: the picture under random coarse masks, and how probable a crack is where each pixel can be seen.

Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018. A mask is a
coarse grid of cells, each visible with the probability p, enlarged bilinearly and shifted at random (section 3.2). With
N masks M_i and the probabilities f_i, the importance of a pixel is formula (6):

    S = sum of f_i M_i / (p N)

Done otherwise here:

- What is hidden fades to what the masker makes of a picture that is hidden whole, not to black: to the mean colour, or
  to the blurred picture. The published form is this one with a black picture (`faded`).
- From each f_i their mean is taken off first, so that 0 means that seeing the pixel makes no difference; S is nowhere
  negative. And how often a pixel happened to be visible no longer counts for it: of a probability near 1 that is most
  of what S tells after some hundreds of masks. After many, both put the pixels in one order.
- The result is divided by (1 - p) and a cell's area: where pixels simply add up, it estimates what each of them adds,
  as far as cells can tell, in probability per pixel as in other maps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.explain.parameters import parameter
from crackxai.explain.planned import PlannedExplainer
from crackxai.explain.settings import MaskedSettings, budget_parameter, seed_parameter
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True)
class RiseSettings(MaskedSettings):
    """Settings of a map by RISE.

    Attributes
    ----------
    masker, blur_kernel : of `MaskerSettings`; only what it makes of a picture that is hidden whole is used.
    max_evals : model evaluations to spend, 50-20,000. The paper spends 4,000 to 8,000.
    seed : of the masks.
    cells : of a mask, across, 2-30. shown : percent of the cells that are visible, 5-95.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "rise"
    title: ClassVar[str] = "RISE"
    value_name: ClassVar[str] = "RISE"
    adds_up: ClassVar[bool] = False

    max_evals: int = budget_parameter()
    seed: int = seed_parameter()
    cells: int = parameter(
        7, 2, 30, help="cells of a random mask, across", offered=range(3, 21), caption="{0} cells across", asked=True
    )
    shown: int = parameter(
        50,
        5,
        95,
        help="percent of a random mask's cells that are visible",
        offered=range(10, 91, 10),
        caption="{0} % visible",
        asked=True,
    )


class RiseExplainer(PlannedExplainer[RiseSettings, float]):
    """The RISE map of a photo, at any time."""

    def __init__(self, model: CrackModel, photo: Photo, settings: RiseSettings | None = None) -> None:
        super().__init__(model, photo, settings or RiseSettings())
        # What was read last, since masks are drawn anew for it: how many answers, the sums of f_i M_i and of M_i.
        self._read: tuple[int, NDArray[np.float64]] = 0, np.zeros((2, *self._picture.shape[:2]))

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return super().nbytes + self._read[1].nbytes

    def _mask(self, number: int) -> NDArray[np.float32]:
        height, width = self._picture.shape[:2]
        return mask(height, width, self.settings.cells, self.settings.shown / 100, (self.settings.seed, number))

    def ask(self, numbers: range) -> Sequence[float]:
        pictures = np.stack([faded(self._picture, self._hidden, self._mask(number)) for number in numbers])
        return list(map(float, self._model.predict(pictures)))

    def values(self, answers: Sequence[float]) -> NDArray[np.float64]:
        height, width = self._picture.shape[:2]
        if not answers:
            return np.zeros((height, width, 3))
        known, total = self._read
        if known > len(answers):
            known, total = 0, np.zeros_like(total)
        total = total.copy()
        for number in range(known, len(answers)):
            visible = self._mask(number)
            total += answers[number] * visible, visible
        self._read = len(answers), total
        shown, cells = self.settings.shown / 100, self.settings.cells
        importance = (total[0] - np.mean(answers) * total[1]) / (shown * len(answers))
        # A grid that is enlarged to one cell more than it has makes each of them a little larger.
        area = cell_side(height, cells) * cell_side(width, cells) * ((cells + 1) / cells) ** 2
        found = importance / ((1 - shown) * area)
        return np.repeat(found[..., None] / 3, 3, axis=-1)


def cell_side(side: int, cells: int) -> int:
    """Of one cell, in pixels: rounded up, so that shifting by up to a cell leaves no edge uncovered."""
    return math.ceil(side / cells)


def mask(height: int, width: int, cells: int, shown: float, seed: Any) -> NDArray[np.float32]:
    """(H, W) float32, 0 hidden to 1 visible: a grid of ``cells`` x ``cells``, visible with probability ``shown`` each,
    enlarged to one cell more each way than the picture has, and cut out of that at a place drawn at random."""
    random = np.random.default_rng(seed)
    grid = (random.random((cells, cells)) < shown).astype(np.float32)
    top, left = (int(random.integers(cell_side(side, cells))) for side in (height, width))
    return enlarged(grid, height, width, top, left)


def enlarged(grid: NDArray[np.float32], height: int, width: int, top: int, left: int) -> NDArray[np.float32]:
    """(H, W) of a (cells, cells) grid, enlarged to one cell more each way than the picture has, from that place on."""
    high, wide = ((len(grid) + 1) * cell_side(side, len(grid)) for side in (height, width))
    large = cv2.resize(grid, (wide, high), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large[top : top + height, left : left + width], dtype=np.float32)


def faded(picture: NDArray[np.uint8], hidden: NDArray[np.float32], visible: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3) float32: the picture where ``visible``, (H, W), is 1, ``hidden`` where it is 0, between them a mixture.

    With ``hidden`` black it is the paper's product of picture and mask.
    """
    share = visible[..., None]
    mixed: NDArray[np.float32] = np.clip(picture * share + hidden * (1 - share), 0, 255).astype(np.float32)
    return mixed
