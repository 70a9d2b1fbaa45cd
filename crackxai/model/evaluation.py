"""Measuring a model on labelled photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from crackxai.model.dataset import LabelledPhotos

BATCH = 50


@dataclass(frozen=True)
class Evaluation:
    """Figures of a model on labelled photos; Positive (cracked) is the class sought.

    Attributes
    ----------
    photos, cracked : how many were measured, and how many of them are cracked.
    threshold : at or above it a photo counts as cracked.
    accuracy, precision, recall, f1 : at the threshold, 0-1.
    auc : area under the ROC curve, 0-1.
    true_positives, false_positives, true_negatives, false_negatives : the confusion at the threshold.
    expected_calibration_error : 15 bins of equal width over the probability (Guo et al., ICML 2017, eq. 3).
    brier_score : mean squared difference of probability and label (Brier, 1950).
    """

    photos: int
    cracked: int
    threshold: float
    accuracy: float
    auc: float
    precision: float
    recall: float
    f1: float
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    expected_calibration_error: float
    brier_score: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Mistake:
    """A photo on the wrong side of the threshold."""

    path: str
    cracked: bool
    probability: float


def measure(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> Evaluation:
    """Figures of (N,) probabilities against (N,) labels (1 = cracked) of which both kinds occur."""
    from sklearn import metrics

    truth = np.asarray(labels, dtype=int)
    found = np.asarray(probabilities) >= threshold
    tn, fp, fn, tp = (int(n) for n in metrics.confusion_matrix(truth, found, labels=[0, 1]).ravel())
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, found, average="binary", zero_division=0.0
    )
    return Evaluation(
        photos=len(truth),
        cracked=int(truth.sum()),
        threshold=float(threshold),
        accuracy=(tp + tn) / len(truth),
        auc=float(metrics.roc_auc_score(truth, probabilities)),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        true_positives=tp,
        false_positives=fp,
        true_negatives=tn,
        false_negatives=fn,
        expected_calibration_error=calibration_error(probabilities, truth),
        brier_score=float(metrics.brier_score_loss(truth, probabilities)),
    )


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error of the crack probability: sum over bins of n_b/N |share - mean|."""
    p = np.asarray(probabilities, dtype=np.float64)
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = np.bincount(which, weights=np.asarray(labels, dtype=np.float64) - p, minlength=bins)
    return float(np.abs(gaps).sum() / len(p))


def mistakes(probabilities: np.ndarray, photos: LabelledPhotos, threshold: float) -> list[Mistake]:
    """Photos on the wrong side of the threshold, the most confidently wrong first."""
    order = wrong_ones(probabilities, photos.labels, threshold)
    return [Mistake(str(photos.paths[i]), bool(photos.labels[i]), float(probabilities[i])) for i in order]


def wrong_ones(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> np.ndarray:
    """Which photos are on the wrong side of the threshold, by number, the most confidently wrong first."""
    truth = labels.astype(bool)
    wrong = np.flatnonzero((probabilities >= threshold) != truth)
    return wrong[np.argsort(-np.abs(probabilities[wrong] - truth[wrong]), kind="stable")]


def predict_all(predict: Callable[[np.ndarray], np.ndarray], photos: LabelledPhotos) -> np.ndarray:
    """(N,) float32 crack probabilities of all photos, batch by batch, with a progress bar on a terminal."""
    starts = tqdm(range(0, len(photos), BATCH), desc="predicting", unit="batch", disable=None)
    return np.concatenate([predict(photos.images[i : i + BATCH]) for i in starts])
