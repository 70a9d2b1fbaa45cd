"""The surface of drawn concrete: relief, colour, pores, light and the camera."""

from __future__ import annotations

import cv2
import numpy as np

TINTS = ((176, 170, 160), (150, 148, 144), (190, 178, 156), (128, 126, 124), (186, 170, 146), (164, 162, 166))
"""Mean colours of concretes, RGB."""


def noise(rng: np.random.Generator, side: int, cells: int) -> np.ndarray:
    """(side, side) smooth noise of about unit variance with ``cells`` bumps a side."""
    small = rng.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    large = cv2.resize(small, None, fx=side / cells, fy=side / cells, interpolation=cv2.INTER_CUBIC)
    return large[:side, :side]


def octaves(rng: np.random.Generator, side: int, first: int, count: int, fall: float) -> np.ndarray:
    """Fractal noise: each octave has twice the bumps and ``fall`` times the height of the one before."""
    return np.asarray(np.sum([fall**i * noise(rng, side, first * 2**i) for i in range(count)], axis=0))


def relief(rng: np.random.Generator, side: int) -> np.ndarray:
    """Height of the surface in arbitrary units, from hand-wide waves down to grains of sand."""
    roughness = rng.uniform(0.4, 1.1)
    coarse = octaves(rng, side, 4, 4, 0.55)
    fine = octaves(rng, side, side // 12, 3, 0.7)
    return coarse + roughness * 0.28 * fine


def shading(height: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lambert shading of a relief lit from one side, around 1."""
    angle = rng.uniform(0, 2 * np.pi)
    dy, dx = np.gradient(height)
    slope = np.cos(angle) * dx + np.sin(angle) * dy
    return np.asarray(1 + np.clip(slope * rng.uniform(0.16, 0.3) / (slope.std() + 1e-6) * 0.22, -0.28, 0.28))


def albedo(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side, 3) colour of the dry surface: cement clouds, stains and grains."""
    tint = np.array(TINTS[rng.integers(len(TINTS))], dtype=np.float32) * rng.uniform(0.88, 1.08)
    clouds = 1 + rng.uniform(0.02, 0.05) * octaves(rng, side, 2, 5, 0.6)
    warm = 1 + 0.012 * octaves(rng, side, 2, 3, 0.5)
    stains = 1 - rng.uniform(0, 0.16) / (1 + np.exp(-4 * (octaves(rng, side, 2, 4, 0.5) - 1.4)))
    grains = 1 + rng.uniform(0.02, 0.06) * noise(rng, side, side // 3)
    grey = clouds * stains * grains
    return tint * np.stack([grey * warm, grey, grey / warm], axis=-1)


def pores(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side) 0-1: round air holes, most of them small."""
    canvas = np.zeros((side, side), dtype=np.float32)
    for _ in range(rng.integers(12, 70)):
        radius = min(side / 60, rng.pareto(2.2) * side / 480 + side / 420)
        centre = tuple(int(v) for v in rng.uniform(0, side * 8, 2))
        axes = (int(radius * 8), int(radius * 8 * rng.uniform(0.6, 1)))
        depth = float(rng.uniform(0.4, 1))
        cv2.ellipse(canvas, centre, axes, rng.uniform(0, 180), 0, 360, depth, -1, cv2.LINE_AA, 3)
    return cv2.GaussianBlur(canvas, (0, 0), side / 700)


def line(rng: np.random.Generator, side: int, upright: bool) -> np.ndarray:
    """(side, side) signed distances in sides from a line; upright: within 3 degrees of a picture's axis."""
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.025) if upright else rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    return (
        np.float32(np.cos(angle)) * ramp
        + np.float32(np.sin(angle)) * ramp[:, None]
        - np.float32(rng.uniform(-0.3, 0.3))
    )


def falling_light(rng: np.random.Generator, side: int) -> np.ndarray:
    """Light from one side, and the lens's own fall-off to the corners."""
    ramp = line(rng, side, upright=False)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    return np.asarray((1 + rng.uniform(0.04, 0.25) * ramp) * (1 - rng.uniform(0.02, 0.09) * (x**2 + y**2)))


def camera(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lens blur, sensor noise, 8 bits."""
    blurred = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), rng.uniform(0.5, 0.9))
    noise = rng.normal(0, rng.uniform(1.2, 3.0), picture.shape)
    return np.clip(np.rint(blurred + noise), 0, 255).astype(np.uint8)
