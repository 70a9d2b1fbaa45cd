"""How good a model is, told origin by origin: the mean over many easy photos hides the hard ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crackxai.model.evaluation import calibration_error, predict_all
from crackxai.model.window_set import WindowSet

WIDTHS = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, math.inf))
"""Crack widths in the network's pixels, above the first up to the second, that are told apart."""
WITHIN = 0.05
"""Balanced accuracy that may be lost at a scale of the working range."""


@dataclass(frozen=True)
class Rate:
    """A share of right answers.

    Attributes
    ----------
    value : 0-1.
    low, high : 95 % interval (Wilson, JASA 22, 1927) over the groups, since windows of one photo err together.
    windows, groups : counted.
    """

    value: float
    low: float
    high: float
    windows: int
    groups: int

    @classmethod
    def of(cls, right: np.ndarray, groups: np.ndarray) -> Rate | None:
        """Of (N,) bool and the (N,) group that each is of; None of nothing."""
        if not len(right):
            return None
        value, n = float(np.mean(right)), len(np.unique(groups))
        return cls(value, *wilson(value, n), len(right), n)


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share seen in ``n`` independent cases."""
    z = 1.959964
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class OriginFigures:
    """Of one origin, at a threshold.

    Attributes
    ----------
    name : of the origin.
    recall, specificity : of its cracked and of its sound windows; None where there are none.
    auc : area under the ROC curve; None of one label alone.
    calibration_error : see `crackxai.model.evaluation.calibration_error`.
    by_width : (upper limit in the network's pixels, recall) of each of `WIDTHS`; empty without masks.
    by_scale : (magnification, recall, specificity) at the network's own pixels (1), from twice as far (0.5), and from
        nearer; empty without masks.
    """

    name: str
    recall: Rate | None
    specificity: Rate | None
    auc: float | None
    calibration_error: float
    by_width: tuple[tuple[float, Rate | None], ...] = ()
    by_scale: tuple[tuple[float, Rate | None, Rate | None], ...] = ()

    @property
    def balanced_accuracy(self) -> float:
        """Mean of recall and specificity; the one of them where there is but one label."""
        return _balanced(self.recall, self.specificity)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        facts = asdict(self) | {"balanced_accuracy": self.balanced_accuracy}
        facts["by_width"] = [
            {"to": None if math.isinf(to) else to, "recall": rate and asdict(rate)} for to, rate in self.by_width
        ]
        facts["by_scale"] = [
            {"scale": scale, "recall": recall and asdict(recall), "specificity": sound and asdict(sound)}
            for scale, recall, sound in self.by_scale
        ]
        return facts


def measure_origin(
    windows: WindowSet,
    probabilities: np.ndarray,
    threshold: float,
    scales: Sequence[tuple[float, WindowSet, np.ndarray]],
) -> OriginFigures:
    """Figures of an origin from the (N,) probabilities of its windows.

    Parameters
    ----------
    scales : (magnification, windows, their probabilities), see `crackxai.model.window_set.magnified`.
    """
    from sklearn.metrics import roc_auc_score

    recall, specificity = _rates(windows, probabilities, threshold)
    widths = windows.widths[windows.photos.labels == 1]
    return OriginFigures(
        windows.name,
        recall,
        specificity,
        float(roc_auc_score(windows.photos.labels, probabilities)) if recall and specificity else None,
        calibration_error(probabilities, windows.photos.labels),
        _by_width(windows, probabilities, threshold) if len(widths) and np.isfinite(widths).all() else (),
        tuple((scale, *_rates(some, found, threshold)) for scale, some, found in scales),
    )


def measure_origins(
    predict: Callable[[np.ndarray], np.ndarray],
    origins: Sequence[tuple[WindowSet, dict[float, WindowSet]]],
    probabilities: np.ndarray,
    threshold: float,
) -> list[OriginFigures]:
    """Figures of each origin.

    Parameters
    ----------
    predict : of (N, side, side, 3) uint8 pictures, for the windows by scale.
    origins : the windows of each, and its windows by scale.
    probabilities : of all their windows, in turn.
    """
    figures, start = [], 0
    for windows, scales in origins:
        own = probabilities[start : start + len(windows)]
        start += len(windows)
        by_scale = [(scale, some, predict_all(predict, some.photos)) for scale, some in scales.items()]
        figures.append(measure_origin(windows, own, threshold, by_scale))
    return figures


def working_range(figures: Sequence[OriginFigures]) -> list[float] | None:
    """Lowest and highest magnification with a mean balanced accuracy within `WITHIN` of the best; None if unknown."""
    at: dict[float, list[float]] = {}
    for origin in figures:
        for scale, recall, specificity in origin.by_scale:
            if recall and specificity:
                at.setdefault(scale, []).append(_balanced(recall, specificity))
    means = {scale: float(np.mean(values)) for scale, values in sorted(at.items())}
    good = [scale for scale, mean in means.items() if mean >= max(means.values()) - WITHIN]
    return [min(good), max(good)] if good else None


def origin_weights(labels: Sequence[np.ndarray]) -> np.ndarray:
    """Weights for all windows of all origins in turn, in which every origin counts the same within each label.

    Parameters
    ----------
    labels : (N,) of each origin.

    Returns
    -------
    (sum of N,) float64 with a sum of 1, half of it on each label.
    """
    weights = [np.zeros(len(own)) for own in labels]
    for label in (0, 1):
        having = [i for i, own in enumerate(labels) if (own == label).any()]
        for i in having:
            weights[i][labels[i] == label] = 0.5 / len(having) / (labels[i] == label).sum()
    return np.concatenate(weights)


def _rates(windows: WindowSet, probabilities: np.ndarray, threshold: float) -> tuple[Rate | None, Rate | None]:
    cracked = windows.photos.labels == 1
    found = probabilities >= threshold
    return Rate.of(found[cracked], windows.groups[cracked]), Rate.of(~found[~cracked], windows.groups[~cracked])


def _by_width(windows: WindowSet, probabilities: np.ndarray, threshold: float) -> tuple[tuple[float, Rate | None], ...]:
    found = probabilities >= threshold
    inside = [
        (high, (windows.photos.labels == 1) & (windows.widths > low) & (windows.widths <= high)) for low, high in WIDTHS
    ]
    return tuple((high, Rate.of(found[some], windows.groups[some])) for high, some in inside)


def _balanced(recall: Rate | None, specificity: Rate | None) -> float:
    return float(np.mean([rate.value for rate in (recall, specificity) if rate]))
