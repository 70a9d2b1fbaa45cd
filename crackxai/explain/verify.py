"""Is a recorded map reproducible? Make it again from its record and the photo, and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import SettingsError
from crackxai.explain.explainer import Explainer, versions
from crackxai.explain.progress import Progress
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

TOLERANCE = 1e-4
"""Largest difference of a cell's sum, a probability or the base value that rounding on another processor, or in
another version, explains."""


@dataclass(frozen=True)
class Verification:
    """How the map that was made again compares with the recorded one.

    Attributes
    ----------
    identical : the values are the recorded ones, bit for bit.
    same : they differ by no more than `TOLERANCE`.
    largest_difference : of a cell's sum, a probability or the base value.
    differences : versions that are not the recorded ones, as "name: recorded -> now".
    """

    identical: bool
    same: bool
    largest_difference: float
    differences: tuple[str, ...]


def verify(record: dict, model: CrackModel, photo: Photo, progress: Progress | None = None) -> Verification:
    """Make the recorded explanation again.

    Parameters
    ----------
    record : of `Explanation.to_record`.

    Raises
    ------
    SettingsError : it is no such record, or of another photo, model or precision.
    """
    try:
        settings = ExplainSettings(**record["settings"])
        recorded = (record["photo"]["sha256"], record["model"]["fingerprint"], record["model"]["precision"])
        cells = np.array(record["cell_sums"], dtype=np.float64)
        base_value, probability = float(record["base_value"]), float(record["probability"])
        evaluations, digest = int(record["evaluations"]), record["values_sha256"]
        before = dict(record["versions"])
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"expected a record of an explanation, received one that lacks or garbles {error}. "
            "Use the JSON file as it was written."
        ) from error
    found = (photo.sha256, model.fingerprint, model.precision)
    for name, expected, received in zip(("photo", "model", "precision"), recorded, found, strict=True):
        if expected != received:
            raise SettingsError(f"expected the {name} {expected}, received {received}. Give the recorded {name}.")
    explainer = Explainer(model, photo, settings)
    # A run that was stopped early is made again as far as it went.
    explainer.advance(evaluations, progress)
    again = explainer.explanation(evaluations)
    largest = max(
        float(np.abs(again.cell_sums - cells).max()) if again.cell_sums.shape == cells.shape else float("inf"),
        abs(again.base_value - base_value),
        abs(again.probability - probability),
    )
    return Verification(
        identical=again.values_sha256 == digest,
        same=largest <= TOLERANCE,
        largest_difference=largest,
        differences=_differences(before, versions(model)),
    )


def _differences(before: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    names = sorted(before.keys() | now.keys())
    return tuple(
        f"{name}: {before.get(name, 'none')} -> {now.get(name, 'none')}"
        for name in names
        if before.get(name) != now.get(name)
    )
