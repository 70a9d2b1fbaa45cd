"""A large photo, judged tile by tile at the scale of a crack, and put together into findings."""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.explainer import versions
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.findings import Finding, find_runs, merge_scales, run_score
from crackxai.inspection.heat import CELLS, heat, log_odds, probability_of, together
from crackxai.inspection.scan import Scan, ScanSettings, Unexamined
from crackxai.inspection.tiling import OVERLAP, Tiling
from crackxai.inspection.wall_scale import WallScale
from crackxai.model.quality import check_features, check_quality
from crackxai.photo import Box, Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

COARSER = 2.0
"""From one scale to the next."""
BATCH = 32
"""Tiles a forward pass."""
CHECKED = 20
"""Findings, the best ones, that are looked at again on a grid half a step further."""
CHECKED_TILES = 6
"""Of each of them, evenly along it."""


class _Level:
    """The tiles of one scale and what is known of them."""

    def __init__(self, scale: float, tiling: Tiling) -> None:
        self.scale, self.tiling = scale, tiling
        self.odds = np.full(len(tiling), np.nan)
        self.doubts: list[tuple[str, ...]] = [()] * len(tiling)
        self.promise = np.zeros(len(tiling))

    def taken_along(self) -> _Level:
        """The same, to be gone on with by another."""
        other = copy.copy(self)
        other.odds, other.doubts, other.promise = self.odds.copy(), list(self.doubts), self.promise.copy()
        return other

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
        given = self.settings.threshold
        self._threshold = model.card.finding_rule.at(self.total) if given is None else given
        self._done = 0
        self._finished = False
        self._last: Scan | None = None
        self._is_window = photo.whole is not None
        self._seconds = 0.0
        self._unstable: dict[Box, bool] = {}
        """By a finding's tile: whether it depends on the grid."""
        self._advancing, self._reading = threading.Lock(), threading.Lock()

    @property
    def photo_name(self) -> str:
        """For people."""
        return self._photo.name

    @property
    def tiles(self) -> int:
        """Judged so far."""
        return self._done

    @property
    def evaluations(self) -> int:
        """The same, as explanations call it; those that only check findings are not counted."""
        return self._done

    @property
    def threshold(self) -> float:
        """0-1, score at and above which a finding counts."""
        return self._threshold

    @property
    def nbytes(self) -> int:
        """About what it takes in memory. Of the photo, only its pixels where they are still needed."""
        pixels = 0 if self._finished else self._photo.rgb.nbytes
        return pixels + sum(level.odds.nbytes + level.promise.nbytes + 8 * len(level.doubts) for level in self._levels)

    @property
    def finished(self) -> bool:
        """Whether all tiles were judged, and the best findings checked."""
        return self._finished

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
            if self._finished:
                return
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
                self._finish(before + time.perf_counter() - began)

    def on_wall(self, wall_scale: WallScale | None) -> Scanner:
        """The same scan with lengths by another scale, or without; each goes on by itself from what was judged so far.

        No tile depends on the scale, so none is judged again.
        """
        with self._reading:
            other = copy.copy(self)
            other._levels = [level.taken_along() for level in self._levels]
            other._unstable = dict(self._unstable)
        other._advancing, other._reading = threading.Lock(), threading.Lock()
        other._wall_scale, other._last = wall_scale, None
        return other

    def _finish(self, seconds: float) -> None:
        """Nothing of the photo is looked at again: its pixels, which others may want to free, are let go."""
        with self._reading:
            self._seconds = seconds
            self._finished = True
            self._photo = replace(self._photo, rgb=np.zeros((0, 0, 3), np.uint8), whole=None, box=self._photo.box)

    def scan(self) -> Scan:
        """What is known now; once it is finished, always the same."""
        if not self._finished:
            return self._read()
        if self._last is None:
            self._last = self._read()
        return self._last

    def _read(self) -> Scan:
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
            threshold=self._threshold,
            photo_name=self._photo.name,
            photo_sha256=self._photo.sha256,
            photo_size=(width, height),
            photo_box=self._photo.box if self._is_window else None,
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
                self._unstable[finding.tile] = run_score(along) < self._threshold
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
