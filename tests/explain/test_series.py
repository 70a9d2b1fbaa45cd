"""One run at rising budgets, in a file."""

from __future__ import annotations

import io

import numpy as np
import pytest

from crackxai import ExplainSettings
from crackxai.errors import DataError
from crackxai.explain.explainer import Explainer
from crackxai.explain.series import ExplanationSeries, series

BUDGETS = (50, 100, 200)


@pytest.fixture(scope="module")
def run(tiny_model, photo) -> Explainer:
    run = Explainer(tiny_model, photo, ExplainSettings("blur", 9, max_evals=BUDGETS[-1]))
    run.advance()
    return run


def test_what_comes_out_of_the_file_is_what_went_in(run):
    found = ExplanationSeries.from_npz(series(run, BUDGETS).to_npz())
    assert found.budgets == list(BUDGETS)
    for budget in BUDGETS:
        assert found.read(budget).to_record() == run.explanation(budget).to_record()
        np.testing.assert_array_equal(found.read(budget).channel_values, run.explanation(budget).channel_values)
    np.testing.assert_array_equal(found.hidden, run.hidden())
    np.testing.assert_array_equal(found.read(50).picture, run.explanation(50).picture)
    assert found.convergence(50) is None
    assert found.convergence(200).evaluations == (50, 100, 200)
    assert found.convergence(200).distances[-1] == 0


def test_a_budget_that_is_not_in_it_is_refused(run):
    with pytest.raises(ValueError):
        series(run, BUDGETS).read(150)


@pytest.mark.parametrize("cut", [0, 10, 1000])
def test_other_bytes_are_told(run, cut):
    with pytest.raises(DataError, match="expected a file of kind"):
        ExplanationSeries.from_npz(series(run, BUDGETS).to_npz()[:cut])


def test_another_archive_is_told():
    out = io.BytesIO()
    np.savez(out, values=np.zeros(3))
    with pytest.raises(DataError, match="Make it again"):
        ExplanationSeries.from_npz(out.getvalue())
