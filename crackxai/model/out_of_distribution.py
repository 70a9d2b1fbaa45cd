"""What photos look like to the network, in a few numbers; and what the training photos looked like.

A classifier answers with confidence about anything. These numbers tell when a photo is of a kind it was not trained on,
by measures that can be read and checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from crackxai.errors import ModelError

MEASURES = (
    "lightness", "green-red", "blue-yellow", "contrast", "green-red spread", "blue-yellow spread",
    "fine detail", "coarse detail", "straightness",
)  # fmt: skip
"""Mean and standard deviation of CIE L*, a*, b*; log10 of the Laplacian's variance (Pech-Pacheco et al., ICPR 2000) at
full size and at a quarter of it; coherence of the gradient's structure tensor (0 no direction, 1 a single one)."""
LIMIT_QUANTILE = 0.997
"""Part of the training photos that lies within the limit."""


def luma(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 RGB -> (H, W) uint8, 0-255 (ITU-R BT.601)."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def sharpness(grey: np.ndarray) -> float:
    """log10(1 + variance of the Laplacian) of an (H, W) uint8 picture."""
    return float(np.log10(1 + cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_32F))[1][0, 0] ** 2))


def describe(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 RGB at the network's size -> (9,) float64, in the order of `MEASURES`."""
    # By OpenCV, in float64: several times as fast as NumPy on these sizes, which counts in a scan of thousands.
    mean, spread = cv2.meanStdDev(cv2.cvtColor(picture * np.float32(1 / 255), cv2.COLOR_RGB2LAB))
    grey = luma(picture)
    quarter = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    dx, dy = (cv2.Sobel(grey, cv2.CV_32F, *order).ravel() for order in ((1, 0), (0, 1)))
    xx, yy, xy = float(dx @ dx), float(dy @ dy), float(dx @ dy)
    coherence = np.hypot(xx - yy, 2 * xy) / (xx + yy) if xx + yy > 0 else 0.0
    return np.array([*mean.ravel(), *spread.ravel(), sharpness(grey), sharpness(quarter), coherence])


@dataclass(frozen=True, eq=False)
class TrainingDistribution:
    """The training photos in numbers.

    Attributes
    ----------
    mean : (9,), covariance : (9, 9), of `describe` over the training photos.
    limit : Mahalanobis distance within which `LIMIT_QUANTILE` of them lie; of few photos, within which that part of
        others like them is to be expected, which is infinite for ten photos or fewer: they cannot tell.
    """

    mean: np.ndarray
    covariance: np.ndarray
    limit: float

    @classmethod
    def of(cls, pictures: np.ndarray) -> TrainingDistribution:
        """Of (N, H, W, 3) uint8 training pictures, N >= 2."""
        described = np.stack([describe(picture) for picture in pictures])
        # The ridge keeps a set of equal photos from dividing by zero.
        covariance = np.cov(described, rowvar=False) + 1e-6 * np.eye(len(MEASURES))
        whole = cls(described.mean(axis=0), covariance, 0.0)
        limit = float(np.quantile([whole._distance(row) for row in described], LIMIT_QUANTILE))
        if len(described) * (1 - LIMIT_QUANTILE) < 1:
            limit = max(limit, _limit_of_few(len(described)))
        return cls(whole.mean, whole.covariance, limit)

    def distance(self, picture: np.ndarray) -> float:
        """Of an (H, W, 3) uint8 picture from the training photos (Mahalanobis, 1936)."""
        return self._distance(describe(picture))

    def furthest(self, picture: np.ndarray) -> tuple[str, float, float, float]:
        """The measure in which the picture differs most: its name, value, and the training photos' mean and spread."""
        described, spread = describe(picture), np.sqrt(np.diag(self.covariance))
        i = int(np.argmax(np.abs(described - self.mean) / spread))
        return MEASURES[i], float(described[i]), float(self.mean[i]), float(spread[i])

    def _distance(self, described: np.ndarray) -> float:
        off = described - self.mean
        return float(np.sqrt(off @ np.linalg.solve(self.covariance, off)))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an infinite limit is none."""
        limit = self.limit if np.isfinite(self.limit) else None
        return {"mean": self.mean.tolist(), "covariance": self.covariance.tolist(), "limit": limit}

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> TrainingDistribution:
        """Raises ModelError."""
        mean, covariance = (np.array(facts[key], dtype=np.float64) for key in ("mean", "covariance"))
        n = len(MEASURES)
        if mean.shape != (n,) or covariance.shape != (n, n):
            raise ModelError(f"expected the appearance in {n} measures, received {mean.shape} and {covariance.shape}.")
        limit = np.inf if facts["limit"] is None else float(facts["limit"])
        if not (np.isfinite(mean).all() and limit > 0 and _is_covariance(covariance)):
            raise ModelError("expected the appearance in finite numbers, received others. Measure the model again.")
        return cls(mean, covariance, limit)


def _limit_of_few(photos: int) -> float:
    """The limit where the quantile lies beyond the furthest of the photos.

    A new photo's squared distance from the mean of n normal ones, by their own covariance of p measures, is
    p (n + 1)(n - 1) / n (n - p) times an F of p and n - p degrees of freedom (Hotelling, 1931).
    """
    from scipy.stats import f

    n, p = photos, len(MEASURES)
    if n <= p + 1:
        return float("inf")
    return float(np.sqrt(p * (n + 1) * (n - 1) / (n * (n - p)) * f.ppf(LIMIT_QUANTILE, p, n - p)))


def _is_covariance(matrix: np.ndarray) -> bool:
    """Symmetric and positive definite: a distance by any other is NaN, which exceeds no limit."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(matrix).all() and np.allclose(matrix, matrix.T))
