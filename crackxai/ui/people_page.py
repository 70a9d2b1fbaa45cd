"""Who has logged in, which role each has, and what was refused; shown where people log in."""

from __future__ import annotations

import streamlit as st

from crackxai.errors import CrackXAIError
from crackxai.inspection.records.access import Person
from crackxai.inspection.records.roles import NOBODY, ROLES
from crackxai.ui import gate, inspections
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import when
from crackxai.ui.text import message, t

NONE = "none"
LISTED = 20
"""Refusals at a time, the newest."""


def show() -> None:
    """One's own role; for administrators those of all, and what was refused."""
    st.header(t("people.title"), anchor=False)
    st.markdown(t("people.words"))
    st.table(
        [{t("people.role"): _name(role), t("people.may"): t(f"people.may-{role}")} for role in ROLES], hide_index=True
    )
    session.show_told()
    try:
        if not gate.allows("role", ""):
            return
        for person in inspections.records().people():
            _person(person)
        _refusals()
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/lock:")


def _name(role: str | None) -> str:
    return message(NOBODY if role is None else ROLES[role])


def _person(person: Person) -> None:
    key = f"role-{person.account[:16]}"
    with st.container(border=True, key=f"person-{person.account[:16]}"):
        words, choice = st.columns([3, 2], vertical_alignment="center")
        last = t("people.never") if person.last_in is None else t("people.last", when=when(person.last_in))
        words.markdown(f"**{plain(person.who)}**")
        words.caption(f"{plain(person.issuer)} · {plain(person.subject)} · {last}")
        # As it is in the records, whoever changed it.
        st.session_state[key] = person.role or NONE
        choice.selectbox(
            t("people.role-of", who=plain(person.who)),
            [NONE, *ROLES],
            format_func=lambda role: _name(None if role == NONE else role),
            key=key,
            label_visibility="collapsed",
            on_change=_chosen,
            args=(person, key),
        )


def _chosen(person: Person, key: str) -> None:
    role = st.session_state[key]
    try:
        inspections.records().give_role(person.issuer, person.subject, None if role == NONE else role)
    except CrackXAIError as error:
        session.tell("error", plain(message(error.message)))
        return
    session.tell("success", t("people.given", who=plain(person.who), role=_name(None if role == NONE else role)))


def _refusals() -> None:
    refused = inspections.records().refusals()[::-1]
    with st.expander(t("people.refused", count=f"{len(refused):,}"), icon=":material/block:", key="refusals"):
        for row in refused[:LISTED]:
            action = t(f"action.{row.said.action}")
            st.markdown(f"- {t('people.refusal', who=plain(row.said.who), action=action, when=when(row.written_at))}")
        st.caption(t("people.audit"))
