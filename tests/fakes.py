"""The one stand-in for a model: it answers by a function, at any size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crackxai.model.measurements import Measurements
from tests import tiny


class FakeModel:
    """What explainers need of a `CrackModel`, and nothing else.

    Parameters
    ----------
    answer : (N, H, W, 3) pictures -> (N,) probabilities.
    prepare : photo -> (H, W, 3) uint8; or that picture itself, whatever the photo.
    size : (H, W) of the pictures.
    leaves_cores_idle : as a model on a GPU.
    """

    precision, device, computed_in, processor, fingerprint, key = "exact", "CPU", "float32", "none", "", ""

    def __init__(
        self,
        answer: Callable[[np.ndarray], np.ndarray],
        prepare: np.ndarray | Callable,
        size: tuple[int, int],
        leaves_cores_idle: bool = False,
    ) -> None:
        self.card, self.versions, self.measurements = tiny.card(), {}, Measurements()
        self.threshold, self.band = self.card.threshold, self.card.band
        self.input_size, self.leaves_cores_idle = size, leaves_cores_idle
        self.prepare = prepare if callable(prepare) else lambda photo: prepare
        self.predict = lambda images: np.asarray(answer(images), dtype=np.float32)
