"""Occlusion by hand, and beside a plain reference."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai.explain.maskers import masker
from crackxai.explain.methods import explain
from crackxai.explain.sliding_occlusion import OcclusionExplainer, OcclusionSettings, patches, spread


def test_places_reach_from_edge_to_edge():
    found = patches(150, 150, 20, 14)
    assert len(found) == 196
    assert [patch[1].start for patch in found[:14]] == list(range(0, 131, 10))
    assert found[-1] == (slice(130, 150), slice(130, 150))


def test_a_patch_larger_than_the_picture_is_the_picture():
    assert set(map(str, patches(4, 6, 9, 3))) == {str((slice(0, 4), slice(0, 6)))}


def test_changes_are_spread_and_averaged_by_hand():
    # Two patches of 1 x 2 pixels that share the middle one: 8 is 4 a pixel, 2 is 1, and the middle has their mean.
    of = [(slice(0, 1), slice(0, 2)), (slice(0, 1), slice(1, 3))]
    np.testing.assert_allclose(spread([8.0, 2.0], of, 1, 4), [[4, 2.5, 1, 0]])
    np.testing.assert_allclose(spread([8.0], of[:1], 1, 4), [[4, 4, 0, 0]])


def test_it_is_what_hiding_each_patch_changes(tiny_model, photo):
    settings = OcclusionSettings("mean", patch=30, across=5)
    result = explain(tiny_model, photo, settings)
    assert result.evaluations == settings.max_evals == 27
    picture = result.picture
    # As the usual attributions of occlusion have it: the change itself on the patch, averaged where patches overlap.
    total, count = np.zeros((150, 150)), np.zeros((150, 150))
    for top in range(0, 121, 30):
        for left in range(0, 121, 30):
            visible = np.ones((1, 150, 150), dtype=bool)
            visible[0, top : top + 30, left : left + 30] = False
            hidden = tiny_model.predict(masker(settings).fill(picture, visible))[0]
            total[top : top + 30, left : left + 30] += result.probability - hidden
            count[top : top + 30, left : left + 30] += 1
    np.testing.assert_allclose(result.values * 900, total / count, atol=1e-5)


def test_the_patch_on_the_crack_is_found(tiny_model, photo):
    run = OcclusionExplainer(tiny_model, photo, OcclusionSettings("mean"))
    run._picture = np.full((150, 150, 3), 150, dtype=np.uint8)
    run._picture[70:74, 10:60] = 40
    run.advance()
    values = run.explanation().values
    assert values[60:84, 10:60].mean() > 20 * abs(values[100:].mean())


def test_a_run_under_way_is_read_as_far_as_it_is(tiny_model, photo):
    settings = OcclusionSettings("mean", across=10, patch=15)
    run = OcclusionExplainer(tiny_model, photo, settings)
    run.advance()
    whole, part = run.explanation(), run.explanation(52)
    assert part.settings == whole.settings == settings
    assert not part.values[75:].any()
    np.testing.assert_array_equal(part.values[:60], whole.values[:60])


def test_its_evaluations_follow_from_its_numbers():
    assert OcclusionSettings().max_evals == 198
    assert OcclusionSettings(across=2).max_evals == 6
    assert OcclusionSettings(across=3).key != OcclusionSettings().key


@pytest.mark.parametrize("name", ["patch", "across"])
def test_numbers_have_their_range(name):
    with pytest.raises(ValueError, match=f"{name} .* 2 to 100"):
        OcclusionSettings(**{name: 101})
