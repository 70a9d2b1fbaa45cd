"""Parts of a page that follow runs and scans, and look at them no more often than there is something to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from crackxai.ui import runs, scans, state
from crackxai.ui.jobs import Job
from crackxai.ui.state import RunKey, ScanKey

Keys = Sequence[RunKey | ScanKey]


def follow(keys: Keys, draw: Callable[..., None], *args: Any) -> None:
    """Draw a part of the page now, and again while its runs are under way.

    Parameters
    ----------
    draw : draws it, given ``args``, which Streamlit keeps for as long as the session: keys and numbers, no pictures.
    """
    interval = runs.look_after(_jobs(keys))
    st.fragment(_part, run_every=interval)(keys, interval, draw, args)


def _jobs(keys: Keys) -> list[Job[Any]]:
    found = [state.scan_jobs().get(key) if isinstance(key, ScanKey) else state.jobs().get(key) for key in keys]
    return [job for job in found if job is not None]


def _part(keys: Keys, interval: float | None, draw: Callable[..., None], args: tuple[Any, ...]) -> None:
    ended = runs.collect(), scans.collect()
    # The interval belongs to the page: a part cannot change its own.
    if any(ended) or runs.look_after(_jobs(keys)) != interval:
        st.rerun()
    draw(*args)
