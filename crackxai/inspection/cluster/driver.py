"""The process that speaks with Ray: ``python -m crackxai.inspection.cluster.driver``, by `Link` alone.

Its standard input and output are the pipe; see `messages`. It ends with its input, as when the run's process was
killed, and Ray ends its workers then.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from queue import SimpleQueue
from typing import Any

from crackxai.errors import Message
from crackxai.inspection.cluster import cluster_errors
from crackxai.inspection.cluster.messages import Lost, Setup, receive, send

REACH_S = 2.0
"""Seconds in which a cluster of this computer has to answer."""
STORE_BYTES = 2**29
"""Of memory for photos under way, of a cluster that is begun here."""


def main() -> None:
    """Until the input ends."""
    # Whatever prints, prints elsewhere: the output is the pipe.
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    setup: Setup | None = receive(sys.stdin.buffer)
    if setup is None:
        return
    telling = threading.Lock()

    def tell(message: object) -> None:
        with telling:
            send(pipe, message)

    def late() -> None:
        tell(Lost(cluster_errors.unreachable(setup.address, f"{setup.join_s:.0f} s")))
        os._exit(1)

    watch = threading.Timer(setup.join_s, late)
    watch.daemon = True
    watch.start()
    joined = join(setup.address)
    watch.cancel()
    if isinstance(joined, Message):
        tell(Lost(joined))
        return
    events: SimpleQueue[Any] = SimpleQueue()

    def listen() -> None:
        while (task := receive(sys.stdin.buffer)) is not None:
            events.put(task)
        events.put(None)

    threading.Thread(target=listen, name="tasks", daemon=True).start()
    from crackxai.inspection.cluster.pool import Pool
    from crackxai.model.classifier import BUNDLED, FILES

    folder = setup.folder or BUNDLED
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    try:
        Pool(joined, setup, files, tell, events).run()
    except BrokenPipeError:
        pass  # the run is gone, and nobody is to be told
    finally:
        joined.shutdown()


def join(address: str) -> Any | Message:
    """Ray, connected to that cluster; or why not. "auto": the one that this computer is of, else one of its own."""
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address == "auto" and not _is_found():
        ray.init("local", num_cpus=_cores(), include_dashboard=False, object_store_memory=STORE_BYTES, **quiet)
        return ray
    try:
        ray.init(address, **quiet)
    except Exception as error:  # of Ray's many; all of them mean that this computer is no node of it
        return cluster_errors.refused(address, _words(error))
    return ray


def _is_found() -> bool:
    """Whether there is a cluster that this computer is of. Ray still names one that was killed, and waits for it."""
    from ray._private import services

    if os.environ.get("RAY_ADDRESS"):
        return True
    try:
        host, _, port = services.get_ray_address_from_environment("auto", None).rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    except (OSError, ValueError):  # Ray's ConnectionError, too: there is none
        return False
    return True


def _cores() -> int:
    """That this process may use, which need not be all of the computer's."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _words(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


if __name__ == "__main__":
    main()
