"""What the tests of serving need beside the program: skipped where it is missing, or an error where it is required."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

REQUIRED = "CRACKXAI_SERVING"
"""Environment variable: "required" makes it an error that something is missing."""
PORTS = range(8771, 8800)


def missing(why: str) -> None:
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{REQUIRED}=required, and {why}")
    pytest.skip(why)


def package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        missing(f"the package {name} of tests/serving/requirements.txt is not installed")


def program(*names: str) -> str:
    """The first that is found, beside this Python or on the path; Debian keeps nginx where only root looks."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])
    found = next(filter(None, (shutil.which(name, path=beside) for name in names)), None)
    if found is None:
        missing(f"there is no {names[0]} here")
    return str(found)


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def wait_for_port(port: int, process: subprocess.Popen[Any], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")
