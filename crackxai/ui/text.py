"""What the pages say, in the language of the engineer. The words are in the catalogues beside this file."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import streamlit as st

from crackxai.errors import Message

LANGUAGES = {"en": "English", "zh-Hant": "正體中文"}
"""BCP 47 tags of the catalogues, and the languages' own names."""
DEFAULT = "en"
_LANGUAGE = "_language"


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Flat: ``section.name`` -> template with ``{facts}``."""
    with (Path(__file__).parent / "catalogues" / f"{language}.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


def language() -> str:
    """Of this browser session: chosen, else of the URL, else the browser's."""
    if _LANGUAGE not in st.session_state:
        asked = st.query_params.get("lang")
        st.session_state[_LANGUAGE] = asked if asked in LANGUAGES else _of_browser(st.context.locale)
    return st.session_state[_LANGUAGE]


def set_language(tag: str) -> None:
    st.session_state[_LANGUAGE] = tag


def t(name: str, /, **facts: object) -> str:
    """The text of that name, with its facts filled in."""
    return catalogue(language())[name].format(**facts)


def message(text: str) -> str:
    """A message of the lower rooms: in the engineer's language where it is one of their `Message`, else as it is."""
    if not isinstance(text, Message) or text.name not in catalogue(language()):
        return str(text)
    return t(text.name, **{name: message(fact) if isinstance(fact, str) else fact for name, fact in text.facts.items()})


def _of_browser(locale: str | None) -> str:
    return "zh-Hant" if (locale or "").lower().startswith("zh") else DEFAULT
