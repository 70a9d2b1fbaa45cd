"""A first glance at every photo, before anything is asked: where the network's end takes its answer from, in one pass."""

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
"""Of the picture, pixels."""


def show(model: CrackModel, photo: Photo, item: Item) -> None:
    """The class activation map, small, and what it is not; nothing of a photo that the model cannot judge."""
    settings = CamSettings()
    run = resources.run(model, photo, settings)
    try:
        run.advance()
    except ModelError:
        return  # told where the verdict stands
    result = run.explanation()
    picture, words = st.columns([1, 3], vertical_alignment="center", gap="small")
    limit = own_limit(result.values)
    drawn = maps.drawn_png(item, RunKey.of(model, photo, settings), result, SIDE, limit, chosen_look())
    picture.image(drawn, width="stretch", alt=t("glance.alt", words=maps.in_words(result)))
    words.caption(t("glance.words"), help=t("glance.help"))
