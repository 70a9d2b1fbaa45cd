"""The verdict on a photo: one rule for the pages, the command line, Python and the records."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    threshold, band = rule_of(model, threshold, band)
    (verdict,) = judge_looks(model, [look(model, photo)], threshold, band)
    return verdict


@dataclass(frozen=True, eq=False)
class Look:
    """What a verdict needs of a photo: all that is left of it once its pixels are let go.

    Attributes
    ----------
    picture : the photo as the network sees it, (H, W, 3) uint8, RGB, 0-255.
    doubts : what the quality checks say of photo and picture.
    """

    picture: NDArray[np.uint8]
    doubts: tuple[QualityIssue, ...]


def look(model: CrackModel, photo: Photo) -> Look:
    """Look at a photo without asking the network, as any thread may."""
    picture = model.prepare(photo)
    return Look(picture, tuple(check_quality(photo, picture, model.measurements.training)))


def judge_looks(
    model: CrackModel, looks: Sequence[Look], threshold: float | None = None, band: float | None = None
) -> list[Verdict]:
    """The verdicts on several photos in one forward pass; parameters and errors as of `judge`.

    With OpenVINO on a processor the answers are those of single passes to the bit (`tests/model/test_decision.py`);
    other engines may sum in another order.
    """
    threshold, band = rule_of(model, threshold, band)
    if not looks:
        return []
    pictures, known = np.stack([each.picture for each in looks]), model.measurements.features
    if known is None:
        probabilities = model.predict(pictures)
        doubts = [each.doubts for each in looks]
    else:
        probabilities, features = model.predict_with_features(pictures)
        doubts = [(*each.doubts, *check_features(own, known)) for each, own in zip(looks, features, strict=True)]
    return [Verdict(float(p), threshold, band, own) for p, own in zip(probabilities, doubts, strict=True)]


def rule_of(model: CrackModel, threshold: float | None, band: float | None) -> tuple[float, float]:
    """Threshold and band, the model's own where None is given. Raises SettingsError, see `check_rule`."""
    threshold = model.threshold if threshold is None else threshold
    band = model.band if band is None else band
    check_rule(threshold, band)
    return threshold, band


def within_band(probability: ArrayLike, threshold: float, band: float) -> NDArray[np.bool_]:
    """Whether each probability is closer to the threshold than the band is wide."""
    return np.abs(np.asarray(probability) - threshold) < band


def check_rule(threshold: float, band: float) -> None:
    """Raises SettingsError where the threshold is not between 0 and 1, or the band negative or not finite."""
    if not (0 < threshold < 1 and 0 <= band < math.inf):
        raise SettingsError(
            f"expected a threshold within 0 to 1 and a band of 0 or more, received {threshold}, {band}."
        )
