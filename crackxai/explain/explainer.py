"""The SHAP map of a photo: model, masker and Owen values brought together."""

from __future__ import annotations

import bisect
import dataclasses
import platform
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai import __version__
from crackxai.errors import SettingsError
from crackxai.explain.explanation import Explanation
from crackxai.explain.maskers import Inpainting, masker
from crackxai.explain.owen import OwenRun
from crackxai.explain.prefetch import PrefetchedInpainting
from crackxai.explain.progress import Progress, silent
from crackxai.explain.regions import REGIONS
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

BYTES_PER_EVALUATION = 600
"""Of a run that is kept: two contexts with their numbers and places (benchmarks/README.md)."""


class _Passed(NamedTuple):
    """A batch that is complete."""

    evaluations: int
    seconds: float


class Explainer:
    """The explanation of one photo by SHAP's Partition explainer, at any time.

    After each batch of evaluations there is a map, which only gets finer. A run that was stopped, by its budget or by
    its user, can be read and gone on with, and the maps of all smaller budgets stay readable: each is exactly what a
    run of that budget alone gives. One thread at a time advances it, another waits; all may read it meanwhile.

    >>> run = Explainer(model, photo, ExplainSettings(max_evals=5000))
    >>> run.advance(500)
    >>> run.explanation()  # of 500 evaluations
    >>> run.advance()  # the other 4500
    >>> run.explanation(100)  # as a run of 100 gives it

    Parameters
    ----------
    photo : or a window of one.
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
        # Stand-ins for photos and models, as in tests, need not know these facts.
        self._box = photo.box if getattr(photo, "whole", None) is not None else None
        self._scale = getattr(photo, "scale", 1.0)
        self._picture = model.prepare(photo)
        self._masker = masker(self.settings)
        # With all cores busy in the network it gains nothing (benchmarks/README.md).
        self._prefetch = (
            PrefetchedInpainting(self._masker, self._picture)
            if model.leaves_cores_idle and isinstance(self._masker, Inpainting)
            else None
        )
        self._tree = REGIONS[self.settings.regions].make(self._picture)
        self._run: OwenRun[Any] = OwenRun(self._value, self._tree, self.settings.batch_size, self.settings.seed)
        self._advancing = threading.Lock()
        self._target = self.settings.max_evals
        self._seconds = 0.0
        # The one thing that readers go by, and it only grows: what is not in it yet is not there for any of them.
        self._passed: list[_Passed] = []
        self._exhausted = False

    def hidden(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: the fully hidden picture, whose probability is the base value."""
        nothing = np.zeros((1, *self._picture.shape[:2]), dtype=bool)
        rounded: NDArray[np.uint8] = np.rint(self._masker.fill(self._picture, nothing)[0]).astype(np.uint8)
        return rounded

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return 2 * self._picture.nbytes + self._tree.nbytes + BYTES_PER_EVALUATION * self.evaluations

    def _value(self, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The game: (N, H, W[, 3]) bool -> (N,) crack probabilities of the picture with the rest filled in."""
        if self._prefetch is None:
            return self._model.predict(self._masker.fill(self._picture, visible))
        pictures = self._prefetch.fill(visible)
        self._prefetch.expect(self._run.likely())
        return self._model.predict(pictures)

    @property
    def evaluations(self) -> int:
        """Made so far, of complete batches: a map of all of them can be read."""
        return self._passed[-1].evaluations if self._passed else 0

    def advance(self, max_evals: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``max_evals`` evaluations in all; nothing happens where as many are done already.

        Raises
        ------
        SettingsError : ``max_evals`` is outside its range.
        Cancelled, ModelError : as `explain`. What was computed before stays readable.
        """
        total = self._budget(max_evals).max_evals
        self._target = max(self._target, total)
        with self._advancing:
            self._advance(total, progress or silent)

    def _advance(self, total: int, progress: Progress) -> None:
        before, began = self._seconds, time.perf_counter()

        def report() -> None:
            self._seconds = before + time.perf_counter() - began
            self._passed.append(_Passed(self._run.evaluations, self._seconds))
            progress(self._run.evaluations, total)

        progress(self._run.evaluations, total)
        self._run.advance(total, report)
        self._exhausted = self._run.exhausted

    def _budget(self, max_evals: int | None) -> ExplainSettings:
        """The settings with that budget, checked."""
        return self.settings if max_evals is None else dataclasses.replace(self.settings, max_evals=max_evals)

    def explanation(self, max_evals: int | None = None) -> Explanation:
        """The map now, or the one that a run of ``max_evals`` alone gives.

        A run that was stopped early keeps in its settings what was asked for; ``evaluations`` tells what was done.

        Raises
        ------
        SettingsError : ``max_evals`` is outside its range or more than was computed, or nothing was computed yet.
        """
        settings = self._budget(self._target if max_evals is None else max_evals)
        exhausted, done = self._exhausted, self.evaluations
        asked = done if max_evals is None else settings.max_evals
        if not done or not (asked <= done or exhausted):
            raise SettingsError(f"expected max_evals up to the {done} that are done, received {asked}. Advance first.")
        # As evaluations come in pairs, an odd budget is passed by one.
        used = min(done, asked + asked % 2)
        seconds = self._passed[bisect.bisect_left(self._passed, (used,))].seconds
        return Explanation(
            channel_values=self._run.values(used).astype(np.float32),
            picture=self._picture,
            base_value=self._run.low,
            probability=self._run.high,
            evaluations=used,
            seconds=seconds,
            settings=settings,
            photo_name=self.photo_name,
            photo_sha256=self.photo_sha256,
            model_name=self._model.card.name,
            model_fingerprint=self._model.fingerprint,
            precision=self._model.precision,
            device=self._model.device,
            versions=versions(self._model),
            photo_box=self._box,
            photo_scale=self._scale,
            computed_in=getattr(self._model, "computed_in", ""),
            processor=getattr(self._model, "processor", ""),
            regions_sha256=self._tree.fingerprint,
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
