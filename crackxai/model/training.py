"""The training loop: resumable, with a line per epoch."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from tqdm import tqdm

from crackxai.errors import ModelError, SettingsError
from crackxai.files import make_folder, write_file, written_whole
from crackxai.model.batches import Batches, TrainingPhotos
from crackxai.model.card import read_card
from crackxai.model.dataset import LabelledPhotos, batch_count
from crackxai.model.feature_space import features_of
from crackxai.model.history import Row, write_history
from crackxai.model.last_unit import fit_last_unit
from crackxai.model.network import RESNET50, Preprocessing, ResNet
from crackxai.model.recipes import Recipe
from crackxai.model.resnet import build_classifier
from crackxai.model.runtime import KerasRuntime, computes_in_bfloat16, dtype_policy
from crackxai.model.storage import WEIGHTS_FILE, load_weights

if TYPE_CHECKING:
    import keras


CHECKPOINT_EVERY = 100
CHECKPOINT_SECONDS = 60
"""Least steps and seconds between checkpoints, which take a GPU as long as dozens of steps; the end of an epoch always
makes one."""

MEASURED = 50
"""Pictures at a time after an epoch."""


@dataclass(frozen=True)
class Position:
    """Where in the schedule a step lies; ``last`` is the number of steps done when its epoch ends."""

    epoch: int
    side: int
    batch: int
    last: int


class Schedule:
    """The recipe's phases laid out over the training photos, step by step."""

    def __init__(self, recipe: Recipe, photos: int) -> None:
        per_epoch = batch_count(photos, recipe.batch_size)
        self._epochs: list[Position] = []
        self.steps = 0
        for side, epochs in recipe.phases:
            for done in range(math.ceil(epochs)):
                # A fraction of an epoch is its first batches; the order is shuffled anyway.
                self.steps += max(1, round(min(1, epochs - done) * per_epoch))
                self._epochs.append(Position(len(self._epochs), side, 0, self.steps))

    def ended(self, step: int) -> int:
        """Epochs that are over when that many steps are done."""
        return sum(epoch.last <= step for epoch in self._epochs)

    def at(self, step: int) -> Position:
        epoch = next(epoch for epoch in self._epochs if step < epoch.last)
        first = self._epochs[epoch.epoch - 1].last if epoch.epoch else 0
        return replace(epoch, batch=step - first)


def fit(
    train: TrainingPhotos,
    validation: LabelledPhotos,
    recipe: Recipe,
    out: Path,
    weights: str | None,
    seed: int = 0,
    stop_after: int | None = None,
    workers: int = 0,
) -> keras.Model:
    """Train, or go on where ``out/checkpoint`` stopped, to the same schedule.

    Parameters
    ----------
    train : what to learn from.
    validation : photos at the network's input side, measured after each epoch.
    out : folder for ``history.csv`` (a row an epoch) and ``checkpoint/``.
    weights : as in `build_classifier`: where the backbone starts; or a model folder, where all of it starts.
    stop_after : stop when this many steps are done in all, as an interruption would (a checkpoint is kept).
    workers : processes that draw the pictures; see `Batches`.

    Returns
    -------
    The trained network at the recipe's last side, in float32.

    Raises
    ------
    ModelError : the checkpoint belongs to another recipe, seed or number of photos, or the loss is no longer finite.
    """
    make_folder(out)
    schedule = Schedule(recipe, len(train))
    start = {"recipe": recipe.as_dict(), "seed": seed, "photos": len(train), "weights": weights}
    network = network_to_train(recipe, weights)
    # Processes are forked while nothing else runs in this one: before Keras's backend starts its threads.
    with Batches(train, recipe, workers) as batches:
        with dtype_policy("fast" if computes_in_bfloat16() else "exact"):
            net = _compiled(network, recipe, weights, seed)
        checkpoint = Checkpoint(out / "checkpoint", start)
        step = checkpoint.restore(net)
        epochs = _Epochs(net, validation, recipe, schedule, checkpoint, out)
        epochs.finish(step)
        end = schedule.steps if stop_after is None else min(stop_after, schedule.steps)
        while step < end:
            step = _run_epoch(net, batches, recipe, schedule, checkpoint, step, end, seed)
            epochs.finish(step)
    with dtype_policy("exact"):
        final = build_classifier(network, trainable_backbone=recipe.trainable_backbone)
    final.set_weights(net.get_weights())
    if recipe.refit and step == schedule.steps:
        refit(final, train.unchanged(recipe.refit, network.input_side, seed), recipe, network.preprocessing)
    return final


