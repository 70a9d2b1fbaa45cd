"""What weather, use and light leave that looks like a crack and is none: stains, growth, marks, scratches, shadows.

Each function takes a (side, side, 3) float32 picture, RGB, 0-255, and gives one.
"""

from __future__ import annotations

import cv2
import numpy as np

from crackxai.samples.shapes import band, cells, curve, grid, laid, soft, tinted, tones
from crackxai.samples.surface import noise, octaves

PAINTS = ((196, 40, 36), (32, 70, 150), (240, 240, 236), (24, 24, 26), (230, 190, 30), (40, 120, 70), (230, 110, 30))
GREENS = ((62, 84, 40), (86, 104, 52), (48, 62, 40), (96, 92, 56))


def runs(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Narrow vertical runs: of rust, of dark water, or white."""
    side = len(picture)
    x, y = grid(rng, side)
    shade = np.ones((side, side), dtype=np.float32)
    for _ in range(rng.integers(1, 8)):
        middle = rng.uniform(0, 1) + 0.01 * np.sin(y * rng.uniform(3, 14) + rng.uniform(0, 6))
        width = np.exp(rng.uniform(np.log(0.004), np.log(0.06))) * (1 + rng.uniform(-0.3, 0.8) * y)
        start, end = rng.uniform(-0.6, 0.5), rng.uniform(0.4, 1.6)
        fade = soft(start - y, 0.02) * soft(y - end, 0.12)
        shade -= np.float32(rng.uniform(0.08, 0.4)) * np.exp(-(((x - middle) / width) ** 2)) * fade
    shade *= 1 + 0.05 * octaves(rng, side, 6, 3, 0.6)
    kind = rng.integers(3)
    if kind == 2:
        return laid(picture, np.clip(1 - shade, 0, 0.9).astype(np.float32), np.full_like(picture, 226.0), keep=0.4)
    return np.asarray(picture * tinted(np.clip(shade, 0.15, 1.2), ((0.45, 1.0, 1.6), (1, 1, 0.95))[kind]), np.float32)


def stain(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Damp or dirt with a sharp, wandering border, often darker along it."""
    side = len(picture)
    field = octaves(rng, side, int(rng.integers(1, 4)), 5, 0.5) - np.float32(rng.uniform(-0.5, 1.2))
    inside = soft(-field, rng.uniform(0.02, 0.2))
    rim = np.exp(-((field / rng.uniform(0.03, 0.12)) ** 2)) * rng.uniform(0, 0.25)
    shade = 1 - np.float32(rng.uniform(0.08, 0.45)) * inside - rim
    return np.asarray(picture * tinted(np.clip(shade, 0.2, 1), (1, 1.02, rng.uniform(0.9, 1.3))), dtype=np.float32)


def growth(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Moss, algae and lichen in patches."""
    side = len(picture)
    field = octaves(rng, side, int(rng.integers(2, 6)), 6, 0.68) - np.float32(rng.uniform(0.3, 1.8))
    colour = (
        np.array(GREENS[rng.integers(len(GREENS))], np.float32) * (1 + 0.25 * noise(rng, side, side // 3))[..., None]
    )
    cover = soft(-field, 0.08) * np.float32(rng.uniform(0.4, 1))
    return laid(picture, cover, np.clip(colour, 0, 255), keep=0.5)


def grass(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blades at the foot of a wall, or twigs and stems over it."""
    side = len(picture)
    out = picture.copy()
    woody = rng.random() < 0.35
    count = rng.integers(1, 4) if woody else rng.integers(15, 90)
    for _ in range(count):
        foot = np.array([rng.uniform(-0.1, 1.1), rng.uniform(0.95, 1.1)]) * side
        lean, tall = rng.normal(0, 0.35), rng.uniform(0.6, 1.2) if woody else rng.uniform(0.08, 0.4)
        tip = foot + tall * side * np.array([np.sin(lean), -np.cos(lean)])
        bend = (foot + tip) / 2 + rng.normal(0, 0.04 * side, 2)
        t = np.linspace(0, 1, 24)[:, None]
        line = (1 - t) ** 2 * foot + 2 * t * (1 - t) * bend + t**2 * tip
        base = np.array((96, 78, 58) if woody else GREENS[rng.integers(len(GREENS))], float) * rng.uniform(0.8, 1.7)
        thick = int(rng.integers(2, 6) if woody else rng.integers(1, 4))
        shadow = (line + rng.uniform(2, 6, 2)).astype(np.int32)
        cv2.polylines(out, [shadow], False, (out.mean(axis=(0, 1)) * 0.6).tolist(), thick, cv2.LINE_AA)
        cv2.polylines(out, [line.astype(np.int32)], False, np.clip(base, 0, 255).tolist(), thick, cv2.LINE_AA)
    return out


def paint(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Painted letters, numbers, lines and arrows; chalk and pencil lines."""
    side = len(picture)
    canvas = np.zeros((side, side), dtype=np.uint8)
    for _ in range(rng.integers(1, 4)):
        thick = int(rng.integers(1, max(2, side // 40)))
        start, end = (tuple(int(v) for v in rng.uniform(-0.1, 1.1, 2) * side) for _ in range(2))
        kind = rng.integers(4)
        if kind == 0:
            text = "".join(rng.choice(list("ABCDEFHKLMNPRSTX0123456789-+"), rng.integers(1, 6)))
            at = (int(rng.uniform(0, 0.5) * side), int(rng.uniform(0.3, 0.95) * side))
            font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX]))
            cv2.putText(canvas, text, at, font, rng.uniform(1, 5) * side / 320, 255, thick, cv2.LINE_AA)
        elif kind == 1:
            cv2.arrowedLine(canvas, start, end, 255, thick, cv2.LINE_AA)
        elif kind == 2:
            cv2.line(canvas, start, end, 255, thick, cv2.LINE_AA)
        else:
            cv2.ellipse(canvas, start, (int(rng.uniform(0.05, 0.5) * side),) * 2, 0, 0, 360, 255, thick, cv2.LINE_AA)
    cover = cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), rng.choice([0.5, 0.8, 3.0])) * np.float32(
        rng.uniform(0.35, 1)
    )
    cover *= np.clip(1 + 0.6 * noise(rng, side, side // 3) * rng.choice([0, 1]), 0, 1)
    colour = np.array(PAINTS[rng.integers(len(PAINTS))], np.float32) * np.ones_like(picture)
    return laid(picture, cover, colour, keep=0.5)


def scratches(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fine scratches and scrapes: straight or gently bent, of even tone, lighter more often than darker."""
    side = len(picture)
    tone = np.float32(rng.uniform(0.08, 0.4) * (1 if rng.random() < 0.7 else -1))
    shade = np.ones((side, side), dtype=np.float32)
    for _ in range(rng.integers(1, 12)):
        distance = curve(rng, side, rng.choice([0, 0.01, 0.05]))
        along = soft(np.abs(curve(rng, side, 0)) - np.float32(rng.uniform(0.05, 0.5)), 0.03)
        shade += tone * np.float32(rng.uniform(0.4, 1)) * band(distance, rng.uniform(0.001, 0.006), 0.0015) * along
    return np.asarray(np.clip(picture * shade[..., None], 0, 255), dtype=np.float32)


def shadows(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cast shadows: an edge, the bars of a railing, a thin wire, or leaves."""
    side = len(picture)
    kind = rng.integers(4)
    softness = rng.uniform(0.0015, 0.02)
    if kind == 0:
        dark = soft(curve(rng, side, rng.choice([0, 0.03]), straight=False), softness)
    elif kind == 1:
        pitch, distance = rng.uniform(0.08, 0.4), curve(rng, side, 0)
        dark = band((distance / pitch - np.rint(distance / pitch)) * pitch, pitch * rng.uniform(0.1, 0.5), softness)
        if rng.random() < 0.5:
            dark = np.maximum(dark, band(curve(rng, side, 0), rng.uniform(0.01, 0.08), softness))
    elif kind == 2:
        dark = band(curve(rng, side, rng.choice([0, 0.03])), rng.uniform(0.004, 0.03), rng.uniform(0.003, 0.01))
    else:
        field = octaves(rng, side, int(rng.integers(4, 10)), 3, 0.5) - np.float32(rng.uniform(-0.5, 0.8))
        dark = soft(-field, rng.uniform(0.05, 0.4))
    shade = 1 - np.float32(rng.uniform(0.2, 0.7)) * dark
    return np.asarray(picture * tinted(shade, (1.08, 1.0, 0.9)), dtype=np.float32)


def aggregate(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposed aggregate: stones of many tones close together, with dark mortar between."""
    side = len(picture)
    numbers, gap = cells(rng, side, int(rng.integers(120, 420)))
    grey = tones(rng, numbers, rng.uniform(0.08, 0.3)) * np.float32(rng.uniform(0.8, 1.2))
    round_ = 0.75 + 0.3 * np.clip(gap / 0.03, 0, 1)
    between = soft(gap - rng.uniform(0.004, 0.012), 0.003) * np.float32(rng.uniform(0.2, 0.6))
    return np.asarray(np.clip(picture * (grey * round_ * (1 - between))[..., None], 0, 255), dtype=np.float32)


def paving(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Crazy paving, cobbles or rubble: stones of different tones with wide, soft joints."""
    side = len(picture)
    numbers, gap = cells(rng, side, int(rng.integers(6, 50)))
    stone = picture * tones(rng, numbers, rng.uniform(0.06, 0.25))[..., None]
    stone = stone * (0.8 + 0.25 * np.clip(gap / 0.06, 0, 1))[..., None].astype(np.float32)
    joint = soft(gap - rng.uniform(0.02, 0.05), rng.uniform(0.003, 0.012))
    tone = np.float32(rng.choice([rng.uniform(0.3, 0.7), rng.uniform(1.1, 1.6)]))
    return laid(stone, joint, np.clip(picture * tone, 0, 245))


WORN = {
    "runs": runs,
    "stain": stain,
    "growth": growth,
    "grass": grass,
    "paint": paint,
    "scratches": scratches,
    "shadows": shadows,
    "aggregate": aggregate,
    "paving": paving,
}
"""By name."""
