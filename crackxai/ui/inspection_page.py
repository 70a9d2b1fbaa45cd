"""The page of inspections: all of them, or one that was chosen, with its photos, its particulars and its sign-off."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackxai import CrackModel
from crackxai.errors import AccessError, RecordsError
from crackxai.inspection.dossier import Dossier
from crackxai.ui import (
    add_photos,
    folder_panel,
    gallery,
    handover_panel,
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
        session.show_told()
        if dossier is None:
            st.header(t("inspection.title"), anchor=False)
            inspection_list.show()
        else:
            _one(model, dossier)
    except AccessError as error:
        st.error(plain(message(error.message)), icon=":material/lock:")
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
        words = (state_words(dossier), particulars_words(dossier.facts.said))
        st.caption("  ·  ".join(filter(None, words)), width="content")
    part = st.session_state["inspection-part"] = _part()
    controls = st.container(horizontal=True, vertical_alignment="center", key="inspection-controls")
    controls.segmented_control(
        t("inspection.part"),
        _parts(),
        required=True,
        format_func=lambda each: t(f"inspection.part-{each}"),
        key="inspection-part",
        label_visibility="collapsed",
        on_change=lambda: session.open_part(st.session_state["inspection-part"]),
    )
    if part == "photos":
        _photos(model, dossier, controls)
    elif part == "add":
        _add(model, dossier)
    elif part == "sign-off":
        sign_off_panel.show(dossier)
        st.subheader(t("handover-panel.title"), anchor=False)
        handover_panel.show(dossier.id)
    else:
        particulars.edit(dossier)
        if inspections.may("deletion"):
            particulars.delete(dossier)


def _parts() -> list[session.Part]:
    """Those that have something for whoever looks."""
    needs = {"add": "photo", "particulars": "inspection"}
    return [part for part in session.PARTS if part not in needs or inspections.may(needs[part])]


def _part() -> session.Part:
    part, parts = session.part(), _parts()
    return part if part in parts else parts[0]


def _photos(model: CrackModel, dossier: Dossier, controls: DeltaGenerator) -> None:
    if not dossier.photos:
        st.info(t("inspection.empty"), icon=":material/add_photo_alternate:")
        if inspections.may("photo"):
            _add(model, dossier)
        return
    _go_to_linked(dossier)
    # Begun where there were none yet, it had its place here.
    folder_panel.show_stopped(dossier.id)
    with controls:
        inspection_view.view(dossier)
    look = session.look(dossier.id)
    if look.view == "one":
        triage.show(dossier)
        return
    inspection_view.progress(dossier)
    shown = inspections.photos(dossier, look.selection)
    inspection_view.filters(dossier, len(shown))
    if not shown:
        st.info(t("inspection.none-shown"), icon=":material/filter_alt_off:")
    elif look.view == "gallery":
        gallery.show(dossier, shown)
    else:
        photo_table.show(dossier, shown)


def _go_to_linked(dossier: Dossier) -> None:
    """The photo that the address asked for; one that is not there is told of."""
    beginning = session.awaited_photo()
    if beginning is None:
        return
    found = next((each.sha256 for each in dossier.photos if each.sha256.startswith(beginning)), None)
    if found is None:
        st.warning(t("inspection.unknown-photo", id=beginning), icon=":material/link_off:")
        return
    sequence = [each.sha256 for each in inspections.photos(dossier, session.look(dossier.id).selection)]
    session.go_through(dossier.id, sequence, found)


def _add(model: CrackModel, dossier: Dossier) -> None:
    """Photos of the session, and folders, archives and uploads."""
    add_photos.show(model, dossier)
    folder_panel.show(model, dossier.id)
