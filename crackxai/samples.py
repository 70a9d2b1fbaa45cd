"""Drawn photos of concrete with and without cracks, and the exact mask of each crack.

Everything comes from a seed: relief and aggregate, pores, stains, uneven light, and honest distractors (formwork
joints, cast shadows, trowel marks) that are no cracks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from crackxai.files import make_folder, refuse_taken, write_file, write_files
from crackxai.render import png

LABELS_FILE = "labels.csv"
SIDE = 480
"""Pixels a side."""
SUPERSAMPLING = 4
"""Cracks are drawn this much larger and averaged down, so that their edges are as soft as a camera's."""
DISTRACTORS = ("joint", "shadow", "trowel marks", "drip stain")
TINTS = ((176, 170, 160), (150, 148, 144), (190, 178, 156), (128, 126, 124), (186, 170, 146), (164, 162, 166))
"""Mean colours of concretes, RGB."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A drawn photo.

    Attributes
    ----------
    name : file stem, such as "sample-03"; it does not tell the answer.
    rgb : (H, W, 3) uint8, 0-255.
    mask : (H, W) bool: where at least half of the pixel is crack.
    cracked : whether there is one.
    distractor : what else is in it, of `DISTRACTORS`, or "".
    """

    name: str
    rgb: np.ndarray
    mask: np.ndarray
    cracked: bool
    distractor: str


