"""Deep links: what of the page's state stands in its address, and what is wrong with a pasted one.

Streamlit's own binding of widgets to the address writes their labels, which depend on the language, and each change of
`st.query_params` is a step that the browser's back button takes back, only for the page to take it again. Here values
are written, and they replace the address.
"""

from __future__ import annotations

import re
import time
import urllib.parse

import streamlit as st

from crackxai import CrackModel
from crackxai.explain.maskers import MASKERS, masker_parameters
from crackxai.explain.methods import METHODS, asked_parameters
from crackxai.explain.parameters import Parameter
from crackxai.explain.regions import REGIONS
from crackxai.texts import LANGUAGES
from crackxai.ui import inspection_session, resources, scans, state
from crackxai.ui.formats import plain
from crackxai.ui.linked_window import LinkedWindow
from crackxai.ui.runs import BUDGETS
from crackxai.ui.text import language, t
from crackxai.ui.viewer import LEAST_WINDOW

_IGNORED, _TOLD, _FOREIGN = "_ignored", "_ignored_told", "_foreign"
TOLD_S = 20
"""Seconds for which it stands on the page what of the address was not used."""
WINDOW = "window"
"""Parameter of a window of one of the engineer's photos, see `LinkedWindow`; a link holds no photo."""
INSPECTION = "inspection"
"""Parameter of the inspection that is looked at, its name in the records. Whether it is there, its page says."""
PHOTO = "photo"
"""Parameter of the photo of that inspection that is looked at, where they are looked at one at a time: the beginning of
its SHA-256. So a session that begins anew, as on another server, goes on at the same photo."""


def allowed() -> dict[str, tuple[str, ...]]:
    """Parameter -> the values that it may have."""
    return {
        "lang": tuple(LANGUAGES),
        "sample": tuple(str(n) for n in range(1, resources.SAMPLE_COUNT + 1)),
        "method": tuple(METHODS),
        "masker": tuple(MASKERS),
        **{each.name: tuple(str(n) for n in each.offered) for each in _numbers()},
        "regions": tuple(REGIONS),
        "max_evals": tuple(str(n) for n in BUDGETS),
    }


def _numbers() -> tuple[Parameter, ...]:
    """What the maskers and methods ask for."""
    return (*masker_parameters(), *asked_parameters())


def names() -> list[str]:
    """All parameters that are ours."""
    return [*allowed(), WINDOW, INSPECTION, PHOTO]


def settings() -> dict[str, type]:
    """Parameters that are the keys of widgets of `crackxai.ui.controls`, and their types."""
    numbers = {each.name: int for each in _numbers()}
    return {"method": str, "masker": str, **numbers, "max_evals": int, "regions": str}


def arrive() -> None:
    """On a session's first run: take what the address asks for, and note what of it cannot be used."""
    if _IGNORED in st.session_state:
        return
    possible, types = allowed(), settings()
    st.session_state[_FOREIGN] = [
        urllib.parse.urlencode({name: value})
        for name in st.query_params
        if name not in names()
        for value in st.query_params.get_all(name)
    ]
    asked = {name: st.query_params[name] for name in possible if name in st.query_params}
    st.session_state[_IGNORED] = [(name, value) for name, value in asked.items() if value not in possible[name]]
    for name, value in asked.items():
        if value not in possible[name]:
            continue
        if name == "sample":
            state.select(resources.samples()[int(value) - 1])
        elif name in types:
            st.session_state[name] = types[name](value)
    if WINDOW in st.query_params:
        value = st.query_params[WINDOW]
        if (linked := LinkedWindow.read(value)) is None:
            st.session_state[_IGNORED].append((WINDOW, value))
        else:
            state.await_window(linked)
    if (chosen := st.query_params.get(INSPECTION)) is not None:
        if re.fullmatch("[0-9a-f]{32}", chosen):
            state.choose_inspection(chosen)
        else:
            st.session_state[_IGNORED].append((INSPECTION, chosen))
    if (photo := st.query_params.get(PHOTO)) is not None:
        if state.inspection() is not None and re.fullmatch(f"[0-9a-f]{{{inspection_session.DIGITS}}}", photo):
            inspection_session.await_photo(photo)
        else:
            st.session_state[_IGNORED].append((PHOTO, photo))


def open_window(model: CrackModel) -> None:
    """Open the window that the address asked for, once its photo is there. Raises PhotoError."""
    linked = state.awaited_window()
    item = linked and next((each for each in state.items() if each.sha256.startswith(linked.sha256)), None)
    if linked is None or item is None:
        return
    state.await_window(None)
    photo, box = resources.photo(item), linked.box
    if not (scans.worth(model, photo) and box.within(photo.box) and min(box.height, box.width) >= LEAST_WINDOW):
        st.session_state[_IGNORED].append((WINDOW, str(linked)))
        return
    state.select(item)
    state.open_window(item, None if box == photo.box else box)


def _window() -> str | None:
    """That is opened; else the one that its photo is awaited for."""
    item = state.selected()
    box = None if item is None or item.sample else state.opened(item).box
    if item is not None and box is not None:
        return str(LinkedWindow.of(item.sha256, box))
    awaited = state.awaited_window()
    return None if awaited is None else str(awaited)


def query() -> str:
    """What the page's address should ask for, so that it can be passed on: ``lang=en&sample=3``."""
    item = state.selected()
    wanted = {"lang": language(), "sample": str(item.sample) if item is not None and item.sample else None}
    own = {*(MASKERS[st.session_state["masker"]].parameters if "masker" in st.session_state else ())}
    if "method" in st.session_state:
        own |= {each.name for each in METHODS[st.session_state["method"]].asked}
    others = {each.name for each in _numbers()} - own
    kept = [name for name in settings() if name in st.session_state and name not in others]
    wanted |= {name: str(st.session_state[name]) for name in kept}
    wanted[WINDOW] = _window()
    wanted[INSPECTION] = chosen = state.inspection()
    wanted[PHOTO] = None if chosen is None else inspection_session.linked_photo(chosen)
    return urllib.parse.urlencode({name: value for name, value in wanted.items() if value is not None})


def foreign() -> list[str]:
    """What the address brought along for others, as ``name=value``, in its order; it is kept on every page."""
    return list(st.session_state.get(_FOREIGN, []))


def note_ignored() -> None:
    """Say what of the address was not used, until somebody had time to read it: a page is also drawn anew by itself."""
    told = st.session_state.setdefault(_TOLD, time.monotonic())
    if time.monotonic() - told > TOLD_S:
        st.session_state[_IGNORED] = []
    for name, value in st.session_state.get(_IGNORED, []):
        possible = allowed().get(name) or (t(f"link.{name}"),)
        values = f"{possible[0]} … {possible[-1]}" if len(possible) > 6 else ", ".join(possible)
        st.warning(t("link.ignored", name=name, value=plain(value[:40]), values=values), icon=":material/link_off:")
    if not st.session_state.get(_IGNORED):
        del st.session_state[_TOLD]


def note_awaited() -> None:
    """Say that the address leads into a photo which is not here, until there is a photo."""
    if state.awaited_window() is not None and not state.items():
        st.info(t("link.awaited"), icon=":material/link:")
