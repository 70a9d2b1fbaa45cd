"""Where the photos of a run come from, one at a time: a folder, or whatever keeps `PhotoSource`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crackxai.inspection import source_errors
from crackxai.inspection.remote_files import RemotePlace, is_uri
from crackxai.photo import list_photos
from crackxai.photo.reading import read_file


@dataclass(frozen=True)
class SourcePhoto:
    """A file that is, or claims to be, a photo; not read yet.

    Attributes
    ----------
    place : where it is in the source, for people: "north/IMG_1.jpg". name : its last part.
    path : where it can be left, a URI as text; None where it has to be copied to last.
    read : its bytes, in any thread. Raises PhotoError: this one cannot be read; SourceError: nor can the rest.
    """

    place: str
    name: str
    path: Path | str | None
    read: Callable[[], bytes]


@dataclass(frozen=True)
class LeftOut:
    """What of a source is no photo. why : words, a `Message` where they can be said in another language."""

    place: str
    why: str


class PhotoSource(Protocol):
    """Photos in a fixed order, and what is none."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def photos(self) -> Sequence[SourcePhoto]:
        """In order."""

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """In order."""

    def close(self) -> None:
        """Let go of what is open."""


class FolderSource:
    """The photos in a folder and those below it, by path. Links that lead out of it are left out.

    Parameters
    ----------
    lasting : whether its files stay where they are, so that they need no copy.

    Raises
    ------
    SourceError : it is no folder, or cannot be read.
    """

    def __init__(self, folder: Path, name: str = "", lasting: bool = True) -> None:
        if not folder.is_dir():
            raise source_errors.no_source(folder)
        try:
            next(folder.iterdir(), None)
        except OSError as error:
            raise source_errors.unreadable_source(folder, error) from error
        self.name = name or folder.name or str(folder)
        found = list_photos(folder, inside=True)

        def place(path: Path) -> str:
            return path.relative_to(folder).as_posix()

        def photo(path: Path) -> SourcePhoto:
            return SourcePhoto(place(path), path.name, path if lasting else None, lambda: read_file(path, place(path)))

        self.photos: tuple[SourcePhoto, ...] = tuple(photo(path) for path in found.photos)
        self.left_out = tuple(LeftOut(place(path), why) for path, why in found.left_out)

    def close(self) -> None:
        """Nothing is open."""


def open_source(place: Path | str | RemotePlace) -> PhotoSource:
    """A folder, a ZIP archive, or what lies at a URI. Raises SourceError: it is none of these, or cannot be read."""
    from crackxai.inspection.photo_archive import ArchiveSource
    from crackxai.inspection.remote_archive import archive_at
    from crackxai.inspection.remote_source import RemoteSource

    if isinstance(place, str) and is_uri(place):
        place = RemotePlace.read(place)
    if isinstance(place, RemotePlace):
        archive = archive_at(place)
        return RemoteSource(place) if archive is None else ArchiveSource(archive, place.name)
    path = Path(place)
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        return ArchiveSource(path)
    raise source_errors.no_source(path)
