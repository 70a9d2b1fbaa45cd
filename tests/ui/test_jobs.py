"""The background worker: order, progress, cancelling, errors, the bounded store."""

from __future__ import annotations

import logging
import threading

import pytest

from crackxai import ModelError
from crackxai.ui.jobs import Job, Results, Worker

WAIT = 20


@pytest.fixture
def worker() -> Worker:
    return Worker(Results(3))


def finish(job: Job) -> Job:
    assert job._finished.wait(WAIT)
    return job


def test_the_least_recently_used_result_is_dropped():
    results = Results(2)
    results.put("a", 1)
    results.put("b", 2)
    assert results.get("a") == 1
    results.put("c", 3)
    assert (results.get("a"), results.get("b"), results.get("c")) == (1, None, 3)


def test_a_job_delivers_its_result(worker):
    job = Job("key", "wall.jpg", 100)

    def work(progress):
        progress(40, 100)
        progress(104, 100)
        return "map"

    worker.submit(job, work)
    assert finish(job).error is None
    assert worker.results.get("key") == "map"
    assert job.evaluations == 100  # a last batch beyond the budget does not show as more than all
    assert not job.waiting


def test_jobs_run_one_after_another(worker):
    go_on, started, order = threading.Event(), threading.Event(), []

    def first(progress):
        started.set()
        assert go_on.wait(WAIT)
        order.append(1)

    def second(progress):
        order.append(2)

    jobs = [Job(n, "wall.jpg", 10) for n in (1, 2)]
    worker.submit(jobs[0], first)
    worker.submit(jobs[1], second)
    assert started.wait(WAIT)
    assert jobs[1].waiting
    assert not jobs[1].done
    go_on.set()
    for job in jobs:
        finish(job)
    assert order == [1, 2]


def test_cancelling_stops_at_the_next_report_and_keeps_no_result(worker):
    reported, cancelled = threading.Event(), threading.Event()

    def work(progress):
        progress(10, 100)
        reported.set()
        assert cancelled.wait(WAIT)
        progress(20, 100)
        return "map"

    job = Job("key", "wall.jpg", 100)
    worker.submit(job, work)
    assert reported.wait(WAIT)
    job.cancel()
    cancelled.set()
    assert finish(job).error is None
    assert job.evaluations == 10
    assert worker.results.get("key") is None


def test_a_waiting_job_that_is_cancelled_never_starts(worker):
    go_on, ran = threading.Event(), []
    first, second = Job(1, "a.jpg", 10), Job(2, "b.jpg", 10)
    worker.submit(first, lambda progress: go_on.wait(WAIT))
    worker.submit(second, lambda progress: ran.append(True))
    second.cancel()
    go_on.set()
    finish(first)
    finish(second)
    assert not ran


def test_errors_meant_for_the_user_are_shown_and_the_worker_lives_on(worker):
    def fail(progress):
        raise ModelError("expected this, received that.")

    job = Job("key", "wall.jpg", 100)
    worker.submit(job, fail)
    assert finish(job).error == "expected this, received that."
    after = Job("next", "wall.jpg", 100)
    worker.submit(after, lambda progress: "map")
    finish(after)
    assert worker.results.get("next") == "map"


def test_other_errors_are_logged_and_told_without_their_inside(worker, caplog):
    def fail(progress):
        raise RuntimeError("0xdeadbeef")

    job = Job("key", "wall.jpg", 100)
    with caplog.at_level(logging.ERROR):
        worker.submit(job, fail)
        finish(job)
    assert "0xdeadbeef" not in job.error
    assert "log" in job.error
    assert "0xdeadbeef" in caplog.text


def test_time_left_is_counted_from_the_second_report(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("crackxai.ui.jobs.time.monotonic", lambda: now[0])
    job = Job("key", "wall.jpg", 100)
    job.progress(2, 100)  # the empty and the full picture, and shap's compilation
    assert job.seconds_left() is None
    now[0] = 110.0
    job.progress(4, 100)
    assert job.seconds_left() is None
    now[0] = 112.0
    job.progress(24, 100)  # 20 evaluations in 2 s: the 76 that remain take 7.6 s
    assert job.seconds_left() == pytest.approx(7.6)
