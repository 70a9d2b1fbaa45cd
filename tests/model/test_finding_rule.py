"""From which score on findings count, by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crackxai.model.finding_rule import TILES, FindingRule


def test_a_hundred_times_the_tiles():
    rule = FindingRule(0.5, growth=1.0)
    assert rule.at(TILES) == 0.5
    assert rule.at(100 * TILES) == pytest.approx(100 / 101)  # odds of 1 become odds of 100
    assert FindingRule(0.75, growth=0.5).at(100 * TILES) == pytest.approx(30 / 31)  # 3 : 1 becomes 30 : 1


def test_a_smaller_photo_is_asked_for_no_less():
    assert FindingRule(0.7, growth=1.0).at(1) == pytest.approx(0.7)


@given(st.floats(0.01, 0.99), st.floats(0, 2), st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_tiles_never_ask_for_less(threshold, growth, fewer, more):
    rule = FindingRule(threshold, growth)
    fewer, more = sorted((fewer, more))
    assert threshold - 1e-9 <= rule.at(fewer) <= rule.at(more) <= 1


@pytest.mark.parametrize(
    "wrong", [(0, 0.1), (1, 0.1), (math.nan, 0.1), (0.5, -0.1), (0.5, math.inf), ("0.5", 0.1), (0.5, None)]
)
def test_what_is_no_rule_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        FindingRule(*wrong)


def test_there_and_back():
    rule = FindingRule(0.8, 0.3)
    assert FindingRule.from_dict(rule.as_dict()) == rule
