"""Work on things ahead of their use, in a bounded number of threads and of results that wait."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

THREADS = max(2, min(4, os.cpu_count() or 1))
"""Decoders let go of Python's lock, so that threads keep all cores busy; more than four wait for the disk."""
LOOK_S = 0.1
"""Seconds after which one who waits is asked whether to go on."""


class LookAhead(Generic[T, R]):
    """``work`` on ``things`` in their order. One thread uses the results.

    Parameters
    ----------
    ahead : results that wait or are under way, at most; what they take in memory is bounded by that. It may be set
        again at any time.

    >>> ahead = LookAhead(decode, photos, ahead=4)
    >>> first, *others = ahead.ready(most=8)
    >>> ahead.used(1 + len(others))
    """

    def __init__(self, work: Callable[[T], R], things: Sequence[T], ahead: int, threads: int = THREADS) -> None:
        self._work, self._things, self.ahead, self._threads = work, things, ahead, threads
        self._next = 0
        self._waiting: deque[Future[R]] = deque()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def done(self) -> int:
        """Things whose results were used."""
        return self._next - len(self._waiting)

    def ready(self, most: int, asked: Callable[[], None] = lambda: None) -> list[R]:
        """The next results that are there, in order: at least one, which is waited for, and none at the end.

        They are the same again until they are told to be `used`.

        Parameters
        ----------
        asked : called now and then while the first is waited for; what it raises ends the waiting, and nothing else.

        Raises
        ------
        What ``work`` raised of the first of them.
        """
        self._fill()
        if not self._waiting:
            return []
        while not wait([self._waiting[0]], LOOK_S).done:
            asked()
        found: list[R] = []
        for future in list(self._waiting)[:most]:
            # One that failed is the first of another call: those before it are used.
            if found and not (future.done() and future.exception() is None):
                break
            found.append(future.result())
        return found

    def used(self, count: int) -> None:
        """So many results are not needed any more; as many others are begun."""
        for _ in range(count):
            self._waiting.popleft()
        self._fill()

    def release(self) -> None:
        """End the threads and let go of what waits; it is made again when it is asked for."""
        pool, self._pool = self._pool, None
        self._next -= len(self._waiting)
        self._waiting.clear()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def again(self) -> None:
        """Make the next one's result again: as it failed for a reason that may have passed."""
        if self._waiting and self._waiting[0].done() and self._waiting[0].exception() is not None:
            self.release()

    def _fill(self) -> None:
        while len(self._waiting) < max(1, self.ahead) and self._next < len(self._things):
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, "look-ahead")
            self._waiting.append(self._pool.submit(self._work, self._things[self._next]))
            self._next += 1
