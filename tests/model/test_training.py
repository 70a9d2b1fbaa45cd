"""The training loop."""

from __future__ import annotations

import csv
import dataclasses
import shutil

import numpy as np
import pytest

from crackxai import ModelError, SettingsError
from crackxai.model import training
from crackxai.model.card import write_card
from crackxai.model.dataset import LabelledPhotos
from crackxai.model.recipes import NOTEBOOK, SCRATCH
from crackxai.model.storage import WEIGHTS_FILE, load_weights, save_weights
from tests import tiny

RECIPE = dataclasses.replace(SCRATCH, phases=((64, 2), (150, 1)), batch_size=4, learning_rate=0.01)


@pytest.fixture
def tiny_backbone(monkeypatch):
    """The loop is under test here, not ResNet50, which takes part in test_cli.py."""
    monkeypatch.setattr(training, "RESNET50", tiny.NETWORK)


@pytest.fixture
def photos() -> LabelledPhotos:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (20, 150, 150, 3)).astype(np.uint8)
    labels = np.arange(20) % 2
    images[labels == 1, :, 60:90] = 0
    return LabelledPhotos(images, labels.astype(np.uint8), tuple(range(20)))


def history(folder) -> list[dict]:
    return list(csv.DictReader((folder / "history.csv").read_text("utf-8").splitlines()))


def weights(net):
    return [v.numpy() for v in net.variables]


def test_an_interrupted_run_ends_like_an_uninterrupted_one(tmp_path, photos, tiny_backbone):
    whole = training.fit(photos, photos, RECIPE, tmp_path / "whole", None, seed=1)
    for stop in (3, 5, 8, None):  # within an epoch, at its end, in the next, and to the end
        parts = training.fit(photos, photos, RECIPE, tmp_path / "parts", None, seed=1, stop_after=stop)
    for a, b in zip(weights(whole), weights(parts), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    histories = [
        [{k: v for k, v in row.items() if k != "seconds"} for row in history(tmp_path / name)]
        for name in ("whole", "parts")
    ]
    assert histories[0] == histories[1]
    assert [row["side"] for row in histories[0]] == ["64", "64", "150"]
    assert whole.input_shape == (None, 150, 150, 3)


SHORT = dataclasses.replace(RECIPE, phases=((32, 2), (64, 1)))


class Killed(BaseException):
    """As a lost machine: nothing after it runs."""


def killed_after(monkeypatch, owner, name: str, call: int, before: bool = False) -> None:
    """Kill the run before or after the ``call``-th call of a function."""
    real, calls = getattr(owner, name), []

    def wrapper(*args, **kwargs):
        calls.append(name)
        if before and len(calls) == call:
            raise Killed
        result = real(*args, **kwargs)
        if len(calls) == call:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, wrapper)


@pytest.fixture
def small_photos(photos) -> LabelledPhotos:
    return dataclasses.replace(photos, images=photos.images[:, :64, 40:104])


def test_a_run_killed_at_any_point_of_an_epochs_end_has_the_same_history(tmp_path, small_photos, monkeypatch):
    """Between checkpoint and row, in validation, in the row's own writing, and after it."""
    photos = small_photos
    monkeypatch.setattr(training, "RESNET50", dataclasses.replace(tiny.NETWORK, input_side=64))
    training.fit(photos, photos, SHORT, tmp_path / "whole", None, seed=1)
    expected = [{k: v for k, v in row.items() if k != "seconds"} for row in history(tmp_path / "whole")]
    assert [row["epoch"] for row in expected] == ["1", "2", "3"]
    points = [
        (training.Checkpoint, "save", 1, False),
        (training, "_accuracy", 2, True),
        (training.Checkpoint, "add_row", 1, False),
        (training, "write_history", 2, True),
    ]
    out = tmp_path / "parts"
    for point in points:
        with monkeypatch.context() as patch:
            killed_after(patch, *point)
            with pytest.raises(Killed):
                training.fit(photos, photos, SHORT, out, None, seed=1)
    training.fit(photos, photos, SHORT, out, None, seed=1)
    assert [{k: v for k, v in row.items() if k != "seconds"} for row in history(out)] == expected


def test_a_history_is_of_one_run(tmp_path, small_photos, monkeypatch):
    """Where the checkpoint is deleted to start again, as the message advises, the old rows go too."""
    monkeypatch.setattr(training, "RESNET50", dataclasses.replace(tiny.NETWORK, input_side=64))
    for seed in (1, 2):
        shutil.rmtree(tmp_path / "checkpoint", ignore_errors=True)
        training.fit(small_photos, small_photos, SHORT, tmp_path, None, seed=seed, stop_after=5)
        assert [row["epoch"] for row in history(tmp_path)] == ["1"]


