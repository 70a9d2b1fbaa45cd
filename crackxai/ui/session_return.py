"""Leaving the page and coming back: the question before photos and runs are lost, and what a reload brings back.

The server keeps what a browser session holds under a token of 256 random bits. The browser keeps the token in two
halves, in the tab's session storage and in its own local storage, and presents it after a reload.

- A link, a log or a screenshot gives nobody access: no part of the token is ever in an address.
- Another browser does not get in, not even with a copy of the tab's storage: it lacks the other half.
- A token serves once, while its session is gone, and only for as long as the vault keeps that.
- Where the server asks for a login, another user does not get in with the same browser.
- Who can read both storages, or runs scripts in the page, acts as the engineer anyway; against that it is no defence.
"""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import streamlit as st

from crackxai.ui import inspection_session, resources, scripts, sign_in, state
from crackxai.ui.session_vault import Kept, State
from crackxai.ui.text import t

_TOKEN, _ANSWERED, _LOST, _COUNT = "_token", "_answered", "_lost", "_kept_photos"
_SESSION = "_session"
_UPLOADING = {state._UPLOADS, state._PROBLEMS, state._PROBLEMS_OF, state._TAKEN}
PASSING = {_TOKEN, _ANSWERED, _LOST, _COUNT, "_ignored", "_language", state._PRESENCE, state._TURN, state._AWAITED}
PASSING |= {*_UPLOADING, _SESSION}
"""What belongs to one loading of the page."""
WIDGETS = ("opacity", "scale", "palette", "contours", "erase_rows", "erase_columns")
"""Keys of widgets whose values come back; others stand in the page's address."""
SLIGHT = {state._SELECTED, state._CHOICE, state._INSPECTION, inspection_session._PHOTO, *WIDGETS}
"""What is not worth keeping a session for: it stands in the address, or is set again in a moment."""


RECONNECTED_S = 86400
"""Seconds between two runs of nothing, which nobody waits for."""


def session() -> str:
    """By which a page knows whether the session that draws it is still the one that drew it first; no secret."""
    name: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    return name


def begin() -> None:
    """Have a page whose connection comes back go on where it was.

    The one that answers may be another server, or the same one started again, with no session of this page. Streamlit
    leaves the page as it is then, and the first press on it is lost: nothing of the page was drawn in the session that
    it reaches. With a part that is run again and again, however rarely, its browser side asks for a run at once, and
    that loads the page again by its address.
    """
    st.fragment(_nothing, run_every=RECONNECTED_S)()
    script = (Path(__file__).parent / "same_session.js").read_text("utf-8")
    st.html(f"<script>({script})({json.dumps({'session': session()})})</script>", unsafe_allow_javascript=True)


def _nothing() -> None:
    """A part of the page that is empty."""


def meet() -> None:
    """Begin a page: bring back what the tab had before it was loaded again, and ask before it is left."""
    photos = len(state.items())
    jobs = len(state.jobs()) + len(state.scan_jobs()) + len(state.map_test_jobs())
    scripts.run("leave_guard", {"ask": bool(photos or jobs)})
    known = st.session_state.get(_TOKEN)
    if known is not None and known not in resources.vault():
        # Dropped while this page had no connection.
        del st.session_state[_TOKEN]
        if not photos and st.session_state.get(_COUNT):
            st.session_state[_LOST] = st.session_state[_COUNT]
    remember()
    data = {
        "session": session(),
        "token": st.session_state.get(_TOKEN, ""),
        "photos": photos,
        "answered": st.session_state.get(_ANSWERED, False),
    }
    scripts.run("session_return", data, returned=_returned)


def remember() -> None:
    """Keep what the session holds by now, if that is worth it."""
    held = {str(name): st.session_state[name] for name in st.session_state if _comes_back(str(name))}
    # Without an address there is no browser that could come back.
    if st.context.url is None or not any(value for name, value in held.items() if name not in SLIGHT):
        return
    token = st.session_state.setdefault(_TOKEN, secrets.token_hex(32))
    st.session_state[_COUNT] = len(state.items())
    presence = state.presence()
    resources.vault().keep(token, Kept(presence, held, _user(), (presence.session_id,)))


def _comes_back(name: str) -> bool:
    return name in WIDGETS or (name.startswith("_") and name not in PASSING)


def _user() -> str:
    """Who is logged in, where the server asks for it."""
    return sign_in.owner()


def _returned(told: dict[str, Any]) -> None:
    """A tab was loaded again and presents its token."""
    st.session_state[_ANSWERED] = True
    kept = resources.vault().take_back(str(told["token"]), _user())
    if kept is None:
        st.session_state[_LOST] = int(told["photos"])
        return
    kept.presence.bequeath(state.presence())
    adopt(kept.state, st.session_state)


def adopt(held: State, session: MutableMapping[Any, Any]) -> None:
    """Take over what another loading of the page held; its lists are copied, and what the address asked for stays."""
    for name, value in held.items():
        if name not in (state._SELECTED, state._INSPECTION) or session.get(name) is None:
            session[name] = copy.copy(value) if isinstance(value, (list, dict, set)) else value


def lost() -> int:
    """Photos that this tab had and that the server does not have any more; 0 once others were chosen."""
    if state.selected() is not None or state.items():
        st.session_state.pop(_LOST, None)
    return int(st.session_state.get(_LOST, 0))


def tell_lost() -> None:
    """Say that the tab's own photos are gone, and why."""
    if count := lost():
        minutes = round(resources.vault().keep_s / 60)
        st.warning(t("shell.lost", count=count, minutes=minutes), icon=":material/history_toggle_off:")
