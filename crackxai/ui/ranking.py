"""The engineer's photos in the order in which they should be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crackxai import CrackModel, ModelError, Verdict
from crackxai.model.decision import Kind
from crackxai.ui import scans
from crackxai.ui.state import Item, ItemId
from crackxai.ui.verdict_panel import verdict


@dataclass(frozen=True)
class Row:
    """A photo and what is made of it; without its bytes, since Streamlit keeps what a fragment is given for minutes.

    Attributes
    ----------
    kind : of the scan, where it was scanned to its end, else of the verdict on all of it at once; "failed" where the
        model gave no probability.
    probability : of all of it at once, 0-1. score : of the scan, 0-1. None where there is none.
    doubts : how many kinds of doubt there are.
    """

    item: ItemId
    kind: Kind | Literal["failed"]
    probability: float | None
    score: float | None = None
    doubts: int = 0

    @property
    def suspicion(self) -> float:
        """The larger, the sooner it should be looked at; most of all where the model makes nothing of it."""
        if self.score is not None:
            return self.score
        return 2.0 if self.probability is None else self.probability


def ranked(model: CrackModel, items: list[Item]) -> list[tuple[Row, Item]]:
    """Photos and what is made of them, most suspicious first."""
    rows = [(_row(model, item), item) for item in items]
    return sorted(rows, key=lambda row: -row[0].suspicion)


def _row(model: CrackModel, item: Item) -> Row:
    found = verdict_or_none(model, item)
    probability = found.probability if found else None
    if (scan := scans.finished(model, item)) is not None:
        doubts = {kind for tile in scan.unexamined for kind in tile.doubts}
        doubts |= {kind for finding in scan.findings for kind in finding.doubts}
        return Row(item.id, scan.verdict, probability, scan.score, len(doubts))
    if found is None:
        return Row(item.id, "failed", None)
    return Row(item.id, found.kind, probability, None, len(found.doubts))


def verdict_or_none(model: CrackModel, item: Item) -> Verdict | None:
    """On a photo; None where the model gives no probability."""
    try:
        return verdict(model, item)
    except ModelError:  # told beside the photo when it is selected
        return None
