"""The curves of a test as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.curves import Curve
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.fonts import families_for
from crackxai.inspection.faithfulness_wording import Row, rows
from crackxai.render import figure_png
from crackxai.texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = np.linspace(0, 1, 101)
"""Shares at which the band of random orders is drawn."""
MAP, CHANCE, CENTRE = "#c2185b", "#8a8f98", "#24211d"


def panel(t: Texts, found: Faithfulness, place: int) -> bytes:
    """One of `rows` as a PNG file: they stand below each other on a phone."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.1), layout="constrained", facecolor="white", dpi=120)
    t = _writable(t)
    _draw(t, figure.subplots(), rows(t, found)[place])
    return figure_png(figure)


def sheet(t: Texts, found: Faithfulness) -> bytes:
    """All curves that are known in one PNG file."""
    from matplotlib.figure import Figure

    t = _writable(t)
    known = rows(t, found)
    figure = Figure(figsize=(9.2, 3.1 * max(1, -(-len(known) // 2)) + 0.3), layout="constrained", facecolor="white")
    for place, row in enumerate(known, 1):
        _draw(t, figure.add_subplot(-(-len(known) // 2), 2, place), row)
    legend = t("faithfulness.legend", orders=found.orders)
    figure.supxlabel(legend, fontsize=7, family=list(families_for(legend) or ()), color="#57534c")
    return figure_png(figure)


def _percent(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return 100 * np.array(curve.shares), 100 * np.array(curve.probabilities)


def _writable(t: Texts) -> Texts:
    """The texts; in English where this computer has no letters for the others: boxes tell nothing."""
    words = "".join(t(f"faithfulness.{name}") for name in ("hidden", "shown", "probability"))
    return (t if families_for(words) else Texts()).unmarked()


def _draw(t: Texts, axes: Axes, row: Row) -> None:
    title = t("faithfulness.panel", kind=row.kind, fill=row.fill)
    across, up = t(f"faithfulness.{'hidden' if row.deletes else 'shown'}"), t("faithfulness.probability")
    family = list(families_for(title + across + up) or families_for("") or ())
    if row.random:
        heights = 100 * np.stack([each.at(GRID) for each in row.random])
        axes.fill_between(100 * GRID, heights.min(0), heights.max(0), color=CHANCE, alpha=0.3, linewidth=0)
        axes.plot(100 * GRID, heights.mean(0), color=CHANCE, linewidth=1.2)
    if row.centre is not None:
        axes.plot(*_percent(row.centre), color=CENTRE, linewidth=1.2, linestyle="--")
    axes.plot(*_percent(row.curve), color=MAP, linewidth=2.2, marker="o", markersize=3.5)
    axes.set(xlim=(0, 100), ylim=(-2, 102), xticks=range(0, 101, 20), yticks=range(0, 101, 20))
    axes.set_title(title, fontsize=10, family=family, parse_math=False)
    axes.set_xlabel(across, fontsize=9, family=family)
    axes.set_ylabel(up, fontsize=9, family=family)
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.25)
