"""Uploaded photos, or a ZIP of them, moved from the server's memory to its disk until they are judged."""

from __future__ import annotations

import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from crackxai.errors import SourceError
from crackxai.inspection.photo_archive import ArchiveSource
from crackxai.inspection.photo_source import FolderSource, LeftOut, PhotoSource, SourcePhoto
from crackxai.ui.text import later

LONGEST = 120
"""Characters of a name on the disk, the last ones, which have the ending."""


class Upload(Protocol):
    """What Streamlit gives of a file."""

    @property
    def name(self) -> str:
        """As the browser tells it."""


class KeptUploads:
    """A source over files of its own, which go with it.

    Raises
    ------
    SourceError : several ZIP archives, or one beside photos; or the archive is none, see `ArchiveSource`.
    """

    def __init__(self, files: Sequence[IO[bytes]], name: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="crackxai-"))
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        try:
            archives = [file for file in files if zipfile.is_zipfile(file)]
            if archives and len(files) > 1:
                raise SourceError(later("folder.one-archive"))
            for number, file in enumerate(files):
                _write(file, folder, number)
            self._source: PhotoSource = (
                ArchiveSource(next(folder.iterdir()), name) if archives else FolderSource(folder, name, lasting=False)
            )
        except BaseException:
            self._remove()
            raise

    @property
    def name(self) -> str:
        """For people."""
        return self._source.name

    @property
    def photos(self) -> Sequence[SourcePhoto]:
        """In order."""
        return self._source.photos

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """In order."""
        return self._source.left_out

    def close(self) -> None:
        """Remove the files."""
        self._source.close()
        self._remove()


def _write(file: IO[bytes], folder: Path, number: int) -> None:
    """Under its own name where that is free: what the browser calls it is no path."""
    name = "".join(c for c in Path(file.name.replace("\\", "/")).name if c.isprintable())[-LONGEST:].lstrip(".")
    path = folder / (name or str(number))
    if path.exists():
        path = folder / str(number) / path.name
        path.parent.mkdir(exist_ok=True)
    file.seek(0)
    with path.open("xb") as kept:
        shutil.copyfileobj(file, kept)
