"""What a map is worth, in detail: its sum, its base value, whether it has converged."""

from __future__ import annotations

import altair as alt
import numpy as np
import streamlit as st

from crackxai import Explanation
from crackxai.explain.convergence import CONVERGED, NEARLY_CONVERGED, Convergence
from crackxai.inspection import wording
from crackxai.render import display_picture, png
from crackxai.ui.formats import percent, points
from crackxai.ui.text import t


def numbers(result: Explanation, probability: float) -> None:
    """Base value + sum of the map = probability: shown for what it is, where it holds."""
    if not result.settings.adds_up:
        _apart(result, probability)
        return
    base, values, whole = st.columns(3)
    hides = wording.hides(result.settings)
    base.metric(
        t("numbers.base" if hides else "numbers.base-unhidden"),
        percent(result.base_value),
        help=t("numbers.base-help" if hides else "numbers.base-unhidden-help"),
    )
    values.metric(t("numbers.sum"), points(float(result.values.sum(dtype=np.float64))), help=t("numbers.sum-help"))
    whole.metric(t("numbers.photo"), percent(probability), help=t("numbers.photo-help"))
    st.caption(t("numbers.always"))


def _apart(result: Explanation, probability: float) -> None:
    """The two probabilities, and that the values are no shares of their difference."""
    base, whole = st.columns(2)
    base.metric(t("numbers.base"), percent(result.base_value), help=t("numbers.base-apart-help"))
    whole.metric(t("numbers.photo"), percent(probability))
    total = points(float(result.values.sum(dtype=np.float64)))
    st.caption(t("numbers.apart", sum=total, difference=points(result.probability - result.base_value)))


def baseline(result: Explanation, hidden: np.ndarray) -> None:
    """The fully hidden picture."""
    picture, words = st.columns([1, 5], vertical_alignment="center", gap="medium")
    picture.image(png(display_picture(hidden, 150)), width=130, alt=t("baseline.alt"))
    told = "baseline.words" if result.settings.adds_up else "baseline.words-apart"
    words.markdown(t(told, base=percent(result.base_value)))


def convergence(found: Convergence | None) -> None:
    """Has the map converged? In words and a small chart."""
    st.subheader(t("convergence.title"), anchor=False, help=t("convergence.help"))
    if found is None:
        st.caption(t("convergence.too-few"))
        return
    total = found.evaluations[-1]
    words, chart = st.columns([3, 4], vertical_alignment="center", gap="medium")
    icon = {"converged": "check_circle", "nearly": "timelapse", "moving": "pending"}[found.state]
    words.markdown(
        f":material/{icon}: "
        + t(
            f"convergence.{found.state}",
            change=f"{100 * found.change:.0f}",
            half=f"{total // 2:,}",
            total=f"{total:,}",
            converged=f"{100 * CONVERGED:.0f}",
            nearly=f"{100 * NEARLY_CONVERGED:.0f}",
        )
    )
    with chart:
        curve(found)


def curve(found: Convergence) -> None:
    """Distance from the last map against evaluations."""
    x, y = t("convergence.x"), t("convergence.y")
    rows = [{x: n, y: 100 * d} for n, d in zip(found.evaluations, found.distances, strict=True)]
    drawn = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X(
                x,
                type="quantitative",
                title=x,
                scale=alt.Scale(type="log", domain=[found.evaluations[0], found.evaluations[-1]]),
            ),
            y=alt.Y(y, type="quantitative", title=y),
            tooltip=[alt.Tooltip(x, type="quantitative"), alt.Tooltip(y, type="quantitative", format=".1f")],
        )
        .properties(height=220)
    )
    steps = ", ".join(f"{n:,}: {100 * d:.0f} %" for n, d in zip(found.evaluations, found.distances, strict=True))
    st.altair_chart(drawn, width="stretch", alt=t("convergence.alt", steps=steps))
