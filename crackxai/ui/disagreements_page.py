"""Where people and machine differ: beside what the model's card promises, by reason, by month, photo by photo."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import altair as alt
import streamlit as st

from crackxai import CrackModel, CrackXAIError
from crackxai.inspection.records.decisions import REASONS
from crackxai.inspection.settled import OUTCOMES, Settled, by_month, by_reason, cost_found, settled
from crackxai.model.by_origin import wilson
from crackxai.model.tradeoff import Cost, cost
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections
from crackxai.ui.formats import percent, plain
from crackxai.ui.text import message, t

COLOURS = {"agreed": "#64748b", "false-alarm": "#d97706", "missed": "#b91c1c", "open": "#0e7490"}
"""Of outcomes; told by words and order too."""
LISTED = 400
"""Pixels of the table's height at most."""


def choose() -> tuple[Settled, ...]:
    """The photos that people settled, of all inspections or of those chosen; none, with the reason said on the page."""
    try:
        names = inspections.names() if inspections.begun() else {}
        chosen = _chosen(names) if len(names) > 1 else list(names)
        read = [inspections.dossier(inspection) for inspection in chosen or names]
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
        return ()
    found = tuple(each for dossier in read for each in settled(dossier))
    if not found:
        st.info(t("disagreements.none"), icon=":material/info:")
    return found


def _chosen(names: dict[str, str]) -> list[str]:
    return st.multiselect(
        t("disagreements.inspections"),
        list(names),
        format_func=lambda inspection: names[inspection],
        key="disagreements-of",
        placeholder=t("disagreements.all"),
    )


def beside_the_card(model: CrackModel, photos: Sequence[Settled]) -> None:
    """How often the machine was wrong here, beside what was measured of this model before."""
    own = [each for each in photos if each.machine is not None and each.machine["fingerprint"] == model.fingerprint]
    others = sum(each.machine is not None for each in photos) - len(own)
    found = cost_found(own)
    st.subheader(t("disagreements.beside"), anchor=False, help=t("disagreements.beside-help"))
    if own:
        measured = model.measurements.held_out
        promised = None if measured is None else cost(measured[1], model.threshold, model.band)
        st.table(_rows(found, promised), hide_index=True)
        if measured is not None:
            part = t(f"model.part-{measured[0]}")
            st.caption(t("disagreements.promise", threshold=percent(model.threshold), part=part))
        st.caption(t("disagreements.not-random"))
    if others or not own:
        st.caption(t("disagreements.other-models", count=others, name=plain(model.card.name)))


def _rows(found: Cost, promised: Cost | None) -> list[dict[str, str]]:
    def of(cracked: bool, which: Cost | None, part: str) -> str:
        if which is None:
            return "–"
        total = which.cracked if cracked else which.sound
        return _share(getattr(which, part), total)

    rows = (
        ("missed", True, "missed"),
        ("flagged", False, "flagged"),
        ("reviewed-cracked", True, "reviewed_cracked"),
        ("reviewed-sound", False, "reviewed_sound"),
    )
    return [
        {
            t("disagreements.of"): t(f"disagreements.{name}"),
            t("disagreements.here"): of(cracked, found, part),
            t("disagreements.promised"): of(cracked, promised, part),
        }
        for name, cracked, part in rows
    ]


def _share(count: int, total: int) -> str:
    """In percent, with its interval and what it was counted of."""
    if not total:
        return "–"
    low, high = wilson(count / total, total)
    return t(
        "disagreements.share",
        value=f"{100 * count / total:.1f}",
        low=f"{100 * low:.1f}",
        high=f"{100 * high:.1f}",
        count=f"{count:,}",
        total=f"{total:,}",
    )


def reasons(photos: Sequence[Settled]) -> None:
    """Why people decided other than the machine."""
    found = by_reason(photos)
    st.subheader(t("disagreements.reasons"), anchor=False)
    if not found:
        st.caption(t("disagreements.no-reasons"))
        return
    rows = [
        {
            t("disagreements.reason"): _reasons()[reason],
            **{t(f"disagreements.outcome-{outcome}"): counts.get(outcome, 0) for outcome in ("false-alarm", "missed")},
        }
        for reason, counts in found.items()
    ]
    st.table(rows, hide_index=True)


