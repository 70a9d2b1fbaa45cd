"""The app in a process of its own, visited as a browser does it but without one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
README_COMMAND = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true")
START_S = 120


class Served:
    """Runs within a ``with`` statement; ``said`` is what it wrote, when it has ended.

    Parameters
    ----------
    port : option that takes the port's number.
    base : path below which the app is, such as "/cracks".
    """

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        command: Sequence[str] = README_COMMAND,
        port: str = "--server.port",
        folder: Path = ROOT,
        base: str = "",
    ) -> None:
        self.base = base
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port = probe.getsockname()[1]
        self.said = ""
        self._process = subprocess.Popen(
            [*command, port, str(self.port)],
            env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def __enter__(self) -> Served:
        until = time.monotonic() + START_S
        while True:
            try:
                with urllib.request.urlopen(f"http://localhost:{self.port}{self.base}/_stcore/health"):
                    return self
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    self._process.kill()
                    raise RuntimeError(self._process.communicate()[0]) from None
                time.sleep(0.2)

    def __exit__(self, *failure: object) -> None:
        self._process.terminate()
        self.said = self._process.communicate(timeout=30)[0]

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def kill(self) -> None:
        """As a power cut."""
        self._process.kill()
        self._process.wait()

    def session(self, origin: str) -> ClientConnection:
        """A connection as of a page of ``origin``."""
        address = f"ws://localhost:{self.port}/_stcore/stream"
        return connect(address, origin=origin, max_size=None, subprotocols=["streamlit"])

    def visit(self, query: str) -> int:
        """Open the page with that query; how its script ended, of ``ForwardMsg.ScriptFinishedStatus``."""
        with self.session(f"http://localhost:{self.port}") as session:
            start = BackMsg()
            start.rerun_script.query_string = query
            session.send(start.SerializeToString())
            while True:
                message = ForwardMsg.FromString(session.recv(timeout=START_S))
                if message.WhichOneof("type") == "script_finished":
                    return message.script_finished

    def listens_on(self) -> set[str]:
        """Addresses."""
        connections = psutil.Process(self._process.pid).net_connections("inet")
        return {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
