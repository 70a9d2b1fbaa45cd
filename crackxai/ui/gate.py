"""The way in, on the page: who has to log in, who is, and the way out. Where no login is required, nothing of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from crackxai.errors import AccessError, CrackXAIError
from crackxai.inspection.records.logins import Login
from crackxai.inspection.records.roles import NOBODY, ROLES
from crackxai.ui import inspections, sign_in
from crackxai.ui.formats import plain
from crackxai.ui.text import message, t

T = TypeVar("T")
_TOLD = "_refused_to"
"""The login of a browser session of which it is recorded that it was shown nothing."""


def enter(aside: Callable[[], None]) -> None:
    """Let the page go on for whoever may look; else send to the login, or say what is missing, and nothing else.

    Parameters
    ----------
    aside : draws what of the sidebar is for everybody.
    """
    try:
        if not sign_in.required():
            return
        if not _may_enter():
            with st.sidebar:
                aside()
            st.stop()
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/lock:")
        st.stop()


def _may_enter() -> bool:
    """Whether the page goes on; where not, the way on is drawn."""
    names, login = sign_in.providers(), sign_in.login()
    if login is None:
        _ask(names)
        return False
    kept = inspections.every()
    if kept.ended(login):
        _again(login, names)
        return False
    if kept.sign_in(login) is None:
        _no_role(login)
        return False
    return True


def _ask(names: list[str]) -> None:
    """A button a provider."""
    with st.container(key="sign-in"):
        st.header(t("sign-in.title"), anchor=False)
        st.markdown(t("sign-in.words"))
        for name in names:
            label = t("sign-in.log-in") if len(names) == 1 else t("sign-in.log-in-with", name=plain(name))
            st.button(
                label,
                key=f"log-in-{name}",
                type="primary",
                icon=":material/login:",
                on_click=st.login,
                args=(name,),
            )


def _again(login: Login, names: list[str]) -> None:
    """To the provider at once where the login has expired; who logged out is asked."""
    used = sign_in.provider()
    if inspections.every().logged_out(login) or used not in names:
        _ask(names)
        return
    st.info(t("sign-in.expired"), icon=":material/lock_clock:")
    log_in_again()


def log_in_again() -> None:
    """To the provider that the session's login was made with, which asks who it is, and back to this address."""
    st.login(sign_in.provider())


def _no_role(login: Login) -> None:
    theirs = inspections.every().acting(login)
    if st.session_state.get(_TOLD) != login.id:
        st.session_state[_TOLD] = login.id
        with contextlib.suppress(AccessError):  # said below
            theirs.require("look")
    st.header(t("sign-in.no-role"), anchor=False)
    st.markdown(t("sign-in.no-role-words", who=plain(theirs.person)))
    st.code(f"{login.issuer}\n{login.subject}", language=None)
    _log_out()


def sidebar() -> None:
    """Who is logged in, as what, and the way out."""
    if not sign_in.required():
        return
    theirs = inspections.records()
    role = theirs.role
    st.caption(t("sign-in.as", who=plain(theirs.person), role=message(NOBODY if role is None else ROLES[role])))
    _log_out()


def _log_out() -> None:
    if st.button(t("sign-in.log-out"), key="log-out", icon=":material/logout:", type="tertiary"):
        login = sign_in.login()
        if login is not None:
            inspections.every().sign_out(login)
        st.logout()


def allows(action: str, inspection: str) -> bool:
    """Whether whoever looks may do that; else says why not, with the way to another login where that would help."""
    why = inspections.records().why_not(action, inspection)
    if why is None:
        return True
    st.info(plain(message(why.message)), icon=":material/lock:")
    if why.login:
        st.button(t("sign-in.again"), key=f"log-in-to-{action}", icon=":material/login:", on_click=log_in_again)
    return False


def guarded(make: Callable[[], T]) -> Callable[[], T]:
    """A download's content, made when it is asked for, and then only for who may look at that moment.

    What makes it is called outside of the page, perhaps long after the page was drawn.
    """
    if not sign_in.required():
        return make
    theirs = inspections.records()

    def made() -> T:
        theirs.require("look")
        return make()

    return made
