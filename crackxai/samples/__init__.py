"""Drawn photos of concrete with and without cracks, and the exact mask of each crack.

Everything comes from a seed: relief and aggregate, pores, stains, uneven light, and honest distractors (formwork
joints, cast shadows, trowel marks) that are no cracks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from crackxai.files import make_folder, refuse_taken, write_file, write_files
from crackxai.png import png
from crackxai.samples.cracks import with_crack
from crackxai.samples.distractors import DISTRACTORS, drips, joint, shadow, trowel_marks
from crackxai.samples.sample import Sample
from crackxai.samples.surface import albedo, camera, falling_light, pores, relief, shading

__all__ = [
    "DISTRACTORS",
    "LABELS_FILE",
    "SIDE",
    "Sample",
    "draw_concrete",
    "draw_samples",
    "sample_name",
    "write_samples",
]

LABELS_FILE = "labels.csv"
SIDE = 480
"""Pixels a side."""


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
    height = relief(rng, side)
    colour = albedo(rng, side)
    holes = pores(rng, side)
    light = shading(height - 0.7 * holes, rng)
    if distractor == "trowel marks":
        light *= trowel_marks(rng, side)
    picture = colour * (light * (1 - 0.45 * holes))[..., None]
    if distractor == "joint":
        picture *= joint(rng, side)[..., None]
    elif distractor == "drip stain":
        picture *= drips(rng, side)[..., None] ** np.array([0.9, 1.0, 1.15])
    mask = np.zeros((side, side), dtype=bool)
    if cracked:
        picture, mask = with_crack(picture, rng, side)
    picture *= falling_light(rng, side)[..., None]
    if distractor == "shadow":
        picture *= shadow(rng, side)[..., None] ** np.array([1.06, 1.0, 0.92])
    return camera(picture, rng), mask
