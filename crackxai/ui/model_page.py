"""The model: which one, how good, at which threshold, on what."""

from __future__ import annotations

import altair as alt
import numpy as np
import psutil
import streamlit as st

from crackxai import CrackModel
from crackxai.model.measurements import Scores
from crackxai.model.tradeoff import Cost, cost, reliability
from crackxai.ui import resources, state
from crackxai.ui.formats import megabytes, percent, plain
from crackxai.ui.text import t


def choice(model: CrackModel) -> None:
    """Which model, in which precision; kept for the session."""
    st.subheader(t("model.which"), anchor=False)
    name, precision = state.choice() or (resources.DEFAULT_MODEL, "exact")
    # The session's choice leads the widgets, not they it: a model that could not be loaded was given up again.
    st.session_state["model-folder"], st.session_state["model-precision"] = name, precision
    left, right = st.columns(2, gap="large")
    with left:
        st.selectbox(
            t("model.folder"),
            list(resources.model_folders()),
            key="model-folder",
            on_change=_choose,
            format_func=lambda n: n or t("model.default"),
            help=t("model.folder-help"),
        )
        st.segmented_control(
            t("model.computing"),
            ("exact", "fast"),
            key="model-precision",
            on_change=_choose,
            required=True,
            format_func=lambda p: t(f"model.{p}"),
            help=t("model.computing-help"),
        )
        st.caption(_fast_words(model))
    with right:
        rows = {
            "model.device": model.device,
            "model.runtime": ", ".join(f"{part} {version}" for part, version in model.versions.items()),
            "model.memory": megabytes(psutil.Process().memory_info().rss),
            "model.budget": _budget_words(),
            "model.workers": str(resources.queue().workers),
        }
        st.markdown("  \n".join(f"**{t(key)}** {plain(value)}" for key, value in rows.items()))


def _budget_words() -> str:
    budget = resources.budget()
    parts = {t(f"budget.{name}"): megabytes(size) for name, size in budget.used.items()}
    return t(
        "model.budget-words",
        used=megabytes(sum(budget.used.values())),
        allowed=megabytes(budget.allowed),
        parts=", ".join(f"{name} {size}" for name, size in parts.items()),
    )


def _choose() -> None:
    state.choose(st.session_state["model-folder"], st.session_state["model-precision"])


def _fast_words(model: CrackModel) -> str:
    fast = model.measurements.fast
    if fast is None:
        return t("model.fast-unknown")
    return t(
        "model.fast-measured",
        photos=f"{fast.photos:,}",
        difference=f"{100 * fast.largest_difference:.1f}",
        verdicts=fast.changed_verdicts,
        maps=fast.maps,
        map_difference=f"{100 * fast.map_difference:.0f}",
    )


def decision(model: CrackModel) -> None:
    """Threshold and review band, and their cost."""
    st.subheader(t("model.decision"), anchor=False)
    threshold, band = state.decision(model)
    left, right = st.columns(2, gap="large")
    chosen = left.slider(
        t("model.threshold"), 0.01, 0.99, float(threshold), 0.01, key=f"threshold-{model.fingerprint[:8]}"
    )
    width = left.slider(
        t("model.band"), 0.0, 0.49, float(band), 0.01, key=f"band-{model.fingerprint[:8]}", help=t("model.band-help")
    )
    if (chosen, width) != (threshold, band):
        state.decide(model, chosen, width)
        # The sidebar and the verdicts, drawn before this, tell of it too.
        st.rerun()
    if left.button(t("model.reset"), key="reset", disabled=(chosen, width) == (model.threshold, model.band)):
        state.decide(model, model.threshold, model.band)
        for name in ("threshold", "band"):
            del st.session_state[f"{name}-{model.fingerprint[:8]}"]
        st.rerun()
    measured = model.measurements.held_out
    if measured is None:
        right.info(t("model.no-measurements"), icon=":material/info:")
        return
    part, scores = measured
    found = cost(scores, chosen, width)
    right.markdown(_cost_words(found, part, chosen))
    with right:
        _confusion(found)


def _cost_words(found: Cost, part: str, threshold: float) -> str:
    def per_hundred(count: int, total: int) -> str:
        return f"{100 * count / total:.1f}".removesuffix(".0")

    return t(
        "model.cost",
        threshold=percent(threshold),
        missed=per_hundred(found.missed, found.cracked),
        flagged=per_hundred(found.flagged, found.sound),
        reviewed=per_hundred(found.reviewed_cracked + found.reviewed_sound, found.cracked + found.sound),
        missed_unseen=per_hundred(found.missed_unseen, found.cracked),
        flagged_unseen=per_hundred(found.flagged_unseen, found.sound),
        photos=f"{found.cracked + found.sound:,}",
        part=t(f"model.part-{part}"),
    )


def _confusion(found: Cost) -> None:
    head = ("", t("model.said-crack"), t("model.said-sound"))
    rows = (
        (t("model.is-cracked"), str(found.cracked - found.missed), str(found.missed)),
        (t("model.is-sound"), str(found.flagged), str(found.sound - found.flagged)),
    )
    st.table([dict(zip(head, row, strict=True)) for row in rows], hide_index=True)


