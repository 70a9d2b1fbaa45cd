"""Quality checks: is this a photo that the model's answer can be trusted on?

A photo that is doubted needs review, whatever its probability (`crackxai.model.decision`). What is judged is the
picture as the network sees it, since a blur or shade that is gone at its scale does no harm. The limits were set on the
training photos (see each) and checked on photos that they were not set on: `benchmarks/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from crackxai.errors import Message
from crackxai.model.feature_space import FeatureSpace
from crackxai.model.out_of_distribution import TrainingDistribution, luma
from crackxai.photo import Photo

DARK = 55
"""Luma (0-255) that the lightest tenth of a picture should reach. Of the training photos 0.1 % do not."""
WHITE, BURNT_SHARE = 250, 0.2
"""Luma from which a pixel is burnt out, and the part of the picture that may be. Of the training photos 0.3 % exceed
it."""
BLURRED = 0.6
"""Blur effect (see `blur_effect`) above which a picture counts as blurred. Of the training photos 0.4 % lie above it;
of others none, but half of them after a Gaussian blur of 3 pixels, and three quarters after one of 5."""
REBLUR = 11
"""Pixels."""
ELONGATED = 2.5
"""Longer side of a photo in shorter ones, above which its squashing to a square is a doubt. Cameras and phones end at
21:9 (2.33); what is longer is a panorama, a strip or a screenshot, and squashed further than any photo that the model
was measured on."""
SENTENCES = {
    "dark": "Too dark: the lightest tenth of the photo only reaches {measured} of 255 (expected at least {limit}). "
    "Take it again with more light; do not rely on this verdict.",
    "burnt": "Burnt out: {measured} % of the photo is pure white (expected at most {limit} %). Take it again with a "
    "shorter exposure; do not rely on this verdict.",
    "blurred": "Blurred, or without any detail: at the network's scale the photo has a blur effect of {measured} (0 "
    "sharp, 1 blurred; expected at most {limit}). Take it again; do not rely on this verdict.",
    "small": "Too small: its shorter side has {measured} pixels, the network looks at {limit}. It is enlarged and "
    "shows no more than it has; use the original.",
    "shape": "Too long for its width: the longer side is {measured} times the shorter one (expected at most {limit}). "
    "The network sees it squashed to a square, and a crack across it becomes as many times thinner; crop it, or look "
    "at its parts one by one.",
    "unlike": "Unlike the training photos: at a distance of {measured} (Mahalanobis; 99.7 % of them lie within "
    "{limit}). Furthest off: {measure} {value}, where most of them have {low} to {high}. The model was not tested on "
    "such photos.",
    "unfamiliar": "Unlike the training photos in what the network sees: {measured} from the nearest of them (of photos "
    "of their kinds 98 % lie within {limit}). On such photos it errs with confidence; do not rely on this verdict.",
}
"""What each kind of doubt says, in English."""


@dataclass(frozen=True)
class QualityIssue:
    """A doubt about a photo.

    Attributes
    ----------
    kind : "dark", "burnt", "blurred", "small", "shape", "unlike" or "unfamiliar".
    measured, limit : in the unit of the measure.
    measure : of "unlike": the one of `crackxai.model.out_of_distribution.MEASURES` in which the photo differs
        most; its value and the training photos' mean and spread are in ``detail``.
    """

    kind: str
    measured: float
    limit: float
    measure: str = ""
    detail: tuple[float, float, float] | None = None

    @property
    def message(self) -> Message:
        """As a sentence with its figures."""
        scale = 100 if self.kind == "burnt" else 1
        facts: dict[str, object] = {"measured": f"{scale * self.measured:.3g}", "limit": f"{scale * self.limit:.3g}"}
        if self.detail:
            value, mean, spread = self.detail
            facts |= {
                "measure": Message(f"measure.{self.measure.replace(' ', '-')}", self.measure),
                "value": f"{value:.3g}",
                "low": f"{mean - 2 * spread:.3g}",
                "high": f"{mean + 2 * spread:.3g}",
            }
        return Message(f"quality.{self.kind}", SENTENCES[self.kind], **facts)

    def to_record(self) -> dict[str, Any]:
        """As plain JSON values; ``words`` is the sentence in English."""
        facts: dict[str, Any] = {"kind": self.kind, "measured": self.measured, "limit": self.limit}
        if self.detail:
            facts |= {"measure": self.measure, "detail": list(self.detail)}
        return facts | {"words": str(self.message)}


def check_features(features: np.ndarray, training: FeatureSpace) -> list[QualityIssue]:
    """The doubt about a photo whose (D,) features lie far from those of all training photos."""
    (distance,) = training.distance(features[None])
    return [QualityIssue("unfamiliar", float(distance), training.limit)] if distance > training.limit else []


def check_quality(photo: Photo, picture: np.ndarray, training: TrainingDistribution | None) -> list[QualityIssue]:
    """Doubts about a photo; none for most.

    Parameters
    ----------
    picture : the photo at the network's size, (H, W, 3) uint8.
    training : what the model's training photos; None where it is not known, then nobody can tell whether a photo is
        unlike them.
    """
    notes = []
    grey = luma(picture)
    count = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]))
    light = float(np.searchsorted(count, 0.9 * count[-1]))
    if light < DARK:
        notes.append(QualityIssue("dark", light, DARK))
    burnt = float(1 - count[WHITE - 1] / count[-1])
    if burnt > BURNT_SHARE:
        notes.append(QualityIssue("burnt", burnt, BURNT_SHARE))
    blur = blur_effect(grey)
    if blur > BLURRED:
        notes.append(QualityIssue("blurred", blur, BLURRED))
    side = min(photo.rgb.shape[:2])
    if side < min(picture.shape[:2]):
        notes.append(QualityIssue("small", side, min(picture.shape[:2])))
    ratio = max(photo.rgb.shape[:2]) / side
    if ratio > ELONGATED:
        notes.append(QualityIssue("shape", ratio, ELONGATED))
    if training is not None and (distance := training.distance(picture)) > training.limit:
        name, *detail = training.furthest(picture)
        notes.append(QualityIssue("unlike", distance, training.limit, name, (detail[0], detail[1], detail[2])))
    return notes


def blur_effect(grey: np.ndarray) -> float:
    """How little a further blur changes an (H, W) uint8 picture: 0 sharp, 1 blurred or without any detail.

    Crete, Dolmiere, Ladret and Nicolas, "The blur effect: perception and estimation with a new no-reference perceptual
    blur metric", SPIE 6492, 2007. The variance of the Laplacian will not do: a smooth wall in focus has less of it than
    a rough one out of focus.
    """
    found = []
    picture = grey.astype(np.float32)
    for kernel, order in (((REBLUR, 1), (1, 0)), ((1, REBLUR), (0, 1))):
        before, after = (np.abs(cv2.Sobel(g, cv2.CV_32F, *order)) for g in (picture, cv2.blur(picture, kernel)))
        total, lost = cv2.sumElems(before)[0], cv2.sumElems(np.maximum(before - after, 0))[0]
        found.append(1 - lost / total if total else 1.0)
    return max(found)
