"""Choices made on the validation photos: temperature and decision threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def logits(probabilities: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)) as float64; 0 and 1 are taken as float32's nearest neighbours."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1 - 6e-8)
    return np.log(p) - np.log1p(-p)


def negative_log_likelihood(scores: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Mean over photos of -log p(label) with p = sigmoid(score / temperature)."""
    signed = np.where(np.asarray(labels, dtype=bool), scores, -np.asarray(scores)) / temperature
    return float(np.logaddexp(0, -signed).mean())


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Temperature scaling: the T that makes sigmoid(logit / T) most likely (Guo et al., ICML 2017, section 4.2).

    Searched in 0.05 to 20, so that a validation set without errors, which wants T = 0, keeps finite odds.
    """
    from scipy.optimize import minimize_scalar

    scores = logits(probabilities)
    found = minimize_scalar(
        lambda log_t: negative_log_likelihood(scores, labels, np.exp(log_t)),
        bounds=(np.log(0.05), np.log(20)),
        method="bounded",
    )
    return float(np.exp(found.x))


def fold_temperature(net: keras.Model, temperature: float) -> None:
    """Divide the last layer's kernel and bias by ``temperature``: sigmoid(logit / T) without another operation."""
    head = net.get_layer("crack")
    head.kernel.assign(head.kernel.numpy() / temperature)
    head.bias.assign(head.bias.numpy() / temperature)


def choose_threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The threshold with the largest Youden index, sensitivity + specificity - 1 (Youden, Cancer 3, 1950).

    Among equally good ranges between neighbouring probabilities the widest (in logits) is taken, at its middle, so
    that the choice does not hang on one photo; rounded to 3 digits where that changes no decision.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    truth = np.asarray(labels, dtype=bool)
    edges = np.unique(np.concatenate([[1e-6], p, [1 - 1e-6]]))
    scores = logits(edges)
    middles = 1 / (1 + np.exp(-(scores[1:] + scores[:-1]) / 2))
    crack = p[None, :] >= middles[:, None]
    index = crack[:, truth].mean(axis=1) - crack[:, ~truth].mean(axis=1)
    best = index >= index.max() - 1e-12
    chosen = float(middles[np.argmax(np.where(best, np.diff(scores), -1))])
    rounded = round(chosen, 3)
    return rounded if np.array_equal(p >= rounded, p >= chosen) and 0 < rounded < 1 else chosen
