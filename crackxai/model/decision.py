"""The verdict on a photo: one rule for the pages, the command line, Python and the records."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crackxai.errors import SettingsError
from crackxai.model.calibration import DEFAULT_BAND
from crackxai.model.classifier import CrackModel, no_probability
from crackxai.model.quality import QualityIssue, check_features, check_quality
from crackxai.photo import Photo

Kind = Literal["crack", "no-crack", "review"]


@dataclass(frozen=True)
class Verdict:
    """What is said of a photo, and what it rests on.

    Attributes
    ----------
    probability : of a crack, 0-1.
    threshold : probability at and above which a photo counts as cracked, 0-1, both excluded.
    band : half width of the review band around it; a probability closer to the threshold than this is no answer.
    doubts : what the quality checks found; empty for most photos.

    Raises
    ------
    ModelError : the probability is not finite or outside 0-1.
    SettingsError : the threshold is outside 0-1, or the band negative or not finite.

    >>> Verdict(0.97, threshold=0.5).kind
    'crack'
    >>> Verdict(0.97, threshold=0.5, band=0.48).kind
    'review'
    """

    probability: float
    threshold: float
    band: float = DEFAULT_BAND
    doubts: tuple[QualityIssue, ...] = ()

    def __post_init__(self) -> None:
        check_rule(self.threshold, self.band)
        if not 0 <= self.probability <= 1:  # NaN fails both comparisons
            raise no_probability(self.probability)

    @property
    def kind(self) -> Kind:
        """ "crack" or "no-crack"; "review" where the probability is within the band, or the photo is doubted."""
        return "review" if self.doubts else self.by_probability

    @property
    def by_probability(self) -> Kind:
        """What the kind would be without the doubts."""
        if within_band(self.probability, self.threshold, self.band):
            return "review"
        return "crack" if self.probability >= self.threshold else "no-crack"

    def under(self, threshold: float, band: float) -> Verdict:
        """The same photo under another threshold and band."""
        return replace(self, threshold=threshold, band=band)

    def to_record(self) -> dict[str, Any]:
        """As plain JSON values, in English: kind, probability, threshold, band, doubts."""
        return {
            "kind": self.kind,
            "probability": self.probability,
            "threshold": self.threshold,
            "band": self.band,
            "doubts": [doubt.to_record() for doubt in self.doubts],
        }


def judge(model: CrackModel, photo: Photo, threshold: float | None = None, band: float | None = None) -> Verdict:
    """The verdict on a photo: its crack probability under the rule, with what the quality checks say of it.

    Parameters
    ----------
    threshold : 0-1; None: the model's own.
    band : half width of the review band; None: the model's own.

    Raises
    ------
    ModelError : the model gives no probability.
    SettingsError : a threshold or band out of range.

    >>> judge(load_model(), read_photo("wall.jpg")).kind
    'review'
    """
    threshold = model.threshold if threshold is None else threshold
    band = model.band if band is None else band
    check_rule(threshold, band)
    picture = model.prepare(photo)
    known = model.measurements
    doubts = check_quality(photo, picture, known.training)
    if known.features is None:
        (probability,) = model.predict(picture[None])
    else:
        (probability,), (features,) = model.predict_with_features(picture[None])
        doubts += check_features(features, known.features)
    return Verdict(float(probability), threshold, band, tuple(doubts))


def within_band(probability: ArrayLike, threshold: float, band: float) -> NDArray[np.bool_]:
    """Whether each probability is closer to the threshold than the band is wide."""
    return np.abs(np.asarray(probability) - threshold) < band


def check_rule(threshold: float, band: float) -> None:
    """Raises SettingsError where the threshold is not between 0 and 1, or the band negative or not finite."""
    if not (0 < threshold < 1 and 0 <= band < math.inf):
        raise SettingsError(
            f"expected a threshold within 0 to 1 and a band of 0 or more, received {threshold}, {band}."
        )
