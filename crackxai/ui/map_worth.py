"""What a map is worth, in a row of short answers, each with its details on demand."""

from __future__ import annotations

import numpy as np
import streamlit as st

from crackxai import CrackModel, Explanation
from crackxai.explain.methods import method_of
from crackxai.inspection import faithfulness_wording
from crackxai.ui import faithfulness_panel, map_quality, map_tests, resources, state
from crackxai.ui.formats import percent, points
from crackxai.ui.runs import Run
from crackxai.ui.state import Item, MapTestKey
from crackxai.ui.text import t
from crackxai.ui.verdict_panel import sign

KEY = "worth"


def show(model: CrackModel, item: Item, run: Run, result: Explanation, probability: float) -> Explanation:
    """The row, and the details of what was chosen in it.

    Returns
    -------
    The explanation with what is known of its truth: for files.
    """
    hidden, ended = run.explainer.hidden(), run.job is None
    settled = resources.convergence(run.key, run.explainer, result.evaluations) if ended else None
    total = points(float(result.values.sum(dtype=np.float64)))
    answers = {"sum": t("worth.sum", points=total) if result.settings.adds_up else t("worth.sum-apart")}
    if hidden is not None:
        mark = f"{sign('review')} " if _reads_as_cracked(model, result) else ""
        answers["hidden"] = mark + t("worth.hidden", base=percent(result.base_value))
    if ended:
        if method_of(result.settings).has_budget:
            answers["settled"] = t(f"worth.settled-{settled.state if settled else 'unknown'}")
        answers["true"] = _truth(run, result)
    chosen = _choice(answers)
    if hidden is not None and _reads_as_cracked(model, result):
        st.warning(t("baseline.cracked", base=percent(result.base_value)), icon=":material/warning:")
    if chosen == "sum":
        map_quality.numbers(result, probability)
    elif chosen == "hidden" and hidden is not None:
        map_quality.baseline(result, hidden)
    elif chosen == "settled":
        map_quality.convergence(settled)
    tested = faithfulness_panel.known(model, item, run.key, result) if ended else result
    if chosen == "true":
        faithfulness_panel.show(model, run.key, tested)
    return tested


def _choice(answers: dict[str, str]) -> str | None:
    if st.session_state.get(KEY) not in (None, *answers):
        st.session_state[KEY] = None  # chosen for a map that had such an answer
    chosen: str | None = st.segmented_control(
        t("worth.title"),
        list(answers),
        format_func=answers.__getitem__,
        key=KEY,
        persist_state="session",
        wrap=True,
        help=t("worth.help"),
    )
    return chosen


def _reads_as_cracked(model: CrackModel, result: Explanation) -> bool:
    threshold, _ = state.decision(model)
    return result.base_value >= threshold


def _truth(run: Run, result: Explanation) -> str:
    held = map_tests.find(MapTestKey(run.key, result.evaluations))
    if held is None or not held.test.evaluations:
        return t("worth.true-untested")
    return t(f"worth.true-{faithfulness_wording.standing(held.read())}")
