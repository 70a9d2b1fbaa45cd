"""shap itself, called as the notebook does: what every explanation is compared with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shap

from crackxai import ExplainSettings


def shap_masker(settings: ExplainSettings, picture: np.ndarray) -> shap.maskers.Image:
    """The masker that shap builds for the settings."""
    shape = picture.shape
    if settings.masker == "mean":
        mean = picture.astype(np.float32).mean((0, 1))
        return shap.maskers.Image(np.broadcast_to(mean, shape).copy(), shape)
    name = {"blur": f"blur({settings.blur_kernel},{settings.blur_kernel})"}.get(settings.masker, settings.masker)
    return shap.maskers.Image(name, shape)


def notebook(f: Callable[[np.ndarray], np.ndarray], picture: np.ndarray, settings: ExplainSettings) -> shap.Explanation:
    """The notebook's explanation step of ``f``: (N, H, W, 3) float32 -> (N,)."""
    np.random.seed(settings.seed)
    explainer = shap.Explainer(
        lambda batch: f(batch.copy())[:, None], shap_masker(settings, picture), output_names=["Positive(crack)"]
    )
    return explainer(
        picture.astype("float32")[None],
        max_evals=settings.max_evals,
        batch_size=settings.batch_size,
        outputs=shap.Explanation.argsort.flip[:1],
        silent=True,
    )
