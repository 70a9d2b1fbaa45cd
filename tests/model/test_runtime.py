"""The contract that every runtime keeps, on the bundled weights."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest

from crackxai import ModelError, load_model
from crackxai.model import runtime
from crackxai.model.classifier import BUNDLED, load_network
from crackxai.model.network import CAFFE, RESNET50
from crackxai.model.runtime_openvino import OpenVINORuntime
from crackxai.model.storage import WEIGHTS_FILE, read_arrays
from tests import tiny

ROOT = Path(__file__).parent.parent.parent
TOLERANCE = {"exact": 1e-5, "fast": 0.1}


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    from crackxai.samples import draw_samples

    return np.stack([sample.rgb[::3, ::3][:150, :150] for sample in draw_samples(7, seed=1)])


@pytest.fixture(scope="module")
def expected(pictures) -> np.ndarray:
    """Keras, called eagerly."""
    return keras.ops.convert_to_numpy(load_network(BUNDLED)(CAFFE(pictures), training=False))[:, 0]


@pytest.fixture(scope="module", params=[(r, p) for r in ("keras", "openvino") for p in ("exact", "fast")], ids="-".join)
def model(request):
    name, precision = request.param
    return load_model(precision=precision, runtime=name)


def test_the_networks_probabilities(model, pictures, expected):
    for dtype in (np.uint8, np.float32):
        scores = model.predict(pictures.astype(dtype))
        assert (scores.shape, scores.dtype) == ((7,), np.float32)
        np.testing.assert_allclose(scores, expected, atol=TOLERANCE[model.precision])
    assert model.predict(pictures[:0]).shape == (0,)


def test_neither_batch_size_nor_memory_layout_matters(model, pictures):
    scores = model.predict(pictures)
    one_by_one = np.concatenate([model.predict(picture[None]) for picture in pictures])
    tolerance = TOLERANCE[model.precision] / 5
    for count in (2, 3, 33, 63):  # among them what a runtime of a few batch shapes must pad or cut
        many = np.resize(pictures, (count, *pictures.shape[1:]))
        np.testing.assert_allclose(model.predict(many), np.resize(scores, count), atol=tolerance)
    np.testing.assert_allclose(one_by_one, scores, atol=tolerance)
    np.testing.assert_allclose(model.predict(np.asfortranarray(pictures)), scores, atol=tolerance)
    np.testing.assert_allclose(model.predict(pictures[::-2]), scores[::-2], atol=tolerance)


def test_answers_and_arguments_are_left_alone(model, pictures):
    given = pictures.astype(np.float32)
    first = model.predict(given)
    before = first.copy()
    model.predict(np.zeros_like(given))
    np.testing.assert_array_equal(first, before)
    np.testing.assert_array_equal(given, pictures)


def test_threads_get_their_own_answers(model, pictures):
    scores = model.predict(pictures)
    with ThreadPoolExecutor(8) as pool:
        found = np.concatenate(list(pool.map(lambda picture: model.predict(picture[None]), [*pictures] * 3)))
    np.testing.assert_allclose(found, np.tile(scores, 3), atol=TOLERANCE[model.precision] / 5)


def test_it_says_what_it_is(model):
    assert model.device.startswith(("CPU, ", "GPU"))
    assert ("float32" in model.device) or model.precision == "fast"
    assert all(version[0].isdigit() for version in model.versions.values())
    assert model.fingerprint == load_model().fingerprint
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda arrays: arrays.pop("conv4_block3_2_bn/beta"),
            r"beta of shape \(256,\), received none",
        ),
        (lambda arrays: arrays.update({"crack/bias": np.zeros(2)}), r"crack/bias of shape \(1,\), received \(2,\)"),
        (lambda arrays: arrays.update({"extra/kernel": np.zeros(2)}), "1 more, such as extra/kernel"),
    ],
)
def test_weights_of_another_network(change, words):
    arrays = read_arrays(BUNDLED / WEIGHTS_FILE)
    change(arrays)
    with pytest.raises(ModelError, match=words):
        OpenVINORuntime(arrays, RESNET50)


def test_openvino_needs_no_tensorflow(sample_files):
    script = (
        "import sys\n"
        "from crackxai import load_model, read_photo, explain, ExplainSettings\n"
        f"model, photo = load_model(runtime='openvino'), read_photo({str(sample_files[0])!r})\n"
        "explain(model, photo, ExplainSettings('blur', max_evals=50)).to_json()\n"
        "heavy = {'tensorflow', 'keras', 'shap', 'numba', 'torch'} & {name.split('.')[0] for name in sys.modules}\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("environment", "driver", "device", "found", "chosen"),
    [
        ({}, False, "CPU", True, "openvino"),
        ({}, False, "CPU", False, "keras"),
        ({}, True, "GPU (NVIDIA)", True, "keras"),
        ({}, True, "CPU", True, "openvino"),  # a card, but a TensorFlow that cannot use it
        ({"KERAS_BACKEND": "jax"}, False, "CPU", True, "keras"),
    ],
)
def test_the_automatic_choice(monkeypatch, environment, driver, device, found, chosen):
    from crackxai.model import classifier

    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(classifier, "has_gpu_driver", lambda: driver)
    monkeypatch.setattr(classifier, "device", lambda: device)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if found else None)
    assert classifier._suitable_runtime() == chosen


@pytest.mark.parametrize("backend", [b for b in ("jax", "torch") if importlib.util.find_spec(b)])
def test_other_keras_backends_agree(backend, pictures, expected, tmp_path):
    np.save(tmp_path / "pictures.npy", pictures)
    script = (
        "import json, sys, numpy as np\n"
        "from crackxai import load_model\n"
        "model = load_model()\n"
        "pictures = np.load(sys.argv[1])\n"
        "many = np.resize(pictures, (63, *pictures.shape[1:]))\n"
        "found = [model.predict(part).tolist() for part in (pictures, pictures[:1], many)]\n"
        "print(json.dumps({'device': model.device, 'scores': found}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "pictures.npy")],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": backend},
    )
    answer = json.loads(done.stdout)
    assert backend in answer["device"]
    for scores in answer["scores"]:
        np.testing.assert_allclose(scores, np.resize(expected, len(scores)), atol=1e-4)


def test_a_keras_network_sees_a_few_batch_shapes_only(monkeypatch):
    seen = []

    def forward(batch):
        seen.append(len(batch))
        return batch.reshape(len(batch), -1)[:, :1], batch.reshape(len(batch), -1)[:, :3]

    monkeypatch.setattr(runtime, "_compiled", lambda net: forward)
    model = runtime.KerasRuntime(tiny.net(), CAFFE)
    pictures = np.arange(120, dtype=np.uint8)[:, None, None, None] * np.ones((1, 150, 150, 3), dtype=np.uint8)
    for count in range(1, 121, 7):
        expected = CAFFE(pictures[:count])[:, 0, 0, 0]
        np.testing.assert_array_equal(model.forward(pictures[:count]), expected)
    assert set(seen) <= set(runtime.BATCH_SHAPES)


def test_keeping_the_session(monkeypatch):
    called = []
    monkeypatch.setattr(keras.backend, "clear_session", lambda free_memory=True: called.append(True))
    runtime.keep_session()
    keras.backend.clear_session()
    assert not called
