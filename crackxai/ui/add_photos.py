"""Photos of this session taken into an inspection."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crackxai import CrackModel, CrackXAIError, Explanation
from crackxai.inspection.deciding import add_photo
from crackxai.inspection.dossier import Dossier
from crackxai.inspection.records.judgements import Judgement
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections, resources, state
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


def add(model: CrackModel, inspection: str, items: Sequence[Item], explanation: Explanation | None = None) -> None:
    """Take photos in, each with the verdict that page Photo shows; what could not be taken is told with its reason.

    Parameters
    ----------
    explanation : of the photo or of a window of it, where it is one.
    """
    taken, bar = 0, st.progress(0.0, t("inspection.adding", done=0, count=len(items)))
    for done, item in enumerate(items, start=1):
        whole = item.window(None)
        try:
            judgement = Judgement.of_verdict(verdict(model, whole), model)
            add_photo(inspections.records(), inspection, resources.photo(whole), whole.data, judgement, explanation)
            taken += 1
        except CrackXAIError as error:
            session.tell("error", f"{plain(item.name)}: {plain(message(error.message))}")
        bar.progress(done / len(items), t("inspection.adding", done=done, count=len(items)))
    if taken:
        session.tell("success", t("inspection.added", count=taken))
