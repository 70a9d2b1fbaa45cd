"""Scanning all of the session's large photos: a few at a time in the queue, since each waits there with its pixels."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackModel, CrackXAIError
from crackxai.ui import resources, runs, scans, state
from crackxai.ui.state import Item, ScanKey
from crackxai.ui.text import t

AHEAD = 2
"""Scans of one session, under way and waiting, up to which the next one is begun."""


def go_on(model: CrackModel) -> None:
    """Begin the next scans of a round, where there is room for them. For the beginning of a page."""
    waiting = state.to_scan()
    while waiting and len(state.scan_jobs()) < AHEAD and resources.queue().has_room(state.owner()):
        item = runs.find_item(waiting.pop(0))
        if item is None or scans.ended(model, item):
            continue
        try:
            scans.start(model, item)
        except CrackXAIError:
            continue  # told where the photo is looked at


def show(model: CrackModel, items: list[Item]) -> None:
    """The button that begins a round, or how far it is and the one that stops it.

    Parameters
    ----------
    items : of the session, most suspicious first: they are scanned in that order, the one that is looked at before.
    """
    left = [item for item in items if scans.large(model, item) and not scans.ended(model, item)]
    begun = {(key.photo, key.name) for key in state.scan_jobs()}
    none_to_begin = all((item.key, item.name) in begun for item in left)
    if state.to_scan() or (none_to_begin and _others()):
        st.button(
            t("scan.round-stop", left=len(left)),
            key="scan-round-stop",
            icon=":material/stop:",
            type="tertiary",
            help=t("scan.round-stop-help"),
            on_click=_stop,
        )
    elif len(left) > 1 and not none_to_begin:
        pressed = st.button(
            t("scan.all", count=len(left)),
            key="scan-all",
            icon=":material/select_all:",
            type="tertiary",
            help=t("scan.all-help"),
        )
        if pressed:
            state.to_scan()[:] = [item.id for item in left]
            st.rerun()


def _stop() -> None:
    """Begin no others; the scan of the photo that is looked at goes on."""
    state.to_scan().clear()
    for key in _others():
        scans.cancel(key)


def _others() -> list[ScanKey]:
    """Scans under way and waiting, but that of the photo that is looked at."""
    shown = state.selected()
    return [
        key
        for key, job in state.scan_jobs().items()
        if not job.cancelled and (shown is None or (key.photo, key.name) != (shown.key, shown.name))
    ]
