"""A model folder of a few thousand numbers, made by the product's own code: quick, and right about drawn photos.

Its network is of the kind of the bundled one, built from a description of its own; its weights are set by hand so that
it looks for thin dark lines. Tests that are not about the bundled model use it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from crackxai.model.card import ModelCard, write_card
from crackxai.model.classifier import load_model
from crackxai.model.dataset import resize
from crackxai.model.evaluation import measure
from crackxai.model.measurements import FastPrecision, Measurements, Scores, write_measurements
from crackxai.model.network import EXPANSION, ResNet, Stage
from crackxai.model.out_of_distribution import TrainingDistribution
from crackxai.model.storage import WEIGHTS_FILE, save_arrays
from crackxai.photo import read_photo
from crackxai.render import png
from crackxai.samples import Sample, draw_samples

NETWORK = ResNet((Stage(4, 1, 1), Stage(4, 1, 2)), stem_filters=8)
"""Channels in fours: TensorFlow 2.21 on processors writes beyond its memory in training with two or three."""
THRESHOLD = 0.45
DARKER = (12, 30)
"""By how much a line must be darker than what lies beside it, 0-255, for the first and second four channels."""
WORTH = (2.3, 0.6)
"""Log-odds for each unit of the first and second four channels' mean."""
BIAS = -3.6
SAMPLES = 8
"""Those of the pages."""


@functools.cache
def samples() -> list[Sample]:
    return list(draw_samples(SAMPLES, seed=0))


def card(network: ResNet = NETWORK, **changes: object) -> ModelCard:
    facts = {
        "name": "Tiny model",
        "created": "2026-01-01",
        "threshold": THRESHOLD,
        "temperature": 1.0,
        "data": {"source": "drawn"},
        "recipe": {"name": "scratch", "phases": [[150, 1]], "batch_size": 2, "learning_rate": 0.1},
        "seed": 0,
        "versions": {"python": "3"},
        "command": "python -m crackxai train",
        "figures": {},
        "rounding": 0.0,
        "network": network,
    }
    return ModelCard(**{**facts, **changes})


def net(network: ResNet = NETWORK, seed: int = 0, any_side: bool = False):
    """The network in Keras with random weights, all of them free; its output varies with what is hidden."""
    import keras

    from crackxai.model.resnet import build_classifier

    keras.utils.set_random_seed(seed)
    made = build_classifier(network, any_side=any_side, trainable_backbone=True)
    # As it starts, the last unit hardly hears the rest.
    made.get_layer("crack").kernel.assign(made.get_layer("crack").kernel.numpy() / 4)
    return made


def line_finder() -> dict[str, np.ndarray]:
    """The weights by path: the stem's channels answer to dark lines of four directions, the blocks hand them on."""
    arrays: dict[str, np.ndarray] = {}

    def convolution(name: str, kernel: np.ndarray, bias: np.ndarray | float = 0.0) -> None:
        one = np.ones(kernel.shape[-1], dtype=np.float32)
        arrays[f"{name}_conv/kernel"], arrays[f"{name}_conv/bias"] = kernel.astype(np.float32), bias * one
        for part, value in (("gamma", 1), ("beta", 0), ("moving_mean", 0), ("moving_variance", 1)):
            arrays[f"{name}_bn/{part}"] = value * one

    y, x = np.mgrid[-3:4, -3:4]
    kernels = []
    for angle in np.arange(4) * np.pi / 4:
        distance = np.abs(x * np.cos(angle) + y * np.sin(angle))
        line, beside = np.exp(-((distance / 0.9) ** 2)), np.exp(-(((distance - 2.6) / 0.8) ** 2))
        kernels.append(np.repeat((beside / beside.sum() - line / line.sum())[..., None], 3, axis=-1) / 3)
    convolution("conv1", np.stack(kernels * 2, axis=-1), -np.repeat(DARKER, 4))
    inputs = NETWORK.stem_filters
    for number, stage in enumerate(NETWORK.stages, start=2):
        filters, outputs = stage.filters, EXPANSION * stage.filters
        convolution(f"conv{number}_block1_0", np.eye(inputs, outputs)[None, None])
        convolution(f"conv{number}_block1_1", np.zeros((1, 1, inputs, filters)))
        convolution(f"conv{number}_block1_2", np.zeros((3, 3, filters, filters)))
        convolution(f"conv{number}_block1_3", np.zeros((1, 1, filters, outputs)))
        inputs = outputs
    head = np.zeros((inputs, 1), dtype=np.float32)
    head[:8, 0] = np.repeat(WORTH, 4)
    arrays["crack/kernel"], arrays["crack/bias"] = head, np.array([BIAS], dtype=np.float32)
    return arrays


def write_model(folder: Path, **changes: object) -> Path:
    """A model folder with everything that there can be; ``changes`` are to its card."""
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(line_finder(), folder / WEIGHTS_FILE)
    facts = card(**changes)
    write_card(facts, folder)
    drawn = [resize(read_photo(png(sample.rgb)), facts.input_side) for sample in samples()]
    pictures = np.stack([(turned * light).astype(np.uint8) for turned, light in _variants(drawn)])
    labels = np.tile([sample.cracked for sample in samples()], len(pictures) // SAMPLES).astype(int)
    exact, fast = (load_model(folder, precision).predict(pictures) for precision in ("exact", "fast"))
    parts = {"validation": slice(0, SAMPLES), "test": slice(SAMPLES, None)}
    figures = {name: measure(exact[part], labels[part], facts.threshold).as_dict() for name, part in parts.items()}
    write_card(replace(facts, figures=figures), folder)
    measured = Measurements(
        {name: Scores.of(exact[part], labels[part]) for name, part in parts.items()},
        TrainingDistribution.of(pictures),
        FastPrecision(
            photos=len(pictures),
            largest_difference=float(np.abs(exact - fast).max()),
            changed_verdicts=int(((exact >= facts.threshold) != (fast >= facts.threshold)).sum()),
        ),
    )
    write_measurements(measured, folder)
    return folder


def _variants(pictures: list[np.ndarray]) -> Iterator[tuple[np.ndarray, float]]:
    # The last are so dark that their borders look like lines: it has its mistakes.
    for turns, light in ((0, 1.0), (1, 0.8), (2, 0.9), (3, 0.15)):
        yield from ((np.rot90(picture, turns), light) for picture in pictures)
