"""Quantus, asked for what ours defines too: by default with its settings set to ours.

Hedström et al., "Quantus: An Explainable AI Toolkit for Responsible Evaluation of Neural Network Explanations and
Beyond", JMLR 2023. Three of its settings decide what its figures are: whether values count without their sign
(``abs``), whether they are divided by the largest (``normalise``), and what is hidden becomes (``perturb_baseline``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

OURS = {"abs": False, "normalise": False}
QUIET = {"disable_warnings": True, "display_progressbar": False}
"""Its advice on every metric, printed."""


def localised(metric: type, values: np.ndarray, truth: np.ndarray, **settings: Any) -> np.ndarray:
    """A localisation metric of (N, H, W) maps on (N, H, W) bool masks -> (N,). No model is asked."""
    made = metric(**QUIET, **{**OURS, **settings})
    found = made(
        model=None,
        x_batch=np.zeros_like(values[:, None]),
        y_batch=np.zeros(len(values), dtype=int),
        a_batch=values[:, None],
        s_batch=truth[:, None],
        channel_first=True,
    )
    return np.asarray(found, dtype=np.float64)


def perturbed(metric: type, network: Any, images: np.ndarray, values: np.ndarray, **settings: Any) -> np.ndarray:
    """A metric that hides more and more of one picture: (C, H, W) pixels, (H, W) map -> what it found at each step."""
    made = metric(**QUIET, **{**OURS, **settings})
    (found,) = made(
        model=network,
        x_batch=images[None].astype(np.float32),
        y_batch=np.zeros(1, dtype=int),
        a_batch=values[None, None],
        channel_first=True,
        softmax=False,  # the network's answers are probabilities already
        device="cpu",
    )
    return np.asarray(found, dtype=np.float64)
