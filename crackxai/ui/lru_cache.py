"""What was made and may be needed again, bounded. Knows no Streamlit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LRUCache(Generic[T]):
    """Things by key, the least recently used dropped first. Safe to share between threads.

    Parameters
    ----------
    number, size : bounds of what is kept: things, and the sum of ``measure`` over them. The last one used always stays.
    measure : of one thing, such as its bytes; asked anew each time, since things grow.
    added : called after a thing was added, so that bounds over several caches can be held.
    """

    def __init__(
        self,
        number: int,
        size: float = float("inf"),
        measure: Callable[[T], float] = lambda _: 0,
        added: Callable[[], None] = lambda: None,
    ) -> None:
        self._number, self._size, self._measure, self._added = number, size, measure, added
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under ``key``, or else made now: once, however many ask; who asks for others does not wait."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            try:
                thing = make()
                self.put(key, thing)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return thing

    def put(self, key: Hashable, thing: T) -> None:
        """Keep it, as the last one used."""
        with self._lock:
            self._kept[key] = thing
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (len(self._kept) > self._number or self._total() > self._size):
                self._kept.popitem(last=False)
        self._added()

    def peek(self, key: Hashable) -> T | None:
        """What is kept under ``key``, which counts as a use; None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def drop_oldest(self) -> bool:
        """Drop the least recently used; False where nothing but the last one used is kept."""
        with self._lock:
            if len(self._kept) <= 1:
                return False
            self._kept.popitem(last=False)
            return True

    def drop(self, unwanted: Callable[[Any], bool]) -> None:
        """Drop all whose key is ``unwanted``."""
        with self._lock:
            for key in [key for key in self._kept if unwanted(key)]:
                del self._kept[key]

    def clear(self) -> None:
        self.drop(lambda _: True)

    @property
    def size(self) -> float:
        """The sum of ``measure`` over what is kept."""
        with self._lock:
            return self._total()

    def _total(self) -> float:
        return sum(map(self._measure, self._kept.values()))

    def __len__(self) -> int:
        return len(self._kept)
