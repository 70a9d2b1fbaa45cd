"""The training photos in the network's own features, and how far a photo lies from them.

Colours and textures (`out_of_distribution`) see bricks and little else: walls on which the network errs with
confidence look like those it was trained on. What it computes of them does not: the averages before the last layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crackxai.errors import ModelError
from crackxai.files import written_whole
from crackxai.model.evaluation import BATCH

FEATURES_FILE = "features.npz"
PROTOTYPES = 400
"""Training features that are kept, spread over them all."""
DESCRIBED = 2000
"""Training photos that the prototypes are chosen from."""
DOUBTED = 0.02
"""Part of the validation photos that may be doubted."""


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """Training photos in the network's features.

    Attributes
    ----------
    prototypes : (K, D) float32 of length 1, features of training photos.
    limit : distance beyond which a photo is unlike them.
    """

    prototypes: np.ndarray
    limit: float

    @classmethod
    def of(cls, training: np.ndarray, validation: np.ndarray, weights: np.ndarray | None = None) -> FeatureSpace:
        """From features of training photos (N, D) and of validation photos (M, D), which set the limit.

        Parameters
        ----------
        weights : (M,) of the validation photos; None: all count the same.
        """
        prototypes = _spread(unit(training), PROTOTYPES)
        # As they will be read again.
        space = cls(prototypes.astype(np.float16).astype(np.float32), np.inf)
        return cls(space.prototypes, _quantile(space.distance(validation), 1 - DOUBTED, weights))

    def distance(self, features: np.ndarray) -> np.ndarray:
        """(N, D) -> (N,) float64, 0-2: one minus the cosine to the nearest prototype.

        Measured on origins that were left out, at 5 % of right answers doubted: the nearest one doubts 35 % of the
        confident mistakes, the mean of the five nearest 29 %, Mahalanobis in 64 directions 31 %, in 128 38 %; with a
        second origin trained on 26, 16, 22 and 19 %.
        """
        return 1 - np.asarray((unit(features) @ self.prototypes.T).max(axis=1), dtype=np.float64)


def features_of(
    predict: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], pictures: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N,) and features (N, D) of (N, side, side, 3) uint8 pictures, batch by batch.

    Parameters
    ----------
    predict : such as `crackxai.CrackModel.predict_with_features`.
    """
    found = [predict(pictures[i : i + BATCH]) for i in range(0, len(pictures), BATCH)]
    probabilities, features = (np.concatenate(own) for own in zip(*found, strict=True))
    return probabilities, features


def some(pictures: np.ndarray) -> np.ndarray:
    """`DESCRIBED` of the training pictures, the same every time."""
    chosen = np.random.default_rng(0).permutation(len(pictures))[:DESCRIBED]
    return pictures[np.sort(chosen)]


def unit(features: np.ndarray) -> np.ndarray:
    """(N, D) -> float32 rows of length 1: how strong features are tells contrast, which of them the kind of photo."""
    features = np.asarray(features, dtype=np.float32)
    return np.asarray(features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12))


def write_features(space: FeatureSpace, folder: Path) -> None:
    """Write ``features.npz`` of a model folder."""
    with written_whole(folder / FEATURES_FILE) as beside:
        np.savez(beside, prototypes=space.prototypes.astype(np.float16), limit=np.float64(space.limit))


def read_features(folder: Path) -> FeatureSpace | None:
    """Of a model folder; None where there is no such file (a model of an earlier version).

    Raises
    ------
    ModelError : the file is damaged.
    """
    path = folder / FEATURES_FILE
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            prototypes, limit = archive["prototypes"].astype(np.float32), float(archive["limit"])
        if prototypes.ndim != 2 or not len(prototypes) or not np.isfinite(prototypes).all() or not np.isfinite(limit):
            raise ValueError(f"prototypes of shape {prototypes.shape}, limit {limit}")
    except Exception as error:
        # Damage surfaces as whatever zipfile, zlib or NumPy trips over first; all of it means the same.
        raise ModelError(
            f"{path}: expected features, received a damaged file ({error}). Copy it again, or delete it."
        ) from error
    return FeatureSpace(prototypes, limit)


def _spread(features: np.ndarray, count: int) -> np.ndarray:
    """``count`` of the (N, D) features, each as far as can be from those before it, beginning with the middle one.

    Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical Computer Science 38, 1985.
    """
    if len(features) <= count:
        return features
    chosen = [int(np.argmax(features @ features.mean(axis=0)))]
    distance = 1 - features @ features[chosen[0]]
    while len(chosen) < count:
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, 1 - features @ features[chosen[-1]])
    return features[chosen]


def _quantile(values: np.ndarray, q: float, weights: np.ndarray | None) -> float:
    if weights is None:
        return float(np.quantile(values, q))
    order = np.argsort(values)
    share = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    return float(values[order][np.searchsorted(share, q * share[-1])])
