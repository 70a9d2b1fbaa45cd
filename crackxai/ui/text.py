"""What the pages say, in the language of the engineer."""

from __future__ import annotations

import streamlit as st

from crackxai.errors import Message
from crackxai.texts import DEFAULT, LANGUAGES, Texts, catalogue

_LANGUAGE = "_language"


def language() -> str:
    """Of this browser session: chosen, else of the URL, else the browser's."""
    if _LANGUAGE not in st.session_state:
        asked = st.query_params.get("lang")
        st.session_state[_LANGUAGE] = asked if asked in LANGUAGES else _of_browser(st.context.locale)
    return str(st.session_state[_LANGUAGE])


def set_language(tag: str) -> None:
    """Speak another language for the rest of the session."""
    st.session_state[_LANGUAGE] = tag


def texts() -> Texts:
    """The texts in this browser session's language; they can be used outside of the page's script too."""
    return Texts(language())


def t(name: str, /, **facts: object) -> str:
    """The text of that name, with its facts filled in."""
    return texts()(name, **facts)


def later(name: str, /, **facts: object) -> Message:
    """The text of that name, to be said in the language of whoever reads it, when it is read."""
    return Message(name, catalogue(DEFAULT)[name], **facts)


def message(text: str) -> str:
    """A message of the lower rooms: in the engineer's language where it is one of their `Message`, else as it is."""
    return texts().message(text)


def _of_browser(locale: str | None) -> str:
    return "zh-Hant" if (locale or "").lower().startswith("zh") else DEFAULT
