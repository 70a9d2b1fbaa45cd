"""Folders as sources of photos."""

from __future__ import annotations

import os

import pytest

from crackxai.errors import PhotoError, SourceError
from crackxai.inspection.photo_source import FolderSource, open_source
from crackxai.photo import MAX_BYTES
from tests.inspection.photo_folders import archive, drawn, photos


def places(source) -> list[str]:
    return [photo.place for photo in source.photos]


def test_all_photos_below_in_order_and_what_is_none(tmp_path):
    photos(tmp_path / "b", [1])
    photos(tmp_path / "a" / "deep", [0])
    (tmp_path / "a" / "notes.txt").write_text("no photo")
    (tmp_path / "a" / "._photo.jpg").write_bytes(drawn(0))
    (tmp_path / "broken.jpg").write_bytes(b"no photo either")
    source = open_source(tmp_path)
    assert places(source) == ["a/deep/photo-00.png", "b/photo-01.png", "broken.jpg"]
    assert {each.place: each.why for each in source.left_out} == {
        "a/notes.txt": "no photo",
        "a/._photo.jpg": "hidden, or put there by the system",
    }
    assert source.photos[0].read() == drawn(0)
    assert source.photos[0].path == tmp_path / "a" / "deep" / "photo-00.png"
    assert source.photos[0].name == "photo-00.png"


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    outside = photos(tmp_path / "outside", [0, 1])
    inside = photos(tmp_path / "inside", [2])
    (inside / "folder").symlink_to(outside)
    (inside / "file.png").symlink_to(outside / "photo-00.png")
    (inside / "circle").symlink_to(inside)
    (inside / "loop.png").symlink_to(inside / "loop.png")
    (inside / "same.png").symlink_to(inside / "photo-02.png")
    source = open_source(inside)
    assert places(source) == ["photo-02.png", "same.png"]
    left_out = {each.place: each.why for each in source.left_out}
    assert left_out.keys() == {"folder", "file.png", "circle", "loop.png"}
    assert {left_out[name] for name in ("folder", "file.png", "loop.png")} == {"a link that leads out of the folder"}


def test_a_file_that_went_or_grew_since_is_told_by_its_place(tmp_path):
    source = open_source(photos(tmp_path / "wall", [0, 1]))
    first, second = source.photos
    os.remove(first.path)
    os.truncate(second.path, MAX_BYTES + 1)
    for photo, why in ((first, "cannot be read"), (second, "at most 50 MB")):
        with pytest.raises(PhotoError, match=f"{photo.place}: .*{why}"):
            photo.read()


@pytest.mark.parametrize("what", ["absent", "text"])
def test_what_is_no_source(tmp_path, what):
    (tmp_path / "text").write_text("no archive")
    with pytest.raises(SourceError, match="ZIP archive") as raised:
        open_source(tmp_path / what)
    assert raised.value.message.name.startswith("folder-error.")


def test_photos_that_do_not_last_have_no_path(tmp_path):
    source = FolderSource(photos(tmp_path / "wall", [0]), "wall", lasting=False)
    assert (source.name, source.photos[0].path) == ("wall", None)


def test_a_zip_is_a_source_whatever_its_name(tmp_path):
    source = open_source(archive(tmp_path / "photos.dat", {"a.png": drawn(0)}))
    assert places(source) == ["a.png"]
    source.close()
