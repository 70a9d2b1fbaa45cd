"""The file of a recorded photo: its copy in the store, or where it was found, if it is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from crackxai.errors import Message, PhotoError
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.inspection.remote_files import is_uri, read_uri
from crackxai.photo import MAX_BYTES, Photo, read_photo


def _found(store: PhotoStore, photo: PhotoFile) -> Iterator[bytes | None]:
    """What is at each of its places, the copy first; None: nothing, or what may not be read. Empty: a larger file."""
    if photo.stored is not None and store.keeps:
        yield store.read(photo.stored, MAX_BYTES)
    if photo.path is not None and is_uri(photo.path):
        yield read_uri(photo.path, MAX_BYTES)
    elif photo.path is not None:
        path = Path(photo.path)
        try:
            yield path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        except OSError:
            yield None


def read_original(store: PhotoStore, photo: PhotoFile) -> bytes:
    """The bytes of its file, of the recorded SHA-256.

    Raises
    ------
    PhotoError : it is at none of its places, cannot be read, or is another file by now.
    """
    changed = False
    for data in _found(store, photo):
        if data is not None and hashlib.sha256(data).hexdigest() == photo.sha256:
            return data
        changed |= data is not None
    if changed:
        raise PhotoError(
            Message(
                "original.changed",
                "{name}: expected the photo that was judged, received another file of its name. Put the photo back, or "
                "judge the new one.",
                name=photo.name,
            )
        )
    raise PhotoError(
        Message(
            "original.gone",
            "{name}: expected the photo where it was found ({path}), received nothing there. Put it back; what was "
            "recorded of it stays.",
            name=photo.name,
            path=photo.path or "-",
        )
    )


def read_recorded(store: PhotoStore, photo: PhotoFile) -> Photo:
    """The photo itself, by its recorded name. Raises PhotoError, also where its bytes can no longer be read as one."""
    return read_photo(read_original(store, photo), photo.name)
