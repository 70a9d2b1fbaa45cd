"""Folders of photos."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import DataError
from crackxai.model.dataset import LabelledPhotos, batch_count, batches, find_photos, load_photos, split
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
    images = np.arange(n, dtype=np.uint8)[:, None, None, None].repeat(3, axis=3)
    return LabelledPhotos(images, np.arange(n) % 2, tuple(range(n)))


def test_split_takes_the_fraction_of_each_class_and_loses_nothing():
    train, held = split(labelled(40), 0.1, seed=3)
    assert np.bincount(held.labels).tolist() == [2, 2]
    assert sorted(train.paths + held.paths) == list(range(40))
    again = split(labelled(40), 0.1, seed=3)[1]
    assert held.paths == again.paths != split(labelled(40), 0.1, seed=4)[1].paths
    with pytest.raises(DataError, match="at least 2 photos in Negative"):
        split(labelled(2), 0.1, seed=0)


def jitter(image, rng):
    return image + rng.random()


def test_an_epoch_goes_on_exactly_where_it_stopped():
    whole = list(batches(labelled(23), 4, jitter, (7, 1)))
    rest = list(batches(labelled(23), 4, jitter, (7, 1), start=3))
    assert len(whole) == batch_count(23, 4) == 6
    for (a, la), (b, lb) in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(la, lb)
    seen = np.concatenate([np.floor(images[:, 0, 0, 0]) for images, _ in whole])
    assert sorted(seen) == list(range(23))
    assert whole[0][0].dtype == np.float32
    assert whole[0][1].shape == (4, 1)
    np.testing.assert_array_equal(whole[0][1][:, 0], np.floor(whole[0][0][:, 0, 0, 0]) % 2)


def test_epochs_differ():
    first, second = (next(batches(labelled(23), 4, jitter, (7, epoch)))[0] for epoch in (0, 1))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("n", "size", "count"), [(8, 4, 2), (9, 4, 2), (10, 4, 3), (1, 4, 1), (4, 4, 1)])
def test_a_rest_smaller_than_half_a_batch_is_left_out(n, size, count):
    assert batch_count(n, size) == count == len(list(batches(labelled(n), size, jitter, (0, 0))))
