"""Which files of a folder are photos, and which are left out and why: one answer for all that reads folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crackxai.errors import Message
from crackxai.photo.formats import is_photo

ENDINGS = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".heic", ".heif",
     ".hif")
)  # fmt: skip
"""Of names that claim to be a photo of a format that is read: where the bytes are none, that is an error to be told."""
_OF_THE_SYSTEM = frozenset(
    ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "$recycle.bin", "system volume information",
     "@eadir")
)  # fmt: skip
"""What Windows, macOS and network disks put into folders, in small letters."""
HIDDEN = Message("left-out.hidden", "hidden, or put there by the system")
NO_PHOTO = Message("left-out.no-photo", "no photo")
OUTSIDE = Message("left-out.outside", "a link that leads out of the folder")


@dataclass(frozen=True)
class FolderListing:
    """The files of a folder.

    Attributes
    ----------
    photos : to be read, sorted by path. Any of them may turn out to be damaged.
    left_out : (path, reason in words) of the others, sorted by path; of a folder that is left out only itself.
    """

    photos: tuple[Path, ...] = ()
    left_out: tuple[tuple[Path, str], ...] = ()


def list_photos(folder: str | os.PathLike[str], inside: bool = False) -> FolderListing:
    """All photos in a folder and those below it.

    A file is a photo if its bytes begin one, whatever its name, or if its name's ending claims so. Linked folders are
    followed, each folder is read once, so that links in a circle end. Hidden files and those that systems put into
    folders (``._IMG_1.jpg``, ``Thumbs.db``) are left out, and so is what is no photo.

    Parameters
    ----------
    inside : whether links that lead out of the folder are left out, to files as to folders.

    >>> list_photos("wall").photos
    (PosixPath('wall/IMG_1.jfif'), PosixPath('wall/north/IMG_2'))
    """
    photos: list[Path] = []
    left_out: list[tuple[Path, str]] = []
    # The folders around it hold photos that are not its own: a link to one of them would bring in its neighbours'.
    around = {_place(above.stat()) for above in Path(folder).resolve().parents if above.is_dir()}
    root = Path(folder).resolve()
    seen: set[tuple[int, int]] = set()
    waiting = [Path(folder)]
    while waiting:
        here = waiting.pop()
        try:
            found = here.stat()
            entries = sorted(here.iterdir())
        except OSError as error:
            left_out.append((here, _unreadable_folder(error)))
            continue
        place = _place(found)
        # Windows gives no number to folders on some disks.
        if found.st_ino and place in seen | around:
            left_out.append((here, _read_already() if place in seen else _lies_in()))
            continue
        seen.add(place)
        for path in entries:
            if is_systems_own(path.name):
                left_out.append((path, HIDDEN))
            elif inside and _leads_out(path, root):
                left_out.append((path, OUTSIDE))
            elif path.is_dir():
                waiting.append(path)
            elif reason := _no_photo(path):
                left_out.append((path, reason))
            else:
                photos.append(path)
    return FolderListing(tuple(sorted(photos)), tuple(sorted(left_out)))


def _place(found: os.stat_result) -> tuple[int, int]:
    """Equal for one folder by any of its names."""
    return found.st_dev, found.st_ino


def told(left_out: Iterable[tuple[Path, str]]) -> list[str]:
    """Left out files in words, a line for each reason: how many, and which, the first three."""
    by_reason: dict[str, list[Path]] = {}
    for path, reason in left_out:
        by_reason.setdefault(reason, []).append(path)
    lines = []
    for reason, paths in by_reason.items():
        names = ", ".join(str(path) for path in paths[:3]) + (", ..." if len(paths) > 3 else "")
        lines.append(f"{len(paths)} {'file' if len(paths) == 1 else 'files'} left out ({reason}): {names}")
    return lines


def is_systems_own(name: str) -> bool:
    """Whether a file of that name is hidden or put there by a system, not by anybody who takes photos."""
    return name.startswith(".") or name.lower() in _OF_THE_SYSTEM


def _no_photo(path: Path) -> str | None:
    """Why a file is no photo; None where it is one, or claims to be."""
    try:
        # Looked at before it is opened: opening a pipe would wait for its other end.
        if not stat.S_ISREG(path.stat().st_mode):
            return Message("left-out.no-file", "no file")
        if path.suffix.lower() in ENDINGS:
            return None
        with path.open("rb") as file:
            return None if is_photo(file.read(32)) else NO_PHOTO
    except OSError as error:
        return Message("left-out.unreadable", "cannot be read: {why}", why=error.strerror or str(error))


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a link's end lies outside; of what is no link, only its folder's way counts, which was looked at."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself
        return True


def _unreadable_folder(error: OSError) -> Message:
    return Message("left-out.unreadable-folder", "the folder cannot be read: {why}", why=error.strerror or str(error))


def _read_already() -> Message:
    return Message("left-out.read-already", "a link to a folder that is read already")


def _lies_in() -> Message:
    return Message("left-out.lies-in", "a link to a folder that it lies in")
