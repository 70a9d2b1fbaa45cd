"""Drawn photos for training: sound ones with what looks like a crack, cracked ones whose crack is hard to see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from crackxai.files import write_file
from crackxai.samples.built import BUILT, bond
from crackxai.samples.hard_cracks import HARD_CRACKS
from crackxai.samples.origin_folder import LABELS_FILE, SOURCE_FILE, new_origin, write_labelled
from crackxai.samples.sample import Sample
from crackxai.samples.surface import albedo, camera, falling_light, pores, relief, shading
from crackxai.samples.worn import WORN, shadows

SIDE = 352
"""Pixels a side: windows of it show a crack at several scales."""
LOOKALIKES = BUILT | WORN
"""Drawing function by name of what looks like a crack and is none."""


def draw_hard(count: int, seed: int = 0, side: int = SIDE) -> Iterator[Sample]:
    """``count`` photos, cracked and sound in turn; number i depends on ``seed`` and i alone.

    Look-alikes lie on cracked and sound photos alike, so that the crack alone tells them apart; in turn over the kinds
    of cracks and of look-alikes, so that a hundred photos show each.
    """
    for i in range(count):
        rng = np.random.default_rng((seed, i, 1))
        cracked = i % 2 == 0
        number = i // 2
        picture = _wall(rng, side)
        kinds = [list(LOOKALIKES)[number % len(LOOKALIKES)]] if not cracked or rng.random() < 0.6 else []
        kinds += [str(kind) for kind in rng.choice(list(LOOKALIKES), rng.integers(0, 2))]
        kind = list(HARD_CRACKS)[number % len(HARD_CRACKS)] if cracked else ""
        if kind == "stepped":
            kinds = ["bond"]
        # Shadows fall on everything; the rest was there before the crack.
        late = "shadows" in kinds
        for name in kinds:
            if name != "shadows":
                picture = LOOKALIKES[name](picture, rng)
        mask = np.zeros((side, side), dtype=bool)
        if kind:
            picture, mask = HARD_CRACKS[kind](picture, rng)
        if late:
            picture = shadows(picture, rng)
        picture = np.clip(picture, 0, 255) * falling_light(rng, side)[..., None]
        names = ", ".join([*([kind] if kind else []), *kinds])
        yield Sample(f"drawn-{seed}-{i + 1:05d}", camera(picture, rng), mask, cracked, names)


def write_hard(out: Path, count: int, seed: int) -> None:
    """Write an origin to train on: ``Positive/``, ``Negative/``, ``masks/`` and ``labels.csv``.

    Raises
    ------
    DataError : ``out`` holds something already.
    """
    new_origin(out)
    labels = io.StringIO(newline="")
    table = csv.writer(labels)
    table.writerow(["photo", "cracked", "shows"])
    for sample in tqdm(draw_hard(count, seed), total=count, desc="drawing", unit="photo", disable=None):
        write_labelled(out, sample.name, sample.rgb, sample.mask if sample.cracked else None)
        table.writerow([sample.name, int(sample.cracked), sample.distractor])
    write_file(out / LABELS_FILE, labels.getvalue())
    source = {
        "source": f"drawn by CrackXAI, {count} photos, seed {seed}",
        "licence": "drawn, so nobody's but the user's",
    }
    write_file(out / SOURCE_FILE, json.dumps(source, indent=1, allow_nan=False) + "\n")


def _wall(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side, 3) float32: bare concrete, smooth or rough, sometimes painted, rendered or of bricks."""
    holes = pores(rng, side) * np.float32(rng.choice([0, 0.4, 1]))
    rough = np.float32(np.exp(rng.uniform(np.log(0.3), np.log(2.2))))
    light = 1 + rough * (shading(relief(rng, side) - 0.7 * holes, rng) - 1)
    picture = albedo(rng, side) * np.float32(rng.uniform(0.6, 1.25)) * (light * (1 - 0.45 * holes))[..., None]
    if rng.random() < 0.25:
        coat = np.exp(rng.normal(0, 0.16, 3)).astype(np.float32)
        picture = picture * coat
    if rng.random() < 0.1:
        picture = bond(picture.astype(np.float32), rng)
    return np.asarray(picture, dtype=np.float32)
