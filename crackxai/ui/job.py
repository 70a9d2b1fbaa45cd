"""A piece of work in the background. Knows no Streamlit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from crackxai.errors import Cancelled, CrackXAIError, Message
from crackxai.explain.progress import Progress

log = logging.getLogger(__name__)


class TurnOver(Cancelled):
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
        except TurnOver:
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