def draw_samples(count: int, seed: int = 0, side: int = SIDE) -> Iterator[Sample]:
    """``count`` samples, cracked and sound in turn; number i depends on ``seed`` and i alone."""
    for i in range(count):
        rng = np.random.default_rng((seed, i))
        cracked = i % 2 == 0
        distractor = DISTRACTORS[(i // 4) % len(DISTRACTORS)] if (i // 2) % 2 else ""
        rgb, mask = draw_concrete(rng, side, cracked, distractor)
        yield Sample(sample_name(i), rgb, mask, cracked, distractor)


def sample_name(i: int) -> str:
    """File stem of number ``i``, counted from 0."""
    return f"sample-{i + 1:02d}"


def write_samples(out: Path, count: int, seed: int, replace: bool = True) -> list[Path]:
    """Write photos and masks as PNG and ``labels.csv`` into ``out``; returns the photos' paths.

    Parameters
    ----------
    replace : whether files of these names that are there already may be written over.

    Raises
    ------
    OutputError : a file cannot be written, or is there and ``replace`` is False; nothing is written in this case.
    """
    names = [sample_name(i) for i in range(count)]
    if not replace:
        refuse_taken([out / LABELS_FILE, *(out / f"{name}{end}.png" for name in names for end in ("", "-mask"))])
    make_folder(out)
    labels = io.StringIO(newline="")
    table = csv.writer(labels)
    table.writerow(["photo", "mask", "cracked", "crack_pixels", "distractor"])
    for sample in draw_samples(count, seed):
        photo, mask = f"{sample.name}.png", f"{sample.name}-mask.png"
        white = np.repeat(sample.mask[..., None], 3, axis=2).astype(np.uint8) * 255
        write_files({out / photo: png(sample.rgb), out / mask: png(white)}, replace)
        table.writerow([photo, mask, int(sample.cracked), int(sample.mask.sum()), sample.distractor])
    write_file(out / LABELS_FILE, labels.getvalue(), replace)
    return [out / f"{name}.png" for name in names]


def draw_concrete(
    rng: np.random.Generator, side: int, cracked: bool, distractor: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """One picture: ((side, side, 3) uint8, (side, side) bool crack mask)."""
    relief = _relief(rng, side)
    albedo = _albedo(rng, side)
    pores = _pores(rng, side)
    light = _shading(relief - 0.7 * pores, rng)
    if distractor == "trowel marks":
        light *= _trowel_marks(rng, side)
    picture = albedo * (light * (1 - 0.45 * pores))[..., None]
    if distractor == "joint":
        picture *= _joint(rng, side)[..., None]
    elif distractor == "drip stain":
        picture *= _drips(rng, side)[..., None] ** np.array([0.9, 1.0, 1.15])
    mask = np.zeros((side, side), dtype=bool)
    if cracked:
        picture, mask = _cracked(picture, rng, side)
    picture *= _falling_light(rng, side)[..., None]
    if distractor == "shadow":
        picture *= _shadow(rng, side)[..., None] ** np.array([1.06, 1.0, 0.92])
    return _camera(picture, rng), mask


def _noise(rng: np.random.Generator, side: int, cells: int) -> np.ndarray:
    """(side, side) smooth noise of about unit variance with ``cells`` bumps a side."""
    small = rng.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    large = cv2.resize(small, None, fx=side / cells, fy=side / cells, interpolation=cv2.INTER_CUBIC)
    return large[:side, :side]


def _octaves(rng: np.random.Generator, side: int, first: int, count: int, fall: float) -> np.ndarray:
    """Fractal noise: each octave has twice the bumps and ``fall`` times the height of the one before."""
    return sum(fall**i * _noise(rng, side, first * 2**i) for i in range(count))


def _relief(rng: np.random.Generator, side: int) -> np.ndarray:
    """Height of the surface in arbitrary units, from hand-wide waves down to grains of sand."""
    roughness = rng.uniform(0.4, 1.1)
    coarse = _octaves(rng, side, 4, 4, 0.55)
    fine = _octaves(rng, side, side // 12, 3, 0.7)
    return coarse + roughness * 0.28 * fine


def _shading(height: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lambert shading of a relief lit from one side, around 1."""
    angle = rng.uniform(0, 2 * np.pi)
    dy, dx = np.gradient(height)
    slope = np.cos(angle) * dx + np.sin(angle) * dy
    return 1 + np.clip(slope * rng.uniform(0.16, 0.3) / (slope.std() + 1e-6) * 0.22, -0.28, 0.28)


def _albedo(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side, 3) colour of the dry surface: cement clouds, stains and grains."""
    tint = np.array(TINTS[rng.integers(len(TINTS))], dtype=np.float32) * rng.uniform(0.88, 1.08)
    clouds = 1 + rng.uniform(0.02, 0.05) * _octaves(rng, side, 2, 5, 0.6)
    warm = 1 + 0.012 * _octaves(rng, side, 2, 3, 0.5)
    stains = 1 - rng.uniform(0, 0.16) / (1 + np.exp(-4 * (_octaves(rng, side, 2, 4, 0.5) - 1.4)))
    grains = 1 + rng.uniform(0.02, 0.06) * _noise(rng, side, side // 3)
    grey = clouds * stains * grains
    return tint * np.stack([grey * warm, grey, grey / warm], axis=-1)


def _pores(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side) 0-1: round air holes, most of them small."""
    canvas = np.zeros((side, side), dtype=np.float32)
    for _ in range(rng.integers(12, 70)):
        radius = min(side / 60, rng.pareto(2.2) * side / 480 + side / 420)
        centre = tuple(int(v) for v in rng.uniform(0, side * 8, 2))
        axes = (int(radius * 8), int(radius * 8 * rng.uniform(0.6, 1)))
        depth = float(rng.uniform(0.4, 1))
        cv2.ellipse(canvas, centre, axes, rng.uniform(0, 180), 0, 360, depth, -1, cv2.LINE_AA, 3)
    return cv2.GaussianBlur(canvas, (0, 0), side / 700)


def _cracked(picture: np.ndarray, rng: np.random.Generator, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The picture with a branching crack, and its mask."""
    cover = _crack_cover(rng, side)
    # Dark inside, darker where it is wide and so deep; the lip that faces the light is a little brighter.
    depth = cv2.GaussianBlur(cover, (0, 0), side / 240)
    darkness = rng.uniform(0.72, 1.0) * np.clip(cover * (0.45 + 0.5 * depth), 0, 0.93)
    darkness *= 1 - 0.18 * np.clip(_noise(rng, side, 24), 0, 1.5)
    dust = 1 - 0.12 * cv2.GaussianBlur(cover, (0, 0), side / 60)
    lip = 0.25 * np.clip(np.roll(depth, (2, 2), (0, 1)) - depth, 0, 1)
    shade = (1 - darkness) * dust * (1 + lip)
    return picture * shade[..., None], cover >= 0.5


def _crack_cover(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side) 0-1: how much of each pixel is crack."""
    big = side * SUPERSAMPLING
    canvas = np.zeros((big, big), dtype=np.uint8)
    turned = rng.integers(4)
    width = rng.uniform(0.006, 0.022) * big
    start = np.array([-0.03, rng.uniform(0.2, 0.8)]) * big
    end = np.array([1.03, rng.uniform(0.2, 0.8)]) * big
    main = _wander(start, end, rng, big * rng.uniform(0.06, 0.13))
    _stroke(canvas, main, width, rng, tapering=False)
    for _ in range(rng.integers(0, 4)):
        at = rng.integers(len(main) // 8, 7 * len(main) // 8)
        along = main[min(at + 20, len(main) - 1)] - main[max(at - 20, 0)]
        angle = np.arctan2(along[1], along[0]) + rng.choice([-1, 1]) * rng.uniform(0.4, 1.1)
        reach = rng.uniform(0.12, 0.4) * big
        tip = main[at] + reach * np.array([np.cos(angle), np.sin(angle)])
        _stroke(canvas, _wander(main[at], tip, rng, reach * 0.12), width * rng.uniform(0.3, 0.6), rng, tapering=True)
    cover = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.ascontiguousarray(np.rot90(cover, turned))


def _wander(start: np.ndarray, end: np.ndarray, rng: np.random.Generator, sway: float) -> np.ndarray:
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


def _stroke(canvas: np.ndarray, points: np.ndarray, width: float, rng: np.random.Generator, tapering: bool) -> None:
    """Draw the walk with a width that varies along it and, if ``tapering``, runs out to nothing."""
    n = len(points)
    knots = rng.uniform(0.45, 1.35, max(4, n // 40))
    widths = width * np.interp(np.linspace(0, 1, n), np.linspace(0, 1, len(knots)), knots)
    widths *= rng.uniform(0.75, 1.25, n)
    if tapering:
        widths *= np.linspace(1, 0.15, n)
    for a, b, w in zip(points[:-1], points[1:], widths, strict=False):
        ends = [tuple(round(v) for v in p) for p in (a, b)]
        cv2.line(canvas, *ends, 255, max(1, round(w)), cv2.LINE_8)


def _line(rng: np.random.Generator, side: int, upright: bool) -> np.ndarray:
    """(side, side) signed distances in sides from a line; upright: within 3 degrees of a picture's axis."""
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.025) if upright else rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    return (
        np.float32(np.cos(angle)) * ramp
        + np.float32(np.sin(angle)) * ramp[:, None]
        - np.float32(rng.uniform(-0.3, 0.3))
    )


def _joint(rng: np.random.Generator, side: int) -> np.ndarray:
    """A formwork joint: a straight fin of even width, lit on one side and dark on the other, panels of two tones."""
    distance = _line(rng, side, upright=True)
    width = rng.uniform(0.005, 0.010)
    profile = np.exp(-((distance / width) ** 2))
    edge = profile * np.tanh(distance / width) * rng.uniform(0.18, 0.3)
    panels = 1 + rng.uniform(-0.05, 0.05) * np.tanh(distance / 0.004)
    return (1 + edge - 0.10 * profile) * panels


def _shadow(rng: np.random.Generator, side: int) -> np.ndarray:
    """A cast shadow with a straight, soft edge."""
    edge = 1 / (1 + np.exp(-np.clip(_line(rng, side, upright=False) / rng.uniform(0.008, 0.03), -30, 30)))
    darkest = rng.uniform(0.45, 0.65)
    return darkest + (1 - darkest) * edge


def _trowel_marks(rng: np.random.Generator, side: int) -> np.ndarray:
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


def _drips(rng: np.random.Generator, side: int) -> np.ndarray:
    """Soft dark runs of water from above."""
    stain = np.ones((side, side), dtype=np.float32)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    for _ in range(rng.integers(2, 5)):
        middle = rng.uniform(0.1, 0.9) + 0.02 * np.sin(y * rng.uniform(2, 6) + rng.uniform(0, 6))
        width = rng.uniform(0.03, 0.08) * (1 + 0.4 * y)
        run = np.exp(-(((x - middle) / width) ** 2)) / (1 + np.exp(10 * (y - rng.uniform(0.5, 1.1))))
        stain *= 1 - np.float32(rng.uniform(0.1, 0.24)) * run * (1 + 0.25 * _octaves(rng, side, 3, 4, 0.6))
    return np.clip(stain, 0.5, 1)


def _falling_light(rng: np.random.Generator, side: int) -> np.ndarray:
    """Light from one side, and the lens's own fall-off to the corners."""
    ramp = _line(rng, side, upright=False)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    return (1 + rng.uniform(0.04, 0.25) * ramp) * (1 - rng.uniform(0.02, 0.09) * (x**2 + y**2))


def _camera(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lens blur, sensor noise, 8 bits."""
    blurred = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), rng.uniform(0.5, 0.9))
    noise = rng.normal(0, rng.uniform(1.2, 3.0), picture.shape)
    return np.clip(np.rint(blurred + noise), 0, 255).astype(np.uint8)
