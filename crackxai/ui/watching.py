"""What a server tells its owner on a port of its own: whether it is well, and metrics for Prometheus.

Off unless the environment variable `CRACKXAI_METRICS` says where, and then begun once for the process, before anybody
visits. ``/health`` answers 200 where the model is loaded, the records answer and copies of photos can be written, else
503, and says which it is: for a proxy or a container's owner, who sends nobody to a server that cannot work. It tells
how the records are called and what the database said, so that it is for the owner's eyes; it answers to this computer
alone unless a host is named.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import text
from streamlit.runtime import exists, get_instance

from crackxai.errors import CrackXAIError, SettingsError
from crackxai.tallies import CountErrors, counts
from crackxai.ui import inspections, resources

log = logging.getLogger(__name__)

VARIABLE = "CRACKXAI_METRICS"
"""Environment variable: a port, or ``host:port``."""
ANSWER_S = 5.0
"""Seconds after which a part that has not answered counts as unwell."""
KNOWN_S = 2.0
"""Seconds for which an answer is taken for the next, so that asking often costs little."""
OK = "ok"
_PLACE = re.compile(r"(?:(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>\d{1,5})")


def place() -> tuple[str, int] | None:
    """Host and port; None: nothing is told. Raises SettingsError: the variable names no place."""
    asked = os.environ.get(VARIABLE, "").strip()
    if not asked:
        return None
    found = _PLACE.fullmatch(asked)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise SettingsError(
            f"expected {VARIABLE} to be a port or HOST:PORT, such as 9464 or 0.0.0.0:9464, received {asked!r}. Mend it."
        )
    return (found["host"] or "localhost").strip("[]"), int(found["port"])


class Health:
    """Whether the server can work, part by part."""

    def __init__(self) -> None:
        self._asking = ThreadPoolExecutor(8, "health")
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, str]] | None = None
        self._model = "not loaded yet"

    def load(self) -> None:
        """The model, in a thread: nobody has to visit before the server can be told to be ready."""

        def work() -> None:
            try:
                resources.model()
            except CrackXAIError as error:
                self._model = error.message
            else:
                self._model = OK

        threading.Thread(target=work, name="health-model", daemon=True).start()

    def parts(self) -> dict[str, str]:
        """Of each: "ok", or what is wrong with it."""
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > KNOWN_S:
                asked = {name: self._asking.submit(_told, ask) for name, ask in _PARTS.items()}
                until = time.monotonic() + ANSWER_S
                found = {"model": self._model}
                for name, answer in asked.items():
                    try:
                        found[name] = answer.result(max(0.0, until - time.monotonic()))
                    except Late:
                        found[name] = f"no answer within {ANSWER_S:.0f} s"
                self._known = time.monotonic(), found
            return dict(self._known[1])


def _database() -> None:
    with inspections.records().database.reading() as connection:
        connection.execute(text("SELECT 1"))


def _store() -> None:
    inspections.records().store.try_writing()


_PARTS: dict[str, Callable[[], None]] = {"database": _database, "store": _store}


def _told(ask: Callable[[], None]) -> str:
    try:
        ask()
    except CrackXAIError as error:
        return error.message
    except Exception as error:
        log.exception("the server's health could not be asked for")
        return type(error).__name__
    return OK


class Collector:
    """What `prometheus_client` asks for when it is asked."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Any]:
        """All metrics, as they stand now."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        counted = counts()
        for name, key, about in (
            ("evaluations", "evaluations", "Pictures that the network was asked for; a second: rate() of it."),
            ("photos_judged", "judged", "Photos whose answers were computed and recorded."),
            ("decisions", "decisions", "Decisions of people that were recorded."),
            ("errors", "errors", "Errors in the server's log."),
        ):
            yield CounterMetricFamily(f"crackxai_{name}", about, value=counted[key])  # type: ignore[index]
        running, waiting = resources.queue().length
        jobs = GaugeMetricFamily("crackxai_jobs", "Work in the queue: explanations, scans, folders.", labels=["state"])
        jobs.add_metric(["running"], running)
        jobs.add_metric(["waiting"], waiting)
        yield jobs
        yield GaugeMetricFamily("crackxai_sessions", "Open pages.", value=_sessions())
        budget = resources.budget()
        yield GaugeMetricFamily(
            "crackxai_memory_budget_bytes", "What sessions may keep in memory.", value=budget.allowed
        )
        used = GaugeMetricFamily("crackxai_memory_used_bytes", "What they keep, by what it is.", labels=["what"])
        for what, size in budget.used.items():
            used.add_metric([what], size)
        yield used
        healthy = GaugeMetricFamily("crackxai_healthy", "1 where that part can work.", labels=["part"])
        for part, said in self._health.parts().items():
            healthy.add_metric([part], float(said == OK))
        yield healthy


def _sessions() -> int:
    return int(get_instance()._session_mgr.num_active_sessions()) if exists() else 0


@functools.cache
def start() -> ThreadingHTTPServer | None:
    """Tell it from now on, where `CRACKXAI_METRICS` asks for that; once.

    Raises
    ------
    SettingsError : the variable names no place, that place is taken, or the package is missing.
    """
    asked = place()
    if asked is None:
        return None
    try:
        import prometheus_client
    except ImportError as error:
        raise SettingsError(
            f"expected the package prometheus_client for {VARIABLE}, found none. Install it: python -m pip install "
            '"prometheus_client~=0.26".'
        ) from error
    health = Health()
    registry = prometheus_client.CollectorRegistry()
    prometheus_client.ProcessCollector(registry=registry)
    registry.register(Collector(health))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._send(HTTPStatus.OK, prometheus_client.CONTENT_TYPE_LATEST, _latest(registry))
            elif path == "/health":
                parts = health.parts()
                well = all(said == OK for said in parts.values())
                status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
                self._send(status, "application/json", json.dumps(parts).encode())
            else:
                self._send(HTTPStatus.NOT_FOUND, "text/plain", b"/metrics or /health\n")

        def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Nothing: it is asked every few seconds."""

    try:
        server = ThreadingHTTPServer(asked, Handler)
    except OSError as error:
        raise SettingsError(
            f"expected a free port for {VARIABLE}, received {asked[0]}:{asked[1]}: {error.strerror or error}. Name "
            "another."
        ) from error
    server.daemon_threads = True
    _count_errors()
    threading.Thread(target=server.serve_forever, name="watching", daemon=True).start()
    health.load()
    return server


def _latest(registry: Any) -> bytes:
    from prometheus_client import generate_latest

    return bytes(generate_latest(registry))


def _count_errors() -> None:
    """Those of all loggers; Streamlit's keep theirs to themselves."""
    handler = CountErrors()
    apart = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    for logger in (logging.root, *(each for each in apart if not each.propagate)):
        logger.addHandler(handler)
