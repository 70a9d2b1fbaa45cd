"""Milliseconds per picture of every runtime, precision and batch size on this machine.

    python benchmarks/forward.py [--repeats 5] [--json]

All are measured in turn, round after round; told are the median and the range, and the largest difference of a
probability from Keras in float32 on 200 drawn pictures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np

from crackxai import load_model
from crackxai.samples import draw_samples

BATCHES = (1, 2, 8, 32, 50)


def pictures(count: int, side: int) -> np.ndarray:
    """Corners, turned and darkened, of drawn photos: many different probabilities from few drawings."""
    rng = np.random.default_rng(0)
    drawn = [sample.rgb for sample in draw_samples(20, seed=2)]
    out = []
    for i in range(count):
        size = int(rng.integers(side, 480))
        top, left = rng.integers(0, 480 - size + 1, 2)
        crop = cv2.resize(
            drawn[i % 20][top : top + size, left : left + size], (side, side), interpolation=cv2.INTER_AREA
        )
        out.append(np.rot90(crop, rng.integers(4)) * rng.uniform(0.5, 1))
    return np.stack(out).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    models = {
        (runtime, precision): load_model(precision=precision, runtime=runtime)
        for runtime, precision in itertools.product(("keras", "openvino"), ("exact", "fast"))
    }
    drawn = pictures(200, next(iter(models.values())).input_size[0])
    scores = {key: np.concatenate([m.predict(p) for p in np.split(drawn, 4)]) for key, m in models.items()}
    seconds: dict[tuple, list[float]] = {(*key, size): [] for key in models for size in BATCHES}
    for _ in range(args.repeats + 1):
        for (*key, size), times in seconds.items():
            began = time.perf_counter()
            models[tuple(key)].predict(drawn[:size])
            times.append((time.perf_counter() - began) / size * 1000)
    rows = []
    for (runtime, precision, size), times in seconds.items():
        kept = times[1:]  # the first round warms up
        rows.append(
            {
                "device": models[runtime, precision].device,
                "batch": size,
                "ms": [statistics.median(kept), min(kept), max(kept)],
                "largest_difference": float(np.abs(scores[runtime, precision] - scores["keras", "exact"]).max()),
            }
        )
    if args.json:
        print(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=2))
        return
    print(f"{'':<34} {'batch':>5} {'ms per picture':>22} {'largest difference':>19}")
    for row in rows:
        middle, low, high = row["ms"]
        spread = f"{middle:.1f} ({low:.1f}–{high:.1f})"
        print(f"{row['device']:<34} {row['batch']:>5} {spread:>22} {row['largest_difference']:>19.1e}")


if __name__ == "__main__":
    main()
