"""A first glance at every photo: where the network's end takes its answer from, before anything is asked."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackModel, ModelError, Photo
from crackxai.explain.cam import CamSettings
from crackxai.render import own_limit
from crackxai.ui import maps, resources
from crackxai.ui.controls import chosen_look
from crackxai.ui.state import Item, RunKey
from crackxai.ui.text import t

SIDE = 160
"""Of the picture, pixels; shown at half of that, for screens of twice as many."""


def show(model: CrackModel, photo: Photo, item: Item) -> None:
    """The class activation map, small, and what it is not; nothing of a photo that the model cannot judge."""
    settings = CamSettings()
    run = resources.run(model, photo, settings)
    try:
        run.advance()
    except ModelError:
        return  # told where the verdict stands
    result = run.explanation()
    limit = own_limit(result.values)
    drawn = maps.drawn_png(item, RunKey.of(model, photo, settings), result, SIDE, limit, chosen_look())
    # Not columns: on a phone they would stand below each other, and the picture be as large as the photo.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="glance"):
        st.image(drawn, width=SIDE // 2, alt=t("glance.alt", words=maps.in_words(result)))
        st.caption(t("glance.words"), width="stretch", help=t("glance.help"))
