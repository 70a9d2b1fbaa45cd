"""What one browser session remembers, behind names instead of strings."""

from __future__ import annotations

import streamlit as st

from crackxai import Explanation, Photo
from crackxai.ui.jobs import Job

_PHOTO, _JOB, _SHOWN, _MESSAGE = "_photo", "_job", "_shown", "_message"


def photo() -> Photo | None:
    """The photo under inspection."""
    return st.session_state.get(_PHOTO)


def set_photo(photo: Photo) -> None:
    st.session_state[_PHOTO] = photo


def job() -> Job | None:
    """The explanation that the browser session waits for."""
    return st.session_state.get(_JOB)


def set_job(job: Job | None) -> None:
    st.session_state[_JOB] = job


def shown(photo: Photo) -> Explanation | None:
    """The explanation last made of this photo in the browser session."""
    return st.session_state.get(_SHOWN, {}).get(photo.sha256)


def show(explanation: Explanation) -> None:
    """Remember it as the one to show for its photo; of the last 20 photos."""
    kept = dict(st.session_state.get(_SHOWN, {}))
    kept.pop(explanation.photo_sha256, None)
    kept[explanation.photo_sha256] = explanation
    st.session_state[_SHOWN] = dict(list(kept.items())[-20:])


def message() -> str | None:
    """An error to show until the next explanation starts."""
    return st.session_state.get(_MESSAGE)


def set_message(text: str | None) -> None:
    st.session_state[_MESSAGE] = text
