"""The verdict on a photo: probability, decision, doubts."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackxai import CrackModel, Photo
from crackxai.model.quality import QualityIssue
from crackxai.model.tradeoff import needs_review
from crackxai.ui import resources, state
from crackxai.ui.formats import percent, plain
from crackxai.ui.state import Item
from crackxai.ui.text import message, t

SHRUNK = 4
"""Photo pixels in one of the network's from which fine cracks may vanish, and are spoken of."""


def verdict(model: CrackModel, probability: float) -> str:
    """ "crack", "no-crack" or "review", by the browser session's threshold and band."""
    threshold, band = state.decision(model)
    if needs_review(probability, threshold, band):
        return "review"
    return "crack" if probability >= threshold else "no-crack"


def sign(kind: str) -> str:
    """A mark that needs no colour."""
    return {"crack": "▲", "no-crack": "▽", "review": "◆"}[kind]


def show(model: CrackModel, photo: Photo, item: Item) -> DeltaGenerator:
    """Photo, probability and decision in words, and what speaks against trusting them; the column beside the photo."""
    probability, doubts = resources.judged(model, item)
    threshold, band = state.decision(model)
    kind = verdict(model, probability)
    picture, words = st.columns([2, 3], gap="large")
    with picture:
        st.image(resources.display_png(photo, 480), width="stretch", alt=t("photos.alt", name=photo.name))
        width, height = photo.original_size
        facts = [
            plain(photo.name),
            f"{width} × {height} {photo.format}",
            *(plain(message(note)) for note in photo.notes),
        ]
        st.caption("  ·  ".join(facts))
    with words:
        st.header(f"{sign(kind)} {t(f'verdict.{kind}')} · {percent(probability)}", anchor=False)
        st.html(gauge(probability, threshold, band))
        st.markdown(
            t(
                f"verdict.{kind}-words",
                probability=percent(probability),
                threshold=percent(threshold),
                low=percent(max(0.0, threshold - band)),
                high=percent(min(1.0, threshold + band)),
            )
        )
        for doubt in doubts:
            st.warning(doubt_words(doubt), icon=":material/report:")
        per_pixel = max(photo.rgb.shape[:2]) / max(model.input_size)
        if per_pixel >= SHRUNK:
            st.caption(t("verdict.shrunk", pixels=f"{per_pixel:.0f}", side=model.input_size[0]))
    return words


def doubt_words(doubt: QualityIssue) -> str:
    """A quality issue as a sentence with its figures."""
    facts = {"measured": f"{doubt.measured:.3g}", "limit": f"{doubt.limit:.3g}"}
    if doubt.kind == "burnt":
        facts = {"measured": f"{100 * doubt.measured:.0f}", "limit": f"{100 * doubt.limit:.0f}"}
    if doubt.detail:
        value, mean, spread = doubt.detail
        facts |= {
            "measure": t(f"measure.{doubt.measure.replace(' ', '-')}"),
            "value": f"{value:.3g}",
            "low": f"{mean - 2 * spread:.3g}",
            "high": f"{mean + 2 * spread:.3g}",
        }
    return t(f"quality.{doubt.kind}", **facts)


def gauge(probability: float, threshold: float, band: float) -> str:
    """A bar with threshold and review band marked; drawn in the text's colour, so that it fits both themes."""
    low, high = max(0.0, threshold - band), min(1.0, threshold + band)
    label = t("verdict.gauge", probability=percent(probability), threshold=percent(threshold))
    return f"""
<div role="img" aria-label="{label}" style="position:relative;height:2.9rem;max-width:36rem">
  <div style="position:absolute;top:.2rem;left:0;right:0;height:.9rem;border:1px solid currentColor;border-radius:.4rem;
              overflow:hidden">
    <div style="position:absolute;left:{100 * low:.2f}%;width:{100 * (high - low):.2f}%;height:100%;
                background:repeating-linear-gradient(45deg,#d9770666 0 3px,transparent 3px 7px)"></div>
    <div style="width:{100 * probability:.2f}%;height:100%;background:currentColor;opacity:.85"></div></div>
  <div style="position:absolute;top:0;left:{100 * threshold:.2f}%;width:0;height:1.35rem;
              border-left:3px solid #d97706"></div>
  <div style="position:absolute;top:1.4rem;font-size:.85rem;
              left:clamp(0%, {100 * threshold:.2f}% - 4rem, max(0%, 100% - 17rem))">
    {t("verdict.gauge-threshold", threshold=percent(threshold))}</div>
</div>"""
