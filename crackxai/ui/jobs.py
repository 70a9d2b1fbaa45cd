"""Work in the background: one queue for the whole server, in which sessions take turns. Knows no Streamlit."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Hashable
from typing import Any

from crackxai.errors import CrackXAIError, Message
from crackxai.ui.job import Job, TurnOver
from crackxai.ui.turns import Turns

PRUNE_S = 1.0
"""How often jobs are asked whether anybody still wants them."""
MOST = 16
"""Jobs of one owner, under way or waiting."""


class QueueFull(CrackXAIError):
    """The owner has as many jobs as one may have."""


class Queue:
    """Jobs, a few at a time. The owner who was served least goes next, for a turn; its own jobs keep their order.

    Parameters
    ----------
    workers : jobs that run at once. One explanation uses the whole device, so that two at once only share it.
    most : jobs that one owner may have, under way and waiting.
    """

    def __init__(self, workers: int = 1, most: int = MOST) -> None:
        self.workers = workers
        self.most = most
        self._waiting: list[Job[Any]] = []
        self._running: list[Job[Any]] = []
        self._rates: dict[Hashable, float] = {}
        self._turns = Turns()
        self._change = threading.Condition()
        self._pruned = 0.0
        for number in range(workers):
            # Daemons: closing the server does not wait for an explanation.
            threading.Thread(target=self._work, name=f"explain-{number}", daemon=True).start()

    def submit(self, job: Job[Any]) -> None:
        """
        Raises
        ------
        QueueFull : the owner has as many jobs as one may have.
        """
        with self._change:
            if not self.has_room(job.owner):
                raise QueueFull(
                    Message(
                        "job.too-many",
                        "expected at most {most} explanations of one user at a time, received one more. "
                        "Wait for them, or cancel some.",
                        most=self.most,
                    )
                )
            self._turns.came(job.account, {each.account for each in self._jobs()})
            self._waiting.append(job)
            self._change.notify()

    def has_room(self, owner: Hashable) -> bool:
        """Whether the owner may have another job."""
        with self._change:
            return Counter(job.owner for job in self._jobs())[owner] < self.most

    def cancel(self, job: Job[Any]) -> None:
        """Stop it within a batch; at once where it still waits."""
        job.cancel()
        self._prune(at_once=True)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        with self._change:
            return not (self._running or self._waiting)

    def ahead(self, job: Job[Any]) -> int:
        """Jobs whose turn comes before this one's next; 0 once it runs or is done."""
        with self._change:
            return len(self._running) + self._line().index(job) if job in self._waiting else 0

    @property
    def length(self) -> tuple[int, int]:
        """Jobs that run, and that wait."""
        with self._change:
            return len(self._running), len(self._waiting)

    @property
    def owners(self) -> int:
        """Who has jobs, under way or waiting."""
        with self._change:
            return len({each.owner for each in self._jobs()})

    def seconds_left(self, job: Job[Any]) -> float | None:
        """Until the job ends, turns of others included; None while nothing was measured at all."""
        with self._change:
            own = [*(each for each in self._running if each.owner == job.owner and each is not job)]
            if job in self._waiting:
                line = [each for each in self._line() if each.owner == job.owner]
                own += line[: line.index(job)]
            else:
                own = []
            others = [each for each in self._jobs() if each.owner != job.owner]
        times: dict[Job[Any], float] = {}
        for each in [*own, *others, job]:
            if (seconds := self._seconds(each)) is None:
                return None
            times[each] = seconds
        before, itself = sum(times[each] for each in own) / self.workers, times[job]
        theirs: dict[Hashable, float] = {}
        for each in others:
            theirs[each.owner] = theirs.get(each.owner, 0.0) + times[each]
        # While it waits and runs, each other owner gets as much time, or what it needs.
        return before + itself + sum(min(total, before + itself) for total in theirs.values()) / self.workers

    def _seconds(self, job: Job[Any]) -> float | None:
        # Of a kind that was never seen, take the slowest known.
        rate = job.rate() or self._rates.get(job.kind) or min(self._rates.values(), default=None)
        return None if not rate else max(0, job.total - job.evaluations) / rate

    def _jobs(self) -> list[Job[Any]]:
        return [*self._running, *self._waiting]

    def _line(self) -> list[Job[Any]]:
        """The waiting jobs in the order of their next turns, if nobody came."""
        return list(self._turns.line(self._waiting))

    def _work(self) -> None:
        while True:
            with self._change:
                while (job := self._next()) is None:
                    self._change.wait()
                self._waiting.remove(job)
                self._running.append(job)
            began = time.monotonic()

            def progress(evaluations: int, total: int, job: Job[Any] = job, began: float = began) -> None:
                job.progress(evaluations, total)
                if rate := job.rate():
                    self._rates[job.kind] = rate
                self._prune()
                with self._change:
                    over = self._turns.is_over(job, time.monotonic() - began, self._waiting)
                if over:
                    raise TurnOver

            job.run(progress)
            with self._change:
                self._turns.took(job, time.monotonic() - began)
                self._running.remove(job)
                if not job.done:
                    # In front of the owner's later ones.
                    self._waiting.insert(0, job)
                self._change.notify_all()

    def _next(self) -> Job[Any] | None:
        # One whose explainer another worker has would only wait for it.
        busy = {id(job.explainer) for job in self._running}
        return next((job for job in self._line() if id(job.explainer) not in busy), None)

    def _prune(self, at_once: bool = False) -> None:
        """End the waiting jobs that were cancelled, that nobody waits for any more, or that others have done."""
        if not at_once and time.monotonic() - self._pruned < PRUNE_S:
            return
        self._pruned = time.monotonic()
        with self._change:
            for job in list(self._waiting):
                if job.cancelled or job.evaluations >= job.total or not job.wanted():
                    self._waiting.remove(job)
                    job.finish()
