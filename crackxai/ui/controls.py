"""What the engineer sets: the explanation's settings, and how its map is drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackxai.explain.maskers import MASKERS, MaskerSettings, masker_parameters
from crackxai.explain.methods import METHODS, Method
from crackxai.explain.parameters import Parameter
from crackxai.explain.regions import PREFERRED, REGIONS
from crackxai.explain.settings import MAX_EVALS
from crackxai.inspection.pictures import Look
from crackxai.render import PALETTES
from crackxai.ui.runs import BUDGETS
from crackxai.ui.text import t


def method_control() -> Method:
    """How the photo is explained; asked where there is a choice. Stands in the page's address."""
    if len(METHODS) == 1:
        return next(iter(METHODS.values()))
    st.session_state.setdefault("method", next(iter(METHODS)))
    chosen = st.session_state["method"]
    # Most never choose another one, and seven names take three rows.
    with st.popover(
        t("controls.method-chosen", name=t(f"method.{chosen}")), width="stretch", icon=":material/tune:", key="methods"
    ):
        name = st.segmented_control(
            t("controls.method"),
            list(METHODS),
            required=True,
            format_func=lambda name: t(f"method.{name}"),
            key="method",
            wrap=True,
            persist_state="session",
        )
        name = name or chosen
        st.markdown(t(f"method-words.{name}"))
    return METHODS[name]


def method_numbers(method: Method, *places: DeltaGenerator) -> dict[str, int]:
    """The method's own numbers, in ``places`` by turns; they stand in the page's address."""
    return {each.name: _number(each, places[i % len(places)]) for i, each in enumerate(method.asked)}


def _number(each: Parameter, place: DeltaGenerator) -> int:
    st.session_state.setdefault(each.name, each.default)
    return place.slider(
        t(f"parameter.{each.name}"),
        each.offered.start,
        each.offered[-1],
        step=each.offered.step,
        key=each.name,
        persist_state="session",
        help=t(f"parameter-help.{each.name}"),
    )


def masker_control(place: DeltaGenerator) -> MaskerSettings:
    """Masker and, in ``place``, its own parameters; all of them stand in the page's address."""
    st.session_state.setdefault("masker", MaskerSettings().masker)
    masker = st.segmented_control(
        t("controls.masker"),
        list(MASKERS),
        required=True,
        format_func=lambda name: t(f"masker.{name}"),
        key="masker",
        wrap=True,
        persist_state="session",
        help="\n".join(
            [
                t("controls.masker-help"),
                *(f"- **{t(f'masker.{each}')}**: {t(f'masker-words.{each}')}" for each in MASKERS),
            ]
        ),
    )
    # What is required is never None, though its type says so.
    masker = masker or MaskerSettings().masker
    numbers: dict[str, Any] = {each.name: _number(each, place) for each in masker_parameters(masker)}
    return MaskerSettings(masker, **numbers)


def regions_control() -> str:
    """Which parts are hidden together; stands in the page's address."""
    st.session_state.setdefault("regions", PREFERRED)
    regions = st.segmented_control(
        t("controls.regions"),
        list(REGIONS),
        required=True,
        format_func=lambda name: t(f"regions.{name}"),
        key="regions",
        wrap=True,
        persist_state="session",
        help="\n".join(
            [
                t("controls.regions-help"),
                *(f"- **{t(f'regions.{each}')}**: {t(f'regions-words.{each}')}" for each in REGIONS),
            ]
        ),
    )
    return regions or PREFERRED


def budget_control() -> int:
    """max_evals; stands in the page's address."""
    st.session_state.setdefault("max_evals", MAX_EVALS.default)
    return st.select_slider(
        t("controls.max-evals"),
        BUDGETS,
        key="max_evals",
        persist_state="session",
        help=t("controls.max-evals-help"),
    )


def chosen_look() -> Look:
    """What `look_controls` was set to last, for maps that are drawn elsewhere on the page."""
    usual = Look()
    return Look(
        st.session_state.get("opacity", round(100 * usual.opacity)) / 100,
        st.session_state.get("scale", "own") == "own",
        st.session_state.get("palette", usual.palette),
        st.session_state.get("contours", usual.contours),
    )


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
