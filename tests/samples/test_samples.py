"""Drawn samples: repeatable, labelled exactly."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest

from crackxai.samples import DISTRACTORS, draw_samples, write_samples


@pytest.fixture(scope="module")
def twenty():
    return list(draw_samples(20, seed=0))


def test_cracked_and_sound_in_turn_with_every_distractor_on_both(twenty):
    assert [sample.cracked for sample in twenty] == [True, False] * 10
    for cracked in (True, False):
        assert {s.distractor for s in twenty if s.cracked == cracked} == {"", *DISTRACTORS}


def test_the_mask_is_the_crack(twenty):
    for sample in twenty:
        assert sample.rgb.shape == (480, 480, 3)
        assert sample.mask.any() == sample.cracked
        if sample.cracked:
            grey = cv2.cvtColor(sample.rgb, cv2.COLOR_RGB2GRAY).astype(float)
            near = cv2.dilate(sample.mask.astype(np.uint8), np.ones((25, 25))).astype(bool)
            inside, around = grey[sample.mask].mean(), grey[near & ~sample.mask].mean()
            assert inside < 0.65 * around
            assert 0.002 < sample.mask.mean() < 0.1
            # It crosses the picture: from one side to the opposite one.
            rows, columns = sample.mask.any(axis=1), sample.mask.any(axis=0)
            assert max(rows.mean(), columns.mean()) > 0.95


def test_the_seed_decides_everything_and_the_count_nothing():
    a, b = list(draw_samples(3, seed=5)), list(draw_samples(2, seed=5))
    np.testing.assert_array_equal(a[1].rgb, b[1].rgb)
    np.testing.assert_array_equal(a[0].mask, b[0].mask)
    assert (next(iter(draw_samples(1, seed=6))).rgb != a[0].rgb).any()


def test_written_files(tmp_path):
    write_samples(tmp_path / "new", 2, 0)
    with (tmp_path / "new" / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["cracked"] for row in rows] == ["1", "0"]
    mask = cv2.imread(str(tmp_path / "new" / rows[0]["mask"]), cv2.IMREAD_GRAYSCALE)
    assert np.count_nonzero(mask == 255) == int(rows[0]["crack_pixels"]) > 0
    assert set(np.unique(mask)) == {0, 255}
    photo = cv2.imread(str(tmp_path / "new" / rows[1]["photo"]))[..., ::-1]
    np.testing.assert_array_equal(photo, list(draw_samples(2, 0))[1].rgb)


def test_the_bundled_model_calls_at_least_18_of_20_right(twenty, bundled):
    pictures = np.stack([cv2.resize(s.rgb, (150, 150), interpolation=cv2.INTER_AREA) for s in twenty])
    called = bundled.predict(pictures) >= bundled.threshold
    assert np.count_nonzero(called == [s.cracked for s in twenty]) >= 18
