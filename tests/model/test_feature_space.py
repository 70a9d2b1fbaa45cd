"""Doubt from the network's own features."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ModelError, judge
from crackxai.model.classifier import load_model
from crackxai.model.decision import Verdict
from crackxai.model.feature_space import FEATURES_FILE, FeatureSpace, read_features, write_features
from crackxai.model.measurements import read_measurements, write_measurements
from tests import tiny


@pytest.fixture
def space() -> FeatureSpace:
    """Training photos along two directions of four."""
    return FeatureSpace(np.eye(4, dtype=np.float32)[:2], 0.2)


def test_distance_is_to_the_nearest_and_blind_to_strength(space):
    features = np.array([[3, 0, 0, 0], [0, 0.1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 7], [-1, 0, 0, 0]])
    np.testing.assert_allclose(space.distance(features), [0, 0, 1 - np.sqrt(0.5), 1, 1], atol=1e-6)
    assert np.isfinite(space.distance(np.zeros((1, 4)))).all()


def test_the_limit_doubts_two_of_a_hundred_validation_photos(rng):
    training = rng.normal(0, 1, (2000, 16)) + 8 * np.eye(16)[rng.integers(0, 3, 2000)]
    validation = rng.normal(0, 1, (1000, 16)) + 8 * np.eye(16)[rng.integers(0, 3, 1000)]
    space = FeatureSpace.of(training, validation)
    assert space.prototypes.shape == (400, 16)
    assert (space.distance(validation) > space.limit).mean() == pytest.approx(0.02, abs=0.001)
    elsewhere = rng.normal(0, 1, (500, 16)) - 8 * np.eye(16)[7]
    assert (space.distance(elsewhere) > space.limit).mean() > 0.9


def test_weights_decide_whose_photos_are_doubted(rng):
    training, validation = rng.normal(0, 1, (50, 8)) + 3, rng.normal(0, 1, (400, 8)) + 3
    validation[200:] *= -1
    weights = np.repeat([1.0, 0.0], 200)
    space = FeatureSpace.of(training, validation, weights)
    assert (space.distance(validation[:200]) > space.limit).mean() == pytest.approx(0.02, abs=0.006)


def test_it_is_kept_with_the_model(space, tmp_path):
    assert read_features(tmp_path) is None
    write_features(space, tmp_path)
    again = read_features(tmp_path)
    np.testing.assert_array_equal(again.prototypes, space.prototypes)
    assert again.limit == space.limit


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_is_told(space, tmp_path, damage):
    write_features(space, tmp_path)
    if damage is None:
        np.savez(tmp_path / FEATURES_FILE, prototypes=np.full((2, 4), np.nan), limit=0.2)
    else:
        (tmp_path / FEATURES_FILE).write_bytes(damage)
    with pytest.raises(ModelError, match="expected features, received a damaged file"):
        read_features(tmp_path)


@pytest.mark.parametrize("runtime", ["openvino", "keras"])
def test_features_and_probabilities_are_of_one_pass(tiny_folder, runtime):
    """The last unit makes the one of the other."""
    model = load_model(tiny_folder, runtime=runtime)
    pictures = np.stack([model.prepare(_photo(sample)) for sample in tiny.samples()[:3]])
    probabilities, features = model.predict_with_features(pictures)
    np.testing.assert_array_equal(probabilities, model.predict(pictures))
    assert features.shape == (3, tiny.NETWORK.features)
    kernel, bias = (tiny.line_finder()[f"crack/{part}"] for part in ("kernel", "bias"))
    np.testing.assert_allclose(1 / (1 + np.exp(-(features @ kernel + bias)[:, 0])), probabilities, atol=2e-3)
    empty = model.predict_with_features(pictures[:0])
    assert [part.shape for part in empty] == [(0,), (0, tiny.NETWORK.features)]


def test_a_photo_beyond_the_limit_is_doubted_whatever_its_probability(tmp_path):
    tiny.write_model(tmp_path)
    photo = _photo(tiny.samples()[0])
    assert judge(load_model(tmp_path), photo).kind == "crack"
    pictures = np.stack([load_model(tmp_path).prepare(_photo(sample)) for sample in tiny.samples()[1::2]])
    _, features = load_model(tmp_path).predict_with_features(pictures)
    known = read_measurements(tmp_path)
    for limit, kind in ((2.0, "crack"), (-1.0, "review")):
        changed = type(known)(known.scores, known.training, known.fast, FeatureSpace(_unit(features), limit))
        write_measurements(changed, tmp_path)
        verdict: Verdict = judge(load_model(tmp_path), photo)
        assert verdict.kind == kind
    (doubt,) = verdict.doubts
    assert doubt.kind == "unfamiliar"
    assert "Unlike the training photos in what the network sees" in str(doubt.message)


def _unit(features):
    return (features / np.linalg.norm(features, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def _photo(sample):
    from crackxai import read_photo
    from crackxai.render import png

    return read_photo(png(sample.rgb), sample.name)
