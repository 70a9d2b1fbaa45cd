"""Owen values: by hand, by brute force, and against shap."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai import Cancelled, ExplainSettings, ModelError
from crackxai.explain.owen import OwenRun
from crackxai.explain.partition import PictureTree
from tests.explain.oracle import notebook


class PairTree:
    """Nested pairs of player numbers, such as ((0, 1), 2)."""

    def __init__(self, root) -> None:
        self.root = root

    def halves(self, node):
        return node if isinstance(node, tuple) else None

    def players(self, node) -> list[int]:
        return [p for half in node for p in self.players(half)] if isinstance(node, tuple) else [node]

    def masks(self, coalitions):
        out = np.zeros((len(coalitions), len(self.players(self.root))), dtype=bool)
        for mask, coalition in zip(out, coalitions, strict=True):
            while coalition is not None:
                node, coalition = coalition
                mask[self.players(node)] = True
        return out

    def spread(self, credit):
        out = np.zeros(len(self.players(self.root)))
        for node, value in credit:
            out[self.players(node)] += value / len(self.players(node))
        return out

    def orders(self, node):
        """All orders in which groups join as wholes."""
        if not isinstance(node, tuple):
            return [[node]]
        a, b = (self.orders(half) for half in node)
        return [x + y for x, y in itertools.product(a, b)] + [y + x for x, y in itertools.product(a, b)]


def owen(game, root, max_evals=10_000, batch_size=4, seed=0) -> list[float]:
    run = OwenRun(game, PairTree(root), batch_size, seed)
    run.advance(max_evals)
    return run.values().tolist()


def majority(masks):
    return (masks.sum(axis=1) >= 2).astype(float)


def test_majority_of_three_by_hand():
    # 0 and 1 win together without 2, who adds nothing to them as a group; alone among equals it would get a third.
    assert owen(majority, ((0, 1), 2)) == [0.5, 0.5, 0.0]
    assert owen(majority, (0, (1, 2))) == [0.0, 0.5, 0.5]


def test_an_additive_game_pays_each_its_own():
    assert owen(lambda masks: masks @ [1.0, -2.0, 0.5, 4.0], ((0, 1), (2, 3))) == pytest.approx([1, -2, 0.5, 4])


def test_what_the_budget_does_not_reach_is_spread_in_equal_parts():
    dictator = ((0, 1), (2, 3))
    assert owen(lambda masks: masks[:, 0].astype(float), dictator, max_evals=2) == [0.25] * 4
    assert owen(lambda masks: masks[:, 0].astype(float), dictator, max_evals=4) == [0.5, 0.5, 0, 0]
    assert owen(lambda masks: masks[:, 0].astype(float), dictator) == [1, 0, 0, 0]


def test_players_that_are_alike_get_the_same():
    """A symmetric game on a symmetric tree, at the end and at every budget that treats both halves alike."""
    pictures = PictureTree((4, 4, 1))
    run = OwenRun(lambda masks: masks.reshape(len(masks), -1).sum(axis=1) ** 2.0, pictures, 50, 0)
    run.advance(10_000)
    assert run.exhausted
    np.testing.assert_allclose(run.values(), np.full((4, 4, 1), 16.0), rtol=1e-12)
    halves = run.values(4)
    np.testing.assert_allclose(halves, halves[::-1], rtol=1e-12)


def test_a_constant_game_and_a_single_player():
    assert owen(lambda masks: np.full(len(masks), 0.7), ((0, 1), 2)) == [0, 0, 0]
    assert owen(lambda masks: masks[:, 0] * 3.0, 0) == [3.0]


SIX = (((0, 1), 2), (3, (4, 5)))


def table_game(seed: int):
    table = np.random.default_rng(seed).normal(size=64)
    return lambda masks: table[masks @ (1 << np.arange(6))]


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_equal_to_the_average_over_all_orders_of_joining(seed):
    game, tree = table_game(seed), PairTree(SIX)
    expected = np.zeros(6)
    orders = tree.orders(SIX)
    for order in orders:
        before = np.zeros((1, 6), dtype=bool)
        for player in order:
            after = before.copy()
            after[0, player] = True
            expected[player] += (game(after) - game(before))[0] / len(orders)
            before = after
    np.testing.assert_allclose(owen(game, SIX, seed=seed), expected, atol=1e-12)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 60), max_size=4), st.integers(2, 9), st.integers(2, 60))
@settings(max_examples=60, deadline=None)
def test_however_it_is_interrupted_the_result_is_that_of_a_fresh_run(seed, stops, batch_size, budget):
    def fresh(max_evals):
        run = OwenRun(table_game(seed), PairTree(SIX), batch_size, seed)
        run.advance(max_evals)
        return run

    parts = OwenRun(table_game(seed), PairTree(SIX), batch_size, seed)
    for stop in sorted(stop for stop in stops if stop < budget):
        parts.advance(stop)
    parts.advance(budget)
    whole = fresh(budget)
    np.testing.assert_array_equal(parts.values(), whole.values())
    assert parts.evaluations == whole.evaluations
    assert whole.values().sum() == pytest.approx(whole.high - whole.low, abs=1e-12)
    for smaller in range(2, budget, 3):
        np.testing.assert_array_equal(whole.values(smaller), fresh(smaller).values())


@pytest.mark.parametrize("error", [Cancelled("stop"), ModelError("broken")])
@pytest.mark.parametrize("at", range(8))
def test_stopped_anywhere_it_can_be_read_and_gone_on_with(at, error):
    """By its report (after a batch) and by the value function (within one)."""
    game = table_game(1)
    whole = OwenRun(game, PairTree(SIX), 4, 0)
    whole.advance(1000)

    reports = itertools.count()
    stopped = OwenRun(game, PairTree(SIX), 4, 0)

    def report():
        if next(reports) == at:
            raise error

    with pytest.raises(type(error)):
        stopped.advance(1000, report)
    alone = OwenRun(game, PairTree(SIX), 4, 0)
    alone.advance(stopped.evaluations)
    np.testing.assert_array_equal(stopped.values(), alone.values())
    stopped.advance(1000)
    np.testing.assert_array_equal(stopped.values(), whole.values())

    calls = itertools.count()

    def fails_once(masks):
        if next(calls) == at:
            raise error
        return game(masks)

    failed = OwenRun(fails_once, PairTree(SIX), 4, 0)
    with pytest.raises(type(error)):
        failed.advance(1000)
    failed.advance(1000)
    np.testing.assert_array_equal(failed.values(), whole.values())
    assert failed.exhausted


@pytest.mark.parametrize("passed", range(3, 7))
@pytest.mark.parametrize("more", [(1000, 2, 4, 1000), (4, 1000, 2, 6), (1000, 2, 1000, 2)])
def test_failing_again_and_again_under_other_budgets(passed, more):
    """Each failure puts back what was taken, to where it was: contexts are neither lost, reordered nor compared."""
    game, calls = table_game(1), itertools.count()
    works = [True] * passed

    def breaks(masks):
        if not works[min(next(calls), len(works) - 1)]:
            raise ModelError("broken")
        return game(masks)

    run = OwenRun(breaks, PairTree(SIX), 6, 0)
    works.append(False)
    for evaluations in more:
        with pytest.raises(ModelError):
            run.advance(run.evaluations + evaluations + 100 * (run.evaluations == 0))
    works[-1] = True
    run.advance(1000)
    whole = OwenRun(game, PairTree(SIX), 6, 0)
    whole.advance(1000)
    assert run.exhausted
    for budget in (*range(2, whole.evaluations), 1000):
        np.testing.assert_array_equal(run.values(budget), whole.values(budget))


def test_contexts_of_one_priority_and_one_draw_are_never_compared(monkeypatch):
    run = OwenRun(lambda masks: np.full(len(masks), 0.5), PairTree(SIX), 4, 0)
    monkeypatch.setattr(run, "_random", SimpleNamespace(randn=lambda: 0.0))
    run.advance(1000)
    assert run.exhausted
    assert not run.values().any()


def test_a_run_is_not_exhausted_while_more_will_come():
    """Within a batch the queue may be empty."""
    told = []

    def game(masks):
        told.append(run.exhausted)
        return table_game(4)(masks)

    run = OwenRun(game, PairTree(SIX), 6, 0)
    run.advance(1000)
    assert not any(told)
    assert run.exhausted


def test_the_report_comes_after_each_batch_with_the_count():
    run, seen, sizes = None, [], []

    def game(masks):
        sizes.append(len(masks))
        return table_game(2)(masks)

    run = OwenRun(game, PairTree(SIX), 6, 0)
    run.advance(15, lambda: seen.append(run.evaluations))
    assert sizes[:3] == [1, 1, 2]  # empty, full, the two halves
    assert max(sizes) == 6
    assert seen[0] == 2
    assert seen == sorted(seen)
    assert run.evaluations == 16  # pairs: an odd budget is passed by one, as in shap


def test_what_is_likely_to_be_asked_next():
    """A context that waits is asked for before any that it outweighs, and none beyond the budget."""
    asked, likely = [], []

    def game(masks):
        asked.append({mask.tobytes() for mask in masks})
        likely.append([mask.tobytes() for mask in run.likely()])
        return table_game(3)(masks)

    run = OwenRun(game, PairTree(SIX), 4, 0)
    run.advance(22)
    assert likely[:3] == [[], [], []]  # nothing waits before the first halves are known
    assert not likely[-1]
    assert all(len(masks) <= 4 for masks in likely)
    expected = sum(len(masks) for masks in likely)
    came = sum(mask in asked[i + 1] for i, masks in enumerate(likely[:-1]) for mask in masks)
    assert came > expected / 2


def test_a_value_that_is_no_number_is_an_error():
    with pytest.raises(ModelError, match="finite"):
        owen(lambda masks: np.where(masks.sum(axis=1) == 3, np.nan, 0.5), SIX)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (7, 5, 3), (6, 6, 3), (31, 30, 3), (151, 149, 3)])
@pytest.mark.parametrize(("max_evals", "batch_size", "seed"), [(50, 50, 0), (301, 50, 1), (200, 7, 2)])
def test_equal_to_shap(shape, max_evals, batch_size, seed):
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, shape).astype(np.uint8)
    weights = rng.normal(size=shape) / np.prod(shape) ** 0.5 / 100

    def f(images):
        weighted = (images * weights).reshape(len(images), -1)
        return (1 / (1 + np.exp(-weighted.sum(axis=1) - 3 * np.tanh(weighted[:, ::3].sum(axis=1))))).astype(np.float32)

    theirs = notebook(f, picture, ExplainSettings("blur", 5, max_evals, batch_size, seed))
    sharp = picture.astype(np.float32)
    blurred = cv2.blur(sharp, (5, 5))
    run = OwenRun(lambda masks: f(np.where(masks, sharp, blurred)), PictureTree(shape), batch_size, seed)
    run.advance(max_evals)
    np.testing.assert_allclose(run.values(), theirs.values[0, ..., 0], rtol=1e-12, atol=1e-18)
    assert run.low == theirs.base_values[0, 0]
