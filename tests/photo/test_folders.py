"""Which files of a folder are photos."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from crackxai.photo import list_photos, read_photo
from crackxai.photo.folders import told
from tests.photo.test_reading import FILES

JPEG, PNG = FILES["JPEG"], FILES["PNG"]


def write(folder: Path, name: str, data: bytes = JPEG) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in list_photos(folder).photos]


def reasons(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): reason for path, reason in list_photos(folder).left_out}


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.JFIF", "a.jpe", "a.mpo", "a.HIF", "a", "a.dat", "a.jpg.bak", "1.2", "牆.照片"]
)
@pytest.mark.parametrize("fmt", FILES)
def test_the_bytes_tell_a_photo_whatever_its_name(tmp_path, name, fmt):
    path = write(tmp_path, f"below/{name}", FILES[fmt])
    assert list_photos(tmp_path).photos == (path,)
    assert read_photo(path).format == fmt


def test_what_claims_to_be_a_photo_is_one_to_be_read(tmp_path):
    write(tmp_path, "broken.jpg", b"no photo")
    write(tmp_path, "empty.jfif", b"")
    assert names(tmp_path) == ["broken.jpg", "empty.jfif"]


def test_files_of_the_system_are_left_out_and_told(tmp_path):
    for name in ("._a.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", ".hidden/b.jpg", "__MACOSX/c.jpg", "@eaDir/d.jpg"):
        write(tmp_path, name)
    write(tmp_path, "labels.csv", b"photo,cracked\n")
    write(tmp_path, "a.jpg")
    assert names(tmp_path) == ["a.jpg"]
    left_out = reasons(tmp_path)
    assert left_out.pop("labels.csv") == "no photo"
    assert left_out.keys() == {
        "._a.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", ".hidden", "__MACOSX", "@eaDir",
    }  # fmt: skip
    assert set(left_out.values()) == {"hidden, or put there by the system"}
    words = " ".join(told(list_photos(tmp_path).left_out))
    assert "7 files left out (hidden, or put there by the system)" in words
    assert "1 file left out (no photo): " in words


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_the_folder_around_brings_in_no_neighbours(tmp_path):
    """Cracked photos would be read as sound."""
    write(tmp_path, "data/Positive/a.jpg")
    write(tmp_path, "data/Negative/b.jpg")
    (tmp_path / "data/Negative/up").symlink_to(tmp_path / "data", target_is_directory=True)
    assert names(tmp_path / "data/Negative") == ["b.jpg"]
    assert set(reasons(tmp_path / "data/Negative").values()) == {"a link to a folder that it lies in"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed_and_circles_end(tmp_path):
    away = tmp_path / "disk"
    write(away, "wall/b.jpg")
    write(away, "c.jpg")
    data = tmp_path / "data"
    write(data, "a.jpg")
    (data / "linked").symlink_to(away / "wall", target_is_directory=True)
    (data / "c-linked.jpg").symlink_to(away / "c.jpg")
    (data / "circle").symlink_to(data, target_is_directory=True)
    (data / "again").symlink_to(away / "wall", target_is_directory=True)
    (data / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert len(names(data)) == 3
    assert {"a.jpg", "c-linked.jpg"} < set(names(data))
    assert sorted(reasons(data).values())[:2] == ["a link to a folder that is read already"] * 2
    assert reasons(data)["gone.jpg"].startswith("cannot be read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert reasons(tmp_path) == {"pipe": "no file"}


def test_the_order_is_that_of_the_paths(tmp_path):
    for i in np.random.default_rng(0).permutation(20):
        write(tmp_path, f"{i % 3}/{i:02}.png", PNG)
    found = list_photos(tmp_path).photos
    assert list(found) == sorted(found)
    assert len(found) == 20


def test_links_out_of_the_folder_are_left_out_where_that_is_asked_for(tmp_path):
    write(tmp_path, "outside/b.jpg")
    write(tmp_path, "wall/a.jpg")
    (tmp_path / "wall" / "c.jpg").symlink_to(tmp_path / "outside" / "b.jpg")
    (tmp_path / "wall" / "d").symlink_to(tmp_path / "outside")
    (tmp_path / "wall" / "e.jpg").symlink_to(tmp_path / "wall" / "a.jpg")
    assert names(tmp_path / "wall") == ["a.jpg", "c.jpg", "d/b.jpg", "e.jpg"]
    listed = list_photos(tmp_path / "wall", inside=True)
    assert [path.name for path in listed.photos] == ["a.jpg", "e.jpg"]
    assert {path.name: why.name for path, why in listed.left_out} == {
        "c.jpg": "left-out.outside",
        "d": "left-out.outside",
    }
