"""Drawn photos to train on."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest

from crackxai import DataError
from crackxai.model.origins import find_origins, read_part
from crackxai.samples.hard_cracks import HARD_CRACKS
from crackxai.samples.training_set import LOOKALIKES, draw_hard, write_hard


@pytest.fixture(scope="module")
def drawn():
    return list(draw_hard(40, seed=3, side=160))


def test_cracked_and_sound_in_turn_and_every_kind(drawn):
    assert [sample.cracked for sample in drawn] == [True, False] * 20
    assert all(sample.mask.any() == sample.cracked for sample in drawn)
    assert all(sample.rgb.shape == (160, 160, 3) and sample.rgb.dtype == np.uint8 for sample in drawn)
    shown = [set(sample.distractor.split(", ")) for sample in drawn]
    assert set(HARD_CRACKS) <= set().union(*shown[::2])
    assert set(LOOKALIKES) <= set().union(*shown[1::2])
    assert not set(HARD_CRACKS) & set().union(*shown[1::2])


def test_number_i_depends_on_the_seed_and_i_alone(drawn):
    again = list(draw_hard(4, seed=3, side=160))
    for a, b in zip(drawn, again, strict=False):
        np.testing.assert_array_equal(a.rgb, b.rgb)
    assert (next(iter(draw_hard(1, seed=4, side=160))).rgb != drawn[0].rgb).any()


@pytest.mark.parametrize("name", sorted(LOOKALIKES))
def test_a_lookalike_changes_the_picture_and_keeps_its_range(name):
    wall = np.full((120, 120, 3), 150, np.float32)
    for seed in range(6):
        found = LOOKALIKES[name](wall.copy(), np.random.default_rng(seed))
        assert found.shape == wall.shape
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
        assert found.min() > -5
    assert (found != wall).any()


@pytest.mark.parametrize("name", sorted(HARD_CRACKS))
def test_a_crack_is_darker_than_what_lies_around_it(name):
    """Salts and damp lie around some cracks, so what is near is looked at, not what is far."""
    for seed in range(4):
        wall = np.full((240, 240, 3), 150, np.float32)
        picture, mask = HARD_CRACKS[name](wall, np.random.default_rng(seed))
        assert mask.any()
        near = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9))).astype(bool) & ~mask
        assert picture[mask].mean() < 0.93 * picture[near].mean()


def test_they_are_written_as_an_origin(tmp_path):
    write_hard(tmp_path / "drawn", 4, 0)
    assert find_origins([tmp_path / "drawn"])[0].source == "drawn by CrackXAI, 4 photos, seed 0"
    part = read_part("drawn", tmp_path / "drawn")
    assert [photo.label for photo in part.photos] == [0, 0, 1, 1]
    assert part.windowed
    with (tmp_path / "drawn" / "labels.csv").open(newline="") as file:
        assert [row["cracked"] for row in csv.DictReader(file)] == ["1", "0", "1", "0"]
    with pytest.raises(DataError, match="which holds files"):
        write_hard(tmp_path / "drawn", 4, 0)
