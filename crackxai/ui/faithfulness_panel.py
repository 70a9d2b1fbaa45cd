"""Is the map true to the model? Its test on the page: asked for at a press, read at any time."""

from __future__ import annotations

import dataclasses

import streamlit as st

from crackxai import CrackModel, Explanation
from crackxai.explain.faithfulness import ORDERS, most_evaluations, other_fill, own_fill
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.explain.truth import Localisation, localisation
from crackxai.inspection import faithfulness_figure, faithfulness_wording
from crackxai.ui import map_tests, polling, resources, state
from crackxai.ui.formats import masker_name, plain
from crackxai.ui.map_tests import MapTest
from crackxai.ui.state import Item, MapTestKey, RunKey
from crackxai.ui.text import language, message, t, texts


def known(model: CrackModel, item: Item, run: RunKey, result: Explanation) -> Explanation:
    """The explanation with its test, as far as it is, and with its place on a drawn crack."""
    held = map_tests.find(MapTestKey(run, result.evaluations))
    found = held.read() if held is not None and held.test.evaluations else None
    return dataclasses.replace(result, faithfulness=found, localisation=_on_the_crack(model, item, result))


def show(model: CrackModel, run: RunKey, result: Explanation) -> None:
    """What is known of the map that is read, in words, and the button of its test."""
    st.subheader(t("faithfulness.title"), anchor=False, help=t("faithfulness.help"))
    key = MapTestKey(run, result.evaluations)
    held, found = map_tests.find(key), result.faithfulness
    if problem := state.messages().get(key):
        st.error(plain(message(problem)), icon=":material/error:")
    if found is not None:
        for words in faithfulness_wording.in_words(texts(), found):
            st.markdown(words)
    if held is None or held.job is None:
        _start(model, run, result, found)
    else:
        _progress(held)
    if found is not None and faithfulness_wording.rows(texts(), found):
        _curves(key, found, drawn=held is not None and held.job is None)
    if result.localisation is not None:
        st.markdown(faithfulness_wording.localisation_words(texts(), result.localisation))


def _on_the_crack(model: CrackModel, item: Item, result: Explanation) -> Localisation | None:
    """Of a drawn sample the true crack is known."""
    crack = resources.true_crack(item, model.input_size)
    return None if crack is None else localisation(result.values, crack)


def _start(model: CrackModel, run: RunKey, result: Explanation, found: Faithfulness | None) -> None:
    if found is not None and found.complete:
        return
    if found is not None:
        st.caption(t("faithfulness.stopped", done=f"{found.evaluations:,}", total=f"{found.total:,}"))
    other = masker_name(other_fill(own_fill(result.settings)))
    if st.button(
        t("faithfulness.start" if found is None else "faithfulness.go-on"),
        key="test-map",
        icon=":material/fact_check:",
        help=t("faithfulness.start-help", total=most_evaluations(), first=2 + ORDERS, other=other),
    ):
        map_tests.start(model, run, result, interactive=True)
        polling.rerun()


def _progress(held: MapTest) -> None:
    job = held.job
    assert job is not None
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.evaluations / job.total, text=map_tests.progress_text(job))
    if stop.button(
        t("explanation.cancel"),
        icon=":material/stop:",
        key="cancel-test",
        width="stretch",
        disabled=job.cancelled,
    ):
        map_tests.cancel(held.key)


def _curves(key: MapTestKey, found: Faithfulness, drawn: bool) -> None:
    """The areas, and the curves once the test has ended: drawing them anew at each look would take its time."""
    words = texts()
    if drawn:
        for place, row in enumerate(faithfulness_wording.rows(words, found)):
            if place % 2 == 0:
                columns = st.columns(2, gap="small")
            image = resources.picture(
                ("curve", key, found.evaluations, place, language()),
                lambda place=place: faithfulness_figure.panel(words, found, place),  # type: ignore[misc]
            )
            columns[place % 2].image(image, width="stretch", alt=row.alt)
        st.caption(t("faithfulness.legend", orders=found.orders))
    st.table(faithfulness_wording.table(words, found), hide_index=True)
    st.caption(t("faithfulness.areas"))
