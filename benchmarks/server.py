"""The app in a process of its own, for measuring."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

START_S = 120


class Server:
    """The app of a checkout on a free port; ``address`` is ``host:port``, ``starter`` what runs Streamlit."""

    def __init__(
        self, root: Path, log: Path, starter: tuple[str, ...] = ("-m", "streamlit"), **environment: str
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        self.address = f"localhost:{port}"
        self._log = log
        with log.open("a") as out:
            self._process = subprocess.Popen(
                [sys.executable, *starter, "run", "app.py", "--server.headless=true", f"--server.port={port}"],
                cwd=root,
                stdout=out,
                stderr=out,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
            )
        self.pid = self._process.pid

    def __enter__(self) -> Server:
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{self.address}/_stcore/health"):
                return self
            time.sleep(0.2)
        raise RuntimeError(f"the app did not start:\n{self._log.read_text()}")

    def __exit__(self, *failure: object) -> None:
        self._process.terminate()
        self._process.wait(20)
