"""Parts of a page that follow the session's runs, and look at them no more often than there is something to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from crackxai.ui import runs
from crackxai.ui.state import RunKey


def follow(keys: list[RunKey], draw: Callable[..., None], *args: Any) -> None:
    """Draw a part of the page now, and again while its runs are under way.

    Parameters
    ----------
    draw : draws it, given ``args``, which Streamlit keeps for as long as the session: keys and numbers, no pictures.
    """
    interval = runs.look_after(keys)
    st.fragment(_part, run_every=interval)(keys, interval, draw, args)


def _part(keys: list[RunKey], interval: float | None, draw: Callable[..., None], args: tuple[Any, ...]) -> None:
    # The interval belongs to the page: a part cannot change its own.
    if runs.collect() or runs.look_after(keys) != interval:
        st.rerun()
    draw(*args)
