"""How a model fares on kinds of walls that it never saw, and whether its doubt finds the mistakes there.

Leave-one-group-out cross-validation: models of the same start and recipe, each trained without some origins and judged
on them. It tells what a user's own wall will see, as figures on the origins that were trained on do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crackxai.model.by_origin import OriginFigures
from crackxai.model.calibration import UNSEEN_ELSEWHERE, choose_band

RIGHT_DOUBTED = 0.05
"""Share of right answers that may be doubted where a doubt is judged by the mistakes that it finds."""


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's answers on windows of origins that it was not trained on.

    Attributes
    ----------
    probabilities : (N,) float64, 0-1.
    labels : (N,) int, 1 = cracked.
    doubts : (N,) float64 from 0 on: distance from the training photos in the limits of the model that gave the answer,
        so that above 1 it is doubted.
    thresholds : (N,) float64, of the model that gave the answer.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    doubts: np.ndarray
    thresholds: np.ndarray

    @classmethod
    def join(cls, several: Sequence[Answers]) -> Answers:
        """All of them, sorted by doubt: not even their order tells which photo is which."""
        parts = [
            np.concatenate([getattr(each, name) for each in several])
            for name in ("probabilities", "labels", "doubts", "thresholds")
        ]
        order = np.argsort(parts[2], kind="stable")
        return cls(*(part[order] for part in parts))

    @property
    def wrong(self) -> np.ndarray:
        """(N,) bool: on the other side of the threshold than the truth."""
        return np.asarray((self.probabilities >= self.thresholds) != (self.labels == 1))

    def confident(self, band: float) -> np.ndarray:
        """(N,) bool: outside the review band, so that nobody looks at the answer again."""
        return np.asarray(np.abs(self.probabilities - self.thresholds) >= band)

    def band(self) -> float:
        """The narrowest review band outside which at most `UNSEEN_ELSEWHERE` of them are wrong."""
        about_half = np.clip(self.probabilities - self.thresholds + 0.5, 0, 1)
        return choose_band(about_half, self.labels, 0.5, unseen=UNSEEN_ELSEWHERE)

    def coverage_risk(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of answers that are kept, the most doubted given up first, and the share of mistakes among them.

        The risk-coverage curve of El-Yaniv and Wiener, JMLR 11, 2010.

        Returns
        -------
        (N,) coverage, rising to 1, and (N,) risk; of equally doubted answers all or none are kept.
        """
        order = np.argsort(self.doubts, kind="stable")
        kept = np.arange(1, len(order) + 1)
        risk = np.cumsum(self.wrong[order]) / kept
        last = np.append(self.doubts[order][1:] != self.doubts[order][:-1], True)
        return kept[last] / len(order), risk[last]

    def mistakes_doubted(self, band: float, right_doubted: float = RIGHT_DOUBTED) -> float | None:
        """Share of the confident mistakes that are doubted, at the limit that doubts ``right_doubted`` of the confident
        right answers; None where there is no such mistake, or no right answer."""
        sure = self.confident(band)
        wrong, right = self.doubts[sure & self.wrong], self.doubts[sure & ~self.wrong]
        if not len(wrong) or not len(right):
            return None
        return float((wrong > np.quantile(right, 1 - right_doubted)).mean())

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, rounded to what is shown of them."""
        return {
            "probability": [float(f"{p:.5g}") for p in self.probabilities],
            "cracked": [int(label) for label in self.labels],
            "doubt": [float(f"{d:.4g}") for d in self.doubts],
            "threshold": [float(f"{t:.5g}") for t in self.thresholds],
        }

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Answers:
        """Back from JSON. Raises ValueError, KeyError or TypeError where it is none."""
        parts = [np.array(facts[name], dtype=np.float64) for name in ("probability", "cracked", "doubt", "threshold")]
        if len({part.shape for part in parts}) != 1 or parts[0].ndim != 1 or not len(parts[0]):
            raise ValueError("answers of different numbers")
        if not all(np.isfinite(part).all() for part in parts):
            raise ValueError("answers that are not finite")
        return cls(parts[0], parts[1].astype(int), parts[2], parts[3])


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A model trained without some origins, judged on them.

    Attributes
    ----------
    names : of the origins that were left out.
    figures : of each of them.
    answers : on all of their windows.
    """

    names: tuple[str, ...]
    figures: tuple[OriginFigures, ...]
    answers: Answers

    @property
    def balanced_accuracy(self) -> float:
        """Mean of recall and specificity over the windows of its origins, of which each counts the same."""
        rates = [[f.recall.value for f in self.figures if f.recall]]
        rates.append([f.specificity.value for f in self.figures if f.specificity])
        return float(np.mean([np.mean(own) for own in rates if own]))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, without the answers."""
        return {
            "names": list(self.names),
            "balanced_accuracy": self.balanced_accuracy,
            "origins": [origin.as_dict() for origin in self.figures],
        }
