"""Areas under curves, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crackxai.explain.curves import CLIP, Against, Curve, FillCurves, log_odds

FALLS = Curve((0.0, 0.25, 1.0), (1.0, 0.5, 0.0))


def test_the_area_is_a_trapezium_with_both_ends():
    assert FALLS.area() == pytest.approx(0.25 * 0.75 + 0.75 * 0.25)


def test_the_area_in_log_odds():
    curve = Curve((0.0, 0.5, 1.0), (0.5, math.e / (1 + math.e), 0.5))
    assert curve.area(in_log_odds=True) == pytest.approx(0.5)
    # What float32 rounds to 1 or 0 has no log-odds.
    assert log_odds(1.0) == pytest.approx(math.log((1 - CLIP) / CLIP))
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))


def test_between_measured_points_it_is_straight():
    np.testing.assert_allclose(FALLS.at(np.array([0, 0.125, 0.625, 1])), [1, 0.75, 0.25, 0])


def test_where_it_crosses():
    assert Curve((0.0, 0.2, 1.0), (1.0, 0.75, 0.25)).crossing() == pytest.approx(0.6)
    assert Curve((0.0, 1.0), (0.0, 1.0)).crossing(0.25) == pytest.approx(0.25)
    assert Curve((0.0, 0.5, 1.0), (0.9, 0.5, 0.5)).crossing() is None
    assert Curve((0.0, 0.1, 0.5, 1.0), (0.9, 0.1, 0.9, 0.1)).crossing() == pytest.approx(0.05)  # the first time


def test_read_backwards_it_has_the_same_area():
    assert FALLS.mirrored() == Curve((0.0, 0.75, 1.0), (0.0, 0.5, 1.0))
    assert FALLS.mirrored().area() == FALLS.area()


def test_better_than_chance_by_hand():
    lower = Against.of(0.25, (0.5, 0.75, 0.25), lower_is_better=True)
    assert (lower.gain, lower.beaten) == (0.25, 2)  # as good is not better
    higher = Against.of(0.25, (0.5, 0.75, 0.25), lower_is_better=False)
    assert (higher.gain, higher.beaten) == (-0.25, 0)


@pytest.mark.parametrize(
    ("kind", "cracked", "gain"),
    [("deletion", True, 0.125), ("deletion", False, -0.125), ("insertion", True, 0.25), ("insertion", False, -0.25)],
)
def test_which_way_is_better(kind, cracked, gain):
    """Of a photo that reads sound, hiding what kept the probability low first should keep the curve high."""
    curves = FillCurves(
        deletion=Curve((0.0, 1.0), (0.75, 0.0)),
        insertion=Curve((0.0, 0.5, 1.0), (0.5, 0.75, 1.0)),
        random=(Curve((0.0, 1.0), (1.0, 0.0)),),
    )
    found = curves.against(kind, cracked)
    assert found is not None
    assert found.gain == pytest.approx(gain)


def test_how_far_the_probability_goes():
    bent = Curve((0.0, 0.5, 1.0), (0.25, 0.75, 0.25))
    assert FillCurves(deletion=bent, insertion=bent).reach is None
    assert FillCurves(deletion=bent, insertion=bent, random=(Curve((0.0, 1.0), (0.25, 0.125)),)).reach == (0.125, 0.75)


def test_nothing_is_told_before_there_is_something_to_compare_with():
    assert FillCurves(deletion=FALLS).against("deletion", True) is None
    assert FillCurves(random=(FALLS,)).against("insertion", True) is None
