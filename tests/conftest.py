"""Shared fixtures: drawn photos, a tiny real network, the bundled model."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from crackxai import CrackModel, ExplainSettings, Explanation, Photo, load_model, read_photo
from crackxai.model.card import ModelCard
from crackxai.model.classifier import BUNDLED
from crackxai.model.storage import WEIGHTS_FILE, read_arrays
from crackxai.render import png
from crackxai.samples import draw_samples


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory) -> list:
    """Four drawn photos as PNG files: cracked, sound, cracked, sound."""
    folder = tmp_path_factory.mktemp("photos")
    paths = []
    for sample in draw_samples(4, seed=0):
        path = folder / f"{sample.name}.png"
        path.write_bytes(png(sample.rgb))
        paths.append(path)
    return paths


@pytest.fixture(scope="session")
def photo(sample_files) -> Photo:
    return read_photo(sample_files[0])


@pytest.fixture(scope="session")
def other_photo(sample_files) -> Photo:
    return read_photo(sample_files[3])


@pytest.fixture(scope="session")
def make_card():
    def make(**changes) -> ModelCard:
        facts = {
            "name": "tiny",
            "created": "2026-01-01",
            "input_side": 150,
            "threshold": 0.5,
            "temperature": 1.0,
            "data": {"source": "drawn"},
            "recipe": {"name": "scratch", "phases": [[150, 1]], "batch_size": 2, "learning_rate": 0.1},
            "seed": 0,
            "versions": {"python": "3"},
            "command": "python -m crackxai train",
            "figures": {},
            "rounding": 0.0,
        }
        return ModelCard(**{**facts, **changes})

    return make


def tiny_net(side: int | None = 150, seed: int = 0):
    """A real, small convolutional network with the classifier's interface; its output varies with what is hidden."""
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input((side, side, 3))
    x = keras.layers.Rescaling(1 / 64)(inputs)
    x = keras.layers.Conv2D(8, 7, strides=5, activation="relu", name="tiny_1_conv")(x)
    x = keras.layers.Add()([x, keras.layers.BatchNormalization(name="tiny_3_bn")(x)])
    x = keras.layers.Conv2D(16, 5, strides=3, activation="relu", name="tiny_2_conv")(x)
    x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", name="crack")(x))


@pytest.fixture(scope="session")
def tiny_model(make_card) -> CrackModel:
    return CrackModel.of_network(tiny_net(), make_card())


@pytest.fixture(scope="session")
def bundled() -> CrackModel:
    return load_model()


@pytest.fixture(scope="session")
def overflowing_folder(tmp_path_factory) -> Path:
    """A model folder of finite weights that overflow to NaN on a photo, whichever engine multiplies them."""
    folder = tmp_path_factory.mktemp("models") / "overflowing"
    shutil.copytree(BUNDLED, folder)
    arrays = read_arrays(folder / WEIGHTS_FILE)
    # Features become infinite, and their weighted sum, with weights of both signs, infinity less infinity.
    arrays["conv5_block3_3_bn/gamma"] = np.full_like(arrays["conv5_block3_3_bn/gamma"], 3e38)
    np.savez(folder / WEIGHTS_FILE, **arrays)
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def explanation() -> Explanation:
    """Written by hand, 4 x 6 pixels."""
    values = np.zeros((4, 6, 3), dtype=np.float32)
    values[1, 2] = (0.25, 0.125, 0.0625)
    values[3, 5] = -0.03125
    return Explanation(
        channel_values=values,
        picture=np.arange(72, dtype=np.uint8).reshape(4, 6, 3),
        base_value=0.125,
        probability=0.46875,
        evaluations=52,
        seconds=1.23456,
        settings=ExplainSettings(masker="blur", blur_kernel=9, max_evals=50, seed=3),
        photo_name="Mauer – Süd.jpg",
        photo_sha256="ab" * 32,
        model_name="tiny",
        model_fingerprint="cd" * 32,
        precision="exact",
        device="CPU, tensorflow",
        versions={"shap": "0.51.0"},
    )


@pytest.fixture
def fresh_results():
    """No run of another test is kept."""
    from crackxai.ui import resources

    resources.runs.clear()
    yield
    resources.runs.clear()
