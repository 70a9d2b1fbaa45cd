"""The connection of a run with its cluster: a process beside it, what is on its way, and what came back."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import logging
import re
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from crackxai import __version__
from crackxai.errors import ClusterError, Message
from crackxai.explain.settings import ExplainSettings
from crackxai.inspection.cluster import beside, cluster_errors
from crackxai.inspection.cluster.messages import Answer, Lost, Setup, Standing, Task, receive, send
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.model.classifier import CrackModel
from crackxai.photo import Box

log = logging.getLogger(__name__)

LOOK_S = 0.1
"""Seconds after which one who waits is asked whether to go on."""
REACH_S = 5.0
"""Seconds in which a cluster's address has to answer."""
JOIN_S = 60.0
"""Seconds in which Ray has to have joined it, or begun one."""
SAID = 4000
"""Bytes of what it wrote last that go into the log where it ended unasked."""
ADDRESS = re.compile(r"auto|[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}")


@dataclass(frozen=True)
class Cluster:
    """Where a run is computed.

    Attributes
    ----------
    address : "auto", or HOST:PORT of a Ray cluster that this computer is a node of. per_node : workers on each node; 0:
        one for each GPU, else for each core.
    model : folder of the run's model; None: the bundled one. runtime : as `load_model` takes it.

    Raises
    ------
    ClusterError : Ray is not installed, or the address is none.
    """

    address: str
    model: Path | None = None
    runtime: str = "auto"
    per_node: int = 0

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.address):
            raise cluster_errors.no_address(self.address)
        if importlib.util.find_spec("ray") is None:
            raise cluster_errors.no_ray()

    def reach(self) -> None:
        """Raises ClusterError: nobody answers at the address, within `REACH_S`. A cluster that is found does."""
        if self.address == "auto":
            return
        host, _, port = self.address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ClusterError(cluster_errors.unreachable(self.address, why)) from error


class Link:
    """From any thread. It is open from the first `connect` until it is closed, or the cluster is lost.

    Parameters
    ----------
    model : that the run has.
    """

    def __init__(self, cluster: Cluster, model: CrackModel, settings: FolderSettings) -> None:
        self.cluster = cluster
        self._setup = Setup(
            cluster.address,
            cluster.per_node,
            cluster.model,
            model.precision,
            cluster.runtime,
            model.key,
            settings,
            __version__,
            JOIN_S,
        )
        self._numbers = itertools.count()
        self._asked: dict[int, Future[Any]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._changing, self._sending = threading.RLock(), threading.Lock()
        self._changed = threading.Event()
        self._lost: Message | None = None
        self.standing: Standing | None = None
        """What works; None before the first worker is ready."""
        self.problems: tuple[Message, ...] = ()
        """Why there were no workers in places that could have some, of all that was ever told."""

    def connect(self, asked: Callable[[], None] = lambda: None) -> Standing:
        """Wait until a worker is ready; at once where one is.

        Parameters
        ----------
        asked : called now and then meanwhile; what it raises ends the waiting.

        Raises
        ------
        ClusterError : nothing can be computed there.
        """
        # Of one that is ending the cores are taken yet, and a cluster that ends with it would be found.
        beside.wait_until_gone(asked)
        with self._changing:
            if self._process is None:
                self._begin()
        while (standing := self.standing) is None and self._lost is None:
            self._changed.wait(LOOK_S)
            self._changed.clear()
            asked()
        if standing is None:
            raise ClusterError(self._lost or cluster_errors.gone())
        return standing

    def ask(self, data: bytes, name: str, maps: ExplainSettings | None = None, box: Box | None = None) -> Any:
        """A `Judgement`, or a map as (record, values); an error of this photo alone is returned. It waits.

        Raises
        ------
        ClusterError : the connection was closed, or the cluster is lost.
        """
        future: Future[Any] = Future()
        number = next(self._numbers)
        with self._changing:
            process = self._process
            if process is None or self._lost is not None:
                raise ClusterError(self._lost or cluster_errors.gone())
            self._asked[number] = future
        # Where nobody reads it, the listener sees the end and says so.
        with contextlib.suppress(OSError, ValueError), self._sending:
            send(process.stdin, Task(number, data, name, maps, box))  # type: ignore[arg-type]
        return future.result()

    def close(self) -> None:
        """End the workers; whatever is on its way is given up. It can be connected again.

        Ray takes a second or two to end: see `beside`.
        """
        with self._changing:
            process, self._process = self._process, None
            self._lost = self.standing = None
            self._give_up(cluster_errors.gone())
        if process is not None:
            beside.end(process)

    def _begin(self) -> None:
        self._lost = self.standing = None
        self._process, written = beside.begin()
        send(self._process.stdin, self._setup)  # type: ignore[arg-type]
        threading.Thread(target=self._listen, args=(self._process, written), name="cluster", daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes], written: IO[bytes]) -> None:
        lost = None
        while (message := receive(process.stdout)) is not None:  # type: ignore[arg-type]
            if isinstance(message, Answer):
                with self._changing:
                    future = self._asked.pop(message.number, None)
                if future is not None:
                    future.set_result(message.value)
            elif isinstance(message, Standing):
                with self._changing:
                    if self._process is process:
                        self.standing = message
                        self.problems = tuple(dict.fromkeys((*self.problems, *message.problems)))
                self._changed.set()
            elif isinstance(message, Lost):
                lost = message.why
        with self._changing:
            if self._process is process:
                if lost is None:
                    written.seek(0)
                    said = written.read()[-SAID:].decode("utf-8", "replace")
                    log.warning("the process that speaks with Ray ended: %s", said)
                self._lost = lost or cluster_errors.gone()
                self._process = self.standing = None
                self._give_up(self._lost)
                beside.end(process)
        written.close()
        process.stdout.close()  # type: ignore[union-attr]
        self._changed.set()

    def _give_up(self, why: Message) -> None:
        asked, self._asked = self._asked, {}
        for future in asked.values():
            future.set_exception(ClusterError(why))
