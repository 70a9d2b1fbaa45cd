"""What the engineer sees: verdict, map, numbers, downloads."""

from __future__ import annotations

import html
from pathlib import Path

import streamlit as st

from crackxai import CrackModel, CrackXAIError, Explanation, Photo
from crackxai.render import (
    BLUE,
    FIXED_LIMIT,
    MASKER_NAMES,
    RED,
    caption,
    explanation_figure,
    figure_png,
    overlay,
    own_limit,
)
from crackxai.ui import resources, state


def model_or_stop() -> CrackModel:
    """The model, or its error on the page and nothing else."""
    try:
        return resources.model()
    except CrackXAIError as error:
        st.error(f"The model cannot be loaded. {error}", icon=":material/error:")
        st.stop()


def sidebar(model: CrackModel) -> None:
    """Which model answers, and on what."""
    with st.sidebar:
        st.subheader("CrackXAI", anchor=False)
        st.markdown(
            f"**Model** {html.escape(model.card.name)}  \n**Device** {html.escape(model.device)}  \n"
            f"**Threshold** {_percent(model.threshold)}  \n**Fingerprint** `{model.fingerprint[:12]}`"
        )
        test = model.card.figures.get("test") or model.card.figures.get("validation")
        if test:
            st.caption(
                f"Measured on {test['photos']:,} photos it never saw: {test['accuracy']:.1%} right, "
                f"{test['false_negatives']} of {test['cracked']} cracks missed, {test['false_positives']} false alarms "
                f"among {test['photos'] - test['cracked']} sound ones. Photos of another kind can do worse."
            )


def welcome() -> None:
    """Before there is a photo."""
    st.info(
        "Upload a photo of concrete, seen from close by, or pick a sample. You get the probability of a crack, and "
        "then, with **Explain**, a map of the parts that raised or lowered it.",
        icon=":material/arrow_upward:",
    )


def verdict(model: CrackModel, photo: Photo) -> float:
    """Photo, probability and threshold, in words; returns the probability."""
    st.divider()
    probability = resources.probability(model, photo)
    crack = probability >= model.threshold
    picture, words = st.columns([2, 3], gap="large")
    with picture:
        st.image(resources.display(photo), width="stretch", alt=f"The photo {photo.name}")
        width, height = photo.original_size
        st.caption("  ·  ".join([_plain(photo.name), f"{width} × {height} {photo.format}", *map(_plain, photo.notes)]))
    with words:
        sign, tone = ("Crack", "▲") if crack else ("No crack", "▽")
        st.header(f"{tone} {sign} · crack probability {_percent(probability)}", anchor=False)
        st.html(_gauge(probability, model.threshold))
        st.markdown(
            f"The model puts the probability of a crack at **{_percent(probability)}**, "
            f"{'at or above' if crack else 'below'} its decision threshold of **{_percent(model.threshold)}**."
        )
        if abs(probability - model.threshold) < 0.15:
            st.warning("Close to the threshold: look at this photo yourself.", icon=":material/visibility:")
    return probability


def sketch(result: Explanation, photo: Photo) -> None:
    """The map while it sharpens; small, since it is drawn again and again."""
    picture = resources.display(photo, 360)
    st.image(
        overlay(picture, result.values, own_limit(result.values)),
        width=360,
        caption=f"So far: {caption(result)}",
        alt="The map so far",
    )


def explanation(model: CrackModel, photo: Photo, probability: float) -> None:
    """The map of the photo, if there is one and none is under way."""
    result, job = state.shown(photo), state.job()
    if result is None or result.model_fingerprint != model.fingerprint:
        return
    if job is not None and job.explainer.photo_sha256 == photo.sha256:
        return
    st.subheader("Why: what raised and lowered the probability", anchor=False)
    st.caption(
        f"Fill: {caption(result)} in {result.seconds:.1f} s. Parts in **red** raised the crack probability, parts in "
        "**blue** lowered it; where the photo stays grey, hiding it made little difference."
    )
    if result.evaluations < result.settings.max_evals:
        st.info(
            f"Stopped at {result.evaluations:,} of {result.settings.max_evals:,} evaluations. **Explain** goes on "
            "from here.",
            icon=":material/pause_circle:",
        )
    opacity, scale = st.columns(2, gap="large", vertical_alignment="bottom")
    strength = opacity.slider("Opacity of the map, %", 0, 100, 80, 5, key="opacity") / 100
    own = scale.segmented_control(
        "Colour scale",
        ("own", "fixed"),
        default="own",
        required=True,
        format_func={"own": "this photo's own", "fixed": "same for all photos"}.__getitem__,
        key="scale",
        help="Own: the strongest part gets the full colour. Same for all: maps of different photos can be compared.",
    )
    limit = own_limit(result.values) if own == "own" else FIXED_LIMIT
    left, right = st.columns(2, gap="medium")
    left.image(resources.display(photo), width="stretch", caption="Photo", alt=f"The photo {photo.name}")
    right.image(
        resources.overlaid(photo, result.values, limit, strength),
        width="stretch",
        caption=f"SHAP map, {caption(result)}",
        alt=_in_words(result),
    )
    st.html(_scale(limit))
    _numbers(result, probability)
    _downloads(result, photo, limit)


