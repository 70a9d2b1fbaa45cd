"""The Partition explainer of shap over our model: the notebook's explanation step behind `explain`.

Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017; the regions' values are Owen
values (Owen, 1977) over shap's axis-aligned halving of the picture.
"""

from __future__ import annotations

import contextlib
import platform
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from crackxai import __version__
from crackxai.errors import ModelError
from crackxai.explain.explanation import OUTPUT_NAME, Explanation
from crackxai.explain.progress import Progress, silent
from crackxai.explain.settings import ExplainSettings
from crackxai.model import runtime
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

_global_random_state = threading.Lock()


def explain(
    model: CrackModel, photo: Photo, settings: ExplainSettings | None = None, progress: Progress | None = None
) -> Explanation:
    """Which regions of the photo raise or lower its crack probability.

    The same as the notebook's ``shap.Explainer(f, shap.maskers.Image(...))(x, max_evals=..., batch_size=...,
    outputs=shap.Explanation.argsort.flip[:1])`` after ``np.random.seed(seed)``, with ``f = model.predict``.

    Parameters
    ----------
    settings : default: `ExplainSettings()`.
    progress : see `Progress`; may raise `Cancelled`.

    Raises
    ------
    Cancelled : by ``progress``.
    ModelError : the model gave a probability that is not finite.
    """
    settings = settings or ExplainSettings()
    progress = progress or silent
    began = time.perf_counter()
    picture = model.prepare(photo)
    forward = _Counted(model, settings, progress)
    progress(0, settings.max_evals)
    result = _run_shap(forward, picture, settings)
    values = np.asarray(result.values)[0, ..., 0]
    base_value = float(np.ravel(result.base_values)[0])
    return Explanation(
        channel_values=values.astype(np.float32),
        picture=picture,
        base_value=base_value,
        probability=base_value + float(values.sum()),
        evaluations=forward.evaluations,
        seconds=time.perf_counter() - began,
        settings=settings,
        photo_name=photo.name,
        photo_sha256=photo.sha256,
        model_name=model.card.name,
        model_fingerprint=model.fingerprint,
        precision=model.precision,
        device=model.device,
        versions=versions(),
    )


def _run_shap(forward: _Counted, picture: np.ndarray, settings: ExplainSettings):
    import shap

    # Masker and explainer are new for every photo: shap's blur is cached by the id of a temporary array, and the
    # Partition explainer keeps its run on itself, so sharing either would mix photos.
    masker = shap.maskers.Image(settings.shap_masker, picture.shape)
    explainer = shap.Explainer(forward, masker, output_names=[OUTPUT_NAME])
    with _seeded(settings.seed):
        return explainer(
            picture[None].astype(np.float32),
            max_evals=settings.max_evals,
            batch_size=settings.batch_size,
            outputs=shap.Explanation.argsort.flip[:1],
            silent=True,
        )


class _Counted:
    """The value function given to shap: the model, counting what it is asked for."""

    def __init__(self, model: CrackModel, settings: ExplainSettings, progress: Progress) -> None:
        self._model = model
        self._total = settings.max_evals
        self._progress = progress
        self.evaluations = 0

    def __call__(self, images: np.ndarray) -> np.ndarray:
        probabilities = self._model.predict(images)
        if not np.isfinite(probabilities).all():
            raise ModelError(
                "expected a finite probability, received NaN or infinity from the model. Use another model."
            )
        self.evaluations += len(images)
        self._progress(self.evaluations, self._total)
        return probabilities[:, None]


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed NumPy's global generator, which shap breaks ties with, for one explanation, and put its state back.

    One explanation at a time: two would draw from each other's sequence.
    """
    with _global_random_state:
        before = np.random.get_state()
        np.random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(before)


def versions() -> dict[str, str]:
    """Versions of the software that shapes an explanation. OpenCV's inpainting changes between releases."""
    import cv2
    import shap

    return {
        "crackxai": __version__,
        "python": platform.python_version(),
        "shap": shap.__version__,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        **runtime.versions(),
    }
