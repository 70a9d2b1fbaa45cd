"""ZIP archives as sources: what is read of them, and what cannot be done with them."""

from __future__ import annotations

import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from crackxai.errors import PhotoError, SourceError
from crackxai.inspection.photo_archive import ArchiveSource
from tests.inspection.photo_folders import archive, drawn, zeros

MB = 2**20


def places(source: ArchiveSource) -> list[str]:
    return [photo.place for photo in source.photos]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_photos_are_read_member_by_member(tmp_path, method):
    members = {"north/b.png": drawn(1), "a": drawn(0), "north/": b"", "notes.txt": b"no photo"}
    source = ArchiveSource(archive(tmp_path / "photos.zip", members, method))
    assert places(source) == ["a", "north/b.png"]
    assert [photo.name for photo in source.photos] == ["a", "b.png"]
    assert [photo.path for photo in source.photos] == [None, None]
    assert [photo.read() for photo in source.photos] == [drawn(0), drawn(1)]
    assert [(each.place, str(each.why)) for each in source.left_out] == [("notes.txt", "no photo")]
    source.close()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil.png", "leads out"),
        ("a/../../evil.png", "leads out"),
        ("/etc/evil.png", "leads out"),
        ("..\\evil.png", "leads out"),
        ("\\\\host\\evil.png", "leads out"),
        ("C:\\evil.png", "leads out"),
        ("C:evil.png", "leads out"),
        ("__MACOSX/._a.png", "hidden"),
        (".hidden/a.png", "hidden"),
        ("a/.b.png", "hidden"),
    ],
)
def test_names_that_lead_elsewhere_or_are_hidden_are_left_out(tmp_path, name, why):
    source = ArchiveSource(archive(tmp_path / "photos.zip", {"good.png": drawn(0), name: drawn(1)}))
    assert places(source) == ["good.png"]
    (left,) = source.left_out
    assert why in left.why
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos.zip"]
    source.close()


