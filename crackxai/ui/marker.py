"""A picture on which a rectangle can be dragged, with mouse or finger."""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from crackxai.render import png
from crackxai.ui.scripts import component

Percent = tuple[int, int, int, int]
"""Top, bottom, left, right, whole percent of the picture's sides."""


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
    component("marker")(data={"image": image, "alt": alt, "box": list(box)}, key=key, on_marked_change=tell)
