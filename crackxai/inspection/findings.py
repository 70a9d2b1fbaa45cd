"""Findings: runs of neighbouring tiles that look cracked. A crack is long; what one tile alone sees is weak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.inspection.heat import probability_of
from crackxai.inspection.tiling import Tiling
from crackxai.photo import Box

PRIOR_TILES = 2
"""Tiles of even odds that are averaged with those of a run: the fewer it has, the less is believed of it."""
SAME = 0.5
"""Part of the smaller of two boxes that the other covers, from which two scales saw one thing."""
DOUBTED = 0.5
"""Part of a finding's tiles from which what is doubted of them is doubted of it: along a metre of crack some tile is
always unlike the training photos."""


@dataclass(frozen=True)
class Finding:
    """What looks like a crack in a scanned photo.

    Attributes
    ----------
    box : all of its tiles, in the photo's pixels. tile : the one that looks most like a crack; a window to open.
    path : its tiles along its length, from end to end.
    length : pixels from the middle of the first tile of the path to that of the last, along it; 0 of a lone tile.
    score : 0-1, of the mean log-odds of the path's tiles, averaged with `PRIOR_TILES` of even odds; on the scale where
        it is highest.
    probability : 0-1, of the mean log-odds of its path's tiles. highest : of one tile.
    scales : pixels of the photo in one of the network's, of all scales that saw it; the first is that of its tiles.
    doubts : kinds of `crackxai.model.quality.QualityIssue` that at least `DOUBTED` of the tiles under it have.
    depends_on_grid : whether tiles half a step further do not see it; None where that was not looked at.
    """

    box: Box
    tile: Box
    path: tuple[Box, ...]
    length: float
    score: float
    probability: float
    highest: float
    scales: tuple[float, ...]
    doubts: tuple[str, ...] = ()
    depends_on_grid: bool | None = None

    @property
    def scale(self) -> float:
        """Pixels of the photo in one of the network's, where it was seen best."""
        return self.scales[0]

    @property
    def weak(self) -> bool:
        """Whether one tile alone saw it."""
        return len(self.path) == 1

    def to_record(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "box": self.box.as_dict(),
            "tile": self.tile.as_dict(),
            "path": [box.as_dict() for box in self.path],
            "length_pixels": self.length,
            "score": self.score,
            "probability": self.probability,
            "highest": self.highest,
            "scales": list(self.scales),
            "weak": self.weak,
            "doubts": list(self.doubts),
            "depends_on_grid": self.depends_on_grid,
        }


def run_score(odds: NDArray[np.floating]) -> float:
    """0-1: what a run of tiles with these log-odds is worth (see `Finding.score`)."""
    return float(probability_of(np.asarray(np.sum(odds) / (len(odds) + PRIOR_TILES))))


def find_runs(
    tiling: Tiling, odds: NDArray[np.floating], seed: float, scale: float, doubts: Sequence[Sequence[str]]
) -> list[Finding]:
    """The findings of one scale, highest score first.

    Parameters
    ----------
    odds : (rows, columns) log-odds of the tiles, NaN where one was not judged.
    seed : log-odds from which a tile looks cracked. Tiles that do and touch, at corners too, are one finding.
    scale : of the tiles, for `Finding.scales`.
    doubts : kinds of doubt, for each tile by its number.
    """
    # Not at the top: scanning is not all that CrackXAI is imported for.
    from scipy.ndimage import label

    with np.errstate(invalid="ignore"):
        groups, count = label(odds >= seed, structure=np.ones((3, 3)))
    found = []
    for group in range(1, count + 1):
        cells = np.argwhere(groups == group)
        path = cells[_longest_path(cells, tiling)]
        along = odds[path[:, 0], path[:, 1]]
        numbers = [int(row) * tiling.shape[1] + int(column) for row, column in cells]
        boxes = [tiling.box(number) for number in numbers]
        best = int(np.argmax(odds[cells[:, 0], cells[:, 1]]))
        found.append(
            Finding(
                box=_around(boxes),
                tile=boxes[best],
                path=tuple(tiling.box(int(row) * tiling.shape[1] + int(column)) for row, column in path),
                length=_length(path, tiling),
                score=run_score(along),
                probability=float(probability_of(along.mean())),
                highest=float(probability_of(odds[cells[best][0], cells[best][1]])),
                scales=(scale,),
                doubts=_doubts([doubts[number] for number in numbers]),
            )
        )
    return sorted(found, key=lambda finding: -finding.score)


