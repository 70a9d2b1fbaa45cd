"""What browser sessions hold, kept for a while after they vanished, so that a page loaded again gets its own back.

A session is kept under a token of 256 random bits, which its browser tab presents after a reload
(`crackxai.ui.session_return` says how it is kept from others). Knows no Streamlit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from crackxai.ui.presence import Presence

State = dict[str, Any]
KEEP_S = 600.0
"""Seconds for which a vanished session is kept: a dropped lid, a lift, a restarted browser."""
KEEP_BYTES = 256 * 2**20
"""Photo files of all vanished sessions together; beyond it the one that vanished first is dropped."""
LEFT_S = 20.0
"""Seconds after which a vanished session is kept by its files alone: longer than a page takes to load again."""
PATROL_S = 2.0
"""Seconds between two looks at who has vanished."""


@dataclass(frozen=True)
class Kept:
    """A session.

    Attributes
    ----------
    state : what it held when it was last drawn; the lists and dicts are its own.
    owner : who was logged in; "" where nobody needs to.
    session_ids : Streamlit's names of the sessions that it lived under.
    """

    presence: Presence
    state: State
    owner: str
    session_ids: tuple[str, ...]


class SessionVault:
    """Sessions by token. Safe to share between threads.

    Parameters
    ----------
    ended : called once with what a session held and with its names, when it is dropped; it frees what was its own.
    measure : bytes of the photo files in a state.
    left : called once with the same while a session is away for `LEFT_S`; it frees what can be made again.
    freed : called in the patrol's thread after sessions ended or were left, when nothing of them is held any more.
    keep_s, keep_bytes : bounds of what is kept of vanished sessions, seconds and bytes.
    """

    def __init__(
        self,
        ended: Callable[[State, Iterable[str]], None],
        measure: Callable[[State], int],
        keep_s: float = KEEP_S,
        keep_bytes: int = KEEP_BYTES,
        left: Callable[[State, Iterable[str]], None] = lambda _, __: None,
        freed: Callable[[], None] = lambda: None,
    ) -> None:
        self._ended, self._measure = ended, measure
        self.keep_s, self._keep_bytes = keep_s, keep_bytes
        self._left, self._freed = left, freed
        self._told_left: set[str] = set()
        self._kept: dict[str, Kept] = {}
        self._lock = threading.RLock()

    def __contains__(self, token: str) -> bool:
        with self._lock:
            return token in self._kept

    def keep(self, token: str, kept: Kept) -> None:
        """Hold a session, or what it holds by now."""
        with self._lock:
            self._kept[token] = kept

    def take_back(self, token: str, owner: str) -> Kept | None:
        """The session of that token and owner; None where there is none (any more).

        The token serves once: a session that has vanished goes to whoever presents it and is kept no longer. One that
        is still there, as after a tab was duplicated, stays.
        """
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept.owner != owner:
                return None
            if not kept.presence.alive():
                del self._kept[token]
            return kept

    def prune(self) -> bool:
        """Drop the sessions that vanished too long ago or hold too much; whether any ended or was left."""
        with self._lock:
            vanished = self._vanished()
            gone = {token for away, token in vanished if away > LEFT_S}
            leaving = [self._kept[token] for token in gone - self._told_left]
            self._told_left = gone
            drop = [token for away, token in vanished if away > self.keep_s]
            size = 0
            for _, token in vanished:
                size += self._measure(self._kept[token].state)
                if size > self._keep_bytes and token not in drop:
                    drop.append(token)
            dropped = [self._kept.pop(token) for token in drop]
        for kept in leaving:
            self._left(kept.state, kept.session_ids)
        self._tell(dropped)
        return bool(leaving or dropped)

    def drop_oldest(self) -> bool:
        """Drop the session that vanished first, as where memory is short; False where none has vanished."""
        with self._lock:
            vanished = self._vanished()
            dropped = [self._kept.pop(vanished[-1][1])] if vanished else []
        self._tell(dropped)
        return bool(dropped)

    def patrol(self) -> None:
        """`prune` from now on, in a thread that ends with the server."""

        def walk() -> None:
            while True:
                time.sleep(PATROL_S)
                if self.prune():
                    self._freed()

        threading.Thread(target=walk, name="session-vault", daemon=True).start()

    def _vanished(self) -> list[tuple[float, str]]:
        """Seconds away and token, the last to vanish first."""
        away = ((kept.presence.away_s(), token) for token, kept in self._kept.items())
        return sorted(pair for pair in away if pair[0] > 0)

    def _tell(self, dropped: list[Kept]) -> None:
        for kept in dropped:
            self._ended(kept.state, kept.session_ids)
