"""Measurements survive the disk; damaged ones are told."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import ModelError, load_model
from crackxai.model.classifier import BUNDLED
from crackxai.model.measurements import (
    MEASUREMENTS_FILE,
    FastPrecision,
    Measurements,
    Scores,
    read_measurements,
    write_measurements,
)
from crackxai.model.out_of_distribution import TrainingDistribution


@pytest.fixture
def measurements(rng) -> Measurements:
    pictures = rng.integers(0, 256, (8, 40, 40, 3)).astype(np.uint8)
    scores = Scores.of(np.array([0.9, 0.2, 0.7, 0.1]), np.array([1, 1, 0, 0]))
    return Measurements({"test": scores}, TrainingDistribution.of(pictures), FastPrecision(4, 0.01, 1, 2, 0.02, "blur"))


def test_scores_are_sorted_by_kind(measurements):
    scores = measurements.scores["test"]
    np.testing.assert_array_equal(scores.cracked, [0.2, 0.9])
    np.testing.assert_array_equal(scores.sound, [0.1, 0.7])
    np.testing.assert_array_equal(scores.labels, [1, 1, 0, 0])


def test_there_and_back(measurements, tmp_path, rng):
    write_measurements(measurements, tmp_path)
    again = read_measurements(tmp_path)
    np.testing.assert_array_equal(again.scores["test"].probabilities, measurements.scores["test"].probabilities)
    assert again.fast == measurements.fast
    picture = rng.integers(0, 256, (40, 40, 3)).astype(np.uint8)
    assert again.training.distance(picture) == measurements.training.distance(picture)


def test_a_model_without_them(tmp_path):
    assert read_measurements(tmp_path).held_out is None


def test_the_most_honest_part(measurements):
    scores = measurements.scores["test"]
    assert measurements.held_out == ("test", scores)
    assert Measurements({"validation": scores}).held_out == ("validation", scores)


@pytest.mark.parametrize(
    "damage",
    [
        lambda facts: facts.pop("scores"),
        lambda facts: facts["scores"]["test"].update(cracked=[]),
        lambda facts: facts["scores"]["test"].update(sound=[float("nan")]),
        lambda facts: facts["appearance"].update(mean=[1, 2]),
        lambda facts: facts["fast"].update(colour="red"),
    ],
)
def test_damaged(measurements, tmp_path, damage):
    write_measurements(measurements, tmp_path)
    facts = json.loads((tmp_path / MEASUREMENTS_FILE).read_text("utf-8"))
    damage(facts)
    (tmp_path / MEASUREMENTS_FILE).write_text(json.dumps(facts), "utf-8")
    with pytest.raises(ModelError, match="expected measurements, received a damaged file"):
        read_measurements(tmp_path)


def test_the_bundled_ones_are_those_of_its_card():
    """The same photos, counted again from the stored probabilities."""
    found, card = read_measurements(BUNDLED), load_model().card
    for part, figures in card.figures.items():
        scores = found.scores[part]
        assert (len(scores.cracked), len(scores.probabilities)) == (figures["cracked"], figures["photos"])
        assert (scores.cracked < card.threshold).sum() == figures["false_negatives"]
        assert (scores.sound >= card.threshold).sum() == figures["false_positives"]
    assert 0 < found.fast.largest_difference < 0.05
