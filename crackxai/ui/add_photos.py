"""Photos that were opened on page Photo, taken into an inspection."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import streamlit as st

from crackxai import CrackModel, CrackXAIError, Explanation
from crackxai.errors import RecordsError
from crackxai.inspection.deciding import add_photo
from crackxai.inspection.dossier import Dossier
from crackxai.inspection.records.judgements import Judgement
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections, resources, scans, state
from crackxai.ui.formats import plain
from crackxai.ui.state import Item
from crackxai.ui.text import message, t
from crackxai.ui.verdict_panel import verdict


def show(model: CrackModel, dossier: Dossier) -> None:
    """The button that adds the session's photos which the inspection does not have yet."""
    new = [item for item in state.items() if dossier.photo(item.sha256) is None]
    if dossier.signed is not None:
        st.caption(t("inspection.add-voids"))
    if not new:
        st.caption(t("inspection.add-none"))
        return
    if st.button(t("inspection.add-session", count=len(new)), key="add-session", icon=":material/library_add:"):
        add(model, dossier.id, new)
        st.rerun()
    st.caption(t("inspection.add-session-help"))


def offer(model: CrackModel, item: Item, explanation: Explanation | None) -> None:
    """On page Photo: the button that takes this photo, and its explanation where there is one, into the inspection that
    was chosen; where none was, the way to choose one. Nothing of a drawn sample, which is of no structure."""
    if item.sample is not None or not _may_add():
        return
    chosen, name = state.inspection(), None
    with contextlib.suppress(RecordsError):  # told on the page of inspections
        name = None if chosen is None else inspections.records().inspection(chosen).said.name
    label = t("inspection.add-one") if name is None else t("inspection.add-to", name=plain(name))
    if not st.button(label, key="add-to-inspection", icon=":material/fact_check:", help=t("inspection.add-help")):
        return
    if chosen is None or name is None:
        st.switch_page("pages/inspection.py")
    add(model, chosen, [item], explanation)
    session.show_told()


def _may_add() -> bool:
    with contextlib.suppress(RecordsError):  # told on the page of inspections
        return inspections.may("photo")
    return True


def add(model: CrackModel, inspection: str, items: Sequence[Item], explanation: Explanation | None = None) -> None:
    """Take photos in, each with the verdict or the scan that page Photo shows; what could not be is told, and why.

    Parameters
    ----------
    explanation : of the photo or of a window of it, where it is one.
    """
    taken, bar = 0, st.progress(0.0, t("inspection.adding", done=0, count=len(items)))
    for done, item in enumerate(items, start=1):
        whole = item.window(None)
        try:
            scan = scans.finished(model, whole)
            judgement = Judgement.of_verdict(verdict(model, whole), model) if scan is None else Judgement.of_scan(scan)
            add_photo(inspections.records(), inspection, resources.photo(whole), whole.data, judgement, explanation)
            taken += 1
        except CrackXAIError as error:
            session.tell("error", f"{plain(item.name)}: {plain(message(error.message))}")
        bar.progress(done / len(items), t("inspection.adding", done=done, count=len(items)))
    bar.empty()
    if taken:
        session.tell("success", t("inspection.added", count=taken))
