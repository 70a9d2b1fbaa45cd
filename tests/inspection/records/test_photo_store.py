"""Copies of photos: of a file, or of bytes that lie nowhere else."""

from __future__ import annotations

import hashlib

import pytest

from crackxai.errors import RecordsError
from crackxai.inspection.records.photo_store import PhotoStore

DATA = b"a photo's bytes"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path) -> PhotoStore:
    return PhotoStore(tmp_path / "store")


@pytest.mark.parametrize(
    ("name", "ending"),
    [("Wall.JPG", ".jpg"), ("wall", ""), ("", ""), ("../../x/wall.png", ".png"), ("a.b c", ""), (".jpg", "")],
)
def test_bytes_are_kept_under_their_hash_whatever_they_are_called(store, name, ending):
    kept = store.keep(DATA, SHA, name)
    assert kept == f"{SHA[:2]}/{SHA}{ending}"
    assert store.path(kept).read_bytes() == DATA
    assert store.names() == {kept}
    assert store.keep(DATA, SHA, name) == kept


def test_a_file_and_its_bytes_are_one_copy(store, tmp_path):
    (tmp_path / "wall.jpg").write_bytes(DATA)
    assert store.keep(tmp_path / "wall.jpg", SHA) == store.keep(DATA, SHA, "wall.jpg")


def test_bytes_of_another_photo_are_refused(store):
    with pytest.raises(RecordsError, match=r"wall\.jpg: expected the photo of SHA-256 0000"):
        store.keep(DATA, "0" * 64, "wall.jpg")
    assert store.names() == set()


def test_without_a_folder_nothing_is_kept():
    with pytest.raises(RecordsError, match="expected a folder for copies"):
        PhotoStore(None).keep(DATA, SHA, "wall.jpg")
