"""A method made up for tests: which of two halves of the photo speaks for a crack. It needs four evaluations."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from crackxai import Explanation, SettingsError
from crackxai.explain.explainer import versions
from crackxai.explain.methods import Method
from crackxai.explain.parameters import check_parameters, parameter
from crackxai.explain.progress import silent


@dataclass(frozen=True)
class HalvesSettings:
    method: ClassVar[str] = "halves"
    title: ClassVar[str] = "halves of the photo"
    value_name: ClassVar[str] = "value of a half"
    adds_up: ClassVar[bool] = True
    max_evals: ClassVar[int] = 4

    grey: int = parameter(100, 0, 255, help="what hidden pixels become")

    def __post_init__(self):
        check_parameters(self)

    @property
    def key(self):
        return self

    @property
    def pace(self):
        return self.method

    @property
    def slug(self):
        return self.method

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Halves:
    def __init__(self, model, photo, settings):
        self.settings, self.photo_name, self._photo, self._model = settings, photo.name, photo, model
        self._picture = model.prepare(photo)
        self._answers: list[float] = []

    @property
    def evaluations(self):
        return len(self._answers)

    nbytes = 0

    def hidden(self):
        return None

    def advance(self, max_evals=None, progress=None):
        progress = progress or silent
        progress(self.evaluations, 4)
        middle = self._picture.shape[1] // 2
        for hidden in (slice(None), slice(0, 0), slice(0, middle), slice(middle, None))[self.evaluations :]:
            picture = self._picture.copy()
            picture[:, hidden] = self.settings.grey
            self._answers.append(float(self._model.predict(picture[None])[0]))
            progress(self.evaluations, 4)

    def explanation(self, max_evals=None):
        if self.evaluations < 4:
            raise SettingsError("expected 4 evaluations. Advance first.")
        nothing, whole, right, left = self._answers
        values = np.empty(self._picture.shape, dtype=np.float32)
        middle = values.shape[1] // 2
        rest = (whole - nothing - (left - nothing) - (right - nothing)) / 2
        values[:, :middle] = (left - nothing + rest) / values[:, :middle].size
        values[:, middle:] = (right - nothing + rest) / values[:, middle:].size
        model = self._model
        return Explanation(
            values, self._picture, nothing, whole, 4, 0.0, replace(self.settings), self._photo.name, self._photo.sha256,
            model.card.name, model.fingerprint, model.precision, model.device, versions(model),
        )  # fmt: skip


HALVES = Method(HalvesSettings, Halves)
