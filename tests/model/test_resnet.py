"""The network is the notebook's."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from crackxai import ModelError
from crackxai.model.resnet import build_classifier
from tests import tiny


def test_resnet50_is_that_of_keras_layer_for_layer():
    """Their settings and their connections; and the same seed gives the same first weights."""
    keras.utils.set_random_seed(1)
    theirs = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(150, 150, 3))
    keras.utils.set_random_seed(1)
    ours = build_classifier()
    assert len(theirs.layers) == 175
    for mine, other in zip(ours.layers[1:-2], theirs.layers[1:], strict=True):
        assert type(mine) is type(other)
        config, expected = ({**layer.get_config(), "trainable": None} for layer in (mine, other))
        assert config == expected
        assert [tensor.path for tensor in mine.variables] == [tensor.path for tensor in other.variables]
        assert came_from(mine) == came_from(other)
        for a, b in zip(mine.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    pictures = np.random.default_rng(0).normal(0, 60, (2, 150, 150, 3)).astype(np.float32)
    features = keras.Model(ours.input, ours.layers[-3].output)
    np.testing.assert_array_equal(features.predict_on_batch(pictures), theirs.predict_on_batch(pictures))


def came_from(layer) -> list[str]:
    """The layers whose output it takes; the input has no name of its own."""
    return [p.operation.name.split("_layer")[0] for node in layer._inbound_nodes for p in node.parent_nodes]


def test_the_notebooks_network(tmp_path):
    net = build_classifier()
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
    loaded = build_classifier(weights=path)
    np.testing.assert_array_equal(
        loaded.get_layer("conv3_block2_2_conv").kernel.numpy(), backbone.get_layer("conv3_block2_2_conv").kernel.numpy()
    )

    (tmp_path / "bad.weights.h5").write_bytes(b"not HDF5")
    with pytest.raises(ModelError, match="Expected the weights of"):
        build_classifier(weights=tmp_path / "bad.weights.h5")


def test_a_missing_weights_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="which is no file"):
        build_classifier(weights=tmp_path / "none.h5")


def test_imagenet_weights_are_asked_of_keras(monkeypatch):
    asked = {}

    def offline(*args, **kwargs):
        asked.update(kwargs)
        raise OSError("no route to host")

    # The downloader is Keras's; here it meets a network that is down.
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", offline)
    monkeypatch.setattr("keras.src.applications.resnet.file_utils.get_file", offline)
    with pytest.raises(ModelError, match="check the network, or train without them"):
        build_classifier(weights="imagenet")
    assert asked["file_hash"]


def test_weights_of_resnet50_in_another_network(tmp_path):
    path = tmp_path / "resnet50.weights.h5"
    path.write_bytes(b"")
    with pytest.raises(ModelError, match="expected weights of a ResNet8"):
        build_classifier(tiny.NETWORK, weights=path)
