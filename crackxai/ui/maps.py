"""Maps on the page: pictures, scale, and the same in words."""

from __future__ import annotations

import streamlit as st

from crackxai import Explanation, Photo
from crackxai.inspection import pictures, wording
from crackxai.inspection.pictures import Look
from crackxai.ui import resources
from crackxai.ui.text import t, texts


def side_by_side(photo: Photo, side: int, result: Explanation, look: Look) -> None:
    """Photo, overlay and map of ``side`` pixels, with their scale."""
    picture = resources.display(photo, side)
    limit = pictures.limit_of(result.values, look)
    words = in_words(result)
    shown = (
        (resources.display_png(photo, side), t("maps.photo"), t("photos.alt", name=photo.name)),
        (pictures.drawn(picture, result.values, limit, look), t("maps.overlay"), words),
        (pictures.alone(picture, result.values, limit, look), t("maps.map"), t("maps.map-alt", words=words)),
    )
    for column, (image, caption, alt) in zip(st.columns(3, gap="small"), shown, strict=True):
        column.image(image, width="stretch", caption=caption, alt=alt)
    st.html(scale(limit, look))


def scale(limit: float, look: Look) -> str:
    """The colour scale as HTML."""
    return pictures.scale(texts(), limit, look)


def in_words(result: Explanation) -> str:
    """Where the weight lies: a sentence for everybody, and the picture's alternative text."""
    return wording.map_words(texts(), result)
