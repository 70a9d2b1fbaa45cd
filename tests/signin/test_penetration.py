"""What somebody would try: each is a line of docs/penetration.md."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.browser.driver import idle

PAGES = ("", "photo", "compare", "inspection", "disagreements", "model", "guide", "people")


def media_of(there) -> str:
    """Path of a picture on the page."""
    there.page.locator("img[src*='/media/']").first.wait_for()
    return re.sub(r"^https?://[^/]+", "", there.page.locator("img[src*='/media/']").first.get_attribute("src"))


def test_no_page_shows_anything_without_a_login(browser, site):
    there = browser()
    for page in PAGES:
        there.open(f"{page}?inspection={site.inspection}&sample=1")
        there.page.locator(".st-key-log-in-default button").wait_for()
        idle(there.page)
        assert not there.page.locator("main img, [data-testid=stFileUploader], .st-key-log-out").count(), page
        assert "Bridge 7" not in there.text(), page


def test_pictures_and_downloads_go_to_people_who_may_look_alone(people, site):
    vera = people("vera", "viewer")
    vera.inspection()
    path, cookies = media_of(vera), vera.cookies()
    assert site.get(path, cookies)[0] == 200
    assert site.get(path)[0] == 401
    for trick in (f"/{path}", f"{path}?x=1", path.replace("/media/", "/media//"), path.replace("/media", "/%6dedia")):
        assert site.get(trick)[0] != 200 or not site.get(trick)[1].startswith((b"\xff\xd8", b"\x89PNG")), trick
    # Somebody else who may look gets it, who knows the address: the hash of the picture.
    eve = people("eve", "viewer")
    assert site.get(path, eve.cookies())[0] == 200
    site.give("eve", None)
    assert site.get(path, eve.cookies())[0] == 401
    vera.page.locator(".st-key-log-out button").click()
    vera.page.locator(".st-key-log-in-default button").wait_for()
    assert site.get(path, cookies)[0] == 401


def test_a_forged_cookie_is_none(people, browser, site):
    vera = people("vera", "viewer")
    vera.inspection()
    path, good = media_of(vera), vera.cookies()
    issuer, subject = site.account("vera")
    claims = {
        "iss": issuer, "sub": subject, "iat": int(time.time()), "is_logged_in": True, "origin": site.address,
    }  # fmt: skip
    forged = create_signed_value("another secret of the same length, 43 chars", USER_COOKIE_NAME, json.dumps(claims))
    signed_by_us_for_another_cookie = create_signed_value(site.cookie_secret, "_streamlit_session", json.dumps(claims))
    value = good[USER_COOKIE_NAME].strip('"')
    changed = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    for wrong in (forged.decode(), signed_by_us_for_another_cookie.decode(), changed, "chunks-3", "null", ""):
        assert site.get(path, good | {USER_COOKIE_NAME: wrong})[0] == 401, wrong
    there = browser()
    there.context.add_cookies([{"name": USER_COOKIE_NAME, "value": forged.decode(), "url": site.address}])
    there.open(f"inspection?inspection={site.inspection}")
    there.ready()
    assert there.page.locator(".st-key-log-in-default button").is_visible()


def test_nothing_is_uploaded_without_a_login(site):
    request = urllib.request.Request(
        f"{site.address}/_stcore/upload_file/some-session/some-file", data=b"x" * 1000, method="PUT"
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    caught.value.close()
    assert caught.value.code == 401
    assert site.get("/_stcore/agent/openapi.json")[0] == 401
    assert site.get("/_stcore/health")[0] == 200  # a proxy asks for it


def test_a_role_that_is_taken_counts_in_the_middle_of_a_session(people, site):
    """The page that is open still shows the buttons; pressing one does nothing but leave a row."""
    eve = people("eve", "inspector")
    eve.inspection()
    eve.page.locator("[class*=st-key-look-] button").first.click()
    idle(eve.page)
    with site.records() as records:
        before = len(records.decisions(site.inspection))
    site.give("eve", "viewer")
    eve.page.locator("[class*=st-key-decide-crack-] button").first.click()
    eve.page.get_by_text("This takes the role of inspector or a higher one; yours is viewer.").first.wait_for()
    with site.records() as records:
        assert len(records.decisions(site.inspection)) == before
        assert records.refusals()[-1].said.who == "Eve Nobody <eve@example.org>"
    site.give("eve", None)
    eve.page.locator("[class*=st-key-step-] button:enabled").first.click()
    eve.page.get_by_text("You have no role yet").wait_for()


def test_the_way_back_leads_nowhere_else(browser, site):
    there = browser()
    there.open("model")
    there.ready()
    for name, value in (("elsewhere", "https%3A%2F%2Fevil.example%2F"), ("no-scheme", "%2F%2Fevil.example%2F")):
        there.context.add_cookies([{"name": "crackxai_return", "value": value, "url": site.address}])
        answer = there.context.request.get(f"{site.address}/oauth2callback?state={name}", max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (302, "/")
