"""A run over a folder whose photos are judged and explained on other machines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from crackxai.errors import Message
from crackxai.inspection.cluster.link import Cluster, Link
from crackxai.inspection.cluster.messages import Standing
from crackxai.inspection.cluster.questions import RemoteMaps, RemoteQuestion
from crackxai.inspection.folder_questions import question_of
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import PhotoSource
from crackxai.inspection.records.records import Records
from crackxai.inspection.worst_maps import Wanted, WorstMaps
from crackxai.model.classifier import CrackModel
from crackxai.photo.reading import OpenedPhoto

REST_S = 30.0
"""Seconds that the workers of a run that has stopped are kept: it may only have given way to another's turn."""


class ClusterRun(FolderRun):
    """Keeps what `FolderRun` does, and records the same; only where it is computed is another.

    >>> run = ClusterRun(load_model(), open_source(Path("photos")), records, inspection, Cluster("auto"))
    >>> run.advance()

    Parameters
    ----------
    model : as workers will have it; here it says which answers are known already.

    Raises
    ------
    ClusterError : from `advance` and `connect`, too: nothing can be computed there. What was recorded is kept.
    """

    def __init__(
        self,
        model: CrackModel,
        source: PhotoSource,
        records: Records,
        inspection: str,
        cluster: Cluster,
        settings: FolderSettings | None = None,
    ) -> None:
        self._link = Link(cluster, model, settings or FolderSettings())
        self._timer: threading.Timer | None = None
        super().__init__(model, source, records, inspection, settings)

    @property
    def standing(self) -> Standing | None:
        """What works now; None: no worker does yet, or any more."""
        return self._link.standing

    def connect(self) -> Standing:
        """Wait until a worker is ready, as `advance` does. Raises ClusterError."""
        return self._link.connect()

    @property
    def problems(self) -> tuple[Message, ...]:
        """Why places of the cluster had no worker, of all that were ever told."""
        return self._link.problems

    def close(self) -> None:
        """End the workers, too; see `crackxai.inspection.cluster.beside.wait_until_gone`."""
        self._link.close()
        super().close()
        with self._advancing:
            self._let_go()

    def _question_of(self, model: CrackModel) -> RemoteQuestion:
        self._remote = RemoteQuestion(question_of(model, self.settings), self._link)
        return self._remote

    def _maps_of(self, wanted: Wanted) -> WorstMaps:
        return RemoteMaps(wanted, self._link)

    @property
    def _ahead_now(self) -> int:
        return self._remote.ahead

    def _prepare(self, opened: OpenedPhoto, data: bytes) -> Any:
        return self._remote.answer(opened, data)

    def _begin(self, asked: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._link.standing is None:
            self._link.cluster.reach()
        # What a cluster takes to get ready is not the photos' time.
        self._began = None
        self._link.connect(asked)
        self._began = time.perf_counter()

    def _rest(self) -> None:
        if self._finished:
            self._let_go()
            return
        self._timer = threading.Timer(REST_S, self._unless_going_on)
        self._timer.daemon = True
        self._timer.start()

    def _unless_going_on(self) -> None:
        if self._advancing.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._advancing.release()

    def _let_go(self) -> None:
        """Of the workers, and of all that they had in hand, which is asked again."""
        if self._timer is not None:
            self._timer.cancel()
        # All is recorded that was answered: whoever waits for the run does not wait for Ray's end.
        self._link.close()
        self._ahead.release()
        self._maps.release()
