"""A picture on which a rectangle can be dragged, with mouse or finger."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from crackxai.render import png

Percent = tuple[int, int, int, int]
"""Top, bottom, left, right, whole percent of the picture's sides."""


@functools.cache
def _component() -> Callable[..., object]:
    here = Path(__file__).parent
    js, css = ((here / f"marker.{ending}").read_text("utf-8") for ending in ("js", "css"))
    return st.components.v2.component("crackxai_marker", js=js, css=css)


def mark(picture: np.ndarray, alt: str, box: Percent, key: str, marked: Callable[[Percent], None]) -> None:
    """Show ``picture`` with ``box`` on it; ``marked`` is told of a new one, before the page is drawn again.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB.
    """

    def tell() -> None:
        if found := st.session_state[key].get("marked"):
            top, bottom, left, right = (int(n) for n in found)
            marked((top, bottom, left, right))

    image = "data:image/png;base64," + base64.b64encode(png(picture)).decode()
    _component()(data={"image": image, "alt": alt, "box": list(box)}, key=key, on_marked_change=tell)