def test_links_are_left_out(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("link.png")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    source = ArchiveSource(path)
    assert (source.photos, [each.why for each in source.left_out]) == ((), ["a link"])
    source.close()


def flagged(path: Path, flag: int) -> Path:
    """The same archive with a flag set at every member, in both headers."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= flag
    path.write_bytes(data)
    return path


def test_encrypted_members_are_told(tmp_path):
    path = flagged(archive(tmp_path / "photos.zip", {"a.png": drawn(0), "b.txt": b"text"}, 0), 1)
    source = ArchiveSource(path)
    assert source.photos == ()
    assert [(each.place, str(each.why)[:9]) for each in source.left_out] == [
        ("a.png", "encrypted"),
        ("b.txt", "no photo"),
    ]
    source.close()


def test_an_archive_in_the_archive_stays_packed(tmp_path):
    inner = archive(tmp_path / "inner.zip", {"a.png": drawn(0)}).read_bytes()
    source = ArchiveSource(archive(tmp_path / "photos.zip", {"inner.zip": inner, "b.png": drawn(1)}))
    assert places(source) == ["b.png"]
    source.close()


def test_a_bomb_is_refused_by_what_it_says(tmp_path):
    (tmp_path / "bomb.zip").write_bytes(zeros(64 * MB))
    assert (tmp_path / "bomb.zip").stat().st_size < MB
    with pytest.raises(SourceError, match="unfolds to at most 32 MB") as raised:
        ArchiveSource(tmp_path / "bomb.zip", most_bytes=32 * MB)
    assert raised.value.message.name == "folder-error.bomb"


def lying(path: Path, says: int) -> Path:
    """The same archive, whose members say that they unfold to ``says`` bytes each."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset : at + offset + 4] = struct.pack("<I", says)
    path.write_bytes(data)
    return path


def test_a_bomb_that_lies_is_counted_while_it_is_read_and_fills_no_memory(tmp_path):
    """zipfile itself stops at the size that is told; what is more makes the member a damaged one."""
    (tmp_path / "bomb.zip").write_bytes(zeros(256 * MB))
    source = ArchiveSource(lying(tmp_path / "bomb.zip", 1000), most_bytes=32 * MB)
    tracemalloc.start()
    with pytest.raises(PhotoError, match=r"zeros\.jpg: .*damaged"):
        source.photos[0].read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    source.close()
    assert peak < 8 * MB


def test_what_is_read_is_counted_whatever_the_headers_say(tmp_path, monkeypatch):
    """Members that say too little, by a reader that believes them."""
    path = archive(tmp_path / "photos.zip", {f"{n}.jpg": bytes(MB) for n in range(4)})
    source = ArchiveSource(path, most_bytes=4 * MB)
    source._most = 3 * MB + 1
    for photo in source.photos[:3]:
        assert photo.read() == photo.read() == bytes(MB)  # read again, it unfolds to no more
    with pytest.raises(SourceError, match="unfolds to at most 3 MB"):
        source.photos[3].read()
    source.close()


def test_a_member_that_is_too_large_is_told_and_the_others_are_read(tmp_path):
    path = archive(tmp_path / "photos.zip", {"a.jpg": bytes(50 * MB + 1), "b.png": drawn(0)})
    source = ArchiveSource(path)
    with pytest.raises(PhotoError, match=r"a\.jpg: expected at most 50 MB"):
        source.photos[0].read()
    assert source.photos[1].read() == drawn(0)
    source.close()


def test_a_bounded_number_of_members(tmp_path):
    path = archive(tmp_path / "photos.zip", {f"{n}.txt": b"" for n in range(5)}, 0)
    ArchiveSource(path, most_members=5).close()
    with pytest.raises(SourceError, match="at most 4 files"):
        ArchiveSource(path, most_members=4)


def test_the_directory_is_read_up_to_a_bound(tmp_path):
    """A directory of millions of entries would fill the memory before anybody could count them."""
    path = archive(tmp_path / "photos.zip", {f"{n}{'x' * 200}.txt": b"" for n in range(1000)}, 0)
    with pytest.raises(SourceError, match="expected a ZIP archive"):
        ArchiveSource(path, most_members=10)


def test_members_that_lie_over_one_another_are_refused(tmp_path):
    """Each entry of the directory leads to the same bytes, which would be read for each of them."""
    path = archive(tmp_path / "photos.zip", {f"{n}.jpg": bytes(range(256)) * 40 for n in range(9)}, zipfile.ZIP_STORED)
    ArchiveSource(path).close()
    data = path.read_bytes()
    directory = bytearray(data[data.find(b"PK\1\2") :])
    at = -1
    while (at := directory.find(b"PK\1\2", at + 1)) >= 0:
        directory[at + 42 : at + 46] = bytes(4)  # where the member lies
    end = directory.rfind(b"PK\5\6")
    one = data[: data.find(b"PK\3\4", 4)]
    directory[end + 16 : end + 20] = struct.pack("<I", len(one))
    path.write_bytes(one + directory)
    with pytest.raises(SourceError, match="damaged file"):
        ArchiveSource(path)


def test_damaged_members_are_told_and_the_others_are_read(tmp_path):
    path = archive(tmp_path / "photos.zip", {"a.png": drawn(0), "b.png": drawn(1)}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[len("a.png") + 30 + 200] ^= 0xFF
    path.write_bytes(data)
    source = ArchiveSource(path)
    with pytest.raises(PhotoError, match=r"a\.png: .*damaged"):
        source.photos[0].read()
    assert source.photos[1].read() == drawn(1)
    source.close()


@pytest.mark.parametrize("seed", range(60))
def test_no_garbled_archive_does_anything_else_than_tell(tmp_path, seed):
    rng = np.random.default_rng(seed)
    path = archive(tmp_path / "photos.zip", {"a.png": drawn(0), "b/c.png": drawn(1), "d.txt": b"text"})
    data = bytearray(path.read_bytes())
    if seed % 3 == 0:
        data = data[: rng.integers(1, len(data))]
    directory = data.find(b"PK\1\2") if b"PK\1\2" in data else 0
    for at in rng.integers(directory if seed % 2 else 0, len(data), 4):
        data[at] = rng.integers(0, 256)
    path.write_bytes(data)
    try:
        source = ArchiveSource(path)
    except SourceError:
        return
    for photo in source.photos:
        try:
            assert len(photo.read()) < 50 * MB
        except (PhotoError, SourceError):
            continue
    source.close()


def test_names_in_utf8_that_do_not_say_so(tmp_path):
    path = archive(tmp_path / "photos.zip", {"牆.png": drawn(0)}, 0)
    data = path.read_bytes()
    for signature, offset in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
        at = data.find(signature) + offset
        data = data[:at] + bytes([data[at] & ~0x08]) + data[at + 1 :]
    path.write_bytes(data)
    source = ArchiveSource(path)
    assert places(source) == ["牆.png"]
    source.close()
