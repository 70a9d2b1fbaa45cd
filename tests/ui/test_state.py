"""What tells whether a session's page is still open."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from crackxai import ExplainSettings, Photo
from crackxai.photo import Box
from crackxai.ui import state
from crackxai.ui.state import RunKey


@pytest.fixture
def page(monkeypatch):
    """A session whose connection and clock the test sets."""
    page = SimpleNamespace(open=True, now=0.0)
    runtime = SimpleNamespace(is_active_session=lambda session: session == "mine" and page.open)
    monkeypatch.setattr(state, "get_instance", lambda: runtime)
    monkeypatch.setattr(state, "get_script_run_ctx", lambda: SimpleNamespace(session_id="mine"))
    monkeypatch.setattr(state.st.runtime, "exists", lambda: True)
    monkeypatch.setattr(state.time, "monotonic", lambda: page.now)
    return page


def test_a_page_is_wanted_while_it_is_open_and_a_little_after(page):
    connected = state.connection()
    page.now = 1000.0
    assert connected()
    page.open = False
    page.now += state.GONE_S - 1
    assert connected()
    page.now += 2
    assert not connected()


def test_a_hiccup_is_forgiven(page):
    connected = state.connection()
    for _ in range(5):
        page.open = False
        page.now += state.GONE_S - 1
        assert connected()
        page.open = True
        assert connected()


def test_without_a_server_nobody_leaves(monkeypatch):
    monkeypatch.setattr(state, "get_script_run_ctx", lambda: None)
    assert state.connection()()


def test_runs_are_told_apart_by_all_that_shapes_them(tiny_model, photo, other_photo):
    def key(photo, **settings):
        return RunKey.of(tiny_model, photo, ExplainSettings(**settings))

    keys = [
        key(photo),
        key(other_photo),
        key(photo, masker="mean"),
        key(photo, masker="blur", blur_kernel=9),
        key(photo, masker="blur", blur_kernel=11),
    ]
    assert len(set(keys)) == len(keys)
    # Not by the budget, nor by a kernel that no other masker looks at.
    assert key(photo, max_evals=1000) == key(photo, max_evals=500, blur_kernel=99)


def test_two_windows_of_a_file_never_share_a_run():
    photo = Photo(np.zeros((40, 60, 3), np.uint8), "wall.jpg", "ab", (60, 40), "PNG")
    model = SimpleNamespace(fingerprint="f", precision="exact")
    keys = {
        RunKey.of(model, part, ExplainSettings())
        for part in (photo, photo.window(Box(0, 9, 0, 9)), photo.window(Box(1, 10, 0, 9)))
    }
    assert len(keys) == 3
