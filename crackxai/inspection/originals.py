"""The file of a recorded photo: its copy in the store, or where it was found, if it is still the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

from crackxai.errors import Message, PhotoError
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.photo import MAX_BYTES, Photo, read_photo


def places(store: PhotoStore, photo: PhotoFile) -> list[Path]:
    """Where its file may be: the copy first."""
    found = []
    if photo.stored is not None and store.folder is not None:
        found.append(store.path(photo.stored))
    return found + ([] if photo.path is None else [Path(photo.path)])


def read_original(store: PhotoStore, photo: PhotoFile) -> bytes:
    """The bytes of its file, of the recorded SHA-256.

    Raises
    ------
    PhotoError : it is at none of its places, cannot be read, or is another file by now.
    """
    changed = False
    for path in places(store, photo):
        try:
            if path.stat().st_size > MAX_BYTES:
                changed = True
                continue
            data = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == photo.sha256:
            return data
        changed = True
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
