"""What a visitor sees who has chosen no photo yet: a sample, judged and explained, with its budgets to play with.

The explanation that is kept with the program belongs to one model, one sample and exact computing. With another model
the same is explained on this computer, while nobody waits for anything else; the page says which of the two it is.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Protocol

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from crackxai import CrackModel, CrackXAIError, ExplainSettings, Explanation, Photo
from crackxai.explain.convergence import Convergence
from crackxai.explain.series import ExplanationSeries
from crackxai.inspection.pictures import Look
from crackxai.ui import map_quality, maps, polling, resources, runs, state, verdict_panel
from crackxai.ui.formats import masker_name
from crackxai.ui.photo_page import SIDE
from crackxai.ui.runs import Run
from crackxai.ui.state import Item, RunKey
from crackxai.ui.text import t

SAMPLE = 3
SETTINGS = ExplainSettings("blur", blur_kernel=31, max_evals=2000)
BUDGETS = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000)
"""That the kept explanation can be read at; `docs/first_sight.py` makes it."""
IDLE_BUDGET = 1000
"""Evaluations that are spent on it where it has to be computed here."""
AT_FIRST = 500
KEPT = Path(__file__).parent / "first_sight.npz"
LIVE_S = 3.0
LOOK = Look(0.8, True, "red-blue", False)


class Reading(Protocol):
    """An explanation that can be read at several budgets."""

    @property
    def budgets(self) -> list[int]: ...

    @property
    def hidden(self) -> NDArray[np.uint8] | None: ...

    def read(self, max_evals: int) -> Explanation: ...

    def convergence(self, max_evals: int) -> Convergence | None: ...


class _Computed:
    """A run on this server."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def budgets(self) -> list[int]:
        done = self._run.explainer.evaluations
        return [n for n in BUDGETS if n <= done]

    @property
    def hidden(self) -> NDArray[np.uint8] | None:
        return self._run.explainer.hidden()

    def read(self, max_evals: int) -> Explanation:
        return self._run.read(max_evals)

    def convergence(self, max_evals: int) -> Convergence | None:
        return resources.convergence(self._run.key, self._run.explainer, max_evals)


def show(model: CrackModel) -> None:
    """The sample with its verdict and map; its explanation is computed where none is kept for this model."""
    item = _item()
    photo = resources.photo(item)
    beside, words = verdict_panel.show(model, photo, item)
    with beside:
        verdict_panel.picture(photo, item)
    with words:
        st.caption(t("first.sample", number=SAMPLE))
        if st.button(t("first.inspect"), key="first-inspect", icon=":material/search:"):
            state.select(item)
            st.rerun()
    key = RunKey.of(model, photo, SETTINGS)
    if kept_for(model, photo) is None:
        _compute(model, photo, key)
        run = runs.find(key)
        live = LIVE_S if run is None or run.explainer.evaluations < IDLE_BUDGET else None
        polling.part(_computed, live, key, live is not None)
    else:
        st.fragment(_kept)(model, key)


def _item() -> Item:
    return resources.samples()[SAMPLE - 1]


@functools.cache
def kept() -> ExplanationSeries | None:
    """What is kept with the program; None where it cannot be used."""
    try:
        return ExplanationSeries.from_npz(KEPT.read_bytes())
    except (OSError, CrackXAIError):
        return None


def kept_for(model: CrackModel, photo: Photo) -> ExplanationSeries | None:
    """The kept explanation, if it is of this very model and photo."""
    found = kept()
    if found is None:
        return None
    of = found.explanations[0]
    wanted = (model.fingerprint, model.precision, photo.sha256, SETTINGS.key)
    return found if (of.model_fingerprint, of.precision, of.photo_sha256, of.settings.key) == wanted else None


def _compute(model: CrackModel, photo: Photo, key: RunKey) -> None:
    if st.context.url is None:
        return  # without an address there is no browser, and nobody to look at it later
    explainer = resources.run(model, photo, SETTINGS)
    resources.idle_work().offer(key, explainer, IDLE_BUDGET, state.presence().connected)


def _kept(model: CrackModel, key: RunKey) -> None:
    found = kept_for(model, resources.photo(_item()))
    if found is not None:
        of = found.explanations[-1]
        _reading(key, found, t("first.kept", fingerprint=of.model_fingerprint[:12], device=of.device))


def _computed(key: RunKey, watched: bool) -> None:
    run = runs.find(key)
    done = 0 if run is None else run.explainer.evaluations
    if run is not None and run.readable:
        _reading(key, _Computed(run), t("first.computed"))
    if done < IDLE_BUDGET:
        words = t("first.computing", done=done, total=f"{IDLE_BUDGET:,}")
        st.progress(done / IDLE_BUDGET, text=words)
    elif watched:
        polling.rerun()  # nothing changes any more: without further looks


def _reading(key: RunKey, found: Reading, origin: str) -> None:
    st.subheader(t("explanation.why"), anchor=False)
    budgets = found.budgets
    if st.session_state.get("first_read_at") not in budgets:
        st.session_state["first_read_at"] = max(n for n in budgets if n <= max(AT_FIRST, budgets[0]))
    budget = budgets[0]
    if len(budgets) > 1:
        budget = st.select_slider(t("first.read-at"), budgets, key="first_read_at", help=t("explanation.read-at-help"))
    result = found.read(budget)
    # No time: that of another computer, or of one that did other things between, says nothing.
    facts = {"masker": masker_name(result.settings), "evaluations": f"{result.evaluations:,}"}
    st.caption(f"{t('first.made', **facts)} {origin}")
    maps.side_by_side(_item(), key, SIDE, result, LOOK)
    st.markdown(maps.in_words(result))
    map_quality.convergence(found.convergence(budget))
