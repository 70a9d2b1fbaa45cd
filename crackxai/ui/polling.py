"""Parts of a page that follow runs, scans and tests, and look at them no more often than there is something to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import streamlit as st

from crackxai.ui import folder_runs, map_tests, runs, scans, state
from crackxai.ui.job import Job
from crackxai.ui.state import FolderKey, MapTestKey, RunKey, ScanKey

Key = RunKey | ScanKey | MapTestKey | FolderKey
Keys = Sequence[Key]
_with_page: ContextVar[bool] = ContextVar("with_page", default=False)
_AGAIN = "_again"


def follow(keys: Keys, draw: Callable[..., None], *args: Any) -> None:
    """Draw a part of the page now, and again while its runs are under way.

    Parameters
    ----------
    draw : draws it, given ``args``, which Streamlit keeps for as long as the session: keys and numbers, no pictures.
    """
    interval = runs.look_after(_jobs(keys))
    part(_followed, interval, keys, interval, draw, args)


def part(draw: Callable[..., None], interval: float | None, *args: Any) -> None:
    """Draw a part of the page now, and again each ``interval`` seconds; it may ask for all of the page by `rerun`."""
    before = _with_page.set(True)
    try:
        st.fragment(draw, run_every=interval)(*args)
    finally:
        _with_page.reset(before)


def rerun() -> None:
    """Run all of the page again: at once from a part that runs alone, else once the page has come to its end.

    A page that is run because a button was pressed is told so in this run only: ended half way, it would never get to
    a button that is drawn further down, and the click were lost.
    """
    if not _with_page.get():
        st.rerun()
    st.session_state[_AGAIN] = True


def rerun_wanted() -> bool:
    """Whether a part of the page, which has come to its end, asked for all of it anew; asking ends it."""
    return bool(st.session_state.pop(_AGAIN, False))


def _jobs(keys: Keys) -> list[Job[Any]]:
    return [job for key in keys if (job := _job(key)) is not None]


def _job(key: Key) -> Job[Any] | None:
    if isinstance(key, FolderKey):
        return state.folder_jobs().get(key)
    if isinstance(key, ScanKey):
        return state.scan_jobs().get(key)
    return state.map_test_jobs().get(key) if isinstance(key, MapTestKey) else state.jobs().get(key)


def _followed(keys: Keys, interval: float | None, draw: Callable[..., None], args: tuple[Any, ...]) -> None:
    ended = runs.collect(), scans.collect(), map_tests.collect(), folder_runs.collect()
    # The interval belongs to the page: a part cannot change its own.
    if any(ended) or runs.look_after(_jobs(keys)) != interval:
        rerun()
    draw(*args)
