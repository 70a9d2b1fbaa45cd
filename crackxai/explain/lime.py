"""LIME over the picture's regions: a straight plane fitted to the probabilities of random unions near the photo.

Ribeiro, Singh and Guestrin, "'Why Should I Trust You?' Explaining the Predictions of Any Classifier", KDD 2016, section
3.4, with what their package (lime 0.2, ``lime_image``) takes for pictures: each region shown with probability 1/2, the
photo itself among the samples, the cosine distance to it, an exponential kernel of width 0.25, and ridge regression
with penalty 1. There quickshift finds the regions; here the picture's tree is cut, as for Kernel SHAP, which differs
from it by the kernel and the constraint alone (Lundberg and Lee 2017): without them, the values do not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.planned import PlannedExplainer
from crackxai.explain.region_cut import cut, parts_parameter
from crackxai.explain.regions import REGIONS, check_regions
from crackxai.explain.settings import MaskedSettings, budget_parameter, seed_parameter
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

WIDTH = 0.25
"""Of the kernel, in cosine distance."""
PENALTY = 1.0
"""Of the ridge regression: it draws the values towards 0, the more the fewer evaluations there are."""


@dataclass(frozen=True)
class LimeSettings(MaskedSettings):
    """Settings of a map by LIME.

    Attributes
    ----------
    masker, blur_kernel : of `MaskerSettings`.
    max_evals : model evaluations to spend, 50-20,000.
    seed : of the random unions.
    parts : regions, 6-200.
    regions : one of `crackxai.explain.regions.REGIONS`, the tree that is cut.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "lime"
    title: ClassVar[str] = "LIME"
    value_name: ClassVar[str] = "LIME"
    adds_up: ClassVar[bool] = False

    max_evals: int = budget_parameter()
    seed: int = seed_parameter()
    parts: int = parts_parameter()
    regions: str = field(default="picture", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_regions(self.regions)

    @property
    def slug(self) -> str:
        """The method's, the masker's and the tree's names."""
        return f"{super().slug}_{self.regions}"


class LimeExplainer(PlannedExplainer[LimeSettings, float]):
    """The LIME map of a photo's regions, at any time."""

    def __init__(self, model: CrackModel, photo: Photo, settings: LimeSettings | None = None) -> None:
        super().__init__(model, photo, settings or LimeSettings())
        self._tree = REGIONS[self.settings.regions].make(self._picture)
        self._regions, self._labels = cut(self._tree, self.settings.parts)

    @property
    def region_fingerprint(self) -> str:
        return self._tree.fingerprint

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return super().nbytes + self._tree.nbytes + self._labels.nbytes

    def _unions(self, numbers: range) -> NDArray[np.bool_]:
        """(N, M) bool: which regions are shown."""
        made = [np.random.default_rng((self.settings.seed, n)).random(len(self._regions)) < 0.5 for n in numbers]
        return np.array(made, dtype=bool).reshape(len(numbers), len(self._regions))

    def ask(self, numbers: range) -> Sequence[float]:
        visible = self._unions(numbers)[:, self._labels]
        return list(map(float, self._model.predict(self._masker.fill(self._picture, visible))))

    def values(self, answers: Sequence[float]) -> NDArray[np.float64]:
        photo = np.ones((1, len(self._regions)), dtype=bool)
        shown = np.concatenate([photo, self._unions(range(len(answers)))])
        found = fitted(shown, np.array([self.high, *answers]))
        return self._tree.spread(zip(self._regions, found.tolist(), strict=True))


def nearness(shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(N,) 0-1: the weight of each union, (N, M) bool, by its cosine distance from the whole photo."""
    distance = 1 - np.sqrt(shown.mean(axis=1))
    return np.asarray(np.exp(-((distance / WIDTH) ** 2) / 2))


def fitted(shown: NDArray[np.bool_], answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """(M,) float64: what each region adds, by weighted ridge regression with a free constant.

    Parameters
    ----------
    shown : (N, M) bool. answers : (N,) probabilities.
    """
    weight = nearness(shown)[:, None]
    # The constant is not drawn towards 0: taking off the weighted means leaves the slopes as they are.
    rows = shown - (weight * shown).sum(axis=0) / weight.sum()
    beyond = answers - (weight[:, 0] * answers).sum() / weight.sum()
    normal = rows.T @ (weight * rows) + PENALTY * np.eye(shown.shape[1])
    return np.asarray(np.linalg.solve(normal, rows.T @ (weight[:, 0] * beyond)))
