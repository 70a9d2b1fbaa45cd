"""A large photo, judged tile by tile at the scale of a crack, and put together into findings."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message, SettingsError
from crackxai.explain.explainer import versions
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.findings import Finding, find_runs, merge_scales, run_score
from crackxai.inspection.heat import CELLS, heat, log_odds, probability_of, together
from crackxai.inspection.tiling import OVERLAP, Tiling
from crackxai.inspection.wall_scale import Length, WallScale
from crackxai.model.decision import Kind
from crackxai.model.quality import check_features, check_quality
from crackxai.photo import Box, Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

KIND = "CrackXAI scan"
"""What a record says it is."""
FINEST = 1.5
"""Pixels of the photo in one of the network's on the finest scale: about those of the first training photos."""
COARSER = 2.0
"""From one scale to the next."""
BATCH = 32
"""Tiles a forward pass."""
THRESHOLD = 0.7
"""Score from which a finding counts. With a model trained on photos of seven origins, of 448-pixel photos that it had
not seen, a quarter of 16 sound walls had a finding of that score, and 83 % of 66 cracked ones; at 0.5 it was three
quarters and 95 %. It was not chosen on whole sound photos yet."""
CHECKED = 20
"""Findings, the best ones, that are looked at again on a grid half a step further."""
CHECKED_TILES = 6
"""Of each of them, evenly along it."""
EXAMINED = 0.5
"""Part of the photo that must have been examined for it to be called sound."""


@dataclass(frozen=True)
class ScanSettings:
    """What is chosen about a scan.

    Attributes
    ----------
    finest : pixels of the photo in one of the network's on the finest scale, 0.5 to 64. Every further scale has twice
        as many, up to the photo's shorter side.
    threshold : 0-1, both excluded: score at and above which a finding counts.

    Raises
    ------
    SettingsError : a value outside its range.
    """

    finest: float = FINEST
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        if not 0.5 <= self.finest <= 64:
            raise SettingsError(
                Message(
                    "scan-error.finest",
                    "expected 0.5 to 64 photo pixels in one of the network's, received {received}.",
                    received=self.finest,
                )
            )
        if not 0 < self.threshold < 1:
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
    settings : as given. photo_name, photo_sha256, photo_size : of the file; (width, height) pixels, upright.
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
        return tuple(each for each in self.findings if each.score >= self.settings.threshold)

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
            "findings": [self._finding_record(each) for each in self.findings],
            "unexamined": [each.to_record() for each in self.unexamined],
            "examined": self.examined,
            "tiles": self.tiles,
            "total": self.total,
            "seconds": round(self.seconds, 3),
            "versions": self.versions,
        }


