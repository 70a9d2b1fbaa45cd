"""The background worker: order, progress, cancelling, errors; the bounded store."""

from __future__ import annotations

import logging
import threading

import pytest

from crackxai import ModelError
from crackxai.ui.jobs import Job, Recent, Worker

WAIT = 20


class Steps:
    """Stands in for an explainer: counts in steps and does what it is told after each."""

    photo_name = "wall.jpg"

    def __init__(self, *steps: int, then=lambda evaluations: None) -> None:
        self.steps, self.then, self.evaluations = steps, then, 0

    def advance(self, total, progress) -> None:
        for step in self.steps:
            self.evaluations = step
            progress(step, total)
            self.then(step)


@pytest.fixture
def worker() -> Worker:
    return Worker()


def finish(job: Job) -> Job:
    assert job._finished.wait(WAIT)
    return job


def test_the_least_recently_used_is_dropped():
    recent, made = Recent(2), []

    def get(key):
        return recent.get(key, lambda: made.append(key) or key.upper())

    assert [get(key) for key in "abacab"] == list("ABACAB")
    assert made == ["a", "b", "c", "b"]


def test_a_job_takes_its_explainer_to_the_end(worker):
    job = Job(Steps(40, 104), 100)
    assert job.waiting
    worker.submit(job)
    assert finish(job).error is None
    assert job.evaluations == 100  # a last batch beyond the budget does not show as more than all
    assert not job.waiting


def test_a_job_that_goes_on_starts_where_the_explainer_stands():
    explainer = Steps()
    explainer.evaluations = 500
    assert Job(explainer, 1000).evaluations == 500
    assert Job(explainer, 200).evaluations == 200


def test_jobs_run_one_after_another(worker):
    go_on, started, order = threading.Event(), threading.Event(), []

    def first(_):
        started.set()
        assert go_on.wait(WAIT)
        order.append(1)

    jobs = [Job(Steps(1, then=first), 10), Job(Steps(1, then=lambda _: order.append(2)), 10)]
    for job in jobs:
        worker.submit(job)
    assert started.wait(WAIT)
    assert jobs[1].waiting
    assert not jobs[1].done
    go_on.set()
    for job in jobs:
        finish(job)
    assert order == [1, 2]


def test_cancelling_stops_at_the_next_report(worker):
    reported, cancelled = threading.Event(), threading.Event()

    def then(_):
        reported.set()
        assert cancelled.wait(WAIT)

    job = Job(Steps(10, 20, 30, then=then), 100)
    worker.submit(job)
    assert reported.wait(WAIT)
    job.cancel()
    cancelled.set()
    assert finish(job).error is None
    assert job.evaluations == 10
    assert job.explainer.evaluations == 20


def test_a_waiting_job_that_is_cancelled_never_starts(worker):
    go_on, ran = threading.Event(), []
    first = Job(Steps(1, then=lambda _: go_on.wait(WAIT)), 10)
    second = Job(Steps(1, then=ran.append), 10)
    worker.submit(first)
    worker.submit(second)
    second.cancel()
    go_on.set()
    finish(first)
    finish(second)
    assert not ran


def test_errors_meant_for_the_user_are_shown_and_the_worker_lives_on(worker):
    def fail(_):
        raise ModelError("expected this, received that.")

    job, after = Job(Steps(1, then=fail), 100), Job(Steps(100), 100)
    worker.submit(job)
    worker.submit(after)
    assert finish(job).error == "expected this, received that."
    assert finish(after).evaluations == 100


def test_other_errors_are_logged_and_told_without_their_inside(worker, caplog):
    def fail(_):
        raise RuntimeError("0xdeadbeef")

    job = Job(Steps(1, then=fail), 100)
    with caplog.at_level(logging.ERROR):
        worker.submit(job)
        finish(job)
    assert "0xdeadbeef" not in job.error
    assert "log" in job.error
    assert "0xdeadbeef" in caplog.text


def test_time_left_is_counted_from_the_second_report(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("crackxai.ui.jobs.time.monotonic", lambda: now[0])
    job = Job(Steps(), 100)
    job.progress(2, 100)  # the empty and the full picture, and warming up
    assert job.seconds_left() is None
    now[0] = 110.0
    job.progress(4, 100)
    assert job.seconds_left() is None
    now[0] = 112.0
    job.progress(24, 100)  # 20 evaluations in 2 s: the 76 that remain take 7.6 s
    assert job.seconds_left() == pytest.approx(7.6)
