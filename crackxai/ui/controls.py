"""What the engineer sets: the explanation's settings, and how its map is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from crackxai import ExplainSettings
from crackxai.explain.settings import MASKERS
from crackxai.render import PALETTES
from crackxai.ui.links import KERNELS
from crackxai.ui.runs import BUDGETS
from crackxai.ui.text import t


def masker_control() -> tuple[str, int]:
    """Masker and blur kernel; both stand in the page's address."""
    usual = ExplainSettings()
    st.session_state.setdefault("masker", usual.masker)
    masker = st.segmented_control(
        t("controls.masker"),
        MASKERS,
        required=True,
        format_func=lambda name: t(f"masker.{name}"),
        key="masker",
        wrap=True,
        persist_state="session",
        help=t("controls.masker-help"),
    )
    if masker != "blur":
        return masker, usual.blur_kernel
    st.session_state.setdefault("blur_kernel", usual.blur_kernel)
    kernel = st.slider(
        t("controls.kernel"),
        KERNELS.start,
        KERNELS[-1],
        step=KERNELS.step,
        key="blur_kernel",
        persist_state="session",
        help=t("controls.kernel-help"),
    )
    return masker, kernel


def budget_control() -> int:
    """max_evals; stands in the page's address."""
    st.session_state.setdefault("max_evals", ExplainSettings().max_evals)
    return st.select_slider(
        t("controls.max-evals"),
        BUDGETS,
        key="max_evals",
        persist_state="session",
        help=t("controls.max-evals-help"),
    )


@dataclass(frozen=True)
class Look:
    """How a map is drawn.

    Attributes
    ----------
    opacity : 0-1; own_scale : the map's own colour scale instead of the same for all; palette : of `PALETTES`.
    contours : lines that need no colour.
    """

    opacity: float
    own_scale: bool
    palette: str
    contours: bool


def look_controls() -> Look:
    """Opacity, scale, palette, contours; kept for the session."""
    opacity, scale, palette, contours = st.columns([3, 3, 3, 2], gap="medium", vertical_alignment="bottom")
    strength = opacity.slider(t("look.opacity"), 0, 100, 80, 5, key="opacity", persist_state="session")
    own = scale.segmented_control(
        t("look.scale"),
        ("own", "fixed"),
        default="own",
        required=True,
        format_func=lambda name: t(f"look.scale-{name}"),
        key="scale",
        persist_state="session",
        help=t("look.scale-help"),
    )
    colours = palette.selectbox(
        t("look.palette"),
        list(PALETTES),
        format_func=lambda name: t(f"look.{name}"),
        key="palette",
        persist_state="session",
    )
    lines = contours.toggle(t("look.contours"), key="contours", persist_state="session", help=t("look.contours-help"))
    return Look(strength / 100, own == "own", colours, lines)
