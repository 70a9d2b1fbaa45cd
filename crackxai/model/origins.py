"""Origins: folders of labelled photos from different sources, at their own size, some with the crack's mask.

An origin is a folder with ``Positive/`` and ``Negative/`` (one of them will do) and, where there are masks,
``masks/NAME.png`` for ``Positive/NAME.jpg``; in the folder itself, or in ``train/``, ``val/`` and
``test/`` of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from crackxai.errors import DataError, PhotoError
from crackxai.model.dataset import CLASSES
from crackxai.model.windows import CRACKED, CrackMask
from crackxai.photo import FolderListing, list_photos, read_photo

PARTS = ("train", "val", "test")
MASKS = "masks"
SOURCE_FILE = "source.json"
"""{"source": where the photos are from, "licence": as found}, in an origin's folder; for the model card."""
LARGEST = 1280
"""Longer side in pixels to which larger photos are shrunk when read: thousands are kept in memory."""


@dataclass(frozen=True, eq=False)
class OriginPhoto:
    """A labelled photo.

    Attributes
    ----------
    rgb : (H, W, 3) uint8, RGB, 0-255.
    label : 1 = cracked, 0 = sound, of the whole photo.
    mask : of the crack; None where there is none. A sound photo needs none.
    path : of the file.
    """

    rgb: np.ndarray
    label: int
    mask: CrackMask | None
    path: Path


@dataclass(frozen=True, eq=False)
class OriginPart:
    """The photos of one part of one origin.

    Attributes
    ----------
    name : of the origin.
    photos : cracked ones last, sorted by path.
    unreadable : (path, reason) of the photos that could not be read.
    left_out : (path, reason) of the files that are no photos, see `crackxai.photo.folders`.
    """

    name: str
    photos: tuple[OriginPhoto, ...]
    unreadable: tuple[tuple[Path, str], ...] = ()
    left_out: tuple[tuple[Path, str], ...] = ()

    def of(self, label: int) -> list[OriginPhoto]:
        """The photos of one label."""
        return [photo for photo in self.photos if photo.label == label]

    @cached_property
    def windowed(self) -> bool:
        """Whether windows of its photos have labels of their own.

        Not where a cracked photo comes without a mask, since it is one window; and then not its sound photos either,
        or the scale alone would tell the labels apart.
        """
        return all(photo.mask is not None for photo in self.of(CRACKED))


@dataclass(frozen=True)
class Origin:
    """Where an origin's photos are.

    Attributes
    ----------
    name : the folder's.
    folder : of the origin.
    parts : part -> the folder that holds its class folders. "" is the part of an origin that is not divided.
    source, licence : of `SOURCE_FILE`; empty where there is none.
    """

    name: str
    folder: Path
    parts: dict[str, Path]
    source: str = ""
    licence: str = ""


def find_origins(folders: Iterable[str | os.PathLike[str]]) -> list[Origin]:
    """Origins below each of ``folders``: it is one itself, or it is a folder of them.

    Raises
    ------
    DataError : none is found in a folder, or two have the same name.
    """
    found: list[Origin] = []
    for folder in map(Path, folders):
        here = _origin(folder)
        inside = [here] if here else [_origin(below) for below in sorted(folder.iterdir())] if folder.is_dir() else []
        origins = [origin for origin in inside if origin]
        if not origins:
            raise DataError(
                f"expected an origin or a folder of origins in {folder}, received none. An origin is a folder that "
                f"holds {' or '.join(CLASSES)} with photos, in itself or in {', '.join(PARTS)}."
            )
        found += origins
    names = [origin.name for origin in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"expected origins of different names, received {', '.join(twice)} twice. Rename a folder.")
    return found


def _origin(folder: Path) -> Origin | None:
    parts = {part: folder / part for part in PARTS if _holds_classes(folder / part)}
    if not parts and _holds_classes(folder):
        parts = {"": folder}
    return Origin(folder.resolve().name, folder, parts, *_source(folder)) if parts else None


