"""Whether a login is required, and whose the browser session is. Off unless ``[auth]`` is in Streamlit's secrets.

What the cookie says is the start of it only: whether that login still holds, and what its person may do, is asked of
the records each time, see `crackxai.inspection.records.access`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from crackxai.errors import AccessError, SettingsError
from crackxai.inspection.records.logins import Login
from crackxai.ui.text import later

SECTION = "auth"
NEEDED = ("client_id", "client_secret", "server_metadata_url")
"""Of each provider."""
SHORTEST_SECRET = 32
"""Characters of the secret that cookies are signed with: who guesses it can be anybody."""
_ever_required = False


def required() -> bool:
    """Whether people have to log in. Once they had to, they have to for as long as the server runs.

    Raises
    ------
    SettingsError : there is a file of secrets that cannot be read, so that it is not known.
    """
    global _ever_required
    if st.secrets.load_if_toml_exists():
        _ever_required = _ever_required or SECTION in st.secrets
    elif any(Path(file).exists() for file in config.get_option("secrets.files")):
        # Streamlit goes on as if there were none, and would let everybody in.
        raise SettingsError(later("sign-in.unreadable"))
    return _ever_required


def providers() -> list[str]:
    """Names of those that people can log in with, for ``st.login``; "default" for the one without a name.

    Raises
    ------
    SettingsError : something is missing of what a login needs.
    """
    # `streamlit run` reads the file anew when it changes, so that this may be another than at the start.
    section: Mapping[str, Any] = (st.secrets.load_if_toml_exists() and st.secrets.get(SECTION)) or {}
    named = {name: each for name, each in section.items() if isinstance(each, Mapping) and "client_id" in each}
    found = {"default": section, **named} if "client_id" in section else named
    lacking = [name for name in ("redirect_uri", "cookie_secret") if not section.get(name)]
    lacking += [f"{name}.{need}" for name, each in found.items() for need in NEEDED if not each.get(need)]
    if lacking or not found:
        raise SettingsError(later("sign-in.incomplete", lacking=", ".join(lacking) or "client_id"))
    if len(str(section["cookie_secret"])) < SHORTEST_SECRET:
        raise SettingsError(later("sign-in.short-secret", least=SHORTEST_SECRET))
    if importlib.util.find_spec("authlib") is None or importlib.util.find_spec("httpx") is None:
        raise SettingsError(later("sign-in.no-package"))
    return list(found)


def login() -> Login | None:
    """Of this browser session; None: nobody logged in. Raises AccessError where the provider did not say who."""
    claims = st.user.to_dict()
    return Login.of(claims) if claims.get("is_logged_in") else None


def provider() -> str:
    """That the session's login was made with."""
    return str(st.user.get("provider") or "default")


def owner() -> str:
    """Whose the session is, as far as its cookie goes; "" where nobody logged in."""
    try:
        found = login() if required() else None
    except (AccessError, SettingsError):
        return ""
    return "" if found is None else found.account


def of_cookies(cookies: Mapping[str, str]) -> Login | None:
    """Of a request that comes without a session; None where its cookie is not one that this server signed."""
    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if not value else decode_signed_value(secret, name, value.encode("latin-1", "replace"))

    try:
        claims = json.loads(get_cookie_with_chunks(one, USER_COOKIE_NAME) or b"null")
        return Login.of(claims) if isinstance(claims, dict) and claims.get("is_logged_in") else None
    except (ValueError, AccessError):
        return None
