"""What a scan of a large photo is: its settings, what it found, and the verdict on the photo."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message, SettingsError
from crackxai.inspection.findings import Finding
from crackxai.inspection.tiling import OVERLAP
from crackxai.inspection.wall_scale import Length, WallScale
from crackxai.model.decision import Kind
from crackxai.photo import Box

KIND = "CrackXAI scan"
"""What a record says it is."""
FINEST = 1.5
"""Pixels of the photo in one of the network's on the finest scale: about those of the first training photos."""
EXAMINED = 0.5
"""Part of the photo that must have been examined for it to be called sound."""


@dataclass(frozen=True)
class ScanSettings:
    """What is chosen about a scan.

    Attributes
    ----------
    finest : pixels of the photo in one of the network's on the finest scale, 0.5 to 64. Every further scale has twice
        as many, up to the photo's shorter side.
    threshold : 0-1, both excluded: score at and above which a finding counts. None: by the model's rule, which asks
        more of a photo of more tiles (`FindingRule`).

    Raises
    ------
    SettingsError : a value outside its range.
    """

    finest: float = FINEST
    threshold: float | None = None

    def __post_init__(self) -> None:
        if not 0.5 <= self.finest <= 64:
            raise SettingsError(
                Message(
                    "scan-error.finest",
                    "expected 0.5 to 64 photo pixels in one of the network's, received {received}.",
                    received=self.finest,
                )
            )
        if self.threshold is not None and not 0 < self.threshold < 1:
            raise SettingsError(
                Message(
                    "scan-error.threshold",
                    "expected a threshold within 0 to 1, received {received}.",
                    received=self.threshold,
                )
            )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for records."""
        return {"finest": self.finest, "threshold": self.threshold, "overlap": OVERLAP}


@dataclass(frozen=True)
class Unexamined:
    """A tile that nothing can be said of: blurred, dark, burnt or unlike the training photos, and no crack seen.

    Attributes
    ----------
    box : the tile. doubts : kinds of `crackxai.model.quality.QualityIssue`.
    """

    box: Box
    doubts: tuple[str, ...]

    def to_record(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"box": self.box.as_dict(), "doubts": list(self.doubts)}


@dataclass(frozen=True, eq=False)
class Scan:
    """What a scan found, now or in the end.

    Attributes
    ----------
    findings : highest score first.
    heat : (h, w) float32: crack probability of each `cell` of the photo, from all tiles over it without a doubt; NaN
        where nothing was examined yet, or the finest scale has doubted tiles only.
    heats : the same by scale.
    cell : side of a cell of the heat in the photo's pixels.
    unexamined : tiles of the finest scale with a doubt, that do not look cracked; those that do are in findings.
    examined : part of the photo of which something can be said, 0-1.
    tiles, total : judged so far, and of the whole scan.
    highest : 0-1, the probability of the most cracked tile; NaN before the first.
    score : 0-1: that of the best finding; where there is none, what the most cracked tile alone would be worth.
    seconds : wall clock.
    settings : as given. threshold : 0-1, score at and above which a finding counts.
    photo_name, photo_sha256, photo_size : of the file; (width, height) pixels, upright.
    wall_scale : how its pixels lie on the wall; None where that is not known.
    """

    findings: tuple[Finding, ...]
    heat: NDArray[np.float32]
    heats: dict[float, NDArray[np.float32]]
    cell: float
    unexamined: tuple[Unexamined, ...]
    examined: float
    tiles: int
    total: int
    highest: float
    score: float
    seconds: float
    settings: ScanSettings
    threshold: float
    photo_name: str
    photo_sha256: str
    photo_size: tuple[int, int]
    photo_box: Box | None
    model: dict[str, Any]
    versions: dict[str, str]
    wall_scale: WallScale | None = None

    @property
    def complete(self) -> bool:
        """Whether all tiles were judged."""
        return self.tiles >= self.total

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings at or above the threshold."""
        return tuple(each for each in self.findings if each.score >= self.threshold)

    @property
    def verdict(self) -> Kind:
        """One rule, from findings.

        "crack" where one counts that several neighbouring tiles saw, on any grid and without a doubt; "review" where
        others count, or less than half of the photo was examined, or the scan was stopped; else "no-crack".
        """
        if any(not (each.weak or each.doubts or each.depends_on_grid) for each in self.counted):
            return "crack"
        unsure = self.counted or self.examined < EXAMINED or not self.complete
        return "review" if unsure else "no-crack"

    def length(self, finding: Finding) -> Length | None:
        """Of a finding on the wall; None where that is not known.

        Its ends may lie anywhere within half a tile of the middles of the first and the last one: evenly spread, that
        is a standard error of sqrt(2 / 12) of a tile's side, beside that of the scale.
        """
        if self.wall_scale is None:
            return None
        middles = [((box.left + box.right) / 2, (box.top + box.bottom) / 2) for box in finding.path]
        along = self.wall_scale.along(middles)
        if along is None:
            return None
        ends = math.sqrt(2 / 12) * finding.tile.height * self.wall_scale.mm_per_pixel(*middles[0])
        return Length(along.mm, math.hypot(along.error or 0.0, ends))

    @property
    def square_metres(self) -> float | None:
        """Of the wall in the photo; None where the scale is not known, or the photo reaches to the horizon."""
        return None if self.wall_scale is None else self.wall_scale.square_metres(*self.photo_size)

    def _finding_record(self, finding: Finding) -> dict[str, Any]:
        length = self.length(finding)
        return finding.to_record() | ({} if length is None else {"length": length.to_record()})

    def to_record(self) -> dict[str, Any]:
        """All but the heat, as plain JSON values."""
        on_wall: dict[str, Any] = {}
        if self.wall_scale is not None:
            on_wall = {"wall_scale": self.wall_scale.to_record(), "square_metres": self.square_metres}
        box = {} if self.photo_box is None else {"box": self.photo_box.as_dict()}
        return {
            "kind": KIND,
            "photo": {"name": self.photo_name, "sha256": self.photo_sha256, "size": list(self.photo_size), **box},
            "model": self.model,
            "settings": self.settings.as_dict(),
            **on_wall,
            "verdict": self.verdict,
            "score": self.score,
            "threshold": self.threshold,
            "findings": [self._finding_record(each) for each in self.findings],
            "unexamined": [each.to_record() for each in self.unexamined],
            "examined": self.examined,
            "tiles": self.tiles,
            "total": self.total,
            "seconds": round(self.seconds, 3),
            "versions": self.versions,
        }
