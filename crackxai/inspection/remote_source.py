"""The photos at a URI, read one at a time; nothing is downloaded that is not judged."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath

from crackxai.errors import Message, PhotoError, SourceError
from crackxai.inspection import source_errors
from crackxai.inspection.photo_source import LeftOut, SourcePhoto
from crackxai.inspection.remote_files import RemoteFiles, RemotePlace, why
from crackxai.photo import MAX_BYTES, is_photo
from crackxai.photo.folders import ENDINGS, HIDDEN, NO_PHOTO, is_systems_own

BEGINNING = 32
"""Bytes by which a photo without a photo's ending is known."""


class RemoteSource:
    """Keeps `crackxai.inspection.photo_source.PhotoSource`; the photos are in the order of their names.

    Raises
    ------
    SourceError : the place cannot be listed. From a photo's ``read``, too: the store does not answer.
    """

    def __init__(self, place: RemotePlace) -> None:
        self.name = place.name
        self._files = RemoteFiles(place)
        try:
            listed = sorted(self._files.list())
        except Exception as error:  # whatever a store's client raises
            raise source_errors.unlisted(str(place), why(error)) from error
        photos, left_out = [], []
        for name, size in listed:
            if reason := self._no_photo(name, size):
                left_out.append(LeftOut(name, reason))
            else:
                uri = str(place.below(name))
                photos.append(SourcePhoto(name, PurePosixPath(name).name, uri, partial(self._read, name, size)))
        self.photos, self.left_out = tuple(photos), tuple(left_out)

    def close(self) -> None:
        """Nothing is open."""

    def _no_photo(self, name: str, size: int) -> Message | None:
        """Why a file is none; None where it is one, or claims to be."""
        if name.endswith("/") and not size:
            return source_errors.NO_FILE  # what some programs put where they show a folder
        try:
            self._files.place.below(name)
        except SourceError:
            return source_errors.LEADS_OUT_OF_PLACE
        path = PurePosixPath(name)
        if any(is_systems_own(part) for part in path.parts):
            return HIDDEN
        if path.suffix.lower() in ENDINGS:
            return None
        try:
            return None if size and is_photo(self._files.read(name, BEGINNING)) else NO_PHOTO
        except Exception as error:  # whatever a store's client raises
            return source_errors.unreadable_left_out(why(error))

    def _read(self, name: str, size: int) -> bytes:
        if size > MAX_BYTES:
            raise PhotoError(source_errors.too_large_file(name, MAX_BYTES))
        try:
            data = self._files.read(name)
        except (FileNotFoundError, PermissionError) as error:
            raise PhotoError(source_errors.unreadable_file(name, why(error))) from error
        except Exception as error:
            # Not the photo's fault: the run stops here, and can be gone on with.
            raise source_errors.unlisted(str(self._files.place), why(error)) from error
        if len(data) > MAX_BYTES:
            raise PhotoError(source_errors.too_large_file(name, MAX_BYTES))
        return data
