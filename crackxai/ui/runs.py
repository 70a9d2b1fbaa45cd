"""Starting, watching and reading the explanations of one browser session."""

from __future__ import annotations

from dataclasses import dataclass

from crackxai import CrackModel, Explanation, Photo
from crackxai.explain.convergence import LADDER
from crackxai.explain.methods import AnytimeExplainer
from crackxai.explain.settings import MAX_EVALS, MethodSettings
from crackxai.ui import resources, state
from crackxai.ui.formats import duration, masker_name, plain
from crackxai.ui.jobs import Job
from crackxai.ui.state import RunKey
from crackxai.ui.text import t

FIRST_MAP = 50
"""Evaluations from which a map is worth seeing."""
BUDGETS = (*LADDER, MAX_EVALS.high)
"""Of the page's slider."""


@dataclass(frozen=True)
class Run:
    """A run as the page sees it.

    Attributes
    ----------
    job : None where nothing is under way.
    """

    key: RunKey
    explainer: AnytimeExplainer
    job: Job | None

    @property
    def readable(self) -> bool:
        return self.explainer.evaluations >= min(FIRST_MAP, self.key.settings.max_evals)

    @property
    def budgets(self) -> list[int]:
        """That can be read; the last is all there is."""
        done = self.explainer.evaluations
        return [*(n for n in BUDGETS if n < done), done]

    def read(self, max_evals: int) -> Explanation:
        return resources.read(self.key, self.explainer, max_evals)


def start(model: CrackModel, photo: Photo, settings: MethodSettings) -> RunKey:
    """Take the run of these settings to their budget; nothing is computed that was computed before."""
    key = RunKey.of(model, photo, settings)
    state.messages().pop(key, None)
    explainer = resources.run(model, photo, settings)
    running = state.jobs().get(key)
    if explainer.evaluations < settings.max_evals and (running is None or running.total < settings.max_evals):
        if running is not None:
            resources.queue().cancel(running)
        kind = model.fingerprint, model.precision, settings.pace
        job = Job(explainer, settings.max_evals, kind, state.presence().connected)
        state.jobs()[key] = job
        resources.queue().submit(job)
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
        if error := state.jobs().pop(key).error:
            state.messages()[key] = error
    return bool(ended)


def cancel(key: RunKey) -> None:
    if job := state.jobs().get(key):
        resources.queue().cancel(job)


def name(key: RunKey) -> str:
    """Photo and masker, for people."""
    return f"{plain(key.name)} · {masker_name(key.settings)}"


def progress_text(job: Job) -> str:
    """Where a job stands, in words."""
    queue = resources.queue()
    if job.cancelled:
        return t("job.stopping")
    left = queue.seconds_left(job)
    time_left = t("job.soon") if left is None else t("job.left", time=duration(left))
    if job.waiting:
        return t("job.waiting", ahead=queue.ahead(job), time_left=time_left)
    rate = job.rate()
    speed = t("job.warming-up") if rate is None else t("job.rate", rate=f"{rate:.0f}")
    return t("job.running", done=f"{job.evaluations:,}", total=f"{job.total:,}", speed=speed, time_left=time_left)