class _Level:
    """The tiles of one scale and what is known of them."""

    def __init__(self, scale: float, tiling: Tiling) -> None:
        self.scale, self.tiling = scale, tiling
        self.odds = np.full(len(tiling), np.nan)
        self.doubts: list[tuple[str, ...]] = [()] * len(tiling)
        self.promise = np.zeros(len(tiling))

    def grid(self, odds: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray(odds, dtype=np.float64).reshape(self.tiling.shape)

    def undoubted(self) -> NDArray[np.float64]:
        """(rows, columns) log-odds; NaN of tiles with a doubt: what they say of the wall is worth nothing."""
        return self.grid(np.where(self._doubted(), np.nan, self.odds))

    def suspected(self, seed: float) -> NDArray[np.float64]:
        """The same, but a doubted tile that looks cracked is kept: it is a finding, with its doubt."""
        return self.grid(np.where(self._doubted() & ~(self.odds >= seed), np.nan, self.odds))

    def _doubted(self) -> NDArray[np.bool_]:
        return np.array([bool(doubts) for doubts in self.doubts])


class Scanner:
    """The scan of one photo, at any time.

    Coarse tiles come first, then finer ones, the most promising first: those where a coarser scale or a neighbour saw
    something. A scan that was stopped can be read and gone on with. One thread at a time advances it, another waits;
    all may read it meanwhile.

    >>> scanner = Scanner(model, photo)
    >>> scanner.advance(60)
    >>> scanner.scan().heat  # the whole photo, roughly
    >>> scanner.advance()

    Parameters
    ----------
    photo : or a window of one; boxes of findings are counted from its own upper left corner.
    wall_scale : how its pixels lie on the wall, for lengths in millimetres.
    """

    def __init__(
        self, model: CrackModel, photo: Photo, settings: ScanSettings | None = None, wall_scale: WallScale | None = None
    ) -> None:
        self.settings, self._wall_scale = settings or ScanSettings(), wall_scale
        self._model, self._photo = model, photo
        self._height, self._width = photo.box.height, photo.box.width
        self._seed = float(log_odds(np.array(model.threshold)))
        self._levels = list(_levels(photo, model.input_size[0], self.settings.finest))
        self._cell = max(1.0, self._levels[-1].tiling.side / CELLS)
        self._done = 0
        self._seconds = 0.0
        self._unstable: dict[Box, bool] = {}
        """By a finding's tile: whether it depends on the grid."""
        self._advancing, self._reading = threading.Lock(), threading.Lock()

    @property
    def tiles(self) -> int:
        """Judged so far."""
        return self._done

    @property
    def total(self) -> int:
        """Tiles of the whole scan."""
        return sum(len(level.tiling) for level in self._levels)

    def advance(self, tiles: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``tiles`` judged ones in all; None: to the end, where the best findings are checked.

        Raises
        ------
        Cancelled : from ``progress``; what was judged before stays readable.
        ModelError : the model's answer is no probability.
        """
        end = self.total if tiles is None else min(tiles, self.total)
        with self._advancing:
            before, began = self._seconds, time.perf_counter()
            tell = progress or silent
            tell(self._done, self.total)
            while self._done < end:
                level = next(each for each in self._levels if np.isnan(each.odds).any())
                numbers = _next(level, min(BATCH, end - self._done))
                odds, doubts = self._judged([level.tiling.box(number) for number in numbers])
                with self._reading:
                    level.odds[numbers] = odds
                    for number, own in zip(numbers, doubts, strict=True):
                        level.doubts[number] = own
                    self._done += len(numbers)
                    self._seconds = before + time.perf_counter() - began
                self._promise(level, numbers)
                tell(self._done, self.total)
            if self._done == self.total:
                self._check_grid(tell)
                self._seconds = before + time.perf_counter() - began

    def scan(self) -> Scan:
        """What is known now."""
        with self._reading:
            said = [level.suspected(self._seed) for level in self._levels]
            sure = [level.undoubted() for level in self._levels]
            found = [
                find_runs(level.tiling, odds, self._seed, level.scale, level.doubts)
                for level, odds in zip(self._levels, said, strict=True)
            ]
            done, seconds, unstable = self._done, self._seconds, dict(self._unstable)
            judged_odds = np.concatenate([level.odds for level in self._levels])
            highest = float(probability_of(np.fmax.reduce(judged_odds)))
            finest = self._levels[-1]
            unexamined = tuple(
                Unexamined(finest.tiling.box(int(number)), finest.doubts[number])
                for number in np.flatnonzero(np.isfinite(finest.odds) & np.isnan(said[-1].ravel()))
            )
        findings = merge_scales([finding for level in found for finding in level])
        by_scale = {level.scale: self._heat(level, odds) for level, odds in zip(self._levels, sure, strict=True)}
        hot = together(by_scale)
        # What the finest scale cannot tell is not sound because a coarser one, which sees less, says so.
        judged = np.isfinite(self._heat(finest, finest.grid(finest.odds)))
        hot[judged & np.isnan(by_scale[finest.scale])] = np.nan
        heats = {scale: probability_of(odds).astype(np.float32) for scale, odds in by_scale.items()}
        height, width = self._height, self._width
        return Scan(
            findings=tuple(replace(each, depends_on_grid=unstable.get(each.tile)) for each in findings),
            heat=probability_of(hot).astype(np.float32),
            heats=heats,
            cell=self._cell,
            unexamined=unexamined,
            examined=float(np.isfinite(hot).mean()),
            tiles=done,
            total=self.total,
            highest=highest,
            score=_score(findings, said),
            seconds=seconds,
            settings=self.settings,
            photo_name=self._photo.name,
            photo_sha256=self._photo.sha256,
            photo_size=(width, height),
            photo_box=None if self._photo.whole is None else self._photo.box,
            model={
                "name": self._model.card.name,
                "fingerprint": self._model.fingerprint,
                "precision": self._model.precision,
                "computed_in": self._model.computed_in,
                "device": self._model.device,
            },
            versions=versions(self._model),
            wall_scale=self._wall_scale,
        )

    def _heat(self, level: _Level, odds: NDArray[np.float64]) -> NDArray[np.float32]:
        """Log-odds of the cells."""
        return heat(level.tiling, odds, self._height, self._width, self._cell)

    def _judged(self, boxes: list[Box]) -> tuple[NDArray[np.float64], list[tuple[str, ...]]]:
        """Log-odds and kinds of doubt of windows."""
        model, known = self._model, self._model.measurements
        windows = [self._photo.window(box) for box in boxes]
        pictures = np.stack([model.prepare(window) for window in windows])
        doubts = [
            check_quality(window, picture, known.training) for window, picture in zip(windows, pictures, strict=True)
        ]
        if known.features is None:
            probabilities = model.predict(pictures)
        else:
            probabilities, features = model.predict_with_features(pictures)
            for own, row in zip(doubts, features, strict=True):
                own += check_features(row, known.features)
        return log_odds(probabilities), [tuple(issue.kind for issue in own) for own in doubts]

    def _promise(self, level: _Level, numbers: NDArray[np.integer]) -> None:
        """What the tiles just judged say of those that are not: their neighbours, and all of the next scale."""
        rows, columns = level.tiling.shape
        for number in numbers:
            row, column = divmod(int(number), columns)
            around = np.s_[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
            near = level.promise.reshape(rows, columns)[around]
            np.maximum(near, level.odds[number], out=near)
        position = self._levels.index(level)
        if position + 1 < len(self._levels) and not np.isnan(level.odds).any():
            finer = self._levels[position + 1]
            seen = self._heat(level, level.grid(level.odds))
            for number in range(len(finer.tiling)):
                box = finer.tiling.box(number)
                middle = (box.top + box.bottom) / 2, (box.left + box.right) / 2
                finer.promise[number] = seen[tuple(int(at / self._cell) for at in middle)]

    def _check_grid(self, tell: Progress) -> None:
        """Whether the best findings are still seen by tiles half a step further; it can be stopped between two."""
        for finding in self.scan().counted[:CHECKED]:
            if finding.tile in self._unstable:
                continue
            some = np.linspace(0, len(finding.path) - 1, min(len(finding.path), CHECKED_TILES)).round().astype(int)
            boxes = [self._shifted(finding.path[i], sign) for i in some for sign in (-1, 1)]
            odds, _ = self._judged(boxes)
            # Of both directions the better one, or the crack would have to be wider than a step to be seen again.
            along = odds.reshape(-1, 2).max(axis=1)
            with self._reading:
                self._unstable[finding.tile] = run_score(along) < self.settings.threshold
            tell(self._done, self.total)

    def _shifted(self, box: Box, sign: int) -> Box:
        """The tile half a step further down and to the right, or (-1) up and to the left, within the photo."""
        step = sign * round(box.height * (1 - OVERLAP) / 2)
        top = min(max(0, box.top + step), self._height - box.height)
        left = min(max(0, box.left + step), self._width - box.width)
        return Box(top, top + box.height, left, left + box.width)


def scan(
    model: CrackModel,
    photo: Photo,
    settings: ScanSettings | None = None,
    progress: Progress | None = None,
    wall_scale: WallScale | None = None,
) -> Scan:
    """Judge a photo tile by tile.

    Parameters
    ----------
    progress : told how many tiles of how many are judged.
    wall_scale : how the photo's pixels lie on the wall, for lengths in millimetres.

    Raises
    ------
    Cancelled, ModelError, SettingsError : see `Scanner`, `ScanSettings`.

    >>> scan(load_model(), read_photo("facade.jpg")).findings
    """
    scanner = Scanner(model, photo, settings, wall_scale)
    scanner.advance(progress=progress)
    return scanner.scan()


def _levels(photo: Photo, side: int, finest: float) -> Iterator[_Level]:
    """Coarse first. Of a photo that is smaller than a tile of the finest scale, its shorter side."""
    shorter = min(photo.box.height, photo.box.width)
    # Pixels that were not read cannot be looked at.
    scale = finest / photo.scale
    count = max(1, 1 + math.floor(math.log(max(shorter / (side * scale), 1), COARSER) + 1e-9))
    for power in reversed(range(count)):
        tile = min(round(side * scale * COARSER**power), shorter)
        yield _Level(tile / side, Tiling.of(photo.box.height, photo.box.width, tile))


def _next(level: _Level, count: int) -> NDArray[np.integer]:
    """The most promising tiles that were not judged; in order of their numbers where they promise the same."""
    pending = np.flatnonzero(np.isnan(level.odds))
    return np.asarray(pending[np.argsort(-level.promise[pending], kind="stable")[:count]])


def _score(findings: list[Finding], said: list[NDArray[np.float64]]) -> float:
    """Of the best finding; where there is none, of the tile that looks most like one."""
    if findings:
        return max(finding.score for finding in findings)
    odds = np.concatenate([each.ravel() for each in said])
    odds = odds[np.isfinite(odds)]
    return run_score(odds.max(keepdims=True)) if len(odds) else 0.0
