"""What one browser session remembers, behind names instead of strings. Other sessions never see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackxai import CrackModel, Photo
from crackxai.explain.settings import MethodSettings
from crackxai.model.decision import DEFAULT_BAND
from crackxai.ui.jobs import Job

_ITEMS, _SELECTED, _PROBLEMS, _UPLOADS = "_items", "_selected", "_problems", "_uploads"
_JOBS, _DISPLAYED, _MESSAGES, _DECISIONS, _CHOICE = "_jobs", "_displayed", "_messages", "_decisions", "_choice"
GONE_S = 10
"""Seconds that a closed connection is given to come back, as after a hiccup of the network."""
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
    st.session_state[_SELECTED] = item


def problems() -> list[str]:
    """Messages about files that could not be taken."""
    return st.session_state.setdefault(_PROBLEMS, [])


def upload_number() -> int:
    """Of the uploader: it is replaced by an empty one once its files were taken."""
    return st.session_state.setdefault(_UPLOADS, 0)


def next_upload() -> None:
    st.session_state[_UPLOADS] = upload_number() + 1


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


def connection() -> Callable[[], bool]:
    """Whether the browser session's page is open, or was within the last seconds; to be called from any thread."""
    context = get_script_run_ctx()
    if context is None or not st.runtime.exists():
        return lambda: True  # pages run by a test have no connection to lose
    runtime, session, seen = get_instance(), context.session_id, [time.monotonic()]

    def connected() -> bool:
        if runtime.is_active_session(session):
            seen[0] = time.monotonic()
        return time.monotonic() - seen[0] < GONE_S

    return connected


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