def _doubts(tiles: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Kinds of doubt that enough of the tiles have, in the order in which they come."""
    counts = Counter(kind for own in tiles for kind in own)
    return tuple(kind for kind, count in counts.items() if count >= DOUBTED * len(tiles))


def merge_scales(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of all scales, highest score first; what several scales saw is told once.

    It lies where the finest of them saw it, with the highest score of them.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.scales[0], -each.score)):
        twins = [i for i, other in enumerate(kept) if _covered(finding.box, other.box) >= SAME]
        if not twins:
            kept.append(finding)
            continue
        best = max(twins, key=lambda i: kept[i].score)
        for i in twins:
            kept[i] = replace(kept[i], scales=tuple(dict.fromkeys((*kept[i].scales, *finding.scales))))
        kept[best] = replace(kept[best], score=max(kept[best].score, finding.score))
    return sorted(kept, key=lambda each: -each.score)


def _longest_path(cells: NDArray[np.integer], tiling: Tiling) -> NDArray[np.integer]:
    """Numbers of the cells on the way between the two that are furthest apart through the others."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    if len(cells) == 1:
        return np.zeros(1, dtype=np.intp)
    at = {(int(row), int(column)): i for i, (row, column) in enumerate(cells)}
    edges = list(_edges(at))
    points = _middles(cells, tiling)
    first, second = (np.array(ends) for ends in zip(*edges, strict=True))
    steps = np.hypot(*(points[first] - points[second]).T)
    graph = coo_array((steps, (first, second)), shape=(len(cells), len(cells))).tocsr()
    # Twice to the furthest cell: exact where the cells form a tree, and near it where they do not.
    end = int(np.argmax(dijkstra(graph, directed=False, indices=0)))
    distance, before = dijkstra(graph, directed=False, indices=end, return_predecessors=True)
    path = [int(np.argmax(distance))]
    while path[-1] != end:
        path.append(int(before[path[-1]]))
    return np.array(path)


def _edges(at: dict[tuple[int, int], int]) -> Iterator[tuple[int, int]]:
    for (row, column), i in at.items():
        for there in ((row, column + 1), (row + 1, column - 1), (row + 1, column), (row + 1, column + 1)):
            if there in at:
                yield i, at[there]


def _middles(cells: NDArray[np.integer], tiling: Tiling) -> NDArray[np.float64]:
    """(n, 2) float64: middles of the tiles of (n, 2) rows and columns, pixels from the photo's corner."""
    tops, lefts = np.asarray(tiling.tops), np.asarray(tiling.lefts)
    return np.stack([tops[cells[:, 0]], lefts[cells[:, 1]]], axis=1) + tiling.side / 2


def _length(path: NDArray[np.integer], tiling: Tiling) -> float:
    steps = np.diff(_middles(path, tiling), axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.top for box in boxes),
        max(box.bottom for box in boxes),
        min(box.left for box in boxes),
        max(box.right for box in boxes),
    )


def _covered(box: Box, other: Box) -> float:
    """Part of the smaller of two boxes that lies in both."""
    height = min(box.bottom, other.bottom) - max(box.top, other.top)
    width = min(box.right, other.right) - max(box.left, other.left)
    if height <= 0 or width <= 0:
        return 0.0
    return height * width / min(box.height * box.width, other.height * other.width)
