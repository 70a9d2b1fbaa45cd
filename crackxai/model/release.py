"""From folders of photos to a model folder: train, calibrate, choose the threshold, measure, write down."""

from __future__ import annotations

import csv
import datetime
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import PIL

from crackxai.errors import DataError
from crackxai.model import runtime
from crackxai.model.calibration import choose_threshold, fit_temperature, fold_temperature
from crackxai.model.card import ModelCard, read_card, write_card
from crackxai.model.dataset import CLASSES, LabelledPhotos, load_photos, split
from crackxai.model.evaluation import Evaluation, measure, predict_all
from crackxai.model.measurements import FastPrecision, Measurements, Scores, write_measurements
from crackxai.model.out_of_distribution import TrainingDistribution
from crackxai.model.recipes import Recipe
from crackxai.model.storage import WEIGHTS_FILE, load_weights, save_weights
from crackxai.model.training import fit

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


@dataclass(frozen=True)
class Release:
    """What `train_model` made: the folder, its figures, and the photos that could not be read."""

    folder: Path
    figures: dict[str, Evaluation]
    unreadable: tuple[tuple[Path, str], ...]


def train_model(
    data: Path, out: Path, recipe: Recipe, weights: str | None, seed: int, name: str, source: str, command: str
) -> Release:
    """Train on ``data`` and write a model folder that `load_model` takes.

    Parameters
    ----------
    data : holds ``train/`` and, where there are, ``val/`` and ``test/``; or the class folders themselves, of which
        the recipe's fraction is split off for validation. ``test/`` is measured once, at the very end.
    weights : see `fit`.
    out : folder for the result; an interrupted run of the same settings is gone on with.
    name, source, command : for the card.
    """
    side = recipe.phases[-1][0]
    # A model that starts from another is reproduced by both commands, in turn.
    parent = read_card(Path(weights)) if weights is not None and Path(weights).is_dir() else None
    train, validation, test = _read(data, side, recipe, seed)
    net = fit(train, validation, recipe, out, weights, seed)

    temperature = fit_temperature(predict_all(runtime.KerasRuntime(net).forward, validation), validation.labels)
    fold_temperature(net, temperature)
    measured = test or validation
    before = predict_all(runtime.KerasRuntime(net).forward, measured)
    save_weights(net, out / WEIGHTS_FILE)
    # From here on the stored weights are measured, not those in memory: their figures are the ones that users get.
    load_weights(net, out / WEIGHTS_FILE)
    stored = runtime.KerasRuntime(net)
    forward = stored.forward
    parts = {"train": train, "validation": validation} | ({"test": test} if test else {})
    probabilities = {name: predict_all(forward, parts[name]) for name in list(parts)[1:]}
    threshold = choose_threshold(probabilities["validation"], validation.labels)
    figures = {name: measure(p, parts[name].labels, threshold) for name, p in probabilities.items()}
    after = list(probabilities.values())[-1]
    card = ModelCard(
        name=name,
        created=datetime.date.today().isoformat(),
        input_side=side,
        threshold=threshold,
        temperature=temperature,
        data={"source": source} | {key: _count(photos) for key, photos in parts.items()},
        recipe=recipe.as_dict() | {"weights": weights},
        seed=seed,
        versions=versions(stored),
        command=f"{parent.command}\n{command}" if parent else command,
        figures={key: value.as_dict() for key, value in figures.items()},
        rounding=float(np.abs(after - before).max()),
        history=[*(parent.history if parent else ()), *_history(out / "history.csv")],
    )
    write_card(card, out)
    scores = {name: Scores.of(p, parts[name].labels) for name, p in probabilities.items()}
    write_measurements(Measurements(scores, TrainingDistribution.of(train.images)), out)
    unreadable = tuple(item for photos in parts.values() for item in photos.unreadable)
    return Release(out, figures, unreadable)


def measure_model(
    folder: Path, data: Path, exact: CrackModel, fast: CrackModel, compare_maps: Callable[[LabelledPhotos], dict]
) -> Measurements:
    """Write the measurements of a model folder that has none yet, or whose fast precision was not measured.

    Parameters
    ----------
    data : as of `train_model`, with ``train/``, and ``test/`` or ``val/``.
    exact, fast : the model in both precisions.
    compare_maps : the facts about maps of `FastPrecision`, from some photos; maps are made in another room.
    """
    names = {"validation": "val", "test": "test"}
    parts = {
        name: load_photos(data / part, exact.card.input_side) for name, part in names.items() if (data / part).is_dir()
    }
    if not parts:
        raise DataError(f"expected val/ or test/ in {data}, received neither. Give the folder that holds them.")
    exactly, roughly = ({name: predict_all(m.predict, photos) for name, photos in parts.items()} for m in (exact, fast))
    p, q = (np.concatenate(list(by_part.values())) for by_part in (exactly, roughly))
    measurements = Measurements(
        {name: Scores.of(exactly[name], photos.labels) for name, photos in parts.items()},
        TrainingDistribution.of(load_photos(data / "train", exact.card.input_side).images),
        FastPrecision(
            photos=len(p),
            largest_difference=float(np.abs(p - q).max()),
            changed_verdicts=int(((p >= exact.threshold) != (q >= exact.threshold)).sum()),
            **compare_maps(list(parts.values())[-1]),
        ),
    )
    write_measurements(measurements, folder)
    return measurements


def versions(used: runtime.Runtime) -> dict[str, str]:
    """Versions of the software that shapes a model."""
    return {
        "python": platform.python_version(),
        **used.versions,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
    }


def _read(
    data: Path, side: int, recipe: Recipe, seed: int
) -> tuple[LabelledPhotos, LabelledPhotos, LabelledPhotos | None]:
    if not (data / "train").is_dir():
        train, validation = split(load_photos(data, side), recipe.validation_fraction, seed)
        return train, validation, None
    train = load_photos(data / "train", side)
    if (data / "val").is_dir():
        validation = load_photos(data / "val", side)
    else:
        train, validation = split(train, recipe.validation_fraction, seed)
    test = load_photos(data / "test", side) if (data / "test").is_dir() else None
    return train, validation, test


def _count(photos: LabelledPhotos) -> str:
    positive = int(photos.labels.sum())
    return f"{positive} {CLASSES[1]} (cracked), {len(photos) - positive} {CLASSES[0]} (sound)"


def _history(path: Path) -> list[dict]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
