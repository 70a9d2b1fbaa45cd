"""Choices made on the validation photos: temperature, decision threshold and review band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

TEMPERATURE_PRIOR = 0.5
"""Standard deviation of log T before any photo is seen: two in three temperatures lie within 0.6 to 1.65."""
FEWEST = 10
"""Cracked and sound photos each, below which a threshold other than 0.5 is not chosen."""

DEFAULT_BAND = 0.4
"""Half width of the review band where none was chosen: around a threshold of 0.5, 10 to 90 % is no answer. On the
bundled model's test photos it holds 11 of the 12 mistakes, and 31 of all 1000 photos."""
BANDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
"""Those that are chosen from."""
UNSEEN = 0.025
"""Part of all photos that may be wrong outside the band, where nobody looks again: one in forty."""
UNSEEN_ELSEWHERE = 0.04
"""The same of photos of origins that a model was not trained on. It is surer of them than it should be: where the
bundled model's validation windows would do with a band of 0.15, 9 % of the windows of origins that were left out are
told wrongly outside it, and 3.3 % outside the 0.4 that this asks for."""


def logits(probabilities: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)) as float64; 0 and 1 are taken as float32's nearest neighbours."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1 - 6e-8)
    return np.log(p) - np.log1p(-p)


def negative_log_likelihood(
    scores: np.ndarray, labels: np.ndarray, temperature: float, weights: np.ndarray | None = None
) -> float:
    """Mean over photos, with ``weights`` if given, of -log p(label) with p = sigmoid(score / temperature)."""
    signed = np.where(np.asarray(labels, dtype=bool), scores, -np.asarray(scores)) / temperature
    return float(np.average(np.logaddexp(0, -signed), weights=weights))


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Temperature scaling: the T that makes sigmoid(logit / T) most likely (Guo et al., ICML 2017, section 4.2).

    The fewer the photos, the closer it stays to 1: log T is taken to be normal about 0 with a standard deviation of
    `TEMPERATURE_PRIOR` before any photo is seen, and the most probable T after all of them is found. A few photos
    without an error want T = 0; a thousand hardly notice. Photos count as ``weights``, (N,), say; together they are
    then as many as Kish's effective number.
    """
    from scipy.optimize import minimize_scalar

    scores = logits(probabilities)
    photos = _effective(np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=np.float64))
    found = minimize_scalar(
        lambda log_t: (
            photos * negative_log_likelihood(scores, labels, float(np.exp(log_t)), weights)
            + (log_t / TEMPERATURE_PRIOR) ** 2 / 2
        ),
        bounds=(np.log(0.05), np.log(20)),
        method="bounded",
    )
    return float(np.exp(found.x))


def fold_temperature(net: keras.Model, temperature: float) -> None:
    """Divide the last layer's kernel and bias by ``temperature``: sigmoid(logit / T) without another operation."""
    head = net.get_layer("crack")
    head.kernel.assign(head.kernel.numpy() / temperature)
    head.bias.assign(head.bias.numpy() / temperature)


def choose_threshold(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The threshold closest to 0.5 that is as good as any, judged by the Youden index.

    The index is sensitivity + specificity - 1 (Youden, Cancer 3, 1950). Where the best threshold rests on one or two
    photos it is noise, so all within one standard error of the best count as equally good (the one-standard-error rule
    of Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984). Of these the one closest to
    0.5 is taken, at which a calibrated probability says "more likely than not". Candidates are 0.5 and the middles (in
    logits) between neighbouring probabilities; rounded to 3 digits where that changes no decision. Photos count as
    ``weights``, (N,), say; the standard error is then of as many as Kish's effective number ("Survey Sampling", 1965).

    Few photos cannot tell: with fewer than `FEWEST` of either kind it is 0.5; and the shares behind the standard error
    are those with one photo more on either side (Laplace's rule), since a share of 0 or 1 would have no error at all.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    truth = np.asarray(labels, dtype=bool)
    scores = logits(np.unique(np.concatenate([[1e-6], p, [1 - 1e-6]])))
    candidates = np.append((scores[1:] + scores[:-1]) / 2, 0.0)
    crack = p[None, :] >= 1 / (1 + np.exp(-candidates[:, None]))
    weights = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=np.float64)
    cracked, sound = weights * truth, weights * ~truth
    sensitivity, specificity = crack @ cracked / cracked.sum(), 1 - crack @ sound / sound.sum()
    if min(_effective(cracked), _effective(sound)) < FEWEST:
        return 0.5
    index = sensitivity + specificity - 1
    best = np.argmax(index)
    error = np.sqrt(_variance(sensitivity[best], _effective(cracked)) + _variance(specificity[best], _effective(sound)))
    good = index >= index[best] - error - 1e-12
    chosen = float(1 / (1 + np.exp(-candidates[np.argmin(np.where(good, np.abs(candidates), np.inf))])))
    rounded = round(chosen, 3)
    return rounded if np.array_equal(p >= rounded, p >= chosen) and 0 < rounded < 1 else chosen


def choose_band(
    probabilities: np.ndarray,
    labels: np.ndarray,
    threshold: float,
    weights: np.ndarray | None = None,
    unseen: float = UNSEEN,
) -> float:
    """The narrowest of `BANDS` around ``threshold`` outside which at most ``unseen`` of all photos are told wrongly.

    The widest where none is wide enough; `DEFAULT_BAND` where there are fewer than `FEWEST` photos of either kind.
    Photos count as ``weights``, (N,), say.
    """
    p, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels, dtype=bool)
    weights = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=np.float64)
    if min(_effective(weights * truth), _effective(weights * ~truth)) < FEWEST:
        return DEFAULT_BAND
    wrong = weights / weights.sum() * ((p >= threshold) != truth)
    outside = (float(wrong[np.abs(p - threshold) >= band].sum()) for band in BANDS)
    return next((band for band, share in zip(BANDS, outside, strict=True) if share <= unseen + 1e-12), BANDS[-1])


def _effective(weights: np.ndarray) -> float:
    """Kish's effective number of photos."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0


def _variance(share: float, photos: float) -> float:
    """Of a share of ``photos`` photos, by Laplace's rule."""
    smoothed = (share * photos + 1) / (photos + 2)
    return smoothed * (1 - smoothed) / photos
