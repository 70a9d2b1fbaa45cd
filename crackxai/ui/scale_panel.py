"""Millimetres on the wall: what the engineer says of a photo's scale, and what follows from it."""

from __future__ import annotations

import functools

import streamlit as st

from crackxai import CrackModel, CrackXAIError, Scan
from crackxai.inspection import scan_wording
from crackxai.inspection.marker_sheet import LARGEST, SMALLEST, marker_sheet
from crackxai.inspection.stated_scale import HAIRLINE_MM, DrawnLine, StatedScale
from crackxai.ui import runs, scans, state
from crackxai.ui.formats import plain
from crackxai.ui.state import ItemId, ScanKey
from crackxai.ui.text import message, t, texts

SOURCES = ("number", "length", "marker")
MARKER_MM = 50.0
"""Side of the marker on the sheet that is printed at first."""
_POPOVER = "scale-popover"


@st.fragment
def show(model: CrackModel, of: ItemId, key: ScanKey) -> None:
    """The scale of a scanned photo as a line, and where to state it; stated, the scan's lengths are told by it.

    Parameters
    ----------
    of, key : of the photo and its scan, by name: Streamlit keeps what a fragment is given.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="scale-line"):
        # Its state is known to the page, which opens it where a length was drawn.
        with st.popover(t("scale.title"), icon=":material/straighten:", key=_POPOVER, on_change="rerun"):
            item = runs.find_item(of)
            line = None if item is None else state.drawn_line(item)
            stated = _stated(line)
            with st.container(horizontal=True, vertical_alignment="center"):
                apply = st.button(t("scale.apply"), key="scale-apply", type="primary", icon=":material/check:")
                drop = st.button(
                    t("scale.drop"), key="scale-drop", type="tertiary", disabled=key.scale is None and line is None
                )
            if drop or (apply and stated is not None):
                _measure(model, of, None if drop else stated)
            elif apply:
                undrawn = st.session_state["scale-source"] == "length" and line is None
                st.error(t("scale.undrawn" if undrawn else "scale.empty"), icon=":material/error:")
            st.caption(t("scale.why-no-width", width=f"{HAIRLINE_MM:g}"))
        found = scans.find(key)
        st.caption(t("scale.none") if found is None or key.scale is None else _in_words(key.scale, found.read()))


def ask_for_length() -> None:
    """Open the panel for the length of the line that was drawn. For callbacks, before any widget."""
    st.session_state["scale-source"] = "length"
    st.session_state[_POPOVER] = True


def _stated(line: DrawnLine | None) -> StatedScale | None:
    """What stands in the fields; None where they are empty. With the sheet to print for the marker."""
    source = st.segmented_control(
        t("scale.source"),
        SOURCES,
        default=SOURCES[0],
        required=True,
        format_func=lambda name: t(f"scale.source-{name}"),
        key="scale-source",
        persist_state="session",
    )
    if source == "length":
        return _of_length(line)
    if source != "marker":
        # Whatever is typed is taken: what cannot be a scale is told, with what was expected.
        mm = st.number_input(
            t("scale.per-pixel"),
            value=None,
            step=0.01,
            format="%.4f",
            placeholder=t("scale.per-pixel-example"),
            key="scale-per-pixel",
            persist_state="session",
            help=t("scale.per-pixel-help"),
        )
        return None if mm is None else StatedScale("number", mm)
    side = st.number_input(
        t("scale.side"),
        value=MARKER_MM,
        step=1.0,
        format="%.1f",
        key="scale-side",
        persist_state="session",
        help=t("scale.side-help"),
    )
    _sheet(side)
    return None if side is None else StatedScale("marker", side)


def _of_length(line: DrawnLine | None) -> StatedScale | None:
    st.caption(t("scale.draw") if line is None else t("scale.drawn", pixels=f"{line.length:,.0f}"))
    mm = st.number_input(
        t("scale.length"),
        value=None,
        step=1.0,
        format="%.1f",
        key="scale-length",
        persist_state="session",
        help=t("scale.length-help"),
    )
    return None if mm is None or line is None else StatedScale("length", mm, line)


def _sheet(side: float | None) -> None:
    fits = side is not None and SMALLEST <= side <= LARGEST
    mm = side if side is not None and fits else MARKER_MM
    st.download_button(
        t("scale.sheet", mm=f"{mm:g}"),
        # Made when it is asked for, in the language of now.
        functools.partial(marker_sheet, mm, texts=texts()),
        f"crackxai-marker-{mm:g}mm.pdf",
        "application/pdf",
        key="scale-sheet",
        on_click="ignore",
        icon=":material/print:",
        disabled=not fits,
        help=t("scale.sheet-help", least=f"{SMALLEST:g}", most=f"{LARGEST:g}"),
    )


def _measure(model: CrackModel, of: ItemId, stated: StatedScale | None) -> None:
    item = runs.find_item(of)
    if item is None:
        return
    try:
        scans.measure(model, item, stated)
        if stated is None:
            state.draw_line(item, None)
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
    else:
        st.rerun()


def _in_words(stated: StatedScale, scan: Scan) -> str:
    """What the scale is from, and what it makes of the photo."""
    told = [] if stated.source == "number" else [t(f"scale.{stated.source}-words", mm=f"{stated.mm:g}")]
    return "  ·  ".join([*told, *scan_wording.wall_words(texts(), scan)])
