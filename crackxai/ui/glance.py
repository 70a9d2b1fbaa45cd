"""A first glance at every photo: a coarse SHAP map that follows its lines, made while nobody waits for anything else.

Not a class activation map, which would come sooner: of what it says raises the probability, no more lies on the crack
than chance would have there (benchmarks/README.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from crackxai import CrackModel, CrackXAIError, ExplainSettings, Photo
from crackxai.explain.regions import USUAL
from crackxai.render import own_limit
from crackxai.ui import maps, polling, resources, runs, state
from crackxai.ui.controls import chosen_look
from crackxai.ui.formats import masker_name
from crackxai.ui.state import Item, ItemId, RunKey
from crackxai.ui.text import t

SETTINGS = ExplainSettings("blur", blur_kernel=31, max_evals=50, regions="picture")
"""No fill costs less, a smaller kernel leaves wide cracks visible, and these regions show a crack soon."""
SIDE = 160
"""Of the picture, pixels; shown at half of that, for screens of twice as many."""
LOOK_S = 1.0
_LATEST = "_glanced"


def show(model: CrackModel, photo: Photo, item: Item) -> None:
    """The map, small, and what it is not; nothing of a photo that the model cannot judge."""
    try:
        resources.judged(model, item)
    except CrackXAIError:
        return  # told where the verdict stands
    key, run = RunKey.of(model, photo, SETTINGS), resources.run(model, photo, SETTINGS)
    waiting = run.evaluations < SETTINGS.max_evals
    if waiting and st.context.url is not None:  # without an address there is no browser, and nobody to look at it
        resources.idle_work().offer(key, run, SETTINGS.max_evals, _still_wanted(key))
    polling.part(_draw, LOOK_S if waiting else None, item.id, key, waiting)


def _still_wanted(key: RunKey) -> Callable[[], bool]:
    """Whether the session still looks at that photo: through fifty photos in a hurry, none is computed but the last."""
    connected = state.presence().connected
    latest: dict[str, RunKey] = st.session_state.setdefault(_LATEST, {})
    latest["key"] = key
    return lambda: connected() and latest["key"] == key


def _draw(of: ItemId, key: RunKey, watched: bool) -> None:
    run, item = runs.find(key), runs.find_item(of)
    if item is None:
        return
    # Not columns: on a phone they would stand below each other, and the picture be as large as the photo.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="glance"):
        if run is None or not run.readable or run.explainer.evaluations < SETTINGS.max_evals:
            st.caption(t("glance.waiting"), width="stretch", help=t("glance.help"))
            return
        result = run.read(SETTINGS.max_evals)
        drawn = maps.drawn_png(item, key, result, SIDE, own_limit(result.values), chosen_look())
        st.image(drawn, width=SIDE // 2, alt=t("glance.alt", words=maps.in_words(result)))
        fill = masker_name(replace(SETTINGS, regions=USUAL))  # the regions are told in words
        facts = {"evaluations": result.evaluations, "fill": fill}
        st.caption(t("glance.words", **facts), width="stretch", help=t("glance.help"))
    if watched:
        polling.rerun()  # nothing changes any more: without further looks
