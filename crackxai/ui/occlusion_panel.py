"""Erase and ask again: mark a rectangle, fill it in, and see the new probability next to the old."""

from __future__ import annotations

from typing import cast

import cv2
import streamlit as st

from crackxai import CrackModel, ModelError, Verdict
from crackxai.explain.localisation import strongest_box
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.occlusion_test import OcclusionTest, occlusion_test
from crackxai.photo import Box
from crackxai.render import png
from crackxai.ui import resources, runs, state
from crackxai.ui.formats import masker_name, percent, plain, points
from crackxai.ui.marker import Percent, mark
from crackxai.ui.state import Item, ItemId, RunKey
from crackxai.ui.text import message, t

ROWS, COLUMNS = "erase_rows", "erase_columns"
FRESH = (40, 60)


@st.fragment
def show(model: CrackModel, of: ItemId, settings: MaskerSettings, shown: RunKey) -> None:
    """Marking by dragging on the photo, or by two range sliders, which the keyboard reaches too."""
    st.divider()
    st.subheader(t("occlusion.title"), anchor=False)
    st.caption(t("occlusion.help", masker=masker_name(settings)))
    run, item = runs.find(shown) if shown in state.asked() else None, runs.find_item(of)
    if item is None:
        return
    marking, result = st.columns(2, gap="large")
    with marking:
        if (
            run is not None
            and run.readable
            and st.button(t("occlusion.strongest"), key="strongest", help=t("occlusion.why"))
        ):
            _mark(strongest_box(run.explainer.explanation().values), model.input_size)
        top, bottom = _range(t("occlusion.rows"), ROWS)
        left, right = _range(t("occlusion.columns"), COLUMNS)
        ask = st.button(t("occlusion.ask"), key="erase", type="primary", icon=":material/ink_eraser:")
        mark(
            resources.display(item, 480),
            t("occlusion.marked-alt", top=top, bottom=bottom, left=left, right=right),
            (top, bottom, left, right),
            "marker",
            _set_box,
        )
    with result:
        if top == bottom or left == right:
            st.info(t("occlusion.empty"), icon=":material/crop_free:")
            return
        key = (item.key, model.key, model.precision, settings.fill,
               top, bottom, left, right)  # fmt: skip
        if ask:
            try:
                found = occlusion_test(model, resources.photo(item), settings, _box(model, top, bottom, left, right))
            except ModelError as error:
                st.error(plain(message(error.message)), icon=":material/error:")
                return
            st.session_state[_DONE] = key, found
        done, found = st.session_state.get(_DONE, (None, None))
        if done == key:
            _answer(model, item, found)
        else:
            st.info(t("occlusion.not-yet"), icon=":material/ink_eraser:")


_DONE = "_erased"


def _range(label: str, key: str) -> tuple[int, int]:
    """Whole percent from and to."""
    st.session_state.setdefault(key, FRESH)
    # Two values in, two out; Streamlit's types know only the one.
    return cast(tuple[int, int], st.slider(label, 0, 100, key=key, persist_state="session"))


def _set_box(box: Percent) -> None:
    top, bottom, left, right = box
    st.session_state[ROWS], st.session_state[COLUMNS] = (top, bottom), (left, right)


def _mark(box: Box | None, size: tuple[int, int]) -> None:
    if box is None:
        st.info(t("occlusion.nothing-raises"), icon=":material/info:")
        return
    height, width = size
    rows, columns = (
        (100 * low // side, min(100, -(-100 * high // side)))
        for low, high, side in ((box.top, box.bottom, height), (box.left, box.right, width))
    )
    _set_box((*rows, *columns))


def _box(model: CrackModel, top: int, bottom: int, left: int, right: int) -> Box:
    """Percent to pixels of the network's picture; at least one each way."""
    height, width = model.input_size
    first_row, first_column = min(round(top * height / 100), height - 1), min(round(left * width / 100), width - 1)
    return Box(
        first_row,
        max(first_row + 1, round(bottom * height / 100)),
        first_column,
        max(first_column + 1, round(right * width / 100)),
    )


def _answer(model: CrackModel, item: Item, found: OcclusionTest) -> None:
    before, after = st.columns(2)
    before.metric(t("occlusion.before"), percent(found.before))
    after.metric(
        t("occlusion.after"),
        percent(found.after),
        points(found.after - found.before),
        delta_color="off",
        delta_arrow="off",
    )
    was, became = (Verdict(probability, *state.decision(model)).kind for probability in (found.before, found.after))
    st.markdown(t("occlusion.not-crossed" if was == became else "occlusion.crossed"))
    display = resources.display(item, 480)
    erased = cv2.resize(found.picture, display.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    st.image(png(erased), width="stretch", alt=t("occlusion.erased-alt"))
