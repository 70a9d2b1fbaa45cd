"""Work in the background: one queue for the whole server, in which sessions take turns. Knows no Streamlit."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from crackxai.errors import Cancelled, CrackXAIError, Message
from crackxai.explain.progress import Progress

log = logging.getLogger(__name__)

PRUNE_S = 1.0
"""How often jobs are asked whether anybody still wants them."""
TURN_S = 4.0
"""How long a job runs before one of another session gets its turn; the batch under way is finished first."""
BACKGROUND_S = 0.25
"""The same of a job in the background, where one that is not waits. It has such a turn after `TURN_S` of the others, so
that it gets on at all."""
MOST = 16
"""Jobs of one owner, under way or waiting."""
KEPT_OWNERS = 1000
"""Owners whose time is remembered."""


class QueueFull(CrackXAIError):
    """The owner has as many jobs as one may have."""


class _TurnOver(Cancelled):
    """The job goes on later."""


class Advancing(Protocol):
    """What is taken further a batch at a time: an `AnytimeExplainer`, a `Scanner`."""

    @property
    def photo_name(self) -> str:
        """For people."""

    @property
    def evaluations(self) -> int:
        """Pictures that the model was asked for so far."""

    def advance(self, total: int | None = None, progress: Progress | None = None, /) -> None:
        """Go on to so many in all."""


E = TypeVar("E", bound=Advancing)


class Job(Generic[E]):
    """Taking an explainer, or a scanner, further.

    Parameters
    ----------
    total : evaluations to go to.
    kind : of jobs that take as long for an evaluation, for estimates.
    wanted : whether somebody still waits for it; a job that nobody waits for ends.
    owner : whose it is. Owners take turns.
    interactive : whether somebody watches this one alone; it goes before the owner's other jobs.
    background : whether it may take hours, so that whatever else is asked for goes before it, whoever asks.

    Attributes
    ----------
    explainer : readable at any time.
    made : when, by `time.monotonic`.
    error : why it failed, in words for the user; None while it runs or when it succeeded.
    watched : whether its photo is the one that the owner looks at; it goes before those of others. May be set any time.
    """

    def __init__(
        self,
        explainer: E,
        total: int,
        kind: Hashable = None,
        wanted: Callable[[], bool] = lambda: True,
        owner: Hashable = None,
        interactive: bool = False,
        background: bool = False,
    ) -> None:
        self.explainer = explainer
        self.total = total
        self.kind = kind
        self.wanted = wanted
        self.owner = owner
        self.interactive, self.background = interactive, background
        self.made = time.monotonic()
        self.error: str | None = None
        self.watched = False
        self._running = threading.Event()
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._pace: tuple[float, int] | None = None

    @property
    def rank(self) -> int:
        """Of its owner's jobs those with the highest go first."""
        return -1 if self.background else 2 * self.interactive + self.watched

    @property
    def account(self) -> Hashable:
        """Who is served by it. What runs in the background for an owner costs the owner's other jobs no turns."""
        return self.owner, self.background

    @property
    def evaluations(self) -> int:
        """Done, by whichever job: the explainer's, up to the total."""
        return min(self.explainer.evaluations, self.total)

    @property
    def done(self) -> bool:
        """Finished, failed or cancelled."""
        return self._finished.is_set()

    @property
    def waiting(self) -> bool:
        """Until its first turn, or for its next one."""
        return not (self._running.is_set() or self.done)

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it does so before its next batch, or at once if it has not started."""
        self._cancelled.set()

    def rate(self) -> float | None:
        """Evaluations per second in this turn; None before there are enough of them."""
        if self._pace is None or self.evaluations <= self._pace[1]:
            return None
        began, before = self._pace
        return (self.evaluations - before) / max(1e-9, time.monotonic() - began)

    def progress(self, evaluations: int, total: int) -> None:
        """The `crackxai.explain.progress.Progress` of this job."""
        # The first evaluations warm the model up and say nothing about the rest.
        if self._pace is None and evaluations > 2:
            self._pace = time.monotonic(), evaluations
        if self._cancelled.is_set() or not self.wanted():
            raise Cancelled("stopped by the user")

    def run(self, progress: Progress) -> None:
        """Do the work, or a turn of it, in a worker's thread. Nothing is raised: the outcome is on the job."""
        self._pace = None
        self._running.set()
        try:
            self.explainer.advance(self.total, progress)
        except _TurnOver:
            self._running.clear()
            return
        except Cancelled:
            pass
        except CrackXAIError as error:
            self.error = error.message
        except Exception:
            log.exception("explaining %s failed", self.explainer.photo_name)
            self.error = Message(
                "job.failed", "The explanation failed for a reason that was not foreseen; the server's log has it."
            )
        self.finish()

    def finish(self) -> None:
        self._finished.set()


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
        self._served: dict[Hashable, float] = {}
        self._asked_s = 0.0
        """Of work that is not in the background, since the last turn of one that is."""
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
            active = {each.account for each in self._jobs()}
            if job.account not in active:
                # One who comes gets the next turn, not all the turns that were had before.
                least = min((self._served.get(account, 0.0) for account in active), default=0.0)
                self._served[job.account] = max(least, self._served.pop(job.account, 0.0))
                while len(self._served) > KEPT_OWNERS:
                    self._served.pop(next(iter(self._served)))
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
            return len(self._running) + list(self._line()).index(job) if job in self._waiting else 0

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

    def _line(self) -> Iterator[Job[Any]]:
        """The waiting jobs in the order of their next turns, if nobody came."""
        asked, background = ([job for job in self._waiting if job.background is kind] for kind in (False, True))
        due = self._asked_s >= TURN_S
        yield from self._turns(background if due else asked)
        yield from self._turns(asked if due else background)

    def _turns(self, waiting: list[Job[Any]]) -> Iterator[Job[Any]]:
        """Those jobs in the order of their next turns, by how much their owners were served."""
        lines: dict[Hashable, deque[Job[Any]]] = {}
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
                if time.monotonic() - began >= self._turn_s(job) and self._others_wait(job):
                    raise _TurnOver

            job.run(progress)
            with self._change:
                took = time.monotonic() - began
                self._served[job.account] = self._served.get(job.account, 0.0) + took
                self._asked_s = 0.0 if job.background else self._asked_s + took
                self._running.remove(job)
                if not job.done:
                    # In front of the owner's later ones.
                    self._waiting.insert(0, job)
                self._change.notify_all()

    def _next(self) -> Job[Any] | None:
        # One whose explainer another worker has would only wait for it.
        busy = {id(job.explainer) for job in self._running}
        return next((job for job in self._line() if id(job.explainer) not in busy), None)

    def _turn_s(self, job: Job[Any]) -> float:
        with self._change:
            gives_way = job.background and any(not each.background for each in self._waiting)
        return BACKGROUND_S if gives_way else TURN_S

    def _others_wait(self, job: Job[Any]) -> bool:
        with self._change:
            return any(each.account != job.account or each.rank > job.rank for each in self._waiting)

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
