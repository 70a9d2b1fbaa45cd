"""Drawn cracks: a wandering, branching line of uneven width."""

from __future__ import annotations

import cv2
import numpy as np

from crackxai.samples.surface import noise

SUPERSAMPLING = 4
"""Cracks are drawn this much larger and averaged down, so that their edges are as soft as a camera's."""
WIDTHS = (0.006, 0.022)
"""Of a clear crack, in sides."""


def with_crack(picture: np.ndarray, rng: np.random.Generator, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The picture with a branching crack, and its mask."""
    cover = crack_cover(rng, side)
    # Dark inside, darker where it is wide and so deep; the lip that faces the light is a little brighter.
    depth = cv2.GaussianBlur(cover, (0, 0), side / 240)
    darkness = rng.uniform(0.72, 1.0) * np.clip(cover * (0.45 + 0.5 * depth), 0, 0.93)
    darkness *= 1 - 0.18 * np.clip(noise(rng, side, 24), 0, 1.5)
    dust = 1 - 0.12 * cv2.GaussianBlur(cover, (0, 0), side / 60)
    lip = 0.25 * np.clip(np.roll(depth, (2, 2), (0, 1)) - depth, 0, 1)
    shade = (1 - darkness) * dust * (1 + lip)
    return picture * shade[..., None], cover >= 0.5


def crack_cover(
    rng: np.random.Generator, side: int, widths: tuple[float, float] = WIDTHS, branches: int = 4
) -> np.ndarray:
    """(side, side) 0-1: how much of each pixel is crack.

    Parameters
    ----------
    widths : smallest and largest width, in sides.
    branches : fewer than so many.
    """
    big = side * SUPERSAMPLING
    canvas = np.zeros((big, big), dtype=np.uint8)
    turned = rng.integers(4)
    width = rng.uniform(*widths) * big
    start = np.array([-0.03, rng.uniform(0.2, 0.8)]) * big
    end = np.array([1.03, rng.uniform(0.2, 0.8)]) * big
    main = wander(start, end, rng, big * rng.uniform(0.06, 0.13))
    stroke(canvas, main, width, rng, tapering=False)
    for _ in range(rng.integers(0, branches)):
        at = int(rng.integers(len(main) // 8, 7 * len(main) // 8))
        along = main[min(at + 20, len(main) - 1)] - main[max(at - 20, 0)]
        angle = np.arctan2(along[1], along[0]) + rng.choice([-1, 1]) * rng.uniform(0.4, 1.1)
        reach = rng.uniform(0.12, 0.4) * big
        tip = main[at] + reach * np.array([np.cos(angle), np.sin(angle)])
        stroke(canvas, wander(main[at], tip, rng, reach * 0.12), width * rng.uniform(0.3, 0.6), rng, tapering=True)
    cover = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.ascontiguousarray(np.rot90(cover, int(turned)))


def wander(start: np.ndarray, end: np.ndarray, rng: np.random.Generator, sway: float) -> np.ndarray:
    """A random walk from start to end by midpoint displacement (Fournier et al., 1982): (n, 2) points x, y."""
    points = np.array([start, end])
    while len(points) < 500:
        middles = (points[1:] + points[:-1]) / 2
        along = points[1:] - points[:-1]
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) / (np.linalg.norm(along, axis=1, keepdims=True) + 1e-9)
        middles += across * rng.normal(0, sway, (len(middles), 1))
        merged = np.empty((len(points) + len(middles), 2))
        merged[0::2], merged[1::2] = points, middles
        points, sway = merged, sway * 0.56
    return points


def stroke(canvas: np.ndarray, points: np.ndarray, width: float, rng: np.random.Generator, tapering: bool) -> None:
    """Draw the walk with a width that varies along it and, if ``tapering``, runs out to nothing."""
    n = len(points)
    knots = rng.uniform(0.45, 1.35, max(4, n // 40))
    widths = width * np.interp(np.linspace(0, 1, n), np.linspace(0, 1, len(knots)), knots)
    widths *= rng.uniform(0.75, 1.25, n)
    if tapering:
        widths *= np.linspace(1, 0.15, n)
    for a, b, w in zip(points[:-1], points[1:], widths, strict=False):
        start, end = ((round(float(p[0])), round(float(p[1]))) for p in (a, b))
        cv2.line(canvas, start, end, 255, max(1, round(float(w))), cv2.LINE_8)
