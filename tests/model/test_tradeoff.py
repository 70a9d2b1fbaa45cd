"""The cost of a threshold by hand."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import SettingsError
from crackxai.model.measurements import Scores
from crackxai.model.tradeoff import Cost, cost, reliability

SCORES = Scores(np.array([0.1, 0.45, 0.6, 0.9]), np.array([0.05, 0.2, 0.5, 0.55, 0.8]))


def test_price_by_hand():
    assert cost(SCORES, 0.5, 0) == Cost(
        cracked=4, sound=5, missed=2, flagged=3, reviewed_cracked=0, reviewed_sound=0, missed_unseen=2,
        flagged_unseen=3,
    )  # fmt: skip
    found = cost(SCORES, 0.5, 0.2)
    assert (found.reviewed_cracked, found.reviewed_sound) == (2, 2)
    assert (found.missed_unseen, found.flagged_unseen) == (1, 1)
    assert (found.missed, found.flagged) == (2, 3)


def test_a_higher_threshold_misses_more_and_flags_less(rng):
    scores = Scores(np.sort(rng.random(100)), np.sort(rng.random(100)))
    costs = [cost(scores, threshold, 0.1) for threshold in np.linspace(0.05, 0.95, 19)]
    assert [p.missed for p in costs] == sorted(p.missed for p in costs)
    assert [p.flagged for p in costs] == sorted((p.flagged for p in costs), reverse=True)


@pytest.mark.parametrize(("threshold", "band"), [(0, 0.1), (1, 0.1), (0.5, -0.1), (0.5, np.nan), (np.nan, 0.1)])
def test_out_of_range(threshold, band):
    with pytest.raises(SettingsError, match="threshold within 0 to 1"):
        cost(SCORES, threshold, band)


def test_reliability_by_hand():
    scores = Scores(np.array([0.15, 0.95, 1.0]), np.array([0.11, 0.19, 0.96]))
    found = reliability(scores)
    assert len(found) == 2
    assert found[0] == pytest.approx((0.15, 1 / 3, 3))
    assert found[1] == pytest.approx((0.97, 2 / 3, 3))
