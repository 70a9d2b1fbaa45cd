"""From folders of photos to a model folder: train, calibrate, choose the threshold, measure, write down."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import PIL

from crackxai.errors import DataError
from crackxai.files import make_folder
from crackxai.model import runtime
from crackxai.model.averaging import averaged, settle_batch_norm
from crackxai.model.by_origin import OriginFigures, measure_origins, working_range
from crackxai.model.calibration import (
    DEFAULT_BAND,
    choose_band,
    choose_threshold,
    fit_temperature,
    fold_temperature,
    logits,
)
from crackxai.model.card import ModelCard, read_card, write_card
from crackxai.model.dataset import LabelledPhotos
from crackxai.model.duplicates import Duplicate
from crackxai.model.evaluation import Evaluation, measure, predict_all
from crackxai.model.feature_space import FeatureSpace, features_of, some
from crackxai.model.finding_rule import FindingRule
from crackxai.model.history import read_history
from crackxai.model.left_out import Answers, LeftOut
from crackxai.model.measurements import FastPrecision, Measurements, Scores, read_measurements, write_measurements
from crackxai.model.network import ResNet
from crackxai.model.out_of_distribution import TrainingDistribution
from crackxai.model.recipes import Recipe
from crackxai.model.storage import WEIGHTS_FILE, load_weights, save_weights
from crackxai.model.training import fit, network_to_train, refit
from crackxai.model.training_data import TrainingData

if TYPE_CHECKING:
    import keras

    from crackxai.model.classifier import CrackModel

SETTLED = 3072
"""Pictures, at most, that the statistics of batch normalisation are taken of."""


@dataclass(frozen=True)
class Release:
    """What `train_model` or `average_models` made.

    Attributes
    ----------
    folder : of the model.
    figures : by part, "validation" and, where there is one, "test".
    origins : by part, of each origin.
    unreadable, duplicates, left_out : see `TrainingData`.
    """

    folder: Path
    figures: dict[str, Evaluation]
    origins: dict[str, list[OriginFigures]]
    unreadable: tuple[tuple[Path, str], ...]
    duplicates: tuple[Duplicate, ...]
    left_out: tuple[tuple[Path, str], ...] = ()


def train_model(
    data: TrainingData,
    out: Path,
    recipe: Recipe,
    weights: str | None,
    seed: int,
    name: str,
    command: str,
    workers: int = 0,
) -> Release:
    """Train on ``data`` and write a model folder that `load_model` takes.

    Parameters
    ----------
    weights : see `fit`.
    out : folder for the result; an interrupted run of the same settings is gone on with.
    name, command : for the card.
    workers : see `fit`.
    """
    # A model that starts from another is reproduced by both commands, in turn.
    parent = read_card(Path(weights)) if weights is not None and Path(weights).is_dir() else None
    network = network_to_train(recipe, weights)
    net = fit(data.train, data.watched, recipe, out, weights, seed, workers=workers)
    descent = Descent(
        recipe.as_dict() | {"weights": weights},
        f"{parent.command}\n{command}" if parent else command,
        [*(parent.history if parent else ()), *read_history(out)],
    )
    return _release(net, network, data, out, descent, seed, name)


def average_models(
    data: TrainingData,
    out: Path,
    folders: Sequence[Path],
    shares: Sequence[float],
    recipe: Recipe,
    seed: int,
    name: str,
    command: str,
) -> Release:
    """Write the mean of trained models as a model folder (see `crackxai.model.averaging`).

    Parameters
    ----------
    data : for the statistics of batch normalisation, the last unit, and all that is chosen and measured.
    folders, shares : see `averaged`.
    recipe : of which ``refit`` and ``label_smoothing`` are used.
    out, seed, name, command : as of `train_model`.

    Raises
    ------
    DataError : the recipe refits nothing: the last unit of neither model suits the mean.
    """
    if recipe.refit <= 0:
        raise DataError("expected pictures to refit the last unit to, received none. Give --refit 10000.")
    cards = [read_card(folder) for folder in folders]
    net = averaged(folders, shares)
    network = cards[0].network
    pictures = data.train.unchanged(recipe.refit, network.input_side, seed)
    some_of_them = np.random.default_rng(seed).permutation(len(pictures.labels))[:SETTLED]
    settle_batch_norm(net, network.preprocessing, pictures.images[some_of_them])
    refit(net, pictures, recipe, network.preprocessing)
    made = {
        "name": "average",
        "phases": [],
        "refit": recipe.refit,
        "weights": ", ".join(f"{share:g} of {folder}" for folder, share in zip(folders, shares, strict=True)),
    }
    # All that made the first model, which the others are part of where it was trained on from them.
    told = [card.command for card in cards]
    commands = [one for i, one in enumerate(told) if not any(one in other for other in told[:i])]
    make_folder(out)
    descent = Descent(made, "\n".join([*commands, command]), cards[0].history)
    return _release(net, network, data, out, descent, seed, name)


@dataclass(frozen=True)
class Descent:
    """Where a network comes from, for its card: recipe, commands, history."""

    recipe: dict[str, Any]
    command: str
    history: list[dict[str, Any]]


def _release(
    net: keras.Model, network: ResNet, data: TrainingData, out: Path, descent: Descent, seed: int, name: str
) -> Release:
    """Calibrate, choose the threshold, measure, write down."""
    used = runtime.KerasRuntime(net, network.preprocessing)
    labels, even = data.validation.labels, data.weights
    trained = predict_all(used.forward, data.validation)
    temperature = fit_temperature(trained, labels, even)
    fold_temperature(net, temperature)
    before = 1 / (1 + np.exp(-logits(trained) / temperature))
    save_weights(net, out / WEIGHTS_FILE)
    # From here on the stored weights are measured, not those in memory: their figures are the ones that users get.
    load_weights(net, out / WEIGHTS_FILE)
    parts = {"validation": data.validation} | ({"test": data.test} if data.test else {})
    validated, known = features_of(used.forward_with_features, data.validation.images)
    probabilities = {"validation": validated}
    if data.test:
        probabilities["test"] = predict_all(used.forward, data.test)
    threshold = choose_threshold(probabilities["validation"], labels, even)
    figures = {part: measure(p, parts[part].labels, threshold) for part, p in probabilities.items()}
    origins = {
        part: measure_origins(used.forward, own, probabilities[part], threshold) for part, own in data.origins.items()
    }
    card = ModelCard(
        name=name,
        created=datetime.date.today().isoformat(),
        threshold=threshold,
        temperature=temperature,
        data=data.facts,
        recipe=descent.recipe,
        seed=seed,
        versions=versions(used),
        command=descent.command,
        figures={key: value.as_dict() for key, value in figures.items()},
        rounding=float(np.abs(probabilities["validation"] - before).max()),
        history=descent.history,
        origins={part: [origin.as_dict() for origin in own] for part, own in origins.items()},
        working_range=working_range(origins.get("validation", [])),
        network=network,
        band=choose_band(probabilities["validation"], labels, threshold, even) if even is not None else DEFAULT_BAND,
    )
    write_card(card, out)
    scores = {part: Scores.of(p, parts[part].labels) for part, p in probabilities.items()}
    described = TrainingDistribution.of(data.described)
    features = FeatureSpace.of(features_of(used.forward_with_features, some(data.described))[1], known, even)
    write_measurements(Measurements(scores, described, features=features), out)
    return Release(out, figures, origins, data.unreadable, data.duplicates, data.left_out)


def measure_model(
    folder: Path,
    parts: dict[str, LabelledPhotos],
    described: np.ndarray,
    exact: CrackModel,
    fast: CrackModel,
    compare_maps: Callable[[LabelledPhotos], dict[str, Any]],
    weights: np.ndarray | None = None,
) -> Measurements:
    """Write the measurements of a model folder that has none yet, or whose fast precision was not measured.

    Where the processor computes "fast" in float32, too, there is nothing to measure about it: what was known stays.

    Parameters
    ----------
    parts : "validation", "test" or both, of photos that were not trained on.
    described : (M, side, side, 3) uint8, photos that were.
    exact, fast : the model in both precisions.
    compare_maps : the facts about maps of `FastPrecision`, from some photos; maps are made in another room.
    weights : of the photos of the first part, whose features set the limit of what is unfamiliar; None: all the same.
    """
    exactly, roughly = ({name: predict_all(m.predict, photos) for name, photos in parts.items()} for m in (exact, fast))
    p, q = (np.concatenate(list(by_part.values())) for by_part in (exactly, roughly))
    differs = fast.computed_in != exact.computed_in
    measurements = Measurements(
        {name: Scores.of(exactly[name], photos.labels) for name, photos in parts.items()},
        TrainingDistribution.of(described),
        FastPrecision(
            photos=len(p),
            largest_difference=float(np.abs(p - q).max()),
            changed_verdicts=int(((p >= exact.threshold) != (q >= exact.threshold)).sum()),
            **compare_maps(list(parts.values())[-1]),
        )
        if differs
        else exact.measurements.fast,
        FeatureSpace.of(
            features_of(exact.predict_with_features, some(described))[1],
            features_of(exact.predict_with_features, next(iter(parts.values())).images)[1],
            weights,
        ),
        exact.measurements.left_out,
        exact.measurements.scans,
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


def record_left_out(folder: Path, found: Sequence[LeftOut], recipe: Recipe, facts: dict[str, Any]) -> None:
    """Write what cross-validation over origins gave on the card of a model folder and among its measurements.

    The review band is widened to what such origins need.

    Parameters
    ----------
    recipe : of the runs; facts : more of them for the card, such as the command.
    """
    card, measurements = read_card(folder), read_measurements(folder)
    answers = Answers.join([each.answers for each in found])
    band = max(card.band, answers.band())
    sure = answers.confident(band)
    told = {
        "recipe": recipe.as_dict(),
        "groups": [each.as_dict() for each in found],
        "balanced_accuracy": float(np.mean([each.balanced_accuracy for each in found])),
        "mistakes_doubted": answers.mistakes_doubted(band),
        "review": float((~sure).mean()),
        "unseen": float((sure & answers.wrong).mean()),
    }
    write_card(replace(card, left_out=told | facts, band=band), folder)
    write_measurements(replace(measurements, left_out=answers), folder)


def record_scans(folder: Path, scans: dict[str, Any], rule: FindingRule, facts: dict[str, Any]) -> None:
    """Write what scans of whole photos found among the measurements of a model folder, and the rule on its card.

    Parameters
    ----------
    scans : see `Measurements`. rule : that findings count by. facts : how it was chosen, see `ModelCard.scans`.
    """
    write_card(replace(read_card(folder), finding_rule=rule, scans=facts), folder)
    write_measurements(replace(read_measurements(folder), scans=scans), folder)
