"""Which of this computer's fonts can write a text in a figure."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry

PREFERRED = (
    "Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Heiti TC", "Microsoft JhengHei",
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "Arial Unicode MS", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip
"""Families with Chinese letters, those of Taiwan first: one letter can look different in each country."""
BOXES = ("last resort", "lastresort", ".lastresort", "adobe blank", "unicode bmp fallback")
"""How the names begin of fonts that have a box, or nothing, for every letter."""


def families_for(text: str) -> tuple[str, ...] | None:
    """Font families that together have every letter of ``text``, Matplotlib's own first; None where none does.

    Of several that do, `PREFERRED` come first, then the others by name.
    """
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties, findfont

    own = rcParams["font.family"][0]
    missing = frozenset(text) - _letters_of(findfont(FontProperties(family=[own])))
    if not missing:
        return (own,)
    found = _family_with(missing)
    return (own, found) if found else None


@functools.lru_cache(maxsize=256)
def _family_with(letters: frozenset[str]) -> str | None:
    from matplotlib.font_manager import fontManager

    upright = {font.name: font.fname for font in fontManager.ttflist if _writes(font)}
    order = {name: rank for rank, name in enumerate(PREFERRED)}
    for name in sorted(upright, key=lambda name: (order.get(name, len(order)), name)):
        if letters <= _letters_of(upright[name]):
            return name
    return None


def _writes(font: FontEntry) -> bool:
    return font.style == "normal" and not font.name.lower().startswith(BOXES)


@functools.lru_cache(maxsize=64)
def _letters_of(path: str) -> frozenset[str]:
    from matplotlib.font_manager import get_font

    try:
        codes: Iterable[int] = get_font(path).get_charmap()
    except (OSError, RuntimeError):  # a font that is listed but damaged, or gone meanwhile
        return frozenset()
    return frozenset(map(chr, codes))
