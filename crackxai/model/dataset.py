"""Folders of labelled photos: find them, read them once, hand out batches in an order that a seed fixes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from tqdm import tqdm

from crackxai.errors import DataError, PhotoError
from crackxai.photo import Photo, list_photos, read_photo

if TYPE_CHECKING:
    from crackxai.model.recipes import Recipe

Row = TypeVar("Row")
Batch = TypeVar("Batch")

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

    def epoch(
        self, recipe: Recipe, side: int, seed: tuple[int, int], start: int = 0
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """One shuffled epoch, augmented as the recipe does at ``side`` pixels; see `batches`."""
        return batches(self, recipe.batch_size, recipe.augmenter(side), seed, start)

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


def batches(
    photos: LabelledPhotos,
    batch_size: int,
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    seed: tuple[int, int],
    start: int = 0,
    threads: int = 2,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One shuffled, augmented epoch, each batch prepared while the one before it is used.

    Parameters
    ----------
    augment : (side, side, 3) uint8 and a generator -> (S, S, 3) uint8 or float32, 0-255.
    seed : (run's seed, epoch). Order and augmentation of each photo depend on it alone, so an interrupted epoch
        goes on from ``start`` exactly as it would have.
    start : batches to leave out at the beginning.

    Yields
    ------
    images (B, S, S, 3) float32, RGB, 0-255; labels (B, 1) float32. A rest smaller than half a batch is left out,
    since batch normalisation on a few photos is noise.
    """
    order = np.random.default_rng(seed).permutation(len(photos))
    rows = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    if len(rows) > 1 and len(rows[-1]) * 2 < batch_size:
        rows.pop()

    def one(i: int) -> np.ndarray:
        return augment(photos.images[i], np.random.default_rng((*seed, int(i))))

    def prepare(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = np.stack([one(i) for i in row]).astype(np.float32)
        return images, photos.labels[row].astype(np.float32)[:, None]

    return prepared(rows[start:], prepare, threads)


def prepared(rows: Sequence[Row], prepare: Callable[[Row], Batch], threads: int = 2) -> Iterator[Batch]:
    """``prepare`` of each row in order, the next ``threads`` of them under way while one is used."""
    with ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(prepare, row) for row in rows[:threads]]
        for upcoming in range(threads, len(rows) + threads):
            if not waiting:
                return
            done = waiting.pop(0).result()
            if upcoming < len(rows):
                waiting.append(pool.submit(prepare, rows[upcoming]))
            yield done


def batch_count(photos: int, batch_size: int) -> int:
    """How many batches `batches` yields for an epoch of ``photos`` photos."""
    full, rest = divmod(photos, batch_size)
    return max(1, full + (rest * 2 >= batch_size and rest > 0))
