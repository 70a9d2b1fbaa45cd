"""Folders of labelled photos: find them, read them once, hand out batches in an order that a seed fixes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from crackxai.errors import DataError, PhotoError
from crackxai.photo import Photo, list_photos, read_photo

if TYPE_CHECKING:
    from crackxai.model.recipes import Recipe

CLASSES = ("Negative", "Positive")
"""Class folders; the label is the index: Positive (cracked) = 1."""


@dataclass(frozen=True, eq=False)
class LabelledPhotos:
    """Photos at the network's size with their labels.

    Attributes
    ----------
    images : (N, side, side, 3) uint8, RGB, 0-255.
    labels : (N,) uint8, 1 = Positive (cracked).
    paths : N paths.
    unreadable : (path, reason) of the photos that could not be read.
    left_out : (path, reason) of the files that are no photos, see `crackxai.photo.folders`.
    """

    images: np.ndarray
    labels: np.ndarray
    paths: tuple[Path, ...]
    unreadable: tuple[tuple[Path, str], ...] = ()
    left_out: tuple[tuple[Path, str], ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: np.ndarray) -> LabelledPhotos:
        return LabelledPhotos(self.images[index], self.labels[index], tuple(self.paths[i] for i in index))

    def batch(self, recipe: Recipe, side: int, seed: tuple[int, int], number: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch ``number`` of a shuffled epoch, augmented as the recipe does at ``side`` pixels.

        Parameters
        ----------
        seed : (run's seed, epoch). Order and augmentation of each photo depend on it alone, so an interrupted epoch
            goes on exactly as it would have.

        Returns
        -------
        images (B, side, side, 3) uint8, RGB, 0-255; labels (B, 1) float32.
        """
        order = np.random.default_rng(seed).permutation(len(self))
        row = order[number * recipe.batch_size :][: recipe.batch_size]
        augment = recipe.augmenter(side)
        images = [as_stored(augment(self.images[i], np.random.default_rng((*seed, int(i))))) for i in row]
        return np.stack(images), self.labels[row].astype(np.float32)[:, None]

    def unchanged(self, count: int, side: int, seed: int) -> LabelledPhotos:
        """``count`` of the photos, or all, without augmentation; ``side`` is theirs already."""
        return self.take(np.sort(np.random.default_rng(seed).permutation(len(self))[:count]))


def resize(photo: Photo, side: int) -> np.ndarray:
    """(H, W, 3) uint8 photo -> (side, side, 3) uint8, squashed by area interpolation as the training photos were."""
    return cv2.resize(photo.rgb, (side, side), interpolation=cv2.INTER_AREA)


def find_photos(folder: Path) -> tuple[list[Path], np.ndarray, list[tuple[Path, str]]]:
    """Paths, sorted within each class, and (N,) uint8 labels of ``folder/Negative`` and ``folder/Positive``; and
    (path, reason) of the files there that are left out.

    Raises
    ------
    DataError : a class folder is missing or holds no photo.
    """
    paths: list[Path] = []
    labels: list[int] = []
    left_out: list[tuple[Path, str]] = []
    for label, name in enumerate(CLASSES):
        inside = folder / name
        if not inside.is_dir():
            present = sorted(p.name for p in folder.iterdir())[:8] if folder.is_dir() else "no such folder"
            raise DataError(
                f"expected the folders {' and '.join(CLASSES)} in {folder}, received {present}. "
                "Put cracked photos in Positive/ and sound ones in Negative/."
            )
        found = list_photos(inside)
        left_out += found.left_out
        if not found.photos:
            raise DataError(f"expected photos in {inside}, received none, and {len(found.left_out)} other files.")
        paths += found.photos
        labels += [label] * len(found.photos)
    return paths, np.array(labels, dtype=np.uint8), left_out


def load_photos(folder: str | os.PathLike[str], side: int, threads: int | None = None) -> LabelledPhotos:
    """Read every photo below ``folder`` once, at ``side`` pixels; what cannot be read or is no photo is listed.

    Raises
    ------
    DataError : see `find_photos`; or a class has no readable photo.
    """
    paths, labels, left_out = find_photos(Path(folder))

    def read(path: Path) -> np.ndarray | PhotoError:
        try:
            return resize(read_photo(path), side)
        except PhotoError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        read_all = tqdm(pool.map(read, paths), total=len(paths), desc=f"reading {folder}", unit="photo", disable=None)
        results = list(read_all)
    good = [i for i, result in enumerate(results) if not isinstance(result, PhotoError)]
    unreadable = tuple((paths[i], str(r)) for i, r in enumerate(results) if isinstance(r, PhotoError))
    for label, name in enumerate(CLASSES):
        if label not in labels[good]:
            raise DataError(f"expected readable photos in {Path(folder) / name}, received none: {unreadable[0][1]}")
    images = np.stack([results[i] for i in good])
    return LabelledPhotos(images, labels[good], tuple(paths[i] for i in good), unreadable, tuple(left_out))


def split(photos: LabelledPhotos, fraction: float, seed: int) -> tuple[LabelledPhotos, LabelledPhotos]:
    """Split off ``fraction`` of each class (at least one photo) for validation: (training, validation).

    The training part keeps the lists of files that were not used.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for label, name in enumerate(CLASSES):
        members = np.flatnonzero(photos.labels == label)
        if len(members) < 2:
            raise DataError(f"expected at least 2 photos in {name} to split off a validation set, received 1.")
        count = min(len(members) - 1, max(1, round(fraction * len(members))))
        held_out.append(rng.choice(members, count, replace=False))
    validation = np.sort(np.concatenate(held_out))
    training = np.setdiff1d(np.arange(len(photos)), validation)
    kept = replace(photos.take(training), unreadable=photos.unreadable, left_out=photos.left_out)
    return kept, photos.take(validation)


def as_stored(image: np.ndarray) -> np.ndarray:
    """A picture of 0-255 in whole numbers, uint8, as every photo is that the network will be asked about."""
    return image if image.dtype == np.uint8 else np.rint(image).astype(np.uint8)


def batch_count(photos: int, batch_size: int) -> int:
    """Batches in an epoch of ``photos`` photos. A rest smaller than half a batch is left out, since batch normalisation
    on a few photos is noise."""
    full, rest = divmod(photos, batch_size)
    return max(1, full + (rest * 2 >= batch_size and rest > 0))
