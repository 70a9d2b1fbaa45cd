"""Driving pages without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from crackxai.explain.explainer import Explainer
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
        "segmented_control", "slider", "select_slider", "selectbox", "toggle", "pills", "button_group",
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
    return app.session_state[state._SELECTED]


def shown(app: AppTest) -> Explainer:
    """The run on the page."""
    selected = item(app)
    return resources.runs().peek(app.session_state[state._DISPLAYED][selected.sha256, selected.name][0])


def address(app: AppTest) -> str:
    """The script that brings the browser's address up to date."""
    return next(html.proto.body for html in app.get("html") if "replaceState" in html.proto.body)
