"""How good the model is from one origin to the next, and whether its doubt finds what it gets wrong."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import streamlit as st

from crackxai import CrackModel
from crackxai.model.left_out import Answers
from crackxai.ui.formats import plain
from crackxai.ui.text import t

PART = "validation"
"""Of which the origins are told: what was left out is judged on it, too."""
POINTS = 200
"""Of the curve: more are not to be told apart on a screen."""


def show(model: CrackModel) -> None:
    """Figures by origin, trained on and left out; nothing of a model of one source of photos."""
    card = model.card
    trained = {origin["name"]: origin for origin in card.origins.get(PART, [])}
    left_out = {origin["name"]: origin for group in card.left_out.get("groups", []) for origin in group["origins"]}
    if trained or left_out:
        st.subheader(t("origins.title"), anchor=False)
        st.caption(t("origins.help"))
        _table(trained, left_out)
        _summary(card.origins.get(PART, []), card.left_out, card.working_range)
    if model.measurements.left_out is not None:
        st.markdown(f"**{t('origins.risk')}**", help=t("origins.risk-help"))
        _coverage_risk(model.measurements.left_out, card.left_out.get("mistakes_doubted"))


def _table(trained: dict[str, Any], left_out: dict[str, Any]) -> None:
    names = [*trained, *(name for name in left_out if name not in trained)]
    rows = []
    for name in names:
        row = {t("origins.name"): name}
        for key, facts in (("trained", trained.get(name)), ("left", left_out.get(name))):
            for rate in ("recall", "specificity"):
                row[f"{t(f'origins.{key}')}: {t(f'origins.{rate}')}"] = _rate(facts and facts[rate])
        rows.append(row)
    st.dataframe(rows, hide_index=True, width="stretch", row_height=32, height=32 * len(rows) + 38)


def _rate(rate: dict[str, Any] | None) -> str:
    """In percent, with its interval and the photos that it rests on."""
    if rate is None:
        return "–"
    value, low, high = (f"{100 * rate[name]:.0f}" for name in ("value", "low", "high"))
    return t("origins.rate", value=value, low=low, high=high, photos=f"{rate['groups']:,}")


def _summary(trained: list[dict[str, Any]], left_out: dict[str, Any], working: list[float] | None) -> None:
    lines = []
    if trained:
        worst = min(trained, key=lambda origin: origin["balanced_accuracy"])
        mean = float(np.mean([origin["balanced_accuracy"] for origin in trained]))
        lines.append(
            t(
                "origins.mean",
                mean=f"{100 * mean:.0f}",
                worst=f"{100 * worst['balanced_accuracy']:.0f}",
                name=plain(worst["name"]),
            )
        )
    if left_out:
        runs = ", ".join(f"{epochs:g} × {side} px" for side, epochs in left_out["recipe"]["phases"])
        left_mean = f"{100 * left_out['balanced_accuracy']:.0f}"
        lines.append(t("origins.left-mean", mean=left_mean, runs=runs, pictures=plain(str(left_out["pictures"]))))
    if working:
        low, high = working
        lines.append(t("origins.range", low=f"{low:g}", high=f"{high:g}", fine=f"{1 / high:g}", coarse=f"{1 / low:g}"))
    for line in lines:
        st.markdown(line)


def _coverage_risk(answers: Answers, doubted: float | None) -> None:
    coverage, risk = answers.coverage_risk()
    shown = np.unique(np.linspace(0, len(coverage) - 1, POINTS).round().astype(int))
    kept = float((answers.doubts <= 1).mean())
    here = float(np.interp(kept, coverage, risk))
    x, y = t("origins.risk-x"), t("origins.risk-y")
    rows = [{x: 100 * coverage[i], y: 100 * risk[i]} for i in shown if coverage[i] >= 0.02]
    highest = max(row[y] for row in rows)
    axes = {
        "x": alt.X(x, type="quantitative", title=x, scale=alt.Scale(domain=[0, 100])),
        "y": alt.Y(y, type="quantitative", title=y, scale=alt.Scale(domain=[0, max(5.0, 1.1 * highest)])),
    }
    line = alt.Chart(alt.InlineData(values=rows)).mark_line(clip=True).encode(**axes)
    point = alt.Chart(alt.InlineData(values=[{x: 100 * kept, y: 100 * here}])).mark_point(
        size=120, filled=True, color="#d97706", clip=True
    )
    words = t(
        "origins.risk-words", kept=f"{100 * kept:.0f}", risk=f"{100 * here:.1f}", all=f"{100 * float(risk[-1]):.1f}"
    )
    chart = line + point.encode(**axes)
    st.altair_chart(chart.properties(height=260), width="stretch", alt=words)
    st.caption(words if doubted is None else f"{words} {t('origins.doubted', share=f'{100 * doubted:.0f}')}")
