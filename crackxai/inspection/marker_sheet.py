"""The sheet to print and put on the wall: a marker of known size, and a ruler to check that the printer kept it."""

from __future__ import annotations

import io

import cv2
import numpy as np

from crackxai.errors import Message, SettingsError
from crackxai.fonts import families_for
from crackxai.inspection.wall_scale import DICTIONARY
from crackxai.texts import Texts

MM = 1 / 25.4
"""Inches."""
PAGE = (105.0, 148.0)
"""A6, millimetres: four to a sheet of A4."""
SMALLEST, LARGEST = 20.0, 85.0
"""Side of the marker's black square that fits, millimetres."""
LAST = 586
"""Number of the last marker of its kind."""
CELLS = 8
"""Of the marker's side: six of bits, and one of black on either side."""


def marker_sheet(mm: float = 50.0, number: int = 0, texts: Texts | None = None) -> bytes:
    """A PDF page in A6 with the marker, its size, and a ruler of 50 mm.

    Parameters
    ----------
    mm : side of the black square, `SMALLEST` to `LARGEST` millimetres.
    number : of the marker, 0 to `LAST`.
    texts : the language; default: English, as also where no font of this computer writes it.

    Raises
    ------
    SettingsError : one is out of range.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    if not SMALLEST <= mm <= LARGEST:
        raise _refusal("scan-error.sheet-side", least=f"{SMALLEST:g}", most=f"{LARGEST:g}", received=f"{mm:g}")
    if not 0 <= number <= LAST:
        raise _refusal("scan-error.sheet-number", most=LAST, received=number)
    bits = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), number, CELLS, borderBits=1)
    figure = Figure(figsize=(PAGE[0] * MM, PAGE[1] * MM), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, PAGE[0])
    axes.set_ylim(0, PAGE[1])
    axes.axis("off")
    left, bottom, cell = (PAGE[0] - mm) / 2, PAGE[1] - 12 - mm, mm / CELLS
    # As squares, not as a picture: a viewer may smooth a picture's edges, and they are what is measured.
    for row, column in np.argwhere(bits == 0):
        corner = (left + column * cell, bottom + mm - (row + 1) * cell)
        axes.add_patch(Rectangle(corner, cell, cell, facecolor="black", edgecolor="black", linewidth=0.05))
    for at in range(51):
        height = 6 if at % 10 == 0 else 4 if at % 5 == 0 else 2.5
        x = (PAGE[0] - 50) / 2 + at
        axes.plot([x, x], [24, 24 + height], color="black", linewidth=0.4)
    for y, text, fonts in _words(texts or Texts(), mm, number):
        axes.text(PAGE[0] / 2, y, text, ha="center", va="center", fontsize=6.5, family=list(fonts))
    out = io.BytesIO()
    figure.savefig(out, format="pdf", metadata={"CreationDate": None})
    return out.getvalue()


def _words(texts: Texts, mm: float, number: int) -> list[tuple[float, str, tuple[str, ...]]]:
    """Height on the page in millimetres, text and fonts of each line."""
    heights = {"check": 20.0, "name": 13.0, "place": 8.0}

    def lines(t: Texts) -> dict[str, str]:
        return {name: t(f"marker.{name}", number=number, mm=f"{mm:g}") for name in heights}

    told = lines(texts)
    fonts = families_for("".join(told.values()))
    if fonts is None:  # boxes in place of letters tell nothing
        told = lines(Texts())
        fonts = families_for("".join(told.values())) or ()
    return [(heights[name], text, fonts) for name, text in told.items()]


def _refusal(name: str, **facts: object) -> SettingsError:
    return SettingsError(Message(name, Texts().template(name), **facts))
