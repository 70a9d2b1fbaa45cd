"""The last unit fitted anew, on pictures as they will be asked about.

Training sees each photo changed: in other light, turned, blurred. That makes good features, but the last unit then
weighs them for pictures that nobody will show it (Touvron et al., "Fixing the train-test resolution discrepancy",
NeurIPS 2019, of sizes; Kang et al., "Decoupling representation and classifier for long-tailed recognition", ICLR 2020,
of balance). It is a logistic regression on the features, whose best weights are found at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRENGTH = 0.01
"""Of the pull back to the weights of training, for each feature in units of its spread (see `LEAST_SPREAD`)."""
STEPS = 200
LEAST_SPREAD = 0.1
"""Of a feature, in root mean squares of the spreads of all. Most features hardly ever speak. In units of its own spread
a thousandth would weigh as much as any other, and the first picture in which it says more, such as one with a crack in
its corner, would get an answer beyond all others: of 500 cracked photos one had a probability of 0.00006.
"""


def fit_last_unit(
    kernel: NDArray[np.floating],
    bias: float,
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    smoothing: float = 0.0,
    strength: float = STRENGTH,
) -> tuple[NDArray[np.float32], float]:
    """The weights with the least cross-entropy, pulled to those that were there.

    Parameters
    ----------
    kernel, bias : (D,) and one, of training.
    features : (N, D), of N pictures that count the same. labels : (N,), 1 = cracked.
    smoothing : targets are moved this far towards 0.5.
    strength : of the pull; the larger, the less is changed.

    Returns
    -------
    kernel (D,) float32, bias.
    """
    from scipy.optimize import minimize

    x = np.asarray(features, dtype=np.float64)
    spread = x.std(axis=0)
    least = max(LEAST_SPREAD * float(np.sqrt(np.mean(spread**2))), 1e-12)
    spread = np.append(np.maximum(spread, least), 1.0)
    start = np.append(np.asarray(kernel, dtype=np.float64), float(bias))
    target = labels * (1 - smoothing) + smoothing / 2

    def weights(moved: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(start + moved / spread)

    def loss(moved: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = weights(moved)
        odds = x @ w[:-1] + w[-1]
        off = (0.5 * (1 + np.tanh(odds / 2)) - target) / len(x)
        slope = np.append(off @ x, off.sum()) / spread + strength * moved
        value = np.mean(np.logaddexp(0, odds) - target * odds) + strength * (moved @ moved) / 2
        return float(value), slope

    found = weights(minimize(loss, np.zeros_like(start), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x)
    return found[:-1].astype(np.float32), float(found[-1])
