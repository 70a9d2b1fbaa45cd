"""Maps on masks, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError, explain, read_photo
from crackxai.explain.truth import MOST_WIDENED, Localisation, at_network_size, localisation, widen
from crackxai.photo import Box, Photo
from crackxai.render import png
from tests import tiny

CRACK = np.array([[1, 1, 0, 0], [0, 0, 0, 0]], dtype=bool)


def photo_of(height: int, width: int) -> Photo:
    return Photo(np.zeros((height, width, 3), dtype=np.uint8), "wall.png", "0" * 64, (width, height), "PNG")


def test_by_hand():
    values = np.array([[4, 1, 3, 0], [-5, 0, 0, 0]], dtype=np.float32)
    found = localisation(values, CRACK, 0)
    assert found == Localisation(
        widened=0, area=0.25, pointing=1.0, mass=5 / 8, rank=0.5, overlap=1 / 3, overlap_by_chance=0.25 / 1.75
    )


def test_ties_count_in_part():
    """Of four equal pixels, one is to be taken, and two lie on the crack."""
    values = np.array([[4, 2, 2, 2], [0, 0, 2, 0]], dtype=np.float32)
    found = localisation(values, CRACK, 0)
    assert found.rank == (1 + 0.25) / 2
    flat = localisation(np.zeros((2, 4), dtype=np.float32), CRACK, 0)
    assert (flat.pointing, flat.mass, flat.rank) == (0.25, None, 0.25)  # by chance, all of it
    assert flat.overlap == pytest.approx(flat.overlap_by_chance)


def test_by_chance_is_the_mean_over_random_maps(rng):
    crack = np.zeros((20, 20), dtype=bool)
    crack[3:5] = True
    found = [localisation(rng.random((20, 20)), crack, 0) for _ in range(300)]
    for name in ("pointing", "mass", "rank"):
        assert np.mean([getattr(each, name) for each in found]) == pytest.approx(0.1, abs=0.04)
    assert np.mean([each.overlap for each in found]) == pytest.approx(found[0].overlap_by_chance, abs=0.01)


def test_widening_is_by_a_disc():
    one = np.zeros((9, 9), dtype=bool)
    one[4, 4] = True
    assert [int(widen(one, k).sum()) for k in (0, 1, 2, 3)] == [1, 5, 13, 29]
    with pytest.raises(SettingsError, match=f"0 to {MOST_WIDENED} pixels, received -1"):
        widen(one, -1)


def test_what_is_refused():
    with pytest.raises(SettingsError, match=r"without\. Of a sound photo there is no truth"):
        localisation(np.zeros((2, 4)), np.zeros((2, 4), dtype=bool))
    with pytest.raises(SettingsError, match=r"shape \(2, 4\), received \(4, 2\)"):
        localisation(np.zeros((2, 4)), CRACK.T)


def test_a_hairline_does_not_fall_between_two_pixels():
    mask = np.zeros((1000, 1000), dtype=bool)
    mask[:, 501] = True
    small = at_network_size(mask, photo_of(1000, 1000), (150, 150))
    assert small.shape == (150, 150)
    assert small.sum() == 150
    assert small[:, 75].all()


def test_a_small_and_a_long_photo():
    mask = np.zeros((30, 900), dtype=bool)
    mask[10, 450] = True
    small = at_network_size(mask, photo_of(30, 900), (60, 90))
    assert np.argwhere(small).tolist() == [[20, 45], [21, 45]]


def test_of_a_window():
    mask = np.zeros((100, 100), dtype=bool)
    mask[40, 60] = True
    window = photo_of(100, 100).window(Box(40, 50, 60, 80))
    found = at_network_size(mask, window, (10, 10))
    assert np.argwhere(found).tolist() == [[0, 0]]
    # As the file has it, though the photo was read at half.
    half = dataclasses.replace(photo_of(50, 50), scale=0.5, box=Box(0, 100, 0, 100))
    assert at_network_size(mask, half, (10, 10)).sum() == 1
    assert at_network_size(mask[::2, ::2], half.window(Box(40, 50, 60, 80)), (5, 10)).any()


def test_a_mask_of_another_size():
    with pytest.raises(SettingsError, match="size 100 x 50, received 50 x 100"):
        at_network_size(np.zeros((100, 50), dtype=bool), photo_of(50, 100), (10, 10))


def test_the_map_of_a_drawn_crack_lies_on_it(tiny_model):
    sample = tiny.samples()[0]
    photo = read_photo(png(sample.rgb))
    crack = at_network_size(sample.mask, photo, tiny_model.input_size)
    result = explain(tiny_model, photo, ExplainSettings("blur", 31, max_evals=1000))
    found = localisation(result.values, crack)
    assert found.area < 0.2
    assert found.mass > 2 * found.area
    assert found.rank > 2 * found.area
    assert dataclasses.replace(result, localisation=found).to_record()["localisation"]["widened"] == 2
