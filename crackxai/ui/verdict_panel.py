"""The verdict on a photo: probability, decision, doubts."""

from __future__ import annotations

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackxai import CrackModel, ModelError, Photo, Verdict
from crackxai.inspection import wording
from crackxai.ui import resources, scans, state
from crackxai.ui.formats import percent, plain
from crackxai.ui.state import Item
from crackxai.ui.text import message, t, texts


def verdict(model: CrackModel, item: Item) -> Verdict:
    """On a photo, by the browser session's threshold and band. Raises PhotoError, ModelError."""
    return resources.judged(model, item).under(*state.decision(model))


def sign(kind: str) -> str:
    """A mark that needs no colour."""
    return {"crack": "▲", "no-crack": "▽", "review": "◆", "failed": "✕"}[kind]


def show(model: CrackModel, photo: Photo, item: Item) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Probability and decision in words, and what speaks against trusting them.

    Returns
    -------
    The column for the picture (`picture`), which is empty yet, and the one beside it.
    """
    beside, words = st.columns([2, 3], gap="large")
    with words:
        with st.container(key="verdict"):
            _judgement(model, item)
        if scans.worth(model, photo):
            per_pixel = scans.pixels_per_pixel(model, photo)
            st.caption(t("verdict.shrunk", pixels=f"{per_pixel:.0f}", side=model.input_size[0]))
    return beside, words


def picture(photo: Photo, item: Item, over: bytes | None = None) -> None:
    """The photo, or what is drawn ``over`` it (a PNG file), and which photo it is."""
    if over is None:
        st.image(resources.display_png(item, 480), width="stretch", alt=t("photos.alt", name=photo.name))
    else:
        st.image(over, width="stretch", alt=t("maps.overlay"))
    width, height = photo.original_size
    size = f"{width} × {height} {photo.format}"
    facts = [
        plain(photo.name),
        size if item.box is None else t("report.window-words", **item.box.as_dict()),
        *(plain(message(note)) for note in photo.notes),
    ]
    st.caption("  ·  ".join(facts))


def _judgement(model: CrackModel, item: Item) -> None:
    try:
        found = verdict(model, item)
    except ModelError as error:
        st.header(f"{sign('failed')} {t('verdict.failed')}", anchor=False)
        st.error(plain(message(error.message)), icon=":material/error:")
        return
    st.header(f"{sign(found.kind)} {wording.verdict_title(texts(), found)}", anchor=False)
    st.html(gauge(found.probability, found.threshold, found.band))
    st.markdown(wording.verdict_words(texts(), found))
    for doubt in found.doubts:
        st.warning(message(doubt.message), icon=":material/report:")


def gauge(probability: float, threshold: float, band: float) -> str:
    """A bar with threshold and review band marked; drawn in the text's colour, so that it fits both themes."""
    low, high = max(0.0, threshold - band), min(1.0, threshold + band)
    label = html.escape(t("verdict.gauge", probability=percent(probability), threshold=percent(threshold)))
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
    {html.escape(t("verdict.gauge-threshold", threshold=percent(threshold)))}</div>
</div>"""
