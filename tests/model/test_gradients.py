"""Gradients with respect to the picture, beside differences of probabilities."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crackxai import CrackModel, ModelError, load_model
from crackxai.model.storage import WEIGHTS_FILE, save_arrays
from tests import tiny

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def pictures():
    return np.stack([sample.rgb[::3, ::3][:150, :150] for sample in tiny.samples()[:3]])


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_they_are_what_a_small_change_changes(runtime, tiny_folder, pictures, rng):
    model = load_model(tiny_folder, runtime=runtime)
    probabilities, gradients = model.gradients.of(pictures)
    assert (gradients.shape, gradients.dtype) == ((3, 150, 150, 3), np.float32)
    np.testing.assert_allclose(probabilities, model.predict(pictures), atol=1e-5)
    picture = pictures[0].astype(np.float32).clip(8, 247)
    gradient = model.gradients.of(picture[None])[1][0]
    # Along the gradient, where a change is large beside float32's rounding, and a channel at a time.
    for channel in range(3):
        way = np.zeros_like(gradient)
        way[..., channel] = gradient[..., channel] / np.abs(gradient).max()
        more, less = model.predict(np.stack([picture + way, picture - way]))
        assert (more - less) / 2 == pytest.approx(float((way * gradient).sum()), rel=0.05)


def test_red_green_and_blue_are_told_apart():
    """The stem hears the last of the network's channels, B, G, R, alone: that is red."""
    net = tiny.net()
    kernel = net.get_layer("conv1_conv").kernel
    kernel.assign(kernel.numpy() * np.array([0, 0, 1], np.float32)[:, None])
    model = CrackModel.of_network(net, tiny.card())
    gradient = model.gradients.of(np.full((1, 150, 150, 3), 100, dtype=np.uint8))[1][0]
    assert np.abs(gradient[..., 0]).max() > 0
    assert not gradient[..., 1:].any()


def test_more_pictures_than_a_batch(tiny_model, pictures):
    many = np.concatenate([pictures] * 4)
    np.testing.assert_allclose(
        tiny_model.gradients.of(many)[1][9:], tiny_model.gradients.of(pictures)[1], atol=1e-7, rtol=1e-3
    )


def test_weights_that_were_replaced_since_are_refused(tiny_folder, tmp_path, pictures):
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    model = load_model(folder, runtime="openvino")
    save_arrays(tiny.line_finder() | {"crack/bias": np.zeros(1, np.float32)}, folder / WEIGHTS_FILE)
    with pytest.raises(ModelError, match="Load the model again"):
        model.gradients.of(pictures)


SCRIPT = """
import sys
exec(sys.argv[2])
import numpy as np
from crackxai import ModelError, load_model
model = load_model(sys.argv[1], runtime="openvino")
try:
    model.gradients.of(np.zeros((1, 150, 150, 3), np.uint8))
except ModelError as error:
    print(error.message.name, error)
"""


@pytest.mark.parametrize(
    ("first", "received"),
    [
        ("sys.modules['keras'] = None", "no Keras (import of keras halted"),
        ("import keras; keras.backend.backend = lambda: 'torch'", "Keras on torch. Install tensorflow"),
    ],
)
def test_where_keras_does_not_run_on_tensorflow_it_says_so(tiny_folder, first, received):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tiny_folder), first], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert done.stdout.startswith("model-error.no-gradients expected Keras on TensorFlow")
    assert f"received {received}" in done.stdout
