"""How much memory all decodes of this process may take together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

DECODE_BYTES = 2**30
"""Of all that are under way; also the most that one may need."""


class MemoryBudget:
    """A semaphore that counts bytes. Who comes first is served first, so that a large photo is never passed for ever.

    Parameters
    ----------
    total : bytes that may be taken at a time.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._taken = 0
        self._turn = threading.Lock()
        self._freed = threading.Condition()

    @property
    def taken(self) -> int:
        """Bytes that are taken now."""
        return self._taken

    @contextmanager
    def take(self, needed: int) -> Iterator[None]:
        """Wait until so many bytes are free, and hold them; more than there are means all of them."""
        held = min(needed, self.total)
        with self._turn, self._freed:
            self._freed.wait_for(lambda: self._taken + held <= self.total)
            self._taken += held
        try:
            yield
        finally:
            with self._freed:
                self._taken -= held
                self._freed.notify_all()


decodes = MemoryBudget(DECODE_BYTES)
"""The one of this process."""
