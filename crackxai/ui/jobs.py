"""Work in the background: worker, progress, cancel, and a bounded store. Knows no Streamlit."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from crackxai.errors import Cancelled, CrackXAIError
from crackxai.explain.explainer import Explainer

log = logging.getLogger(__name__)
T = TypeVar("T")


class Recent(Generic[T]):
    """Things by key, the least recently used dropped first. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under ``key``, or else made now."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
            return self._kept[key]


class Job:
    """Taking an explainer further.

    Attributes
    ----------
    explainer : readable at any time.
    evaluations, total : progress; it starts at what the explainer has done before.
    error : why it failed, in words for the user; None while it runs or when it succeeded.
    """

    def __init__(self, explainer: Explainer, total: int) -> None:
        self.explainer = explainer
        self.total = total
        self.evaluations = min(explainer.evaluations, total)
        self.error: str | None = None
        self._started: float | None = None
        self._cancelled = threading.Event()
        self._finished = threading.Event()

    @property
    def done(self) -> bool:
        """Finished, failed or cancelled."""
        return self._finished.is_set()

    @property
    def waiting(self) -> bool:
        """Still behind another job."""
        return self._started is None

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it does so before its next batch, or at once if it has not started."""
        self._cancelled.set()

    def seconds_left(self) -> float | None:
        """Estimate from the evaluations so far; None before there are enough of them."""
        if self._first_batch is None or self.evaluations <= self._first_batch[1]:
            return None
        began, before = self._first_batch
        rate = (self.evaluations - before) / max(1e-9, time.monotonic() - began)
        return max(0, self.total - self.evaluations) / rate

    _first_batch: tuple[float, int] | None = None

    def progress(self, evaluations: int, total: int) -> None:
        """The `crackxai.explain.progress.Progress` of this job."""
        if self._cancelled.is_set():
            raise Cancelled("stopped by the user")
        # The first evaluations warm the model up and say nothing about the rest.
        if self._first_batch is None and evaluations > 2:
            self._first_batch = time.monotonic(), evaluations
        self.evaluations = min(evaluations, total)

    def run(self) -> None:
        """Do the work, in the worker's thread. Nothing is raised: the outcome is on the job."""
        self._started = time.monotonic()
        try:
            self.explainer.advance(self.total, self.progress)
        except Cancelled:
            pass
        except CrackXAIError as error:
            self.error = str(error)
        except Exception:
            log.exception("explaining %s failed", self.explainer.photo_name)
            self.error = "The explanation failed for a reason that was not foreseen; the server's log has it."
        finally:
            self._finished.set()


class Worker:
    """Runs jobs one after another: an explanation uses the whole device, so two at once would only share it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explain")

    def submit(self, job: Job) -> None:
        self._pool.submit(job.run)
