"""Driving pages without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from crackxai import ExplainSettings
from crackxai.explain.methods import AnytimeExplainer
from crackxai.texts import catalogue
from crackxai.ui import resources, state
from crackxai.ui.state import Item

ROOT = Path(__file__).parent.parent
WAIT = 120
EN = catalogue("en")


def app_at(page: str, **query: str) -> AppTest:
    """A session that has just opened ``page`` with that query."""
    app = AppTest.from_file(str(ROOT / page), default_timeout=WAIT)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    kinds = ("header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def set_keys(app: AppTest, **values: object) -> AppTest:
    """Set widgets by their keys and run."""
    kinds = (
        "segmented_control", "slider", "select_slider", "selectbox", "toggle", "pills", "button_group", "number_input",
    )  # fmt: skip
    widgets = [widget for kind in kinds for widget in app.get(kind)]
    for key, value in values.items():
        next(widget for widget in widgets if widget.key == key).set_value(value)
    app.run()
    assert not app.exception
    return app


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.get("file_uploader")[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception
    return app


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def explained(app: AppTest) -> AppTest:
    """Wait for the running explanations, as the page's fragments do."""

    def done() -> bool:
        app.run()
        assert not app.exception
        return not jobs(app)

    wait_for(done)
    return app


def jobs(app: AppTest) -> dict:
    return app.session_state.get(state._JOBS, {})


def item(app: AppTest) -> Item:
    kept = app.session_state[state._SELECTED]
    if isinstance(kept, Item):
        return kept
    return next(each for each in app.session_state[state._ITEMS] if each.id == kept)


def shown(app: AppTest) -> AnytimeExplainer:
    """The run on the page."""
    settings = {
        name: app.session_state[name] for name in ("masker", "blur_kernel", "regions") if name in app.session_state
    }
    wanted = ExplainSettings(**settings).key
    (key,) = [
        key
        for key in app.session_state[state._ASKED]
        if (key.photo, key.name, key.settings) == (item(app).key, item(app).name, wanted)
    ]
    run = resources.runs().peek(key)
    assert run is not None
    return run


def address(app: AppTest) -> str:
    """The script that brings the browser's address up to date."""
    return next(html.proto.body for html in app.get("html") if "replaceState" in html.proto.body)
