"""A provider of logins in a process of its own, and people in browsers in front of an app that asks for it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from crackxai.inspection.records.records import Records, open_records
from tests.browser.driver import idle
from tests.signin import provider

PYTHON = os.environ.get("CRACKXAI_OIDC_PYTHON", sys.executable)
START_S = 60
UNKNOWN = ssl._create_unverified_context()  # the certificate of a test


def lacking() -> str:
    """What of a provider and a login is not installed; "": nothing."""
    missing = [name for name in ("authlib", "httpx") if importlib.util.find_spec(name) is None]
    found = subprocess.run([PYTHON, "-c", "import django, oauth2_provider"], capture_output=True)
    if not (missing or found.returncode):
        return ""
    return f"needs authlib, httpx and an environment with tests/signin/requirements.txt: {missing} {found.stderr!r}"


@contextlib.contextmanager
def provided(folder: Path, app: str) -> Iterator[tuple[str, str, Path]]:
    """A provider for the app at that address: its issuer, the secret that cookies are signed with, and the app's file
    of secrets.
    """
    port, cookie_secret, back = _free_port(), secrets.token_urlsafe(32), f"{app}/oauth2callback"
    issuer, file = f"http://localhost:{port}/o", folder / "secrets.toml"
    file.write_text(
        f'[auth]\nredirect_uri = "{back}"\ncookie_secret = "{cookie_secret}"\nclient_id = "{provider.CLIENT_ID}"\n'
        f'client_secret = "{provider.CLIENT_SECRET}"\nexpose_tokens = "id"\n'
        f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
    )
    with (folder / "provider.txt").open("w") as log:
        command = [PYTHON, provider.__file__, str(folder), str(port), back]
        running = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(f"{issuer}/.well-known/openid-configuration", running)
            yield issuer, cookie_secret, file
        finally:
            running.terminate()
            running.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.2)
    raise RuntimeError("the provider did not start")


class Site:
    """The app with a login, its provider, and its records with an inspection in them.

    Parameters
    ----------
    address : of the app, in a browser. place : of the records, a file or a URL.
    """

    def __init__(self, address: str, place: Path | str, issuer: str, cookie_secret: str, inspection: str) -> None:
        self.address, self.place = address, place
        self.issuer, self.cookie_secret, self.inspection = issuer, cookie_secret, inspection

    @contextlib.contextmanager
    def records(self) -> Iterator[Records]:
        with open_records(self.place) as records:
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
        request = urllib.request.Request(self.address + path, headers={"Cookie": header} if header else {})
        try:
            with urllib.request.urlopen(request, context=UNKNOWN) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


class Browser:
    """Somebody in front of a browser of their own."""

    def __init__(self, context, site: Site) -> None:
        self.context, self.site = context, site
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.site.address}/{path}")

    def press_log_in(self) -> None:
        self.page.locator(".st-key-log-in-default button").click()

    def tell_provider(self, name: str) -> None:
        """Show the provider who it is, on its own page."""
        self.page.wait_for_url(re.compile(r"/login/"))
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", provider.PASSWORD)
        self.page.get_by_role("button", name="Log in here").click()
        self.page.wait_for_url(re.compile(re.escape(self.site.address)))
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


def as_if_at(there: Browser, **claims: object) -> None:
    """The browser's cookie as the server would have signed it of other claims, such as half a day ago."""
    (cookie,) = [each for each in there.context.cookies() if each["name"] == USER_COOKIE_NAME]
    said = json.loads(decode_signed_value(there.site.cookie_secret, USER_COOKIE_NAME, cookie["value"]))
    signed = create_signed_value(there.site.cookie_secret, USER_COOKIE_NAME, json.dumps(said | claims))
    there.context.add_cookies([{**cookie, "value": signed.decode()}])
