"""Distances of maps by hand, and the curve of a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crackxai import ExplainSettings, SettingsError
from crackxai.explain.convergence import Convergence, cell_sums, convergence, difference, last_step
from crackxai.explain.explainer import Explainer


def test_cell_sums_by_hand():
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    np.testing.assert_array_equal(cell_sums(values, 2), [[0 + 1 + 4 + 5, 2 + 3 + 6 + 7], [42, 50]])
    np.testing.assert_array_equal(cell_sums(values, 9), values)  # no finer than the pixels
    with pytest.raises(SettingsError, match=r"\(H, W\), received \(2, 2, 3\)"):
        cell_sums(np.zeros((2, 2, 3)))


@given(arrays(np.float32, (7, 23), elements=st.floats(-1, 1, width=32)), st.integers(1, 30))
def test_cell_sums_keep_the_total(values, cells):
    assert cell_sums(values, cells).sum() == pytest.approx(values.sum(dtype=np.float64), abs=1e-5)


def test_difference_by_hand():
    reference = np.array([[0.5, -0.5]])
    assert difference(reference, reference) == 0
    assert difference(np.array([[0.5, 0.0]]), reference) == 0.5
    assert difference(np.zeros((1, 2)), reference) == 1
    assert difference(np.zeros((1, 2)), np.zeros((1, 2))) == 0
    assert difference(reference, np.zeros((1, 2))) == 1


def test_credit_that_moves_within_a_cell_is_no_difference():
    a, b = np.zeros((150, 150)), np.zeros((150, 150))
    a[3, 3], b[5, 2] = 1, 1
    assert difference(a, b) == 0


@pytest.mark.parametrize(
    ("change", "state"), [(0.0, "converged"), (0.05, "converged"), (0.06, "nearly"), (0.15, "nearly"), (0.16, "moving")]
)
def test_states(change, state):
    assert Convergence((100,), (0.0,), change).state == state


def test_the_curve_of_a_run(tiny_model, photo):
    run = Explainer(tiny_model, photo, ExplainSettings("mean", max_evals=400))
    run.advance()
    found = convergence(lambda n: run.explanation(n).values, 400)
    assert found.evaluations == (50, 100, 200, 300, 400)
    last = run.explanation(400).values
    assert found.distances == tuple(difference(run.explanation(n).values, last) for n in found.evaluations)
    assert found.change == found.distances[2]  # half of 400 is on the curve
    assert found.distances[-1] == 0 < found.distances[0]


def test_too_few_to_tell():
    assert convergence(lambda n: np.ones((2, 2)), 99) is None


def test_the_last_step_that_was_passed():
    assert [last_step(n) for n in (0, 49, 50, 99, 100, 120, 4999, 5000, 20_000)] == [
        0, 0, 50, 50, 100, 100, 3000, 5000, 15_000,
    ]  # fmt: skip
