"""Work in the background: one queue for the whole server. Knows no Streamlit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable

from crackxai.errors import Cancelled, CrackXAIError, Message
from crackxai.explain.methods import AnytimeExplainer

log = logging.getLogger(__name__)

PRUNE_S = 1.0
"""How often jobs are asked whether anybody still wants them."""


class Job:
    """Taking an explainer further.

    Parameters
    ----------
    total : evaluations to go to.
    kind : of jobs that take as long for an evaluation, for estimates.
    wanted : whether somebody still waits for it; a job that nobody waits for ends.

    Attributes
    ----------
    explainer : readable at any time.
    evaluations : done; it starts at what the explainer has done before.
    error : why it failed, in words for the user; None while it runs or when it succeeded.
    """

    def __init__(
        self, explainer: AnytimeExplainer, total: int, kind: Hashable = None, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        self.explainer = explainer
        self.total = total
        self.kind = kind
        self.wanted = wanted
        self.evaluations = min(explainer.evaluations, total)
        self.error: str | None = None
        self._started = threading.Event()
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._pace: tuple[float, int] | None = None

    @property
    def done(self) -> bool:
        """Finished, failed or cancelled."""
        return self._finished.is_set()

    @property
    def waiting(self) -> bool:
        """Still behind others."""
        return not (self._started.is_set() or self.done)

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it does so before its next batch, or at once if it has not started."""
        self._cancelled.set()

    def rate(self) -> float | None:
        """Evaluations per second so far; None before there are enough of them."""
        if self._pace is None or self.evaluations <= self._pace[1]:
            return None
        began, before = self._pace
        return (self.evaluations - before) / max(1e-9, time.monotonic() - began)

    def progress(self, evaluations: int, total: int) -> None:
        """The `crackxai.explain.progress.Progress` of this job."""
        self.evaluations = min(evaluations, total)
        # The first evaluations warm the model up and say nothing about the rest.
        if self._pace is None and evaluations > 2:
            self._pace = time.monotonic(), evaluations
        if self._cancelled.is_set() or not self.wanted():
            raise Cancelled("stopped by the user")

    def run(self, progress: Callable[[int, int], None]) -> None:
        """Do the work, in a worker's thread. Nothing is raised: the outcome is on the job."""
        self._started.set()
        try:
            self.explainer.advance(self.total, progress)
        except Cancelled:
            pass
        except CrackXAIError as error:
            self.error = error.message
        except Exception:
            log.exception("explaining %s failed", self.explainer.photo_name)
            self.error = Message(
                "job.failed", "The explanation failed for a reason that was not foreseen; the server's log has it."
            )
        finally:
            self.finish()

    def finish(self) -> None:
        self._finished.set()


class Queue:
    """Jobs in the order in which they came, a few at a time.

    Parameters
    ----------
    workers : jobs that run at once. One explanation uses the whole device, so that two at once only share it.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._rates: dict[Hashable, float] = {}
        self._change = threading.Condition()
        self._pruned = 0.0
        for number in range(workers):
            # Daemons: closing the server does not wait for an explanation.
            threading.Thread(target=self._work, name=f"explain-{number}", daemon=True).start()

    def submit(self, job: Job) -> None:
        with self._change:
            self._waiting.append(job)
            self._change.notify()

    def cancel(self, job: Job) -> None:
        """Stop it within a batch; at once where it still waits."""
        job.cancel()
        self._prune(at_once=True)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        with self._change:
            return not (self._running or self._waiting)

    def ahead(self, job: Job) -> int:
        """Jobs that end or start before this one may start; 0 once it runs or is done."""
        with self._change:
            return len(self._running) + self._waiting.index(job) if job in self._waiting else 0

    def seconds_left(self, job: Job) -> float | None:
        """Until the job ends, its time in the queue included; None while nothing was measured at all."""
        with self._change:
            place = self._waiting.index(job) if job in self._waiting else None
            before = [] if place is None else [*self._running, *self._waiting[:place]]
        times = [self._seconds(each) for each in [*before, job]]
        if None in times:
            return None
        return sum(times[:-1]) / self.workers + times[-1]

    def _seconds(self, job: Job) -> float | None:
        # Of a kind that was never seen, take the slowest known.
        rate = job.rate() or self._rates.get(job.kind) or min(self._rates.values(), default=None)
        return None if not rate else max(0, job.total - job.evaluations) / rate

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                job = self._waiting.pop(0)
                self._running.append(job)

            def progress(evaluations: int, total: int, job: Job = job) -> None:
                job.progress(evaluations, total)
                if rate := job.rate():
                    self._rates[job.kind] = rate
                self._prune()

            job.run(progress)
            with self._change:
                self._running.remove(job)

    def _prune(self, at_once: bool = False) -> None:
        """End the waiting jobs that were cancelled or that nobody waits for any more."""
        if not at_once and time.monotonic() - self._pruned < PRUNE_S:
            return
        self._pruned = time.monotonic()
        with self._change:
            for job in [job for job in self._waiting if job.cancelled or not job.wanted()]:
                self._waiting.remove(job)
                job.finish()
