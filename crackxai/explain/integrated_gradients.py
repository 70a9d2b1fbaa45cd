"""Integrated Gradients: the gradient of the probability, added up on the way from the hidden picture to the photo.

Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, section 3. On the straight way from
the baseline x', here what the masker makes of a picture that is hidden whole, to the photo x, each value is told

    (x - x') * integral from 0 to 1 of the gradient at x' + a (x - x') over a.

The integral makes all values add up to the difference of the two probabilities ("completeness"); points on the way are
finitely many, so that they add up but for an error, which is what sum and difference tell. Where the probability jumps
within a hundredth of the way, as it mostly does, evenly spaced points miss the jump; here those parts of the way are
halved whose gradients do not account for the change of the probability along them. (That unevenly spaced points need a
fraction of the steps: Bhat and Raychowdhury, arXiv 2302.11107.)

Unlike all other methods it looks into the network: it needs Keras on TensorFlow, and computes in float32 whatever the
model does otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.parameters import parameter
from crackxai.explain.planned import ENDS, PlannedExplainer
from crackxai.explain.settings import MaskedSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

FIRST = (0.0, 1.0, 1 / 2, 1 / 4, 3 / 4)
"""Points on the way that are asked for whatever the answers."""
ROUND = 4
"""Parts of the way that are halved at once: fewer find a jump with fewer points, and leave a processor less to do."""


@dataclass(frozen=True)
class GradientsSettings(MaskedSettings):
    """Settings of a map by Integrated Gradients.

    Attributes
    ----------
    masker, blur_kernel : of `MaskerSettings`; only what it makes of a picture that is hidden whole is used.
    steps : points on the way, both ends included, 2-257.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "gradients"
    title: ClassVar[str] = "integrated gradients"
    value_name: ClassVar[str] = "integrated gradient"
    adds_up: ClassVar[bool] = False
    budget: ClassVar[str] = "steps"

    steps: int = parameter(
        65,
        2,
        257,
        help="points on the way from the hidden picture to the photo at which the gradient is taken",
        offered=range(17, 258, 16),
        caption="{0} steps",
        asked=True,
    )

    @property
    def max_evals(self) -> int:
        """One for each point, and the two probabilities."""
        return self.steps + ENDS


class Point(NamedTuple):
    """On the way: the probability there, and its gradient, (H, W, 3), per unit of 0-255."""

    probability: float
    gradient: NDArray[np.float32]


class GradientsExplainer(PlannedExplainer[GradientsSettings, Point]):
    """The integrated gradients of a photo, at any time: the way is halved again and again."""

    batch: ClassVar[int] = 8

    def __init__(self, model: CrackModel, photo: Photo, settings: GradientsSettings | None = None) -> None:
        super().__init__(model, photo, settings or GradientsSettings())
        self.bytes_per_answer = self._hidden.nbytes
        self._way = self._picture.astype(np.float32) - self._hidden
        self._at = list(FIRST)

    def with_budget(self, max_evals: int) -> GradientsSettings:
        return replace(self.settings, steps=max_evals - ENDS)

    def versions(self) -> dict[str, str]:
        return super().versions() | self._model.gradients.versions()

    def ask(self, numbers: range) -> Sequence[Point]:
        found: list[Point] = []
        while len(found) < len(numbers):
            known = [*self._answers, *found]
            if len(known) == len(self._at):
                slopes = [float((point.gradient * self._way).sum(dtype=np.float64)) for point in known]
                self._at += halved(self._at, [point.probability for point in known], slopes)
            at = np.array(self._at[len(known) : numbers.stop], dtype=np.float32)
            pictures = np.clip(self._hidden + at[:, None, None, None] * self._way, 0, 255)
            found += map(Point._make, zip(*self._model.gradients.of(pictures), strict=True))
        return found

    def values(self, answers: Sequence[Point]) -> NDArray[np.float64]:
        found = np.zeros(self._picture.shape)
        for weight, point in zip(trapezoid(self._at[: len(answers)]), answers, strict=True):
            found += weight * point.gradient
        return found * self._way


def halved(at: Sequence[float], probabilities: Sequence[float], slopes: Sequence[float]) -> list[float]:
    """The middles of the `ROUND` parts of the way that need it most, these first.

    What a part lacks is the change of the probability along it less what the mean of its two slopes makes of its
    length; and a thousandth of the length, so that no part is left unseen.

    Parameters
    ----------
    at : 0 to 1, in any order, with both ends. probabilities, slopes : there, the slopes along the whole way.
    """
    order = np.argsort(at)
    places, p, slope = (np.asarray(each, dtype=np.float64)[order] for each in (at, probabilities, slopes))
    length = np.diff(places)
    lacks = np.abs(np.diff(p) - (slope[1:] + slope[:-1]) / 2 * length) + 1e-3 * length
    # float32, in which pictures are made, has no more places between.
    worst = [part for part in np.argsort(-lacks, kind="stable") if length[part] > 2.0**-18][:ROUND]
    return [float(places[part] + length[part] / 2) for part in worst]


def trapezoid(at: Sequence[float]) -> NDArray[np.float64]:
    """What each point weighs in the integral from 0 to 1 of straight lines between them; one alone stands for all."""
    if len(at) < 2:
        return np.ones(len(at))
    order = np.argsort(at)
    gaps = np.diff(np.asarray(at)[order])
    weights = np.empty(len(at))
    weights[order] = (np.append(gaps, 0) + np.insert(gaps, 0, 0)) / 2
    return weights
