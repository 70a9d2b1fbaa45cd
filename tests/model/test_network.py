"""The network's description: one for both runtimes, kept on the card."""

from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from crackxai import CrackModel, ModelError, load_model
from crackxai.model.network import CAFFE, RESNET50, Preprocessing, ResNet, Stage
from crackxai.model.runtime_openvino import OpenVINORuntime
from crackxai.model.storage import arrays_of, fingerprint
from tests import tiny

RGB = Preprocessing("plain", "RGB", (1.0, 20.0, 50.0))
OTHERS = [
    tiny.NETWORK,
    replace(tiny.NETWORK, input_side=64, preprocessing=RGB),
    ResNet((Stage(8, 2, 2), Stage(4, 1, 1), Stage(12, 2, 3)), stem_filters=5, epsilon=0.01, input_side=97),
]


def test_caffe_equals_keras_and_leaves_its_argument_alone(rng):
    images = rng.integers(0, 256, (2, 5, 4, 3)).astype(np.uint8)
    before = images.copy()
    expected = keras.applications.resnet.preprocess_input(images.astype(np.float32))
    np.testing.assert_array_equal(CAFFE(images), expected)
    np.testing.assert_array_equal(CAFFE(images.astype(np.float32)), expected)
    np.testing.assert_array_equal(images, before)
    assert CAFFE(images).dtype == np.float32


def test_channels_in_their_own_order(rng):
    images = rng.integers(0, 256, (1, 2, 2, 3)).astype(np.uint8)
    np.testing.assert_array_equal(RGB(images), images.astype(np.float32) - np.float32([1, 20, 50]))


@pytest.mark.parametrize("network", OTHERS, ids=lambda network: f"{network.name}-{network.input_side}")
def test_both_runtimes_are_built_from_one_description(network, rng):
    """Random weights, statistics of batch normalisation among them, so that nothing cancels out."""
    net = tiny.net(network)
    for variable in net.variables:
        if len(variable.shape) == 1:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    for name, part in (("conv1_conv", 100), ("crack", 10)):  # away from a probability of 0 or 1
        net.get_layer(name).kernel.assign(net.get_layer(name).kernel.numpy() / part)
    net.get_layer("crack").bias.assign([0.0])
    side = network.input_side
    images = rng.integers(0, 256, (4, side, side, 3)).astype(np.uint8)
    ours = CrackModel.of_network(net, tiny.card(network))
    assert ours.input_size == (side, side)
    expected = ours.predict(images)
    assert np.ptp(expected) > 1e-5
    np.testing.assert_allclose(OpenVINORuntime(arrays_of(net), network).forward(images), expected, atol=1e-5)


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_a_model_folder_of_another_network(tiny_folder, runtime):
    model = load_model(tiny_folder, runtime=runtime)
    pictures = np.stack([sample.rgb[::3, ::3][:150, :150] for sample in tiny.samples()])
    cracked = np.array([sample.cracked for sample in tiny.samples()])
    np.testing.assert_array_equal(model.predict(pictures) >= model.threshold, cracked)
    assert model.card.network == tiny.NETWORK


@pytest.mark.parametrize("network", [RESNET50, *OTHERS], ids=lambda network: f"{network.name}-{network.input_side}")
def test_through_json_and_back(network):
    assert ResNet.from_dict(json.loads(json.dumps(network.as_dict()))) == network


def test_it_is_named_as_in_its_paper():
    assert (RESNET50.name, tiny.NETWORK.name, RESNET50.features) == ("ResNet50", "ResNet8", 2048)


def test_what_the_weights_do_not_tell_is_in_the_fingerprint():
    arrays = {"crack/bias": np.zeros(1, np.float32)}
    stage = RESNET50.stages[1]
    others = [
        replace(RESNET50, input_side=160),
        replace(RESNET50, epsilon=1e-3),
        replace(RESNET50, preprocessing=RGB),
        replace(RESNET50, stages=(RESNET50.stages[0], replace(stage, stride=1), *RESNET50.stages[2:])),
    ]
    assert len({fingerprint(arrays, network) for network in (RESNET50, *others)}) == 5


def test_the_bundled_model_keeps_its_name(bundled):
    """Its fingerprint is over the same bytes as it always was."""
    assert bundled.card.network.identity == "caffe: RGB to BGR, minus (103.939, 116.779, 123.68)|150"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda facts: facts.update(input_side=8), "input_side: expected 32 to 1024, received 8"),
        (lambda facts: facts.update(input_side=True), "input_side"),
        (lambda facts: facts.update(epsilon=0), "epsilon"),
        (lambda facts: facts.update(stem_filters=1.5), "stem_filters"),
        (lambda facts: facts.update(stages=[]), "stages: expected 1 to 8, received 0"),
        (lambda facts: facts["stages"][0].update(blocks=10**9), "stages: expected filters"),
        (lambda facts: facts["stages"][0].pop("stride"), "network: expected a network's description, .*stride"),
        (lambda facts: facts.update(preprocessing="caffe"), "network's description"),
        (lambda facts: facts["preprocessing"].update(channels="GBR"), "preprocessing: expected RGB or BGR"),
        (lambda facts: facts["preprocessing"].update(means=[1, 2]), "three means"),
    ],
)
def test_what_is_no_description(change, words):
    facts = json.loads(json.dumps(RESNET50.as_dict()))
    change(facts)
    with pytest.raises(ModelError, match=words):
        ResNet.from_dict(facts)
