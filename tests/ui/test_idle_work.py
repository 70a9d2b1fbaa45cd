"""What is explained while nobody waits, and only then."""

from __future__ import annotations

import threading

import pytest

from crackxai.errors import ModelError
from crackxai.ui.idle_work import LOOK_S, SETTLE_S, STEP, IdleWork


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


def test_what_is_prepared_waits_until_nobody_else_does():
    waits, order = iter([True, True, False]), []
    work = IdleWork(lambda: not next(waits), order.append)
    work.once("key", lambda: order.append("done"))
    assert order == [SETTLE_S, LOOK_S, LOOK_S, "done"]


def test_it_is_prepared_once_at_a_time_and_a_failure_is_nobodys():
    began, go_on, done = threading.Event(), threading.Event(), []
    work = IdleWork(lambda: True, lambda _: None)

    def slow():
        began.set()
        go_on.wait(10)
        done.append(1)
        raise RuntimeError("no such instruction")

    work.prepare("key", slow)
    assert began.wait(10)
    work.prepare("key", slow)
    go_on.set()
    work.close()
    assert done == [1]


def test_nothing_is_prepared_once_it_is_closed():
    done = []
    work = IdleWork(lambda: True, lambda _: None)
    work.close()
    work.prepare("key", lambda: done.append(1))
    work.once("key", lambda: done.append(1))
    assert done == []
