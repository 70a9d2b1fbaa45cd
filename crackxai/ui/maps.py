"""Maps on the page: pictures, scale, and the same in words."""

from __future__ import annotations

import numpy as np
import streamlit as st

from crackxai import Explanation, Photo
from crackxai.explain.localisation import parts
from crackxai.render import FIXED_LIMIT, PALETTES, contoured, map_alone, overlay, own_limit, png
from crackxai.ui import resources
from crackxai.ui.controls import Look
from crackxai.ui.formats import masker_name, percent, points
from crackxai.ui.text import t


def limit_of(values: np.ndarray, look: Look) -> float:
    """Where the colour scale is saturated."""
    return own_limit(values) if look.own_scale else FIXED_LIMIT


def drawn(picture: np.ndarray, values: np.ndarray, limit: float, look: Look) -> bytes:
    """The overlay as a PNG file; ``picture`` (H, W, 3) uint8 at display size."""
    image = overlay(picture, values, limit, look.opacity, look.palette)
    return png(contoured(image, values, limit) if look.contours else image)


def alone(picture: np.ndarray, values: np.ndarray, limit: float, look: Look) -> bytes:
    """The map without the photo as a PNG file of the picture's size."""
    image = map_alone(values, limit, picture.shape[1::-1], look.palette)
    return png(contoured(image, values, limit) if look.contours else image)


def side_by_side(photo: Photo, side: int, result: Explanation, look: Look) -> float:
    """Photo, overlay and map of ``side`` pixels, with their scale; its limit."""
    picture = resources.display(photo, side)
    limit = limit_of(result.values, look)
    words = in_words(result)
    pictures = (
        (resources.display_png(photo, side), t("maps.photo"), t("photos.alt", name=photo.name)),
        (drawn(picture, result.values, limit, look), t("maps.overlay"), words),
        (alone(picture, result.values, limit, look), t("maps.map"), t("maps.map-alt", words=words)),
    )
    for column, (image, caption, alt) in zip(st.columns(3, gap="small"), pictures, strict=True):
        column.image(image, width="stretch", caption=caption, alt=alt)
    st.html(scale(limit, look))
    return limit


def scale(limit: float, look: Look) -> str:
    """The colour scale; text in the page's own size, which a picture would shrink on a phone."""
    low, high = (f"rgb({','.join(map(str, colour))})" for colour in PALETTES[look.palette])
    marks = f"<span>−{limit:.1e}</span><span>0</span><span>+{limit:.1e}</span>"
    names = "".join(f"<span>{t(f'maps.{name}')}</span>" for name in ("lowers", "unit", "raises"))
    row = "display:flex;justify-content:space-between;gap:1rem;text-align:center"
    label = t("maps.scale-alt", limit=f"{limit:.1e}")
    return f"""
<div role="img" aria-label="{label}" style="max-width:44rem;font-size:.85rem">
  <div style="height:.9rem;border-radius:.3rem;background:linear-gradient(to right,{low},#fff,{high})"></div>
  <div style="{row}">{marks}</div>
  <div style="{row}">{names}</div>
</div>"""


def in_words(result: Explanation) -> str:
    """Where the weight lies: a sentence for everybody, and the picture's alternative text."""
    found = parts(result.values)
    most, least = found[0], found[-1]
    words = t(
        "maps.words",
        masker=masker_name(result.settings),
        base=percent(result.base_value),
        probability=percent(result.probability),
    )
    if most.value > 0.005:
        words += " " + t("maps.words-raised", place=t(f"place.{most.row}-{most.column}"), value=points(most.value))
    if least.value < -0.005:
        words += " " + t("maps.words-lowered", place=t(f"place.{least.row}-{least.column}"), value=points(least.value))
    if most.value <= 0.005 and least.value >= -0.005:
        words += " " + t("maps.words-nothing")
    return words
