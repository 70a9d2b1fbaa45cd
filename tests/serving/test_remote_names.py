"""What may be named as a place of photos, and what is refused."""

from __future__ import annotations

import pytest

from crackxai.errors import Message, SourceError
from crackxai.inspection import remote_files
from crackxai.inspection.remote_files import RemoteFiles, RemotePlace, may_read, named, read_uri, trust
from crackxai.ui import photo_folders


@pytest.fixture(autouse=True)
def nothing_trusted(monkeypatch):
    monkeypatch.setattr(remote_files, "_trusted", set())


@pytest.mark.parametrize("text", ["s3://bucket", "s3://bucket/", "s3://bucket/a b/牆#5.jpg", "memory://x/y"])
def test_a_place_is_said_again_as_it_was(text):
    assert str(RemotePlace.read(text)) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/../other",
        "s3://bucket/a/../../other/x.jpg",
        "s3://bucket/./a",
        "s3://bucket//a",
        "s3:///bucket",
        "s3://",
        "s3:/bucket",
        "S3://bucket",
        "s3://bucket/%2e%2e/other",
        "s3://bucket/a%2Fb",
        "s3://bucket/a\\..\\b",
        "s3://bucket/a?versionId=1",
        "s3://key:secret@bucket/a",
        "s3://host:9000/bucket",
        "s3://bucket/a\n",
        "s3://bucket/a\x00b",
        "simplecache::s3://bucket/a",
        "zip://a.jpg::s3://bucket/a.zip",
        "/srv/photos",
        "",
    ],
)
def test_what_could_lead_elsewhere_is_none(text):
    if text == "s3://bucket/a\n":
        assert str(RemotePlace.read(text)) == "s3://bucket/a"  # as it is pasted
        return
    with pytest.raises(SourceError) as raised:
        RemotePlace.read(text)
    assert isinstance(raised.value.message, Message)
    assert raised.value.message.name == "folder-error.no-uri"
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc",
        "file://etc/passwd",
        "local://etc/passwd",
        "zip://a/b",
        "git://a/b",
        "simplecache://a",
        "nosuch://a/b",
    ],
)
def test_files_of_this_computer_and_wrappers_are_no_place(text):
    pytest.importorskip("fsspec")
    with pytest.raises(SourceError, match="expected a place such as"):
        RemoteFiles(RemotePlace.read(text))


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("s3://b/a", "s3://b/a", True),
        ("s3://b/a/c.jpg", "s3://b/a", True),
        ("s3://b/ab", "s3://b/a", False),
        ("s3://bb/a", "s3://b", False),
        ("s3://b", "s3://b/a", False),
        ("gs://b/a", "s3://b", False),
    ],
)
def test_within(inner, outer, within):
    assert RemotePlace.read(inner).within(RemotePlace.read(outer)) is within


def test_the_owner_names_folders_and_uris_in_one_variable(tmp_path, monkeypatch):
    (tmp_path / "wall").mkdir()
    listed = [str(tmp_path / "wall"), "s3://bridges/2026", "s3://u:p@bridges", str(tmp_path / "gone"), "gs://halls"]
    monkeypatch.setenv(remote_files.VARIABLE, __import__("os").pathsep.join(listed))
    assert [str(each) for each in named()] == [str(tmp_path / "wall"), "s3://bridges/2026", "gs://halls"]


@pytest.mark.parametrize(
    "text",
    [
        "s3://bridges/2025/a",
        "s3://bridges",
        "s3://other/2026",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "s3://bridges/2026/../2025",
        "s3://bridges/2026/%2e%2e/2025",
        "memory://bridges/2026",
    ],
)
def test_the_page_takes_nothing_that_the_owner_did_not_name(text, monkeypatch):
    monkeypatch.setenv(remote_files.VARIABLE, "s3://bridges/2026")
    with pytest.raises(SourceError):
        photo_folders.find(text)
    assert photo_folders.find("s3://bridges/2026/spring/") == RemotePlace("s3", "bridges/2026/spring")


def test_a_record_makes_nobody_ask_an_address_of_its_choice(monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.delenv(remote_files.VARIABLE, raising=False)
    asked = []
    monkeypatch.setattr(remote_files, "RemoteFiles", lambda place: asked.append(place))
    assert read_uri("http://169.254.169.254/latest/meta-data", 100) is None
    assert read_uri("s3://others/wall.jpg", 100) is None
    assert not asked
    trust(RemotePlace.read("s3://own"))
    assert may_read(RemotePlace.read("s3://own/wall.jpg"))
    assert not may_read(RemotePlace.read("s3://owner/wall.jpg"))


def test_the_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(SourceError, match=r'pip install "fsspec') as raised:
        RemoteFiles(RemotePlace.read("s3://bucket"))
    assert raised.value.message.name == "folder-error.no-client"
