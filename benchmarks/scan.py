"""A scan beside what it cannot do without, and beside the obvious way.

    python benchmarks/scan.py [--megapixels 2 12] [--repeats 3] [--precision exact] [--json]

In turn, several times: bare forward passes of as many tiles as the scan has (ready pictures, the same batch), and the
scan itself: cutting, shrinking, quality checks, heat, findings. And for the smallest photo the obvious way: a loop that
cuts every tile of the finest scale, asks Keras about one at a time, and takes the maximum. Told are medians and ranges
of the seconds and of the ratios of neighbours, and the process's peak memory above the photo.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import cv2
import numpy as np
from explain import in_turn

from crackxai import CrackModel, Photo, Scanner, load_model, scan
from crackxai.inspection.scan import FINEST
from crackxai.inspection.scanner import BATCH
from crackxai.inspection.tiling import Tiling


def wall(megapixels: float) -> Photo:
    """A rough wall of 3:2 with a crack across it."""
    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    width = round(1.5 * height)
    rng = np.random.default_rng(0)
    coarse = rng.normal(128, 20, (height // 8, width // 8, 3)).clip(0, 255).astype(np.uint8)
    rgb = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.add(rgb, rng.integers(0, 24, rgb.shape, dtype=np.uint8), dst=rgb)
    cv2.line(rgb, (width // 10, 0), (width // 6, height), (30, 30, 30), 5)
    rgb.setflags(write=False)
    return Photo(rgb, "wall.png", "0" * 64, (width, height), "PNG")


def bare_passes(model: CrackModel, count: int) -> None:
    pictures = np.random.default_rng(0).integers(60, 200, (BATCH, *model.input_size, 3), dtype=np.uint8)
    for i in range(0, count, BATCH):
        model.predict(pictures[: count - i])


def tile_by_tile(keras: CrackModel, photo: Photo) -> float:
    height, width = photo.rgb.shape[:2]
    tiling = Tiling.of(height, width, round(FINEST * keras.input_size[0]))
    return max(
        float(keras.predict(keras.prepare(photo.window(tiling.box(number)))[None])[0]) for number in range(len(tiling))
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(megapixels: float, model: CrackModel, repeats: int) -> dict[str, object]:
    photo = wall(megapixels)
    tiles = Scanner(model, photo).total
    before = peak_mb()  # with the photo, and the network warm
    first = Scanner(model, photo)
    first.advance(60)
    first.scan()
    found = in_turn(lambda: bare_passes(model, tiles), lambda: scan(model, photo), repeats)
    return {
        "megapixels": megapixels,
        "tiles": tiles,
        "first heat, s": first.scan().seconds,
        "bare_s": found["peer_s"],
        "scan_s": found["ours_s"],
        "scan / bare": [1 / found["ratio"][0], 1 / found["ratio"][2], 1 / found["ratio"][1]],
        "peak above the photo, MB": peak_mb() - before,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[2, 12])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--precision", choices=("exact", "fast"), default="exact")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(precision=args.precision)
    bare_passes(model, 2 * BATCH)
    rows = []
    for megapixels in args.megapixels:
        rows.append(measure(megapixels, model, args.repeats))
        if not args.json:
            print(rows[-1], flush=True)
    photo, keras = wall(args.megapixels[0]), load_model(precision=args.precision, runtime="keras")
    obvious = in_turn(lambda: tile_by_tile(keras, photo), lambda: scan(model, photo), args.repeats)
    if args.json:
        print(json.dumps({"precision": args.precision, "rows": rows, "obvious": obvious}, indent=1))
    else:
        print(f"tile by tile / ours at {args.megapixels[0]:g} megapixels: {obvious}")


if __name__ == "__main__":
    main()
