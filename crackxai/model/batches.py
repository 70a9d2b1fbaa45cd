"""Batches to train on, drawn ahead of their use: in threads of this process, or in processes of their own.

A GPU learns from more pictures in a second than one process can draw, since Python runs one thread at a time. Forked
processes share the photos that were read with this one, however many they are, and write what they draw into memory
that all of them see, so that no picture is copied on its way.
"""

from __future__ import annotations

import contextlib
import mmap
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

import numpy as np

from crackxai.errors import ModelError, SettingsError
from crackxai.model.dataset import LabelledPhotos, batch_count
from crackxai.model.forking import can_fork, forking
from crackxai.model.recipes import Recipe

T = TypeVar("T")

THREADS = 2
"""That draw where no process does."""


class TrainingPhotos(Protocol):
    """What a network is trained on: so many pictures an epoch, in batches."""

    def __len__(self) -> int:
        """Pictures an epoch."""

    def batch(self, recipe: Recipe, side: int, seed: tuple[int, int], number: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch ``number`` of an epoch; the same for the same ``seed``, (run's seed, epoch).

        Returns
        -------
        images (B, side, side, 3) uint8, RGB, 0-255; labels (B, 1) float32.
        """

    def unchanged(self, count: int, side: int, seed: int) -> LabelledPhotos:
        """About ``count`` of the pictures without augmentation; the same for the same ``seed``."""


class Batches:
    """The batches of ``photos``, drawn by ``workers`` processes; a context manager that ends them.

    The batches are the same however many draw them.

    Parameters
    ----------
    workers : 0: two threads of this process. More need Linux or macOS, and must be made before the network is.

    Raises
    ------
    SettingsError : processes are asked for where they cannot share what this one has read.
    ModelError : while batches are read: a process was killed.
    """

    def __init__(self, photos: TrainingPhotos, recipe: Recipe, workers: int = 0) -> None:
        self._photos, self._recipe = photos, recipe
        self._processes = _Processes(photos, recipe, workers) if workers else None

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes:
            self._processes.close()

    def epoch(self, side: int, seed: tuple[int, int], start: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The batches of one epoch from ``start`` on, see `TrainingPhotos.batch`.

        A batch may be written over once the next one is asked for.
        """
        numbers = range(start, batch_count(len(self._photos), self._recipe.batch_size))
        if self._processes:
            yield from self._processes.drawn(side, seed, numbers)
            return
        with ThreadPoolExecutor(THREADS) as pool:
            yield from _ahead(
                lambda number: pool.submit(self._photos.batch, self._recipe, side, seed, number), numbers, THREADS
            )


def _ahead(begin: Callable[[int], Future[T]], numbers: range, ahead: int) -> Iterator[T]:
    """Results in order, the next ``ahead`` of them under way while one is used."""
    waiting: list[Future[T]] = []
    try:
        for number in numbers:
            waiting.append(begin(number))
            if len(waiting) > ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for future in waiting:
            future.cancel()


class _Processes:
    """Forked processes, and the memory that they write batches into."""

    def __init__(self, photos: TrainingPhotos, recipe: Recipe, workers: int) -> None:
        if not can_fork():
            raise SettingsError(
                f"expected 0 workers on this system, received {workers}: processes cannot share photos here. "
                "Leave --workers out."
            )
        largest = max(side for side, _ in recipe.phases)
        size = recipe.batch_size * 3 * largest**2
        # One more than are under way: that which is in use.
        self._slots = [mmap.mmap(-1, size) for _ in range(2 * workers + 1)]
        _shared[id(self)] = (photos, recipe, self._slots)
        self._pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
        with forking():
            self._pool.submit(int).result()

    def drawn(self, side: int, seed: tuple[int, int], numbers: range) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        def begin(number: int) -> Future[tuple[int, tuple[int, ...], np.ndarray]]:
            return self._pool.submit(_draw, id(self), number % len(self._slots), side, seed, number)

        try:
            for slot, shape, labels in _ahead(begin, numbers, len(self._slots) - 1):
                yield np.frombuffer(self._slots[slot], np.uint8, int(np.prod(shape))).reshape(shape), labels
        except BrokenProcessPool as error:
            raise ModelError(
                "a process that draws pictures was ended from outside, as the system does where memory runs out. Train "
                "again with fewer --workers; it goes on where it stopped."
            ) from error

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        del _shared[id(self)]
        for slot in self._slots:
            # A view of it may live on with its reader; then it is freed with that.
            with contextlib.suppress(BufferError):
                slot.close()


_shared: dict[int, tuple[TrainingPhotos, Recipe, list[mmap.mmap]]] = {}
"""What forked processes find in their copy of this one's memory."""


def _draw(
    shared: int, slot: int, side: int, seed: tuple[int, int], number: int
) -> tuple[int, tuple[int, ...], np.ndarray]:
    """In a process of its own: draw a batch into its slot."""
    photos, recipe, slots = _shared[shared]
    images, labels = photos.batch(recipe, side, seed, number)
    np.frombuffer(slots[slot], np.uint8, images.size)[:] = images.ravel()
    return slot, images.shape, labels
