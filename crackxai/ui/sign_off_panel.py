"""Answering for an inspection: what it lacks, the sign-off, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from crackxai.errors import RecordsError
from crackxai.inspection.dossier import Dossier, Missing, missing
from crackxai.inspection.records.signing import SignOffState
from crackxai.inspection.selection import Selection
from crackxai.ui import gate, inspections
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import when
from crackxai.ui.text import message, t

WHICH: dict[str, Selection] = {
    "unjudged": Selection(machine=("unjudged",)),
    "undecided": Selection(decided=("undecided",)),
    "doubted": Selection(doubts=("doubted",), decided=("undecided",)),
    "disputed": Selection(differences=("people",)),
}
"""What is missing of photos -> the filter that shows these."""
SAID = ("place", "element", "date", "inspector")
"""What is missing of the particulars."""
VOIDS = ("inspection", "photo", "judgement", "explanation", "decision", "size", "rating")
"""Kinds of rows that void a sign-off: all that people or the machine say of the inspection."""
_SHOWN = "_inspection_shown"
"""By inspection, the hash of what was last shown to be signed."""


def show(dossier: Dossier) -> None:
    """The state, what is missing, and the way to sign; what was signed where it was imported from stands before it."""
    for signed in dossier.signed_elsewhere:
        key = "handover.imported-void" if signed.void else "handover.imported-signed"
        st.info(
            t(key, who=plain(signed.who), at=when(signed.when), covers=f"`{signed.covers}`"), icon=":material/move_up:"
        )
    for sign_off in dossier.sign_offs:
        _state(dossier, sign_off)
    lacks = missing(dossier, inspections.records().person)
    if dossier.signed is None or dossier.signed.row.said.who != inspections.records().person:
        st.subheader(t("sign.title"), anchor=False)
        _missing(dossier, lacks)
        if gate.allows("sign-off", dossier.id):
            _sign(dossier, lacks)


def _state(dossier: Dossier, sign_off: SignOffState) -> None:
    said = sign_off.row.said
    facts = {"who": plain(said.who), "when": when(sign_off.row.written_at), "rows": f"{said.rows:,}"}
    last = sign_off is dossier.sign_offs[-1]
    if not sign_off.valid:
        words = t("sign.voided", **facts, by=_voided_by(sign_off.voided_by or 0))
        if last:
            st.warning(words, icon=":material/gpp_bad:")
        else:
            st.caption(words)
        return
    words = t("sign.holds", **facts, version=dossier.version)
    if said.missing:
        words += " " + t("sign.although", lacks="; ".join(t(f"lack-name.{kind}") for kind in said.missing))
    st.success(words + (f"  \n“{plain(said.remarks)}”" if said.remarks.strip() else ""), icon=":material/verified:")
    if last:
        st.caption(t("sign.hash"))
        st.code(said.covers, language=None, wrap_lines=True)


def _voided_by(number: int) -> str:
    """What was written after a sign-off, when, and by whom where that is recorded."""
    kind, row = inspections.records().row(number)
    if row is None or kind not in VOIDS:
        return t("sign.by-row", number=number)
    who = getattr(row.said, "who", "")
    words = t(f"void.{kind}")
    return t("sign.by", words=words, who=plain(who) or t("sign.somebody"), when=when(row.written_at))


def _missing(dossier: Dossier, lacks: tuple[Missing, ...]) -> None:
    if not lacks:
        st.success(t("sign.complete"), icon=":material/task_alt:")
        return
    st.markdown(t("sign.missing"))
    for lack in lacks:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/pending: {t(f'lack.{lack.kind}', count=f'{len(lack.photos):,}')}", width="content")
            if lack.kind in WHICH:
                _way(lack.kind, t("sign.show"), partial(_show_photos, dossier.id, lack.kind))
            elif lack.kind in SAID:
                _way(lack.kind, t("sign.edit"), lambda: session.open_part("particulars"))


def _way(kind: str, label: str, go: Callable[[], None]) -> None:
    st.button(label, key=f"lack-{kind}", type="tertiary", icon=":material/arrow_forward:", on_click=go)


def _show_photos(inspection: str, kind: str) -> None:
    session.select(inspection, WHICH[kind])
    session.change(inspection, view="gallery", sequence=())
    session.open_part("photos")


def _sign(dossier: Dossier, lacks: tuple[Missing, ...]) -> None:
    person, shown = inspections.records().person, st.session_state.setdefault(_SHOWN, {})
    # What the person looked at when pressing the button, which may be older than what is read now.
    seen, shown[dossier.id] = shown.get(dossier.id), dossier.covers
    with st.form(f"sign-{dossier.id[:12]}", border=False):
        remarks = st.text_area(t("sign.remarks"), key=f"sign-remarks-{dossier.id[:12]}", height=68, max_chars=2000)
        kinds = [lack.kind for lack in lacks]
        although = not kinds or st.checkbox(t("sign.tick", count=len(kinds)), key=f"sign-tick-{dossier.covers[:12]}")
        label = t("sign.sign", who=plain(person))
        if not st.form_submit_button(label, type="primary", icon=":material/draw:", key="sign-off"):
            return
    if seen != dossier.covers:
        st.error(t("sign.changed"), icon=":material/error:")
        return
    if not although:
        st.error(t("sign.needs-tick"), icon=":material/error:")
        return
    try:
        inspections.records().sign_off(dossier.id, remarks.strip(), seen=seen, missing=kinds)
    except RecordsError as error:
        changed = inspections.dossier(dossier.id).covers != seen
        words = t("sign.changed") if changed else t("sign.refused", why=plain(message(error.message)))
        st.error(words, icon=":material/error:")
        return
    session.tell("success", t("sign.signed", name=plain(dossier.facts.said.name)))
    st.rerun()
