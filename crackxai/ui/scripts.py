"""Small scripts of ours that run in the browser beside Streamlit's own: what the server cannot see or do from here."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st


@functools.cache
def component(name: str) -> Callable[..., Any]:
    """The component of ``{name}.js``, and of ``{name}.css`` where there is one, both beside this file."""
    here = Path(__file__).parent
    css = here / f"{name}.css"
    return st.components.v2.component(
        f"crackxai_{name}",
        js=(here / f"{name}.js").read_text("utf-8"),
        css=css.read_text("utf-8") if css.is_file() else None,
    )


def run(name: str, data: dict[str, Any], **told: Callable[[Any], None]) -> None:
    """Run ``{name}.js`` on this page, unseen.

    Parameters
    ----------
    data : what the script is given; it runs again when this changes.
    told : event of the script -> what is called with its value, before the page is drawn again.
    """
    key = f"script-{name}"

    def listener(event: str, listen: Callable[[Any], None]) -> Callable[[], None]:
        def tell() -> None:
            if (value := st.session_state[key].get(event)) is not None:
                listen(value)

        return tell

    component(name)(
        data=data, key=key, **{f"on_{event}_change": listener(event, listen) for event, listen in told.items()}
    )
