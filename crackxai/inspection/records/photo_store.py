"""Copies of photos beside the database, named by their content: one of each, however many inspections have it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from crackxai.errors import RecordsError
from crackxai.files import make_folder, write_file

NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(\.[a-z0-9]{1,8})?")


class PhotoStore:
    """A folder of one database. A copy is ``ab/abcd….jpg``, by the SHA-256 of its bytes.

    Parameters
    ----------
    folder : made with the first copy. None: there is none, and nothing is copied.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def keep(self, source: Path, sha256: str) -> str:
        """Copy a photo; returns the copy's name.

        Raises
        ------
        RecordsError : the file is another than that of ``sha256``, or cannot be read.
        OutputError : the copy cannot be written.
        """
        try:
            data = source.read_bytes()
        except OSError as error:
            raise RecordsError(f"{source}: the photo cannot be read: {error.strerror or error}.") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RecordsError(
                f"{source}: expected the photo of SHA-256 {sha256[:12]}…, received another file. It was changed since "
                "it was judged: judge it again."
            )
        return self.keep_bytes(data, sha256, source.suffix)

    def keep_bytes(self, data: bytes, sha256: str, ending: str) -> str:
        """`keep`, of a photo's bytes, which are those of ``sha256``. ending : of its name, such as ".jpg"."""
        name = f"{sha256[:2]}/{sha256}{ending.lower()}"
        if not NAME.fullmatch(name):
            name = name[:67]
        path = self.path(name)
        if not path.exists():
            make_folder(path.parent)
            write_file(path, data)
        return name

    def path(self, name: str) -> Path:
        """Where a copy of that name lies. Raises RecordsError where there is no folder, or the name leads out of it."""
        if self.folder is None:
            raise RecordsError(
                "expected a folder for copies of photos beside this database, received none. Open the records with a "
                "store, or leave the photos where they are."
            )
        if not NAME.fullmatch(name):
            raise RecordsError(f"expected the name of a stored copy, received {name!r}.")
        return self.folder / name

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
