"""What scans of whole photos are worth: false findings in sound photos beside what is found of the cracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from crackxai import CrackModel
from crackxai.model.finding_rule import TILES
from crackxai.ui.text import t


def show(model: CrackModel) -> None:
    """By score, over all photos; and by origin, at the score in use. Nothing where no scans were measured."""
    origins = model.measurements.scans.get("origins", [])
    if not origins:
        return
    st.subheader(t("scan-trade.title"), anchor=False)
    rule = model.card.finding_rule
    st.caption(t("scan-trade.help", tiles=TILES, hundred=f"{rule.at(100):.2f}", thousand=f"{rule.at(1000):.2f}"))
    used = rule.threshold
    thresholds = [each["threshold"] for each in origins[0]["figures"]]
    together = [_row([(origin, i) for origin in origins]) for i in range(len(thresholds))]
    _table(t("scan-trade.score"), [_score(threshold, used) for threshold in thresholds], together)
    at = int(np.argmin([abs(threshold - used) for threshold in thresholds]))
    st.caption(t("scan-trade.by-origin", score=f"{thresholds[at]:g}"))
    _table(t("origins.name"), [origin["origin"] for origin in origins], [_row([(origin, at)]) for origin in origins])


def _score(threshold: float, used: float) -> str:
    return t("scan-trade.used", score=f"{threshold:g}") if abs(threshold - used) < 1e-9 else f"{threshold:g}"


def _row(parts: Sequence[tuple[dict[str, Any], int]]) -> dict[str, str]:
    """Figures of several origins as of all their photos, each at one threshold."""
    chosen = [(origin["photos"], origin["figures"][i]) for origin, i in parts]
    sound, cracked = (sum(photos[label] for photos, _ in chosen) for label in ("sound", "cracked"))

    def mean(name: str, label: str, of_rate: bool = False) -> float | None:
        told = [(photos[label], own[name]) for photos, own in chosen if own[name] is not None]
        total = sum(count for count, _ in told)
        values = (count * (value["value"] if of_rate else value) for count, value in told)
        return sum(values) / total if total else None

    return {
        t("scan-trade.false"): _number(mean("false_findings", "sound"), 2, sound),
        t("scan-trade.sound"): _percent(mean("sound", "sound", of_rate=True), sound),
        t("scan-trade.found"): _percent(mean("found", "cracked", of_rate=True), cracked),
        t("scan-trade.covered"): _percent(mean("covered", "cracked"), 0),
    }


def _number(value: float | None, digits: int, photos: int) -> str:
    return "–" if value is None else t("scan-trade.of", value=f"{value:.{digits}f}", photos=f"{photos:,}")


def _percent(value: float | None, photos: int) -> str:
    if value is None:
        return "–"
    words = f"{100 * value:.0f} %"
    return t("scan-trade.of", value=words, photos=f"{photos:,}") if photos else words


def _table(head: str, names: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    table = [{head: name, **row} for name, row in zip(names, rows, strict=True)]
    st.dataframe(table, hide_index=True, width="stretch", row_height=32, height=32 * len(table) + 38)
