"""`CrackModel`: the contract."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from crackxai import CrackModel, ModelError, SettingsError, load_model
from crackxai.model.classifier import BUNDLED, load_network
from crackxai.model.storage import WEIGHTS_FILE
from tests.conftest import tiny_net


def test_predict_is_preprocessing_and_network(tiny_model, rng):
    images = rng.integers(0, 256, (5, 150, 150, 3)).astype(np.uint8)
    expected = tiny_net()(keras.applications.resnet.preprocess_input(images.astype(np.float32)), training=False)
    for dtype in (np.uint8, np.float32, np.float64):
        scores = tiny_model.predict(images.astype(dtype))
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


def test_the_bundled_model(bundled, photo):
    assert bundled.input_size == (150, 150)
    assert 0 < bundled.threshold < 1
    assert bundled.precision == "exact"
    assert bundled.fingerprint == load_model(BUNDLED).fingerprint
    assert (BUNDLED / WEIGHTS_FILE).stat().st_size <= 50_000_000
    test = bundled.card.figures["test"]
    assert test["accuracy"] >= 0.985
    assert test["auc"] >= 0.998
    assert bundled.card.rounding <= 0.002
    picture = bundled.prepare(photo)[None]
    whole = load_network(BUNDLED)(
        keras.applications.resnet.preprocess_input(picture.astype(np.float32)), training=False
    )
    np.testing.assert_allclose(bundled.predict(picture), keras.ops.convert_to_numpy(whole)[0], atol=1e-5)
    assert bundled.predict(picture)[0] >= bundled.threshold


def test_what_cannot_be_loaded(tmp_path, make_card):
    from crackxai.model.card import write_card

    with pytest.raises(ModelError, match="is no folder"):
        load_model(tmp_path / "none")
    with pytest.raises(ModelError, match=r"card\.json"):
        load_model(tmp_path)
    write_card(make_card(), tmp_path)
    with pytest.raises(ModelError, match="expected a weights file"):
        load_model(tmp_path)
    with pytest.raises(SettingsError, match="exact, fast, received 'quick'"):
        load_model(precision="quick")
    with pytest.raises(SettingsError, match="auto, openvino, keras, received 'onnx'"):
        load_model(runtime="onnx")


def test_the_fingerprint_is_of_the_weights(make_card, tiny_model):
    assert CrackModel.of_network(tiny_net(seed=0), make_card()).fingerprint == tiny_model.fingerprint
    assert CrackModel.of_network(tiny_net(seed=1), make_card()).fingerprint != tiny_model.fingerprint
