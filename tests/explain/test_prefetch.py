"""Filling in ahead gives what filling in gives, and has most of it ready."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from crackxai import Cancelled, ExplainSettings, explain
from crackxai.explain.explainer import Explainer
from crackxai.explain.maskers import Inpainting
from crackxai.explain.prefetch import PrefetchedInpainting
from tests.fakes import FakeModel


@pytest.fixture
def picture(rng) -> np.ndarray:
    return rng.integers(0, 256, (24, 20, 3)).astype(np.uint8)


@pytest.fixture
def visible(rng) -> np.ndarray:
    masks = rng.random((12, 24, 20)) < 0.6
    masks[3] = False
    return masks


@pytest.mark.parametrize("expected", [slice(0, 0), slice(0, 6), slice(None), slice(None, None, -1)])
def test_equal_to_inpainting(picture, visible, expected):
    masker = Inpainting(cv2.INPAINT_TELEA)
    prefetch = PrefetchedInpainting(masker, picture)
    prefetch.expect(visible[expected])
    np.testing.assert_array_equal(prefetch.fill(visible), masker.fill(picture, visible))
    assert prefetch.hits == len(visible[expected])
    assert prefetch.hits + prefetch.misses == len(visible)


def test_what_is_no_longer_expected_is_forgotten(picture, visible):
    prefetch = PrefetchedInpainting(Inpainting(cv2.INPAINT_TELEA), picture)
    prefetch.expect(visible[:8])
    prefetch.expect(visible[6:])
    assert len(prefetch._prefetched) == 6
    prefetch.fill(visible[:8])
    assert (prefetch.hits, prefetch.misses) == (2, 6)


def on_a_gpu(model, during_a_pass=lambda: None):
    """The model, as if it left the cores idle."""

    def answer(images):
        during_a_pass()
        return model.predict(images)

    return FakeModel(answer, model.prepare, model.input_size, leaves_cores_idle=True)


@pytest.mark.parametrize("masker", ["inpaint_telea", "inpaint_ns"])
def test_the_same_map_with_most_fills_ready(tiny_model, photo, masker):
    settings = ExplainSettings(masker, max_evals=400)
    explainer = Explainer(on_a_gpu(tiny_model), photo, settings)
    explainer.advance()
    alone = explain(tiny_model, photo, settings)
    np.testing.assert_array_equal(explainer.explanation().channel_values, alone.channel_values)
    prefetch = explainer._prefetch
    assert prefetch.hits + prefetch.misses == 400
    # The first rounds are made of what the round before has just found.
    assert prefetch.hits > 0.4 * 400
    assert not prefetch._prefetched, "nothing is filled in beyond the budget"


def test_the_next_round_is_filled_in_during_the_pass(tiny_model, photo):
    """Within the third pass of 50, at the latest, everything expected is there before the pass ends."""
    ready = []

    def during_a_pass():
        futures = list(explainer._prefetch._prefetched.values())
        done = threading.Event()
        if futures:
            futures[-1].add_done_callback(lambda _: done.set())
            assert done.wait(30)
            ready.append(len(futures))

    explainer = Explainer(on_a_gpu(tiny_model, during_a_pass), photo, ExplainSettings(max_evals=300))
    explainer.advance()
    assert max(ready) == 50


def test_a_cancelled_run_can_be_gone_on_with(tiny_model, photo):
    def stop(evaluations, total):
        if evaluations >= 100:
            raise Cancelled("enough")

    explainer = Explainer(on_a_gpu(tiny_model), photo, ExplainSettings(max_evals=200))
    with pytest.raises(Cancelled):
        explainer.advance(progress=stop)
    explainer.advance()
    alone = explain(tiny_model, photo, ExplainSettings(max_evals=200))
    np.testing.assert_array_equal(explainer.explanation().channel_values, alone.channel_values)


def test_only_beside_an_idle_processor_and_only_for_inpainting(tiny_model, photo):
    assert Explainer(tiny_model, photo)._prefetch is None
    assert Explainer(on_a_gpu(tiny_model), photo, ExplainSettings("blur"))._prefetch is None
    assert not tiny_model.leaves_cores_idle
