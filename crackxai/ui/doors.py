"""What a server with a login answers without a page: pictures and downloads, uploads, the way to the login and back.

Streamlit serves files by the hash of their content to whoever knows their address. Here they go to people alone who
have logged in and may look at that moment.
"""

from __future__ import annotations

import urllib.parse
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crackxai.errors import CrackXAIError
from crackxai.inspection.records.logins import session_seconds
from crackxai.ui import inspections, sign_in

CLOSED = ("media/", "_stcore/upload_file/", "_stcore/agent/", "app/static/")
"""What is answered to people alone who may look."""
LOGIN, CALLBACK = "auth/login", "oauth2callback"
_REFUSED = HTTPStatus.UNAUTHORIZED
RETURN = "crackxai_return"
"""Cookie with the address within the app that somebody was sent to the login from."""
RETURN_S = 900
"""Seconds for which that is kept."""
LONGEST = 1500
"""Characters of such an address."""


class Doors:
    """Middleware around all of Streamlit; where no login is required, it lets everything pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have Streamlit answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, headers = _within(str(scope["path"])), Headers(scope=scope)
        try:
            required = sign_in.required()
        except CrackXAIError:
            required = True  # nobody can log in, and nobody gets anything; the page says why
        if not required or path is None:
            await self._app(scope, receive, send)
        elif path.startswith(CLOSED):
            if await run_in_threadpool(_may_look, headers):
                await self._app(scope, receive, _private(send))
            else:
                await PlainTextResponse(_REFUSED.phrase, _REFUSED, {"Cache-Control": "no-store"})(scope, receive, send)
        elif path == LOGIN:
            await self._app(scope, receive, _on_the_way_out(send, headers))
        elif path == CALLBACK:
            await self._app(scope, receive, _on_the_way_back(send, headers))
        else:
            await self._app(scope, receive, send)


def _base() -> str:
    """Path of the app: "/", or "/cracks/"."""
    name = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{name}/" if name else "/"


def _within(path: str) -> str | None:
    """Of a request, the path within the app; None where it is outside."""
    # Streamlit's own routes are found whatever stands between doubled slashes.
    base = _base()
    return path[len(base) :].lstrip("/") if path.startswith(base) else None


def _may_look(headers: Headers) -> bool:
    login = sign_in.of_cookies(_cookies(headers))
    try:
        return login is not None and inspections.every().allows(login, "look")
    except CrackXAIError:
        return False


def _cookies(headers: Headers) -> dict[str, str]:
    return {name: value for header in headers.getlist("cookie") for name, value in cookie_parser(header).items()}


def _private(send: Send) -> Send:
    """A proxy or a shared browser keeps no copy of what people see."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "private,no-store"
        await send(message)

    return answer


def _on_the_way_out(send: Send, headers: Headers) -> Send:
    """Ask the provider how long ago the person showed who it is; and to ask again whoever has logged in before, since
    that login has expired or is too old to sign with."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            of_it = MutableHeaders(scope=message)
            location = of_it.get("location", "")
            if message["status"] == 302 and urllib.parse.urlsplit(location).query:
                asked: dict[str, Any] = {"max_age": f"{session_seconds():.0f}"}
                if sign_in.of_cookies(_cookies(headers)) is not None:
                    asked |= {"prompt": "login", "max_age": "0"}
                of_it["location"] = _with_query(location, asked)
                came_from = _address(headers)
                _set_cookie(of_it, came_from, RETURN_S if came_from else 0)
        await send(message)

    return answer


def _on_the_way_back(send: Send, headers: Headers) -> Send:
    """Back to where the person was, instead of to the first page."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            of_it = MutableHeaders(scope=message)
            came_from = safe_address(urllib.parse.unquote(_cookies(headers).get(RETURN, "")))
            if message["status"] == 302 and of_it.get("location") == _base() and came_from:
                of_it["location"] = came_from
            _set_cookie(of_it, "", 0)
        await send(message)

    return answer


def _address(headers: Headers) -> str:
    """Where the person comes from, within the app; "" where that is not told or elsewhere."""
    told = urllib.parse.urlsplit(headers.get("referer", ""))
    if told.netloc != headers.get("host"):
        return ""
    return safe_address(told.path + (f"?{told.query}" if told.query else ""))


def safe_address(address: str) -> str:
    """An address within the app as it is, and of any other "": a cookie or a header may be anybody's."""
    plain = address.isascii() and address.isprintable() and "\\" not in address and " " not in address
    if not (plain and len(address) <= LONGEST and address.startswith(_base()) and not address.startswith("//")):
        return ""
    parts = urllib.parse.urlsplit(address)
    return "" if parts.scheme or parts.netloc else address


def _with_query(address: str, asked: dict[str, Any]) -> str:
    parts = urllib.parse.urlsplit(address)
    query = [(name, value) for name, value in urllib.parse.parse_qsl(parts.query, True) if name not in asked]
    return parts._replace(query=urllib.parse.urlencode([*query, *asked.items()])).geturl()


def _set_cookie(headers: MutableHeaders, value: str, seconds: int) -> None:
    cookie: SimpleCookie = SimpleCookie()
    cookie[RETURN] = urllib.parse.quote(value, safe="")
    for name, fact in {"path": _base(), "max-age": seconds, "httponly": True, "samesite": "Lax"}.items():
        cookie[RETURN][name] = fact
    headers.append("set-cookie", cookie.output(header="").strip())
