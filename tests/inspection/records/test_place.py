"""Where records lie, by a made-up mount table."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from crackxai import RecordsError
from crackxai.inspection.records import place as place_module
from crackxai.inspection.records.place import Mount, mount_table, network_system, place_of, refuse_network_share
from crackxai.inspection.records.records import open_records

MOUNTS = [
    Mount("/", "ext4"),
    Mount("/home", "nfs4", "rw,vers=4.2"),
    Mount("/home/ada/local", "ext4"),
    Mount("/mnt/my share", "cifs"),
    Mount("/mnt/twice", "ext4"),
    Mount("/mnt/twice", "fuse.sshfs"),
    Mount("/Volumes/share", "smbfs", "rw,nosuid"),
    Mount("C:\\", "NTFS", "rw,fixed"),
    Mount("Z:\\", "NTFS", "rw,remote"),
    Mount("Y:\\", "", "remote"),
]


@pytest.mark.parametrize(
    ("file", "system"),
    [
        ("/srv/records.sqlite", None),
        ("/home/ada/records.sqlite", "nfs4"),
        ("/home/ada/local/records.sqlite", None),
        ("/home/ada/localized.sqlite", "nfs4"),
        ("/homes/records.sqlite", None),
        ("/mnt/my share/records.sqlite", "cifs"),
        ("/mnt/twice/records.sqlite", "fuse.sshfs"),
        ("/Volumes/share/records.sqlite", "smbfs"),
        ("C:\\data\\records.sqlite", None),
        ("z:\\data\\records.sqlite", "NTFS"),
        ("Y:\\records.sqlite", "remote"),
        ("\\\\server\\share\\records.sqlite", "UNC path"),
    ],
)
def test_which_files_lie_on_a_network(file, system):
    assert network_system(file, MOUNTS) == system


def test_a_sandboxs_own_disk_is_local():
    assert network_system("/root/records.sqlite", [Mount("/", "9p")]) is None
    assert network_system("/mnt/c/records.sqlite", [Mount("/", "ext4"), Mount("/mnt/c", "9p")]) == "9p"


def test_a_share_is_refused_with_the_reason(tmp_path, monkeypatch):
    """Through a link too, and before anything is written."""
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "link").symlink_to(share)
    monkeypatch.setattr(place_module, "mount_table", lambda: [Mount("/", "ext4"), Mount(str(share.resolve()), "nfs")])
    with pytest.raises(RecordsError, match=r"network share \(nfs\).*locks.*CRACKXAI_DB.*PostgreSQL"):
        open_records(tmp_path / "link" / "records.sqlite")
    assert not list(share.iterdir())


def test_this_computers_own_table(tmp_path):
    assert mount_table()
    refuse_network_share(tmp_path / "records.sqlite", [Mount("/", "ext4")])


def test_without_a_mount_table_nothing_is_refused(monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(place_module.psutil, "disk_partitions", fails)
    assert mount_table() == []
    assert network_system("/anywhere", []) is None


def test_by_default_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("CRACKXAI_DB", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = place_of()
    assert isinstance(found, Path)
    assert found.name == "records.sqlite"
    assert found.parent.name == "CrackXAI"


def test_the_environment_names_a_file_or_a_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRACKXAI_DB", "my.sqlite")
    assert place_of() == tmp_path / "my.sqlite"
    assert place_of("other.sqlite") == tmp_path / "other.sqlite"
    monkeypatch.setenv("CRACKXAI_DB", f"sqlite:///{tmp_path}/my.sqlite")
    assert place_of() == tmp_path / "my.sqlite"
    monkeypatch.setenv("CRACKXAI_DB", "postgresql://ada:secret@db.example/cracks")
    url = place_of()
    assert isinstance(url, URL)
    assert (url.drivername, url.database) == ("postgresql+psycopg", "cracks")


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "postgresql://host:port/x"])
def test_other_urls_are_refused(url):
    with pytest.raises(RecordsError, match=r"expected a file"):
        place_of(url)
