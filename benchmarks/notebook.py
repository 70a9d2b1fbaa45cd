"""The peer: the notebook's explanation step, to the letter. Keras called eagerly, shap's own loop and maskers.

    python benchmarks/notebook.py PHOTO [--masker inpaint_telea] [--max-evals 100]

As a program it is timed from the start of the process to its map, as ``python -m crackxai explain`` is.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from crackxai import ExplainSettings

MASKERS = ("inpaint_telea", "inpaint_ns", "blur")


def network() -> Callable[[np.ndarray], np.ndarray]:
    """(N, H, W, 3) float32, 0-255 -> (N, 1): the notebook's ``f`` over the bundled weights."""
    import keras

    from crackxai.model.classifier import BUNDLED, load_network

    net = load_network(BUNDLED)

    def f(batch: np.ndarray) -> np.ndarray:
        batch = keras.applications.resnet.preprocess_input(np.array(batch, dtype="float32"))
        return keras.ops.convert_to_numpy(net(batch, training=False))

    return f


def explain(f: Callable[[np.ndarray], np.ndarray], picture: np.ndarray, settings: ExplainSettings) -> np.ndarray:
    """(H, W, 3) float64: shap's values."""
    import shap

    x = picture.astype("float32")[None]
    name = {"blur": f"blur({settings.blur_kernel},{settings.blur_kernel})"}.get(settings.masker, settings.masker)
    np.random.seed(settings.seed)
    explainer = shap.Explainer(f, shap.maskers.Image(name, x[0].shape), output_names=["Positive(crack)"])
    result = explainer(
        x,
        max_evals=settings.max_evals,
        batch_size=settings.batch_size,
        outputs=shap.Explanation.argsort.flip[:1],
        silent=True,
    )
    return np.asarray(result.values)[0, ..., 0]


def main() -> None:
    import cv2

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo")
    parser.add_argument("--masker", choices=MASKERS, default="inpaint_telea")
    parser.add_argument("--max-evals", type=int, default=100)
    args = parser.parse_args()
    picture = cv2.resize(cv2.imread(args.photo)[..., ::-1], (150, 150), interpolation=cv2.INTER_AREA)
    values = explain(network(), picture, ExplainSettings(args.masker, max_evals=args.max_evals))
    print(f"sum of the map {values.sum():+.4f}")


if __name__ == "__main__":
    main()
