"""The gallery's pictures: those of the next page are made while this one is looked at."""

from __future__ import annotations

import pytest
import streamlit as st

from crackxai.errors import PhotoError
from crackxai.ui import gallery, resources
from tests.apps import press, wait_for
from tests.test_inspection import answered, at, sha

pytestmark = pytest.mark.usefixtures("fresh_results")


def test_the_next_pages_pictures_are_asked_for_ahead_where_there_is_a_browser(monkeypatch):
    asked = []
    monkeypatch.setattr(gallery, "PAGE", 2)
    monkeypatch.setattr(resources, "prepare_pictures", lambda name, makers: asked.append((name, set(makers))))
    inspection = answered(("crack", 0.9), ("crack", 0.8), ("crack", 0.7), ("crack", 0.6), ("no-crack", 0.1))
    at(inspection)
    assert not asked
    monkeypatch.setattr(type(st.context), "url", "http://localhost:8501/inspection")
    app = at(inspection)
    assert asked[-1] == (("gallery", inspection, 1), {("recorded", sha(number), gallery.SIDE) for number in (3, 4)})
    press(app, "gallery-on")
    assert asked[-1] == (("gallery", inspection, 2), {("recorded", sha(5), gallery.SIDE)})
    asked.clear()
    press(app, "gallery-on")
    assert not asked


def test_pictures_are_ready_before_they_are_asked_for(monkeypatch):
    """One that cannot be made does not keep the others from being made."""

    def broken() -> bytes:
        raise PhotoError("gone")

    work = resources.idle_work()
    monkeypatch.setattr(work, "_pause", lambda _: None)
    resources.prepare_pictures("page", {"broken": broken, "whole": lambda: b"picture"})
    wait_for(lambda: resources.drawn("whole"))
    assert not resources.drawn("broken")
    assert resources.picture("whole", broken) == b"picture"
