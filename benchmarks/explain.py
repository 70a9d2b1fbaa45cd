"""The notebook's way to explain a photo and ours, side by side.

    python benchmarks/explain.py [--max-evals 500] [--repeats 3] [--photo FILE] [--json]

Both explain the same photo with the same model and seed, in turn, several times; told are the median and the range of
the seconds, the median of the ratios of neighbouring runs, and the largest difference of the maps. Start-up and
compilation are over before the first timed run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from crackxai import CrackModel, ExplainSettings, Photo, explain, load_model, read_photo
from crackxai.render import png
from crackxai.samples import draw_samples

PEERS_MASKERS = ("inpaint_telea", "inpaint_ns", "blur")


def notebook(model: CrackModel, photo: Photo, settings: ExplainSettings) -> np.ndarray:
    """The notebook's step to the letter: Keras called eagerly, its own preprocessing, shap's explainer."""
    import keras
    import shap

    def f(batch: np.ndarray) -> np.ndarray:
        batch = keras.applications.resnet.preprocess_input(np.array(batch, dtype="float32"))
        return keras.ops.convert_to_numpy(model.net(batch, training=False))

    x = model.prepare(photo).astype("float32")[None]
    np.random.seed(settings.seed)
    name = {"blur": f"blur({settings.blur_kernel},{settings.blur_kernel})"}.get(settings.masker, settings.masker)
    explainer = shap.Explainer(f, shap.maskers.Image(name, x[0].shape), output_names=["Positive(crack)"])
    result = explainer(
        x,
        max_evals=settings.max_evals,
        batch_size=settings.batch_size,
        outputs=shap.Explanation.argsort.flip[:1],
        silent=True,
    )
    return np.asarray(result.values)[0, ..., 0]


def ours(model: CrackModel, photo: Photo, settings: ExplainSettings) -> np.ndarray:
    return explain(model, photo, settings).channel_values


def compare(model: CrackModel, photo: Photo, settings: ExplainSettings, repeats: int) -> dict:
    """Seconds of both, in turn, and how far the maps differ."""
    ways = {"notebook": notebook, "crackxai": ours}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    maps = {}
    for _ in range(repeats):
        for name, way in ways.items():
            began = time.perf_counter()
            maps[name] = way(model, photo, settings)
            seconds[name].append(time.perf_counter() - began)
    ratios = [a / b for a, b in zip(seconds["notebook"], seconds["crackxai"], strict=True)]
    scale = np.abs(maps["notebook"]).max()
    return {
        "masker": settings.masker,
        "max_evals": settings.max_evals,
        **{
            name: {"median_s": statistics.median(times), "range_s": [min(times), max(times)]}
            for name, times in seconds.items()
        },
        "times_faster": {"median": statistics.median(ratios), "range": [min(ratios), max(ratios)]},
        "largest_difference": float(np.abs(maps["notebook"] - maps["crackxai"]).max()),
        "largest_value": float(scale),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", help="default: a drawn sample")
    parser.add_argument("--model", help="model folder (default: the bundled one)")
    parser.add_argument(
        "--masker", choices=PEERS_MASKERS, action="append", help="may be repeated (default: Telea and blur)"
    )
    parser.add_argument("--max-evals", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    model = load_model(args.model)
    sample = next(iter(draw_samples(1, seed=0)))
    photo = read_photo(args.photo) if args.photo else read_photo(png(sample.rgb), f"{sample.name}.png")
    for way in (notebook, ours):
        way(model, photo, ExplainSettings(max_evals=200))
    rows = [
        compare(model, photo, ExplainSettings(masker, max_evals=args.max_evals), args.repeats)
        for masker in args.masker or ("inpaint_telea", "blur")
    ]
    if args.json:
        print(
            json.dumps({"device": model.device, "cores": os.cpu_count(), "photo": photo.name, "rows": rows}, indent=2)
        )
        return
    print(f"{photo.name}, {model.device}, {os.cpu_count()} cores, {args.repeats} runs each, in turn")
    print(f"{'masker':>14} {'evals':>6}  {'notebook s':>22}  {'crackxai s':>22}  {'times faster':>19}  difference")
    for row in rows:
        cells = [f"{row[way]['median_s']:6.1f} ({_range(row[way]['range_s'])})" for way in ("notebook", "crackxai")]
        faster = f"{row['times_faster']['median']:.2f} ({_range(row['times_faster']['range'], 2)})"
        difference = f"{row['largest_difference']:.1e} of {row['largest_value']:.1e}"
        print(f"{row['masker']:>14} {row['max_evals']:>6}  {cells[0]:>22}  {cells[1]:>22}  {faster:>19}  {difference}")


def _range(pair: list[float], digits: int = 1) -> str:
    return f"{pair[0]:.{digits}f}–{pair[1]:.{digits}f}"


if __name__ == "__main__":
    main()
