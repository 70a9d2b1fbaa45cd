"""The explanation of one photo on its page: start, watch, stop, read back, judge."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from crackxai import CrackModel, Explanation, Photo
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.regions import USUAL
from crackxai.explain.settings import MethodSettings
from crackxai.inspection import pictures, wording
from crackxai.inspection.pictures import Look
from crackxai.ui import (
    map_tests,
    map_worth,
    maps,
    polling,
    resources,
    runs,
    state,
    verdict_panel,
)
from crackxai.ui.controls import (
    budget_control,
    chosen_look,
    look_controls,
    masker_control,
    method_control,
    method_numbers,
    regions_control,
)
from crackxai.ui.downloads import downloads
from crackxai.ui.formats import duration, masker_name, plain
from crackxai.ui.job import Job
from crackxai.ui.runs import Run
from crackxai.ui.state import Item, ItemId, RunKey
from crackxai.ui.text import message, t, texts
from crackxai.ui.verdict_panel import verdict

LIVE_SIDE, SIDE = 400, 512
"""Pixels of the pictures while the map is made, and afterwards."""
_PICTURED = "_pictured"
"""What map stands beside the settings: run, evaluations, look."""


def form(model: CrackModel, photo: Photo, item: Item) -> tuple[MethodSettings, MaskerSettings]:
    """The button that starts, and settings, whole and of the fill; nothing is computed before it is pressed."""
    with st.container(border=True):
        method = method_control()
        above = st.container()
        tree, numbers = st.columns(2, gap="medium")
        with above:
            fill = masker_control(numbers)
        regions = USUAL
        if "regions" in method.fields:
            with tree:
                regions = regions_control()
        spending, start = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
        chosen = asdict(fill)
        if "regions" in method.fields:
            chosen["regions"] = regions
        if method.has_budget:
            with spending:
                chosen["max_evals"] = budget_control()
        chosen |= method_numbers(method, *([numbers] if "regions" in method.fields else [tree, numbers]))
        settings = method.make_settings(chosen)
        running = state.jobs().get(RunKey.of(model, photo, settings))
        busy = running is not None and running.total >= settings.max_evals
        pressed = start.button(
            t("explanation.explain"),
            type="primary",
            icon=":material/play_arrow:",
            key="explain",
            width="stretch",
            shortcut="e",
            disabled=busy,
            help=t("explanation.busy") if busy else None,
        )
    if pressed:
        runs.start(model, photo, item, settings, interactive=True)
        # A smaller budget of a run that went further is read back, not computed.
        st.session_state["read_at"] = None
        st.rerun()
    return settings, fill


def show(model: CrackModel, photo: Photo, item: Item, settings: MethodSettings) -> RunKey:
    """The run of these settings, if it was asked for: its progress, its map, and what that is worth; its key."""
    key = RunKey.of(model, photo, settings)
    if key in state.asked():
        polling.follow([key, *map_tests.of_runs([key])], _watch, model, item.id, key)
    if others := [other for other in runs.of_photo(model, photo) if other != key]:
        _others(others, asked=key in state.asked())
    return key


def explained(key: RunKey) -> Explanation | None:
    """The map of that run that is shown; None while it is made, or where there is none."""
    run = runs.find(key) if key in state.asked() else None
    if run is None or run.job is not None or not run.readable:
        return None
    return _read(run, state.asked()[key].settings.max_evals)


def picture(model: CrackModel, photo: Photo, item: Item, settings: MethodSettings) -> None:
    """The photo, from its first map on with the newest map over it, and how far that is: beside what is tuned."""
    key = RunKey.of(model, photo, settings)
    if key in state.asked():
        polling.follow([key], _picture, item.id, key)
    else:
        verdict_panel.picture(photo, item)


def _picture(of: ItemId, key: RunKey) -> None:
    run, item = runs.find(key), runs.find_item(of)
    if item is None:
        return
    over = None
    if run is not None and run.readable:
        # Of the budget that is read below, in the look that is chosen there.
        read, look = st.session_state.get("read_at"), chosen_look()
        result = run.read(read) if run.job is None and read in run.budgets else run.explainer.explanation()
        over = maps.drawn_png(item, key, result, LIVE_SIDE, pictures.limit_of(result.values, look), look)
        st.session_state[_PICTURED] = key, result.evaluations, look
    verdict_panel.picture(resources.photo(item), item, over)
    if run is not None and run.job is not None:
        _progress(key, run.job)


def _keep_in_step(key: RunKey, result: Explanation, look: Look) -> None:
    """Draw the picture above anew where another budget or look was chosen for the map below."""
    wanted = key, result.evaluations, look
    if st.session_state.get(_PICTURED) != wanted:
        # Set here as well: whatever is drawn above, it is asked for once.
        st.session_state[_PICTURED] = wanted
        st.rerun()


def _others(keys: list[RunKey], asked: bool) -> None:
    """Runs of this photo with other settings, which stay within reach."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("explanation.others" if asked else "explanation.other-settings"), width="content")
        for key in keys:
            name = masker_name(state.asked()[key].settings)
            st.button(name, key=f"other-{name}", on_click=runs.choose, args=(key,))