def _reasons() -> dict[str, str]:
    """In words."""
    return {reason: t(f"reason.{reason}") for reason in REASONS}


def months(photos: Sequence[Settled]) -> None:
    """How the machine's answers fared, month by month."""
    found = by_month(photos)
    st.subheader(t("disagreements.months"), anchor=False)
    names = {each: t(f"disagreements.outcome-{each}") for each in OUTCOMES}
    rows = [
        {"month": when, "photos": counts[each], "outcome": names[each], "order": OUTCOMES.index(each)}
        for when, counts in found.items()
        for each in OUTCOMES
        if counts.get(each)
    ]
    words = "; ".join(
        f"{when}: " + ", ".join(f"{names[each]} {counts[each]}" for each in OUTCOMES if counts.get(each))
        for when, counts in found.items()
    )
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(size=28)
        .encode(
            x=alt.X("month", type="ordinal", title=t("disagreements.month"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "photos",
                type="quantitative",
                title=t("disagreements.photos"),
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            color=alt.Color(
                "outcome",
                type="nominal",
                scale=alt.Scale(domain=list(names.values()), range=[COLOURS[each] for each in OUTCOMES]),
                legend=alt.Legend(orient="bottom", title=t("disagreements.outcome")),
            ),
            order=alt.Order("order", type="quantitative"),
        )
    )
    st.altair_chart(chart.properties(height=240), width="stretch", alt=words)


def listing(photos: Sequence[Settled]) -> None:
    """The photos on which the machine was wrong, by what people say; from each to its inspection."""
    wrong = [each for each in photos if each.outcome in ("false-alarm", "missed")]
    # The surest mistake first: it tells most of the model.
    wrong.sort(key=lambda each: -abs((each.machine or {})["probability"] - (each.machine or {})["threshold"]))
    st.subheader(t("disagreements.listing", count=len(wrong)), anchor=False)
    if not wrong:
        st.caption(t("disagreements.no-reasons"))
        return
    rows = [_line(each) for each in wrong]
    st.caption(t("disagreements.open-help"))
    picked = st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=min(LISTED, 36 * len(rows) + 40),
        on_select="rerun",
        selection_mode="single-row",
        key="disagreements-listing",
    )
    chosen = [wrong[number] for number in picked["selection"]["rows"] if number < len(wrong)]
    pressed = st.button(
        t("disagreements.open", name=plain(chosen[0].photo.name) if chosen else "…"),
        key="disagreements-open",
        icon=":material/fact_check:",
        disabled=not chosen,
    )
    if pressed and chosen:
        inspection = chosen[0].inspection.inspection
        session.choose(inspection)
        of_it = [each.photo.sha256 for each in wrong if each.inspection.inspection == inspection]
        session.go_through(inspection, of_it, chosen[0].photo.sha256)
        st.switch_page("pages/inspection.py")


def _line(photo: Settled) -> dict[str, str]:
    last = photo.photo.of_photo[-1].said
    machine = photo.machine or {}
    verdict = machine["verdict"]
    return {
        t("disagreements.photo"): photo.photo.name,
        t("disagreements.inspection"): photo.inspection.said.name,
        t("disagreements.machine"): f"{t(f'verdict.{verdict}')}, {percent(machine['probability'])}",
        t("disagreements.people"): t(f"verdict.{photo.truth}"),
        t("disagreements.reason"): ", ".join(_reasons()[reason] for reason in photo.reasons),
        t("disagreements.text"): last.text,
        t("disagreements.who"): ", ".join(row.said.who for row in photo.photo.of_photo),
        t("disagreements.when"): photo.when[:10],
    }


def to_train(photos: Sequence[Settled]) -> None:
    """How a model learns from it."""
    st.subheader(t("disagreements.train"), anchor=False)
    cracked = sum(each.truth == "crack" for each in photos)
    chosen = dict.fromkeys(each.inspection.inspection for each in photos)
    every = len(inspections.records().inspections()) == len(chosen)
    of = "" if every else "".join(f" --inspection {shlex.quote(inspection)}" for inspection in chosen)
    with st.container(key="disagreements-train"):
        st.markdown(t("disagreements.train-words", cracked=f"{cracked:,}", sound=f"{len(photos) - cracked:,}", of=of))
