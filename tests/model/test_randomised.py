"""Weights randomised from the top down."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.model.classifier import load_model
from crackxai.model.network import RESNET50
from crackxai.model.randomised import cascade, layers, part_of, shuffled
from crackxai.model.storage import WEIGHTS_FILE, read_arrays
from tests import tiny


def test_from_the_top_down():
    assert layers(tiny.NETWORK) == ["crack", "conv3_block1", "conv2_block1", "conv1"]
    assert len(layers(RESNET50)) == 18
    assert layers(RESNET50)[:3] == ["crack", "conv5_block3", "conv5_block2"]


def test_every_array_is_of_one_part(bundled):
    from crackxai.model.classifier import BUNDLED

    names = layers(bundled.card.network)
    assert {part_of(array, names) for array in read_arrays(BUNDLED / WEIGHTS_FILE)} == set(names)


def test_a_shuffled_array_has_its_numbers_and_the_rest_stays():
    arrays = tiny.line_finder()
    made = shuffled(arrays, tiny.NETWORK, 2)
    assert made.keys() == arrays.keys()
    for name, value in arrays.items():
        np.testing.assert_array_equal(np.sort(made[name], axis=None), np.sort(value, axis=None))
        if not name.startswith(("crack", "conv3")):
            assert made[name] is value
    assert (made["crack/kernel"] != arrays["crack/kernel"]).any()
    assert (made["conv3_block1_0_conv/kernel"] != arrays["conv3_block1_0_conv/kernel"]).any()


def test_each_step_keeps_the_ones_before():
    arrays = tiny.line_finder()
    one, two = (shuffled(arrays, tiny.NETWORK, parts, seed=3) for parts in (1, 2))
    np.testing.assert_array_equal(one["crack/kernel"], two["crack/kernel"])
    assert (shuffled(arrays, tiny.NETWORK, 1, seed=4)["crack/kernel"] != one["crack/kernel"]).any()


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_a_cascade_of_models(tiny_folder, photo, runtime):
    trained = load_model(tiny_folder, runtime=runtime)
    steps = list(cascade(tiny_folder, runtime=runtime))
    assert [name for name, _ in steps] == layers(tiny.NETWORK)
    assert len({trained.fingerprint, *(model.fingerprint for _, model in steps)}) == 5
    picture = trained.prepare(photo)[None]
    answers = [float(model.predict(picture)[0]) for _, model in steps]
    assert all(0 <= answer <= 1 for answer in answers)
    assert any(abs(answer - trained.predict(picture)[0]) > 0.01 for answer in answers)


def test_both_runtimes_randomise_alike(tiny_folder, photo):
    engines = [dict(cascade(tiny_folder, runtime=runtime)) for runtime in ("openvino", "keras")]
    for name, model in engines[0].items():
        picture = model.prepare(photo)[None]
        assert model.fingerprint == engines[1][name].fingerprint
        assert model.predict(picture) == pytest.approx(engines[1][name].predict(picture), abs=1e-4)
