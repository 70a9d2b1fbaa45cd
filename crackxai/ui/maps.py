"""Maps on the page: pictures, scale, and the same in words."""

from __future__ import annotations

import streamlit as st

from crackxai import Explanation
from crackxai.explain.settings import MethodSettings
from crackxai.inspection import pictures, wording
from crackxai.inspection.pictures import Look
from crackxai.ui import resources
from crackxai.ui.state import Item, RunKey
from crackxai.ui.text import t, texts


def drawn_png(item: Item, key: RunKey, result: Explanation, side: int, limit: float, look: Look) -> bytes:
    """The overlay as a PNG file, ``side`` pixels long; drawn once, for whoever looks at it."""
    return resources.picture(
        ("overlay", key, result.evaluations, side, limit, look),
        lambda: pictures.drawn(resources.display(item, side), result.values, limit, look),
    )


def side_by_side(item: Item, key: RunKey, side: int, result: Explanation, look: Look) -> None:
    """Photo, overlay and map of ``side`` pixels, with their scale."""
    limit = pictures.limit_of(result.values, look)
    map_png = resources.picture(
        ("map", key, result.evaluations, side, limit, look),
        lambda: pictures.alone(resources.display(item, side), result.values, limit, look),
    )
    words = in_words(result)
    shown = (
        (resources.display_png(item, side), t("maps.photo"), t("photos.alt", name=item.name)),
        (drawn_png(item, key, result, side, limit, look), t("maps.overlay"), words),
        (map_png, wording.map_name(texts(), result.settings), t("maps.map-alt", words=words)),
    )
    for column, (image, caption, alt) in zip(st.columns(3, gap="small"), shown, strict=True):
        column.image(image, width="stretch", caption=caption, alt=alt)
    st.html(scale(limit, look, result.settings))


def scale(limit: float, look: Look, *of: MethodSettings) -> str:
    """The colour scale as HTML, of maps by these settings."""
    return pictures.scale(texts(), limit, look, *of)


def in_words(result: Explanation) -> str:
    """Where the weight lies: a sentence for everybody, and the picture's alternative text."""
    return wording.map_words(texts(), result)