def refit(net: keras.Model, photos: LabelledPhotos, recipe: Recipe, preprocessing: Preprocessing) -> None:
    """Fit the last unit anew to pictures as they are; see `crackxai.model.last_unit`."""
    last = net.get_layer("crack")
    kernel, bias = last.get_weights()
    _, features = features_of(KerasRuntime(net, preprocessing).forward_with_features, photos.images)
    kernel, bias = fit_last_unit(kernel[:, 0], bias[0], features, photos.labels, recipe.label_smoothing)
    last.set_weights([kernel[:, None], np.array([bias], dtype=np.float32)])


def network_to_train(recipe: Recipe, weights: str | None) -> ResNet:
    """That of the model folder that ``weights`` names, else ResNet50.

    Raises
    ------
    ModelError : the folder has no card.
    SettingsError : the recipe does not end at the network's side.
    """
    network = read_card(Path(weights)).network if weights is not None and Path(weights).is_dir() else RESNET50
    if recipe.phases[-1][0] != network.input_side:
        raise SettingsError(
            f"expected the last phase at the network's {network.input_side} pixels, received {recipe.phases[-1][0]}. "
            f"End with {network.input_side}x1 or more."
        )
    return network


def _compiled(network: ResNet, recipe: Recipe, weights: str | None, seed: int) -> keras.Model:
    import keras

    keras.utils.set_random_seed(seed)
    folder = Path(weights) if weights is not None and Path(weights).is_dir() else None
    net = _from_pictures(
        build_classifier(network, None if folder else weights, True, recipe.trainable_backbone), network.preprocessing
    )
    if folder:
        load_weights(net, folder / WEIGHTS_FILE)
    for layer in net._flatten_layers():
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        if recipe.batch_norm_momentum is not None:
            layer.momentum = recipe.batch_norm_momentum
        if weights is None and layer.name.endswith("_3_bn"):
            # Each residual block starts as the identity: Goyal et al., arXiv:1706.02677, section 5.1.
            layer.gamma.assign(np.zeros(layer.gamma.shape, "float32"))
    if recipe.weight_decay is None:
        optimizer = keras.optimizers.Adam(recipe.learning_rate)
    else:
        optimizer = keras.optimizers.AdamW(recipe.learning_rate, weight_decay=recipe.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    optimizer.build(net.trainable_variables)
    loss = keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    # JAX does nothing well that is not compiled; the others gain too little for the minutes that it takes.
    net.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    return net


def _from_pictures(net: keras.Model, preprocessing: Preprocessing) -> keras.Model:
    """The network with its preprocessing: (N, H, W, 3) uint8, RGB, 0-255 -> (N, 1).

    A quarter of the bytes goes to the GPU that way, and what is left of the work is done there.
    """
    import keras

    pictures = keras.Input((None, None, 3), dtype="uint8")
    values = keras.ops.cast(pictures, "float32")
    ordered = values[..., ::-1] if preprocessing.reversed else values
    return keras.Model(pictures, net(ordered - np.array(preprocessing.means, dtype=np.float32)))


def _run_epoch(
    net: keras.Model,
    batches: Batches,
    recipe: Recipe,
    schedule: Schedule,
    checkpoint: Checkpoint,
    step: int,
    end: int,
    seed: int,
) -> int:
    here = schedule.at(step)
    tally = checkpoint.tally if here.batch else [0.0, 0.0, 0, 0.0]
    began = time.perf_counter() - tally[3]
    saved = time.perf_counter()
    bar = tqdm(
        total=schedule.steps, initial=step, unit="step", disable=None, desc=f"epoch {here.epoch + 1} at {here.side} px"
    )
    for images, labels in batches.epoch(here.side, (seed, here.epoch), here.batch):
        net.optimizer.learning_rate = recipe.rate(step, schedule.steps)
        net.reset_metrics()
        loss, accuracy = (float(value) for value in net.train_on_batch(images, labels))
        if not np.isfinite(loss):
            raise ModelError(f"the loss is {loss} at step {step}. Train again with a lower --learning-rate.")
        seen, seconds = len(labels), time.perf_counter() - began
        tally = [tally[0] + loss * seen, tally[1] + accuracy * seen, tally[2] + seen, seconds]
        step += 1
        bar.update()
        bar.set_postfix(loss=f"{tally[0] / tally[2]:.3f}", accuracy=f"{tally[1] / tally[2]:.3f}", refresh=False)
        due = step % CHECKPOINT_EVERY == 0 and time.perf_counter() - saved >= CHECKPOINT_SECONDS
        if step in (here.last, end) or due:
            checkpoint.save(net, step, tally)
            saved = time.perf_counter()
        if step in (here.last, end):
            break
    bar.close()
    return step


@dataclass(frozen=True)
class _Epochs:
    """What is done when an epoch ends; again, where an interruption came between its checkpoint and its row."""

    net: keras.Model
    validation: LabelledPhotos
    recipe: Recipe
    schedule: Schedule
    checkpoint: Checkpoint
    out: Path

    def finish(self, step: int) -> None:
        """Measure the last epoch that ended by ``step`` where it has no row yet, and write the history."""
        checkpoint = self.checkpoint
        if len(checkpoint.rows) < self.schedule.ended(step):
            here = self.schedule.at(step - 1)
            loss, accuracy, photos, seconds = checkpoint.tally
            began = time.perf_counter()
            found = _accuracy(self.net, self.validation, here.side)
            row = {
                "epoch": str(here.epoch + 1),
                "side": str(here.side),
                "learning_rate": f"{self.recipe.rate(step - 1, self.schedule.steps):.3g}",
                "loss": f"{loss / photos:.4f}",
                "accuracy": f"{accuracy / photos:.4f}",
                "val_accuracy": f"{found:.4f}",
                "seconds": f"{seconds + time.perf_counter() - began:.0f}",
            }
            checkpoint.add_row(row)
            tqdm.write("  ".join(f"{key} {value}" for key, value in row.items()))
        write_history(self.out, checkpoint.rows)


def _accuracy(net: keras.Model, photos: LabelledPhotos, side: int) -> float:
    right = 0
    for i in range(0, len(photos), MEASURED):
        images = [
            cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in photos.images[i:][:MEASURED]
        ]
        # Always as many, since JAX compiles anew for every number.
        padded = np.pad(np.stack(images), [(0, MEASURED - len(images)), (0, 0), (0, 0), (0, 0)])
        scores = np.asarray(net.predict_on_batch(padded), dtype=np.float32)[: len(images), 0]
        right += int(np.count_nonzero((scores >= 0.5) == photos.labels[i : i + len(images)]))
    return right / len(photos)


class Checkpoint:
    """Network and optimiser on disk, so that a run goes on where it was interrupted."""

    def __init__(self, folder: Path, start: dict[str, Any]) -> None:
        self.folder = folder
        self.start = json.loads(json.dumps(start))  # as it reads back: tuples become lists
        self.step = 0
        self.tally: list[float] = [0.0, 0.0, 0, 0.0]
        """Of the epoch so far: sums over photos of loss and of right answers, photos, seconds."""
        self.rows: list[Row] = []
        """Of the epochs that were measured."""

    def save(self, net: keras.Model, step: int, tally: list[float]) -> None:
        make_folder(self.folder)
        # The step number is in the name, so that state and weights cannot be of two different steps.
        weights = self.folder / f"step{step}.weights.h5"
        with written_whole(weights) as beside:
            net.save_weights(beside, overwrite=True)
        self.step, self.tally = step, tally
        self._write_state()
        for old in self.folder.glob("step*.weights.h5"):
            if old != weights:
                old.unlink()

    def add_row(self, row: Row) -> None:
        """Of the epoch that has just been measured."""
        self.rows = [*self.rows, row]
        self._write_state()

    def _write_state(self) -> None:
        state = {**self.start, "step": self.step, "tally": self.tally, "rows": self.rows}
        write_file(self.folder / "state.json", json.dumps(state, allow_nan=False))

    def restore(self, net: keras.Model) -> int:
        """Load what is there; returns the number of steps done."""
        try:
            state = json.loads((self.folder / "state.json").read_text("utf-8"))
        except FileNotFoundError:
            return 0
        kept = {name: state.pop(name, None) for name in ("step", "tally", "rows")}
        if state != self.start or None in kept.values():
            changed = sorted(key for key in self.start if state.get(key) != self.start[key])
            raise ModelError(
                f"{self.folder} holds a run with other settings ({', '.join(changed) or 'CrackXAI itself'} differ). "
                "Give another --out, or delete that folder to start again."
            )
        self.step, self.tally, self.rows = kept["step"], kept["tally"], kept["rows"]
        net.load_weights(self.folder / f"step{self.step}.weights.h5")
        return self.step
