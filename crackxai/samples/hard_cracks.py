"""Cracks that are hard to see: hairlines, crazing, wet, white, filled and stepped ones.

Each function takes a (side, side, 3) float32 picture, RGB, 0-255, and gives one with a crack and the crack's
(side, side) bool mask.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from crackxai.samples.cracks import SUPERSAMPLING, crack_cover
from crackxai.samples.shapes import band, cells, curve, laid, ragged, tinted
from crackxai.samples.surface import noise, octaves

COVERED = 0.3
"""Part of a pixel that the crack must cover to be of the mask: a hairline covers none whole."""


def _cut(picture: np.ndarray, cover: np.ndarray, depth: float, rng: np.random.Generator) -> np.ndarray:
    """The picture darkened by ``depth`` where ``cover`` is 1, unevenly along the crack."""
    side = len(picture)
    uneven = np.clip(1 + 0.3 * octaves(rng, side, 5, 3, 0.6), 0.35, 1.3)
    lip = np.clip(np.roll(cover, tuple(rng.integers(-2, 3, 2)), (0, 1)) - cover, 0, 1) * np.float32(
        rng.uniform(0, 0.15)
    )
    shade = 1 - np.clip(depth * uneven * cover, 0, 0.95) + lip
    return np.asarray(picture * tinted(shade, (1.0, 1.0, rng.uniform(0.95, 1.1))), dtype=np.float32)


def _cover(rng: np.random.Generator, side: int, low: float, high: float, branches: int = 4) -> np.ndarray:
    """(side, side) 0-1 of a crack whose width is log-uniform between ``low`` and ``high`` sides."""
    width = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return crack_cover(rng, side, (0.8 * width, 1.2 * width), branches)


def hairline(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One to three pixels of the network's wide, and faint."""
    cover = _cover(rng, len(picture), 0.004, 0.012, 3)
    return _cut(picture, cover, rng.uniform(0.3, 0.75), rng), cover >= COVERED


def open_crack(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A clear one, up to wide."""
    cover = _cover(rng, len(picture), 0.009, 0.045)
    return _cut(picture, cover, rng.uniform(0.5, 0.95), rng), cover >= COVERED


def crazing(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A net of fine cracks (map cracking)."""
    side = len(picture)
    _, gap = cells(rng, side, int(rng.integers(8, 45)))
    # The straight edges of the cells are bent, by reading them at places that wander.
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    move = [np.asarray(side * 0.012 * octaves(rng, side, 8, 3, 0.6), dtype=np.float32) for _ in range(2)]
    gap = cv2.remap(gap, x + move[0], y + move[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    cover = np.clip(1.2 - gap / np.float32(rng.uniform(0.005, 0.012)), 0, 1)
    cover = cover * np.clip(0.75 + 0.4 * octaves(rng, side, 3, 3, 0.6), 0, 1)
    return _cut(picture, cover, rng.uniform(0.35, 0.85), rng), cover >= COVERED


def wet(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A crack in a dark, damp halo."""
    side = len(picture)
    cover = _cover(rng, side, 0.004, 0.02)
    near = cv2.distanceTransform((cover < COVERED).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) / side
    reach = rng.uniform(0.015, 0.08) * np.clip(1 + 0.5 * octaves(rng, side, 4, 3, 0.6), 0.3, 2)
    halo = 1 - np.float32(rng.uniform(0.15, 0.45)) * np.exp(-((near / reach) ** 2))
    return _cut(picture * tinted(halo, (1, 1.02, 1.05)), cover, rng.uniform(0.3, 0.8), rng), cover >= COVERED


def efflorescence(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A crack with white salts along it."""
    side = len(picture)
    cover = _cover(rng, side, 0.004, 0.02)
    near = cv2.distanceTransform((cover < COVERED).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) / side
    salt = np.exp(-((near / rng.uniform(0.008, 0.03)) ** 2)) * np.clip(0.6 + 0.6 * noise(rng, side, 14), 0, 1)
    white = laid(picture, (salt * rng.uniform(0.4, 0.95)).astype(np.float32), np.full_like(picture, 228.0), keep=0.3)
    return _cut(white, cover, rng.uniform(0.35, 0.85), rng), cover >= COVERED


def filled(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A repaired crack that has opened again: a smooth strip of another tone, with a fine crack in it."""
    side = len(picture)
    cover = _cover(rng, side, 0.005, 0.014, 2)
    near = cv2.distanceTransform((cover < COVERED).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) / side
    strip = np.exp(-((near / rng.uniform(0.015, 0.04)) ** 4)).astype(np.float32)
    smooth = cv2.GaussianBlur(picture, (0, 0), 3) * np.float32(
        rng.choice([rng.uniform(0.6, 0.9), rng.uniform(1.05, 1.3)])
    )
    return _cut(laid(picture, strip, np.clip(smooth, 0, 250)), cover, rng.uniform(0.35, 0.85), rng), cover >= COVERED


def beside_joint(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A crack that starts at a joint or runs beside it."""
    side = len(picture)
    distance = curve(rng, side, 0, straight=True) + ragged(rng, side, 0.0008)
    joint = 1 - np.float32(rng.uniform(0.2, 0.6)) * band(distance, rng.uniform(0.004, 0.015), 0.0015)
    cover = _cover(rng, side, 0.005, 0.022)
    if rng.random() < 0.5:
        cover = cover * (distance > 0)
    return _cut(picture * joint[..., None], cover, rng.uniform(0.45, 0.9), rng), cover >= COVERED


def stepped(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A crack up the joints of masonry in steps, as from settlement, with bricks split here and there."""
    side, big = len(picture), len(picture) * SUPERSAMPLING
    high = rng.uniform(0.06, 0.16) * big
    wide = high * rng.uniform(1, 1.7)
    at = np.array([rng.uniform(-0.1, 0.4) * big, big * 1.02])
    points, way = [at], float(rng.choice([-1, 1]))
    while at[1] > -high and len(points) < 80:
        upward = at - np.array([0, high])
        step = 0.0 if rng.random() < 0.25 else wide * way * rng.choice([1, 1, -1])
        points += [upward, upward + np.array([step, 0])]
        at = points[-1]
    corners = np.array(points)
    if way < 0:
        corners[:, 0] += 0.6 * big
    line = np.concatenate([np.linspace(a, b, 12)[:-1] for a, b in pairwise(corners)])
    line += cv2.GaussianBlur(rng.normal(0, 1, line.shape), (0, 0), 1.2) * 0.006 * big
    canvas = np.zeros((big, big), dtype=np.uint8)
    width = np.exp(rng.uniform(np.log(0.005), np.log(0.018))) * big
    for a, b, w in zip(line[:-1], line[1:], width * rng.uniform(0.5, 1.4, len(line)), strict=False):
        start, end = ((int(p[0]), int(p[1])) for p in (a, b))
        cv2.line(canvas, start, end, 255, max(1, round(float(w))), cv2.LINE_8)
    cover = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return _cut(picture, cover, rng.uniform(0.5, 0.95), rng), cover >= COVERED


HARD_CRACKS = {
    "hairline": hairline,
    "open crack": open_crack,
    "crazing": crazing,
    "wet": wet,
    "efflorescence": efflorescence,
    "filled": filled,
    "beside joint": beside_joint,
    "stepped": stepped,
}
"""By name."""
