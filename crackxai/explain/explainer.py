"""Explaining a photo: model, masker and Owen values brought together."""

from __future__ import annotations

import bisect
import dataclasses
import platform
import threading
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from crackxai import __version__
from crackxai.errors import SettingsError
from crackxai.explain.explanation import Explanation
from crackxai.explain.maskers import Inpainting, masker
from crackxai.explain.owen import OwenRun
from crackxai.explain.partition import PictureTree
from crackxai.explain.prefetch import PrefetchedInpainting
from crackxai.explain.progress import Progress, silent
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

BYTES_PER_EVALUATION = 600
"""Of a run that is kept: two contexts with their numbers and places, 563 measured over 5000 evaluations."""


def explain(
    model: CrackModel, photo: Photo, settings: ExplainSettings | None = None, progress: Progress | None = None
) -> Explanation:
    """Which regions of the photo raise or lower its crack probability.

    The values are those of the notebook's ``shap.Explainer(f, shap.maskers.Image(...))(x, max_evals=...,
    batch_size=..., outputs=shap.Explanation.argsort.flip[:1])`` after ``np.random.seed(seed)``, with
    ``f = model.predict``.

    Parameters
    ----------
    settings : default: `ExplainSettings()`.
    progress : see `Progress`; may raise `Cancelled`.

    Raises
    ------
    Cancelled : by ``progress``.
    ModelError : the model gave a probability that is not finite.
    """
    explainer = Explainer(model, photo, settings)
    explainer.advance(progress=progress)
    return explainer.explanation()


class Explainer:
    """The explanation of one photo, at any time.

    After each batch of evaluations there is a map, which only gets finer. A run that was stopped, by its budget or by
    its user, can be read and gone on with, and the maps of all smaller budgets stay readable: each is exactly what a
    run of that budget alone gives. One thread at a time advances it, another waits; all may read it meanwhile.

    Parameters
    ----------
    settings : ``max_evals`` is what `advance` goes to when it is told nothing else.

    Attributes
    ----------
    settings : as given. photo_name, photo_sha256 : of the photo.
    """

    def __init__(self, model: CrackModel, photo: Photo, settings: ExplainSettings | None = None) -> None:
        self.settings = settings or ExplainSettings()
        self._model = model
        # Not the photo itself: a run that is kept for going on with should not keep 36 MB of pixels.
        self.photo_name, self.photo_sha256 = photo.name, photo.sha256
        self._picture = model.prepare(photo)
        self._masker = masker(self.settings)
        # With all cores busy in the network it gains nothing (benchmarks/README.md).
        self._prefetch = PrefetchedInpainting(self._masker, self._picture) if self._pays_to_fill_ahead() else None
        self._run = OwenRun(self._value, PictureTree(self._picture.shape), self.settings.batch_size, self.settings.seed)
        self._advancing = threading.Lock()
        self._target = self.settings.max_evals
        self._seconds = 0.0
        self._passed: list[tuple[int, float]] = []

    def hidden(self) -> np.ndarray:
        """(H, W, 3) uint8: the fully hidden picture, whose probability is the base value."""
        nothing = np.zeros((1, *self._picture.shape[:2]), dtype=bool)
        return np.rint(self._masker.fill(self._picture, nothing)[0]).astype(np.uint8)

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return 2 * self._picture.nbytes + BYTES_PER_EVALUATION * self.evaluations

    def _pays_to_fill_ahead(self) -> bool:
        return self._model.leaves_cores_idle and isinstance(self._masker, Inpainting)

    def _value(self, visible: np.ndarray) -> np.ndarray:
        """The game: (N, H, W, 3) bool -> (N,) crack probabilities of the picture with the rest filled in."""
        if self._prefetch is None:
            return self._model.predict(self._masker.fill(self._picture, visible))
        pictures = self._prefetch.fill(visible)
        self._prefetch.expect(self._run.likely())
        return self._model.predict(pictures)

    @property
    def evaluations(self) -> int:
        """Made so far."""
        return self._run.evaluations

    def advance(self, max_evals: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``max_evals`` evaluations in all; nothing happens where as many are done already.

        Raises
        ------
        As `explain`. What was computed before stays readable.
        """
        total = self.settings.max_evals if max_evals is None else max_evals
        self._target = max(self._target, total)
        with self._advancing:
            self._advance(total, progress or silent)

    def _advance(self, total: int, progress: Progress) -> None:
        before, began = self._seconds, time.perf_counter()

        def report() -> None:
            self._seconds = before + time.perf_counter() - began
            self._passed.append((self._run.evaluations, self._seconds))
            progress(self._run.evaluations, total)

        progress(self._run.evaluations, total)
        self._run.advance(total, report)

    def explanation(self, max_evals: int | None = None) -> Explanation:
        """The map now, or the one that a run of ``max_evals`` alone gives.

        A run that was stopped early keeps in its settings what was asked for; ``evaluations`` tells what was done.

        Raises
        ------
        SettingsError : ``max_evals`` is more than was computed, or nothing was computed yet.
        """
        done = self._passed[-1][0] if self._passed else 0
        asked = done if max_evals is None else max_evals
        if not done or not (asked <= done or self._run.exhausted):
            raise SettingsError(f"expected max_evals up to the {done} that are done, received {asked}. Advance first.")
        # As evaluations come in pairs, an odd budget is passed by one.
        used = min(done, asked + asked % 2)
        _, seconds = self._passed[bisect.bisect_left(self._passed, (used,))]
        return Explanation(
            channel_values=self._run.values(asked).astype(np.float32),
            picture=self._picture,
            base_value=self._run.low,
            probability=self._run.high,
            evaluations=used,
            seconds=seconds,
            settings=dataclasses.replace(self.settings, max_evals=max_evals or self._target),
            photo_name=self.photo_name,
            photo_sha256=self.photo_sha256,
            model_name=self._model.card.name,
            model_fingerprint=self._model.fingerprint,
            precision=self._model.precision,
            device=self._model.device,
            versions=versions(self._model),
        )


def versions(model: CrackModel) -> dict[str, str]:
    """Versions of the software that shapes an explanation. OpenCV's inpainting changes between releases."""
    return {
        "crackxai": __version__,
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        **model.versions,
    }
