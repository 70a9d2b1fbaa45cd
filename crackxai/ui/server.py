"""The server: where its pages are, how it is started, and what is done once before anybody visits it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import webbrowser
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli
from streamlit.web.server.server_util import get_url

from crackxai.errors import SettingsError
from crackxai.ui import sign_in
from crackxai.ui.doors import Doors

PACKAGE = Path(__file__).parent.parent
PLACES = (PACKAGE.parent / "app.py", PACKAGE / "web" / "app.py")
"""Of the app: in the project's own folder, and where `pyproject.toml` puts it and its settings in an installed
package."""
ICON = Path(__file__).parent / "icon.svg"
"""A file of our own: Streamlit fetches the pictures of emoji and Material icons in the tab from the internet."""
MIDDLEWARE = [Middleware(Doors)]
METRICS = "CRACKXAI_METRICS"
"""Environment variable, see `crackxai.ui.watching`, which is imported only where it is set."""
OPEN_AFTER_S = 0.5
"""Seconds from the start until the browser is opened: the first page is served by then."""


def app_file() -> Path:
    """``app.py`` with ``pages/`` and ``.streamlit/`` beside it."""
    return next(place for place in PLACES if (place.parent / "pages" / "photo.py").is_file())


def serve(options: Sequence[str]) -> NoReturn:
    """Run the server until it is stopped, and end the process with it.

    Parameters
    ----------
    options : of ``streamlit run``, such as ``--server.port 8502``; they go before the settings of the app.
    """
    cli.main(["run", str(app_file()), *options], prog_name="streamlit")
    raise SystemExit


def asks_for_login() -> bool:
    """Whether people have to log in, as far as that can be told; the pages say where it cannot."""
    with contextlib.suppress(SettingsError):
        return sign_in.required()
    return True


def _tell_owner() -> None:
    """Begin what the owner asked to be told, if anything; a server that cannot do that does not start."""
    if not os.environ.get(METRICS):
        return
    from crackxai.ui import watching

    try:
        watching.start()
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        os._exit(2)  # within the server's own loop, which would only log what is raised


@contextlib.asynccontextmanager
async def started(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Know the pages from the first visit on; open the browser, unless ``server.headless`` says that nobody sits here.

    Streamlit takes a folder called pages for its older kind of app until ``st.navigation`` was called once, and showed
    who came first, by an address of a page, that page without app.py: with the files' names and without the logo.
    """
    PagesManager.uses_pages_directory = False
    asks_for_login()  # from now on, whatever becomes of the file of secrets
    _tell_owner()
    if not st.get_option("server.headless"):
        address, loop = get_url(st.get_option("browser.serverAddress")), asyncio.get_running_loop()
        loop.call_later(OPEN_AFTER_S, lambda: loop.run_in_executor(None, webbrowser.open, address))
    yield {}