def test_the_seed_matters(tmp_path, photos, tiny_backbone):
    a, b = (training.fit(photos, photos, RECIPE, tmp_path / str(s), None, seed=s, stop_after=2) for s in (1, 2))
    assert any(not np.array_equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))


def test_it_learns(tmp_path, photos, tiny_backbone):
    recipe = dataclasses.replace(
        NOTEBOOK,
        phases=((150, 12),),
        batch_size=5,
        learning_rate=0.01,
        trainable_backbone=True,
        batch_norm_momentum=0.8,
    )
    training.fit(photos, photos, recipe, tmp_path, None, seed=0)
    rows = history(tmp_path)
    assert float(rows[-1]["val_accuracy"]) >= 0.9
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])


def test_the_last_unit_is_fitted_anew_and_nothing_else(tmp_path, photos, tiny_backbone):
    plain = training.fit(photos, photos, RECIPE, tmp_path / "plain", None, seed=1)
    refit = training.fit(photos, photos, dataclasses.replace(RECIPE, refit=16), tmp_path / "refit", None, seed=1)
    for before, after in zip(plain.variables, refit.variables, strict=True):
        changed = not np.allclose(before.numpy(), after.numpy(), rtol=1e-4, atol=1e-5)
        assert changed == before.path.startswith("crack/"), before.path
    kept = photos.unchanged(16, 150, 1)

    def loss(net) -> float:
        p = np.clip(net.predict_on_batch(tiny.NETWORK.preprocessing(kept.images))[:, 0], 1e-6, 1 - 1e-6)
        target = kept.labels * 0.95 + 0.025
        return -float(np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)))

    assert loss(refit) < loss(plain)


def test_a_run_that_was_stopped_is_not_refitted_yet(tmp_path, photos, tiny_backbone):
    recipe = dataclasses.replace(RECIPE, refit=16)
    plain = training.fit(photos, photos, RECIPE, tmp_path / "plain", None, seed=1, stop_after=3)
    stopped = training.fit(photos, photos, recipe, tmp_path / "refit", None, seed=1, stop_after=3)
    for a, b in zip(weights(plain), weights(stopped), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_a_checkpoint_of_other_settings_is_refused(tmp_path, photos, tiny_backbone):
    training.fit(photos, photos, RECIPE, tmp_path, None, seed=1, stop_after=2)
    with pytest.raises(ModelError, match=r"seed differ.*--out"):
        training.fit(photos, photos, RECIPE, tmp_path, None, seed=2)
    with pytest.raises(ModelError, match="recipe differ"):
        training.fit(photos, photos, dataclasses.replace(RECIPE, learning_rate=0.5), tmp_path, None, seed=1)


def test_a_recipe_that_does_not_end_at_the_networks_side(tmp_path, photos, tiny_backbone):
    recipe = dataclasses.replace(RECIPE, phases=((64, 1),))
    with pytest.raises(SettingsError, match=r"network's 150 pixels, received 64.*150x1"):
        training.fit(photos, photos, recipe, tmp_path, None)


def test_a_loss_that_is_not_finite_stops_with_advice(tmp_path, photos, tiny_backbone, monkeypatch):
    poisoned = tiny.net(any_side=True)
    poisoned.get_layer("crack").bias.assign([np.nan])
    monkeypatch.setattr(training, "build_classifier", lambda *args, **kwargs: poisoned)
    with pytest.raises(ModelError, match="lower --learning-rate"):
        training.fit(photos, photos, NOTEBOOK, tmp_path, None)


def test_a_model_folder_is_gone_on_from_as_it_is(tmp_path, photos, tiny_backbone):
    start = tiny.net(seed=5)
    save_weights(start, tmp_path / WEIGHTS_FILE)
    write_card(tiny.card(), tmp_path)
    load_weights(start, tmp_path / WEIGHTS_FILE)  # rounded to float16, as stored
    same = training.fit(photos, photos, RECIPE, tmp_path / "out", str(tmp_path), seed=1, stop_after=0)
    for a, b in zip(weights(start), weights(same), strict=True):
        np.testing.assert_array_equal(a, b)
    (tmp_path / WEIGHTS_FILE).unlink()
    with pytest.raises(ModelError, match="expected a weights file"):
        training.fit(photos, photos, RECIPE, tmp_path / "out2", str(tmp_path), seed=1)


def test_residual_blocks_start_as_the_identity_and_momentum_is_set(tiny_backbone):
    net = training._compiled(tiny.NETWORK, SCRATCH, None, 0)
    norm = next(layer for layer in net._flatten_layers() if layer.name == "conv2_block1_3_bn")
    np.testing.assert_array_equal(norm.gamma.numpy(), 0)
    assert norm.momentum == 0.9
