"""A map of a randomised model is another."""

from __future__ import annotations

import math

import numpy as np

from crackxai import ExplainSettings
from crackxai.explain.sanity import SanityStep, depends_on_the_model, sanity_check
from crackxai.model.randomised import cascade
from tests.fakes import FakeModel

SETTINGS = ExplainSettings("blur", 31, max_evals=100)


def test_the_map_of_the_tiny_model_depends_on_its_weights(tiny_folder, tiny_model, photo):
    steps = list(sanity_check(tiny_model, cascade(tiny_folder, seed=1), photo, SETTINGS))
    assert [step.part for step in steps] == ["", "crack", "conv3_block1", "conv2_block1", "conv1"]
    assert (steps[0].similarity, steps[0].weight) == (1, 1)
    assert steps[0].probability == float(tiny_model.predict(tiny_model.prepare(photo)[None])[0])
    assert depends_on_the_model(steps)


def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)


def test_a_map_that_stays_is_told(photo):
    """Two models that see the same of the photo: no randomising."""
    one = FakeModel(lambda images: images[:, :8].mean(axis=(1, 2, 3)) / 255, picture(), (16, 16))
    same = list(sanity_check(one, [("all", one)], photo, SETTINGS))
    assert same[-1].similarity > 0.99
    assert not depends_on_the_model(same)


def test_a_model_that_answers_the_same_to_everything_has_a_flat_map(photo):
    one = FakeModel(lambda images: images[:, :8].mean(axis=(1, 2, 3)) / 255, picture(), (16, 16))
    deaf = FakeModel(lambda images: np.full(len(images), 0.5), picture(), (16, 16))
    *_, last = found = list(sanity_check(one, [("all", deaf)], photo, SETTINGS))
    assert math.isnan(last.similarity)
    assert last.weight == 0
    assert depends_on_the_model(found)


def test_where_the_line_is():
    assert not depends_on_the_model([SanityStep("", 1, 1, 1), SanityStep("conv1", 1, 0.5, 1)])
    assert depends_on_the_model([SanityStep("", 1, 1, 1), SanityStep("conv1", 1, 0.49, 1)])
    assert not depends_on_the_model([SanityStep("", 1, 1, 1), SanityStep("conv1", 1, 0.9, 0.1)])
    assert depends_on_the_model([SanityStep("", 1, 1, 1), SanityStep("conv1", 1, 0.9, 0.09)])
