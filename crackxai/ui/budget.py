"""How much the server may keep in memory: one account, in bytes, over all browser sessions. Knows no Streamlit."""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil

from crackxai.errors import CrackXAIError, Message, SettingsError
from crackxai.ui.lru_cache import LRUCache

T = TypeVar("T")

VARIABLE = "CRACKXAI_MEMORY_MB"
"""Environment variable with the budget in megabytes (2**20 bytes)."""
SHARE, LEAST, MOST = 0.25, 512 * 2**20, 8 * 2**30
"""Without it: this part of the machine's memory, within these bytes."""
MOST_FILES = 200
"""Of one session."""
FILES_SHARE, SESSION_SHARE = 0.75, 0.5
"""Of the budget that files may fill, so that there is room to work with them; and of that, that one session may."""


class BudgetError(CrackXAIError):
    """There is no room for another file."""


class File(Protocol):
    """What counts as a file: its bytes, for as long as anybody holds it."""

    @property
    def name(self) -> str: ...

    @property
    def data(self) -> bytes: ...


def allowed_bytes() -> int:
    """Of the environment, or a part of the machine's memory.

    Raises
    ------
    SettingsError : the environment's value is no positive whole number.
    """
    asked = os.environ.get(VARIABLE)
    if asked is None:
        return int(min(MOST, max(LEAST, SHARE * _memory_bytes())))
    if not asked.strip().isdecimal() or not int(asked):
        template = "expected {variable} to be a positive whole number of megabytes, received {received!r}. Mend it."
        raise SettingsError(Message("budget.not-a-number", template, variable=VARIABLE, received=asked))
    return int(asked) * 2**20


def _memory_bytes() -> int:
    """Of the machine, or of the container that it is seen from."""
    limits = [int(psutil.virtual_memory().total)]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(path).read_text("ascii")))
        except (OSError, ValueError):  # no such system, or "max": no limit
            continue
    return min(limits)


class Budget:
    """The account. What can be made again is given up where room is needed; files of the sessions are not.

    Parameters
    ----------
    allowed : bytes.

    Attributes
    ----------
    allowed : as given.
    make_room : called when room is needed and nothing is left to give up, such as sessions that went away; whether it
        gave up anything.
    """

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.make_room: Callable[[], bool] = lambda: False
        self._files = 0
        # What went is noted without a lock: it is told from wherever the last holder let go, perhaps within one.
        self._gone: deque[tuple[int, int]] = deque()
        self._held: dict[int, weakref.ref[File]] = {}
        self._lock = threading.RLock()
        self._shelves: dict[str, LRUCache[Any]] = {}

    def shelf(self, name: str, share: float, measure: Callable[[T], float]) -> LRUCache[T]:
        """A new cache on this account, with at most that share of it. Those made first are emptied first."""
        cache: LRUCache[T] = LRUCache(10_000, share * self.allowed, measure, self._hold)
        self._shelves[name] = cache
        return cache

    @property
    def used(self) -> dict[str, int]:
        """Bytes by what they are for: "files", and the names of the shelves."""
        with self._lock:
            self._settle()
            files = self._files
        return {"files": files} | {name: int(cache.size) for name, cache in self._shelves.items()}

    def admit(self, file: File, beside: Collection[File] = ()) -> None:
        """Count ``file`` from now on until nobody holds it any more.

        Parameters
        ----------
        beside : what its session holds already.

        Raises
        ------
        BudgetError : no room, although everything that can be made again was given up.
        """
        size = len(file.data)
        with self._lock:
            limit = FILES_SHARE * self.allowed
            if len(beside) >= MOST_FILES:
                template = "{name}: expected at most {most} photos in one session, received more. Remove some first."
                raise BudgetError(Message("budget.too-many", template, name=file.name, most=MOST_FILES))
            if sum(len(each.data) for each in beside) + size > SESSION_SHARE * limit:
                template = (
                    "{name}: expected at most {most} MB of photos in one session, received more. "
                    "Remove some of your photos first."
                )
                raise _refusal("session-full", template, file, SESSION_SHARE * limit)
            while self.used["files"] + size > limit or not self._fits(size):
                if not self.make_room():
                    template = (
                        "{name}: there is no room for it on the server, whose {most} MB for photos are in use. "
                        "Remove some of your photos, or wait until others have closed their pages."
                    )
                    raise _refusal("server-full", template, file, limit)
            self._files += size
            self._held[id(file)] = weakref.ref(file)
            weakref.finalize(file, self._gone.append, (id(file), size))

    def files(self) -> list[Any]:
        """Those that were admitted and that somebody still holds."""
        with self._lock:
            self._settle()
            return [file for reference in self._held.values() if (file := reference()) is not None]

    def _settle(self) -> None:
        while self._gone:
            name, size = self._gone.popleft()
            self._held.pop(name, None)
            self._files -= size

    def _hold(self) -> None:
        self._fits(0)

    def _fits(self, more: int) -> bool:
        """Give up what can be made again until ``more`` bytes fit; whether they do."""
        while sum(self.used.values()) + more > self.allowed:
            if not any(cache.drop_oldest() for cache in self._shelves.values()):
                return False
        return True


def _refusal(name: str, template: str, file: File, most: float) -> BudgetError:
    return BudgetError(Message(f"budget.{name}", template, name=file.name, most=f"{most / 2**20:,.0f}"))
