"""Answers on what was left out of training, and how well doubt finds the mistakes among them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai.model.by_origin import OriginFigures, Rate
from crackxai.model.left_out import Answers, LeftOut


def answers(rows) -> Answers:
    """Of (probability, label, doubt) at a threshold of 0.5."""
    p, y, d = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Answers(p, y.astype(int), d, np.full(len(p), 0.5))


FOUR = answers([(0.95, 1, 0.1), (0.97, 0, 0.9), (0.02, 0, 0.2), (0.4, 1, 0.5)])
"""Right and sure, wrong and sure, right and sure, wrong and not sure; drawn by hand."""


def test_mistakes_are_on_the_other_side_of_the_threshold():
    assert FOUR.wrong.tolist() == [False, True, False, True]
    assert FOUR.confident(0.4).tolist() == [True, True, True, False]


def test_the_most_doubted_are_given_up_first():
    coverage, risk = FOUR.coverage_risk()
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk.tolist() == [0, 0, pytest.approx(1 / 3), 0.5]


def test_equally_doubted_answers_are_given_up_together():
    coverage, risk = answers([(0.9, 1, 0.1), (0.9, 0, 0.3), (0.9, 1, 0.3), (0.9, 1, 0.7)]).coverage_risk()
    assert coverage.tolist() == [0.25, 0.75, 1]
    assert risk.tolist() == [0, pytest.approx(1 / 3), 0.25]


def test_mistakes_found_where_few_right_answers_are_doubted():
    right = [(0.95, 1, i / 100) for i in range(100)]  # 5 % of them lie above a doubt of 0.9405
    wrong = [(0.95, 0, doubt) for doubt in (0.5, 0.93, 0.95, 3)]
    unsure = [(0.6, 0, 0.0)] * 50  # in the review band, so that somebody looks anyway
    assert answers(right + wrong + unsure).mistakes_doubted(0.4) == 0.5
    assert answers(right).mistakes_doubted(0.4) is None
    assert answers(wrong).mistakes_doubted(0.4) is None


def test_answers_are_kept_sorted_and_come_back_from_json():
    joined = Answers.join([FOUR, answers([(0.3, 0, 0.15)])])
    assert joined.doubts.tolist() == [0.1, 0.15, 0.2, 0.5, 0.9]
    assert joined.probabilities.tolist() == [0.95, 0.3, 0.02, 0.4, 0.97]
    back = Answers.from_dict(json.loads(json.dumps(joined.as_dict())))
    for name in ("probabilities", "labels", "doubts", "thresholds"):
        np.testing.assert_array_equal(getattr(back, name), getattr(joined, name))


@pytest.mark.parametrize("change", [{"doubt": [0.1]}, {"doubt": [float("nan")] * 4}, {"probability": "many"}])
def test_damaged_answers_are_refused(change):
    with pytest.raises((ValueError, TypeError)):
        Answers.from_dict(FOUR.as_dict() | change)


def test_balanced_accuracy_counts_each_origin_the_same():
    """Decks have cracks and sound parts, floors are sound: recall 0.8, specificity the mean of 0.9 and 0.5."""

    def rate(value: float) -> Rate:
        return Rate(value, 0, 1, 10, 10)

    decks = OriginFigures("decks", rate(0.8), rate(0.9), 0.9, 0.01)
    floors = OriginFigures("floors", None, rate(0.5), None, 0.01)
    found = LeftOut(("decks", "floors"), (decks, floors), FOUR)
    assert found.balanced_accuracy == pytest.approx(0.75)
    assert found.as_dict()["origins"][1]["name"] == "floors"
    json.dumps(found.as_dict(), allow_nan=False)


def test_the_band_leaves_few_mistakes_on_such_walls_unseen():
    """Of 100 answers, 10 are wrong: four at 0.97, six at 0.84. Outside 0.3 all ten are seen by nobody, outside 0.35
    only four, which is what may be."""
    probabilities = np.repeat([0.97, 0.84, 0.98, 0.02], [4, 6, 45, 45])
    labels = np.repeat([0, 0, 1, 0], [4, 6, 45, 45])
    answers = Answers(probabilities, labels, np.zeros(100), np.full(100, 0.5))
    assert answers.band() == 0.35
    elsewhere = Answers(probabilities - 0.1, labels, np.zeros(100), np.full(100, 0.4))
    assert elsewhere.band() == 0.35
