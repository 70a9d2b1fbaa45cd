"""Plain shapes that drawn things are made of; all (side, side) float32."""

from __future__ import annotations

import cv2
import numpy as np

from crackxai.samples.surface import noise


def grid(rng: np.random.Generator, side: int, tilt: float = 0.06) -> tuple[np.ndarray, np.ndarray]:
    """x and y, 0-1 across the picture, as a camera sees them that is held a little askew and aslant.

    Parameters
    ----------
    tilt : largest lean in radians and largest perspective, in parts of the picture.
    """
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - np.float32(0.5)
    angle = rng.uniform(-tilt, tilt)
    u, v = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    far_x, far_y = rng.uniform(-5 * tilt, 5 * tilt, 2)
    depth = 1 + far_x * x + far_y * y
    return (u / depth + 0.5).astype(np.float32), (v / depth + 0.5).astype(np.float32)


def soft(distance: np.ndarray, edge: float) -> np.ndarray:
    """1 where ``distance`` is well below 0, 0 well above it, over an edge of about ``edge``."""
    return np.asarray(1 / (1 + np.exp(np.clip(distance / edge, -30, 30))), dtype=np.float32)


def band(distance: np.ndarray, width: float, edge: float) -> np.ndarray:
    """1 within ``width / 2`` of a line."""
    return soft(np.abs(distance) - np.float32(width / 2), edge)


def curve(rng: np.random.Generator, side: int, wave: float, straight: bool = False) -> np.ndarray:
    """Signed distance, in sides, from a smooth line across the picture that sways by ``wave`` sides.

    Parameters
    ----------
    straight : upright or level, within 3 degrees.
    """
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.03) if straight else rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    across = np.float32(np.cos(angle)) * ramp + np.float32(np.sin(angle)) * ramp[:, None]
    along = -np.float32(np.sin(angle)) * ramp + np.float32(np.cos(angle)) * ramp[:, None]
    sway = wave * np.sin(along * rng.uniform(2, 9) + rng.uniform(0, 6))
    return np.asarray(across - rng.uniform(-0.35, 0.35) + sway, dtype=np.float32)


def ragged(rng: np.random.Generator, side: int, size: float) -> np.ndarray:
    """Noise of about ``size`` that makes a straight edge ragged."""
    return np.asarray(size * (noise(rng, side, side // 8) + 0.6 * noise(rng, side, side // 3)), dtype=np.float32)


def cells(rng: np.random.Generator, side: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A plane divided among random points (Voronoi, 1908).

    Returns
    -------
    number of the nearest of ``count`` points (int32), and how much further the next one is, in sides.
    """
    # At a quarter of the size and blown up again: for its soft edges, and sixteen times sooner.
    small = max(8, side // 2)
    y, x = np.mgrid[0:small, 0:small].astype(np.float32) / small
    points = rng.uniform(-0.1, 1.1, (count, 2)).astype(np.float32)
    distances = np.hypot(x[..., None] - points[:, 0], y[..., None] - points[:, 1])
    nearest = np.argmin(distances, axis=-1).astype(np.int32)
    two = np.partition(distances, 1, axis=-1)[..., :2]
    gap = cv2.resize(two[..., 1] - two[..., 0], (side, side), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(nearest, (side, side), interpolation=cv2.INTER_NEAREST), gap


def tones(rng: np.random.Generator, numbers: np.ndarray, spread: float, most: int = 997) -> np.ndarray:
    """A tone around 1 for every number in ``numbers``, (H, W) int."""
    return np.asarray(np.exp(rng.normal(0, spread, most))[numbers % most], dtype=np.float32)


def tinted(shade: np.ndarray, tint: tuple[float, float, float]) -> np.ndarray:
    """(side, side) shade around 1 -> (side, side, 3), to a power of its own in each of R, G, B."""
    return np.asarray(np.clip(shade, 1e-3, None)[..., None] ** np.array(tint, dtype=np.float32), dtype=np.float32)


def laid(picture: np.ndarray, cover: np.ndarray, colour: np.ndarray, keep: float = 0.0) -> np.ndarray:
    """``colour`` over the picture where ``cover`` is 1; ``keep`` of the surface's own light and dark shows through."""
    own = picture / max(1.0, float(picture.mean()))
    paint = colour * (1 - keep + keep * own)
    return np.asarray(picture + cover[..., None] * (paint - picture), dtype=np.float32)
