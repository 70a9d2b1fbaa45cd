"""Many photos at a glance: how many of each verdict, and a list to filter, jump to and remove from."""

from __future__ import annotations

import hashlib
from collections import Counter

import streamlit as st

from crackxai.ui import resources, runs, scans, state
from crackxai.ui.ranking import Row
from crackxai.ui.state import ItemId
from crackxai.ui.text import t
from crackxai.ui.verdict_panel import sign

KINDS = ("failed", "crack", "review", "no-crack")
"""Verdicts in the order in which they matter."""
FROM = 2
"""Photos from which there is something to look over."""


@st.fragment
def show(rows: list[Row]) -> None:
    """The overview of ``rows``, closed at first; its label tells the numbers."""
    counts: Counter[str] = Counter(row.kind for row in rows)
    present = [each for each in KINDS if counts[each]]
    names = {each: f"{sign(each)} {t(f'verdict.{each}')} {counts[each]}" for each in present}
    with st.expander(f"{t('overview.title')}  ·  {'  ·  '.join(names.values())}", key="overview"):
        search, filters = st.columns([2, 3], gap="medium", vertical_alignment="bottom")
        with filters:
            chosen = st.pills(
                t("overview.filter"),
                present,
                selection_mode="multi",
                format_func=lambda each: names.get(each, each),
                key="overview-kinds",
                wrap=True,
            )
        listed = [row for row in rows if not chosen or row.kind in chosen]
        with search:
            _jump(listed)
        if listed:
            _table(listed)
        else:
            st.caption(t("overview.none"))


def _jump(listed: list[Row]) -> None:
    place = st.selectbox(
        t("overview.jump"),
        range(len(listed)),
        index=None,
        format_func=lambda i: listed[i].item.name,
        placeholder=t("overview.type"),
        key=f"overview-jump-{state.turn()}",  # empty again once it was used
    )
    if place is not None:
        _inspect(listed[place].item)


def _inspect(of: ItemId) -> None:
    state.select(runs.find_item(of))
    st.rerun()


def _table(listed: list[Row]) -> None:
    table = [
        {
            "verdict": f"{sign(row.kind)} {t(f'verdict.{row.kind}')}",
            # As `percent` has it: no certainty that rounding made up.
            "probability": None if row.probability is None else min(max(100 * row.probability, 0.1), 99.9),
            "scan": row.score,
            "name": row.item.name,
            "doubts": row.doubts,
        }
        for row in listed
    ]
    # Rows are selected by their places: another list begins with nothing selected.
    of = hashlib.sha256("".join(row.item.sha256 + row.item.name for row in listed).encode("utf-8", "surrogatepass"))
    found = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        row_height=32,
        height=min(36 + 32 * len(table) + 2, 330),
        key=f"overview-table-{of.hexdigest()[:16]}",
        column_config={
            "verdict": st.column_config.TextColumn(t("overview.verdict")),
            "probability": st.column_config.ProgressColumn(
                t("overview.probability"), format="%.1f %%", min_value=0, max_value=100
            ),
            "scan": st.column_config.NumberColumn(t("overview.scan"), format="%.2f", width="small"),
            "name": st.column_config.TextColumn(t("overview.name"), width="medium"),
            "doubts": st.column_config.NumberColumn(t("overview.doubts"), width="small"),
        },
    )
    _actions([listed[place].item for place in found.selection.rows if place < len(listed)])


def _actions(marked: list[ItemId]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            t("overview.inspect"), key="overview-inspect", icon=":material/search:", disabled=len(marked) != 1
        ):
            _inspect(marked[0])
        if st.button(
            t("overview.remove", count=len(marked)),
            key="overview-remove",
            icon=":material/delete:",
            disabled=not marked,
        ):
            removed = list(filter(None, map(runs.find_item, marked)))
            for item in removed:
                state.remove_item(item)
                scans.forget(item)
            resources.forget(removed)
            st.toast(t("overview.removed", count=len(marked)))
            st.rerun()
        st.caption(t("overview.help"))
