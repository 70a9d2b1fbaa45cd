"""The photos of a folder, and the masks of their cracks where there are any: origins, or photos as they lie."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from crackxai.errors import DataError
from crackxai.model.origins import MASKS, find_origins, labelled_files
from crackxai.photo import list_photos

BESIDE = "-mask"
"""How ``samples`` ends the name of a photo's mask, which lies beside it."""


class MaskedPhoto(NamedTuple):
    """A photo's file. mask : of its crack; None where there is none."""

    path: Path
    mask: Path | None


def masked_photos(folder: Path, part: str) -> tuple[list[MaskedPhoto], list[tuple[Path, str]]]:
    """The photos of ``folder``; and (path, reason) of the files that are none.

    A folder with ``Positive`` or ``Negative``, or of such folders, is read as origins are, ``part`` of them. In any
    other all photos are taken; the mask of ``NAME.jpg`` is ``masks/NAME.png`` or, as ``samples`` writes it,
    ``NAME-mask.png``.

    Raises
    ------
    DataError : there is no photo, or a mask without one.
    """
    if not folder.is_dir():
        raise DataError(f"expected a folder of photos, received {folder}, which is none. Check the path.")
    try:
        origins = find_origins([folder])
    except DataError:
        found, left_out = _as_they_lie(folder)
    else:
        found, left_out = [], []
        for origin in origins:
            inside = origin.parts.get(part, origin.parts.get(""))
            if inside is not None:
                files, others = labelled_files(inside)
                found += [MaskedPhoto(file.path, file.mask) for file in files]
                left_out += others
    if not found:
        raise DataError(f"expected photos in {folder}, received none. Check the path, and --part for origins.")
    return found, left_out


def _as_they_lie(folder: Path) -> tuple[list[MaskedPhoto], list[tuple[Path, str]]]:
    listing = list_photos(folder)
    known = set(listing.photos)
    masks = {path for path in listing.photos if path.parent.name == MASKS}
    photos = [path for path in listing.photos if path not in masks and not _is_beside(path, known)]
    found = []
    for path in photos:
        places = path.parent / MASKS / f"{path.stem}.png", path.with_name(f"{path.stem}{BESIDE}.png")
        found.append(MaskedPhoto(path, next((place for place in places if place in known), None)))
    return found, list(listing.left_out)


def _is_beside(path: Path, known: set[Path]) -> bool:
    """Whether it is the mask of a photo that lies beside it."""
    stem = path.stem.removesuffix(BESIDE)
    return stem != path.stem and any(other.parent == path.parent and other.stem == stem for other in known)
