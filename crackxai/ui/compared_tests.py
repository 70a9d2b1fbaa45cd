"""Which of several maps of one photo are true to the model: their tests side by side."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from crackxai import CrackModel, Explanation
from crackxai.explain.curves import FillCurves
from crackxai.explain.faithfulness import most_evaluations
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.explain.maskers import MaskerSettings
from crackxai.inspection.faithfulness_wording import KINDS, signed
from crackxai.ui import map_tests, polling, state
from crackxai.ui.formats import masker_name, percent, plain
from crackxai.ui.map_tests import MapTest
from crackxai.ui.state import MapTestKey, RunKey
from crackxai.ui.text import message, t

COMMON = MaskerSettings("mean")
"""The fill that all maps are tested by, beside their own: by its own alone, each would have another test."""
UNKNOWN = "–"


def show(model: CrackModel, results: Mapping[RunKey, Explanation]) -> None:
    """The button that tests maps whose runs have ended, how far that is, and a column for each of them."""
    st.subheader(t("compare.tests"), anchor=False, help=t("faithfulness.help"))
    keys = {MapTestKey(key, result.evaluations): (key, result) for key, result in results.items()}
    held = {key: test for key in keys if (test := map_tests.find(key)) is not None}
    for key in keys:
        if problem := state.messages().get(key):
            st.error(f"{plain(key.run.name)}: {plain(message(problem))}", icon=":material/error:")
    under_way = {key: test for key, test in held.items() if test.job is not None}
    missing = [key for key in keys if key not in under_way and not (key in held and held[key].read().complete)]
    if missing and not under_way:
        pressed = st.button(
            t("compare.test"),
            key="test-maps",
            icon=":material/fact_check:",
            help=t("compare.test-help", total=most_evaluations()),
        )
        if pressed:
            for key in missing:
                map_tests.start(model, *keys[key])
            polling.rerun()
    _progress(under_way)
    found = {key: each.read() for key, each in held.items() if each.test.evaluations}
    if found:
        st.table(_table(results, found), hide_index=True)
        st.caption(t("compare.tests-words", fill=masker_name(COMMON)))


def _progress(under_way: Mapping[MapTestKey, MapTest]) -> None:
    for key, each in under_way.items():
        if each.job is not None:
            words = f"{masker_name(key.run.settings)}: {map_tests.progress_text(each.job)}"
            st.progress(each.job.evaluations / each.job.total, text=words)
    if under_way and st.button(t("explanation.cancel"), key="cancel-tests", icon=":material/stop:"):
        for key in under_way:
            map_tests.cancel(key)


def _table(results: Mapping[RunKey, Explanation], found: Mapping[MapTestKey, Faithfulness]) -> list[dict[str, str]]:
    columns = {masker_name(results[key.run].settings): _cells(each) for key, each in found.items()}
    names = next(iter(columns.values()))
    return [{"": name} | {title: cells[name] for title, cells in columns.items()} for name in names]


def _cells(found: Faithfulness) -> dict[str, str]:
    tenth = found.tenth
    cells = {
        t("compare.tenth"): UNKNOWN if tenth is None else percent(tenth.after),
        t("compare.tenth-random"): UNKNOWN if tenth is None else percent(tenth.random_mean),
    }
    common = found.own if found.own_fill.fill == COMMON.fill else found.other
    for fill, curves in ((t("compare.own"), found.own), (masker_name(COMMON), common)):
        for kind in KINDS:
            name = t("compare.gain", kind=t(f"faithfulness.{kind}"), fill=fill)
            cells[name] = _gain(found, curves, kind)
    return cells


def _gain(found: Faithfulness, curves: FillCurves, kind: str) -> str:
    against = found.against(curves, kind)
    return UNKNOWN if against is None else signed(100 * against.gain)