def _numbers(result: Explanation, probability: float) -> None:
    base, values, whole = st.columns(3)
    base.metric(
        "Fully hidden photo (base value)",
        _percent(result.base_value),
        help="The probability of the photo with every part filled in: where the map starts.",
    )
    values.metric("Sum of the map", f"{100 * float(result.values.sum()):+.1f} points", help="Red minus blue.")
    whole.metric(
        "The photo itself",
        _percent(probability),
        help="Base value + sum of the map. This holds for every map, however coarse, and proves nothing about its "
        "detail.",
    )
    if result.base_value >= 0.5:
        st.warning(
            f"The fully hidden photo itself reads as cracked ({_percent(result.base_value)}). The map is measured from "
            "there, so little red does not mean that little was found. Try another fill.",
            icon=":material/warning:",
        )


def _downloads(result: Explanation, photo: Photo, limit: float) -> None:
    stem = f"{Path(photo.name).stem}-{result.settings.masker}-{result.settings.max_evals}"
    with st.container(horizontal=True):
        st.download_button(
            "Figure (PNG)",
            lambda: figure_png(explanation_figure(result, photo.rgb, limit)),
            f"{stem}.png",
            "image/png",
            on_click="ignore",
            icon=":material/image:",
        )
        st.download_button(
            "Values (NPZ)",
            result.to_npz,
            f"{stem}.npz",
            "application/octet-stream",
            on_click="ignore",
            icon=":material/grid_on:",
            help="NumPy archive: values (H, W), base_value, probability, picture, record",
        )
        st.download_button(
            "Record (JSON)",
            result.to_json,
            f"{stem}.json",
            "application/json",
            on_click="ignore",
            icon=":material/description:",
            help="Settings, fingerprints and versions: all that is needed to make the map again",
        )


def _in_words(result: Explanation) -> str:
    """The map for those who cannot see it."""
    values = result.values
    height, width = values.shape
    rows, columns = ("top", "middle", "bottom"), ("left", "centre", "right")
    cells = {
        f"{rows[i]} {columns[j]}": float(
            values[i * height // 3 : (i + 1) * height // 3, j * width // 3 : (j + 1) * width // 3].sum()
        )
        for i in range(3)
        for j in range(3)
    }
    top = max(cells, key=cells.get)
    return (
        f"SHAP map with {MASKER_NAMES[result.settings.masker]} fill. The {top} of the photo raised the crack "
        f"probability most, by {100 * cells[top]:.0f} points; all parts together changed it from "
        f"{result.base_value:.0%} to {result.probability:.0%}."
    )


def _gauge(probability: float, threshold: float) -> str:
    """A bar with the threshold marked; drawn in the text's colour, so that it fits both themes."""
    return f"""
<div role="img" aria-label="Probability {_percent(probability)}, threshold {_percent(threshold)}"
     style="position:relative;height:2.6rem;max-width:36rem">
  <div style="position:absolute;top:.2rem;left:0;right:0;height:.8rem;border:1px solid currentColor;border-radius:.4rem;
              overflow:hidden;opacity:.9">
    <div style="width:{100 * probability:.2f}%;height:100%;background:currentColor"></div></div>
  <div style="position:absolute;top:0;left:{100 * threshold:.2f}%;width:0;height:1.3rem;
              border-left:3px solid #d97706"></div>
  <div style="position:absolute;top:1.3rem;left:clamp(0%, {100 * threshold:.2f}%, 100% - 9rem);font-size:.85rem">
    threshold {_percent(threshold)}</div>
</div>"""


def _scale(limit: float) -> str:
    """The map's colour scale; text in the page's own size, which a picture would shrink on a phone."""
    blue, red = (f"rgb({','.join(f'{part:.0f}' for part in colour)})" for colour in (BLUE, RED))
    return f"""
<div role="img" aria-label="Colour scale from blue, {-limit:.1e} per pixel, to red, {limit:+.1e} per pixel"
     style="max-width:40rem;font-size:.85rem">
  <div style="height:.9rem;border-radius:.3rem;background:linear-gradient(to right,{blue},transparent,{red})"></div>
  <div style="display:flex;justify-content:space-between"><span>−{limit:.1e}</span><span>0</span>
    <span>+{limit:.1e}</span></div>
  <div style="display:flex;justify-content:space-between;gap:1rem"><span>lowers</span>
    <span style="text-align:center">SHAP value, crack probability per pixel</span><span>raises</span></div>
</div>"""


def _percent(p: float) -> str:
    """One decimal, without claiming certainty that rounding made up."""
    if p > 0.999:
        return "over 99.9 %"
    if p < 0.001:
        return "under 0.1 %"
    return f"{100 * p:.1f} %"


def _plain(text: str) -> str:
    """A file's name or note without Markdown meaning."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~:$" else c for c in text)
