"""What the server does once, when it starts."""

from __future__ import annotations

import asyncio

import pytest
import streamlit as st

from crackxai.ui import server
from tests.served import ROOT


@pytest.mark.parametrize("headless", [False, True])
def test_the_page_is_opened_in_the_browser_unless_nobody_sits_there(monkeypatch, headless):
    opened: list[str] = []
    options = {"server.headless": headless, "browser.serverAddress": "localhost"}
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    monkeypatch.setattr(server.webbrowser, "open", opened.append)
    monkeypatch.setattr(server, "OPEN_AFTER_S", 0.0)

    async def start() -> None:
        async with server.started(st.App(ROOT / "app.py")):
            await asyncio.sleep(0.3)

    asyncio.run(start())
    assert [address.startswith("http://localhost:") for address in opened] == ([] if headless else [True])


def test_the_app_of_this_folder_is_found():
    assert server.app_file() == ROOT / "app.py"
