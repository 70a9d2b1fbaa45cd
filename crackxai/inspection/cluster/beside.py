"""The process beside this one that speaks with Ray: begun, and ended without anyone who has to wait for it.

Ray takes a second or two to end; what a run was asked for is recorded by then.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

END_S = 15.0
"""Seconds that Ray has to end by itself."""
LOOK_S = 0.1
"""Seconds after which one who waits is asked whether to go on."""
_endings: set[threading.Thread] = set()


def begin() -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """`crackxai.inspection.cluster.driver`, and the file that it writes its errors into, for its reader to close."""
    here = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    # No statistics to Ray's makers, no dashboard's processes, and a node without GPUs says nothing of it.
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    written = tempfile.TemporaryFile()  # noqa: SIM115  (its reader closes it)
    process = subprocess.Popen(
        [sys.executable, "-m", "crackxai.inspection.cluster.driver"],
        env={**os.environ, **quiet, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=written,
        # Ctrl-C is the run's: it says how far it came, and ends this one.
        start_new_session=True,
    )
    return process, written


def end(process: subprocess.Popen[bytes]) -> None:
    """At once for who asks for it: another thread waits."""

    def ended() -> None:
        try:
            _end(process)
        finally:
            _endings.discard(threading.current_thread())

    ending = threading.Thread(target=ended, name="cluster-end", daemon=True)
    _endings.add(ending)
    ending.start()


def wait_until_gone(asked: Callable[[], None] = lambda: None) -> None:
    """Until nothing of Ray's is left of what was ended in this process.

    Parameters
    ----------
    asked : called now and then meanwhile; what it raises ends the waiting.
    """
    for ending in tuple(_endings):
        while ending.is_alive():
            ending.join(LOOK_S)
            asked()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input ends, and so does it; and if it does not, it is ended."""
    with contextlib.suppress(OSError):
        process.stdin.close()  # type: ignore[union-attr]
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
