"""`crackxai.explain.truth` beside Quantus: pointing, relevance mass and rank on the same maps and masks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from quantus import AttributionLocalisation, PointingGame, RelevanceMassAccuracy, RelevanceRankAccuracy

from crackxai.explain.truth import WIDENED, localisation, widen
from tests.oracles.quantus_scores import localised

MAPS = 60


@pytest.fixture(params=["normal", "rare", "float32", "lowers"])
def maps(request) -> tuple[np.ndarray, np.ndarray]:
    """(N, 12, 15) maps of both signs without ties, and masks of cracks that cover 0.5 to 40 % of the picture."""
    random = np.random.default_rng(1)
    values = random.normal(size=(MAPS, 12, 15))
    if request.param == "rare":
        values **= 9  # few pixels have nearly all of the weight
    elif request.param == "float32":
        values = values.astype(np.float32)
    elif request.param == "lowers":
        values -= 1.5  # few pixels raise the probability
    cracks = random.random((MAPS, 12, 15)) < random.uniform(0.005, 0.4, (MAPS, 1, 1))
    cracks[:, 6, 7] = True
    return values, cracks


def ours(values: np.ndarray, cracks: np.ndarray, name: str, widened: int = 0) -> list[float]:
    return [getattr(localisation(*each, widened), name) for each in zip(values, cracks, strict=True)]


def test_pointing(maps):
    found = ours(*maps, "pointing")
    assert set(found) == {0.0, 1.0}
    np.testing.assert_array_equal(localised(PointingGame, *maps), found)


def test_mass_of_what_raises_the_probability(maps):
    """Both of Quantus's: the one of Arras et al. sums negative values too, so it gets a map without them."""
    values, cracks = maps
    found = ours(values, cracks, "mass")
    positive = np.clip(values.astype(np.float64), 0, None)
    np.testing.assert_allclose(localised(RelevanceMassAccuracy, positive, cracks), found, rtol=1e-12)
    by_kohlbrenner = localised(AttributionLocalisation, values.astype(np.float64), cracks, positive_attributions=True)
    np.testing.assert_allclose(by_kohlbrenner, found, rtol=1e-8)  # it adds 1e-9 to the sum


def test_rank(maps):
    found = ours(*maps, "rank")
    assert len(set(found)) > 10
    np.testing.assert_allclose(localised(RelevanceRankAccuracy, *maps), found, rtol=1e-12)


def test_the_crack_is_widened_before_all_of_them(maps):
    values, cracks = maps
    wide = np.stack([widen(crack, WIDENED) for crack in cracks])
    for name, metric in (("pointing", PointingGame), ("rank", RelevanceRankAccuracy)):
        np.testing.assert_allclose(localised(metric, values, wide), ours(values, cracks, name, WIDENED), rtol=1e-12)


# By hand

CRACK = np.array([[1, 1, 0, 0], [0, 0, 0, 0]], dtype=bool)
VALUES = np.array([[4.0, 1, 3, 0], [-5, -1, 0.5, 0.25]])


@pytest.mark.parametrize(
    ("metric", "figure", "expected"),
    [
        (PointingGame, "pointing", 1.0),
        (AttributionLocalisation, "mass", 5 / 8.75),
        (RelevanceRankAccuracy, "rank", 0.5),
    ],
)
def test_by_hand(metric, figure, expected):
    assert getattr(localisation(VALUES, CRACK, 0), figure) == pytest.approx(expected)
    settings = {"positive_attributions": True} if metric is AttributionLocalisation else {}
    assert localised(metric, VALUES[None], CRACK[None], **settings)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "figure", "expected"),
    [
        (PointingGame, "pointing", 0.0),  # the -5 is the largest
        (RelevanceMassAccuracy, "mass", 5 / 14.75),
        (AttributionLocalisation, "mass", 5 / 14.75),
        (RelevanceRankAccuracy, "rank", 0.5),  # the pixel of 3 gives way to that of -5, neither is on the crack
    ],
)
def test_without_their_signs_they_are_others(metric, figure, expected):
    """Quantus's ``abs``, which is the default of `AttributionLocalisation`: what lowers the probability counts too."""
    assert localised(metric, VALUES[None], CRACK[None], abs=True)[0] == pytest.approx(expected)
    assert getattr(localisation(np.abs(VALUES), CRACK, 0), figure) == pytest.approx(expected)


def test_its_defaults_are_others():
    """As its `AttributionLocalisation` comes, and its `RelevanceMassAccuracy` of a map with negative values."""
    mass = localisation(VALUES, CRACK, 0).mass
    by_default = AttributionLocalisation(disable_warnings=True)
    given = {"y_batch": np.zeros(1, dtype=int), "s_batch": CRACK[None, None], "channel_first": True}
    found = by_default(model=None, x_batch=np.zeros((1, 1, 2, 4)), a_batch=VALUES[None, None], **given)[0]
    assert found == pytest.approx(5 / 14.75)
    assert found != pytest.approx(mass, abs=0.1)
    assert localised(RelevanceMassAccuracy, VALUES[None], CRACK[None])[0] == pytest.approx(5 / 2.75)  # of a share!


def test_normalising_changes_none_of_them(maps):
    values, cracks = maps
    for metric in (PointingGame, RelevanceMassAccuracy, RelevanceRankAccuracy):
        plain, normalised = (localised(metric, values, cracks, normalise=each) for each in (False, True))
        np.testing.assert_allclose(normalised, plain, rtol=1e-4)


# Ties

TIED = np.array([[4.0, 2, 2, 2], [0, 0, 2, -1]])
"""Two pixels are cracked: the first of the ranks is one of them, and the second place is shared by four pixels."""


def every_order_of_the_tied() -> tuple[np.ndarray, np.ndarray]:
    """The map of `TIED` as often as its four equal pixels have orders, and the crack moved along with them."""
    places = np.argwhere(TIED.ravel() == 2)[:, 0]
    cracks = []
    for order in itertools.permutations(places):
        moved = CRACK.ravel().copy()
        moved[places] = CRACK.ravel()[list(order)]
        cracks.append(moved.reshape(CRACK.shape))
    return np.stack([TIED] * len(cracks)), np.stack(cracks)


def test_of_a_tie_ours_counts_in_part_what_quantus_takes_by_its_place():
    values, cracks = every_order_of_the_tied()
    by_place = localised(RelevanceRankAccuracy, values, cracks)
    assert set(by_place) == {0.5, 1.0}
    assert localisation(TIED, CRACK, 0).rank == pytest.approx(by_place.mean())
    assert len(set(ours(values, cracks, "rank"))) == 1


def test_of_several_highest_pixels_one_is_enough_for_quantus():
    values, cracks = every_order_of_the_tied()
    values = np.where(values == 4, 0, values)
    share = np.array(ours(values, cracks, "pointing"))
    assert set(share) == {0.25}
    np.testing.assert_array_equal(localised(PointingGame, values, cracks), share > 0)


def test_where_nothing_raises_the_probability_there_is_no_mass():
    lowers = -np.abs(VALUES)
    assert localisation(lowers, CRACK, 0).mass is None
    both = np.clip(np.stack([VALUES, lowers]), 0, None)  # Quantus refuses a batch of zeros alone
    with pytest.warns(RuntimeWarning, match="invalid value"):
        found = localised(RelevanceMassAccuracy, both, np.stack([CRACK, CRACK]))
    assert found[0] == pytest.approx(localisation(VALUES, CRACK, 0).mass)
    assert np.isnan(found[1])
