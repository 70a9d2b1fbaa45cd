"""What the training photos looked like."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai.model import out_of_distribution
from crackxai.model.out_of_distribution import LIMIT_QUANTILE, TrainingDistribution


@pytest.fixture
def normal(monkeypatch):
    """Photos whose measures are nine independent normal numbers; a picture is its own description."""
    monkeypatch.setattr(out_of_distribution, "describe", lambda picture: picture)
    return np.random.default_rng(0).normal(size=(6000, 9))


@pytest.mark.parametrize("photos", [12, 20, 60, 300, 3000])
def test_the_limit_holds_for_others_of_the_kind_however_few_it_was_set_on(normal, photos):
    """By the photos' own largest distance, half of the others would be doubted at 20 photos."""
    training = TrainingDistribution.of(normal[:photos])
    beyond = np.mean([training.distance(other) > training.limit for other in normal[3000:]])
    assert beyond < 5 * (1 - LIMIT_QUANTILE)


def test_ten_photos_cannot_tell(normal):
    training = TrainingDistribution.of(normal[:10])
    assert training.limit == np.inf
    again = TrainingDistribution.from_dict(json.loads(json.dumps(training.as_dict(), allow_nan=False)))
    assert again.limit == np.inf


def test_many_photos_speak_for_themselves(normal):
    training = TrainingDistribution.of(normal)
    distances = [training.distance(photo) for photo in normal]
    assert training.limit == pytest.approx(np.quantile(distances, LIMIT_QUANTILE))
