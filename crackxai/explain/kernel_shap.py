"""Kernel SHAP: Shapley values of a few regions of the picture, by weighted regression.

Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NIPS 2017, section 4.1. Unlike the Owen values
of `crackxai.explain.explainer`, every union of regions may be asked for, not only those along a tree: the regions are
found by cutting the picture's tree (`crackxai.explain.region_cut`), and none of them is looked into.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.coalitions import coalitions, weights
from crackxai.explain.planned import PlannedExplainer
from crackxai.explain.region_cut import cut, parts_parameter
from crackxai.explain.regions import REGIONS, check_regions
from crackxai.explain.settings import MaskedSettings, budget_parameter, seed_parameter
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True)
class KernelSettings(MaskedSettings):
    """Settings of a map by Kernel SHAP.

    Attributes
    ----------
    masker, blur_kernel : of `MaskerSettings`.
    max_evals : model evaluations to spend, 50-20,000; more than the 2**parts that there are become as many.
    seed : of the drawn coalitions.
    parts : regions, 6-200.
    regions : one of `crackxai.explain.regions.REGIONS`, the tree that is cut.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "kernel"
    title: ClassVar[str] = "Kernel SHAP"
    value_name: ClassVar[str] = "SHAP value"
    adds_up: ClassVar[bool] = True

    max_evals: int = budget_parameter()
    seed: int = seed_parameter()
    parts: int = parts_parameter()
    regions: str = field(default="picture", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_regions(self.regions)
        object.__setattr__(self, "max_evals", min(self.max_evals, 2**self.parts))

    @property
    def slug(self) -> str:
        """The method's, the masker's and the tree's names."""
        return f"{super().slug}_{self.regions}"


class KernelExplainer(PlannedExplainer[KernelSettings, float]):
    """The Shapley values of a photo's regions, at any time.

    A map can be read after each batch; as long as not every region was alone in a coalition, those that were not have
    equal shares of the rest.
    """

    def __init__(self, model: CrackModel, photo: Photo, settings: KernelSettings | None = None) -> None:
        super().__init__(model, photo, settings or KernelSettings())
        self._tree = REGIONS[self.settings.regions].make(self._picture)
        self._regions, self._labels = cut(self._tree, self.settings.parts)
        self._plan = coalitions(len(self._regions), self.settings.seed)
        self._asked: list[NDArray[np.bool_]] = []

    @property
    def region_fingerprint(self) -> str:
        return self._tree.fingerprint

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return super().nbytes + self._tree.nbytes + self._labels.nbytes + len(self._regions) * self.evaluations

    def ask(self, numbers: range) -> Sequence[float]:
        self._asked += itertools.islice(self._plan, max(0, numbers.stop - len(self._asked)))
        wanted = self._asked[numbers.start : numbers.stop]
        visible = np.stack(wanted)[:, self._labels]
        return list(map(float, self._model.predict(self._masker.fill(self._picture, visible))))

    def values(self, answers: Sequence[float]) -> NDArray[np.float64]:
        asked = np.array(self._asked[: len(answers)], dtype=bool).reshape(len(answers), len(self._regions))
        shares = solve(asked, np.array(answers), self.low, self.high)
        return self._tree.spread(zip(self._regions, shares.tolist(), strict=True))


def solve(asked: NDArray[np.bool_], answers: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """(M,) float64: the weighted least squares of theorem 2, under the constraint that they sum to ``high - low``.

    Of several solutions, the one nearest to equal shares. With all coalitions these are the exact Shapley values.

    Parameters
    ----------
    asked : (N, M) bool, neither empty nor full, each once. answers : (N,) the game's values for them.
    low, high : for the empty and the full coalition.
    """
    players = asked.shape[1]
    mean = (high - low) / players
    if not len(asked):
        return np.full(players, mean)
    # Shares beyond the mean sum to zero, so a coalition's size can be taken off its row: what is left lies in that
    # plane, and with it the shortest solution. The constraint needs no row of its own, and no player is singled out.
    rows = asked - asked.mean(axis=1, keepdims=True)
    beyond = answers - low - mean * asked.sum(axis=1)
    root = np.sqrt(weights(asked))
    found = np.linalg.lstsq(rows * root[:, None], beyond * root, rcond=1e-9)[0]
    return np.asarray(mean + found)
