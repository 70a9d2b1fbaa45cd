"""Files are written whole or not at all, on a disk that is really full, and over nothing by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from crackxai.errors import OutputError
from crackxai.files import make_folder, new_folder, refuse_taken, write_file, write_files, written_whole
from crackxai.model.card import read_card, write_card
from crackxai.model.measurements import Measurements, read_measurements, write_measurements
from crackxai.model.storage import read_arrays, save_weights
from crackxai.samples import write_samples
from tests import tiny

resource = pytest.importorskip("resource", reason="limits the size of files as a full disk would")
FULL = 1000
"""Bytes that a file may have on the full disk."""


@contextlib.contextmanager
def full_disk():
    """The system really stops in the middle of a file longer than `FULL`."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def overtaken(path: Path) -> None:
    """Write a file whose name another program takes in the meantime."""
    with written_whole(path, replace=False) as beside:
        beside.write_text("mine")
        path.write_text("theirs")


def inside(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_is_written(tmp_path):
    write_file(tmp_path / "a.txt", "Süd 牆\n")
    write_file(tmp_path / "b.bin", b"\x00\xff")
    assert inside(tmp_path) == {"a.txt": "Süd 牆\n".encode(), "b.bin": b"\x00\xff"}


def test_the_name_is_taken_when_all_is_there(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    with written_whole(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
        assert beside.parent == tmp_path
        assert beside.name.startswith(".")
        assert beside.suffix == ".json"
    assert inside(tmp_path) == {"a.json": b"new"}


def test_a_failure_of_the_writer_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    with contextlib.suppress(ZeroDivisionError), written_whole(path) as beside:
        beside.write_text("half")
        raise ZeroDivisionError
    assert inside(tmp_path) == {"a.json": b"old"}


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_no_half_file_and_names_the_file(tmp_path, there):
    if there:
        (tmp_path / "a.png").write_bytes(b"old")
    with full_disk(), pytest.raises(OutputError, match=r"a\.png: cannot be written: File too large") as told:
        write_file(tmp_path / "a.png", bytes(FULL + 1))
    assert isinstance(told.value.__cause__, OSError)
    assert inside(tmp_path) == ({"a.png": b"old"} if there else {})


def test_a_disk_that_is_full_only_when_flushed(tmp_path, monkeypatch):
    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OutputError, match=r"a\.txt: cannot be written: No space left on device"):
        write_file(tmp_path / "a.txt", "x")
    assert inside(tmp_path) == {}


def test_files_that_belong_together_come_together(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with full_disk(), pytest.raises(OutputError, match=r"b\.bin"):
        write_files({tmp_path / "a.txt": "new", tmp_path / "c.txt": "new", tmp_path / "b.bin": bytes(FULL + 1)})
    assert inside(tmp_path) == {"a.txt": b"old"}
    with pytest.raises(OutputError, match=r"a\.txt: expected a name that is free.*--force"):
        write_files({tmp_path / "c.txt": "new", tmp_path / "a.txt": "new"}, replace=False)
    assert inside(tmp_path) == {"a.txt": b"old"}
    write_files({tmp_path / "c.txt": "new", tmp_path / "a.txt": "new"})
    assert inside(tmp_path) == {"a.txt": b"new", "c.txt": b"new"}


def test_a_taken_name_is_refused_also_when_it_was_taken_meanwhile(tmp_path):
    path = tmp_path / "a.txt"
    with pytest.raises(OutputError, match="expected a name that is free"):
        overtaken(path)
    assert inside(tmp_path) == {"a.txt": b"theirs"}
    with pytest.raises(OutputError, match=r"a\.txt"):
        refuse_taken([tmp_path / "free.txt", path])


def test_without_hard_links_a_taken_name_is_refused_too(tmp_path, monkeypatch):
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    write_file(tmp_path / "a.txt", "first", replace=False)
    with pytest.raises(OutputError, match="expected a name that is free"):
        overtaken(tmp_path / "b.txt")
    assert inside(tmp_path) == {"a.txt": b"first", "b.txt": b"theirs"}


def test_a_link_to_a_photo_is_replaced_and_not_followed(tmp_path):
    photo = tmp_path / "wall.png"
    photo.write_bytes(b"photo")
    (tmp_path / "out.png").symlink_to(photo)
    write_file(tmp_path / "out.png", b"figure")
    assert inside(tmp_path) == {"wall.png": b"photo", "out.png": b"figure"}


def test_names_as_long_as_they_may_be(tmp_path):
    names = ["n" * 251 + ".png", "牆" * 82 + ".x.json", "a." + "s" * 253]
    for name in names:
        write_file(tmp_path / name, b"1")
    assert set(inside(tmp_path)) == set(names)


def test_a_missing_folder_is_told_with_the_file(tmp_path):
    with pytest.raises(OutputError, match=r"absent/a\.txt: cannot be written: No such file or directory"):
        write_file(tmp_path / "absent" / "a.txt", "x")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="expected a folder, received a file"):
        make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="file/sub: cannot be written: Not a directory"):
        make_folder(tmp_path / "file" / "sub")


def test_a_new_folder_each_time(tmp_path):
    (tmp_path / "maps-2").write_text("a file may be in the way, too")
    made = [new_folder(tmp_path / "maps") for _ in range(3)]
    assert [folder.name for folder in made] == ["maps", "maps-3", "maps-4"]


def test_weights_card_and_measurements_survive_a_full_disk(tmp_path):
    net = tiny.net()
    save_weights(net, tmp_path / "weights.npz")
    write_card(tiny.card(), tmp_path)
    write_measurements(Measurements(), tmp_path)
    before = inside(tmp_path)
    with full_disk():
        with pytest.raises(OutputError, match=r"weights\.npz: cannot be written"):
            save_weights(tiny.net(seed=1), tmp_path / "weights.npz")
        with pytest.raises(OutputError, match=r"card\.json: cannot be written"):
            write_card(tiny.card(command="x" * FULL), tmp_path)
    assert inside(tmp_path) == before
    assert read_card(tmp_path) == tiny.card()
    assert read_measurements(tmp_path).scores == {}
    assert np.isfinite(next(iter(read_arrays(tmp_path / "weights.npz").values()))).all()


def test_samples_are_not_written_over_files_of_the_user(tmp_path):
    (tmp_path / "labels.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"labels\.csv: expected a name that is free"):
        write_samples(tmp_path, 1, 0, replace=False)
    assert inside(tmp_path) == {"labels.csv": b"mine"}
