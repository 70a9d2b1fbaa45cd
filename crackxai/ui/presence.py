"""Whether anybody still looks at a browser session's page. Knows no Streamlit."""

from __future__ import annotations

import time
from collections.abc import Callable

GONE_S = 10.0
"""Seconds that a closed connection is given to come back, as after a hiccup of the network or a page loaded again."""


class Presence:
    """Of one browser session; may be asked from any thread.

    Parameters
    ----------
    session_id : Streamlit's name of the session.
    active : whether the session of a name has an open connection.
    clock : seconds that only grow.
    """

    def __init__(
        self, session_id: str, active: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.session_id = session_id
        self._active, self._clock = active, clock
        self._seen = clock()
        self._heirs: list[Presence] = []

    def alive(self) -> bool:
        """Whether the session itself has an open connection now."""
        if self._active(self.session_id):
            self._seen = self._clock()
            return True
        return False

    def away_s(self) -> float:
        """Seconds for which the session had no connection, as far as was looked."""
        return 0.0 if self.alive() else self._clock() - self._seen

    def bequeath(self, heir: Presence) -> None:
        """What this one waits for, ``heir`` waits for too: it is the same engineer, back after a reload."""
        self._heirs.append(heir)

    def connected(self, within: float = GONE_S) -> bool:
        """Whether this one or an heir of it is there, or was within the last seconds, as many as ``within``."""
        return self.away_s() < within or any(heir.connected(within) for heir in self._heirs)
