"""Runs that ask one question after another, in an order that no budget changes: all methods but the first.

The photo with all of it hidden and the photo itself are asked for first, then the method's own questions, known
beforehand or found from the answers before them. So a run can be stopped, read and gone on with anywhere, and a smaller
budget is its beginning.
"""

from __future__ import annotations

import bisect
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.explainer import versions
from crackxai.explain.explanation import Explanation
from crackxai.explain.maskers import masker
from crackxai.explain.progress import Progress, silent
from crackxai.explain.settings import MaskedSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

Settings = TypeVar("Settings", bound=MaskedSettings)
Answer = TypeVar("Answer")
"""What a method keeps of one question."""
ENDS = 2
"""Evaluations of the hidden photo and the photo itself."""


class PlannedExplainer(ABC, Generic[Settings, Answer]):
    """The explanation of one photo, at any time; see `crackxai.explain.methods.AnytimeExplainer`.

    A method says what it asks (`ask`) and what it makes of the first answers (`values`).
    """

    batch: ClassVar[int] = 50
    """Batches end at whole multiples of it, wherever budgets do: networks round differently in batches of other sizes,
    and budgets are mostly such multiples."""

    def __init__(self, model: CrackModel, photo: Photo, settings: Settings) -> None:
        self.settings = settings
        self._model = model
        self.photo_name, self.photo_sha256 = photo.name, photo.sha256
        self._box = photo.box if photo.whole is not None else None
        self._scale = photo.scale
        self._picture = model.prepare(photo)
        self._masker = masker(settings)
        nothing = np.zeros((1, *self._picture.shape[:2]), dtype=bool)
        self._hidden: NDArray[np.float32] = self._masker.fill(self._picture, nothing)[0]
        self._advancing = threading.Lock()
        self._target = settings.max_evals
        self._seconds = 0.0
        self.bytes_per_answer = 32
        self.low = self.high = float("nan")
        self._answers: list[Answer] = []
        # What readers go by: evaluations and seconds of the batches that are complete.
        self._passed: list[tuple[int, float]] = []

    @abstractmethod
    def ask(self, numbers: range) -> Sequence[Answer]:
        """The answers to these of the method's questions, counted from 0; those before them are in ``_answers``.

        Asked again where the model failed. Raises ModelError.
        """

    @abstractmethod
    def values(self, answers: Sequence[Answer]) -> NDArray[np.float64]:
        """(H, W, 3) float64: the map of the first answers; there may be none yet."""

    def with_budget(self, max_evals: int) -> Settings:
        """The settings of a run of so many evaluations. SettingsError: outside their range."""
        if not self.settings.budget:
            return self.settings
        return replace(self.settings, **{self.settings.budget: max_evals})  # type: ignore[arg-type]

    @property
    def region_fingerprint(self) -> str:
        """Of the regions that the picture gave, if it gave any."""
        return ""

    def versions(self) -> dict[str, str]:
        """Of the software that shapes the map."""
        return versions(self._model)

    @property
    def evaluations(self) -> int:
        """Made so far; a map of all of them can be read."""
        return self._passed[-1][0] if self._passed else 0

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return self._picture.nbytes + self._hidden.nbytes + self.bytes_per_answer * self.evaluations

    def hidden(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: the fully hidden picture, whose probability is the base value."""
        return np.rint(self._hidden).astype(np.uint8)

    def advance(self, max_evals: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``max_evals`` evaluations in all. Raises SettingsError, Cancelled, ModelError."""
        total = (self.settings if max_evals is None else self.with_budget(max_evals)).max_evals
        self._target = max(self._target, total)
        tell = progress or silent
        with self._advancing:
            tell(self.evaluations, total)
            while (done := self.evaluations) < total:
                began = time.perf_counter()
                if not done:
                    ends = self._model.predict(np.stack([self._hidden, self._picture.astype(np.float32)]))
                    self.low, self.high = map(float, ends)
                    end = ENDS
                else:
                    end = min(total, (done // self.batch + 1) * self.batch)
                    self._answers += self.ask(range(done - ENDS, end - ENDS))
                self._seconds += time.perf_counter() - began
                # Last: another thread that reads now sees all of this batch or nothing of it.
                self._passed.append((end, self._seconds))
                tell(end, total)

    def explanation(self, max_evals: int | None = None) -> Explanation:
        """The map now, or the one that a run of ``max_evals`` alone gives. SettingsError: it is not computed yet."""
        settings = self.with_budget(self._target if max_evals is None else max_evals)
        done = self.evaluations
        used = done if max_evals is None else min(max_evals, settings.max_evals)
        if not ENDS <= used <= done:
            raise SettingsError(f"expected max_evals of 2 to the {done} that are done, received {used}. Advance first.")
        seconds = self._passed[bisect.bisect_left(self._passed, (used,))][1]
        model = self._model
        return Explanation(
            channel_values=self.values(self._answers[: used - ENDS]).astype(np.float32),
            picture=self._picture,
            base_value=self.low,
            probability=self.high,
            evaluations=used,
            seconds=seconds,
            settings=settings,
            photo_name=self.photo_name,
            photo_sha256=self.photo_sha256,
            model_name=model.card.name,
            model_fingerprint=model.fingerprint,
            precision=model.precision,
            device=model.device,
            versions=self.versions(),
            photo_box=self._box,
            photo_scale=self._scale,
            computed_in=model.computed_in,
            processor=model.processor,
            regions_sha256=self.region_fingerprint,
        )
