"""The network is the notebook's."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from crackxai import ModelError
from crackxai.model.resnet import build_classifier, preprocess


def test_preprocess_equals_keras_and_leaves_its_argument_alone(rng):
    images = rng.integers(0, 256, (2, 5, 4, 3)).astype(np.uint8)
    before = images.copy()
    expected = keras.applications.resnet.preprocess_input(images.astype(np.float32))
    np.testing.assert_array_equal(preprocess(images), expected)
    np.testing.assert_array_equal(preprocess(images.astype(np.float32)), expected)
    np.testing.assert_array_equal(images, before)
    assert preprocess(images).dtype == np.float32


def test_the_notebooks_network(tmp_path):
    net = build_classifier(None)
    assert net.input_shape == (None, 150, 150, 3)
    assert net.output_shape == (None, 1)
    assert [type(layer).__name__ for layer in net.layers[-2:]] == ["GlobalAveragePooling2D", "Dense"]
    assert net.count_params() == 23_587_712 + 2049
    # Frozen backbone: only the head's kernel and bias are trained.
    assert sum(np.prod(v.shape) for v in net.trainable_variables) == 2049

    # A backbone file, as users with ImageNet weights on disk have it.
    backbone = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(150, 150, 3))
    path = tmp_path / "backbone.weights.h5"
    backbone.save_weights(path)
    loaded = build_classifier(path)
    np.testing.assert_array_equal(
        loaded.get_layer("conv3_block2_2_conv").kernel.numpy(), backbone.get_layer("conv3_block2_2_conv").kernel.numpy()
    )

    (tmp_path / "bad.weights.h5").write_bytes(b"not HDF5")
    with pytest.raises(ModelError, match="Expected the weights of"):
        build_classifier(tmp_path / "bad.weights.h5")


def test_a_missing_weights_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="which is no file"):
        build_classifier(tmp_path / "none.h5")


def test_imagenet_weights_are_asked_of_keras(monkeypatch):
    asked = {}

    def offline(*args, **kwargs):
        asked.update(kwargs)
        raise OSError("no route to host")

    # The downloader is Keras's; here it meets a network that is down.
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", offline)
    monkeypatch.setattr("keras.src.applications.resnet.file_utils.get_file", offline)
    with pytest.raises(ModelError, match="check the network, or train without them"):
        build_classifier("imagenet")
    assert asked["file_hash"]
