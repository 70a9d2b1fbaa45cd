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

from tests.browser.driver import idle

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


def executable() -> str | None:
    """A Chromium of the system; None: Playwright's own."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return os.environ.get("CRACKXAI_CHROMIUM") or next(filter(None, found), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A Playwright browser."""
    if not REQUIRED:
        for name in ("playwright", "axe_playwright_python"):
            pytest.importorskip(name, reason="needs tests/browser/requirements.txt")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", *QUIET])
        except Error as error:
            if REQUIRED:
                raise
            pytest.skip(f"no Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


class Server:
    """The app on a port of its own; its log must be free of errors when it ends."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        self.log = log
        self.records = log.with_name("records.sqlite")
        """No test reads or writes the records of who runs it."""
        self.photos = log.with_name("photos")
        """A folder that is open to the page."""
        self.photos.mkdir(exist_ok=True)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        with self.log.open("a") as out:
            self._process = subprocess.Popen(
                [*command, "--server.port", str(self.port)],
                cwd=ROOT,
                stdout=out,
                stderr=out,
                env=os.environ | {"CRACKXAI_DB": str(self.records), "CRACKXAI_PHOTOS": str(self.photos)},
            )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/_stcore/health") as answer:
                if answer.status == 200:
                    return
            time.sleep(0.3)
        raise RuntimeError(f"the app did not start:\n{self.log.read_text()}")

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        assert "Traceback" not in self.log.read_text(), self.log.read_text()


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """One for all tests that do not stop it."""
    with Server(tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture
def visit(chromium, server):
    """Open the app: ``visit("compare?sample=1", width=390)`` gives a page; afterwards nothing may have gone wrong."""
    contexts, foreign, errors = [], [], []

    def open_page(
        path: str = "",
        width: int = 1366,
        height: int = 768,
        scheme: str = "light",
        address: str = server.address,
        **kwargs,
    ):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True, **kwargs
        )
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else foreign.append(r.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/{path}")
        page.locator(".st-key-language").wait_for(state="attached")
        idle(page)
        contexts.append(context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors
    assert not foreign, "the app must work offline"
