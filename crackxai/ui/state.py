"""What one browser session remembers, behind names instead of strings. Other sessions never see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackxai import CrackModel, Photo
from crackxai.explain.settings import MethodSettings
from crackxai.model.decision import DEFAULT_BAND
from crackxai.ui.jobs import Job
from crackxai.ui.presence import Presence

_ITEMS, _SELECTED, _PROBLEMS, _UPLOADS = "_items", "_selected", "_problems", "_uploads"
_PROBLEMS_OF, _TAKEN = "_problems_of", "_taken"
_PRESENCE, _TURN = "_presence", "_turn"
_JOBS, _DISPLAYED, _MESSAGES, _DECISIONS, _CHOICE = "_jobs", "_displayed", "_messages", "_decisions", "_choice"
MAX_ITEMS, MAX_ITEMS_BYTES = 200, 500 * 2**20
"""Photos of one session."""


@dataclass(frozen=True)
class Item:
    """A photo of the session, not decoded.

    Attributes
    ----------
    data : the file; sample : its number for a drawn sample, else None.
    """

    name: str
    data: bytes
    sha256: str
    sample: int | None = None


class RunKey(NamedTuple):
    """What a run is kept under: everything that shapes its map or is written into its record, but for the budget."""

    photo: str
    name: str
    fingerprint: str
    precision: str
    settings: MethodSettings

    @classmethod
    def of(cls, model: CrackModel, photo: Photo, settings: MethodSettings) -> RunKey:
        return cls(photo.key, photo.name, model.fingerprint, model.precision, settings.key)


# Photos


def items() -> list[Item]:
    """Uploaded, in the order in which they came."""
    return st.session_state.setdefault(_ITEMS, [])


def add_item(item: Item) -> bool:
    """Keep it and select it, once; False where the session is full."""
    kept = items()
    if item not in kept:
        if len(kept) >= MAX_ITEMS or sum(len(each.data) for each in kept) + len(item.data) > MAX_ITEMS_BYTES:
            return False
        kept.append(item)
    select(item)
    return True


def remove_item(item: Item) -> None:
    kept = items()
    kept.remove(item)
    if selected() == item:
        select(kept[0] if kept else None)


def selected() -> Item | None:
    """The photo under inspection: an uploaded one or a sample."""
    return st.session_state.get(_SELECTED)


def select(item: Item | None) -> None:
    if item != selected():
        st.session_state[_TURN] = turn() + 1
    st.session_state[_SELECTED] = item


def turn() -> int:
    """How often another photo came under inspection."""
    return st.session_state.get(_TURN, 0)


def problems() -> list[str]:
    """Messages about the files of the last upload that were not taken."""
    return st.session_state.setdefault(_PROBLEMS, [])


def tell_problem(problem: str, upload: int) -> None:
    """Add a message about a file of that upload, once; those of earlier uploads are forgotten."""
    if st.session_state.get(_PROBLEMS_OF) != upload:
        st.session_state[_PROBLEMS_OF] = upload
        problems().clear()
    if problem not in problems():
        problems().append(problem)


def taken_files() -> set[str]:
    """Streamlit's ids of the files of this upload that were taken."""
    return st.session_state.setdefault(_TAKEN, set())


def upload_number() -> int:
    """Of the uploader: it is replaced by an empty one once its files were taken."""
    return st.session_state.setdefault(_UPLOADS, 0)


def next_upload() -> None:
    st.session_state[_UPLOADS] = upload_number() + 1
    st.session_state[_TAKEN] = set()


# Runs


def jobs() -> dict[RunKey, Job]:
    """Explanations that the session waits for."""
    return st.session_state.setdefault(_JOBS, {})


def displayed_run(photo: Photo) -> tuple[RunKey, int] | None:
    """The run last asked for of this photo, and its budget."""
    return st.session_state.setdefault(_DISPLAYED, {}).get((photo.key, photo.name))


def display_run(photo: Photo, key: RunKey, max_evals: int) -> None:
    st.session_state.setdefault(_DISPLAYED, {})[photo.key, photo.name] = key, max_evals


def messages() -> dict[RunKey, str]:
    """What went wrong with a run, until it is asked for again."""
    return st.session_state.setdefault(_MESSAGES, {})


def presence() -> Presence:
    """Whether the browser session's page is open."""
    if _PRESENCE not in st.session_state:
        context = get_script_run_ctx()
        if context is None or not st.runtime.exists():
            # Pages run by a test have no connection to lose.
            st.session_state[_PRESENCE] = Presence("", lambda _: True)
        else:
            st.session_state[_PRESENCE] = Presence(context.session_id, get_instance().is_active_session)
    found: Presence = st.session_state[_PRESENCE]
    return found


# Decisions


def decision(model: CrackModel) -> tuple[float, float]:
    """Threshold and half width of the review band for this model."""
    return st.session_state.get(_DECISIONS, {}).get(model.fingerprint, (model.threshold, DEFAULT_BAND))


def decide(model: CrackModel, threshold: float, band: float) -> None:
    st.session_state.setdefault(_DECISIONS, {})[model.fingerprint] = (threshold, band)


def choice() -> tuple[str, str] | None:
    """Name of the chosen model and its precision; None before anything was chosen."""
    return st.session_state.get(_CHOICE)


def choose(model: str, precision: str) -> None:
    st.session_state[_CHOICE] = (model, precision)
