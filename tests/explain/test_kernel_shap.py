"""Kernel SHAP: by hand, against shap, and cut at regions drawn by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shap

from crackxai.explain.coalitions import coalitions, size_weights, weights
from crackxai.explain.kernel_shap import KernelExplainer, KernelSettings, solve
from crackxai.explain.line_tree import LineTree
from crackxai.explain.methods import explain
from crackxai.explain.partition import PictureTree
from crackxai.explain.region_cut import cut


def drawn(players, count=None, seed=0):
    return np.array(list(itertools.islice(coalitions(players, seed), count)))


def game(seed, players):
    """A value for each coalition, at random: whatever interactions there can be."""
    table = np.random.default_rng(seed).normal(size=2**players)
    return lambda z: table[np.asarray(z, dtype=int) @ 2 ** np.arange(players)]


def test_two_players_by_hand():
    # Alone they get 1 and 3, together 10 instead of 4: each has half of the 6 that only both have.
    z = np.array([[True, False], [False, True]])
    np.testing.assert_allclose(solve(z, np.array([1.0, 3.0]), 0.0, 10.0), [4, 6])


def test_three_players_by_hand():
    # A glove game: 0 and 1 have a left one, 2 has the right one; a pair is worth 1. Shapley: 1/6, 1/6, 4/6.
    z = drawn(3)
    pairs = (z[:, 2] & (z[:, 0] | z[:, 1])).astype(float)
    np.testing.assert_allclose(solve(z, pairs, 0.0, 1.0), [1 / 6, 1 / 6, 4 / 6])


@pytest.mark.parametrize(("players", "seed"), [(4, 0), (7, 1)])
def test_all_coalitions_give_what_shap_gives(players, seed):
    f = game(seed, players)
    z = drawn(players)
    assert len(z) == 2**players - 2
    nothing, everything = np.zeros((1, players)), np.ones((1, players))
    mine = solve(z, f(z), float(f(nothing)[0]), float(f(everything)[0]))
    oracle = shap.KernelExplainer(f, nothing)
    theirs = oracle.shap_values(everything, nsamples=2**players, l1_reg=False, silent=True)
    np.testing.assert_allclose(mine, theirs[0], atol=1e-6)


def test_where_players_add_up_the_single_ones_are_enough():
    worth = np.arange(12.0)
    z = drawn(12, 24)
    np.testing.assert_allclose(solve(z, z @ worth + 5, 5.0, 5 + worth.sum()), worth, atol=1e-9)


@pytest.mark.parametrize("count", [0, 1, 2, 9, 24, 77])
def test_they_sum_to_the_difference_however_few_were_asked(count):
    f = game(3, 12)
    z = drawn(12, count).reshape(count, 12)
    assert solve(z, f(z), -1.0, 2.5).sum() == pytest.approx(3.5)


def test_who_was_not_asked_shares_the_rest():
    # Of four, two were alone and left out; the pairs say 2 and 0.
    z = np.array([[1, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0], [1, 0, 1, 1]], dtype=bool)
    found = solve(z, np.array([2.0, 2.0, 0.0, 4.0]), 0.0, 4.0)
    np.testing.assert_allclose(found, [2, 0, 1, 1], atol=1e-9)


def test_each_is_followed_by_its_complement_and_none_comes_twice():
    z = drawn(9)
    np.testing.assert_array_equal(z[1::2], ~z[::2])
    assert len(np.unique(z, axis=0)) == len(z) == 2**9 - 2
    assert set(z[:18].sum(axis=1)) == {1, 8}
    np.testing.assert_array_equal(drawn(9, 100), z[:100])
    assert (drawn(9, 100, seed=1) != z[:100]).any()


def test_many_players_can_be_drawn():
    z = drawn(200, 1000)
    assert len(np.unique(z, axis=0)) == 1000
    assert np.isfinite(weights(z)).all()


def test_one_player_has_no_coalitions():
    assert not list(coalitions(1, 0))


def test_weights_by_hand():
    # 3 / (1 x 3) = 1, 3 / (2 x 2) = 0.75, 1.
    np.testing.assert_allclose(size_weights(4), [1, 0.75, 1])
    z = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]], dtype=bool)
    np.testing.assert_allclose(weights(z), [0.5, 0.5, 0.75, 1])


def test_a_tree_is_cut_generation_by_generation():
    lines = np.zeros((4, 4), dtype=bool)
    lines[1] = True  # four pixels of a line, twelve of ground
    _, labels = cut(LineTree(lines), 4)
    assert sorted(np.bincount(labels.ravel())) == [2, 2, 6, 6]
    assert len(set(labels[1])) == 2
    assert not set(labels[1]) & set(labels[0])
    _, grid = cut(PictureTree((4, 4, 3)), 4)
    np.testing.assert_array_equal(grid[..., 0], np.kron([[3, 2], [1, 0]], np.ones((2, 2), int)))


def test_single_pixels_end_the_cutting():
    regions, labels = cut(LineTree(np.zeros((1, 3), dtype=bool)), 9)
    assert len(regions) == 3
    assert set(labels.ravel()) == {0, 1, 2}


def test_more_evaluations_than_unions_are_not_asked_for():
    settings = KernelSettings(parts=6, max_evals=20_000)
    assert settings.max_evals == 64
    assert KernelSettings(**settings.as_dict()) == settings


def test_all_unions_of_a_photos_regions(tiny_model, photo):
    """Every union of six regions: the Shapley values by their definition, as means over all orders."""
    settings = KernelSettings("mean", parts=6, max_evals=64)
    run = KernelExplainer(tiny_model, photo, settings)
    run.advance()
    answers = {tuple(z): value for z, value in zip(run._asked, run._answers, strict=True)}
    answers |= {(False,) * 6: run.low, (True,) * 6: run.high}
    expected = np.zeros(6)
    for order in itertools.permutations(range(6)):
        present = [False] * 6
        for player in order:
            before = answers[tuple(present)]
            present[player] = True
            expected[player] += (answers[tuple(present)] - before) / 720
    values = run.explanation().values
    sums = np.bincount(run._labels.ravel(), weights=values.ravel())
    np.testing.assert_allclose(sums, expected, atol=1e-6)


def test_a_smaller_budget_is_the_beginning_of_a_larger_one(tiny_model, photo):
    settings = KernelSettings("mean", parts=10, max_evals=150)
    run = KernelExplainer(tiny_model, photo, settings)
    run.advance()
    alone = explain(tiny_model, photo, KernelSettings("mean", parts=10, max_evals=100))
    read = run.explanation(100)
    assert read.settings == alone.settings
    np.testing.assert_array_equal(read.values, alone.values)
    assert (read.values != run.explanation().values).any()
