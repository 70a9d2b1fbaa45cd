"""People log in on a site of two servers behind nginx, with HTTPS and a base path.

The provider is that of `tests/signin`, in the environment that CRACKXAI_OIDC_PYTHON names; Chromium as in
`tests/browser`. The last test stops a server.
"""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests.browser.driver import idle
from tests.inspection.photo_folders import photos
from tests.inspection.records import postgresql
from tests.serving.needed import free_port, missing, program
from tests.serving.site import BASE, site
from tests.serving.test_site import connections, decide_on, shown, until
from tests.signin.visitors import UNKNOWN, Browser, Site, as_if_at, lacking, provided

PHOTOS = 3


class SignedIn(Site):
    """servers : of it. name : of the inspection, which is in no address."""

    servers: tuple = ()
    name = "Bridge 7, spring"


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory, postgresql_server, postgresql_template, tiny_model, tiny_folder) -> Iterator[SignedIn]:
    program("nginx")
    if why := lacking():
        missing(why)
    folder, port = tmp_path_factory.mktemp("signed-in"), free_port()
    with postgresql.database(postgresql_server, postgresql_template) as place:
        store = folder / "copies"
        with open_records(place, store=store) as records:
            inspection = records.add_inspection(Inspection(SignedIn.name)).inspection
            source = open_source(photos(folder / "wall", range(PHOTOS)))
            run = FolderRun(tiny_model, source, records, inspection, FolderSettings(copy=True))
            run.advance()
            run.close()
        address = f"https://localhost:{port}{BASE}"
        with provided(folder, address) as (issuer, cookie_secret, file):
            more = {"CRACKXAI_STORE": str(store), "STREAMLIT_SECRETS_FILES": str(file)}
            with site(folder, place, tiny_folder, port, **more) as running:
                found = SignedIn(address, place, issuer, cookie_secret, inspection)
                found.servers = running.servers
                yield found


@pytest.fixture
def come(chromium, signed_in):
    """Open a browser of somebody who logs in and then has that role: ``come("ada", "inspector")``."""
    contexts = []

    def start(name: str, role: str, path: str = "") -> Browser:
        contexts.append(chromium.new_context(viewport={"width": 1366, "height": 768}, ignore_https_errors=True))
        there = Browser(contexts[-1], signed_in)
        there.come(name, path)
        signed_in.give(name, role)
        there.page.reload()
        there.ready()
        return there

    yield start
    for context in contexts:
        context.close()


def test_the_way_in_and_out_is_below_the_path_and_by_https_alone(come, signed_in):
    asked: list[str] = []
    path = f"inspection?lang=en&inspection={signed_in.inspection}"
    ada = come("ada", "viewer", path)
    ada.page.on("request", lambda request: asked.append(request.url))
    # Back at the address that was asked for, in the inspection.
    assert ada.page.url.startswith(f"{signed_in.address}/{path}")
    assert signed_in.name in ada.text()
    own = [each for each in ada.context.cookies() if not each["name"].startswith("provider_")]
    assert {"crackxai", USER_COOKIE_NAME} <= {each["name"] for each in own}
    assert [each["name"] for each in own if not each["secure"]] == []
    assert [each["name"] for each in own if each["path"].rstrip("/") != BASE and "xsrf" not in each["name"]] == []
    login = next(each for each in own if each["name"] == USER_COOKIE_NAME)
    assert login["httpOnly"]
    assert login["sameSite"] == "Lax"

    # Pictures and uploads are for people alone who may look, whichever server is asked.
    picture = ada.page.locator(f"img[src*='{BASE}/media/']").first
    picture.wait_for()
    media = re.sub(rf"^https://[^/]+{BASE}", "", picture.evaluate("image => image.src"))
    assert signed_in.get(media, ada.cookies())[0] == 200
    for cookies in ({}, {"crackxai": "crackxai_1"}, {"crackxai": "crackxai_2"}):
        assert signed_in.get(media, cookies)[0] == 401
        assert upload(signed_in, cookies) == 401

    kept = ada.cookies()
    ada.page.locator(".st-key-log-out button").click()
    ada.page.locator(".st-key-log-in-default button").wait_for()
    assert ada.page.url.startswith(f"{signed_in.address}/")
    assert USER_COOKIE_NAME not in ada.cookies()
    for server in ("crackxai_1", "crackxai_2"):  # a copy of the cookie is no login on either
        assert signed_in.get(media, {**kept, "crackxai": server})[0] == 401
    # Only the provider was asked without HTTPS.
    plain = {url for url in asked if url.startswith("http:")}
    assert all(url.startswith(signed_in.issuer.removesuffix("/o")) for url in plain), plain


def upload(signed_in: Site, cookies: dict[str, str]) -> int:
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    address = f"{signed_in.address}/_stcore/upload_file/some-session/some-file"
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(address, b"x", header, method="PUT"), context=UNKNOWN)
    caught.value.close()
    return caught.value.code


def test_an_expired_login_comes_back_to_the_photo_and_goes_on_when_its_server_dies(come, signed_in):
    bob = come("bob", "inspector", f"inspection?lang=en&inspection={signed_in.inspection}")
    bob.page.locator("[class*=st-key-look-] button").first.click()
    first = shown(bob.page)
    bob.page.locator(f".st-key-step-next-{first} button:visible").first.click()
    bob.page.wait_for_function("was => !document.querySelector(`.st-key-step-next-${was}`)", arg=first)
    photo, address = shown(bob.page), bob.page.url
    assert address.endswith(f"&photo={photo}")
    as_if_at(bob, iat=time.time() - 13 * 3600, auth_time=time.time() - 13 * 3600)
    bob.page.reload()
    bob.page.wait_for_url(re.compile(r"/login/"))  # at once, and it asks who it is
    bob.tell_provider("bob")
    assert bob.page.url == address
    assert shown(bob.page) == photo

    holder, other = sorted(signed_in.servers, key=connections, reverse=True)
    assert connections(other) == 0
    holder.kill()
    until(lambda: connections(other) > 0)
    bob.ready()
    assert shown(bob.page) == photo
    assert bob.page.url == address
    assert "Bob Reviewer <bob@example.org> · inspector" in bob.text()
    with signed_in.records() as records:
        decide_on(photo, bob.page, records, signed_in.inspection)
        idle(bob.page)
        (made,) = records.decisions(signed_in.inspection)
        assert (made.said.who, str(made.sha256)[:12]) == ("Bob Reviewer <bob@example.org>", photo)
        assert audit(records.database).fits
