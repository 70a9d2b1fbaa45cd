"""The file of a recorded photo, found again or not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from crackxai.errors import Message, PhotoError
from crackxai.inspection.originals import read_original, read_recorded
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.photo import read_photo


@pytest.fixture
def recorded(tmp_path, sample_files) -> tuple[PhotoStore, PhotoFile, Path]:
    path = tmp_path / "wall.png"
    path.write_bytes(Path(sample_files[0]).read_bytes())
    photo = PhotoFile.of(read_photo(path), path.read_bytes(), path)
    return PhotoStore(tmp_path / "store"), photo, path


def test_it_is_read_where_it_was_found(recorded):
    store, photo, path = recorded
    assert read_original(store, photo) == path.read_bytes()
    assert read_recorded(store, photo).sha256 == photo.sha256


def test_the_copy_serves_where_the_photo_is_gone_or_another(recorded):
    store, photo, path = recorded
    data = path.read_bytes()
    photo = dataclasses.replace(photo, stored=store.keep(path, photo.sha256))
    path.write_bytes(b"another")
    assert read_original(store, photo) == data
    path.unlink()
    assert read_original(store, photo) == data


@pytest.mark.parametrize(("content", "name"), [(b"another", "original.changed"), (None, "original.gone")])
def test_what_became_of_it_is_told(recorded, content, name):
    store, photo, path = recorded
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PhotoError) as caught:
        read_original(store, photo)
    assert isinstance(caught.value.message, Message)
    assert caught.value.message.name == name


def test_a_larger_file_is_not_read_to_find_that_it_is_another(recorded, monkeypatch):
    store, photo, _ = recorded
    monkeypatch.setattr("crackxai.inspection.originals.MAX_BYTES", 10)
    with pytest.raises(PhotoError, match="another file"):
        read_original(store, photo)
