"""Taking a result along: overlay, figure, values, record, and a page that opens anywhere."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from crackxai import Explanation, Verdict
from crackxai.inspection.pictures import Look, drawn, limit_of
from crackxai.inspection.report import report
from crackxai.ui import gate, resources
from crackxai.ui.state import Item
from crackxai.ui.text import t, texts

OVERLAY_SIDE = 1200
"""Longer side of the overlay, pixels."""


def downloads(item: Item, result: Explanation, look: Look, verdict: Verdict) -> None:
    """A row of buttons; each file is made when it is asked for."""
    # Two windows of one photo are two files.
    window = "" if item.box is None else "-" + "-".join(map(str, item.box.as_dict().values()))
    stem = f"{Path(item.name).stem}{window}-{result.settings.slug}-{result.evaluations}"
    # The language is looked up now: the server makes the file later, outside of the page's script. Until then nothing
    # is held of the photo, since Streamlit keeps what makes the files for longer than the session lasts.
    held, box = weakref.ref(item.window(None)), item.box
    words = texts()
    result = dataclasses.replace(result, verdict=verdict)

    def overlay() -> bytes:
        picture = resources.display(_there(held()).window(box), OVERLAY_SIDE)
        return drawn(picture, result.values, limit_of(result.values, look), look)

    def page() -> str:
        return report(resources.photo(_there(held()).window(box)), result, verdict, words, look)

    rows: tuple[tuple[str, Callable[[], str | bytes], str, str, str], ...] = (
        ("report", page, "html", "text/html", "description"),
        ("overlay", overlay, "png", "image/png", "layers"),
        ("values", result.to_npz, "npz", "application/octet-stream", "grid_on"),
        ("record", result.to_json, "json", "application/json", "data_object"),
    )  # fmt: skip
    with st.container(horizontal=True):
        for name, data, ending, mime, icon in rows:
            st.download_button(
                t(f"downloads.{name}"),
                gate.guarded(data),
                f"{stem}.{ending}",
                mime,
                key=f"download-{name}",
                on_click="ignore",
                icon=f":material/{icon}:",
                help=t(f"downloads.{name}-help"),
            )


def _there(item: Item | None) -> Item:
    if item is None:
        raise LookupError  # its session has ended
    return item
