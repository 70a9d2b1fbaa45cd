"""Whether a login is required, and that nothing is answered where it is not known or not there."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from crackxai.errors import AccessError, SettingsError
from crackxai.inspection.records.audit import audit
from crackxai.ui import inspections, sign_in
from crackxai.ui.doors import Doors, safe_address
from tests.apps import app_at, press, texts
from tests.inspection.records.facts import PHOTO, begun

SECRET = "of the tests, and longer than thirty-two characters"
FILE = f"""
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "crackxai"
client_secret = "x"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""
SECTION = "\n".join(FILE.splitlines()[2:])
NOW = 1_800_000_000


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """Writes the file of secrets; None: there is none."""
    before = config.get_option("secrets.files")
    monkeypatch.setattr(sign_in, "_ever_required", False)

    def write(text: str | None) -> None:
        file = tmp_path / "secrets.toml"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text)
        config.set_option("secrets.files", [str(file)])
        secrets_singleton._reset()

    yield write
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def test_off_by_default(secrets):
    secrets(None)
    assert not sign_in.required()
    secrets('[other]\nname = "x"')
    assert not sign_in.required()
    assert sign_in.owner() == ""


def test_a_file_that_cannot_be_read_lets_nobody_in(secrets):
    """Streamlit itself goes on as if there were none."""
    secrets("[auth\n")
    with pytest.raises(SettingsError, match="Nobody is let in"):
        sign_in.required()


def test_once_required_it_stays_so(secrets):
    secrets(FILE)
    assert sign_in.required()
    secrets(None)
    assert sign_in.required()
    with pytest.raises(SettingsError, match=r"without redirect_uri, cookie_secret"):
        sign_in.providers()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FILE.replace('client_secret = "x"\n', ""), r"without default\.client_secret"),
        (FILE.replace("redirect_uri", "redirect"), "without redirect_uri"),
        (FILE.replace(SECRET, "short"), "32 characters or more"),
        ('[auth]\nredirect_uri = "x"\ncookie_secret = "y"', "without client_id"),
        ("[auth]\n", "without redirect_uri, cookie_secret"),
    ],
)
def test_what_lacks_is_named_and_lets_nobody_in(secrets, text, expected):
    secrets(text)
    assert sign_in.required()
    with pytest.raises(SettingsError, match=expected):
        sign_in.providers()


def test_providers(secrets):
    pytest.importorskip("authlib", reason="needs the extra signin")
    secrets(FILE)
    assert sign_in.providers() == ["default"]
    shared, own = SECTION.split("client_id")[0], "client_id" + SECTION.split("client_id")[1]
    secrets(f"[auth]\n{shared}[auth.entra]\n{own}\n[auth.google]\n{own}")
    assert sign_in.providers() == ["entra", "google"]


def test_without_its_package_the_command_is_told(secrets, monkeypatch):
    secrets(FILE)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install '\.\[signin\]'"):
        sign_in.providers()


# Without a browser


def claims(subject: str = "ada", **more: object) -> dict[str, object]:
    import time

    who = {"iss": "https://login.example.org", "sub": subject, "name": subject.title(), "email": f"{subject}@x.org"}
    return {"is_logged_in": True, "iat": int(time.time()), "provider": "default", **who, **more}


@pytest.fixture
def required(secrets, fresh_results, monkeypatch):
    pytest.importorskip("authlib", reason="needs the extra signin")
    secrets(FILE)


def given(role: str | None, **more: object) -> dict[str, object]:
    """Somebody who has logged in, with that role."""
    said = claims(**more)
    records = inspections.every()
    login = sign_in.Login.of(said)
    records.sign_in(login)
    if records.acting(login).role != role:
        records.give_role(login.issuer, login.subject, role)
    return said


def opened(page: str, user: dict[str, object], **query: str):
    from streamlit.testing.v1 import AppTest

    from tests.apps import ROOT, WAIT

    app = AppTest.from_file(str(ROOT / page), default_timeout=WAIT)
    app.user = user
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", ["photo", "compare", "inspection", "disagreements", "model", "guide", "people"])
def test_every_page_asks_who_it_is_and_shows_nothing_else(required, page):
    app = opened(f"pages/{page}.py", {"is_logged_in": False})
    assert [button.key for button in app.button] == ["log-in-default"]
    assert not app.sidebar.markdown
    assert not inspections.every().inspections()


def test_who_has_no_role_sees_that_and_nothing_else_and_it_is_recorded_once(required):
    app = opened("pages/inspection.py", claims())
    app.run()
    assert "You have no role yet" in texts(app)
    assert [button.key for button in app.button] == ["log-out"]
    assert [row.said.action for row in inspections.every().refusals()] == ["look"]


def test_a_session_of_another_user_is_not_taken_over_by_its_role(required):
    """The role is that of the account, whatever the name says."""
    given("administrator")
    app = opened("pages/people.py", claims("eve", name="Ada", email="ada@x.org"))
    assert "You have no role yet" in texts(app)


def test_a_role_that_is_taken_in_mid_session_counts_in_a_callback(required):
    """A press whose page was drawn before: its callback runs before any of the page does."""
    inspection = begun(inspections.every())
    user = given("inspector")
    app = opened("pages/inspection.py", user, inspection=inspection)
    app.session_state["_inspection_looks"] = {}
    app.run()
    records = inspections.every()
    records.give_role(str(user["iss"]), str(user["sub"]), None)
    rows = audit(records.database).rows
    app.checkbox[0].check().run()
    assert "You have no role yet" in texts(app)
    assert records.decisions(inspection, PHOTO) == ()
    assert audit(records.database).rows == rows + 1


def test_without_a_login_the_records_are_nobodys(required):
    with pytest.raises(AccessError, match="expected a login, received none"):
        inspections.records()


