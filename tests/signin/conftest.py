"""An OpenID Connect provider and the app in processes of their own, and people in browsers in front of them.

Skipped where a package or a Chromium is missing, unless CRACKXAI_SIGNIN=required, which makes that an error. The
provider's environment (`tests/signin/requirements.txt`) is that of the interpreter that CRACKXAI_OIDC_PYTHON names, or
this one.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackxai import read_photo
from crackxai.inspection.deciding import add_photo
from crackxai.inspection.records.records import Records, open_records
from tests.browser.conftest import Server, chromium  # noqa: F401
from tests.browser.driver import idle
from tests.inspection.records.facts import BRIDGE, CRACK
from tests.signin import provider

REQUIRED = os.environ.get("CRACKXAI_SIGNIN") == "required"
PYTHON = os.environ.get("CRACKXAI_OIDC_PYTHON", sys.executable)
START_S = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


class Site:
    """The app with a login, its provider, and its records with an inspection of two photos in them."""

    def __init__(self, app: Server, issuer: str, cookie_secret: str, inspection: str) -> None:
        self.app, self.issuer, self.cookie_secret, self.inspection = app, issuer, cookie_secret, inspection

    @contextlib.contextmanager
    def records(self) -> Iterator[Records]:
        with open_records(self.app.records) as records:
            yield records

    def account(self, name: str) -> tuple[str, str]:
        """Issuer and subject of somebody who has logged in."""
        with self.records() as records:
            return next((p.issuer, p.subject) for p in records.people() if f"<{name}@example.org>" in p.who)

    def give(self, name: str, role: str | None) -> None:
        with self.records() as records:
            records.give_role(*self.account(name), role)

    def get(self, path: str, cookies: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body, with these cookies."""
        header = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        request = urllib.request.Request(self.app.address + path, headers={"Cookie": header} if header else {})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture(scope="session")
def site(tmp_path_factory, sample_files) -> Iterator[Site]:
    missing = [name for name in ("authlib", "httpx") if importlib.util.find_spec(name) is None]
    found = subprocess.run([PYTHON, "-c", "import django, oauth2_provider"], capture_output=True)
    if missing or found.returncode:
        assert not REQUIRED, (missing, found.stderr)
        pytest.skip("needs authlib, httpx and an environment with tests/signin/requirements.txt")
    folder = tmp_path_factory.mktemp("signin")
    app, port, cookie_secret = Server(folder / "log.txt"), _free_port(), secrets.token_urlsafe(32)
    issuer, back = f"http://localhost:{port}/o", f"{app.address}/oauth2callback"
    file = folder / "secrets.toml"
    file.write_text(
        f'[auth]\nredirect_uri = "{back}"\ncookie_secret = "{cookie_secret}"\nclient_id = "{provider.CLIENT_ID}"\n'
        f'client_secret = "{provider.CLIENT_SECRET}"\nexpose_tokens = "id"\n'
        f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
    )
    with open_records(app.records) as records:
        inspection = records.add_inspection(BRIDGE).inspection
        for path in sample_files[:2]:
            add_photo(records, inspection, read_photo(path), path.read_bytes(), CRACK)
    with (folder / "provider.txt").open("w") as log:
        command = [PYTHON, provider.__file__, str(folder), str(port), back]
        running = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(f"{issuer}/.well-known/openid-configuration", running)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("STREAMLIT_SECRETS_FILES", str(file))
                with app:
                    yield Site(app, issuer, cookie_secret, inspection)
        finally:
            running.terminate()
            running.wait(20)


def _wait_for(address: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.2)
    raise RuntimeError("the provider did not start")


class Browser:
    """Somebody in front of a browser of their own."""

    def __init__(self, context, site: Site) -> None:
        self.context, self.site = context, site
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.site.app.address}/{path}")

    def press_log_in(self) -> None:
        self.page.locator(".st-key-log-in-default button").click()

    def tell_provider(self, name: str) -> None:
        """Show the provider who it is, on its own page."""
        self.page.wait_for_url(re.compile(r"/login/"))
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", provider.PASSWORD)
        self.page.get_by_role("button", name="Log in here").click()
        self.page.wait_for_url(re.compile(re.escape(self.site.app.address)))
        self.ready()

    def ready(self) -> None:
        self.page.locator("[data-testid=stApp]").wait_for()
        self.page.locator(".st-key-log-in-default, .st-key-log-out").first.wait_for(state="attached")
        idle(self.page)

    def come(self, name: str, path: str = "") -> None:
        self.open(path)
        self.press_log_in()
        self.tell_provider(name)

    def inspection(self, part: str | None = None) -> None:
        self.open(f"inspection?inspection={self.site.inspection}")
        self.ready()
        if part is not None:
            self.part(part)

    def part(self, name: str) -> None:
        self.page.locator(".st-key-inspection-part").get_by_text(name, exact=True).click()
        idle(self.page)

    def text(self) -> str:
        return self.page.inner_text("body").replace("\u2060", "")  # which keeps an address from being a link

    def cookies(self) -> dict[str, str]:
        return {each["name"]: each["value"] for each in self.context.cookies() if each["domain"] == "localhost"}


@pytest.fixture
def browser(chromium, site):  # noqa: F811
    """Open a browser: ``browser()``, or on a phone: ``browser(width=390)``."""
    contexts = []

    def start(width: int = 1366, height: int = 768, **kwargs) -> Browser:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **kwargs))
        return Browser(contexts[-1], site)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def people(browser, site):
    """Open a browser of somebody who has logged in and has that role: ``people("ada", "inspector")``."""

    def come(name: str, role: str | None, **kwargs) -> Browser:
        there = browser(**kwargs)
        there.come(name)
        with site.records() as records:
            account = site.account(name)
            known = next(p.role for p in records.people() if (p.issuer, p.subject) == account)
        if known != role:
            site.give(name, role)
        return there

    return come