def _holds_classes(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in CLASSES)


def _source(folder: Path) -> tuple[str, str]:
    path = folder / SOURCE_FILE
    if not path.exists():
        return "", ""
    try:
        facts = json.loads(path.read_text("utf-8"))
        return str(facts["source"]), str(facts["licence"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f'{path}: expected {{"source": "...", "licence": "..."}}, received something else ({error}).'
        ) from error


class LabelledFile(NamedTuple):
    """A photo's file. mask : of its crack; None where there is none."""

    path: Path
    label: int
    mask: Path | None


def labelled_files(folder: Path) -> tuple[list[LabelledFile], list[tuple[Path, str]]]:
    """The photos of one part of an origin, sound ones first; and (path, reason) of the files that are none.

    Raises
    ------
    DataError : a mask without a photo.
    """
    listings = [list_photos(folder / cls) if (folder / cls).is_dir() else FolderListing() for cls in CLASSES]
    masks = {path.stem: path for path in sorted((folder / MASKS).glob("*.png"))}
    files = [
        LabelledFile(path, label, masks.get(path.stem) if label == CRACKED else None)
        for label, listing in enumerate(listings)
        for path in listing.photos
    ]
    if strangers := sorted(masks.keys() - {file.path.stem for file in files if file.label == CRACKED}):
        raise DataError(f"expected a cracked photo for every mask in {folder / MASKS}, found none for {strangers[0]}.")
    return files, [item for listing in listings for item in listing.left_out]


def read_part(name: str, folder: Path, threads: int | None = None) -> OriginPart:
    """Read the photos and masks of one part of an origin, once; what cannot be read or is no photo is listed.

    Raises
    ------
    DataError : a mask that cannot be read, of another size than its photo, or without a photo; or no readable photo.
    """
    files, left_out = labelled_files(folder)

    def read(file: LabelledFile) -> OriginPhoto | PhotoError:
        try:
            rgb = read_photo(file.path).rgb
        except PhotoError as error:
            return error
        return OriginPhoto(
            _shrunk(rgb), file.label, read_mask(file.mask, rgb, LARGEST) if file.mask else None, file.path
        )

    with ThreadPoolExecutor(threads) as pool:
        results = list(
            tqdm(pool.map(read, files), total=len(files), desc=f"reading {name}", unit="photo", disable=None)
        )
    photos = tuple(result for result in results if isinstance(result, OriginPhoto))
    unreadable = tuple(
        (file.path, str(result)) for file, result in zip(files, results, strict=True) if isinstance(result, PhotoError)
    )
    if not photos:
        raise DataError(f"expected readable photos in {folder}, received none of {len(files)} files.")
    return OriginPart(name, photos, unreadable, tuple(left_out))


def read_mask(path: Path, rgb: np.ndarray, largest: int | None = None) -> CrackMask:
    """The crack of a photo.

    Parameters
    ----------
    rgb : the photo. largest : longer side in pixels to which a larger mask is shrunk; None: it is not.

    Raises
    ------
    DataError : it cannot be read, or is of another size than the photo.
    """
    # Not cv2.imread: on Windows it cannot open a path with letters beyond the code page.
    grey = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_GRAYSCALE) if path.stat().st_size else None
    if grey is None:
        raise DataError(f"{path}: expected a PNG mask, received a damaged one. Copy it again.")
    if grey.shape != rgb.shape[:2]:
        raise DataError(
            f"{path}: expected a mask of the photo's size {rgb.shape[1]} x {rgb.shape[0]}, "
            f"received {grey.shape[1]} x {grey.shape[0]}."
        )
    # A crack thinner than a shrunk pixel must not vanish from its mask.
    shrinks = largest is not None and max(grey.shape) > largest
    return CrackMask(_shrunk(grey) >= 32 if shrinks else grey >= 128)


def _shrunk(picture: np.ndarray) -> np.ndarray:
    longest = max(picture.shape[:2])
    if longest <= LARGEST:
        return picture
    scale = LARGEST / longest
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
