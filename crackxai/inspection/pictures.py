"""Maps as pictures, in the look that the reader chose."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np

from crackxai.explain.settings import MethodSettings
from crackxai.inspection import wording
from crackxai.render import FIXED_LIMIT, PALETTES, contoured, map_alone, overlay, own_limit, png
from crackxai.texts import Texts


@dataclass(frozen=True)
class Look:
    """How a map is drawn.

    Attributes
    ----------
    opacity : 0-1; own_scale : the map's own colour scale instead of the same for all; palette : of `PALETTES`.
    contours : lines that need no colour.
    """

    opacity: float = 0.8
    own_scale: bool = True
    palette: str = "red-blue"
    contours: bool = False


def limit_of(values: np.ndarray, look: Look) -> float:
    """Where the colour scale is saturated, probability per pixel."""
    return own_limit(values) if look.own_scale else FIXED_LIMIT


def drawn(picture: np.ndarray, values: np.ndarray, limit: float, look: Look) -> bytes:
    """The overlay as a PNG file; ``picture`` (H, W, 3) uint8 at display size."""
    image = overlay(picture, values, limit, look.opacity, look.palette)
    return png(contoured(image, values, limit) if look.contours else image)


def alone(picture: np.ndarray, values: np.ndarray, limit: float, look: Look) -> bytes:
    """The map without the photo as a PNG file of the picture's size."""
    height, width = picture.shape[:2]
    image = map_alone(values, limit, (width, height), look.palette)
    return png(contoured(image, values, limit) if look.contours else image)


def scale(t: Texts, limit: float, look: Look, *of: MethodSettings) -> str:
    """The colour scale as HTML; text in the page's own size, which a picture would shrink on a phone.

    ``of``: settings of the maps that share it.
    """
    low, high = (f"rgb({','.join(map(str, colour))})" for colour in PALETTES[look.palette])
    marks = f"<span>−{limit:.1e}</span><span>0</span><span>+{limit:.1e}</span>"
    ends = (t("maps.lowers"), wording.unit(t, *of), t("maps.raises"))
    names = "".join(f"<span>{html.escape(name)}</span>" for name in ends)
    row = "display:flex;justify-content:space-between;gap:1rem;text-align:center"
    label = html.escape(t("maps.scale-alt", limit=f"{limit:.1e}"))
    return f"""
<div role="img" aria-label="{label}" style="max-width:44rem;font-size:.85rem">
  <div style="height:.9rem;border-radius:.3rem;background:linear-gradient(to right,{low},#fff,{high})"></div>
  <div style="{row}">{marks}</div>
  <div style="{row}">{names}</div>
</div>"""
