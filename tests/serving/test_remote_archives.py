"""ZIP archives at a URI: read where they lie, within the bounds of any archive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable

import pytest

from crackxai.errors import PhotoError, SourceError
from crackxai.inspection import photo_archive, remote_archive, remote_files
from crackxai.inspection.photo_archive import ArchiveSource
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.records import open_records
from crackxai.inspection.remote_source import RemoteSource
from tests.inspection.photo_folders import archive, drawn, zeros
from tests.served import ROOT
from tests.serving.needed import package

MB = 2**20
Put = Callable[[str, dict[str, bytes], int], str]


@pytest.fixture(params=["s3", "memory"])
def put(request, tmp_path) -> Put:
    """Put an archive of these members into an empty place; its URI."""
    uri = request.getfixturevalue("bucket").uri if request.param == "s3" else f"memory://{uuid.uuid4().hex}"
    system = package("fsspec").filesystem(request.param)

    def made(name: str, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> str:
        path = archive(tmp_path / "made.zip", members, method) if members else None
        system.pipe_file(f"{uri}/{name}", path.read_bytes() if path else b"none")
        return f"{uri}/{name}"

    return made


@pytest.fixture
def asked(monkeypatch) -> list[tuple[int, int]]:
    """The parts that the store is asked for."""
    found: list[tuple[int, int]] = []
    whole = remote_files.RemoteFiles.part

    def part(self, name: str, start: int, end: int) -> bytes:
        found.append((start, end))
        return whole(self, name, start, end)

    monkeypatch.setattr(remote_files.RemoteFiles, "part", part)
    return found


def test_photos_are_read_out_of_it_and_no_more_of_it(put, asked):
    large = os.urandom(5 * MB)
    members = {"north/b.png": drawn(1), "a": drawn(0), "notes.txt": b"none", "z.bin": large, "z2.png": drawn(2)}
    source = open_source(put("wall/Photos.ZIP", members, zipfile.ZIP_STORED))
    assert isinstance(source, ArchiveSource)
    assert source.name == "Photos.ZIP"
    assert [(photo.place, photo.path) for photo in source.photos] == [
        ("a", None),
        ("north/b.png", None),
        ("z2.png", None),
    ]
    assert [photo.read() for photo in source.photos] == [drawn(0), drawn(1), drawn(2)]
    assert [each.place for each in source.left_out] == ["notes.txt", "z.bin"]
    assert len(asked) == len(set(asked)) <= 3, "its middle was never asked for"
    source.close()


def test_a_place_that_is_called_so_is_a_place(put):
    uri = put("wall.zip/a.txt", {})
    assert isinstance(open_source(uri.removesuffix("/a.txt")), RemoteSource)
    assert isinstance(open_source(uri.removesuffix("/wall.zip/a.txt")), RemoteSource)


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:\\evil.png"])
def test_names_in_it_that_lead_out_are_left_out(put, name):
    source = open_source(put("photos.zip", {"good.png": drawn(0), name: drawn(1)}))
    assert [photo.place for photo in source.photos] == ["good.png"]
    assert [str(each.why.name) for each in source.left_out] == ["left-out.leads-out"]


def test_what_unfolds_without_bound_is_refused(put, monkeypatch):
    uri = put("bomb.zip", {})
    package("fsspec").filesystem(uri.partition(":")[0]).pipe_file(uri, zeros(64 * MB))
    monkeypatch.setattr(photo_archive, "FREE_BYTES", 32 * MB)
    with pytest.raises(SourceError, match="unfolds to at most 32 MB"):
        open_source(uri)


def test_what_is_none_or_goes_away_is_told(put, monkeypatch):
    uri = put("wall/photos.zip", {})
    with pytest.raises(SourceError, match="expected a ZIP archive"):
        open_source(uri)
    monkeypatch.setattr(remote_archive, "BLOCK", 1000)
    monkeypatch.setattr(remote_archive, "BLOCKS", 1)
    source = open_source(put("wall/photos.zip", {f"{n}.png": drawn(n) for n in range(4)}, zipfile.ZIP_STORED))
    assert source.photos[3].read() == drawn(3)
    system = package("fsspec").filesystem(uri.partition(":")[0])
    system.pipe_file(uri, b"another, and smaller")
    with pytest.raises(SourceError) as raised:
        source.photos[0].read()
    assert raised.value.message.name in ("folder-error.changed-archive", "folder-error.unlisted")
    system.rm_file(uri)
    with pytest.raises(SourceError):
        source.photos[1].read()


def test_a_member_that_changed_meanwhile_is_damaged_and_not_taken_for_the_photo(put, monkeypatch):
    monkeypatch.setattr(remote_archive, "BLOCK", 1000)
    monkeypatch.setattr(remote_archive, "BLOCKS", 1)
    members = {f"{n}.png": drawn(n) for n in range(3)}
    uri = put("photos.zip", members, zipfile.ZIP_STORED)
    source = open_source(uri)
    system = package("fsspec").filesystem(uri.partition(":")[0])
    data = bytearray(system.cat_file(uri))
    data[30 + len("0.png") + 200] ^= 0xFF
    system.pipe_file(uri, bytes(data))
    with pytest.raises(PhotoError, match=r"0\.png: .*damaged"):
        source.photos[0].read()
    assert source.photos[1].read() == drawn(1)


def test_the_command_takes_one_in(bucket, tiny_folder, tmp_path):
    path = archive(tmp_path / "photos.zip", {f"{n}.png": drawn(n) for n in range(3)} | {"../out.png": drawn(3)})
    uri = f"{bucket.uri}/wall/photos.zip"
    package("fsspec").filesystem("s3").pipe_file(uri, path.read_bytes())
    database = tmp_path / "records.sqlite"
    command = [sys.executable, "-m", "crackxai", "inspect", uri, "--inspection", "Bridge 7", "--json"]
    command += ["--db", str(database), "--model", str(tiny_folder)]
    environment = {name: value for name, value in os.environ.items() if name != remote_files.VARIABLE}
    environment |= {"CRACKXAI_STORE": str(tmp_path / "copies"), "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [each["photo"] for each in said["photos"]] == ["0.png", "1.png", "2.png"]
    assert [each["file"] for each in said["left_out"]] == ["../out.png"]
    assert not [*(tmp_path / "temporary").rglob("*.zip")]
    with open_records(database, store=tmp_path / "copies") as records:
        (inspection,) = records.inspections()
        assert [row.said.path for row in records.photos(inspection.inspection)] == [None] * 3
        assert len(records.store.names()) == 3
