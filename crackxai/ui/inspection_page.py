"""The page of inspections: all of them, or one that was chosen, with its photos, its particulars and its sign-off."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackModel
from crackxai.errors import RecordsError
from crackxai.inspection.dossier import Dossier
from crackxai.ui import (
    add_photos,
    gallery,
    inspection_list,
    inspection_view,
    inspections,
    particulars,
    photo_table,
    sign_off_panel,
    state,
    triage,
)
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import particulars_words, state_words
from crackxai.ui.text import message, t


def show(model: CrackModel) -> None:
    """All of the page; where the records cannot be opened or read, that and nothing else."""
    try:
        dossier = _chosen()
        _tell()
        if dossier is None:
            inspection_list.show()
        else:
            _one(model, dossier)
    except RecordsError as error:
        st.error(t("inspection.no-records", why=plain(message(error.message))), icon=":material/error:")


def _chosen() -> Dossier | None:
    """The inspection that is looked at; None where none is. One that is not there is told of."""
    records, chosen = inspections.records(), state.inspection()
    if chosen is None:
        return None
    if chosen not in {each.inspection for each in records.inspections()}:
        st.warning(t("inspection.unknown", id=plain(chosen[:40])), icon=":material/link_off:")
        session.choose(None)
        return None
    with st.spinner(t("inspection.reading"), show_time=False):
        return inspections.dossier(chosen)


def _tell() -> None:
    for kind, text in session.told():
        if kind == "error":
            st.error(text, icon=":material/error:")
        else:
            st.success(text, icon=":material/check:")


def _one(model: CrackModel, dossier: Dossier) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="inspection-head"):
        st.button(
            t("inspection.all"),
            key="all-inspections",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=session.choose,
            args=(None,),
        )
        st.subheader(plain(dossier.facts.said.name), anchor=False, width="content")
        st.caption(state_words(dossier), width="content")
    if words := particulars_words(dossier.facts.said):
        st.caption(words)
    part = st.session_state["inspection-part"] = session.part()
    st.segmented_control(
        t("inspection.part"),
        session.PARTS,
        required=True,
        format_func=lambda each: t(f"inspection.part-{each}"),
        key="inspection-part",
        label_visibility="collapsed",
        on_change=lambda: session.open_part(st.session_state["inspection-part"]),
    )
    if part == "photos":
        _photos(model, dossier)
    elif part == "sign-off":
        sign_off_panel.show(dossier)
    else:
        particulars.edit(dossier)
        particulars.delete(dossier)


def _photos(model: CrackModel, dossier: Dossier) -> None:
    with st.expander(t("inspection.add"), expanded=not dossier.photos, icon=":material/add_photo_alternate:"):
        add_photos.show(model, dossier)
    if not dossier.photos:
        st.info(t("inspection.empty"), icon=":material/arrow_upward:")
        return
    shown = inspection_view.controls(dossier)
    view = session.look(dossier.id).view
    if view == "one":
        triage.show(dossier)
    elif not shown:
        st.info(t("inspection.none-shown"), icon=":material/filter_alt_off:")
    elif view == "gallery":
        gallery.show(dossier, shown)
    else:
        photo_table.show(dossier, shown)