def test_without_auth_a_page_is_what_it_was(secrets, fresh_results):
    secrets(None)
    app = app_at("pages/inspection.py")
    assert not [button.key for button in app.button if button.key and button.key.startswith("log-")]
    press(app, "begin-send")
    assert audit(inspections.every().database).rows == 0


# What is answered without a page


def ask(path: str, cookie: str = "", location: str = "/", **headers: str):
    """Status and headers of the answer to a request, behind which the app answers 200, or sends elsewhere."""
    answered = []

    async def app(scope, receive, send) -> None:
        status = 302 if path.startswith(("/auth", "/oauth")) else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"location", location.encode())]})
        await send({"type": "http.response.body", "body": b"the app"})

    async def send(message) -> None:
        answered.append(message)

    told = {"host": "localhost:8501", "cookie": cookie, **headers}
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items() if value],
    }  # fmt: skip
    # In a thread of its own: one that drives a browser may have a loop under way in this one.
    with ThreadPoolExecutor(1) as own:
        own.submit(lambda: asyncio.run(Doors(app)(scope, None, send))).result()
    return answered[0]["status"], [(name.decode(), value.decode()) for name, value in answered[0]["headers"]]


def cookie_of(said: dict[str, object], secret: str = SECRET) -> str:
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, USER_COOKIE_NAME, json.dumps(said)).decode()}"


CLOSED = ("/media/abc.png", "//media/abc.png", "/_stcore/upload_file/a/b", "/_stcore/agent/mcp", "/app/static/x")


@pytest.mark.parametrize("path", CLOSED)
def test_files_go_to_those_alone_who_may_look_now(required, path):
    user = given("viewer")
    assert ask(path)[0] == 401
    assert ask(path, cookie_of(user, "another secret, and as long as it"))[0] == 401
    assert ask(path, cookie_of(claims("eve")))[0] == 401
    status, headers = ask(path, cookie_of(user))
    assert status == 200
    assert ("cache-control", "private,no-store") in headers
    assert ask(path, cookie_of({**user, "iat": 1_700_000_000}))[0] == 401
    inspections.every().give_role(str(user["iss"]), str(user["sub"]), None)
    assert ask(path, cookie_of(user))[0] == 401


def test_no_request_writes_a_row(required):
    user = given("viewer")
    rows = audit(inspections.every().database).rows
    for cookie in ("", cookie_of(claims("eve")), cookie_of(user)):
        ask(CLOSED[0], cookie)
    assert audit(inspections.every().database).rows == rows


def test_without_auth_everything_passes(secrets):
    secrets(None)
    assert all(ask(path)[0] == 200 for path in CLOSED)


def test_where_that_is_not_known_nothing_passes(secrets):
    secrets("[auth\n")
    assert all(ask(path)[0] == 401 for path in CLOSED)
    assert ask("/_stcore/health")[0] == 200


def test_on_the_way_to_the_login_the_address_is_kept_and_who_comes_again_is_asked_again(required):
    to, referer = "https://login.example.org/a?prompt=select_account&state=s", "http://localhost:8501/inspection?x=1"
    first = dict(ask("/auth/login", location=to, referer=referer)[1])
    assert first["location"] == "https://login.example.org/a?prompt=select_account&state=s&max_age=43200"
    assert first["set-cookie"].startswith("crackxai_return=%2Finspection%3Fx%3D1; ")
    assert "HttpOnly" in first["set-cookie"]
    again = dict(ask("/auth/login", cookie_of(claims()), location=to, referer=referer)[1])
    assert again["location"] == "https://login.example.org/a?state=s&max_age=0&prompt=login"
    elsewhere = dict(ask("/auth/login", location=to, referer="http://evil.example/inspection")[1])
    assert elsewhere["set-cookie"].startswith('crackxai_return=""; ')


def test_the_way_back_is_taken_once(required):
    headers = dict(ask("/oauth2callback", "crackxai_return=%2Finspection%3Fx%3D1")[1])
    assert headers["location"] == "/inspection?x=1"
    assert "Max-Age=0" in headers["set-cookie"]
    assert dict(ask("/oauth2callback", "crackxai_return=https%3A%2F%2Fevil.example")[1])["location"] == "/"
    other = dict(ask("/oauth2callback", "crackxai_return=%2Fx", location="https://login.example.org/error")[1])
    assert other["location"] == "https://login.example.org/error"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("/", True),
        ("/inspection?inspection=ab&lang=en", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("/\\evil.example", False),
        ("/a\r\nset-cookie: x", False),
        ("javascript:alert(1)", False),
        ("/" + "a" * 2000, False),
        ("", False),
    ],
)
def test_addresses_within_the_app_alone(address, safe):
    assert safe_address(address) == (address if safe else "")


def test_behind_a_proxy_with_a_path(required):
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "cracks")
    try:
        assert ask("/cracks/media/abc.png")[0] == 401
        assert safe_address("/cracks/inspection") == "/cracks/inspection"
        assert safe_address("/elsewhere") == ""
        headers = dict(ask("/cracks/oauth2callback", "crackxai_return=%2Fcracks%2Fmodel", location="/cracks/")[1])
        assert "Path=/cracks/" in headers["set-cookie"]
    finally:
        config.set_option("server.baseUrlPath", before)


def test_a_download_asks_again_when_it_is_made(required, monkeypatch):
    """The page offered it; it is pressed after the role was taken."""
    from crackxai.ui import gate

    user = given("viewer")
    monkeypatch.setattr(sign_in, "login", lambda: sign_in.Login.of(user))
    made = gate.guarded(lambda: b"a file")
    assert made() == b"a file"
    inspections.every().give_role(str(user["iss"]), str(user["sub"]), None)
    with pytest.raises(AccessError, match="viewer or a higher one, received none"):
        made()
