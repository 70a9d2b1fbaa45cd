"""``measure``: what the Model page and the quality checks say of a model."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from crackxai.commands.origins import are_origins
from crackxai.commands.terminal import OK, answer
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import read_photo

if TYPE_CHECKING:
    from crackxai.model.dataset import LabelledPhotos


def measure(args: argparse.Namespace) -> int:
    """Measure a model folder for the Model page and the quality checks, and keep the figures in it."""
    import numpy as np

    from crackxai.explain.convergence import difference
    from crackxai.explain.methods import explain as run
    from crackxai.model.classifier import BUNDLED, load_model
    from crackxai.model.recipes import FINETUNE
    from crackxai.model.release import measure_model
    from crackxai.model.training_data import read_measured, read_origins

    exact, fast = (load_model(args.model, precision, args.runtime) for precision in ("exact", "fast"))

    def compare_maps(photos: LabelledPhotos) -> dict[str, Any]:
        settings = ExplainSettings()
        chosen = np.linspace(0, len(photos) - 1, args.maps).round().astype(int)
        found = []
        for i in tqdm(chosen, desc="comparing maps", unit="map", disable=None):
            photo = read_photo(photos.paths[i])
            found.append(difference(*(run(model, photo, settings).values for model in (fast, exact))))
        words = f"{settings.masker}, {settings.max_evals} evaluations"
        return {"maps": len(found), "map_difference": float(np.median(found)), "map_settings": words}

    folder = args.model or BUNDLED
    if are_origins(args.data):
        data = read_origins(args.data, FINETUNE, 0)
        parts = {"validation": data.validation} | ({"test": data.test} if data.test else {})
        described, weights = data.described, data.weights
    else:
        parts, described = read_measured(args.data[0], exact.card.input_side)
        weights = None
    fast_figures = measure_model(folder, parts, described, exact, fast, compare_maps, weights).fast
    if fast.computed_in == exact.computed_in or fast_figures is None:
        answer(f"fast: not measured, since this computer computes it in {fast.computed_in}, as exact")
        answer(f"written to {folder}")
        return OK
    changed = f"{fast_figures.changed_verdicts} of {fast_figures.photos} verdicts change"
    answer(
        f"fast: a probability changes by up to {fast_figures.largest_difference:.4f}, a map by "
        f"{fast_figures.map_difference:.1%} (median of {fast_figures.maps}); {changed}"
    )
    answer(f"written to {folder}")
    return OK
