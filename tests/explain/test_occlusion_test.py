"""Erasing asks the model about the filled picture, and changes nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError, read_photo
from crackxai.explain.maskers import MASKERS, masker
from crackxai.explain.occlusion_test import occlusion_test
from crackxai.photo import Box
from crackxai.render import png
from crackxai.samples import draw_samples

BOX = Box(40, 90, 30, 120)


@pytest.mark.parametrize("name", MASKERS)
def test_erasing_is_filling_and_asking(tiny_model, photo, name):
    settings = ExplainSettings(name, blur_kernel=31)
    found = occlusion_test(tiny_model, photo, settings, BOX)
    picture = tiny_model.prepare(photo)
    visible = np.ones((1, 150, 150), dtype=bool)
    visible[0, 40:90, 30:120] = False
    filled = masker(settings).fill(picture, visible)
    assert found.before == tiny_model.predict(picture[None])[0]
    assert found.after == tiny_model.predict(filled)[0]
    np.testing.assert_array_equal(found.picture, np.rint(filled[0]))
    outside = visible[0]
    np.testing.assert_array_equal(found.picture[outside], picture[outside])
    assert (found.picture != picture).any()


@pytest.mark.parametrize("name", MASKERS)
def test_erasing_the_crack_of_a_sample_takes_the_probability_with_it(bundled, name):
    *_, sample = draw_samples(3, seed=0)
    rows, columns = (np.flatnonzero(sample.mask.any(axis=axis)) * 150 // 480 for axis in (1, 0))
    crack = Box(int(rows[0]) - 4, int(rows[-1]) + 5, int(columns[0]), int(columns[-1]) + 1)
    found = occlusion_test(bundled, read_photo(png(sample.rgb)), ExplainSettings(name, blur_kernel=31), crack)
    assert found.before > 0.9
    assert found.after < 0.1


def test_a_box_beyond_the_picture(tiny_model, photo):
    with pytest.raises(SettingsError, match="within 150 x 150"):
        occlusion_test(tiny_model, photo, ExplainSettings(), Box(0, 151, 0, 10))
