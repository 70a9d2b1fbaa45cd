"""Shared fixtures: drawn photos, the tiny model, the bundled one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from crackxai import CrackModel, ExplainSettings, Explanation, Photo, load_model, read_photo
from crackxai.model.storage import WEIGHTS_FILE, read_arrays
from crackxai.render import png
from tests import tiny

collect_ignore = ["oracles"]  # in an environment of their own, where nothing is skipped; see CONTRIBUTING.md


@pytest.fixture(autouse=True)
def own_records(tmp_path, monkeypatch) -> Path:
    """No test reads or writes the records of who runs it."""
    place = tmp_path / "inspections" / "records.sqlite"
    monkeypatch.setenv("CRACKXAI_DB", str(place))
    return place


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory) -> list:
    """Four drawn photos as PNG files: cracked, sound, cracked, sound."""
    folder = tmp_path_factory.mktemp("photos")
    paths = []
    for sample in tiny.samples()[:4]:
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
def tiny_folder(tmp_path_factory) -> Path:
    """A model folder as `train` writes it; see `tests.tiny`."""
    return tiny.write_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_model(tiny_folder) -> CrackModel:
    return load_model(tiny_folder)


@pytest.fixture(scope="session")
def bundled() -> CrackModel:
    return load_model()


@pytest.fixture(scope="session")
def overflowing_folder(tmp_path_factory, tiny_folder) -> Path:
    """A model folder of finite weights that overflow to NaN on a photo, whichever engine multiplies them."""
    folder = tmp_path_factory.mktemp("models") / "overflowing"
    shutil.copytree(tiny_folder, folder)
    arrays = read_arrays(folder / WEIGHTS_FILE)
    # Features become infinite, and their weighted sum, with weights of both signs, infinity less infinity.
    arrays["conv3_block1_3_bn/beta"] = np.full_like(arrays["conv3_block1_3_bn/beta"], 3e38)
    arrays["conv3_block1_0_bn/beta"] = np.full_like(arrays["conv3_block1_0_bn/beta"], 3e38)
    arrays["crack/kernel"][0] = -1
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
def fresh_results(monkeypatch, tiny_folder):
    """The pages' default is the tiny model, and no run of another test is kept."""
    monkeypatch.setenv("CRACKXAI_MODEL", str(tiny_folder))
    from crackxai.ui import first_sight, resources

    # What nobody asked for would ask the model while a test counts on nobody doing so.
    monkeypatch.setattr(first_sight, "_compute", lambda *_: None)
    resources.forget_all()
    yield
    resources.forget_all()


@pytest.fixture
def served(fresh_results) -> CrackModel:
    """The model that the pages ask."""
    from crackxai.ui import resources

    return resources.model()
