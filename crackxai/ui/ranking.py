"""The engineer's photos in the order in which they should be looked at."""

from __future__ import annotations

import math

from crackxai import CrackModel, ModelError, Verdict
from crackxai.ui.state import Item
from crackxai.ui.verdict_panel import verdict

Row = tuple[Verdict | None, Item]


def ranked(model: CrackModel, items: list[Item]) -> list[Row]:
    """Photos with their verdicts, most suspicious first; before them those of which the model makes nothing (None)."""
    rows = [(verdict_or_none(model, item), item) for item in items]
    return sorted(rows, key=lambda row: -row[0].probability if row[0] else -math.inf)


def verdict_or_none(model: CrackModel, item: Item) -> Verdict | None:
    """On a photo; None where the model gives no probability."""
    try:
        return verdict(model, item)
    except ModelError:  # told beside the photo when it is selected
        return None
