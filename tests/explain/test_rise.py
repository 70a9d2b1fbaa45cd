"""RISE by hand, and on a model whose pixels add up."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.explain.methods import explain
from crackxai.explain.rise import RiseExplainer, RiseSettings, cell_side, faded, mask


def test_a_black_hidden_picture_is_the_published_product():
    picture = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    visible = np.linspace(0, 1, 36, dtype=np.float32).reshape(6, 6)
    published = picture * visible[..., None]
    np.testing.assert_allclose(faded(picture, np.zeros((6, 6, 3), np.float32), visible), published, atol=1e-4)


def test_fading_by_hand():
    picture, hidden = np.full((1, 3, 3), 200, np.uint8), np.full((1, 3, 3), 100, np.float32)
    np.testing.assert_allclose(faded(picture, hidden, np.array([[1, 0.5, 0]], np.float32))[..., 0], [[200, 150, 100]])


def test_masks_cover_every_picture_and_are_visible_as_often_as_asked():
    masks = np.stack([mask(150, 150, 7, 0.3, (0, number)) for number in range(3000)])
    assert masks.shape == (3000, 150, 150)
    assert masks.min() == 0
    assert masks.max() == 1
    np.testing.assert_allclose(masks.mean(axis=0), 0.3, atol=0.05)
    assert masks.mean() == pytest.approx(0.3, abs=0.005)
    assert (masks[0] != masks[1]).any()
    np.testing.assert_array_equal(mask(150, 150, 7, 0.3, (0, 0)), masks[0])


def test_a_mask_is_its_grid_enlarged_and_shifted():
    """Two cells of two pixels: enlarged three times, a pixel's middle lies at (i + 0.5) / 3 - 0.5."""
    seed = next(n for n in range(99) if (np.random.default_rng(n).random((2, 2)) < 0.5).tolist() == [[1, 0], [1, 0]])
    at = np.clip((np.arange(6) + 0.5) / 3 - 0.5, 0, 1)
    random = np.random.default_rng(seed)
    random.random((2, 2))
    _, left = random.integers(2), random.integers(2)
    np.testing.assert_allclose(mask(4, 4, 2, 0.5, seed)[0], (1 - at)[left : left + 4], atol=1e-6)


@pytest.mark.parametrize(("side", "cells", "expected"), [(150, 7, 22), (150, 15, 10), (5, 9, 1)])
def test_cells_are_rounded_up(side, cells, expected):
    assert cell_side(side, cells) == expected
    assert mask(side, side, cells, 0.5, 0).shape == (side, side)


class Adding:
    """A stand-in for a model: the mean brightness of the left half, 0 to 1."""

    def __init__(self, model):
        self._model = model

    def __getattr__(self, name):
        return getattr(self._model, name)

    def prepare(self, photo):
        return np.full((40, 40, 3), 200, dtype=np.uint8)

    @staticmethod
    def predict(pictures):
        return (pictures[:, :, :20].mean(axis=(1, 2, 3)) / 255).astype(np.float32)


def test_where_pixels_add_up_it_tells_what_they_add(tiny_model, photo, monkeypatch):
    run = RiseExplainer(Adding(tiny_model), photo, RiseSettings("mean", cells=10, max_evals=8000))
    monkeypatch.setattr(run, "_hidden", np.zeros((40, 40, 3), dtype=np.float32))  # black, as published
    run.advance()
    values = run.explanation().values
    # 200 / 255 of probability on 40 x 20 pixels, beyond a cell's reach of the border between the halves and of edges.
    expected = 200 / 255 / (40 * 20)
    assert values[6:-6, 6:14].mean() == pytest.approx(expected, rel=0.1)
    assert abs(values[6:-6, 26:34].mean()) < 0.1 * expected


def test_formula_6_of_its_own_masks(tiny_model, photo):
    settings = RiseSettings("mean", max_evals=52, cells=5, shown=40)
    run = RiseExplainer(tiny_model, photo, settings)
    run.advance()
    answers, masks = np.array(run._answers), np.stack([run._mask(number) for number in range(50)])
    published = np.tensordot(answers, masks, axes=1) / (0.4 * 50)
    chance = answers.mean() * masks.mean(axis=0) / 0.4
    expected = (published - chance) / (0.6 * 36 * 36)
    np.testing.assert_allclose(run.explanation().values, expected, atol=1e-9)


def test_a_smaller_budget_is_the_beginning_of_a_larger_one(tiny_model, photo):
    run = RiseExplainer(tiny_model, photo, RiseSettings(max_evals=150))
    run.advance()
    last = run.explanation()
    alone = explain(tiny_model, photo, RiseSettings(max_evals=100))
    np.testing.assert_array_equal(run.explanation(100).values, alone.values)
    np.testing.assert_array_equal(run.explanation().values, last.values)
    assert (last.values != alone.values).any()
    # Read by and by it is the same.
    run.advance(200)
    whole = explain(tiny_model, photo, RiseSettings(max_evals=200))
    np.testing.assert_array_equal(run.explanation().values, whole.values)
