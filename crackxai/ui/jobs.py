"""Explanations in the background: worker, progress, cancel, and a bounded store of results. Knows no Streamlit."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

from crackxai.errors import Cancelled, CrackXAIError
from crackxai.explain.explanation import Explanation
from crackxai.explain.progress import Progress

log = logging.getLogger(__name__)


class Results:
    """Finished explanations by key, the least recently used dropped first. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, Explanation] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Explanation | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, explanation: Explanation) -> None:
        with self._lock:
            self._kept[key] = explanation
            self._kept.move_to_end(key)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)


class Job:
    """One explanation on its way.

    Attributes
    ----------
    key : of the result; photo_name : for people.
    evaluations, total : progress; 0 until it starts.
    error : why it failed, in words for the user; None while it runs or when it succeeded.
    """

    def __init__(self, key: Hashable, photo_name: str, total: int) -> None:
        self.key = key
        self.photo_name = photo_name
        self.total = total
        self.evaluations = 0
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
        # The first evaluations wait for shap's compilation and say nothing about the rest.
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
        if self._first_batch is None and evaluations > 2:
            self._first_batch = time.monotonic(), evaluations
        self.evaluations = min(evaluations, total)

    def run(self, explain: Callable[[Progress], Explanation], results: Results) -> None:
        """Do the work, in the worker's thread. Nothing is raised: the outcome is on the job."""
        self._started = time.monotonic()
        try:
            self.progress(0, self.total)
            results.put(self.key, explain(self.progress))
        except Cancelled:
            pass
        except CrackXAIError as error:
            self.error = str(error)
        except Exception:
            log.exception("explaining %s failed", self.photo_name)
            self.error = "The explanation failed for a reason that was not foreseen; the server's log has it."
        finally:
            self._finished.set()


class Worker:
    """Runs jobs one after another: an explanation uses the whole device, so two at once would only share it."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explain")

    def submit(self, job: Job, explain: Callable[[Progress], Explanation]) -> None:
        self._pool.submit(job.run, explain, self.results)