def _watch(model: CrackModel, of: ItemId, key: RunKey) -> None:
    problem, run, item = state.messages().get(key), runs.find(key), runs.find_item(of)
    if problem:
        st.error(plain(message(problem)), icon=":material/error:")
    if run is None or item is None:
        if not problem:
            st.info(t("explanation.evicted"), icon=":material/inventory_2:")
        return
    if run.readable:
        _reading(model, item, run, state.asked()[key].settings.max_evals)


def _progress(key: RunKey, job: Job[Any]) -> None:
    bar, stop = st.columns([3, 2], vertical_alignment="center")
    bar.progress(job.evaluations / job.total, text=f"{plain(key.name)}: {runs.progress_text(job)}")
    if stop.button(
        t("explanation.cancel"),
        icon=":material/stop:",
        key="cancel",
        width="stretch",
        shortcut="x",
        disabled=job.cancelled,
    ):
        runs.cancel(key)


def _reading(model: CrackModel, item: Item, run: Run, asked: int) -> None:
    """What the map is worth, in the same view as what is tuned; the map itself; files."""
    result, found = _read(run, asked), verdict(model, item)
    tested = map_worth.show(model, item, run, result, found.probability)
    st.subheader(t("explanation.why"), anchor=False)
    _budget(run)
    facts = {
        "masker": masker_name(result.settings),
        "evaluations": f"{result.evaluations:,}",
        "time": duration(result.seconds),
        "rate": f"{result.evaluations / max(result.seconds, 1e-9):.0f}",
        "grey": wording.grey(texts(), result.settings),
    }
    told = "explanation.made" if result.evaluations > 1 else "explanation.made-once"
    st.caption(t(told, **facts))
    done = run.explainer.evaluations
    if run.job is None and done < asked:
        st.info(t("explanation.stopped", done=f"{done:,}", asked=f"{asked:,}"), icon=":material/pause_circle:")
    look = look_controls()
    if run.job is None:
        _keep_in_step(run.key, result, look)
    maps.side_by_side(item, run.key, SIDE if run.job is None else LIVE_SIDE, result, look)
    st.markdown(maps.in_words(result))
    if run.job is None:
        downloads(item, tested, look, found)


def _read(run: Run, asked: int) -> Explanation:
    """The newest map while it is made, afterwards that of any budget that was passed: see `_budget`."""
    if run.job is not None:
        return run.explainer.explanation()
    budgets = run.budgets
    if st.session_state.get("read_at") not in budgets:
        st.session_state["read_at"] = max((n for n in budgets if n <= asked), default=budgets[-1])
    return run.read(st.session_state["read_at"])


def _budget(run: Run) -> None:
    """Where the map is read, once there is a choice."""
    if run.job is None and len(run.budgets) > 1:
        st.select_slider(t("explanation.read-at"), run.budgets, key="read_at", help=t("explanation.read-at-help"))
