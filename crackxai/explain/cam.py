"""Class activation mapping: what the network's last feature maps add to the answer, place by place, in one pass.

Zhou, Khosla, Lapedriza, Oliva and Torralba, "Learning Deep Features for Discriminative Localization", CVPR 2016,
formula (2): where the last unit sees the averages of the last feature maps, each place of them adds its own weighted
sum to the unit's. That is exact, and coarse: of 150 pixels there are five places across, and each has looked at far
more of the photo than lies under it. It tells where the network's end takes its answer from, not what in the photo
changes it; nothing is hidden.

The sums are log-odds. They are told as shares of the probability by the rescale rule of DeepLIFT (Shrikumar, Greenside
and Kundaje, "Learning Important Features Through Propagating Activation Differences", ICML 2017, section 3.5.2): each
in proportion, so that all of them add up to the probability less the one that the unit gives without any evidence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.explainer import versions
from crackxai.explain.explanation import Explanation
from crackxai.explain.progress import Progress, silent
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True)
class CamSettings:
    """Settings of a class activation map: there is nothing to choose."""

    method: ClassVar[str] = "cam"
    title: ClassVar[str] = "class activation mapping"
    value_name: ClassVar[str] = "class activation"
    adds_up: ClassVar[bool] = True
    max_evals: ClassVar[int] = 1

    @property
    def key(self) -> CamSettings:
        """Itself."""
        return self

    @property
    def pace(self) -> Hashable:
        """One pass."""
        return self.method

    @property
    def slug(self) -> str:
        """Of the method."""
        return self.method

    def as_dict(self) -> dict[str, Any]:
        """None."""
        return asdict(self)


class CamExplainer:
    """The class activation map of one photo; made by one evaluation."""

    def __init__(self, model: CrackModel, photo: Photo, settings: CamSettings | None = None) -> None:
        self.settings = settings or CamSettings()
        self._model = model
        self.photo_name, self.photo_sha256 = photo.name, photo.sha256
        self._box = photo.box if photo.whole is not None else None
        self._scale = photo.scale
        self._picture = model.prepare(photo)
        self._advancing = threading.Lock()
        self._found: tuple[NDArray[np.float64], float, float, float] | None = None

    @property
    def evaluations(self) -> int:
        """0, then 1."""
        return 0 if self._found is None else 1

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return self._picture.nbytes + 200

    def hidden(self) -> None:
        """Nothing is hidden."""

    def advance(self, max_evals: int | None = None, progress: Progress | None = None) -> None:
        """Ask the network, once. Raises Cancelled (by ``progress``), ModelError."""
        tell = progress or silent
        with self._advancing:
            tell(self.evaluations, 1)
            if self._found is None:
                began = time.perf_counter()
                probabilities, evidence, bias = self._model.predict_with_evidence(self._picture[None])
                shares = evidence[0].astype(np.float64) / evidence[0].size
                base, cells = rescaled(shares, float(probabilities[0]), bias)
                self._found = cells, base, float(probabilities[0]), time.perf_counter() - began
            tell(1, 1)

    def explanation(self, max_evals: int | None = None) -> Explanation:
        """The map. SettingsError: nothing was computed yet."""
        if self._found is None:
            raise SettingsError("expected the one evaluation that it needs, received none. Advance first.")
        cells, base, probability, seconds = self._found
        values = spread(cells, self._picture.shape[0], self._picture.shape[1])
        model = self._model
        return Explanation(
            channel_values=np.repeat(values[..., None] / 3, 3, axis=-1).astype(np.float32),
            picture=self._picture,
            base_value=base,
            probability=probability,
            evaluations=1,
            seconds=seconds,
            settings=self.settings,
            photo_name=self.photo_name,
            photo_sha256=self.photo_sha256,
            model_name=model.card.name,
            model_fingerprint=model.fingerprint,
            precision=model.precision,
            device=model.device,
            versions=versions(model),
            photo_box=self._box,
            photo_scale=self._scale,
            computed_in=model.computed_in,
            processor=model.processor,
        )


def rescaled(shares: NDArray[np.float64], probability: float, bias: float) -> tuple[float, NDArray[np.float64]]:
    """Of what places add in log-odds, the probability without any of them, and what they add to it.

    Parameters
    ----------
    shares : (h, w) log-odds; they and the unit's ``bias`` make ``probability``.

    Returns
    -------
    The base value, 0-1, and (h, w) float64 that sum to ``probability`` less it.
    """
    total = float(shares.sum())
    # By the bias, not back from the probability: near to 1, float32 rounds what would tell the log-odds.
    alone, together = (float(np.exp(-np.logaddexp(0, -each))) for each in (bias, bias + total))
    # Where nothing is added in all, the curve's slope there is what the quotient comes to.
    slope = (together - alone) / total if abs(total) > 1e-9 else together * (1 - together)
    # That is ``alone``, but for what the network's own rounding made of ``together``.
    base = float(np.clip(probability - slope * total, 0, 1))
    return base, shares * slope


def spread(cells: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """(h, w) -> (height, width) of the same sum: each place as a tent up to its neighbours' middles, flat at edges."""
    return np.asarray(_tents(cells.shape[0], height).T @ cells @ _tents(cells.shape[1], width))


def _tents(places: int, pixels: int) -> NDArray[np.float64]:
    """(places, pixels): what of a place's value falls on each pixel; rows sum to 1."""
    at = (np.arange(pixels) + 0.5) * places / pixels - 0.5
    tents = np.maximum(0, 1 - np.abs(np.clip(at, 0, places - 1) - np.arange(places)[:, None]))
    return np.asarray(tents / tents.sum(axis=1, keepdims=True))
