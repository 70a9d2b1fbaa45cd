"""Copies of photos beside the database, named by their content: one of each, however many inspections have it."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path

from crackxai.errors import Message, OutputError, RecordsError, SourceError
from crackxai.files import make_folder, write_file
from crackxai.inspection.remote_files import RemoteFiles, RemotePlace, is_uri, why

VARIABLE = "CRACKXAI_STORE"
"""Environment variable: a folder, or a URI such as ``s3://bucket/prefix``, for copies of photos. Several servers with
one database share it; it is for one database alone."""
NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(\.[a-z0-9]{1,8})?")


class PhotoStore:
    """A folder of one database. A copy is ``ab/abcd….jpg``, by the SHA-256 of its bytes.

    Parameters
    ----------
    folder : made with the first copy. None: there is none, and nothing is copied.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    far = False
    """Whether a copy takes so long that it is better written before other writers have to wait for it."""

    @property
    def keeps(self) -> bool:
        """Whether there is a place for copies."""
        return self.folder is not None

    def keep(self, source: Path | bytes, sha256: str, name: str = "") -> str:
        """Copy a photo; returns the copy's name.

        Parameters
        ----------
        source : where it lies, or the file's bytes, for which ``name`` tells the ending.

        Raises
        ------
        RecordsError : the file is another than that of ``sha256``, or cannot be read.
        OutputError : the copy cannot be written.
        """
        if isinstance(source, bytes):
            data, told, suffix = source, name or "photo", Path(name).suffix
        else:
            told, suffix = str(source), source.suffix
            try:
                data = source.read_bytes()
            except OSError as error:
                raise RecordsError(
                    Message(
                        "records-error.photo-unreadable",
                        "{photo}: the photo cannot be read: {why}.",
                        photo=source,
                        why=error.strerror or error,
                    )
                ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RecordsError(
                Message(
                    "records-error.photo-changed",
                    "{photo}: expected the photo of SHA-256 {hash}…, received another file. It was "
                    "changed since it was judged: judge it again.",
                    photo=told,
                    hash=sha256[:12],
                )
            )
        name = f"{sha256[:2]}/{sha256}{suffix.lower()}"
        if not NAME.fullmatch(name):
            name = name[:67]
        self._write(name, data)
        return name

    def read(self, name: str, most: int) -> bytes | None:
        """The copy of that name; None: it is not there, larger than ``most`` bytes, or cannot be read.

        Raises
        ------
        RecordsError : the name leads out of the store.
        """
        path = self.path(name)
        try:
            return path.read_bytes() if path.stat().st_size <= most else None
        except OSError:
            return None

    def path(self, name: str) -> Path:
        """Where a copy of that name lies. Raises RecordsError where there is no folder, or the name leads out of it."""
        if self.folder is None:
            raise RecordsError(
                Message(
                    "records-error.no-store",
                    "expected a folder for copies of photos beside this database, received none. "
                    "Name one with CRACKXAI_STORE, or leave the photos where they are.",
                )
            )
        return self.folder / _checked(name)

    def names(self) -> set[str]:
        """Of all copies that are there."""
        if self.folder is None or not self.folder.is_dir():
            return set()
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.glob("*/*"))
        return {name for name in found if NAME.fullmatch(name)}

    def remove(self, name: str) -> None:
        """Remove a copy; nothing where it is gone already."""
        try:
            os.unlink(self.path(name))
        except FileNotFoundError:
            return
        except OSError as error:
            raise RecordsError(
                f"{self.path(name)}: the copy cannot be removed: {error.strerror or error}. Remove it by hand."
            ) from error

    def try_writing(self) -> None:
        """Write a file and remove it. Raises OutputError where that fails; does nothing where there is no store."""
        if self.folder is None:
            return
        path = self.folder / f"probe-{uuid.uuid4().hex}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
            path.unlink()
        except OSError as error:
            raise OutputError(f"{self.folder}: copies cannot be written: {error.strerror or error}.") from error

    def _write(self, name: str, data: bytes) -> None:
        path = self.path(name)
        if not path.exists():
            make_folder(path.parent)
            write_file(path, data)


class RemoteStore(PhotoStore):
    """The same at a URI, for several servers. Raises SourceError: no such kind of store, or a package is missing."""

    def __init__(self, place: RemotePlace) -> None:
        super().__init__(None)
        self.far = True
        self._files = RemoteFiles(place)

    @property
    def keeps(self) -> bool:
        return True

    def read(self, name: str, most: int) -> bytes | None:
        name = _checked(name)
        try:
            return self._files.read(name) if self._files.size(name) <= most else None
        except Exception:  # whatever a store's client raises
            return None

    def names(self) -> set[str]:
        try:
            return {name for name, _ in self._files.list() if NAME.fullmatch(name)}
        except Exception as error:  # whatever a store's client raises
            raise RecordsError(f"{self._files.place}: the copies cannot be listed: {why(error)}.") from error

    def remove(self, name: str) -> None:
        name = _checked(name)
        try:
            self._files.remove(name)
        except FileNotFoundError:
            return
        except Exception as error:  # whatever a store's client raises
            raise RecordsError(
                f"{self._files.place}/{name}: the copy cannot be removed: {why(error)}. Remove it by hand."
            ) from error

    def try_writing(self) -> None:
        name = f"probe-{uuid.uuid4().hex}"
        try:
            self._files.write(name, b"probe")
            self._files.remove(name)
        except Exception as error:  # whatever a store's client raises
            raise OutputError(f"{self._files.place}: copies cannot be written: {why(error)}.") from error

    def _write(self, name: str, data: bytes) -> None:
        try:
            # Equal names are equal bytes: two servers that write one at once do no harm.
            if not self._files.exists(name):
                self._files.write(name, data)
        except Exception as error:  # whatever a store's client raises
            raise OutputError(
                f"{self._files.place}: expected a place where copies can be written: {why(error)}. Check the place, "
                "the keys and the network."
            ) from error


def photo_store(given: Path | None, beside: Path | None) -> PhotoStore:
    """The store that is given, or that `CRACKXAI_STORE` names, or the folder beside the database; else none.

    Raises
    ------
    RecordsError : `CRACKXAI_STORE` is a URI that cannot be used.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if given is not None or not named:
        return PhotoStore(given or beside)
    if not is_uri(named):
        return PhotoStore(Path(named).expanduser().absolute())
    try:
        return RemoteStore(RemotePlace.read(named))
    except SourceError as error:
        raise RecordsError(error.message) from error


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise RecordsError(f"expected the name of a stored copy, received {name!r}.")
    return name
