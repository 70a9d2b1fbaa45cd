"""The app in its own process and a real Chromium in front of it.

Skipped where Playwright or a Chromium is missing, unless CRACKXAI_BROWSER=required, which makes that an error.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
REQUIRED = os.environ.get("CRACKXAI_BROWSER") == "required"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's own calls home would be counted as the page's.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
START_S = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A Playwright browser."""
    if not REQUIRED:
        pytest.importorskip("playwright", reason="needs tests/browser/requirements.txt")
    from playwright.sync_api import Error, sync_playwright

    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    path = os.environ.get("CRACKXAI_CHROMIUM") or next(filter(None, found), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *QUIET])
        except Error as error:
            if REQUIRED:
                raise
            pytest.skip(f"no Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory) -> Iterator[str]:
    """The address of a running app; its log must be free of errors when it ends."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with log.open("w") as out:
        server = subprocess.Popen([*command, "--server.port", str(port)], cwd=ROOT, stdout=out, stderr=out)
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health", server, log)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise RuntimeError(f"the app did not start:\n{log.read_text()}")


@pytest.fixture
def visit(chromium, address):
    """Open the app: ``visit(width, height, scheme)`` gives a page; afterwards nothing may have gone wrong on any."""
    pages, foreign, errors = [], [], []

    def open_page(width: int = 1366, height: int = 768, scheme: str = "light"):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else foreign.append(r.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.get_by_role("heading", name="Photo", exact=True).wait_for()
        pages.append(context)
        return page

    yield open_page
    for context in pages:
        context.close()
    assert not errors
    assert not foreign, "the app must work offline"
