"""Integrated Gradients: by hand, beside the usual formula, and how far it adds up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from crackxai.explain.integrated_gradients import GradientsExplainer, GradientsSettings, halved, trapezoid
from crackxai.explain.methods import explain


def test_what_gradients_do_not_account_for_is_halved_first():
    # From 1/4 to 1/2 the probability rises by 0.9, of which its slopes know nothing; elsewhere all is known.
    at, p = [0.0, 1.0, 1 / 2, 1 / 4, 3 / 4], [0.0, 1.0, 0.95, 0.05, 0.95]
    slopes = [0.2, 0.2, 0.0, 0.2, 0.0]
    first, *others = halved(at, p, slopes)
    assert first == 3 / 8
    assert sorted(others) == [1 / 8, 5 / 8, 7 / 8]


def test_where_nothing_is_missed_the_longest_parts_are_halved():
    at = [0.0, 1.0, 1 / 2, 1 / 4]
    assert halved(at, at, [1.0] * 4) == [3 / 4, 1 / 8, 3 / 8]


def test_a_part_too_short_for_float32_is_left():
    assert halved([0.0, 1.0, 2.0**-18], [0.0, 1.0, 1.0], [0.0] * 3) == [pytest.approx(0.5, abs=1e-5)]


def test_weights_by_hand():
    np.testing.assert_allclose(trapezoid([0.0, 1.0]), [1 / 2, 1 / 2])
    # In order 0, 1/4, 1/2, 1: gaps of 1/4, 1/4, 1/2.
    np.testing.assert_allclose(trapezoid([0.0, 1.0, 1 / 2, 1 / 4]), [1 / 8, 1 / 4, 3 / 8, 1 / 4])
    np.testing.assert_allclose(trapezoid([0.0]), [1])
    assert len(trapezoid([])) == 0


class Squared:
    """A stand-in for a model: the square of the mean of all values, 0-1."""

    def __init__(self, model):
        self._model = model
        self.gradients = SimpleNamespace(of=self._gradients, versions=dict)

    def __getattr__(self, name):
        return getattr(self._model, name)

    @staticmethod
    def predict(pictures):
        return (pictures.mean(axis=(1, 2, 3)) / 255).astype(np.float64) ** 2

    def _gradients(self, pictures):
        slope = 2 * pictures.mean(axis=(1, 2, 3)) / 255 / 255 / pictures[0].size
        return self.predict(pictures), np.broadcast_to(slope[:, None, None, None], pictures.shape)


def test_a_square_by_hand(tiny_model, photo, monkeypatch):
    """From black, m(x)**2: each value is told its share of the sum of all, which the trapezoid finds exactly."""
    run = GradientsExplainer(Squared(tiny_model), photo, GradientsSettings("mean", steps=5))
    monkeypatch.setattr(run, "_hidden", np.zeros(run._picture.shape, dtype=np.float32))
    monkeypatch.setattr(run, "_way", run._picture.astype(np.float32))
    run.advance()
    result = run.explanation()
    assert result.evaluations == 7
    assert result.base_value == 0
    expected = result.probability * run._picture / run._picture.sum(dtype=float)
    np.testing.assert_allclose(result.channel_values, expected, rtol=1e-4)


def test_the_usual_formula(tiny_model, photo):
    """The mean over many evenly spaced points, as published implementations have it."""
    run = GradientsExplainer(tiny_model, photo, GradientsSettings("blur", 31, steps=129))
    run.advance()
    result = run.explanation()
    baseline, picture = run._hidden, result.picture.astype(np.float32)
    at = np.linspace(0, 1, 257, dtype=np.float32)[:, None, None, None]
    gradients = tiny_model.gradients.of(baseline + at * (picture - baseline))[1]
    expected = (picture - baseline) * (gradients[:-1] + gradients[1:]).mean(axis=0) / 2
    error = np.abs(result.channel_values - expected).sum() / np.abs(expected).sum()
    assert error < 0.05


def test_it_nearly_adds_up(tiny_model, photo):
    errors = []
    for steps in (5, 65):
        result = explain(tiny_model, photo, GradientsSettings("mean", steps=steps))
        errors.append(abs(result.values.sum(dtype=float) - (result.probability - result.base_value)))
    assert errors[1] < 0.003
    assert errors[1] < errors[0]


def test_fewer_steps_are_the_beginning_of_more(tiny_model, photo):
    run = GradientsExplainer(tiny_model, photo, GradientsSettings("mean", steps=30))
    run.advance()
    alone = explain(tiny_model, photo, GradientsSettings("mean", steps=14))
    read = run.explanation(16)
    assert read.settings == alone.settings
    np.testing.assert_array_equal(read.values, alone.values)
    assert GradientsSettings(steps=30).key == GradientsSettings(steps=14).key


def test_its_record_names_what_computed_it(tiny_model, photo):
    result = explain(tiny_model, photo, GradientsSettings(steps=3))
    assert {"keras", "tensorflow", "openvino"} <= result.versions.keys()
