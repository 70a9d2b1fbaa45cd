"""What is in drawn concrete and no crack: joints, shadows, trowel marks, drip stains."""

from __future__ import annotations

import numpy as np

from crackxai.samples.surface import line, octaves

DISTRACTORS = ("joint", "shadow", "trowel marks", "drip stain")


def joint(rng: np.random.Generator, side: int) -> np.ndarray:
    """A formwork joint: a straight fin of even width, lit on one side and dark on the other, panels of two tones."""
    distance = line(rng, side, upright=True)
    width = rng.uniform(0.005, 0.010)
    profile = np.exp(-((distance / width) ** 2))
    edge = profile * np.tanh(distance / width) * rng.uniform(0.18, 0.3)
    panels = 1 + rng.uniform(-0.05, 0.05) * np.tanh(distance / 0.004)
    return (1 + edge - 0.10 * profile) * panels


def shadow(rng: np.random.Generator, side: int) -> np.ndarray:
    """A cast shadow with a straight, soft edge."""
    edge = 1 / (1 + np.exp(-np.clip(line(rng, side, upright=False) / rng.uniform(0.008, 0.03), -30, 30)))
    darkest = rng.uniform(0.45, 0.65)
    return darkest + (1 - darkest) * edge


def trowel_marks(rng: np.random.Generator, side: int) -> np.ndarray:
    """Wide shallow arcs left by the trowel."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    marks = np.ones((side, side), dtype=np.float32)
    for _ in range(rng.integers(3, 7)):
        centre, radius = rng.uniform(-1, 2, 2), rng.uniform(0.8, 2.0)
        distance = np.hypot(x - centre[0], y - centre[1]) - radius
        marks += (
            np.float32(rng.choice([-1, 1]) * rng.uniform(0.05, 0.12))
            * np.tanh(distance / 0.02)
            * np.exp(-((distance / 0.09) ** 2))
        )
    return marks


def drips(rng: np.random.Generator, side: int) -> np.ndarray:
    """Soft dark runs of water from above."""
    stain = np.ones((side, side), dtype=np.float32)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    for _ in range(rng.integers(2, 5)):
        middle = rng.uniform(0.1, 0.9) + 0.02 * np.sin(y * rng.uniform(2, 6) + rng.uniform(0, 6))
        width = rng.uniform(0.03, 0.08) * (1 + 0.4 * y)
        run = np.exp(-(((x - middle) / width) ** 2)) / (1 + np.exp(10 * (y - rng.uniform(0.5, 1.1))))
        stain *= 1 - np.float32(rng.uniform(0.1, 0.24)) * run * (1 + 0.25 * octaves(rng, side, 3, 4, 0.6))
    return np.clip(stain, 0.5, 1)
