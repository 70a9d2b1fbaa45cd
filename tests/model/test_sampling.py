"""Balanced batches of windows."""

from __future__ import annotations

import dataclasses
from collections import Counter

import cv2
import numpy as np
import pytest

from crackxai import DataError
from crackxai.model import sampling
from crackxai.model.dataset import batch_count
from crackxai.model.origins import OriginPart, read_part
from crackxai.model.recipes import FINETUNE
from crackxai.model.sampling import BalancedWindows
from crackxai.render import png
from tests.model.test_origins import write_photos

RECIPE = dataclasses.replace(FINETUNE, batch_size=12)


@pytest.fixture
def parts(tmp_path) -> list[OriginPart]:
    """Three origins of very different sizes; one without masks, one without cracked photos."""
    return [
        read_part("close", write_photos(tmp_path / "close", 20, 20)),
        read_part("walls", write_photos(tmp_path / "walls", 2, 1, size=(300, 400), masks=True)),
        read_part("floors", write_photos(tmp_path / "floors", 0, 3, size=(200, 260))),
    ]


@pytest.fixture
def drawn(monkeypatch) -> Counter[tuple[str, int]]:
    """How often each origin was drawn from for each label."""
    counts: Counter[tuple[str, int]] = Counter()
    draw = sampling._Pool.draw

    def counting(pool, side, rng, strength):
        counts[pool.name, pool._label] += 1
        return draw(pool, side, rng, strength)

    monkeypatch.setattr(sampling._Pool, "draw", counting)
    return counts


def epoch(source: BalancedWindows, seed: tuple[int, int], side: int = 64):
    return [source.batch(RECIPE, side, seed, number) for number in range(batch_count(len(source), RECIPE.batch_size))]


def test_every_batch_is_balanced_over_labels_and_origins(parts, drawn):
    for images, labels in epoch(BalancedWindows(parts, 24), (0, 0)):
        assert images.shape == (12, 64, 64, 3)
        assert images.dtype == np.uint8
        assert 0 <= images.min() < images.max() <= 255
        assert labels.shape == (12, 1)
        assert labels.sum() == 6
    assert drawn == {("close", 0): 4, ("walls", 0): 4, ("floors", 0): 4, ("close", 1): 6, ("walls", 1): 6}


def test_an_origin_can_count_as_several(parts, drawn):
    epoch(BalancedWindows(parts, 24, {"close": 2, "floors": 3}), (0, 0))
    assert drawn == {("close", 0): 4, ("walls", 0): 2, ("floors", 0): 6, ("close", 1): 8, ("walls", 1): 4}


def test_a_batch_is_the_same_whatever_was_drawn_before(parts):
    source = BalancedWindows(parts, 36)
    assert len(source) == 36
    whole = epoch(source, (3, 1))
    assert len(whole) == 3
    other = source.batch(RECIPE, 64, (3, 2), 0)
    assert (other[0] != whole[0][0]).any()
    np.testing.assert_array_equal(whole[2][0], source.batch(RECIPE, 64, (3, 1), 2)[0])
    np.testing.assert_array_equal(whole[1][0], BalancedWindows(parts, 36).batch(RECIPE, 64, (3, 1), 1)[0])


def test_an_epoch_is_as_long_as_there_are_photos(parts):
    assert len(BalancedWindows(parts)) == 40 + 3 + 3


def test_both_labels_are_needed(parts):
    with pytest.raises(DataError, match="an origin with cracked photos"):
        BalancedWindows(parts[2:])


def test_cracked_photos_with_an_empty_mask_are_not_used(tmp_path):
    folder = write_photos(tmp_path / "walls", 1, 1, masks=True)
    mask = folder / "masks" / "000.png"
    mask.write_bytes(png(np.zeros((60, 80, 3), np.uint8)))
    with pytest.raises(DataError, match="an origin with cracked photos"):
        BalancedWindows([read_part("walls", folder)])


def test_an_origin_without_such_a_window_is_named(tmp_path):
    """The crack covers all of the photo, so no window is sound."""
    folder = write_photos(tmp_path / "walls", 1, 0, masks=True)
    mask = folder / "masks" / "000.png"
    mask.write_bytes(png(np.full((60, 80, 3), 255, np.uint8)))
    with pytest.raises(DataError, match=r"no sound window in .* photos of walls"):
        epoch(BalancedWindows([read_part("walls", folder)], 12), (0, 0))


def test_windows_that_few_photos_have_are_found(tmp_path):
    """Of twenty-four photos of cracks, one leaves room for a sound window."""
    folder = write_photos(tmp_path / "walls", 24, 0, masks=True)
    for mask in sorted((folder / "masks").iterdir())[1:]:
        mask.write_bytes(png(np.full((60, 80, 3), 255, np.uint8)))
    source = BalancedWindows([read_part("walls", folder)], 240)
    assert sum(len(labels) for _, labels in epoch(source, (0, 0), 32)) == 240


def test_unchanged_pictures_are_balanced_too_and_the_same_for_a_seed(parts):
    windows = BalancedWindows(parts, 24)
    photos = windows.unchanged(24, 64, 3)
    assert photos.images.shape == (24, 64, 64, 3)
    assert photos.images.dtype == np.uint8
    names = Counter((path.name, int(label)) for path, label in zip(photos.paths, photos.labels, strict=True))
    assert names == {("close", 0): 4, ("walls", 0): 4, ("floors", 0): 4, ("close", 1): 6, ("walls", 1): 6}
    np.testing.assert_array_equal(windows.unchanged(24, 64, 3).images, photos.images)
    assert (windows.unchanged(24, 64, 4).images != photos.images).any()


def test_a_photo_without_windows_is_taken_as_a_whole_where_nothing_is_changed(parts):
    photos = BalancedWindows(parts, 24).unchanged(12, 64, 0)
    whole = [cv2.resize(photo.rgb, (64, 64), interpolation=cv2.INTER_AREA) for photo in parts[0].photos]
    close = [image for image, path in zip(photos.images, photos.paths, strict=True) if path.name == "close"]
    assert close
    assert all(any((image == one).all() for one in whole) for image in close)
