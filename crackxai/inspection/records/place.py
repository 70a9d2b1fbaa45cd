"""Where the records lie, and where they may not."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import platformdirs
import psutil
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from crackxai.errors import Message, RecordsError

VARIABLE = "CRACKXAI_DB"
"""Environment variable: a file, or the URL of a database."""
FILE = "records.sqlite"
NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "webdav", "davfs"),
        *("ceph", "glusterfs", "lustre", "gpfs", "beegfs", "orangefs", "pvfs2", "gfs2", "ocfs2"),
        *("9p", "vboxsf", "prl_fs"),
        *("fuse.sshfs", "fuse.smbnetfs", "fuse.curlftpfs", "fuse.davfs", "fuse.davfs2", "fuse.s3fs", "fuse.rclone"),
        *("fuse.gvfsd-fuse", "fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "macfuse"),
    }
)
"""File systems of other computers, as mount tables call them: of Linux, macOS and its `mount`, and of virtual machines
(9p, vboxsf, prl_fs), whose folders belong to the host."""


class Mount(NamedTuple):
    """A line of the mount table: where, which file system, and its options; Windows tells "remote" there."""

    point: str
    system: str
    options: str = ""


def place_of(given: str | os.PathLike[str] | None = None) -> Path | URL:
    """The file of SQLite, absolute, or the URL of PostgreSQL.

    Parameters
    ----------
    given : a file, or a URL ``postgresql://user:password@host/name`` or ``sqlite:///file``. None: what `CRACKXAI_DB`
        says, else a file in the user's data folder.

    Raises
    ------
    RecordsError : a URL of another kind of database.
    """
    chosen = os.fspath(given) if given is not None else os.environ.get(VARIABLE, "")
    if not chosen:
        return platformdirs.user_data_path("CrackXAI", appauthor=False) / FILE
    if "://" not in chosen:
        return Path(chosen).expanduser().absolute()
    try:
        url = make_url(chosen)
    except (ArgumentError, ValueError) as error:
        raise RecordsError(
            "expected a file or a URL such as postgresql://user@host/name for the records, received a URL that cannot "
            "be read. Write characters of a password that are not letters or digits as %XX."
        ) from error
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return Path(url.database).expanduser().absolute()
    if backend not in ("postgresql", "postgres"):
        raise RecordsError(
            f"expected a file, or a URL of sqlite:///FILE or postgresql://, for the records, received one of "
            f"{url.drivername}. Give {VARIABLE} one of these."
        )
    return url.set(drivername="postgresql+psycopg")


def refuse_network_share(file: Path, mounts: Iterable[Mount] | None = None) -> None:
    """Raise where SQLite's file would lie on another computer.

    Parameters
    ----------
    mounts : the mount table; None: this computer's.

    Raises
    ------
    RecordsError : it would.
    """
    system = network_system(os.path.realpath(file), mount_table() if mounts is None else mounts)
    if system is not None:
        raise RecordsError(
            Message(
                "records-error.network-share",
                "{file}: expected a place on this computer for SQLite's file, received one on a "
                "network share ({system}). SQLite relies on locks and shared memory, which "
                "shares do not keep: two writers would damage the records. Name a local file "
                "with CRACKXAI_DB, or, for several computers, a PostgreSQL database "
                "(postgresql://user@host/name).",
                file=file,
                system=system,
            )
        )


def network_system(file: str, mounts: Iterable[Mount]) -> str | None:
    """The network file system that ``file`` lies on, an absolute path without links; None where it is a local one."""
    if file.startswith("\\\\"):
        return "UNC path"
    best: Mount | None = None
    for mount in mounts:
        # The deepest mount counts, and of several at one place the last, which hides the others.
        if _below(file, mount.point) and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    if best is None:
        return None
    if best.system == "9p" and best.point == "/":
        return None  # a sandbox's own disk, such as gVisor's: nobody else has it
    remote = "remote" in best.options.split(",")
    return best.system or "remote" if remote or best.system.lower() in NETWORK else None


def mount_table() -> list[Mount]:
    """This computer's; empty where the system does not tell it."""
    try:
        return [Mount(part.mountpoint, part.fstype, part.opts) for part in psutil.disk_partitions(all=True)]
    except (OSError, RuntimeError):
        return []


def _below(file: str, point: str) -> bool:
    if "\\" in point:  # a drive of Windows, whose names have no case
        return file.lower().startswith(point.lower())
    return file == point or file.startswith(point.rstrip("/") + "/")
