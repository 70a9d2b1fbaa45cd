"""Photos and their copies at URIs: on a real S3-compatible server, and on a second file system of fsspec."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from crackxai.errors import PhotoError, RecordsError, SourceError
from crackxai.inspection import remote_files
from crackxai.inspection.originals import read_original
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.photo_store import RemoteStore
from crackxai.inspection.records.records import open_records
from crackxai.inspection.remote_files import RemotePlace
from tests.inspection.photo_folders import drawn
from tests.inspection.records.test_photo_store import DATA, SHA
from tests.served import ROOT
from tests.serving.needed import package

Put = Callable[[str, bytes], None]


@pytest.fixture(params=["s3", "memory"])
def place(request, monkeypatch) -> tuple[str, Put]:
    """An empty place that may be read, and how others put files there."""
    uri = request.getfixturevalue("bucket").uri if request.param == "s3" else f"memory://{uuid.uuid4().hex}"
    system = package("fsspec").filesystem(request.param)

    def put(name: str, data: bytes) -> None:
        system.pipe_file(f"{uri}/{name}", data)

    monkeypatch.setenv(remote_files.VARIABLE, uri)
    return uri, put


def test_the_photos_below_a_place_are_found_in_order(place):
    uri, put = place
    for name, data in {
        "wall/b.png": drawn(1),
        "wall/north/a": drawn(2),
        "wall/a.JPG": b"damaged",
        "wall/notes.txt": b"none",
        "wall/.hidden.png": drawn(3),
        "wall-2/c.png": drawn(4),
    }.items():
        put(name, data)
    source = open_source(f"{uri}/wall/")
    assert source.name == "wall"
    assert [photo.place for photo in source.photos] == ["a.JPG", "b.png", "north/a"]
    assert [photo.path for photo in source.photos] == [f"{uri}/wall/{name}" for name in ("a.JPG", "b.png", "north/a")]
    assert [photo.read() for photo in source.photos] == [b"damaged", drawn(1), drawn(2)]
    assert {each.place: each.why.name for each in source.left_out} == {
        ".hidden.png": "left-out.hidden",
        "notes.txt": "left-out.no-photo",
    }
    put("wall/new.png", drawn(5))
    assert "new.png" in [photo.place for photo in open_source(f"{uri}/wall").photos], "another server's photo"


def test_one_that_is_gone_or_too_large_is_told_and_the_rest_goes_on(place, monkeypatch):
    uri, put = place
    put("a.png", drawn(1))
    put("b.png", drawn(2))
    source = open_source(uri)
    with monkeypatch.context() as patched:
        patched.setattr("crackxai.inspection.remote_source.MAX_BYTES", len(drawn(2)) - 1)
        with pytest.raises(PhotoError, match=r"b\.png: expected at most"):
            source.photos[1].read()
    files = remote_files.RemoteFiles(RemotePlace.read(uri))
    files.remove("a.png")
    with pytest.raises(PhotoError, match=r"a\.png: cannot be read"):
        source.photos[0].read()


def test_a_run_over_a_place_keeps_its_copies_in_another(place, tiny_model, tmp_path, monkeypatch):
    from crackxai.inspection.folder_run import FolderRun
    from crackxai.inspection.folder_settings import FolderSettings

    uri, put = place
    for number in range(4):
        put(f"wall/{number}.png", drawn(number))
    put("wall/twice.png", drawn(1))
    put("wall/broken.jpg", b"none")
    monkeypatch.setenv("CRACKXAI_STORE", f"{uri}/copies")
    with open_records(tmp_path / "records.sqlite") as records:
        inspection = records.add_inspection(Inspection("Bridge 7")).inspection
        for copy in (False, True, True):
            run = FolderRun(tiny_model, open_source(f"{uri}/wall"), records, inspection, FolderSettings(copy=copy))
            run.advance()
            run.close()
            assert (len(run.result().outcomes), len(run.result().duplicates), len(run.result().failures)) == (4, 1, 1)
        rows = records.photos(inspection)
        assert [row.said.path for row in rows] == [f"{uri}/wall/{number}.png" for number in range(4)]
        assert {row.said.stored for row in rows} == records.store.names()
        assert len(records.store.names()) == 4
        assert len(records.judgements(inspection)) == 4
        assert audit(records.database).fits
        files = remote_files.RemoteFiles(RemotePlace.read(f"{uri}/wall"))
        for number in range(4):
            files.remove(f"{number}.png")
        assert [read_original(records.store, row.said) for row in rows] == [drawn(number) for number in range(4)]
        put("wall/0.png", drawn(0))
        records.store.remove(str(rows[0].said.stored))
        records.store.remove(str(rows[1].said.stored))
        assert read_original(records.store, rows[0].said) == drawn(0), "where it was found"
        with pytest.raises(PhotoError, match="received nothing there"):
            read_original(records.store, rows[1].said)
        records.delete_inspection(inspection, "test")
        assert records.store.names() == set()


def test_no_key_of_the_store_is_written_into_records(bucket, tiny_folder, tmp_path):
    """The command, in a process of its own, maps and all; and begun again it computes nothing."""
    for number in range(3):
        package("fsspec").filesystem("s3").pipe_file(f"{bucket.uri}/wall/{number}.png", drawn(number))
    database = tmp_path / "records.sqlite"
    command = [sys.executable, "-m", "crackxai", "inspect", f"{bucket.uri}/wall", "--inspection", "Bridge 7", "--json"]
    command += ["--db", str(database), "--model", str(tiny_folder), "--explain-worst", "1"]
    environment = {**os.environ, "CRACKXAI_STORE": f"{bucket.uri}/copies"}
    environment.pop(remote_files.VARIABLE, None)
    for came, made in (("judged", 1), ("already", 0)):
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert [each["came"] for each in said["photos"]] == [came] * 3
        assert said["maps"] == {"made": made, "known": 1 - made, "failures": []}
    written = b"".join(path.read_bytes() for path in tmp_path.glob("records.sqlite*"))
    assert f"{bucket.uri}/wall/0.png".encode() in written
    for secret in (bucket.environment["AWS_SECRET_ACCESS_KEY"], bucket.environment["AWS_ACCESS_KEY_ID"]):
        assert secret.encode() not in written
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["../../etc/passwd", "ab/x", f"{SHA[:2]}/{SHA}/..", "probe-1"])
def test_the_store_gives_and_takes_its_own_copies_alone(place, name):
    uri, put = place
    put("probe-1", b"not ours")
    store = RemoteStore(RemotePlace.read(uri))
    for ask in (lambda: store.read(name, 100), lambda: store.remove(name)):
        with pytest.raises(RecordsError, match="expected the name of a stored copy"):
            ask()
    assert store.names() == set()


def test_a_store_keeps_one_copy_and_refuses_another_photo(place):
    uri, _ = place
    store = RemoteStore(RemotePlace.read(f"{uri}/copies"))
    kept = store.keep(DATA, SHA, "Wall.JPG")
    assert (kept, store.keep(DATA, SHA, "wall.jpg")) == (f"{SHA[:2]}/{SHA}.jpg",) * 2
    assert store.names() == {kept}
    assert store.read(kept, len(DATA)) == DATA
    assert store.read(kept, len(DATA) - 1) is None
    with pytest.raises(RecordsError, match="received another file"):
        store.keep(DATA, "0" * 64, "wall.jpg")
    store.try_writing()
    assert store.names() == {kept}


def test_copies_are_written_before_other_writers_have_to_wait(bucket, tiny_model, tmp_path, monkeypatch):
    from crackxai.inspection.folder_run import FolderRun
    from crackxai.inspection.folder_settings import FolderSettings
    from tests.inspection.photo_folders import photos

    monkeypatch.setenv("CRACKXAI_STORE", f"{bucket.uri}/copies")
    written: list[bool] = []
    whole = remote_files.RemoteFiles.write
    with open_records(tmp_path / "records.sqlite") as records:

        def write(self, name: str, data: bytes) -> None:
            written.append(records._within_another)
            whole(self, name, data)

        monkeypatch.setattr(remote_files.RemoteFiles, "write", write)
        inspection = records.add_inspection(Inspection("Bridge 7")).inspection
        source = open_source(photos(tmp_path / "wall", range(3)))
        run = FolderRun(tiny_model, source, records, inspection, FolderSettings(copy=True))
        run.advance()
        run.close()
        assert len(records.store.names()) == 3
    assert written == [False] * 3


def test_a_store_that_refuses_is_a_clear_error(bucket, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    package("fsspec").get_filesystem_class("s3").clear_instance_cache()
    with pytest.raises(SourceError, match="does not answer as expected") as raised:
        open_source(f"{bucket.uri}/wall")
    assert raised.value.message.name == "folder-error.unlisted"
    assert "wrong" not in raised.value.message
    monkeypatch.setenv("CRACKXAI_STORE", "s3://key:secret@bucket")
    with pytest.raises(RecordsError, match="expected a place such as") as told:
        open_records(Path(os.environ["CRACKXAI_DB"]))
    assert "secret" not in str(told.value)
