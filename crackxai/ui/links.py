"""Deep links: what of the page's state stands in its address, and what is wrong with a pasted one.

Streamlit's own binding of widgets to the address writes their labels, which depend on the language, and each change of
`st.query_params` is a step that the browser's back button takes back, only for the page to take it again. Here values
are written, and they replace the address.
"""

from __future__ import annotations

import urllib.parse

import streamlit as st

from crackxai.explain.settings import MASKERS
from crackxai.ui import resources, state
from crackxai.ui.runs import BUDGETS
from crackxai.ui.text import LANGUAGES, language, t

KERNELS = range(3, 150, 2)
_IGNORED = "_ignored"

ALLOWED = {
    "lang": tuple(LANGUAGES),
    "sample": tuple(str(n) for n in range(1, resources.SAMPLE_COUNT + 1)),
    "masker": MASKERS,
    "blur_kernel": tuple(str(n) for n in KERNELS),
    "max_evals": tuple(f"{n}" for n in BUDGETS),
}
"""Parameter -> the values that it may have."""
SETTINGS = {"masker": str, "blur_kernel": int, "max_evals": int}
"""Parameters that are the keys of widgets of `crackxai.ui.controls`, and their types."""


def arrive() -> None:
    """On a session's first run: take what the address asks for, and note what of it cannot be used."""
    if _IGNORED in st.session_state:
        return
    asked = {name: st.query_params[name] for name in ALLOWED if name in st.query_params}
    st.session_state[_IGNORED] = [(name, value) for name, value in asked.items() if value not in ALLOWED[name]]
    for name, value in asked.items():
        if value not in ALLOWED[name]:
            continue
        if name == "sample":
            state.select(resources.samples()[int(value) - 1])
        elif name in SETTINGS:
            st.session_state[name] = SETTINGS[name](value)


def query() -> str:
    """What the page's address should ask for, so that it can be passed on: ``lang=en&sample=3``."""
    item = state.selected()
    wanted = {"lang": language(), "sample": str(item.sample) if item is not None and item.sample else None}
    wanted |= {name: str(st.session_state[name]) for name in SETTINGS if name in st.session_state}
    if wanted.get("masker") != "blur":
        wanted.pop("blur_kernel", None)
    return urllib.parse.urlencode({name: value for name, value in wanted.items() if value is not None})


def note_ignored() -> None:
    """Say once what of the address was not used."""
    for name, value in st.session_state.get(_IGNORED, []):
        allowed = ALLOWED[name]
        values = f"{allowed[0]} … {allowed[-1]}" if len(allowed) > 6 else ", ".join(allowed)
        st.warning(t("link.ignored", name=name, value=value[:40], values=values), icon=":material/link_off:")
    st.session_state[_IGNORED] = []
