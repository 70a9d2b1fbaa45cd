"""Batches drawn ahead: the same whoever draws them."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os

import cv2
import numpy as np
import pytest

from crackxai import ModelError, SettingsError
from crackxai.model.batches import Batches
from crackxai.model.dataset import LabelledPhotos
from crackxai.model.recipes import FINETUNE, NOTEBOOK

forks = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
RECIPE = dataclasses.replace(FINETUNE, phases=((64, 1), (150, 1)), batch_size=4)


def labelled(count: int) -> LabelledPhotos:
    """Pictures that tell their number by their colour."""
    images = np.zeros((count, 150, 150, 3), np.uint8) + np.arange(count, dtype=np.uint8)[:, None, None, None] * 5
    return LabelledPhotos(images, (np.arange(count) % 2).astype(np.uint8), tuple(map(str, range(count))))


def drawn(batches: Batches, side: int, seed: tuple[int, int], start: int = 0):
    return [(images.copy(), labels) for images, labels in batches.epoch(side, seed, start)]


def equal(a, b) -> bool:
    pairs = [(x, y) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True)]
    return all(np.array_equal(x, y) for x, y in pairs)


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=forks), pytest.param(3, marks=forks)])
def test_batches_are_the_same_however_many_draw_them(workers):
    photos = labelled(23)
    with Batches(photos, RECIPE, workers) as batches:
        for side, seed in ((64, (7, 0)), (150, (7, 1)), (150, (7, 2))):
            expected = [photos.batch(RECIPE, side, seed, number) for number in range(6)]
            assert expected[0][0].shape == (4, side, side, 3)
            assert len({images.tobytes() for images, _ in expected}) == 6
            assert equal(drawn(batches, side, seed), expected)
            assert equal(drawn(batches, side, seed, start=4), expected[4:])


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=forks)])
def test_an_epoch_that_is_left_early_leaves_nothing_to_the_next(workers):
    photos = labelled(80)
    with Batches(photos, RECIPE, workers) as batches:
        for _ in batches.epoch(64, (0, 0)):
            break
        expected = [photos.batch(RECIPE, 64, (0, 1), number) for number in range(20)]
        assert equal(drawn(batches, 64, (0, 1)), expected)


class Failing:
    def __len__(self) -> int:
        return 40

    def batch(self, recipe, side, seed, number):
        if number == 3:
            raise SettingsError("number 3")
        return np.zeros((4, side, side, 3), np.uint8), np.zeros((4, 1), np.float32)


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=forks)])
def test_an_error_in_drawing_is_told_where_the_batches_are_used(workers):
    with Batches(Failing(), RECIPE, workers) as batches, pytest.raises(SettingsError, match="number 3"):
        drawn(batches, 64, (0, 0))


def test_an_epoch_has_each_photo_once_and_a_rest_below_half_a_batch_is_left_out():
    recipe = dataclasses.replace(NOTEBOOK, batch_size=4, phases=((150, 1),))
    with Batches(labelled(21), recipe) as batches:
        pictures = np.concatenate([images for images, _ in batches.epoch(150, (1, 0))])
    assert len(pictures) == 20
    assert len(set(pictures[:, 75, 75, 0].tolist())) == 20


class Killed(Failing):
    def batch(self, recipe, side, seed, number):
        os._exit(9)


@forks
def test_a_process_that_is_killed_is_told_with_what_to_do():
    with Batches(Killed(), RECIPE, 2) as batches, pytest.raises(ModelError, match="fewer --workers"):
        drawn(batches, 64, (0, 0))


@forks
def test_what_opencv_did_before_does_not_hold_up_a_process_of_its_own():
    """Its threads, which a large blur starts, are not in a forked process; it would wait for them."""
    large = np.zeros((2000, 2000, 3), np.uint8)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(4)
    try:
        cv2.GaussianBlur(large, (0, 0), 3)
        with Batches(Blurring(), RECIPE, 2) as batches:
            assert len(drawn(batches, 64, (0, 0))) == 10
        assert cv2.getNumThreads() == 4
    finally:
        cv2.setNumThreads(threads)


class Blurring(Failing):
    def batch(self, recipe, side, seed, number):
        return cv2.GaussianBlur(np.zeros((900, 900, 3), np.uint8), (0, 0), 3)[None, :side, :side], np.zeros((1, 1))


def test_where_processes_cannot_share_photos_none_are_begun(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(SettingsError, match="Leave --workers out"):
        Batches(labelled(4), RECIPE, 2)
