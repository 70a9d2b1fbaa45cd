"""What scans are worth on labelled photos: what they find of the cracks, and how often they find something in none; and
the rule that is chosen by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crackxai.inspection.scan import Scan, ScanSettings
from crackxai.inspection.scanner import scan
from crackxai.model.by_origin import Rate
from crackxai.model.finding_rule import FindingRule
from crackxai.model.origins import LabelledFile, read_mask
from crackxai.model.windows import CRACKED, CrackMask
from crackxai.photo import read_photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
"""Of rules, at which figures are told: scores from which findings count in a small photo (`FindingRule`)."""
CHOSEN_FROM = tuple(n / 100 for n in range(50, 96, 5))
"""Thresholds that a rule may be given."""
FALSE_FINDINGS = 0.25
"""In a sound photo, the mean over origins, that a rule may leave."""


@dataclass(frozen=True)
class ScannedPhoto:
    """What a scan made of a labelled photo.

    Attributes
    ----------
    path : of the file. cracked : its label.
    findings : scores, highest first.
    covered : part of the crack's pixels that lie in the tiles of the findings up to each of ``findings``, 0-1; None
        without a mask.
    score : `Scan.score`. whole : probability of the photo squashed to one picture. highest : of any tile.
    examined : part of the photo. tiles : of the scan.
    """

    path: Path
    cracked: bool
    findings: tuple[float, ...]
    covered: tuple[float, ...] | None
    score: float
    whole: float
    highest: float
    examined: float
    tiles: int

    def counted(self, rule: FindingRule) -> int:
        """Findings that count by the rule."""
        threshold = rule.at(self.tiles)
        return sum(score >= threshold for score in self.findings)

    def covered_by(self, rule: FindingRule) -> float | None:
        """Part of the crack's pixels in the findings that count; None without a mask."""
        if self.covered is None:
            return None
        return self.covered[count - 1] if (count := self.counted(rule)) else 0.0


@dataclass(frozen=True)
class ScanFigures:
    """Scans of several photos, findings counting by a rule.

    Attributes
    ----------
    threshold : the rule's, of a small photo.
    false_findings : in a sound photo, the mean; None where there is none.
    sound : share of the sound photos without a finding. found : share of the cracked photos with one.
    covered : part of the pixels of a crack with a mask, the mean over photos; None without masks.
    """

    threshold: float
    false_findings: float | None
    sound: Rate | None
    found: Rate | None
    covered: float | None

    @classmethod
    def of(cls, photos: Sequence[ScannedPhoto], rule: FindingRule) -> ScanFigures:
        """By one rule."""
        counts = {label: [p.counted(rule) for p in photos if p.cracked == label] for label in (False, True)}
        covered = [part for p in photos if (part := p.covered_by(rule)) is not None]
        return cls(
            rule.threshold,
            float(np.mean(counts[False])) if counts[False] else None,
            _rate([count == 0 for count in counts[False]]),
            _rate([count > 0 for count in counts[True]]),
            float(np.mean(covered)) if covered else None,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def scan_labelled(model: CrackModel, file: LabelledFile, settings: ScanSettings) -> ScannedPhoto:
    """Scan one labelled photo.

    Raises
    ------
    PhotoError : it cannot be read. DataError : its mask cannot.
    """
    photo = read_photo(file.path)
    mask = read_mask(file.mask, photo.rgb) if file.mask else None
    found = scan(model, photo, settings)
    return ScannedPhoto(
        path=file.path,
        cracked=file.label == CRACKED,
        findings=tuple(each.score for each in found.findings),
        covered=None if mask is None else _covered(found, mask, photo.scale),
        score=found.score,
        whole=float(model.predict(model.prepare(photo)[None])[0]),
        highest=found.highest,
        examined=found.examined,
        tiles=found.tiles,
    )


def choose_rule(origins: Sequence[Sequence[ScannedPhoto]], rule: FindingRule) -> FindingRule:
    """The rule with the lowest threshold of `CHOSEN_FROM` that leaves at most `FALSE_FINDINGS` in a sound photo.

    In the mean over origins, each counting the same; the highest threshold where none leaves so few, and ``rule`` as it
    is where no photo is sound. Its growth is kept: that of scores by chance, which a handful of photos cannot tell.
    """
    sound = [[photo for photo in photos if not photo.cracked] for photos in origins]
    sound = [photos for photos in sound if photos]
    if not sound:
        return rule
    candidates = [replace(rule, threshold=threshold) for threshold in CHOSEN_FROM]
    kept = (
        each
        for each in candidates
        if np.mean([np.mean([photo.counted(each) for photo in photos]) for photos in sound]) <= FALSE_FINDINGS
    )
    return next(kept, candidates[-1])


def auc(photos: Sequence[ScannedPhoto]) -> dict[str, float] | None:
    """Area under the ROC curve of the scan's score ("scan"), of the squashed photo ("squashed"), and of the most
    cracked tile ("highest"), which is what a threshold on any tile goes by.

    None where all photos have the same label.
    """
    from sklearn.metrics import roc_auc_score

    labels = [photo.cracked for photo in photos]
    if len(set(labels)) < 2:
        return None
    measures = {"scan": "score", "squashed": "whole", "highest": "highest"}
    return {
        name: float(roc_auc_score(labels, [getattr(photo, field) for photo in photos]))
        for name, field in measures.items()
    }


def _covered(found: Scan, mask: CrackMask, scale: float) -> tuple[float, ...]:
    """Of the crack's pixels, up to each finding."""
    x, y = (mask.points[:, axis] / scale for axis in (0, 1))
    inside = np.zeros(len(x), dtype=bool)
    parts = []
    for finding in found.findings:
        for box in finding.path:
            inside |= (y >= box.top) & (y < box.bottom) & (x >= box.left) & (x < box.right)
        parts.append(float(inside.mean()) if len(inside) else 0.0)
    return tuple(parts)


def _rate(right: Sequence[bool]) -> Rate | None:
    told: NDArray[np.bool_] = np.array(right, dtype=bool)
    return Rate.of(told, np.arange(len(told)))
