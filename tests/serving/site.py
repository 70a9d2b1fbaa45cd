"""A site: servers on one PostgreSQL and one store, behind the nginx that the README describes."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.served import ROOT, Served
from tests.serving.needed import free_port, program, wait_for_port

BASE = "/cracks"
COMMAND = (
    sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.address", "127.0.0.1",
    "--server.baseUrlPath", BASE.strip("/"),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """port : of HTTPS. plain : of the same without TLS, for clients that have none."""

    port: int
    plain: int
    servers: tuple[Served, ...]

    @property
    def address(self) -> str:
        """Of the app, in a browser."""
        return f"https://localhost:{self.port}{BASE}"


@contextlib.contextmanager
def site(folder: Path, place: str, model: Path | None, port: int | None = None, **more: str) -> Iterator[Site]:
    """Two servers that are ready, and nginx before them.

    Parameters
    ----------
    folder : for logs and nginx's files. place : URL of the database. port : of HTTPS; None: a free one.
    more : of the servers' environment.
    """
    environment = {**os.environ, "CRACKXAI_DB": place, **more}
    if model is not None:
        environment["CRACKXAI_MODEL"] = str(model)
    with contextlib.ExitStack() as stack:
        started = [Served(environment, COMMAND, base=BASE) for _ in range(2)]
        running = tuple(stack.enter_context(server) for server in started)
        ports = [server.port for server in running]
        yield Site(*stack.enter_context(nginx(folder, ports, port or free_port())), running)


@contextlib.contextmanager
def nginx(folder: Path, servers: list[int], port: int) -> Iterator[tuple[int, int]]:
    """Its ports, with and without TLS."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    configuration = folder / "nginx.conf"
    plain = next(number for number in range(port + 1, 8800) if free_port_is(number))
    configuration.write_text(_configuration(folder, servers, port, plain, key, certificate), "utf-8")
    command = [program("nginx"), "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        wait_for_port(port, process)
        yield port, plain
    finally:
        process.terminate()
        process.wait(20)


def free_port_is(number: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", number)) != 0


def snippet() -> str:
    """What the README says to put into nginx's http block."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def _configuration(folder: Path, servers: list[int], port: int, plain: int, key: Path, certificate: Path) -> str:
    text = snippet()
    for host, number in zip(("10.0.0.11", "10.0.0.12"), servers, strict=True):
        assert f"{host}:8501" in text
        text = text.replace(f"{host}:8501", f"127.0.0.1:{number}")
        text = text.replace(rf"{re.escape(host)}:8501", rf"127\.0\.0\.1:{number}")
    assert "8501" not in text
    for old, new in {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl; listen 127.0.0.1:{plain};",
        "cracks.example.org": "localhost",
        "/etc/ssl/cracks.pem": str(certificate),
        "/etc/ssl/cracks.key": str(key),
    }.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    return (
        f"{user}pid {folder / 'nginx.pid'};\nworker_processes 1;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n{paths}"
        f"log_format told '$status $upstream_addr $request';\naccess_log {folder / 'access.log'} told;\n{text}}}\n"
    )