def figures(model: CrackModel) -> None:
    """How good it is: figures, ROC and reliability from photos that it was not trained on."""
    st.subheader(t("model.figures"), anchor=False)
    tested = model.card.figures.get("test") or model.card.figures.get("validation")
    if tested:
        columns = st.columns(4)
        for column, name in zip(columns, ("accuracy", "auc", "recall", "precision"), strict=True):
            column.metric(t(f"model.{name}"), percent(tested[name]), help=t(f"model.{name}-help"))
    measured = model.measurements.held_out
    if measured is None:
        return
    _, scores = measured
    threshold, _ = state.decision(model)
    roc, calibration = st.columns(2, gap="large")
    with roc:
        st.markdown(f"**{t('model.roc')}**", help=t("model.roc-help"))
        _roc(scores, threshold)
    with calibration:
        st.markdown(f"**{t('model.reliability')}**", help=t("model.reliability-help"))
        _reliability(scores)


def _roc(scores: Scores, threshold: float) -> None:
    from sklearn.metrics import roc_curve

    alarms, found, _ = roc_curve(scores.labels, scores.probabilities)
    now = cost(scores, threshold, 0)
    x, y = t("model.roc-x"), t("model.roc-y")
    line = alt.InlineData(values=[{x: 100 * a, y: 100 * f} for a, f in zip(alarms, found, strict=True)])
    here = {x: 100 * now.flagged / now.sound, y: 100 * (1 - now.missed / now.cracked)}
    # A good model's curve is a corner; what is of interest there is lost on the whole square.
    good = np.interp(0.1, alarms, found) >= 0.9
    axes = _axes(x, y, [0, 10] if good else [0, 100], [90, 100] if good else [0, 100])
    chart = alt.Chart(line).mark_line(interpolate="step-after", clip=True).encode(**axes) + alt.Chart(
        alt.InlineData(values=[here])
    ).mark_point(size=120, filled=True, color="#d97706", clip=True).encode(**axes)
    words = t("model.roc-alt", found=f"{here[y]:.1f}", alarms=f"{here[x]:.1f}")
    st.altair_chart(chart.properties(height=280), width="stretch", alt=words)


def _reliability(scores: Scores) -> None:
    x, y, n = t("model.reliability-x"), t("model.reliability-y"), t("model.reliability-n")
    rows = [{x: 100 * p, y: 100 * share, n: count} for p, share, count in reliability(scores)]
    axes = _axes(x, y, [0, 100], [0, 100])
    ideal = alt.Chart(alt.InlineData(values=[{x: 0, y: 0}, {x: 100, y: 100}])).mark_line(
        strokeDash=[4, 4], color="#888"
    )
    points = alt.Chart(alt.InlineData(values=rows)).mark_point(filled=True)
    # A bin of three photos must not look like one of four hundred.
    size = alt.Size(n, type="quantitative", scale=alt.Scale(type="sqrt", range=[15, 400]), legend=None)
    tips = [alt.Tooltip(name, type="quantitative", format=".1f") for name in (x, y)]
    tips.append(alt.Tooltip(n, type="quantitative"))
    chart = ideal.encode(**axes) + points.encode(**axes, size=size, tooltip=tips)
    words = "; ".join(f"{row[x]:.0f} %: {row[y]:.0f} % ({row[n]})" for row in rows)
    st.altair_chart(chart.properties(height=280), width="stretch", alt=t("model.reliability-alt", bins=words))


def _axes(x: str, y: str, across: list[int], up: list[int]) -> dict[str, alt.X | alt.Y]:
    return {
        "x": alt.X(x, type="quantitative", title=x, scale=alt.Scale(domain=across)),
        "y": alt.Y(y, type="quantitative", title=y, scale=alt.Scale(domain=up)),
    }


def card(model: CrackModel) -> None:
    """The model card, for people."""
    st.subheader(t("model.card"), anchor=False)
    facts = model.card
    recipe = facts.recipe
    start = recipe.get("weights") or t("model.random-weights")
    phases = ", ".join(f"{epochs:g} × {side} px" for side, epochs in recipe["phases"])
    rows = {
        "model.name": facts.name,
        "model.created": facts.created,
        "model.network": t("model.network-words", side=facts.input_side),
        "model.data": facts.data.get("source") or t("model.origins", count=len(_sources(facts.data))),
        "model.counts": "; ".join(
            f"{t(f'model.part-{name}')}: {facts.data[key]}" for name in ("train", "validation", "test")
            for key in (name, f"{name} windows") if key in facts.data
        ),
        "model.recipe": f"{recipe['name']} ({start})" + (f": {phases}" if phases else ""),
        "model.versions": ", ".join(f"{part} {version}" for part, version in facts.versions.items()),
        "shell.fingerprint": model.fingerprint,
    }  # fmt: skip
    for name, value in rows.items():
        st.markdown(f"**{t(name)}:** {plain(value)}")
    if sources := _sources(facts.data):
        with st.expander(t("model.sources")):
            st.markdown("\n".join(f"- **{plain(name)}:** {plain(told)}" for name, told in sources.items()))
    st.warning(t("model.not-tested"), icon=":material/report:")
    with st.expander(t("model.command")):
        st.code(facts.command, language="bash", wrap_lines=True)


def _sources(data: dict[str, str]) -> dict[str, str]:
    """Of each origin that it was trained on: where its photos are from, their licence and numbers."""
    return {key.removeprefix("origin "): str(told) for key, told in data.items() if key.startswith("origin ")}
