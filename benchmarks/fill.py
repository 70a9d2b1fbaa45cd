"""OpenCV's inpainting and the compiled one side by side, under the masks of a real explanation.

    python benchmarks/fill.py [--repeats 7] [--every 10] [--maps] [--json]

Told are microseconds of one thread's CPU time for each hidden pixel, and OpenCV / ours of neighbouring rounds: medians,
least and most. What is not equal byte for byte ends the program. ``--maps`` adds whole explanations, first filled by
OpenCV, then by the compiled kernels, in turn: seconds on the clock and CPU seconds of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np

from crackxai import CrackModel, ExplainSettings, Photo, load_model, read_photo
from crackxai.explain import maskers
from crackxai.explain.explainer import Explainer
from crackxai.explain.fill_backend import Fill, FillBackend, cv2_fill
from crackxai.render import png
from crackxai.samples import draw_samples

NAMES = {"inpaint_telea": cv2.INPAINT_TELEA, "inpaint_ns": cv2.INPAINT_NS}
NEVER = 1 << 60


def masks_of_a_run(model: CrackModel, photo: Photo, name: str) -> list[np.ndarray]:
    """(H, W) uint8 each: what 500 evaluations hide, but for the whole picture."""
    seen: list[np.ndarray] = []

    class Watching(FillBackend):
        def fill(self, image: np.ndarray, hidden: np.ndarray, method: int) -> np.ndarray:
            seen.append(hidden.copy())
            return cv2_fill(image, hidden, method)

    maskers.backend = Watching()
    Explainer(model, photo, ExplainSettings(name)).advance()
    return seen


def spread(values: list[float]) -> list[float]:
    return [statistics.median(values), min(values), max(values)]


def side_by_side(ours: Fill, image: np.ndarray, masks: list[np.ndarray], method: int, repeats: int) -> dict:
    hidden = sum(int(mask.sum()) for mask in masks)
    for mask in masks:
        if not np.array_equal(ours(image, mask, method), cv2_fill(image, mask, method)):
            sys.exit("the two fills differ")

    def microseconds(fill: Fill) -> float:
        began = time.thread_time()
        for mask in masks:
            fill(image, mask, method)
        return (time.thread_time() - began) / hidden * 1e6

    rounds = [(microseconds(cv2_fill), microseconds(ours)) for _ in range(repeats)]
    return {
        "cv2_us": spread([a for a, _ in rounds]),
        "ours_us": spread([b for _, b in rounds]),
        "ratio": spread([a / b for a, b in rounds]),
    }


def whole_maps(model: CrackModel, photo: Photo, name: str, ready: FillBackend, repeats: int) -> dict:
    def seconds(backend: FillBackend) -> tuple[float, float, np.ndarray]:
        maskers.backend = backend
        wall, cpu = time.perf_counter(), time.process_time()
        run = Explainer(model, photo, ExplainSettings(name))
        run.advance()
        return time.perf_counter() - wall, time.process_time() - cpu, run.explanation().channel_values

    rounds = [(seconds(FillBackend(NEVER, NEVER)), seconds(ready)) for _ in range(repeats)]
    return {
        "wall_ratio": spread([a[0] / b[0] for a, b in rounds]),
        "cpu_ratio": spread([a[1] / b[1] for a, b in rounds]),
        "cv2_cpu_s": spread([a[1] for a, _ in rounds]),
        "ours_cpu_s": spread([b[1] for _, b in rounds]),
        "identical": all(np.array_equal(a[2], b[2]) for a, b in rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--every", type=int, default=10, help="takes every n-th mask of the run")
    parser.add_argument("--maps", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    backend, model, fast = FillBackend(), load_model(), load_model(precision="fast")
    began = time.process_time()
    if not backend.prepare():
        sys.exit("the compiled fill is not used on this computer")
    rows: dict[str, object] = {"CPU seconds until ready": time.process_time() - began}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.png"
        path.write_bytes(png(next(iter(draw_samples(1, seed=0))).rgb))
        photo = read_photo(path)
    image = model.prepare(photo)
    ours: Fill = backend.fill
    cv2.setNumThreads(1)
    for name, method in NAMES.items():
        masks = [mask for mask in masks_of_a_run(model, photo, name) if not mask.all()][:: args.every]
        rows[f"{name}, µs a hidden pixel, {len(masks)} masks"] = side_by_side(ours, image, masks, method, args.repeats)
    if args.maps:
        for name in NAMES:
            for chosen, precision in ((model, "exact"), (fast, "fast")):
                rows[f"{name} 500, {precision}"] = whole_maps(chosen, photo, name, backend, args.repeats)
    if args.json:
        print(json.dumps({"device": model.device, "cores": os.cpu_count(), "rows": rows}, indent=2))
        return
    for row, value in rows.items():
        print(row, _text(value), sep="\n    ")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "{:.3g} ({:.3g}–{:.3g})".format(*value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
