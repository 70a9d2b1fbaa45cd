"""Folders of photos."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crackxai import DataError
from crackxai.model.dataset import LabelledPhotos, as_stored, batch_count, find_photos, load_photos, split
from crackxai.model.recipes import NOTEBOOK
from crackxai.render import png


def write_data(folder, positive: int, negative: int):
    for name, count in (("Positive", positive), ("Negative", negative)):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            (folder / name / f"{i:03}.png").write_bytes(png(np.full((40, 50, 3), 10 * i + 5, np.uint8)))
    return folder


def test_layout_of_the_notebook(tmp_path):
    photos = load_photos(write_data(tmp_path, 2, 3), 32)
    assert photos.images.shape == (5, 32, 32, 3)
    assert photos.labels.tolist() == [0, 0, 0, 1, 1]
    assert photos.images[:, 0, 0, 0].tolist() == [5, 15, 25, 5, 15]
    assert photos.paths[3].parent.name == "Positive"


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(DataError, match="Negative and Positive"):
        find_photos(tmp_path / "none")
    (tmp_path / "Positive").mkdir()
    with pytest.raises(DataError, match=r"received \['Positive'\]"):
        find_photos(tmp_path)
    (tmp_path / "Negative").mkdir()
    (tmp_path / "Negative" / "notes.txt").write_text("no photo")
    with pytest.raises(DataError, match=r"expected photos in .*Negative"):
        find_photos(tmp_path)


def test_unreadable_files_are_skipped_and_listed(tmp_path):
    write_data(tmp_path, 1, 2)
    (tmp_path / "Positive" / "bad.jpg").write_bytes(b"no photo")
    photos = load_photos(tmp_path, 32)
    assert len(photos) == 3
    assert [(path.name, "expected" in reason) for path, reason in photos.unreadable] == [("bad.jpg", True)]


def test_unusual_names_are_read_and_files_of_the_system_left_out(tmp_path):
    write_data(tmp_path, 1, 1)
    (tmp_path / "Positive" / "000.png").rename(tmp_path / "Positive" / "000.jfif")
    (tmp_path / "Negative" / "000.png").rename(tmp_path / "Negative" / "000")
    for name in ("._000.jpg", "Thumbs.db", "notes.txt"):
        (tmp_path / "Negative" / name).write_bytes(b"no photo")
    photos = load_photos(tmp_path, 32)
    assert photos.labels.tolist() == [0, 1]
    assert photos.unreadable == ()
    assert sorted(path.name for path, _ in photos.left_out) == ["._000.jpg", "Thumbs.db", "notes.txt"]
    train, validation = split(load_photos(write_data(tmp_path / "more", 2, 2), 32), 0.5, 0)
    assert train.left_out == validation.left_out == ()


def test_a_class_of_unreadable_files_only(tmp_path):
    write_data(tmp_path, 0, 1)
    (tmp_path / "Positive" / "bad.jpg").write_bytes(b"no photo")
    with pytest.raises(DataError, match=r"readable photos in .*Positive"):
        load_photos(tmp_path, 32)


def labelled(n: int) -> LabelledPhotos:
    images = np.zeros((n, 150, 150, 3), np.uint8) + np.arange(n, dtype=np.uint8)[:, None, None, None]
    return LabelledPhotos(images, np.arange(n) % 2, tuple(range(n)))


def test_split_takes_the_fraction_of_each_class_and_loses_nothing():
    train, held = split(labelled(40), 0.1, seed=3)
    assert np.bincount(held.labels).tolist() == [2, 2]
    assert sorted(train.paths + held.paths) == list(range(40))
    again = split(labelled(40), 0.1, seed=3)[1]
    assert held.paths == again.paths != split(labelled(40), 0.1, seed=4)[1].paths
    with pytest.raises(DataError, match="at least 2 photos in Negative"):
        split(labelled(2), 0.1, seed=0)


def test_the_batches_of_an_epoch_are_each_photo_once_and_depend_on_the_seed():
    recipe = dataclasses.replace(NOTEBOOK, batch_size=4, phases=((150, 1),))
    photos = labelled(23)
    batches = [photos.batch(recipe, 150, (7, 1), number) for number in range(batch_count(23, 4))]
    assert [len(labels) for _, labels in batches] == [4, 4, 4, 4, 4, 3]
    images, labels = (np.concatenate(own) for own in zip(*batches, strict=True))
    assert (images.dtype, labels.dtype, labels.shape) == (np.uint8, np.float32, (23, 1))
    assert sorted(images[:, 75, 75, 0].tolist()) == sorted(photos.images[:, 75, 75, 0].tolist())
    np.testing.assert_array_equal(labels[:, 0], images[:, 75, 75, 0] % 2)
    assert not np.array_equal(batches[0][0], photos.batch(recipe, 150, (7, 2), 0)[0])


def test_augmented_pictures_are_rounded_as_stored_ones_are():
    picture = np.array([0.4, 0.6, 254.7], np.float32)
    assert as_stored(picture).tolist() == [0, 1, 255]
    assert as_stored(as_stored(picture)).dtype == np.uint8


@pytest.mark.parametrize(("n", "size", "count"), [(8, 4, 2), (9, 4, 2), (10, 4, 3), (1, 4, 1), (4, 4, 1)])
def test_a_rest_smaller_than_half_a_batch_is_left_out(n, size, count):
    assert batch_count(n, size) == count
