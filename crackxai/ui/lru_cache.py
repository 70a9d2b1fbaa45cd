"""What was made and may be needed again, bounded. Knows no Streamlit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class LRUCache(Generic[T]):
    """Things by key, the least recently used dropped first. Safe to share between threads.

    Parameters
    ----------
    number, size : bounds of what is kept: things, and the sum of ``measure`` over them. The last one used always stays.
    measure : of one thing, such as its bytes; asked anew each time, since things grow.
    """

    def __init__(self, number: int, size: float = float("inf"), measure: Callable[[T], float] = lambda _: 0) -> None:
        self._number, self._size, self._measure = number, size, measure
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under ``key``, or else made now."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (
                len(self._kept) > self._number or sum(map(self._measure, self._kept.values())) > self._size
            ):
                self._kept.popitem(last=False)
            return self._kept[key]

    def peek(self, key: Hashable) -> T | None:
        """What is kept under ``key``, which counts as a use; None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)
