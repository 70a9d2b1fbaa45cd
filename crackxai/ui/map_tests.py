"""Starting, watching and reading the tests of maps of one browser session."""

from __future__ import annotations

from dataclasses import dataclass

from crackxai import CrackModel, Explanation
from crackxai.errors import SettingsError
from crackxai.explain.faithfulness import FaithfulnessTest
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.ui import resources, runs, state
from crackxai.ui.job import Job
from crackxai.ui.jobs import QueueFull
from crackxai.ui.state import MapTestKey, RunKey


@dataclass(frozen=True)
class MapTest:
    """A test as the page sees it.

    Attributes
    ----------
    job : None where nothing is under way.
    """

    key: MapTestKey
    test: FaithfulnessTest
    job: Job[FaithfulnessTest] | None

    def read(self) -> Faithfulness:
        """What is known now."""
        return self.test.result()


def start(model: CrackModel, run: RunKey, result: Explanation, interactive: bool = False) -> MapTestKey:
    """Begin the test of a map, or go on with it; no picture is asked for twice.

    Parameters
    ----------
    interactive : the engineer looks at this map alone; its test goes before the session's other work.
    """
    key = MapTestKey(run, result.evaluations)
    state.messages().pop(key, None)
    under_way = state.map_test_jobs().get(key)
    if under_way is not None and not under_way.cancelled:
        return key
    try:
        test = resources.map_test(model, key, result)
        if test.evaluations >= test.total:
            return key
        kind = "map-test", model.fingerprint, model.precision, run.settings.pace
        job = Job(test, test.total, kind, state.presence().connected, state.owner(), interactive)
        resources.queue().submit(job)
    except (QueueFull, SettingsError) as error:
        state.messages()[key] = error.message
    else:
        state.map_test_jobs()[key] = job
    return key


def find(key: MapTestKey) -> MapTest | None:
    """The test of that key, if it is under way or kept."""
    job = state.map_test_jobs().get(key)
    test = job.explainer if job else resources.map_tests().peek(key)
    return None if test is None else MapTest(key, test, job)


def of_runs(keys: list[RunKey]) -> list[MapTestKey]:
    """The tests under way of maps of these runs."""
    return [key for key in state.map_test_jobs() if key.run in keys]


def collect() -> bool:
    """Put away the tests that have ended, with what they had to say; whether there were any."""
    ended = [key for key, job in state.map_test_jobs().items() if job.done]
    for key in ended:
        job = state.map_test_jobs().pop(key)
        # While it was under way, room may have been made by giving it up.
        resources.map_tests().put(key, job.explainer)
        if job.error:
            state.messages()[key] = job.error
    return bool(ended)


def cancel(key: MapTestKey) -> None:
    if job := state.map_test_jobs().get(key):
        resources.queue().cancel(job)


def progress_text(job: Job[FaithfulnessTest]) -> str:
    """Where a test stands, in words."""
    return runs.progress_text(job, "faithfulness.running")
