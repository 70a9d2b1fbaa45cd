"""Whose turn it is among those who wait: who was served least goes next. Knows no threads and no Streamlit."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import Protocol, TypeVar

TURN_S = 4.0
"""How long a job runs before one of another session gets its turn; the batch under way is finished first."""
BACKGROUND_S = 0.25
"""The same of a job in the background, where one that is not waits. It has such a turn after `TURN_S` of the others, so
that it gets on at all."""
KEPT_OWNERS = 1000
"""Owners whose time is remembered."""


class InTurn(Protocol):
    """What turns go by."""

    @property
    def account(self) -> Hashable:
        """Who is served."""

    @property
    def rank(self) -> int:
        """Of an account's jobs those with the highest go first."""

    @property
    def background(self) -> bool:
        """Whether whatever else is asked for goes before it, whoever asks."""


J = TypeVar("J", bound=InTurn)


class Turns:
    """How much each account was served, and the order that follows from it."""

    def __init__(self) -> None:
        self._served: dict[Hashable, float] = {}
        self._asked_s = 0.0
        """Of work that is not in the background, since the last turn of one that is."""

    def came(self, account: Hashable, active: Collection[Hashable]) -> None:
        """One comes to those who have jobs: the next turn is theirs, not all the turns that were had before."""
        if account in active:
            return
        least = min((self._served.get(each, 0.0) for each in active), default=0.0)
        self._served[account] = max(least, self._served.pop(account, 0.0))
        while len(self._served) > KEPT_OWNERS:
            self._served.pop(next(iter(self._served)))

    def took(self, job: InTurn, seconds: float) -> None:
        """A turn has ended."""
        self._served[job.account] = self._served.get(job.account, 0.0) + seconds
        self._asked_s = 0.0 if job.background else self._asked_s + seconds

    def line(self, waiting: Sequence[J]) -> Iterator[J]:
        """Those who wait in the order of their next turns, if nobody came."""
        asked, background = ([job for job in waiting if job.background is kind] for kind in (False, True))
        due = self._asked_s >= TURN_S
        yield from self._by_service(background if due else asked)
        yield from self._by_service(asked if due else background)

    def is_over(self, job: InTurn, seconds: float, waiting: Sequence[InTurn]) -> bool:
        """Whether a job that has had so many seconds of its turn stops for one that waits."""
        gives_way = job.background and any(not each.background for each in waiting)
        if seconds < (BACKGROUND_S if gives_way else TURN_S):
            return False
        return any(each.account != job.account or each.rank > job.rank for each in waiting)

    def _by_service(self, waiting: Sequence[J]) -> Iterator[J]:
        """Those jobs in the order of their next turns, by how much their accounts were served."""
        lines: dict[Hashable, deque[J]] = {}
        for job in sorted(waiting, key=lambda job: -job.rank):
            lines.setdefault(job.account, deque()).append(job)
        # The number keeps those that were served alike in the order in which they came.
        turns = [(self._served.get(account, 0.0), number, account) for number, account in enumerate(lines)]
        heapq.heapify(turns)
        while turns:
            served, number, account = heapq.heappop(turns)
            yield lines[account].popleft()
            if lines[account]:
                heapq.heappush(turns, (served + TURN_S, number, account))
