"""All inspections, to choose one of; and beginning another."""

from __future__ import annotations

import streamlit as st

from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.summary import Summary
from crackxai.ui import handover_panel, inspections, particulars
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import particulars_words
from crackxai.ui.text import t

LISTED = 20
"""Inspections at a time, the newest first; others are found by their words."""


def show() -> None:
    """What is recorded, newest first, and the form for a new one."""
    records = inspections.records()
    st.markdown(t("inspection.words"))
    none = not records.inspections()
    if records.may("inspection"):
        with st.expander(t("inspection.begin"), expanded=none, icon=":material/add:", key="begin-inspection"):
            particulars.begin()
    if records.may("import"):
        with st.expander(t("handover-panel.import-title"), icon=":material/move_to_inbox:", key="import-inspection"):
            handover_panel.show_import()
    rows, summaries = records.inspections()[::-1], records.summaries()
    if not rows:
        return
    if len(rows) > LISTED:
        text = st.text_input(t("inspection.find"), key="find-inspection").strip().casefold()
        rows = tuple(row for row in rows if text in " ".join(vars(row.said).values()).casefold())
    st.subheader(t("inspection.recorded", count=len(rows)), anchor=False)
    for row in rows[:LISTED]:
        _line(row, summaries.get(row.inspection, Summary()))
    if len(rows) > LISTED:
        st.caption(t("inspection.more", count=len(rows) - LISTED))


def _line(row: Stored[Inspection], summary: Summary) -> None:
    with st.container(border=True, key=f"inspection-{row.inspection[:12]}"):
        words, open_ = st.columns([5, 1], vertical_alignment="center")
        facts = particulars_words(row.said)
        numbers = t("inspection.numbers", photos=f"{summary.photos:,}", decided=f"{summary.decided:,}")
        state = (
            f":material/verified: {t('inspection.is-signed')}"
            if summary.signed
            else f":material/edit_note: {t('inspection.version', version=summary.version)}"
        )
        words.markdown(f"**{plain(row.said.name)}**" + (f"  \n{facts}" if facts else ""))
        words.caption(f"{numbers}  ·  {state}")
        open_.button(
            t("inspection.open"),
            key=f"open-{row.inspection[:12]}",
            icon=":material/folder_open:",
            width="stretch",
            help=plain(row.said.name),
            on_click=session.choose,
            args=(row.inspection,),
        )
