"""What is explained while nobody waits, and only then."""

from __future__ import annotations

import pytest

from crackxai.errors import ModelError
from crackxai.ui.idle_work import STEP, IdleWork


class Run:
    """An explainer that counts."""

    def __init__(self) -> None:
        self.evaluations = 0
        self.steps: list[int] = []

    def advance(self, max_evals: int) -> None:
        self.steps.append(max_evals)
        self.evaluations = max_evals


def test_it_goes_on_in_steps_and_only_while_nobody_waits():
    waits = iter([True, True, False, True, False, False, False])
    run, pauses = Run(), []
    work = IdleWork(lambda: not next(waits), pauses.append)
    work.work("key", run, 2 * STEP + 10, lambda: True)
    assert run.steps == [STEP, 2 * STEP, 2 * STEP + 10]
    assert len(pauses) == 6  # it never spins while others work


def test_it_ends_when_the_last_visitor_has_gone_and_can_be_offered_again():
    run, there = Run(), [True, True, False]
    work = IdleWork(lambda: True, lambda _: None)
    work.work("key", run, 1000, lambda: there.pop(0))
    assert run.steps == [STEP, 2 * STEP]
    work.work("key", run, 3 * STEP, lambda: True)
    assert run.evaluations == 3 * STEP


def test_a_model_that_fails_ends_it_quietly():
    class Broken(Run):
        def advance(self, max_evals: int) -> None:
            self.steps.append(max_evals)
            raise ModelError("NaN")

    run = Broken()
    IdleWork(lambda: True, lambda _: None).work("key", run, 1000, lambda: True)
    assert run.steps == [STEP]


def test_the_same_is_under_way_once(monkeypatch):
    started = []
    monkeypatch.setattr("threading.Thread.start", lambda thread: started.append(thread))
    work, run = IdleWork(lambda: True, lambda _: None), Run()
    work.offer("key", run, 1000, lambda: True)
    work.offer("key", run, 1000, lambda: True)
    work.offer("other", run, 1000, lambda: True)
    assert len(started) == 2
    run.evaluations = 1000
    work.offer("third", run, 1000, lambda: True)
    assert len(started) == 2


def test_it_ends_with_the_server():
    run, work = Run(), IdleWork(lambda: True, lambda _: None)
    work.close()
    work.offer("key", run, 1000, lambda: True)
    work.work("key", run, 1000, lambda: True)
    assert run.steps == []


def test_a_thread_of_its_own_does_the_work(tiny_model, photo):
    import time

    from crackxai import ExplainSettings
    from crackxai.explain.explainer import Explainer

    run = Explainer(tiny_model, photo, ExplainSettings("mean", max_evals=2 * STEP))
    IdleWork(lambda: True, lambda _: None).offer("key", run, 2 * STEP, lambda: True)
    until = time.monotonic() + 60
    while run.evaluations < 2 * STEP:
        assert time.monotonic() < until
        time.sleep(0.05)
    with pytest.raises(Exception, match="max_evals"):
        run.explanation(10_000)
