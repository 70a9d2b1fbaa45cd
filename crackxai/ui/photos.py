"""Choosing photos: the uploader, drawn samples, and the strip of the engineer's photos."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from crackxai import CrackModel
from crackxai.ui import links, overview, resources, scan_round, scans, scripts, state, uploads
from crackxai.ui.formats import plain
from crackxai.ui.ranking import Row, ranked
from crackxai.ui.state import Item
from crackxai.ui.text import t
from crackxai.ui.verdict_panel import sign

STRIP = 9
"""Thumbnails at a time."""


def choose(model: CrackModel) -> Item | None:
    """Uploader, samples and strip; the photo under inspection. Bad files are told and leave all else in place."""
    # Once there is a photo, what matters is the photo: the uploader shrinks to a bar.
    small = state.selected() is not None
    upload, samples = st.columns([2, 3] if small else [1, 2], gap="medium" if small else "large")
    with upload:
        if not small:
            st.subheader(t("photos.title"), anchor=False)
        if uploads.uploader(model, small):
            st.rerun()
    with samples:
        if not small:
            st.subheader(t("photos.samples"), anchor=False, help=t("photos.samples-help"))
        _samples(44 if small else 54)
    uploads.problems()
    links.note_awaited()
    if state.items():
        _strip(model)
    # On a phone the verdict lies far below what was pressed.
    scripts.run("scroll", {"to": ".st-key-scan, .st-key-verdict", "turn": state.turn()})
    return state.selected()


def _samples(width: int) -> None:
    """Thumbnails of so many pixels, a button under each."""
    with st.container(horizontal=True, gap="small"):
        for item in resources.samples():
            with st.container(width=width, gap=None):
                st.image(resources.thumbnail(item), width=width, alt=t("photos.sample-alt", number=item.sample))
                if st.button(
                    str(item.sample),
                    key=f"sample-{item.sample}",
                    width="stretch",
                    type="primary" if item == state.selected() else "secondary",
                    help=t("photos.sample", number=item.sample),
                ):
                    state.select(item)
                    st.rerun()


def _strip(model: CrackModel) -> None:
    with st.spinner(t("photos.looking")):
        rows = ranked(model, state.items())
    if len(rows) >= overview.FROM:
        overview.show([row for row, _ in rows])
    selected = state.selected()
    place = next((i for i, (_, item) in enumerate(rows) if item == selected), None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(t("photos.strip", count=len(rows)), width="content")
        _step("previous", "chevron_left", "p", rows, None if place is None else place - 1)
        _step("next", "chevron_right", "n", rows, 0 if place is None else place + 1)
        pressed = st.button(
            t("photos.remove"), key="remove", icon=":material/delete:", type="tertiary", disabled=place is None
        )
        if pressed and place is not None:
            state.remove_item(rows[place][1])
            scans.forget(rows[place][1])
            resources.forget([rows[place][1]])
            st.rerun()
        scan_round.show(model, [item for _, item in rows])
    first = 0 if place is None else place // STRIP * STRIP
    if len(rows) > STRIP:
        st.caption(t("photos.strip-part", first=first + 1, last=min(first + STRIP, len(rows)), count=len(rows)))
    with st.container(horizontal=True, gap="small"):
        for number, (found, item) in enumerate(rows[first : first + STRIP], start=first):
            with st.container(width=84, gap=None):
                st.image(resources.thumbnail(item), width=84, alt=t("photos.alt", name=item.name))
                # What a scan scored is no probability, and is not told as one.
                label = sign(found.kind)
                if found.score is not None:
                    label += f" {found.score:.2f}"
                elif found.probability is not None:
                    label += f" {100 * found.probability:.0f} %"
                chosen: Literal["primary", "secondary"] = "primary" if item == selected else "secondary"
                help_text = f"{plain(item.name)}: {t(f'verdict.{found.kind}')}"
                if st.button(label, key=f"item-{number}", width="stretch", type=chosen, help=help_text):
                    state.select(item)
                    st.rerun()


def _step(name: str, icon: str, shortcut: str, rows: list[tuple[Row, Item]], to: int | None) -> None:
    there = rows[to][1] if to is not None and 0 <= to < len(rows) else None
    pressed = st.button(
        t(f"photos.{name}"), key=name, icon=f":material/{icon}:", shortcut=shortcut, disabled=there is None
    )
    if pressed and there is not None:
        state.select(there)
        st.rerun()
