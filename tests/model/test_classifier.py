"""`CrackModel`: the contract."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from crackxai import CrackModel, ExplainSettings, ModelError, Photo, SettingsError, explain, judge, load_model
from crackxai.model.card import write_card
from crackxai.model.classifier import BUNDLED, folder_state, load_network
from crackxai.model.storage import WEIGHTS_FILE, read_arrays
from crackxai.texts import Texts, catalogue
from tests import tiny


def test_predict_is_preprocessing_and_network(rng):
    images = rng.integers(0, 256, (5, 150, 150, 3)).astype(np.uint8)
    net = tiny.net()
    model = CrackModel.of_network(net, tiny.card())
    expected = net(keras.applications.resnet.preprocess_input(images.astype(np.float32)), training=False)
    for dtype in (np.uint8, np.float32, np.float64):
        scores = model.predict(images.astype(dtype))
        assert scores.shape == (5,)
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores, keras.ops.convert_to_numpy(expected)[:, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((150, 150, 3), np.uint8), r"received \(150, 150, 3\)"),
        (np.zeros((1, 151, 150, 3), np.uint8), r"received \(1, 151, 150, 3\)"),
        (np.full((1, 150, 150, 3), -1.0), r"received -1\.0"),
        (np.full((1, 150, 150, 3), 300.0), r"to 300\.0"),
        (np.full((1, 150, 150, 3), np.nan), "received nan"),
        (np.linspace(0, 1, 67500).reshape(1, 150, 150, 3), "as if divided by 255"),
        (np.full((2, 150, 150, 3), 0.25, np.float32), "as if divided by 255"),
    ],
)
def test_wrong_pictures(tiny_model, images, words):
    with pytest.raises(ModelError, match=words):
        tiny_model.predict(images)


def test_prepare_squashes_to_the_input_size(tiny_model, photo):
    picture = tiny_model.prepare(photo)
    assert picture.shape == (150, 150, 3)
    assert picture.dtype == np.uint8
    assert abs(picture.mean() - photo.rgb.mean()) < 1


@pytest.mark.parametrize("masker", ["blur", "mean", "inpaint_telea"])
def test_a_black_photo_is_no_normalised_one(tiny_model, rng, masker):
    """Noise of 0 and 1, whose blur and mean are fractions of at most 1."""
    black = Photo(rng.integers(0, 2, (200, 200, 3)).astype(np.uint8), "lens-cap.png", "ab", (200, 200), "PNG")
    picture = tiny_model.prepare(black)
    assert tiny_model.predict(picture[None].astype(np.float32)).shape == (1,)
    assert explain(tiny_model, black, ExplainSettings(masker=masker, max_evals=50)).evaluations >= 50
    whole_numbers = rng.integers(0, 2, (1, 150, 150, 3)).astype(np.float32)
    assert tiny_model.predict(whole_numbers).shape == (1,)


def test_the_bundled_model(bundled, photo):
    assert bundled.input_size == (150, 150)
    assert 0 < bundled.threshold < 1
    assert bundled.precision == "exact"
    assert bundled.fingerprint == load_model(BUNDLED).fingerprint
    assert (BUNDLED / WEIGHTS_FILE).stat().st_size <= 50_000_000
    test = bundled.card.figures["test"]
    assert test["accuracy"] >= 0.985
    # What the photos of one source do not tell: those that inspectors bring.
    balanced = {origin["name"]: origin["balanced_accuracy"] for origin in bundled.card.origins["validation"]}
    assert balanced["walls"] >= 0.85
    assert balanced["decks"] >= 0.9
    assert balanced["drone"] >= 0.9
    assert np.mean(list(balanced.values())) >= 0.9
    assert test["auc"] >= 0.998
    assert bundled.card.rounding <= 0.002
    picture = bundled.prepare(photo)[None]
    whole = load_network(BUNDLED)(
        keras.applications.resnet.preprocess_input(picture.astype(np.float32)), training=False
    )
    np.testing.assert_allclose(bundled.predict(picture), keras.ops.convert_to_numpy(whole)[0], atol=1e-5)
    assert bundled.predict(picture)[0] >= bundled.threshold


def test_what_cannot_be_loaded(tmp_path):
    with pytest.raises(ModelError, match="is no folder"):
        load_model(tmp_path / "none")
    with pytest.raises(ModelError, match=r"card\.json"):
        load_model(tmp_path)
    write_card(tiny.card(), tmp_path)
    with pytest.raises(ModelError, match="expected a weights file"):
        load_model(tmp_path)
    with pytest.raises(SettingsError, match="exact, fast, received 'quick'"):
        load_model(precision="quick")
    with pytest.raises(SettingsError, match="auto, openvino, keras, received 'onnx'"):
        load_model(runtime="onnx")


def test_the_fingerprint_is_of_the_weights():
    prints = [CrackModel.of_network(tiny.net(seed=seed), tiny.card()).fingerprint for seed in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_nan_is_an_error_and_no_verdict(overflowing_folder, photo, runtime):
    model = load_model(overflowing_folder, runtime=runtime)
    with pytest.raises(ModelError, match="expected a probability of 0 to 1 from the model, received nan") as caught:
        model.predict(model.prepare(photo)[None])
    for language in ("en", "zh-Hant"):
        assert catalogue(language)[caught.value.message.name].format(**caught.value.message.facts)
    with pytest.raises(ModelError, match="received nan"):
        judge(model, photo)
    with pytest.raises(ModelError, match="received nan"):
        explain(model, photo, ExplainSettings("mean", max_evals=50))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_features_that_are_not_finite_are_an_error_however_sure_the_answer(wrong):
    class Overflowing:
        """A runtime whose features overflow behind a sure answer."""

        device, versions, computed_in, processor = "none", {}, "float32", "none"

        def forward_with_features(self, images):
            return np.full(len(images), 0.99, dtype=np.float32), np.full((len(images), 4), wrong, dtype=np.float32)

    model = CrackModel(Overflowing(), tiny.card(), "0" * 64, arrays=dict)
    side = model.input_size[0]
    with pytest.raises(ModelError, match="received nan"):
        model.predict_with_features(np.full((2, side, side, 3), 9, dtype=np.uint8))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -0.01, 1.01])
def test_one_wrong_answer_among_right_ones(wrong):
    class Broken:
        """A runtime that cannot tell one of the pictures."""

        device, versions = "none", {}

        def forward(self, images):
            return np.where(images.max(axis=(1, 2, 3)) == 0, wrong, 0.25).astype(np.float32)

    model = CrackModel(Broken(), tiny.card(), "0" * 64, arrays=dict)
    images = np.full((3, 150, 150, 3), 9, dtype=np.uint8)
    np.testing.assert_array_equal(model.predict(images), 0.25)
    images[1] = 0
    with pytest.raises(ModelError, match=f"received {wrong:g}"):
        model.predict(images)


def test_two_folders_with_the_same_weights_are_told_apart_by_what_is_used(tiny_folder, tiny_model, tmp_path):
    folder = tmp_path / "twin"
    shutil.copytree(tiny_folder, folder)
    assert load_model(folder).key == tiny_model.key
    write_card(replace(tiny_model.card, threshold=0.6), folder)
    stricter = load_model(folder)
    assert stricter.fingerprint == tiny_model.fingerprint
    shutil.copytree(tiny_folder, folder, dirs_exist_ok=True)
    (folder / "measurements.json").unlink()
    unknown = load_model(folder)
    assert len({tiny_model.key, stricter.key, unknown.key}) == 3


def test_a_folder_that_was_written_again_is_in_another_state(tiny_folder, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(tiny_folder, folder)
    states = [folder_state(folder)]
    (tmp_path / "link").symlink_to(folder)
    assert folder_state(tmp_path / "link") == states[0]
    os.utime(folder / "weights.npz", ns=(1, 1))
    states.append(folder_state(folder))
    (folder / "card.json").write_text("{}")
    states.append(folder_state(folder))
    (folder / "measurements.json").unlink()
    states += [folder_state(folder), folder_state(tmp_path / "none"), folder_state(None)]
    assert len(set(states)) == len(states)


DAMAGE = {
    "no-folder": lambda folder: shutil.rmtree(folder),
    "no-card": lambda folder: (folder / "card.json").unlink(),
    "damaged-card": lambda folder: (folder / "card.json").write_text("{"),
    "card-fields": lambda folder: (folder / "card.json").write_text("{}"),
    "card-threshold": lambda folder: change(folder / "card.json", threshold=2),
    "card-band": lambda folder: change(folder / "card.json", band=0.5),
    "card-temperature": lambda folder: change(folder / "card.json", temperature="hot"),
    "network": lambda folder: change(folder / "card.json", network={}),
    "damaged-measurements": lambda folder: (folder / "measurements.json").write_text("[" * 100_000),
    "no-weights": lambda folder: (folder / "weights.npz").unlink(),
    "damaged-weights": lambda folder: (folder / "weights.npz").write_bytes(b"PK"),
    "not-finite": lambda folder: with_arrays(folder, {"crack/bias": np.array([np.nan])}),
    "shape": lambda folder: with_arrays(folder, {"crack/bias": np.zeros(2)}),
    "more-weights": lambda folder: with_arrays(folder, {"extra": np.zeros(2)}),
}


def change(path, **facts) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **facts}))


def with_arrays(folder, changes) -> None:
    np.savez(folder / WEIGHTS_FILE, **{**read_arrays(folder / WEIGHTS_FILE), **changes})


@pytest.mark.parametrize("name", DAMAGE)
def test_what_cannot_be_loaded_is_told_in_each_language(tiny_folder, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    DAMAGE[name](folder)
    with pytest.raises(ModelError) as caught:
        load_model(folder, runtime="openvino")
    told = caught.value.message
    assert told.name == f"model-error.{name}"
    assert Texts("en").message(told) == str(told)
    assert re.search(r"[\u4e00-\u9fff]", Texts("zh-Hant").message(told))


@pytest.mark.parametrize(
    ("changes", "name"), [({"extra": np.zeros(2)}, "other-arrays"), ({"crack/bias": np.zeros(2)}, "other-shape")]
)
def test_keras_tells_other_weights_in_each_language(tiny_folder, tmp_path, changes, name):
    shutil.copytree(tiny_folder, tmp_path / "model")
    with_arrays(tmp_path / "model", changes)
    with pytest.raises(ModelError) as caught:
        load_model(tmp_path / "model", runtime="keras")
    assert caught.value.message.name == f"model-error.{name}"
    assert re.search(r"[\u4e00-\u9fff]", Texts("zh-Hant").message(caught.value.message))
