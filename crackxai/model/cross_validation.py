"""Leave-one-group-out cross-validation over origins: short training runs, each without some origins."""

from __future__ import annotations

import functools
import importlib.util
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import DataError, ModelError
from crackxai.model.by_origin import measure_origins
from crackxai.model.calibration import choose_threshold, fit_temperature, logits
from crackxai.model.feature_space import FeatureSpace, features_of, some
from crackxai.model.forking import forking
from crackxai.model.left_out import Answers, LeftOut
from crackxai.model.network import ResNet
from crackxai.model.origins import Origin, OriginPart
from crackxai.model.recipes import Recipe
from crackxai.model.runtime import KerasRuntime, Runtime
from crackxai.model.storage import arrays_of
from crackxai.model.training import fit, network_to_train
from crackxai.model.training_data import WINDOWS_A_PHOTO, Parts, windows_of
from crackxai.model.window_set import magnified, window_set
from crackxai.model.windows import CRACKED, SOUND

if TYPE_CHECKING:
    import keras


def groups_of(parts: Sequence[OriginPart]) -> list[tuple[str, ...]]:
    """What to leave out in turn: each origin with cracked and sound photos, and pairs of the others.

    Parameters
    ----------
    parts : to train on. One with photos of one label is left out together with one of the other label, the largest
        first, so that both are judged; what finds no partner is left out alone.
    """
    labels = {part.name: {photo.label for photo in part.photos} for part in parts}
    sizes = {part.name: len(part.photos) for part in parts}
    both: list[tuple[str, ...]] = [(name,) for name, own in labels.items() if own == {SOUND, CRACKED}]
    cracked, sound = (
        sorted((name for name, own in labels.items() if own == {label}), key=lambda name: -sizes[name])
        for label in (CRACKED, SOUND)
    )
    pairs: list[tuple[str, ...]] = list(zip(cracked, sound, strict=False))
    alone: list[tuple[str, ...]] = [(name,) for name in cracked[len(pairs) :] + sound[len(pairs) :]]
    return both + pairs + alone


def cross_validate(
    origins: Sequence[Origin],
    parts: Parts,
    groups: Sequence[tuple[str, ...]],
    recipe: Recipe,
    out: Path,
    weights: str | None,
    seed: int = 0,
    pictures: int | None = None,
    shares: Mapping[str, int] | None = None,
    workers: int = 0,
) -> list[LeftOut]:
    """Train a model without each of ``groups`` and judge it on the group's validation windows.

    Parameters
    ----------
    weights : see `crackxai.model.training.fit`: a start that saw none of the origins that are left out.
    out : folder for the runs; one that was interrupted is gone on with.
    workers : see `crackxai.model.training.fit`; with some, each run is a process of its own, too.

    Raises
    ------
    DataError : a group names an origin that is not there, that the start was trained on, or that has no validation
        photos.
    """
    names = {part.name for part in parts.validation}
    for group in groups:
        if strangers := sorted(set(group) - names):
            raise DataError(
                f"expected origins with photos to judge, of {', '.join(sorted(names))}, received "
                f"{', '.join(strangers)}. Leave out others."
            )

    def run(group: tuple[str, ...]) -> LeftOut:
        return _leave_out(
            origins, parts, group, recipe, out / "+".join(group), weights, seed, pictures, shares, workers
        )

    return [_apart(functools.partial(run, group)) if workers else run(group) for group in groups]


def _apart(run: Callable[[], LeftOut]) -> LeftOut:
    """What ``run`` gives, in a process of its own: the one that the next group's are forked from has no Keras in it,
    whose threads a forked process would wait for in vain."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def tell() -> None:
        try:
            there.send(run())
        except Exception as error:
            there.send(error)

    process = context.Process(target=tell)
    with forking():
        process.start()
    there.close()
    try:
        found = here.recv()
    except EOFError:
        found = ModelError("a run ended without a word, as one does that is killed for memory. Give fewer --workers.")
    process.join()
    if isinstance(found, Exception):
        raise found
    assert isinstance(found, LeftOut)
    return found


def _leave_out(
    origins: Sequence[Origin],
    parts: Parts,
    group: tuple[str, ...],
    recipe: Recipe,
    out: Path,
    weights: str | None,
    seed: int,
    pictures: int | None,
    shares: Mapping[str, int] | None,
    workers: int,
) -> LeftOut:
    data = windows_of(origins, parts.without(group), recipe, seed, pictures, shares)
    network = network_to_train(recipe, weights)
    used = quick_runtime(fit(data.train, data.watched, recipe, out, weights, seed, workers=workers), network)
    labels, even = data.validation.labels, data.weights
    raw, known = features_of(used.forward_with_features, data.validation.images)
    temperature = fit_temperature(raw, labels, even)

    def calibrated(probabilities: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-logits(probabilities) / temperature))

    threshold = choose_threshold(calibrated(raw), labels, even)
    described = some(data.described)
    space = FeatureSpace.of(features_of(used.forward_with_features, described)[1], known, even)
    side = recipe.phases[-1][0]
    left = [part for part in parts.validation if part.name in group]
    sets = [(window_set(part, side, WINDOWS_A_PHOTO), magnified(part, side)) for part in left]
    images = np.concatenate([windows.photos.images for windows, _ in sets])
    raw, features = features_of(used.forward_with_features, images)
    probabilities = calibrated(raw)
    answers = Answers(
        probabilities,
        np.concatenate([windows.photos.labels for windows, _ in sets]).astype(int),
        space.distance(features) / space.limit,
        np.full(len(probabilities), threshold),
    )
    figures = measure_origins(lambda images: calibrated(used.forward(images)), sets, probabilities, threshold)
    return LeftOut(group, tuple(figures), answers)


def quick_runtime(net: keras.Model, network: ResNet) -> Runtime:
    """What answers soonest for a network that was just trained: bfloat16 will do to judge a short run."""
    if importlib.util.find_spec("openvino") is None:
        return KerasRuntime(net, network.preprocessing)
    from crackxai.model.runtime_openvino import OpenVINORuntime

    return OpenVINORuntime(arrays_of(net), network, "fast")
