"""Starting, watching and reading the explanations of one browser session."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from crackxai import CrackModel, Explanation, Photo
from crackxai.explain.convergence import LADDER
from crackxai.explain.maskers import masker_parameters
from crackxai.explain.methods import AnytimeExplainer, asked_parameters, method_of
from crackxai.explain.settings import MAX_EVALS, MethodSettings
from crackxai.ui import resources, state
from crackxai.ui.formats import duration, masker_name, plain
from crackxai.ui.job import Job
from crackxai.ui.jobs import QueueFull
from crackxai.ui.state import Asked, Item, ItemId, RunKey
from crackxai.ui.text import t

FIRST_MAP = 50
"""Evaluations from which a map is worth seeing."""
BUDGETS = (*LADDER, MAX_EVALS.high)
"""Of the page's slider."""
LOOKS_S = (1.0, 2.0, 3.0, 5.0)
"""Seconds that may be between two looks at a run; a job that waits for its first turn is looked at most rarely."""
PATIENCE_S = 30.0
"""Seconds from which on a run is looked at half as often."""


@dataclass(frozen=True)
class Run:
    """A run as the page sees it.

    Attributes
    ----------
    job : None where nothing is under way.
    """

    key: RunKey
    explainer: AnytimeExplainer
    job: Job[AnytimeExplainer] | None

    @property
    def readable(self) -> bool:
        return self.explainer.evaluations >= min(FIRST_MAP, self.key.settings.max_evals)

    @property
    def budgets(self) -> list[int]:
        """That can be read; the last is all there is."""
        done = self.explainer.evaluations
        if not method_of(self.key.settings).has_budget:
            return [done]
        return [*(n for n in BUDGETS if n < done), done]

    def read(self, max_evals: int) -> Explanation:
        return resources.read(self.key, self.explainer, max_evals)


def start(model: CrackModel, photo: Photo, item: Item, settings: MethodSettings, interactive: bool = False) -> RunKey:
    """Take the run of these settings to their budget; nothing is computed that was computed before.

    Parameters
    ----------
    interactive : the engineer looks at this one alone; it goes before the session's others.
    """
    key = RunKey.of(model, photo, settings)
    state.messages().pop(key, None)
    state.asked()[key] = Asked(item.id, settings, state.choice() or (resources.DEFAULT_MODEL, model.precision))
    running = state.jobs().get(key)
    if running is not None and running.total >= settings.max_evals:
        return key
    explainer = resources.run(model, photo, settings)
    if explainer.evaluations >= settings.max_evals:
        return key
    kind = model.fingerprint, model.precision, settings.pace
    job = Job(explainer, settings.max_evals, kind, state.presence().connected, state.owner(), interactive)
    if running is not None:
        resources.queue().cancel(running)
    try:
        resources.queue().submit(job)
    except QueueFull as full:
        state.messages()[key] = full.message
    else:
        state.jobs()[key] = job
    return key


def find(key: RunKey | None) -> Run | None:
    """The run of that key, if it is under way or kept."""
    if key is None:
        return None
    job = state.jobs().get(key)
    explainer = job.explainer if job else resources.runs().peek(key)
    return None if explainer is None else Run(key, explainer, job)


def collect() -> bool:
    """Put away the jobs that have ended, with what they had to say; whether there were any."""
    ended = [key for key, job in state.jobs().items() if job.done]
    for key in ended:
        job = state.jobs().pop(key)
        # While it was under way, room may have been made by giving it up.
        resources.runs().put(key, job.explainer)
        if job.error:
            state.messages()[key] = job.error
    return bool(ended)


def cancel(key: RunKey) -> None:
    if job := state.jobs().get(key):
        resources.queue().cancel(job)


def choose(key: RunKey) -> None:
    """Set the page to what the run was asked for with: photo, model, settings. For callbacks, before any widget."""
    asked = state.asked()[key]
    if item := find_item(asked.item):
        state.select(item.window(None))
        state.open_window(item, item.box)
    state.choose(*asked.choice)
    values = asked.settings.as_dict() | {"method": asked.settings.method}
    for name in {
        "method",
        "masker",
        "regions",
        "max_evals",
        *(each.name for each in (*masker_parameters(), *asked_parameters())),
    } & values.keys():
        st.session_state[name] = values[name]


def find_item(of: ItemId) -> Item | None:
    """The photo, or the window of it, if the session still has it."""
    found = next((item for item in [*state.items(), *resources.samples()] if item.id == of.whole), None)
    return found and found.window(of.box)


def of_photo(model: CrackModel, photo: Photo) -> list[RunKey]:
    """The runs of this photo and model that the session asked for and that can be looked at."""
    of = photo.key, photo.name, model.key, model.precision
    return [key for key in state.asked() if key[:4] == of and (run := find(key)) and (run.job or run.readable)]


def look_after(jobs: Sequence[Job[Any]]) -> float | None:
    """Seconds between two looks at what is under way; None where nothing is.

    A look takes time from the run, on the same cores. So all looks together are bounded: a run that shares the device
    with others gets ahead more slowly and is looked at as much more rarely.
    """
    if not jobs:
        return None
    waiting = all(job.waiting and not job.evaluations for job in jobs)
    patient = time.monotonic() - min(job.made for job in jobs) > PATIENCE_S
    wanted = LOOKS_S[-1] if waiting else max(resources.queue().owners, 2 if patient else 1)
    return next((each for each in LOOKS_S if each >= wanted), LOOKS_S[-1])


def name(key: RunKey) -> str:
    """Photo and masker, for people."""
    return f"{plain(key.name)} · {masker_name(key.settings)}"


def progress_text(job: Job[Any], running: str = "job.running", rate_of: str = "job.rate") -> str:
    """Where a job stands, in words.

    Parameters
    ----------
    running, rate_of : names of the texts that count what it does: evaluations, or tiles of a scan.
    """
    queue = resources.queue()
    if job.cancelled:
        return t("job.stopping")
    left = queue.seconds_left(job)
    time_left = t("job.soon") if left is None else t("job.left", time=duration(left))
    if job.waiting:
        return t("job.waiting", ahead=queue.ahead(job), time_left=time_left)
    rate = job.rate()
    speed = t("job.warming-up") if rate is None else t(rate_of, rate=f"{rate:.0f}")
    return t(running, done=f"{job.evaluations:,}", total=f"{job.total:,}", speed=speed, time_left=time_left)
